"""The sheets of units: what a unit is, told on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gilde.qualifications.joint_document import (
    Break,
    Document,
    Facts,
    Heading,
    Items,
    Paragraph,
    Part,
    Table,
    cell,
)
from gilde.qualifications.joint_document import joined as joined_cell
from gilde.qualifications.joint_purposes import purpose_of
from gilde.qualifications.joint_whole import UnitTold, Whole
from gilde.qualifications.joint_words import hours_words, number, point_words, rounding_words
from gilde.qualifications.models import Joint


def sheet(whole: Whole, unit: UnitTold, address: str) -> Document:
    """Return the sheet of one unit."""
    return _document(whole, _("Unit sheet"), list(_parts(whole, unit)), address)


def sheets(whole: Whole, address: str) -> Document:
    """Return the sheets of all units, those of the core first, each on a page of its own."""
    parts: list[Part] = []
    in_order = [*whole.core, *(unit for each in whole.partners for unit in whole.national(each))]
    for unit in in_order:
        parts += [Break()] if parts else []
        parts += _parts(whole, unit)
    if not parts:
        parts.append(Paragraph(cell(_("There are no units yet."))))
    return _document(whole, _("Unit sheets"), parts, address)


def _document(whole: Whole, title: str, parts: list[Part], address: str) -> Document:
    draft = _("Draft") if whole.joint.state == Joint.State.DRAFT else ""
    return Document(
        title=f"{title} ({draft})" if draft else title,
        subject=cell(whole.joint.title),
        draft=draft,
        language=(get_language() or "en").split("-")[0],
        footer=address,
        parts=parts,
    )


def _parts(whole: Whole, told: UnitTold) -> Iterator[Part]:
    unit, purpose = told.unit, purpose_of(whole.joint)
    national = next((each for each in whole.partners if each.pk == unit.national_id), None)
    assessor = next((each for each in whole.partners if each.pk == unit.assessed_by_id), None)
    yield Heading(1, cell(unit.title))
    place = str(purpose.core)
    if national is not None:
        named = {"partner": str(national.organisation), "country": national.country}
        place = _("%(partner)s (%(country)s) only") % named
    yield Facts(
        [
            (_("Belongs to"), cell(place)),
            (_("Level"), cell(_("EQF level %(eqf)d") % {"eqf": whole.joint.eqf} if whole.joint.eqf else "")),
            (_("Workload"), cell(hours_words(told.work.told_hours))),
            (_("Credit points"), cell(number(unit.credit) if unit.credit is not None else "")),
            (_("Taught by"), joined_cell([each.organisation.name for each in unit.delivered_by.all()])),
            (_("Assessed by"), cell(assessor.organisation.name if assessor else "")),
            (_("Assessment"), cell(unit.assessment)),
        ]
    )
    yield Heading(2, cell(_("Learning outcomes")))
    if told.outcomes:
        yield Items([cell(each.statement) for each in told.outcomes])
    else:
        yield Paragraph(cell(_("No outcomes are chosen yet.")))
    yield Heading(2, cell(_("Credit in each partner's system")))
    yield Table(
        _("What the unit is worth in each system"),
        [cell(_("Partner")), cell(_("Country")), cell(_("System")), cell(_("Points"))],
        [
            [
                cell(each.organisation.name),
                cell(each.country),
                cell(point_words(each)),
                cell(points),
            ]
            for each, points in zip(whole.partners, told.points, strict=True)
        ],
        [3, 1, 3, 1],
    )
    yield Paragraph(cell(rounding_words()), quiet=True)
