"""Targets: what is to be reached, by when, and which instrument says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.indicators.access import can_manage
from gilde.indicators.dimensions import dimensions_of, key_of
from gilde.indicators.models import Area, Indicator, Standing, Target
from gilde.indicators.saying import amount
from gilde.indicators.services.standing import settle

FIRST_YEAR: Final = 1950
AHEAD: Final = 60  # years after its instrument within which a target lies; more is a slip of the pen


@dataclass(frozen=True)
class TargetData:
    """A target as its instrument states it; `value` is in the unit of the indicator, `breakdown` by dimension."""

    area: Area
    value: float
    year: int
    instrument: Text
    issued_year: int
    source: str
    comparison: str = Target.Comparison.AT_LEAST
    breakdown: Mapping[str, str] = field(default_factory=dict)
    baseline_year: int | None = None
    instrument_code: str = ""
    source_url: str = ""
    scope_note: Text = field(default_factory=Text)


def add_target(*, actor: Actor, indicator: Indicator, data: TargetData) -> Target:
    """Return a new target of the indicator. Raises Refused, Invalid."""
    require(can_manage(actor, indicator))
    fields = _fields(indicator, data)
    with transaction.atomic():
        _not_there(indicator, fields)
        target = checked(Target(indicator=indicator, **fields))
        target.save(force_insert=True)
        audit.record(
            actor,
            "indicators.target.add",
            target,
            after={"indicator": indicator.code, **fields, "area": data.area.pk},
        )
        settle(actor=actor, indicator=indicator)
    return target


def change_target(*, actor: Actor, target: Target, version: int, data: TargetData) -> Target:
    """Return the target as changed, if it still has `version`. Raises Refused, Invalid, Stale."""
    require(can_manage(actor, target.indicator))
    _holds(target)
    fields = _fields(target.indicator, data)
    with transaction.atomic():
        _not_there(target.indicator, fields, but=target)
        if data.area.pk != target.area_id or fields["key"] != target.key:
            Standing.objects.filter(target=target).delete()  # it was about other figures
        target = changed(target, fields, actor=actor, event="indicators.target.change", version=version)
        settle(actor=actor, indicator=target.indicator)
    return target


def withdraw_target(*, actor: Actor, target: Target, version: int) -> Target:
    """Return the target, which no longer holds: nobody is judged by it any more, and nothing is deleted that was
    said of it. Raises Refused, Invalid when it was withdrawn before, Stale.
    """
    require(can_manage(actor, target.indicator))
    _holds(target)
    with transaction.atomic():
        target = changed(
            target, {"withdrawn": True}, actor=actor, event="indicators.target.withdraw", version=version
        )
        Standing.objects.filter(target=target).delete()
    return target


def _holds(target: Target) -> None:
    if target.withdrawn:
        raise Invalid(_("This target was withdrawn, so it cannot be changed. Add a new one instead."))


def _fields(indicator: Indicator, data: TargetData) -> dict[str, Any]:
    """Return the columns of the target. Raises Invalid with the field that cannot be right."""
    if not Area.objects.filter(pk=data.area.pk).exists():
        raise _wrong(
            "area",
            _("There is no area “%(code)s”. Choose one that Gilde knows.") % {"code": data.area.pk},
        )
    _possible_value(indicator, data.value)
    _possible_years(data)
    return {
        "area": data.area,
        "key": _key(indicator, data.breakdown),
        "value": data.value,
        "comparison": data.comparison,
        "year": data.year,
        "baseline_year": data.baseline_year,
        "instrument": data.instrument,
        "instrument_code": data.instrument_code,
        "issued_year": data.issued_year,
        "source": data.source.strip(),
        "source_url": data.source_url,
        "scope_note": data.scope_note,
    }


def _key(indicator: Indicator, breakdown: Mapping[str, str]) -> str:
    dimensions = dimensions_of(indicator)
    key = key_of(breakdown, dimensions)
    for dimension in dimensions:
        category = breakdown.get(dimension.code) or dimension.total
        if dimension.categories and category not in {dimension.total, *dimension.categories}:
            raise _wrong(
                "breakdown",
                _("“%(category)s” is no category of “%(name)s”. Choose one of: %(known)s.")
                % {
                    "category": category,
                    "name": dimension.name,
                    "known": ", ".join(dimension.categories),
                },
            )
    return key


def _possible_value(indicator: Indicator, value: float) -> None:
    if not math.isfinite(value):
        raise _wrong("value", _("The value of a target is a number."))
    least, most = indicator.minimum, indicator.maximum
    if least is not None and value < least:
        raise _wrong(
            "value",
            _("This indicator cannot be under %(least)s, so no target can. Check the value and the unit.")
            % {"least": amount(least, indicator)},
        )
    if most is not None and value > most:
        raise _wrong(
            "value",
            _("This indicator cannot be over %(most)s, so no target can. Check the value and the unit.")
            % {"most": amount(most, indicator)},
        )


def _possible_years(data: TargetData) -> None:
    today = clock.today().year
    if not FIRST_YEAR <= data.issued_year <= today:
        raise _wrong(
            "issued_year",
            _("An instrument was issued between %(first)s and this year, %(now)s. Check the year.")
            % {"first": FIRST_YEAR, "now": today},
        )
    if not data.issued_year <= data.year <= data.issued_year + AHEAD:
        raise _wrong(
            "year",
            _(
                "A target issued in %(issued)s is for a year from %(issued)s to %(last)s. Check both years: "
                "%(year)s is not among them."
            )
            % {"issued": data.issued_year, "last": data.issued_year + AHEAD, "year": data.year},
        )
    if data.baseline_year is not None and not FIRST_YEAR <= data.baseline_year < data.year:
        raise _wrong(
            "baseline_year",
            _("The year that it is counted from lies before the year of the target, %(year)s.")
            % {"year": data.year},
        )


def _not_there(indicator: Indicator, fields: dict[str, Any], but: Target | None = None) -> None:
    """Raise Invalid when the same target holds already; others of the same year may coexist."""
    names = ("area", "key", "value", "comparison", "year", "issued_year")
    alike = Target.objects.filter(indicator=indicator, withdrawn=False, **{n: fields[n] for n in names})
    if but is not None:
        alike = alike.exclude(pk=but.pk)
    if any(each.instrument == fields["instrument"] for each in alike):
        raise Invalid(_("This target is here already, from the same instrument. Change that one instead."))


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={name: [sentence]})
