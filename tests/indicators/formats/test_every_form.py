"""The same random table, in every form, is read to the same figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.formats.strategies import tables
from tests.indicators.formats.writing import WRITERS, Cell, read_bytes, rows_of, same


def expected(cells: list[Cell]) -> list[tuple[object, ...]]:
    return sorted((cell.told for cell in cells), key=lambda row: (row[0], row[1], str(row[2])))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forms")


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_form_is_read_to_the_figures_that_were_written(form: str, folder: Path) -> None:
    # A table of Eurostat has a cell for every period of a series; a missing one is a figure there.
    @given(table=tables(complete=form == "eurostat_tsv"))
    def check(table: tuple[list[str], list[Cell]]) -> None:
        dimensions, cells = table
        message = read_bytes(folder, WRITERS[form](dimensions, cells), form)
        read = rows_of(message, dimensions)
        assert set(message.dimensions) == set(dimensions)
        assert [row[:2] + row[3:] for row in read] == [row[:2] + row[3:] for row in expected(cells)]
        assert all(same(one[2], other[2]) for one, other in zip(read, expected(cells), strict=True))

    check()


@given(
    table=tables(complete=True), first=st.sampled_from(list(WRITERS)), second=st.sampled_from(list(WRITERS))
)
def test_two_forms_of_a_table_are_read_alike(
    table: tuple[list[str], list[Cell]], first: str, second: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("two")
    dimensions, cells = table
    one, other = (
        rows_of(read_bytes(folder, WRITERS[f](dimensions, cells)), dimensions) for f in (first, second)
    )
    assert one == other


@pytest.mark.parametrize(
    ("form", "dataset"),
    [("sdmx_csv_1", "T"), ("sdmx_csv_2", "T"), ("generic_xml", "T"), ("specific_xml_3", "T")],
)
def test_a_message_tells_its_dataset(form: str, dataset: str, folder: Path) -> None:
    message = read_bytes(folder, WRITERS[form](["geo"], [Cell(("BE",), "2024", 1.0)]), form)
    assert message.dataflow == dataset


def test_names_of_categories_come_along(folder: Path) -> None:
    cells = [Cell(("F", "BE"), "2024", 1.0)]
    message = read_bytes(folder, WRITERS["sdmx_csv_names"](["sex", "geo"], cells), "names")
    assert rows_of(message) == [(("F", "BE"), "2024", 1.0, "")]
    assert message.names["sex"] == {"F": "“F”, in words"}
