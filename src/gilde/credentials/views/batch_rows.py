"""The rows of a file of awards as a list: what each said, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core.components import day, link, status
from gilde.core.lists import Column, Filter, Listing, Row
from gilde.credentials.models import Batch, State
from gilde.credentials.views.issuing_common import STATES


def _became(row: Row) -> str:
    if row["award"] is None:
        return "left"
    if row["award__batch"] != row["batch"]:
        return "already"
    return "held" if row["award__state"] == State.HELD else "issued"


def _words() -> Mapping[str, str]:
    return {
        "issued": _("issued by this file"),
        "already": _("was there already"),
        "held": _("held for a person"),
        "left": _("not issued"),
    }


def _value(name: str, field: str) -> Callable[[Row], object]:
    return lambda row: row["values"].get(name) or (row[field] if row["award"] else "")


def _reference(row: Row) -> object:
    if row["award"] is None:
        return row["values"].get("reference", "")
    route = "deposit" if row["award__state"] == State.HELD else "award"
    return link(reverse(f"credentials:{route}", args=[row["award"]]), row["award__reference"])


def _person(row: Row) -> str:
    if row["award"] is None:
        told = (row["values"].get("given_name", ""), row["values"].get("family_name", ""))
    else:
        told = (row["award__holder__given_name"], row["award__holder__family_name"])
    return " ".join(filter(None, told))


def _day(row: Row) -> SafeString:
    if row["award"]:
        return day(row["award__awarded_on"])
    told = row["values"].get("awarded_on")
    return day(date.fromisoformat(told) if told else None)


def _stands(row: Row) -> SafeString:
    became = _became(row)
    if row["award"] is None:
        done = row["batch__state"] == Batch.State.DONE
        return status("bad", _words()[became]) if done else status("none", _("not issued yet"))
    state = State(row["award__state"])
    said = "" if became == "held" else _words()[became]
    return format_html('{}<span class="under">{}</span>', status(STATES[state], state.label), said)


def _narrow(batch: Batch) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    def narrow(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "left":
            return rows.filter(award=None)
        if value == "already":
            return rows.exclude(award=None).exclude(award__batch=batch.pk)
        mine = rows.filter(award__batch=batch.pk)
        held = mine.filter(award__state=State.HELD)
        return held if value == "held" else mine.exclude(award__state=State.HELD)

    return narrow


def _text(name: str, field: str) -> Callable[[], Any]:
    return lambda: Coalesce(KeyTextTransform(name, "values"), F(field), Value(""), output_field=CharField())


def listing(batch: Batch) -> Listing:
    """Return the list of the rows of a file, and of what became of each."""
    columns = [
        Column("row", gettext_lazy("Row"), lambda row: row["number"], number=True, sort="number"),
        Column(
            "reference",
            gettext_lazy("Reference"),
            _value("reference", "award__reference"),
            _reference,
            _text("reference", "award__reference"),
            head=True,
        ),
        Column("person", gettext_lazy("Person"), _person),
        Column(
            "achievement",
            gettext_lazy("Achievement"),
            lambda row: (
                row["award__achievement__title"] if row["award"] else row["values"].get("achievement", "")
            ),
        ),
        Column(
            "awarded_on",
            gettext_lazy("Awarded on"),
            _value("awarded_on", "award__awarded_on"),
            _day,
        ),
        Column("became", gettext_lazy("What became of it"), _became, _stands),
    ]
    filters = [Filter("became", gettext_lazy("What became of it"), lambda: _words().items(), _narrow(batch))]
    return Listing(
        name="rows",
        caption=gettext_lazy("Rows of the file"),
        columns=columns,
        fields=(
            *(
                "number",
                "values",
                "batch",
                "batch__state",
                "award",
                "award__reference",
                "award__state",
                "award__batch",
            ),
            *("award__awarded_on", "award__holder__given_name", "award__holder__family_name"),
            "award__achievement__title",
        ),
        order="row",
        search=(
            _text("reference", "award__reference"),
            _text("given_name", "award__holder__given_name"),
            _text("family_name", "award__holder__family_name"),
        ),
        filters=filters if batch.rows_done else (),
        per_page=50,
        empty=gettext_lazy("The rows of this file are gone."),
    )
