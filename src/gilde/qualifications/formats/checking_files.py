"""Opens a file from outside so that it can do no harm: bounded in size and depth, UTF-8, without DTD or entities."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from django.utils.translation import gettext as _
from lxml import etree

from gilde.qualifications.errors import Unreadable

LIMIT = 100 * 1024 * 1024  # bytes
DEPTH: Final = 40  # elements in one another; the European Learning Model needs eight
_PIECE: Final = 1024 * 1024


def checked_bytes(path: Path, name: str, *, limit: int | None = None) -> bytes:
    """Return what the file holds, in UTF-8, without a mark at its beginning; `name` is what sentences call it.

    Raises Unreadable when the file is empty, larger than `limit` (bytes; `LIMIT` unless told), or not UTF-8.
    """
    most = LIMIT if limit is None else limit
    if path.stat().st_size > most:
        refuse(
            name, _("it is larger than %(most)s MB; send it in parts") % {"most": f"{most / 1024 / 1024:g}"}
        )
    data = path.read_bytes()
    if not data.strip():
        refuse(name, _("the file is empty"))
    if (line := _not_utf8(data)) is not None:
        refuse(name, _("this is not UTF-8; save the file again as UTF-8"), line)
    return data.removeprefix(codecs.BOM_UTF8)


def checked_elements(path: Path, name: str, *, namespaces: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield ("start" or "end", element) of an XML file as they come, each element of one of `namespaces`.

    The caller clears the elements that it is done with. Raises Unreadable as `checked_bytes` does, and when the file
    is not well-formed, has a DTD, goes deeper than `DEPTH`, or has an element of another namespace.
    """
    data = checked_bytes(path, name)
    parser = etree.XMLPullParser(
        ("start", "end"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
            for event, element in parser.read_events():
                if event == "start":
                    depth += 1
                    _check(element, name, depth, namespaces)
                else:
                    depth -= 1
                yield event, element
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as error:
        refuse(name, _("this is no XML, or it was cut off on the way"), error.lineno or None)


def refuse(name: str, sentence: str, line: int | None = None) -> NoReturn:
    """Raise Unreadable with the file, the line where it is known, and what is wrong."""
    if line:
        raise Unreadable(
            _("“%(name)s”, line %(line)d: %(sentence)s.")
            % {"name": name, "line": line, "sentence": sentence},
            line=line,
        )
    raise Unreadable(_("“%(name)s”: %(sentence)s.") % {"name": name, "sentence": sentence})


def refuse_dtd(data: bytes, name: str) -> None:
    """Raise Unreadable when XML declares a document type: that is how entities and outside files come in."""
    place = data.upper().find(b"<!DOCTYPE")
    if place < 0:
        place = data.upper().find(b"<!ENTITY")
    if place >= 0:
        _no_dtd(name, data.count(b"\n", 0, place) + 1)


def _check(element: Any, name: str, depth: int, namespaces: frozenset[str]) -> None:
    if depth == 1 and element.getroottree().docinfo.doctype:
        _no_dtd(name, None)
    if depth > DEPTH:
        refuse(
            name,
            _("elements stand in one another more than %(most)d deep") % {"most": DEPTH},
            element.sourceline,
        )
    found = etree.QName(element)
    if found.namespace not in namespaces:
        told = {"element": found.localname, "namespace": found.namespace or "–"}
        refuse(
            name,
            _("the element “%(element)s” is of a namespace that is not known here (%(namespace)s)") % told,
            element.sourceline,
        )


def _no_dtd(name: str, line: int | None) -> NoReturn:
    refuse(name, _("it declares a document type (DTD), which is not read; take the declaration out"), line)


def _not_utf8(data: bytes) -> int | None:
    """Return the first line that is not UTF-8, None when all are; also when the file says that it is something else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _PIECE):
        try:
            decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))
        except UnicodeDecodeError:
            return data.count(b"\n", 0, start) + 1 + _lines_before_fault(data[start : start + _PIECE])
    head = data[:200].lower()
    if head.lstrip(codecs.BOM_UTF8).startswith(b"<?xml") and b"encoding" in head.partition(b"?>")[0]:
        declared = head.partition(b"?>")[0]
        if not any(
            each in declared for each in (b'"utf-8"', b"'utf-8'", b'"utf8"', b'"us-ascii"', b"'us-ascii'")
        ):
            return 1
    return None


def _lines_before_fault(piece: bytes) -> int:
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        return piece.count(b"\n", 0, error.start)
    return 0
