"""What the pages of issuers, achievements and awards share."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from gilde.core.components import Kind as TagKind
from gilde.core.form_pages import Crumb, found
from gilde.credentials import access
from gilde.credentials.models import Achievement, Award, Issuer, Key, State

both: Final = require_http_methods(["GET", "HEAD", "POST"])

STATES: Final[dict[str, TagKind]] = {
    State.DRAFT: "none",
    State.WAITING: "info",
    State.HELD: "warn",
    State.ISSUED: "good",
    State.SUSPENDED: "warn",
    State.REVOKED: "bad",
    State.REFUSED: "bad",
}


def data_of(request: HttpRequest) -> Any:
    """Return what was sent with a form, None where one is only opened."""
    return request.POST if request.method == "POST" else None


def issuer_of(request: HttpRequest, slug: str) -> Issuer:
    """Return the issuer of an address; 404 where there is none."""
    return found(access.visible_issuers(request.user).select_related("logo", "template"), slug=slug)


def achievement_of(request: HttpRequest, achievement_id: Any) -> Achievement:
    """Return the achievement of an address; 404 where there is none."""
    rows = access.visible_achievements(request.user).select_related("qualification__qualification")
    return found(rows, pk=achievement_id)


def award_of(request: HttpRequest, award_id: Any) -> Award:
    """Return the award of an address to who works for its issuer; 404 for everybody else."""
    rows = access.issued_by(request.user).select_related(
        "issuer__organisation", "achievement__issuer__organisation", "holder", "status_list", "replaces"
    )
    return found(rows, pk=award_id)


def issuers_crumb() -> Crumb:
    return _("Issuers"), reverse("credentials:issuers")


def achievements_crumb() -> Crumb:
    return _("What can be awarded"), reverse("credentials:achievements")


def awards_crumb() -> Crumb:
    return _("Awards"), reverse("credentials:awards")


def issuer_crumbs(issuer: Issuer, *more: Crumb) -> list[Crumb]:
    """Return the way to a page of an issuer."""
    return [issuers_crumb(), (str(issuer), reverse("credentials:issuer", args=[issuer.slug])), *more]


def moment(at: Any) -> str:
    """Return a moment in the reader's words, with the time."""
    return date_format(timezone.localtime(at), pgettext("format of a day with the time", "j F Y, H:i"))


def key_state(key: Key) -> tuple[TagKind, str]:
    """Return where a key stands, as a tag and its words."""
    if key.compromised_from is not None:
        return "bad", _("Not to be trusted from %(at)s on") % {"at": moment(key.compromised_from)}
    if key.until is not None:
        return "none", _("Signed until %(at)s") % {"at": moment(key.until)}
    return "good", _("Signs now")
