"""Finds the measures of a plan: which labels belong together, under which title, and where each part ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gilde.plans.reader.document import Line, SourceDocument
from gilde.plans.reader.labels import Found
from gilde.plans.reader.template import PlanTemplate

_BEAM = 48  # open ways to share out the labels that are followed at the same time
_NEW_MEASURE, _NEW_MEASURE_SURE = 1.6, 0.6
_BACKWARDS = 0.5
_SKIPPED = 0.5  # what leaving a label out costs, as a share of its weight


@dataclass(frozen=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True)
class FoundMeasure:
    number: str | None
    title: str
    title_span: Span | None
    sections: dict[str, Span]
    span: Span


def group_labels(found: Sequence[Found], sections: Sequence[str]) -> list[list[Found]]:
    """Shares out labels over measures so that as many as possible stand in the order of the template.

    A label that would stand twice in a measure is left out where its neighbours fit better without it.
    """
    place = {section: index for index, section in enumerate(sections)}
    # state: (sections that the open measure has, last one) -> (score, chain of choices)
    states: dict[tuple[int, int], tuple[float, tuple[object, Found, bool] | None]] = {(0, -1): (0.0, None)}
    for label in found:
        index = place[label.section]
        following: dict[tuple[int, int], tuple[float, tuple[object, Found, bool] | None]] = {}
        for (mask, last), (score, chain) in states.items():
            _keep(following, (mask, last), score - label.weight * _SKIPPED, chain)
            if mask and not mask & (1 << index):
                order = 0.1 if index == last + 1 else 0.0 if index > last else -_BACKWARDS
                key = (mask | 1 << index, index)
                _keep(following, key, score + label.weight + order, (chain, label, False))
        best, chain = max(states.values(), key=lambda state: state[0])
        cost = _NEW_MEASURE_SURE if index == 0 and label.weight >= 0.95 else _NEW_MEASURE
        _keep(following, (1 << index, index), best + label.weight - cost, (chain, label, True))
        if len(following) > _BEAM:
            kept = sorted(following.items(), key=lambda item: -item[1][0])[:_BEAM]
            following = dict(kept)
        states = following
    groups: list[list[Found]] = []
    link = max(states.values(), key=lambda state: state[0])[1]
    open_group: list[Found] = []
    while link is not None:
        chain_before, label, begins = link
        open_group.append(label)
        if begins:
            groups.append(open_group[::-1])
            open_group = []
        link = chain_before  # type: ignore[assignment]
    return groups[::-1]


def _keep(
    states: dict[tuple[int, int], tuple[float, tuple[object, Found, bool] | None]],
    key: tuple[int, int],
    score: float,
    chain: tuple[object, Found, bool] | None,
) -> None:
    if key not in states or states[key][0] < score:
        states[key] = (score, chain)


@dataclass(frozen=True)
class _Title:
    line: int
    style: str
    number: str | None
    start: int  # where the words of the title begin


@cache
def _patterns(words: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    named = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return (
        (
            "named",
            re.compile(
                rf"(?:{named})\s{{0,3}}(?:(?:n[°ºr]?\.?|no\.?|#)\s{{0,2}})?"
                r"(?P<number>\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?|[IVX]{1,6}|[A-Z])(?![^\W_])\s{0,3}[.:)–—-]{0,2}\s*",
                re.IGNORECASE,
            ),
        ),
        ("dotted", re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?:[.):]|\s[–—:-])?(?:\s+|$)")),
        (
            "lettered",
            re.compile(r"(?P<number>[A-Z]{1,3}[ -]?\d{1,3}(?:\.\d{1,2})?)(?:[.):]|\s[–—:-])?(?:\s+|$)"),
        ),
        ("counted", re.compile(r"(?P<number>\d{1,3})(?:[.):]|\s[–—:-])?\s+(?=\S)")),
    )


_STYLES = ("named", "dotted", "lettered", "counted", "heading", "bold", "plain")


def find_measures(
    document: SourceDocument, groups: Sequence[Sequence[Found]], template: PlanTemplate
) -> list[FoundMeasure]:
    """The measures with title and sections. Contents lists and summaries are none: no labels follow them."""
    titles = _choose_titles(document, groups, template)
    measures = []
    for number, group in enumerate(groups):
        title = titles[number]
        begins = document.lines[title.line].start if title else group[0].start
        if number + 1 < len(groups):
            following = titles[number + 1]
            limit = document.lines[following.line].start if following else groups[number + 1][0].start
        else:
            limit = len(document.text)
        last = group[-1]
        end = _end_of_last(document, last, limit, title, template, closing=number + 1 == len(groups))
        sections = {}
        for label, after in zip(group, [*group[1:], None], strict=True):
            sections[label.section] = _trim(document, label.content, after.start if after else end)
        span = _title_span(document, title, group[0]) if title else None
        words = " ".join(document.text[span.start : span.end].split()).rstrip(" :") if span else ""
        measures.append(
            FoundMeasure(title.number if title else None, words, span, sections, Span(begins, end))
        )
    return measures


def _trim(document: SourceDocument, start: int, end: int) -> Span:
    """A span without blanks at its ends and without a page number or running head at either."""
    end = max(start, end)
    for line in reversed(document.lines[document.line_at(start) : document.line_at(end)]):
        if line.kind != "furniture":
            break
        end = max(start, min(end, line.start))
    while start < end and document.text[start].isspace():
        start += 1
    while end > start and document.text[end - 1].isspace():
        end -= 1
    return Span(start, end)


# -- titles


def _choose_titles(
    document: SourceDocument, groups: Sequence[Sequence[Found]], template: PlanTemplate
) -> list[_Title | None]:
    """The title before each group of labels, in the style that most of the measures share."""
    regions = []
    after = -1
    for group in groups:
        regions.append(_candidates(document, after, group[0].line, template))
        after = group[-1].line
    shared = {
        style: sum(any(title.style == style for title in region) for region in regions) for style in _STYLES
    }
    ranking = sorted(
        _STYLES, key=lambda style: (-_worth(style, shared[style], len(groups)), _STYLES.index(style))
    )
    chosen: list[_Title | None] = []
    for region in regions:
        title = None
        for style in ranking:
            title = next((candidate for candidate in region if candidate.style == style), None)
            if title:
                break
        chosen.append(title)
    return chosen


def _worth(style: str, count: int, groups: int) -> float:
    sureness = {"named": 3, "dotted": 3, "lettered": 3, "heading": 2, "counted": 1.6, "bold": 1.2, "plain": 1}
    return sureness[style] * count / groups


def _candidates(document: SourceDocument, after: int, label: int, template: PlanTemplate) -> list[_Title]:
    """Lines before the first label of a measure that can be its title, the nearest first."""
    titles: list[_Title] = []
    seen = 0
    for number in range(label - 1, max(after, label - 40), -1):
        line = document.lines[number]
        words = document.text[line.start : line.end]
        if line.kind == "furniture" or not words.strip():
            continue
        seen += 1
        if len(words) > 300 or (words.endswith((".", ";", ",")) and len(words) > 150):
            continue
        matched = False
        for style, pattern in _patterns(template.measure_words):
            start = (
                line.start
                if line.start < line.content and line.marker and line.marker[:1].isdigit()
                else None
            )
            match = pattern.match(document.text, line.start if start is not None else line.content, line.end)
            if not match or (style == "counted" and (seen > 6 or words.endswith((".", ";", ",")))):
                continue
            if match.end() >= line.end and number + 1 >= label:
                continue  # a number without any title after it
            titles.append(_Title(number, style, match.group("number"), match.end()))
            matched = True
            break
        if not matched and line.kind == "heading":
            titles.append(_Title(number, "heading", None, line.content))
        elif not matched and line.bold and seen <= 4:
            titles.append(_Title(number, "bold", None, line.content))
        elif not matched and seen == 1 and len(words) <= 150 and not words.endswith((".", ";", ",", ":")):
            titles.append(_Title(number, "plain", None, line.content))
    return titles


def _title_span(document: SourceDocument, title: _Title, label: Found) -> Span:
    """The words of a title; it may go on in the next lines, or stand wholly in the next."""
    line = document.lines[title.line]
    start, end = title.start, line.end
    number = title.line + 1
    empty = not document.text[start:end].strip()
    if empty and number < label.line:
        start, end = document.lines[number].content, document.lines[number].end
        line, number = document.lines[number], number + 1
    while number < label.line and number <= title.line + 3:
        following = document.lines[number]
        first = document.text[following.content : following.content + 1]
        goes_on = first.islower() or (end - start > 45 and not following.gap and following.bold == line.bold)
        if following.gap and not (first.islower() and following.kind == line.kind):
            break
        if (
            following.marker
            or following.kind != line.kind
            or not goes_on
            or following.end - following.start > 120
        ):
            break
        end = following.end
        number += 1
    return Span(start, end)


# -- where the last section ends


def _end_of_last(
    document: SourceDocument,
    last: Found,
    limit: int,
    title: _Title | None,
    template: PlanTemplate,
    *,
    closing: bool,
) -> int:
    """Where the last section of a measure ends: before something larger, at the latest at `limit`."""
    title_line = document.lines[title.line] if title else None
    label_line = document.lines[last.line]
    begin = document.line_at(last.content)
    chapter = _next_chapter(title)
    seen_numbers: set[int] = set()
    for number in range(begin, len(document.lines)):
        line = document.lines[number]
        if line.start >= limit:
            break
        words = document.text[line.start : line.end]
        if line.kind == "furniture":
            continue
        if line.kind == "heading" and _is_above(line, title_line, label_line):
            return line.start
        if not heading_like(document, number) and not line.bold:
            _note_number(words, seen_numbers)
            continue
        counted = re.match(r"(\d{1,2})(?:\.\d{1,2})*[.)]?\s+\S", words)
        if counted and line.gap:
            value = int(counted.group(1))
            if value == chapter and value - 1 not in seen_numbers:
                return line.start
            if chapter is None and value > 1 and value - 1 not in seen_numbers:
                return line.start
        if _names_block(words, template.block_words) and line.gap:
            return line.start
        if closing and line.gap and _opens_chapter(document, number, label_line, first=number == begin):
            return line.start
        _note_number(words, seen_numbers)
    return limit


def _note_number(words: str, seen: set[int]) -> None:
    match = re.match(r"\(?(\d{1,2})[.)]", words)
    if match:
        seen.add(int(match.group(1)))


def _next_chapter(title: _Title | None) -> int | None:
    """The number of the chapter after that of the measures: 4 for measure 3.14."""
    if title is None or title.style != "dotted" or title.number is None:
        return None
    return int(title.number.split(".")[0]) + 1


def _is_above(line: Line, title: Line | None, label: Line) -> bool:
    if title is not None and title.kind == "heading":
        return line.level <= title.level
    if label.kind == "heading":
        return line.level <= label.level
    return True


def heading_like(document: SourceDocument, number: int) -> bool:
    """Whether a line reads as a heading: short, alone in its paragraph, capital first, no full stop."""
    line = document.lines[number]
    words = document.text[line.content : line.end]
    if line.kind == "heading":
        return True
    if line.kind == "furniture" or not line.gap or len(words) > 110 or len(words.split()) > 12:
        return False
    following = next(
        (line for line in document.lines[number + 1 : number + 4] if line.kind != "furniture"), None
    )
    if following is not None:
        if document.text[following.content].islower() and not following.marker:
            return False  # it runs on behind a page break
        if (
            not following.gap
            and not following.marker
            and following.kind == line.kind
            and following.cell == line.cell
        ):
            return False
    if (
        not words
        or words[-1] in ".;,:!?…"
        or not (words[0].isupper() or words[0].isdigit() or words[0] in "(“\"'")
    ):
        return False
    return line.marker is None or bool(re.match(r"\d", line.marker))


@cache
def _block_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    named = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:{named})\s{{1,3}}(?:\d{{1,2}}|[IVX]{{1,5}}|[A-Z])(?![^\W_])", re.IGNORECASE)


def _names_block(words: str, block_words: tuple[str, ...]) -> bool:
    return bool(_block_pattern(block_words).match(words))


def _opens_chapter(document: SourceDocument, number: int, label: Line, *, first: bool) -> bool:
    """Behind the last measure: a heading without number, told by the running text that follows it."""
    line = document.lines[number]
    if first or line.marker or line.cell:
        return False
    if line.bold and label.bold and not _has_figures(document, line):
        return True
    if number + 1 >= len(document.lines) or _has_figures(document, line):
        return False
    following = document.lines[number + 1]
    words = document.text[following.start : following.end]
    return following.gap and not following.marker and len(words) > 60 and words.rstrip()[-1:] in ".:"


def _has_figures(document: SourceDocument, line: Line) -> bool:
    return bool(re.search(r"\d|€", document.text[line.start : line.end]))
