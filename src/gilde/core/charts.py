"""Charts: declared with what they say, drawn once on the server as SVG, shown in the page without a script.

A view makes a `Chart` with `bar`, `stacked_bar`, `line` or `gantt`; the template says `{% figure chart %}`.
The drawing takes its colours from the page's variables, so one serves light and dark; there is one for wide
and one for narrow pages. Drawings are kept by the hash of all that they show. Nothing of altair is loaded
before the first chart is drawn.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gilde.core import downloads
from gilde.core.components import day, nothing

Value: TypeAlias = str | int | float | date | None
Row: TypeAlias = Mapping[str, Value]
Size: TypeAlias = Literal["wide", "narrow"]

SERIES_LIMIT = 6
DRAWING_VERSION = 2  # raise it when the theme changes, so that kept drawings are made anew
KEPT = 2000


@dataclass(frozen=True)
class Axis:
    """A field of the rows and the words for it."""

    field: str
    label: str


@dataclass(frozen=True)
class Target:
    """A line to be reached, with who set it: `value` in the unit of the chart."""

    value: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What a chart shows and says. `alt` says it to who cannot see: what it shows, not what it looks like.

    A row holds a category or time, a number (None is unknown and is left out, never drawn as 0), and the
    series where there are several. `source` and `as_of` say where the figures come from and of when they are.
    """

    kind: Literal["bar", "stacked", "line", "gantt"]
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

    def __post_init__(self) -> None:
        for field in ("title", "alt", "source"):
            if not str(getattr(self, field)).strip():
                raise ValueError(f"A chart needs its {field}.")
        if self.series and len(self.series_names()) > SERIES_LIMIT:
            raise ValueError(
                f"“{self.title}” has more than {SERIES_LIMIT} series, which nobody can tell apart."
            )

    @property
    def fields(self) -> list[Axis]:
        """Return the columns of the table of the same numbers."""
        return [axis for axis in (self.x, self.series, self.y, self.end) if axis]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to draw."""
        return all(row.get(self.y.field) is None for row in self.rows)

    def series_names(self) -> list[str]:
        """Return the names of the series in the order of the rows."""
        return list(dict.fromkeys(str(row[self.series.field]) for row in self.rows)) if self.series else []

    def key(self) -> str:
        """Return the address of the drawing: a keyed hash, so that it cannot be guessed from the figures."""
        content = json.dumps(
            [
                DRAWING_VERSION,
                get_language() or "en",
                asdict(replace(self, rows=[dict(row) for row in self.rows])),
            ],
            cls=DjangoJSONEncoder,
            sort_keys=True,
        )
        return hmac.new(settings.SECRET_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()

    def drawing(self) -> SafeString:
        """Return the SVG for the page, wide and narrow; the page shows the one that fits."""
        kept = _kept(self.key()) or _keep(self)
        return format_html(
            '<div class="chart" role="img" aria-label="{}">'
            '<div class="wide">{}</div><div class="narrow">{}</div></div>',
            self.alt,
            SafeString(kept["wide"]),
            SafeString(kept["narrow"]),
        )

    def table(self) -> list[list[object]]:
        """Return the rows of the table of the same numbers, written for the reader."""
        return [[_written(row.get(axis.field)) for axis in self.fields] for row in self.rows]


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


def file_of(key: str, kind: str) -> tuple[str, str] | None:
    """Return content and media type of a kept chart as "svg" or "csv"; None when it is not kept any more."""
    kept = _kept(key)
    if kept is None:
        return None
    return (kept["file"], "image/svg+xml") if kind == "svg" else (kept["csv"], "text/csv; charset=utf-8")


def _written(value: Value) -> object:
    if value is None:
        return nothing()
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return number_format(round(value, 4), force_grouping=True)
    # A whole number is often a year: no thousands separator below ten thousand.
    return number_format(value, force_grouping=abs(value) >= 10_000) if isinstance(value, int) else value


def _keep(chart: Chart) -> dict[str, str]:
    from gilde.core import chart_drawing

    columns = [(axis.field, partial(_value, axis.field)) for axis in chart.fields]
    key = chart.key()
    kept = {
        "wide": chart_drawing.for_page(chart, "wide", key),
        "narrow": chart_drawing.for_page(chart, "narrow", key),
        "file": chart_drawing.for_file(chart),
        "csv": "".join(downloads.write_csv(chart.title, columns, iter(chart.rows))),
    }
    _store(key, json.dumps(kept))
    _kept.cache_clear()
    return kept


def _value(field: str, row: Mapping[str, Any]) -> object:
    return downloads.plain(row.get(field))


@lru_cache(maxsize=256)
def _kept(key: str) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads(_path(key).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return kept


def _path(key: str) -> Path:
    return Path(settings.DATA_DIR) / "charts" / f"{key}.json"


def _store(key: str, content: str) -> None:
    """Write whole or not at all: another process may read or write the same drawing now."""
    folder = _path(key).parent
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w") as file:
        file.write(content)
    os.replace(name, _path(key))
    drawings = list(folder.glob("*.json"))
    if len(drawings) > KEPT:
        for path in sorted(drawings, key=_age)[: KEPT // 2]:
            path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
