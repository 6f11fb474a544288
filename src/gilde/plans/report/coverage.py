"""The coverage of a report: which provisions are answered by which measures, and what is missing where."""

from __future__ import annotations

from typing import Any

from gilde.plans.identifiers import uri_of
from gilde.plans.models import Tick
from gilde.plans.report.asof import Standing


def of(rows: Standing, measures: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Return the provisions with the numbers of the measures that tick them, and what has gaps."""
    kept = [measure for measure in measures if not measure["dropped"]]
    return {
        "provisions": _provisions(rows, language),
        "ticks": _ticks(rows),
        "without_action": [m["number"] for m in kept if not m["actions"]],
        "without_body": [m["number"] for m in kept if not m["bodies"]],
        "without_evidence": [m["number"] for m in kept if not m["evidence"]],
        "actions_without_date": [
            {"measure": m["number"], "action": action["title"]}
            for m in kept
            for action in m["actions"]
            if action["undated"]
        ],
    }


def _provisions(rows: Standing, language: str) -> list[dict[str, Any]]:
    """Each provision of the plan's instruments; a measure that was dropped answers nothing any more."""
    answers: dict[object, dict[bool | None, list[str]]] = {}
    for row in rows.measures:
        for tick in row.ticks if not row.dropped else []:
            if tick.provision_id is not None:
                by_state = answers.setdefault(tick.provision_id, {True: [], False: [], None: []})
                by_state[tick.ticked].append(row.measure.number)
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
                }
            )
    return found


def _ticks(rows: Standing) -> list[dict[str, Any]]:
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
