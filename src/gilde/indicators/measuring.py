"""What a metric measured, as figures: the whole and each of its parts, with the key of its breakdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.core.metrics import PERCENT, Measured, Metric
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension, key_of
from gilde.indicators.incoming import Arriving

TOTAL: Final = "_T"  # the codes of SDMX for all and for not known
UNKNOWN: Final = "_U"
_NOT_IN_A_KEY: Final = re.compile(r"[\s=&:;,*]+")
_NOT_IN_A_CODE: Final = re.compile(r"[^a-z0-9_]+")


@dataclass
class Names:
    """The dimensions of an indicator as its metric tells them, and the key of each breakdown seen so far."""

    dimensions: dict[str, Dimension]
    keys: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)

    def key(self, breakdown: tuple[tuple[str, str], ...]) -> str:
        """Return the key of a breakdown; what is new becomes a dimension or category. Raises Invalid."""
        if breakdown not in self.keys:
            codes = {}
            for dimension, category in breakdown:
                code = _NOT_IN_A_CODE.sub("_", dimension.lower())[:40]
                codes[code] = _NOT_IN_A_KEY.sub("-", category.strip())[:60] or UNKNOWN
                here = self.dimensions.get(code) or Dimension(
                    code, _words(dimension), TOTAL, {TOTAL: Text.of({"en": "all", "nl": "alles"})}
                )
                named = dict(here.categories)
                named.setdefault(codes[code], _words(category))
                self.dimensions[code] = Dimension(code, here.name, here.total, named)
            self.keys[breakdown] = key_of(codes, list(self.dimensions.values()))
        return self.keys[breakdown]


def figures_of(
    metric: Metric, measured: Measured, area: str, period: str, names: Names
) -> tuple[Arriving, ...]:
    """Return what was measured and its parts as figures, without shares of nothing. Raises Invalid for a key twice."""
    share = 100 if metric.unit == PERCENT else 1
    found: dict[str, Arriving] = {}
    for breakdown, part in _parts(measured, ()):
        value = part.value
        if value is None:
            continue
        key = names.key(breakdown)
        if key in found:
            raise Invalid(
                _("Two categories have the same key “%(key)s”. Give them other codes.") % {"key": key}
            )
        found[key] = Arriving(
            area,
            key,
            period,
            float(value * share),
            numerator=float(part.numerator),
            denominator=None if part.denominator is None else float(part.denominator),
        )
    return tuple(found.values())


def _parts(
    measured: Measured, breakdown: tuple[tuple[str, str], ...]
) -> Iterator[tuple[tuple[tuple[str, str], ...], Measured]]:
    """Yield the whole and every part of it with the categories that it is of, however deep."""
    yield breakdown, measured
    for dimension, categories in measured.breakdowns.items():
        for category, part in categories.items():
            yield from _parts(part, (*breakdown, (dimension, str(category))))


def _words(code: str) -> Text:
    """Return the name of a dimension or category that has none but its code."""
    if not code.strip():
        return Text.of({"en": "not known", "nl": "niet bekend"})
    return Text.of(code.replace("_", " ").replace("-", " ").strip())
