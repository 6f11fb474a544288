"""What must hold in an ESCO package before anything of it is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from gilde.qualifications.classifications.esco_files import Concepts, Files, Relations
from gilde.qualifications.classifications.hierarchy import cycle
from gilde.qualifications.classifications.layout import layout
from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.errors import Unreadable


class Checked:
    """What one reading of all files has shown. Raises Unreadable when something does not hold."""

    def __init__(self, files: Files) -> None:
        self.in_order: set[Part] = set()  # files sorted by URI
        self.twice: dict[Part, set[int]] = {}  # rows that repeat a relation
        self.unknown: frozenset[str] = frozenset()  # named by relations, in no file of concepts
        self.total = 0
        self._uris: dict[str, dict[str, str]] = {}  # by file: each URI, kept once however often it is read
        self._labels: dict[str, str] = {}
        for concepts in files.concepts:
            self._read_concepts(concepts)
        self._check_labels(files.concepts)
        self._known = {uri: uri for uris in self._uris.values() for uri in uris}
        self._check_apart(files.concepts)
        self._read_relations(files.relations)
        self.total += sum(len(uris) for uris in self._uris.values())
        # What is kept costs little; what was needed to find it is let go.
        self._labels, self._known, self._uris = {}, {}, {}

    def _read_concepts(self, concepts: Concepts) -> None:
        base, part = concepts.file.base, concepts.table.part
        known = self._uris.setdefault(base, {})
        first = not known
        rows: dict[str, int] = {}
        in_order, last = True, ""
        for number, cells in concepts.rows():
            uri, label = cells[:2]
            uri = known.setdefault(uri, uri) if first else known.get(uri, uri)
            if uri in rows:
                raise concepts.table.wrong(
                    number,
                    _("the URI %(uri)s is also in row %(other)d. Fetch the file again")
                    % {"uri": uri, "other": rows[uri]},
                )
            rows[uri] = number
            in_order, last = in_order and last < uri, uri
            if label:
                self._labels.setdefault(uri, label)
        if not rows:
            raise Unreadable(
                _("“%(name)s” has no rows below its header. Fetch it again.") % {"name": part.name}
            )
        if in_order:
            self.in_order.add(part)
        if not first:
            strange = rows.keys() ^ known.keys()
            if _too_many(strange, rows.keys() | known.keys()):
                raise _mixed(part, len(strange), min(strange))
            known.update((uri, uri) for uri in rows)

    def _check_labels(self, files: Iterable[Concepts]) -> None:
        for concepts in files:
            bare = self._uris[concepts.file.base].keys() - self._labels.keys()
            if bare:
                raise Unreadable(
                    _(
                        "“%(name)s”: the concept %(uri)s has no preferred label in any language. Fetch it again."
                    )
                    % {"name": concepts.table.part.name, "uri": min(bare)}
                )

    def _check_apart(self, files: Iterable[Concepts]) -> None:
        seen: set[str] = set()
        for base, uris in self._uris.items():
            if not seen.isdisjoint(uris):
                name = next(each.table.part.name for each in files if each.file.base == base)
                raise Unreadable(
                    _(
                        "“%(name)s” holds the concept %(uri)s, which another kind of file holds too. Fetch it again."
                    )
                    % {"name": name, "uri": min(seen.intersection(uris))}
                )
            seen.update(uris)

    def _read_relations(self, files: Iterable[Relations]) -> None:
        broader: dict[str, list[str]] = {}
        unknown: set[str] = set()
        hierarchies = []
        for relations in files:
            read = self._ends(relations, broader)
            unknown |= read
            if relations.file.kind == "broader":
                hierarchies.append(relations)
        self.unknown = frozenset(unknown)
        self._check_placed(hierarchies, broader)
        chain = cycle(broader)
        if chain:
            raise self._circular(hierarchies, chain)

    def _ends(self, relations: Relations, broader: dict[str, list[str]]) -> set[str]:
        part, strange = relations.table.part, set[str]()
        seen: set[tuple[str, str, str]] = set()
        twice: set[int] = set()
        for number, *told, kind in relations.rows():
            source, target = self._known.get(told[0], told[0]), self._known.get(told[1], told[1])
            ends = source, target, kind
            if ends in seen:
                twice.add(number)
                continue
            seen.add(ends)
            if kind == "broader":
                broader.setdefault(source, []).append(target)
            if source in self._known and target in self._known:
                self.total += 1
                continue
            here = {uri for uri in (source, target) if uri not in self._known and self._is_held(uri)}
            strange |= here
            self.total += not here
        if not seen:
            raise Unreadable(
                _("“%(name)s” has no rows below its header. Fetch it again.") % {"name": part.name}
            )
        if strange and _too_many(
            strange, {uri for source, target, _kind in seen for uri in (source, target)}
        ):
            raise _mixed(part, len(strange), min(strange))
        self.twice[part] = twice
        return strange

    def _is_held(self, uri: str) -> bool:
        """Return whether the package has all files in which a concept with this URI could be."""
        for segment, bases in layout().held_by.items():
            if f"/{segment}/" in uri:
                return all(base in self._uris for base in bases)
        return False

    def _check_placed(self, hierarchies: Iterable[Relations], broader: Collection[str]) -> None:
        for base, hierarchy in layout().placed_by.items():
            uris = self._uris.get(base, {})
            astray = uris.keys() - broader
            part = next((each.table.part for each in hierarchies if each.file.base == hierarchy), None)
            if part is not None and _too_many(astray, uris):
                raise _mixed(part, len(astray), min(astray))

    def _circular(self, hierarchies: Iterable[Relations], chain: list[str]) -> Unreadable:
        last, first = chain[-2:]
        for relations in hierarchies:
            for number, source, target, _kind in relations.rows():
                if (source, target) == (last, first):
                    return relations.table.wrong(
                        number,
                        _("the hierarchy goes in a circle: %(chain)s. Fetch the file again")
                        % {"chain": " → ".join(self._told(uri) for uri in chain[:12])},
                    )
        raise AssertionError("a cycle is made of rows")

    def _told(self, uri: str) -> str:
        return f"“{self._labels.get(uri, uri)}”"


def _too_many(strange: Collection[str], of: Collection[str]) -> bool:
    """Return whether these are more than the handful that the portal's own packages have (8 in version 1.1.1)."""
    return (len(strange) > 5 and len(strange) * 500 > len(of)) or (
        len(strange) > 0 and len(strange) * 2 >= len(of)
    )


def _mixed(part: Part, count: int, example: str) -> Unreadable:
    return Unreadable(
        _(
            "“%(name)s” and the other files are of two versions: %(count)d concepts are in one and not in the other, "
            "such as %(example)s. Choose files of one version."
        )
        % {"name": part.name, "count": count, "example": example}
    )
