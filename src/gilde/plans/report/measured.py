"""The indicators of a report: figures, targets and status as they were published by the day, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.indicators.public import (
    Area,
    Figure,
    Indicator,
    Line,
    Stand,
    breakdown_words,
    flag_words,
    position,
    sentence,
    tag,
)
from gilde.plans import measured
from gilde.plans.measured import Linked
from gilde.plans.models import Plan
from gilde.plans.signals import IndicatorSignal, of_status

Json = dict[str, Any]


def until(day: date, made_at: datetime) -> datetime:
    """Return the moment of which a report tells: the end of its day, or when it is made if that is before."""
    end = timezone.make_aware(datetime.combine(day, time.max))
    return min(end, made_at)


def linked_to(plan: Plan, at: datetime) -> dict[UUID, list[Linked]]:
    """Return the published indicators of each measure with what was published of them by a moment."""
    found: dict[UUID, list[Linked]] = {}
    for link in measured.linked(SYSTEM, at=at, published=True, plan=plan.pk):
        found.setdefault(link.measure, []).append(link)
    return found


def signal(links: Iterable[Linked], day: date) -> IndicatorSignal:
    """Return how many of the indicators stand how on a day."""
    return sum((of_status(link.told.status(day)) for link in links), IndicatorSignal())


def as_json(link: Linked, day: date, language: str) -> Json:
    """Return an indicator of a measure with all that the page, the PDF and the JSON say of it."""
    indicator, told = link.indicator, link.told
    line, release = told.line, told.release
    deciding = told.deciding(day)
    found = told.status(day)
    kind, label = tag(found)
    return {
        "id": str(link.key),
        "indicator": str(indicator.pk),
        "uri": uri("indicator", indicator.pk),
        "code": indicator.code,
        "name": _said(indicator.name, language),
        "unit": indicator.unit,
        "unit_label": _said(indicator.unit_label, language),
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "area": _area(told.area, link.area, language),
        "scope": _said(indicator.scope, language),
        "note": _said(link.note, language),
        "source": _said(indicator.source, language),
        "source_url": indicator.source_url,
        "retrieved_on": timezone.localtime(release.retrieved_at).date().isoformat() if release else None,
        "latest": _figure(line.last) if line is not None and line.last is not None else None,
        "figures": [_figure(figure) for figure in line.figures] if line is not None else [],
        "flag_words": {flag: flag_words(flag) for flag in _flags(line)},
        "status": found.value,
        "status_label": label,
        "status_kind": kind,
        "targets": [_target(stand, stand is deciding, language) for stand in told.stands],
        "synthetic": indicator.synthetic,
    }


def _flags(line: Line | None) -> list[str]:
    return sorted({flag for figure in line.figures for flag in figure.flags}) if line is not None else []


def _said(text: Text, language: str) -> Json:
    shown = text.shown(language)
    return {"text": shown.words, "lang": shown.language}


def _area(area: Area | None, code: str, language: str) -> Json:
    if area is None:
        return {
            "code": code,
            "name": {"text": code, "lang": language},
            "note": {"text": "", "lang": language},
        }
    return {"code": area.pk, "name": _said(area.name, language), "note": _said(area.note, language)}


def _figure(figure: Figure) -> Json:
    return {
        "period": figure.period,
        "at": position(figure.period),
        "value": None if "c" in figure.flags else figure.value,
        "flags": figure.flags,
    }


def _target(stand: Stand, decides: bool, language: str) -> Json:
    target, judged = stand.target, stand.judged
    kind, label = tag(stand.status)
    return {
        "id": str(target.pk),
        "value": target.value,
        "year": target.year,
        "comparison": target.comparison,
        "key": target.key,
        "breakdown": breakdown_words(stand.indicator, target.key),
        "comparison_label": str(target.get_comparison_display()),
        "area": _area(target.area, target.area_id, language),
        "borrowed": stand.borrowed,
        "decides": decides,
        "instrument": _said(target.instrument, language),
        "instrument_code": target.instrument_code,
        "issued_year": target.issued_year,
        "source": target.source,
        "source_url": target.source_url,
        "status": stand.status.value,
        "status_label": label,
        "status_kind": kind,
        "signed": stand.signed is not None,
        "signed_on": timezone.localtime(stand.signed.at).date().isoformat() if stand.signed else None,
        "ground": stand.signed.ground if stand.signed else "",
        "doubts": [str(doubt) for doubt in judged.doubts],
        "compared": [figure.period for figure in judged.compared],
        "distance": judged.distance,
        "actual": judged.actual,
        "required": judged.required,
        "projected": judged.projected,
        "low": judged.low,
        "high": judged.high,
        "sentence": sentence(stand),
    }


def of_provisions(plan: Plan) -> Mapping[UUID, list[str]]:
    """Return the codes of the published indicators of each provision that the plan answers to."""
    found: dict[UUID, list[str]] = {}
    links = measured.visible_provision_links(SYSTEM).filter(
        provision__instrument__plans=plan, indicator__state=Indicator.State.PUBLISHED
    )
    for provision, code in links.order_by("indicator__code").values_list("provision", "indicator__code"):
        found.setdefault(provision, []).append(code)
    return found
