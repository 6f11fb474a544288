"""Charts: what they say, that a browser blocks and runs nothing in them, and that each is drawn once."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from gilde.core import chart_drawing, charts
from gilde.core.charts import Axis, Chart, Target
from tests.client import GildeClient, faults_of

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
}


def figure(chart: Chart) -> LexborHTMLParser:
    return LexborHTMLParser(Template("{% figure chart %}").render(Context({"chart": chart})))


@pytest.mark.parametrize("chart", KINDS.values(), ids=KINDS)
class TestEveryKind:
    def test_the_drawing_holds_no_style_and_no_script_and_is_well_formed(self, chart: Chart) -> None:
        assert faults_of(chart.drawing()) == []
        for size in ("wide", "narrow"):
            root = etree.fromstring(chart_drawing.for_page(chart, size, chart.key()))  # type: ignore[arg-type]
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
            assert root.findall(".//{*}script") == []

    def test_the_drawing_takes_its_colours_from_the_page_and_the_file_has_its_own(self, chart: Chart) -> None:
        used = set(re.findall(r"var\((--[\w-]+)\)", chart.drawing()))
        assert "--c1" in used
        assert used <= set(chart_drawing.LIGHT)
        assert "var(" not in chart_drawing.for_file(chart)

    def test_it_is_one_image_with_a_sentence_for_who_cannot_see_it(self, chart: Chart) -> None:
        image = figure(chart).css_first("[role=img]")
        assert image.attributes["aria-label"] == WORDS["alt"]
        assert "graphics-" not in (image.html or "")

    def test_its_numbers_stand_in_a_table_with_source_and_date_beside_it(self, chart: Chart) -> None:
        shown = figure(chart)
        assert len(shown.css("tbody tr")) == len(chart.rows)
        assert "Eurostat" in shown.css_first(".source").text()
        assert shown.css_first(".source time").attributes["datetime"] == "2026-01-31"


def test_a_missing_number_interrupts_the_line_and_is_not_drawn_as_nought() -> None:
    whole = share(rows=[{"area": "a", "year": 2014 + n, "share": 5.0} for n in range(4)])
    broken = share(rows=[{"area": "a", "year": 2014 + n, "share": 5.0 if n != 2 else None} for n in range(4)])

    def strokes(chart: Chart) -> int:
        svg = chart_drawing.for_page(chart, "wide", "k")
        lines = re.findall(r'<path [^>]*d="(M[^"]*)"[^>]*stroke="var\(--c1\)"', svg)
        lines += re.findall(r'<path [^>]*stroke="var\(--c1\)"[^>]*d="(M[^"]*)"', svg)
        return max(line.count("M") for line in lines)

    assert (strokes(whole), strokes(broken)) == (1, 2)
    assert [str(row[-1]) for row in broken.table()][2].count("–") == 1


def test_the_drawing_is_made_once_for_the_same_figures_and_anew_for_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path
    charts._kept.cache_clear()
    drawn: list[str] = []
    draw = chart_drawing.for_page
    monkeypatch.setattr(
        chart_drawing, "for_page", lambda chart, size, key: drawn.append(size) or draw(chart, size, key)
    )
    share().drawing()
    charts._kept.cache_clear()  # another process
    share().drawing()
    assert drawn == ["wide", "narrow"]
    share(rows=ROWS[:2]).drawing()
    with translation.override("nl"):
        share().drawing()
    assert len(drawn) == 6


def test_old_drawings_make_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(charts, "KEPT", 3)
    for number in range(4):
        charts._store(f"{number}", "{}")
    assert sorted(path.stem for path in (tmp_path / "charts").glob("*.json")) == ["1", "2", "3"]


def test_a_half_written_drawing_is_made_anew(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    charts._kept.cache_clear()
    chart = share()
    charts._store(chart.key(), '{"wide": "<sv')
    assert "<svg" in chart.drawing()


@pytest.mark.django_db
class TestDownloads:
    def test_the_csv_holds_the_numbers_of_the_chart(self, client: GildeClient) -> None:
        address = figure(share()).css_first(".source a[href$=csv]").attributes["href"]
        assert address
        answer = client.get(address)
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1] == {"year": "2015", "area": "Belgium", "share": ""}
        assert "immutable" in answer["Cache-Control"]

    def test_the_svg_is_a_file_of_its_own(self, client: GildeClient) -> None:
        address = figure(share()).css_first(".source a[href$=svg]").attributes["href"]
        assert address
        answer = client.get(address)
        assert answer["Content-Type"] == "image/svg+xml"
        etree.fromstring(answer.content)

    def test_a_chart_that_is_not_kept_gets_a_sentence(self, client: GildeClient) -> None:
        answer = client.get(f"/charts/{'0' * 64}.svg")
        assert answer.status_code == 404
        assert "Reload the page" in answer.content.decode()


@pytest.mark.parametrize("field", ["title", "alt", "source"])
def test_a_chart_without_its_words_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=f"needs its {field}"):
        share(**{field: " "})


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    rows = [{"area": f"a{n}", "year": 2014, "share": 1.0} for n in range(7)]
    with pytest.raises(ValueError, match="more than 6 series"):
        share(rows=rows)


def test_without_a_number_nothing_is_drawn_and_it_says_so() -> None:
    shown = figure(share(rows=[{"area": "a", "year": 2014, "share": None}]))
    assert shown.css_first("svg") is None
    assert "no figures to draw yet" in shown.text()


def test_nothing_of_altair_is_loaded_at_start_up() -> None:
    code = (
        "import django, sys; django.setup(); import gilde.config.urls;"
        "print([m for m in ('altair', 'vl_convert', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
