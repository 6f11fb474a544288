"""Every export is read again to the same values, flags and keys; numbers and words stand as each format wants them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.text import Text
from gilde.indicators.exports import FORMATS
from gilde.indicators.figures import Figure, Line, lines
from gilde.indicators.models import Area, Indicator
from tests.indicators.factories import IndicatorFactory, figures_of
from tests.indicators.formats.strategies import VALUES, tables
from tests.indicators.formats.writing import Cell, parts_of, read_bytes, rows_of, same


def an_indicator(dimensions: list[str], totals: dict[str, str] | None = None) -> Indicator:
    return Indicator(
        code="share-of-graduates",
        name=Text.of("Share of graduates"),
        definition=Text.of("Those who graduate"),
        source=Text.of("Office of examples"),
        unit="PC",
        unit_label=Text.of("%"),
        dimensions=[
            {"code": code, "name": code, "total": (totals or {}).get(code, ""), "categories": {}}
            for code in dimensions
        ],
    )


def lines_of(indicator: Indicator, dimensions: list[str], cells: list[Cell]) -> list[Line]:
    series: dict[tuple[str, ...], list[Figure]] = {}
    for cell in cells:
        flags = cell.told[3]
        series.setdefault(cell.key, []).append(Figure(cell.period, cell.value, flags))
    totals = {each["code"]: each["total"] for each in indicator.dimensions}
    return [
        Line(
            number,
            indicator,
            Area(code=key[-1], name=Text.of(f"Area, {key[-1]}")),
            "&".join(
                f"{code}={category}"
                for code, category in sorted(zip(dimensions[:-1], key, strict=False))
                if category != totals[code]
            ),
            tuple(figures),
        )
        for number, (key, figures) in enumerate(series.items())
    ]


def written(form: str, indicator: Indicator, told: list[Line]) -> bytes:
    return b"".join(FORMATS[form].write(indicator, told, moments={}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


@pytest.mark.parametrize("form", list(FORMATS))
def test_what_is_written_is_read_again(form: str, folder: Path) -> None:
    @given(table=tables(), total=st.booleans())
    def check(table: tuple[list[str], list[Cell]], total: bool) -> None:
        dimensions, cells = table
        # The first category of each dimension stands for all: its key leaves it out, the file writes it out.
        totals = dict(zip(dimensions[:-1], cells[0].key, strict=False)) if total else {}
        indicator = an_indicator(dimensions[:-1], totals)
        message = read_bytes(folder, written(form, indicator, lines_of(indicator, dimensions, cells)), form)
        expected = sorted((cell.told for cell in cells), key=lambda row: (row[0], row[1], str(row[2])))
        read = rows_of(message, dimensions)
        assert set(message.dimensions) - {"unit_measure"} == set(dimensions)
        assert [row[:2] + row[3:] for row in read] == [row[:2] + row[3:] for row in expected]
        assert all(same(one[2], other[2]) for one, other in zip(read, expected, strict=True))

    check()


@pytest.mark.parametrize("form", list(FORMATS))
def test_numerators_and_denominators_come_back(form: str, folder: Path) -> None:
    @given(
        parts=st.lists(
            st.tuples(st.one_of(st.none(), VALUES), st.one_of(st.none(), VALUES)), min_size=1, max_size=5
        )
    )
    def check(parts: list[tuple[float | None, float | None]]) -> None:
        indicator = an_indicator([])
        figures = [Figure(str(2000 + at), 1.5, "", *part) for at, part in enumerate(parts)]
        content = written(form, indicator, [Line(1, indicator, Area(code="BE"), "", tuple(figures))])
        assert parts_of(read_bytes(folder, content, form)) == parts

    check()


@pytest.mark.parametrize("form", list(FORMATS))
def test_numbers_do_not_depend_on_the_readers_language(form: str) -> None:
    indicator = an_indicator([])
    told = [Line(1, indicator, Area(code="BE", name=Text.of("Belgium")), "", (Figure("2024", 1234.5),))]
    english = written(form, indicator, told)
    with override("nl"):
        dutch = written(form, indicator, told)
    assert dutch.count(b"1234.5") == english.count(b"1234.5") == (0 if form == "parquet" else 1)


def test_the_plain_table_names_areas_and_tells_the_release() -> None:
    indicator = an_indicator(["sex"], {"sex": "T"})
    figures = (Figure("2023", 71.5, "b", 715.0, 1000.0, release=7), Figure("2024", None, ":"))
    told = [Line(1, indicator, Area(code="BE", name=Text.of("Belgium")), "", figures)]
    content = b"".join(FORMATS["csv"].write(indicator, told, moments={7: "2025-01-02T03:04:05+00:00"}))
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))) == [
        {
            "INDICATOR": "share-of-graduates",
            "geo": "BE",
            "AREA_NAME": "Belgium",
            "sex": "T",
            "TIME_PERIOD": "2023",
            "OBS_VALUE": "71.5",
            "OBS_STATUS": "b",
            "UNIT_MEASURE": "PC",
            "NUMERATOR": "715.0",
            "DENOMINATOR": "1000.0",
            "RELEASE": "2025-01-02T03:04:05+00:00",
        },
        {
            "INDICATOR": "share-of-graduates",
            "geo": "BE",
            "AREA_NAME": "Belgium",
            "sex": "T",
            "TIME_PERIOD": "2024",
            "OBS_VALUE": ":",
            "OBS_STATUS": "",
            "UNIT_MEASURE": "PC",
            "NUMERATOR": "",
            "DENOMINATOR": "",
            "RELEASE": "",
        },
    ]


def test_a_spreadsheet_is_given_no_formula() -> None:
    indicator = an_indicator(["field"])
    told = [Line(1, indicator, Area(code="BE", name=Text.of("=1+1")), "field=-F01", (Figure("2024", -1.5),))]
    row = written("csv", indicator, told).decode("utf-8-sig").splitlines()[1]
    assert row.split(",")[1:6] == ["BE", "'=1+1", "'-F01", "2024", "-1.5"]


def test_a_code_that_looked_like_a_formula_is_read_as_it_was(tmp_path: Path) -> None:
    indicator = an_indicator(["field"])
    told = [Line(1, indicator, Area(code="BE"), "field=-F01", (Figure("2024", -1.5),))]
    message = read_bytes(tmp_path, written("csv", indicator, told))
    assert rows_of(message, ("field", "geo")) == [(("-F01", "BE"), "2024", -1.5, "")]


def test_sdmx_csv_writes_flags_as_an_array_and_a_missing_number_as_nan() -> None:
    indicator = an_indicator([])
    told = [Line(1, indicator, Area(code="BE"), "", (Figure("2023", 1.5, "bu"), Figure("2024", None, ":c")))]
    head, first, second = written("sdmx-csv", indicator, told).decode().splitlines()
    assert head.split(",")[:3] == ["STRUCTURE[;]", "STRUCTURE_ID", "ACTION"]
    assert "OBS_STATUS[]" in head.split(",")
    assert first.split(",")[3:8] == ["BE", "2023", "1.5", "b;u", "PC"]
    assert second.split(",")[3:8] == ["BE", "2024", "NaN", "c", "PC"]


def test_json_stat_holds_labels_source_unit_and_roles() -> None:
    indicator = an_indicator([])
    told = [Line(1, indicator, Area(code="BE", name=Text.of("Belgium")), "", (Figure("2024", 1.5, "b"),))]
    dataset = json.loads(written("json-stat", indicator, told))
    assert (dataset["version"], dataset["class"]) == ("2.0", "dataset")
    assert (dataset["label"], dataset["source"]) == ("Share of graduates", "Office of examples")
    assert dataset["role"] == {"time": ["TIME_PERIOD"], "geo": ["geo"]}
    assert dataset["dimension"]["geo"]["category"] == {"index": ["BE"], "label": {"BE": "Belgium"}}
    assert (dataset["value"], dataset["status"]) == ({"0": 1.5}, {"0": "b"})
    assert dataset["extension"]["unit"] == "PC"


def test_parquet_is_a_table_that_other_programs_read() -> None:
    indicator = an_indicator(["sex"])
    told = [
        Line(1, indicator, Area(code="BE", name=Text.of("Belgium")), "sex=F", (Figure("2024", 1.5, "b"),))
    ]
    table = pq.read_table(pa.BufferReader(written("parquet", indicator, told)))
    assert table.select(
        ["geo", "AREA_NAME", "sex", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"]
    ).to_pylist() == [
        {
            "geo": "BE",
            "AREA_NAME": "Belgium",
            "sex": "F",
            "TIME_PERIOD": "2024",
            "OBS_VALUE": 1.5,
            "OBS_STATUS": "b",
        }
    ]


@pytest.mark.parametrize("form", ["csv", "sdmx-csv", "parquet"])
def test_a_long_export_is_written_in_pieces(form: str) -> None:
    indicator = an_indicator([])
    drawn = 0

    def endless() -> object:
        nonlocal drawn
        for number in range(400):
            drawn += 1
            figures = tuple(Figure(str(1600 + at), at / 7) for at in range(300))
            yield Line(number, indicator, Area(code=f"A{number}"), "", figures)

    pieces = FORMATS[form].write(indicator, endless(), moments={})
    assert len(next(pieces)) < 4_000_000
    assert drawn < 200  # the first piece is there before the last series was asked for
    assert sum(1 for _piece in pieces) > 1


@pytest.mark.django_db
@pytest.mark.parametrize("form", list(FORMATS))
def test_published_figures_are_exported_with_the_moment_of_their_release(form: str, tmp_path: Path) -> None:
    indicator = IndicatorFactory()
    release = figures_of(indicator, {"BE": {"2022": 70.5, "2023": (71.5, "b"), "2024": None}})
    content = b"".join(FORMATS[form].write(indicator, lines(indicator)))
    assert rows_of(read_bytes(tmp_path, content), ("geo",)) == [
        (("BE",), "2022", 70.5, ""),
        (("BE",), "2023", 71.5, "b"),
        (("BE",), "2024", None, ":"),
    ]
    if form == "csv":
        assert content.decode().count(release.published_at.isoformat(timespec="seconds")) == 3


@pytest.mark.parametrize("form", list(FORMATS))
def test_no_lines_make_an_empty_file_of_the_format(form: str) -> None:
    indicator = an_indicator(["sex"])
    assert written(form, indicator, [])
