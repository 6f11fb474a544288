"""The wallet: what its holder was awarded, in folders, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gilde.core import clock
from gilde.core.components import Tab, day, link
from gilde.core.form_pages import found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.credentials import access
from gilde.credentials.models import OUT, Award, Folder, Kept, State
from gilde.credentials.services import holding
from gilde.credentials.views import wallet_words as words

NONE: Final = "none"  # the folder of what lies in none


def _title(row: Row) -> str:
    return str(words.text(row["award__facts"]["achievement"]["title"]))


def _issuer(row: Row) -> str:
    return str(words.text(row["award__facts"]["issuer"]["name"]))


def _named(row: Row) -> SafeString:
    """Return the title with the issuer under it, and on narrow screens the day, which then has no column."""
    title = words.said(row["award__facts"]["achievement"]["title"])
    return format_html(
        '{}<span class="under">{}<span class="when">, {}</span></span>',
        link(reverse("credentials:wallet-award", args=[row["award_id"]]), title),
        words.said(row["award__facts"]["issuer"]["name"]),
        day(row["award__awarded_on"]),
    )


def _standing(row: Row) -> words.Standing:
    corrected = row["award__replaced_by__state"] in OUT
    return words.standing(
        row["award__state"], row["award__valid_from"], row["award__valid_until"], clock.now(), corrected
    )


def _stands(row: Row) -> SafeString:
    reason = row["award__reason"] if row["award__state"] != State.ISSUED else ""
    return format_html('{}<span class="under">{}</span>', _standing(row).tag, reason)


def _choose(row: Row) -> SafeString:
    return format_html(
        '<input type="checkbox" form="move" name="award" value="{}" aria-label="{}">',
        row["award_id"],
        _("Choose %(award)s") % {"award": _title(row)},
    )


def _narrow(found: QuerySet[Any], value: str) -> QuerySet[Any]:
    now = clock.now()
    if value in (State.REVOKED, State.SUSPENDED):
        return found.filter(award__state=value)
    found = found.filter(award__state=State.ISSUED)
    over = Q(award__valid_until__lt=now)
    return found.filter(over) if value == "expired" else found.exclude(over)


STATES: Final = (
    ("valid", gettext_lazy("Valid")),
    ("expired", gettext_lazy("Expired")),
    (State.SUSPENDED.value, gettext_lazy("Suspended")),
    (State.REVOKED.value, gettext_lazy("Revoked or corrected")),
)
_CHOOSE: Final = Column("choose", gettext_lazy("Choose"), lambda row: None, _choose)
_COLUMNS: Final = (
    Column("award", gettext_lazy("Award"), _title, _named, words_of("award__achievement__title"), head=True),
    Column("issuer", gettext_lazy("Awarded by"), _issuer, download_only=True),
    Column(
        "awarded_on",
        gettext_lazy("Awarded on"),
        lambda row: row["award__awarded_on"],
        lambda row: day(row["award__awarded_on"]),
        "award__awarded_on",
    ),
    Column("state", gettext_lazy("How it stands"), lambda row: _standing(row).word, _stands, "award__state"),
    Column("folder", gettext_lazy("Folder"), lambda row: row["folder__name"] or "", download_only=True),
    Column(
        "added_on",
        gettext_lazy("In the wallet since"),
        lambda row: row["added_at"],
        sort="added_at",
        download_only=True,
    ),
)


def _listing(with_choice: bool) -> Listing:
    """Return the list of a wallet; what moves awards is shown where there are folders to move them to."""
    return Listing(
        name="awards",
        caption=gettext_lazy("Awards"),
        columns=(_CHOOSE, *_COLUMNS) if with_choice else _COLUMNS,
        fields=(
            "award_id",
            "award__facts",
            "award__state",
            "award__reason",
            "award__awarded_on",
            "award__valid_from",
            "award__valid_until",
            "award__replaced_by__state",
            "folder__name",
            "added_at",
        ),
        order="-awarded_on",
        search=(
            words_of("award__achievement__title"),
            words_of("award__issuer__organisation__name"),
            lambda: Coalesce("folder__name", words_of("award__achievement__title")()),
        ),
        filters=(Filter("state", gettext_lazy("How it stands"), lambda: STATES, _narrow),),
        per_page=25,
    )


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Show the reader's awards."""
    kept = holding.wallet(request.user)
    chosen = request.GET.get("folder", "")
    folders = list(access.visible_folders(request.user))
    tabs, shown = _tabs(kept, folders, chosen)
    context = {
        "title": _("My wallet"),
        "total": tabs[0].count,
        "folders": folders,
        "folder": next((folder for folder in folders if str(folder.pk) == chosen), None),
        "tabs": tabs if folders else [],
        "shared": access.visible_shares(request.user).count(),
    }
    with_choice = bool(folders) and request.GET.get("format", "") == ""
    return _listing(with_choice).respond(request, shown, "credentials/wallet.html", context)


def _tabs(kept: QuerySet[Kept], folders: Sequence[Folder], chosen: str) -> tuple[list[Tab], QuerySet[Kept]]:
    """Return the folders as tabs with how much lies in each, and what lies in the one that is chosen."""
    counts: dict[int | None, int] = dict(
        kept.order_by().values_list("folder").annotate(number=Count("pk")).values_list("folder", "number")
    )
    here = reverse("credentials:wallet")
    known = {str(folder.pk): folder for folder in folders}
    tabs = [Tab(_("All"), here, chosen not in known and chosen != NONE, sum(counts.values()))]
    tabs += [
        Tab(folder.name, f"{here}?folder={key}", key == chosen, counts.get(folder.pk, 0))
        for key, folder in known.items()
    ]
    tabs.append(Tab(_("In no folder"), f"{here}?folder={NONE}", chosen == NONE, counts.get(None, 0)))
    if chosen == NONE:
        return tabs, kept.filter(folder=None)
    return tabs, kept.filter(folder=known[chosen]) if chosen in known else kept


@require_POST
def move(request: HttpRequest) -> HttpResponseBase:
    """Put the awards that were chosen in a folder, or in none."""
    wanted = request.POST.get("folder", "")
    folder = (
        found(access.visible_folders(request.user), pk=int(wanted))
        if wanted.isascii() and wanted.isdigit()
        else None
    )
    ids = [UUID(each) for each in request.POST.getlist("award") if _is_id(each)]
    mine = holding.wallet(request.user).filter(award__in=ids).values("award").order_by()
    awards = list(Award.objects.filter(pk__in=mine))
    for award in awards:
        holding.put(actor=request.user, award=award, folder=folder)
    if not awards:
        messages.warning(request, _("Choose at least one award first, then the folder."))
    elif folder:
        told = ngettext(
            "%(n)d award lies in “%(folder)s” now.", "%(n)d awards lie in “%(folder)s” now.", len(awards)
        )
        messages.success(request, told % {"n": len(awards), "folder": folder})
    else:
        told = ngettext(
            "%(n)d award lies in no folder now.", "%(n)d awards lie in no folder now.", len(awards)
        )
        messages.success(request, told % {"n": len(awards)})
    if request.POST.get("back") == "award" and len(awards) == 1:
        return redirect("credentials:wallet-award", awards[0].pk)
    return redirect(reverse("credentials:wallet") + (f"?folder={folder.pk}" if folder else ""))


def _is_id(told: str) -> bool:
    try:
        UUID(told)
    except ValueError:
        return False
    return True
