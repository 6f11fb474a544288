"""Papers to test with, and what can be seen in a PDF: its text, its structure, and what PDF/A asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdfium2
from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from gilde.credentials.renderings.pdf import Attached, Look, Signatory

MADE = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ADDRESS = "https://gilde.example/check/3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01"
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
    b'<path d="M20 4 L36 12 V26 Q36 36 20 38 Q4 36 4 26 V12 Z" fill="#a63a24"/>'
    b'<rect x="46" y="14" width="70" height="3" fill="#12324a"/></svg>'
)
CREDENTIAL = Attached(
    "credential.json", "application/vc", b'{"type": "VerifiableCredential",\r\n "n": "\xc3\xa9"}\n'
)
SIGNATORIES = (
    Signatory("Hilde Maes", {"nl": "directeur", "en": "director"}),
    Signatory("Jan Peeters", {"nl": "voorzitter van de jury", "en": "chair of the jury"}),
)
FULL = Look(logo=LOGO, signatories=SIGNATORIES)
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page as a reader copies it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def shown(pdf: bytes) -> str:
    """Return the whole text without spaces, and without the hyphens that break words at the ends of lines."""
    return squeezed(" ".join(pages(pdf)))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\x02\u200b\u00ad\ufffe\u2010-]+", "", text)


def reader_of(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(pdf), strict=True)


def objects(pdf: bytes) -> Iterator[Any]:
    """Yield each object of the file as it now stands."""
    reader = reader_of(pdf)
    references = {
        reference
        for revision in range(reader.xrefs.total_revisions)
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    }
    for reference in references:
        if reader.xrefs[reference] is not None:
            yield reader.get_object(reference)


def metadata(pdf: bytes) -> Any:
    """Return the XMP packet."""
    data = reader_of(pdf).root["/Metadata"].data
    return etree.fromstring(re.sub(rb"<\?xpacket.*?\?>", b"", data, flags=re.DOTALL))


def shortcomings(pdf: bytes) -> list[str]:
    """Return what is missing of PDF/A-3a and PDF/UA-1, as far as it can be seen without veraPDF."""
    reader, root, told = reader_of(pdf), reader_of(pdf).root, metadata(pdf)
    every = list(objects(pdf))
    wrong = []

    def must(holds: object, what: str) -> None:
        if not holds:
            wrong.append(what)

    def stated(name: str) -> str:
        return "".join(told.itertext(name)) or next((e.get(name) for e in told.iter() if e.get(name)), "")

    must(pdf.startswith(b"%PDF-1.7"), "header")
    must("/ID" in reader.trailer, "identifier")
    must("/Encrypt" not in reader.trailer, "no encryption")
    must(stated(f"{PDFA}part") == "3" and stated(f"{PDFA}conformance") == "A", "XMP says PDF/A-3a")
    must(stated(f"{PDFUA}part") == "1", "XMP says PDF/UA-1")
    intent = root["/OutputIntents"][0]
    must(intent["/S"] == "/GTS_PDFA1" and intent["/DestOutputProfile"]["/N"] == 3, "output intent")
    must(root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root, "tags")
    must(root["/Lang"], "language")
    must(root["/ViewerPreferences"]["/DisplayDocTitle"], "title shown")
    info = reader.trailer["/Info"]
    title = told.find(".//{http://purl.org/dc/elements/1.1/}title")
    must(title is not None and info["/Title"] == "".join(title.itertext()), "same title")
    fonts = [each for each in every if isinstance(each, dict) and each.get("/Type") == "/FontDescriptor"]
    must(fonts, "fonts")
    must(all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each) for each in fonts), "fonts embedded")
    for each in every:
        if not isinstance(each, generic.DictionaryObject):
            continue
        must("/JS" not in each and each.get("/S") not in ("/JavaScript", "/Launch"), "no programs")
        if each.get("/Type") == "/Filespec" and "/EF" in each:
            must("/AFRelationship" in each and "/F" in each and "/UF" in each, "relation of attachment")
            must("/Subtype" in each["/EF"]["/F"], "media type of attachment")
            held = [str(spec) for spec in root["/AF"]]
            must(
                held and str(each.container_ref.idnum) in " ".join(held), "attachment belongs to the document"
            )
        if each.get("/Subtype") in ("/Widget", "/Link"):
            must(int(each["/F"]) & 0b100111 == 0b100, "annotation printed and not hidden")
            must("/StructParent" in each, "annotation tagged")
        if each.get("/Subtype") == "/Widget":
            left, low, right, high = each["/Rect"]
            must(left == right or low == high or "/AP" in each, "appearance of field")
            must(each["/TU"], "label of field")
        if each.get("/Type") == "/Page" and "/Annots" in each:
            must(each["/Tabs"] == "/S", "order of tabs")
        if each.get("/Type") == "/StructElem" and each.get("/S") == "/Figure":
            must(each["/Alt"], "alternative text")
    return wrong
