"""Bad input: each fault is told with its row and reason, and what is sound stays apart from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.indicators.checking import SHOWN, Checked, check, shrunk
from gilde.indicators.dimensions import Dimension
from gilde.indicators.formats.message import FLAGS, PERIOD, ROW, TEXT, VALUE, Message
from gilde.indicators.models import Indicator, Origin
from tests.indicators.factories import AreaFactory, IndicatorFactory

pytestmark = pytest.mark.django_db
SEX = Dimension("sex", Text.of("sex"), "T", {"T": Text.of("all"), "F": Text.of("women"), "M": Text.of("men")})


def message(rows: Sequence[dict[str, Any]], dataflow: str = "", **more: Any) -> Message:
    """Return a message of rows such as {"geo": "BE", "sex": "T", "time": "2020", "value": 71.5}."""
    names = [
        name for name in (rows[0] if rows else {"geo": ""}) if name not in ("time", "value", "flags", "text")
    ]

    def batches() -> Iterator[pa.RecordBatch]:
        for begin in range(0, len(rows), 3):  # small pieces, so that faults over their borders are found
            part = rows[begin : begin + 3]
            columns: dict[str, Any] = {name: [row.get(name) for row in part] for name in names}
            columns[ROW] = pa.array([begin + at + 2 for at in range(len(part))], pa.int64())
            columns[PERIOD] = [row["time"] for row in part]
            columns[VALUE] = pa.array([row.get("value") for row in part], pa.float64())
            columns[TEXT] = pa.array([row.get("text") for row in part], pa.string())
            columns[FLAGS] = pa.array([row.get("flags", "") for row in part], pa.string())
            yield pa.RecordBatch.from_pydict(columns)

    return Message("test", tuple(names), batches, dataflow=dataflow, **more)


def row(value: float | None = 71.5, geo: str = "BE", time: str = "2020", **more: Any) -> dict[str, Any]:
    return {"geo": geo, "time": time, "value": value, **more}


def an_indicator(**fields: Any) -> Indicator:
    for code in ("BE", "FR"):
        AreaFactory(code=code)
    AreaFactory(code="EL", aliases=["GR", "GRC"])
    return IndicatorFactory(**fields)


def told(checked: Checked) -> list[tuple[str, int | None]]:
    return [(found.kind, found.row) for found in checked.found]


def test_sound_figures_have_no_finding() -> None:
    checked = check(an_indicator(), message([row(), row(80.0, "GR"), row(None, "FR", flags=":c")]))
    assert told(checked) == []
    assert checked.sound().all()
    assert checked.incoming.series_list == [("BE", ""), ("EL", ""), ("FR", "")]
    assert checked.incoming.flags_list == ["", ":c"]


@pytest.mark.parametrize(
    ("bad", "kind", "words"),
    [
        (row(140.0), "impossible", "140 is impossible: values of this indicator are between 0 and 100 %."),
        (row(-1.0), "impossible", "-1 is impossible"),
        (row(float("inf")), "impossible", "inf is impossible"),
        (row(None, text="75,4"), "decimal-comma", "“75,4” is written with a decimal comma"),
        (row(None, text="1 234,5"), "decimal-comma", "decimal comma"),
        (row(None, text="see note"), "unreadable", "“see note” is no number"),
        (row(geo="XX"), "unknown-area", "The area “XX” is not known here"),
        (row(time="2020-Q1"), "period", "“2020-Q1” is no period of this indicator, whose figures are yearly"),
        (row(unit="NR"), "mixed-units", "The unit is NR, and this indicator is in PC"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_row_is_told_with_its_number_and_kept_apart(
    bad: dict[str, Any], kind: str, words: str
) -> None:
    good = [
        {**row(70.0, time=str(year)), **({"unit": "PC"} if "unit" in bad else {})}
        for year in range(2010, 2014)
    ]
    checked = check(an_indicator(), message([*good, bad]))
    assert told(checked) == [(kind, 6)]
    assert words in checked.found[0].sentence
    kept = checked.incoming.only(checked.sound())
    assert sorted(kept.period_list[at] for at in kept.period) == ["2010", "2011", "2012", "2013"]


def test_the_same_key_twice_is_told_with_both_rows_and_neither_is_sound() -> None:
    rows = [row(70.0), row(71.0, time="2021"), row(1.0, "FR"), row(2.0, "FR", "2021"), row(72.0)]
    checked = check(an_indicator(), message(rows))
    assert told(checked) == [("duplicate", 6)]
    assert checked.found[0].sentence.startswith("Row 2 and row 6 both give the figure of BE, 2020.")
    assert checked.sound().tolist() == [False, True, True, True, False]


def test_an_alias_and_the_code_of_an_area_are_the_same_key() -> None:
    assert told(check(an_indicator(), message([row(geo="EL"), row(geo="GRC")]))) == [("duplicate", 3)]


def test_rows_of_other_selections_are_left_aside_and_counted() -> None:
    indicator = an_indicator()
    Origin.objects.create(
        indicator=indicator, provider="ESTAT", dataflow="edat_lfse_24", selection={"age": "Y20-34"}
    )
    rows = [row(70.0, age="Y20-34"), row(60.0, age="Y15-24"), row(71.0, time="2021", age="Y20-34")]
    checked = check(indicator, message(rows, "ESTAT:EDAT_LFSE_24(1.0)"))
    assert (told(checked), checked.left_aside, len(checked.incoming)) == ([], 1, 2)


def test_a_file_of_another_indicator_is_told_as_a_whole() -> None:
    indicator = an_indicator()
    Origin.objects.create(
        indicator=indicator, provider="ESTAT", dataflow="edat_lfse_24", selection={"age": "Y20-34"}
    )
    checked = check(indicator, message([row(age="Y15-24")], "ESTAT:TRNG_LFS_17(1.0)"))
    assert [(found.kind, found.whole) for found in checked.found] == [("other-indicator", True)] * 2
    assert (
        "it is the dataset ESTAT:TRNG_LFS_17(1.0), and this indicator is of edat_lfse_24"
        in checked.found[0].sentence
    )
    assert "None of the 1 rows is of this indicator, which is age=Y20-34." in checked.found[1].sentence


def test_a_dimension_that_the_indicator_leaves_open_is_told() -> None:
    checked = check(an_indicator(), message([row(sector="A"), row(sector="B", time="2021")]))
    assert told(checked) == [("other-indicator", None)]
    assert "several categories of “sector” (A, B)" in checked.found[0].sentence


def test_a_category_that_is_new_is_told_with_its_name() -> None:
    indicator = an_indicator(dimensions=[SEX.as_json()])
    checked = check(
        indicator, message([row(sex="T"), row(sex="X"), row(sex="F")], names={"sex": {"X": "not said"}})
    )
    assert told(checked) == [("changed-codes", 3)]
    assert checked.new_categories == {"sex": {"X": "not said"}}
    assert checked.incoming.series_list == [("BE", ""), ("BE", "sex=X"), ("BE", "sex=F")]
    assert checked.sound(frozenset({"changed-codes"})).all()


def test_a_file_that_names_no_area_is_refused_with_its_dimensions() -> None:
    with pytest.raises(Invalid, match="it has the dimensions sex, age"):
        check(an_indicator(), Message("test", ("sex", "age"), lambda: iter(())))


def test_of_many_alike_the_first_are_told_and_the_rest_is_counted() -> None:
    many = [row(140.0, time=str(1500 + at)) for at in range(SHOWN + 7)]
    checked = check(an_indicator(), message(many))
    assert len(checked.found) == SHOWN + 1
    assert (checked.found[-1].sentence, checked.found[-1].count) == ("7 more rows like these.", 7)


def test_a_complete_load_that_shrinks_by_half_is_told() -> None:
    indicator = an_indicator()
    checked = check(indicator, message([row(time=str(year)) for year in range(2010, 2014)]))
    assert list(shrunk(checked, {("BE", ""): 8})) == []
    [found] = shrunk(checked, {("BE", ""): 9})
    assert found.whole
    assert "Of 9 figures that are published only 4 are still there" in found.sentence
    [found] = shrunk(checked, {("BE", ""): 4, ("FR", ""): 4})
    assert "The series of FR had 4 figures and now has 0" in found.sentence


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "geo": st.sampled_from(["BE", "FR", "GR", "EL", "XX", ""]),
            "sex": st.sampled_from(["T", "F", "Z"]),
            "time": st.sampled_from(["2019", "2020", "2020-Q1", "", "x"]),
            "value": st.one_of(st.none(), st.floats(-50, 150)),
            "flags": st.sampled_from(["", "b", ":"]),
            "text": st.sampled_from([None, None, None, "1,5", "many"]),
        }
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_every_row_is_sound_or_told_and_what_is_sound_can_be_published(rows: list[dict[str, Any]]) -> None:
    indicator = an_indicator(code="random", dimensions=[SEX.as_json()])
    try:
        checked = check(indicator, message(rows))
        kept = checked.incoming.only(checked.sound())
        slots = kept.slots().tolist()
        assert len(set(slots)) == len(slots)
        for place in range(len(kept)):
            area, key = kept.series_list[kept.series[place]]
            assert area in ("BE", "FR", "EL")
            assert key in ("", "sex=F")
            assert kept.period_list[kept.period[place]] in ("2019", "2020")
            missing = kept.value[place] != kept.value[place]
            assert missing == (":" in kept.flags_list[kept.flags[place]])
            assert missing or 0 <= kept.value[place] <= 100
        faults = {found.row for found in checked.found if found.row is not None and found.kind != "duplicate"}
        doubles = int((checked.fault == 6).sum())
        assert len(kept) + len(faults) + doubles == len(rows)
    finally:
        indicator.delete()
