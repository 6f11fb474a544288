"""Writing the learning outcomes of a unit: new ones one after the other, existing ones several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gilde.core.form_pages import Page, answer
from gilde.core.lists import words_of
from gilde.qualifications.access import visible_outcomes
from gilde.qualifications.forms.drafting import Locked
from gilde.qualifications.forms.drafting_outcomes import OutcomeForm, ReuseForm, initial_of_outcome
from gilde.qualifications.models import OutcomeVersion, QualificationVersion, Unit, UnitOutcome
from gilde.qualifications.services import drafting, reusing
from gilde.qualifications.views.drafting_common import (
    both,
    file_crumbs,
    file_url,
    own_file,
    unit_of,
    use_of,
)
from gilde.qualifications.views.drafting_forms import opened_now, sent_lock

_MOST_OFFERED: Final = 50


@dataclass(frozen=True)
class OutcomePage(Page):
    """The page on which an outcome is written; `adding` gives it the button for the next one."""

    adding: bool = False
    template: str = "qualifications/drafting_outcome.html"


@both
def outcome_add(request: HttpRequest, version_id: UUID, unit_id: UUID) -> HttpResponse:
    """Write a new outcome at the end of a unit; whoever wants goes straight on with the next one."""
    file = own_file(request, version_id)
    unit = unit_of(file, unit_id)
    here = reverse("qualifications:outcome-add", args=[file.pk, unit.pk])

    def follow(use: UnitOutcome) -> str:
        if "another" not in request.POST:
            return file_url(file, f"outcome-{use.pk}")
        kept = {"kind": use.outcome.kind, "source": use.outcome.statement.source}
        return f"{here}?{urlencode(kept)}"

    page = OutcomePage(
        title=_("Add a learning outcome"),
        button=_("Save"),
        back=file_url(file, f"unit-{unit.pk}"),
        crumbs=file_crumbs(file),
        subject=str(unit.title),
        lead=_("What somebody knows, can do, or answers for at the end. One outcome, one verb."),
        follow=follow,
        said=lambda use: _("Added: %(outcome)s") % {"outcome": use.outcome.statement},
        adding=True,
    )
    again = request.GET.get("kind", "") in OutcomeVersion.Kind.values
    initial = {
        "version": file.version,
        "kind": request.GET["kind"] if again else OutcomeVersion.Kind.SKILL,
        "source": request.GET.get("source") or file.title.source,
    }
    return answer(
        request,
        page,
        OutcomeForm(request.POST or None, initial=initial, again=again),
        lambda given: drafting.add_outcome(actor=request.user, unit=unit, lock=given.lock(), **given.read()),
        lambda: opened_now(file),
    )


@both
def outcome_edit(request: HttpRequest, version_id: UUID, use_id: int) -> HttpResponse:
    """Change the wording of an outcome in this file."""
    file = own_file(request, version_id)
    use = use_of(file, use_id)
    kept = use.outcome.fixed_at is not None or _others(use, file).exists()
    page = OutcomePage(
        title=_("Change the learning outcome"),
        button=_("Save"),
        back=file_url(file, f"outcome-{use.pk}"),
        crumbs=file_crumbs(file),
        subject=str(use.unit.title),
        lead=_("Other qualifications hold this outcome too. They keep its wording; this file gets a new one.")
        if kept
        else "",
        follow=lambda made: file_url(file, f"outcome-{made.pk}"),
        done=_("The learning outcome was changed."),
    )

    def fresh(data: Any = None) -> OutcomeForm:
        stored = use_of(QualificationVersion.objects.get(pk=file.pk), use.pk)
        initial = {**initial_of_outcome(stored.outcome), "version": stored.unit.version.version}
        return OutcomeForm(data, wording=stored.outcome, initial=initial)

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: drafting.change_outcome(actor=request.user, use=use, lock=given.lock(), **given.read()),
        fresh,
    )


@require_POST
def outcome_move(request: HttpRequest, version_id: UUID, use_id: int) -> HttpResponse:
    """Put an outcome one place up or down in its unit."""
    file = own_file(request, version_id)
    use = use_of(file, use_id)
    drafting.move_outcome(
        actor=request.user, use=use, lock=sent_lock(request), up=request.POST.get("to") == "up"
    )
    return redirect(file_url(file, f"outcome-{use.pk}"))


@both
def outcome_remove(request: HttpRequest, version_id: UUID, use_id: int) -> HttpResponse:
    """Take an outcome out of a unit."""
    file = own_file(request, version_id)
    use = use_of(file, use_id)
    back = file_url(file, f"unit-{use.unit_id}")
    page = Page(
        title=_("Remove this learning outcome"),
        button=_("Remove"),
        back=back,
        crumbs=file_crumbs(file),
        subject=str(use.unit.title),
        lead=str(use.outcome.statement),
        warning=_(
            "It goes out of this unit. The outcome itself is kept: you can take it back with “Reuse outcomes”."
        ),
        danger=True,
        done=_("The learning outcome was removed."),
    )
    return answer(
        request,
        page,
        Locked(request.POST or None, initial={"version": file.version}),
        lambda given: drafting.remove_outcome(actor=request.user, use=use, lock=given.lock()),
        lambda: opened_now(file),
    )


@dataclass(frozen=True)
class ReusePage(Page):
    """The page on which existing outcomes are looked for and ticked."""

    words: str = ""
    kind: str = ""
    kinds: Any = ()
    offered: int = 0
    more: bool = False
    searched: bool = False
    template: str = "qualifications/drafting_reuse.html"


@both
def outcome_reuse(request: HttpRequest, version_id: UUID, unit_id: UUID) -> HttpResponse:
    """Look for outcomes that exist and take several of them into a unit."""
    file = own_file(request, version_id)
    unit = unit_of(file, unit_id)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    kind = request.GET.get("kind", "")
    searched = bool(words) or kind in OutcomeVersion.Kind.values
    found = list(_offered(request, unit, words, kind)[: _MOST_OFFERED + 1]) if searched else []
    offered = found[:_MOST_OFFERED]
    page = ReusePage(
        title=_("Reuse outcomes"),
        button=_("Take over what is ticked"),
        back=file_url(file, f"unit-{unit.pk}"),
        crumbs=file_crumbs(file),
        subject=str(unit.title),
        lead=_(
            "Outcomes that are shared make qualifications comparable. Each keeps its wording and its links."
        ),
        words=words,
        kind=kind,
        kinds=OutcomeVersion.Kind.choices,
        offered=len(offered),
        more=len(found) > _MOST_OFFERED,
        searched=searched,
        said=lambda made: (
            ngettext(
                "%(n)d learning outcome was taken over.",
                "%(n)d learning outcomes were taken over.",
                len(made),
            )
            % {"n": len(made)}
        ),
    )
    return answer(
        request,
        page,
        ReuseForm(request.POST or None, offered=offered, initial={"version": file.version}),
        lambda given: reusing.reuse_outcomes(
            actor=request.user, unit=unit, lock=given.lock(), wordings=given.chosen()
        ),
        lambda: opened_now(file),
    )


def _offered(request: HttpRequest, unit: Unit, words: str, kind: str) -> QuerySet[OutcomeVersion]:
    """Return the newest wording that the reader may see of outcomes that the file does not hold yet."""
    seen = visible_outcomes(request.user)
    newer = seen.filter(outcome=OuterRef("outcome"), number__gt=OuterRef("number"))
    held = UnitOutcome.objects.filter(unit__version=unit.version_id).values("outcome__outcome")
    found = seen.filter(~Exists(newer)).exclude(outcome__in=held)
    if kind in OutcomeVersion.Kind.values:
        found = found.filter(kind=kind)
    found = found.alias(_words=words_of("statement")())
    for word in words.split()[:8]:
        found = found.filter(Q(_words__icontains=word) | Q(outcome__code__icontains=word))
    return found.select_related("outcome__owner").order_by("_words", "pk")


def _others(use: UnitOutcome, file: QualificationVersion) -> QuerySet[UnitOutcome]:
    return use.outcome.uses.exclude(unit__version=file)
