"""Write a plan of the demo world as a document, and remember where in it each value stands.

The demo restates real plans in our own words, so there is no original file to cite. The restated plan is
therefore set as a Markdown document in the European template; measures cite that document exactly as they
would cite a ministry's own file: by character offsets, with the quote found there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

LABELS = {
    "rationale": "Rationale/background, challenges addressed",
    "objectives": "Specific objectives of the measure/package and their relation to the general objectives"
    " of the plan",
    "actions": "Description of main actions and activities comprising the measure/package, including"
    " implementation milestones and indicative timeline",
    "priorities": "EU policy priorities addressed",
    "subsystem": "VET subsystem (IVET, CVET, or both)",
    "scope": "Scope (national, regional, local)",
    "beneficiaries": "Beneficiaries/target groups",
    "bodies": "Responsible ministries/bodies",
    "funding": "Source of funding (National, EU funds, sectoral)",
}
_BOX = {True: "- [x] ", False: "- [ ] ", None: "- "}


@dataclass
class Sheet:
    """A document in the making; `spans` maps (measure number, subject) to the place in `text`."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    spans: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def write(self, words: str) -> tuple[int, int]:
        """Append words and return the span that they take."""
        start = self.length
        self.parts.append(words)
        self.length += len(words)
        return start, self.length

    def put(self, number: str, subject: str, words: str, after: str = "\n\n") -> None:
        """Append a value, remember its place, and end the line."""
        self.spans[number, subject] = self.write(words)
        self.write(after)

    @property
    def text(self) -> str:
        return "".join(self.parts)


def restate(
    plan: dict[str, Any], organisations: dict[str, Any], groups: list[dict[str, Any]], provisions: Any
) -> Sheet:
    """Return the plan as a Markdown document in English with the places of all values.

    `provisions` maps an instrument code to a list of (number, title).
    """
    sheet = Sheet()
    sheet.write(f"# {plan['title']['en']}\n\n{plan['source']['note']['en']}\n\n")
    if plan["kind"] == "action-plan":
        instrument = plan["instruments"][0]
        titles = dict(provisions[instrument])
        for provision in plan["provisions"]:
            number = str(provision["number"])
            sheet.put(number, "title", f"{number}. {titles[number]}")
            if provision.get("actions"):
                sheet.write("Suggested actions:\n\n")
            for action in provision.get("actions") or []:
                sheet.write("- ")
                sheet.put(number, f"action:{action['key']}", _action(action))
        return sheet
    for measure in plan["measures"]:
        _measure(sheet, measure, organisations, groups, provisions)
    return sheet


def _action(action: dict[str, Any]) -> str:
    note = f" ({action['date_note']['en']})" if action.get("date_note") else ""
    return f"{action['title']['en']}: {action['text']['en'].strip()}{note}"


def _measure(
    sheet: Sheet,
    measure: dict[str, Any],
    organisations: dict[str, Any],
    groups: list[dict[str, Any]],
    provisions: Any,
) -> None:
    number = str(measure["number"])
    sheet.write("## ")
    sheet.put(number, "title", f"{number} {measure['title']['en']}")
    for name, label in LABELS.items():
        sheet.write(f"**{label}**\n\n")
        start = sheet.length
        if name in ("rationale", "objectives"):
            sheet.write(measure[name]["en"].strip() + "\n\n")
        elif name == "actions":
            for action in measure.get("actions") or []:
                sheet.write("- ")
                sheet.put(number, f"action:{action['key']}", _action(action))
            for milestone in measure.get("milestones") or []:
                note = f" ({milestone['date_note']['en']})" if milestone.get("date_note") else ""
                sheet.write("- ")
                sheet.put(number, f"milestone:{milestone['key']}", f"{milestone['title']['en']}{note}")
        elif name == "bodies":
            for position, body in enumerate(measure.get("bodies") or []):
                sheet.write("- ")
                sheet.put(number, f"body:{position}", organisations[body["organisation"]]["name"]["en"], "\n")
            sheet.write("\n")
        elif name == "funding":
            for line in measure.get("funding") or []:
                sheet.write("- ")
                sheet.put(number, f"funding:{line['key']}", funding_words(line), "\n")
            sheet.write("\n")
        else:
            _ticks(sheet, number, name, measure, groups, provisions)
        end = start + len(sheet.text[start : sheet.length].rstrip())
        sheet.spans[number, f"section:{name}"] = (start, max(start, end))


def funding_words(line: dict[str, Any]) -> str:
    """Return a funding line in words, with its amount when it has one."""
    words = str((line.get("note") or {}).get("en", "")).strip()
    if line.get("amount") is None:
        return words
    amount = f"{line['amount']:,} {line['currency']}".replace(",", " ")
    every = {"year": " each year", "total": " in all"}.get(line.get("period") or "", "")
    hedge = "at most " if line.get("maximum") else "about " if line.get("approximate") else ""
    return f"{hedge}{amount}{every}" + (f": {words}" if words else "")


def _ticks(
    sheet: Sheet,
    number: str,
    name: str,
    measure: dict[str, Any],
    groups: list[dict[str, Any]],
    provisions: Any,
) -> None:
    for code, label, ticked in tick_rows(name, measure, groups, provisions):
        sheet.put(number, f"tick:{code}", f"{_BOX[ticked]}{label}", "\n")
    sheet.write("\n")


def tick_rows(
    name: str, measure: dict[str, Any], groups: list[dict[str, Any]], provisions: Any
) -> Iterable[tuple[str, str, bool | None]]:
    """Yield (code, label, ticked) of the boxes in one section of a measure, in the order of the template."""
    if name == "priorities":
        for key, instrument in (("recommendation", "recommendation-2020"), ("osnabruck", "osnabruck-2020")):
            titles = dict(provisions[instrument])
            for number, ticked in measure[key].items():
                yield f"{instrument}:{number}", f"{number}. {titles[str(number)]}", ticked
    elif name == "subsystem":
        labels = {"ivet": "initial VET (IVET)", "cvet": "continuing VET (CVET)"}
        for code, ticked in measure["subsystem"].items():
            yield f"subsystem:{code}", labels[code], ticked
    elif name == "scope":
        for code, ticked in measure["scope"].items():
            yield f"scope:{code}", code, ticked
    else:
        for group in groups:
            yield f"target:{group['key']}", group["label"]["en"], measure["target_groups"][group["key"]]
