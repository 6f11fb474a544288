"""The matrix of a joint: outcomes of the core by partners, each cell with what was found and on what ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.core.components import nothing, status, written
from gilde.qualifications.comparison import Counts
from gilde.qualifications.comparison_evidence import Found
from gilde.qualifications.comparison_words import KINDS, STATUSES, Sentence, sentences
from gilde.qualifications.described import Outcome
from gilde.qualifications.joint_whole import Whole
from gilde.qualifications.joint_words import covered_word


@dataclass(frozen=True)
class Group:
    """A unit of the core with its rows, written: rows are many, and an include in each is slow."""

    title: object
    rows: SafeString


def by_unit(seen: Whole, names: Mapping[str, str]) -> list[Group]:
    """Return the rows of the matrix by unit of the core. `names` are those whom the reader may know by name."""
    found = [{each.outcome.uri: each.found for each in side.covers.outcomes} for side in seen.sides]
    return [
        Group(
            written(told.unit.title),
            format_html_join(
                "",
                '<tr><th scope="row">{}</th>{}</tr>',
                ((written(each.statement), _cells(each, found, names)) for each in told.outcomes),
            ),
        )
        for told in seen.core
        if told.outcomes
    ]


def numbers(counts: Counts | None) -> SafeString:
    """Return how much of the core is covered, partly covered and missing, as numbers with their words."""
    if counts is None or not counts.total:
        return nothing(_("cannot tell"))
    return format_html_join(
        "",
        '<span class="many"><b>{}</b> {}</span>',
        ((getattr(counts, each), covered_word(each).lower()) for each in STATUSES),
    )


def _cells(outcome: Outcome, found: list[dict[str, Found]], names: Mapping[str, str]) -> SafeString:
    return format_html_join(
        "", "<td>{}</td>", ((_cell(each.get(outcome.uri), outcome, names),) for each in found)
    )


def _cell(found: Found | None, outcome: Outcome, names: Mapping[str, str]) -> SafeString:
    if found is None:
        return nothing(_("no national qualification is chosen"))
    tag = status(KINDS[found.status], covered_word(found.status))
    if found.best is None:
        why = _("compared by skills only: no common language") if found.by_concepts_only else ""
        return format_html("{}{}", tag, _hint(why))
    if found.best.uri == outcome.uri:
        return format_html("{}{}", tag, _hint(_("this outcome is its own")))
    told = format_html_join("", "{}", ((_hint(_said(each)),) for each in sentences(found.for_best, names)))
    return format_html('{}<span class="best">{}</span>{}', tag, written(found.best.statement), told)


def _said(sentence: Sentence) -> SafeString:
    label = written(sentence.label) if sentence.label else ""
    return format_html("{}{}{}", sentence.before, label, sentence.after)


def _hint(words: object) -> SafeString:
    return format_html('<span class="hint evidence">{}</span>', words) if words else SafeString("")
