"""A .docx archive opened safely, and its parts as XML."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from gilde.plans.reader.document import BadDocument

MAX_MEMBERS = 5000
MAX_PART = 24 * 1024 * 1024  # bytes of one XML part; a plan of a thousand pages stays under it
MAX_TOTAL = 400 * 1024 * 1024  # bytes that all members say they unpack to
_MAX_RATIO, _RATIO_FROM = 150, 4 * 1024 * 1024  # XML of Word packs 10 to 50 times

DROPPED = {
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "rPr",
    "pPr",
    "sdtPr",
    "sdtEndPr",
    "annotationRef",
    "rt",
}
_OFF = {"0", "false", "off", "none"}


def local(element: Any) -> str:
    """The name of an element without its namespace, so that strict and transitional are read alike."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any | None:
    if element is not None:
        for one in element:
            if local(one) == name:
                return one
    return None


def value(element: Any, name: str = "val") -> str | None:
    """An attribute whatever its namespace."""
    if element is not None:
        for key, text in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return str(text)
    return None


def switched(element: Any) -> bool | None:
    """The state of an on/off property (ISO 29500-1, 17.17.4), on without a value; None when absent."""
    return None if element is None else (value(element) or "true").lower() not in _OFF


def is_on(element: Any, name: str) -> bool:
    """An on/off attribute that is off when absent."""
    return (value(element, name) or "0").lower() not in _OFF


class Package:
    """A .docx archive, opened with limits. Raises BadDocument for what is no whole, plain, harmless .docx."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise BadDocument(
                "The file is protected with a password or in the Word format of before 2007; "
                "save it as .docx without a password.",
                "encrypted",
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise _cut_off() from error
        if len(members) > MAX_MEMBERS:
            raise BadDocument(
                f"The .docx holds {len(members)} files and at most {MAX_MEMBERS} can be read; it is no plan.",
                "zip-bomb",
            )
        for member in members:
            packed = max(member.compress_size, 1)
            if member.file_size > _RATIO_FROM and member.file_size / packed > _MAX_RATIO:
                raise _bomb(member.filename, member.file_size)
        total = sum(member.file_size for member in members)
        if total > MAX_TOTAL:
            raise _bomb("all together", total)
        self._members = {member.filename: member for member in members}
        if any(name.lower().endswith("vbaproject.bin") for name in self._members):
            raise _macros()
        types = self.xml("[Content_Types].xml")
        if types is not None and any(
            "macroenabled" in (value(one, "ContentType") or "").lower() for one in types
        ):
            raise _macros()
        self.main = self._main()

    def _main(self) -> str:
        """The name of the part with the text, by the relationships of the package."""
        relations = self.xml("_rels/.rels")
        for relation in relations if relations is not None else ():
            if (value(relation, "Type") or "").endswith("/officeDocument"):
                name = posixpath.normpath((value(relation, "Target") or "").lstrip("/"))
                if name in self._members:
                    return name
        if "word/document.xml" in self._members:
            return "word/document.xml"
        raise BadDocument(
            "The file is a zip archive like a .docx, but its text (word/document.xml) is missing; "
            "open it in Word and save it again.",
            "no-document",
        )

    def beside(self, name: str) -> Any | None:
        """A part in the folder of the text, such as styles.xml; None when the document has none."""
        return self.xml(posixpath.join(posixpath.dirname(self.main), name))

    def xml(self, name: str) -> Any | None:
        """The root of an XML part, None when there is none."""
        member = self._members.get(name)
        if member is None:
            return None
        if member.flag_bits & 1:
            raise BadDocument("The .docx is protected with a password; save it without one.", "encrypted")
        try:
            with self._archive.open(member) as file:
                data = file.read(MAX_PART + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise _cut_off() from error
        if len(data) > MAX_PART:
            raise BadDocument(
                f"The part {name} of the .docx has more than {MAX_PART // 1048576} MB of XML; "
                "leave out annexes and save it again.",
                "too-large",
            )
        try:
            root = etree.fromstring(data, _parser())
        except etree.XMLSyntaxError as error:
            raise BadDocument(
                f"The part {name} of the .docx is no whole XML (line {error.lineno}); "
                "open it in Word and save it again.",
                "truncated",
            ) from error
        if str(getattr(root.getroottree().docinfo, "doctype", "")):
            raise BadDocument(
                f"The part {name} of the .docx declares a document type or entities, which no word processor "
                "writes and attacks use; it is not read.",
                "entities",
            )
        return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _cut_off() -> BadDocument:
    return BadDocument("The .docx is cut off or damaged; fetch or save it again.", "truncated")


def _macros() -> BadDocument:
    return BadDocument("The file holds macros; save it as .docx, which has none.", "macros")


def _bomb(name: str, size: int) -> BadDocument:
    return BadDocument(
        f"The .docx unpacks to {size / 1048576:.0f} MB ({name[:60]}), far more than a document; "
        "it is not read.",
        "zip-bomb",
    )


def chosen(parent: Any) -> Iterator[Any]:
    """The children that are shown: of two versions of the same content only the first that can be read."""
    for element in parent:
        name = local(element)
        if name == "AlternateContent":
            versions = [one for one in element if local(one) in ("Choice", "Fallback")]
            yield from chosen(versions[0]) if versions else ()
        elif name and name not in DROPPED:
            yield element


def descend(parent: Any, name: str) -> Iterable[Any]:
    """The rows of a table or cells of a row, also those inside content controls and tracked insertions."""
    for element in chosen(parent):
        if local(element) == name:
            yield element
        elif local(element) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from descend(element, name)


def is_placeholder(control: Any) -> bool:
    """Whether a content control shows its "click here to enter text"."""
    return bool(switched(child(child(control, "sdtPr"), "showingPlcHdr")))


def path_of(element: Any) -> str:
    """The steps from the root of the part, each with its place among the siblings of its name."""
    steps: list[str] = []
    while element is not None and local(element) not in ("body", "footnotes"):
        parent = element.getparent()
        name = local(element)
        number = 1 + sum(1 for one in element.itersiblings(preceding=True) if local(one) == name)
        steps.append(f"{name}[{number}]")
        element = parent
    steps.append(local(element) if element is not None else "body")
    return "/".join(reversed(steps))
