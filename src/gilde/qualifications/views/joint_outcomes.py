"""Choosing the outcomes of a unit from the qualifications of the partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.components import written
from gilde.core.form_pages import Page, answer
from gilde.qualifications.forms.joint import OutcomesForm
from gilde.qualifications.joint_whole import partners_of
from gilde.qualifications.models import Joint, JointOutcome, JointUnit, OutcomeVersion, Partner
from gilde.qualifications.services import joint as service
from gilde.qualifications.views.joint_common import (
    both,
    data_of,
    joint_crumbs,
    joint_url,
    own_joint,
    unit_of,
)


@dataclass(frozen=True)
class Choice:
    """An outcome to be ticked; `elsewhere` is the unit in which it stands already, "" where it can be chosen."""

    key: str
    statement: object
    kind: str
    ticked: bool
    elsewhere: object


@dataclass(frozen=True)
class Group:
    """The outcomes of one unit of a partner's qualification."""

    title: object
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Source:
    """A partner's qualification with its outcomes."""

    partner: Partner
    title: object
    groups: Sequence[Group]


@dataclass(frozen=True)
class OutcomesPage(Page):
    """The page on which outcomes are ticked."""

    words: str = ""
    sources: Sequence[Source] = ()
    kept: int = 0
    any_qualification: bool = False
    template: str = "qualifications/joint_outcomes.html"


@both
def choose(request: HttpRequest, slug: str, unit_id: UUID) -> HttpResponse:
    """Tick the outcomes of a unit; what the search leaves out stays as it is."""
    joint = own_joint(request, slug)
    unit = unit_of(joint, unit_id)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    partners = _own_first(partners_of(joint), unit)
    used = list(
        JointOutcome.objects.filter(unit__joint=joint)
        .select_related("outcome", "unit")
        .order_by("position", "pk")
    )
    now = [each.outcome for each in used if each.unit_id == unit.pk]
    sent = set(request.POST.getlist("outcomes")) if request.method == "POST" else None
    sources, offered = _sources(partners, words, unit, used, sent)
    shown = {each.pk for each in offered}
    kept = [each for each in now if each.pk not in shown]
    page = OutcomesPage(
        title=_("Choose learning outcomes"),
        button=_("Save what is ticked"),
        back=joint_url(joint, f"unit-{unit.pk}"),
        crumbs=joint_crumbs(joint),
        subject=str(unit.title),
        lead=_("Tick what a learner knows and can do after this unit. Each outcome counts once."),
        words=words,
        sources=sources,
        kept=len(kept),
        any_qualification=any(each.qualification for each in partners),
        said=lambda made: _said(made),
    )
    return answer(
        request,
        page,
        OutcomesForm(data_of(request), offered=offered, initial={"version": joint.version}),
        lambda given: service.choose_outcomes(
            actor=request.user,
            unit=unit,
            lock=given.lock(),
            outcomes=_chosen(now, shown, offered, given.ticked()),
        ),
        lambda: OutcomesForm(offered=offered, initial={"version": _version_now(joint)}),
    )


def _chosen(
    now: Sequence[OutcomeVersion], shown: set[UUID], offered: Sequence[OutcomeVersion], ticked: set[str]
) -> list[OutcomeVersion]:
    """Return what the unit holds after this: what it had in its order, less what was unticked; then what is new."""
    stays = [each for each in now if each.pk not in shown or str(each.pk) in ticked]
    had = {each.pk for each in now}
    return [*stays, *(each for each in offered if str(each.pk) in ticked and each.pk not in had)]


def _own_first(partners: Sequence[Partner], unit: JointUnit) -> list[Partner]:
    return sorted(partners, key=lambda each: each.pk != unit.national_id)


def _sources(
    partners: Sequence[Partner],
    words: str,
    unit: JointUnit,
    used: Sequence[JointOutcome],
    sent: set[str] | None,
) -> tuple[list[Source], list[OutcomeVersion]]:
    """Return what is offered by partner and unit, and the outcomes that can be ticked; each is offered once."""
    mine = {each.outcome_id for each in used if each.unit_id == unit.pk}
    elsewhere = {each.outcome.outcome_id: each.unit.title for each in used if each.unit_id != unit.pk}
    sources: list[Source] = []
    offered: dict[UUID, OutcomeVersion] = {}
    seen: set[UUID] = set()
    for partner in partners:
        version, groups = partner.qualification, []
        for part in version.units.all() if version else ():
            choices = []
            for use in part.outcomes.all():
                wording = use.outcome
                if wording.pk in seen or not _fits(wording, words):
                    continue
                seen.add(wording.pk)
                taken = elsewhere.get(wording.outcome_id)
                if not taken:
                    offered[wording.pk] = wording
                ticked = wording.pk in mine if sent is None else str(wording.pk) in sent
                choices.append(
                    Choice(
                        str(wording.pk),
                        written(wording.statement),
                        wording.get_kind_display(),
                        ticked,
                        written(taken) if taken else "",
                    )
                )
            if choices:
                groups.append(Group(written(part.title), choices))
        if version and groups:
            sources.append(Source(partner, written(version.title), groups))
    return sources, list(offered.values())


def _fits(wording: OutcomeVersion, words: str) -> bool:
    """Return whether an outcome has all words, in any of its languages."""
    text = " ".join([*wording.statement.words.values(), wording.outcome.code]).casefold()
    return all(word in text for word in words.casefold().split()[:8])


def _said(unit: JointUnit) -> str:
    count = unit.outcomes.count()
    return ngettext(
        "The unit has %(n)d learning outcome now.", "The unit has %(n)d learning outcomes now.", count
    ) % {"n": count}


def _version_now(joint: Joint) -> Any:
    return Joint.objects.values_list("version", flat=True).get(pk=joint.pk)
