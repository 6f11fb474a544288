"""The catalogue of indicators: what is measured, the newest figure of an area, how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock, downloads
from gilde.core.components import day, link, nothing, status, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.indicators import figures
from gilde.indicators.access import keepers, visible_indicators
from gilde.indicators.figures import Line
from gilde.indicators.kept import Kept
from gilde.indicators.models import Area, Indicator, Release, Series
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.models.targets import Status
from gilde.indicators.pictures import spark_of
from gilde.indicators.saying import aimed
from gilde.indicators.standings import Stand, stands
from gilde.indicators.views.answers import conditional, name_of
from gilde.indicators.views.common import address, as_day, catalogue_state, home_areas, state_of, with_state
from gilde.indicators.views.judged import status_tag
from gilde.indicators.views.tables import figure_words
from gilde.organisations.public import Organisation

_FIELDS: Final = (
    "code",
    "name",
    "kind",
    "state",
    "unit_label",
    "decimals",
    "frequency",
    "synthetic",
    "published_at",
    "body",
    "body__name",
    "body__slug",
)


@dataclass
class Glance:
    """What the catalogue tells of the figures of one indicator: the series of the area, and how it stands."""

    line: Line | None = None
    stand: Stand | None = None


_GLANCES: Final = Kept[Glance](3000)


def forget() -> None:
    """Keep nothing of what was read before, as a process that has just begun."""
    _GLANCES.clear()


@dataclass
class Glances:
    """The glances of the indicators of one page, read together; `areas` are those to look at, nearest first."""

    areas: Sequence[str]
    held: dict[UUID, Glance] = field(default_factory=dict)

    def read(self, wanted: Sequence[Any]) -> None:
        """Read the glances of these indicators, which come with their state: those that are not kept, together."""
        today = clock.today()
        names = {each.pk: (state_of(each), tuple(self.areas), today) for each in wanted}
        self.held = {pk: glance for pk, name in names.items() if (glance := _GLANCES.get(name)) is not None}
        new = [each for each in wanted if each.pk not in self.held]
        self.held |= {each.pk: Glance() for each in new}
        order = {code: number for number, code in enumerate(self.areas)}
        if not new:
            return
        for line in figures.lines(new, areas=self.areas):
            here = self.held[line.indicator.pk]
            if here.line is None or order[line.area.code] < order[here.line.area.code]:
                here.line = line
        found = stands(new, areas=self.areas)
        for stand in sorted(found, key=lambda each: _nearness(each, order, today.year)):
            here = self.held[stand.indicator.pk]
            area = here.line.area.code if here.line is not None else ""
            if here.stand is None and (stand.area.code == area or not area):
                here.stand = stand
        for each in new:
            _GLANCES.put(names[each.pk], self.held[each.pk])

    def of(self, row: Row) -> Glance:
        """Return the glance of a row of the list."""
        return self.held.get(row["pk"]) or Glance()


def _nearness(stand: Stand, order: Mapping[str, int], year: int) -> tuple[bool, bool, int, bool, int]:
    """A target for all comes before one of a breakdown, an own one before a borrowed one, the next in time first."""
    target = stand.target
    place = order.get(stand.area.code, len(order))
    return target.key != "", stand.borrowed, place, target.year < year, abs(target.year - year)


def listing(glances: Glances, bodies: Sequence[tuple[str, Any]], areas: Sequence[tuple[str, Any]]) -> Listing:
    """Return the declaration of the list for one request: its cells know the glances of the page."""
    return Listing(
        name="indicators",
        caption=gettext_lazy("Indicators"),
        fields=_FIELDS,
        columns=[
            Column("name", gettext_lazy("Indicator"), cell=_name, sort=words_of("name"), head=True),
            Column("trend", gettext_lazy("Trend"), value=_nothing, cell=partial(_trend, glances)),
            Column(
                "latest",
                gettext_lazy("Latest"),
                value=partial(_latest, glances),
                cell=partial(_latest_cell, glances),
                number=True,
            ),
            Column("unit", gettext_lazy("Unit"), value=lambda row: row["unit_label"], download_only=True),
            Column("period", gettext_lazy("Period"), value=partial(_period, glances), download_only=True),
            Column("area", gettext_lazy("Area"), value=partial(_area, glances), download_only=True),
            Column(
                "status",
                gettext_lazy("Against the target"),
                value=partial(_status, glances),
                cell=partial(_status_cell, glances),
            ),
            Column(
                "body",
                gettext_lazy("Responsible"),
                value=lambda row: row["body__name"],
                cell=_body,
                sort=words_of("body__name"),
            ),
            Column("kind", gettext_lazy("Kind"), download_only=True),
            Column(
                "updated",
                gettext_lazy("Updated"),
                value=lambda row: as_day(row["published_at"]),
                cell=lambda row: day(as_day(row["published_at"]), _("no figures yet")),
                sort="published_at",
            ),
            Column("code", gettext_lazy("Code"), download_only=True),
        ],
        search=(words_of("name"), words_of("definition"), "code"),
        filters=[
            Filter("area", gettext_lazy("Figures for"), lambda: areas, _with_area),
            Filter(
                "status",
                gettext_lazy("Against the target"),
                lambda: Status.choices,
                partial(_with_status, glances),
            ),
            Filter("body", gettext_lazy("Responsible"), lambda: bodies, "body"),
            Filter("kind", gettext_lazy("Kind"), lambda: Indicator.Kind.choices, "kind"),
            Filter("frequency", gettext_lazy("Frequency"), lambda: Frequency.choices, "frequency"),
            Filter("figures", gettext_lazy("Published"), _with_or_without, _with_figures),
        ],
        order="name",
        empty=gettext_lazy("Indicators stand here once an organisation that keeps some has published one."),
    )


def _name(row: Row) -> SafeString:
    parts = [link(reverse("indicators:indicator", args=[row["code"]]), written(row["name"]))]
    if row["state"] != Indicator.State.PUBLISHED:
        parts.append(status("info", Indicator.State(row["state"]).label))
    if row["synthetic"]:
        parts.append(status("plain", _("invented")))
    if row["kind"] != Indicator.Kind.OFFICIAL:
        parts.append(format_html('<span class="hint">{}</span>', Indicator.Kind(row["kind"]).label))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _nothing(row: Row) -> str:
    return ""


def _trend(glances: Glances, row: Row) -> object:
    line = glances.of(row).line
    return spark_of(line) if line is not None else ""


def _latest(glances: Glances, row: Row) -> object:
    line = glances.of(row).line
    return line.last.value if line is not None and line.last is not None else None


def _period(glances: Glances, row: Row) -> object:
    line = glances.of(row).line
    return line.last.period if line is not None and line.last is not None else None


def _area(glances: Glances, row: Row) -> object:
    line = glances.of(row).line
    return line.area.code if line is not None else None


def _latest_cell(glances: Glances, row: Row) -> object:
    line = glances.of(row).line
    if line is None or line.last is None:
        words = _("no figures yet") if row["published_at"] is None else _("none here")
        return format_html('<span class="quiet-text">{}</span>', words)
    figure = figure_words(line.last, row["decimals"], str(row["unit_label"]))
    where = f"{line.area.name}, {line.last.period}"
    return format_html('{}<span class="where">{}</span>', figure, where)


def _status(glances: Glances, row: Row) -> object:
    stand = glances.of(row).stand
    return stand.status.value if stand is not None else None


def _status_cell(glances: Glances, row: Row) -> object:
    stand = glances.of(row).stand
    if stand is None:
        return nothing(_("no target"))
    return format_html(
        '{}<span class="where">{}</span>', status_tag(stand.status), aimed(stand.target, stand.indicator)
    )


def _body(row: Row) -> object:
    if row["body"] is None:
        return nothing()
    return link(reverse("organisations:page", args=[row["body__slug"]]), written(row["body__name"]))


def _with_area(indicators: QuerySet[Indicator], code: str) -> QuerySet[Indicator]:
    return indicators.filter(Exists(Series.objects.filter(indicator=OuterRef("pk"), area=code)))


def _with_or_without() -> list[tuple[str, str]]:
    return [("yes", _("with figures")), ("no", _("without figures yet"))]


def _with_figures(indicators: QuerySet[Any], answer: str) -> QuerySet[Any]:
    return indicators.filter(published_at__isnull=answer == "no")


def _with_status(glances: Glances, indicators: QuerySet[Indicator], wanted: str) -> QuerySet[Indicator]:
    """Those that stand so where the list looks: judged now, by the same rules as on their own pages."""
    if not glances.held:
        glances.read(list(indicators))
    keys = [
        key
        for key, glance in glances.held.items()
        if glance.stand is not None and glance.stand.status == wanted
    ]
    return indicators.filter(pk__in=keys)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """List the indicators that the reader may see, with the newest figure of an area."""
    # One row carries the state of all; without an indicator there is no row, and nothing to list.
    state = Indicator.objects.order_by().values(**catalogue_state(), without=_without())[:1]
    told = next(iter(state), {"without": 0})
    name = name_of("catalogue", sorted(told.items()), request.GET.urlencode())
    return conditional(request, name, lambda: _answer(request, told["without"] or 0))


def _without() -> Combinable:
    """Return how many published indicators have no figures."""
    published = Indicator.objects.filter(state=Indicator.State.PUBLISHED).order_by()
    empty = published.filter(~Exists(Release.objects.filter(indicator=OuterRef("pk"))))
    return Subquery(empty.annotate(_all=Value(1)).values("_all").annotate(_n=Count("pk")).values("_n"))


def _answer(request: HttpRequest, without: int) -> HttpResponseBase:
    releases = Release.objects.filter(indicator=OuterRef("pk")).order_by("-pk")
    seen = with_state(visible_indicators(request.user)).annotate(
        published_at=Subquery(releases.values("published_at")[:1])
    )
    areas = list(
        Area.objects.filter(Exists(Series.objects.filter(area=OuterRef("pk")))).values_list("code", "name")
    )
    named = Organisation.objects.filter(Exists(visible_indicators(request.user).filter(body=OuterRef("pk"))))
    bodies = [(str(key), name) for key, name in named.values_list("pk", "name")]
    asked = request.GET.get("area", "")
    glances = Glances((asked,) if asked in {code for code, _name in areas} else home_areas())
    shown = listing(glances, bodies, areas)
    found = shown.ordered(request, shown.narrowed(request, seen))
    if request.GET.get("format") in downloads.WRITERS:
        glances.read(list(found))
    elif not glances.held:
        given = request.GET.get("page", "")
        before = (
            (int(given) - 1) * shown.per_page if given.isascii() and given.isdigit() and len(given) < 6 else 0
        )
        glances.read(list(found[max(before, 0) :][: shown.per_page]))
    keeps = bool(keepers(request.user))
    context = {
        "title": _("Indicators"),
        "without": without,
        "add_url": address("indicators:add") if keeps else "",
        "loads_url": address("indicators:loads") if keeps else "",
        "boards_url": address("indicators:boards"),
        "feed_url": address("indicators:feed"),
    }
    return shown.respond(request, seen, "indicators/list.html", context)
