"""Every row of a file checked before anything is issued: against its achievement, the other rows, and the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from gilde.core import clock, jobs
from gilde.credentials import batch_files, describing, recognition
from gilde.credentials.batch_files import Table
from gilde.credentials.batch_values import Meant, meant, meant_again, numbers, order_of
from gilde.credentials.models import Achievement, Award, Batch, Holder, Issuer, State
from gilde.credentials.services.drafting import EARLIEST, Given

EXAMPLE: Final = "EXAMPLE-1"  # the reference of the row that shows how the template is filled in
_AT_ONCE: Final = 500  # values in one query; SQLite takes a thousand terms

Value = TypeVar("Value")


@dataclass
class Row:
    """A row with its achievement, and the award that it is already where there is one."""

    meant: Meant
    achievement: Achievement | None = None
    left_out: tuple[str, ...] = ()
    existing: UUID | None = None

    @property
    def fine(self) -> bool:
        """Return whether there is nothing to mend."""
        return not self.meant.faults

    @property
    def given(self) -> Given:
        """Return the award that a row without faults gives."""
        return _given(self.meant.texts, self.meant.days, self.left_out)


def _given(texts: Mapping[str, str], days: Mapping[str, date], left_out: Sequence[str]) -> Given:
    return Given(
        reference=texts["reference"],
        given_name=texts.get("given_name", ""),
        family_name=texts.get("family_name", ""),
        awarded_on=days["awarded_on"],
        born=days.get("born"),
        email=texts.get("email", ""),
        person=texts.get("person", ""),
        grade=texts.get("grade", ""),
        assessed_on=days.get("assessed_on"),
        assessed_by=texts.get("assessed_by", ""),
        place=texts.get("place", ""),
        language=texts.get("language", ""),
        valid_until=days.get("valid_until"),
        left_out=tuple(left_out),
    )


class Achievements:
    """The achievements of an issuer by their codes, with their outcomes by number."""

    def __init__(self, issuer: Issuer) -> None:
        self._codes: dict[str, Achievement] = {}
        self._outcomes: dict[UUID, dict[int, str]] = {}
        found = issuer.achievements.select_related("qualification").prefetch_related("outcomes")
        for each in found:
            each.issuer = issuer
            self._codes[each.code.casefold()] = each
            outcomes = each.outcomes.all()
            self._outcomes[each.pk] = {
                number: outcome.uri for number, outcome in enumerate(outcomes, start=1)
            }

    def get(self, code: str) -> Achievement | None:
        """Return the achievement of a code, whatever its capitals."""
        return self._codes.get(code.casefold())

    def outcomes(self, achievement: Achievement) -> Mapping[int, str]:
        """Return the addresses of its outcomes by their number, from 1 as its page lists them."""
        return self._outcomes[achievement.pk]

    def given(self, values: Mapping[str, str]) -> tuple[Achievement, Given]:
        """Return the award that the stored values of a checked row give. Raises KeyError when its code is gone."""
        achievement = self._codes[values["achievement"].casefold()]
        by_number = self._outcomes[achievement.pk]
        days = {
            name: date.fromisoformat(values[name])
            for name in ("awarded_on", "born", "assessed_on", "valid_until")
            if name in values
        }
        left_out = [by_number[each] for each in numbers(values.get("not_reached", "")) or ()]
        return achievement, _given(values, days, left_out)


def checked(issuer: Issuer, kind: str, table: Table) -> list[Row]:
    """Return every row of a file with what is wrong with it; nothing is stored."""
    order = order_of(table.lines)
    return judged(issuer, kind, [meant(line, order) for line in table.lines])


def rechecked(issuer: Issuer, kind: str, stored: Iterable[tuple[int, Mapping[str, str]]]) -> list[Row]:
    """Return rows as they were stored, checked once more: much may have happened since."""
    return judged(issuer, kind, [meant_again(number, values) for number, values in stored])


def judged(issuer: Issuer, kind: str, rows: Sequence[Meant]) -> list[Row]:
    """Return rows that were understood with what else is wrong with them."""
    achievements = Achievements(issuer)
    found = [Row(each) for each in rows]
    judge = _Judge(issuer, kind, achievements)
    for at, row in enumerate(found):
        jobs.progress(at, len(found), _("Checking the rows"))
        judge.alone(row)
    judge.together(found)
    judge.with_register(found)
    return found


class _Judge:
    def __init__(self, issuer: Issuer, kind: str, achievements: Achievements) -> None:
        self.issuer = issuer
        self.deposit = kind == Batch.Kind.DEPOSIT
        self.achievements = achievements
        self.today = clock.today()
        self._may: dict[tuple[UUID, date], str] = {}

    def alone(self, row: Row) -> None:
        """Note what can be seen from a row and its achievement."""
        told = row.meant
        if told.texts.get("reference", "").upper() == EXAMPLE:
            told.wrong("reference", _("This is the example of the template. Take the row out."))
        if code := told.texts.get("achievement"):
            row.achievement = self.achievements.get(code)
            if row.achievement is None:
                told.wrong(
                    "achievement",
                    _("%(issuer)s has no achievement with the code “%(code)s”.")
                    % {"issuer": self.issuer, "code": code[:80]},
                )
        self._days(told)
        if row.achievement is not None:
            self._achieved(row, row.achievement)

    def _days(self, told: Meant) -> None:
        awarded, born = told.days.get("awarded_on"), told.days.get("born")
        for name in ("awarded_on", "born", "assessed_on"):
            day = told.days.get(name)
            if day is not None and day.year < EARLIEST:
                told.wrong(name, _("This is before %(year)d. Check the year.") % {"year": EARLIEST})
        if born is not None and born > self.today:
            told.wrong("born", _("This day still has to come."))
        if awarded is None:
            return
        # Of what is deposited, a person decides what is odd (see depositing.py); what is issued now must be right.
        if not self.deposit:
            if awarded > self.today:
                told.wrong(
                    "awarded_on", _("This day still has to come. Send the row again when it is there.")
                )
            if born is not None and born >= awarded:
                told.wrong("born", _("This is not before the day of the award. Check both days."))
        assessed, until = told.days.get("assessed_on"), told.days.get("valid_until")
        if assessed is not None and assessed > awarded:
            told.wrong("assessed_on", _("This is after the day of the award. Check both days."))
        if until is not None and until < awarded:
            told.wrong("valid_until", _("This is before the day of the award. Check both days."))

    def _achieved(self, row: Row, achievement: Achievement) -> None:
        told = row.meant
        awarded = told.days.get("awarded_on")
        if achievement.closed_at is not None:
            closed = timezone.localtime(achievement.closed_at).date()
            # What was awarded while it was open can still be deposited.
            if not self.deposit or awarded is None or awarded > closed:
                told.wrong("achievement", _("“%(title)s” is no longer awarded.") % {"title": achievement})
        if awarded is not None and (refusal := self._refusal(achievement, awarded)):
            told.wrong("achievement", refusal)
        if text := told.texts.get("not_reached"):
            self._not_reached(row, achievement, text)

    def _refusal(self, achievement: Achievement, day: date) -> str:
        key = (achievement.pk, day)
        if key not in self._may:
            decision = recognition.may_award(self.issuer, achievement, day)
            self._may[key] = "" if decision else decision.reason
        return self._may[key]

    def _not_reached(self, row: Row, achievement: Achievement, text: str) -> None:
        known = self.achievements.outcomes(achievement)
        told = numbers(text)
        if told is None:
            row.meant.wrong(
                "not_reached",
                _("“%(value)s” is no list of numbers of outcomes. Write it as 1; 3.") % {"value": text[:40]},
            )
        elif unknown := [number for number in told if number not in known]:
            row.meant.wrong(
                "not_reached",
                _("“%(title)s” has no outcome %(number)d; it has %(known)d.")
                % {"title": achievement, "number": unknown[0], "known": len(known)},
            )
        elif set(told) == set(known):
            row.meant.wrong(
                "not_reached", _("None of the outcomes was reached, so there is nothing to award.")
            )
        else:
            row.left_out = tuple(known[number] for number in sorted(set(told)))

    def together(self, rows: Sequence[Row]) -> None:
        """Note what can be seen from the rows of a file beside one another."""
        references: dict[str, int] = {}
        persons: dict[str, tuple[int, tuple[str, str], date | None]] = {}
        awards: dict[tuple[object, ...], int] = {}
        for row in rows:
            told = row.meant
            if reference := told.texts.get("reference"):
                first = references.setdefault(reference, told.number)
                if first != told.number:
                    told.wrong(
                        "reference",
                        _("Row %(first)d has this reference too. Give each award its own.")
                        % {"first": first},
                    )
            if person := told.texts.get("person"):
                names, born = _names(told), told.days.get("born")
                number, others, known = persons.setdefault(person, (told.number, names, born))
                if names != others or (born and known and born != known):
                    told.wrong(
                        "person",
                        _("Row %(first)d gives this number to another person. Check the number or the name.")
                        % {"first": number},
                    )
                elif born and not known:
                    persons[person] = (number, others, born)
            if row.fine and row.achievement is not None:
                key = (_who(told), row.achievement.pk, told.days["awarded_on"])
                first = awards.setdefault(key, told.number)
                if first != told.number and not self.deposit:
                    told.wrong(
                        "",
                        _(
                            "Row %(first)d is the same person, achievement and day. Take one out; or, if these are "
                            "two people, give their dates of birth or their numbers."
                        )
                        % {"first": first},
                    )

    def with_register(self, rows: Sequence[Row]) -> None:
        """Note what can be seen from what the issuer awarded before."""
        fine = [row for row in rows if row.fine]
        known = existing(self.issuer, [row.meant.texts["reference"] for row in fine])
        for row in fine:
            if (award := known.get(row.meant.texts["reference"])) is None:
                continue
            if differ := differences(award, row):
                row.meant.wrong(
                    "reference",
                    _("It already stands for another award (not the same: %(columns)s). Give this its own.")
                    % {"columns": ", ".join(map(batch_files.head, differ))},
                )
            else:
                row.existing = award.pk
        new = [row for row in fine if row.fine and row.existing is None]
        persons = numbered(self.issuer, [row.meant.texts.get("person", "") for row in new])
        for row in new:
            holder = persons.get(row.meant.texts.get("person", ""))
            if holder is not None and not is_same(holder, row.given):
                row.meant.wrong(
                    "person",
                    _("This number is another person here: %(name)s. Check the number or the name.")
                    % {"name": holder},
                )
        if not self.deposit:
            self._twice(new)

    def _twice(self, rows: Sequence[Row]) -> None:
        """Note awards that the same person has of the same day under another reference."""
        days = [row.meant.days["awarded_on"] for row in rows]
        if not days:
            return
        found = Award.objects.filter(
            issuer=self.issuer,
            achievement__in={row.achievement.pk for row in rows if row.achievement},
            awarded_on__range=(min(days), max(days)),
        ).exclude(state__in=[State.REVOKED, State.REFUSED])
        awards: dict[tuple[object, ...], str] = {}
        fields = ("achievement", "awarded_on", "reference", "holder__reference")
        names = ("holder__given_name", "holder__family_name", "holder__born")
        for achievement, day, reference, person, *who in found.values_list(*fields, *names).iterator():
            if person:
                awards[person, achievement, day] = reference
            awards[_key(*who), achievement, day] = reference
        for row in rows:
            told = row.meant
            assert row.achievement is not None
            first = awards.get((_who(told), row.achievement.pk, told.days["awarded_on"]))
            if first is not None:
                told.wrong(
                    "",
                    _("This person has this award of this day already, as %(reference)s.")
                    % {"reference": first},
                )


def _names(told: Meant) -> tuple[str, str]:
    return told.texts.get("given_name", ""), told.texts.get("family_name", "")


def _who(told: Meant) -> object:
    """Return by what two rows are known to be about one person: the issuer's number, else names and birth."""
    return told.texts.get("person") or _key(*_names(told), told.days.get("born"))


def _key(given_name: str, family_name: str, born: date | None) -> tuple[str, str, date | None]:
    return given_name.casefold(), family_name.casefold(), born


def existing(issuer: Issuer, references: Iterable[str]) -> dict[str, Award]:
    """Return the awards of an issuer that have one of these references."""
    found: dict[str, Award] = {}
    for some in _parts(list(references)):
        awards = Award.objects.filter(issuer=issuer, reference__in=some)
        found.update({award.reference: award for award in awards.select_related("holder", "achievement")})
    return found


def numbered(issuer: Issuer, persons: Iterable[str]) -> dict[str, Holder]:
    """Return the holders of an issuer that have one of these numbers."""
    found: dict[str, Holder] = {}
    for some in _parts(sorted({each for each in persons if each})):
        holders = Holder.objects.filter(issuer=issuer, reference__in=some, erased_at=None)
        found.update({holder.reference: holder for holder in holders})
    return found


def is_same(holder: Holder, given: Given) -> bool:
    """Return whether somebody known by a number is the person that a row names."""
    told = (given.given_name, given.family_name, given.born or holder.born)
    return (holder.given_name, holder.family_name, holder.born or given.born) == told


def differences(award: Award, row: Row) -> list[str]:
    """Return the columns in which a row says something else than the award that has its reference."""
    given, achievement = row.given, row.achievement
    assert achievement is not None
    holder: dict[str, Any] = (award.facts or {}).get("holder") or {
        "given_name": award.holder.given_name,
        "family_name": award.holder.family_name,
        "born": award.holder.born and award.holder.born.isoformat(),
    }
    until = describing.valid_until(achievement, given.awarded_on)
    stored_until = award.valid_until and timezone.localtime(award.valid_until).date()
    meant_until = given.valid_until or (until and timezone.localtime(until).date())
    pairs: dict[str, tuple[object, object]] = {
        "achievement": (award.achievement_id, achievement.pk),
        "given_name": (holder["given_name"], given.given_name),
        "family_name": (holder["family_name"], given.family_name),
        "born": (holder["born"], given.born and given.born.isoformat()),
        "awarded_on": (award.awarded_on, given.awarded_on),
        "grade": (award.grade, given.grade),
        "assessed_on": (award.assessed_on, given.assessed_on),
        "assessed_by": (award.assessed_by, given.assessed_by),
        "place": (award.place, given.place or achievement.issuer.place),
        "language": (award.language, given.language or achievement.language),
        "valid_until": (stored_until, meant_until),
        "not_reached": (set(award.left_out), set(given.left_out)),
    }
    return [name for name, (stored, told) in pairs.items() if stored != told]


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for first in range(0, len(values), _AT_ONCE):
        yield values[first : first + _AT_ONCE]


def meant_of(achievement: Achievement, given: Given) -> Meant:
    """Return an award that was given in a form as the row of a file would say it."""
    codes = {
        uri: str(number) for number, uri in Achievements(achievement.issuer).outcomes(achievement).items()
    }
    told = {
        "achievement": achievement.code,
        "not_reached": "; ".join(codes.get(uri, "?") for uri in given.left_out),
        **{
            name: getattr(given, name)
            for name in ("reference", "given_name", "family_name", "email", "person", "grade", "assessed_by")
        },
        **{name: getattr(given, name) for name in ("place", "language")},
    }
    days = {name: getattr(given, name) for name in ("awarded_on", "born", "assessed_on", "valid_until")}
    values = {**told, **{name: day.isoformat() for name, day in days.items() if day is not None}}
    return meant_again(0, {name: value for name, value in values.items() if value})
