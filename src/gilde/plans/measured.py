"""What the figures say of the indicators that are linked to measures, and how an indicator counts.

An indicator counts once, by one target: of all together where there is one, of the area itself before one borrowed
from another area, the next that is due before those whose year has passed, and of several the least favourable.
Without figures or without a target nobody can tell. The page “How this is judged” says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import F, QuerySet

from gilde.core import clock
from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.indicators.public import (
    Area,
    Indicator,
    Line,
    Release,
    Stand,
    Status,
    lines,
    stamps,
    stands,
    visible_indicators,
)
from gilde.plans.models import MeasureIndicator, Plan, Provision, ProvisionIndicator

ON_TRACK: Final = frozenset({Status.REACHED, Status.ON_TRACK})
# The least favourable first.
ORDER: Final = (
    Status.MOVING_AWAY,
    Status.NO_PROGRESS,
    Status.TOO_SLOW,
    Status.CANNOT_TELL,
    Status.ON_TRACK,
    Status.REACHED,
)
Key: TypeAlias = tuple[UUID, str]
STAMPS: Final = tuple(stamps())


@dataclass(frozen=True)
class Told:
    """What figures say of an indicator in an area: its series, and how it stands against each target.

    `area` is that of the figures, also while there are none; `release` the one that brought the newest figure.
    """

    line: Line | None = None
    stands: tuple[Stand, ...] = ()
    release: Release | None = None
    area: Area | None = None

    def deciding(self, today: date) -> Stand | None:
        """Return how it stands against the target that counts on a day; None where no target is known."""
        found: Sequence[Stand] = [each for each in self.stands if not each.target.key] or self.stands
        found = [each for each in found if not each.borrowed] or found
        ahead = [each for each in found if each.target.year >= today.year]
        year = min(
            (each.target.year for each in ahead), default=max((s.target.year for s in found), default=0)
        )
        due = [each for each in found if each.target.year == year]
        return min(due, key=lambda each: ORDER.index(each.status), default=None)

    def status(self, today: date) -> Status:
        """Return the status by which the indicator counts on a day."""
        stand = self.deciding(today)
        return Status.CANNOT_TELL if stand is None else stand.status

    @property
    def has_figures(self) -> bool:
        """Return whether there is any value at all."""
        return self.line is not None and self.line.last is not None


@dataclass(frozen=True)
class Ask:
    """An indicator in an area ("": where its targets are of), with the stamp of what it is judged from."""

    indicator: UUID
    area: str
    stamp: tuple[Any, ...] = ()

    @property
    def key(self) -> Key:
        """Return by what the answer is found."""
        return self.indicator, self.area


@dataclass(frozen=True)
class Linked:
    """An indicator linked to a measure, with what its figures say."""

    key: UUID
    plan: UUID
    measure: UUID
    indicator: Indicator
    area: str
    note: Text
    told: Told


def area_of(area: str, country: str) -> str:
    """Return the code of the area whose figures count for a measure: its own, else the country of the plan."""
    return area or country


def linked(
    actor: Actor, *, at: datetime | None = None, published: bool = False, **where: Any
) -> list[Linked]:
    """Return the indicators linked to the measures that match `where`, as far as the actor may see them.

    By measure and place. `at` tells of an earlier moment; `published` leaves drafts out for everybody. One query,
    and up to ten more for what was not asked before or has changed.
    """
    links = visible_links(actor, published=published).filter(
        **{f"measure__{name}": each for name, each in where.items()}
    )
    rows = list(
        links.select_related("indicator")
        .annotate(country=F("measure__plan__country"), plan=F("measure__plan"), **stamps())
        .order_by("measure__position", "measure__number", "position", "pk")
    )
    asked = [
        Ask(row.indicator_id, area_of(row.area, row.country), tuple(getattr(row, name) for name in STAMPS))
        for row in rows
    ]
    answers = told(asked, at=at, known={row.indicator_id: row.indicator for row in rows})
    return [
        Linked(row.pk, row.plan, row.measure_id, row.indicator, ask.area, row.note, answers[ask.key])
        for row, ask in zip(rows, asked, strict=True)
    ]


@dataclass(frozen=True)
class LinkedProvision:
    """An indicator of a provision, with what its figures say of the country of the plan."""

    key: UUID
    provision: Provision
    indicator: Indicator
    told: Told


def linked_provisions(actor: Actor, plan: Plan, **where: Any) -> list[LinkedProvision]:
    """Return the indicators of the provisions that a plan answers to, in the order of its instruments.

    One query, and up to ten more for what was not asked before or has changed.
    """
    rows = list(
        visible_provision_links(actor)
        .filter(provision__instrument__plans=plan, **where)
        .select_related("indicator", "provision__instrument")
        .annotate(**stamps())
        .order_by(
            "provision__instrument__adopted", "provision__instrument__code", "provision__position", "pk"
        )
    )
    asked = [
        Ask(row.indicator_id, plan.country, tuple(getattr(row, name) for name in STAMPS)) for row in rows
    ]
    answers = told(asked, known={row.indicator_id: row.indicator for row in rows})
    return [
        LinkedProvision(row.pk, row.provision, row.indicator, answers[ask.key])
        for row, ask in zip(rows, asked, strict=True)
    ]


def visible_provision_links(actor: Actor) -> QuerySet[ProvisionIndicator]:
    """Return the links of provisions to the indicators that the actor may see."""
    return ProvisionIndicator.objects.filter(indicator__in=visible_indicators(actor).order_by().values("pk"))


def visible_links(actor: Actor, *, published: bool = False) -> QuerySet[MeasureIndicator]:
    """Return the links to the indicators that the actor may see; of measures the caller takes care."""
    seen = visible_indicators(actor).order_by()
    if published:
        seen = seen.filter(state=Indicator.State.PUBLISHED)
    return MeasureIndicator.objects.filter(indicator__in=seen.values("pk"))


# What was judged last, until a figure, a target or a judgement changes or the day ends: `stamps` tells.
_kept: dict[tuple[Any, ...], Told] = {}
_MOST: Final = 4000


def told(
    asked: Iterable[Ask], *, at: datetime | None = None, known: Mapping[UUID, Indicator] | None = None
) -> dict[Key, Told]:
    """Return what the figures say of each indicator in its area, now or as they were at a moment.

    No query for what was asked before and has not changed, else at most ten however much is asked.
    """
    if at is not None:
        return _read({ask.key for ask in asked}, known or {}, at)
    today = clock.today()
    wanted = {(ask.key, ask.stamp, today): ask.key for ask in asked}
    missing = {key for kept, key in wanted.items() if kept not in _kept}
    if missing:
        fresh = _read(missing, known or {}, None)
        if len(_kept) + len(fresh) > _MOST:
            _kept.clear()
        found = {key: fresh[key] if key in missing else _kept[kept] for kept, key in wanted.items()}
        _kept.update({kept: fresh[key] for kept, key in wanted.items() if key in missing})
        return found
    return {key: _kept[kept] for kept, key in wanted.items()}


def _read(keys: Collection[Key], known: Mapping[UUID, Indicator], at: datetime | None) -> dict[Key, Told]:
    ids = {indicator for indicator, _area in keys}
    by_id = {key: each for key, each in known.items() if key in ids}
    if more := ids - set(by_id):
        by_id |= Indicator.objects.in_bulk(more)
    found: dict[Key, list[Stand]] = {key: [] for key in keys}
    placed = [key for key in keys if key[1]]
    if placed:
        for stand in stands(
            [by_id[indicator] for indicator in sorted({key[0] for key in placed}, key=str)],
            areas=sorted({area for _indicator, area in placed}),
            at=at,
        ):
            if (key := (stand.indicator.pk, stand.area.code)) in found:
                found[key].append(stand)
    if open_ := sorted({indicator for indicator, area in keys if not area}, key=str):
        for stand in stands([by_id[indicator] for indicator in open_], at=at):
            found[stand.indicator.pk, ""].append(stand)
    held = {key: _line_of(each, key[1]) for key, each in found.items()}
    silent = [key for key in placed if held[key] is None]
    if silent:
        for line in lines(
            [by_id[indicator] for indicator in sorted({key[0] for key in silent}, key=str)],
            areas=sorted({area for _indicator, area in silent}),
            at=at,
        ):
            if (key := (line.indicator.pk, line.area.code)) in silent:
                held[key] = line
    newest = {
        key: line.last.release
        for key, line in held.items()
        if line is not None and line.last is not None and line.last.release is not None
    }
    releases = Release.objects.in_bulk(set(newest.values()))
    areas = {key: _area_of(held[key], each) for key, each in found.items()}
    unnamed = {code for (_indicator, code), area in areas.items() if code and area is None}
    named = Area.objects.in_bulk(unnamed) if unnamed else {}
    return {
        key: Told(
            held[key],
            tuple(each),
            releases.get(newest[key]) if key in newest else None,
            areas[key] or named.get(key[1]),
        )
        for key, each in found.items()
    }


def _area_of(line: Line | None, found: Sequence[Stand]) -> Area | None:
    if line is not None:
        return line.area
    return found[0].area if found else None


def _line_of(found: Iterable[Stand], area: str) -> Line | None:
    """The series of all together in the area that the stands were judged by."""
    told = [each.line for each in found if each.line is not None]
    return next((line for line in told if not line.key and (not area or line.area.code == area)), None)
