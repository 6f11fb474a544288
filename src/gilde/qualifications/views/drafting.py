"""The workbench: the list of the files one works on, and one file with its units and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Fact, Tab, Task, day, link, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.qualifications import access, vocabularies
from gilde.qualifications.models import (
    Linked,
    OutcomeConcept,
    QualificationVersion,
    Round,
    State,
    Unit,
    UnitOutcome,
)
from gilde.qualifications.models.qualifications import EDITABLE, PUBLIC
from gilde.qualifications.procedures import Step
from gilde.qualifications.services.committees import tally
from gilde.qualifications.services.steps import missing_in, steps_open_to
from gilde.qualifications.views.drafting_common import file_of, files_crumbs
from gilde.qualifications.views.drafting_facts import facts_of, relation_facts
from gilde.qualifications.workbench import (
    Hands,
    road,
    state_tag,
    steps_ahead,
    waiting_for,
    worked_on,
)

_FIELDS = (
    "title",
    "number",
    "state",
    "state_since",
    "procedure",
    "qualification__code",
    "qualification__sector",
    "qualification__owner__name",
)


@require_safe
def files(request: HttpRequest) -> HttpResponseBase:
    """Show the files that the reader works on, or only those that wait for the reader."""
    here = reverse("qualifications:files")
    mine = request.GET.get("mine") == "yes"
    hands = Hands(request.user)
    waiting = waiting_for(request.user, hands)
    may_begin = bool(access.can_draft(request.user))
    context = {
        "title": _("Qualification files"),
        "crumbs": files_crumbs()[:1],
        "tabs": [
            Tab(_("All files"), here, not mine),
            Tab(_("Mine to do"), f"{here}?mine=yes", mine, waiting.count()),
        ],
        "may_begin": may_begin,
    }
    found = waiting if mine else worked_on(request.user)
    listing = _listing(hands, mine, may_begin)
    return listing.respond(request, found, "qualifications/drafting_files.html", context)


def _listing(hands: Hands, mine: bool, may_begin: bool) -> Listing:
    """Return the declaration of the list for one request: its cells know who acts in each procedure."""
    if mine:
        empty = _("Nothing waits for you. Files stand here when you have to write, vote or decide.")
    elif may_begin:
        empty = _("Files that you work on stand here. Begin the first one with “Begin a file”.")
    else:
        empty = _("Files stand here once one is handed in to a committee or a body that you belong to.")

    def waits_for(row: Row) -> str:
        return hands.next(
            hands.procedures.get(row["procedure"]), row["state"], row["qualification__owner__name"]
        )

    return Listing(
        name="qualification-files",
        caption=gettext_lazy("Qualification files"),
        fields=_FIELDS,
        columns=[
            Column("title", gettext_lazy("Title"), cell=_title, sort=words_of("title"), head=True),
            Column(
                "code",
                gettext_lazy("Code"),
                value=lambda row: row["qualification__code"],
                sort="qualification__code",
            ),
            Column("number", gettext_lazy("Version"), sort="number", number=True),
            Column("state", gettext_lazy("State"), cell=lambda row: state_tag(row["state"]), sort="state"),
            Column(
                "since",
                gettext_lazy("Since"),
                value=lambda row: row["state_since"],
                cell=_since,
                sort="state_since",
            ),
            Column("days", gettext_lazy("Days in this state"), value=_days, download_only=True),
            Column(
                "owner",
                gettext_lazy("Drafted by"),
                value=lambda row: row["qualification__owner__name"],
                sort=words_of("qualification__owner__name"),
            ),
            Column("next", gettext_lazy("Waits for"), value=waits_for),
            Column("id", gettext_lazy("Identifier"), value=lambda row: str(row["pk"]), download_only=True),
        ],
        order="-since",
        search=(words_of("title"), "qualification__code"),
        filters=(
            Filter("state", gettext_lazy("State"), lambda: State.choices, "state"),
            Filter(
                "sector",
                gettext_lazy("Sector"),
                lambda: vocabularies.choices(vocabularies.sectors()),
                "qualification__sector",
            ),
            Filter(
                "procedure",
                gettext_lazy("Procedure"),
                lambda: [(pk, str(each.name)) for pk, each in hands.procedures.items()],
                "procedure",
            ),
        ),
        empty=empty,
    )


def _title(row: Row) -> object:
    return link(reverse("qualifications:file", args=[row["pk"]]), written(row["title"]))


def _days(row: Row) -> int | None:
    since = row["state_since"]
    return (clock.now() - since).days if since else None


def _since(row: Row) -> object:
    days = _days(row)
    if days is None:
        return written(None)
    told = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    return format_html('{}<span class="hint where">{}</span>', day(row["state_since"].date()), told)


# --- one file


@dataclass(frozen=True)
class Way:
    """A step from where a file is now: who may make it, and where the reader makes it, "" when it is not theirs."""

    label: str
    who: str
    url: str = ""
    ends: bool = False  # it leads away from the register


@require_safe
def file(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show one file: how far it is, what is missing, who does what next, and everything that it says."""
    shown = file_of(request, version_id)
    may_edit = bool(access.can_edit_version(request.user, shown))
    comments = _comment_counts(request, shown)
    context = {
        "title": str(shown.title),
        "crumbs": files_crumbs(),
        "file": shown,
        "state": state_tag(shown.state),
        "road": road(shown, list(shown.stages.order_by("since", "pk"))),
        "may_edit": may_edit,
        "tasks": _tasks(shown, sum(waits for _all, waits in comments.values())),
        "ways": _ways(request, shown),
        "committee": _committee(shown),
        "facts": facts_of(shown),
        "relations": relation_facts(shown),
        "units": [
            (unit, [(use, comments.get(use.outcome.outcome_id, (0, 0))[0]) for use in unit.outcomes.all()])
            for unit in _units(shown)
        ],
        "comment_count": sum(count for count, _waits in comments.values()),
        "history": shown.stages.order_by("-since", "-pk"),
        "public_url": reverse("qualifications:version", args=[shown.qualification.code, shown.number])
        if shown.state in PUBLIC
        else "",
        "may_renew": _may_renew(request, shown),
    }
    return render(request, "qualifications/drafting_file.html", context)


def _ways(request: HttpRequest, file: QualificationVersion) -> list[Way]:
    """Return the steps that move a file on, whoever makes them, and what else the reader may do."""
    procedure = file.procedure
    if procedure is None:
        return []
    mine = steps_open_to(request.user, file)
    ahead = steps_ahead(procedure, file.state)
    others = [step for step in mine if step not in ahead]
    hands, names = Hands(request.user), {step.name for step in mine}

    def way(step: Step, ends: bool) -> Way:
        url = reverse("qualifications:file-step", args=[file.pk, step.name]) if step.name in names else ""
        who = hands.of_step(procedure.pk, step, file.qualification.owner)
        return Way(str(step.label), who, url, ends)

    return [way(step, False) for step in ahead] + [way(step, True) for step in others]


def _committee(file: QualificationVersion) -> list[Fact]:
    """Return how the committee stands that has the file now; nothing when none has."""
    round_ = file.rounds.filter(closed_at=None).select_related("committee").first()
    return committee_facts(round_) if round_ else []


def committee_facts(round_: Round) -> list[Fact]:
    """Return how a committee stands: how many have voted, and by which rule it decides."""
    count = tally(round_)
    cast = _("%(cast)d of at least %(quorum)d members") % {"cast": count.cast, "quorum": count.quorum}
    return [
        Fact(_("Committee"), round_.committee.name),
        Fact(_("Since"), round_.opened_at),
        Fact(_("Have voted"), cast),
        Fact(_("Decides by"), round_.committee.get_rule_display()),
    ]


def _tasks(file: QualificationVersion, waiting: int) -> list[Task]:
    """Return what is missing before the file can be handed in, and the comments that wait."""
    tasks = []
    if file.state in EDITABLE:
        tasks += [Task(sentence, kind="warn", word=_("missing")) for sentence in missing_in(file)]
    if waiting:
        sentence = ngettext(
            "%(n)d comment waits for an answer.", "%(n)d comments wait for an answer.", waiting
        )
        url = reverse("qualifications:file-comments", args=[file.pk])
        tasks.append(Task(sentence % {"n": waiting}, url, kind="info", word=_("to answer")))
    return tasks


def _comment_counts(request: HttpRequest, file: QualificationVersion) -> dict[Any, tuple[int, int]]:
    """Return for each outcome, None for the file, how many comments there are and how many wait for an answer."""
    seen = access.visible_comments(request.user).filter(version=file).order_by()
    told = seen.values("outcome").annotate(n=Count("pk"), waits=Count("pk", filter=Q(resolved_at=None)))
    return {row["outcome"]: (row["n"], row["waits"]) for row in told}


def _units(file: QualificationVersion) -> QuerySet[Unit]:
    uses = UnitOutcome.objects.select_related("outcome__outcome").order_by("position", "pk")
    links = OutcomeConcept.objects.exclude(state=Linked.State.REJECTED).order_by("pk")
    return file.units.order_by("position", "code", "pk").prefetch_related(
        Prefetch("outcomes", uses), Prefetch("outcomes__outcome__concepts", links)
    )


def _may_renew(request: HttpRequest, file: QualificationVersion) -> bool:
    over = {*PUBLIC, State.WITHDRAWN, State.REJECTED}
    if file.state not in over or not access.can_renew(request.user, file):
        return False
    return not file.qualification.versions.filter(number__gt=file.number).exists()
