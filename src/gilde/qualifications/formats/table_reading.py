"""Reads the rows of the CSV table: checked cell by cell, rows of one qualification put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import Described, NotHeld, Outcome, Read, Unit
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats.addresses import own_address
from gilde.qualifications.formats.table_columns import (
    CLASSES,
    OUTCOME,
    QUALIFICATION,
    READERS,
    SOURCE,
    UNIT,
    Column,
    Kind,
)

FORMAT = "csv"
_GROUPS = {"": QUALIFICATION, "unit_": UNIT, "outcome_": OUTCOME}
_Cells = dict[str, tuple[str, int]]  # column → text, row


def is_header(names: list[str]) -> bool:
    """Return whether names of columns are those of a table of qualifications."""
    return any(QUALIFICATION_TITLE.language("", name) for name in names) and any(
        OUTCOME_STATEMENT.language("outcome_", name) or name in ("uri", "code") for name in names
    )


QUALIFICATION_TITLE = next(column for column in QUALIFICATION if column.name == "title")
OUTCOME_STATEMENT = next(column for column in OUTCOME if column.name == "statement")


def read_rows(rows: list[list[str]], name: str) -> Read:
    """Return the qualifications of rows, the first of which is the header. Raises Unreadable."""
    reading = _Reading(name, [cell.strip() for cell in rows[0]] if rows else [])
    for number, row in enumerate(rows[1:], 2):
        reading.add(number, row)
    if not reading.found:
        raise Unreadable(_("“%(name)s” has a header but no rows.") % {"name": name})
    return Read(FORMAT, tuple(reading.qualifications()), tuple(reading.not_held()))


class _Thing:
    """What the rows say of one qualification or one unit, with the row that each cell came from."""

    def __init__(self) -> None:
        self.cells: _Cells = {}
        self.outcomes: list[Outcome] = []
        self.units = _Things()


class _Things:
    """Qualifications or units in the order of their first rows, found again by address, else code, else title."""

    def __init__(self) -> None:
        self.all: list[_Thing] = []
        self.known: dict[tuple[str, str], _Thing] = {}

    def of(self, uri: str, code: str, title: str) -> _Thing:
        names = [(kind, each) for kind, each in (("uri", uri), ("code", code), ("title", title)) if each]
        thing = self.known.get(names[0])
        if thing is None:
            thing = _Thing()
            self.all.append(thing)
        for each in names:
            self.known.setdefault(each, thing)
        return thing


class _Reading:
    def __init__(self, name: str, header: list[str]) -> None:
        self.name, self.header = name, header
        self.found: list[_Thing] = []
        self.things = _Things()
        self.unknown: dict[str, tuple[str, int]] = {}
        twice = next((each for each, times in Counter(header).items() if each and times > 1), "")
        if twice:
            raise self.wrong(1, _("the column %(column)s is there twice") % {"column": twice})
        self.languages: dict[str, list[str]] = {}
        self.known = set(self._columns())
        for column, prefix in ((QUALIFICATION_TITLE, ""), (OUTCOME_STATEMENT, "outcome_")):
            if not self.languages[prefix + column.name]:
                raise self.wrong(
                    1,
                    _("the column %(column)s is missing, or the same with another language at its end")
                    % {"column": f"{prefix}{column.name}_en"},
                )

    def wrong(self, row: int, sentence: str) -> Unreadable:
        return Unreadable(
            _("“%(name)s”, row %(row)d: %(sentence)s.")
            % {"name": self.name, "row": row, "sentence": sentence}
        )

    def _columns(self) -> Iterator[str]:
        def names(prefix: str, columns: tuple[Column, ...]) -> Iterator[str]:
            for column in columns:
                if column.parts:
                    yield from names(f"{prefix}{column.name}_", column.parts)
                elif column.kind == "words":
                    found = [told for each in self.header if (told := column.language(prefix, each))]
                    self.languages[prefix + column.name] = found
                    yield from (f"{prefix}{column.name}_{language}" for language in found)
                else:
                    yield prefix + column.name

        for prefix, columns in _GROUPS.items():
            yield from names(prefix, columns)

    def add(self, number: int, row: list[str]) -> None:
        """Take a row in. Raises Unreadable when it is not whole or disagrees with a row before."""
        if not any(cell.strip() for cell in row):
            return
        if any(cell.strip() for cell in row[len(self.header) :]):
            raise self.wrong(number, _("this row has more cells than the header has columns"))
        cells = {name: cell for name, cell in zip(self.header, row, strict=False) if cell.strip()}
        for name in [each for each in cells if each not in self.known]:
            self.unknown.setdefault(name or _("a column without a name"), (cells.pop(name), number))
        qualification = self._of(self.things, "", QUALIFICATION, cells, number)
        if qualification is None:
            raise self.wrong(number, _("no qualification is named: uri, code and title are empty"))
        self.found = self.things.all
        unit = self._of(qualification.units, "unit_", UNIT, cells, number)
        if any(name.startswith("outcome_") for name in cells):
            held = {name: (cell, number) for name, cell in cells.items()}
            source = qualification.cells.get(SOURCE, ("", 0))[0]
            outcome: Outcome = self._made("outcome_", OUTCOME, held, number, source)
            if not outcome.uri:
                whole = unit or qualification
                place = whole.cells.get("unit_uri") or qualification.cells.get("uri") or ("", 0)
                address = own_address(
                    "outcome",
                    place[0],
                    *(f"{k}={v[0]}" for k, v in sorted(whole.cells.items())),
                    str(len(whole.outcomes)),
                )
                outcome = replace(outcome, uri=address)
            (unit or qualification).outcomes.append(outcome)

    def _of(
        self, things: _Things, prefix: str, columns: tuple[Column, ...], cells: dict[str, str], number: int
    ) -> _Thing | None:
        """Return the thing that a row is about, with the cells of the row added to it."""
        mine = {
            name: cell
            for name, cell in cells.items()
            if name.startswith(prefix) and (prefix or not name.startswith(("unit_", "outcome_")))
        }
        if not mine:
            return None
        title = next(
            (
                mine[f"{prefix}title_{each}"]
                for each in self.languages[prefix + "title"]
                if f"{prefix}title_{each}" in mine
            ),
            "",
        )
        uri, code = mine.get(prefix + "uri", "").strip(), mine.get(prefix + "code", "").strip()
        if not (uri or code or title):
            if prefix:
                raise self.wrong(number, _("the unit has no title: fill unit_title_en or another language"))
            return None
        thing = things.of(uri, code, title)
        for name, cell in mine.items():
            before, row = thing.cells.setdefault(name, (cell, number))
            if before != cell:
                raise self.wrong(
                    number,
                    _(
                        "%(column)s is “%(this)s”, but “%(that)s” in row %(row)d about the same. Make them equal"
                    )
                    % {"column": name, "this": cell[:80], "that": before[:80], "row": row},
                )
        return thing

    def qualifications(self) -> Iterator[Described]:
        """Yield the qualifications. Raises Unreadable for one without a title or with a level that is none."""
        for thing in self.found:
            row = min(row for _cell, row in thing.cells.values())
            source = thing.cells.get(SOURCE, ("", 0))[0].strip()
            told: Described = self._made("", QUALIFICATION, thing.cells, row, source)
            uri = told.uri or own_address("qualification", told.code, *told.title.words.values())
            units = [self._unit(unit, uri, source) for unit in thing.units.all]
            yield replace(told, uri=uri, units=tuple(units), outcomes=tuple(thing.outcomes))

    def _unit(self, thing: _Thing, qualification: str, source: str) -> Unit:
        row = min(row for _cell, row in thing.cells.values())
        unit: Unit = self._made("unit_", UNIT, thing.cells, row, source)
        uri = unit.uri or own_address("unit", qualification, unit.code, *unit.title.words.values())
        return replace(unit, uri=uri, outcomes=tuple(thing.outcomes))

    def not_held(self) -> Iterator[NotHeld]:
        """Yield the columns that are not of this table."""
        for name, (cell, row) in self.unknown.items():
            where = _("%(name)s, row %(row)d") % {"name": self.name, "row": row}
            yield NotHeld(where, _("Gilde has no column of this name: %(column)s") % {"column": name}, cell)

    def _made(self, prefix: str, columns: tuple[Column, ...], cells: _Cells, row: int, source: str) -> Any:
        values: dict[str, Any] = {"uri": ""}
        for column in columns:
            if column.name != SOURCE:
                values |= self._value(prefix, column, cells, row, source)
        return CLASSES[prefix](**values)

    def _value(self, prefix: str, column: Column, cells: _Cells, row: int, source: str) -> dict[str, Any]:
        name = prefix + column.name
        if column.kind == "words":
            words = {
                language: cells[f"{name}_{language}"][0]
                for language in self.languages[name]
                if f"{name}_{language}" in cells
            }
            if column.needed and not words:
                raise self.wrong(
                    row,
                    _("%(column)s is empty") % {"column": f"{name}_{(self.languages[name] or ['en'])[0]}"},
                )
            return {column.attribute: self._text(words, source)} if words else {}
        if column.kind == "one":
            return {column.attribute: self._group(f"{name}_", column, [cells], row, source)[0]}
        if column.kind == "many":
            return {
                column.attribute: self._group(
                    f"{name}_", column, self._lines(f"{name}_", cells, row), row, source
                )
            }
        if name not in cells:
            return {}
        cell, row = cells[name]
        if column.kind == "lines":
            return {column.attribute: tuple(line.strip() for line in cell.split("\n") if line.strip())}
        return {column.attribute: self._cell(name, column.kind, cell, row)}

    def _text(self, words: dict[str, str], source: str) -> Text:
        return Text(source if source in words else sorted(words)[0], words)

    def _lines(self, prefix: str, cells: _Cells, row: int) -> list[_Cells]:
        """Return the cells of a group of columns, line by line."""
        mine = {name: told for name, told in cells.items() if name.startswith(prefix)}
        counts = {name: told[0].count("\n") + 1 for name, told in mine.items()}
        if len(set(counts.values())) > 1:
            least, most = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
            raise self.wrong(
                mine[most][1],
                _("%(most)s has %(many)d lines and %(least)s %(few)d. Give each as many lines")
                % {"most": most, "many": counts[most], "least": least, "few": counts[least]},
            )
        return [
            {
                name: (line, told[1])
                for name, told in mine.items()
                if (line := told[0].split("\n")[n].rstrip("\r"))
            }
            for n in range(max(counts.values(), default=0))
        ]

    def _group(
        self, prefix: str, column: Column, lines: list[_Cells], row: int, source: str
    ) -> tuple[Any, ...]:
        return tuple(
            self._one(prefix, column, cells, row, source) for cells in lines if cells or column.kind == "one"
        )

    def _one(self, prefix: str, column: Column, cells: _Cells, row: int, source: str) -> Any:
        """Return the value of a group of columns, None when all are empty."""
        assert column.of is not None
        told = {name: cell for name, cell in cells.items() if name.startswith(prefix)}
        if not told:
            return None
        for part in column.parts:
            if part.needed and prefix + part.name not in told:
                other, (_cell, row) = next(iter(told.items()))
                raise self.wrong(
                    row, _("%(one)s needs %(other)s beside it") % {"one": other, "other": prefix + part.name}
                )
        values: dict[str, Any] = {part.attribute: Text() for part in column.parts if part.kind == "words"}
        values |= {"uri": ""} if any(part.attribute == "uri" for part in column.parts) else {}
        for part in column.parts:
            values |= self._value(prefix, part, told, row, source)
        if prefix == "level_" and values["framework"] == "eqf":
            self._cell("level_code", "eqf", values["code"], told["level_code"][1])
        return column.of(**values)

    def _cell(self, name: str, kind: Kind, cell: str, row: int) -> Any:
        cell = cell.strip()
        try:
            return READERS[kind](cell)
        except (ValueError, KeyError, ArithmeticError) as error:
            raise self.wrong(
                row, _WRONG[kind]() % {"column": name, "cell": cell[:80], "known": error}
            ) from error


_WRONG = {
    "text": lambda: _("%(column)s: “%(cell)s” cannot be read"),
    "whole": lambda: _("%(column)s: “%(cell)s” is no whole number"),
    "number": lambda: _("%(column)s: “%(cell)s” is no number"),
    "share": lambda: _("%(column)s: “%(cell)s” is no number from 0 to 1"),
    "yes": lambda: _("%(column)s: “%(cell)s” is neither yes nor no"),
    "day": lambda: _("%(column)s: “%(cell)s” is no date such as 2025-09-01"),
    "moment": lambda: _("%(column)s: “%(cell)s” is no moment such as 2025-09-01T12:00:00Z"),
    "eqf": lambda: _("%(column)s: “%(cell)s” is no level of the EQF, which has 1 to 8"),
    "relation": lambda: _("%(column)s: “%(cell)s” is none of %(known)s"),
    "sort": lambda: _("%(column)s: “%(cell)s” is none of %(known)s"),
    "form": lambda: _("%(column)s: “%(cell)s” is none of %(known)s"),
}
