"""The list of awards: its columns, its filters, and what can be ticked in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gilde.core import clock
from gilde.core.components import link, nothing, status, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.credentials import access
from gilde.credentials.models import Achievement, Award, Issuer, Key, Rendering, State
from gilde.credentials.services import keys
from gilde.credentials.views.issuing_common import STATES
from gilde.organisations.public import Role

EXPIRED: Final = "expired"
ME, BACK, MINE = "me", "back", "mine"
MOST_BATCHES: Final = 50


def _holder(row: Row) -> SafeString:
    name = f"{row['holder__given_name']} {row['holder__family_name']}".strip() or _("Erased person")
    return link(reverse("credentials:award", args=[row["pk"]]), name)


def _choose(row: Row) -> SafeString:
    name = f"{row['holder__given_name']} {row['holder__family_name']}".strip()
    label = _("Choose %(reference)s, %(name)s") % {"reference": row["reference"], "name": name}
    return format_html(
        '<input type="checkbox" name="award" value="{}" form="act" aria-label="{}">', row["pk"], label
    )


def _state(row: Row) -> SafeString:
    word, kind = str(State(row["state"]).label), STATES[row["state"]]
    if row["state"] == State.ISSUED and row["valid_until"] and row["valid_until"] < clock.now():
        word, kind = _("Expired"), "none"
    return status(kind, word)


def _by_state(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
    if wanted == EXPIRED:
        return rows.filter(state=State.ISSUED, valid_until__lt=clock.now())
    return rows.filter(state=wanted)


def waiting_for(actor: Any, rows: QuerySet[Award]) -> QuerySet[Award]:
    """Return those that wait for this person's approval: entered by somebody else, for an issuer they approve for."""
    approves = access.issuers_of(actor, frozenset({Role.APPROVER})).filter(closed_at=None)
    return rows.filter(state=State.WAITING, issuer__in=approves.values("pk")).filter(
        ~Q(drafted_by=actor.pk) | Q(drafted_by=None)
    )


def listing_for(user: Any, issuers: Sequence[Issuer], *, acts: bool) -> Listing:
    """Return the declaration of the list for one reader, who works for these issuers: choices are read once.

    With `acts` each row can be ticked, for the form “act” of the page.
    """
    named = [(each.slug, str(each)) for each in issuers]
    mine = access.issued_by(user)
    achievements = _achievements(user)
    years = [str(day.year) for day in mine.order_by().dates("awarded_on", "year", order="DESC")]
    batches = [
        (str(pk), f"{name} ({timezone.localtime(at):%Y-%m-%d})")
        for pk, name, at in access.visible_batches(user).values_list("pk", "name", "sent_at")[:MOST_BATCHES]
    ]
    waiting = [(ME, _("For my approval")), (BACK, _("Sent back to me")), (MINE, _("My drafts"))]
    doubted = _doubted(user)

    def by_waiting(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
        if wanted == ME:
            return waiting_for(user, rows)
        rows = rows.filter(state=State.DRAFT, drafted_by=user.pk)
        return rows.exclude(reason="") if wanted == BACK else rows

    def by_doubt(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
        key = doubted[wanted]
        assert key.compromised_from is not None
        signed = Rendering.objects.filter(
            keys.in_doubt(key.compromised_from), award=OuterRef("pk"), key=key, form=Rendering.Form.VC
        )
        return rows.filter(Exists(signed))

    choose = Column("id", gettext_lazy("Choose"), value=lambda row: row["pk"], cell=_choose)
    filters = [
        Filter("issuer", gettext_lazy("Issuer"), lambda: named, "issuer__slug"),
        Filter("achievement", gettext_lazy("Achievement"), lambda: achievements, "achievement"),
        Filter(
            "state",
            gettext_lazy("State"),
            lambda: [*State.choices, (EXPIRED, _("Expired"))],
            _by_state,
        ),
        Filter("year", gettext_lazy("Year"), lambda: [(y, y) for y in years], "awarded_on__year"),
        Filter("waiting", gettext_lazy("Waiting"), lambda: waiting, by_waiting),
        Filter("batch", gettext_lazy("Batch"), lambda: batches, "batch"),
        Filter(
            "doubt",
            gettext_lazy("In doubt"),
            lambda: [(pk, f"{key.kind}, {key.fragment}") for pk, key in doubted.items()],
            by_doubt,
        ),
    ]
    if len(issuers) < 2:
        filters = filters[1:]
    if not batches:
        filters = [each for each in filters if each.name != "batch"]
    if not doubted:
        filters = [each for each in filters if each.name != "doubt"]
    return Listing(
        name="awards",
        caption=gettext_lazy("Awards"),
        fields=[
            *("reference", "state", "awarded_on", "valid_until", "grade", "issued_at", "stopped_at"),
            *("holder__given_name", "holder__family_name", "achievement__title", "achievement__code"),
            "issuer__organisation__name",
        ],
        columns=[
            *([choose] if acts else []),
            Column(
                "holder",
                gettext_lazy("Holder"),
                value=lambda row: f"{row['holder__given_name']} {row['holder__family_name']}".strip(),
                cell=_holder,
                sort="holder__family_name",
                head=True,
            ),
            Column("reference", gettext_lazy("Reference"), sort="reference"),
            Column(
                "achievement",
                gettext_lazy("Achievement"),
                value=lambda row: row["achievement__title"],
                sort=words_of("achievement__title"),
            ),
            Column(
                "achievement_code",
                gettext_lazy("Code"),
                value=lambda row: row["achievement__code"],
                download_only=True,
            ),
            Column(
                "issuer",
                gettext_lazy("Issuer"),
                value=lambda row: row["issuer__organisation__name"],
                download_only=len(issuers) < 2,
                sort=words_of("issuer__organisation__name"),
            ),
            Column("awarded_on", gettext_lazy("Awarded on"), sort="awarded_on"),
            Column(
                "grade",
                pgettext_lazy("result of an assessment", "Grade"),
                cell=lambda row: row["grade"] or nothing(),
            ),
            Column(
                "valid_until",
                gettext_lazy("Valid until"),
                cell=lambda row: written(row["valid_until"]),
                download_only=True,
            ),
            Column("issued_at", gettext_lazy("Issued on"), download_only=True),
            Column("stopped_at", gettext_lazy("Revoked or suspended on"), download_only=True),
            Column("state", gettext_lazy("State"), cell=_state, sort="state"),
        ],
        search=["holder__family_name", "holder__given_name", "reference"],
        filters=filters,
        order="-awarded_on",
        keyset=True,
        empty=gettext_lazy(
            "Awards that you enter stand here. Begin with one by the form, or with a file of many."
        ),
    )


def _achievements(user: Any) -> list[tuple[str, str]]:
    rows = Achievement.objects.filter(issuer__in=access.issuers_of(user).values("pk")).only("code", "title")
    return sorted(((str(each.pk), str(each)) for each in rows), key=lambda each: each[1].casefold())


def _doubted(user: Any) -> dict[str, Key]:
    rows = Key.objects.filter(issuer__in=access.issuers_of(user).values("pk"), compromised_from__isnull=False)
    return {str(key.pk): key for key in rows}
