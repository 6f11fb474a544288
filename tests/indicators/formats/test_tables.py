"""Tables: which columns are dimensions, the flavours of providers, and what is told with its row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.columns import BATCH
from tests.indicators.formats.writing import M21, read_bytes, rows_of


def test_the_flavour_of_eurostat(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        "DATAFLOW,LAST UPDATE,freq,unit,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\r\n"
        "ESTAT:EDAT_LFSE_24(1.0),29/04/25 11:00:00,A,PC,T,BE,2021,71.5,b,\r\n"
        "ESTAT:EDAT_LFSE_24(1.0),29/04/25 11:00:00,A,PC,T,BE,2024,,u,C\r\n",
    )
    assert message.dataflow == "EDAT_LFSE_24"
    assert message.prepared is not None
    assert message.prepared.isoformat() == "2025-04-29T11:00:00+00:00"
    assert message.dimensions == ("freq", "unit", "sex", "geo")
    assert rows_of(message) == [
        (("A", "PC", "T", "BE"), "2021", 71.5, "b"),
        (("A", "PC", "T", "BE"), "2024", None, ":cu"),
    ]


def test_labels_beside_codes_are_names(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        "DATAFLOW,SEX: Sex,GEO: Area,TIME_PERIOD: Time,OBS_VALUE: Value,OBS_STATUS: Status\n"
        "X:T(1.0),F: Women,BE: Belgium,2024: 2024,71.5,B: Break in series\n",
    )
    assert rows_of(message) == [(("F", "BE"), "2024", 71.5, "b")]
    assert message.names == {"sex": {"F": "Women"}, "geo": {"BE": "Belgium"}}


def test_the_flavour_of_the_oecd(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,REF_AREA,Reference area,UNIT_MEASURE,Unit of measure,"
        "TIME_PERIOD,Time period,OBS_VALUE,Observation value,OBS_STATUS,Status,UNIT_MULT,Multiplier,DECIMALS,Decimals\n"
        'DATAFLOW,OECD.EDU:DSD@DF(1.0),Table,I,BEL,Belgium,PS,Persons,2024,,1.5,,A,"Normal, value",3,Thousands,1,One\n',
    )
    assert message.dataflow == "DSD@DF"
    assert message.dimensions == ("ref_area", "unit_measure")
    assert rows_of(message) == [(("BEL", "PS"), "2024", 1500.0, "")]
    assert message.names == {"ref_area": {"BEL": "Belgium"}, "unit_measure": {"PS": "Persons"}}


def test_attributes_behind_the_value_are_no_dimensions_but_a_unit_is(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path, "geo,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,PRICES\nBE,2024,1.5,A,PC,V\n"
    )
    assert rows_of(message) == [(("BE", "PC"), "2024", 1.5, "")]
    assert message.dimensions == ("geo", "unit_measure")


def test_columns_in_an_order_of_their_own(tmp_path: Path) -> None:
    message = read_bytes(tmp_path, "OBS_VALUE,OBS_STATUS,geo,sex,TIME_PERIOD,DECIMALS\n1.5,B,BE,F,2024,1\n")
    assert message.dimensions == ("geo", "sex")
    assert rows_of(message) == [(("BE", "F"), "2024", 1.5, "b")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(delimiter: str, tmp_path: Path) -> None:
    text = "geo,TIME_PERIOD,OBS_VALUE,NOTE\nBE,2024,1.5,x\n".replace(",", delimiter)
    assert rows_of(read_bytes(tmp_path, text)) == [(("BE",), "2024", 1.5, "")]


def test_a_cell_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        'geo,TIME_PERIOD,OBS_VALUE,COMMENT_OBS\n"B,E",2024,1.5,"two\nlines, ""quoted"""\nFR,2024,2,\n',
    )
    assert rows_of(message) == [(("B,E",), "2024", 1.5, ""), (("FR",), "2024", 2.0, "")]


def test_numerator_and_denominator_are_columns_of_their_own(tmp_path: Path) -> None:
    head = "geo,TIME_PERIOD,OBS_VALUE,NUMERATOR,DENOMINATOR\n"
    message = read_bytes(tmp_path, head + "BE,2024,50,1,2\nFR,2024,50,,\n")
    rows = [row for batch in message.batches() for row in batch.to_pylist()]
    assert [(row["_numerator"], row["_denominator"]) for row in rows] == [(1.0, 2.0), (None, None)]
    with pytest.raises(Unreadable, match=r"row 2.*“x”"):
        read_bytes(tmp_path, head + "BE,2024,50,x,2\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("geo,TIME_PERIOD,OBS_VALUE\nBE,2024,1\nBE,2024\n", "row 3: it has 2 cells and the heading 3"),
        ("geo,GEO,TIME_PERIOD,OBS_VALUE\nBE,BE,2024,1\n", "“GEO” twice"),
        ("TIME_PERIOD,OBS_VALUE\n2024,1\n", "one for each dimension"),
        ("_row,TIME_PERIOD,OBS_VALUE\nBE,2024,1\n", "no name that a dimension can have"),
        ("geo,sex,OBS_VALUE\nBE,T,1\n", "needs the columns TIME_PERIOD"),
        (
            "DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nA:B(1),BE,2024,1\nA:C(1),BE,2025,1\n",
            "row 3: here begins another",
        ),
        ("ACTION,geo,TIME_PERIOD,OBS_VALUE\nI,BE,2024,1\nD,BE,2025,\n", "row 3 asks to delete"),
        ('geo,TIME_PERIOD,OBS_VALUE\n"BE,2024,1\n', "quotation mark is left open|cells and the heading"),
        (b"geo,TIME_PERIOD,OBS_VALUE\nB\xe9,2024,1\n", "UTF-8"),
        ("geo,TIME_PERIOD,OBS_VALUE\nBE,2024,1\n".encode("utf-16"), "UTF-8"),
        (b"", "is empty"),
        (b"geo,TIME_PERIOD,OBS_VALUE\n" + b"BE,2024,1\n" * 10_000 + b"B\0,2024,1\n", "zero bytes"),
        (b"%PDF-1.7 binary", "no message of figures"),
        ("freq,geo\\TIME_PERIOD\t2024\nA\t1\n", "row 2: “A” does not name the 2 dimensions"),
        ("freq,freq\\TIME_PERIOD\t2024\nA,A\t1\n", "each dimension once"),
        ("freq\\geo\tBE\nA\t1\n", "no dimension of time"),
        ("geo\\TIME_PERIOD\t2024\t2024\nBE\t1\t2\n", "each once"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(content: bytes | str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=words):
        for _batch in read_bytes(tmp_path, content).batches():
            pass


def test_the_table_of_eurostat_with_periods_across(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        "freq,unit,geo\\TIME_PERIOD\t2023 \t2024-Q1 \nA,PC,BE\t71.5 b\t: u\nA,PC,FR\t:\t75,4 bu\n",
    )
    rows = [row for batch in message.batches() for row in batch.to_pylist()]
    assert [
        (row["_row"], row["geo"], row["_period"], row["_value"], row["_text"], row["_flags"]) for row in rows
    ] == [
        (2, "BE", "2023", 71.5, None, "b"),
        (3, "FR", "2023", None, None, ":"),
        (2, "BE", "2024-Q1", None, None, ":u"),
        (3, "FR", "2024-Q1", None, "75,4", "bu"),
    ]


def test_the_older_table_of_eurostat_with_areas_across(tmp_path: Path) -> None:
    message = read_bytes(tmp_path, "unit,time\\geo\tBE\tFR\nPC,2023\t1.5\t2.5 p\n")
    assert message.dimensions == ("unit", "geo")
    assert rows_of(message) == [(("PC", "BE"), "2023", 1.5, ""), (("PC", "FR"), "2023", 2.5, "p")]


def test_a_long_table_comes_in_batches_from_the_beginning_each_time(tmp_path: Path) -> None:
    rows = 3 * BATCH
    message = read_bytes(
        tmp_path,
        "geo,TIME_PERIOD,OBS_VALUE\n"
        + "".join(f"A{at % 40},{1800 + at % 300},{at}.5\n" for at in range(rows)),
    )
    for _time in range(2):
        batches = list(message.batches())
        assert len(batches) > 1
        assert max(batch.num_rows for batch in batches) < rows
        numbers = [number for batch in batches for number in batch.column("_row").to_pylist()]
        assert numbers == list(range(2, rows + 2))
        assert (
            sum(sum(batch.column("_value").to_pylist()) for batch in batches) == sum(range(rows)) + rows / 2
        )


# Cubes


def cube(**told: object) -> str:
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": "A cube",
        "source": "Office",
        "updated": "2025-04-29T11:00:00+0200",
        "id": ["geo", "time"],
        "size": [2, 2],
        "dimension": {
            "geo": {"category": {"index": ["BE", "FR"], "label": {"BE": "Belgium", "FR": "France"}}},
            "time": {"category": {"index": {"2023": 0, "2024": 1}}},
        },
        "value": [1.5, None, None, None],
        **told,
    }
    return json.dumps(dataset)


def test_a_gap_in_a_series_of_a_dense_cube_is_missing_and_an_empty_series_is_none(tmp_path: Path) -> None:
    message = read_bytes(tmp_path, cube())
    assert rows_of(message) == [(("BE",), "2023", 1.5, ""), (("BE",), "2024", None, ":")]
    assert (message.title, message.attributes["source"]) == ("A cube", "Office")
    assert message.names == {"geo": {"BE": "Belgium", "FR": "France"}}


@pytest.mark.parametrize("status", [{"3": "u"}, [None, None, None, "u"], {"3": ":u"}])
def test_a_status_makes_a_figure_of_a_null(status: object, tmp_path: Path) -> None:
    rows = rows_of(read_bytes(tmp_path, cube(status=status)))
    assert rows[2:] == [(("FR",), "2023", None, ":"), (("FR",), "2024", None, ":u")]


def test_one_status_holds_for_all(tmp_path: Path) -> None:
    rows = rows_of(read_bytes(tmp_path, cube(value={"0": 1.5, "3": 2}, status="p")))
    assert rows == [(("BE",), "2023", 1.5, "p"), (("FR",), "2024", 2.0, "p")]


def test_the_unit_of_a_whole_cube_is_an_attribute(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, cube(extension={"unit": "PC"})).attributes["unit"] == "PC"


@pytest.mark.parametrize(
    "told",
    [
        {"size": [2, 3]},
        {"value": [1.5]},
        {"value": {"9": 1}},
        {"value": {"x": 1}},
        {"value": None},
        {"id": ["geo", "geo"]},
        {"id": ["geo"]},
        {"size": [2, 10**30]},
        {"size": [-2, -2]},
        {"dimension": {}},
        {"status": [1]},
        {"class": "collection"},
    ],
)
def test_a_cube_that_does_not_agree_with_itself_is_refused(told: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_bytes(tmp_path, cube(**told))


# SDMX-ML


def specific(dataset: str, across: str = "TIME_PERIOD") -> str:
    return (
        f'<m:StructureSpecificData xmlns:m="{M21}/message" xmlns:s="{M21}/data/structurespecific" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<m:Header><m:Structure structureID="S" dimensionAtObservation="{across}"/></m:Header>{dataset}'
        "</m:StructureSpecificData>"
    )


def test_a_group_tells_the_unit_and_the_multiplier_of_its_series(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        specific(
            '<m:DataSet><Group xsi:type="g" GEO="BE" UNIT_MEASURE="PERS" UNIT_MULT="3" TITLE="x"/>'
            '<Group xsi:type="g" GEO="FR" UNIT_MEASURE="PERS"/>'
            '<Series FREQ="A" GEO="BE"><Obs TIME_PERIOD="2024" OBS_VALUE="1.5"/></Series>'
            '<Series FREQ="A" GEO="FR"><Obs TIME_PERIOD="2024" OBS_VALUE="1.5"/></Series></m:DataSet>'
        ),
    )
    assert message.dimensions == ("freq", "geo", "unit_measure")
    assert rows_of(message) == [
        (("A", "BE", "PERS"), "2024", 1500.0, ""),
        (("A", "FR", "PERS"), "2024", 1.5, ""),
    ]


def test_the_unit_of_a_whole_message_is_an_attribute(tmp_path: Path) -> None:
    series = '<Series GEO="BE"><Obs TIME_PERIOD="2024" OBS_VALUE="1.5"/></Series>'
    message = read_bytes(
        tmp_path, specific(f'<m:DataSet UNIT_MEASURE="PC" UNIT_MULT="0">{series}</m:DataSet>')
    )
    assert message.attributes["unit"] == "PC"
    assert rows_of(message) == [(("BE",), "2024", 1.5, "")]
    two = (
        f'<m:DataSet UNIT_MEASURE="PC">{series}</m:DataSet><m:DataSet UNIT_MEASURE="NR">{series}</m:DataSet>'
    )
    with pytest.raises(Unreadable, match="several units"):
        read_bytes(tmp_path, specific(two))


def test_an_attribute_that_comes_and_goes_is_no_dimension(tmp_path: Path) -> None:
    message = read_bytes(
        tmp_path,
        specific(
            '<m:DataSet><Series GEO="BE" REMARK="x"><Obs TIME_PERIOD="2024" OBS_VALUE="1.5"/></Series>'
            '<Series GEO="FR" OBS_STATUS="P"><Obs TIME_PERIOD="2024" OBS_VALUE="2.5"/></Series></m:DataSet>'
        ),
    )
    assert rows_of(message) == [(("BE",), "2024", 1.5, ""), (("FR",), "2024", 2.5, "p")]


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        ('<m:DataSet s:action="Delete"><Series GEO="BE"/></m:DataSet>', "asks to delete"),
        (
            '<m:DataSet><Series GEO="BE" geo="BE"><Obs TIME_PERIOD="1" OBS_VALUE="1"/></Series></m:DataSet>',
            "twice",
        ),
        ('<m:DataSet><Obs GEO="BE" OBS_VALUE="1"/></m:DataSet>', "no dimension of time|does not"),
        ('<m:DataSet><Series GEO="BE"><Obs TIME_PERIOD="1" TURNOVER="1"/></Series></m:DataSet>', "OBS_VALUE"),
    ],
)
def test_a_message_that_is_none_of_figures_is_told(dataset: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=words):
        read_bytes(tmp_path, specific(dataset))


def test_declared_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + specific('<m:DataSet x="&b;"/>')
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read_bytes(tmp_path, bomb)
