"""Charts: what they say, what their drawings hold, that a page draws none, and that each is drawn once."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import altair
import pytest
from django.urls import reverse
from django.utils import translation
from lxml import etree

from gilde.core import chart_drawing, chart_plots, charts, charts_kept
from gilde.core.charts import Chart
from tests.client import GildeClient, faults_of
from tests.core.chart_examples import BELGIUM, KINDS, ROWS, SIZES, WORDS, figure, paths, shapes, share, trend

STYLE = Path(charts.__file__).parent / "static" / "core" / "gilde.css"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("chart", KINDS.values(), ids=KINDS)
class TestEveryKind:
    def test_it_is_vega_lite(self, chart: Chart) -> None:
        for size in SIZES:
            altair.LayerChart.from_dict(chart_plots.specification(chart, size))  # raises where it is not

    def test_the_drawing_is_a_picture_of_the_size_that_the_page_was_told(self, chart: Chart) -> None:
        for size, picture in zip(SIZES, figure(chart).css(".chart img"), strict=True):
            drawn = shapes(chart, size)
            assert (drawn.get("width"), drawn.get("height")) == (
                picture.attributes["width"],
                picture.attributes["height"],
            )
            assert chart.box(size)[0] <= 720

    def test_the_drawing_runs_nothing_and_loads_nothing(self, chart: Chart) -> None:
        for size in SIZES:
            drawn = shapes(chart, size)
            assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
            assert {etree.QName(part).localname for part in drawn.iter()} <= {
                *(
                    "svg",
                    "title",
                    "desc",
                    "style",
                    "defs",
                    "pattern",
                    "g",
                    "path",
                    "rect",
                    "line",
                    "text",
                    "tspan",
                ),
                *("clipPath",),
            }
            for part in drawn.iter():
                assert not [name for name in part.attrib if "href" in name or name.startswith("on")]

    def test_it_says_itself_what_it_shows(self, chart: Chart) -> None:
        drawn = shapes(chart)
        assert drawn.findtext("{*}title") == WORDS["title"]
        assert drawn.findtext("{*}desc") == WORDS["alt"]

    def test_colours_are_variables_with_a_light_and_a_dark_value(self, chart: Chart) -> None:
        svg = chart_drawing.for_page(chart, "wide")
        used = set(re.findall(r"var\((--[\w-]+)\)", svg))
        light, dark = re.findall(r"svg\{([^}]*)\}", svg)
        assert used
        for scheme in (light, dark):
            assert used <= set(re.findall(r"(--[\w-]+):#", scheme))
        assert re.search(r"@media\(prefers-color-scheme:dark\)\{svg\{", svg)
        assert not re.search(r"(?:fill|stroke)=\"#", svg), "a colour that does not turn dark"

    def test_the_file_stands_alone_in_light_colours(self, chart: Chart) -> None:
        svg = chart_drawing.svg_file(chart)
        assert "var(" not in svg
        assert "<style" not in svg
        assert etree.fromstring(svg.encode()).findtext("{*}title") == WORDS["title"]

    def test_the_page_has_pictures_with_a_sentence_and_no_drawing(self, chart: Chart) -> None:
        shown = figure(chart)
        assert faults_of(shown.html or "") == []
        assert shown.css_first("svg") is None
        for picture in shown.css("img"):
            assert picture.attributes["alt"] == WORDS["alt"]
            assert picture.attributes["loading"] == "lazy"

    def test_its_numbers_stand_in_a_table_with_source_and_date_beside_it(self, chart: Chart) -> None:
        shown = figure(chart)
        cells = [cell.text() for cell in shown.css("tbody td")]
        for row in chart.rows:
            if isinstance(value := row.get(chart.y.field), int | float):
                assert any(cell.startswith(f"{value:g}") for cell in cells)
        assert "Eurostat" in shown.css_first(".source").text()
        assert shown.css_first(".source time").attributes["datetime"] == "2026-01-31"

    def test_what_is_kept_is_what_was_declared(self, chart: Chart) -> None:
        again, language = charts.declared(chart.declaration(), chart.shapes.texts if chart.shapes else {})
        assert language == "en"
        assert chart_drawing.for_page(again, "wide") == chart_drawing.for_page(chart, "wide")
        assert charts_kept.as_csv(again) == charts_kept.as_csv(chart)


def test_a_missing_number_interrupts_the_line_and_is_not_drawn_as_nought() -> None:
    whole = share(rows=[{"area": "a", "year": 2014 + n, "share": 5.0} for n in range(4)])
    broken = share(rows=[{"area": "a", "year": 2014 + n, "share": 5.0 if n != 2 else None} for n in range(4)])
    assert max(path.count("M") for path in paths(shapes(whole), "var(--c1)")) == 1
    assert max(path.count("M") for path in paths(shapes(broken), "var(--c1)")) == 2
    assert str(broken.numbers()).count("–") == 1


def test_the_colours_of_drawings_are_those_of_the_pages() -> None:
    page = {
        name: (light, dark)
        for name, light, dark in re.findall(r"(--[\w-]+): light-dark\((#\w+), (#\w+)\)", STYLE.read_text())
    }
    for name in set(page) & set(chart_drawing.LIGHT):
        assert page[name] == (chart_drawing.LIGHT[name], chart_drawing.DARK[name])
    assert set(chart_drawing.LIGHT) == set(chart_drawing.DARK)


class TestKeeping:
    @pytest.fixture
    def drawn(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        made: list[str] = []
        draw = chart_drawing.for_page
        monkeypatch.setattr(
            chart_drawing, "for_page", lambda chart, size: made.append(size) or draw(chart, size)
        )
        return made

    def test_a_page_draws_nothing(self, drawn: list[str]) -> None:
        code = (
            "import django, sys; django.setup();"
            "from django.template import Context, Template;"
            "from tests.core.test_charts import KINDS;"
            "sys.modules.pop('vl_convert', None);"
            "[Template('{% figure c %}').render(Context({'c': c})) for c in KINDS.values()];"
            "print('vl_convert' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"
        for chart in KINDS.values():
            figure(chart)
        assert drawn == []

    def test_the_drawing_is_made_once_for_the_same_figures_and_anew_for_others(
        self, drawn: list[str]
    ) -> None:
        for _time in range(2):
            key = share().keep()
            assert charts_kept.file_of(key, "wide.svg")
        assert drawn == ["wide"]
        assert share(rows=ROWS[:2]).keep() != key
        with translation.override("nl"):
            dutch = share().keep()
        assert dutch != key
        charts_kept.file_of(dutch, "wide.svg")
        assert len(drawn) == 2

    def test_it_is_drawn_in_the_language_of_the_page(self) -> None:
        with translation.override("nl"):
            key = trend(BELGIUM, decimals=1).keep()
        svg, _media_type = charts_kept.file_of(key, "wide.svg") or ("", "")
        assert "75,4" in svg

    def test_the_address_cannot_be_made_from_the_figures(self, settings: Any) -> None:
        key = share().key()
        settings.SECRET_KEY = "another installation"
        assert share().key() != key

    def test_old_ones_make_room_and_what_is_shown_again_is_kept(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        import os

        monkeypatch.setattr(charts_kept, "KEPT", 3)
        for number in range(3):
            charts_kept.keep(f"aa{number}", "[]")
            os.utime(tmp_path / "charts" / "aa" / f"aa{number}.json", (number, number))
        charts_kept.keep("aa0", "[]")
        charts_kept.keep("aa3", "[]")
        assert sorted(path.stem for path in (tmp_path / "charts" / "aa").iterdir()) == ["aa0", "aa2", "aa3"]

    @pytest.mark.parametrize("content", ["", "[1,", "[2]", '[2, "en", {"rows": 1}]'])
    def test_what_another_version_or_half_a_write_left_is_not_an_error(
        self, tmp_path: Path, content: str
    ) -> None:
        key = share().keep()
        (tmp_path / "charts" / key[:2] / f"{key}.json").write_text(content)
        assert charts_kept.file_of(key, "wide.svg") is None

    def test_nothing_of_what_draws_is_loaded_at_start_up(self) -> None:
        code = (
            "import django, sys; django.setup(); import gilde.config.urls;"
            "print([m for m in ('altair', 'vl_convert') if m in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


@pytest.mark.django_db
class TestAnswers:
    def test_a_picture_is_answered_once_and_for_ever_and_may_load_nothing(self, client: GildeClient) -> None:
        address = figure(share()).css_first("img.wide").attributes["src"]
        assert address
        answer = client.get(address)
        assert answer["Content-Type"] == "image/svg+xml"
        assert "immutable" in answer["Cache-Control"]
        assert "Content-Disposition" not in answer
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert "script" not in policy
        etree.fromstring(answer.content)

    def test_wide_and_narrow_are_different_pictures(self, client: GildeClient) -> None:
        shown = figure(share())
        widths = [
            etree.fromstring(client.get(picture.attributes["src"] or "").content).get("width")
            for picture in shown.css("img")
        ]
        assert widths == ["720", "360"]

    def test_the_csv_holds_the_numbers_of_the_chart(self, client: GildeClient) -> None:
        address = figure(share()).css_first(".source a[href$=csv]").attributes["href"]
        assert address
        answer = client.get(address)
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1] == {"year": "2015", "area": "Belgium", "share": ""}
        assert "attachment" in answer["Content-Disposition"]

    def test_the_csv_of_a_trend_holds_the_flags(self, client: GildeClient) -> None:
        address = figure(trend(BELGIUM)).css_first(".source a[href$=csv]").attributes["href"]
        rows = list(csv.DictReader(io.StringIO(client.get(address or "").content.decode("utf-8-sig"))))
        assert rows[3] == {"period": "2021", "area": "Belgium", "share": "71.5", "mark": "b"}

    def test_the_svg_is_a_file_of_its_own(self, client: GildeClient) -> None:
        address = figure(share()).css_first(".source a[href$='.svg']").attributes["href"]
        assert address
        answer = client.get(address)
        assert "attachment" in answer["Content-Disposition"]
        assert b"var(" not in answer.content

    @pytest.mark.parametrize("kind", charts_kept.KINDS)
    def test_a_chart_that_is_not_kept_gets_a_sentence(self, client: GildeClient, kind: str) -> None:
        answer = client.get(reverse("chart", args=["0" * 64, kind]))
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
    assert shown.css_first("img") is None
    assert "no figures to draw yet" in shown.text()
