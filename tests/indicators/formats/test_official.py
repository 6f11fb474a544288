"""Real messages of Eurostat are read with every value and flag, and come out of every export again as they were."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from gilde.indicators import formats
from gilde.indicators.errors import NoFigures, ProviderRefused
from gilde.indicators.exports import FORMATS
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area, Indicator
from tests.indicators.formats.writing import read_bytes, rows_of

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "sdmx" / "ESTAT"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the official messages are not on this machine")
MESSAGES = ("demography-xs.xml", "NAMA_10_GDP-ss.xml", "footer2.zip")
# What a code of CL_OBS_STATUS is told as: with a value, and without one.
LETTERS = {"A": ("", ":"), "P": ("p", ":p"), "M": ("m", ":")}


def test_the_cross_sectional_message_has_every_figure_and_flag() -> None:
    root = etree.parse(FOLDER / "demography-xs.xml").getroot()
    expected = []
    for series in root.iter("Series"):
        for each in series.iter("Obs"):
            value = each.get("OBS_VALUE")
            kind = each.get("{http://www.w3.org/2001/XMLSchema-instance}type").split(":")[1]
            told = (series.get("SEX"), series.get("COUNTRY"), kind, each.get("UNIT_MEASURE"))
            flags = LETTERS[each.get("OBS_STATUS")][value is None]
            expected.append((told, series.get("TIME_PERIOD"), float(value) if value else None, flags))
    read = rows_of(formats.read(FOLDER / "demography-xs.xml"), ("sex", "country", "demo", "unit_measure"))
    assert read == sorted(expected, key=lambda row: (row[0], row[1], str(row[2])))
    assert len(read) == 60
    assert Counter(row[3] for row in read) == {"": 31, "p": 23, ":": 5, "m": 1}


def test_the_structure_specific_message_is_read_without_its_structure() -> None:
    message = formats.read(FOLDER / "NAMA_10_GDP-ss.xml")
    assert message.dimensions == ("geo", "na_item", "unit", "freq")
    assert message.dataflow == "NAMA_10_GDP"
    assert message.prepared is not None
    assert message.prepared.isoformat() == "2022-11-11T12:30:30.333000+00:00"
    key = ("LU", "B1GQ", "CP_MEUR", "A")
    assert rows_of(message) == [
        (key, year, value, "")
        for year, value in (("2012", 46526.2), ("2013", 49094.5), ("2014", 51791.3), ("2015", 54142.3))
    ]


def test_the_zipped_generic_message_has_every_figure_and_flag() -> None:
    with zipfile.ZipFile(FOLDER / "footer2.zip") as archive:
        text = archive.read(archive.namelist()[0]).decode()
    observations = re.findall(r"<generic:Obs>.*?</generic:Obs>", text, re.DOTALL)
    values = [re.search(r'ObsValue value="([^"]*)"', each)[1] for each in observations]
    flags = Counter(re.findall(r'id="OBS_FLAG" value="([^"]*)"', text))
    message = formats.read(FOLDER / "footer2.zip")
    read = rows_of(message)
    assert len(read) == len(observations) == 43
    assert sorted(row[2] for row in read if row[2] is not None) == sorted(
        float(value) for value in values if value != "NaN"
    )
    assert Counter(row[3] for row in read if row[3] not in ("", ":")) == flags == {"e": 1, "p": 1}
    assert sum(row[3] == ":" for row in read) == values.count("NaN") == text.count('"OBS_STATUS" value="na"')
    assert message.dataflow == "nama_10_gdp"


@pytest.mark.parametrize("name", ["footer.xml", "footer2.xml"])
def test_a_footer_without_figures_says_where_they_will_be(name: str) -> None:
    address = re.search(r"http://ec[^\s<]+", (FOLDER / name).read_text())[0]
    with pytest.raises(ProviderRefused, match=re.escape(address)) as refused:
        formats.read(FOLDER / name)
    assert "(413)" in refused.value.sentence
    assert refused.value.details["later"] == address


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CL_FREQ.xml", "describes a structure"),
        ("GOV_10Q_GGNFA.xml", "describes a structure"),
        ("apro_mk_cola-structure.xml", "describes a structure"),
        ("esms.xml", "reference metadata"),
        ("esms-ss.xml", "reference metadata"),
    ],
)
def test_a_message_of_something_else_is_told_apart(name: str, words: str) -> None:
    with pytest.raises(NoFigures, match=words) as refused:
        formats.read(FOLDER / name)
    assert name in refused.value.sentence


@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("name", MESSAGES)
def test_an_official_message_is_the_same_after_an_export(name: str, form: str, tmp_path: Path) -> None:
    message = formats.read(FOLDER / name)
    area = "country" if "country" in message.dimensions else "geo"
    others = [code for code in message.dimensions if code not in (area, "unit_measure")]
    before = rows_of(message, (*others, area))
    indicator = Indicator(
        code="official",
        unit="X",
        dimensions=[{"code": code, "name": code, "total": "", "categories": {}} for code in others],
    )
    series: dict[tuple[str, ...], list[Figure]] = {}
    for key, period, value, flags in before:
        series.setdefault(key, []).append(Figure(period, value, flags))
    lines = [
        Line(
            0,
            indicator,
            Area(code=key[-1]),
            "&".join(f"{c}={k}" for c, k in sorted(zip(others, key, strict=False))),
            tuple(figures),
        )
        for key, figures in series.items()
    ]
    content = b"".join(FORMATS[form].write(indicator, lines, moments={}))
    assert rows_of(read_bytes(tmp_path, content), (*others, "geo")) == before


def test_sdmx1_reads_the_same_values() -> None:
    """The reader of the library is the second opinion on the one message that it can read without a structure."""
    import sdmx

    with zipfile.ZipFile(FOLDER / "footer2.zip") as archive:
        content = archive.read(archive.namelist()[0])
    told = sdmx.to_pandas(sdmx.read_sdmx(io.BytesIO(content)).data[0])
    theirs = sorted(float(value) for value in told if value == value)
    ours = sorted(row[2] for row in rows_of(formats.read(FOLDER / "footer2.zip")) if row[2] is not None)
    assert ours == theirs
