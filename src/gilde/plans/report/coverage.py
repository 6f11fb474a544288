"""The coverage of a report: which provisions are answered by which measures, and what is missing where."""

from __future__ import annotations

from typing import Any

from gilde.indicators.public import Status
from gilde.plans.coverage import (
    BODILESS,
    MEASURES,
    PROVISIONS,
    SILENT,
    UNASKED,
    UNDATED,
    UNMEASURED,
    UNPROVEN,
    gaps,
)
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Action, MeasureBody, Tick
from gilde.plans.report import measured
from gilde.plans.report.asof import Standing

Json = dict[str, Any]


def of(rows: Standing, measures: list[Json], language: str) -> Json:
    """Return the provisions with the numbers of the measures that tick them, and the gaps of that day.

    What a gap is called and how it is defined comes from `plans.coverage`, which says it of today.
    """
    provisions = _provisions(rows, language)
    kept = [measure for measure in measures if not measure["dropped"]]
    actions = [
        (measure, action)
        for measure in kept
        for action in measure["actions"]
        if action["state"] != Action.State.DROPPED
    ]
    acting = {measure["number"] for measure, _action in actions}
    figures = [(measure, each) for measure in kept for each in measure["indicators"]]
    used = {each["code"] for _measure, each in figures}
    asked = [each for each in provisions if each["ticked"] and each["indicators"]]
    found: dict[str, tuple[int, list[Json]]] = {
        PROVISIONS: (
            len(provisions),
            [_row(each["number"], each) for each in provisions if not each["ticked"]],
        ),
        MEASURES: (len(kept), [_row(m["number"], m) for m in kept if m["number"] not in acting]),
        UNDATED: (len(actions), [_row(m["number"], a) for m, a in actions if a["undated"]]),
        BODILESS: (len(actions), [_row(m["number"], a) for m, a in actions if not _has_body(m, a)]),
        UNPROVEN: (len(actions), [_row(m["number"], a) for m, a in actions if not _has_evidence(m, a)]),
        UNMEASURED: (len(kept), [_row(m["number"], m) for m in kept if not m["indicators"]]),
        UNASKED: (
            len(asked),
            [_row(each["number"], each) for each in asked if used.isdisjoint(each["indicators"])],
        ),
        SILENT: (
            len(figures),
            [
                {"number": m["number"], "title": each["name"], "instrument": None}
                for m, each in figures
                if each["status"] == Status.CANNOT_TELL
            ],
        ),
    }
    return {
        "provisions": provisions,
        "ticks": _ticks(rows),
        "gaps": [
            {
                "code": gap.code,
                "title": gap.title,
                "definition": gap.definition,
                "total": found[gap.code][0],
                "rows": found[gap.code][1],
            }
            for gap in gaps(rows.plan)
        ],
    }


def _row(number: str, thing: Json) -> Json:
    return {"number": number, "title": thing["title"], "instrument": thing.get("instrument")}


def _has_body(measure: Json, action: Json) -> bool:
    named = any(body["role"] == MeasureBody.Role.RESPONSIBLE for body in measure["bodies"])
    return named or action["responsible"] is not None


def _has_evidence(measure: Json, action: Json) -> bool:
    """Whether approved evidence shows the action, or a milestone of it."""
    milestones = {each["id"] for each in measure["milestones"] if each["action"] == action["id"]}
    return any(
        each["action"] == action["id"] or each["milestone"] in milestones for each in measure["evidence"]
    )


def _provisions(rows: Standing, language: str) -> list[Json]:
    """Each provision of the plan's instruments; a measure that was dropped answers nothing any more."""
    answers: dict[object, dict[bool | None, list[str]]] = {}
    for row in rows.measures:
        for tick in row.ticks if not row.dropped else []:
            if tick.provision_id is not None:
                by_state = answers.setdefault(tick.provision_id, {True: [], False: [], None: []})
                by_state[tick.ticked].append(row.measure.number)
    indicators = measured.of_provisions(rows.plan)
    found = []
    for instrument in rows.instruments:
        for provision in sorted(instrument.provisions.all(), key=lambda each: each.position):
            by_state = answers.get(provision.pk, {True: [], False: [], None: []})
            title = provision.title.shown(language)
            found.append(
                {
                    "instrument": instrument.code,
                    "number": provision.number,
                    "uri": uri_of(provision),
                    "title": {"text": title.words, "lang": title.language},
                    "ticked": by_state[True],
                    "unknown": by_state[None],
                    "not_ticked": by_state[False],
                    "indicators": indicators.get(provision.pk, []),
                }
            )
    return found


def _ticks(rows: Standing) -> list[Json]:
    """How many boxes of each group are ticked, not ticked and unknown."""
    found = []
    for group, label in Tick.Group.choices:
        states = [
            tick.ticked
            for row in rows.measures
            if not row.dropped
            for tick in row.ticks
            if tick.group == group
        ]
        if states:
            found.append(
                {
                    "group": group,
                    "label": str(label),
                    "ticked": states.count(True),
                    "not_ticked": states.count(False),
                    "unknown": states.count(None),
                }
            )
    return found
