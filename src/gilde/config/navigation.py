"""What the head and foot of every page show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from gilde.core.audit.chain import request_id


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    here: bool


@cache
def site_version() -> str:
    """Return the version of the installed package, "0" when it runs from a folder never installed."""
    try:
        return version("gilde")
    except PackageNotFoundError:
        return "0"


@cache
def site_languages() -> list[tuple[str, str]]:
    """Return the languages of the interface, each under its own name."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the site's name, its main links with the current one marked, its languages and version."""
    links = [
        (_("Plans"), reverse("plans:list")),
        (_("Instruments"), reverse("plans:instruments")),
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Certificates"), reverse("credentials:check")),
        (_("Indicators"), reverse("indicators:list")),
        (_("Organisations"), reverse("organisations:list")),
    ]
    user = getattr(request, "user", None)  # an error may come before it is known who asks
    if user is not None and user.is_authenticated:
        # Whoever opens it without a role hears there which role it takes.
        links += [(_("Reading desk"), reverse("plans:desk")), (_("My work"), reverse("plans:work"))]
    # The longest address that the page lies under: the desk is a page of its own, not one of the plans.
    current = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
    if not current and (match := getattr(request, "resolver_match", None)):
        # A page of a context that lies under another word belongs to the first link of the context.
        here = match.namespace
        current = next((url for _label, url in links if here and resolve(url).namespace == here), "")
    return {
        "site_name": settings.SITE_NAME,
        "site_version": site_version(),
        "site_languages": site_languages(),
        "request_id": request_id.get(),
        "own_links": [(_("My awards"), reverse("credentials:wallet"))],
        "main_links": [Link(label, url, url == current, request.path == url) for label, url in links],
    }
