"""Targets and signed judgements: adding, changing and withdrawing them; every signature with its ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.components import status
from gilde.core.form_pages import Page, answer, found
from gilde.core.models import User
from gilde.indicators import saying, standings
from gilde.indicators.access import can_manage, visible_targets
from gilde.indicators.forms.decisions import SignedGroundForm
from gilde.indicators.forms.definitions import JudgeForm, TargetForm, initial_of_target
from gilde.indicators.forms.fields import Versioned
from gilde.indicators.models import Area, Judgement, Series, Target
from gilde.indicators.services import judging
from gilde.indicators.services import targets as service
from gilde.indicators.services.targets import TargetData
from gilde.indicators.standings import Stand
from gilde.indicators.views.keeping import edit_of, kept_crumbs, kept_of

both = require_http_methods(["GET", "HEAD", "POST"])


def _of(request: HttpRequest, target_id: UUID) -> Target:
    """Return a target that the reader may see and change. Raises Refused with the reason."""
    seen = visible_targets(request.user).select_related("indicator", "indicator__owner", "area")
    target = found(seen, pk=target_id)
    require(can_manage(request.user, target.indicator))
    return target


def _subject(target: Target) -> str:
    return f"{target.indicator} · {target.area}, {saying.aimed(target, target.indicator)}"


def _read(form: TargetForm) -> TargetData:
    return TargetData(**form.given(), breakdown=form.breakdown())


@both
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a target with the instrument that issued it."""
    indicator = kept_of(request, code)
    page = Page(
        title=_("Add a target"),
        button=_("Add the target"),
        back=edit_of(indicator),
        crumbs=kept_crumbs(indicator),
        subject=str(indicator),
        lead=_("A target stands with the instrument that issued it. Several may hold side by side."),
        done=_("The target was added, and how its area stands was judged."),
    )
    lower = indicator.direction == "lower"
    initial = {"comparison": Target.Comparison.AT_MOST if lower else Target.Comparison.AT_LEAST}
    return answer(
        request,
        page,
        TargetForm(indicator, request.POST if request.method == "POST" else None, initial=initial),
        lambda given: service.add_target(actor=request.user, indicator=indicator, data=_read(given)),
    )


@both
def edit(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Change a target that holds."""
    target = _of(request, target_id)

    def fresh(data: Any = None) -> TargetForm:
        now = Target.objects.select_related("indicator").get(pk=target.pk)
        return TargetForm(target.indicator, data, initial=initial_of_target(now))

    page = Page(
        title=_("Change this target"),
        button=_("Save"),
        back=edit_of(target.indicator),
        crumbs=kept_crumbs(target.indicator),
        subject=_subject(target),
        lead=_(
            "Correct what was typed wrongly here. When the instrument was replaced, withdraw this and add another."
        ),
        done=_("The target was changed, and how its area stands was judged anew."),
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None),
        lambda given: service.change_target(
            actor=request.user,
            target=target,
            version=given.cleaned_data["version"] or 0,
            data=_read(given),
        ),
        fresh,
    )


@both
def withdraw(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Withdraw a target, after saying what will happen."""
    target = _of(request, target_id)
    page = Page(
        title=_("Withdraw this target"),
        button=_("Withdraw"),
        back=edit_of(target.indicator),
        crumbs=kept_crumbs(target.indicator),
        subject=_subject(target),
        warning=_(
            "Nobody is judged by it any more, and it is no longer on the charts. What was signed about it is kept. "
            "It cannot be taken up again: add it anew instead."
        ),
        danger=True,
        done=_("The target no longer holds."),
    )

    def form(data: Any = None, of: Target | None = None) -> forms.Form:
        return Versioned(data, initial={"version": (of or target).version})

    return answer(
        request,
        page,
        form(request.POST if request.method == "POST" else None),
        lambda given: service.withdraw_target(
            actor=request.user, target=target, version=given.cleaned_data["version"] or 0
        ),
        lambda: form(None, Target.objects.get(pk=target.pk)),
    )


# Signed judgements.


@dataclass(frozen=True)
class Judged:
    """How one area stands, and where somebody signed it, who did and where that can be taken back."""

    area: Area
    tag: SafeString
    sentence: str
    signed: str
    take_back: str


@dataclass(frozen=True)
class JudgePage(Page):
    """The page on which a judgement is signed: how areas stand now, beside the form."""

    judged: Sequence[Judged] = ()


def _stands(target: Target) -> list[Stand]:
    """Return how every area that has figures, and the target's own, stands against a target."""
    series = Series.objects.filter(indicator=target.indicator, key=target.key).order_by()
    areas = list(series.values_list("area", flat=True).distinct())
    return [
        stand for stand in standings.stands(target.indicator, areas=areas) if stand.target.pk == target.pk
    ]


def _judged(target: Target, stands: Sequence[Stand]) -> list[Judged]:
    signed = [stand.signed for stand in stands if stand.signed is not None]
    names = User.objects.in_bulk([each.by for each in signed if each.by])
    return [
        Judged(
            stand.area,
            status(*standings.tag(stand.status)),
            standings.sentence(stand),
            _signer(stand.signed, names),
            f"{reverse('indicators:judge-take-back', args=[target.pk])}?area={stand.area.pk}"
            if stand.signed is not None
            else "",
        )
        for stand in stands
    ]


def _signer(signed: Judgement | None, names: dict[Any, User]) -> str:
    if signed is None:
        return ""
    who = str(names.get(signed.by) or _("somebody whose account is gone")) if signed.by else _("Gilde")
    return _("Signed by %(who)s.") % {"who": who}


@both
def judge(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Sign how an area stands against a target, with the ground; it is shown as signed."""
    target = _of(request, target_id)
    stands = _stands(target)
    page = JudgePage(
        title=_("Sign a judgement"),
        button=_("Sign"),
        back=edit_of(target.indicator),
        crumbs=kept_crumbs(target.indicator),
        subject=_subject(target),
        warning=_(
            "Your judgement replaces that of the method wherever this status is shown, with your ground and the day, "
            "until it is taken back. It cannot be changed or deleted: sign another, or take it back."
        ),
        done=_("Your judgement is signed and shown."),
        template="indicators/judge.html",
        judged=_judged(target, stands),
    )
    areas = [stand.area.pk for stand in stands] or [target.area_id]
    form = JudgeForm(
        request.POST if request.method == "POST" else None,
        areas=areas,
        initial={"area": request.GET.get("area") or target.area_id},
    )
    return answer(
        request,
        page,
        form,
        lambda given: judging.sign_judgement(actor=request.user, target=target, **given.cleaned_data),
    )


@both
def take_back(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Take a signed judgement back, so that the method alone counts again."""
    target = _of(request, target_id)
    area = found(Area.objects.all(), pk=request.GET.get("area") or target.area_id)
    page = Page(
        title=_("Take a signed judgement back"),
        button=_("Take it back"),
        back=reverse("indicators:judge", args=[target.pk]),
        crumbs=kept_crumbs(target.indicator),
        subject=f"{_subject(target)} · {area}",
        warning=_(
            "The status is that of the method again. That there was a judgement, and whose, stays in the record."
        ),
        danger=True,
        done=_("The judgement was taken back."),
    )
    return answer(
        request,
        page,
        SignedGroundForm(request.POST if request.method == "POST" else None),
        lambda given: judging.take_back(actor=request.user, target=target, area=area, **given.cleaned_data),
    )
