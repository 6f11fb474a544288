"""Simple classifications: a list of codes with names, as ISCO-08 or NACE; from CSV, or as Gilde brings them.

`data/classifications/<scheme>.yaml` says what the codes of each look like, and has the upper levels of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils.translation import gettext as _

from gilde.qualifications.classifications.hierarchy import cycle
from gilde.qualifications.classifications.parts import Part
from gilde.qualifications.classifications.reading import ConceptRead, Package, RelationRead
from gilde.qualifications.classifications.tables import Table, at_row, table
from gilde.qualifications.errors import Unreadable

_FOLDER: Final = Path(__file__).parents[1] / "data" / "classifications"
# Headers that are recognised, in small letters: as national offices, the ILO, UNESCO and Eurostat write them.
_CODE: Final = ("code", "notation", "isco 08 code", "isco code", "isced code", "isced-f code", "nace code")
_NAME: Final = ("label", "name", "title", "preferredlabel", "heading")
_PARENT: Final = ("parent", "parent code", "parentcode", "broader")
_DESCRIPTION: Final = ("description", "definition")
_IN_LANGUAGE: Final = re.compile(r"(?P<name>[a-z ]+?)[ _:@-]*[(\[]?(?P<language>[a-z]{2})[)\]]?")
_FILE_LANGUAGE: Final = re.compile(r".*[_-]([a-z]{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One line of a list: its code, its names by language, and the code above it."""

    code: str
    names: dict[str, str]
    parent: str = ""
    descriptions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheme:
    """A list that comes with Gilde: what its codes look like, where it is from, and its upper levels.

    `kinds` are a pattern for each kind of code, whose group is the code itself. `note` says what was not checked.
    """

    code: str
    version: str
    name: dict[str, str]
    source: str
    valid_from: date
    note: str
    uri: str
    kinds: dict[str, str]
    items: tuple[Item, ...]

    def recognise(self, written: str) -> tuple[str, str]:
        """Return the code and its kind from a code as written, as "A01.1"; ("", "") when it is none."""
        for kind, pattern in self.kinds.items():
            if match := re.fullmatch(pattern, written):
                return match[1], kind
        return "", ""


@cache
def schemes() -> dict[str, Scheme]:
    """Return the lists that come with Gilde by their codes."""
    found = (
        _scheme(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.yaml"))
    )
    return {scheme.code: scheme for scheme in found}


def own(code: str) -> ListPackage:
    """Return a list as it comes with Gilde. Raises Unreadable for one that does not."""
    scheme = _known(code)
    return ListPackage(scheme, scheme.items, (f"{code}.yaml",))


def read_list(parts: Sequence[Part], code: str, version: str = "") -> ListPackage:
    """Return a list from CSV files, one for all languages or one for each. Raises Unreadable."""
    scheme = _known(code)
    items: dict[str, Item] = {}
    for part in parts:
        read = _items(part, scheme)
        if items and items.keys() != read.keys():
            raise Unreadable(
                _("“%(name)s” and “%(other)s” are of two editions: the code %(code)s is in one of them only.")
                % {"name": part.name, "other": parts[0].name, "code": min(items.keys() ^ read.keys())}
            )
        items = {code: _together(items.get(code), item) for code, item in read.items()}
    return ListPackage(scheme, list(items.values()), tuple(part.name for part in parts), version)


class ListPackage(Package):
    """A list that has been read whole, since it is short; see `Package`."""

    def __init__(
        self, scheme: Scheme, items: Sequence[Item], parts: tuple[str, ...], version: str = ""
    ) -> None:
        """Raises Unreadable when an item stands under none that is in the list, or under itself."""
        self.scheme, self.version, self.parts = scheme.code, version or scheme.version, parts
        self.languages = tuple(dict.fromkeys(language for item in items for language in item.names))
        self._scheme, self._items = scheme, items
        self._parents = _parents(scheme, items, parts[0])

    def check(self) -> None:
        """Return at once: a list is checked when it is read."""

    @property
    def total(self) -> int:
        """Return how many concepts and relations there are."""
        return len(self._items) + len(self._parents)

    def concepts(self) -> Iterator[ConceptRead]:
        """Yield each code in the order of the list."""
        for item in self._items:
            yield ConceptRead(
                uri=self._scheme.uri.format(code=item.code),
                kind=self._scheme.recognise(item.code)[1],
                code=item.code,
                labels=item.names,
                descriptions=item.descriptions,
            )

    def relations(self) -> Iterator[RelationRead]:
        """Yield what stands under what."""
        for code, parent in self._parents.items():
            uri = self._scheme.uri
            yield RelationRead(uri.format(code=code), uri.format(code=parent), "broader")


def _scheme(told: dict[str, Any]) -> Scheme:
    items = tuple(
        Item(each["code"], {key: each[key] for key in ("en", "nl") if key in each}, each.get("parent", ""))
        for each in told.pop("concepts")
    )
    return Scheme(**{"note": "", **told}, items=items)


def _known(code: str) -> Scheme:
    if code not in schemes():
        raise Unreadable(
            _("Gilde does not know the classification “%(code)s”. It knows: %(known)s.")
            % {"code": code, "known": ", ".join(["esco", *schemes()])}
        )
    return schemes()[code]


@dataclass(frozen=True)
class _Columns:
    code: str
    parent: str
    names: dict[str, str]
    descriptions: dict[str, str]


def _columns(found: Table) -> _Columns:
    """Return which column holds what; without a language in the header it is that of the file's name, else English."""
    match = _FILE_LANGUAGE.fullmatch(found.part.stem)
    language = match[1].lower() if match else "en"
    plain = {column.lower(): column for column in found.columns}
    code = next((plain[name] for name in _CODE if name in plain), "")
    names = _by_language(plain, _NAME, language)
    descriptions = _by_language(plain, _DESCRIPTION, language)
    if not names:  # Eurostat calls the name of an activity its description
        names, descriptions = descriptions, {}
    if not code or not names:
        raise Unreadable(
            _("“%(name)s” needs a column “code” and a column “name”, or one for each language, as “name_en”. It has: "
              "%(columns)s.")
            % {"name": found.part.name, "columns": ", ".join(found.columns)[:300]}
        )  # fmt: skip
    return _Columns(code, next((plain[name] for name in _PARENT if name in plain), ""), names, descriptions)


def _by_language(plain: Mapping[str, str], words: Sequence[str], language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for low, column in plain.items():
        match = _IN_LANGUAGE.fullmatch(low)
        if low in words:
            found.setdefault(language, column)
        elif match and match["name"] in words:
            found.setdefault(match["language"], column)
    return found


def _items(part: Part, scheme: Scheme) -> dict[str, Item]:
    found = table(part)
    columns = _columns(found)
    wanted = (columns.code, columns.parent, *columns.names.values(), *columns.descriptions.values())
    items: dict[str, Item] = {}
    rows: dict[str, int] = {}
    for number, (written, above, *texts) in found.rows(wanted):
        code, _kind = scheme.recognise(written)
        if not code:
            raise at_row(
                part,
                number,
                _("“%(code)s” is no code of %(scheme)s")
                % {"code": written[:40], "scheme": scheme.name["en"]},
            )
        if code in rows:
            raise at_row(
                part,
                number,
                _("the code %(code)s is also in row %(row)d") % {"code": code, "row": rows[code]},
            )
        rows[code] = number
        names = _filled(columns.names, texts)
        if not names:
            raise at_row(part, number, _("the code %(code)s has no name") % {"code": code})
        parent = scheme.recognise(above)[0] if above else ""
        if above and not parent:
            raise at_row(
                part, number, _("its parent “%(code)s” is no code of the list") % {"code": above[:40]}
            )
        items[code] = Item(code, names, parent, _filled(columns.descriptions, texts[len(columns.names) :]))
    if not items:
        raise Unreadable(_("“%(name)s” has no rows below its header. Fetch it again.") % {"name": part.name})
    return items


def _filled(columns: Mapping[str, str], texts: Sequence[str]) -> dict[str, str]:
    return {language: text for language, text in zip(columns, texts, strict=False) if text}


def _together(before: Item | None, item: Item) -> Item:
    if before is None:
        return item
    descriptions = before.descriptions | item.descriptions
    return Item(item.code, before.names | item.names, before.parent or item.parent, descriptions)


def _parents(scheme: Scheme, items: Sequence[Item], name: str) -> dict[str, str]:
    """Return the code above each: as told, else the longest code that this one begins with, else as Gilde has it."""
    codes = {item.code for item in items}
    known = {item.code: item.parent for item in scheme.items if item.parent in codes}
    found: dict[str, str] = {}
    for item in items:
        shorter = (item.code[:length].rstrip(".") for length in range(len(item.code) - 1, 0, -1))
        parent = (
            item.parent or next((each for each in shorter if each in codes), "") or known.get(item.code, "")
        )
        if parent and parent not in codes:
            raise Unreadable(
                _("“%(name)s”: the code %(code)s stands under %(parent)s, which is not in the list.")
                % {"name": name, "code": item.code, "parent": parent}
            )
        if parent:
            found[item.code] = parent
    if chain := cycle({code: (parent,) for code, parent in found.items()}):
        raise Unreadable(
            _("“%(name)s”: the hierarchy goes in a circle: %(chain)s.")
            % {"name": name, "chain": " → ".join(chain)}
        )
    return found
