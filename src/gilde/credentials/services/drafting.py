"""Entering awards: one at a time, each with the issuer's own reference, by which the same one is known again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import Invalid, Stale
from gilde.core.users import User
from gilde.credentials import access, describing, recognition
from gilde.credentials.models import Achievement, Award, Batch, Holder, Issuer


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
) -> Award:
    """Enter an award, not issued yet, and return it. The same reference with the same content is the same award.

    Raises Refused, Invalid: also for a reference that stands for something else.
    """
    issuer = achievement.issuer
    require(access.can_draft(actor, issuer))
    if achievement.closed_at is not None:
        raise Invalid(_("“%(title)s” is no longer awarded.") % {"title": achievement})
    require(recognition.may_award(issuer, achievement, given.awarded_on))
    if existing := Award.objects.filter(issuer=issuer, reference=given.reference).first():
        return _the_same(existing, achievement, given)
    with transaction.atomic():
        award = made(actor, achievement, holder_of(issuer, given), given, replaces=replaces, batch=batch)
        checked(award).save(force_insert=True)
        audit.record(actor, "credentials.award.draft", award, after={"achievement": achievement.code})
    return award


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
        until = describing.valid_from(given.valid_until).replace(hour=23, minute=59, second=59)
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


def holder_of(issuer: Issuer, given: Given) -> Holder:
    """Return the person as this issuer knows them: found by the issuer's own number, else new. Raises Invalid."""
    if given.person:
        found = Holder.objects.filter(issuer=issuer, reference=given.person, erased_at=None).first()
        if found is not None:
            told = (given.given_name, given.family_name, given.born or found.born)
            if (found.given_name, found.family_name, found.born or given.born) != told:
                raise Invalid(
                    _("Number %(person)s is another person here: %(name)s. Check the number or the name.")
                    % {"person": given.person, "name": found}
                )
            if given.email and given.email != found.email:
                found.email = given.email
                checked(found).save(update_fields=["email"])
            return found
    holder = Holder(
        issuer=issuer,
        reference=given.person,
        given_name=given.given_name.strip(),
        family_name=given.family_name.strip(),
        born=given.born,
        email=given.email.strip(),
    )
    if not (holder.given_name or holder.family_name):
        raise Invalid(_("Say who is awarded: a given name or a family name."), fields={"family_name": []})
    checked(holder).save(force_insert=True)
    return holder


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
