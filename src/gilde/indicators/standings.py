"""How areas stand against the targets of indicators: figures, targets and signed judgements brought together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from gilde.core.components import Kind
from gilde.indicators import figures
from gilde.indicators.figures import Line
from gilde.indicators.judgement import Aim, Judged, judge
from gilde.indicators.models import Area, Indicator, Judgement, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.saying import sentence
from gilde.indicators.thresholds import rules_on

__all__ = ["Stand", "aim_of", "by_indicator", "counts", "is_measured_by", "sentence", "stands", "tag"]

_KINDS: Final[dict[Status, Kind]] = {
    Status.REACHED: "good",
    Status.ON_TRACK: "good",
    Status.TOO_SLOW: "warn",
    Status.NO_PROGRESS: "warn",
    Status.MOVING_AWAY: "bad",
    Status.CANNOT_TELL: "none",
}
_PARENTS: Final = 5  # from a NUTS 3 region by way of its country to the Union, and one to spare


@dataclass(frozen=True)
class Stand:
    """How one area stands against one target. A signed judgement, where it holds, gives the status instead.

    `borrowed` says that the target was issued for another area (the Union) and is shown beside this area's figures
    for orientation: a benchmark, not a promise of this area. `signed_is_older` says that figures of this area were
    published after those that the signed judgement was about.
    """

    indicator: Indicator
    target: Target
    area: Area
    line: Line | None
    judged: Judged
    signed: Judgement | None = None
    signed_is_older: bool = False
    borrowed: bool = False

    @property
    def status(self) -> Status:
        """Return the status that is shown."""
        return Status(self.signed.status) if self.signed is not None else self.judged.status


def stands(
    indicators: Indicator | Collection[Indicator],
    *,
    areas: Collection[str] | None = None,
    at: datetime | None = None,
) -> list[Stand]:
    """Return how areas stand against every target that holds, by indicator, area and year of the target.

    Without `areas` each target is judged for its own area. With them also for each of these areas, `borrowed` where
    the target is another area's: that of a union, or of an area that this one is part of. `at` tells of an earlier
    moment: figures, signed judgements and rules as they were then. At most five queries.
    """
    wanted = [indicators] if isinstance(indicators, Indicator) else list(indicators)
    by_id = {each.pk: each for each in wanted}
    targets = list(
        Target.objects.filter(indicator__in=list(by_id), withdrawn=False)
        .select_related("area")
        .order_by("year", "pk")
    )
    if not targets:
        return []
    asked = _areas(areas or ())
    codes = {target.area_id for target in targets} | set(asked)
    told = {
        (line.indicator.pk, line.key, line.area.pk): line
        for line in figures.lines(wanted, areas=codes, keys={target.key for target in targets}, at=at)
    }
    signed = _signed(targets, codes, at)
    rules = rules_on(timezone.localtime(at).date() if at is not None else None)
    found = []
    for target in targets:
        indicator = by_id[target.indicator_id]
        for area in _judged_for(target, asked):
            line = told.get((indicator.pk, target.key, area.pk))
            judgement = signed.get((target.pk, area.pk))
            found.append(
                Stand(
                    indicator,
                    target,
                    area,
                    line,
                    judge(line.figures if line else (), aim_of(target, indicator), rules=rules),
                    judgement,
                    judgement is not None and _is_older(judgement, line),
                    area.pk != target.area_id,
                )
            )
    place = {pk: number for number, pk in enumerate(by_id)}
    return sorted(
        found,
        key=lambda each: (
            place[each.indicator.pk],
            each.area.position,
            each.area.pk,
            each.target.year,
            each.borrowed,
            each.target.key,
            str(each.target.pk),
        ),
    )


def aim_of(target: Target, indicator: Indicator) -> Aim:
    """Return what a target asks for, as the arithmetic takes it."""
    return Aim(
        target.value,
        target.year,
        at_least=target.comparison == Target.Comparison.AT_LEAST,
        scope_differs=bool(target.scope_note),
        since=target.baseline_year,
        least=indicator.minimum,
        most=indicator.maximum,
    )


def counts(found: Iterable[Stand]) -> dict[Status, int]:
    """Return how many stand at each status, every status named, best first."""
    told = dict.fromkeys(Status, 0)
    for stand in found:
        told[stand.status] += 1
    return told


def by_indicator(found: Iterable[Stand]) -> dict[UUID, list[Stand]]:
    """Return the stands of each indicator, in their order."""
    told: dict[UUID, list[Stand]] = {}
    for stand in found:
        told.setdefault(stand.indicator.pk, []).append(stand)
    return told


def tag(status: Status | str) -> tuple[Kind, str]:
    """Return the kind and the word with which `core.components.status` shows a status."""
    status = Status(status)
    return _KINDS[status], str(status.label)


def _areas(codes: Collection[str]) -> dict[str, Area]:
    """Return the areas that there are of these, each with all that it is part of."""
    if not codes:
        return {}
    chain = "__".join(["parent"] * _PARENTS)
    return {area.pk: area for area in Area.objects.filter(pk__in=list(codes)).select_related(chain)}


def is_measured_by(target: Target, area: Area) -> bool:
    """Return whether a target may be held against an area: its own, or one that is part of it."""
    if area.pk == target.area_id or target.area_id in _above(area):
        return True
    return target.area.kind == Area.Kind.UNION and area.kind != Area.Kind.UNION


def _judged_for(target: Target, asked: dict[str, Area]) -> Iterator[Area]:
    """Yield the area of the target and those of the others that may be measured by it."""
    yield target.area
    for area in asked.values():
        if area.pk != target.area_id and is_measured_by(target, area):
            yield area


def _above(area: Area) -> Iterator[str]:
    """Yield the codes of what an area is part of, the nearest first."""
    above = area.parent
    for _step in range(_PARENTS):
        if above is None:
            return
        yield above.pk
        above = above.parent


def _signed(
    targets: Collection[Target], codes: Collection[str], at: datetime | None
) -> dict[tuple[UUID, str], Judgement]:
    """Return the newest judgement of each target and area, unless it was taken back."""
    told = Judgement.objects.filter(target__in=[target.pk for target in targets], area__in=list(codes))
    if at is not None:
        told = told.filter(at__lte=at)
    newest = {(each.target_id, each.area_id): each for each in told.order_by("at", "pk")}
    return {place: each for place, each in newest.items() if each.status}


def _is_older(judgement: Judgement, line: Line | None) -> bool:
    """Return whether figures of the series were published after the judgement was signed."""
    releases = [figure.release for figure in line.figures if figure.release is not None] if line else []
    return bool(releases) and (
        judgement.figures_until_id is None or max(releases) > judgement.figures_until_id
    )
