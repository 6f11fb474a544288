"""What is no plan, or no document, gets one clear sentence."""

from __future__ import annotations

import io
import zipfile

import pytest

from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.sniff import MAX_BYTES, check_size, sniff
from tests.plans.reader.building import PLAIN, render, render_html, synthetic_plan


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BAD = {
    "empty": (b"", "empty", "is empty"),
    "blanks": (b" \n\t\r\n", "empty", "empty but for blanks"),
    "a byte order mark only": (b"\xef\xbb\xbf\n", "empty", "empty"),
    "signs without words": (b"-- ** | ++ ==\n" * 9, "empty", "no words"),
    "null bytes": (b"3.1 Title\0Rationale", "null-bytes", "null byte at byte 9"),
    "a letter": (b"Dear all,\n\nthank you.\n", "not-a-plan", "found 0 of 9 section labels"),
    "a zip": (archive("a.txt"), "unknown-format", "zip archive"),
    "a workbook": (archive("[Content_Types].xml", "xl/workbook.xml"), "unknown-format", "Excel"),
    "slides": (archive("[Content_Types].xml", "ppt/presentation.xml"), "unknown-format", "PowerPoint"),
    "an OpenDocument": (archive("mimetype", "content.xml"), "unknown-format", "OpenDocument"),
    "a docx cut off": (archive("word/document.xml", "[Content_Types].xml")[:-30], "truncated", "cut off"),
    "an Office file with password": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
    "an old Word file": (OLE + b"\0" * 600, "old-word", r"save it as \.docx"),
    "rich text": (b"{\\rtf1 hello}", "unknown-format", "RTF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "unknown-format", "picture"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\0" * 20, "unknown-format", "program"),
    "XML": (b'<?xml version="1.0"?><rss/>', "unknown-format", "XML"),
    "two encodings": ("café ".encode() + b"caf\xe9", "mixed-encodings", "mixes two encodings"),
    "a web page without words": (b"<!DOCTYPE html><html><body></body></html>", "empty", "no words"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_sentence_says_what_is_wrong_and_what_to_do(case: str) -> None:
    data, reason, words = BAD[case]
    with pytest.raises(BadDocument, match=words) as refused:
        read_bytes(data, "plan.docx")  # the name says nothing about the content
    assert refused.value.reason == reason
    sentence = str(refused.value)
    assert sentence == refused.value.sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_a_large_file_is_refused_by_its_size_alone() -> None:
    with pytest.raises(BadDocument, match="200 MB and at most 50 MB") as refused:
        check_size(200 * 1024 * 1024)
    assert refused.value.reason == "too-large"
    check_size(MAX_BYTES)


def test_more_text_than_any_plan_has_is_refused() -> None:
    with pytest.raises(BadDocument, match="MB of text"):
        sniff(b"a" * (11 * 1024 * 1024))


@pytest.mark.parametrize("name", ["plan.pdf", "plan.docx", "plan.exe", "plan", "plan.txt", "plan.html"])
def test_the_format_is_told_by_the_content_and_not_by_the_name(name: str) -> None:
    plan = synthetic_plan(2, measures=1)
    assert read_bytes(render(plan, PLAIN).encode(), name).media_type == "text/plain"
    assert read_bytes(render_html(plan).encode(), name).media_type == "text/html"
    assert sniff(b"%PDF-1.7 ...", name) == "pdf"
    assert sniff(archive("[Content_Types].xml", "word/document.xml"), name) == "docx"


def test_the_name_tells_markdown_from_text_and_a_page_without_head_from_markdown() -> None:
    assert sniff(b"words", "plan.md") == "markdown"
    assert sniff(b"<p>words</p>", "plan.md") == "markdown"
    assert sniff(b"<p>words</p>", "plan.html") == "html"


HARD = {
    "brackets": "[" * 100_000 + "words",
    "stars": "**a" * 20_000,
    "underscores": "_a " * 20_000,
    "elements never closed": "<p class='" * 20_000 + "words",
    "comments never closed": "<!-- words " * 20_000,
    "pipes": "| a " * 10_000,
    "tabs": "a\t" * 20_000,
    "bullets": "- a\n" * 10_000,
    "numbers": "1. a\n2. b\n" * 5_000,
    "one label again and again": "Rationale/background, challenges addressed\n" * 10_000,
    "one label of actions again and again": "Suggested actions:\n" * 10_000,
    "nested lists": "<ul><li>a" * 20_000,
    "nested tables": "<table><tr><td>a" * 5_000,
    "a long word": "a" * 1_000_000,
    "blanks": " " * 500_000 + "a",
    "blank lines": "\n" * 500_000 + "a",
    "boxes": "☐ national " * 20_000,
    "links": "[a](b) " * 20_000,
    "colons": "Aa: " * 20_000,
}


@pytest.mark.parametrize("case", HARD)
def test_what_would_take_for_ever_in_a_careless_reader_is_refused_as_no_plan(case: str) -> None:
    with pytest.raises(BadDocument) as refused:
        read_bytes(HARD[case].encode())
    assert refused.value.reason in {"not-a-plan", "empty"}
