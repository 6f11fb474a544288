"""Computed series: every metric of Gilde, run for periods and areas, and what it tells published.

What a metric tells of everything that this Gilde keeps stands under an area of its own (`everything` in
`data/computing.yaml`), because it is the figure of no territory.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from gilde.core import audit, clock, jobs, metrics, search
from gilde.core.access import SYSTEM
from gilde.core.changes import checked
from gilde.core.errors import GildeError, Invalid, Missing
from gilde.core.metrics import PERCENT, Metric, Outcome
from gilde.core.periods import Month, Quarter, SchoolYear, Year
from gilde.core.text import Text
from gilde.indicators import periods as kinds
from gilde.indicators.dimensions import dimensions_of
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.measuring import Names, figures_of
from gilde.indicators.models import Area, Indicator, MetricRun, Release
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.services.reference import read

logger = logging.getLogger(__name__)

_MESSAGE: Final = 1000  # characters of a failure that are kept


class Progress(Protocol):
    """Told how many metrics are done, of how many, and which one is next."""

    def __call__(self, done: int, total: int | None = None, step: str = "") -> None: ...


@dataclass(frozen=True)
class Plan:
    """For which areas metrics run, and for how many of the last periods of each frequency."""

    everything: str
    areas: tuple[str, ...]
    last: Mapping[str, int]


@dataclass(frozen=True)
class _Ran:
    """One run of a metric: its figures when it told any, and what is kept of how it went."""

    run: MetricRun
    figures: tuple[Arriving, ...] = ()


@cache
def plan() -> Plan:
    """Return the areas and periods of the nightly run, from `data/computing.yaml`."""
    stored = read("computing.yaml")
    return Plan(stored["everything"], tuple(stored["areas"]), dict(stored["last"]))


def indicator_code(metric: str) -> str:
    """Return the code of the indicator that a metric fills: "plans.share_dated" is "plans-share-dated"."""
    return metric.replace(".", "-").replace("_", "-")


def run_all(
    codes: Collection[str] | None = None,
    *,
    periods: Collection[str] | None = None,
    areas: Collection[str] | None = None,
    last: int | None = None,
    progress: Progress = jobs.progress,
) -> dict[str, Any]:
    """Run metrics (all of them without `codes`), publish what they tell, and return what became of it, in numbers.

    For the areas and the last periods of `data/computing.yaml`, or those given; of `periods` each metric is run for
    those of its own frequency. A metric that fails stops no other: its figures stay as they are and its runs say
    why. No data is no figure, and takes back none that was published before. Safe to run again: what is equal is
    not published twice. Raises Missing for a metric or an area that there is not, before anything runs.
    """
    wanted = [metrics.get(code) for code in sorted(codes)] if codes is not None else metrics.metrics()
    places = _areas(plan().areas if areas is None else areas)
    told: dict[str, Any] = {
        "metrics": len(wanted), "runs": 0, "measured": 0, "no_data": 0, "failed": 0, "released": 0, "failures": [],
    }  # fmt: skip
    changed: list[UUID] = []
    for number, metric in enumerate(wanted):
        progress(number, len(wanted), str(metric.label))
        try:
            with search.paused():  # brought up to date once, at the end
                indicator, is_new = _ensured(metric)
                changed += [indicator.pk] if is_new else []
                runs, release = _run_metric(metric, indicator, places, periods, last)
        except Exception as error:  # whatever it is, the other metrics go on
            logger.exception("The metric %s could not be computed", metric.code)
            told["failed"] += 1
            told["failures"].append({"metric": metric.code, "message": _sentence(error)})
            continue
        told["runs"] += len(runs)
        told["released"] += release is not None
        for outcome, name in (
            (Outcome.MEASURED, "measured"), (Outcome.NO_DATA, "no_data"), (Outcome.FAILED, "failed")
        ):  # fmt: skip
            told[name] += sum(each.outcome == outcome for each in runs)
        if broken := next((each for each in runs if each.outcome == Outcome.FAILED), None):
            told["failures"].append({"metric": metric.code, "message": broken.message})
    progress(len(wanted), len(wanted))
    search.update("indicator", changed)
    return told


def ensure_indicator(metric: Metric) -> Indicator:
    """Return the indicator of a metric, made or brought into line with what the code says of it now.

    Its words are those of the code until its keeper has changed it; direction, decimals, body and targets are always
    for the keeper to say. Raises Invalid when the code belongs to an indicator of another kind.
    """
    return _ensured(metric)[0]


def _ensured(metric: Metric) -> tuple[Indicator, bool]:
    """Return the indicator of a metric, and whether it was made or changed."""
    code = indicator_code(metric.code)
    is_share = metric.unit == PERCENT
    fields: dict[str, Any] = {
        "metric": metric.code,
        "name": _text(metric.label),
        "definition": _text(metric.definition),
        "source": _text(metric.source),
        "unit": "PC" if is_share else "NR",
        "unit_label": _text(metric.unit),
    }
    found = list(Indicator.objects.filter(Q(code=code) | Q(metric=metric.code)).order_by("code"))
    indicator = next((each for each in found if each.code == code), None)
    if indicator is None and found:
        return found[0], False  # somebody set one up for this metric under a code and with words of their own
    if indicator is not None and indicator.kind != Indicator.Kind.COMPUTED:
        raise Invalid(
            _("The code “%(code)s” belongs to an indicator that is not computed. Give that one another code.")
            % {"code": code}
        )
    if indicator is not None and (
        indicator.version > 1 or all(getattr(indicator, name) == value for name, value in fields.items())
    ):
        return indicator, False
    if indicator is None:
        indicator = Indicator(
            code=code,
            kind=Indicator.Kind.COMPUTED,
            state=Indicator.State.PUBLISHED,
            frequency=Frequency.YEAR,
            decimals=1 if is_share else 0,
            minimum=0.0,
            maximum=100.0 if is_share else None,
            aggregation=Indicator.Aggregation.RATIO if is_share else Indicator.Aggregation.NONE,
        )
    for name, value in fields.items():
        setattr(indicator, name, value)
    with transaction.atomic():
        checked(indicator).save()
        audit.record(
            SYSTEM, "indicators.indicator.compute", indicator, after={"code": code, "metric": metric.code}
        )
    return indicator, True


def _run_metric(
    metric: Metric,
    indicator: Indicator,
    areas: Sequence[tuple[str, str]],
    periods: Collection[str] | None,
    last: int | None,
) -> tuple[list[MetricRun], Release | None]:
    """Run one metric for all periods and areas, and store all of it together."""
    names = Names({dimension.code: dimension for dimension in dimensions_of(indicator)})
    known = dict(names.dimensions)
    ran = [
        _run(metric, indicator, period, code, asked, names)
        for period in _periods(indicator.frequency, periods, last)
        for code, asked in areas
    ]
    grown = names.dimensions != known
    if grown:
        indicator.dimensions = [names.dimensions[code].as_json() for code in sorted(names.dimensions)]
    try:
        release = _store(metric, indicator, ran, grown)
    except Exception as error:  # the figures could not be published: none of them is, and every run says why
        logger.exception("The figures of the metric %s could not be published", metric.code)
        for each in ran:
            each.run.outcome, each.run.message = str(Outcome.FAILED), _sentence(error)
        release = None
        with transaction.atomic():
            _keep_runs(ran)
    return [each.run for each in ran], release


def _store(metric: Metric, indicator: Indicator, ran: Sequence[_Ran], grown: bool) -> Release | None:
    """Publish the figures of the runs and keep how each went, in one transaction."""
    figures = [figure for each in ran for figure in each.figures]
    with transaction.atomic():
        if grown:
            Indicator.objects.filter(pk=indicator.pk).update(dimensions=indicator.dimensions)
        release = None
        if figures:
            release = publish(
                actor=SYSTEM,
                indicator=indicator,
                incoming=Incoming.of(figures),
                provenance=Provenance(
                    kind=Release.Kind.METRIC,
                    source=str(metric.source)[:300],
                    code_version=metric.version[:60],
                ),
            )
        _keep_runs(ran)
    return release


def _keep_runs(ran: Sequence[_Ran]) -> None:
    MetricRun.objects.bulk_create(
        [each.run for each in ran],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["indicator", "period", "area"],
        update_fields=["outcome", "message", "code_version", "ran_at", "milliseconds"],
    )


def _sentence(error: Exception) -> str:
    words = error.sentence if isinstance(error, GildeError) else f"{type(error).__name__}: {error}"
    return words[:_MESSAGE]


def _run(
    metric: Metric, indicator: Indicator, period: kinds.AnyPeriod, area: str, asked: str, names: Names
) -> _Ran:
    [done] = metrics.run(metric.code, period, asked)
    outcome, message = done.outcome, done.message
    figures: tuple[Arriving, ...] = ()
    if done.measured is not None:
        try:
            figures = figures_of(metric, done.measured, area, str(period), names)
        except (Invalid, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            outcome, message = Outcome.FAILED, _sentence(error)
        else:
            if not figures:
                outcome, message = Outcome.NO_DATA, _("A share of nothing is no share.")
    run = MetricRun(
        indicator=indicator,
        period=str(period),
        area=area,
        outcome=str(outcome),
        message=str(message)[:_MESSAGE],
        code_version=done.version[:60],
        ran_at=clock.now(),
        milliseconds=round(done.seconds * 1000),
    )
    return _Ran(run, figures)


def _periods(frequency: str, wanted: Collection[str] | None, last: int | None) -> list[kinds.AnyPeriod]:
    """Return the periods to run, oldest first: those wanted that are of the frequency, or the last ones."""
    if wanted is not None:
        found = []
        for words in wanted:
            try:
                found.append(kinds.parse(words, frequency))
            except Invalid:
                continue
        return sorted(found, key=str)
    day, here = clock.today(), []
    for _number in range(plan().last[frequency] if last is None else last):
        here.append(_holding(day, frequency))
        day = here[-1].first_day - timedelta(days=1)
    return here[::-1]


def _holding(day: date, frequency: str) -> kinds.AnyPeriod:
    """Return the period of a frequency that a day is in."""
    match Frequency(frequency):
        case Frequency.MONTH:
            return Month(day.year, day.month)
        case Frequency.QUARTER:
            return Quarter.of(day)
        case Frequency.SCHOOL_YEAR:
            return SchoolYear.of(day)
        case _:
            return Year.of(day)


def _areas(wanted: Collection[str]) -> list[tuple[str, str]]:
    """Return for each area its code and how a metric is asked for it. Raises Missing for one that there is not."""
    here = set(Area.objects.filter(code__in=list(wanted)).values_list("code", flat=True))
    if missing := [code for code in wanted if code not in here]:
        raise Missing(
            _(
                "There is no area “%(code)s”. Load the areas with “gilde indicators reference” or “gilde areas FILE”."
            )
            % {"code": missing[0]}
        )
    return [(code, "" if code == plan().everything else code) for code in dict.fromkeys(wanted)]


def _text(words: str | Promise) -> Text:
    """Return words of the code in every language of the interface in which they are written."""
    with override("en"):
        english = str(words)
    found = {"en": english}
    for language, _name in settings.LANGUAGES:
        with override(language):
            if (translated := str(words)) != english:
                found[language] = translated
    return Text.of(found)
