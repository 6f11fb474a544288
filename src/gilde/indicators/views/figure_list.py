"""Every current figure of an indicator."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.chart_tables import number
from gilde.core.components import day, link, nothing
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.models import Area, Indicator, Observation, Series
from gilde.indicators.views.common import as_day, breakdowns_of, indicator_context, indicator_of
from gilde.indicators.views.tables import area_cell
from gilde.indicators.words import FLAGS


def figures_listing(indicator: Indicator) -> Listing:
    """Return the declaration of the list of current figures of an indicator."""
    dimensions = dimensions_of(indicator)
    areas = Area.objects.filter(Exists(Series.objects.filter(indicator=indicator, area=OuterRef("pk"))))
    known_areas = [(code, name) for code, name in areas.values_list("code", "name")]
    keys = [(option.value or "-", option.label) for option in breakdowns_of(indicator, "")]
    return Listing(
        name="figures",
        caption=gettext_lazy("Figures"),
        fields=[
            "series__area",
            "series__area__name",
            "series__key",
            "period",
            "value",
            "numerator",
            "denominator",
            "flags",
            "since__uid",
            "since__published_at",
        ],
        columns=[
            Column(
                "area",
                gettext_lazy("Area"),
                value=lambda row: row["series__area"],
                cell=area_cell,
                sort="series",
                head=True,
            ),
            Column(
                "area_name",
                gettext_lazy("Name"),
                value=lambda row: row["series__area__name"],
                download_only=True,
            ),
            Column(
                "key",
                gettext_lazy("Breakdown"),
                value=lambda row: row["series__key"],
                cell=lambda row: words_of_key(row["series__key"], dimensions) or _("all"),
                download_only=not dimensions,
            ),
            Column("period", gettext_lazy("Period"), sort="period"),
            Column(
                "value", gettext_lazy("Value"), cell=partial(_value, indicator), sort="value", number=True
            ),
            Column("numerator", gettext_lazy("Numerator"), cell=partial(_count, "numerator"), number=True),
            Column(
                "denominator", gettext_lazy("Denominator"), cell=partial(_count, "denominator"), number=True
            ),
            Column("flags", gettext_lazy("Flags"), cell=_flags),
            Column(
                "published",
                gettext_lazy("Published"),
                value=lambda row: row["since__published_at"],
                cell=partial(_release, indicator),
                sort="since",
            ),
            Column(
                "release", gettext_lazy("Release"), value=lambda row: row["since__uid"], download_only=True
            ),
        ],
        search=("period", words_of("series__area__name"), "series__area"),
        filters=[
            Filter("area", gettext_lazy("Area"), lambda: known_areas, "series__area"),
            *([Filter("key", gettext_lazy("Breakdown"), lambda: keys, _of_key)] if keys else []),
            Filter(
                "flag",
                gettext_lazy("Flag"),
                lambda: [(flag, f"{flag} {words}") for flag, words in FLAGS.items()],
                "flags__contains",
            ),
        ],
        order="area",
        keyset=True,
        per_page=100,
        empty=gettext_lazy("Figures stand here once some have been published."),
    )


def _of_key(observations: QuerySet[Observation], key: str) -> QuerySet[Observation]:
    return observations.filter(series__key="" if key == "-" else key)


def _value(indicator: Indicator, row: Row) -> object:
    return nothing(_("missing")) if row["value"] is None else number(row["value"], indicator.decimals)


def _count(name: str, row: Row) -> object:
    return "" if row[name] is None else number(row[name])


def _flags(row: Row) -> str:
    return ", ".join(f"{flag} {FLAGS.get(flag, '')}".strip() for flag in row["flags"])


def _release(indicator: Indicator, row: Row) -> SafeString:
    url = reverse("indicators:revisions", args=[indicator.code]) + f"?release={row['since__uid']}"
    return link(url, day(as_day(row["since__published_at"])))


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """List every current figure of an indicator with its release."""
    indicator = indicator_of(request, code)
    found = Observation.objects.filter(series__indicator=indicator, until=None)
    context = indicator_context(request, indicator, "figures", _("Figures"))
    return figures_listing(indicator).respond(request, found, "indicators/figures.html", context)
