"""ESCO as the portal gives it: CSV files in one or more languages, and the relations between concepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from typing import Final

from gilde.qualifications.classifications.esco_checks import Checked
from gilde.qualifications.classifications.esco_files import COLUMNS, Concepts, recognised
from gilde.qualifications.classifications.layout import layout, version_of
from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.classifications.reading import ConceptRead, Package, RelationRead

_LISTED: Final = re.compile(r"\s*(?:[\r\n]+|\s\|\s)\s*")
_URIS: Final = re.compile(r"[\s,|;]+")


class EscoPackage(Package):
    """ESCO in the languages given; see `Package`."""

    scheme = "esco"

    def __init__(self, parts: Sequence[Part], version: str = "") -> None:
        """Read the names and headers of the files. Raises Unreadable for what is no ESCO, or of two versions."""
        self._files = recognised(parts)
        self.version = version_of(self._files.parts, version)
        self.parts = tuple(part.name for part in self._files.parts)
        self.languages = tuple(dict.fromkeys(each.language for each in self._files.concepts))
        self._checked: Checked | None = None

    def check(self) -> None:
        """Return when all that will be read is sound; asked again, it costs nothing. Raises Unreadable."""
        self._sound()

    @property
    def total(self) -> int:
        """Return how many concepts and relations there are. Raises Unreadable."""
        return self._sound().total

    def concepts(self) -> Iterator[ConceptRead]:
        """Yield each concept once, its languages together, groups before what stands in them. Raises Unreadable."""
        checked, collections = self._sound(), self._collections()
        for file in layout().concepts.values():
            streams = [_rows(each, checked) for each in self._files.concepts if each.file is file]
            for uri, rows in groupby(merge(*streams, key=_uri), key=_uri):
                yield _concept(uri, file.kind, list(rows), collections.get(uri, ()))

    def relations(self) -> Iterator[RelationRead]:
        """Yield each relation once, without those of `unknown` concepts. Raises Unreadable."""
        checked = self._sound()
        for each in self._files.relations:
            twice = checked.twice[each.table.part]
            for number, source, target, kind in each.rows():
                if number not in twice and source not in checked.unknown and target not in checked.unknown:
                    yield RelationRead(source, target, kind)

    def _sound(self) -> Checked:
        if self._checked is None:
            self._checked = Checked(self._files)
            self.unknown = tuple(sorted(self._checked.unknown))
        return self._checked

    def _collections(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for collection in self._files.collections:
            for uri in collection.uris():
                found[uri] = (*found.get(uri, ()), collection.name)
        return found


_Told = tuple[str, list[str]]  # a language, and the cells of a row


def _rows(concepts: Concepts, checked: Checked) -> Iterator[_Told]:
    """Yield the rows sorted by URI, so that the languages of a concept meet without any being held.

    The portal sorts its files so; one that somebody has sorted otherwise is held while it is read.
    """
    rows = ((concepts.language, cells) for _number, cells in concepts.rows())
    return rows if concepts.table.part in checked.in_order else iter(sorted(rows, key=_uri))


def _uri(told: _Told) -> str:
    return told[1][0]


def _concept(uri: str, kind: str, rows: Sequence[_Told], collections: Sequence[str]) -> ConceptRead:
    known = layout()
    labels, terms, descriptions = {}, {}, {}
    told: dict[str, str] = {}
    replaced: list[str] = []
    for language, row in rows:
        cells = dict(zip(COLUMNS, row, strict=False))
        if label := cells["preferredLabel"]:
            labels[language] = label
        if listed := _terms(cells):
            terms[language] = listed
        if description := cells["description"] or cells["definition"]:
            descriptions[language] = description
        replaced += [each for cell in row[len(COLUMNS) :] for each in _URIS.split(cell) if each]
        told = {name: told.get(name) or cell for name, cell in cells.items()}
    return ConceptRead(
        uri=uri,
        kind=kind,
        code=told["code"] or _code(uri),
        labels=labels,
        terms=terms,
        descriptions=descriptions,
        status=told["status"].lower() or "released",
        skill_type=known.skill_types.get(told["skillType"].lower(), ""),
        reuse=told["reuseLevel"],
        regulated=_regulated(told["regulatedProfessionNote"]),
        modified=told["modifiedDate"],
        replaced_by=tuple(dict.fromkeys(replaced)),
        member_of=_member_of(kind, told["inScheme"], collections),
    )


def _member_of(kind: str, schemes: str, collections: Sequence[str]) -> tuple[str, ...]:
    found = set(collections)
    if kind in {"skill", "occupation"}:  # the groups above them are in the same schemes
        names = {each.rsplit("/", 1)[-1] for each in _URIS.split(schemes)}
        found.update(name for scheme, name in layout().schemes.items() if scheme in names)
    return tuple(sorted(found))


def _terms(cells: dict[str, str]) -> tuple[str, ...]:
    both = (*_LISTED.split(cells["altLabels"]), *_LISTED.split(cells["hiddenLabels"]))
    return tuple(dict.fromkeys(term for term in both if term and term != cells["preferredLabel"]))


def _code(uri: str) -> str:
    """Return the code of a field of ISCED-F, which ESCO tells in the URI alone."""
    return uri.rsplit("/", 1)[-1] if "/isced-f/" in uri else ""


def _regulated(note: str) -> bool | None:
    """Return whether an occupation is regulated; None where nothing is told."""
    value = note.rsplit("/", 1)[-1].lower()
    return value == "regulated" if value in {"regulated", "unregulated"} else None
