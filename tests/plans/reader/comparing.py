"""Compares a reading with the invented plan that was written down."""

from __future__ import annotations

from gilde.plans.reader.document import reslice
from gilde.plans.reader.result import Reading
from tests.plans.reader.building import PlanSpec


def differences(reading: Reading, plan: PlanSpec) -> list[str]:
    """What the reading has other than the plan, in words; empty if it is the same plan."""
    found: list[str] = []

    def compare(where: str, got: object, wanted: object) -> None:
        if got != wanted:
            found.append(f"{where}: {got!r} instead of {wanted!r}")

    compare(
        "measures",
        [(m.number, m.title) for m in reading.measures],
        [(m.number, m.title) for m in plan.measures],
    )
    for measure, wanted in zip(reading.measures, plan.measures, strict=False):
        where = wanted.title
        compare(f"{where}, missing", measure.missing, ())
        for group, states in wanted.ticks.items():
            compare(f"{where}, {group}", tuple(tick.ticked for tick in measure.ticks[group]), states)
        compare(f"{where}, bodies", tuple(body.name for body in measure.bodies), wanted.bodies)
        amounts = [(line.amount, line.period) for line in measure.funding]
        compare(
            f"{where}, funding",
            amounts,
            [(f.amount, f.period) for f in wanted.funding if f.amount is not None],
        )
        compare(f"{where}, actions", [a.text for a in measure.actions], [a.text for a in wanted.actions])
        rationale, funding = measure.sections["rationale"], measure.sections["funding"]
        compare(f"{where}, rationale", rationale and rationale.text, "\n".join(wanted.rationale))
        lines = [line.lstrip("-•* ") for line in funding.text.split("\n")] if funding else []
        compare(f"{where}, text of funding", lines, [line.text for line in wanted.funding])
    return found


def unfounded(reading: Reading, data: bytes, *, every: int = 1) -> list[str]:
    """The quotes that are not found at their anchors in the source."""
    return [
        f"{citation.as_json()}"
        for citation in reading.citations()[::every]
        if reslice(data, citation.as_json()) != citation.quote
    ]
