"""The charts of a report, made from its content: states by block, years, money, tick boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from gilde.core.charts import Axis, Chart, Row, bar, gantt, stacked_bar
from gilde.plans.report.pen import Pen

Json = dict[str, Any]
STATES = ("done", "under-way", "planned", "dropped")
# More rows than this cannot be read on one printed page; then the building blocks stand for the measures.
MOST_ROWS = 30


def draw(content: Json, pen: Pen) -> Iterator[tuple[str, Chart]]:
    """Yield the charts of the report with their keys, those that have something to show."""
    as_of = date.fromisoformat(content["as_of"])
    made = {"states": _states, "timeline": _timeline, "money": _money, "coverage": _ticks}
    for key, make in made.items():
        chart = make(content, pen, title=pen(f"chart:{key}"), source="Gilde", as_of=as_of)
        if chart is not None and not chart.is_empty:
            yield key, chart


def _groups(content: Json, pen: Pen) -> Iterator[tuple[str, list[Json]]]:
    """The building blocks with the measures that are still in the plan; without blocks there is one group."""
    kept = [measure for measure in content["measures"] if not measure["dropped"]]
    for block in content["blocks"]:
        yield (
            f"{block['number']}. {block['title']['text']}",
            [m for m in kept if m["block"] == block["number"]],
        )
    rest = [measure for measure in kept if measure["block"] is None]
    if rest:
        yield pen("no_block") if content["blocks"] else pen("measures"), rest


def _states(content: Json, pen: Pen, **said: Any) -> Chart:
    rows: list[Row] = []
    words = []
    for label, measures in _groups(content, pen):
        found = [action["state"] for measure in measures for action in measure["actions"]]
        rows += [
            {"block": label, "state": pen(f"action:{state}"), "count": found.count(state)} for state in STATES
        ]
        words.append(_counted(label, ((pen(f"action:{state}"), found.count(state)) for state in STATES)))
    return stacked_bar(
        **said,
        alt=_alt(said["title"], words),
        rows=rows,
        x=Axis("block", pen("building_block")),
        y=Axis("count", pen("actions")),
        series=Axis("state", pen("state")),
    )


def _timeline(content: Json, pen: Pen, **said: Any) -> Chart | None:
    kept = [measure for measure in content["measures"] if not measure["dropped"]]
    lines = [(f"{m['number']} {m['title']['text']}", [m]) for m in kept]
    if len(lines) > MOST_ROWS:
        lines = list(_groups(content, pen))
    rows: list[Row] = []
    words = []
    for label, measures in lines:
        days = [
            date.fromisoformat(action[name])
            for measure in measures
            for action in measure["actions"]
            for name in ("start", "due")
            if action[name] and action["state"] != "dropped"
        ]
        if not days:
            continue
        first, last = min(days), max(days)
        # A single day would be a bar without width.
        rows.append({"what": label, "from": first, "to": max(last, first + timedelta(days=14))})
        words.append(f"{label}: {pen.day(first.isoformat())} – {pen.day(last.isoformat())}")
    if not rows:
        return None
    return gantt(
        **said,
        alt=_alt(said["title"], words),
        rows=rows,
        x=Axis("what", pen("measure")),
        y=Axis("from", pen("start")),
        end=Axis("to", pen("due")),
    )


def _money(content: Json, pen: Pen, **said: Any) -> Chart | None:
    rows: list[Row] = []
    words = []
    for total in content["money"]:
        for name in ("planned", "committed", "spent"):
            if total[name] is None:
                continue
            label = f"{pen(name)}, {pen('period:' + total['period'])} ({total['currency']})"
            rows.append({"what": label, "amount": float(total[name])})
            words.append(f"{label}: {pen.money(total[name], total['currency'])}")
    if not rows:
        return None
    return bar(
        **said,
        alt=_alt(said["title"], words),
        rows=rows,
        x=Axis("what", pen("what")),
        y=Axis("amount", pen("money")),
    )


def _ticks(content: Json, pen: Pen, **said: Any) -> Chart | None:
    rows: list[Row] = []
    words = []
    for group in content["coverage"]["ticks"]:
        counts = [(pen(name), group[name]) for name in ("ticked", "not_ticked", "unknown")]
        rows += [{"group": group["label"], "state": state, "count": count} for state, count in counts]
        words.append(_counted(group["label"], counts))
    if not rows:
        return None
    return stacked_bar(
        **said,
        alt=_alt(said["title"], words),
        rows=rows,
        x=Axis("group", pen("group")),
        y=Axis("count", pen("count")),
        series=Axis("state", pen("state")),
    )


def _counted(label: str, counts: Iterable[tuple[str, int]]) -> str:
    return f"{label}: " + ", ".join(f"{count} {name.lower()}" for name, count in counts)


def _alt(title: str, words: list[str]) -> str:
    return f"{title}. {'; '.join(words)}."
