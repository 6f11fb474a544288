"""When a programme is due for screening and a qualification for review, reckoned in school years.

How many school years may pass between two screenings is data of the matrix, see `data/matrices/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Case, F, IntegerField, Q, TextChoices, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from gilde.core.periods import SchoolYear


class Standing(TextChoices):
    """How something that must be done by a day stands."""

    OVERDUE = "overdue", _("Overdue")
    THIS_YEAR = "this-year", _("Due this school year")
    NOT_YET = "not-yet", _("Not yet due")


@dataclass(frozen=True)
class Screening:
    """The next screening of a programme: in this school year at the latest, so by its last day."""

    school_year: SchoolYear
    standing: Standing

    @property
    def by(self) -> date:
        return self.school_year.last_day


def standing_of(by: date, today: date) -> Standing:
    """Return how something stands that must be done by a day, that day included."""
    if by < today:
        return Standing.OVERDUE
    return Standing.THIS_YEAR if by <= SchoolYear.of(today).last_day else Standing.NOT_YET


def screening(
    created_in: int, last_screened: int | None, ended_in: int | None, years: int, today: date
) -> Screening | None:
    """Return when a programme is next due for screening; None when it ends before, or has ended.

    School years are named by the year in which they begin. The years run from the last screening, or from the first
    school year of a programme that was never screened.
    """
    due = SchoolYear((created_in if last_screened is None else last_screened) + years)
    if ended_in is not None and ended_in < max(due.start, SchoolYear.of(today).start):
        return None
    return Screening(due, standing_of(due.last_day, today))


# The same rule for the database. Between two dates of one year nothing changes: a school year is due as a whole.


def due_year(years: Mapping[str, int]) -> Case:
    """Return as an expression the school year in which a programme is due; `years` are those of each matrix.

    Null for a programme of a matrix that is not in `years`.
    """
    since = Coalesce(F("last_screened"), F("created_in"), output_field=IntegerField())
    return Case(
        *(When(matrix=code, then=since + Value(number)) for code, number in years.items()),
        default=None,
        output_field=IntegerField(),
    )


def must_be_screened(today: date, due: str = "due_in") -> Q:
    """Return the condition that a programme still runs when it is due; `due` is the column of `due_year`."""
    now = Value(SchoolYear.of(today).start)
    return Q(**{f"{due}__isnull": False}) & (Q(ended_in=None) | Q(ended_in__gte=Greatest(F(due), now)))


_COMPARED: Final = {Standing.OVERDUE: "lt", Standing.THIS_YEAR: "exact", Standing.NOT_YET: "gt"}


def stands(standing: str, today: date, due: str = "due_in") -> Q:
    """Return the condition that the screening of a programme stands so."""
    return Q(**{f"{due}__{_COMPARED[Standing(standing)]}": SchoolYear.of(today).start})


def stands_by_day(standing: str, today: date, column: str) -> Q:
    """Return the condition that something with its day in `column` stands so."""
    last = SchoolYear.of(today).last_day
    return {
        Standing.OVERDUE: Q(**{f"{column}__lt": today}),
        Standing.THIS_YEAR: Q(**{f"{column}__gte": today, f"{column}__lte": last}),
        Standing.NOT_YET: Q(**{f"{column}__gt": last}),
    }[Standing(standing)]
