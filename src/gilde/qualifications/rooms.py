"""A committee room: what a round holds, how it stands, and how much of it each reader may see.

Who sits on a committee and who voted what is for its circle: its members and the bodies of its procedure. What a judge
finds is for that judge alone until the chair shows all (`access.visible_judgements`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.access import Actor, Decision, allowed, refused
from gilde.core.text import Text
from gilde.organisations.public import organisations_of
from gilde.qualifications import access, procedures
from gilde.qualifications.models import (
    Comment,
    Committee,
    Element,
    Member,
    OutcomeVersion,
    Procedure,
    ProcedureBody,
    Round,
    Vote,
)
from gilde.qualifications.procedures import Step
from gilde.qualifications.services.committees import Tally, judges_ready, tally

# --- who sees whom


def in_circle(actor: Actor, committee: Committee) -> bool:
    """Return whether the actor sits on the committee, or works for a body of its procedure."""
    return access.seats(actor).filter(committee=committee).exists() or _in_body(actor, committee)


def _in_body(actor: Actor, committee: Committee) -> bool:
    if actor.is_superuser:
        return True
    theirs = organisations_of(actor).order_by().values("pk")
    return ProcedureBody.objects.filter(procedure=committee.procedure_id, organisation__in=theirs).exists()


def visible_members(actor: Actor, committee: Committee) -> QuerySet[Member]:
    """Return who sits and sat on a committee, for its circle only."""
    if not in_circle(actor, committee):
        return Member.objects.none()
    return committee.members.select_related("user", "organisation").order_by("role", "pk")


def may_chair(seat: Member | None, round_: Round) -> Decision:
    """Decide whether the holder of a seat may do what the chair does in a round."""
    if round_.closed_at is not None:
        return refused(_("This round is closed."))
    if seat is None or seat.role != Member.Role.CHAIR:
        return refused(_("Only the chair of the committee may do this."))
    return allowed(_("You chair this committee."))


def steps_of_seat(seat: Member | None, round_: Round) -> list[Step]:
    """Return the steps that the holder of a seat may make with the file now, in the order of the procedure."""
    procedure = round_.version.procedure
    if seat is None or round_.closed_at is not None or procedure is None:
        return []
    code = round_.committee.code
    held = {f"{code}-{seat.role}", f"{code}-member"}
    return [
        step
        for step in procedures.steps_of(procedure)
        if round_.version.state in step.sources and step.roles & held
    ]


def judges(procedure: Procedure, code: str) -> bool:
    """Return whether a committee judges levels: a step of its round asks that all are shown, or a level of points."""
    steps = procedures.steps_of(procedure)
    reached = {step.target for step in steps if step.opens == code}
    while True:
        here = [step for step in steps if step.sources & reached]
        if any(step.needs & {procedures.JUDGED, procedures.LEVEL} for step in here):
            return True
        more = {step.target for step in here if not step.closes} - reached
        if not more:
            return False
        reached |= more


# --- what waits for somebody


@dataclass(frozen=True)
class Waiting:
    """A round in which somebody still has to judge, or else to vote."""

    round: Round
    to_judge: bool


def waiting_for(actor: Actor) -> list[Waiting]:
    """Return the open rounds in which the actor has not voted or judged yet, the oldest first.

    In a round of levelling one judges first, and votes once the committee has agreed on the levels.
    """
    mine = access.seats(actor).filter(votes__gt=0)
    found = (
        Round.objects.filter(closed_at=None, committee__in=mine.values("committee"))
        .select_related("version__qualification", "version__procedure", "committee")
        .annotate(
            voted=Exists(Vote.objects.filter(round=OuterRef("pk"), member__in=mine.values("pk"))),
            judged=Count("judgements", filter=Q(judgements__member__in=mine.values("pk")), distinct=True),
        )
        .order_by("opened_at", "pk")
    )
    wanted = dict(
        Element.objects.order_by().values("framework").annotate(n=Count("pk")).values_list("framework", "n")
    )
    told = []
    for each in found:
        levels = each.version.procedure is not None and judges(each.version.procedure, each.committee.code)
        if levels and each.revealed_at is None:
            if each.judged < wanted.get(each.version.framework_id or "", 0):
                told.append(Waiting(each, True))
        elif not each.voted and (not levels or each.points is not None):
            told.append(Waiting(each, False))
    return told


# --- how a round stands


@dataclass(frozen=True)
class Room:
    """A round as one reader sees it. `seat` is the reader's own; `ready` are judges who have judged everything."""

    round: Round
    seat: Member | None
    in_circle: bool
    judges: bool
    count: Tally
    ready: Sequence[Member] = ()
    not_ready: Sequence[Member] = ()

    @property
    def my_vote(self) -> Vote | None:
        mine = [vote for vote in self.round.votes.all() if self.seat and vote.member_id == self.seat.pk]
        return mine[0] if mine else None

    @property
    def sees_count(self) -> bool:
        """Return whether the reader may see how many are for and against: after voting, and once it is closed."""
        return self.round.closed_at is not None or self.my_vote is not None

    @property
    def sees_votes(self) -> bool:
        """Return whether the reader may see who voted what."""
        return self.in_circle and self.sees_count

    @property
    def voters(self) -> int:
        return self.count.cast + len(self.count.waiting)


def room_of(actor: Actor, round_: Round) -> Room:
    """Return a round as the actor sees it; fetch it with its version, procedure, committee and votes."""
    seat = access.seat_in(actor, round_)
    procedure = round_.version.procedure
    judging = procedure is not None and judges(procedure, round_.committee.code)
    ready: Sequence[Member] = ()
    not_ready: Sequence[Member] = ()
    if judging and round_.closed_at is None and round_.revealed_at is None:
        ready, not_ready = judges_ready(round_)
    circle = seat is not None or _in_body(actor, round_.committee)
    return Room(round_, seat, circle, judging, tally(round_), ready, not_ready)


def seen_before(round_: Round) -> Round | None:
    """Return the last round before this one in which the committee had a version of the qualification."""
    return (
        Round.objects.filter(
            committee=round_.committee_id,
            version__qualification=round_.version.qualification_id,
            opened_at__lt=round_.opened_at,
        )
        .select_related("snapshot", "version")
        .order_by("-opened_at", "-pk")
        .first()
    )


# --- the file as it was handed in


@dataclass
class Remark:
    """A comment; with what was written to answer it and what is wrong with that, where it was just sent."""

    comment: Comment
    kept: str = ""
    error: str = ""


@dataclass
class OutcomeHeld:
    """An outcome of the file as handed in, with its comments; `kept` and `error` belong to a comment just sent."""

    id: str
    statement: Text
    kind: str = ""
    remarks: list[Remark] = field(default_factory=list)
    kept: str = ""
    error: str = ""


@dataclass
class UnitHeld:
    """A unit of the file as handed in."""

    code: str
    title: Text
    hours: int | None
    credit: str | None
    partial: bool
    optional: bool
    outcomes: list[OutcomeHeld]


def units_held(content: Mapping[str, Any]) -> list[UnitHeld]:
    """Return the units of a snapshot with their outcomes, as a reader meets them."""
    kinds = dict(OutcomeVersion.Kind.choices)
    return [
        UnitHeld(
            unit["code"],
            words_of(unit["title"]),
            unit["hours"],
            unit["credit"],
            unit["partial"],
            unit["optional"],
            [
                OutcomeHeld(each["outcome"], words_of(each["statement"]), str(kinds.get(each["kind"], "")))
                for each in unit["outcomes"]
            ],
        )
        for unit in content.get("units", [])
    ]


def words_of(told: Mapping[str, Any] | None) -> Text:
    """Return a text as a snapshot keeps it."""
    return Text(told["source"], told["words"]) if told else Text()


# --- seats


def is_active(member: Member) -> bool:
    """Return whether somebody holds a seat today."""
    today = clock.today()
    return member.since <= today and (member.until is None or member.until >= today)


def may_comment(actor: Actor, here: Room) -> bool:
    """Return whether the actor may comment on the file: asked in the order in which most are answered soonest."""
    if here.seat is not None or access.can_keep_committee(actor, here.round.committee):
        return True
    return bool(access.can_comment(actor, here.round.version))


def room_comments(actor: Actor, round_: Round) -> list[Comment]:
    """Return the comments on the file that the actor may see, the oldest first."""
    seen = access.visible_comments(actor).filter(version=round_.version_id)
    return list(seen.select_related("author").order_by("made_at", "pk"))


def remarks_on(units: Sequence[UnitHeld], comments: Sequence[Comment]) -> list[Remark]:
    """Put each comment with its outcome; return the others, which are about the whole file or what is gone."""
    by_id: dict[str, OutcomeHeld] = {each.id: each for unit in units for each in unit.outcomes}
    others: list[Remark] = []
    for comment in comments:
        place = by_id.get(_key(comment.outcome_id))
        (place.remarks if place else others).append(Remark(comment))
    return others


def _key(outcome: UUID | None) -> str:
    return str(outcome or "")
