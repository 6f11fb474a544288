"""Metrics: what each context can count, told with its definition and source, computed without touching
anything.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import metadata
from typing import Any, Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError, Missing
from gilde.core.periods import Period
from gilde.core.reading import read_only

logger = logging.getLogger(__name__)

Number: TypeAlias = int | Decimal
Words: TypeAlias = "str | Promise"
ALL: Final = "*"
PERCENT: Final = "%"

_CODE = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*")


class MetricDefinitionError(Exception):
    """A metric is declared wrongly; whoever wrote it reads this when Gilde starts."""


@dataclass(frozen=True)
class Measured:
    """What was counted. Without a denominator it is a count; with one a share of it, each broken down or not.

    `breakdowns` maps a dimension to its categories: {"state": {"done": Measured(3), "late": Measured(1)}}.
    """

    numerator: Number
    denominator: Number | None = None
    breakdowns: Mapping[str, Mapping[str, Measured]] = field(default_factory=dict)

    @property
    def value(self) -> Decimal | None:
        """Return the count, or the share between 0 and 1; None for a share of nothing, which nobody can
        tell.
        """
        if self.denominator is None:
            return Decimal(self.numerator)
        if self.denominator == 0:
            return None
        share = Fraction(self.numerator) / Fraction(self.denominator)
        return Decimal(share.numerator) / Decimal(share.denominator)


MetricFunction: TypeAlias = Callable[[Period, str], "Measured | None"]


@dataclass(frozen=True)
class Metric:
    """A registered metric. `unit` is what the number counts ("measures") or "%"; `source` names register and
    rule.
    """

    code: str
    label: Words
    unit: Words
    definition: Words
    source: Words
    valid_from: date
    valid_until: date | None
    function: MetricFunction

    @property
    def context(self) -> str:
        """Return the name of the context that owns the metric."""
        return self.code.split(".")[0]

    @property
    def version(self) -> str:
        """Return which code computes it: the release, and a hash of the module that holds the function."""
        return f"{_release()}+{_module_hash(self.function)}"

    def defined_for(self, period: Period) -> bool:
        """Return whether the definition holds on the last day of the period."""
        return self.valid_from <= period.last_day and (
            self.valid_until is None or period.first_day <= self.valid_until
        )


class Outcome(StrEnum):
    MEASURED = "measured"
    NO_DATA = "no data"
    NOT_DEFINED = "not defined"
    FAILED = "failed"


@dataclass(frozen=True)
class Run:
    """What became of one metric for one period and area. No data is no data and never 0; a failure says
    why.
    """

    metric: Metric
    period: Period
    area: str
    outcome: Outcome
    measured: Measured | None
    message: str
    seconds: float
    version: str

    @property
    def value(self) -> Decimal | None:
        """Return the figure in the unit of the metric: a share as percent where the unit is "%"; None when
        untold.
        """
        value = self.measured.value if self.measured else None
        return value * 100 if value is not None and self.metric.unit == PERCENT else value


_registry: dict[str, Metric] = {}


def metric(
    code: str,
    *,
    label: Words,
    unit: Words,
    definition: Words,
    source: Words,
    valid_from: date,
    valid_until: date | None = None,
    **unknown: Any,
) -> Callable[[MetricFunction], MetricFunction]:
    """Register a read-only function of (period, area) as the metric `code`, "<context>.<name>".

    `area` is the code of a region ("BE2", NUTS) or "" for everything that this Gilde knows. Raises
    MetricDefinitionError for an unknown attribute, an empty one, a code that is taken or of another context.
    """
    if unknown:
        known = "label, unit, definition, source, valid_from, valid_until"
        raise MetricDefinitionError(
            f"The metric {code} has the unknown attribute {', '.join(sorted(unknown))}. Known are: {known}."
        )
    if not _CODE.fullmatch(code):
        raise MetricDefinitionError(
            f"The metric code {code!r} must be written as context.name_in_small_letters."
        )
    given = {"label": label, "unit": unit, "definition": definition, "source": source}
    if empty := [name for name, words in given.items() if not words]:
        raise MetricDefinitionError(f"The metric {code} does not say its {', '.join(empty)}.")

    def register(function: MetricFunction) -> MetricFunction:
        module = function.__module__
        if module.startswith("gilde.") and module.split(".")[1] != code.split(".")[0]:
            raise MetricDefinitionError(
                f"The metric {code} is declared in {module}, which is another context."
            )
        if code in _registry:
            other = _registry[code].function
            raise MetricDefinitionError(
                f"The metric {code} is declared twice: in {other.__module__}.{other.__qualname__} "
                f"and in {module}.{function.__qualname__}."
            )
        _registry[code] = Metric(code, label, unit, definition, source, valid_from, valid_until, function)
        return function

    return register


def metrics() -> list[Metric]:
    """Return every registered metric, by code."""
    return [_registry[code] for code in sorted(_registry)]


def get(code: str) -> Metric:
    """Return the metric of a code; raise Missing with the codes that there are."""
    try:
        return _registry[code]
    except KeyError:
        raise Missing(
            _("There is no metric “%(code)s”. There are: %(codes)s.")
            % {"code": code, "codes": ", ".join(sorted(_registry))}
        ) from None


def run(codes: str | Iterable[str], period: Period, area: str = "") -> list[Run]:
    """Return what became of one metric, of several, or of ALL, in the order asked; no failure stops another.

    Raises Missing for a code that is not registered, before anything runs.
    """
    if isinstance(codes, str):
        codes = sorted(_registry) if codes == ALL else [codes]
    return [_run(found, period, area) for found in [get(code) for code in codes]]


def _run(found: Metric, period: Period, area: str) -> Run:
    started = time.perf_counter()

    def ended(outcome: Outcome, measured: Measured | None = None, message: str = "") -> Run:
        seconds = time.perf_counter() - started
        return Run(found, period, area, outcome, measured, message, seconds, found.version)

    if not found.defined_for(period):
        return ended(
            Outcome.NOT_DEFINED,
            message=_("This metric is defined from %(day)s on.") % {"day": found.valid_from.isoformat()}
            if period.last_day < found.valid_from
            else _("This metric is defined until %(day)s.") % {"day": found.valid_until},
        )
    try:
        with read_only():
            measured = found.function(period, area)
    except Exception as error:
        logger.exception("The metric %s failed for %s, area %r", found.code, period, area)
        sentence = error.sentence if isinstance(error, GildeError) else f"{type(error).__name__}: {error}"
        return ended(Outcome.FAILED, message=sentence)
    if measured is None:
        return ended(Outcome.NO_DATA)
    if not isinstance(measured, Measured):
        message = f"The metric {found.code} returned {type(measured).__name__} instead of Measured or None."
        logger.error(message)
        return ended(Outcome.FAILED, message=message)
    return ended(Outcome.MEASURED, measured)


@cache
def _release() -> str:
    try:
        return metadata.version("gilde")
    except metadata.PackageNotFoundError:
        return "0"


@cache
def _module_hash(function: MetricFunction) -> str:
    module = inspect.getmodule(function)
    try:
        source = inspect.getsource(module or function)
    except OSError:  # no source at hand, as in an interactive session
        return "unknown"
    return hashlib.sha256(source.encode()).hexdigest()[:12]
