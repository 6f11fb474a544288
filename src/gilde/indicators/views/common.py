"""What the pages of indicators share: fetching, what the address asks for, tabs, written figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import yaml
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.components import Tab
from gilde.core.form_pages import found
from gilde.indicators.access import can_manage, visible_indicators
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.figures import Line
from gilde.indicators.identifiers import uri_of
from gilde.indicators.models import Indicator, Judgement, MetricRun, Release, Series, Target
from gilde.indicators.selection import moment_of
from gilde.indicators.words import flag_words as flag_words

Crumb = tuple[str, str]

MOST_ROWS: Final = 100  # areas in a table; more of them stand on the page of all figures
MOST_AREAS: Final = 6  # as many lines as can be told apart, see `core.charts.SERIES_LIMIT`
MOST_BREAKDOWNS: Final = 300  # in a field where one is chosen


def with_state(found: QuerySet[Indicator]) -> QuerySet[Any]:
    """Return the indicators with what changes when their pages do: newest release, targets, judgements, runs."""
    return _with_state() & found


@cache
def _with_state() -> QuerySet[Any]:
    """Every indicator with its state, asked for on every page: making the question takes longer than the answer."""

    def over(rows: QuerySet[Any], group: str, whole: Any) -> Subquery:
        mine = rows.filter(**{group: OuterRef("pk")}).order_by().values(group)
        return Subquery(mine.annotate(_n=whole).values("_n"))

    return Indicator.objects.annotate(
        newest=over(Release.objects.all(), "indicator", Max("pk")),
        # One more target, or a change of one: neither makes up for the other.
        targets_state=over(Target.objects.all(), "indicator", Count("pk") * 1_000_000 + Sum("version")),
        judged_at=over(Judgement.objects.all(), "target__indicator", Max("at")),
        ran_at=over(MetricRun.objects.all(), "indicator", Max("ran_at")),
    )


def state_of(indicator: Any) -> tuple[object, ...]:
    """Return what `with_state` told: equal as long as the pages of the indicator say the same."""
    told = (indicator.newest, indicator.targets_state, indicator.judged_at, indicator.ran_at)
    return (str(indicator.pk), indicator.version, indicator.state, *told)


def newest_release(indicator: Any) -> Release | None:
    """Return the newest release of an indicator that came with its state."""
    return Release.objects.filter(pk=indicator.newest).first() if indicator.newest is not None else None


@cache
def catalogue_state() -> Mapping[str, Combinable]:
    """Return columns that are equal as long as no published indicator, figure, target or judgement changes."""
    published = Indicator.objects.filter(state=Indicator.State.PUBLISHED)

    def over(rows: QuerySet[Any], whole: Any) -> Combinable:
        return Subquery(
            rows.order_by().annotate(_all=Value(1)).values("_all").annotate(_n=whole).values("_n")
        )

    return {
        "all_indicators": over(published, Count("pk")),
        "all_versions": over(published, Sum("version")),
        "all_releases": over(Release.objects.all(), Max("pk")),
        "all_targets": over(Target.objects.all(), Count("pk")),
        "all_target_versions": over(Target.objects.all(), Sum("version")),
        "all_judged": over(Judgement.objects.all(), Max("at")),
    }


def indicator_of(request: HttpRequest, code: str) -> Any:
    """Return an indicator that the reader may see, with its state, owner and responsible body."""
    seen = with_state(visible_indicators(request.user)).select_related("owner", "body", "origin")
    return found(seen, code=code)


def origin_of(indicator: Indicator) -> Any:
    """Return where official figures of an indicator come from, None where nobody has said so."""
    return getattr(indicator, "origin", None)


# What an address asks for.


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see of an indicator, as the address says it."""

    areas: tuple[str, ...] = ()
    key: str = ""
    first: str = ""
    at: datetime | None = None
    at_written: str = ""
    parameters: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def query(self, **changes: str | None) -> str:
        """Return the query string of the same page, with some parameters changed or left out."""
        kept = [(name, value) for name, value in self.parameters if name not in changes]
        kept += [(name, value) for name, value in changes.items() if value]
        return f"?{urlencode(kept)}" if kept else ""


def asked_of(request: HttpRequest) -> Asked:
    """Return what the address asks for. Raises Invalid for a day that cannot be read."""
    given = request.GET
    areas = tuple(dict.fromkeys(code[:20] for code in given.getlist("area") if code))[:MOST_AREAS]
    key, first, at = given.get("key", "")[:300], given.get("first", "")[:10], given.get("at", "").strip()[:40]
    names = {"area", "key", "first", "at", "lang"}
    kept = [(name, value) for name in given if name in names for value in given.getlist(name) if value]
    return Asked(areas, key.replace("\x00", ""), first, moment_of(at), at, parameters=tuple(kept))


def moment_words(asked: Asked) -> str:
    """Return the moment in words: a day, with the time of day where the address gives it."""
    if asked.at is None:
        return ""
    local = timezone.localtime(asked.at)
    return date_format(local, "DATE_FORMAT" if len(asked.at_written) <= 10 else "DATETIME_FORMAT")


@cache
def home_areas() -> tuple[str, ...]:
    """Return the areas at which the readers of this installation look first, see `data/home_areas.yaml`."""
    path = Path(__file__).resolve().parent.parent / "data" / "home_areas.yaml"
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8"))["areas"])


def chosen_areas(asked: Sequence[str], known: Collection[str], *, most: int = MOST_AREAS) -> list[str]:
    """Return the areas to show: those asked for, else those of this installation, else the first ones known."""
    for wanted in (asked, home_areas()):
        if chosen := [code for code in wanted if code in known]:
            return chosen[:most]
    return list(known)[: min(3, most)]


def since(line: Line, first: str) -> Line:
    """Return a series from a period on, whole for ""."""
    if not first:
        return line
    return replace(line, figures=tuple(figure for figure in line.figures if figure.period >= first))


@dataclass(frozen=True)
class Option:
    """One of the choices of a field."""

    value: str
    label: object
    chosen: bool = False


def breakdowns_of(indicator: Indicator, chosen: str) -> list[Option]:
    """Return the breakdowns for which there are series, "" for all first; one query, none without dimensions."""
    if not indicator.dimensions:
        return []
    dimensions = dimensions_of(indicator)
    series = Series.objects.filter(indicator=indicator).order_by("key").values_list("key", flat=True)
    keys = list(series.distinct()[:MOST_BREAKDOWNS])
    if chosen not in keys:
        keys.append(chosen)  # it stays chosen where there are more than the field can hold
    options = [Option(key, words_of_key(key, dimensions) or _("all"), key == chosen) for key in keys]
    return options if len(options) > 1 or (keys and keys != [""]) else []


def key_words(indicator: Indicator, key: str) -> str:
    """Return a breakdown in the reader's words, "" for all."""
    return words_of_key(key, dimensions_of(indicator)) if key else ""


# The head of the pages of one indicator.


def address(name: str, *arguments: object) -> str:
    """Return the address of a route, "" where this installation has no such route."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def indicator_tabs(code: str, current: str) -> list[Tab]:
    """Return the views of an indicator as tabs."""
    tabs = [
        ("indicator", _("Overview")),
        ("figures", _("Figures")),
        ("revisions", _("Revisions")),
        ("about", _("About")),
    ]
    return [Tab(label, reverse(f"indicators:{name}", args=[code]), name == current) for name, label in tabs]


def indicator_crumbs(indicator: Indicator, current: str) -> list[Crumb]:
    """Return the way to a page of an indicator."""
    crumbs = [(_("Indicators"), reverse("indicators:list"))]
    if current != "indicator":
        crumbs.append((str(indicator.name), reverse("indicators:indicator", args=[indicator.code])))
    return crumbs


def acts_on(reader: Actor, indicator: Indicator) -> list[tuple[str, str]]:
    """Return what the reader may do with an indicator: words and addresses."""
    acts = []
    if reader.is_authenticated:
        acts.append((_("Follow"), address("indicators:follow", indicator.code)))
    if can_manage(reader, indicator):
        acts.append((_("Change"), address("indicators:edit", indicator.code)))
        if indicator.kind == Indicator.Kind.OFFICIAL:
            acts.append((_("Load a file"), address("indicators:load-add", indicator.code)))
            if origin_of(indicator) is not None:
                acts.append((_("Retrieve figures"), address("indicators:pull", indicator.code)))
        elif indicator.kind == Indicator.Kind.REPORTED:
            acts.append((_("Report a figure"), address("indicators:reported-add", indicator.code)))
    return [(words, url) for words, url in acts if url]


def indicator_context(request: HttpRequest, indicator: Any, current: str, title: str) -> dict[str, Any]:
    """Return what every page of an indicator shows: way, tabs, notices, and what the reader may do."""
    return {
        "indicator": indicator,
        "title": title,
        "crumbs": indicator_crumbs(indicator, current),
        "tabs": indicator_tabs(indicator.code, current),
        "uri": uri_of(indicator),
        "feed_url": address("indicators:indicator-feed", indicator.code),
        "acts": acts_on(request.user, indicator) if current == "indicator" else [],
    }


def as_day(moment: datetime | None) -> date | None:
    """Return the local day of a moment."""
    return timezone.localtime(moment).date() if moment is not None else None
