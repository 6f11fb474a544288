"""Charts: declared with what they say, drawn on the server as SVG, shown in the page without a script.

A view makes a `Chart` with `bar`, `line`, `trend` …; the template says `{% figure chart %}`. The page holds
the words, the table and two pictures, one for wide and one for narrow places, of which the browser asks for
the one that fits. What a chart shows is kept under a keyed hash of it (`charts_kept`), and drawn when it is
first asked for: a page with dozens of charts costs no drawing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gilde.core import chart_sizes, chart_tables

Value: TypeAlias = str | int | float | date | None
Row: TypeAlias = Mapping[str, Value]
Size: TypeAlias = Literal["wide", "narrow"]
Kind: TypeAlias = Literal["bar", "stacked", "line", "gantt", "trend", "multiples", "compared", "map"]

SERIES_LIMIT = 6
DRAWING_VERSION = 3  # raise it when drawings change, so that kept ones are made anew


@dataclass(frozen=True)
class Axis:
    """A field of the rows and the words for it."""

    field: str
    label: str


@dataclass(frozen=True)
class Target:
    """A value to be reached, or a reference such as an average, in the unit of the chart; `at` is its year."""

    value: float
    label: str
    at: float | None = None


@dataclass(frozen=True)
class Path:
    """A way to a target: points of year and value. One that is `compound` is drawn in dots, another in dashes."""

    label: str
    points: Sequence[tuple[float, float]]
    compound: bool = False


@dataclass(frozen=True)
class Projection:
    """Where a series would be at a year, between `low` and `high`, when it goes on from `start` (year, value)."""

    label: str
    start: tuple[float, float]
    at: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Shapes:
    """Outlines by code: GeoJSON geometries in longitude and latitude (EPSG:4326), as JSON text or parsed."""

    outlines: Mapping[str, Any]

    @cached_property
    def texts(self) -> dict[str, str]:
        """Return the geometries as JSON text."""
        return {
            code: outline if isinstance(outline, str) else json.dumps(outline)
            for code, outline in self.outlines.items()
        }

    @cached_property
    def key(self) -> str:
        """Return the hash under which they are kept, once for all charts that show them."""
        content = hashlib.sha256()
        for code, text in sorted(self.texts.items()):
            content.update(f"{code}\n{text}\n".encode())
        return content.hexdigest()


@dataclass(frozen=True)
class Chart:
    """What a chart shows and says. `alt` says it to who cannot see: what it shows, not what it looks like.

    A row holds a category or time, a number (None is unknown and is left out, never drawn as 0), and the
    series where there are several. `source` and `as_of` say where the figures come from and of when they are.

    Rows of the kinds trend, multiples, compared and map may say more, in fields of these names:
    `at` the place on the time axis in years (2024.5), `broken` that nothing before can be compared, `unsure`
    that the number is not firm, `unranked` that it is shown but not ranked, `code` the outline on a map, `mark`
    the letters that stand beside the number and `note` what they mean. `extra` are more columns for the CSV.

    `highlight` names the series (or bars, areas) to be seen first; the others are drawn in quiet grey, however
    many they are. `repeated` is the series that stands in each of small multiples for comparison.
    """

    kind: Kind
    title: str
    alt: str
    source: str
    rows: Sequence[Row]
    x: Axis
    y: Axis
    series: Axis | None = None
    end: Axis | None = None
    as_of: date | None = None
    unit: str = ""
    note: str = ""
    target: Target | None = None
    highlight: Sequence[str] = ()
    repeated: str = ""
    reference: Target | None = None
    paths: Sequence[Path] = ()
    projection: Projection | None = None
    shapes: Shapes | None = None
    extra: Sequence[Axis] = ()
    decimals: int | None = None

    def __post_init__(self) -> None:
        for field in ("title", "alt", "source"):
            if not str(getattr(self, field)).strip():
                raise ValueError(f"A chart needs its {field}.")
        if self.kind in ("trend", "multiples") and not all(
            isinstance(r.get("at"), int | float) for r in self.rows
        ):
            raise ValueError(f"“{self.title}” has a row without its place in time (at).")
        if self.kind == "map" and self.shapes is None:
            raise ValueError(f"“{self.title}” is a map without outlines.")
        if self.series and self.kind != "multiples":
            told_apart = self.highlight if self.kind == "trend" and self.highlight else self.series_names()
            if len(told_apart) > SERIES_LIMIT:
                raise ValueError(
                    f"“{self.title}” has more than {SERIES_LIMIT} series, which nobody can tell apart."
                )

    @property
    def fields(self) -> list[Axis]:
        """Return the columns of the rows, as in the CSV."""
        return [axis for axis in (self.x, self.series, self.y, self.end, *self.extra) if axis]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return all(row.get(self.y.field) is None for row in self.rows)

    @property
    def caption(self) -> str:
        """Return the caption of the table of the same numbers."""
        return (
            f"{self.title} ({self.unit})" if self.unit and self.kind in ("trend", "multiples") else self.title
        )

    def series_names(self) -> list[str]:
        """Return the names of the series in the order of the rows."""
        return list(dict.fromkeys(str(row[self.series.field]) for row in self.rows)) if self.series else []

    def declaration(self) -> str:
        """Return as JSON all that the drawing and the CSV need, in the language of the reader."""
        told = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _APART}
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        told["rows"] = [names, [[row.get(name) for name in names] for row in self.rows]]
        told["shapes"] = self.shapes.key if self.shapes else ""
        return json.dumps(
            [DRAWING_VERSION, _language(), told], default=_jsoned, ensure_ascii=False, separators=(",", ":")
        )

    def key(self) -> str:
        """Return the address of the drawing: a keyed hash, so that it cannot be guessed from the figures."""
        return self._declared()[0]

    def keep(self) -> str:
        """Keep what this chart shows, so that it can be drawn and downloaded later; return its key."""
        from gilde.core import charts_kept

        key, declaration = self._declared()
        charts_kept.keep(key, declaration, self.shapes)
        return key

    def box(self, size: Size) -> tuple[int, int]:
        """Return width and height of the drawing in pixels."""
        return chart_sizes.size_of(self, size)

    def pictures(self) -> SafeString:
        """Return the pictures for the page, wide and narrow: the one that does not fit is never loaded."""
        addresses = self.addresses()
        return format_html(
            '<div class="chart">{}{}</div>',
            self._picture("wide", addresses["wide"]),
            self._picture("narrow", addresses["narrow"]),
        )

    def addresses(self) -> dict[str, str]:
        """Keep this chart; return where it is answered: "wide" and "narrow" for a page, "svg" and "csv" as files."""
        stem = reverse("chart", args=[self.keep(), "svg"]).removesuffix("svg")
        return {
            "wide": f"{stem}wide.svg",
            "narrow": f"{stem}narrow.svg",
            "svg": f"{stem}svg",
            "csv": f"{stem}csv",
        }

    def numbers(self) -> SafeString:
        """Return head and body of the table of the same numbers, written for the reader."""
        return chart_tables.numbers(self)

    def _picture(self, size: Size, address: str) -> SafeString:
        width, height = self.box(size)
        return format_html(
            '<img class="{}" src="{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">',
            size,
            address,
            self.alt,
            str(width),
            str(height),
        )

    def _declared(self) -> tuple[str, str]:
        # Asked for several times while a page is made; the language is part of it.
        made: dict[str, tuple[str, str]] = self.__dict__.setdefault("_made", {})
        language = _language()
        if language not in made:
            declaration = self.declaration()
            key = hmac.new(settings.SECRET_KEY.encode(), declaration.encode(), hashlib.sha256).hexdigest()
            made[language] = (key, declaration)
        return made[language]


def declared(declaration: str, outlines: Mapping[str, Any]) -> tuple[Chart, str]:
    """Return the chart of a declaration and its language; `outlines` are those of the hash that it names."""
    _version, language, told = json.loads(declaration, object_hook=_restored)
    names, rows = told.pop("rows")
    told["rows"] = [dict(zip(names, row, strict=True)) for row in rows]
    told["shapes"] = Shapes(outlines) if told["shapes"] else None
    for name in ("x", "y", "series", "end"):
        told[name] = told[name] and Axis(**told[name])
    for name in ("target", "reference"):
        told[name] = told[name] and Target(**told[name])
    told["extra"] = [Axis(**each) for each in told["extra"]]
    told["paths"] = [Path(**each) for each in told["paths"]]
    told["projection"] = told["projection"] and Projection(**told["projection"])
    return Chart(**told), language


def bar(**what: Any) -> Chart:
    """Return horizontal bars: `x` is the category, `y` the number."""
    return Chart(kind="bar", **what)


def stacked_bar(**what: Any) -> Chart:
    """Return horizontal bars in parts: `series` names the parts."""
    return Chart(kind="stacked", **what)


def line(**what: Any) -> Chart:
    """Return lines over `x`, years as whole numbers or days; a missing number interrupts the line."""
    return Chart(kind="line", **what)


def gantt(**what: Any) -> Chart:
    """Return bars over time: `x` is the name, `y` the first day, `end` the last, `series` the state."""
    return Chart(kind="gantt", **what)


def trend(**what: Any) -> Chart:
    """Return lines over periods (`at`), interrupted by breaks and missing periods, with target, path, projection."""
    return Chart(kind="trend", **what)


def multiples(**what: Any) -> Chart:
    """Return small trends side by side on the same axes, one for each of `series`; `repeated` stands in each."""
    return Chart(kind="multiples", **what)


def compared(**what: Any) -> Chart:
    """Return horizontal bars in the order of the rows with a `reference`; unranked ones are hatched."""
    return Chart(kind="compared", **what)


def choropleth(**what: Any) -> Chart:
    """Return a map: `shapes` by `code`, filled by the number in five classes; without a number hatched."""
    return Chart(kind="map", **what)


_APART = {"rows", "shapes"}
_DAY = "$day"


def _language() -> str:
    return get_language() or "en"


def _jsoned(value: object) -> object:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)  # words not yet translated


def _restored(stored: dict[str, Any]) -> Any:
    return date.fromisoformat(stored[_DAY]) if set(stored) == {_DAY} else stored
