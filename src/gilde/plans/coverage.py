"""What a plan leaves open, as lists: articles without a measure, measures without an action, and so on.

Each gap and each part of completeness says how it is defined and out of how many; there is no overall score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.plans.models import Action, Evidence, FundingLine, Measure, MeasureBody, Plan, Provision, Tick
from gilde.plans.signals import flag

PROVISIONS, MEASURES, UNDATED, BODILESS, UNPROVEN = (
    "provisions-without-measure",
    "measures-without-action",
    "actions-without-date",
    "actions-without-body",
    "actions-without-evidence",
)


@dataclass(frozen=True)
class Missing:
    """One row of a gap: a provision, a measure or an action; `unknown` counts its boxes in doubt."""

    kind: str
    key: Any
    number: str
    title: Text
    under: Text | None = None
    instrument: str = ""
    unknown: int = 0
    done: bool = False


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
    """Return each kind of gap of a plan with everything that is missing, in 4 queries."""
    articles = _articles(plan)
    measures = list(
        Measure.objects.filter(plan=plan, dropped_in=None)
        .order_by("position")
        .annotate(acting=Count("actions", filter=~Q(actions__state=Action.State.DROPPED)))
        .values_list("pk", "number", "title", "acting")
    )
    actions = _actions(plan)

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
            tuple(article for article, ticked in articles if not ticked),
        ),
        Gap(
            MEASURES,
            _("Measures without an action"),
            _("A measure with no action, or with dropped ones only."),
            len(measures),
            tuple(
                Missing("measure", pk, number, title) for pk, number, title, acting in measures if not acting
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
    ]


def completeness(plan: Plan, found: list[Gap] | None = None) -> list[Part]:
    """Return the parts of completeness of a plan, with definitions; 2 queries beside those of `gaps`."""
    by_code = {gap.code: gap for gap in (gaps(plan) if found is None else found)}
    boxes = Tick.objects.filter(measure__plan=plan, measure__dropped_in=None).aggregate(
        all=Count("pk"), known=Count("pk", filter=Q(ticked__isnull=False))
    )
    lines = FundingLine.objects.filter(measure__plan=plan, measure__dropped_in=None).aggregate(
        all=Count("pk"), known=Count("pk", filter=Q(amount__isnull=False))
    )

    def part(code: str, label: str, definition: str) -> Part:
        gap = by_code[code]
        return Part(label, definition, gap.total - len(gap.rows), gap.total)

    return [
        Part(
            _("Tick boxes known"),
            _("Boxes that are ticked or not ticked; the source has lost the state of the others."),
            boxes["known"],
            boxes["all"],
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
        Part(
            _("Funding lines with an amount"),
            _("Lines of funding for which the plan gives an amount, out of all lines."),
            lines["known"],
            lines["all"],
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


def _articles(plan: Plan) -> list[tuple[Missing, int]]:
    """The articles of the plan's instruments, each with how many measures of this plan have ticked it."""
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
        .values_list("pk", "number", "title", "instrument__short_title", "instrument__code")
    )
    articles = []
    for pk, number, title, under, code in found:
        ticked, unknown = counts.get(pk, (0, 0))
        articles.append((Missing("provision", pk, number, title, under, code, unknown), ticked))
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
