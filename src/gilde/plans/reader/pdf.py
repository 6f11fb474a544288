"""Reads .pdf. An anchor is a list of spans, each with page, box and characters of the page in file order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from gilde.plans.reader.document import Anchor, BadDocument, SourceDocument
from gilde.plans.reader.flow import Flow
from gilde.plans.reader.pdflayout import read_rows
from gilde.plans.reader.pdflines import UNSEEN, Writer, mark_furniture
from gilde.plans.reader.pdfpage import MAX_CHARS, PageText, PdfFile

MEDIA_TYPE = "application/pdf"


def read_pdf(data: bytes) -> SourceDocument:
    """The document in the bytes of a .pdf: lines in reading order, cells of tables row by row.

    Running heads and page numbers are left out. A word divided over two lines is put together in the text and
    stays divided in the quote. Raises BadDocument for a file that is encrypted, damaged or has no text layer.
    """
    file = PdfFile(data)
    try:
        pages = []
        characters = 0
        for number in range(1, file.count + 1):
            page = file.page(number)
            pages.append((page, read_rows(page)))
            page.shapes.clear()
            characters += len(page.text)
            if characters > MAX_CHARS:
                raise BadDocument("The PDF has far more text than a plan; leave out annexes.", "too-large")
    finally:
        file.close()
    notes = _check_text_layer([page for page, _ in pages])
    mark_furniture(pages)
    flow = Flow()
    Writer(flow, pages).write()
    texts = [page for page, _ in pages]

    def locate(start: int, end: int) -> tuple[Anchor, str]:
        spans = list(_spans(flow, texts, start, end))
        quote = "\n".join(_quote(texts[page - 1].text, first, last) for page, first, last in spans)
        return {
            "kind": "pdf",
            "spans": [
                {"page": page, "start": first, "end": last, "bbox": texts[page - 1].box(first, last)}
                for page, first, last in spans
            ],
        }, quote

    return flow.finish(
        sha256=hashlib.sha256(data).hexdigest(), media_type=MEDIA_TYPE, locate=locate, notes=notes
    )


def reslice_pdf(data: bytes, citation: Mapping[str, Any]) -> str:
    """The characters of the file at the spans, with a line end between two spans."""
    texts = _Texts.of(data)
    quotes = []
    for span in citation["spans"]:
        text = texts.page(span["page"])
        first, last = span["start"], span["end"]
        if not (isinstance(first, int) and isinstance(last, int) and 0 <= first <= last <= len(text)):
            raise ValueError("span")
        quotes.append(_quote(text, first, last))
    return "\n".join(quotes)


class _Texts:
    """The characters of the pages of the file asked for last, read page by page."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pages: dict[int, str] = {}

    @staticmethod
    @lru_cache(maxsize=1)
    def of(data: bytes) -> _Texts:
        return _Texts(data)

    def page(self, number: int) -> str:
        if number not in self._pages:
            file = PdfFile(self._data)
            try:
                if not isinstance(number, int) or not 1 <= number <= file.count:
                    raise ValueError("page")
                self._pages[number] = file.page(number, drawn=False).text
            finally:
                file.close()
        return self._pages[number]


def _quote(text: str, first: int, last: int) -> str:
    return text[first:last].replace("\r\n", "\n").replace("\r", "\n")


def _spans(flow: Flow, pages: list[PageText], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Page, first and last character of each stretch that lies together in the file."""
    open_span: tuple[int, int, int] | None = None
    for piece, first, last in flow.between(start, end):
        number, offset = piece.origin
        begin, stop = offset + first, offset + last
        if open_span is not None:
            page, opened, closed = open_span
            between = pages[number - 1].text[closed:begin] if page == number and closed <= begin else "x"
            if len(between) < 40 and not between.strip(" \r\n\t-" + UNSEEN):
                open_span = (page, opened, stop)
                continue
            yield open_span
        open_span = (number, begin, stop)
    if open_span is not None:
        yield open_span


def _check_text_layer(pages: list[PageText]) -> tuple[str, ...]:
    """Raises BadDocument when the pages are pictures; gives a note when only some of them are."""
    bare = [
        page.number for page in pages if page.pictures and sum(sign.isalnum() for sign in page.text[:400]) < 3
    ]
    letters = sum(sign.isalnum() for page in pages for sign in page.text[:400])
    if letters < 3 * len(pages) and (bare or letters == 0):
        what = "its pages are pictures" if bare else "it has no characters"
        raise BadDocument(
            f"The PDF has no text layer ({what}); run text recognition over it, or give the original.",
            "no-text-layer",
        )
    if not bare:
        return ()
    listed = ", ".join(str(number) for number in bare[:10]) + (" and more" if len(bare) > 10 else "")
    return (f"Pages without text layer were left out: {listed}.",)
