"""The parts of a page that are made of data. Templates use them as tags, see `/design/`; lists as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gilde.core.text import Text

Kind = Literal["good", "warn", "bad", "info", "none", "plain"]


@dataclass(frozen=True)
class Tab:
    """One of the views of a thing: a link, with how many there are behind it where that helps."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of a task that takes several pages; `state` is done, current or ahead."""

    label: str
    state: Literal["done", "current", "ahead"] = "ahead"


@dataclass(frozen=True)
class Task:
    """One thing to be done, with where it stands."""

    title: str
    url: str = ""
    hint: str = ""
    kind: Kind = "none"
    word: str = ""


@dataclass(frozen=True)
class Fact:
    """A row of a summary list: label, value, and what one may do about it."""

    label: str
    value: object
    act: str = ""
    url: str = ""


@dataclass(frozen=True)
class Signal:
    """A figure that stands alone; `value` None means that nothing is known, and is shown so, never as 0."""

    label: str
    value: object | None
    hint: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """A row of a timeline. A missing start or end is open; `vague` when dates are less exact than a day."""

    label: str
    start: date | None
    end: date | None
    kind: Kind = "none"
    vague: bool = False
    milestones: Sequence[date] = field(default_factory=tuple)
    url: str = ""


def status(kind: Kind, word: object) -> SafeString:
    """Return a status tag: word, shape and colour. `kind` gives shape and colour, never the meaning."""
    return format_html('<span class="tag {}">{}</span>', kind, word)


def tick(value: bool | None) -> SafeString:
    """Return a tick box as the source has it: ticked, not ticked or unknown, with a word for each."""
    state, sign, word = {
        True: ("yes", "☑", pgettext("tick box", "ticked")),
        False: ("no", "☐", pgettext("tick box", "not ticked")),
        None: ("unknown", "?", pgettext("tick box", "unknown")),
    }[value]
    return format_html(
        '<span class="tick {}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        state,
        word,
        sign,
        word,
    )


def link(url: str, words: object) -> SafeString:
    """Return a link."""
    return format_html('<a href="{}">{}</a>', url, words)


def day(value: date | None, missing: str = "") -> SafeString:
    """Return a day in the reader's locale as a `<time>`; a dash that reads `missing` when there is none."""
    if value is None:
        return nothing(missing)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "DATE_FORMAT"))


def nothing(words: str = "") -> SafeString:
    """Return what stands where there is no value: a dash, and for a screen reader the words."""
    return format_html(
        '<span class="quiet-text"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">{}</span></span>',
        words or _("none"),
    )


def written(value: object) -> object:
    """Return a value as the reader reads it: dates and numbers in their locale, a dash for nothing."""
    if value is None or value == "":
        return nothing()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return day(value.date())
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | Decimal | float):
        return number_format(value, force_grouping=True)
    if isinstance(value, Text):
        shown = value.shown()
        return (
            format_html('<span lang="{}">{}</span>', shown.language, shown.words)
            if shown.foreign
            else shown.words
        )
    return value


def timeline(bars: Sequence[Bar], label: str, today: date) -> SafeString:
    """Return a timeline as SVG, one row a bar, years as scale, a line at today; empty when nothing is dated.

    The picture says nothing that the page's table does not; `label` is its words for who cannot see it.
    """
    days = [d for bar in bars for d in (bar.start, bar.end, *bar.milestones) if d is not None]
    if not days:
        return SafeString("")
    first, last = date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1)
    left, width, row = 280, 960, 26
    span = (last - first).days

    def x(moment: date) -> float:
        return round(left + (moment - first).days / span * (width - left), 1)

    height = row * len(bars) + 24
    parts = [
        format_html(
            '<line class="grid" x1="{0}" x2="{0}" y1="18" y2="{1}"/>'
            '<text class="scale" x="{2}" y="12">{3}</text>',
            x(date(year, 1, 1)),
            height,
            x(date(year, 1, 1)) + 3,
            str(year),
        )
        for year in range(first.year, last.year)
    ]
    for number, bar in enumerate(bars):
        parts.append(_bar(bar, 24 + number * row, x, first, last))
    if first <= today < last:
        parts.append(
            format_html('<line class="today" x1="{0}" x2="{0}" y1="16" y2="{1}"/>', x(today), height)
        )
    return format_html(
        '<svg class="timeline" role="{}" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        # What holds links is no picture to a screen reader, else nobody could reach them.
        "group" if any(bar.url for bar in bars) else "img",
        label,
        str(width),
        str(height),
        str(width),
        str(height),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _bar(bar: Bar, y: int, x: object, first: date, last: date) -> SafeString:
    assert callable(x)
    words = bar.label if len(bar.label) <= 42 else bar.label[:41].rstrip() + "…"
    text = format_html('<text x="0" y="{}">{}<title>{}</title></text>', str(y + 14), words, bar.label)
    if bar.url:
        text = format_html('<a href="{}">{}</a>', bar.url, text)
    shapes = [text]
    if bar.start or bar.end:
        start, end = x(bar.start or first), x(bar.end or last)
        shapes.append(
            format_html(
                '<rect class="bar {} {}" x="{}" y="{}" width="{}" height="12" rx="1"/>',
                bar.kind,
                "vague" if bar.vague or not (bar.start and bar.end) else "",
                start,
                str(y + 4),
                max(round(end - start, 1), 3),
            )
        )
    for moment in bar.milestones:
        centre = x(moment)
        points = f"{centre},{y + 2} {centre + 8},{y + 10} {centre},{y + 18} {centre - 8},{y + 10}"
        shapes.append(format_html('<polygon class="milestone" points="{}"/>', points))
    return format_html_join("", "{}", ((shape,) for shape in shapes))
