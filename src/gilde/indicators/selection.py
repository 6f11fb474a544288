"""What is asked of an indicator's figures: areas, categories, a time, a moment; and the rows that answer it.

One question has one order, key, area and period, which is that of the index of series: a page begins where the one
before ended, however many millions there are, and a whole answer is read row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cache, lru_cache
from heapq import merge
from itertools import groupby
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.errors import Invalid
from gilde.indicators import periods
from gilde.indicators.access import visible_indicators
from gilde.indicators.dimensions import Dimension, breakdown_of, dimensions_of
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Area, Indicator, Observation, Release, Series
from gilde.indicators.models.definitions import Frequency

Row: TypeAlias = tuple[str, str, str, float | None, str, float | None, float | None, int]
COLUMNS: Final = (
    "series__key",
    "series__area_id",
    "period",
    "value",
    "flags",
    "numerator",
    "denominator",
    "since_id",
)
# So many breakdowns are named in one query: a database takes only so many parameters.
_AT_ONCE: Final = 500
# What stands in a query that is written once for what will be asked.
_CODE: Final = "\x01asked"
_MARK: Final = UUID(int=1)
_NUMBER: Final = -987_654_321
_MOST_NAMED: Final = 40  # in a sentence that says what there is
_LAST_OF_YEAR: Final = {
    Frequency.YEAR: "{0:04d}",
    Frequency.SCHOOL_YEAR: "{0:04d}-{1:04d}",
    Frequency.QUARTER: "{0:04d}-Q4",
    Frequency.MONTH: "{0:04d}-12",
}


@dataclass(frozen=True, slots=True)
class Head:
    """What has to be known of an indicator before anything is read: whether an answer kept earlier still holds."""

    pk: UUID
    code: str
    version: int
    public: bool
    release: int  # the newest one, 0 where nothing was published

    @property
    def state(self) -> tuple[Any, ...]:
        """Return what changes whenever an answer may."""
        return (str(self.pk), self.version, self.public, self.release)


def heads(found: QuerySet[Indicator]) -> list[Head]:
    """Return the heads of indicators, by code, in one query."""
    return [_head(row) for row in _rows_of_heads(found)]


def head(actor: Actor, code: str) -> Head | None:
    """Return the head of an indicator that the actor may see, None where there is none; one query.

    For a visitor the query is written once in a process: to write it takes longer than to ask it.
    """
    if actor.is_authenticated:
        return next(iter(heads(visible_indicators(actor).filter(code=code))), None)
    sql, parameters = _visitors_query(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [code if each == _CODE else each for each in parameters])
        row = cursor.fetchone()
    return _head(row) if row else None


@cache
def _visitors_query(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Return the query for what a visitor may see, with `_CODE` where the code of an indicator has to be."""
    found = _rows_of_heads(visible_indicators(AnonymousUser()).filter(code=_CODE))
    sql, parameters = found.query.sql_with_params()
    return sql, parameters


def _rows_of_heads(found: QuerySet[Indicator]) -> QuerySet[Indicator, tuple[Any, ...]]:
    newest = Release.objects.filter(indicator=OuterRef("pk")).order_by().values("indicator")
    latest = Subquery(newest.annotate(n=Max("pk")).values("n")[:1])
    return found.order_by("code").values_list("pk", "code", "version", "state", latest)


def _head(row: Sequence[Any]) -> Head:
    pk, code, version, state, release = row
    # SQLite gives the letters of an identifier where nobody asks Django to read them.
    pk = pk if isinstance(pk, UUID) else UUID(pk)
    return Head(pk, code, version, state == Indicator.State.PUBLISHED, release or 0)


@dataclass(frozen=True)
class Shape:
    """What a question about an indicator may name. `keys` and `areas` are in the order of the database."""

    indicator: Indicator
    dimensions: Sequence[Dimension]
    keys: Mapping[str, Mapping[str, str]]
    areas: Mapping[str, int]

    @classmethod
    def of(cls, indicator: Indicator) -> Shape:
        """Return the shape of an indicator, in two queries."""
        dimensions = dimensions_of(indicator)
        series = Series.objects.filter(indicator=indicator)
        keys = series.order_by("key").values_list("key", flat=True).distinct()
        areas = series.order_by("area_id").values_list("area_id", flat=True).distinct()
        return cls(
            indicator,
            dimensions,
            {key: breakdown_of(key, dimensions) for key in keys},
            {area: place for place, area in enumerate(areas)},
        )

    def categories(self, dimension: Dimension) -> list[str]:
        """Return the categories of a dimension: those that it declares, and those that figures have."""
        used = {breakdown.get(dimension.code, "") for breakdown in self.keys.values()}
        return sorted({*dimension.categories, dimension.total, *used} - {""})


@dataclass(frozen=True)
class Selection:
    """A question. `areas` and `keys` are None for all; `keys` are in the order of the database.

    `release` is the newest one that counts, None for the current state: the state is told of that release, so that
    what is published while somebody turns pages changes none of them.
    """

    indicator: Indicator
    areas: tuple[str, ...] | None = None
    keys: tuple[str, ...] | None = None
    first: str = ""
    last: str = ""
    release: int | None = None
    shape: Shape | None = field(default=None, compare=False, repr=False)

    def as_of(self, release: int | None) -> Selection:
        """Return the same question, of the state after a release."""
        return replace(self, release=release)

    def page(self, size: int, after: tuple[str, str, str] | None = None) -> list[Row]:
        """Return the first `size` rows after one with this key, area and period; one query, two for the past."""
        rows: list[Row] = []
        for keys in self._portions(after):
            parts = self._first(keys, after, size - len(rows))
            rows += parts[0] if len(parts) == 1 else list(self._in_order(parts))[: size - len(rows)]
            if len(rows) >= size:
                break
        return rows

    def has_more_than(self, count: int) -> bool:
        """Return whether the answer has more rows than this; it counts no further."""
        left = count
        for keys in self._portions(None):
            for part in self._parts(keys):
                left -= part.order_by()[: left + 1].count()
                if left < 0:
                    return True
        return False

    def rows(self) -> Iterator[Row]:
        """Yield every row, without holding them."""
        for keys in self._portions(None):
            parts = [part.iterator(chunk_size=2000) for part in self._parts(keys)]
            yield from parts[0] if len(parts) == 1 else self._in_order(parts)

    def lines(self) -> Iterator[Line]:
        """Yield every series with its figures, one at a time."""
        areas = Area.objects.in_bulk() if self.areas is None else Area.objects.in_bulk(self.areas)
        for (key, area), rows in groupby(self.rows(), key=lambda row: row[:2]):
            figures = tuple(
                Figure(period, value, flags, numerator, denominator, release)
                for _key, _area, period, value, flags, numerator, denominator, release in rows
            )
            yield Line(0, self.indicator, areas[area], key, figures)

    def _in_order(self, parts: Sequence[Iterable[Row]]) -> Iterator[Row]:
        """Yield the rows of two queries in one order: that of the database, whatever its collation."""
        shape = self.shape or Shape.of(self.indicator)
        keys = {key: place for place, key in enumerate(shape.keys)}
        return merge(*parts, key=lambda row: (keys[row[0]], shape.areas[row[1]], row[2]))

    def _first(
        self, keys: tuple[str, ...] | None, after: tuple[str, str, str] | None, size: int
    ) -> list[list[Row]]:
        """Return the first rows of each part. Questions of one kind are written as a query once in a process."""
        known: dict[Any, Any] = {_MARK: self.indicator.pk, _MARK.hex: self.indicator.pk.hex}
        for name, values in (("area", self.areas), ("key", keys), ("after", after)):
            known |= {f"{_CODE} {name} {place}": value for place, value in enumerate(values or ())}
        known |= {f"{_CODE} first": self.first, f"{_CODE} last": self.last, _NUMBER: self.release}
        kind = (
            None if self.areas is None else len(self.areas),
            None if keys is None else len(keys),
            bool(self.first),
            bool(self.last),
            self.release is not None,
            after is not None,
            size,
        )
        found = []
        for sql, parameters in _queries(connection.vendor, kind):
            with connection.cursor() as cursor:
                cursor.execute(sql, [known.get(each, each) for each in parameters])
                found.append(cursor.fetchall())
        return found

    def _portions(self, after: tuple[str, str, str] | None) -> Iterator[tuple[str, ...] | None]:
        if self.keys is None:
            yield None
            return
        begin = self.keys.index(after[0]) if after and after[0] in self.keys else 0
        for place in range(begin, len(self.keys), _AT_ONCE):
            yield self.keys[place : place + _AT_ONCE]

    def _parts(self, keys: tuple[str, ...] | None) -> list[QuerySet[Observation, Row]]:
        """Return the queries whose rows together answer: those that hold, and for the past those closed since."""
        found = Observation.objects.filter(series__indicator=self.indicator.pk)
        if self.areas is not None:
            found = found.filter(series__area__in=self.areas)
        if keys is not None:
            found = found.filter(series__key__in=keys)
        if self.first:
            found = found.filter(period__gte=self.first)
        if self.last:
            found = found.filter(period__lte=self.last)
        found = found.order_by("series__key", "series__area_id", "period")
        current = found.filter(until=None)
        if self.release is None:
            return [current.values_list(*COLUMNS)]
        past = found.filter(until__isnull=False, until__gt=self.release)
        return [part.filter(since__lte=self.release).values_list(*COLUMNS) for part in (current, past)]


def select(
    shape: Shape,
    *,
    areas: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    categories: Mapping[str, Sequence[str]] | None = None,
    first: str = "",
    last: str = "",
) -> Selection:
    """Return the question of areas, breakdowns (as keys or by category) and periods, both included.

    Raises Invalid, with what there is, for an area, dimension, category, breakdown or period that there is not.
    """
    wanted: list[str] | None = None
    if keys is not None:
        if unknown := [key for key in keys if key not in shape.keys]:
            raise _unknown(_("There is no breakdown “%(given)s”."), unknown[0], list(shape.keys))
        wanted = [key for key in shape.keys if key in set(keys)]
    if categories:
        chosen = _of_categories(shape, categories)
        wanted = chosen if wanted is None else [key for key in wanted if key in set(chosen)]
    if areas is not None and (unknown := [code for code in areas if code not in shape.areas]):
        raise _unknown(_("There are no figures for the area “%(given)s”."), unknown[0], sorted(shape.areas))
    return Selection(
        shape.indicator,
        None if areas is None else tuple(dict.fromkeys(areas)),
        None if wanted is None else tuple(wanted),
        period_of(first, shape.indicator.frequency),
        period_of(last, shape.indicator.frequency, end=True),
        shape=shape,
    )


def period_of(words: str, frequency: str, *, end: bool = False) -> str:
    """Return a period as it is stored, "" for none; a year alone is its first period, or its last with `end`.

    Raises Invalid for anything else.
    """
    if not words:
        return ""
    if len(words) == 4 and words.isascii() and words.isdigit() and frequency != Frequency.YEAR:
        year = int(words)
        return _LAST_OF_YEAR[Frequency(frequency)].format(year, year + 1) if end else words
    return str(periods.parse(words, frequency))


def moment_of(words: str) -> datetime | None:
    """Return the moment that is written as a date or a time: the end of that day, second or millisecond; None for "".

    What is told of a moment that Gilde itself has written, cut short, is so what held at that moment. Raises Invalid
    for anything else.
    """
    if not words:
        return None
    try:
        if day := parse_date(words):
            moment: datetime | None = datetime.combine(day, time.max)
        elif moment := parse_datetime(words):
            fraction = re.search(r"[.,](\d{1,6})", words)
            moment = moment.replace(microsecond=int(fraction[1].ljust(6, "9")) if fraction else 999_999)
        if moment is not None:
            return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    except (ValueError, OverflowError):
        pass
    raise Invalid(
        _("“%(words)s” is no moment that can be read. Write it as 2026-01-31 or 2026-01-31T12:00:00Z.")
        % {"words": words[:40]}
    )


def release_at(indicator: Any, moment: datetime) -> int:
    """Return the release that was the newest at a moment, 0 where nothing was published yet."""
    found = Release.objects.filter(indicator=indicator, published_at__lte=moment).order_by()
    return found.aggregate(newest=Max("pk"))["newest"] or 0


def _of_categories(shape: Shape, categories: Mapping[str, Sequence[str]]) -> list[str]:
    known = {dimension.code: dimension for dimension in shape.dimensions}
    for code, wanted in categories.items():
        if code not in known:
            raise _unknown(_("There is no dimension “%(given)s”."), code, sorted(known))
        there_are = shape.categories(known[code])
        if unknown := [each for each in wanted if each not in there_are]:
            sentence = _("The dimension “%(code)s” has no category “%%(given)s”.") % {
                "code": code.replace("%", "%%")
            }
            raise _unknown(sentence, unknown[0], there_are)
    allowed = {code: set(wanted) for code, wanted in categories.items()}
    return [
        key
        for key, breakdown in shape.keys.items()
        if all(breakdown.get(code, "") in wanted for code, wanted in allowed.items())
    ]


def _unknown(sentence: str, given: str, known: Iterable[str]) -> Invalid:
    there_are = list(known)
    shown = ", ".join(there_are[:_MOST_NAMED]) or _("none")
    if len(there_are) > _MOST_NAMED:
        shown += ", …"
    return Invalid(
        sentence % {"given": given[:80]} + " " + _("There are: %(known)s.") % {"known": shown},
        known=there_are[:1000],
    )


@lru_cache(maxsize=512)
def _queries(vendor: str, kind: tuple[Any, ...]) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the queries of a kind of question, with marks where its values have to be."""
    areas, keys, first, last, past, after, size = kind

    def marks(name: str, count: int | None) -> tuple[str, ...] | None:
        return None if count is None else tuple(f"{_CODE} {name} {place}" for place in range(count))

    asked = Selection(
        Indicator(pk=_MARK),
        marks("area", areas),
        None,
        f"{_CODE} first" if first else "",
        f"{_CODE} last" if last else "",
        _NUMBER if past else None,
    )
    found = []
    for part in asked._parts(marks("key", keys)):
        beyond = marks("after", 3) if after else None
        part = part.filter(_beyond(beyond)) if beyond else part  # type: ignore[arg-type]
        found.append(part[:size].query.sql_with_params())
    return found


def _beyond(after: tuple[str, str, str]) -> Q:
    """Return what comes after a key, area and period. The first term alone lets the index begin at the key."""
    key, area, period = after
    later = Q(series__area__gt=area) | Q(series__area=area, period__gt=period)
    return Q(series__key__gte=key) & (Q(series__key__gt=key) | Q(series__key=key) & later)
