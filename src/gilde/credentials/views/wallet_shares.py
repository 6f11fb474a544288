"""The links that a holder shared: each with who it is for, how long it works, and every time that it was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock
from gilde.core.components import Fact, link, status
from gilde.core.form_pages import Crumb, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.credentials import access
from gilde.credentials.models import Share, ShareUse
from gilde.credentials.renderings import qr
from gilde.credentials.services import sharing
from gilde.credentials.verdict import Answer, Verdict
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.verdicts import told
from gilde.credentials.views.wallet_folders import METHODS, crumbs


def works(withdrawn_at: datetime | None, expires_at: datetime, now: datetime) -> SafeString:
    """Return whether a link works, as a tag."""
    if withdrawn_at is not None:
        return status("none", pgettext("by its holder", "Withdrawn"))
    return status("good", _("Works")) if now < expires_at else status("none", _("Ended"))


@dataclass(frozen=True)
class ShareRow:
    """A link as a row of a page."""

    share: Share
    name: str
    url: str
    tag: SafeString
    works: bool


def name_of(note: str, made: datetime) -> str:
    """Return what a link is called: for whom it is, else when it was made."""
    return note or _("Link of %(day)s") % {"day": date_format(localtime(made), "DATE_FORMAT")}


def row_of(share: Share, now: datetime) -> ShareRow:
    """Return a link as a row."""
    return ShareRow(
        share,
        name_of(share.note, share.created_at),
        reverse("credentials:wallet-link", args=[share.pk]),
        works(share.withdrawn_at, share.expires_at, now),
        share.works(now),
    )


def _named(row: Row) -> SafeString:
    return format_html(
        '{}<span class="under">{}</span>',
        link(reverse("credentials:wallet-link", args=[row["pk"]]), name_of(row["note"], row["created_at"])),
        words.said(row["award__facts"]["achievement"]["title"]),
    )


def _award(row: Row) -> str:
    return str(words.text(row["award__facts"]["achievement"]["title"]))


def _narrow(found: QuerySet[Any], value: str) -> QuerySet[Any]:
    open_ = found.filter(withdrawn_at=None, expires_at__gt=clock.now())
    return open_ if value == "works" else found.exclude(pk__in=open_.order_by().values("pk"))


LISTING: Final = Listing(
    name="links",
    caption=gettext_lazy("Links that I shared"),
    columns=(
        Column("for", gettext_lazy("For whom"), lambda row: row["note"], _named, "note", head=True),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: (
                "works" if row["withdrawn_at"] is None and clock.now() < row["expires_at"] else "ended"
            ),
            lambda row: works(row["withdrawn_at"], row["expires_at"], clock.now()),
        ),
        Column("views", gettext_lazy("Views"), lambda row: row["views"], sort="views", number=True),
        Column("award", gettext_lazy("Award"), _award, download_only=True),
        Column("made", gettext_lazy("Made on"), lambda row: row["created_at"], sort="created_at"),
        Column("until", gettext_lazy("Works until"), lambda row: row["expires_at"], sort="expires_at"),
    ),
    fields=("note", "created_at", "expires_at", "withdrawn_at", "views", "award__facts"),
    order="-made",
    search=("note", words_of("award__achievement__title")),
    filters=(
        Filter(
            "state",
            gettext_lazy("State"),
            lambda: [("works", _("Works")), ("ended", _("Ended or withdrawn"))],
            _narrow,
        ),
    ),
    empty=gettext_lazy(
        "Open an award in your wallet and choose “Share by a link”: the link is listed here then, with each view."
    ),
)


@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """List the reader's links."""
    context = {"title": _("Links that I shared"), "crumbs": crumbs()}
    return LISTING.respond(
        request, access.visible_shares(request.user), "credentials/wallet_links.html", context
    )


def _share(request: HttpRequest, share_id: UUID) -> Share:
    return found(
        access.visible_shares(request.user).select_related("award__issuer__organisation"), pk=share_id
    )


def _title(share: Share) -> Any:
    return words.text((share.award.facts or {}).get("achievement", {}).get("title", {}))


@dataclass(frozen=True)
class UseRow:
    """One use of a link: when, what, and what a check came to."""

    at: datetime
    word: str
    tag: SafeString


def _use(use: ShareUse) -> UseRow:
    if use.act == ShareUse.Act.OPENED:
        return UseRow(use.at, _("Opened"), SafeString(""))
    said = told(Verdict(Answer(use.answer), ()))
    return UseRow(use.at, _("Checked"), status(said.kind, said.word))


@never_cache
@require_safe
def page(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """Show a link: its address and code, what it shows, and each use of it."""
    share = _share(request, share_id)
    now = clock.now()
    row = row_of(share, now)
    seen = sharing.seen(share).facts if row.works and share.award.facts else None
    uses = list(share.uses.all()[:100])
    context = {
        "title": row.name,
        "crumbs": _crumbs(share),
        "award": _title(share),
        "row": row,
        "share": share,
        "address": sharing.url(share) if row.works else "",
        "about": [
            Fact(_("Award"), _title(share)),
            Fact(_("For whom"), share.note),
            Fact(_("Made on"), share.created_at),
            Fact(_("Works until"), share.expires_at),
            *([Fact(_("Withdrawn on"), share.withdrawn_at)] if share.withdrawn_at else []),
            Fact(_("Views"), share.views),
        ],
        "seen": seen,
        "shown": words.facts_of(seen) if seen else [],
        "outcomes": words.outcomes_of(seen) if seen else [],
        "left_out": _left_out(share),
        "uses": [_use(use) for use in uses],
        "more": max(0, share.views - len(uses)),
    }
    return render(request, "credentials/wallet_link.html", context)


def _left_out(share: Share) -> list[str]:
    """Return what the award says and the link does not show, each in words."""
    facts = share.award.facts or {}
    parts = []
    if share.outcomes is not None and (hidden := len(facts.get("outcomes") or ()) - len(share.outcomes)) > 0:
        parts.append(_("%(n)d of its outcomes") % {"n": hidden})
    if facts.get("assessment") and not share.with_grade:
        parts.append(_("how it was assessed, with the grade"))
    if (facts.get("holder") or {}).get("born") and not share.with_birth:
        parts.append(_("your date of birth"))
    return parts


@never_cache
@require_safe
def code(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """Give the address of a link that works as QR code."""
    share = sharing.open_share(_share(request, share_id).token)
    response = HttpResponse(qr.svg(sharing.url(share)), content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@require_http_methods(METHODS)
def withdraw(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """Say what withdrawing a link means, and do it."""
    share = _share(request, share_id)
    if request.method == "POST":
        sharing.withdraw(actor=request.user, share=share)
        messages.success(request, _("The link is withdrawn: from now on it shows nothing."))
        return redirect("credentials:wallet-link", share.pk)
    return _confirm(
        request,
        share,
        _("Withdraw this link"),
        _(
            "Whoever opens it from now on sees nothing. What others downloaded or printed before cannot be taken back. "
            "It cannot be made to work again; you can make a new one."
        ),
        _("Withdraw the link"),
    )


@require_http_methods(METHODS)
def remove(request: HttpRequest, share_id: UUID) -> HttpResponseBase:
    """Say what deleting a link that shows nothing any more means, and do it."""
    share = _share(request, share_id)
    if request.method == "POST":
        sharing.remove(actor=request.user, share=share)
        messages.success(request, _("The link and what was known of its use are deleted."))
        return redirect("credentials:wallet-links")
    return _confirm(
        request,
        share,
        _("Delete this link"),
        _("The link goes from your list, with every view and check that was counted. This cannot be undone."),
        _("Delete it"),
    )


def _confirm(
    request: HttpRequest, share: Share, title: str, consequence: str, button: str
) -> HttpResponseBase:
    context = {
        "title": title,
        "crumbs": [*_crumbs(share), (name_of(share.note, share.created_at), _address(share))],
        "what": f"{_title(share)}: {name_of(share.note, share.created_at)}",
        "consequence": consequence,
        "form": forms.Form(),
        "button": button,
        "cancel": _address(share),
    }
    return render(request, "core/confirm.html", context)


def _address(share: Share) -> str:
    return reverse("credentials:wallet-link", args=[share.pk])


def _crumbs(share: Share) -> list[Crumb]:
    return [
        *crumbs(),
        (str(_title(share)), reverse("credentials:wallet-award", args=[share.award_id])),
    ]
