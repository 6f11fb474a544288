"""Keeping indicators: what is measured and how, where official figures come from, and whether everybody sees it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from gilde.core import audit, metrics
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved
from gilde.core.errors import Invalid, Missing, Stale
from gilde.core.text import Text
from gilde.indicators.access import can_keep, can_manage
from gilde.indicators.dimensions import Dimension, breakdown_of, dimensions_of
from gilde.indicators.models import Area, Indicator, Origin, Series
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.workflow import indicator_workflow
from gilde.organisations.public import Organisation

_DIMENSION: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CATEGORY: Final = re.compile(r"[^\s=&:;,*]{1,60}")
# Area, time and how often have places of their own; these are their names in SDMX and here.
OWN_PLACE: Final = frozenset({"geo", "ref_area", "area", "time", "time_period", "period", "freq"})


@dataclass(frozen=True)
class IndicatorData:
    """An indicator as its keeper describes it; see the fields of `Indicator` for what each means."""

    code: str
    kind: str
    name: Text
    definition: Text
    unit: str
    unit_label: Text
    source: Text
    scope: Text = field(default_factory=Text)
    note: Text = field(default_factory=Text)
    decimals: int = 1
    frequency: str = Frequency.YEAR
    direction: str = Indicator.Direction.NONE
    minimum: float | None = None
    maximum: float | None = None
    aggregation: str = Indicator.Aggregation.NONE
    dimensions: Sequence[Dimension] = ()
    body: Organisation | None = None
    source_url: str = ""
    licence: str = ""
    metric: str = ""


@dataclass(frozen=True)
class OriginData:
    """Where official figures come from: `selection` maps dimensions of the dataset to codes, "sex" to "T"."""

    provider: str
    dataflow: str
    selection: Mapping[str, str] = field(default_factory=dict)
    area_dimension: str = "geo"
    areas: Sequence[str] = ()


def add_indicator(
    *, actor: Actor, owner: Organisation, data: IndicatorData, synthetic: bool = False
) -> Indicator:
    """Return a new indicator that `owner` keeps, as a draft that only its members see. Raises Refused, Invalid."""
    require(can_keep(actor, owner))
    fields = _fields(data)
    indicator = Indicator(owner=owner, synthetic=synthetic, **fields)
    with transaction.atomic():
        checked(indicator)
        indicator.save(force_insert=True)
        audit.record(
            actor,
            "indicators.indicator.add",
            indicator,
            after={"owner": owner.pk, **{k: v for k, v in fields.items() if k != "body"}},
        )
    return indicator


def change_indicator(*, actor: Actor, indicator: Indicator, version: int, data: IndicatorData) -> Indicator:
    """Return the indicator as changed, if it still has `version`.

    Once published its code stays, because others cite it; once there are figures, their meaning stays: kind, unit,
    frequency, and the dimensions that they are broken down by. Raises Refused, Invalid, Stale.
    """
    require(can_manage(actor, indicator))
    fields = _fields(data)
    with transaction.atomic():
        _keep_what_others_rely_on(indicator, data)
        return changed(indicator, fields, actor=actor, event="indicators.indicator.change", version=version)


def publish_indicator(*, actor: Actor, indicator: Indicator, version: int | None = None) -> Indicator:
    """Return the indicator, seen by everybody with all its figures. Raises Refused, Stale."""
    return moved(indicator_workflow, indicator, "publish", actor=actor, version=version)


def withdraw_indicator(*, actor: Actor, indicator: Indicator, version: int | None = None) -> Indicator:
    """Return the indicator, seen by the members of its keeper only; nothing is deleted. Raises Refused, Stale."""
    return moved(indicator_workflow, indicator, "withdraw", actor=actor, version=version)


def set_origin(*, actor: Actor, indicator: Indicator, version: int, data: OriginData) -> Origin:
    """Return where figures of an official indicator come from, from now on, if it still has `version`.

    Nothing is retrieved by this. Raises Refused, Invalid, and Stale when somebody changed the indicator.
    """
    require(can_manage(actor, indicator))
    if indicator.kind != Indicator.Kind.OFFICIAL:
        raise Invalid(
            _("Only an indicator of official statistics has an origin; this one is “%(kind)s”.")
            % {"kind": indicator.get_kind_display()}
        )
    fields: dict[str, Any] = {
        "provider": data.provider,
        "dataflow": data.dataflow.strip(),
        "selection": _selection(data),
        "area_dimension": data.area_dimension.strip(),
        "areas": _areas(data.areas),
    }
    with transaction.atomic():
        if Indicator.objects.filter(pk=indicator.pk, version=version).update(version=F("version") + 1) != 1:
            raise Stale(
                _(
                    "Somebody else changed this in the meantime. Your text is kept below; compare and save again."
                )
            )
        before = Origin.objects.filter(pk=indicator.pk).values(*fields).first()
        origin = Origin(indicator=indicator, **fields)
        checked(origin, exclude=["indicator"])
        origin.save(force_insert=before is None, force_update=before is not None)
        audit.record(actor, "indicators.origin.set", origin, before=before or {}, after=fields)
        indicator.refresh_from_db()
    return origin


@cache
def fixed_words() -> frozenset[str]:
    """Return the words that stand behind /indicators/ in an address, so that no indicator can be called so."""
    from gilde.indicators.urls import urlpatterns

    routes = [str(pattern.pattern).split("/") for pattern in urlpatterns]
    return frozenset(
        parts[1]
        for parts in routes
        if len(parts) > 1 and parts[0] == "indicators" and parts[1] and not re.search(r"[<(]", parts[1])
    )


def _fields(data: IndicatorData) -> dict[str, Any]:
    if data.code in fixed_words():
        raise _wrong(
            "code",
            _("“%(code)s” is the address of another page. Choose another code, such as “%(code)s-rate”.")
            % {"code": data.code},
        )
    _check_metric(data)
    _check_dimensions(data.dimensions)
    return {
        "code": data.code,
        "kind": data.kind,
        "name": data.name,
        "definition": data.definition,
        "scope": data.scope,
        "note": data.note,
        "unit": data.unit.strip(),
        "unit_label": data.unit_label,
        "decimals": data.decimals,
        "frequency": data.frequency,
        "direction": data.direction,
        "minimum": data.minimum,
        "maximum": data.maximum,
        "aggregation": data.aggregation,
        "dimensions": [dimension.as_json() for dimension in data.dimensions],
        "body": data.body,
        "source": data.source,
        "source_url": data.source_url,
        "licence": data.licence.strip(),
        "metric": data.metric,
    }


def _check_metric(data: IndicatorData) -> None:
    computed = data.kind == Indicator.Kind.COMPUTED
    if computed and not data.metric:
        raise _wrong("metric", _("Choose the metric of Gilde that computes this indicator."))
    if not computed and data.metric:
        raise _wrong("metric", _("Only an indicator that Gilde computes has a metric. Leave it empty."))
    if computed:
        try:
            metrics.get(data.metric)
        except Missing as error:
            raise _wrong("metric", error.sentence) from error


def _check_dimensions(dimensions: Sequence[Dimension]) -> None:
    seen: set[str] = set()
    for dimension in dimensions:
        code = dimension.code
        if not _DIMENSION.fullmatch(code):
            raise _wrong(
                "dimensions",
                _(
                    "“%(code)s” is no code of a dimension: use small letters, digits and low lines, such as “sex”."
                )
                % {"code": code},
            )
        if code in OWN_PLACE:
            raise _wrong(
                "dimensions",
                _("“%(code)s” is no dimension here: area and time have places of their own.")
                % {"code": code},
            )
        if code in seen:
            raise _wrong("dimensions", _("The dimension “%(code)s” stands there twice.") % {"code": code})
        seen.add(code)
        for category in dimension.categories:
            if not _CATEGORY.fullmatch(category):
                raise _wrong(
                    "dimensions",
                    _("“%(category)s” is no code of a category: leave out blanks and the signs = & : ; , *.")
                    % {"category": category},
                )
        if dimension.total and dimension.categories and dimension.total not in dimension.categories:
            raise _wrong(
                "dimensions",
                _("“%(code)s”: the category that stands for all, “%(total)s”, is not among its categories.")
                % {"code": code, "total": dimension.total},
            )
        if not dimension.total and not dimension.categories:
            raise _wrong("dimensions", _("“%(code)s”: name at least one category.") % {"code": code})


def _keep_what_others_rely_on(indicator: Indicator, data: IndicatorData) -> None:
    if indicator.state != Indicator.State.DRAFT and data.code != indicator.code:
        raise _wrong(
            "code",
            _("The code stays “%(code)s”: this indicator was published, and others may cite its address.")
            % {"code": indicator.code},
        )
    series = Series.objects.filter(indicator=indicator)
    for name in ("kind", "unit", "frequency"):
        if getattr(indicator, name) != getattr(data, name) and series.exists():
            raise _wrong(
                name,
                _(
                    "This cannot change, because there are figures that were published with it. "
                    "Add another indicator for the other figures."
                ),
            )
    old = {each.code: each for each in dimensions_of(indicator)}
    new = {each.code: each for each in data.dimensions}
    if {code: (each.total, set(each.categories)) for code, each in old.items()} == {
        code: (each.total, set(each.categories)) for code, each in new.items()
    }:
        return
    _check_series_fit(series.order_by().values_list("key", flat=True).distinct(), old, new)


def _check_series_fit(
    keys: Collection[str], old: Mapping[str, Dimension], new: Mapping[str, Dimension]
) -> None:
    """Raise Invalid when a breakdown that has figures would mean something else, or nothing, afterwards."""
    for key in keys:
        told = breakdown_of(key)
        for code, dimension in new.items():
            before = old.get(code)
            same_total = before is None or before.total == dimension.total
            if code not in told and (not dimension.total or not same_total):
                raise _wrong(
                    "dimensions",
                    _("“%(code)s”: there are figures for its total, so which category that is cannot change.")
                    % {"code": code},
                )
        for code, category in told.items():
            now = new.get(code)
            if now is None or category == now.total or (now.categories and category not in now.categories):
                raise _wrong(
                    "dimensions",
                    _("There are figures for %(code)s = %(category)s, so this category has to stay.")
                    % {"code": code, "category": category},
                )


def _selection(data: OriginData) -> dict[str, str]:
    chosen = {code.strip().lower(): category.strip() for code, category in data.selection.items()}
    if empty := sorted(code for code, category in chosen.items() if not code or not category):
        raise _wrong(
            "selection",
            _("“%(code)s”: name the code that the indicator is of this dimension.") % {"code": empty[0]},
        )
    if data.area_dimension.strip().lower() in chosen:
        raise _wrong(
            "selection",
            _("“%(code)s” is the dimension of the area: name the areas below instead.")
            % {"code": data.area_dimension},
        )
    return chosen


def _areas(codes: Sequence[str]) -> list[str]:
    """Return the codes, each once; raise Invalid for one that is no area that Gilde knows, nor another code of one."""
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    known = set(Area.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if left := [code for code in wanted if code not in known]:
        others = {
            alias
            for aliases in Area.objects.filter(~Q(aliases=[])).values_list("aliases", flat=True)
            for alias in aliases
        }
        if unknown := [code for code in left if code not in others]:
            raise _wrong(
                "areas",
                _("There is no area “%(code)s”. Use the codes of European statistics, such as BE or BE2.")
                % {"code": unknown[0]},
            )
    return wanted


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={name: [sentence]})
