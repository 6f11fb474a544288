"""The workbench of matching: what is proposed for the outcomes of an organisation, decided many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core.access import require
from gilde.core.form_pages import Crumb, found
from gilde.core.jobs import Job
from gilde.core.models import User
from gilde.core.text import Text
from gilde.qualifications.access import can_draft, can_draft_for, visible_outcomes, visible_versions
from gilde.qualifications.forms.matching import readers_language, related_in, verdicts_in
from gilde.qualifications.models import (
    Linked,
    OutcomeConcept,
    OutcomeVersion,
    QualificationVersion,
    UnitOutcome,
)
from gilde.qualifications.services import matching as service
from gilde.qualifications.services.matching_index import JOB, names_of, request_index, standing

PER_PAGE: Final = 20
JOBS: Final = (JOB, "qualifications.match-propose")
SHOWS: Final[Mapping[str, Any]] = {
    "undecided": gettext_lazy("To be decided"),
    "unlinked": gettext_lazy("Without a confirmed link"),
    "linked": gettext_lazy("With a confirmed link"),
    "all": gettext_lazy("All"),
}


@dataclass(frozen=True)
class Proposal:
    """A link as a row shows it; `percent` is the score from 0 to 100, None for one that a person proposed."""

    link: OutcomeConcept
    label: Text
    description: Text
    percent: int | None

    @property
    def open(self) -> bool:
        """Return whether it is still to be decided."""
        return self.link.state == Linked.State.PROPOSED


@dataclass(frozen=True)
class Row:
    """An outcome with its links, those to be decided first."""

    outcome: OutcomeVersion
    proposals: Sequence[Proposal]

    @property
    def open(self) -> bool:
        """Return whether any of its links is to be decided."""
        return any(each.open for each in self.proposals)


@require_http_methods(["GET", "HEAD", "POST"])
def workbench(request: HttpRequest) -> HttpResponse:
    """Show outcomes with what is proposed for each; store what was decided on a page in one act."""
    require(can_draft(request.user))
    if request.method == "POST":
        return _save(request)
    asked = _asked(request)
    page = Paginator(_outcomes(request, asked), PER_PAGE).get_page(request.GET.get("page"))
    rows = _rows(page)
    now = standing()
    context = {
        "title": _("Link outcomes to ESCO"),
        "crumbs": _crumbs()[:1],
        "standing": now,
        "rows": rows,
        "page": page,
        "shows": [(value, label, value == asked["show"]) for value, label in SHOWS.items()],
        "files": [(str(f.pk), f, str(f.pk) == asked["file"]) for f in _files(request)],
        "asked": asked,
        "here": _address(asked, page.number),
        "before": _address(asked, page.previous_page_number()) if page.has_previous() else "",
        "after": _address(asked, page.next_page_number()) if page.has_next() else "",
        "relations": list(enumerate(Linked.Relation.choices, start=1)),
        "to_decide": any(row.open for row in rows),
    }
    return render(request, "qualifications/matching.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    """Store what was decided of the outcomes that the page showed. What is not the reader's is passed over."""
    asked = _asked(request)
    shown = [each for each in request.POST.getlist("outcome") if _is_uuid(each)][:PER_PAGE]
    outcomes = list(
        service.own_outcomes(request.user)
        .filter(pk__in=shown)
        .select_related("outcome__owner")
        .order_by("pk")
    )
    links = list(
        OutcomeConcept.objects.filter(outcome__in=outcomes, state=Linked.State.PROPOSED)
        .select_related("outcome__outcome__owner")
        .order_by("pk")
    )
    sent: Mapping[str, Any] = request.POST.dict()
    done = service.decide_all(
        actor=request.user,
        verdicts=verdicts_in(sent, links),
        related=related_in(sent, outcomes),
    )
    told = ngettext("%(n)d link is decided.", "%(n)d links are decided.", done.changed) % {"n": done.changed}
    messages.success(request, told if done.changed else _("Nothing was chosen, so nothing changed."))
    if done.stale:
        messages.warning(
            request,
            _("%(n)d had been decided by somebody else in the meantime and stay so.") % {"n": done.stale},
        )
    return redirect(_address(asked, _number(request)))


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Start proposing for all outcomes of the reader's organisations, and show how it goes."""
    require(can_draft(request.user))
    if sentence := _not_loaded():
        messages.warning(request, sentence)
        return redirect("qualifications:matching")
    assert isinstance(request.user, User)
    return redirect("qualifications:matching-job", service.request_proposals(actor=request.user).pk)


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Start building the index, and show how it goes."""
    require(can_draft(request.user))
    if sentence := _not_loaded():
        messages.warning(request, sentence)
        return redirect("qualifications:matching")
    started = request_index(actor=request.user)
    if started is None:
        messages.success(request, _("The words of ESCO are being prepared already."))
        return redirect("qualifications:matching")
    return redirect("qualifications:matching-job", started.pk)


@require_safe
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how preparing or proposing goes, and in the end what came of it."""
    job = found(Job.objects.visible_to(request.user).filter(kind__in=JOBS), pk=job_id)
    context = {
        "title": _("Preparing the words of ESCO") if job.kind == JOB else _("Looking for skills of ESCO"),
        "crumbs": _crumbs(),
        "job": job,
        "result": job.result or {},
        "proposing": job.kind != JOB,
        "waits": job.state in (Job.State.QUEUED, Job.State.RUNNING, Job.State.LOST),
    }
    name = "_matching_job.html" if getattr(request, "htmx", None) else "matching_job.html"
    return render(request, f"qualifications/{name}", context)


@require_safe
def concepts(request: HttpRequest) -> HttpResponse:
    """Give the concepts that some words find, to be chosen for an outcome: a fragment of the workbench."""
    require(can_draft(request.user))
    words = request.GET.get("q", "")[:200]
    context = {
        "words": words,
        "outcome": request.GET.get("outcome", "")[:36],
        "concepts": service.concepts_with(words, language=readers_language()),
        "relations": Linked.Relation.choices,
    }
    return render(request, "qualifications/_matching_concepts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def relate(request: HttpRequest, outcome_id: UUID) -> HttpResponse:
    """Find a concept for one outcome by words, and link the two: the way that needs no script."""
    outcome = found(visible_outcomes(request.user).select_related("outcome__owner"), pk=outcome_id)
    require(can_draft_for(request.user, outcome.outcome.owner))
    if request.method == "POST":
        chosen = related_in(request.POST.dict(), [outcome])
        if chosen:
            service.decide_all(actor=request.user, related=chosen)
            messages.success(request, _("The outcome is linked."))
            return redirect("qualifications:matching")
        messages.warning(request, _("Choose one of the concepts that your words found."))
    words = request.GET.get("q", "")[:200]
    context = {
        "title": _("Find a concept of ESCO"),
        "crumbs": _crumbs(),
        "outcome": outcome,
        "words": words,
        "concepts": service.concepts_with(words, language=readers_language()),
        "relations": Linked.Relation.choices,
        "standing": standing(),
    }
    return render(request, "qualifications/matching_relate.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    told = request.POST if request.method == "POST" else request.GET
    show, file = told.get("show", ""), told.get("file", "")
    return {"show": show if show in SHOWS else "undecided", "file": file if _is_uuid(file) else ""}


def _address(asked: Mapping[str, str], number: int) -> str:
    told = {**asked, "page": str(number) if number > 1 else ""}
    query = urlencode({name: value for name, value in told.items() if value and value != "undecided"})
    return reverse("qualifications:matching") + ("?" + query if query else "")


def _outcomes(request: HttpRequest, asked: Mapping[str, str]) -> QuerySet[OutcomeVersion]:
    """Return the outcomes that were asked for, each with its links."""
    found = service.own_outcomes(request.user)
    links = OutcomeConcept.objects.filter(outcome=OuterRef("pk"))
    confirmed, proposed = (
        links.filter(state=Linked.State.CONFIRMED),
        links.filter(state=Linked.State.PROPOSED),
    )
    if asked["show"] == "undecided":
        found = found.filter(~Exists(confirmed)).filter(Exists(proposed) | ~Exists(links))
    elif asked["show"] == "unlinked":
        found = found.filter(~Exists(confirmed))
    elif asked["show"] == "linked":
        found = found.filter(Exists(confirmed))
    if asked["file"]:
        uses = UnitOutcome.objects.filter(unit__version=UUID(asked["file"]))
        found = found.filter(pk__in=uses.values("outcome"))
    shown = OutcomeConcept.objects.exclude(state=Linked.State.REJECTED).order_by("pk")
    return found.order_by("outcome__code", "pk").prefetch_related(Prefetch("concepts", shown))


def _rows(page: PageOfRows[OutcomeVersion]) -> list[Row]:
    outcomes = list(page.object_list)
    uris = sorted({link.uri for outcome in outcomes for link in outcome.concepts.all()})
    concepts = names_of(uris)
    rows = []
    for outcome in outcomes:
        links = sorted(
            outcome.concepts.all(),
            key=lambda link: (link.state != Linked.State.PROPOSED, -(link.confidence or 0), link.pk),
        )
        rows.append(Row(outcome, [_proposal(link, concepts.get(link.uri)) for link in links]))
    return rows


def _proposal(link: OutcomeConcept, concept: Any) -> Proposal:
    return Proposal(
        link,
        concept.label if concept else link.label,
        concept.description if concept else Text(),
        None if link.confidence is None else round(link.confidence * 100),
    )


def _files(request: HttpRequest) -> QuerySet[QualificationVersion]:
    """Return the files of the reader's organisations, newest first, for the filter."""
    mine = service.own_outcomes(request.user).values("outcome__owner")
    return (
        visible_versions(request.user)
        .filter(qualification__owner__in=mine)
        .select_related("qualification")
        .order_by("qualification__code", "-number")[:200]
    )


def _not_loaded() -> str:
    now = standing()
    return now.sentence if now.edition is None else ""


def _number(request: HttpRequest) -> int:
    told = request.POST.get("page", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 1


def _is_uuid(told: str) -> bool:
    try:
        UUID(told)
    except ValueError:
        return False
    return True


def _crumbs() -> list[Crumb]:
    return [
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Link outcomes to ESCO"), reverse("qualifications:matching")),
    ]
