"""Qualifications in the formats that others use: `read` recognises a file by what is in it, `WRITERS` write one.

European Learning Model 3 (XML, JSON-LD, Turtle), CASE 1.0, CTDL, and CSV. None of them needs the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Final, Literal, TypeAlias

from django.utils.translation import gettext as _

from gilde.qualifications.described import Described, NotHeld, Publisher, Read
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import (
    case,
    case_reading,
    ctdl,
    ctdl_nodes,
    ctdl_reading,
    strict_json,
    tables,
)

__all__ = ["WRITERS", "Writer", "read"]

Writer: TypeAlias = Callable[[Publisher, Iterable[Described]], tuple[bytes, list[NotHeld]]]
_HEAD: Final = 64 * 1024
_TURTLE: Final = re.compile(
    r"(?:\s|#[^\n]*\n)*(?:@prefix|@base|prefix\s|base\s|_:|<[a-z][a-z0-9+.-]*:[^<>\s]*>)", re.I
)
_OTHERS: Final = {  # how files begin that a person may take for a table or a document
    b"PK\x03\x04": "ZIP, XLSX, DOCX",
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "XLS, DOC",
}


def read(path: Path, name: str = "") -> Read:
    """Return the qualifications in a file; `name` is what the file is called in sentences.

    Raises Unreadable when the file is of none of the formats, or not whole; nothing is half read.
    """
    name = name or path.name
    with path.open("rb") as file:
        head = file.read(_HEAD)
    _refuse_others(head, name)
    begin = head.decode("utf-8-sig", "replace").lstrip("\ufeff \t\r\n")
    if begin.startswith(("{", "[")):
        return _json(path, name)
    if _TURTLE.match(begin):
        return _elm_rdf(path, name)
    if begin.startswith("<"):
        return _xml(path, name, begin)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or tables.recognises(begin):
        return tables.read(path, name)
    raise _unknown(name)


def _refuse_others(head: bytes, name: str) -> None:
    if not head.strip():
        raise Unreadable(_("“%(name)s” is empty.") % {"name": name})
    for magic, called in _OTHERS.items():
        if head.startswith(magic):
            raise Unreadable(
                _(
                    "“%(name)s” is a file of the kind %(kind)s. Save a spreadsheet as “CSV UTF-8”, unpack an archive."
                )
                % {"name": name, "kind": called}
            )


def _json(path: Path, name: str) -> Read:
    told = strict_json.load(path, name)
    if case_reading.recognises(told):
        return case_reading.read_told(told, name)
    if ctdl_nodes.recognises(told):
        return ctdl_reading.read_told(told, name)
    if isinstance(told, list) or any(key.startswith("@") for key in told):
        return _elm_rdf(path, name)
    raise _unknown(name)


def _xml(path: Path, name: str, begin: str) -> Read:
    if begin[:200].lower().startswith(("<!doctype html", "<html")):
        raise Unreadable(_("“%(name)s” is a web page, not a file of qualifications.") % {"name": name})
    if re.search(r"<(\w+:)?RDF[\s>]", begin[:4096]):
        return _elm_rdf(path, name)
    from gilde.qualifications.formats import elm_xml

    return elm_xml.read(path, name)


def _elm_rdf(path: Path, name: str) -> Read:
    from gilde.qualifications.formats import elm_rdf

    return elm_rdf.read(path, name)


def _unknown(name: str) -> Unreadable:
    return Unreadable(
        _(
            "“%(name)s” is no file of qualifications that Gilde knows: the European Learning Model (XML, JSON-LD, "
            "Turtle), CASE 1.0, CTDL, or a table with the columns title_en and outcome_statement_en."
        )
        % {"name": name}
    )


def _write_elm_xml(publisher: Publisher, qualifications: Iterable[Described]) -> tuple[bytes, list[NotHeld]]:
    from gilde.qualifications.formats import elm_xml

    into = BytesIO()
    not_held = elm_xml.write(publisher, qualifications, into)
    return into.getvalue(), not_held


def _write_elm_rdf(form: Literal["json-ld", "turtle"]) -> Writer:
    def write(publisher: Publisher, qualifications: Iterable[Described]) -> tuple[bytes, list[NotHeld]]:
        from gilde.qualifications.formats import elm_rdf

        return elm_rdf.written(publisher, qualifications, form)

    return write


# Name of a format → what writes it, its media type, and how the name of its file ends.
WRITERS: Final[dict[str, tuple[Writer, str, str]]] = {
    "elm-xml": (_write_elm_xml, "application/xml", "xml"),
    "elm-jsonld": (_write_elm_rdf("json-ld"), "application/ld+json", "jsonld"),
    "elm-turtle": (_write_elm_rdf("turtle"), "text/turtle; charset=utf-8", "ttl"),
    "case": (case.write, case.MEDIA_TYPE, "json"),
    "ctdl": (ctdl.write, ctdl.MEDIA_TYPE, "jsonld"),
    "csv": (tables.write, tables.MEDIA_TYPE, "csv"),
}
