"""Understands a document: which of the known structures it has, and what stands where in it."""

from __future__ import annotations

from datetime import date

from gilde.plans.reader.actions import FoundAction, find_actions
from gilde.plans.reader.amounts import find_amounts
from gilde.plans.reader.blocks import read_blocks, read_entries, words_of
from gilde.plans.reader.bodies import find_bodies
from gilde.plans.reader.dates import find_dates
from gilde.plans.reader.document import BadDocument, SourceDocument
from gilde.plans.reader.labels import Found, find_labels
from gilde.plans.reader.measures import FoundMeasure, Span, find_measures, group_labels
from gilde.plans.reader.provisions import FoundProvision, find_provisions
from gilde.plans.reader.result import Action, Body, Dated, Funding, Measure, Provision, Reading, Tick, Value
from gilde.plans.reader.template import PlanTemplate, plan_template, provision_template
from gilde.plans.reader.ticks import Ticked, read_ticks
from gilde.plans.reader.words import Folded

_ENOUGH = 5  # sections that one measure must have for the document to be a plan of measures
_DATED = ("objectives", "actions", "funding")  # what is promised; the rationale tells what was


def understand(document: SourceDocument) -> Reading:
    """The plan in a document.

    Raises BadDocument, saying what was found and what was missing, when it has none of the known structures.
    """
    template = plan_template()
    folded = Folded(document.text)
    labels = find_labels(document, folded, template.labels)
    groups = group_labels(labels, template.sections)
    whole = [group for group in groups if len(group) >= _ENOUGH]
    provisions = find_provisions(document, provision_template())
    answered = sum(bool(provision.actions) for provision in provisions)
    if whole and sum(map(len, groups)) > 3 * answered:
        measures = _measures(document, folded, groups, template)
        return _reading(document, measures=measures)
    if answered:
        return _reading(document, provisions=tuple(_provision(document, found) for found in provisions))
    raise BadDocument(_what_is_missing(labels, groups, len(provisions), template), "not-a-plan")


def _reading(
    document: SourceDocument, measures: tuple[Measure, ...] = (), provisions: tuple[Provision, ...] = ()
) -> Reading:
    return Reading(
        "implementation-plan" if measures else "action-plan",
        document.sha256,
        document.media_type,
        measures,
        provisions,
        document.notes,
        document.text,
        document.lines,
    )


def _what_is_missing(
    labels: list[Found], groups: list[list[Found]], provisions: int, template: PlanTemplate
) -> str:
    seen = {found.section for group in groups for found in group}
    total = len(template.sections)
    missing = ", ".join(section for section in template.sections if section not in seen)
    best = max((len(group) for group in groups), default=0)
    together = f", at most {best} in one measure" if seen and best < len(seen) else ""
    of_plan = f"found {len(seen)} of {total} section labels{together}" + (
        f" (missing: {missing})" if seen else ""
    )
    of_actions = f"{provisions} numbered provisions" if provisions else "no label such as “Suggested actions”"
    return (
        f"This is no plan in a structure that can be read: {of_plan} of a plan of measures, and {of_actions} "
        "of an action plan; check that it is the right document, or add its labels to the template data."
    )


def _measures(
    document: SourceDocument, folded: Folded, groups: list[list[Found]], template: PlanTemplate
) -> tuple[Measure, ...]:
    found = find_measures(document, groups, template)
    ticks = read_ticks(
        document, folded, [one.sections for one in found], [one.span for one in found], template
    )
    return tuple(
        _measure(document, one, ticks_of, template) for one, ticks_of in zip(found, ticks, strict=True)
    )


def _measure(
    document: SourceDocument, found: FoundMeasure, ticks: dict[str, list[Ticked]], template: PlanTemplate
) -> Measure:
    def value(span: Span) -> Value:
        return Value(_section_text(document, span), document.cite(span.start, span.end))

    title = found.title_span or Span(found.span.start, found.span.start)
    sections = {
        name: value(found.sections[name]) if name in found.sections else None for name in template.sections
    }
    bodies = (
        find_bodies(document, found.sections["bodies"], template.body_words)
        if "bodies" in found.sections
        else []
    )
    actions = find_actions(document, found.sections["actions"]) if "actions" in found.sections else []
    return Measure(
        found.number,
        found.title,
        document.cite(title.start, title.end),
        sections,
        {group: tuple(_tick(document, tick) for tick in of_group) for group, of_group in ticks.items()},
        tuple(Body(body.name, document.cite(body.span.start, body.span.end)) for body in bodies),
        _funding(document, found.sections.get("funding")),
        _dates(document, found),
        tuple(_action(document, action) for action in actions),
    )


def _section_text(document: SourceDocument, span: Span) -> str:
    """The words of a section, a line for each of its paragraphs and items, with their bullets."""
    lines = []
    for block in read_blocks(document, span):
        start = max(block.first.start, span.start) if block.marker in (None, "") else block.start
        words = words_of(document, block, start)
        lines.append(f"{block.shown} {words}" if block.marker else words)
    return "\n".join(lines)


def _tick(document: SourceDocument, tick: Ticked) -> Tick:
    citation = document.cite(tick.span.start, tick.span.end) if tick.span else None
    return Tick(tick.key, tick.label, tick.ticked, citation)


def _action(document: SourceDocument, action: FoundAction) -> Action:
    return Action(action.title, action.text, document.cite(action.span.start, action.span.end))


def _provision(document: SourceDocument, found: FoundProvision) -> Provision:
    return Provision(
        found.number,
        found.text,
        document.cite(found.span.start, found.span.end),
        tuple(_action(document, action) for action in found.actions),
    )


def _funding(document: SourceDocument, span: Span | None) -> tuple[Funding, ...]:
    if span is None:
        return ()
    return tuple(
        Funding(
            amount.amount,
            amount.currency,
            amount.period,
            amount.programme,
            amount.approximate,
            amount.maximum,
            document.cite(entry.start + amount.start, entry.start + amount.end),
        )
        for entry in read_entries(document, span)
        for amount in find_amounts(document.text[entry.start : entry.end])
    )


def _dates(document: SourceDocument, found: FoundMeasure) -> tuple[Dated, ...]:
    dates = []
    for section in _DATED:
        span = found.sections.get(section)
        if span is None:
            continue
        for dated in find_dates(document.text[span.start : span.end]):
            citation = document.cite(span.start + dated.start, span.start + dated.end)
            dates.append(
                Dated(
                    dated.kind,
                    _iso(dated.from_date),
                    _iso(dated.to_date),
                    dated.precision,
                    dated.every,
                    section,
                    citation,
                )
            )
    return tuple(dates)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
