"""Achievements: taken from a qualification on the register or made by hand, changed, closed, followed by another.

While nothing was awarded of an achievement everything of it may change. Afterwards it keeps its meaning: its kind,
qualification, level, volume, method of assessment, period and outcomes stay, for what was issued names this
achievement, and who looks it up must find what was reached. Its words may still be put right or translated by who
states that they mean the same; awards that are out keep the words they had until they are issued anew. For anything
else there is a successor: the same under a new code, free to be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.credentials import access
from gilde.credentials.models import OUT, Achievement, AchievementOutcome, Issuer, Kind
from gilde.qualifications.public import Described, QualificationVersion, describe

# What was awarded stands in these; they stay as they were.
MEANING: Final = (
    *("kind", "qualification", "framework", "level", "eqf", "hours", "credit", "credit_system"),
    *("assessment_method", "fields_of_study", "valid_months"),
)
WORDS: Final = ("title", "description", "criteria", "assessment")
MOST_OUTCOMES: Final = 200
_KINDS: Final = {"micro-credential": Kind.MICRO, "educational": Kind.DIPLOMA, "joint": Kind.DIPLOMA}


@dataclass(frozen=True)
class Told:
    """A learning outcome as somebody gives it; an empty `uri` is a new one of this achievement's own."""

    title: Text
    uri: str = ""
    kind: str = ""
    skills: Sequence[str] = ()


@dataclass(frozen=True)
class Taken:
    """What an achievement would be that is made from a qualification."""

    fields: Mapping[str, Any]
    outcomes: Sequence[Told] = field(default_factory=tuple)


def taken(version: QualificationVersion, chosen: Collection[str] | None = None) -> Taken:
    """Return what the register says of a qualification, as an achievement; of some outcomes only where `chosen`.

    A part of a qualification is a partial qualification; of its volume only what whole units say is known.
    """
    told = describe(version)
    every = [
        Told(each.statement, each.uri, each.kind, _skills(each.concepts)) for each in told.all_outcomes()
    ]
    outcomes = every if chosen is None else [each for each in every if each.uri in chosen]
    partial = len(outcomes) < len(every)
    kind = _KINDS.get(told.kind, Kind.CERTIFICATE)
    hours, credit = _volume(told, {each.uri for each in outcomes}) if partial else (told.hours, told.credit)
    fields = {
        "code": told.code,
        "kind": Kind.PARTIAL if partial and kind != Kind.MICRO else kind,
        "title": told.title,
        "description": told.summary,
        "qualification": version,
        "framework": told.level.framework.upper() if told.level else "",
        "level": told.level.code if told.level else "",
        "eqf": told.level.eqf if told.level else None,
        "hours": Decimal(hours) if hours is not None else None,
        "credit": credit.points if credit else None,
        "credit_system": credit.system if credit else "",
        "assessment": told.assessment,
        "assessment_method": told.assessment_type,
        "fields_of_study": [each.uri.rpartition("/")[2] for each in told.fields],
        "language": told.languages[0] if told.languages else told.title.source,
    }
    return Taken(fields, tuple(outcomes))


def _skills(concepts: Sequence[Any]) -> tuple[str, ...]:
    return tuple(each.uri for each in concepts if each.relation == "exact" and each.scheme == "esco")


def _volume(told: Described, chosen: Collection[str]) -> tuple[int | None, Any]:
    """Hours and credit of the units that are taken whole, where these hold every outcome that was chosen."""
    whole = [each for each in told.units if each.outcomes and {o.uri for o in each.outcomes} <= set(chosen)]
    if {o.uri for each in whole for o in each.outcomes} != set(chosen):
        return None, None
    hours = None if any(each.hours is None for each in whole) else sum(each.hours or 0 for each in whole)
    credits = [each.credit for each in whole]
    known = [each for each in credits if each is not None]
    if len(known) < len(credits) or not known or len({each.system for each in known}) > 1:
        return hours, None
    points = sum((each.points for each in known), Decimal(0))
    return hours, replace(known[0], points=points)


def make(*, actor: Actor, issuer: Issuer, outcomes: Sequence[Told] = (), **fields: Any) -> Achievement:
    """Add an achievement to what an issuer awards, and return it. Raises Refused, Invalid."""
    require(access.can_draft(actor, issuer))
    fields.setdefault("synthetic", issuer.synthetic)
    fields["code"] = fields.get("code") or free_code(issuer, str(fields.get("title") or ""))
    achievement = Achievement(issuer=issuer, **fields)
    _at_its_place(issuer, achievement.qualification)
    with transaction.atomic():
        checked(achievement).save(force_insert=True)
        _store(achievement, outcomes)
        audit.record(
            actor,
            "credentials.achievement.make",
            achievement,
            after={"code": achievement.code, "outcomes": len(outcomes)},
        )
    return achievement


def change(
    *, actor: Actor, achievement: Achievement, lock: int, meaning_stays: bool = False, **fields: Any
) -> Achievement:
    """Change an achievement and return it as stored. Once it was awarded its meaning stays, as the module says.

    `meaning_stays` is the actor's statement that changed words mean the same. Raises Refused, Invalid, Stale.
    """
    require(access.can_draft(actor, achievement.issuer))
    if awarded(achievement):
        _refuse_other_meaning(achievement, fields)
        if _rewritten(achievement, fields) and not meaning_stays:
            raise _unsaid()
    _at_its_place(achievement.issuer, fields.get("qualification"))
    return changed(achievement, fields, actor=actor, event="credentials.achievement.change", version=lock)


def set_outcomes(
    *,
    actor: Actor,
    achievement: Achievement,
    lock: int,
    outcomes: Sequence[Told],
    meaning_stays: bool = False,
) -> Achievement:
    """Give an achievement these outcomes, in this order, and return it. Once it was awarded only words may change.

    Raises Refused, Invalid, Stale.
    """
    require(access.can_draft(actor, achievement.issuer))
    before = list(achievement.outcomes.all())
    if awarded(achievement):
        if _meaning(before) != _meaning(outcomes):
            raise Invalid(
                _(
                    "“%(title)s” was awarded already, so its outcomes stay what they are. Make a successor with the "
                    "outcomes that you want."
                )
                % {"title": achievement}
            )
        words = {each.uri: each.title for each in before}
        if any(words[each.uri] != each.title for each in outcomes) and not meaning_stays:
            raise _unsaid()
    with transaction.atomic():
        rows = Achievement.objects.filter(pk=achievement.pk, version=lock).update(version=F("version") + 1)
        if rows != 1:
            raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
        achievement.outcomes.all().delete()
        _store(achievement, outcomes)
        audit.record(
            actor,
            "credentials.achievement.outcomes",
            achievement,
            before={"outcomes": [each.title for each in before]},
            after={"outcomes": [each.title for each in outcomes]},
        )
    achievement.refresh_from_db()
    return achievement


def close(*, actor: Actor, achievement: Achievement) -> Achievement:
    """Let an achievement be awarded no more, and return it. What was awarded of it stays. Raises Refused, Invalid."""
    return _closed(actor, achievement, close=True)


def reopen(*, actor: Actor, achievement: Achievement) -> Achievement:
    """Let a closed achievement be awarded again, and return it. Raises Refused, Invalid."""
    return _closed(actor, achievement, close=False)


def _closed(actor: Actor, achievement: Achievement, *, close: bool) -> Achievement:
    require(access.can_draft(actor, achievement.issuer))
    now = clock.now()
    with transaction.atomic():
        rows = Achievement.objects.filter(pk=achievement.pk, closed_at__isnull=close).update(
            closed_at=now if close else None, version=F("version") + 1
        )
        if rows != 1:
            raise Invalid(
                _("“%(title)s” is closed already.") % {"title": achievement}
                if close
                else _("“%(title)s” is open already.") % {"title": achievement}
            )
        verb = "close" if close else "reopen"
        audit.record(actor, f"credentials.achievement.{verb}", achievement, after={"at": now})
    achievement.refresh_from_db()
    return achievement


def succeed(*, actor: Actor, achievement: Achievement, code: str = "") -> Achievement:
    """Make an achievement that takes the place of this one, the same under another code, and return it.

    The one before is closed, and what was awarded of it stays. Raises Refused, Invalid for a code that is taken.
    """
    copied = (*MEANING, *WORDS, "language", "synthetic")
    fields = {name: getattr(achievement, name) for name in copied}
    outcomes = [Told(each.title, each.uri, each.kind, each.skills) for each in achievement.outcomes.all()]
    # Outcomes of the old one's own are new ones here: they may come to mean something else.
    outcomes = [replace(each, uri="") if _is_own(achievement, each.uri) else each for each in outcomes]
    with transaction.atomic():
        new = make(
            actor=actor,
            issuer=achievement.issuer,
            outcomes=outcomes,
            code=code or free_code(achievement.issuer, achievement.code),
            **fields,
        )
        if achievement.closed_at is None:
            close(actor=actor, achievement=achievement)
        audit.record(actor, "credentials.achievement.succeed", new, after={"before": str(achievement.pk)})
    return new


def awarded(achievement: Achievement) -> bool:
    """Return whether the achievement was ever awarded to anybody."""
    return achievement.awards.filter(state__in=sorted(OUT)).exists()


def free_code(issuer: Issuer, words: str) -> str:
    """Return a code that no achievement of the issuer has, made of these words."""
    stem = slugify(words)[:70] or "achievement"
    used = set(
        Achievement.objects.filter(issuer=issuer, code__startswith=stem).values_list("code", flat=True)
    )
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if code not in used)


def _refuse_other_meaning(achievement: Achievement, fields: Mapping[str, Any]) -> None:
    wrong = [name for name in MEANING if name in fields and fields[name] != getattr(achievement, name)]
    if wrong:
        labels = [str(getattr(Achievement._meta.get_field(name), "verbose_name", name)) for name in wrong]
        sentence = _(
            "“%(title)s” was awarded already, so this stays as it is: %(fields)s. Make a successor for what is other."
        ) % {"title": achievement, "fields": ", ".join(labels)}
        raise Invalid(sentence, fields={name: [sentence] for name in wrong})


def _rewritten(achievement: Achievement, fields: Mapping[str, Any]) -> bool:
    return any(name in fields and fields[name] != getattr(achievement, name) for name in WORDS)


def _unsaid() -> Invalid:
    sentence = _("Awards of this are out already. Tick that the words mean the same, or make a successor.")
    return Invalid(sentence, fields={"meaning_stays": [sentence]})


def _meaning(outcomes: Sequence[Any]) -> list[tuple[str, str, list[str]]]:
    """What of outcomes stays: which there are, of which kind, with which skills; in any order."""
    return sorted((each.uri, each.kind, sorted(each.skills)) for each in outcomes)


def _is_own(achievement: Achievement, address: str) -> bool:
    return address.startswith(uri("achievement", achievement.pk) + "#")


def _at_its_place(issuer: Issuer, version: QualificationVersion | None) -> None:
    """A qualification that nobody may know of yet is not awarded."""
    if version is not None and version.recognised_at is None:
        sentence = _("This qualification is not on the register yet, so it cannot be awarded.")
        raise Invalid(sentence, fields={"qualification": [sentence]})


def _store(achievement: Achievement, outcomes: Sequence[Told]) -> None:
    if len(outcomes) > MOST_OUTCOMES:
        raise Invalid(_("An achievement has at most %(most)d outcomes.") % {"most": MOST_OUTCOMES})
    seen: set[str] = set()
    for position, each in enumerate(outcomes, 1):
        address = each.uri or f"{uri('achievement', achievement.pk)}#outcome-{uuid4().hex[:12]}"
        if address in seen:
            raise Invalid(_("The outcome “%(title)s” stands here twice.") % {"title": each.title})
        seen.add(address)
        made = AchievementOutcome(
            achievement=achievement,
            position=position,
            uri=address,
            title=each.title,
            kind=each.kind,
            skills=[skill for skill in each.skills if skill],
        )
        checked(made).save(force_insert=True)
