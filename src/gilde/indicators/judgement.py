"""Whether a target is reached, on its way, or not: arithmetic alone, the same for every figure.

The method is on the page “How this is judged” (`docs/judgement.md` tells it with a worked example); its thresholds
are dated data in `data/judgement.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from gilde.indicators.figures import CONFIDENTIAL, Figure
from gilde.indicators.models.targets import Status
from gilde.indicators.periods import year_of
from gilde.indicators.thresholds import Rules, exact, rules_on, stored
from gilde.indicators.trends import Trend


class Doubt(StrEnum):
    """Why nobody can tell."""

    NO_FIGURES = "no-figures"
    BREAK = "break"
    UNRELIABLE = "unreliable"
    TOO_FEW = "too-few"
    OTHER_SCOPE = "other-scope"
    OTHER_DEFINITION = "other-definition"
    AFTER_THE_YEAR = "after-the-year"


@dataclass(frozen=True)
class Aim:
    """What is to be reached: `value` in the unit of the figures, by the end of `year`.

    `since` is the year from which the instrument counts, where it names one: earlier figures are left out. `least`
    and `most` are the possible values of the indicator; a projection never leaves them.
    """

    value: float
    year: int
    at_least: bool = True
    scope_differs: bool = False
    since: int | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class PathPoint:
    """Where the figure should be in a year on the way to the target."""

    year: int
    value: float


@dataclass(frozen=True)
class Judged:
    """How figures stand against an aim; numbers are in the unit of the figures (percent: percentage points).

    `latest` is the figure that is compared with the target: the newest, or that of the target year once it is there
    (`year_over`). `distance` is target minus latest figure, positive while something is missing, whichever way is
    better. `compared` are the comparable figures, of which `start` is the first; `left_out` are those that stand
    among them and cannot be counted on. `linear` and `compound` are the required paths from `start` to the target
    year. `actual` and `required` are changes a year, `pace` is actual by required; `projected` is the trend at the
    target year between `low` and `high`, with probability `level`. `missed` says that the target year is over and the
    target was not reached. `rules` are those by which it was judged. What cannot be told is None; `doubts` says why,
    and then `status` is CANNOT_TELL.
    """

    status: Status
    aim: Aim
    doubts: tuple[Doubt, ...] = ()
    latest: Figure | None = None
    start: Figure | None = None
    compared: tuple[Figure, ...] = ()
    left_out: tuple[Figure, ...] = ()
    distance: float | None = None
    actual: float | None = None
    required: float | None = None
    required_growth: float | None = None
    pace: float | None = None
    linear: tuple[PathPoint, ...] = ()
    compound: tuple[PathPoint, ...] = ()
    projected: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    broken_in: tuple[str, ...] = ()
    year_over: bool = False
    missed: bool = False
    rules: Rules | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Band:
    """A status with the paces that give it, shares of the required pace: from `least`, under `under`."""

    status: Status
    least: Fraction | None
    under: Fraction | None


@dataclass(frozen=True)
class Method:
    """The method as the page shows it: rules with date and source, bands, and the worked example, judged."""

    rules: Rules
    bands: tuple[Band, ...]
    figures: tuple[Figure, ...]
    aim: Aim
    judged: Judged


def judge(figures: Sequence[Figure], aim: Aim, *, rules: Rules | None = None) -> Judged:
    """Return how figures of one series, in the order of time, stand against an aim, by the rules of today.

    Figures of quarters and months are compared with the same quarter or month of other years only, and a figure
    stands for the year in which its period begins. Years are counted whole and values as the decimal numbers that
    they are, so that every ratio is exact.
    """
    rules = rules or rules_on()
    blank = Judged(
        Status.CANNOT_TELL,
        aim,
        broken_in=tuple(figure.period for figure in figures if figure.is_break),
        rules=rules,
    )
    told = [figure for figure in figures if _has_value(figure)]
    if not told:
        return replace(blank, doubts=(Doubt.NO_FIGURES,))
    over = _reaches(told[-1].period, aim.year)
    deciding = [figure for figure in told if not over or _closes(figure.period, aim.year)]
    if not deciding:
        return replace(blank, latest=told[-1], year_over=True, doubts=(Doubt.AFTER_THE_YEAR,))
    latest = deciding[-1]
    until = [figure for figure in figures if not over or year_of(figure.period) <= aim.year]
    compared, left_out = _comparable(until, latest, aim)
    seen = replace(
        blank,
        latest=latest,
        start=compared[0] if compared else None,
        compared=compared,
        left_out=left_out,
        year_over=over,
    )
    broken = any(
        figure.is_break and (aim.since is None or year_of(figure.period) >= aim.since) for figure in until
    )
    return _verdict(_with_paths(seen), rules, broken=broken)


def method(day: date | None = None) -> Method:
    """Return the method with the rules that hold on a day (today), and its worked example as `judge` judges it."""
    rules = rules_on(day)
    example = stored()["example"]
    figures = tuple(Figure(period, value) for period, value in example["figures"].items())
    aim = Aim(**example["target"])
    return Method(rules, _bands(rules), figures, aim, judge(figures, aim, rules=rules))


def _bands(rules: Rules) -> tuple[Band, ...]:
    """Return the statuses that a pace gives, best first."""
    return (
        Band(Status.ON_TRACK, rules.on_track, None),
        Band(Status.TOO_SLOW, rules.too_slow, rules.on_track),
        Band(Status.NO_PROGRESS, rules.no_progress, rules.too_slow),
        Band(Status.MOVING_AWAY, None, rules.no_progress),
    )


def _has_value(figure: Figure) -> bool:
    """Return whether a figure was measured and may be told: a forecast is none."""
    return figure.value is not None and CONFIDENTIAL not in figure.flags and "f" not in figure.flags


def _differs(figure: Figure) -> bool:
    """Return whether the source says that its definition differs here, as the flag d does."""
    return "d" in figure.flags


def _is_sound(figure: Figure) -> bool:
    return not figure.is_unreliable and not _differs(figure)


def _season(period: str) -> str:
    """Return what periods to be compared have in common: the quarter or the month; "" for years, school years."""
    return period[4:] if len(period) == len("2024-Q1") else ""


def _closes(period: str, year: int) -> bool:
    """Return whether a period is the last one of a year: the year itself, its fourth quarter, its December."""
    return year_of(period) == year and _season(period) in ("", "-Q4", "-12")


def _reaches(period: str, year: int) -> bool:
    """Return whether figures that go as far as a period go as far as the end of a year."""
    return year_of(period) > year or _closes(period, year)


def _comparable(
    figures: Sequence[Figure], latest: Figure, aim: Aim
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return the figures that can be compared with one another, and those among them that are left out.

    A break parts its figure from all before it, whatever that figure is worth itself.
    """
    breaks = [place for place, figure in enumerate(figures) if figure.is_break]
    season = _season(latest.period)
    alike = [
        figure
        for figure in figures[breaks[-1] if breaks else 0 :]
        if _has_value(figure)
        and _season(figure.period) == season
        and (aim.since is None or year_of(figure.period) >= aim.since)
    ]
    return (
        tuple(figure for figure in alike if _is_sound(figure)),
        tuple(figure for figure in alike if not _is_sound(figure)),
    )


def _verdict(seen: Judged, rules: Rules, *, broken: bool) -> Judged:
    """Return the status, or every reason why there is none."""
    assert seen.latest is not None
    few = len(seen.compared) < rules.observations
    doubts = []
    if seen.aim.scope_differs:
        doubts.append(Doubt.OTHER_SCOPE)
    if seen.latest.is_unreliable:
        doubts.append(Doubt.UNRELIABLE)
    if _differs(seen.latest):
        doubts.append(Doubt.OTHER_DEFINITION)
    if broken and few:
        # Soon after a break even a figure beyond the target tells nothing: the new way of measuring may be why.
        doubts.append(Doubt.BREAK)
    if doubts:
        return replace(seen, doubts=(*doubts, Doubt.TOO_FEW) if few else tuple(doubts))
    if _gap(seen.aim, seen.latest) <= 0:
        # One sound figure is enough for this, because it is compared with the target and with no other figure.
        return replace(seen if few else _with_trend(seen, rules, _trend(seen)), status=Status.REACHED)
    if few:
        return replace(seen, doubts=(Doubt.TOO_FEW,), missed=seen.year_over)
    trend = _trend(seen)
    pace = _pace(seen, trend)
    status = next(
        band.status
        for band in _bands(rules)
        if band.least is None or (pace is not None and pace >= band.least)
    )
    if seen.year_over and status == Status.ON_TRACK:
        status = Status.TOO_SLOW  # who missed the target was not on track, however little was missing
    return replace(
        _with_trend(seen, rules, trend),
        status=status,
        pace=None if pace is None else float(pace),
        missed=seen.year_over,
    )


def _with_paths(seen: Judged) -> Judged:
    """Add what is missing and the ways to the target, unless the figures are of something else than the target."""
    aim, start, latest = seen.aim, seen.start, seen.latest
    assert latest is not None
    if aim.scope_differs:
        return seen
    if not _differs(latest):
        seen = replace(seen, distance=float(_gap(aim, latest)))
    if start is None or year_of(start.period) >= aim.year:
        return seen
    assert start.value is not None
    first, years = year_of(start.period), aim.year - year_of(start.period)
    begin, way = exact(start.value), exact(aim.value) - exact(start.value)
    line = [PathPoint(first + n, float(begin + way * n / years)) for n in range(years + 1)]
    seen = replace(seen, required=float(way / years), linear=tuple(line))
    if start.value * aim.value <= 0:
        return seen  # nothing grows from zero, or through it, at a constant rate
    growth = aim.value / start.value
    curve = [PathPoint(first + n, start.value * growth ** (n / years)) for n in range(years)]
    return replace(
        seen,
        required_growth=growth ** (1 / years) - 1,
        compound=(*curve, PathPoint(aim.year, float(aim.value))),
    )


def _with_trend(seen: Judged, rules: Rules, trend: Trend) -> Judged:
    """Add the actual change a year, and while the target year lies ahead where it leads."""
    if seen.year_over:
        return replace(seen, actual=float(_covered(seen)))
    low, high = trend.interval(seen.aim.year, rules.level)
    return replace(
        seen,
        actual=float(trend.slope),
        projected=_possible(seen.aim, float(trend.at(seen.aim.year))),
        low=_possible(seen.aim, low),
        high=_possible(seen.aim, high),
        level=rules.level,
    )


def _pace(seen: Judged, trend: Trend) -> Fraction | None:
    """Return the actual change a year as a share of the required one; None when the target was reached and lost.

    Required is what leads from the first comparable figure to the target; where that figure was beyond the target
    already, what leads back to it from the latest one, while there is time.
    """
    aim, start, latest = seen.aim, seen.start, seen.latest
    assert start is not None
    assert latest is not None
    change = _covered(seen) if seen.year_over else trend.slope
    change = change if aim.at_least else -change
    begun = start if seen.year_over or _gap(aim, start) > 0 else latest
    years = max(1, aim.year - year_of(begun.period))
    if (missing := _gap(aim, begun)) <= 0:
        return None
    return change / (missing / years)


def _covered(seen: Judged) -> Fraction:
    """Return the change a year from the first comparable figure to that of the target year, from end to end."""
    first, last = seen.compared[0], seen.compared[-1]
    assert first.value is not None
    assert last.value is not None
    return Fraction(exact(last.value) - exact(first.value)) / (year_of(last.period) - year_of(first.period))


def _trend(seen: Judged) -> Trend:
    return Trend.through(
        [(year_of(each.period), exact(each.value)) for each in seen.compared if each.value is not None]
    )


def _gap(aim: Aim, figure: Figure) -> Fraction:
    """Return what is missing to the target; zero or less when it is reached."""
    assert figure.value is not None
    missing = Fraction(exact(aim.value) - exact(figure.value))
    return missing if aim.at_least else -missing


def _possible(aim: Aim, value: float) -> float:
    """Return the value, kept within what the indicator can be."""
    value = value if aim.least is None else max(value, aim.least)
    return value if aim.most is None else min(value, aim.most)
