"""Plans: the list, and one plan from each side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock, documents, downloads
from gilde.core.components import Fact, link, status
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.core.text import Text
from gilde.plans import signals
from gilde.plans.access import visible_plans
from gilde.plans.models import Action, Edition, Instrument, Measure, MeasureIndicator, Plan
from gilde.plans.signals import Signals, late
from gilde.plans.thresholds import stale_after, thresholds
from gilde.plans.views import words
from gilde.plans.views.common import found, plan_context, plan_of


def _plan_cell(row: Mapping[str, Any]) -> SafeString:
    name = link(reverse("plans:plan", args=[row["slug"]]), row["short_title"])
    return format_html("{} {}", name, status("plain", _("invented"))) if row["synthetic"] else name


def _period(row: Mapping[str, Any]) -> str:
    return words.years(row["period_start"], row["period_end"])


def _indicators(row: Mapping[str, Any]) -> object:
    if not row["indicator_count"]:
        return 0
    return link(reverse("plans:indicators", args=[row["slug"]]), row["indicator_count"])


def _countries() -> list[tuple[str, str]]:
    codes = (
        Plan.objects.filter(state=Plan.State.PUBLISHED)
        .exclude(country="")
        .order_by("country")
        .values_list("country", flat=True)
        .distinct()
    )
    return [(code, code) for code in codes]


def _instruments() -> list[tuple[str, str]]:
    return [(each.code, str(each)) for each in Instrument.objects.all()]


PLANS = Listing(
    name="plans",
    caption=gettext_lazy("Plans"),
    fields=[
        "slug",
        "short_title",
        "title",
        "kind",
        "country",
        "owner__name",
        "period_start",
        "period_end",
        "synthetic",
        "measure_count",
        "action_count",
        "late_count",
        "indicator_count",
    ],
    columns=[
        Column("short_title", gettext_lazy("Plan"), cell=_plan_cell, sort=words_of("short_title"), head=True),
        Column(
            "owner", gettext_lazy("Owner"), value=lambda row: row["owner__name"], sort=words_of("owner__name")
        ),
        Column("country", gettext_lazy("Country"), sort="country"),
        Column("kind", gettext_lazy("Kind"), cell=lambda row: Plan.Kind(row["kind"]).label, sort="kind"),
        Column("period", gettext_lazy("Period"), value=_period, sort="period_start"),
        Column("measure_count", gettext_lazy("Measures"), sort="measure_count", number=True),
        Column("action_count", gettext_lazy("Actions"), sort="action_count", number=True),
        Column("late_count", gettext_lazy("Late"), sort="late_count", number=True),
        Column(
            "indicator_count",
            gettext_lazy("Indicators"),
            cell=_indicators,
            sort="indicator_count",
            number=True,
        ),
        Column("slug", gettext_lazy("Identifier"), download_only=True),
        Column("synthetic", gettext_lazy("Invented"), download_only=True),
    ],
    search=(words_of("title"), words_of("short_title"), words_of("owner__name"), "slug"),
    filters=[
        Filter("kind", gettext_lazy("Kind"), lambda: Plan.Kind.choices, "kind"),
        Filter("country", gettext_lazy("Country"), _countries, "country"),
        Filter("instrument", gettext_lazy("Answers to"), _instruments, "instruments__code"),
    ],
    order="short_title",
    hint=gettext_lazy("Published plans, and those that your organisation has withdrawn."),
    empty=gettext_lazy("Plans stand here once somebody has read a document at the desk and published it."),
)


def counted(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Return the plans with how many measures, actions, late actions and published indicators they have."""

    def count(things: QuerySet[Any], key: str, what: str = "pk") -> Coalesce:
        return Coalesce(
            Subquery(
                things.filter(**{key: OuterRef("pk")})
                .order_by()
                .values(key)
                .annotate(n=Count(what, distinct=what != "pk"))
                .values("n")
            ),
            0,
        )

    actions = Action.objects.filter(measure__dropped_in=None)
    links = MeasureIndicator.objects.filter(measure__dropped_in=None, indicator__state="published")
    return plans.annotate(
        indicator_count=count(links, "measure__plan", "indicator"),
        measure_count=count(Measure.objects.filter(dropped_in=None), "plan"),
        action_count=count(actions, "measure__plan"),
        late_count=count(actions.filter(late(clock.today())), "measure__plan"),
    )


@login_not_required
@require_safe
def plan_list(request: HttpRequest) -> HttpResponseBase:
    """List the plans that the reader may see."""
    context = {"title": _("Plans")}
    return PLANS.respond(request, counted(visible_plans(request.user)), "plans/list.html", context)


@dataclass(frozen=True)
class Line:
    """A measure in the overview, its signals already in words."""

    number: str
    title: Text
    url: str
    signals: Signals
    standing: SafeString
    actions: str
    evidence: str
    indicators: str
    planned: str | None
    money: str


@login_not_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show a plan: its building blocks with measures and their four signals."""
    latest = Edition.objects.filter(plan=OuterRef("pk")).order_by("-number").values("number")[:1]
    plans = visible_plans(request.user).select_related("owner").prefetch_related("co_owners", "instruments")
    plan = found(plans.annotate(edition=Subquery(latest)), slug=slug)
    today = clock.today()
    whole, by_measure = signals.of_plan(plan.pk, today)
    measures = list(Measure.objects.filter(plan=plan).select_related("block").order_by("position"))
    if (wanted := request.GET.get("format", "")) in downloads.WRITERS:
        return _measure_file(wanted, plan, [m for m in measures if m.dropped_in is None], by_measure)
    blocks: dict[Any, tuple[Any, list[Line]]] = {}
    for measure in measures:
        if measure.dropped_in is None:
            block = measure.block
            key = block.pk if block else None
            blocks.setdefault(key, (block, []))[1].append(_line(plan, measure, by_measure, today))
    context = {
        **plan_context(request, plan, "plan", str(plan.title)),
        "signals": words.four_signals(whole, today),
        "blocks": list(blocks.values()),
        "dropped": [measure for measure in measures if measure.dropped_in is not None],
        "facts": _facts(plan),
        "count": len(measures),
        "today": today,
    }
    return render(request, "plans/overview.html", context)


def _line(plan: Plan, measure: Measure, by_measure: Mapping[Any, Signals], today: Any) -> Line:
    signal = by_measure.get(measure.pk, Signals())
    return Line(
        measure.number,
        measure.title,
        reverse("plans:measure", args=[plan.slug, measure.number]),
        signal,
        words.standing(signal.actions),
        words.action_phrase(signal.actions),
        words.evidence_phrase(signal.evidence, today),
        words.indicator_phrase(signal.indicators),
        words.planned_phrase(signal.money),
        words.money_phrase(signal.money),
    )


def _facts(plan: Plan) -> list[Fact]:
    owners = [plan.owner, *plan.co_owners.all()]
    instruments = [
        link(reverse("plans:instrument", args=[each.code]), each) for each in plan.instruments.all()
    ]
    edition = getattr(plan, "edition", None)
    source: object = plan.source
    if edition:
        source = link(
            reverse("plans:document", args=[plan.slug, edition]), plan.source or _("Open the document")
        )
    return [
        Fact(_("Owner"), ", ".join(str(owner) for owner in owners)),
        Fact(_("Answers to"), words.joined(instruments)),
        Fact(_("Period"), _period(vars(plan)) or _("not said in the plan")),
        Fact(_("Covers"), plan.area),
        Fact(_("Document"), source),
    ]


def _measure_file(
    wanted: str, plan: Plan, measures: list[Measure], by_measure: Mapping[Any, Signals]
) -> HttpResponseBase:
    def row(measure: Measure) -> dict[str, object]:
        signal = by_measure.get(measure.pk, Signals())
        newest = signal.evidence.newest
        row: dict[str, object] = {
            "number": measure.number,
            "title": str(measure.title),
            "block": str(measure.block.title) if measure.block else "",
            **{f"actions_{name}": value for name, value in vars(signal.actions).items()},
            "evidence_approved": signal.evidence.approved,
            "evidence_newest": newest.isoformat() if newest else None,
            "evidence_waiting": signal.evidence.waiting,
            **{f"indicators_{name}": value for name, value in vars(signal.indicators).items()},
            "funding_lines": signal.money.lines,
            "funding_lines_without_amount": signal.money.without_amount,
        }
        for amounts in signal.money.amounts:
            given = {name: value for name, value in vars(amounts).items() if name != "currency"}
            row |= {
                f"money_{name}_{amounts.currency}": downloads.plain(value) for name, value in given.items()
            }
        return row

    rows = [row(measure) for measure in measures]
    names = list(dict.fromkeys(name for each in rows for name in each))
    columns = [(name, lambda each, name=name: each.get(name)) for name in names]
    return downloads.respond(wanted, f"{plan.slug}-measures", columns, iter(rows))


@login_not_required
@require_safe
def document(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """Send the document that an edition of a plan was read from, shown where browsers do so safely."""
    plan = plan_of(request, slug)
    edition = found(Edition.objects.select_related("document"), plan=plan, number=number)
    if edition.document is None:
        raise Http404
    return documents.respond(edition.document, edition.file_name, request=request, inline=True)


@login_not_required
@require_safe
def judged(request: HttpRequest) -> HttpResponse:
    """Say how each signal is computed, with the limits that hold today."""
    today = clock.today()
    context = {
        "title": _("How this is judged"),
        "crumbs": [(_("Plans"), reverse("plans:list"))],
        "stale_after": stale_after(today),
        "limits": [(limit, limit.on(today)) for limit in thresholds().values()],
    }
    return render(request, "plans/judged.html", context)
