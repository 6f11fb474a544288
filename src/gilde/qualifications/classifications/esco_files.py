"""The files of an ESCO package, each recognised by its name, with the rows that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from django.utils.translation import gettext as _

from gilde.qualifications.classifications.layout import ConceptFile, RelationFile, language_of, layout, named
from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.classifications.reading import RelationKind
from gilde.qualifications.classifications.tables import Row, Table, table
from gilde.qualifications.errors import Unreadable

# The order of the cells of a row of concepts; the columns of replacements follow.
COLUMNS: Final = (
    "conceptUri", "preferredLabel", "altLabels", "hiddenLabels", "description", "definition", "code", "status",
    "skillType", "reuseLevel", "modifiedDate", "regulatedProfessionNote", "inScheme",
)  # fmt: skip
_HTTP: Final = ("http://", "https://")
_KINDS: Final[dict[str, RelationKind]] = {kind: kind for kind in get_args(RelationKind)}


@dataclass(frozen=True)
class Concepts:
    """The concepts of one kind in one language."""

    file: ConceptFile
    language: str
    table: Table

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of COLUMNS. Raises Unreadable for a URI that is none."""
        for number, cells in self.table.rows((*COLUMNS, *layout().replaced_by)):
            _expect_uri(self.table, number, cells[0])
            yield number, cells


@dataclass(frozen=True)
class Relations:
    """The relations of one kind of ends."""

    file: RelationFile
    table: Table

    def rows(self) -> Iterator[tuple[int, str, str, RelationKind]]:
        """Yield row, source, target and kind of each. Raises Unreadable for a URI or a kind that is none."""
        for number, (source, target, *told) in self.table.rows(self.file.needs):
            kind = self.file.kind or told[0].lower()
            if not (source.startswith(_HTTP) and target.startswith(_HTTP)):
                _expect_uri(self.table, number, source)
                _expect_uri(self.table, number, target)
            if kind not in _KINDS:
                raise self.table.wrong(
                    number,
                    _("“%(kind)s” is no kind of relation; it should be one of %(known)s")
                    % {"kind": kind[:40], "known": ", ".join(sorted(_KINDS))},
                )
            yield number, source, target, _KINDS[kind]


@dataclass(frozen=True)
class Collection:
    """The concepts that belong to a collection, such as the green skills."""

    name: str
    table: Table

    def uris(self) -> Iterator[str]:
        """Yield the URIs of its concepts."""
        return (cells[0] for _number, cells in self.table.rows(("conceptUri",)))


@dataclass(frozen=True)
class Files:
    """All files of a package that are read: concepts in the order of the layout, then by language as given."""

    concepts: tuple[Concepts, ...]
    relations: tuple[Relations, ...]
    collections: tuple[Collection, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the files that are read, concepts first."""
        tables = [each.table for each in self.concepts]
        tables += [each.table for each in self.relations]
        tables += [each.table for each in self.collections]
        return tuple(each.part for each in tables)


def recognised(parts: Sequence[Part]) -> Files:
    """Return the files of a package by what they hold.

    Raises Unreadable for a file that is none of ESCO's, one that is there twice, and for missing columns.
    """
    known = layout()
    concepts: dict[tuple[str, str], Concepts] = {}
    relations: dict[str, Relations] = {}
    collections: list[Collection] = []
    for part in parts:
        base, _language = named(part)
        if file := known.concepts.get(base):
            language = language_of(part)
            _expect_new(part, concepts.get((file.base, language)))
            concepts[file.base, language] = Concepts(file, language, _with_columns(part, file.needs))
        elif relation := known.relations.get(base):
            _expect_new(part, relations.get(relation.base))
            relations[relation.base] = Relations(relation, _with_columns(part, relation.needs))
        elif name := known.collections.get(base):
            collections.append(Collection(name, _with_columns(part, ("conceptUri",))))
        elif part.chosen and base not in known.passed_over:
            raise _no_esco(part.name)
    if not concepts and not relations:
        raise _no_esco(parts[0].name)
    order = list(known.concepts.values())
    return Files(
        tuple(sorted(concepts.values(), key=lambda each: order.index(each.file))),
        tuple(relations.values()),
        tuple(collections),
    )


def _with_columns(part: Part, needs: Sequence[str]) -> Table:
    found = table(part)
    missing = [name for name in needs if name not in found.columns]
    if missing:
        raise Unreadable(
            _("“%(name)s” lacks the columns %(missing)s, so it is no file of ESCO as the portal gives it.")
            % {"name": part.name, "missing": ", ".join(missing)}
        )
    return found


def _expect_new(part: Part, before: Concepts | Relations | None) -> None:
    if before is not None:
        raise Unreadable(
            _("“%(name)s” and “%(other)s” hold the same part of ESCO. Choose one of them.")
            % {"name": part.name, "other": before.table.part.name}
        )


def _expect_uri(found: Table, number: int, uri: str) -> None:
    if not uri.startswith(_HTTP):
        raise found.wrong(number, _("“%(uri)s” is no URI of a concept") % {"uri": uri[:80]})


def _no_esco(name: str) -> Unreadable:
    names = ", ".join(f"{file.base}_en.csv" for file in layout().concepts.values())
    return Unreadable(
        _("“%(name)s” is no file of ESCO. Its files have names such as %(names)s.")
        % {"name": name, "names": names}
    )
