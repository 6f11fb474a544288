"""The fields of one measure as the desk shows them beside the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from gilde.core.components import day, status, tick
from gilde.core.templatetags.gilde import money
from gilde.organisations.public import Organisation
from gilde.plans.models import Reading, Value
from gilde.plans.models.plans import Precision
from gilde.plans.services.desk import contents

Kind = Value.Kind
Status = Value.Status
_WORDS = 40  # of a section or action, before one opens it
_STATUS: Final = {
    Status.READ: "none",
    Status.UNKNOWN: "warn",
    Status.DECIDED: "good",
    Status.CORRECTED: "info",
    Status.ADDED: "info",
    Status.REMOVED: "bad",
}


@dataclass(frozen=True)
class Field:
    """One value: where its quote and its form are, what it says, and who vouches for it."""

    value: Value
    label: str
    words: object
    quote_url: str
    edit_url: str
    status: SafeString
    chosen: bool


@dataclass(frozen=True)
class Group:
    """Values of one kind, under a heading; `add_url` where a missed one can be added."""

    anchor: str
    heading: str
    fields: list[Field]
    empty: str = ""
    add_url: str = ""


def reading_url(reading: Reading, **query: object) -> str:
    """Return the address of a reading's page, with what it is to show."""
    base = reverse("plans:desk-reading", args=[reading.pk])
    return f"{base}?{urlencode(query)}" if query else base


def value_url(value: Value) -> str:
    """Return the address of the page on which one value is decided or corrected."""
    return reverse("plans:desk-value", args=[value.reading_id, value.pk])


def quote_url(value: Value) -> str:
    """Return the address that shows a value's quote in the document."""
    base = reverse("plans:desk-reading", args=[value.reading_id])
    return f"{base}?value={value.pk}#chosen"


def groups_of(
    reading: Reading, values: Sequence[Value], linked: Mapping[str, Organisation], chosen: Value | None
) -> list[Group]:
    """Return the fields of one measure, grouped in the order of the template."""
    of: dict[str, list[Value]] = {
        kind: [value for value in values if value.kind == kind] for kind in Kind.values
    }
    measure = values[0].measure

    def fields(chosen_values: Sequence[Value]) -> list[Field]:
        return [field_of(value, linked, chosen) for value in chosen_values]

    def adding(kind: str) -> str:
        return (
            reverse("plans:desk-add", args=[reading.pk]) + "?" + urlencode({"measure": measure, "kind": kind})
        )

    groups = [Group("sections", _("Sections"), fields(of[Kind.SECTION]))]
    for name, heading in tick_groups():
        boxes = [value for value in of[Kind.TICK] if value.code.startswith(f"{name}:")]
        if boxes:
            groups.append(Group(name, heading, fields(boxes)))
    groups.append(
        Group("actions", _("Actions"), fields(of[Kind.ACTION]), _("No action was found."), adding("action"))
    )
    if reading.kind == "implementation-plan":
        groups += [
            Group(
                "bodies",
                _("Responsible bodies"),
                fields(of[Kind.BODY]),
                _("No body was found."),
                adding("body"),
            ),
            Group(
                "funding",
                _("Funding"),
                fields(of[Kind.FUNDING]),
                _("No amount was found."),
                adding("funding"),
            ),
            Group("dates", _("Dates"), fields(of[Kind.DATE]), _("No date was found."), adding("date")),
        ]
    return groups


def field_of(value: Value, linked: Mapping[str, Organisation], chosen: Value | None) -> Field:
    """Return one value as a field."""
    return Field(
        value,
        label_of(value),
        shown(value, linked),
        quote_url(value) if value.view_start is not None else "",
        value_url(value),
        tag_of(value),
        chosen is not None and chosen.pk == value.pk,
    )


def tag_of(value: Value) -> SafeString:
    """Return the status tag of a value; empty for what stands as it was read."""
    if value.status == Status.READ:
        return SafeString("")
    return status(_STATUS[Status(value.status)], value.get_status_display())  # type: ignore[arg-type]


def label_of(value: Value) -> str:
    """Return the name of the field that a value is in."""
    if value.kind == Kind.SECTION:
        return section_words(value.code)
    if value.kind == Kind.TICK:
        return tick_label(value)
    return {
        Kind.TITLE: _("Title"),
        Kind.BODY: _("Body"),
        Kind.FUNDING: _("Funding"),
        Kind.DATE: _("Date"),
        Kind.ACTION: _("Action"),
    }[Kind(value.kind)]


def tick_label(value: Value) -> str:
    """Return the words beside a tick box: those of the template, with its letter or number."""
    group, _colon, code = value.code.partition(":")
    label = str(value.content.get("label") or "")
    if group in ("recommendation", "osnabruck"):
        return f"{code}. {label}" if label and not label.startswith(f"{code}.") else label or code
    return label or code


def tick_groups() -> list[tuple[str, str]]:
    """Return the groups of tick boxes with their headings, in the order of the template."""
    return [
        ("recommendation", _("Council Recommendation")),
        ("osnabruck", _("Osnabrück Declaration")),
        ("subsystem", _("VET subsystem")),
        ("scope", _("Scope")),
        ("target", _("Target groups")),
    ]


def section_words(code: str) -> str:
    """Return the short name of a section of the template."""
    return {
        "rationale": _("Rationale"),
        "objectives": _("Objectives"),
        "actions": _("Actions and timeline"),
        "priorities": _("EU priorities"),
        "subsystem": _("Subsystem"),
        "scope": _("Scope"),
        "beneficiaries": _("Beneficiaries"),
        "bodies": _("Responsible bodies"),
        "funding": _("Source of funding"),
        "provision": _("Article"),
    }.get(code, code)


def shown(value: Value, linked: Mapping[str, Organisation]) -> object:
    """Return a value as the reader sees it."""
    content = value.content
    if value.kind == Kind.TICK:
        return tick(content["ticked"])
    if value.kind == Kind.BODY:
        return _body(content, linked)
    if value.kind == Kind.FUNDING:
        return funding_words(content)
    if value.kind == Kind.DATE:
        return date_words(content)
    words = contents.words_of(value.kind, content)
    return (
        Truncator(words).words(_WORDS, truncate=" …")
        if words.strip()
        else _("The document has nothing here.")
    )


def _body(content: Mapping[str, object], linked: Mapping[str, Organisation]) -> SafeString:
    organisation = linked.get(str(content.get("organisation")))
    if organisation is not None:
        return format_html('{} <span class="hint">→ {}</span>', content["name"], organisation)
    if content.get("none"):
        return format_html('{} <span class="hint">({})</span>', content["name"], _("no known organisation"))
    return format_html("{}", content["name"])


def funding_words(content: Mapping[str, object]) -> SafeString:
    """Return an amount as the reader writes it, with its period and programme."""
    amount = content.get("amount")
    parts: list[object] = []
    if content.get("maximum"):
        parts.append(_("at most"))
    if content.get("approximate"):
        parts.append(_("about"))
    if amount is None:
        parts.append(content.get("text") or _("no amount"))
    else:
        parts.append(money(Decimal(str(amount)), str(content.get("currency") or "EUR")))
    parts += [
        contents.period_words(str(content.get("period") or "")),
        content.get("year"),
        content.get("programme"),
    ]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def date_words(content: Mapping[str, object]) -> SafeString:
    """Return a dated statement: what it is, the days that it means, and how exact it is."""
    first, last = (parse_date(str(content.get(name) or "")) for name in ("from", "to"))
    parts: list[object] = [f"{contents.date_kind_words(str(content['kind']))}:"]
    if content.get("every"):
        parts.append(contents.every_words(str(content["every"])))
    if first and last and first != last:
        parts.append(format_html("{} – {}", day(first), day(last)))
    elif first or last:
        parts.append(day(first or last))
    precision = str(content.get("precision") or "")
    if (first or last) and precision != Precision.DAY and precision in Precision.values:
        parts.append(f"({Precision(precision).label})")
    if content.get("text"):
        parts.append(format_html('<span class="hint">“{}”</span>', content["text"]))
    return format_html_join(" ", "{}", ((part,) for part in parts))
