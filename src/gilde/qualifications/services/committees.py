"""What committees do: sit, read, comment, vote, judge levels alone and together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import User
from gilde.organisations.public import Organisation
from gilde.qualifications import access, levelling, procedures, snapshots
from gilde.qualifications.errors import NotDecided
from gilde.qualifications.models import (
    AgreedLevel,
    Comment,
    Committee,
    Element,
    Level,
    LevelJudgement,
    Member,
    Outcome,
    QualificationVersion,
    Round,
    Vote,
)


@dataclass(frozen=True)
class Tally:
    """The votes of a round. `cast` counts members, the others count weights."""

    in_favour: int
    against: int
    abstained: int
    cast: int
    quorum: int
    passed: bool
    waiting: tuple[Member, ...] = ()

    @property
    def quorate(self) -> bool:
        return self.cast >= self.quorum


def passes(rule: str, in_favour: int, against: int) -> bool:
    """Return whether weights of votes carry by a rule; abstentions count for nothing, and no vote carries nothing."""
    if in_favour == 0:
        return False
    if rule == Committee.Rule.CONSENSUS:
        return against == 0
    if rule == Committee.Rule.TWO_THIRDS:
        return 3 * in_favour >= 2 * (in_favour + against)
    return in_favour > against


def tally(round_: Round) -> Tally:
    """Return how the votes of a round stand: of who has a vote on the committee today, or had one when it closed."""
    day = timezone.localtime(round_.closed_at).date() if round_.closed_at else clock.today()
    voters = {member.pk: member for member in _voters(round_.committee, day)}
    votes = [vote for vote in round_.votes.all() if vote.member_id in voters]
    weight = {choice: sum(v.weight for v in votes if v.choice == choice) for choice in Vote.Choice.values}
    in_favour, against = weight[Vote.Choice.FOR], weight[Vote.Choice.AGAINST]
    voted = {vote.member_id for vote in votes}
    return Tally(
        in_favour,
        against,
        weight[Vote.Choice.ABSTAIN],
        len(votes),
        round_.committee.quorum,
        passes(round_.committee.rule, in_favour, against),
        tuple(member for pk, member in voters.items() if pk not in voted),
    )


def open_round(actor: Actor, version: QualificationVersion, code: str) -> Round:
    """Put a file before a committee of its procedure. The caller has checked access and audits the step."""
    committee = Committee.objects.get(procedure=version.procedure_id, code=code)
    last = version.rounds.filter(committee=committee).aggregate(last=Max("number"))["last"] or 0
    snapshot = snapshots.take(version, f"for {code}"[:30])
    return Round.objects.create(
        version=version, committee=committee, number=last + 1, snapshot=snapshot, opened_at=clock.now()
    )


def close_round(actor: Actor, round_: Round, result: str, ground: str) -> None:
    """End a round with its result. The caller has checked that the committee has decided so."""
    round_.closed_at, round_.result, round_.ground = clock.now(), result, ground.strip()
    checked(round_).save()
    count = tally(round_)
    audit.record(
        actor,
        "qualifications.round.close",
        round_,
        after={
            "result": result,
            "for": count.in_favour,
            "against": count.against,
            "abstained": count.abstained,
        },
    )


def vote(*, actor: Actor, round_: Round, choice: str, ground: str = "") -> Vote:
    """Cast the actor's vote, or change it while the round is open. Who is against gives a ground.

    Raises Refused without a vote on the committee, Invalid for a missing ground.
    """
    seat = _seat(actor, round_)
    if choice == Vote.Choice.AGAINST and not ground.strip():
        sentence = _("Say why you are against, so that the drafters can do something about it.")
        raise Invalid(sentence, fields={"ground": [sentence]})
    with transaction.atomic():
        cast = round_.votes.filter(member=seat).first() or Vote(round=round_, member=seat)
        cast.choice, cast.ground, cast.weight, cast.cast_at = choice, ground.strip(), seat.votes, clock.now()
        checked(cast).save()
        audit.record(actor, "qualifications.round.vote", round_, after={"choice": choice})
    return cast


def judge(
    *, actor: Actor, round_: Round, levels: Mapping[Element, tuple[Level, str]]
) -> list[LevelJudgement]:
    """Store what the actor alone finds on some elements: a level and a ground each. Replaces what was found before.

    Raises Refused without a vote on the committee or once the judgements are shown, Invalid for a level or element of
    another framework.
    """
    seat = _seat(actor, round_)
    if round_.revealed_at is not None:
        raise Refused(
            _("The judgements have been shown, so they stay as they are. Agree on the levels together now.")
        )
    made = []
    with transaction.atomic():
        for element, (level, ground) in levels.items():
            _same_framework(round_.version, element, level)
            found = round_.judgements.filter(member=seat, element=element).first() or LevelJudgement(
                round=round_, member=seat, element=element
            )
            found.level, found.ground, found.judged_at = level, ground.strip(), clock.now()
            checked(found).save()
            made.append(found)
        # Which level stays with the judge until all are shown; that they judged is on record.
        codes = sorted(element.code for element in levels)
        audit.record(actor, "qualifications.round.judge", round_, after={"elements": codes})
    return made


def judges_ready(round_: Round) -> tuple[list[Member], list[Member]]:
    """Return the members with a vote who have judged every element, and those who have not."""
    wanted = Element.objects.filter(framework=round_.version.framework_id).count()
    count: dict[int, int] = {}
    for member in round_.judgements.values_list("member", flat=True):
        count[member] = count.get(member, 0) + 1
    voters = _voters(round_.committee)
    ready = [member for member in voters if wanted and count.get(member.pk, 0) >= wanted]
    return ready, [member for member in voters if member not in ready]


def reveal(*, actor: Actor, round_: Round) -> Round:
    """Show everybody's judgements to the committee. Only its chair, and only when enough judges have judged all.

    Raises Refused, NotDecided.
    """
    _require_chair(actor, round_)
    if round_.revealed_at is not None:
        return round_
    ready, _others = judges_ready(round_)
    if len(ready) < round_.committee.quorum:
        sentence = _(
            "%(ready)d of at least %(quorum)d judges have judged every element. Wait for the others."
        )
        raise NotDecided(sentence % {"ready": len(ready), "quorum": round_.committee.quorum})
    with transaction.atomic():
        round_.revealed_at = clock.now()
        checked(round_).save()
        audit.record(actor, "qualifications.round.reveal", round_, after={"judges": len(ready)})
    return round_


def agree(*, actor: Actor, round_: Round, levels: Mapping[Element, tuple[Level, str]]) -> Round:
    """Record the levels that the committee agreed on after all judgements were shown, and count the points.

    Where judges differed a ground is needed. Raises Refused unless by the chair, NotDecided before the judgements are
    shown, Invalid.
    """
    _require_chair(actor, round_)
    if round_.revealed_at is None:
        raise NotDecided(
            _("The judgements are not shown yet. Every judge judges alone, then the chair shows them.")
        )
    differ = {spread.element for spread in spreads_of(round_) if not spread.agreed}
    with transaction.atomic():
        for element, (level, ground) in levels.items():
            _same_framework(round_.version, element, level)
            if element.code in differ and not ground.strip():
                sentence = _("Judges differ on “%(element)s”: give the ground on which you agreed.")
                raise Invalid(sentence % {"element": element})
            found = round_.agreed.filter(element=element).first() or AgreedLevel(
                round=round_, element=element
            )
            found.level, found.ground = level, ground.strip()
            checked(found).save()
        round_.points = _points(round_)
        checked(round_).save()
        audit.record(
            actor,
            "qualifications.round.agree",
            round_,
            after={
                "levels": [[element.code, level.code] for element, (level, _ground) in levels.items()],
                "points": str(round_.points),
            },
        )
    return round_


def spreads_of(round_: Round) -> list[levelling.Spread]:
    """Return what judges found on each element. Whoever calls has asked whether the reader may see it."""
    elements = Element.objects.filter(framework=round_.version.framework_id).order_by("position")
    judged = round_.judgements.values_list("element__code", "level__position")
    return levelling.spreads(list(elements.values_list("code", flat=True)), list(judged))


def comment(
    *, actor: User, version: QualificationVersion, text: str, outcome: Outcome | None = None
) -> Comment:
    """Store a comment on a file or on one of its outcomes. Raises Refused, Invalid when it says nothing."""
    require(access.can_comment(actor, version))
    made = Comment(
        version=version,
        round=version.rounds.filter(closed_at=None).first(),
        outcome=outcome,
        author=actor,
        text=text.strip(),
        made_at=clock.now(),
    )
    with transaction.atomic():
        checked(made).save()
        # The words are a person's own and stay out of the chain, so that they can be erased.
        audit.record(actor, "qualifications.comment.add", version, after={"comment": str(made.pk)})
    return made


def resolve(*, actor: Actor, comment: Comment, answer: str) -> Comment:
    """Deal with a comment by an answer: the drafters and the committee may. Raises Refused, Invalid, Stale."""
    require(access.can_comment(actor, comment.version))
    if Comment.objects.filter(pk=comment.pk, resolved_at__isnull=False).exists():
        raise Stale(_("Somebody else has answered this comment in the meantime. Look at the answer first."))
    if not answer.strip():
        raise Invalid(_("Say what was done about the comment."), fields={"answer": [_("Say what was done.")]})
    with transaction.atomic():
        comment.answer, comment.resolved_at = answer.strip(), clock.now()
        checked(comment).save()
        audit.record(
            actor, "qualifications.comment.resolve", comment.version, after={"comment": str(comment.pk)}
        )
    return comment


def seat(
    *,
    actor: Actor,
    committee: Committee,
    user: User,
    role: str,
    votes: int,
    since: date,
    until: date | None = None,
    organisation: Organisation | None = None,
) -> Member:
    """Give a person a seat on a committee, or change it. Raises Refused, Invalid."""
    require(access.can_keep_committee(actor, committee))
    found = committee.members.filter(user=user).first() or Member(committee=committee, user=user)
    found.role, found.votes, found.since, found.until = role, votes, since, until
    found.organisation = organisation
    with transaction.atomic():
        checked(found).save()
        audit.record(
            actor,
            "qualifications.committee.seat",
            committee,
            after={
                "member": str(found.pk),
                "role": role,
                "votes": votes,
                "since": str(since),
                "until": str(until),
            },
        )
    return found


def change_committee(
    *, actor: Actor, committee: Committee, version: int, quorum: int, rule: str
) -> Committee:
    """Change how many must take part and how a committee decides. Raises Refused, Invalid, Stale."""
    require(access.can_keep_committee(actor, committee))
    fields = {"quorum": quorum, "rule": rule}
    return changed(committee, fields, actor=actor, event="qualifications.committee.change", version=version)


def _points(round_: Round) -> Decimal | None:
    assert round_.version.procedure is not None
    method = procedures.levelling_of(round_.version.procedure)
    found = {
        each.element.code: each.level.position for each in round_.agreed.select_related("element", "level")
    }
    try:
        return levelling.points(found, method)
    except ValueError:
        return None


def _voters(committee: Committee, day: date | None = None) -> list[Member]:
    """Return who has a vote on a committee on a day, today when none is given."""
    day = day or clock.today()
    members = committee.members.filter(votes__gt=0, since__lte=day).select_related("user").order_by("pk")
    return [member for member in members if member.until is None or member.until >= day]


def _seat(actor: Actor, round_: Round) -> Member:
    require(access.can_vote(actor, round_))
    found = access.seat_in(actor, round_)
    assert found is not None
    return found


def _require_chair(actor: Actor, round_: Round) -> None:
    if round_.closed_at is not None:
        raise Refused(_("This round is closed."))
    found = access.seat_in(actor, round_)
    if found is None or found.role != Member.Role.CHAIR:
        raise Refused(_("Only the chair of the committee may do this."))


def _same_framework(version: QualificationVersion, element: Element, level: Level) -> None:
    if {element.framework_id, level.framework_id} != {version.framework_id}:
        sentence = _("“%(element)s” and “%(level)s” must be of the framework %(framework)s.")
        raise Invalid(sentence % {"element": element, "level": level, "framework": version.framework})
