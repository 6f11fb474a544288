"""Entering awards: one at a time, each with the issuer's own reference, by which the same one is known again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import Invalid, Stale
from gilde.core.users import User
from gilde.credentials import access, describing, recognition
from gilde.credentials.models import Achievement, Award, Batch, Holder, Issuer

EARLIEST: Final = 1900  # the first year of an award, or of a person who was awarded one
AHEAD: Final = timedelta(days=366)  # awards of the next graduation may be prepared


@dataclass(frozen=True)
class Given:
    """An award as somebody gives it: whose it is, and what differs from one award of an achievement to another."""

    reference: str
    given_name: str
    family_name: str
    awarded_on: date
    born: date | None = None
    email: str = ""
    person: str = ""  # the issuer's own number of the person
    grade: str = ""
    assessed_on: date | None = None
    assessed_by: str = ""
    place: str = ""
    language: str = ""
    valid_until: date | None = None
    left_out: Sequence[str] = field(default_factory=tuple)


def draft(
    *,
    actor: Actor,
    achievement: Achievement,
    given: Given,
    replaces: Award | None = None,
    batch: Batch | None = None,
    holder: Holder | None = None,
) -> Award:
    """Enter an award, not issued yet, and return it. The same reference with the same content is the same award.

    `holder` is whom it is for where that is known; else it is found, or made, as `holder_of` says.
    Raises Refused, Invalid: also for a reference that stands for something else.
    """
    issuer = achievement.issuer
    require(access.can_draft(actor, issuer))
    # What was awarded once can be put right for ever.
    if achievement.closed_at is not None and replaces is None:
        raise Invalid(_("“%(title)s” is no longer awarded.") % {"title": achievement})
    require(recognition.may_award(issuer, achievement, given.awarded_on))
    if existing := Award.objects.filter(issuer=issuer, reference=given.reference).first():
        return _the_same(existing, achievement, given)
    plausible(achievement, given)
    with transaction.atomic():
        whose = holder or holder_of(issuer, given)
        award = made(actor, achievement, whose, given, replaces=replaces, batch=batch)
        checked(award).save(force_insert=True)
        audit.record(actor, "credentials.award.draft", award, after={"achievement": achievement.code})
    return award


def redraft(*, actor: Actor, award: Award, lock: int, given: Given) -> Award:
    """Change an award that is not issued yet, and whose it is, and return it as stored.

    Raises Refused, Stale, Invalid: also when the person has other awards, and would be somebody else by this.
    """
    require(access.can_edit(actor, award))
    plausible(award.achievement, given)
    with transaction.atomic():
        before = award.holder
        whose = _whose(award, given)
        told = made(actor, award.achievement, whose, given)
        names = (
            *("holder", "reference", "awarded_on", "valid_from", "valid_until", "grade", "assessed_on"),
            *("assessed_by", "place", "language", "left_out"),
        )
        stored = change(actor=actor, award=award, lock=lock, **{name: getattr(told, name) for name in names})
        if whose.pk != before.pk and not before.awards.exists():
            before.delete()
    return stored


def made(
    actor: Actor,
    achievement: Achievement,
    holder: Holder,
    given: Given,
    *,
    replaces: Award | None = None,
    batch: Batch | None = None,
) -> Award:
    """Return the award that was given, not stored yet."""
    until = describing.valid_until(achievement, given.awarded_on)
    if given.valid_until is not None:
        until = describing.valid_from(given.valid_until + timedelta(days=1)) - timedelta(seconds=1)
    return Award(
        issuer=achievement.issuer,
        achievement=achievement,
        holder=holder,
        reference=given.reference,
        awarded_on=given.awarded_on,
        valid_from=describing.valid_from(given.awarded_on),
        valid_until=until,
        grade=given.grade,
        assessed_on=given.assessed_on,
        assessed_by=given.assessed_by,
        place=given.place or achievement.issuer.place,
        language=given.language or achievement.language,
        left_out=list(given.left_out),
        replaces=replaces,
        batch=batch,
        drafted_by=actor if isinstance(actor, User) else None,
        created_at=clock.now(),
        synthetic=achievement.synthetic,
    )


def plausible(achievement: Achievement, given: Given) -> None:
    """Return when the days and outcomes of an award can be true together. Raises Invalid, with each at its field."""
    today = clock.today()
    wrong: dict[str, list[str]] = {}
    if given.awarded_on.year < EARLIEST:
        wrong["awarded_on"] = [_("This is before %(year)d. Check the year.") % {"year": EARLIEST}]
    elif given.awarded_on > today + AHEAD:
        wrong["awarded_on"] = [_("This is more than a year ahead. Check the year.")]
    if given.born is not None and not EARLIEST <= given.born.year <= given.awarded_on.year:
        wrong["born"] = [_("Nobody born then was awarded something on that day. Check both days.")]
    elif given.born is not None and given.born >= given.awarded_on:
        wrong["born"] = [_("This is not before the day of the award. Check both days.")]
    if given.assessed_on is not None and given.assessed_on > given.awarded_on:
        wrong["assessed_on"] = [_("This is after the day of the award. Check both days.")]
    if given.valid_until is not None and given.valid_until < given.awarded_on:
        wrong["valid_until"] = [_("This is before the day of the award. Check both days.")]
    if given.left_out:
        known = set(achievement.outcomes.values_list("uri", flat=True))
        if unknown := sorted(set(given.left_out) - known):
            wrong["left_out"] = [
                _("“%(title)s” has no such outcome: %(uri)s.") % {"title": achievement, "uri": unknown[0]}
            ]
        elif known == set(given.left_out):
            wrong["left_out"] = [_("None of the outcomes was reached, so there is nothing to award.")]
    if wrong:
        raise Invalid(" ".join(sentence for told in wrong.values() for sentence in told), fields=wrong)


def _whose(award: Award, given: Given) -> Holder:
    """Return for whom an award is, by what is given now: the same person put right, where nothing else is theirs."""
    holder = award.holder
    known = _known(award.issuer, given)
    if known is not None and known.pk != holder.pk:
        return holder_of(award.issuer, given)
    if not holder.awards.exclude(pk=award.pk).exists():
        return renamed(holder, given)
    told = (given.person.strip(), given.given_name.strip(), given.family_name.strip(), given.born)
    if (holder.reference, holder.given_name, holder.family_name, holder.born) == told:
        return holder
    return holder_of(award.issuer, given)


def same_person(holder: Holder, given: Given) -> bool:
    """Return whether the issuer's own number does not say that somebody else is meant."""
    known = _known(holder.issuer, given)
    return known is None or known.pk == holder.pk


def holder_of(issuer: Issuer, given: Given) -> Holder:
    """Return the person as this issuer knows them: found by the issuer's own number, else new. Raises Invalid."""
    if (found := _known(issuer, given)) is not None:
        told = (given.given_name.strip(), given.family_name.strip(), given.born or found.born)
        if (found.given_name, found.family_name, found.born or given.born) != told:
            sentence = _(
                "Number %(person)s is another person here: %(name)s. Check the number or the name."
            ) % {"person": given.person, "name": found}
            raise Invalid(sentence, fields={"person": [sentence]})
        learned: dict[str, Any] = {}
        if given.email.strip() and given.email.strip() != found.email:
            learned["email"] = given.email.strip()
        if given.born and found.born is None:
            learned["born"] = given.born
        if learned:
            checked(with_fields(found, learned)).save(update_fields=list(learned))
            found.refresh_from_db()
        return found
    holder = Holder(issuer=issuer)
    return _stored(holder, given, new=True)


def renamed(holder: Holder, given: Given) -> Holder:
    """Return a person with what is given of them now, stored; what was issued keeps its name. Raises Invalid."""
    return _stored(holder, given)


def _stored(holder: Holder, given: Given, *, new: bool = False) -> Holder:
    told: dict[str, Any] = {
        "reference": given.person.strip(),
        "given_name": given.given_name.strip(),
        "family_name": given.family_name.strip(),
        "born": given.born,
        "email": given.email.strip(),
    }
    if not (told["given_name"] or told["family_name"]):
        sentence = _("Say who is awarded: a given name or a family name.")
        raise Invalid(sentence, fields={"family_name": [sentence]})
    stored = checked(with_fields(holder, told))
    stored.save(force_insert=new)
    return stored


def _known(issuer: Issuer, given: Given) -> Holder | None:
    if not given.person.strip():
        return None
    return Holder.objects.filter(issuer=issuer, reference=given.person.strip(), erased_at=None).first()


def _the_same(existing: Award, achievement: Achievement, given: Given) -> Award:
    holder = existing.holder
    same = (
        existing.achievement_id == achievement.pk
        and existing.awarded_on == given.awarded_on
        and (holder.given_name, holder.family_name) == (given.given_name.strip(), given.family_name.strip())
        and existing.grade == given.grade
    )
    if not same:
        raise Invalid(
            _("Reference %(reference)s already stands for another award. Give each award its own reference.")
            % {"reference": given.reference},
            fields={"reference": [_("It already stands for another award.")]},
        )
    return existing


def put_right(*, actor: Actor, holder: Holder, email: str) -> Holder:
    """Store the address to which a person is written, and return them. What was issued never held it.

    Raises Refused, Invalid.
    """
    require(access.can_stop(actor, Award(issuer=holder.issuer)))
    if holder.erased_at is not None:
        raise Invalid(_("This person was erased: there is nobody to write to."))
    with transaction.atomic():
        changed = checked(with_fields(holder, {"email": email.strip()}))
        changed.save(update_fields=["email"])
        # Both addresses are personal, so the event tells only that one took the place of another.
        audit.record(actor, "credentials.holder.address", holder, after={"given": bool(changed.email)})
    return changed


def proposed_reference(issuer: Issuer, year: int) -> str:
    """Return a reference that the issuer has not used: the year and the next number, such as "2026-00042"."""
    used = Award.objects.filter(issuer=issuer, reference__startswith=f"{year}-")
    numbers = [
        int(number)
        for number in (each.rpartition("-")[2] for each in used.values_list("reference", flat=True))
        if number.isascii() and number.isdigit() and len(number) < 9
    ]
    return f"{year}-{max(numbers, default=0) + 1:05}"


def change(*, actor: Actor, award: Award, lock: int, **fields: Any) -> Award:
    """Change an award that is not issued yet, and return it as stored. Raises Refused, Invalid, Stale."""
    require(access.can_edit(actor, award))
    checked(with_fields(award, fields))
    with transaction.atomic():
        rows = Award.objects.filter(pk=award.pk, version=lock, state=award.state).update(
            **fields, version=lock + 1
        )
        if rows != 1:
            raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
        # What was changed is about a person, so the event names the fields only.
        audit.record(actor, "credentials.award.change", award, after={"fields": sorted(fields)})
    award.refresh_from_db()
    return award
