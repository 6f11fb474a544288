"""Text and Markdown: what a person sees, and the offsets of it in the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.plans.reader.document import BadDocument, reslice
from gilde.plans.reader.text import read_text


def seen(text: str) -> list[str]:
    document = read_text(text.encode())
    return [document.text[line.start : line.end] for line in document.lines]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *slanted* and __bold__ and _slanted_", ["bold and slanted and bold and slanted"]),
        ("two * three * four_five_six 2*3", ["two * three * four_five_six 2*3"]),
        ("[a link](https://example.org/x_y) and ![a picture](p.png)", ["a link and a picture"]),
        ("[law \\(formerly act\\)](#)", ["law (formerly act)"]),
        ("caf&eacute; &amp; bar &#8364;", ["café & bar €"]),
        ("## 3.1 Title ##", ["3.1 Title"]),
        ("<h2>3.1 Title</h2><p>One</p> <p>Two</p>", ["3.1 Title", "One", "Two"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("5 < 6 and <https://example.org> stay", ["5 < 6 and <https://example.org> stay"]),
        ("one <!-- not seen --> two", ["one  two"]),
        ("<script>alert(1)</script>words", ["words"]),
        ("| a | b |\n|---|---|\n| c | d |", ["a", "b", "c", "d"]),
        ("a\tb\nc\td", ["a", "b", "c", "d"]),
        ("•\titem", ["• item"]),
        ("3.1\tTitle", ["3.1 Title"]),
        ("Title\n=====\n\nwords", ["Title", "words"]),
        ("> quoted", ["quoted"]),
        ("<ul> • one • two </ul>", ["• one", "• two"]),
        ("<ol> 1. one 2. two </ol>", ["1. one", "2. two"]),
        ("soft\u00adhyphen and zero\u200bwidth", ["softhyphen and zerowidth"]),
        ("one\r\ntwo\rthree\ffour\u2028five", ["one", "two", "three", "four", "five"]),
    ],
)
def test_what_a_person_sees(written: str, shown: list[str]) -> None:
    assert seen(written) == shown


def test_tick_boxes_are_shown_as_glyphs_and_cited_as_written() -> None:
    written = 'Scope <input checked="" type="checkbox"/> national'
    document = read_text(written.encode())
    (box,) = document.boxes
    assert box.ticked is True
    assert document.text[box.start] == "☑"
    assert (
        document.cite(box.start, len(document.text)).quote == '<input checked="" type="checkbox"/> national'
    )


def test_a_quote_holds_the_markup_between_its_words() -> None:
    written = "By **April 2024** at the latest"
    document = read_text(written.encode())
    citation = document.cite(0, document.text.index(" at"))
    assert citation.as_json() == {"start": 0, "end": 15, "quote": "By **April 2024"}
    assert citation.view == (0, 13)


def test_headings_items_cells_and_gaps_are_told() -> None:
    document = read_text(
        b"# Head\n\n- one\n  - two\nmore\n\n| a | b |\n|---|---|\n\n**bold** words\n\n**all bold**"
    )
    kinds = [(line.kind, line.marker, line.gap) for line in document.lines]
    assert kinds[:4] == [
        ("heading", None, True),
        ("item", "-", True),
        ("item", "-", False),
        ("text", None, False),
    ]
    assert [line.cell for line in document.lines if line.kind == "cell"] == [(0, 0, 0), (0, 0, 1)]
    assert document.lines[2].level > document.lines[1].level
    assert document.lines[-2].lead == document.lines[-2].start + 4
    assert (document.lines[-2].bold, document.lines[-1].bold) == (False, True)


def test_other_encodings_are_decoded_and_said() -> None:
    words = "café « à »"
    assert read_text(words.encode("cp1252")).text.strip() == words
    assert "Windows-1252" in read_text(words.encode("cp1252")).notes[0]
    assert read_text(words.encode("utf-16")).text.strip() == words
    assert "UTF-16" in read_text(words.encode("utf-16")).notes[0]
    assert read_text(words.encode("utf-8")).notes == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("café\nbien ".encode() + "été".encode("cp1252"), r"mixes two encodings.*byte 11 \(line 2\)"),
        (b"one\0two", "null byte at byte 3"),
        (b"one\x01two", r"control character U\+0001 in line 1"),
        (b"\xff\xfeo\x00\xd8", "byte 4 does not fit|byte 2 does not fit"),
        (b"a\x81b", "neither UTF-8 nor Windows-1252: byte 1"),
        ("café, at the end cut in a character: é".encode()[:-1], "mixes two encodings"),
    ],
)
def test_what_is_no_text_is_refused_with_the_place(data: bytes, words: str) -> None:
    with pytest.raises(BadDocument, match=words):
        read_text(data)


def test_a_citation_of_another_file_is_refused() -> None:
    for citation in (
        {"start": 0, "end": 99},
        {"start": -1, "end": 2},
        {"start": "0", "end": 2},
        {},
        {"kind": "x"},
    ):
        with pytest.raises(BadDocument):
            reslice(b"short", citation)


_MARKUP = st.sampled_from(
    ["**", "*", "_", "`", "[", "](x)", "<p>", "</p>", "<ul>", "<li>", "<b>",
    "<input type=checkbox checked>", "&amp;",
     "&", "\\(", "\t", "|", "\n", "\r\n", "\f", "- ", "1. ", "☐ ", "☒ ", "[x] ", "# ", "---", "<!--",
     "-->", "<", ">",
     "|---|", "```", "é", "\u00ad", " ", "word ", "Two words. ", "<table><tr><td>", "</td>", "<h2>",
     "</h2>", "•"]
)  # fmt: skip


@given(st.lists(_MARKUP, max_size=60).map("".join), st.data())
@settings(max_examples=1500, deadline=None)
def test_any_span_of_any_text_is_found_again_in_the_file(written: str, data: st.DataObject) -> None:
    document = read_text(written.encode())
    for line in document.lines:
        assert line.start <= line.content <= line.end
        assert "\n" not in document.text[line.start : line.end]
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    citation = document.cite(start, end)
    source = written.encode().decode()
    assert source[citation.anchor["start"] : citation.anchor["end"]] == citation.quote
    assert reslice(written.encode(), citation.as_json()) == citation.quote
