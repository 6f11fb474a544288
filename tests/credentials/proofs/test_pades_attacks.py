"""What was changed in a sealed PDF is seen: edits, updates after the seal, and seals moved to other content."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.validation.dss import DocumentSecurityStore

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.proofs import pades, pades_reading
from gilde.credentials.renderings.pdf import make
from tests.credentials.facts_strategy import a_facts
from tests.credentials.proofs.sealing import NAME, SEALED, root, school, stamper, stamping, stamping_root
from tests.credentials.renderings.papers import ADDRESS, CREDENTIAL, MADE

ANCHORS: dict[str, Any] = {"anchors": [root().certificate], "stamp_anchors": [stamping_root().certificate]}


@cache
def plain() -> bytes:
    return make(a_facts(), made_at=MADE, address=ADDRESS, attached=CREDENTIAL)


@cache
def sealed() -> bytes:
    return pades.seal(plain(), school(), SEALED, stamping(SEALED + timedelta(seconds=1)))


def refused(pdf: bytes, reason: str) -> None:
    with pytest.raises(Altered) as error:
        pades.verify(pdf, now=SEALED, **ANCHORS)
    assert error.value.reason == reason


def gap(pdf: bytes) -> tuple[int, int]:
    """Where the seal itself stands in the file, in hexadecimal: what no signature can be over."""
    numbers = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)[-1]
    return int(numbers[1]), int(numbers[2])


def claims(pdf: bytes) -> list[tuple[object, ...]]:
    return [(each.certificate, each.signature, each.claimed_at) for each in pades_reading.proofs(pdf)]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_other_byte_outside_the_seal_is_seen(data: st.DataObject) -> None:
    pdf = bytearray(sealed())
    start, end = gap(sealed())
    place = data.draw(st.integers(0, start - 1) | st.integers(end, len(pdf) - 1))
    pdf[place] ^= data.draw(st.integers(1, 255))
    found: list[pades.Sealed] = []
    with suppress(Altered, Unreadable, Unsupported):
        found = pades.verify(bytes(pdf), now=SEALED, **ANCHORS)
    assert found == []


@pytest.mark.parametrize("number", [b".", b"+", b"-", b"..", b"1.1.", b"1-1"])
def test_a_number_that_is_none_is_a_damaged_file(number: bytes) -> None:
    start = sealed().rindex(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    pdf = sealed()[:start] + number + sealed()[start + len(number) :]
    with pytest.raises((Altered, Unreadable)):
        pades.verify(pdf, now=SEALED, **ANCHORS)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_an_edit_inside_the_seal_never_makes_it_say_something_else(data: st.DataObject) -> None:
    start, end = gap(sealed())
    pdf = bytearray(sealed())
    used = len(bytes(pdf[start:end]).rstrip(b"0>"))
    place = start + data.draw(st.integers(0, used) | st.integers(0, end - start - 1))
    pdf[place] = data.draw(st.sampled_from(list(b"0123456789abcdefABCDEF<> \n")))
    found: list[tuple[object, ...]] = []
    with suppress(Altered, Unreadable, Unsupported):
        pades.verify(bytes(pdf), now=SEALED, **ANCHORS)
        found = claims(bytes(pdf))
    assert found in ([], claims(sealed()))


@pytest.mark.parametrize(
    "more",
    [
        b"\n",
        b"\r\n",
        b" ",
        b"%",
        b"% a comment\n",
        b"\0",
        b"%%EOF\n",
        b"startxref\n0\n%%EOF\n",
        b"<html></html>",
    ],
)
def test_nothing_may_follow_the_seal(more: bytes) -> None:
    found: list[pades.Sealed] = []
    with suppress(Altered, Unreadable):
        found = pades.verify(sealed() + more, now=SEALED, **ANCHORS)
    assert found == []


def test_a_file_cut_back_to_before_its_seal_has_none() -> None:
    assert pades.verify(sealed()[: len(plain())], now=SEALED, **ANCHORS) == []


def updated(change: Callable[[IncrementalPdfFileWriter], None], pdf: bytes | None = None) -> bytes:
    """Return the sealed file with an update after the seal, and no more changes than that."""
    writer = pades._Writer(io.BytesIO(pdf or sealed()))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def other_content(writer: IncrementalPdfFileWriter) -> None:
    page, _resources = writer.find_page_for_modification(0)
    content = generic.StreamObject(stream_data=b"BT /F1 24 Tf 100 500 Td (with distinction) Tj ET")
    page.get_object()[pdf_name("/Contents")] = writer.add_object(content)
    writer.update_container(page.get_object())


def a_note(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Contents"): pdf_string("with distinction"),
            pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(each) for each in (90, 90, 400, 120)),
        }
    )
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", []), writer.add_object(note)])
    writer.update_container(page)


def another_page(writer: IncrementalPdfFileWriter) -> None:
    reference, _resources = writer.find_page_for_modification(0)
    pages = writer.root["/Pages"]
    pages["/Kids"].append(reference)
    pages[pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


def another_attachment(writer: IncrementalPdfFileWriter) -> None:
    stream = writer.root["/AF"][0]["/EF"]["/F"]
    stream._data, stream._encoded_data = b'{"forged": true}', None
    writer.update_container(stream)


def another_title(writer: IncrementalPdfFileWriter) -> None:
    info = writer.trailer["/Info"]
    info[pdf_name("/Title")] = pdf_string("Diploma: Doctor of Everything")
    writer.update_container(info)


def another_title_in_xmp(writer: IncrementalPdfFileWriter) -> None:
    """The title alone, so that nothing else gives the change away."""
    packet = writer.prev.root["/Metadata"].data.replace(b"Hoeklasser", b"Professor!")
    assert b"Professor!" in packet
    changed = generic.StreamObject(stream_data=packet)
    writer.root[pdf_name("/Metadata")] = writer.add_object(changed)
    writer.update_root()


def hidden_layers(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OCProperties")] = generic.DictionaryObject(
        {pdf_name("/OCGs"): generic.ArrayObject()}
    )
    writer.update_root()


def a_text_field(writer: IncrementalPdfFileWriter) -> None:
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): pdf_string("grade"),
            pdf_name("/V"): pdf_string("20/20"),
        }
    )
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


@pytest.mark.parametrize(
    "change",
    [
        other_content,
        a_note,
        another_page,
        another_attachment,
        another_title,
        another_title_in_xmp,
        hidden_layers,
        a_text_field,
    ],
)
def test_an_update_after_the_seal_is_refused(change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    refused(updated(change), "changed-after-seal")


def test_revocation_lists_may_be_added_after_the_seal() -> None:
    def add(writer: IncrementalPdfFileWriter) -> None:
        store = DocumentSecurityStore(writer=writer)
        writer.root[pdf_name("/DSS")] = writer.add_object(store.as_pdf_object())
        writer.update_root()

    (found,) = pades.verify(updated(add), now=SEALED, **ANCHORS)
    assert found.trusted


def countersigned(box: tuple[int, int, int, int] | None, *, certified: bool = False) -> bytes:
    """Return a file with two seals, by a program that is not ours."""
    first = io.BytesIO(plain())
    for name, where in (("First", None), ("Second", box)):
        meta = signers.PdfSignatureMetadata(
            field_name=name,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=certified and name == "First",
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        )
        signer = signers.PdfSigner(
            meta, school().pdf_signer(), new_field_spec=fields.SigFieldSpec(name, box=where)
        )
        first = io.BytesIO(signer.sign_pdf(IncrementalPdfFileWriter(first)).getvalue())
    return first.getvalue()


@pytest.mark.parametrize("certified", [True, False])
def test_two_seals_that_cover_nothing_of_the_page_both_count(certified: bool) -> None:
    found = pades.verify(countersigned(None, certified=certified), now=SEALED, **ANCHORS)
    assert [each.trusted for each in found] == [True, True]


def test_a_later_seal_that_shows_on_the_page_may_hide_what_was_sealed_and_is_refused() -> None:
    refused(countersigned((100, 100, 400, 300)), "changed-after-seal")


def test_an_older_kind_of_seal_is_read() -> None:
    meta = signers.PdfSignatureMetadata(
        field_name="Old", subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    made = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain())), meta, school().pdf_signer())
    (found,) = pades.verify(made.getvalue(), now=SEALED, **ANCHORS)
    assert (found.about.organisation, found.trusted) == (NAME, True)


def with_range(pdf: bytes, *numbers: int) -> bytes:
    """Return the file with another byte range, in the same room."""
    found = list(re.finditer(rb"/ByteRange \[[^\]]*\]", pdf))[-1]
    told = b"/ByteRange [" + b" ".join(b"%d" % each for each in numbers)
    room = found.end() - found.start() - 1
    assert len(told) <= room
    return pdf[: found.start()] + told.ljust(room) + b"]" + pdf[found.end() :]


@pytest.mark.parametrize(
    "numbers",
    [
        lambda a, b, n: (0, a, b, n - b - 1),
        lambda a, b, n: (1, a, b, n - b),
        lambda a, b, n: (0, a - 10, b, n - b),
        lambda a, b, n: (0, a, b + 10, n - b - 10),
        lambda a, b, n: (0, a, a, 9),
        lambda a, b, n: (0, a, b, n - b + 1),
        lambda a, b, n: (0, 0, 0, n),
        lambda a, b, n: (0, a),
        lambda a, b, n: (0, a, b, -1),
        lambda a, b, n: (0, n - b, a, b),
    ],
)
def test_a_seal_over_a_part_of_the_file_is_refused(
    numbers: Callable[[int, int, int], tuple[int, ...]],
) -> None:
    start, end = gap(sealed())
    with pytest.raises((Altered, Unreadable)):
        pades.verify(with_range(sealed(), *numbers(start, end, len(sealed()))), now=SEALED, **ANCHORS)


def test_a_seal_moved_to_another_file_is_refused() -> None:
    """The very object of the seal, put into another award's file at the same place."""
    other = pades.seal(
        make(a_facts(place="Aalst"), made_at=MADE, address=ADDRESS, attached=CREDENTIAL), school(), SEALED
    )
    own = pades.seal(plain(), school(), SEALED)
    (a, b), (c, d) = gap(own), gap(other)
    assert b - a == d - c
    refused(other[:c] + own[a:b] + other[d:], "content-changed")


def test_a_seal_by_a_key_of_which_the_certificate_says_other_things_is_refused() -> None:
    start, end = gap(sealed())
    held = bytes.fromhex(sealed()[start + 1 : end - 1].decode())
    name = NAME.encode()
    assert name in held
    forged = held.replace(name, b"Universiteit X"[: len(name)].ljust(len(name)))
    pdf = sealed()[: start + 1] + forged.hex().encode() + sealed()[end - 1 :]
    with pytest.raises((Altered, Unreadable)):
        pades.verify(pdf, now=SEALED, **ANCHORS)


def test_a_time_stamp_alone_is_no_seal_of_anybody() -> None:
    out = signers.PdfTimeStamper(stamper()).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(plain())), "sha256"
    )
    with pytest.raises(Unsupported) as error:
        pades.verify(out.getvalue(), now=SEALED, **ANCHORS)
    assert error.value.reason == "pades-stamp-alone"
