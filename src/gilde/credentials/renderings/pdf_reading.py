"""What an untrusted PDF carries: attached credentials and seals. Nothing in the file is run, nothing drawn.

The reader is pyHanko's, in strict mode and with limits: it is what checks the seals, so both see the same file.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.proofs import pades_reading
from gilde.credentials.proofs.pdf_file import at, opened, reading, too_deep

MOST: Final = 10  # attachments
LARGEST: Final = 5_000_000  # bytes of one
_DEEP: Final = 20  # levels of a tree of names

# Actions that run or start something, or send what was filled in (ISO 32000-1, 12.6.4).
_ACTIVE: Final = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}
_KEYS: Final = {"/JS", "/JavaScript", "/XFA"}
_TELLING: Final = _ACTIVE | _KEYS
_NAMED: Final = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%]+")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME: Final = re.compile(r"[^\w .()+-]")


@dataclass(frozen=True)
class Attachment:
    """A file in a PDF: `media_type` and `relation` as the PDF claims them, such as "Data"."""

    name: str
    media_type: str
    relation: str
    data: bytes


def attachments(data: bytes) -> list[Attachment]:
    """Return the files that a PDF carries, in the order of their names.

    Raises Unreadable (no-pdf, encrypted, damaged, active-content) and TooMuch (too-many-attachments, inflates, …).
    """
    reader = opened(data)
    with reading():
        _refuse_active(data, reader)
        return _attached(reader)


def parts(data: bytes) -> dict[str, Any]:
    """Return attachments and proofs of seals as JSON can hold them, for a process apart; see `unpacked`.

    A seal that is wrong does not hide the attachments: `wrong` then tells the sentence and the reason.
    """
    reader = opened(data)
    with reading():
        _refuse_active(data, reader)
        found = _attached(reader)
    wrong: dict[str, str] | None = None
    proofs: list[dict[str, Any]] = []
    try:
        proofs = [each.packed() for each in pades_reading.proofs(data, reader)]
    except Unreadable as error:
        wrong = {"code": error.code, "sentence": error.sentence, "reason": error.reason}
    except pades_reading.REFUSALS as error:
        wrong = {"code": error.code, "sentence": error.sentence, "reason": error.reason}
    return {
        "attachments": [
            {
                "name": each.name,
                "media_type": each.media_type,
                "relation": each.relation,
                "data": base64.b64encode(each.data).decode(),
            }
            for each in found
        ],
        "seals": proofs,
        "wrong": wrong,
    }


def _refuse_active(data: bytes, reader: PdfFileReader) -> None:
    """Refuse a file that holds a program or starts one: what it shows may change as it is looked at."""
    revisions = range(reader.xrefs.total_revisions)
    if not any(reader.xrefs.object_streams_used_in(each) for each in revisions) and not _speaks_of_acts(data):
        return  # every object lies open in the file, and none has such a name in it
    for revision in revisions:
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            if reader.xrefs[reference] is None or not _is_active(reader.get_object(reference), 0):
                continue
            raise Unreadable(
                _(
                    "The PDF holds a program, or an act that starts one or sends data, which no certificate does; "
                    "ask its issuer for a plain copy."
                ),
                "active-content",
            )


def _speaks_of_acts(data: bytes) -> bool:
    """Whether a name of an act stands anywhere in the bytes, also written with numbers (ISO 32000-1, 7.3.5)."""
    names = (_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name) for name in _NAMED.findall(data))
    return any(name.decode("latin-1") in _TELLING for name in names)


def _is_active(value: Any, depth: int) -> bool:
    if depth > _DEEP:
        raise too_deep()
    if isinstance(value, generic.DictionaryObject):
        if at(value, "/S") in _ACTIVE or not _KEYS.isdisjoint(value):
            return True
        return any(_is_active(value.raw_get(key), depth + 1) for key in value)
    if isinstance(value, generic.ArrayObject):
        return any(_is_active(value.raw_get(at), depth + 1) for at in range(len(value)))
    return False


def _attached(reader: PdfFileReader) -> list[Attachment]:
    root = reader.root
    specs: list[Any] = list(_array(root, "/AF"))
    if "/Names" in root and "/EmbeddedFiles" in root["/Names"]:
        specs += _tree(root["/Names"]["/EmbeddedFiles"], 0, [0])
    found: dict[tuple[str, str], Attachment] = {}
    for spec in specs:
        each = _attachment(spec)
        if each is None:
            continue
        found.setdefault((each.name, hashlib.sha256(each.data).hexdigest()), each)
        if len(found) > MOST:
            raise _too_many()
    return sorted(found.values(), key=lambda each: each.name)


def _array(holder: generic.DictionaryObject, key: str) -> list[Any]:
    values = at(holder, key, [])
    if not isinstance(values, list):
        raise ValueError(key)
    if len(values) > MOST * 10:
        raise _too_many()
    return list(values)


def _tree(node: Any, depth: int, seen: list[int]) -> Iterator[Any]:
    """The values of a tree of names (ISO 32000-1, 7.9.6)."""
    seen[0] += 1
    if depth > _DEEP or seen[0] > MOST * 10:
        raise _too_many()
    if not isinstance(node, generic.DictionaryObject):
        raise ValueError("/EmbeddedFiles")
    for kid in _array(node, "/Kids"):
        yield from _tree(_resolved(kid), depth + 1, seen)
    names = _array(node, "/Names")
    if len(names) > 2 * MOST:
        raise _too_many()
    yield from names[1::2]


def _attachment(spec: Any) -> Attachment | None:
    spec = _resolved(spec)
    if not isinstance(spec, generic.DictionaryObject):
        raise ValueError("/Filespec")
    if "/EF" not in spec:  # a reference to a file elsewhere, which is never followed
        return None
    streams = spec["/EF"]
    stream = streams["/UF"] if "/UF" in streams else streams["/F"]
    if not isinstance(stream, generic.StreamObject):
        raise ValueError("/EF")
    data: bytes = stream.data
    if len(data) > LARGEST:
        raise TooMuch(
            _("A file in the PDF has more than %(most)s MB, which no credential has.")
            % {"most": LARGEST // 1_000_000},
            "attachment-too-large",
        )
    name = spec["/UF"] if "/UF" in spec else at(spec, "/F", "")
    return Attachment(
        name=_NAME.sub("_", str(name))[:100],
        media_type=str(at(stream, "/Subtype", "")).lstrip("/")[:100],
        relation=str(at(spec, "/AFRelationship", "")).lstrip("/")[:20],
        data=data,
    )


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, generic.IndirectObject) else value


def _too_many() -> TooMuch:
    return TooMuch(
        _(
            "The PDF carries more than %(most)s files; a certificate carries its credential. Give that file itself."
        )
        % {"most": MOST},
        "too-many-attachments",
    )
