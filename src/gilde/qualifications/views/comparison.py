"""Qualifications side by side: choosing them, the comparison, and how it is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Signal, Tab, nothing, status, written
from gilde.qualifications import comparing
from gilde.qualifications.comparing import Told
from gilde.qualifications.comparison import LEAST, MOST, Comparison, Counts, Found, Row, Side
from gilde.qualifications.comparison_facts import Piece, facts
from gilde.qualifications.comparison_picture import picture
from gilde.qualifications.comparison_rules import Rules, rules_on
from gilde.qualifications.comparison_words import (
    KINDS,
    STATUSES,
    Sentence,
    letters,
    sentences,
    status_word,
)
from gilde.qualifications.described import Described, Unit
from gilde.qualifications.forms.comparison import Asked

_OFFERED: Final = 30  # qualifications that one search offers


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Compare two to five qualifications on record; with fewer, or on demand, let the reader choose them."""
    asked = Asked.of_query(request.GET)
    if asked.choosing or not asked.enough:
        return _choose(request, asked)
    told = comparing.told(request.user, asked.codes)
    if len(told.qualifications) < LEAST:
        return _choose(request, asked, told.unknown)
    return render(request, "qualifications/comparison.html", _compared(request, asked, told))


@login_not_required
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """Say in plain words how two outcomes are judged, with the rules of today."""
    rules = rules_on()
    context = {
        "title": _("How outcomes are compared"),
        "crumbs": [*_crumbs(), (_("Compare"), reverse("qualifications:compare"))],
        "rules": rules,
        "grounds": [(words, _tag(said)) for words, said in _grounds(rules)],
        "tags": {each: _tag(each) for each in STATUSES},
    }
    return render(request, "qualifications/comparison_how.html", context)


def names_for(request: HttpRequest, compared: Comparison) -> dict[str, str]:
    """Return who confirmed links, by name for readers who have signed in: the public learns that it was confirmed."""
    if not request.user.is_authenticated:
        return {}
    found = (each for side in compared.sides for row in side.rows for each in row.found)
    return comparing.names(by for each in found for evidence in each.for_best for by in evidence.confirmed_by)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Qualifications"), reverse("qualifications:list"))]


def _tag(said: str) -> SafeString:
    return status(KINDS[said], status_word(said))  # type: ignore[index,arg-type]  # one of STATUSES


# --- choosing


def _choose(request: HttpRequest, asked: Asked, unknown: Sequence[str] = ()) -> HttpResponse:
    picked = comparing.chosen(request.user, asked.codes)
    codes = {code for code, _title, _country in picked}
    offered = [
        each for each in comparing.found(request.user, asked.find, most=_OFFERED) if each[0] not in codes
    ]
    context = {
        "title": _("Compare qualifications"),
        "crumbs": _crumbs(),
        "asked": asked,
        "picked": picked,
        "offered": offered,
        "full": len(offered) + len(picked) >= _OFFERED,
        "unknown": ", ".join(unknown or [code for code in asked.codes if code not in codes]),
        "least": LEAST,
        "most": MOST,
    }
    return render(
        request, "qualifications/comparison_choose.html", context, status=422 if asked.too_many else 200
    )


# --- the comparison


@dataclass(frozen=True)
class Head:
    """A qualification as tables name it."""

    letter: str
    told: Described
    url: str

    @property
    def title(self) -> object:
        """Return its title, marked with its language where that is not the reader's."""
        return written(self.told.title)


def _compared(request: HttpRequest, asked: Asked, told: Told) -> dict[str, Any]:
    compared = told.compared()
    heads = _heads(compared.qualifications)
    side = next((each for each in compared.sides if each.qualification.code == asked.of), compared.sides[0])
    here = compared.sides.index(side)
    names = names_for(request, compared)
    rows = [
        row for row in side.rows if asked.show is None or asked.show in {each.status for each in row.found}
    ]
    known = facts(compared.qualifications)
    more = {"show": asked.show} if asked.show else {}
    return {
        "title": _("Qualifications compared"),
        "crumbs": [*_crumbs(), (_("Compare"), reverse("qualifications:compare"))],
        "asked": asked,
        "unknown": ", ".join(told.unknown),
        "invented": [each.title for each in told.invented],
        "heads": heads,
        "signals": _signals(side, heads[here], sum(each.differs for each in known)),
        "facts": [(row.label, [_pieces(value) for value in row.values]) for row in known],
        "picture": picture(compared),
        "key": [_tag(each) for each in STATUSES],
        "today": clock.today(),
        "overlap": _overlap(compared, heads),
        "together": len(heads) > LEAST,
        "tabs": [
            Tab(
                f"{head.letter} · {head.told.title}",
                asked.address(of=head.told.code, **more) + "#outcomes",
                head is heads[here],
                len(each.rows),
            )
            for head, each in zip(heads, compared.sides, strict=True)
        ],
        "head": heads[here],
        "others": [head for head in heads if head is not heads[here]],
        "choices": [(each, status_word(each), each == asked.show) for each in STATUSES],
        "units": _by_unit(rows, names),
        "listed": len(rows),
        "all": len(side.rows),
        "silent": any(found.by_concepts_only for row in side.rows for found in row.found),
        "span": len(heads),
        "choose": asked.address(choose="1"),
        "files": asked.address(),
    }


def _heads(qualifications: Sequence[Described]) -> list[Head]:
    return [
        Head(letter, each, reverse("qualifications:qualification", args=[each.code]))
        for letter, each in zip(letters(len(qualifications)), qualifications, strict=True)
    ]


def _signals(side: Side, head: Head, differing: int) -> list[Signal]:
    counts = side.everywhere
    of = _("of %(n)s learning outcomes of %(letter)s") % {"n": counts.total, "letter": head.letter}
    url = reverse("qualifications:how-compared")
    labels = {
        "shared": ngettext("shared with the other", "shared with all others", len(side.others)),
        "partly": ngettext(
            "partly shared with the other", "at least partly shared with all others", len(side.others)
        ),
        "missing": ngettext("missing in the other", "missing in one of the others", len(side.others)),
    }
    told = [Signal(labels[each], getattr(counts, each), of, url) for each in STATUSES]
    return [
        *told,
        Signal(_("facts that differ"), differing, _("level, volume, assessment and more"), "#facts"),
    ]


def _pieces(value: Sequence[Piece]) -> SafeString:
    return (
        format_html_join(SafeString("<br>"), "{}", ((written(piece),) for piece in value))
        if value
        else nothing()
    )


def _overlap(compared: Comparison, heads: Sequence[Head]) -> list[tuple[Head, list[object], object]]:
    """Return a row a qualification: how much of it is found in each, in the order of all, and in all others."""
    rows: list[tuple[Head, list[object], object]] = []
    for head, side in zip(heads, compared.sides, strict=True):
        cells: list[object] = [_numbers(each) for each in side.counts]
        cells.insert(
            compared.sides.index(side), format_html('<span class="quiet-text">{}</span>', _("itself"))
        )
        rows.append((head, cells, _numbers(side.everywhere)))
    return rows


def _numbers(counts: Counts) -> SafeString:
    return format_html_join(
        "",
        '<span class="many"><b>{}</b> {}</span>',
        ((getattr(counts, each), status_word(each).lower()) for each in STATUSES),
    )


def _by_unit(rows: Sequence[Row], names: Mapping[str, str]) -> list[tuple[object, SafeString]]:
    """Return the rows of the table of outcomes by unit, written: rows are many, and an include in each is slow."""
    units: dict[str, tuple[Unit | None, list[SafeString]]] = {}
    for row in rows:
        key = row.unit.uri if row.unit else ""
        units.setdefault(key, (row.unit, []))[1].append(_row(row, names))
    return [
        (_unit(unit) if unit else _("In no unit"), format_html_join("", "{}", ((line,) for line in lines)))
        for unit, lines in units.values()
    ]


def _unit(unit: Unit) -> SafeString:
    return format_html("{} {}", unit.code, written(unit.title))


def _row(row: Row, names: Mapping[str, str]) -> SafeString:
    cells = format_html_join("", "<td>{}</td>", ((_cell(each, names),) for each in row.found))
    return format_html('<tr><th scope="row">{}</th>{}</tr>', written(row.outcome.statement), cells)


def _cell(found: Found, names: Mapping[str, str]) -> SafeString:
    if found.best is None:
        why = _("compared by skills only: no common language") if found.by_concepts_only else ""
        return format_html("{}{}", _tag(found.status), _hint(why))
    told = format_html_join("", "{}", ((_hint(_said(each)),) for each in sentences(found.for_best, names)))
    others = len({each.of for each in found.evidence}) - 1
    more = ngettext("and %(n)s other outcome like it", "and %(n)s other outcomes like it", others) % {
        "n": others
    }
    return format_html(
        '{}<span class="best">{}</span>{}{}',
        _tag(found.status),
        written(found.best.statement),
        told,
        _hint(more if others else ""),
    )


def _said(sentence: Sentence) -> SafeString:
    return format_html(
        "{}{}{}", sentence.before, written(sentence.label) if sentence.label else "", sentence.after
    )


def _hint(words: object) -> SafeString:
    return format_html('<span class="hint evidence">{}</span>', words) if words else SafeString("")


def _grounds(rules: Rules) -> list[tuple[str, str]]:
    """Return each ground in plain words with what it says by itself."""
    words = {
        "same-outcome": _("Both qualifications hold the same outcome, be it in an older or newer wording."),
        "same-concept": _(
            "Both outcomes are linked to the same skill as an exact match, and both links are confirmed."
        ),
        "same-concept-unconfirmed": _(
            "The same, but one of the links was proposed by a machine and nobody confirmed it."
        ),
        "broader": _("By its links the other outcome covers this one and more."),
        "narrower": _("By its links the other outcome is a part of this one."),
        "related-concept": _(
            "Both are linked to the same skill, but the links do not tell which is broader."
        ),
    }
    return [(words[ground], said) for ground, said in rules.says.items()]
