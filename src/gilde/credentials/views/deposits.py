"""What institutions deposit: one award with the scan of its paper, and what is held for a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gilde.core import clock, documents
from gilde.core.access import require
from gilde.core.components import Tab, day, link, status, written
from gilde.core.errors import Missing, Refused
from gilde.core.form_pages import Page, answer, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.credentials import access
from gilde.credentials.forms.register import ChooseForm, DepositForm, ReasonForm
from gilde.credentials.models import Achievement, Award, Issuer, State
from gilde.credentials.services import depositing as service
from gilde.credentials.services import drafting
from gilde.credentials.views.issuing_common import STATES, both, data_of


def _deposits_crumb() -> tuple[str, str]:
    return _("Deposits"), reverse("credentials:deposits")


def _named(row: Row) -> SafeString:
    return link(reverse("credentials:deposit", args=[row["pk"]]), row["reference"])


def _person(row: Row) -> str:
    return " ".join(filter(None, (row["holder__given_name"], row["holder__family_name"])))


def _tag(state: str) -> SafeString:
    return status(STATES[state], State(state).label)


LISTING = Listing(
    name="deposits",
    caption=gettext_lazy("Deposited awards"),
    fields=(
        *("reference", "state", "awarded_on", "created_at", "held_for", "achievement__title"),
        *("holder__given_name", "holder__family_name", "issuer__organisation__name"),
    ),
    columns=(
        Column("reference", gettext_lazy("Reference"), cell=_named, sort="reference", head=True),
        Column("person", gettext_lazy("Person"), _person, sort="holder__family_name"),
        Column(
            "achievement",
            gettext_lazy("Achievement"),
            lambda row: row["achievement__title"],
            sort=words_of("achievement__title"),
        ),
        Column(
            "awarded_on",
            gettext_lazy("Awarded on"),
            lambda row: row["awarded_on"],
            lambda row: day(row["awarded_on"]),
            "awarded_on",
        ),
        Column(
            "state", gettext_lazy("State"), lambda row: row["state"], lambda row: _tag(row["state"]), "state"
        ),
        Column("why", gettext_lazy("Why it is held"), lambda row: row["held_for"], lambda row: _why(row)),
        Column(
            "issuer",
            gettext_lazy("Issuer"),
            lambda row: row["issuer__organisation__name"],
            sort=words_of("issuer__organisation__name"),
        ),
        Column(
            "created_at",
            gettext_lazy("Deposited on"),
            lambda row: row["created_at"],
            lambda row: day(timezone.localtime(row["created_at"]).date()),
            "created_at",
        ),
    ),
    search=("reference", "holder__family_name", "holder__given_name", words_of("achievement__title")),
    filters=(Filter("state", gettext_lazy("State"), lambda: State.choices, "state"),),
    order="-created_at",
    per_page=50,
    empty=gettext_lazy("Nothing waits for a person here."),
)


def _why(row: Row) -> object:
    why = row["held_for"] if row["state"] == State.HELD else []
    if not why:
        return written("")
    return (
        why[0]
        if len(why) == 1
        else _("%(first)s And %(more)d more.") % {"first": why[0], "more": len(why) - 1}
    )


@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """List what the reader's organisations deposited, what is held first."""
    mine = access.issued_by(request.user)
    if not access.issuers_of(request.user).exists():
        raise Refused(_("Deposits are seen by people of the organisations that made them."))
    held = mine.filter(state=State.HELD)
    everything = request.GET.get("show", "") == "all"
    deposited = mine.filter(origin=Award.Origin.DEPOSITED)
    here = reverse("credentials:deposits")
    issuers = _issuers(request)
    context = {
        "title": _("Deposits"),
        "tabs": [
            Tab(_("To decide"), here, not everything, held.count()),
            Tab(_("All deposits"), f"{here}?show=all", everything, deposited.count()),
        ],
        "issuers": issuers,
        "may_deposit": bool(issuers),
    }
    return LISTING.respond(request, deposited if everything else held, "credentials/deposits.html", context)


def _issuers(request: HttpRequest) -> list[Issuer]:
    """Return the first of the open issuers for which the reader may deposit."""
    rows = access.issuers_of(request.user, access.WRITERS).filter(closed_at=None)
    return list(rows.select_related("organisation").order_by("slug")[:3])


@both
def choose(request: HttpRequest) -> HttpResponse:
    """Ask which achievement was awarded: closed ones too, for it was before."""
    issuers = access.issuers_of(request.user, access.WRITERS).filter(closed_at=None)
    rows = Achievement.objects.filter(issuer__in=issuers.values("pk"))
    achievements = list(rows.select_related("issuer__organisation").order_by("issuer__slug", "code"))
    if not achievements:
        raise Refused(_("Only a policy officer or approver of an issuer that awards something may deposit."))
    form = ChooseForm(data_of(request), achievements=achievements)
    page = Page(
        title=_("Deposit an award"),
        button=_("Go on"),
        back=reverse("credentials:deposits"),
        crumbs=[_deposits_crumb()],
        lead=_("An award that was made before, on paper or elsewhere. Many at once go in a file."),
        follow=lambda chosen: reverse("credentials:deposit-new", args=[chosen]),
    )
    return answer(request, page, form, lambda filled: filled.cleaned_data["achievement"])


@both
def add(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Take one award of before in, with the scan of its paper."""
    rows = access.visible_achievements(request.user).select_related("issuer__organisation", "qualification")
    achievement = found(rows, pk=achievement_id)
    require(access.can_draft(request.user, achievement.issuer))
    initial = {
        "reference": drafting.proposed_reference(achievement.issuer, clock.today().year),
        "language": achievement.language,
        "place": achievement.issuer.place,
        "reached": [each.uri for each in achievement.outcomes.all()],
    }
    form = DepositForm(data_of(request), request.FILES or None, achievement=achievement, initial=initial)
    page = Page(
        title=_("Deposit: %(title)s") % {"title": achievement},
        button=_("Deposit it"),
        back=reverse("credentials:deposits"),
        crumbs=[_deposits_crumb()],
        subject=str(achievement.issuer),
        lead=_(
            "It is issued now, and says on which day it was awarded then. What looks double or impossible is held for "
            "a person."
        ),
        upload=True,
        follow=_after,
        said=_said,
    )

    def save(filled: Any) -> Award:
        scan = filled.cleaned_data["scan"]
        return service.deposit(
            actor=request.user,
            achievement=achievement,
            given=filled.given(),
            evidence=scan or None,
            name=scan.name if scan else "",
            notify=filled.cleaned_data["notify"],
        )

    return answer(request, page, form, save)


def _after(award: Award) -> str:
    return reverse(f"credentials:{'deposit' if award.state == State.HELD else 'award'}", args=[award.pk])


def _said(award: Award) -> str:
    if award.state == State.HELD:
        return _("It is held: a person must look at it.")
    if award.state == State.WAITING:
        return _("It waits for another person to approve it.")
    return _("The award is in the register.")


def _award(request: HttpRequest, award_id: UUID) -> Award:
    rows = access.issued_by(request.user).filter(origin=Award.Origin.DEPOSITED)
    rows = rows.select_related(
        "issuer__organisation",
        "achievement__qualification",
        "achievement__issuer",
        "holder",
        "evidence",
        "batch",
    )
    return found(rows, pk=award_id)


@never_cache
@require_safe
def page(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Show a deposited award; while it is held, beside each that looks like it."""
    award = _award(request, award_id)
    held = award.state == State.HELD
    others = [each for each, _sentence in service.likes(award)][:4] if held else []
    decision = service.can_decide(request.user, award)
    context = {
        "title": str(award.achievement.title),
        "crumbs": [_deposits_crumb()],
        "award": award,
        "tag": _tag(award.state),
        "held": held,
        "may_decide": held and bool(decision),
        "why_not": decision.reason,
        "notes": service.notes(award),
        "others": [{"url": _page_of(each), "reference": each.reference} for each in others],
        "rows": _beside(award, others),
    }
    return render(request, "credentials/deposit.html", context)


def _page_of(award: Award) -> str:
    return reverse(f"credentials:{'deposit' if award.state == State.HELD else 'award'}", args=[award.pk])


def _beside(award: Award, others: Sequence[Award]) -> list[dict[str, Any]]:
    """Return what each says, row by row, with what differs from the first."""
    told: list[tuple[str, Callable[[Award], Any]]] = [
        (_("Reference"), lambda each: each.reference),
        (_("State"), lambda each: each.get_state_display()),
        (_("Given name"), lambda each: each.holder.given_name),
        (_("Family name"), lambda each: each.holder.family_name),
        (_("Date of birth"), lambda each: each.holder.born),
        (_("Own number of the person"), lambda each: each.holder.reference),
        (_("Achievement"), lambda each: str(each.achievement.title)),
        (_("Awarded on"), lambda each: each.awarded_on),
        (pgettext("result of an assessment", "Grade"), lambda each: each.grade),
        (_("Assessed on"), lambda each: each.assessed_on),
        (_("Place"), lambda each: each.place),
        (_("Valid until"), lambda each: each.valid_until and timezone.localtime(each.valid_until).date()),
        (_("Entered on"), lambda each: timezone.localtime(each.created_at).date()),
    ]
    rows = []
    for at, (label, read) in enumerate(told):
        values = [read(each) for each in (award, *others)]
        if any(values):
            # Reference, state and day of entry differ between any two.
            marks = 2 <= at < len(told) - 1
            cells = [{"value": written(value), "differs": marks and value != values[0]} for value in values]
            rows.append({"label": label, "cells": cells})
    return rows


@require_safe
def scan(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Give the scan of the paper to people of its issuer."""
    award = _award(request, award_id)
    if award.evidence is None:
        raise Missing(_("There is no scan of this award."))
    response = documents.respond(award.evidence, request=request)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@both
def accept(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """Issue what was held, with the reason."""
    award = _award(request, award_id)
    told = replace(
        _deciding(award),
        title=_("Accept this award"),
        button=_("Accept and issue it"),
        warning=_(
            "It is signed, entered in the log, and the holder is told where their address is known. Your reason is "
            "kept, and seen by people of your organisation only."
        ),
        done=_("The award is in the register."),
    )
    return _decide(request, award, told, service.accept)


@both
def refuse(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """Refuse what was held, with the reason."""
    award = _award(request, award_id)
    told = replace(
        _deciding(award),
        title=_("Refuse this award"),
        button=_("Refuse it"),
        warning=_(
            "It does not come into the register. Its reference is free again, so the award can be sent once more when "
            "it was put right."
        ),
        done=_("The award was refused."),
    )
    return _decide(request, award, told, service.refuse)


def _deciding(award: Award) -> Page:
    here = reverse("credentials:deposit", args=[award.pk])
    return Page(
        title="",
        button="",
        back=here,
        crumbs=[_deposits_crumb(), (award.reference, here)],
        subject=f"{award.holder} · {award.achievement.title}",
        danger=True,
    )


def _decide(request: HttpRequest, award: Award, told: Page, do: Callable[..., Award]) -> HttpResponse:
    require(service.can_decide(request.user, award))

    def save(filled: Any) -> Award:
        return do(actor=request.user, award=award, reason=filled.cleaned_data["reason"])

    return answer(request, told, ReasonForm(data_of(request)), save)
