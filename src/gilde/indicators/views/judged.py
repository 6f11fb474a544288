"""How areas stand against targets, as pages tell it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.chart_tables import number
from gilde.core.components import link, status
from gilde.indicators import judgement, saying
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.models import Indicator, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.standings import Stand, sentence, tag


@dataclass(frozen=True)
class PathRow:
    """Where the figure should be in a year, on either path."""

    year: str
    linear: str
    compound: str


@dataclass(frozen=True)
class Told:
    """How one area stands: tag, sentence, the numbers behind them, and the required paths."""

    area: str
    area_url: str
    borrowed: bool
    tag: SafeString
    signed: bool
    sentence: str
    numbers: list[tuple[str, str]]
    path: list[PathRow]


@dataclass(frozen=True)
class ToldTarget:
    """A target with its instrument, and how the areas stand against it."""

    id: str
    words: str
    area: str
    breakdown: str
    instrument: object
    issued: str
    source: object
    scope_note: object
    stands: list[Told] = field(default_factory=list)


def status_tag(value: Status) -> SafeString:
    """Return the tag of a status against a target."""
    return status(*tag(value))


def told_of(found: Iterable[Stand]) -> list[ToldTarget]:
    """Return the targets by year, each with its own area first and the others in the order of the stands."""
    groups: dict[object, list[Stand]] = {}
    for stand in found:
        groups.setdefault(stand.target.pk, []).append(stand)
    in_time = sorted(groups.values(), key=lambda stands: (stands[0].target.year, stands[0].target.key))
    return [_target(sorted(stands, key=lambda stand: stand.borrowed)) for stands in in_time]


def _target(stands: Sequence[Stand]) -> ToldTarget:
    target, indicator = stands[0].target, stands[0].indicator
    words = saying.aimed(target, indicator)
    return ToldTarget(
        id=f"target-{target.pk}",
        words=words[:1].upper() + words[1:],
        area=str(target.area.name),
        breakdown=words_of_key(target.key, dimensions_of(indicator)),
        instrument=target.instrument,
        issued=str(target.issued_year),
        source=link(target.source_url, target.source) if target.source_url else target.source,
        scope_note=target.scope_note,
        stands=[_told(stand, target, indicator) for stand in stands],
    )


def _told(stand: Stand, target: Target, indicator: Indicator) -> Told:
    judged = stand.judged
    compound = {point.year: point.value for point in judged.compound}
    return Told(
        area=str(stand.area.name),
        area_url=reverse("indicators:area", args=[stand.area.code]),
        borrowed=stand.borrowed,
        tag=status_tag(stand.status),
        signed=stand.signed is not None,
        sentence=sentence(stand),
        numbers=list(_numbers(stand, indicator)),
        path=[
            PathRow(
                str(point.year),
                number(point.value, indicator.decimals),
                number(compound[point.year], indicator.decimals) if point.year in compound else "",
            )
            for point in judged.linear
        ],
    )


def _numbers(stand: Stand, indicator: Indicator) -> Iterable[tuple[str, str]]:
    judged = stand.judged
    if judged.latest is not None and judged.latest.value is not None:
        label = _("Figure of %(period)s") % {"period": judged.latest.period}
        yield label, saying.amount(judged.latest.value, indicator)
    if judged.distance is not None and judged.distance > 0:
        yield _("Still missing"), saying.difference(judged.distance, indicator)
    elif judged.distance is not None and judged.distance < 0:
        yield _("Beyond the target by"), saying.difference(-judged.distance, indicator)
    if judged.actual is not None:
        yield _("Change a year"), saying.difference(judged.actual, indicator, signed=True)
    if judged.required is not None:
        yield _("Needed a year"), saying.difference(judged.required, indicator, signed=True)
    if judged.required_growth is not None:
        growth = number(judged.required_growth * 100, 1)
        sign = "+" if judged.required_growth > 0 else ""
        yield _("or as growth a year"), f"{sign}{growth}{saying.SPACE}%"


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Tell the method by which figures are judged, with the thresholds of today and a worked example."""
    method = judgement.method()
    context: dict[str, Any] = {
        "title": _("How this is judged"),
        "crumbs": [(_("Indicators"), reverse("indicators:list"))],
        "method": method,
        "example": _example(method),
        "bands": [(status_tag(band.status), _band(band)) for band in method.bands],
        "reached": status_tag(Status.REACHED),
        "cannot_tell": status_tag(Status.CANNOT_TELL),
        "level": round(method.rules.level * 100),
    }
    return render(request, "indicators/how_judged.html", context)


def _band(band: judgement.Band) -> str:
    least = number(round(float(band.least) * 100, 2)) if band.least is not None else ""
    under = number(round(float(band.under) * 100, 2)) if band.under is not None else ""
    if not under:
        return _("%(least)s %% of the required pace or more") % {"least": least}
    if not least:
        return _("under %(under)s %%") % {"under": under}
    return _("from %(least)s %% to under %(under)s %%") % {"least": least, "under": under}


def _example(method: judgement.Method) -> dict[str, Any]:
    """The worked example, every number written as the page shows it."""
    judged = method.judged
    return {
        "figures": [(figure.period, number(figure.value or 0, 1)) for figure in method.figures],
        "year": str(method.aim.year),
        "aim_value": number(method.aim.value),
        "latest": number(judged.latest.value, 1) if judged.latest and judged.latest.value is not None else "",
        "latest_period": judged.latest.period if judged.latest else "",
        "start": number(judged.start.value, 1) if judged.start and judged.start.value is not None else "",
        "start_period": judged.start.period if judged.start else "",
        "years": method.aim.year - int(judged.start.period[:4]) if judged.start else "",
        "distance": _written(judged.distance, 2),
        "required": _written(judged.required, 2),
        "growth": _written(judged.required_growth, 2, 100),
        "actual": _written(judged.actual, 2),
        "pace": _written(judged.pace, 0, 100),
        "projected": _written(judged.projected, 1),
        "low": _written(judged.low, 1),
        "high": _written(judged.high, 1),
        "tag": status_tag(judged.status),
        "path": [
            (str(point.year), number(point.value, 2), number(other.value, 2))
            for point, other in zip(judged.linear, judged.compound, strict=False)
        ],
    }


def _written(value: float | None, decimals: int, times: int = 1) -> str:
    return "" if value is None else number(value * times, decimals)
