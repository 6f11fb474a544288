"""From a file through the database and out again: every value and every flag comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.indicators import figures, formats
from gilde.indicators.dimensions import Dimension, key_of
from gilde.indicators.exports import FORMATS
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Indicator, Release
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.services import loading
from tests.indicators.factories import AreaFactory, IndicatorFactory, member
from tests.indicators.formats.writing import read_bytes, rows_of

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "sdmx" / "ESTAT"
pytestmark = pytest.mark.django_db
FILES = {"demography-xs.xml": "country", "NAMA_10_GDP-ss.xml": "geo", "footer2.zip": "geo"}


def published(indicator: Indicator) -> dict[tuple[str, str, str], tuple[float | None, str]]:
    return {
        (line.area.code, line.key, figure.period): (figure.value, figure.flags)
        for line in figures.lines(indicator, keys=None)
        for figure in line.figures
    }


def exported(folder: Path, indicator: Indicator, kind: str) -> formats.Message:
    lines = figures.lines(indicator, keys=None)
    content = b"".join(FORMATS[kind].write(indicator, lines))
    return read_bytes(folder, content, f"export.{FORMATS[kind].suffix}")


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the official messages are not on this machine")
@pytest.mark.parametrize("name", FILES)
def test_an_official_message_is_loaded_and_comes_out_of_every_export_as_it_was(
    name: str, run_jobs: Callable[[], int], tmp_path: Path
) -> None:
    message = formats.read(FOLDER / name)
    others = [code for code in message.dimensions if code not in ("freq", FILES[name])]
    told = rows_of(message, (FILES[name], *others))
    for code in {key[0] for key, _period, _value, _flags in told}:
        AreaFactory(code=code)
    dimensions = [Dimension(code, Text.of(code)) for code in others]
    indicator = IndicatorFactory(
        minimum=None, maximum=None, dimensions=[each.as_json() for each in dimensions]
    )
    load = loading.add_load(
        actor=member(indicator, "officer"),
        indicator=indicator,
        file=(FOLDER / name).read_bytes(),
        name=name,
    )
    run_jobs()
    load.refresh_from_db()
    assert (load.state, load.problem, load.rows) == ("published", "", len(told))
    expected = {
        (key[0], key_of(dict(zip(others, key[1:], strict=True)), dimensions), period): (value, flags)
        for key, period, value, flags in told
    }
    assert published(indicator) == expected
    for kind in FORMATS:
        assert rows_of(exported(tmp_path, indicator, kind), ("geo", *others)) == told, kind


SEX = Dimension("sex", Text.of("sex"), "T", {"T": Text.of("all"), "F": Text.of("women"), "M": Text.of("men")})
VALUES = st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: float(f"{value:.15g}"))
FIGURES = st.dictionaries(
    st.tuples(
        st.sampled_from(["BE", "EU27_2020"]),
        st.sampled_from(["", "sex=F", "sex=M"]),
        st.sampled_from(["2019", "2020", "2021"]),
    ),
    st.one_of(
        st.tuples(VALUES, st.sampled_from(["", "b", "bp", "u", "de"])),
        st.tuples(st.none(), st.sampled_from([":", ":c", ":u"])),
    ),
    min_size=1,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(told=FIGURES, kind=st.sampled_from(sorted(FORMATS)))
def test_what_was_published_is_loaded_into_another_gilde_from_any_export(
    told: dict[tuple[str, str, str], tuple[float | None, str]],
    kind: str,
) -> None:
    for code in ("BE", "EU27_2020"):
        AreaFactory(code=code)
    words = {"minimum": None, "maximum": None, "dimensions": [SEX.as_json()]}
    ours, theirs = IndicatorFactory(**words), IndicatorFactory(**words)
    publish(
        actor=SYSTEM,
        indicator=ours,
        incoming=Incoming.of(Arriving(*key, value, flags) for key, (value, flags) in told.items()),
        provenance=Provenance(kind=Release.Kind.FILE, source="Office of examples"),
    )
    lines = figures.lines(ours, keys=None)
    load = loading.add_load(
        actor=SYSTEM,
        indicator=theirs,
        file=b"".join(FORMATS[kind].write(ours, lines)),
        name=f"export.{FORMATS[kind].suffix}",
    )
    loading.read_load(str(load.pk))
    load.refresh_from_db()
    assert (load.state, load.problem) == ("published", "")
    assert published(theirs) == told
