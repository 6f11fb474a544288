"""Publishing figures: what is new is added, what changed is closed and added anew, what is equal stays.

The one place that writes observations. Everything happens in the transaction of the caller or one of its own, so
that figures are published whole or not at all. Rows go to the database in bulk: COPY on PostgreSQL, prepared
statements on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from gilde.core import audit, clock, jobs
from gilde.core.access import SYSTEM, Actor
from gilde.core.models import Document
from gilde.indicators.incoming import Incoming
from gilde.indicators.models import Indicator, Observation, Release, Series

_CHUNK: Final = 20_000
_ROWS_AT_ONCE: Final = 100  # of a statement on SQLite
AFTER_RELEASE: Final = "indicators.after-release"  # the job that judges anew and tells the followers


@dataclass(frozen=True)
class Provenance:
    """Where published figures come from; it becomes the release."""

    kind: str
    source: str
    retrieved_at: datetime | None = None
    url: str = ""
    document: Document | None = None
    code_version: str = ""


@dataclass(frozen=True)
class Change:
    """What publishing would do: places in the incoming columns, and ids of the observations to close."""

    added: NDArray[np.int64]
    revised: NDArray[np.int64]
    closed_by_revision: NDArray[np.int64]
    withdrawn: NDArray[np.int64]
    current: int

    @property
    def is_nothing(self) -> bool:
        """Return whether everything is as it was."""
        return not (len(self.added) or len(self.revised) or len(self.withdrawn))


@dataclass
class _Current:
    """The current observations of an indicator, as columns."""

    ids: NDArray[np.int64]
    slots: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.int16]
    numerator: NDArray[np.float64] | None
    denominator: NDArray[np.float64] | None


@dataclass(frozen=True)
class Withdrawal:
    """What is withdrawn when `incoming` leaves it out: the figures of `areas` (None: of all) that are not `spared`.

    `spared` holds (area, key, period): figures that came in faulty, so that nobody knows whether they still stand.
    """

    areas: frozenset[str] | None = None
    spared: frozenset[tuple[str, str, str]] = frozenset()


def compare(indicator: Indicator, incoming: Incoming, withdrawal: Withdrawal | None = None) -> Change:
    """Return what publishing `incoming` would change now. A series and period must stand in it once."""
    here = _current(indicator, incoming)
    known, before = _matched(here.slots, incoming.slots())
    held = np.flatnonzero(known)
    differs = _differs(incoming.value[held], here.value[before]) | (
        incoming.flags[held] != here.flags[before]
    )
    for mine, theirs in (
        (incoming.numerator, here.numerator),
        (incoming.denominator, here.denominator),
    ):
        if mine is not None and theirs is not None:
            differs |= _differs(mine[held], theirs[before])
    left_out = np.full(len(here.ids), withdrawal is not None)
    left_out[before] = False
    if withdrawal is not None:
        for missed in np.flatnonzero(left_out).tolist():
            series, period = divmod(int(here.slots[missed]), max(1, len(incoming.period_list)))
            area, key = incoming.series_list[series]
            elsewhere = withdrawal.areas is not None and area not in withdrawal.areas
            spared = (area, key, incoming.period_list[period]) in withdrawal.spared
            left_out[missed] = not (elsewhere or spared)
    return Change(
        added=np.flatnonzero(~known),
        revised=held[differs],
        closed_by_revision=here.ids[before[differs]],
        withdrawn=here.ids[left_out],
        current=len(here.ids),
    )


def publish(
    *,
    actor: Actor,
    indicator: Indicator,
    incoming: Incoming,
    provenance: Provenance,
    withdrawal: Withdrawal | None = None,
) -> Release | None:
    """Return the release that makes the figures public; None when they are all public already.

    The caller has checked access and the figures: areas exist, periods are of the frequency, no series and period
    twice. With a `withdrawal` the current figures that `incoming` leaves out are withdrawn.
    """
    with transaction.atomic():
        change = compare(indicator, incoming, withdrawal)
        if change.is_nothing:
            return None
        now = clock.now()
        release = Release.objects.create(
            indicator=indicator,
            kind=provenance.kind,
            published_at=now,
            retrieved_at=provenance.retrieved_at or now,
            source=provenance.source,
            url=provenance.url,
            document=provenance.document,
            code_version=provenance.code_version,
            by=actor.pk,
            added=len(change.added),
            revised=len(change.revised),
            withdrawn=len(change.withdrawn),
        )
        _close(np.concatenate([change.closed_by_revision, change.withdrawn]), release)
        written = np.concatenate([change.revised, change.added])
        _insert(indicator, incoming, written, release)
        audit.record(
            actor,
            "indicators.release.publish",
            release,
            after={
                "indicator": indicator.code,
                "kind": release.kind,
                "source": release.source,
                "added": release.added,
                "revised": release.revised,
                "withdrawn": release.withdrawn,
            },
        )
        jobs.enqueue(SYSTEM, AFTER_RELEASE, release=release.pk)
    return release


def _matched(
    current: NDArray[np.int64], slots: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which slots are among the current ones, and the places there of those that are."""
    if not len(current):
        return np.zeros(len(slots), dtype=bool), np.empty(0, dtype=np.int64)
    order = np.argsort(current, kind="stable").astype(np.int32)
    ordered = current[order]
    at = np.searchsorted(ordered, slots).astype(np.int32)
    np.minimum(at, len(order) - 1, out=at)
    known: NDArray[np.bool_] = ordered[at] == slots
    return known, order[at[known]].astype(np.int64)


def _differs(mine: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (mine == theirs) | (np.isnan(mine) & np.isnan(theirs))
    return ~same


def _current(indicator: Indicator, incoming: Incoming) -> _Current:
    """Return the current observations, numbered in the lists of `incoming`, which grow by what it does not have."""
    series_of = {place: number for number, place in enumerate(incoming.series_list)}
    periods = {period: number for number, period in enumerate(incoming.period_list)}
    flags = {word: number for number, word in enumerate(incoming.flags_list)}
    found: list[tuple[int, int]] = []
    for pk, area, key in (
        Series.objects.filter(indicator=indicator).order_by().values_list("pk", "area", "key")
    ):
        place = series_of.setdefault((area, key), len(series_of))
        found.append((pk, place))
    lookup = np.zeros(max((pk for pk, _place in found), default=0) + 1, dtype=np.int64)
    for pk, place in found:
        lookup[pk] = place
    ratios = ["numerator", "denominator"] if incoming.numerator is not None else []
    rows = (
        Observation.objects.filter(series__indicator=indicator, until=None)
        .order_by()
        .values_list("pk", "series_id", "period", "flags", "value", *ratios)
        .iterator(chunk_size=_CHUNK)
    )
    pieces: list[dict[str, NDArray[Any]]] = []
    while batch := list(islice(rows, _CHUNK)):
        pk_, series, period, flag, *numbers = zip(*batch, strict=True)
        piece: dict[str, NDArray[Any]] = {
            "id": np.array(pk_, dtype=np.int64),
            "series": lookup[np.array(series, dtype=np.int64)],
            "period": np.array([periods.setdefault(each, len(periods)) for each in period], dtype=np.int32),
            "flags": np.array([flags.setdefault(each, len(flags)) for each in flag], dtype=np.int16),
        }
        for name, column in zip(["value", *ratios], numbers, strict=True):
            piece[name] = np.array(column, dtype=np.float64)
        pieces.append(piece)
    incoming.series_list[:] = list(series_of)
    incoming.period_list[:] = list(periods)
    incoming.flags_list[:] = list(flags)

    def joined(name: str, kind: Any) -> NDArray[Any]:
        # Given up piece by piece, so that no column is in memory twice.
        return np.concatenate([each.pop(name) for each in pieces] or [np.empty(0, dtype=kind)])

    slots = joined("series", np.int64) * max(1, len(periods))
    slots += joined("period", np.int32)
    return _Current(
        ids=joined("id", np.int64),
        slots=slots,
        value=joined("value", np.float64),
        flags=joined("flags", np.int16),
        numerator=joined("numerator", np.float64) if ratios else None,
        denominator=joined("denominator", np.float64) if ratios else None,
    )


def _series_ids(indicator: Indicator, wanted: list[tuple[str, str]]) -> list[int]:
    """Return the ids of series by (area, key), those that are new made now."""
    known = {
        (area, key): pk
        for pk, area, key in Series.objects.filter(indicator=indicator).values_list("pk", "area", "key")
    }
    new = [each for each in wanted if each not in known]
    for begin in range(0, len(new), 2000):
        part = [Series(indicator=indicator, area_id=area, key=key) for area, key in new[begin : begin + 2000]]
        for made in Series.objects.bulk_create(part):
            known[made.area_id, made.key] = made.pk
    return [known[each] for each in wanted]


def _rows(
    indicator: Indicator, incoming: Incoming, places: NDArray[np.int64]
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows to be written, in pieces: series, period, value, flags, and what is told of a ratio."""
    used = np.unique(incoming.series[places]).tolist()
    made = _series_ids(indicator, [incoming.series_list[each] for each in used])
    ids = dict(zip(used, made, strict=True))
    periods, flags = incoming.period_list, incoming.flags_list
    for begin in range(0, len(places), _CHUNK):
        part = places[begin : begin + _CHUNK]
        columns = [
            [ids[each] for each in incoming.series[part].tolist()],
            [periods[each] for each in incoming.period[part].tolist()],
            _numbers(incoming.value[part]),
            [flags[each] for each in incoming.flags[part].tolist()],
        ]
        columns += [
            _numbers(ratio[part]) for ratio in (incoming.numerator, incoming.denominator) if ratio is not None
        ]
        yield list(zip(*columns, strict=True))


def _numbers(column: NDArray[np.float64]) -> list[float | None]:
    return [None if each != each else each for each in column.tolist()]  # NaN alone differs from itself


def _insert(indicator: Indicator, incoming: Incoming, places: NDArray[np.int64], release: Release) -> None:
    """Write the figures at these places, in the order of the index that they go into."""
    table = Observation._meta.db_table
    names = ["series_id", "period", "value", "flags"]
    names += [
        name
        for name, ratio in (("numerator", incoming.numerator), ("denominator", incoming.denominator))
        if ratio is not None
    ]
    places = places[np.argsort(incoming.slots()[places], kind="stable")]
    with connection.cursor() as cursor:
        for piece in _rows(indicator, incoming, places):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({', '.join(names)}, since_id) FROM STDIN") as copy:
                    for row in piece:
                        copy.write_row((*row, release.pk))
                continue
            # Many rows in one statement: half the time of one statement a row.
            one = f"({', '.join(['%s'] * len(names))}, {release.pk:d})"
            for begin in range(0, len(piece), _ROWS_AT_ONCE):
                rows = piece[begin : begin + _ROWS_AT_ONCE]
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(names)}, since_id) VALUES {', '.join([one] * len(rows))}",  # noqa: S608
                    list(chain.from_iterable(rows)),
                )


def _close(ids: NDArray[np.int64], release: Release) -> None:
    for begin in range(0, len(ids), 500):
        Observation.objects.filter(pk__in=ids[begin : begin + 500].tolist(), until=None).update(until=release)
