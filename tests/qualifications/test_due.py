"""When a programme must be screened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.periods import SchoolYear
from gilde.qualifications import due
from gilde.qualifications.due import Standing
from gilde.qualifications.models import Programme
from tests.qualifications.factories import ProgrammeFactory

YEARS = st.integers(min_value=1990, max_value=2060)
DAYS = st.dates(min_value=date(1995, 1, 1), max_value=date(2070, 12, 31))


def told(
    today: date, *, created: int = 2020, screened: int | None = None, ended: int | None = None
) -> object:
    return due.screening(created, screened, ended, 5, today)


def test_a_programme_never_screened_is_due_five_school_years_after_its_first() -> None:
    found = told(date(2026, 3, 1), created=2020)
    assert found == due.Screening(SchoolYear(2025), Standing.THIS_YEAR)
    assert isinstance(found, due.Screening)
    assert found.by == date(2026, 8, 31)


def test_a_screening_moves_the_next_five_school_years_on() -> None:
    found = told(date(2026, 3, 1), created=2010, screened=2023)
    assert found == due.Screening(SchoolYear(2028), Standing.NOT_YET)


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        (date(2025, 8, 31), Standing.NOT_YET),
        (date(2025, 9, 1), Standing.THIS_YEAR),
        (date(2026, 8, 31), Standing.THIS_YEAR),
        (date(2026, 9, 1), Standing.OVERDUE),
    ],
)
def test_the_last_day_of_the_school_year_still_belongs_to_it(today: date, standing: Standing) -> None:
    assert told(today, created=2020) == due.Screening(SchoolYear(2025), standing)


def test_a_programme_that_ends_before_is_screened_no_more() -> None:
    assert told(date(2026, 3, 1), ended=2024) is None
    assert told(date(2024, 3, 1), ended=2024) is None
    assert told(date(2026, 3, 1), ended=2025) is not None


@given(created=YEARS, gap=st.none() | st.integers(0, 20), years=st.integers(1, 9), today=DAYS)
def test_no_more_school_years_pass_than_may(created: int, gap: int | None, years: int, today: date) -> None:
    screened = None if gap is None else created + gap
    found = due.screening(created, screened, None, years, today)
    assert found is not None
    since = SchoolYear(created if screened is None else screened)
    passed = [SchoolYear(since.start + n) for n in range(1, years + 1)]
    assert found.by == passed[-1].last_day
    assert (found.standing == Standing.OVERDUE) == (today > found.by)


@given(created=YEARS, today=DAYS)
def test_what_is_due_never_becomes_less_due_as_days_pass(created: int, today: date) -> None:
    order = [Standing.NOT_YET, Standing.THIS_YEAR, Standing.OVERDUE]
    one, next_ = (due.screening(created, None, None, 5, day) for day in (today, today + timedelta(days=1)))
    assert one is not None
    assert next_ is not None
    assert order.index(one.standing) <= order.index(next_.standing)


@pytest.mark.django_db
def test_the_database_finds_the_same_programmes_as_the_rule() -> None:
    for created in (2018, 2020, 2021):
        for screened in (None, 2021):
            for ended in (None, 2024, 2025, 2027):
                ProgrammeFactory(created_in=created, last_screened=screened, ended_in=ended)
    ProgrammeFactory(matrix="unknown")
    for today in (date(2026, 3, 1), date(2026, 9, 1)):
        found = Programme.objects.annotate(due_in=due.due_year({"flanders-secondary": 5}))
        found = found.filter(due.must_be_screened(today))
        for standing in Standing:
            expected = {
                each.pk
                for each in Programme.objects.filter(matrix="flanders-secondary")
                if (s := due.screening(each.created_in, each.last_screened, each.ended_in, 5, today))
                and s.standing == standing
            }
            assert set(found.filter(due.stands(standing, today)).values_list("pk", flat=True)) == expected
