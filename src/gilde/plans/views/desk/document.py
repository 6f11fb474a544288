"""The document as it is shown beside the fields: its lines, and in them the places of the values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.plans.models import Reading, Value

# Lines shown before and after the measure, so that one sees what it stands between.
_AROUND = 3
# A longer measure is shown around the chosen place only.
_MOST = 700


@dataclass(frozen=True)
class Pane:
    """The lines shown, as HTML; `before` and `after` tell whether the document goes on outside."""

    lines: SafeString
    before: bool
    after: bool
    whole: bool


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    value: int
    section: bool
    chosen: bool


def pane(reading: Reading, values: Iterable[Value], chosen: Value | None, *, whole: bool = False) -> Pane:
    """Return the part of the document around these values, each in its place, the chosen one marked."""
    spans = _spans(values, chosen)
    lines: Sequence[Mapping[str, Any]] = reading.lines
    first, last = (0, len(lines)) if whole or not spans else _window(lines, spans, chosen)
    return Pane(
        SafeString("".join(_lines(reading.text, lines[first:last], spans))),
        first > 0,
        last < len(lines),
        whole or (first == 0 and last == len(lines)),
    )


def _spans(values: Iterable[Value], chosen: Value | None) -> list[_Span]:
    found = []
    for value in values:
        if value.view_start is None or value.view_end is None or value.view_end <= value.view_start:
            continue
        mine = chosen is not None and value.pk == chosen.pk
        found.append(
            _Span(value.view_start, value.view_end, value.pk, value.kind == Value.Kind.SECTION, mine)
        )
    return sorted(found, key=lambda span: (span.start, -span.end, span.value))


def _window(lines: Sequence[Mapping[str, Any]], spans: list[_Span], chosen: Value | None) -> tuple[int, int]:
    starts = [line["start"] for line in lines]
    first = max(0, bisect_right(starts, min(span.start for span in spans)) - 1 - _AROUND)
    last = min(len(lines), bisect_left(starts, max(span.end for span in spans)) + _AROUND)
    if last - first > _MOST:
        focus = next((span.start for span in spans if span.chosen), spans[0].start)
        middle = bisect_right(starts, focus)
        first, last = max(first, middle - _MOST // 3), min(last, middle + _MOST)
    return first, last


def _lines(text: str, lines: Iterable[Mapping[str, Any]], spans: list[_Span]) -> Iterable[str]:
    page, begun, marked = None, set[int](), False
    place, active = 0, list[_Span]()
    for line in lines:
        start, end = line["start"], line["end"]
        if line.get("page") not in (None, page):
            page = line["page"]
            yield format_html('<p class="doc-page">{}</p>', _("page %(number)s") % {"number": page})
        active = [span for span in active if span.end > start]
        while place < len(spans) and spans[place].start < end:
            if spans[place].end > start:
                active.append(spans[place])
            place += 1
        inside = _segments(text, start, end, active, begun, marked)
        marked = marked or any(span.chosen for span in active)
        yield f'<p class="{_classes(line)}">{inside}</p>'


def _classes(line: Mapping[str, Any]) -> str:
    kind = line.get("kind") or "text"
    classes = [f"doc-{kind}"]
    if kind == "heading":
        classes.append(f"doc-level-{min(int(line.get('level') or 1), 4)}")
    elif kind == "item" and line.get("level"):
        classes.append("doc-nested")
    if line.get("gap"):
        classes.append("doc-gap")
    if line.get("bold"):
        classes.append("doc-bold")
    return " ".join(classes)


def _segments(text: str, start: int, end: int, spans: list[_Span], begun: set[int], marked: bool) -> str:
    """Return one line cut at the borders of the spans in it; `begun` has the values with an anchor."""
    if not spans:
        return escape(text[start:end])
    cuts = sorted({start, end, *(c for s in spans for c in (s.start, s.end) if start < c < end)})
    parts: list[str] = []
    for left, right in pairwise(cuts):
        here = [span for span in spans if span.start < right and span.end > left]
        for span in here:
            if span.value not in begun:
                begun.add(span.value)
                parts.append(f'<span id="q{span.value}" class="doc-anchor"></span>')
        words = escape(text[left:right])
        ids = " ".join(str(span.value) for span in here)
        if any(span.chosen for span in here):
            anchor = "" if marked else ' id="chosen"'
            marked = True
            parts.append(f'<mark{anchor} data-v="{ids}">{words}</mark>')
        elif here:
            leaf = ' class="doc-value"' if any(not span.section for span in here) else ""
            parts.append(f'<span{leaf} data-v="{ids}">{words}</span>')
        else:
            parts.append(words)
    return "".join(parts)
