"""What the head and foot of every page link to."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return the site's name and its main links, the current one marked, for every template."""
    links = [(_("Plans"), reverse("plans:list")), (_("Organisations"), reverse("organisations:list"))]
    return {
        "site_name": settings.SITE_NAME,
        "main_links": [Link(label, url, request.path.startswith(url)) for label, url in links],
    }
