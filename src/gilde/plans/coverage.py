"""What a plan leaves open, as lists: articles without a measure, measures without an action, and so on.

Each gap and each part of completeness says how it is defined and out of how many; there is no overall score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators.public import Indicator, Status, sentence
from gilde.plans import measured
from gilde.plans.models import (
    Action,
    Evidence,
    FundingLine,
    Measure,
    MeasureBody,
    MeasureIndicator,
    Plan,
    Provision,
    ProvisionIndicator,
    Tick,
)
from gilde.plans.signals import flag

PROVISIONS, MEASURES, UNDATED, BODILESS, UNPROVEN = (
    "provisions-without-measure",
    "measures-without-action",
    "actions-without-date",
    "actions-without-body",
    "actions-without-evidence",
)
UNMEASURED, UNASKED, SILENT = (
    "measures-without-indicator",
    "provisions-without-figures",
    "indicators-that-cannot-tell",
)


@dataclass(frozen=True)
class Missing:
    """One row of a gap: a provision, a measure, an action, or an indicator of a measure.

    `unknown` counts the boxes in doubt of a provision, `why` says what an indicator lacks.
    """

    kind: str
    key: Any
    number: str
    title: Text
    under: Text | None = None
    instrument: str = ""
    unknown: int = 0
    done: bool = False
    why: str = ""


@dataclass(frozen=True)
class Gap:
    """Everything of one kind that is missing, out of `total`."""

    code: str
    title: str
    definition: str
    total: int
    rows: tuple[Missing, ...]


@dataclass(frozen=True)
class Part:
    """One part of completeness: `have` of `total`, with what counts as having."""

    label: str
    definition: str
    have: int
    total: int


def gaps(plan: Plan) -> list[Gap]:
    """Return each kind of gap of a plan with everything that is missing, in 5 queries.

    Of indicators only the published ones count. Figures that have changed since they were judged cost up to ten more.
    """
    today = clock.today()
    articles = _articles(plan)
    measures = list(
        Measure.objects.filter(plan=plan, dropped_in=None)
        .order_by("position")
        .annotate(
            acting=Count("actions", filter=~Q(actions__state=Action.State.DROPPED)),
            is_measured=Exists(_published(MeasureIndicator.objects.filter(measure=OuterRef("pk")))),
        )
        .values_list("pk", "number", "title", "acting", "is_measured")
    )
    actions = _actions(plan)
    links = measured.linked(SYSTEM, published=True, plan=plan.pk, dropped_in=None)
    named = {pk: (number, title) for pk, number, title, _acting, _is_measured in measures}

    def where(flag: str) -> tuple[Missing, ...]:
        return tuple(
            Missing(
                "action",
                row["pk"],
                row["measure__number"],
                row["title"],
                row["measure__title"],
                done=row["is_done"],
            )
            for row in sorted(actions, key=lambda row: not row["is_done"] if flag == "unproven" else 0)
            if row[flag]
        )

    return [
        Gap(
            PROVISIONS,
            _("Articles without a measure"),
            _("An article of an instrument that the plan answers to, which no measure has ticked."),
            len(articles),
            tuple(each.missing for each in articles if not each.ticked),
        ),
        Gap(
            MEASURES,
            _("Measures without an action"),
            _("A measure with no action, or with dropped ones only."),
            len(measures),
            tuple(
                Missing("measure", pk, number, title)
                for pk, number, title, acting, _is_measured in measures
                if not acting
            ),
        ),
        Gap(
            UNDATED,
            _("Actions without a date"),
            _("An action, not dropped, with neither a start nor a due date: it can never be late."),
            len(actions),
            where("undated"),
        ),
        Gap(
            BODILESS,
            _("Actions without a responsible body"),
            _("An action, not dropped, for which neither it nor its measure names somebody responsible."),
            len(actions),
            where("bodiless"),
        ),
        Gap(
            UNPROVEN,
            _("Actions without evidence"),
            _("An action, not dropped, without approved evidence for it or for a milestone of it."),
            len(actions),
            where("unproven"),
        ),
        Gap(
            UNMEASURED,
            _("Promises that no indicator measures"),
            _("A measure to which no published indicator is linked: nobody will know whether it worked."),
            len(measures),
            tuple(
                Missing("measure", pk, number, title)
                for pk, number, title, _acting, is_measured in measures
                if not is_measured
            ),
        ),
        Gap(
            UNASKED,
            _("Ticked articles whose indicators nobody uses"),
            _(
                "An article that a measure has ticked and that indicators measure, while none of them is linked to "
                "a measure of this plan."
            ),
            sum(each.ticked > 0 and each.has_indicator for each in articles),
            tuple(
                each.missing
                for each in articles
                if each.ticked and each.has_indicator and not each.is_measured
            ),
        ),
        Gap(
            SILENT,
            _("Indicators that cannot tell"),
            _(
                "An indicator linked to a measure, without figures, without a target, or whose status nobody can tell."
            ),
            len(links),
            tuple(
                Missing("indicator", link.key, *_at(named[link.measure], link), why=why(link.told, today))
                for link in links
                if link.measure in named and link.told.status(today) == Status.CANNOT_TELL
            ),
        ),
    ]


def why(told: measured.Told, today: date) -> str:
    """Return why nobody can tell how an indicator stands on a day."""
    if not told.has_figures:
        return _("no figures yet")
    stand = told.deciding(today)
    return _("no target") if stand is None else sentence(stand)


def _at(measure: tuple[str, Text], link: measured.Linked) -> tuple[str, Text, Text]:
    number, title = measure
    return number, link.indicator.name, title


def _published(links: QuerySet[Any]) -> QuerySet[Any]:
    return links.filter(indicator__state=Indicator.State.PUBLISHED)


def completeness(plan: Plan, found: list[Gap] | None = None) -> list[Part]:
    """Return the parts of completeness of a plan, with definitions; one query beside those of `gaps`."""
    by_code = {gap.code: gap for gap in (gaps(plan) if found is None else found)}
    (boxes, known_boxes, lines, known_lines) = _counted(plan)

    def part(code: str, label: str, definition: str) -> Part:
        gap = by_code[code]
        return Part(label, definition, gap.total - len(gap.rows), gap.total)

    return [
        Part(
            _("Tick boxes known"),
            _("Boxes that are ticked or not ticked; the source has lost the state of the others."),
            known_boxes,
            boxes,
        ),
        part(
            PROVISIONS,
            _("Articles answered"),
            _("Articles that at least one measure has ticked, out of all."),
        ),
        part(
            MEASURES,
            _("Measures with an action"),
            _("Measures with at least one action that is not dropped."),
        ),
        part(UNDATED, _("Actions with a date"), _("Actions, not dropped, with a start or a due date.")),
        part(
            BODILESS,
            _("Actions with a responsible body"),
            _("Actions, not dropped, with somebody responsible of their own or of their measure."),
        ),
        part(
            UNPROVEN,
            _("Actions with evidence"),
            _("Actions, not dropped, with approved evidence for them or for one of their milestones."),
        ),
        part(
            UNMEASURED,
            _("Measures with an indicator"),
            _("Measures to which at least one published indicator is linked."),
        ),
        part(
            SILENT,
            _("Indicators that tell how it goes"),
            _("Indicators linked to measures, of which the status against a target is known."),
        ),
        Part(
            _("Funding lines with an amount"),
            _("Lines of funding for which the plan gives an amount, out of all lines."),
            known_lines,
            lines,
        ),
    ]


def proven(**more: Any) -> Q:
    """Return the filter for actions with approved evidence for them or for one of their milestones.

    Two questions instead of one with an "or" in it, because each then finds its rows by an index.
    """
    approved = Evidence.objects.filter(state=Evidence.State.APPROVED, **more)
    own, of_milestone = (
        approved.filter(action=OuterRef("pk")),
        approved.filter(milestone__action=OuterRef("pk")),
    )
    return Q(Exists(own)) | Q(Exists(of_milestone))


def _counted(plan: Plan) -> tuple[int, int, int, int]:
    """The boxes, those whose state is known, the funding lines and those with an amount, in one query."""

    def count(rows: QuerySet[Any], to: str) -> Subquery:
        of_plan = rows.filter(measure__plan=OuterRef("pk"), measure__dropped_in=None)
        return Subquery(of_plan.order_by().values("measure__plan").annotate(n=Count(to)).values("n"))

    found = Plan.objects.filter(pk=plan.pk).values_list(
        count(Tick.objects.all(), "pk"),
        count(Tick.objects.filter(ticked__isnull=False), "pk"),
        count(FundingLine.objects.all(), "pk"),
        count(FundingLine.objects.filter(amount__isnull=False), "pk"),
    )
    boxes, known_boxes, lines, known_lines = (each or 0 for each in found.get())
    return boxes, known_boxes, lines, known_lines


@dataclass(frozen=True)
class _Article:
    """An article, how many measures of the plan have ticked it, and whether figures show something of it."""

    missing: Missing
    ticked: int
    has_indicator: bool
    is_measured: bool


def _articles(plan: Plan) -> list[_Article]:
    """The articles of the plan's instruments, each with how many measures of this plan have ticked it."""
    own = _published(ProvisionIndicator.objects.filter(provision=OuterRef("pk")))
    used = MeasureIndicator.objects.filter(measure__plan=plan, measure__dropped_in=None).values("indicator")
    boxes = Tick.objects.filter(measure__plan=plan, measure__dropped_in=None, group=Tick.Group.PROVISION)
    counts = {
        provision: (ticked, unknown)
        for provision, ticked, unknown in boxes.order_by()
        .values_list("provision_id")
        .annotate(yes=Count("pk", filter=Q(ticked=True)), doubt=Count("pk", filter=Q(ticked=None)))
    }
    found = (
        Provision.objects.filter(instrument__plans=plan)
        .order_by("instrument__adopted", "instrument__code", "position")
        .annotate(has_indicator=Exists(own), is_measured=Exists(own.filter(indicator__in=used)))
        .values_list(
            "pk",
            "number",
            "title",
            "instrument__short_title",
            "instrument__code",
            "has_indicator",
            "is_measured",
        )
    )
    articles = []
    for pk, number, title, under, code, has_indicator, is_measured in found:
        ticked, unknown = counts.get(pk, (0, 0))
        missing = Missing("provision", pk, number, title, under, code, unknown)
        articles.append(_Article(missing, ticked, has_indicator, is_measured))
    return articles


def _actions(plan: Plan) -> list[dict[str, Any]]:
    named = MeasureBody.objects.filter(measure=OuterRef("measure"), role=MeasureBody.Role.RESPONSIBLE)
    found = (
        Action.objects.filter(measure__plan=plan, measure__dropped_in=None)
        .exclude(state=Action.State.DROPPED)
        .order_by("measure__position", "position")
        .annotate(has_body=Exists(named), has_evidence=flag(proven()))
        .values(
            "pk",
            "title",
            "state",
            "start",
            "due",
            "responsible_id",
            "measure__number",
            "measure__title",
            "has_body",
            "has_evidence",
        )
    )
    return [
        {
            **row,
            "undated": row["start"] is None and row["due"] is None,
            "bodiless": row["responsible_id"] is None and not row["has_body"],
            "unproven": not row["has_evidence"],
            "is_done": row["state"] == Action.State.DONE,
        }
        for row in found
    ]
