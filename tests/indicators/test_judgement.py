"""A target is judged by arithmetic that anybody can follow, and what cannot be told is not told."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gilde.indicators.figures import Figure
from gilde.indicators.judgement import Aim, Doubt, Judged, judge, method
from gilde.indicators.models.targets import Status
from gilde.indicators.thresholds import all_rules, rules_on
from gilde.indicators.trends import Trend, student_t

DOC = Path(__file__).resolve().parents[2] / "docs" / "judgement.md"
BELGIUM = (70.2, 75.6, 73.1, 72.2, 76.7, 77.1, 76.5, (71.5, "b"), 79.6, 80.9, (63.9, "b"), 75.4)
UNION = (72.5, 72.3, 75.0, 75.9, 79.1, 79.2, 75.9, (76.0, "b"), 79.7, 80.7, 79.9, 80.1)
Told = tuple[float, str] | float | None
BEST_FIRST = [Status.REACHED, Status.ON_TRACK, Status.TOO_SLOW, Status.NO_PROGRESS, Status.MOVING_AWAY]


def yearly(*told: Told, first: int = 2020) -> list[Figure]:
    """Return figures of years one after the other: 70.0, or (70.0, "b"), or None for missing."""
    found = []
    for number, said in enumerate(told):
        value, flags = said if isinstance(said, tuple) else (said, "" if said is not None else ":")
        found.append(Figure(str(first + number), value, flags))
    return found


# --- the worked example of docs/judgement.md


def test_the_worked_example_is_what_the_hand_computes() -> None:
    """70.0, 70.6, 71.8 and 72.4 in 2020 to 2023, at least 82 by 2030: every step written out."""
    told = method().judged
    assert [f.value for f in method().figures] == [70.0, 70.6, 71.8, 72.4]
    assert (method().aim.value, method().aim.year, method().aim.at_least) == (82.0, 2030, True)

    missing = Fraction(820, 10) - Fraction(724, 10)
    assert missing == Fraction(96, 10)
    assert told.distance == float(missing)

    required = (Fraction(820, 10) - Fraction(700, 10)) / (2030 - 2020)
    assert required == Fraction(12, 10)
    assert told.required == float(required)

    # Mean of the years 2021.5, of the figures 71.2; the line through them by least squares.
    above = (
        Fraction(-3, 2) * Fraction(-12, 10)
        + Fraction(-1, 2) * Fraction(-6, 10)
        + Fraction(1, 2) * Fraction(6, 10)
        + Fraction(3, 2) * Fraction(12, 10)
    )
    below = Fraction(9, 4) + Fraction(1, 4) + Fraction(1, 4) + Fraction(9, 4)
    assert (above, below) == (Fraction(42, 10), 5)
    actual = above / below
    assert told.actual == float(actual) == 0.84

    pace = actual / required
    assert pace == Fraction(7, 10)
    assert told.pace == 0.7
    assert told.status == Status.TOO_SLOW

    projected = Fraction(712, 10) + actual * (2030 - Fraction(40430, 20))
    assert projected == Fraction(7834, 100)
    assert told.projected == 78.34

    left = Fraction(6, 100) ** 2 + Fraction(18, 100) ** 2 + Fraction(18, 100) ** 2 + Fraction(6, 100) ** 2
    variance = left / 2 * (1 + Fraction(1, 4) + Fraction(17, 2) ** 2 / 5)
    assert (left, variance) == (Fraction(72, 1000), Fraction(5652, 10000))
    # Student's t with two degrees of freedom at 0.9 is known in closed form: (2p-1)·√(2/(4p(1-p))).
    half = 0.8 * math.sqrt(2 / (4 * 0.9 * 0.1)) * math.sqrt(variance)
    assert told.low == pytest.approx(78.34 - half)
    assert told.high == pytest.approx(78.34 + half)

    assert [point.value for point in told.linear][:4] == [70.0, 71.2, 72.4, 73.6]
    assert told.required_growth == pytest.approx((82 / 70) ** (1 / 10) - 1)
    assert told.compound[5].value == pytest.approx(math.sqrt(70 * 82))
    assert told.compound[-1].value == told.linear[-1].value == 82.0


def test_the_page_of_the_method_tells_the_numbers_of_the_code() -> None:
    words, told, rules = DOC.read_text(encoding="utf-8"), method().judged, method().rules
    assert told.low is not None
    assert told.high is not None
    assert told.required_growth is not None
    numbers = set(re.findall(r"\d+(?:\.\d+)?", words))
    for value in (told.distance, told.required, told.actual, told.projected):
        assert f"{value:.15g}" in numbers
    for value in (told.low, told.high, told.required_growth * 100):
        assert f"{value:.2f}" in numbers
    for share in (rules.on_track, rules.too_slow, rules.no_progress):
        assert f"{float(share * 100):.0f} %" in words
    assert f"{rules.level * 100:.0f} %" in words
    assert rules.valid_from.isoformat() in words
    for figure in method().figures:
        assert f"| {figure.period} | {figure.value} |" in words


# --- Belgium and the Union against 82 % by 2025 (Council Recommendation on VET, 2020)


def test_belgium_shows_its_breaks_and_no_trend_across_them() -> None:
    told = judge(yearly(*BELGIUM, first=2014), Aim(82, 2025))
    assert told.broken_in == ("2021", "2024")
    assert told.status == Status.CANNOT_TELL
    assert told.doubts == (Doubt.BREAK, Doubt.TOO_FEW)
    assert [figure.period for figure in told.compared] == ["2024", "2025"]
    assert (told.actual, told.projected, told.pace) == (None, None, None)
    assert told.distance == 6.6
    assert [(point.year, point.value) for point in told.linear] == [(2024, 63.9), (2025, 82.0)]


def test_before_its_second_break_belgium_had_reached_nothing_yet_and_was_on_track() -> None:
    told = judge(yearly(*BELGIUM[:10], first=2014), Aim(82, 2025))
    assert [figure.period for figure in told.compared] == ["2021", "2022", "2023"]
    assert told.required == pytest.approx((82 - 71.5) / 4)
    assert told.actual == pytest.approx((80.9 - 71.5) / 2)
    assert told.status == Status.ON_TRACK


def test_the_union_missed_its_target_after_two_thirds_of_the_way_since_its_break() -> None:
    told = judge(yearly(*UNION, first=2014), Aim(82, 2025))
    assert told.broken_in == ("2021",)
    assert [point.value for point in told.linear] == [76.0, 77.5, 79.0, 80.5, 82.0]
    assert told.distance == 1.9
    assert told.actual == float(Fraction(41, 10) / 4)
    assert told.pace == float(Fraction(41, 60))
    assert told.status == Status.TOO_SLOW
    assert told.missed
    assert told.projected is None


# --- statuses by the pace


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (82.0, Status.REACHED),
        (81.9, Status.ON_TRACK),
        (71.9, Status.ON_TRACK),  # slope 0.95 of the required 1.0
        (71.8, Status.TOO_SLOW),
        (70.2, Status.TOO_SLOW),  # 0.10
        (70.1, Status.NO_PROGRESS),
        (70.0, Status.NO_PROGRESS),  # 0.00
        (69.8, Status.NO_PROGRESS),  # -0.10
        (69.7, Status.MOVING_AWAY),
    ],
)
def test_the_pace_gives_the_status_and_a_threshold_belongs_to_the_better_one(
    last: float, status: Status
) -> None:
    """Three figures: their slope is half of what lies between the first and the last."""
    assert judge(yearly(70.0, 71.0, last), Aim(82, 2032)).status == status


def test_at_most_is_the_mirror_of_at_least() -> None:
    told = judge(yearly(12.0, 11.0, 10.2), Aim(9, 2030, at_least=False))
    assert told.status == Status.ON_TRACK
    assert told.distance == pytest.approx(1.2)
    assert told.actual == -0.9
    assert told.required == pytest.approx(-0.3)
    assert judge(yearly(12.0, 12.1, 12.4), Aim(9, 2030, at_least=False)).status == Status.MOVING_AWAY
    assert judge(yearly(12.0, 11.0, 9.0), Aim(9, 2030, at_least=False)).status == Status.REACHED


def test_who_had_it_and_lost_it_is_measured_by_the_way_back() -> None:
    """The first figure lies beyond the target, so there is no way from there: 81.5 and 82 leave 0.5 in 7 years."""
    rising = judge(yearly(83.0, 60.0, 75.0, 81.5), Aim(82, 2030))
    assert rising.status == Status.ON_TRACK
    assert rising.pace == pytest.approx(float(Fraction(105, 100) / (Fraction(5, 10) / 7)))
    assert judge(yearly(83.0, 82.5, 81.5), Aim(82, 2030)).status == Status.MOVING_AWAY
    assert judge(yearly(83.0, 82.5, 81.5), Aim(82, 2022)).status == Status.MOVING_AWAY


def test_a_projection_stays_within_what_is_possible() -> None:
    told = judge(yearly(80.0, 88.0, 94.0), Aim(99, 2030, least=0, most=100))
    assert told.projected == told.high == 100
    assert told.low is not None
    assert 0 <= told.low <= 100


def test_an_instrument_that_counts_from_a_year_leaves_out_what_was_before() -> None:
    told = judge(yearly(50.0, 60.0, 70.0, 71.0, 72.0), Aim(82, 2030, since=2022))
    assert told.start is not None
    assert told.start.period == "2022"
    assert told.actual == 1.0


# --- cannot tell


@pytest.mark.parametrize(
    ("figures", "doubts"),
    [
        ([], (Doubt.NO_FIGURES,)),
        (yearly(None, None), (Doubt.NO_FIGURES,)),
        (yearly((70.0, "c"), (71.0, "c")), (Doubt.NO_FIGURES,)),
        (yearly(70.0, 71.0, (83.0, "f")), (Doubt.TOO_FEW,)),  # a forecast was not measured
        (yearly(70.0, 71.0), (Doubt.TOO_FEW,)),
        (yearly(70.0, 71.0, (72.0, "u")), (Doubt.UNRELIABLE, Doubt.TOO_FEW)),
        (yearly(70.0, 71.0, 71.5, (72.0, "u")), (Doubt.UNRELIABLE,)),
        (yearly(70.0, 71.0, 71.5, (72.0, "d")), (Doubt.OTHER_DEFINITION,)),
        (yearly(70.0, 71.0, 71.5, (72.0, "bu")), (Doubt.UNRELIABLE, Doubt.BREAK, Doubt.TOO_FEW)),
        (yearly(70.0, 71.0, 71.5, (72.0, "b")), (Doubt.BREAK, Doubt.TOO_FEW)),
        (yearly(70.0, 71.0, (71.5, "b"), 72.0), (Doubt.BREAK, Doubt.TOO_FEW)),
        # The series is broken where there is no figure too: what comes later is measured in another way.
        (yearly(70.0, 71.0, 71.5, (None, ":b")), (Doubt.BREAK, Doubt.TOO_FEW)),
        (yearly((70.0, "u"), (71.0, "u"), 72.0), (Doubt.TOO_FEW,)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_nobody_can_tell_and_every_reason_is_given(figures: list[Figure], doubts: tuple[Doubt, ...]) -> None:
    told = judge(figures, Aim(82, 2030))
    assert told.status == Status.CANNOT_TELL
    assert told.doubts == doubts
    assert (told.actual, told.pace, told.projected) == (None, None, None)


def test_a_target_of_another_scope_is_compared_with_nothing() -> None:
    told = judge(yearly(80.0, 81.0, 83.0), Aim(82, 2030, scope_differs=True))
    assert told.doubts == (Doubt.OTHER_SCOPE,)
    assert (told.distance, told.required, told.linear, told.compound) == (None, None, (), ())


def test_unreliable_figures_in_between_are_left_out_of_the_trend_and_named() -> None:
    told = judge(yearly(70.0, (10.0, "u"), 72.0, (99.0, "d"), 74.0), Aim(82, 2030))
    assert [figure.period for figure in told.compared] == ["2020", "2022", "2024"]
    assert [figure.period for figure in told.left_out] == ["2021", "2023"]
    assert told.actual == 1.0


def test_reached_needs_one_sound_figure_and_no_trend() -> None:
    assert judge(yearly(82.5), Aim(82, 2030)).status == Status.REACHED
    assert judge(yearly((82.5, "u")), Aim(82, 2030)).status == Status.CANNOT_TELL
    assert judge(yearly((82.5, "d")), Aim(82, 2030)).status == Status.CANNOT_TELL


def test_soon_after_a_break_reached_is_not_said_either() -> None:
    assert judge(yearly(70.0, 71.0, (83.0, "b")), Aim(82, 2030)).doubts == (Doubt.BREAK, Doubt.TOO_FEW)
    assert judge(yearly(70.0, (83.0, "b"), 83.5, 84.0), Aim(82, 2030)).status == Status.REACHED


# --- when the year of the target is over


def test_the_figure_of_the_target_year_decides_whatever_came_later() -> None:
    reached = judge(yearly(80.0, 81.0, 82.0, 79.0), Aim(82, 2022))
    assert (reached.status, reached.missed) == (Status.REACHED, False)
    assert reached.latest is not None
    assert reached.latest.period == "2022"
    missed = judge(yearly(80.0, 81.0, 81.9, 84.0), Aim(82, 2022))
    assert missed.missed
    assert missed.distance == 0.1


def test_who_missed_the_target_was_not_on_track_however_little_was_missing() -> None:
    told = judge(yearly(70.0, 76.0, 81.9), Aim(82, 2022))
    assert told.pace is not None
    assert told.pace > 0.95
    assert (told.status, told.missed) == (Status.TOO_SLOW, True)


def test_without_a_figure_of_the_target_year_nobody_can_tell_afterwards() -> None:
    for lost in (None, (83.0, "c")):
        told = judge(yearly(80.0, 81.0, lost, 84.0), Aim(82, 2022))
        assert told.doubts == (Doubt.AFTER_THE_YEAR,)
    assert judge(yearly(80.0, 81.0, (83.0, "u"), 84.0), Aim(82, 2022)).status == Status.CANNOT_TELL


def test_a_break_after_the_target_year_changes_nothing() -> None:
    figures = yearly(70.0, 72.0, 74.0)
    later = [*figures, Figure("2023", 60.0, "b")]
    told = judge(later, Aim(82, 2022))
    assert told.status == judge(figures, Aim(82, 2022)).status == Status.TOO_SLOW
    assert told.broken_in == ("2023",)


def test_two_figures_are_no_trend_but_the_target_is_missed_all_the_same() -> None:
    told = judge(yearly(70.0, 75.0), Aim(82, 2021))
    assert (told.status, told.doubts, told.missed) == (Status.CANNOT_TELL, (Doubt.TOO_FEW,), True)


# --- quarters, months, school years


def test_a_quarter_is_compared_with_the_same_quarter_of_other_years() -> None:
    seasonal = [
        Figure(f"{year}-Q{quarter}", 50.0 + year - 2020 + 10 * quarter)
        for year in range(2020, 2024)
        for quarter in (1, 2, 3, 4)
    ][:-2]
    told = judge(seasonal, Aim(82, 2030))
    assert [figure.period for figure in told.compared] == ["2020-Q2", "2021-Q2", "2022-Q2", "2023-Q2"]
    assert told.actual == 1.0


def test_only_the_last_quarter_or_month_of_the_target_year_decides() -> None:
    def told(*periods: str) -> Judged:
        return judge([Figure(period, 70.0 + n) for n, period in enumerate(periods)], Aim(80, 2022))

    assert not told("2020-Q3", "2021-Q3", "2022-Q3").year_over
    assert told("2020-Q4", "2021-Q4", "2022-Q4").year_over
    assert not told("2020-11", "2021-11", "2022-11").year_over
    assert told("2020-12", "2021-12", "2022-12", "2023-01").missed
    assert told("2020-2021", "2021-2022", "2022-2023").year_over


# --- properties

TENTHS = st.integers(1, 1200).map(lambda tenths: tenths / 10)
SERIES = st.lists(TENTHS, min_size=3, max_size=12)
FLAGS = st.sampled_from(["", "", "", "b", "u", "d", "p", "bu", "c"])


@given(SERIES, TENTHS, st.integers(-3, 15), st.booleans(), st.sampled_from([2, 10, 1000]))
def test_the_unit_changes_no_status(
    values: list[float], target: float, ahead: int, at_least: bool, factor: int
) -> None:
    year = 2020 + len(values) - 1 + ahead
    assume(year >= 2020)
    small = judge(yearly(*values), Aim(target, year, at_least))
    large = judge(
        yearly(*(round(value * factor, 1) for value in values)),
        Aim(round(target * factor, 1), year, at_least),
    )
    assert large.status == small.status
    assert large.doubts == small.doubts


@given(SERIES, TENTHS, st.integers(-3, 15), st.booleans(), st.integers(-500, 500))
def test_the_year_in_which_it_all_happens_changes_nothing(
    values: list[float], target: float, ahead: int, at_least: bool, years: int
) -> None:
    year = 2020 + len(values) - 1 + ahead
    here = judge(yearly(*values), Aim(target, year, at_least))
    there = judge(yearly(*values, first=2020 + years), Aim(target, year + years, at_least))
    assert (here.status, here.pace, here.actual) == (there.status, there.pace, there.actual)
    assert (here.low is None) == (there.low is None)
    if here.low is not None and here.projected is not None:
        assert there.projected == here.projected
        assert there.low == pytest.approx(here.low, abs=1e-6)


@given(SERIES, TENTHS, st.integers(-3, 15), st.booleans())
def test_the_mirror_of_everything_is_judged_the_same(
    values: list[float], target: float, ahead: int, at_least: bool
) -> None:
    year = 2020 + len(values) - 1 + ahead
    here = judge(yearly(*values), Aim(target, year, at_least))
    there = judge(yearly(*(-value for value in values)), Aim(-target, year, not at_least))
    assert (here.status, here.distance, here.pace) == (there.status, there.distance, there.pace)


@given(SERIES, TENTHS, st.integers(0, 15), st.booleans(), TENTHS)
def test_a_worse_latest_figure_never_improves_the_status(
    values: list[float], target: float, ahead: int, at_least: bool, worse_by: float
) -> None:
    year = 2020 + len(values) - 1 + ahead
    before = judge(yearly(*values), Aim(target, year, at_least))
    last = round(values[-1] + (-worse_by if at_least else worse_by), 1)
    after = judge(yearly(*values[:-1], last), Aim(target, year, at_least))
    assert BEST_FIRST.index(after.status) >= BEST_FIRST.index(before.status)


@given(
    st.lists(st.tuples(TENTHS, FLAGS), min_size=1, max_size=10),
    st.lists(TENTHS, max_size=1),
    TENTHS,
    st.integers(1, 15),
)
def test_after_a_break_nothing_is_told_before_three_figures(
    before: list[tuple[float, str]], after: list[float], target: float, ahead: int
) -> None:
    figures = yearly(*before, (50.0, "b"), *after)
    told = judge(figures, Aim(target, 2020 + len(figures) - 1 + ahead))
    assert told.status == Status.CANNOT_TELL
    assert Doubt.BREAK in told.doubts


@given(st.lists(st.tuples(TENTHS, FLAGS), max_size=12), TENTHS, st.integers(2015, 2040), st.booleans())
def test_a_status_is_given_or_a_reason_why_not_and_never_across_a_break(
    told: list[tuple[float, str]], target: float, year: int, at_least: bool
) -> None:
    judged = judge(yearly(*told), Aim(target, year, at_least))
    assert (judged.status == Status.CANNOT_TELL) == bool(judged.doubts)
    assert not any(figure.is_break for figure in judged.compared[1:])
    assert not any(figure.is_unreliable for figure in judged.compared)
    if judged.projected is not None:
        assert judged.low is not None
        assert judged.high is not None
        assert judged.low <= judged.projected <= judged.high


# --- the arithmetic beneath


@pytest.mark.parametrize(
    ("probability", "freedom", "known"),
    [
        (0.75, 1, 1.0),
        (0.9, 1, 3.077684),
        (0.9, 2, 1.885618),
        (0.975, 1, 12.706205),
        (0.975, 2, 4.302653),
        (0.95, 5, 2.015048),
        (0.995, 3, 5.840909),
        (0.975, 10, 2.228139),
        (0.975, 29, 2.045230),
        (0.975, 30, 2.042272),
        (0.9, 120, 1.288646),
        (0.5, 7, 0.0),
    ],
)
def test_students_t_is_that_of_the_printed_tables(probability: float, freedom: int, known: float) -> None:
    assert student_t(probability, freedom) == pytest.approx(known, abs=1e-6)


def test_a_line_through_points_on_a_line_is_that_line_without_any_doubt() -> None:
    rules = rules_on()
    told = judge(yearly(70.0, 70.5, 71.0, 71.5), Aim(82, 2030), rules=rules)
    assert told.actual == 0.5
    assert told.low == told.projected == told.high == 75.0
    with pytest.raises(ValueError, match="two different places"):
        Trend.through([])


def test_every_set_of_rules_has_a_date_a_source_and_thresholds_in_order() -> None:
    assert [rules.valid_from for rules in all_rules()] == sorted(rules.valid_from for rules in all_rules())
    for rules in all_rules():
        assert rules.source.words["nl"]
        assert "Eurostat" in rules.source.words["en"]
        assert rules.on_track > rules.too_slow > rules.no_progress
    now = rules_on()
    assert (now.on_track, now.too_slow, now.no_progress) == (
        Fraction(95, 100),
        Fraction(10, 100),
        Fraction(-10, 100),
    )
