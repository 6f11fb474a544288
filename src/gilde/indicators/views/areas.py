"""Areas: which have figures, and a dashboard of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.components import Signal, link, nothing
from gilde.core.form_pages import found
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.indicators import figures
from gilde.indicators.access import visible_indicators
from gilde.indicators.figures import Line
from gilde.indicators.models import Area, Boundary, Indicator, Series
from gilde.indicators.models.targets import Status
from gilde.indicators.pictures import spark_of
from gilde.indicators.saying import aimed, difference
from gilde.indicators.standings import Stand, stands
from gilde.indicators.views.answers import conditional, kept, name_of
from gilde.indicators.views.common import catalogue_state
from gilde.indicators.views.compare import MOST
from gilde.indicators.views.judged import status_tag
from gilde.indicators.views.tables import Latest, figure_words, latest_of

_ABOVE: Final = 4  # from a small region by way of larger ones and the country to the Union

AREAS = Listing(
    name="areas",
    caption=gettext_lazy("Areas"),
    fields=["code", "kind", "name", "note", "parent", "parent__name", "indicator_count"],
    columns=[
        Column(
            "name",
            gettext_lazy("Area"),
            cell=lambda row: link(reverse("indicators:area", args=[row["code"]]), row["name"]),
            sort=words_of("name"),
            head=True,
        ),
        Column("code", gettext_lazy("Code"), sort="code"),
        Column("kind", gettext_lazy("Kind"), cell=lambda row: Area.Kind(row["kind"]).label, sort="kind"),
        Column(
            "parent",
            gettext_lazy("Part of"),
            cell=lambda row: (
                link(reverse("indicators:area", args=[row["parent"]]), row["parent__name"])
                if row["parent"]
                else nothing()
            ),
        ),
        Column(
            "indicators",
            gettext_lazy("Indicators"),
            value=lambda row: row["indicator_count"],
            sort="indicator_count",
            number=True,
        ),
        Column("note", gettext_lazy("What it covers"), download_only=True),
        Column("position", gettext_lazy("Order"), value=lambda _row: "", sort="position", download_only=True),
    ],
    search=(words_of("name"), "code"),
    filters=[Filter("kind", gettext_lazy("Kind"), lambda: Area.Kind.choices, "kind")],
    order="position",
    empty=gettext_lazy("Areas stand here once an indicator has figures for one."),
)


@login_not_required
@require_safe
def area_list(request: HttpRequest) -> HttpResponseBase:
    """List the areas for which there are figures that the reader may see."""
    seen = visible_indicators(request.user).order_by().values("pk")
    series = Series.objects.filter(area=OuterRef("pk"), indicator__in=seen).order_by()
    counted: Any = series.values("area").annotate(n=Count("indicator", distinct=True)).values("n")
    areas = Area.objects.filter(Exists(series)).annotate(indicator_count=counted)
    context = {"title": _("Areas"), "crumbs": [(_("Indicators"), reverse("indicators:list"))]}
    return AREAS.respond(request, areas, "indicators/areas.html", context)


@dataclass(frozen=True)
class TargetLine:
    """A target on the dashboard of an area."""

    words: str
    tag: SafeString
    whose: str
    url: str


@dataclass(frozen=True)
class Card:
    """An indicator on the dashboard of an area."""

    name: object
    url: str
    synthetic: bool
    sparkline: object
    latest: Latest
    beside: list[tuple[str, object]]
    targets: list[TargetLine]


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show an area: every published indicator with a figure for it, and how it stands against targets."""
    area: Any = found(
        Area.objects.select_related("__".join(["parent"] * _ABOVE)).annotate(**catalogue_state()), code=code
    )
    name = name_of("area", code, *(getattr(area, column) for column in catalogue_state()))

    def make() -> HttpResponseBase:
        crumbs = [(_("Indicators"), reverse("indicators:list")), (_("Areas"), reverse("indicators:areas"))]
        if area.parent is not None:
            crumbs.append((str(area.parent.name), reverse("indicators:area", args=[area.parent.code])))
        body = kept(name, lambda: render_to_string("indicators/_area.html", _body(request, area)))
        context = {"title": str(area.name), "area": area, "crumbs": crumbs, "body": body}
        return render(request, "indicators/area.html", context)

    return conditional(request, name, make)


def _body(request: HttpRequest, area: Area) -> dict[str, Any]:
    """What the page shows to everybody: published indicators only; at most ten queries with the page's own."""
    seen = visible_indicators(request.user).filter(state=Indicator.State.PUBLISHED)
    indicators = list(seen.filter(series__area=area, series__key="").distinct().order_by("code"))
    told = figures.lines(indicators, areas=[area.code, *_beside_which(area)])
    mine = {line.indicator.pk: line for line in told if line.area.code == area.code}
    beside: dict[UUID, list[Line]] = {}
    for line in told:
        if line.area.code != area.code:
            beside.setdefault(line.indicator.pk, []).append(line)
    judged: dict[UUID, list[Stand]] = {}
    for stand in stands(indicators, areas=[area.code]):
        if stand.area.code == area.code:
            judged.setdefault(stand.indicator.pk, []).append(stand)
    shown = sorted((each for each in indicators if each.pk in mine), key=lambda each: _weight(each, judged))
    parts = _parts(area)
    return {
        "area": area,
        "cards": [_card(mine[each.pk], beside.get(each.pk, []), judged.get(each.pk, [])) for each in shown],
        "counts": _counts([stand for found_ in judged.values() for stand in found_]),
        "parts": [(reverse("indicators:area", args=[part.code]), part.name) for part in parts],
        "maps": _maps(indicators, parts),
    }


def _weight(indicator: Indicator, judged: Mapping[UUID, Sequence[Stand]]) -> tuple[bool, bool, str]:
    """What has a target comes first, what Gilde counts of its own work last."""
    return indicator.pk not in judged, indicator.kind == Indicator.Kind.COMPUTED, str(indicator.name)


def _beside_which(area: Area) -> list[str]:
    """Return the codes of what an area is compared with: what it is part of, and the Union above that."""
    above = []
    here = area.parent
    while here is not None:
        above.append(here)
        here = here.parent if len(above) < _ABOVE else None
    return [each.code for place, each in enumerate(above) if place == 0 or each.kind == Area.Kind.UNION]


def _parts(area: Area) -> list[Any]:
    """Return the parts of an area for which there are figures, each with whether its outline is loaded."""
    outline = Boundary.objects.filter(area=OuterRef("pk"))
    parts = area.parts.filter(Exists(Series.objects.filter(area=OuterRef("pk"))))
    return list(parts.annotate(drawn=Exists(outline)).order_by("position", "code"))


def _maps(indicators: Sequence[Indicator], parts: Sequence[Any]) -> list[tuple[str, object]]:
    """Return where parts of the area stand on a map, for each indicator that has figures for two or more."""
    drawn = [part.code for part in parts if part.drawn][:MOST]
    if len(drawn) < 2:
        return []
    told = Series.objects.filter(indicator__in=indicators, area__in=drawn, key="").order_by()
    known = {row["indicator"]: row["n"] for row in told.values("indicator").annotate(n=Count("area"))}
    where = [("area", code) for code in drawn]
    return [
        (f"{reverse('indicators:compare')}?{urlencode([('indicator', each.code), *where])}#map", each.name)
        for each in indicators
        if known.get(each.pk, 0) > 1
    ]


def _card(line: Line, beside: Sequence[Line], found_: Sequence[Stand]) -> Card:
    indicator = line.indicator
    url = reverse("indicators:indicator", args=[indicator.code])
    return Card(
        name=indicator.name,
        url=f"{url}?area={line.area.code}",
        synthetic=indicator.synthetic,
        sparkline=spark_of(line),
        latest=latest_of(line, indicator),
        beside=[(str(other.area.name), _beside(line, other)) for other in beside],
        targets=[
            TargetLine(
                aimed(stand.target, indicator),
                status_tag(stand.status),
                str(stand.target.area.name) if stand.borrowed else "",
                f"{url}?area={line.area.code}#target-{stand.target.pk}",
            )
            for stand in sorted(found_, key=lambda stand: (stand.borrowed, stand.target.year))
        ],
    )


def _beside(line: Line, other: Line) -> object:
    """Return the figure of another area for the same period, with how far apart they are."""
    here = line.last
    there = other.at(here.period) if here is not None else None
    if here is None or here.value is None or there is None or there.value is None:
        return figure_words(None, 0)
    figure = figure_words(there, line.indicator.decimals, str(line.indicator.unit_label))
    apart = _("here %(apart)s") % {"apart": difference(here.value - there.value, line.indicator, signed=True)}
    return format_html('{}<span class="where">{}</span>', figure, apart)


def _counts(found_: Sequence[Stand]) -> list[Signal]:
    """Return how many targets stand how: the area's own and those that it borrows, each apart."""
    counts = Counter(stand.status for stand in found_)
    own = Counter(stand.status for stand in found_ if not stand.borrowed)
    return [
        Signal(
            str(value.label),
            counts[value],
            _("%(n)s of them its own") % {"n": own[value]} if own[value] else "",
        )
        for value in Status
        if counts[value]
    ]
