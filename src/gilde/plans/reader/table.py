"""A reading as a table that a person can read on a terminal."""

from __future__ import annotations

from collections import Counter

from gilde.plans.reader.result import Measure, Provision, Reading, number_of

SIGN = {True: "☑", False: "☐", None: "?"}
_WIDTH = 100


def as_table(reading: Reading) -> str:
    """Measures with their ticks as ☑ ☐ ? and what is missing, or provisions with their actions."""
    lines = [f"Note: {note}" for note in reading.notes]
    if reading.kind == "action-plan":
        lines += _provisions(reading.provisions)
    else:
        lines += _measures(reading.measures)
    return "\n".join(lines) + "\n"


def _measures(measures: tuple[Measure, ...]) -> list[str]:
    ticks = Counter(tick.ticked for measure in measures for group in measure.ticks.values() for tick in group)
    lines = [
        f"Plan of {len(measures)} measures. Tick boxes: {ticks[True]} ticked ☑, {ticks[False]} not ticked ☐, "
        f"{ticks[None]} unknown ?.",
    ]
    for measure in measures:
        lines += ["", _cut(f"{measure.number or '–'}  {measure.title or '(no title found)'}")]
        for group, of_group in measure.ticks.items():
            if group == "targets":
                shown = "".join(SIGN[tick.ticked] for tick in of_group)
            else:
                shown = "  ".join(f"{SIGN[tick.ticked]} {tick.key}" for tick in of_group)
            lines.append(f"    {group:<15}{shown}")
        lines.append(f"    {'actions':<15}{len(measure.actions)}, dated statements {len(measure.dates)}")
        lines += _list("bodies", [body.name for body in measure.bodies])
        lines += _list("funding", [_money(measure, index) for index in range(len(measure.funding))])
        if measure.missing:
            lines.append(_cut(f"    missing        {', '.join(measure.missing)}"))
    without = [measure.number or measure.title for measure in measures if not measure.actions]
    if without:
        lines += ["", f"Measures without an action: {', '.join(without)}."]
    return lines


def _money(measure: Measure, index: int) -> str:
    line = measure.funding[index]
    signs = ("about " if line.approximate else "") + ("at most " if line.maximum else "")
    programme = f", {line.programme}" if line.programme else ""
    period = f" a {line.period}" if line.period else ""
    return f"{signs}{number_of(line.amount):,} {line.currency}{period}{programme}"


def _list(name: str, items: list[str]) -> list[str]:
    if not items:
        return [f"    {name:<15}–"]
    return [_cut(f"    {name if not index else '':<15}{item}") for index, item in enumerate(items)]


def _provisions(provisions: tuple[Provision, ...]) -> list[str]:
    total = sum(len(provision.actions) for provision in provisions)
    answered = sum(bool(provision.actions) for provision in provisions)
    lines = [f"Action plan: {total} actions on {answered} of {len(provisions)} provisions."]
    for provision in provisions:
        lines += ["", _cut(f"{provision.number}  {provision.text}")]
        lines += [_cut(f"    • {action.title or action.text}") for action in provision.actions]
        if not provision.actions:
            lines.append("    no action")
    return lines


def _cut(line: str) -> str:
    line = " ".join(line.split()) if "\n" in line else line
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1].rstrip() + "…"
