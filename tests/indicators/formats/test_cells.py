"""What one cell says: numbers, words that are none, periods in their many spellings, statuses and multipliers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats import cells
from tests.indicators.formats.writing import read_bytes, rows_of

HEAD = "DATAFLOW,geo,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MULT\n"


def one(
    folder: Path, value: str, status: str = "", confidential: str = "", multiplier: str = ""
) -> tuple[object, ...]:
    """Return (value, text, flags) of a row with these cells, between two ordinary ones."""
    row = f'ESTAT:T(1.0),BE,2024,"{value}","{status}",{confidential},{multiplier}\n'
    content = HEAD + "ESTAT:T(1.0),BE,2022,1.5,A,F,0\n" + row + "ESTAT:T(1.0),BE,2025,2.5,A,F,0\n"
    rows = [each for batch in read_bytes(folder, content).batches() for each in batch.to_pylist()]
    assert [(each["_value"], each["_text"], each["_flags"]) for each in (rows[0], rows[2])] == [
        (1.5, None, ""),
        (2.5, None, ""),
    ]
    assert [each["_row"] for each in rows] == [2, 3, 4]
    return (rows[1]["_value"], rows[1]["_text"], rows[1]["_flags"])


@pytest.mark.parametrize("missing", ["", ":", "NaN", "nan", "na", "NA", "n/a", "N/a", " : ", "..", "#N/A"])
def test_a_missing_value_is_null_and_flagged(missing: str, tmp_path: Path) -> None:
    assert one(tmp_path, missing) == (None, None, ":")


@pytest.mark.parametrize(
    "words",
    [
        "75,4",
        "1 234",
        "1.234,5",
        "abc",
        "1_000",
        "0x10",
        "inf",
        "-Infinity",
        "1e999",
        "１２",
        "12 %",
        "--",
        "1.5 b",
    ],
)
def test_words_where_a_number_should_be_are_kept_for_the_report(words: str, tmp_path: Path) -> None:
    assert one(tmp_path, words, "B") == (None, words, "b")


@pytest.mark.parametrize(
    ("words", "value"),
    [("75.4", 75.4), (" 75.4 ", 75.4), ("+1.5", 1.5), (".5", 0.5), ("1E3", 1000.0), ("-0.0", -0.0)],
)
def test_a_number_is_read(words: str, value: float, tmp_path: Path) -> None:
    assert one(tmp_path, words) == (value, None, "")


@pytest.mark.parametrize(
    ("status", "present", "absent"),
    [
        ("A", "", ":"),
        ("B", "b", ":b"),
        ("b", "b", ":b"),
        ("bu", "bu", ":bu"),
        ("ub", "bu", ":bu"),
        ("B;U", "bu", ":bu"),
        ("BU", "bu", ":bu"),
        ("b b", "b", ":b"),
        ("E", "e", ":e"),
        ("s", "s", ":s"),
        ("M", "m", ":"),
        ("L", "l", ":l"),
        ("O", "o", ":o"),
        ("H", "h", ":h"),
        ("Q", "q", ":q"),
        ("na", "", ":"),
        (":", "", ":"),
        ("B: Time series break", "b", ":b"),
    ],
)
def test_a_status_becomes_letters(status: str, present: str, absent: str, tmp_path: Path) -> None:
    assert one(tmp_path, "1.5", status) == (1.5, None, present)
    assert one(tmp_path, "", status) == (None, None, absent)


@pytest.mark.parametrize(
    ("code", "flags"), [("F", ""), ("", ""), ("C", "c"), ("N", "c"), ("D", "c"), ("S", "c")]
)
def test_what_is_not_free_is_confidential(code: str, flags: str, tmp_path: Path) -> None:
    assert one(tmp_path, "1.5", "", code) == (1.5, None, flags)


def test_a_confidential_figure_keeps_its_other_flags(tmp_path: Path) -> None:
    assert one(tmp_path, "", "p", "C") == (None, None, ":cp")


def test_a_status_that_no_list_knows_is_told_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"row 3.*“7”"):
        one(tmp_path, "1.5", "7")


@given(value=st.decimals(-(10**6), 10**6, places=4), power=st.integers(-12, 12))
def test_a_multiplier_is_applied_to_the_decimal_number(
    value: Decimal, power: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("power")
    assert one(folder, str(value), "", "", str(power)) == (float(value.scaleb(power)), None, "")


def test_a_multiplier_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="UNIT_MULT"):
        one(tmp_path, "1.5", "", "", "thousand")


def test_a_multiplier_leaves_words_as_they_are(tmp_path: Path) -> None:
    assert one(tmp_path, "75,4", "", "", "3") == (None, "75,4", "")
    assert one(tmp_path, "1e2", "", "", "3") == (100_000.0, None, "")


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2024", "2024"),
        ("2024-A1", "2024"),
        ("2024-Q1", "2024-Q1"),
        ("2024Q1", "2024-Q1"),
        ("2024-q4", "2024-Q4"),
        ("2024-03", "2024-03"),
        ("2024M03", "2024-03"),
        ("2024-M3", "2024-03"),
        ("2024-2025", "2024-2025"),
        ("2024/2025", "2024-2025"),
        ("2024/25", "2024-2025"),
        ("2012-13", "2012-2013"),
        ("2003-04", "2003-04"),
        ("2024-2026", "2024-2026"),
        ("2024-S1", "2024-S1"),
        ("2024-W05", "2024-W05"),
        ("2024-13", "2024-13"),
        ("2024-Q5", "2024-Q5"),
        ("last year", "last year"),
        ("", ""),
    ],
)
def test_a_period_is_brought_to_one_spelling(written: str, period: str) -> None:
    assert cells.period(written) == period
    assert cells.period(f" {written} ") == period


def test_what_is_no_period_reaches_the_checker(tmp_path: Path) -> None:
    message = read_bytes(tmp_path, HEAD + "E:T(1.0),BE,soon,1.5,,,\n")
    assert rows_of(message) == [(("BE",), "soon", 1.5, "")]
