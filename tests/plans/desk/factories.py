"""Readings on the desk: a small document with what is found in it, and the people who work on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gilde.core import clock, documents
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.organisations.models import Membership, Organisation
from gilde.plans.models import Instrument, Reading, TargetGroup, Value
from gilde.plans.services.desk.values import SECTIONS, rows_of
from tests.plans.factories import MembershipFactory, OrganisationFactory, ProvisionFactory, UserFactory

Role = Membership.Role
UNKNOWN_BOXES = {"recommendation:B", "osnabruck:3", "scope:local", "target:5"}
TARGETS = [f"Group {n}" for n in range(1, 21)]


class Sheet:
    """A document being written; `cite` puts words down and returns the citation of their place."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: list[dict[str, Any]] = []

    def cite(self, words: str, kind: str = "text", level: int = 0) -> dict[str, Any]:
        start = len(self.text)
        self.text += words + "\n"
        self.lines.append(
            {"start": start, "end": start + len(words), "kind": kind, "level": level, "page": None}
        )
        return {"start": start, "end": start + len(words), "quote": words}


def a_measure(
    sheet: Sheet,
    number: str,
    title: str,
    *,
    actions: list[str] | None = None,
    amount: int = 714_000,
    bodies: tuple[str, ...] = ("Board of Works", "Guild of Smiths"),
    text: str = "Because of the reason.",
) -> dict[str, Any]:
    """Return one measure in the documented form, written down on the sheet; four of its boxes are unknown."""
    title_citation = sheet.cite(f"{number} {title}", "heading", 2)
    sections: dict[str, Any] = {}
    ticks: dict[str, Any] = {}
    measure: dict[str, Any] = {"number": number, "title": title, "citation": title_citation}
    for name in SECTIONS:
        sheet.cite(name.capitalize(), "heading", 3)
        begin = len(sheet.text)
        if name == "actions":
            measure["actions"] = [
                {"text": words, "citation": sheet.cite(words, "item")}
                for words in (
                    actions
                    if actions is not None
                    else ["Train the mentors by April 2024. Pay them well.", "Tell."]
                )
            ]
        elif name == "priorities":
            ticks["recommendation"] = _boxes(sheet, "recommendation", "ABCDEF")
            ticks["osnabruck"] = _boxes(sheet, "osnabruck", "1234")
        elif name in ("subsystem", "scope"):
            ticks[name] = _boxes(
                sheet, name, ["IVET", "CVET"] if name == "subsystem" else ["national", "regional", "local"]
            )
        elif name == "beneficiaries":
            boxes = _boxes(sheet, "target", [str(n) for n in range(1, 21)])
            ticks["targets"] = [{"label": TARGETS[int(n) - 1], **box} for n, box in boxes.items()]
        elif name == "bodies":
            measure["bodies"] = [{"name": body, "citation": sheet.cite(body, "item")} for body in bodies]
        elif name == "funding":
            citation = sheet.cite(f"{amount} euro each year")
            measure["funding"] = [
                {"amount": amount, "currency": "EUR", "period": "year", "citation": citation}
            ]
        else:
            sheet.cite(text if name == "rationale" else f"The {name} of {title}.")
        words = sheet.text[begin:].rstrip("\n")
        sections[name] = {
            "text": words,
            "citation": {"start": begin, "end": begin + len(words), "quote": words},
        }
    found = sheet.text.find("by April 2024", sections["actions"]["citation"]["start"])
    measure["dates"] = []
    if found >= 0:
        measure["dates"] = [
            {
                "kind": "end",
                "from": "2024-04-01",
                "to": "2024-04-30",
                "precision": "month",
                "every": None,
                "citation": {"start": found, "end": found + 13, "quote": "by April 2024"},
            }
        ]
    return {**measure, "sections": sections, "ticks": ticks}


def _boxes(sheet: Sheet, group: str, codes: Any) -> dict[str, Any]:
    boxes = {}
    for place, code in enumerate(codes):
        unknown = f"{group}:{code}" in UNKNOWN_BOXES
        ticked = None if unknown else place % 2 == 0
        glyph = {True: "☒", False: "☐", None: "•"}[ticked]
        boxes[code] = {"ticked": ticked, "citation": sheet.cite(f"{glyph} {group} {code}", "item")}
    return boxes


def a_plan_found(*measures: Mapping[str, Any]) -> tuple[Sheet, dict[str, Any]]:
    """Return a document and what was found in it; each mapping is the keyword arguments of one measure."""
    sheet = Sheet()
    sheet.cite("The plan of Norland", "heading", 1)
    given = measures or ({"number": "3.1", "title": "Mentors"}, {"number": "3.2", "title": "Workshops"})
    return sheet, {"kind": "implementation-plan", "measures": [a_measure(sheet, **one) for one in given]}


def an_action_plan_found() -> tuple[Sheet, dict[str, Any]]:
    """Return an action plan on two articles, the second without an action."""
    sheet = Sheet()
    first = sheet.cite("1. Make training attractive to everybody.")
    action = sheet.cite("Campaign: Show what apprentices make.", "item")
    second = sheet.cite("2. Report every two years.")
    return sheet, {
        "kind": "action-plan",
        "provisions": [
            {
                "number": "1",
                "text": "Make training attractive to everybody.",
                "citation": first,
                "actions": [
                    {"title": "Campaign", "text": "Show what apprentices make.", "citation": action},
                ],
            },
            {"number": "2", "text": "Report every two years.", "citation": second, "actions": []},
        ],
    }


def an_open_reading(
    organisation: Organisation | None = None,
    found: tuple[Sheet, dict[str, Any]] | None = None,
    **fields: Any,
) -> Reading:
    """Return a reading on the desk of an organisation, with its values stored."""
    sheet, form = found or a_plan_found()
    document = documents.store(SYSTEM, file=sheet.text.encode(), name="plan.md")
    reading = Reading.objects.create(
        organisation=organisation or OrganisationFactory(),
        document=document,
        file_name="plan.md",
        title="The plan of Norland",
        kind=form["kind"],
        state=Reading.State.OPEN,
        text=sheet.text,
        lines=sheet.lines,
        found=form,
        created_at=clock.now(),
        **fields,
    )
    rows = rows_of(reading, form, lambda citation: (citation["start"], citation["end"]))
    Value.objects.bulk_create(rows)
    return reading


def an_officer(reading: Reading, role: str = Role.OFFICER) -> User:
    """Return a person with a role in the organisation on whose desk the reading lies."""
    return MembershipFactory(user=UserFactory(), organisation=reading.organisation, role=role).user


def the(reading: Reading, measure: str, kind: str, code: str = "", position: int | None = None) -> Value:
    """Return one value of a reading."""
    values = Value.objects.filter(reading=reading, measure=measure, kind=kind).select_related("reading")
    if code:
        values = values.filter(code=code)
    if position is not None:
        values = values.filter(position=position)
    value = values.first()
    assert value is not None
    return value


def reference() -> dict[str, Instrument]:
    """Return the two instruments of the template with their provisions; store its twenty target groups."""
    found = {}
    for code, numbers in (("recommendation-2020", "ABCDEF"), ("osnabruck-2020", "1234")):
        for position, number in enumerate(numbers):
            provision = ProvisionFactory(
                instrument=found.get(code) or _instrument(code), number=number, position=position
            )
            found[code] = provision.instrument
    for n in range(1, 21):
        TargetGroup.objects.get_or_create(key=f"group-{n}", defaults={"position": n, "name": TARGETS[n - 1]})
    return found


def _instrument(code: str) -> Instrument:
    from tests.plans.factories import InstrumentFactory

    return InstrumentFactory(code=code)
