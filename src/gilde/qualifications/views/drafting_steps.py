"""The steps of a file as pages: each says what it does and who comes next, and asks what its procedure needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.access import require
from gilde.core.components import Fact, Task
from gilde.core.form_pages import Page, answer
from gilde.qualifications import access, procedures
from gilde.qualifications.forms.drafting import GroundForm, Locked
from gilde.qualifications.models import QualificationVersion, Round, State
from gilde.qualifications.models.qualifications import EDITABLE, FIXED
from gilde.qualifications.procedures import Step
from gilde.qualifications.services import drafting
from gilde.qualifications.services.steps import missing_in, take_step
from gilde.qualifications.views.drafting import committee_facts
from gilde.qualifications.views.drafting_common import both, file_crumbs, file_of, file_url
from gilde.qualifications.views.drafting_forms import opened_now
from gilde.qualifications.workbench import Hands


@dataclass(frozen=True)
class StepPage(Page):
    """A step: what it does, who comes next, and what stands in its way."""

    effects: Sequence[str] = field(default_factory=list)
    who_next: str = ""
    missing: Sequence[Task] = field(default_factory=list)
    committee: Sequence[Fact] = field(default_factory=list)
    template: str = "qualifications/drafting_step.html"


@both
def step(request: HttpRequest, version_id: UUID, name: str) -> HttpResponse:
    """Make a step of the procedure, after saying what it does."""
    file = file_of(request, version_id)
    asked = _step(file, name)
    assert file.procedure is not None
    require(procedures.workflow_of(file.procedure).can(request.user, file, name))
    round_ = file.rounds.filter(closed_at=None).select_related("committee").first()
    label = str(asked.label)
    page = StepPage(
        title=label,
        button=label,
        back=file_url(file),
        crumbs=file_crumbs(file),
        subject=str(file.title),
        effects=_effects(file, asked),
        who_next=Hands(request.user).next(file.procedure, asked.target, file.qualification.owner),
        missing=_missing(file, asked),
        committee=committee_facts(round_) if round_ and asked.closes else [],
        danger=asked.target in (State.WITHDRAWN, State.REJECTED),
        said=lambda made: _("Done: the file is “%(state)s” now.") % {"state": made.get_state_display()},
    )

    def fresh(data: Any = None) -> GroundForm:
        needed = procedures.GROUND in asked.needs
        return GroundForm(data, needed=needed, initial=opened_now(file).initial)

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: take_step(
            actor=request.user,
            version=file,
            name=name,
            ground=given.cleaned_data["ground"],
            lock=given.lock(),
        ),
        lambda: opened_now(file),
    )


def _step(file: QualificationVersion, name: str) -> Step:
    steps = procedures.steps_of(file.procedure) if file.procedure else []
    for each in steps:
        if each.name == name:
            return each
    raise Http404


def _effects(file: QualificationVersion, step: Step) -> list[str]:
    """Return in sentences what a step does."""
    told = [
        _("The file goes from “%(before)s” to “%(after)s”.")
        % {"before": file.get_state_display(), "after": State(step.target).label}
    ]
    if step.closes:
        told.append(
            _("The round of the committee ends. Its result: %(result)s.")
            % {"result": Round.Result(step.closes).label}
        )
    if step.opens and file.procedure:
        committee = file.procedure.committees.filter(code=step.opens).first()
        told.append(_("A round of the %(committee)s begins.") % {"committee": committee or step.opens})
    if step.target == State.SUBMITTED:
        told.append(
            _("What it says now is kept. Nobody can change the file until it comes back to its drafters.")
        )
    if step.target in EDITABLE:
        told.append(_("Its drafters can change it again and hand it in again."))
    if step.target in FIXED and file.state not in FIXED:
        told.append(_("Everybody can read it from then on, and this version never changes any more."))
    if step.target == State.REGISTERED and file.state != State.UNDER_REVIEW:
        told.append(_("It comes on the register; an older version that is on it makes way."))
    if step.target in (State.WITHDRAWN, State.REJECTED):
        told.append(_("This cannot be undone. What was learnt can be used again in a next version."))
    return told


def _missing(file: QualificationVersion, step: Step) -> list[Task]:
    """Return what stands in the way of a step, as far as it can be told before."""
    tasks: list[Task] = []
    if procedures.COMPLETE in step.needs:
        tasks += [Task(sentence, kind="warn", word=_("missing")) for sentence in missing_in(file)]
    if procedures.PROPOSED in step.needs and file.level is None:
        sentence = _("The level is missing: propose one of the levels of the framework.")
        url = reverse("qualifications:file-edit", args=[file.pk])
        tasks.append(Task(sentence, url, kind="warn", word=_("missing")))
    if procedures.ANSWERED in step.needs:
        waiting = file.comments.filter(resolved_at=None).count()
        if waiting:
            told = ngettext(
                "%(n)d comment waits for an answer.", "%(n)d comments wait for an answer.", waiting
            )
            url = reverse("qualifications:file-comments", args=[file.pk])
            tasks.append(Task(told % {"n": waiting}, url, kind="warn", word=_("to answer")))
    return tasks


@both
def next_version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Begin the next version of a qualification, as a copy of its newest."""
    file = file_of(request, version_id)
    require(access.can_renew(request.user, file))
    page = Page(
        title=_("Begin the next version"),
        button=_("Begin"),
        back=file_url(file),
        crumbs=file_crumbs(file),
        subject=str(file.title),
        warning=_(
            "A draft begins as a copy of the newest version, with its units and outcomes. The version on the register "
            "stays as it is until the new one is registered."
        ),
        done=_(
            "The draft of the next version has begun. What you change is shown against the version before."
        ),
        follow=file_url,
    )
    return answer(
        request,
        page,
        Locked(request.POST or None),
        lambda _given: drafting.begin_next_version(actor=request.user, qualification=file.qualification),
    )
