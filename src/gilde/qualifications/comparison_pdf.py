"""A comparison as PDF/UA-1: tagged, with its tables as tables, in the language of the reader."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

import typst
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.text import Text
from gilde.qualifications.comparison import LEAST, Comparison, Counts, Found, Side
from gilde.qualifications.comparison_facts import facts
from gilde.qualifications.comparison_words import Sentence, counts_words, letters, sentences, status_word

Words: TypeAlias = tuple[str, str]  # what is said, and its language where that is not the document's
_UPRIGHT = 2  # so many qualifications fit beside each other on an upright page


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst and no others, so that every machine draws the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _template() -> bytes:
    return resources.files("gilde.qualifications").joinpath("comparison.typ").read_bytes()


def make(compared: Comparison, names: Mapping[str, str], address: str) -> bytes:
    """Return the comparison as PDF/UA-1 (ISO 14289-1). `names` are those whom the reader may know by name."""
    now = clock.now()
    pdf = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"comparison": json.dumps(_told(compared, names, address), ensure_ascii=False)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(now.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def _told(compared: Comparison, names: Mapping[str, str], address: str) -> dict[str, Any]:
    qualifications = compared.qualifications
    named = letters(len(qualifications))
    today = date_format(clock.today(), "DATE_FORMAT")
    score = {
        "partly": number_format(compared.rules.text_partly, 2),
        "shared": number_format(compared.rules.text_shared, 2),
    }
    return {
        "title": _("Qualifications compared"),
        "author": "Gilde",
        "language": (get_language() or "en").split("-")[0],
        "wide": len(qualifications) > _UPRIGHT,
        "footer": address,
        "page_of": _("page {page} of {total}"),
        "lead": _("Learning outcome by learning outcome, as the qualifications stood on %(day)s.")
        % {"day": today},
        "heads": [
            {"letter": letter, "title": _words(each.title), "more": f"{each.code}  {each.country}"}
            for letter, each in zip(named, qualifications, strict=True)
        ],
        "most": max((len(side.rows) for side in compared.sides), default=0) or 1,
        "overlap": _overlap(compared, named),
        "facts": {
            "title": _("Facts side by side"),
            "caption": _("Level, volume, assessment and who awards it"),
            "head": [("", ""), *_heads(compared, named)],
            "rows": [
                [
                    [(row.label, "")],
                    *([_words(piece) for piece in value] or [("–", "")] for value in row.values),
                ]
                for row in facts(qualifications)
            ],
        },
        "outcomes": {
            "title": _("Learning outcomes"),
            "sides": [_side(side, compared, named, names) for side in compared.sides],
        },
        "judged": {
            "title": _("How this is judged"),
            "lines": [
                _(
                    "Shared: the same outcome, or both are linked to the same skill as a confirmed exact match."
                ),
                _(
                    "Partly: one is broader, narrower or related by its links, or the texts score %(partly)s or more."
                )
                % score,
                _("Text alone makes it shared only from %(shared)s on, and for outcomes of the same kind.")
                % score,
            ],
        },
    }


def _overlap(compared: Comparison, named: Sequence[str]) -> dict[str, Any]:
    several = len(named) > LEAST
    heads = [(_("in %(letter)s") % {"letter": each}, "") for each in named]
    rows = []
    for at, side in enumerate(compared.sides):
        cells = [_counted(each) for each in side.counts]
        cells.insert(at, _cell(("–", "")))
        last = [_counted(side.everywhere)] if several else []
        rows.append([_cell(_head(named[at], side.qualification.title)), *cells, *last])
    return {
        "title": _("Overlap"),
        "caption": _("Learning outcomes of each (row) by what was found of them in the others (column)"),
        "head": [("", ""), *heads, *([(_("in all others"), "")] if several else [])],
        "rows": rows,
    }


def _counted(counts: Counts) -> dict[str, Any]:
    return _cell((counts_words(counts), ""), [counts.shared, counts.partly, counts.missing])


def _cell(words: Words, numbers: Sequence[int] | None = None) -> dict[str, Any]:
    return {"words": words, "numbers": numbers}


def _side(side: Side, compared: Comparison, named: Sequence[str], names: Mapping[str, str]) -> dict[str, Any]:
    at = compared.sides.index(side)
    heads = _heads(compared, named)
    return {
        "title": heads[at],
        "caption": _("Outcomes of %(letter)s, and what was found of them") % {"letter": named[at]},
        "head": [heads[at], *heads[:at], *heads[at + 1 :]],
        "rows": [
            {"outcome": _words(row.outcome.statement), "found": [_found(each, names) for each in row.found]}
            for row in side.rows
        ],
    }


def _found(found: Found, names: Mapping[str, str]) -> dict[str, Any]:
    lines = [_line(each) for each in sentences(found.for_best, names)]
    if found.best is None and found.by_concepts_only:
        lines = [[(_("compared by skills only: no common language"), "")]]
    return {
        "status": found.status,
        "word": status_word(found.status),
        "best": _words(found.best.statement) if found.best else ("", ""),
        "evidence": lines,
    }


def _line(sentence: Sentence) -> list[Words]:
    parts = [(sentence.before, ""), _words(sentence.label), (sentence.after, "")]
    return [part for part in parts if part[0]]


def _heads(compared: Comparison, named: Sequence[str]) -> list[Words]:
    return [_head(letter, each.title) for letter, each in zip(named, compared.qualifications, strict=True)]


def _head(letter: str, title: Text) -> Words:
    words, language = _words(title)
    return f"{letter} {words}", language


def _words(value: Text | str) -> Words:
    if isinstance(value, str):
        return value, ""
    shown = value.shown()
    return shown.words, shown.language if shown.foreign else ""
