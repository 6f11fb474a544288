"""A PDF from a stranger: its credentials are found, and nothing in it harms or runs."""

from __future__ import annotations

import base64
import io
import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, writer

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.proofs import pdf_file
from gilde.credentials.renderings import pdf_reading
from gilde.credentials.renderings.pdf import Parts, make
from tests.credentials.facts_strategy import a_facts
from tests.credentials.renderings.hostile import (
    a_pdf,
    encrypted,
    inflated,
    stream,
    updated,
    with_attachments,
)
from tests.credentials.renderings.papers import ADDRESS, CREDENTIAL, FULL, MADE


def a_certificate() -> bytes:
    return make(a_facts(), FULL, made_at=MADE, address=ADDRESS, attached=CREDENTIAL, parts=Parts.BOTH)


def refused(pdf: bytes, reason: str, kind: type[Unreadable] = Unreadable) -> str:
    with pytest.raises(kind) as error:
        pdf_reading.parts(pdf)
    assert error.value.reason == reason
    with pytest.raises(kind):
        pdf_reading.attachments(pdf)
    return error.value.sentence


def test_the_credential_of_a_certificate_is_found_with_its_type_and_relation() -> None:
    (found,) = pdf_reading.attachments(a_certificate())
    assert found == pdf_reading.Attachment("credential.json", "application/vc", "Data", CREDENTIAL.data)


def test_what_a_process_apart_answers_is_json() -> None:
    told = json.loads(json.dumps(pdf_reading.parts(a_certificate())))
    assert base64.b64decode(told["attachments"][0]["data"]) == CREDENTIAL.data
    assert (told["seals"], told["wrong"]) == ([], None)


def test_a_pdf_without_attachments_has_none() -> None:
    assert pdf_reading.attachments(a_pdf()) == []


def test_files_that_other_programs_attach_are_found_in_the_order_of_their_names() -> None:
    files = [(f"{n}.json", b'{"n": %d}' % n) for n in (3, 1, 2)]
    found = pdf_reading.attachments(with_attachments(*files))
    assert [(each.name, each.data) for each in found] == sorted(files)


def test_a_hundred_attachments_are_too_many() -> None:
    pdf = with_attachments(*((f"{n}.json", b"%d" % n) for n in range(100)))
    assert "10" in refused(pdf, "too-many-attachments", TooMuch)


def test_an_attachment_of_many_megabytes_is_refused_even_when_it_is_packed_small() -> None:
    pdf = with_attachments(("x.json", bytes(pdf_reading.LARGEST + 1)))
    refused(pdf, "attachment-too-large", TooMuch)


def an_attachment(body: bytes, catalog: bytes = b"/AF [4 0 R]") -> bytes:
    spec = b"<< /Type /Filespec /F (x.json) /UF (x.json) /AFRelationship /Data /EF << /F 5 0 R >> >>"
    return a_pdf({4: spec, 5: body}, catalog)


def test_a_stream_that_grows_without_end_is_refused() -> None:
    refused(an_attachment(inflated(bytes(60_000_000))), "inflates", TooMuch)


def test_packing_twice_does_not_hide_how_far_a_stream_grows() -> None:
    twice = zlib.compress(zlib.compress(bytes(60_000_000), 9), 9)
    body = stream(twice, b"/Filter [/FlateDecode /FlateDecode]")
    refused(an_attachment(body), "inflates", TooMuch)


def test_a_protected_pdf_is_refused_with_what_to_do() -> None:
    assert "without protection" in refused(encrypted("secret"), "encrypted")
    assert "without protection" in refused(encrypted(""), "encrypted")


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"\x89PNG", b"GIF89a%PDF-1.7", b" %PDF-1.7\n", b"<html>%PDF-1.7</html>"]
)
def test_what_does_not_begin_as_a_pdf_is_none(data: bytes) -> None:
    refused(data, "no-pdf")


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    refused(b"%PDF-1.7\n" + bytes(pdf_file.LARGEST), "too-large", TooMuch)


ACTIONS = {
    "a program as it opens": ({}, b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "a program in an object": ({4: b"<< /S /JavaScript /JS 5 0 R >>", 5: stream(b"x")}, b"/OpenAction 4 0 R"),
    "a program by an indirect name": ({4: b"<< /S 5 0 R >>", 5: b"/Launch"}, b"/OpenAction 4 0 R"),
    "a name written in another way": ({}, b"/OpenAction << /S /Java#53cript >>"),
    "programs by name": ({}, b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>"),
    "a program as it is printed": ({}, b"/AA << /WP << /S /JavaScript /JS (x) >> >>"),
    "a program outside": ({}, b"/OpenAction << /S /Launch /F (calc.exe) >>"),
    "sending a form": ({}, b"/OpenAction << /S /SubmitForm /F (http://x.example) >>"),
    "an action after another": ({}, b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /Launch >> >>"),
    "a form with programs": ({}, b"/AcroForm << /Fields [] /XFA [(a) (b)] >>"),
    "in an annotation": (
        {4: b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (x) >> >>"},
        b"",
    ),
    "in nobody's object": ({9: b"[[<< /S /Launch >>]]"}, b""),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_a_pdf_that_runs_or_starts_something_is_refused(name: str) -> None:
    objects, catalog = ACTIONS[name]
    assert "program" in refused(a_pdf(objects, catalog), "active-content")


def test_a_program_that_came_with_an_update_is_seen() -> None:
    pdf = updated(a_pdf(), 1, b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>")
    refused(pdf, "active-content")


def test_a_program_that_is_packed_with_other_objects_is_seen() -> None:
    """In an object stream, where no name stands open in the file (ISO 32000-1, 7.5.7)."""
    out = writer.PdfFileWriter(stream_xrefs=True)
    act = generic.DictionaryObject(
        {generic.pdf_name("/S"): generic.pdf_name("/Launch"), generic.pdf_name("/F"): generic.pdf_string("x")}
    )
    packed = out.prepare_object_stream()
    out.root[generic.pdf_name("/OpenAction")] = out.add_object(act, obj_stream=packed)
    made = io.BytesIO()
    out.write(made)
    assert b"/Launch" not in made.getvalue()
    refused(made.getvalue(), "active-content")


def test_a_link_to_a_page_of_the_web_is_no_program() -> None:
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://x.example) >> >>"
    assert pdf_reading.attachments(a_pdf({4: link})) == []


def test_a_reference_to_a_file_elsewhere_is_not_followed() -> None:
    spec = b"<< /Type /Filespec /F (/etc/passwd) /FS /URL /AFRelationship /Data >>"
    assert pdf_reading.attachments(a_pdf({4: spec}, b"/AF [4 0 R]")) == []


def test_a_stream_that_lies_in_a_file_elsewhere_is_not_followed() -> None:
    body = stream(b"inside", b"/F (/etc/passwd)")
    assert [each.data for each in pdf_reading.attachments(an_attachment(body))] in ([b"inside"], [])


def test_names_of_files_cannot_lead_out_of_a_folder_or_fool_a_page() -> None:
    spec = b"<< /Type /Filespec /UF (../../etc/<b>\\(x.json) /EF << /F 5 0 R >> >>"
    (found,) = pdf_reading.attachments(a_pdf({4: spec, 5: stream(b"{}")}, b"/AF [4 0 R]"))
    assert not {"/", "<", ">", "\\"} & set(found.name)


@pytest.mark.parametrize(
    ("objects", "catalog", "reason"),
    [
        ({4: b"<< /Kids [4 0 R] >>"}, b"/Names << /EmbeddedFiles 4 0 R >>", "too-many-attachments"),
        (
            {4: b"<< /Kids [" + b"5 0 R " * 9 + b"] >>", 5: b"<< /Kids [" + b"4 0 R " * 9 + b"] >>"},
            b"/Names << /EmbeddedFiles 4 0 R >>",
            "too-many-attachments",
        ),
        ({4: b"4 0 R"}, b"/AF [4 0 R]", "too-deep"),
        ({4: b"[" * 50 + b"/Launch" + b"]" * 50}, b"", "too-deep"),
        ({4: b"[" * 50_000 + b"]" * 50_000}, b"/AF [4 0 R]", "too-deep"),
        ({4: b"<< /A " * 3000 + b"1" + b" >>" * 3000}, b"/AF [4 0 R]", "too-deep"),
    ],
)
def test_trees_without_an_end_are_left(objects: dict[int, bytes], catalog: bytes, reason: str) -> None:
    refused(a_pdf(objects, catalog), reason, TooMuch)


@pytest.mark.parametrize(
    "pdf",
    [
        a_pdf({}, b"/AF 12"),
        a_pdf({}, b"/AF [(x)]"),
        a_pdf({4: b"<< /EF << /F 3 0 R >> >>"}, b"/AF [4 0 R]"),
        a_pdf({4: b"<< /EF << >> >>"}, b"/AF [4 0 R]"),
        a_pdf({}, b"/Names << /EmbeddedFiles [1 2] >>"),
        a_pdf(trailer=b"/Prev 3"),
        a_pdf().replace(b"/Root 1 0 R", b"/Root 3 9 R"),
        a_pdf().replace(b"/Pages 2 0 R", b"/Other 2 0 R"),
        a_pdf().replace(b"%%EOF", b""),
        a_pdf()[:200],
        a_pdf(size=-4),
        b"%PDF-1.7\n" + b"\0" * 1000,
        b"%PDF-1.7\nstartxref\n5\n%%EOF",
    ],
)
def test_a_damaged_pdf_is_told_as_such(pdf: bytes) -> None:
    assert "ask its issuer" in refused(pdf, "damaged")


def test_a_file_that_claims_a_billion_parts_is_refused_at_once() -> None:
    refused(a_pdf(size=1_000_000_000), "too-many-parts", TooMuch)


def test_a_chain_of_updates_is_bounded() -> None:
    pdf = a_pdf()
    for _ in range(pdf_file.MOST_REVISIONS + 1):
        pdf = updated(pdf, 3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>")
    refused(pdf, "too-many-parts", TooMuch)


CERTIFICATE = a_certificate()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_brings_about_anything_but_an_answer_or_a_sentence(data: st.DataObject) -> None:
    """Each part of a file may be missing, doubled or other; what comes is attachments or one of our errors."""
    pdf = bytearray(CERTIFICATE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(5, len(pdf) - 1) | st.integers(max(5, len(pdf) - 3000), len(pdf) - 1))
        kind = data.draw(st.sampled_from(["other", "cut", "gone", "more"]))
        if kind == "other":
            pdf[place] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del pdf[max(100, place) :]
        elif kind == "gone":
            del pdf[place : place + data.draw(st.integers(1, 300))]
        else:
            pdf[place:place] = data.draw(
                st.sampled_from([b"<<", b"[", b"stream\n", b"endobj\n", b"%", b"\0"])
            )
    found: object = None
    sentence = ""
    try:
        found = set(pdf_reading.parts(bytes(pdf)))
    except Unreadable as error:
        sentence = error.sentence
    assert sentence or found == {"attachments", "seals", "wrong"}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_never_taken_for_a_certificate(noise: bytes) -> None:
    with pytest.raises(Unreadable):
        pdf_reading.parts(b"%PDF-1.7\n" + noise)
