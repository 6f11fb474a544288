"""The register: awards that institutions deposit, also old ones of paper; what is double or cannot be is held.

A deposit claims no earlier issuing: it is issued now, and says on which day it was awarded. What is held waits for a
person, who sees both awards side by side, and accepts or refuses with the reason. Likeness is looked for among the
issuer's own awards only: nobody learns here what another institution awarded to whom.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from gilde.core import audit, clock, documents
from gilde.core.access import Actor, Decision, require
from gilde.core.changes import checked
from gilde.core.documents import Document
from gilde.core.errors import Invalid, Stale
from gilde.credentials import access
from gilde.credentials.models import Achievement, Award, Batch, Issuer, Kind, State
from gilde.credentials.services import batch_rows, drafting, issuing

YOUNGEST: Final = 14  # years; nobody is awarded a vocational qualification younger
SCAN_LIMIT: Final = 20 * 1024 * 1024  # bytes
SCANS: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})
# How alike two names must be, of 100: with the same date of birth, and with the same day of award only.
_ALIKE: Final = 85.0
_VERY_ALIKE: Final = 92.0


class Known(NamedTuple):
    """An award as likeness is looked for."""

    pk: UUID
    reference: str
    name: str
    born: date | None
    achievement: UUID
    awarded_on: date
    diploma: bool
    renewed: bool  # it expires, so that the same person is awarded it again and again


@dataclass(frozen=True)
class Like:
    """An award that may be the same, and why it is thought so."""

    award: UUID
    sentence: str


@dataclass
class Block:
    """Awards among which likeness is looked for, with their names beside, as the comparison wants them."""

    awards: list[Known] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, known: Known) -> None:
        """Keep one more."""
        self.awards.append(known)
        self.names.append(known.name)

    def near(self, name: str, least: float) -> Iterable[Known]:
        """Yield the few whose names are most like this one."""
        for _name, _score, at in process.extract(
            name, self.names, scorer=fuzz.ratio, score_cutoff=least, limit=5
        ):
            yield self.awards[at]


def _blocks() -> defaultdict[tuple[UUID, date], Block]:
    return defaultdict(Block)


@dataclass
class Alike:
    """The awards of an issuer, to find what is like another; `found` narrows which."""

    issuer: Issuer
    found: QuerySet[Award] | None = None
    _named: dict[tuple[UUID, str], list[Known]] = field(init=False, default_factory=lambda: defaultdict(list))
    _born: dict[tuple[UUID, date], Block] = field(init=False, default_factory=_blocks)
    _on_day: dict[tuple[UUID, date], Block] = field(init=False, default_factory=_blocks)
    _unborn: dict[tuple[UUID, date], Block] = field(
        init=False, default_factory=_blocks
    )  # of no date of birth
    _diplomas: dict[date, list[Known]] = field(init=False, default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        awards = Award.objects.filter(issuer=self.issuer) if self.found is None else self.found
        rows = (
            awards.exclude(state__in=[State.REVOKED, State.REFUSED])
            .order_by()
            .values_list(
                *("pk", "reference", "holder__given_name", "holder__family_name", "holder__born"),
                *("achievement", "awarded_on", "achievement__kind", "achievement__valid_months"),
            )
        )
        for pk, reference, given, family, born, achievement, day, kind, months in rows.iterator():
            name = plain_name(given, family)
            self._keep(
                Known(pk, reference, name, born, achievement, day, kind == Kind.DIPLOMA, months is not None)
            )

    def add(self, award: Award) -> None:
        """Keep an award that was entered meanwhile."""
        self._keep(_known(award))

    def _keep(self, known: Known) -> None:
        day = (known.achievement, known.awarded_on)
        self._named[known.achievement, known.name].append(known)
        self._on_day[day].add(known)
        if known.born is None:
            self._unborn[day].add(known)
        else:
            self._born[known.achievement, known.born].add(known)
        if known.diploma:
            self._diplomas[known.awarded_on].append(known)

    def like(self, award: Award) -> list[Like]:
        """Return the awards that may be the same as this one, or that cannot stand beside it."""
        one = _known(award)
        told: dict[UUID, str] = {}
        for other in self._same_achievement(one):
            if other.pk == one.pk or other.pk in told:
                continue
            if one.renewed and other.awarded_on != one.awarded_on:
                continue
            same = other.name == one.name
            told[other.pk] = (
                _("It looks like the same award as %(reference)s: same person, same achievement.")
                if same
                else _(
                    "It may be the same award as %(reference)s: same achievement, and the names are much alike."
                )
            ) % {"reference": other.reference}
        for other in self._diplomas.get(one.awarded_on, ()) if one.diploma else ():
            if other.pk == one.pk or other.pk in told or other.achievement == one.achievement:
                continue
            if _same_person(one, other):
                told[other.pk] = _(
                    "The same person was awarded another diploma on the same day: %(reference)s."
                ) % {"reference": other.reference}
        return [Like(pk, sentence) for pk, sentence in told.items()]

    def _same_achievement(self, one: Known) -> Iterable[Known]:
        """Yield those of the same achievement that are of the same person, or of somebody with nearly that name."""
        for other in self._named.get((one.achievement, one.name), ()):
            if one.born is None or other.born is None or one.born == other.born:
                yield other
        day = (one.achievement, one.awarded_on)
        if one.born is None:
            yield from _within(self._on_day, day, one.name, _VERY_ALIKE)
        else:
            yield from _within(self._born, (one.achievement, one.born), one.name, _ALIKE)
            yield from _within(self._unborn, day, one.name, _VERY_ALIKE)

    def why_held(self, award: Award) -> list[str]:
        """Return why a person must look at this award, in sentences; none when it can be taken as it is."""
        return [*impossible(award), *(each.sentence for each in self.like(award))]


def plain_name(given: str, family: str) -> str:
    """Return a name as likeness compares it: its words in small letters without accents, in one order."""
    letters = unicodedata.normalize("NFKD", f"{given} {family}".casefold())
    words = "".join(each if each.isalnum() else " " for each in letters if not unicodedata.combining(each))
    return " ".join(sorted(words.split()))


def _known(award: Award) -> Known:
    template, holder = award.achievement, award.holder
    return Known(
        award.pk,
        award.reference,
        plain_name(holder.given_name, holder.family_name),
        holder.born,
        template.pk,
        award.awarded_on,
        template.kind == Kind.DIPLOMA,
        template.valid_months is not None,
    )


def _within(
    blocks: dict[tuple[UUID, date], Block], key: tuple[UUID, date], name: str, least: float
) -> Iterable[Known]:
    return blocks[key].near(name, least) if key in blocks else ()


def _same_person(one: Known, other: Known) -> bool:
    if one.born is not None and other.born is not None:
        return one.born == other.born and fuzz.ratio(one.name, other.name) >= _ALIKE
    return one.name == other.name


def impossible(award: Award) -> list[str]:
    """Return why an award cannot be as it says, in sentences."""
    told = []
    born, day = award.holder.born, award.awarded_on
    days = {"born": _written(born) if born else "", "day": _written(day)}
    if born is not None and born >= day:
        told.append(_("Awarded on %(day)s, before the person was born (%(born)s).") % days)
    elif born is not None and _age(born, day) < YOUNGEST:
        told.append(
            _("The person, born on %(born)s, was %(age)d years old on the day of the award.")
            % {**days, "age": _age(born, day)}
        )
    if day > clock.today():
        told.append(_("The day of the award, %(day)s, still has to come.") % days)
    version = award.achievement.qualification
    if version is not None and version.valid_from is not None and day < version.valid_from:
        told.append(
            _("Awarded on %(day)s, before the qualification existed (%(since)s).")
            % {**days, "since": _written(version.valid_from)}
        )
    return told


def notes(award: Award) -> list[str]:
    """Return what is worth knowing of an award and no reason to doubt it."""
    opened = timezone.localtime(award.issuer.opened_at).date()
    if award.awarded_on < opened:
        return [
            _(
                "Awarded before %(issuer)s issued through this register (%(since)s): it may be much older than that."
            )
            % {"issuer": award.issuer, "since": _written(opened)}
        ]
    return []


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _written(day: date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def around(award: Award) -> Alike:
    """Return what may be like one award, without reading all that its issuer awarded."""
    others = Award.objects.filter(issuer=award.issuer)
    where = Q(achievement=award.achievement) | Q(awarded_on=award.awarded_on)
    return Alike(award.issuer, others.filter(where))


def likes(award: Award) -> list[tuple[Award, str]]:
    """Return the awards that may be the same as one that is held, each with why."""
    found = {each.award: each.sentence for each in around(award).like(award)}
    awards = Award.objects.filter(pk__in=list(found)).select_related("holder", "achievement", "issuer")
    return [(each, found[each.pk]) for each in awards.order_by("awarded_on", "reference")]


def can_decide(actor: Actor, award: Award) -> Decision:
    """Decide on accepting or refusing: as on approving where two people are asked for, else as on entering."""
    if award.issuer.two_people and actor.pk is not None:
        return access.can_approve(actor, award.issuer, award.drafted_by_id)
    return access.can_draft(actor, award.issuer)


def deposit(
    *,
    actor: Actor,
    achievement: Achievement,
    given: drafting.Given,
    evidence: bytes | File[bytes] | None = None,
    name: str = "",
    notify: bool = True,
) -> Award:
    """Deposit one award, with a scan of its paper where there is one, and return it: issued, held, or for approval.

    The same reference with the same content is the same award. Raises Refused, Invalid with each fault at its field,
    and what documents.store raises for the scan.
    """
    issuer = achievement.issuer
    require(access.can_draft(actor, issuer))
    row = batch_rows.judged(issuer, Batch.Kind.DEPOSIT, [batch_rows.meant_of(achievement, given)])[0]
    if not row.fine:
        fields: dict[str, list[str]] = defaultdict(list)
        for fault in row.meant.faults:
            fields[fault.column or "reference"].append(fault.sentence)
        raise Invalid(" ".join(each.sentence for each in row.meant.faults), fields=dict(fields))
    if row.existing is not None:
        return Award.objects.get(pk=row.existing)
    scan = _scan(actor, evidence, name)
    with transaction.atomic():
        holder = drafting.holder_of(issuer, given)
        award = drafting.made(actor, achievement, holder, given)
        award.origin, award.evidence = Award.Origin.DEPOSITED, scan
        why = around(award).why_held(award)
        if why:
            award.state, award.held_for = State.HELD, why
        checked(award).save(force_insert=True)
        audit.record(
            actor,
            "credentials.award.deposit",
            award,
            after={"achievement": achievement.code, "state": award.state, "scan": scan is not None},
        )
        if why:
            return award
        if issuer.two_people and actor.pk is not None:
            return issuing.submit(actor=actor, award=award)
        return issuing.issue(actor=actor, award=award, notify=notify)


def _scan(actor: Actor, evidence: bytes | File[bytes] | None, name: str) -> Document | None:
    if evidence is None:
        return None
    return documents.store(actor, file=evidence, name=name, limit=SCAN_LIMIT, media_types=SCANS)


def accept(*, actor: Actor, award: Award, reason: str) -> Award:
    """Issue an award that was held, and return it. Raises Refused, Invalid, Stale."""
    require(can_decide(actor, award))
    _held_with(award, reason)
    born = award.holder.born
    if born is not None and born >= award.awarded_on:
        raise Invalid(
            _(
                "Nobody is awarded anything before being born, so this cannot be accepted. Refuse it, and deposit it "
                "again with the right days."
            )
        )
    with transaction.atomic():
        # As one that waited for approval: whoever accepts it is who approved it.
        rows = Award.objects.filter(pk=award.pk, state=State.HELD, version=award.version).update(
            state=State.WAITING, version=award.version + 1
        )
        if rows != 1:
            raise Stale(_("Somebody else decided on this in the meantime. Reload the page and look again."))
        audit.record(
            actor,
            "credentials.award.accept",
            award,
            before={"state": State.HELD},
            after={"state": State.ISSUED},
            personal={"reason": reason.strip(), "held_for": award.held_for},
        )
        award.state, award.version = State.WAITING, award.version + 1
        issuing.issue_many(actor, [award], notify=award.batch.notify if award.batch else True)
    award.refresh_from_db()
    return award


def refuse(*, actor: Actor, award: Award, reason: str) -> Award:
    """Refuse an award that was held, and return it; its reference is free again, for the award put right.

    Raises Refused, Invalid, Stale.
    """
    require(can_decide(actor, award))
    _held_with(award, reason)
    freed = f"{award.reference[:60]} · {str(award.pk)[:8]}"
    return issuing.move(
        actor, award, "refuse", {State.HELD}, State.REFUSED, reason=reason.strip(), reference=freed
    )


def _held_with(award: Award, reason: str) -> None:
    if award.state != State.HELD:
        raise Invalid(
            _("This award is “%(state)s”, so there is nothing to decide.")
            % {"state": award.get_state_display()}
        )
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
