"""A chart of each kind, and how tests read what was drawn."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from typing import Any

from django.template import Context, Template
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from gilde.core import chart_drawing, charts
from gilde.core.charts import Axis, Chart, Projection, Shapes, Target
from gilde.core.charts import Path as Way

SIZES: tuple[charts.Size, ...] = ("wide", "narrow")
ROWS = [
    {"area": area, "year": year, "share": share}
    for area, shares in {"Belgium": (70.2, None, 73.1), "EU <27> & more": (72.5, 72.3, 75.0)}.items()
    for year, share in zip((2014, 2015, 2016), shares, strict=True)
]
WORDS: dict[str, Any] = {
    "title": "Graduates in work",
    "alt": "Belgium stays below the EU in each of the three years.",
    "source": "Eurostat",
    "as_of": date(2026, 1, 31),
}


def share(**changes: Any) -> Chart:
    what = {
        **WORDS,
        "x": Axis("year", "Year"),
        "y": Axis("share", "Share"),
        "series": Axis("area", "Area"),
        "rows": ROWS,
        "unit": "%",
    }
    return charts.line(**{**what, **changes})


def told(area: str, *values: Any, first: int = 2018, step: float = 1) -> list[charts.Row]:
    """Rows of a trend: a number, None, or a pair of a number and its flags."""
    rows: list[charts.Row] = []
    for n, value in enumerate(values):
        number, mark = value if isinstance(value, tuple) else (value, "")
        at = first + n * step
        rows.append(
            {
                "area": area,
                "period": f"{at:g}",
                "share": number,
                "at": at,
                "broken": "b" in mark,
                "unsure": "p" in mark,
                "mark": mark,
                "note": "break in the series" if mark == "b" else mark,
            }
        )
    return rows


def trend(*rows: list[charts.Row], **changes: Any) -> Chart:
    what = {
        **WORDS,
        "x": Axis("period", "Period"),
        "y": Axis("share", "Share"),
        "series": Axis("area", "Area"),
        "rows": [row for each in rows for row in each],
        "unit": "%",
        "decimals": 1,
        "extra": (Axis("mark", "Flags"),),
    }
    return charts.trend(**{**what, **changes})


def as_kind(kind: charts.Kind, chart: Chart, **changes: Any) -> Chart:
    return dataclasses.replace(chart, kind=kind, **changes)


def square(west: float, south: float, size: float = 4) -> dict[str, Any]:
    east, north = west + size, south + size
    # Against the clock, as RFC 7946 asks; a careless projection fills all but the square.
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


BELGIUM = told("Belgium", 76.7, 77.1, 76.5, (71.5, "b"), 79.6, 80.9, (63.9, "b"), (75.4, "p"))
UNION = told("EU <27> & more", 79.1, 79.2, 75.9, (76.0, "b"), 79.7, 80.7, 79.9, 80.1)
PLACES = {"BE": square(3, 48), "NL": square(4, 52), "LU": square(8, 49, 1)}


def areas(kind: charts.Kind, **changes: Any) -> Chart:
    rows = [
        {"area": "Belgium", "code": "BE", "share": 75.4, "mark": "p", "note": "provisional"},
        {"area": "Netherlands", "code": "NL", "share": 91.2, "mark": "", "note": ""},
        {"area": "Luxembourg", "code": "LU", "share": None, "mark": "", "note": ""},
    ]
    what = {
        **WORDS,
        "x": Axis("area", "Area"),
        "y": Axis("share", "Share"),
        "rows": rows,
        "decimals": 1,
        "unit": "%",
    }
    return Chart(**{"kind": kind, **what, **changes})


KINDS = {
    "line": share(target=Target(82, "Target 82 & more")),
    "bar": charts.bar(
        **WORDS, x=Axis("a", "A"), y=Axis("n", "N"), rows=[{"a": "x<y", "n": 2}, {"a": "z", "n": None}]
    ),
    "stacked": charts.stacked_bar(
        **WORDS,
        x=Axis("a", "A"),
        y=Axis("n", "N"),
        series=Axis("s", "S"),
        rows=[{"a": "x", "s": "</svg><script>", "n": 2}, {"a": "x", "s": "t", "n": 3}],
    ),
    "gantt": charts.gantt(
        **WORDS,
        x=Axis("a", "A"),
        y=Axis("from", "From"),
        end=Axis("to", "To"),
        rows=[
            {"a": "x", "from": date(2024, 1, 1), "to": date(2025, 6, 30)},
            {"a": "y", "from": None, "to": None},
        ],
    ),
    "trend": trend(
        BELGIUM,
        UNION,
        highlight=("Belgium",),
        target=Target(82, "target: 82 % in 2030", 2030),
        paths=(
            Way("required path", [(2024, 63.9), (2030, 82)]),
            Way("equal growth", [(2024, 63.9), (2030, 82)], True),
        ),
        projection=Projection("if the trend goes on", (2025, 75.4), 2030, 79.0, 74.0, 84.0),
    ),
    "multiples": as_kind(
        "multiples", trend(UNION, BELGIUM), repeated="EU <27> & more", target=Target(82, "target 82")
    ),
    "compared": areas("compared", reference=Target(80.1, "European Union 80.1"), highlight=("Belgium",)),
    "map": areas("map", shapes=Shapes(PLACES), highlight=("Belgium",)),
}


def figure(chart: Chart, **changes: Any) -> LexborHTMLParser:
    template = Template("{% figure chart table_at=table_at %}")
    return LexborHTMLParser(template.render(Context({"chart": chart, "table_at": "", **changes})))


def shapes(chart: Chart, size: charts.Size = "wide") -> etree._Element:
    return etree.fromstring(chart_drawing.for_page(chart, size).encode())


def paths(drawing: etree._Element, colour: str) -> list[str]:
    """The lines of a colour, as what their `d` says."""
    return [str(path.get("d")) for path in drawing.iter("{*}path") if path.get("stroke") == colour]


def stretches(drawing: etree._Element, colour: str = "var(--c1)") -> list[str]:
    """The lines of a colour that join points, without marks and symbols."""
    return [path for path in paths(drawing, colour) if re.fullmatch(r"M[-\d.,]+(?:L[-\d.,]+)+", path)]


def words(drawing: etree._Element) -> list[str]:
    return [" ".join(filter(None, text.itertext())) for text in drawing.iter("{*}text")]


def places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]
