"""Whatever is cut off, changed or built to mislead ends in a sentence, never in anything else."""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import GildeError
from gilde.indicators.errors import Unreadable
from gilde.indicators.exports import FORMATS
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area
from tests.indicators.formats.test_exports import an_indicator
from tests.indicators.formats.writing import WRITERS, Cell, read_bytes

CELLS = [
    Cell((sex, geo), year, value, flags)
    for sex in ("F", "M")
    for geo, year, value, flags in (
        ("BE", "2023", 71.5, "b"),
        ("BE", "2024", None, "u"),
        ("FR", "2024", 1.25, ""),
    )
]
SAMPLES = {form: writer(["sex", "geo"], CELLS).encode() for form, writer in WRITERS.items()}
_INDICATOR = an_indicator([])
_LINES = [Line(1, _INDICATOR, Area(code="BE"), "", (Figure("2023", 1.5, "b"), Figure("2024", None, ":")))]
SAMPLES |= {
    f"our {form}": b"".join(made.write(_INDICATOR, _LINES, moments={})) for form, made in FORMATS.items()
}
SAMPLES["gzip"] = gzip.compress(SAMPLES["sdmx_csv_1"])
_ARCHIVE = io.BytesIO()
with zipfile.ZipFile(_ARCHIVE, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("a", SAMPLES["generic_xml"])
    _archive.writestr("b", SAMPLES["generic_xml"])
SAMPLES["zip"] = _ARCHIVE.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


def read_all(folder: Path, content: bytes) -> int:
    return sum(batch.num_rows for batch in read_bytes(folder, content).batches())


@pytest.mark.parametrize("form", list(SAMPLES))
def test_a_message_that_is_cut_off_gives_figures_or_a_sentence(form: str, folder: Path) -> None:
    whole = SAMPLES[form]

    @given(end=st.integers(0, len(whole) - 1))
    def check(end: int) -> None:
        with contextlib.suppress(GildeError):
            read_all(folder, whole[:end])

    check()


@pytest.mark.parametrize("form", list(SAMPLES))
def test_a_message_that_is_changed_gives_figures_or_a_sentence(form: str, folder: Path) -> None:
    whole = SAMPLES[form]
    edits = st.tuples(
        st.integers(0, len(whole)),
        st.integers(0, 3),
        st.one_of(st.binary(max_size=4), st.sampled_from(WORDS)),
    )

    @given(edits=st.lists(edits, min_size=1, max_size=4))
    def check(edits: list[tuple[int, int, bytes]]) -> None:
        content = whole
        for at, taken, put in edits:
            content = content[:at] + put + content[at + taken :]
        with contextlib.suppress(GildeError):
            read_all(folder, content)

    check()


WORDS = [
    b"\0",
    b'"',
    b"\n",
    b",",
    b"\t",
    b"<",
    b"&x;",
    b"null",
    b"-1",
    b"1e999",
    b"[",
    b"{",
    b"\xff",
    b"\xf0\x9f\x98\x80",
    b"}]",
]


@pytest.mark.parametrize(
    "form", ["generic_xml", "specific_xml", "flat_xml", "json_stat", "sdmx_json_1", "sdmx_json_2"]
)
def test_a_message_without_its_end_is_never_taken_for_whole(form: str, folder: Path) -> None:
    whole = SAMPLES[form]
    for end in range(len(whole) // 2, len(whole) - 1, 7):
        with pytest.raises(GildeError):
            read_all(folder, whole[:end])


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'{"id":["a"],"size":[1],"dimension":{},"value":' + b"9" * 10_000 + b"}",
        b'{"class":"dataset","x":[' + b"[]," * 5_000_000 + b"[]]}",
        b"<a>" * 1_000_000,
        b"<a " + b"b" * 12_000_000,
        b"geo,TIME_PERIOD,OBS_VALUE\n" + b"x" * 12_000_000,
        b'geo,TIME_PERIOD,OBS_VALUE\n"' + b"x\n" * 6_000_000,
        b",".join(b"a%d" % at for at in range(100_000)) + b",TIME_PERIOD,OBS_VALUE\n",
        b"geo\\TIME_PERIOD\t" + b"\t".join(b"%d" % at for at in range(100_000)) + b"\n",
        b"\0" * 100_000,
        "geo,TIME_PERIOD,OBS_VALUE\nBE,2024,1\n".encode("utf-16-be"),
        "geo,TIME_PERIOD,OBS_VALUE\nBE,2024,1\n".encode("utf-32"),
        b"PK\x03\x04" + b"\0" * 100,
        b"\x1f\x8b" + b"\0" * 100,
        b"PAR1" + b"\0" * 100 + b"PAR1",
    ],
    ids=lambda content: f"{content[:14]!r}",
)
def test_what_is_built_to_mislead_is_refused(content: bytes, folder: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        read_all(folder, content)
    assert len(refused.value.sentence) < 600


def test_billions_declared_in_xml_are_never_made(folder: Path) -> None:
    entities = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
    bomb = f'<!DOCTYPE m [<!ENTITY a0 "ha">{entities}]><GenericData x="&a11;">&a11;</GenericData>'
    with pytest.raises(Unreadable):
        read_all(folder, bomb.encode())
    with pytest.raises(Unreadable):
        read_all(folder, bomb.encode("utf-16"))
