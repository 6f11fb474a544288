"""The page of one indicator: how it stands, its figures over time and by area, what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.charts import Chart
from gilde.core.components import Fact, day, link
from gilde.core.metrics import Outcome
from gilde.indicators import figures
from gilde.indicators.figures import Line, periods_of
from gilde.indicators.models import Indicator, MetricRun, Release
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.pictures import trend_of
from gilde.indicators.standings import Stand, stands
from gilde.indicators.views.answers import conditional, kept, name_of
from gilde.indicators.views.common import (
    MOST_AREAS,
    MOST_ROWS,
    Asked,
    Option,
    as_day,
    asked_of,
    breakdowns_of,
    chosen_areas,
    indicator_context,
    indicator_of,
    key_words,
    moment_words,
    newest_release,
    origin_of,
    since,
    state_of,
)
from gilde.indicators.views.judged import told_of
from gilde.indicators.views.tables import figures_table, latest_of

_TOLD_IN_FULL: Final = 8  # as many failures of a metric


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show an indicator as it is now, or with `?at=` as it was published on a day."""
    indicator = indicator_of(request, code)
    asked = asked_of(request)
    name = name_of("indicator", state_of(indicator), asked, asked.parameters)

    def make() -> HttpResponseBase:
        body = kept(name, lambda: render_to_string("indicators/_indicator.html", _body(indicator, asked)))
        context = indicator_context(request, indicator, "indicator", str(indicator.name))
        context |= {"body": body, "at": moment_words(asked), "now_url": asked.query(at=None) or "?"}
        return render(request, "indicators/indicator.html", context)

    return conditional(request, name, make)


def _body(indicator: Any, asked: Asked) -> dict[str, Any]:
    """What the page shows to every reader who may see it: at most nine queries."""
    told = figures.lines(indicator, keys=[asked.key], at=asked.at)
    held = {line.area.code: line for line in told}
    areas = chosen_areas(asked.areas, held)
    shown = [since(held[code], asked.first) for code in areas]
    found = stands(indicator, areas=areas, at=asked.at)
    release = newest_release(indicator)
    in_table = [line for place, line in enumerate(told) if place < MOST_ROWS or line.area.code in areas]
    table = figures_table(
        [since(line, asked.first) for line in in_table],
        indicator.decimals,
        lambda area: reverse("indicators:area", args=[area]),
    )
    return {
        "indicator": indicator,
        "asked": asked,
        "key_words": key_words(indicator, asked.key),
        "facts": facts_of(indicator, release),
        "targets": told_of(found),
        "latest": [latest_of(line, indicator) for line in shown],
        "table": table,
        "keys": breakdowns_of(indicator, asked.key),
        "periods": [Option(period, period, period == asked.first) for period in periods_of(told)],
        "areas": [Option(line.area.code, line.area.name, line.area.code in areas) for line in in_table],
        "more_areas": len(told) - len(in_table),
        "most": MOST_AREAS,
        "failures": failures_of(indicator),
        "chart": chart_of(shown, found, _retrieved(release, asked))
        if any(line.figures for line in shown)
        else None,
        "why_none": "" if told else why_none(indicator, asked),
        "compare_query": asked.query(indicator=indicator.code),
    }


def chart_of(shown: Sequence[Line], found: Sequence[Stand], as_of: date | None) -> Chart:
    """Return the trend of the chosen areas, with the target of the first one for which there is one."""
    stand = next((each for line in shown for each in _in_time(found, line)), None)
    return trend_of(shown[0].indicator, shown, stand=stand, compound=True, as_of=as_of)


def _in_time(found: Sequence[Stand], line: Line) -> list[Stand]:
    """Return how a series stands: the next target in time first, then those whose year is over, the last first."""
    today = clock.today().year
    mine = [each for each in found if each.area.pk == line.area.pk and each.target.key == line.key]
    return sorted(mine, key=lambda each: (each.target.year < today, abs(each.target.year - today)))


def _retrieved(release: Release | None, asked: Asked) -> date | None:
    """Return the day of retrieval; of an earlier state the picture finds it by itself."""
    return as_day(release.retrieved_at) if release is not None and asked.at is None else None


def facts_of(indicator: Any, release: Release | None) -> list[Fact]:
    """Return what is known of an indicator beside its figures."""
    source = indicator.source
    facts = [
        Fact(_("Unit"), indicator.unit_label),
        Fact(_("Better"), indicator.get_direction_display()),
        Fact(_("Frequency"), Frequency(indicator.frequency).label),
        Fact(_("Responsible"), _organisation(indicator.body)),
        Fact(_("Kept here by"), _organisation(indicator.owner)),
        Fact(_("Source"), link(indicator.source_url, source) if indicator.source_url else source),
        Fact(
            _("Updated"),
            day(as_day(release.published_at) if release is not None else None, _("no figures yet")),
        ),
    ]
    return [fact for fact in facts if fact.value is not None]


def _organisation(organisation: Any) -> object:
    if organisation is None:
        return None
    return link(reverse("organisations:page", args=[organisation.slug]), organisation.name)


def failures_of(indicator: Indicator) -> list[tuple[str, str, str, Any]]:
    """Return period, area, message and day of each run of a metric that failed and was not mended since."""
    if indicator.kind != Indicator.Kind.COMPUTED:
        return []
    failed = MetricRun.objects.filter(indicator=indicator, outcome=Outcome.FAILED).order_by("-period", "area")
    return [(run.period, run.area, run.message, as_day(run.ran_at)) for run in failed[:_TOLD_IN_FULL]]


def why_none(indicator: Any, asked: Asked) -> str:
    """Return why there are no figures to show, and what will bring them."""
    if asked.at is not None and indicator.newest is not None:
        return _("Nothing had been published by then.")
    if asked.key and indicator.newest is not None:
        return _("There are no figures of this breakdown. Choose another one.")
    match indicator.kind:
        case Indicator.Kind.COMPUTED:
            return _(
                "Gilde computes this indicator from its own records, and there is nothing to count yet. "
                "Figures appear after the next nightly run that finds some."
            )
        case Indicator.Kind.REPORTED:
            return _(
                "Officers report this indicator with its source. Figures appear once the first one is approved."
            )
    if (origin := origin_of(indicator)) is not None:
        return _(
            "The figures come from %(origin)s and have not been retrieved yet. They appear, with every flag of the "
            "source, once an officer retrieves them."
        ) % {"origin": str(origin)}
    return _(
        "No figures have been loaded yet, and no invented ones stand in for them. They appear once an officer loads "
        "a file of the source."
    )
