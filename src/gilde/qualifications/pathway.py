"""Where a qualification stands on the way: what one needs before, what comes next, what is near at another level.

"Next" and "before" are told by prerequisites and stacking. "Near" is what shares confirmed skills of ESCO with it at a
higher level: nobody has decided that it follows, so it is drawn as a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.qualifications.access import visible_versions
from gilde.qualifications.models import Linked, OutcomeConcept, Prerequisite, QualificationVersion
from gilde.qualifications.models.qualifications import ON_REGISTER

_NEAR_MOST: Final = 4
_BOX, _HEIGHT, _GAP, _LEFT, _ROW = 210, 44, 24, 96, 92


@dataclass(frozen=True)
class Stop:
    """A qualification on the way. `how` is here, before, next or near; `why` says in words what joins it."""

    code: str
    title: Text
    eqf: int
    how: str
    why: str = ""
    kind: str = ""


def stops(reader: Actor, version: QualificationVersion) -> list[Stop]:
    """Return the stops of the way around a version, highest level first; only itself when nothing is known of it."""
    here = _stop(version, "here")
    found = [here] if here else []
    mine = version.qualification_id
    shown = (
        visible_versions(reader)
        .filter(state__in=sorted(ON_REGISTER))
        .select_related("qualification", "level")
    )
    needed = Prerequisite.objects.filter(version=version, qualification__isnull=False).values("qualification")
    joined = shown.filter(
        Q(qualification__in=needed)
        | Q(prerequisites__qualification=mine)
        | Q(stack_rules__micro_credentials=mine)
        | Q(qualification__stacks__version=version)
    ).exclude(qualification=mine)
    before = set(version.prerequisites.values_list("qualification", flat=True))
    for each in joined.distinct():
        stacked = each.qualification.kind == "micro-credential"
        how = "before" if each.qualification_id in before or stacked else "next"
        why = _("is asked before") if each.qualification_id in before else _("asks this before")
        if stacked:
            why = _("counts towards it")
        if stop := _stop(each, how, why):
            found.append(stop)
    known = {stop.code for stop in found}
    found += [stop for stop in _near(reader, version) if stop.code not in known]
    return sorted(found, key=lambda stop: (-stop.eqf, stop.how != "here", str(stop.title)))


def _near(reader: Actor, version: QualificationVersion) -> list[Stop]:
    if version.level is None or not version.level.eqf:
        return []
    links = OutcomeConcept.objects.filter(state=Linked.State.CONFIRMED)
    skills = list(links.filter(outcome__uses__unit__version=version).values_list("uri", flat=True).distinct())
    if not skills:
        return []
    shared = Count(
        "units__outcomes__outcome__concepts__uri",
        filter=Q(
            units__outcomes__outcome__concepts__uri__in=skills,
            units__outcomes__outcome__concepts__state=Linked.State.CONFIRMED,
        ),
        distinct=True,
    )
    near = (
        visible_versions(reader)
        .filter(state__in=sorted(ON_REGISTER), level__eqf__gt=version.level.eqf)
        .exclude(qualification=version.qualification_id)
        .annotate(shared=shared)
        .filter(shared__gt=0)
        .select_related("qualification", "level")
        .order_by("-shared", "level__eqf", "pk")[:_NEAR_MOST]
    )
    made = [_stop(each, "near", _("shares %(count)d skills") % {"count": each.shared}) for each in near]
    return [stop for stop in made if stop]


def _stop(version: QualificationVersion, how: str, why: str = "") -> Stop | None:
    if version.level is None or not version.level.eqf:
        return None
    qualification = version.qualification
    return Stop(
        qualification.code, version.title, version.level.eqf, how, why, qualification.get_kind_display()
    )


def picture(found: Sequence[Stop]) -> SafeString:
    """Return the way as SVG: a row a level, highest first; solid lines are decided, dashed ones suggestions.

    Empty when there is only the qualification itself. The page has the same as a list.
    """
    if len(found) < 2:
        return SafeString("")
    levels = sorted({stop.eqf for stop in found}, reverse=True)
    places: dict[str, tuple[int, int]] = {}
    widest = 1
    for row, eqf in enumerate(levels):
        here = [stop for stop in found if stop.eqf == eqf]
        widest = max(widest, len(here))
        for column, stop in enumerate(here):
            places[stop.code] = (_LEFT + column * (_BOX + _GAP), row * _ROW + 12)
    width, height = _LEFT + widest * (_BOX + _GAP), len(levels) * _ROW
    centre = next((stop for stop in found if stop.how == "here"), None)
    parts = [_scale(eqf, row, width) for row, eqf in enumerate(levels)]
    if centre:
        parts += [
            _line(places[stop.code], places[centre.code], stop.how) for stop in found if stop is not centre
        ]
    parts += [_box(stop, *places[stop.code]) for stop in found]
    return format_html(
        '<svg class="pathway" role="group" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        _("Pathway across levels"),
        *(str(each) for each in (width, height, width, height)),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _scale(eqf: int, row: int, width: int) -> SafeString:
    y = row * _ROW + 12 + _HEIGHT // 2
    return format_html(
        '<line class="row" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="scale" x="0" y="{}">{}</text>',
        *(str(each) for each in (_LEFT - 12, width, y, y, y + 4)),
        _("Level %(level)d") % {"level": eqf},
    )


def _line(other: tuple[int, int], here: tuple[int, int], how: str) -> SafeString:
    """A line from the lower to the higher one, with a head at the higher: from before to here, from here to next."""
    low, high = (other, here) if how == "before" else (here, other)
    x1, y1 = low[0] + _BOX // 2, low[1]
    x2, y2 = high[0] + _BOX // 2, high[1] + _HEIGHT
    middle = (y1 + y2) // 2
    if y2 > y1:  # in one row, or against the levels: round below
        y1, y2 = low[1] + _HEIGHT, high[1] + _HEIGHT
        middle = max(y1, y2) + _ROW - _HEIGHT - 24
    return format_html(
        '<path class="{}" d="M{} {} C{} {} {} {} {} {}"/><circle class="head" cx="{}" cy="{}" r="3.5"/>',
        "near" if how == "near" else "",
        *(str(each) for each in (x1, y1, x1, middle, x2, middle, x2, y2, x2, y2)),
    )


def _box(stop: Stop, x: int, y: int) -> SafeString:
    words = str(stop.title)
    cut = words if len(words) <= 29 else words[:28].rstrip() + "…"
    text = format_html('<text x="{}" y="{}">{}<title>{}</title></text>', str(x + 10), str(y + 19), cut, words)
    if stop.how != "here":
        address = reverse("qualifications:qualification", args=[stop.code])
        text = format_html('<a href="{}">{}</a>', address, text)
    under = _("this qualification") if stop.how == "here" else stop.why
    return format_html(
        '<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="2"/>{}'
        '<text class="scale" x="{}" y="{}">{}</text></g>',
        stop.how,
        *(str(each) for each in (x, y, _BOX, _HEIGHT)),
        text,
        str(x + 10),
        str(y + 36),
        under,
    )
