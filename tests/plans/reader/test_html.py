"""Whole HTML pages: lines, boxes, and anchors by DOM path and offset."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gilde.plans.reader.document import BadDocument, reslice
from gilde.plans.reader.html import read_html

PAGE = b"""<!DOCTYPE html>
<html><head><title>Not seen</title><style>p{}</style></head>
<body><nav hidden>Menu</nav><h2>3.1  Digital
  skills</h2>
<!-- a comment --><p>One <b>bold</b> word.<br>Next line</p>
<ol><li>First</li><li>Second <ul><li>deeper</li></ul></li></ol>
<table><tr><td>left</td><td><input type="checkbox" checked>right</td></tr></table>
<span role="checkbox" aria-checked="false"></span> not ticked
</body></html>"""


def test_lines_as_a_reader_of_the_page_sees_them() -> None:
    document = read_html(PAGE)
    lines = [document.text[line.content : line.end] for line in document.lines]
    assert lines == ["3.1 Digital skills", "One bold word.", "Next line", "First", "Second", "deeper", "left",
                     "right",
                     "not ticked"]  # fmt: skip
    assert [line.marker for line in document.lines[3:6]] == ["1.", "2.", "•"]
    assert [line.cell for line in document.lines[6:8]] == [(0, 0, 0), (0, 0, 1)]


def test_boxes_of_inputs_and_of_roles() -> None:
    document = read_html(PAGE)
    assert [box.ticked for box in document.boxes] == [True, False]
    assert document.text[document.boxes[0].at :].startswith("right")


def test_an_anchor_is_a_path_that_any_tool_for_xpath_follows() -> None:
    document = read_html(PAGE)
    start = document.text.index("bold")
    anchor = document.cite(start, start + len("bold word")).as_json()
    assert anchor == {
        "kind": "html",
        "start": {"path": "/html/body/p/b/text()[1]", "offset": 0},
        "end": {"path": "/html/body/p/text()[2]", "offset": 5},
        "quote": "bold word",
    }
    tree = etree.fromstring(PAGE, etree.HTMLParser())
    assert tree.xpath(anchor["end"]["path"])[0][: anchor["end"]["offset"]] == " word"
    assert reslice(PAGE, anchor) == "bold word"


def test_a_quote_over_several_elements_is_the_text_of_the_page_between_its_ends() -> None:
    document = read_html(PAGE)
    start, end = document.text.index("First"), document.text.index("deeper") + len("deeper")
    assert document.cite(start, end).quote == "FirstSecond deeper"


def test_a_text_behind_a_comment_is_a_node_of_its_own() -> None:
    page = b"<html><body><p>a<!-- x -->b</p></body></html>"
    document = read_html(page)
    anchor = document.cite(1, 2).as_json()
    assert anchor["start"] == {"path": "/html/body/p/text()[2]", "offset": 0}
    assert reslice(page, anchor) == "b"


@pytest.mark.parametrize(
    "path", ["/html/body/p[9]/text()[1]", "/html/body/p/text()[9]", "../..", "", "//p", 3]
)
def test_a_path_that_is_not_there_is_refused(path: object) -> None:
    place = {"path": path, "offset": 0}
    with pytest.raises(BadDocument, match="place that this file does not have"):
        reslice(PAGE, {"kind": "html", "start": place, "end": place})


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (
            b'<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><body>&b;</body></html>',
            "entities",
        ),
        (
            b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body>&x;</body></html>',
            "entities",
        ),
        (b"<!DOCTYPE html><html><body>" + b"<div>" * 100_000, "too-deep"),
        (b"<!DOCTYPE html><html><body>\0</body></html>", "null-bytes"),
        (
            b"<html><head><meta charset='utf-8'></head><body>caf\xe9 caf\xc3\xa9</body></html>",
            "mixed-encodings",
        ),
    ],
)
def test_what_attacks_or_breaks_is_refused(page: bytes, reason: str) -> None:
    with pytest.raises(BadDocument) as refused:
        read_html(page)
    assert refused.value.reason == reason


def test_the_declared_encoding_is_used() -> None:
    page = "<html><head><meta charset='iso-8859-1'></head><body>café</body></html>".encode("latin-1")
    document = read_html(page)
    assert document.text.strip() == "café"
    assert reslice(page, document.cite(0, 4).as_json()) == "café"


_PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>",
    "</table>",
     "<br>", "<input type=checkbox>", "<input type=checkbox checked>", "<!-- c -->", "<h2>", "</h2>",
     "word ", "é",
     "&amp;", "\n", "  ", "<script>x</script>", "• ", "☐", "<a href=x>", "</a>", "<", "&lt;"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=50).map("".join), st.data())
@settings(max_examples=500, deadline=None)
def test_any_span_of_any_page_is_found_again(body: str, data: st.DataObject) -> None:
    page = f"<!DOCTYPE html><html><body>{body}</body></html>".encode()
    document = read_html(page)
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    citation = document.cite(start, end)
    assert reslice(page, citation.as_json()) == citation.quote
