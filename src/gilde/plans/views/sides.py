"""One plan from its other sides: tick boxes, actions, time, money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock, downloads
from gilde.core.components import link
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.plans import matrix, signals, timeline
from gilde.plans.models import Action, FundingLine, Spending
from gilde.plans.signals import flag, late, recorded, stale, undated
from gilde.plans.views import words
from gilde.plans.views.common import plan_context, plan_of


@login_not_required
@require_safe
def priorities(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show which measure has ticked which provision, unknown boxes as unknown."""
    return _matrix_page(request, slug, "priorities")


@login_not_required
@require_safe
def targets(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show which measure is for which target group, unknown boxes as unknown."""
    return _matrix_page(request, slug, "targets")


def _matrix_page(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    plan = plan_of(request, slug)
    boxes = matrix.provision_matrix(plan) if kind == "priorities" else matrix.target_matrix(plan)
    if (wanted := request.GET.get("format", "")) in downloads.WRITERS:
        return _matrix_file(wanted, f"{plan.slug}-{kind}", boxes)
    cells = words.cells()
    title = _("Priorities") if kind == "priorities" else _("Target groups")
    context = {
        **plan_context(request, plan, kind, title),
        "matrix": boxes,
        "groups": list(boxes.groups()),
        "rows": [
            (
                row.number,
                row.title,
                reverse("plans:measure", args=[plan.slug, row.number]),
                [cells[cell] for cell in row.cells],
            )
            for row in boxes.rows
        ],
        "totals": [
            (label, boxes.totals(state), boxes.count(state))
            for label, state in (
                (_("Ticked"), matrix.TICKED),
                (_("Not ticked"), matrix.NOT_TICKED),
                (_("Unknown"), matrix.UNKNOWN),
            )
        ],
        "unknown": boxes.count(matrix.UNKNOWN),
        "boxes": sum(boxes.count(state) for state in matrix.STATES.values()),
        "legend": [
            (cells[matrix.TICKED], _("ticked")),
            (cells[matrix.NOT_TICKED], _("not ticked")),
            (cells[matrix.UNKNOWN], _("unknown: the source has lost the state of the box")),
        ],
    }
    return render(request, f"plans/{kind}.html", context)


def _matrix_file(wanted: str, name: str, boxes: matrix.Matrix) -> HttpResponseBase:
    names = [f"{head.instrument}:{head.code}" if head.instrument else str(head.key) for head in boxes.heads]

    def rows() -> Iterator[dict[str, object]]:
        for row in boxes.rows:
            yield {"measure": row.number, "title": str(row.title), **dict(zip(names, row.cells, strict=True))}

    columns = [(each, lambda row, each=each: row[each]) for each in ["measure", "title", *names]]
    return downloads.respond(wanted, name, columns, rows())


def _standing(found: QuerySet[Any], value: str) -> QuerySet[Any]:
    today = clock.today()
    chosen = {"late": late(today), "stale": stale(today), "undated": undated()}[value]
    return found.filter(chosen)


def _responsible(row: Mapping[str, Any]) -> object:
    return row["responsible__name"] if row["responsible__name"] else None


ACTIONS = Listing(
    name="actions",
    caption=gettext_lazy("Actions"),
    fields=[
        "title",
        "state",
        "start",
        "start_precision",
        "due",
        "due_precision",
        "responsible__name",
        "reported_on",
        "measure__number",
        "measure__title",
        "measure__position",
        "measure__plan__slug",
        "is_late",
        "is_stale",
    ],
    columns=[
        Column(
            "measure",
            gettext_lazy("Measure"),
            value=lambda row: row["measure__number"],
            cell=lambda row: link(
                reverse("plans:measure", args=[row["measure__plan__slug"], row["measure__number"]]),
                row["measure__number"],
            ),
            sort="measure__position",
        ),
        Column(
            "title",
            gettext_lazy("Action"),
            cell=lambda row: link(reverse("plans:action", args=[row["pk"]]), row["title"]),
            sort=words_of("title"),
            head=True,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            cell=lambda row: words.action_tags(row["state"], row["is_late"], row["is_stale"]),
            sort="state",
        ),
        Column(
            "start",
            gettext_lazy("Start"),
            cell=lambda row: words.day_words(row["start"], row["start_precision"]),
            sort="start",
        ),
        Column(
            "due",
            gettext_lazy("Due"),
            cell=lambda row: words.day_words(row["due"], row["due_precision"]),
            sort="due",
        ),
        Column("responsible", gettext_lazy("Responsible"), value=_responsible),
        Column("reported_on", gettext_lazy("Last report"), sort="reported_on"),
        Column("late", gettext_lazy("Late"), value=lambda row: row["is_late"], download_only=True),
        Column("stale", gettext_lazy("Stale"), value=lambda row: row["is_stale"], download_only=True),
        Column("id", gettext_lazy("Identifier"), value=lambda row: row["pk"], download_only=True),
    ],
    search=(words_of("title"), "measure__number", words_of("responsible__name")),
    filters=[
        Filter("state", gettext_lazy("State"), lambda: Action.State.choices, "state"),
        Filter(
            "standing",
            gettext_lazy("Standing"),
            lambda: [("late", _("Late")), ("stale", _("Stale")), ("undated", _("Undated"))],
            _standing,
        ),
    ],
    order="measure",
    empty=gettext_lazy("Actions stand here once a measure of this plan has some."),
)


def with_standing(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Return the actions with whether each is late or stale today."""
    today = clock.today()
    return actions.annotate(is_late=flag(late(today)), is_stale=flag(stale(today)))


@login_not_required
@require_safe
def actions(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the actions of a plan."""
    plan = plan_of(request, slug)
    of_plan = Action.objects.filter(measure__plan=plan, measure__dropped_in=None)
    context = plan_context(request, plan, "actions", _("Actions"))
    return ACTIONS.respond(request, with_standing(of_plan), "plans/actions.html", context)


@login_not_required
@require_safe
def timeline_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the actions and milestones of a plan over time."""
    plan = plan_of(request, slug)
    today = clock.today()
    groups = timeline.of_plan(plan.pk, today)
    context = {
        **plan_context(request, plan, "timeline", _("Timeline")),
        "bars": timeline.flat(groups),
        "undated": [group for group in groups if group.undated],
        "undated_count": sum(group.undated for group in groups),
        "legend": words.timeline_legend(),
        "today": today,
    }
    return render(request, "plans/timeline.html", context)


def _line_cell(row: Mapping[str, Any]) -> object:
    text = str(row["text"]) or row["programme"] or None
    about = [
        word for held, word in ((row["approximate"], _("about")), (row["maximum"], _("at most"))) if held
    ]
    if row["year"]:
        about.append(_("for %(year)s") % {"year": row["year"]})
    if not about:
        return text
    return format_html('{} <span class="hint">({})</span>', text or "", ", ".join(about))


def _amount(name: str) -> Any:
    return lambda row: words.full_money(row[name], row["currency"])


MONEY = Listing(
    name="money",
    caption=gettext_lazy("Funding lines"),
    fields=[
        "text",
        "amount",
        "currency",
        "period",
        "approximate",
        "maximum",
        "year",
        "programme",
        "measure__number",
        "measure__position",
        "measure__plan__slug",
        "committed",
        "spent",
    ],
    columns=[
        Column(
            "measure",
            gettext_lazy("Measure"),
            value=lambda row: row["measure__number"],
            cell=lambda row: link(
                reverse("plans:delivery", args=[row["measure__plan__slug"], row["measure__number"]])
                + "#money",
                row["measure__number"],
            ),
            sort="measure__position",
        ),
        Column("text", gettext_lazy("What for"), cell=_line_cell, sort=words_of("text"), head=True),
        Column("programme", gettext_lazy("Programme"), sort="programme"),
        Column("amount", gettext_lazy("Planned"), cell=_amount("amount"), sort="amount", number=True),
        Column(
            "period",
            gettext_lazy("Period"),
            cell=lambda row: words.period_words(row["period"], row["amount"]),
            sort="period",
        ),
        Column(
            "committed", gettext_lazy("Committed"), cell=_amount("committed"), sort="committed", number=True
        ),
        Column("spent", gettext_lazy("Spent"), cell=_amount("spent"), sort="spent", number=True),
        Column("currency", gettext_lazy("Currency"), download_only=True),
        Column("approximate", gettext_lazy("About"), download_only=True),
        Column("maximum", gettext_lazy("At most"), download_only=True),
        Column("year", gettext_lazy("For the year"), download_only=True),
    ],
    search=(words_of("text"), "programme", "measure__number"),
    filters=[
        Filter(
            "period",
            gettext_lazy("Period"),
            lambda: [*FundingLine.Period.choices, ("-", _("not said"))],
            lambda lines, value: lines.filter(period="" if value == "-" else value),
        ),
        Filter(
            "amount",
            gettext_lazy("Amount"),
            lambda: [("known", _("given")), ("unknown", _("not given"))],
            lambda lines, value: lines.filter(amount__isnull=value == "unknown"),
        ),
    ],
    order="measure",
    empty=gettext_lazy("Money stands here once a measure of this plan names some."),
)


@login_not_required
@require_safe
def money(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the money of a plan: sums for each currency, then line by line."""
    plan = plan_of(request, slug)
    whole, _measures = signals.of_plan(plan.pk)
    lines = FundingLine.objects.filter(measure__plan=plan, measure__dropped_in=None).annotate(
        committed=recorded(Spending.Kind.COMMITTED), spent=recorded(Spending.Kind.SPENT)
    )
    context = {
        **plan_context(request, plan, "money", _("Money")),
        "money": whole.money,
        "sums": words.sums(whole.money),
    }
    return MONEY.respond(request, lines, "plans/money.html", context)
