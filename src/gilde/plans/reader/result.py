"""What a reading gives: typed, with a citation for each value, and its documented form as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from gilde.plans.reader.document import BadDocument, Citation, Line

VERSION = 1
Kind = Literal["implementation-plan", "action-plan"]
Json = dict[str, Any]


@dataclass(frozen=True)
class Value:
    text: str
    citation: Citation


@dataclass(frozen=True)
class Tick:
    """A tick box of the template. `ticked` None is unknown; without citation the label was not found."""

    key: str
    label: str
    ticked: bool | None
    citation: Citation | None


@dataclass(frozen=True)
class Body:
    name: str
    citation: Citation


@dataclass(frozen=True)
class Funding:
    """An amount in units of `currency`; `period` is the span of time it is for, None if none is given."""

    amount: Decimal
    currency: str
    period: str | None
    programme: str | None
    approximate: bool
    maximum: bool
    citation: Citation


@dataclass(frozen=True)
class Dated:
    """A dated statement: from and to are ISO dates, both included; `section` is where it stands."""

    kind: str
    from_date: str | None
    to_date: str | None
    precision: str
    every: str | None
    section: str
    citation: Citation


@dataclass(frozen=True)
class Action:
    title: str | None
    text: str
    citation: Citation


@dataclass(frozen=True)
class Measure:
    """A measure; `sections` has every section of the template, None for one that the document lacks."""

    number: str | None
    title: str
    citation: Citation
    sections: Mapping[str, Value | None]
    ticks: Mapping[str, tuple[Tick, ...]]
    bodies: tuple[Body, ...]
    funding: tuple[Funding, ...]
    dates: tuple[Dated, ...]
    actions: tuple[Action, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The sections that have no label in the document, or nothing under it."""
        return tuple(name for name, value in self.sections.items() if value is None or not value.text)

    @property
    def unknown(self) -> tuple[Tick, ...]:
        return tuple(tick for ticks in self.ticks.values() for tick in ticks if tick.ticked is None)


@dataclass(frozen=True)
class Provision:
    number: str
    text: str
    citation: Citation
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Reading:
    """A plan as read. `text` and `lines` are the linear document that `Citation.view` counts in."""

    kind: Kind
    sha256: str
    media_type: str
    measures: tuple[Measure, ...]
    provisions: tuple[Provision, ...]
    notes: tuple[str, ...]
    text: str
    lines: tuple[Line, ...]

    def citations(self) -> list[Citation]:
        """Every citation of the reading."""
        found: list[Citation | None] = []
        for measure in self.measures:
            found.append(measure.citation)
            found += [value.citation for value in measure.sections.values() if value]
            found += [tick.citation for ticks in measure.ticks.values() for tick in ticks]
            for part in (measure.bodies, measure.funding, measure.dates, measure.actions):
                found += [item.citation for item in part]
        for provision in self.provisions:
            found.append(provision.citation)
            found += [action.citation for action in provision.actions]
        return [citation for citation in found if citation is not None]

    def as_json(self) -> Json:
        """The documented form, version 1 (docs/reading.md)."""
        head: Json = {
            "version": VERSION,
            "kind": self.kind,
            "source": {"sha256": self.sha256, "media_type": self.media_type},
        }
        if self.notes:
            head["notes"] = list(self.notes)
        if self.kind == "action-plan":
            return {**head, "provisions": [_provision(provision) for provision in self.provisions]}
        return {**head, "measures": [_measure(measure) for measure in self.measures]}


def _cited(citation: Citation | None) -> Json | None:
    return citation.as_json() if citation else None


def _value(value: Value | None) -> Json | None:
    return {"text": value.text, "citation": _cited(value.citation)} if value else None


def _action(action: Action) -> Json:
    return {"title": action.title, "text": action.text, "citation": _cited(action.citation)}


def _provision(provision: Provision) -> Json:
    return {
        "number": provision.number,
        "text": provision.text,
        "citation": _cited(provision.citation),
        "actions": [_action(action) for action in provision.actions],
    }


def number_of(amount: Decimal) -> int | float:
    """An amount as a number of JSON: whole where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _measure(measure: Measure) -> Json:
    ticks: Json = {}
    for group, of_group in measure.ticks.items():
        if group == "targets":
            ticks[group] = [
                {
                    "label": tick.label,
                    "ticked": tick.ticked,
                    "citation": _cited(tick.citation),
                    "key": tick.key,
                }
                for tick in of_group
            ]
        else:
            ticks[group] = {
                tick.key: {"ticked": tick.ticked, "citation": _cited(tick.citation), "label": tick.label}
                for tick in of_group
            }
    return {
        "number": measure.number,
        "title": measure.title,
        "citation": _cited(measure.citation),
        "sections": {name: _value(value) for name, value in measure.sections.items()},
        "ticks": ticks,
        "bodies": [{"name": body.name, "citation": _cited(body.citation)} for body in measure.bodies],
        "funding": [
            {
                "amount": number_of(line.amount),
                "currency": line.currency,
                "period": line.period,
                "programme": line.programme,
                "approximate": line.approximate,
                "maximum": line.maximum,
                "citation": _cited(line.citation),
            }
            for line in measure.funding
        ],
        "dates": [
            {
                "kind": dated.kind,
                "from": dated.from_date,
                "to": dated.to_date,
                "precision": dated.precision,
                "every": dated.every,
                "section": dated.section,
                "citation": _cited(dated.citation),
            }
            for dated in measure.dates
        ],
        "actions": [_action(action) for action in measure.actions],
    }


# -- between the child process and its parent: the same with the places in the linear text


def pack(reading: Reading) -> Json:
    """A reading as JSON that `unpack` turns back into the same reading."""
    return {
        **reading.as_json(),
        "notes": list(reading.notes),
        "views": [list(citation.view) for citation in reading.citations()],
        "text": reading.text,
        "lines": [
            [line.start, line.end, line.content, line.kind, line.level, line.bold, line.lead, line.marker,
             line.page, line.cell, line.gap] for line in reading.lines
        ],
    }  # fmt: skip


def unpack(data: Any) -> Reading:
    """The reading that a child process sent; raises BadDocument if it is not the form that `pack` makes."""
    try:
        return _Unpacker(data).reading()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
        raise BadDocument(
            f"The reader of documents gave an answer that cannot be used ({type(error).__name__}); "
            "report this with the file.",
            "bad-answer",
        ) from error


class _Unpacker:
    def __init__(self, data: Any) -> None:
        self.data = data
        self.text = _checked(data["text"], str)
        self.sha256 = _checked(data["source"]["sha256"], str)
        self.views = iter(data["views"])

    def reading(self) -> Reading:
        kind = self.data["kind"]
        if kind not in {"implementation-plan", "action-plan"} or self.data["version"] != VERSION:
            raise ValueError(kind)
        measures = tuple(self.measure(item) for item in self.data.get("measures", []))
        provisions = tuple(self.provision(item) for item in self.data.get("provisions", []))
        lines = tuple(self.line(*item) for item in self.data["lines"])
        media_type = _checked(self.data["source"]["media_type"], str)
        notes = tuple(_checked(note, str) for note in self.data["notes"])
        return Reading(kind, self.sha256, media_type, measures, provisions, notes, self.text, lines)

    def line(self, start: int, end: int, content: int, kind: Any, level: int, bold: bool, lead: int | None,
             marker: str | None, page: int | None, cell: list[int] | None, gap: bool) -> Line:  # fmt: skip
        if not 0 <= start <= content <= end <= len(self.text):
            raise ValueError("line outside of the text")
        place = (int(cell[0]), int(cell[1]), int(cell[2])) if cell else None
        return Line(start, end, content, kind, level, bool(bold), lead, marker, page, place, bool(gap))

    def citation(self, data: Json) -> Citation:
        view = next(self.views, None)
        if view is None:
            raise ValueError("a citation without its place in the text")
        start, end = view
        if not 0 <= start <= end <= len(self.text):
            raise ValueError("citation outside of the text")
        anchor = {key: value for key, value in data.items() if key != "quote"}
        return Citation(self.sha256, anchor, _checked(data["quote"], str), (int(start), int(end)))

    def maybe(self, data: Json | None) -> Citation | None:
        return self.citation(data) if data else None

    def action(self, data: Json) -> Action:
        title = data["title"]
        return Action(
            None if title is None else _checked(title, str),
            _checked(data["text"], str),
            self.citation(data["citation"]),
        )

    def provision(self, data: Json) -> Provision:
        citation = self.citation(data["citation"])
        actions = tuple(self.action(item) for item in data["actions"])
        return Provision(_checked(data["number"], str), _checked(data["text"], str), citation, actions)

    def tick(self, key: str, data: Json) -> Tick:
        if data["ticked"] not in {True, False, None}:
            raise ValueError("ticked")
        return Tick(key, _checked(data["label"], str), data["ticked"], self.maybe(data["citation"]))

    def measure(self, data: Json) -> Measure:
        citation = self.citation(data["citation"])
        sections = {
            name: Value(_checked(value["text"], str), self.citation(value["citation"])) if value else None
            for name, value in data["sections"].items()
        }
        ticks = {}
        for group, of_group in data["ticks"].items():
            if isinstance(of_group, list):
                ticks[group] = tuple(self.tick(item["key"], item) for item in of_group)
            else:
                ticks[group] = tuple(self.tick(key, item) for key, item in of_group.items())
        bodies = tuple(
            Body(_checked(item["name"], str), self.citation(item["citation"])) for item in data["bodies"]
        )
        funding = tuple(
            Funding(
                Decimal(str(item["amount"])), item["currency"], item["period"], item["programme"],
                item["approximate"], item["maximum"], self.citation(item["citation"]),
            ) for item in data["funding"]
        )  # fmt: skip
        dates = tuple(
            Dated(
                item["kind"], item["from"], item["to"], item["precision"], item["every"], item["section"],
                self.citation(item["citation"]),
            ) for item in data["dates"]
        )  # fmt: skip
        actions = tuple(self.action(item) for item in data["actions"])
        number = None if data["number"] is None else _checked(data["number"], str)
        title = _checked(data["title"], str)
        return Measure(number, title, citation, sections, ticks, bodies, funding, dates, actions)


def _checked(value: Any, kind: type[str]) -> str:
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value
