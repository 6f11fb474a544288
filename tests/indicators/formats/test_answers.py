"""What providers say instead of figures or beside them, parts in archives, and how providers are asked."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from gilde.core.errors import Invalid
from gilde.indicators import formats
from gilde.indicators.errors import NoFigures, ProviderRefused, Unreadable
from gilde.indicators.formats import provider
from tests.indicators.formats.writing import M21, WRITERS, Cell, read_bytes, rows_of

CELLS = [Cell(("BE",), "2023", 71.5, "b"), Cell(("BE",), "2024", 63.9)]
ROWS = [cell.told for cell in CELLS]
SPECIFIC = WRITERS["specific_xml"](["geo"], CELLS)


def with_footer(message: str, code: str, severity: str, text: str) -> str:
    footer = (
        f'<f:Footer xmlns:f="{M21}/message/footer"><f:Message code="{code}" severity="{severity}">'
        f'<c:Text xml:lang="en">{text}</c:Text></f:Message></f:Footer>'
    )
    return message.replace("</m:StructureSpecificData>", footer + "</m:StructureSpecificData>")


def test_what_a_provider_says_with_figures_is_a_note(tmp_path: Path) -> None:
    message = read_bytes(tmp_path, with_footer(SPECIFIC, "510", "Warning", "x").replace("510", "299"))
    assert message.notes == ("x",)
    assert rows_of(message) == ROWS


@pytest.mark.parametrize(("code", "severity"), [("413", "Information"), ("500", "Error"), ("999", "Error")])
def test_figures_that_are_not_all_there_are_refused(code: str, severity: str, tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused, match="Only the first rows"):
        read_bytes(tmp_path, with_footer(SPECIFIC, code, severity, "Only the first rows"))


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_message_without_a_figure_says_so(form: str, tmp_path: Path) -> None:
    if form.startswith("eurostat"):
        content = "geo\\TIME_PERIOD\t2024\n"
    else:
        content = WRITERS[form](["geo"], [])
    with pytest.raises(NoFigures):
        read_bytes(tmp_path, content)


def test_an_error_message_of_sdmx_is_told(tmp_path: Path) -> None:
    error = (
        f'<m:Error xmlns:m="{M21}/message" xmlns:c="{M21}/common"><m:ErrorMessage code="140">'
        "<c:Text>Invalid key</c:Text></m:ErrorMessage></m:Error>"
    )
    with pytest.raises(ProviderRefused, match="Invalid key"):
        read_bytes(tmp_path, error)
    with pytest.raises(NoFigures, match="No results"):
        read_bytes(tmp_path, error.replace("140", "100").replace("Invalid key", "No results found"))


def test_a_fault_of_eurostat_is_told(tmp_path: Path) -> None:
    fault = (
        '<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>413</faultcode>'
        "<faultstring>EXTRACTION_TOO_BIG: estimated 420709314 rows</faultstring></S:Fault>"
    )
    with pytest.raises(ProviderRefused, match="EXTRACTION_TOO_BIG"):
        read_bytes(tmp_path, fault)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": [{"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Try again later."}]},
        {"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE. Try again later."}},
        {"errors": [{"code": 413, "title": "ASYNCHRONOUS_RESPONSE. Try again later."}]},
    ],
)
def test_an_error_in_json_is_told(answer: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused, match="ASYNCHRONOUS_RESPONSE"):
        read_bytes(tmp_path, json.dumps(answer))


def queued(status: str = "SUBMITTED", ident: str = "98de05ea-540a-43d3-903b-7c9e14faf808") -> bytes:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><ns0:syncResponse '
        f'xmlns:ns0="urn:x"><queued><id>{ident}</id><status>{status}</status></queued></ns0:syncResponse>'
        "</env:Body></env:Envelope>"
    ).encode()


def test_the_address_of_a_later_file_is_found() -> None:
    expected = provider.answers.LATER + "98de05ea-540a-43d3-903b-7c9e14faf808"
    assert provider.later_url(queued()) == expected
    assert provider.is_later_url(expected)
    footer = with_footer(SPECIFIC, "413", "Information", "The file will be at http://ec.europa.eu/x/file/y1.")
    assert provider.later_url(footer.encode()) == "http://ec.europa.eu/x/file/y1"
    assert provider.later_url(["See https://a.example/b, in a while"]) == "https://a.example/b"


@pytest.mark.parametrize(
    "answer", [b"", b"{}", SPECIFIC.encode(), b"<html/>", b"<a", queued(ident="../../x")]
)
def test_other_answers_promise_no_later_file(answer: bytes) -> None:
    assert provider.later_url(answer) is None


def test_a_refusal_carries_the_address(tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused) as refused:
        read_bytes(tmp_path, queued())
    assert provider.later_url(refused.value) == refused.value.details["later"]


def test_a_web_page_is_told_apart(tmp_path: Path) -> None:
    for page in ("<!DOCTYPE html><html><body>Sorry</body></html>", "<html lang='en'><p>Sorry</p></html>"):
        with pytest.raises(Unreadable, match="web page"):
            read_bytes(tmp_path, page)


# Packed and in parts


def zipped(folder: Path, parts: dict[str, str], name: str = "answer.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return path


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_packed_message_is_read_like_the_message(form: str, tmp_path: Path) -> None:
    content = WRITERS[form](["geo"], CELLS)
    assert rows_of(read_bytes(tmp_path, gzip.compress(content.encode()))) == ROWS
    assert rows_of(formats.read(zipped(tmp_path, {"a": content}))) == ROWS


@pytest.mark.parametrize("form", list(WRITERS))
def test_the_parts_of_an_archive_are_one_message(form: str, tmp_path: Path) -> None:
    one, other = (WRITERS[form](["geo"], [cell]) for cell in CELLS)
    message = formats.read(zipped(tmp_path, {"1": one, "2": other}))
    assert rows_of(message) == ROWS
    rows = [row["_row"] for batch in message.batches() for row in batch.to_pylist()]
    assert len(set(rows)) == 2
    assert rows == sorted(rows)


def test_parts_of_other_dimensions_do_not_belong_together(tmp_path: Path) -> None:
    one = WRITERS["sdmx_csv_1"](["geo"], CELLS)
    other = WRITERS["sdmx_csv_1"](["sex", "geo"], [Cell(("F", "BE"), "2024", 1.0)])
    with pytest.raises(Unreadable, match="sex, geo"):
        formats.read(zipped(tmp_path, {"1": one, "2": other}))


def test_a_structure_beside_the_figures_is_passed_over(tmp_path: Path) -> None:
    structure = f'<m:Structure xmlns:m="{M21}/message"><m:Structures/></m:Structure>'
    assert rows_of(formats.read(zipped(tmp_path, {"a.dsd.xml": structure, "b.xml": SPECIFIC}))) == ROWS


def test_an_office_document_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="office document"):
        formats.read(zipped(tmp_path, {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"}))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "geo,TIME_PERIOD,OBS_VALUE\n" + "0" * 150_000_000)
    with pytest.raises(Unreadable, match="far more"):
        formats.read(tmp_path / "bomb.zip")


def test_a_packed_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"geo,TIME_PERIOD,OBS_VALUE\n")
        for _piece in range(100):
            file.write(b"BE,2024,1\n" * 150_000)
    message = formats.read(path)
    with pytest.raises(Unreadable, match="far more"):
        for _batch in message.batches():
            pass


# Asking


def test_eurostat_is_asked_by_names_of_dimensions() -> None:
    selection = {"isced11": "ED35_45", "sex": ["T", "F"]}
    url, accept = provider.request_url("ESTAT", "EDAT_LFSE_24", selection, ["BE", "EU27_2020"], "geo")
    assert url == (
        "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/edat_lfse_24"
        "?format=JSON&lang=EN&isced11=ED35_45&sex=T&sex=F&geo=BE&geo=EU27_2020"
    )
    assert accept == "application/json"


def test_the_oecd_is_asked_by_names_of_dimensions() -> None:
    url, accept = provider.request_url(
        "OECD", "OECD.EDU.IMEP,DSD_EAG_LSO@DF_LSO,1.0", {"SEX": ["T", "F"]}, ["BEL"], "REF_AREA"
    )
    assert url == (
        "https://sdmx.oecd.org/public/rest/v2/data/dataflow/OECD.EDU.IMEP/DSD_EAG_LSO%40DF_LSO/1.0/*"
        "?c[SEX]=T,F&c[REF_AREA]=BEL"
    )
    assert accept.startswith("application/vnd.sdmx.data+csv")


def test_all_areas_are_asked_for_when_none_are_named() -> None:
    url, _accept = provider.request_url("ESTAT", "tps00215", {}, [], "geo")
    assert url.endswith("/tps00215?format=JSON&lang=EN")
    url, _accept = provider.request_url("OECD", "OECD.EDU:DSD@DF(2.0)", {}, [], "REF_AREA")
    assert url.endswith("/OECD.EDU/DSD%40DF/2.0/*")


def test_a_name_can_add_nothing_to_an_address() -> None:
    url, _accept = provider.request_url("ESTAT", "a/../b?c=d", {"sex": "T&geo=FR"}, ["#BE"], "geo")
    assert url.endswith("/data/a%2F..%2Fb%3Fc%3Dd?format=JSON&lang=EN&sex=T%26geo%3DFR&geo=%23BE")


def test_an_unknown_provider_or_dataset_is_refused() -> None:
    with pytest.raises(Invalid, match="no provider"):
        provider.request_url("XX", "a", {}, [], "geo")
    with pytest.raises(Invalid, match="agency"):
        provider.request_url("OECD", "just words", {}, [], "geo")
