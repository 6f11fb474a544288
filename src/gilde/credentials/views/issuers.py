"""Issuers for everybody: who issues, since when, with which keys, and what they award."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import documents
from gilde.core.components import Fact, link, status, written
from gilde.core.errors import Missing
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.uris import uri
from gilde.credentials import access, identity
from gilde.credentials.models import Issuer, Key, Kind
from gilde.credentials.services import issuers as service
from gilde.credentials.views.issuing_common import issuer_of, issuers_crumb, key_state, moment

SHOWN: Final = 25  # achievements on the page of an issuer
OPEN, CLOSED = "open", "closed"


def _name(row: Row) -> SafeString:
    name = link(reverse("credentials:issuer", args=[row["slug"]]), written(row["organisation__name"]))
    parts = [name, *([status("plain", _("invented"))] if row["synthetic"] else [])]
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _state(row: Row) -> str:
    return _("Issues no more") if row["closed_at"] else _("Issues awards")


def _by_state(rows: QuerySet[Issuer], wanted: str) -> QuerySet[Issuer]:
    return rows.filter(closed_at__isnull=wanted == OPEN)


def _listing(countries: list[str]) -> Listing:
    return Listing(
        name="issuers",
        caption=gettext_lazy("Issuers"),
        fields=[
            *("slug", "organisation__name", "organisation__country", "legal_id", "opened_at", "closed_at"),
            *("synthetic", "number"),
        ],
        columns=[
            Column(
                "issuer",
                gettext_lazy("Issuer"),
                value=lambda row: row["organisation__name"],
                cell=_name,
                sort=words_of("organisation__name"),
                head=True,
            ),
            Column("did", "DID", value=lambda row: identity.did(row["slug"]), download_only=True),
            Column(
                "country",
                gettext_lazy("Country"),
                value=lambda row: row["organisation__country"],
                sort="organisation__country",
            ),
            Column("legal_id", gettext_lazy("Registration number"), sort="legal_id"),
            Column("number", gettext_lazy("Achievements"), number=True, sort="number"),
            Column(
                "since", gettext_lazy("Since"), value=lambda row: row["opened_at"].date(), sort="opened_at"
            ),
            Column(
                "state",
                gettext_lazy("State"),
                value=_state,
                cell=lambda row: status("none" if row["closed_at"] else "good", _state(row)),
                sort="closed_at",
            ),
        ],
        search=[words_of("organisation__name"), "slug", "legal_id", "organisation__short"],
        filters=[
            Filter(
                "country",
                gettext_lazy("Country"),
                lambda: [(c, c) for c in countries],
                "organisation__country",
            ),
            Filter(
                "state",
                gettext_lazy("State"),
                lambda: [(OPEN, _("Issues awards")), (CLOSED, _("Issues no more"))],
                _by_state,
            ),
        ],
        order="issuer",
        empty=gettext_lazy(
            "Organisations that issue awards stand here once an administrator of this Gilde has opened one."
        ),
    )


@login_not_required
@require_safe
def issuer_list(request: HttpRequest) -> HttpResponseBase:
    """List who issues awards."""
    rows = access.visible_issuers(request.user)
    used = rows.order_by().values_list("organisation__country", flat=True).distinct()
    rows = rows.annotate(number=Count("achievements", filter=Q(achievements__closed_at=None)))
    context = {"title": _("Issuers"), "may_open": bool(access.can_administer(request.user))}
    listing = _listing(sorted(each for each in used if each))
    return listing.respond(request, rows, "credentials/issuers.html", context)


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show an issuer: who it is, its keys, what it awards, and how to check it."""
    issuer = issuer_of(request, slug)
    achievements = issuer.achievements.filter(closed_at=None).order_by("code")
    shown = list(achievements[: SHOWN + 1])
    context = {
        "title": str(issuer),
        "crumbs": [issuers_crumb()],
        "issuer": issuer,
        "did": identity.did(issuer.slug),
        "facts": facts_of(issuer),
        "keys": [_key(key) for key in service.keys_of(issuer)],
        "achievements": [(each, Kind(each.kind).label) for each in shown[:SHOWN]],
        "more": len(shown) > SHOWN,
        "may_manage": bool(access.can_manage(request.user, issuer)),
        "may_close": bool(access.can_administer(request.user)) and issuer.closed_at is None,
        "works_here": access.issuers_of(request.user).filter(pk=issuer.pk).exists(),
        "may_draft": bool(access.can_draft(request.user, issuer)),
    }
    return render(request, "credentials/issuer.html", context)


@login_not_required
@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve the logo of an issuer."""
    issuer = issuer_of(request, slug)
    if issuer.logo is None:
        raise Missing(_("This issuer has no logo."))
    return documents.respond(issuer.logo, request=request, inline=True)


def facts_of(issuer: Issuer) -> list[Fact]:
    """Return what is known of an issuer, for its page."""
    organisation = issuer.organisation
    website = organisation.website
    facts = [
        Fact(_("Organisation"), link(reverse("organisations:page", args=[organisation.slug]), organisation)),
        Fact(_("Country"), organisation.country),
        Fact(_("Registration number"), issuer.legal_id),
        Fact(_("Website"), link(website, website) if website else ""),
        Fact(_("Identity (DID)"), identity.did(issuer.slug)),
        Fact(_("Stable address"), uri("issuer", issuer.pk)),
        Fact(_("Issues since"), moment(issuer.opened_at)),
    ]
    if issuer.closed_at is not None:
        facts.append(Fact(_("Issued until"), moment(issuer.closed_at)))
    approval = _("Every award, by a second person") if issuer.two_people else _("By who enters the award")
    return [*facts, Fact(_("Approved"), approval)]


def _key(key: Key) -> dict[str, object]:
    kind, words = key_state(key)
    return {"key": key, "since": moment(key.since), "use": used_for(key), "tag": status(kind, words)}


def used_for(key: Key) -> str:
    """Return what a key of this kind is for, in plain words."""
    return (
        _("for wallets of the European framework") if key.kind == Key.Kind.P256 else _("for awards and lists")
    )
