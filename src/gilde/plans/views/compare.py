"""Plans side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock, downloads
from gilde.core.components import nothing
from gilde.indicators.public import Indicator, address_of
from gilde.plans import comparison
from gilde.plans.access import visible_plans
from gilde.plans.comparison import Comparison
from gilde.plans.measured import Told
from gilde.plans.views import proven, words

MOST = 6


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Compare two or more plans that the reader may see; with fewer, let them choose."""
    wanted = list(dict.fromkeys(request.GET.getlist("plan")))[:MOST]
    plans = {
        plan.slug: plan
        for plan in visible_plans(request.user)
        .filter(slug__in=wanted)
        .select_related("owner")
        .prefetch_related("instruments")
    }
    chosen = [plans[slug] for slug in wanted if slug in plans]
    every = visible_plans(request.user).order_by("slug").values_list("slug", "short_title", "country")
    context: dict[str, Any] = {
        "title": _("Compare plans"),
        "crumbs": [(_("Plans"), reverse("plans:list"))],
        "choices": [(slug, title, country, slug in plans) for slug, title, country in every],
        "most": MOST,
        "chosen": chosen,
    }
    if len(chosen) < 2:
        return render(request, "plans/compare.html", context)
    today = clock.today()
    compared = comparison.compare(chosen, today)
    if (format_ := request.GET.get("format", "")) in downloads.WRITERS:
        return _file(format_, compared)
    query = request.GET.copy()
    query.setlist("plan", [plan.slug for plan in chosen])
    query.pop("format", None)
    context |= {
        "compared": compared,
        "rows": _rows(compared, today),
        "query": query.urlencode(),
        "width": len(chosen) + 1,
        "shared": _shared(compared, today),
    }
    return render(request, "plans/compare.html", context)


def _rows(compared: Comparison, today: Any) -> list[tuple[str, list[object]]]:
    """The facts of each plan, one row a fact."""
    plans = compared.plans
    unknown = words.unknown()

    def row(label: str, value: Any) -> tuple[str, list[object]]:
        return label, [value(each) for each in plans]

    def dated(each: comparison.Compared) -> object:
        return _("%(n)s of %(all)s") % {"n": each.dates.dated, "all": each.dates.total}

    return [
        row(_("Owner"), lambda each: str(each.plan.owner)),
        row(_("Country"), lambda each: each.plan.country or unknown),
        row(_("Period"), lambda each: words.years(each.plan.period_start, each.plan.period_end) or unknown),
        row(_("Measures"), lambda each: each.measures),
        row(_("Actions"), lambda each: each.signals.actions.total),
        row(_("… planned"), lambda each: each.signals.actions.planned),
        row(_("… under way"), lambda each: each.signals.actions.under_way),
        row(_("… done"), lambda each: each.signals.actions.done),
        row(_("… dropped"), lambda each: each.signals.actions.dropped),
        row(_("… late"), lambda each: each.signals.actions.late),
        row(_("… stale"), lambda each: each.signals.actions.stale),
        row(_("Actions with a date"), dated),
        row(_("First start"), lambda each: words.day_words(each.dates.first)),
        row(_("Last due date"), lambda each: words.day_words(each.dates.last)),
        row(_("Evidence approved"), lambda each: each.signals.evidence.approved),
        row(_("Newest evidence"), lambda each: words.day_words(each.signals.evidence.newest)),
        row(_("Indicators"), lambda each: words.indicator_phrase(each.signals.indicators)),
        row(_("Money planned"), lambda each: words.planned_phrase(each.signals.money) or unknown),
        row(_("Money since"), lambda each: words.money_phrase(each.signals.money) or unknown),
    ]


def _shared(compared: Comparison, today: date) -> list[tuple[object, str, list[SafeString]]]:
    """The indicators that several plans have linked: name, address, and a cell a plan."""

    def cell(found: Sequence[Told], indicator: Indicator) -> SafeString:
        if not found:
            return nothing(_("not linked"))
        return words.joined(
            [
                format_html(
                    '{} {} <span class="hint">{}</span>',
                    proven.figure_words(told.line.last if told.line else None, indicator),
                    proven.tag_of(told, today),
                    told.area.name if told.area is not None else "",
                )
                for told in found
            ],
            "<br>",
        )

    return [
        (each.indicator.name, address_of(each.indicator), [cell(told, each.indicator) for told in each.told])
        for each in compared.shared
    ]


def _file(wanted: str, compared: Comparison) -> HttpResponseBase:
    slugs = [each.plan.slug for each in compared.plans]

    def rows() -> Iterator[dict[str, object]]:
        for aligned in compared.alignment:
            row: dict[str, object] = {
                "instrument": aligned.code,
                "number": aligned.number,
                "title": str(aligned.title),
            }
            for slug, counts in zip(slugs, aligned.counts, strict=True):
                row |= {
                    f"{slug}_{name}": getattr(counts, name) if counts else None
                    for name in ("ticked", "not_ticked", "unknown")
                }
            yield row

    names = ["instrument", "number", "title"]
    names += [f"{slug}_{name}" for slug in slugs for name in ("ticked", "not_ticked", "unknown")]
    columns = [(name, lambda row, name=name: row[name]) for name in names]
    return downloads.respond(wanted, "comparison", columns, rows())
