"""Reading .docx: what Word shows is what is read, and every place can be found again."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.plans.reader.document import BadDocument, SourceDocument, reslice
from gilde.plans.reader.docx import read_docx
from tests.plans.reader.making import docx, docx_box, paragraph, run, table


def words(document: SourceDocument) -> list[str]:
    return [document.text[line.start : line.end] for line in document.lines]


def read(*body: str, footnotes: str = "") -> SourceDocument:
    return read_docx(docx("".join(body), footnotes=footnotes))


def ticks(document: SourceDocument) -> list[tuple[str, bool | None]]:
    """Each box with the words up to the next one."""
    edges = [box.start for box in document.boxes[1:]] + [len(document.text)]
    return [
        (document.text[box.at : edge].split("\n")[0].strip(), box.ticked)
        for box, edge in zip(document.boxes, edges, strict=True)
    ]


# -- tick boxes


@pytest.mark.parametrize("kind", ["control", "legacy", "wingdings", "wingdings font", "glyph"])
def test_each_kind_of_box_is_ticked_or_not(kind: str) -> None:
    document = read(
        paragraph(docx_box(True, kind), run(" continuing VET")),  # type: ignore[arg-type]
        paragraph(docx_box(False, kind), run(" initial VET")),  # type: ignore[arg-type]
    )
    assert ticks(document) == [("continuing VET", True), ("initial VET", False)]
    shown = [document.text[box.start : box.end] for box in document.boxes]
    assert shown == (["☒", "☐"] if kind == "glyph" else ["☑", "☐"])


@pytest.mark.parametrize("kind", ["control", "legacy", "wingdings", "wingdings font", "glyph"])
def test_several_boxes_in_one_paragraph_each_have_their_label(kind: str) -> None:
    boxes = [(False, " national "), (True, " regional "), (False, " local")]
    document = read(paragraph(*(docx_box(state, kind) + run(label) for state, label in boxes)))  # type: ignore[arg-type]
    assert ticks(document) == [(label.strip(), state) for state, label in boxes]


@pytest.mark.parametrize(
    ("value", "ticked"),
    [("1", True), ("true", True), ("on", True), ("0", False), ("false", False), (None, False)],
)
def test_a_content_control_has_the_state_it_declares(value: str | None, ticked: bool) -> None:
    checked = f'<w14:checked w14:val="{value}"/>' if value else ""
    control = (
        f"<w:sdt><w:sdtPr><w14:checkbox>{checked}</w14:checkbox></w:sdtPr>"
        f"<w:sdtContent>{run('☐')}</w:sdtContent></w:sdt>"
    )
    assert ticks(read(paragraph(control, run(" regional")))) == [("regional", ticked)]


@pytest.mark.parametrize("around", ["<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"])
def test_a_content_control_around_a_whole_paragraph_keeps_its_state_and_words(around: str) -> None:
    box = '<w14:checkbox><w14:checked w14:val="1"/></w14:checkbox>'
    assert ticks(read(around.format(box, paragraph(run("☐ regional"))))) == [("regional", True)]


@pytest.mark.parametrize(
    ("properties", "ticked"),
    [
        ("<w:checked/>", True),
        ('<w:checked w:val="1"/>', True),
        ('<w:checked w:val="true"/>', True),
        ('<w:checked w:val="0"/><w:default w:val="1"/>', False),
        ('<w:default w:val="1"/>', True),
        ("<w:default/>", True),
        ('<w:default w:val="0"/>', False),
        ("", False),
    ],
)
def test_a_legacy_form_field_is_ticked_by_checked_without_value_else_by_its_default(
    properties: str, ticked: bool
) -> None:
    field = (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>{properties}</w:checkBox></w:ffData>'
        "</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    assert ticks(read(paragraph(field, run(" local")))) == [("local", ticked)]


@pytest.mark.parametrize(
    ("font", "code", "ticked"),
    [
        ("Wingdings", "F0FE", True),
        ("Wingdings", "F0FD", True),
        ("Wingdings", "FE", True),
        ("Wingdings", "F078", True),
        ("Wingdings", "F0FC", True),
        ("Wingdings", "F0A8", False),
        ("Wingdings", "F06F", False),
        ("Wingdings", "F0FB", None),
        ("Wingdings 2", "F052", True),
        ("Wingdings 2", "F0A3", False),
    ],
)
def test_a_symbol_is_a_box_by_its_font_and_code(font: str, code: str, ticked: bool | None) -> None:
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    assert ticks(read(paragraph(symbol, run(" local")))) == [("local", ticked)]


@pytest.mark.parametrize(
    ("glyph", "ticked"), [("☐", False), ("☒", True), ("☑", True), ("✓", True), ("✔", True), ("✗", None)]
)
def test_a_glyph_is_a_box(glyph: str, ticked: bool | None) -> None:
    assert ticks(read(paragraph(run(f"{glyph} local")))) == [("local", ticked)]


def test_a_bare_bullet_of_a_list_is_no_box() -> None:
    document = read(paragraph(run("national"), numbered="1"))
    assert document.boxes == ()
    assert document.lines[0].marker == "•"


def test_an_empty_box_as_bullet_tells_a_state_only_beside_ticked_ones() -> None:
    def numbering(*glyphs: str) -> str:
        levels = "".join(
            f'<w:abstractNum w:abstractNumId="{i}"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
            f'<w:lvlText w:val="{glyph}"/></w:lvl></w:abstractNum>'
            for i, glyph in enumerate(glyphs)
        )
        numbers = "".join(
            f'<w:num w:numId="{i + 1}"><w:abstractNumId w:val="{i}"/></w:num>' for i in range(len(glyphs))
        )
        return f'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{levels}{numbers}</w:numbering>'

    body = paragraph(run("national"), numbered="1") + paragraph(run("regional"), numbered="2")
    both = read_docx(docx(body, word__numbering_dot_xml=numbering("☐", "☒")))
    assert ticks(both) == [("national", False), ("regional", True)]
    empty = read_docx(docx(body, word__numbering_dot_xml=numbering("☐", "☐")))
    assert (empty.boxes, [line.marker for line in empty.lines]) == ((), ["☐", "☐"])


# -- structure


def test_headings_are_told_by_style_name_and_outline_level_in_any_language() -> None:
    document = read(
        paragraph(run("Plan"), style="Titel"),
        paragraph(run("STEM"), style="Kop2"),
        '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>' + run("Actions") + "</w:p>",
        paragraph(run("words")),
    )
    assert [(line.kind, line.level) for line in document.lines] == [
        ("heading", 1),
        ("heading", 2),
        ("heading", 3),
        ("text", 0),
    ]


def test_bold_is_told_for_whole_lines_and_for_leads() -> None:
    document = read(
        paragraph(run("Responsible bodies", "<w:b/>")),
        paragraph(run("Edusprong", "<w:b/>"), run(" wants to give a boost")),
        paragraph(run("not bold", '<w:b w:val="0"/>')),
        paragraph(run("by style", '<w:rStyle w:val="Vet"/>')),
    )
    lines = document.lines
    assert [line.bold for line in lines] == [True, False, False, True]
    lead = lines[1].lead
    assert lead is not None
    assert document.text[lines[1].content : lead] == "Edusprong"


def test_numbers_that_word_counts_are_written_out() -> None:
    document = read(
        paragraph(run("first"), numbered="2"),
        paragraph(run("below"), numbered="2.1"),
        paragraph(run("below again"), numbered="2.1"),
        paragraph(run("second"), numbered="2"),
        paragraph(run("below the second"), numbered="2.1"),
        paragraph(run("started anew"), numbered="4"),
        paragraph(run("lettered"), numbered="3"),
        paragraph(run("bulleted"), numbered="1.1"),
    )
    assert words(document) == [
        "1. first",
        "1.1 below",
        "1.2 below again",
        "2. second",
        "2.1 below the second",
        "1. started anew",
        "a) lettered",
        "bulleted",
    ]
    assert (document.lines[-1].marker, document.lines[-1].level) == ("•", 1)


def test_tables_are_read_cell_by_cell_with_merged_and_nested_ones() -> None:
    inner = table([[paragraph(run("in")), paragraph(run("side"))]])
    merged = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
        + paragraph(run("wide"))
        + "</w:tc></w:tr>"
        "<w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
        + paragraph(run("tall"))
        + "</w:tc><w:tc>"
        + paragraph(run("one"))
        + "</w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc>"
        + inner
        + paragraph(run("two"))
        + "</w:tc></w:tr></w:tbl>"
    )
    document = read(merged, paragraph(run("after")))
    assert [(document.text[line.start : line.end], line.cell) for line in document.lines] == [
        ("wide", (0, 0, 0)),
        ("tall", (0, 1, 0)),
        ("one", (0, 1, 1)),
        ("in", (1, 0, 0)),
        ("side", (1, 0, 1)),
        ("two", (0, 2, 1)),
        ("after", None),
    ]


def test_breaks_end_a_line_but_no_paragraph() -> None:
    document = read(paragraph(run("one\ntwo"), '<w:r><w:br w:type="page"/></w:r>', run("three")))
    assert words(document) == ["one", "two", "three"]
    assert [line.gap for line in document.lines] == [True, False, False]


def test_tracked_changes_are_read_as_accepted() -> None:
    document = read(
        paragraph(
            run("kept "),
            f"<w:ins>{run('inserted ')}</w:ins>",
            "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>",
            f"<w:moveFrom>{run('moved away')}</w:moveFrom><w:moveTo>{run('moved here')}</w:moveTo>",
        ),
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('one ')}</w:p>",
        paragraph(run("line")),
    )
    assert words(document) == ["kept inserted moved here", "one line"]


def test_what_is_hidden_or_only_an_instruction_is_left_out() -> None:
    document = read(
        paragraph(
            run("seen"),
            run("hidden", "<w:vanish/>"),
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
            run(" link"),
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            f"<w:hyperlink>{run(' again')}</w:hyperlink>",
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
            f"<w:sdtContent>{run('Click here')}</w:sdtContent></w:sdt>",
        )
    )
    assert words(document) == ["seen link again"]


def test_soft_hyphens_are_not_shown_but_stay_in_the_quote() -> None:
    data = docx(
        paragraph(
            run("quali\u00adfication and "), "<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>being</w:t></w:r>"
        )
    )
    document = read_docx(data)
    assert document.text == "qualification and well-being\n"
    citation = document.cite(0, len("qualification"))
    assert citation.quote == "quali\u00adfication"
    assert reslice(data, citation.as_json()) == citation.quote


def test_a_text_box_follows_its_paragraph_and_is_read_once() -> None:
    boxed = f"<w:txbxContent>{paragraph(run('boxed'))}</w:txbxContent>"
    alternate = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        + boxed
        + "</wps:txbx></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><v:textbox>" + boxed + "</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert words(read(paragraph(run("before "), alternate, run("behind")), paragraph(run("next")))) == [
        "before behind",
        "boxed",
        "next",
    ]


def test_footnotes_come_last_and_are_part_of_no_value() -> None:
    data = docx(
        paragraph(run("words"), '<w:r><w:footnoteReference w:id="2"/></w:r>') + paragraph(run("more")),
        footnotes='<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph(run("note"))}</w:footnote>',
    )
    document = read_docx(data)
    assert [(document.text[one.start : one.end], one.kind) for one in document.lines] == [
        ("words", "text"),
        ("more", "text"),
        ("note", "furniture"),
    ]
    last = document.lines[-1]
    citation = document.cite(last.start, last.end)
    assert citation.anchor["start"]["path"].startswith("footnotes/")
    assert reslice(data, citation.as_json()) == "note"


def test_the_strict_form_of_the_format_is_read_too() -> None:
    data = docx(paragraph(run("words")))
    strict = _changed(data, "word/document.xml", lambda xml: xml.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    ))  # fmt: skip
    assert words(read_docx(strict)) == ["words"]


# -- anchors

PIECES = st.sampled_from(
    [
        run("words of a plan"),
        run("bold", "<w:b/>"),
        run("a\tb\nc"),
        run("soft\u00adhyphen \u200b"),
        docx_box(True, "control"),
        docx_box(False, "legacy"),
        docx_box(True, "wingdings"),
        run("\u00fe\u00a8z", '<w:rFonts w:ascii="Wingdings"/>'),
        f"<w:ins>{run('in')}</w:ins><w:del>{run('out')}</w:del>",
        "<w:r><w:t/></w:r>",
        run("   "),
    ]
)


@settings(max_examples=60)
@given(st.lists(st.lists(PIECES, max_size=4), max_size=6), st.booleans(), st.data())
def test_every_span_is_found_again_at_its_anchor(
    pieces: list[list[str]], tabled: bool, data: st.DataObject
) -> None:
    paragraphs = [paragraph(*runs) for runs in pieces]
    source = docx(table([[one, one] for one in paragraphs]) if tabled else "".join(paragraphs))
    document = read_docx(source)
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    citation = document.cite(start, end)
    assert reslice(source, citation.as_json()) == citation.quote
    shown = "".join(document.text[start:end].split())
    seen = "".join(citation.quote.replace("\u00ad", "").replace("\u200b", "").split())
    assert len(seen) >= len([sign for sign in shown if sign.isalnum()])


def test_an_anchor_of_another_file_is_refused() -> None:
    citation = read(paragraph(run("one")), paragraph(run("two words"))).cite(4, 13)
    with pytest.raises(BadDocument, match="does not have"):
        reslice(docx(paragraph(run("one"))), citation.as_json())


# -- bad input


def _changed(data: bytes, name: str, change: object) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.namelist():
            content = before.read(member)
            if member != name:
                after.writestr(member, content)
            elif callable(change):
                after.writestr(member, change(content))
    return stream.getvalue()


def refused(data: bytes) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        read_docx(data)
    sentence = caught.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return caught.value


def _bomb(size: int) -> bytes:
    """A part that says and is `size` bytes of blanks, packed without ever being whole in memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)  # stands on its own
    packed = block * (size // 1_000_000) + b"\x03\x00"
    name = b"word/document.xml"
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0x21, 0, len(packed), size, len(name), 0)
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, 0, len(packed), size, len(name), 0, 0, 0, 0, 0, 0
    )
    local = head + name + packed
    central = entry + name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_a_zip_bomb_is_not_unpacked() -> None:
    data = _bomb(1_000_000_000)
    assert len(data) < 2_000_000
    assert refused(data).reason == "zip-bomb"


def test_a_part_that_is_larger_than_it_says_is_not_read_on() -> None:
    data = bytearray(_bomb(40_000_000))
    said = (40_000_000).to_bytes(4, "little")
    lied = bytes(data).replace(said, (3_000).to_bytes(4, "little"))
    assert refused(lied).reason in {"zip-bomb", "too-large", "truncated"}


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_and_document_types_are_refused_and_never_resolved(doctype: str) -> None:
    data = _changed(
        docx(paragraph(run("SECRET"))),
        "word/document.xml",
        lambda xml: xml.replace(b"<w:document", doctype.encode() + b"<w:document", 1).replace(
            b"SECRET", b"words"
        ),
    )
    assert refused(data).reason == "entities"


def test_an_encrypted_container_is_named() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le")
    assert refused(data).reason == "encrypted"


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(docx(paragraph(run("words"))))
    place = 0
    while (place := bytes(data).find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    assert refused(bytes(data)).reason == "encrypted"


@pytest.mark.parametrize("change", [{"main": "document.macroEnabled"}, {"word__vbaProject_dot_bin": b"x"}])
def test_macros_are_refused(change: dict[str, str]) -> None:
    assert refused(docx(paragraph(run("words")), **change)).reason == "macros"


def test_an_archive_without_the_text_is_named() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/styles.xml", "<x/>")
    assert refused(stream.getvalue()).reason == "no-document"


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_truncated_file_is_named_wherever_it_was_cut(tenth: int) -> None:
    data = docx("".join(paragraph(run(f"words {number} of a plan")) for number in range(200)))
    assert refused(data[: len(data) * tenth // 10]).reason == "truncated"


def test_damaged_xml_is_named_with_its_part() -> None:
    data = _changed(docx(paragraph(run("words"))), "word/document.xml", lambda xml: xml[: len(xml) // 2])
    error = refused(data)
    assert (error.reason, "word/document.xml" in error.sentence) == ("truncated", True)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(docx(paragraph(run("words ☒ of a plan")) + table([[paragraph(run("cell"))]])))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_docx(bytes(whole)).text
    except BadDocument as error:
        read = error.sentence
    assert read == "" or read[-1] in ".\n"
