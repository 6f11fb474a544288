"""The credit of units in the systems of all partners: hours of learning are what two systems have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gilde.qualifications.coverage import convert

ONE_HOUR = Decimal(1)


@dataclass(frozen=True)
class Workload:
    """What a unit is worth: points in the system of whoever gives them, and hours, each None where not told.

    `hours_per_credit` is that of the system in which the points are told.
    """

    points: Decimal | None = None
    hours: Decimal | None = None
    hours_per_credit: Decimal | None = None

    @property
    def told_hours(self) -> Decimal | None:
        """Return the hours of learning: as told, else those that the points stand for."""
        if self.hours is not None:
            return self.hours
        if self.points is not None and self.hours_per_credit is not None:
            return self.points * self.hours_per_credit
        return None

    @property
    def differs(self) -> Decimal | None:
        """Return the hours that the points stand for when that is not what is told, to half a point; else None."""
        if self.hours is None or self.points is None or self.hours_per_credit is None:
            return None
        stands_for = self.points * self.hours_per_credit
        return stands_for if abs(stands_for - self.hours) * 2 > self.hours_per_credit else None


@dataclass(frozen=True)
class Converted:
    """Points in one partner's system; `rounded` when a hundredth of a point was not fine enough."""

    points: Decimal
    rounded: bool


def converted(work: Workload, hours_per_credit: Decimal | None) -> Converted | None:
    """Return what a unit is worth where a point stands for so many hours; None where hours are not known.

    Raises Invalid when a point stands for no hours.
    """
    hours = work.told_hours
    if hours is None or hours_per_credit is None:
        return None
    points = convert(hours, ONE_HOUR, hours_per_credit)
    return Converted(points, points * hours_per_credit != hours)


def total(works: Iterable[Workload]) -> Workload | None:
    """Return the hours of units together, None when those of one are not known.

    A total is converted from these hours, not added up from rounded points, so that it is rounded only once.
    """
    hours = [work.told_hours for work in works]
    known = [each for each in hours if each is not None]
    return Workload(hours=sum(known, Decimal(0))) if len(known) == len(hours) else None
