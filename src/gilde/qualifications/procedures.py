"""Procedures: how a file walks from draft to registered, read from data and checked before it is used.

The form of a step: `{name, from: [states], to: state, roles: [roles], label: {en, nl}, opens?: committee,
closes?: result, needs?: [conditions]}`. Roles are "drafter" and "signatory" of the organisation that drafts,
"<committee>-chair", "<committee>-member", "<committee>-secretary", "<body>-officer" and "<body>-approver".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.core.workflow import Transition, Workflow
from gilde.qualifications.models import (
    Committee,
    Procedure,
    ProcedureBody,
    QualificationVersion,
    Round,
    State,
)

DRAFTER: Final = "drafter"
SIGNATORY: Final = "signatory"
# What a step may ask before it is made; `services/files.py` checks each.
COMPLETE: Final = "complete"  # title, units, outcomes and assessment are there
GROUND: Final = "ground"  # a ground is given
ANSWERED: Final = "answered"  # every comment has been dealt with
JUDGED: Final = "judged"  # every judge has judged every element, and the judgements were shown
LEVEL: Final = "level"  # the level follows from the points of the elements that were agreed
PROPOSED: Final = "proposed-level"  # whoever drafts has proposed a level
NEEDS: Final = frozenset({COMPLETE, GROUND, ANSWERED, JUDGED, LEVEL, PROPOSED})


@dataclass(frozen=True)
class Step:
    """One step of a procedure. `opens` names the committee whose round begins, `closes` the result that ends one."""

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]
    label: Text
    opens: str = ""
    closes: str = ""
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Levelling:
    """How levels of elements become one level: weights of elements, and the least points of each level."""

    weights: Mapping[str, Decimal] = field(default_factory=dict)  # by code of the element
    bands: tuple[tuple[str, Decimal], ...] = ()  # code of the level, least weighted points, rising
    source: str = ""
    note: Text = field(default_factory=Text)


def steps_of(procedure: Procedure) -> list[Step]:
    """Return the steps of a procedure in the order of its table."""
    return [_step(row) for row in procedure.steps]


def levelling_of(procedure: Procedure) -> Levelling:
    """Return how the procedure levels; empty where it does not."""
    told = procedure.levelling or {}
    return Levelling(
        weights={code: Decimal(str(weight)) for code, weight in told.get("weights", [])},
        bands=tuple((code, Decimal(str(least))) for code, least in told.get("bands", [])),
        source=told.get("source", ""),
        note=_text(told.get("note", "")),
    )


def workflow_of(procedure: Procedure) -> Workflow[QualificationVersion]:
    """Return the table of transitions of a procedure, as `core.workflow` applies it."""
    from gilde.qualifications.access import roles_over

    transitions = [
        Transition(step.name, step.sources, step.target, step.roles, step.label)
        for step in steps_of(procedure)
    ]
    return Workflow(QualificationVersion, "qualifications.version", transitions, roles_over)


def check(steps: list[Step], *, committees: set[str], bodies: set[str]) -> None:
    """Raise Invalid with a sentence when a table of steps cannot work.

    Known states, roles, conditions; every name once; every state that is used can be reached from draft; what closes
    a round comes from a state in which one is open.
    """
    known = set(State.values)
    roles = {DRAFTER, SIGNATORY}
    roles |= {f"{committee}-{role}" for committee in committees for role in ("chair", "member", "secretary")}
    roles |= {f"{body}-{role}" for body in bodies for role in ("officer", "approver")}
    names: set[str] = set()
    for step in steps:
        for what, given, allowed in (
            (_("states"), step.sources | {step.target}, known),
            (_("roles"), step.roles, roles),
            (_("conditions"), step.needs, NEEDS),
            (_("committees"), {step.opens} - {""}, committees),
            (_("results"), {step.closes} - {""}, set(Round.Result.values)),
        ):
            if unknown := sorted(given - allowed):
                sentence = _("Step “%(step)s” names %(what)s that do not exist: %(unknown)s.")
                raise Invalid(sentence % {"step": step.name, "what": what, "unknown": ", ".join(unknown)})
        if step.name in names:
            raise Invalid(_("Step “%(step)s” stands in the table twice.") % {"step": step.name})
        if not step.roles:
            raise Invalid(_("Step “%(step)s” names nobody who may make it.") % {"step": step.name})
        names.add(step.name)
    _check_reachable(steps)
    _check_rounds(steps)


def _check_reachable(steps: list[Step]) -> None:
    reached, used = {str(State.DRAFT)}, {s for step in steps for s in (*step.sources, step.target)}
    while more := {step.target for step in steps if step.sources & reached} - reached:
        reached |= more
    if lost := sorted(used - reached):
        raise Invalid(_("No step leads from draft to: %(states)s.") % {"states": ", ".join(lost)})


def _check_rounds(steps: list[Step]) -> None:
    """Follow every way through the table with the question "is a round open?"."""
    at = {(str(State.DRAFT), False)}
    while True:
        more = set()
        for state, is_open in at:
            for step in (s for s in steps if state in s.sources):
                if step.closes and not is_open:
                    sentence = _("Step “%(step)s” closes a round where none is open. Open one before it.")
                    raise Invalid(sentence % {"step": step.name})
                if step.opens and is_open and not step.closes:
                    sentence = _("Step “%(step)s” opens a round while another is open. Close that one first.")
                    raise Invalid(sentence % {"step": step.name})
                more.add((step.target, bool(step.opens) or (is_open and not step.closes)))
        if more <= at:
            return
        at |= more


def load(told: Mapping[str, Any]) -> Procedure:
    """Store a procedure as its data file tells it, and return it. Loading it again changes only what differs.

    Committees that exist keep their members. Raises Invalid when the table cannot work. The caller audits.
    """
    committees, bodies = told.get("committees", []), told.get("bodies", [])
    steps = [_row(row) for row in told["steps"]]
    check(
        [_step(row) for row in steps],
        committees={each["code"] for each in committees},
        bodies={each["code"] for each in bodies},
    )
    procedure, _made = Procedure.objects.update_or_create(
        code=told["code"],
        defaults={
            "name": _text(told["name"]),
            "country": told.get("country", ""),
            "framework": told["framework"],
            "steps": steps,
            "levelling": told.get("levelling", {}),
            "review_years": told.get("review_years"),
            "valid_from": told.get("valid_from"),
            "source": told["source"],
        },
    )
    for each in committees:
        Committee.objects.update_or_create(
            procedure=procedure,
            code=each["code"],
            defaults={
                "name": _text(each["name"]),
                "quorum": each["quorum"],
                "rule": each["rule"],
                "source": each.get("source", ""),
            },
        )
    for each in bodies:
        ProcedureBody.objects.update_or_create(
            procedure=procedure, code=each["code"], defaults={"name": _text(each["name"])}
        )
    return procedure


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a step as it is stored: YAML's `from` and `to` under our own words."""
    return {
        "name": told["name"],
        "sources": list(told["from"]),
        "target": told["to"],
        "roles": list(told["roles"]),
        "label": _text(told["label"]).as_json(),
        "opens": told.get("opens", ""),
        "closes": told.get("closes", ""),
        "needs": list(told.get("needs", [])),
    }


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        row["name"],
        frozenset(row["sources"]),
        row["target"],
        frozenset(row["roles"]),
        Text(row["label"]["source"], row["label"]["words"]),
        row["opens"],
        row["closes"],
        frozenset(row["needs"]),
    )


def _text(told: Any) -> Text:
    if isinstance(told, Mapping):
        return Text("en" if "en" in told else next(iter(told)), dict(told))
    return Text.of(str(told)) if told else Text()
