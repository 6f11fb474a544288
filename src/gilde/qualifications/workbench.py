"""What the workbench of a file is made of: whose work it is, who comes next, how far the file has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gilde.core import components
from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.organisations.public import Role, organisations_of
from gilde.qualifications import procedures
from gilde.qualifications.access import WRITERS, seats
from gilde.qualifications.codes import is_reserved
from gilde.qualifications.models import (
    Committee,
    Member,
    Procedure,
    ProcedureBody,
    Qualification,
    QualificationVersion,
    Round,
    Stage,
    State,
    Vote,
)
from gilde.qualifications.models.qualifications import EDITABLE
from gilde.qualifications.procedures import DRAFTER, SIGNATORY, Step

_KINDS: Final[dict[str, components.Kind]] = {
    State.DRAFT: "none",
    State.RETURNED: "warn",
    State.DISPUTED: "warn",
    State.UNDER_REVIEW: "warn",
    State.REJECTED: "bad",
    State.RECOGNISED: "good",
    State.REGISTERED: "good",
    State.SUPERSEDED: "plain",
    State.WITHDRAWN: "plain",
}
# A step to one of these ends or undoes work: nobody waits for it.
_BACK: Final = frozenset({State.DRAFT, State.WITHDRAWN})


def state_tag(state: str) -> SafeString:
    """Return the state of a file as a status tag."""
    return components.status(_KINDS.get(state, "info"), State(state).label)


# --- whose work


def worked_on(actor: Actor) -> QuerySet[QualificationVersion]:
    """Return the files that the actor works on: those of own organisations, and handed in ones of own procedures."""
    if actor.is_superuser:
        return QualificationVersion.objects.all()
    if not actor.is_authenticated:
        return QualificationVersion.objects.none()
    theirs = organisations_of(actor).order_by().values("pk")
    bodies = ProcedureBody.objects.filter(organisation__in=theirs)
    in_procedure = Q(procedure__in=seats(actor).values("committee__procedure")) | Q(
        procedure__in=bodies.values("procedure")
    )
    return QualificationVersion.objects.filter(
        Q(qualification__owner__in=theirs) | (in_procedure & ~Q(state=State.DRAFT))
    )


def waiting_for(actor: Actor, hands: Hands | None = None) -> QuerySet[QualificationVersion]:
    """Return the files that wait for the actor: to be written, voted on, or moved on by a step that is the actor's."""
    hands = hands or Hands(actor)
    writes = organisations_of(actor, WRITERS).order_by().values("pk")
    approves = organisations_of(actor, [Role.APPROVER]).order_by().values("pk")
    wanted = Q(state__in=sorted(EDITABLE), qualification__owner__in=writes)
    for procedure in hands.procedures.values():
        for step in (s for s in procedures.steps_of(procedure) if s.target not in _BACK):
            here = Q(procedure=procedure, state__in=sorted(_waiting(step)))
            if hands.roles.get(procedure.pk, set()) & step.roles:
                wanted |= here
            if SIGNATORY in step.roles:
                wanted |= here & Q(qualification__owner__in=approves)
            if DRAFTER in step.roles:
                wanted |= here & Q(qualification__owner__in=writes)
    return worked_on(actor).filter(wanted | Q(Exists(_unvoted(actor))))


def _unvoted(actor: Actor) -> QuerySet[Round]:
    """Return the open round of a file in which the actor has a vote and has not cast it."""
    mine = seats(actor).filter(votes__gt=0)
    cast = Vote.objects.filter(round=OuterRef("pk"), member__in=mine.values("pk"))
    return Round.objects.filter(
        ~Exists(cast), version=OuterRef("pk"), closed_at=None, committee__in=mine.values("committee")
    )


def _waiting(step: Step) -> frozenset[str]:
    """Return the states in which a file waits for a step; what is on the register waits for nobody."""
    return step.sources - {State.REGISTERED}


# --- who comes next


class Hands:
    """Who acts in which procedure, and what the actor is there: read once, in three queries, asked often.

    `roles` are the roles in bodies and committees that the actor holds today, by the code of the procedure.
    """

    def __init__(self, actor: Actor) -> None:
        self.procedures = {each.pk: each for each in Procedure.objects.all()}
        self.roles: dict[str, set[str]] = {}
        self._bodies: dict[tuple[str, str], ProcedureBody] = {}
        self._committees: dict[tuple[str, str], Committee] = {}
        held = {
            f"_{role}": Exists(organisations_of(actor, [role]).order_by().filter(pk=OuterRef("organisation")))
            for role in (Role.OFFICER, Role.APPROVER)
        }
        for body in ProcedureBody.objects.annotate(**held):
            self._bodies[body.procedure_id, body.code] = body
            for role in (Role.OFFICER, Role.APPROVER):
                if getattr(body, f"_{role}"):
                    self._holds(body.procedure_id, f"{body.code}-{role}")
        seat = seats(actor).filter(committee=OuterRef("pk")).values("role")[:1]
        for committee in Committee.objects.annotate(_seat=Subquery(seat)):
            self._committees[committee.procedure_id, committee.code] = committee
            if role := committee._seat:
                self._holds(committee.procedure_id, f"{committee.code}-{role}", f"{committee.code}-member")

    def _holds(self, procedure: str, *roles: str) -> None:
        self.roles.setdefault(procedure, set()).update(roles)

    def who(self, procedure: str, role: str, owner: object) -> str:
        """Return who holds a role, as a reader says it: "Validation committee: chair"."""
        if role in (DRAFTER, SIGNATORY):
            word = _("policy officer or approver") if role == DRAFTER else str(Role.APPROVER.label)
            return self._told(owner, word)
        code, _dash, part = role.rpartition("-")
        if body := self._bodies.get((procedure, code)):
            return self._told(body.name, str(Role(part).label))
        if committee := self._committees.get((procedure, code)):
            return self._told(committee.name, str(Member.Role(part).label))
        return role

    def of_step(self, procedure: str, step: Step, owner: object) -> str:
        """Return everybody who may make a step."""
        return "; ".join(self.who(procedure, role, owner) for role in sorted(step.roles))

    def next(self, procedure: Procedure | None, state: str, owner: object) -> str:
        """Return for whom a file in a state waits, "" when for nobody."""
        if procedure is None:
            return ""
        if state in EDITABLE:  # it has to be written before a step is made
            return self.who(procedure.pk, DRAFTER, owner)
        roles = [role for step in steps_ahead(procedure, state) for role in sorted(step.roles)]
        return "; ".join(dict.fromkeys(self.who(procedure.pk, role, owner) for role in roles))

    @staticmethod
    def _told(name: object, word: str) -> str:
        return _("%(body)s: %(role)s") % {"body": name, "role": word[:1].lower() + word[1:]}


def steps_ahead(procedure: Procedure, state: str) -> list[Step]:
    """Return the steps that move a file on from a state, in the order of the procedure."""
    return [
        step
        for step in procedures.steps_of(procedure)
        if state in _waiting(step) and step.target not in _BACK
    ]


def road(version: QualificationVersion, stages: Sequence[Stage]) -> list[components.Step]:
    """Return the way of a file: where it was with the day, where it is, and the shortest way to the register.

    Where it came back to a stage, only the last time counts; all of it stands in its history.
    """
    past: list[tuple[str, Any]] = []
    for stage in stages:
        states = [state for state, _since in past]
        if stage.state in states:
            past = past[: states.index(stage.state)]
        past.append((stage.state, stage.since))
    if not past or past[-1][0] != version.state:
        past.append((version.state, version.state_since))
    shown = [components.Step(_dated(state, since), "done") for state, since in past[:-1]]
    shown.append(components.Step(_dated(*past[-1]), "current"))
    ahead = _shortest(version.procedure, version.state) if version.procedure else []
    return shown + [components.Step(str(State(state).label), "ahead") for state in ahead]


def _dated(state: str, since: Any) -> str:
    label = str(State(state).label)
    return f"{label} · {date_format(localtime(since), 'SHORT_DATE_FORMAT')}" if since else label


def _shortest(procedure: Procedure, state: str) -> list[str]:
    steps = procedures.steps_of(procedure)
    if state in (State.REGISTERED, State.UNDER_REVIEW, State.SUPERSEDED, State.WITHDRAWN):
        return []
    ways: list[list[str]] = [[state]]
    seen = {state}
    while ways:
        way = ways.pop(0)
        if way[-1] == State.REGISTERED:
            return way[1:]
        for step in steps:
            if way[-1] in step.sources and step.target not in seen:
                seen.add(step.target)
                ways.append([*way, step.target])
    return []


# --- codes


def free_code(title: Text) -> str:
    """Return a code made of a title that no qualification and no page has yet; "" when the title gives no letters."""
    made = slugify(title.words.get(title.source, ""))[:70].strip("-")
    if not made:
        return ""
    taken = set(Qualification.objects.filter(code__startswith=made).values_list("code", flat=True))
    wanted: Iterable[str] = (made, *(f"{made}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in wanted if code not in taken and not is_reserved(code))
