"""School years, quarters and years as values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import periods
from gilde.core.errors import Invalid
from gilde.core.periods import Quarter, SchoolYear, Year

days = st.dates(min_value=date(2, 1, 1), max_value=date(9990, 12, 31))
kinds = st.sampled_from([Year, SchoolYear, Quarter])


def test_a_school_year_runs_from_september_to_august() -> None:
    year = SchoolYear(2025)
    assert (year.first_day, year.last_day) == (date(2025, 9, 1), date(2026, 8, 31))
    assert str(year) == "2025-2026"
    assert SchoolYear.of(date(2026, 8, 31)) == year
    assert SchoolYear.of(date(2026, 9, 1)) == year.next() == SchoolYear(2026)
    assert date(2025, 9, 1) in year
    assert date(2025, 8, 31) not in year


def test_a_quarter_ends_on_the_last_day_that_the_register_counts() -> None:
    assert [Quarter(2024, n).last_day for n in (1, 2, 3, 4)] == [
        date(2024, 3, 31),
        date(2024, 6, 30),
        date(2024, 9, 30),
        date(2024, 12, 31),
    ]
    assert Quarter(2024, 4).next() == Quarter(2025, 1)
    assert str(Quarter(2025, 3)) == "2025-Q3"


@pytest.mark.parametrize("words", ["2025-2026", "2025/2026", "2025-26", " 2025 – 2026 "])
def test_the_ways_in_which_people_write_a_school_year(words: str) -> None:
    assert periods.parse(words) == SchoolYear(2025)


@pytest.mark.parametrize("words", ["2025-Q3", "2025q3", "Q3 2025", "Q3/2025"])
def test_the_ways_in_which_people_write_a_quarter(words: str) -> None:
    assert periods.parse(words) == Quarter(2025, 3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("2025-2027", "must end in the year after it began"),
        ("2025", "Write it as: 2025-2026"),
        ("", "Write it as: 2025-2026"),
    ],
)
def test_what_is_no_school_year_is_refused_with_what_to_write(words: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        SchoolYear.parse(words)


def test_what_is_no_period_is_refused_with_an_example_of_each_kind() -> None:
    with pytest.raises(Invalid, match="2025, 2025-2026, 2025-Q3"):
        periods.parse("last summer")


@pytest.mark.parametrize("number", [0, 5])
def test_there_is_no_fifth_quarter(number: int) -> None:
    with pytest.raises(Invalid, match="quarters 1 to 4"):
        Quarter(2025, number)


@given(days, kinds)
def test_a_day_is_in_its_own_period_and_in_no_neighbour(day: date, kind: type[SchoolYear]) -> None:
    period = kind.of(day)
    assert day in period
    assert day not in period.next()
    assert period.first_day <= day <= period.last_day


@given(days, kinds)
def test_periods_follow_one_another_without_gap_or_overlap(day: date, kind: type[SchoolYear]) -> None:
    period = kind.of(day)
    assert period.next().first_day == period.last_day + timedelta(days=1)
    assert period < period.next()


@given(days, kinds)
def test_what_is_printed_is_read_back_as_the_same(day: date, kind: type[SchoolYear]) -> None:
    period = kind.of(day)
    assert kind.parse(str(period)) == period
    assert periods.parse(str(period)) == period
    assert hash(periods.parse(str(period))) == hash(period)


@given(days, days, kinds)
def test_periods_are_in_the_order_of_their_days(one: date, other: date, kind: type[SchoolYear]) -> None:
    a, b = kind.of(one), kind.of(other)
    assert (a < b) == (a.first_day < b.first_day)
    assert (a == b) == (a.first_day == b.first_day)


@given(st.text(max_size=20))
def test_any_words_are_a_period_or_refused(words: str) -> None:
    try:
        period = periods.parse(words)
    except Invalid as refused:
        message = refused.sentence
    else:
        message = str(period)
    assert message
