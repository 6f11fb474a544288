"""The editions of a plan: the list, one as it was published, and two compared. Public, as the plan is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import components
from gilde.core.components import status, tick
from gilde.core.lists import Column, Listing
from gilde.plans.models import Edition, Plan
from gilde.plans.services import editions as edition_service
from gilde.plans.services import live
from gilde.plans.services.comparison import compare, named
from gilde.plans.services.desk.values import SECTIONS, TICK_GROUPS
from gilde.plans.views.common import Crumb, found, plan_of
from gilde.plans.views.desk import fields as desk_fields
from gilde.plans.views.desk.differences import rows_of

Json = Mapping[str, Any]


def _cell(row: Mapping[str, Any]) -> object:
    address = reverse("plans:edition", args=[row["plan__slug"], row["number"]])
    return components.link(address, _("Edition %(number)s") % {"number": row["number"]})


def _changes_cell(row: Mapping[str, Any]) -> object:
    if row["number"] == 1:
        return components.nothing(_("the first"))
    address = reverse("plans:edition-compare", args=[row["plan__slug"], row["number"] - 1, row["number"]])
    return components.link(
        address, _("What changed since edition %(number)s") % {"number": row["number"] - 1}
    )


EDITIONS = Listing(
    name="editions",
    caption=gettext_lazy("Editions"),
    fields=["number", "published_at", "file_name", "content_hash", "plan__slug"],
    columns=[
        Column("number", gettext_lazy("Edition"), cell=_cell, head=True, sort="number"),
        Column(
            "published_at",
            gettext_lazy("Published"),
            cell=lambda row: components.day(row["published_at"]),
            sort="published_at",
        ),
        Column("file_name", gettext_lazy("Document")),
        Column("changes", gettext_lazy("Changes"), value=lambda row: "", cell=_changes_cell),
        Column("content_hash", gettext_lazy("SHA-256 of the content"), download_only=True),
    ],
    order="-number",
    empty=gettext_lazy("An edition is made when a document is published from the reading desk."),
)


@dataclass(frozen=True)
class Shown:
    """One value of an edition: its words, who vouches for it, and its quote."""

    label: str
    words: object
    status: SafeString
    quote: str
    ground: str


@dataclass(frozen=True)
class ShownMeasure:
    number: str
    title: Shown
    sections: list[Shown]
    ticks: list[tuple[str, list[Shown]]]
    lists: list[tuple[str, list[Shown]]]


def _crumbs(plan: Plan) -> list[Crumb]:
    return [
        (_("Plans"), reverse("plans:list")),
        (str(plan.short_title), f"{reverse('plans:list')}{plan.slug}/"),
    ]


def _edition(plan: Plan, number: int) -> Edition:
    return found(plan.editions.select_related("document", "plan"), number=number)


@login_not_required
@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the editions of a plan."""
    plan = plan_of(request, slug)
    context = {"title": _("Editions"), "crumbs": _crumbs(plan), "plan": plan}
    return EDITIONS.respond(request, plan.editions.all(), "plans/desk/editions.html", context)


@login_not_required
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Show one edition as it was published, measure by measure; it never changes."""
    plan = plan_of(request, slug)
    it = _edition(plan, number)
    content = live.content_before(it)
    measures = edition_service.measures_of(content)
    wanted = request.GET.get("measure")
    item = next((one for one in measures if named(one).number == wanted), measures[0] if measures else None)
    if wanted and (item is None or named(item).number != wanted):
        raise Http404
    numbers = sorted(plan.editions.values_list("number", flat=True))
    context = {
        "title": f"{plan.short_title} · " + _("edition %(number)s") % {"number": number},
        "crumbs": [*_crumbs(plan), (_("Editions"), reverse("plans:editions", args=[slug]))],
        "plan": plan,
        "edition": it,
        "newer": numbers[-1] if numbers[-1] > number else None,
        "older": number - 1 if number - 1 in numbers else None,
        "measures": [named(one) for one in measures],
        "measure": _measure(item) if item is not None else None,
        "statuses": edition_service.statuses(content),
        "genuine": edition_service.is_genuine(it),
        "restated": "form" not in it.content,
    }
    return render(request, "plans/desk/edition.html", context)


def _measure(item: Json) -> ShownMeasure:
    sections = item.get("sections") or ({"provision": item} if item.get("text") else {})
    order = [name for name in (*SECTIONS, "provision") if name in sections]
    ticks = item.get("ticks") or {}
    headings = dict(desk_fields.tick_groups())
    groups = [(headings[group], list((ticks.get(group) or {}).items())) for group in TICK_GROUPS[:-1]]
    groups.append((headings["target"], [("", box) for box in ticks.get("targets") or []]))
    lists = [
        (_("Actions"), [_shown("", _action_words(one), one) for one in item.get("actions") or []]),
        (_("Responsible bodies"), [_shown("", _body_words(one), one) for one in item.get("bodies") or []]),
        (
            _("Funding"),
            [_shown("", desk_fields.funding_words(one), one) for one in item.get("funding") or []],
        ),
        (_("Dates"), [_shown("", desk_fields.date_words(one), one) for one in item.get("dates") or []]),
    ]
    names = named(item)
    return ShownMeasure(
        names.number,
        _shown("", names.title, item, "title_"),
        [
            _shown(desk_fields.section_words(name), sections[name].get("text") or "", sections[name])
            for name in order
        ],
        [(heading, [_box(code, box) for code, box in boxes]) for heading, boxes in groups if boxes],
        [(heading, shown) for heading, shown in lists if shown],
    )


def _box(code: str, box: Json) -> Shown:
    label = str(box.get("label") or box.get("key") or "")
    return _shown(
        f"{code}. {label}" if code and len(code) == 1 and label else label or code, tick(box["ticked"]), box
    )


def _action_words(one: Json) -> str:
    title, text = str(one.get("title") or ""), str(one.get("text") or "")
    return text if text.startswith(title) else f"{title}\n{text}".strip()


def _body_words(one: Json) -> SafeString:
    if one.get("organisation"):
        return format_html('{} <span class="hint">→ {}</span>', one["name"], one["organisation"])
    return format_html("{}", one["name"])


def _shown(label: str, words: object, item: Json, prefix: str = "") -> Shown:
    state = str(item.get(f"{prefix}status") or "read")
    decision = item.get(f"{prefix}decision") or {}
    kinds = {"unknown": "warn", "decided": "good", "corrected": "info", "added": "info"}
    words_of = {
        "unknown": _("unknown"),
        "decided": _("decided"),
        "corrected": _("corrected"),
        "added": _("added"),
    }
    tag = status(kinds[state], words_of[state]) if state in kinds else SafeString("")  # type: ignore[arg-type]
    quote = str((item.get(f"{prefix}citation") or {}).get("quote") or "")
    return Shown(label, words, tag, quote, str(decision.get("ground") or ""))


@login_not_required
@require_safe
def edition_json(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Download the content of an edition, in the documented form."""
    it = _edition(plan_of(request, slug), number)
    etag = f'"{it.content_hash}"'
    if (answer := get_conditional_response(request, etag=etag)) is not None:
        return answer
    body = json.dumps(it.content, ensure_ascii=False, indent=1)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = f'attachment; filename="{slug}-edition-{number}.json"'
    return response


@login_not_required
@require_safe
def edition_compare(request: HttpRequest, slug: str, old: int, new: int) -> HttpResponse:
    """Show what changed from one edition of a plan to another."""
    plan = plan_of(request, slug)
    before, after = _edition(plan, old), _edition(plan, new)
    comparison = compare(live.content_before(before), live.content_before(after))
    context = {
        "title": _("Edition %(new)s against edition %(old)s") % {"new": new, "old": old},
        "crumbs": [*_crumbs(plan), (_("Editions"), reverse("plans:editions", args=[slug]))],
        "plan": plan,
        "before": before,
        "comparison": comparison,
        "rows": rows_of(comparison),
        "lead": str(plan.title),
    }
    return render(request, "plans/desk/compare.html", context)
