"""The memorandum of understanding: what the parties agree to, made of what they built.

Its parts follow the model in Annex II of the Recommendation of 18 June 2009 on ECVET (OJ C 155, 8.7.2009, p. 11): the
points were dropped in 2020, the memorandum between competent institutions stayed in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.joint_document import (
    Cell,
    Document,
    Facts,
    Heading,
    Items,
    Paragraph,
    Part,
    Table,
    Words,
    cell,
    joined,
)
from gilde.qualifications.joint_purposes import purpose_of
from gilde.qualifications.joint_whole import UnitTold, Whole, level_of
from gilde.qualifications.joint_words import (
    counts_words,
    gap_words,
    hours_words,
    level_words,
    point_words,
    points_words,
    rounding_words,
)
from gilde.qualifications.models import Joint

Institutions = Mapping[str, Sequence[Text]]  # by the key of a partner: who awards its qualification


def memorandum(whole: Whole, institutions: Institutions, names: Mapping[str, str], address: str) -> Document:
    """Return the memorandum as it stands. `names` are the signatories whom the reader may know by name."""
    joint = whole.joint
    draft = _("Draft") if joint.state == Joint.State.DRAFT else ""
    title = str(purpose_of(joint).memorandum)
    sections: list[tuple[str, Iterator[Part]]] = [
        (_("Parties"), _parties(whole, institutions)),
        (_("Purpose and scope"), _scope(whole)),
        (_("Duration"), _duration(whole)),
        (_("Frameworks and levels"), _levels(whole)),
        (_("Qualifications concerned"), _qualifications(whole)),
        (_("Units of learning outcomes"), _units(whole)),
        (_("Credit and its conversion"), _credit(whole)),
        (_("Assessment"), _assessment(whole)),
        (_("Validation and recognition"), _recognition(whole)),
        (_("Quality assurance"), _own_words(joint.quality)),
        (_("Governance"), _own_words(joint.governance)),
        (_("Mutual trust"), _trust()),
        (_("Signatures"), _signatures(whole, names)),
    ]
    parts: list[Part] = [Paragraph(cell(_status(whole)), quiet=True)]
    for at, (heading, told) in enumerate(sections, 1):
        parts += [Heading(1, cell(f"{at}. {heading}")), *told]
    return Document(
        title=f"{title} ({draft})" if draft else title,
        subject=cell(joint.title),
        draft=draft,
        language=(get_language() or "en").split("-")[0],
        footer=address,
        parts=parts,
    )


def _status(whole: Whole) -> str:
    joint = whole.joint
    if joint.agreed_at is not None:
        told = {"day": date_format(joint.agreed_at, "DATE_FORMAT"), "version": joint.version}
        if joint.state == Joint.State.CLOSED:
            return _("Agreed by all parties on %(day)s, and closed since.") % told
        return _("Agreed by all parties on %(day)s, version %(version)d.") % told
    return _("This is a draft, version %(version)d. It binds nobody until every party has agreed to it.") % {
        "version": joint.version
    }


def _parties(whole: Whole, institutions: Institutions) -> Iterator[Part]:
    rows: list[Sequence[Cell]] = []
    for each in whole.partners:
        role = _("lead partner") if each.organisation_id == whole.joint.lead_id else _("partner")
        competent = institutions.get(str(each.pk)) or [each.organisation.name]
        rows.append(
            [
                cell(each.organisation.name),
                cell(each.country),
                cell(role),
                joined(competent),
                cell(each.contact),
            ]
        )
    yield Table(
        _("Parties and competent institutions"),
        [
            cell(_("Party")),
            cell(_("Country")),
            cell(_("Role")),
            cell(_("Competent institution")),
            cell(_("Contact")),
        ],
        rows,
        [3, 1, 1.4, 3, 2],
    )
    yield Paragraph(
        cell(
            _(
                "The competent institution awards the national qualification, or is empowered to assess, validate and "
                "recognise its units. Where no other is named it is the party itself."
            )
        ),
        quiet=True,
    )


def _scope(whole: Whole) -> Iterator[Part]:
    yield Paragraph(cell(purpose_of(whole.joint).scope))
    if whole.joint.summary:
        yield Paragraph(cell(whole.joint.summary))


def _duration(whole: Whole) -> Iterator[Part]:
    starts, ends = whole.joint.starts, whole.joint.ends
    told = {
        "starts": date_format(starts, "DATE_FORMAT") if starts else "",
        "ends": date_format(ends, "DATE_FORMAT") if ends else "",
    }
    if starts and ends:
        words = _("From %(starts)s until %(ends)s.") % told
    elif starts:
        words = _("From %(starts)s, without an end that is fixed.") % told
    elif ends:
        words = _("From the day on which all parties have agreed until %(ends)s.") % told
    else:
        words = _("From the day on which all parties have agreed, without an end that is fixed.")
    yield Paragraph(cell(words))
    yield Paragraph(
        cell(
            _(
                "What was agreed is never changed afterwards: a change is a new memorandum. A learner who began a unit "
                "while this one held keeps the right to have it recognised."
            )
        )
    )


def _levels(whole: Whole) -> Iterator[Part]:
    aimed = whole.joint.eqf
    yield Paragraph(
        cell(
            _("The parties aim at level %(eqf)d of the European Qualifications Framework (EQF).")
            % {"eqf": aimed}
            if aimed is not None
            else _("No level of the European Qualifications Framework (EQF) is aimed at.")
        )
    )
    yield Table(
        _("National levels"),
        [
            cell(_("Party")),
            cell(_("Country")),
            cell(_("National level")),
            cell(_("Against the level aimed at")),
        ],
        [
            [
                cell(side.partner.organisation.name),
                cell(side.partner.country),
                cell(level_words(level_of(side.partner))),
                cell(gap_words(side.gap, aimed)),
            ]
            for side in whole.sides
        ],
        [3, 1, 3, 3],
    )


def _qualifications(whole: Whole) -> Iterator[Part]:
    rows: list[Sequence[Cell]] = []
    for side in whole.sides:
        version = side.partner.qualification
        code = f"{version.qualification.code}, {_('version')} {version.number}" if version else ""
        rows.append(
            [
                cell(side.partner.country),
                cell(version.title if version else ""),
                cell(code),
                cell(counts_words(side.covers.counts)),
            ]
        )
    yield Table(
        _("National qualifications and how much of the core each covers"),
        [cell(_("Country")), cell(_("Qualification")), cell(_("Code")), cell(_("Of the core"))],
        rows,
        [1, 3, 2, 3],
    )


def _units(whole: Whole) -> Iterator[Part]:
    purpose = purpose_of(whole.joint)
    if not whole.units:
        yield Paragraph(cell(_("No units are named.")))
    for each in whole.core:
        yield from _unit(each, str(purpose.core))
    for partner in whole.partners:
        for each in whole.national(partner):
            yield from _unit(each, partner.country)


def _unit(told: UnitTold, place: str) -> Iterator[Part]:
    yield Heading(2, [*cell(told.unit.title), Words(f" ({place})")])
    if told.outcomes:
        yield Items([cell(each.statement) for each in told.outcomes])
    else:
        yield Paragraph(cell(_("No outcomes are chosen yet.")))


def _credit(whole: Whole) -> Iterator[Part]:
    partners = whole.partners
    yield Facts([(f"{each.organisation} ({each.country})", cell(point_words(each))) for each in partners])
    totals = [_("Core and own national part"), "", *(points_words(side.total) for side in whole.sides)]
    yield Table(
        _("Credit points of each unit in each partner's system"),
        [cell(_("Unit")), cell(_("Workload")), *(cell(each.country) for each in partners)],
        [
            *(
                [
                    cell(each.unit.title),
                    cell(hours_words(each.work.told_hours)),
                    *(cell(points) for points in each.points),
                ]
                for each in whole.units
            ),
            [cell(each) for each in totals],
        ],
        [3, 1.4, *(1 for _each in partners)],
    )
    yield Paragraph(cell(rounding_words()), quiet=True)


def _assessment(whole: Whole) -> Iterator[Part]:
    by_key = {each.pk: each for each in whole.partners}
    rows: list[Sequence[Cell]] = []
    for each in whole.units:
        assessor = by_key[each.unit.assessed_by_id] if each.unit.assessed_by_id else None
        rows.append(
            [
                cell(each.unit.title),
                joined([partner.organisation.name for partner in each.unit.delivered_by.all()]),
                cell(assessor.organisation.name if assessor else ""),
                cell(each.unit.assessment),
            ]
        )
    if rows:
        yield Table(
            _("Who teaches and who assesses each unit"),
            [cell(_("Unit")), cell(_("Taught by")), cell(_("Assessed by")), cell(_("Assessment"))],
            rows,
            [2, 2, 2, 3],
        )
    yield Paragraph(
        cell(
            _(
                "Whoever assesses a unit records the result for the learner in words that the other parties can read, "
                "outcome by outcome."
            )
        )
    )


def _recognition(whole: Whole) -> Iterator[Part]:
    yield Paragraph(
        cell(
            _(
                "The party that assessed a unit confirms that the outcomes that were assessed are those of the unit, "
                "and that its credit was earned."
            )
        )
    )
    yield Paragraph(cell(purpose_of(whole.joint).recognition))


def _own_words(text: Text) -> Iterator[Part]:
    yield Paragraph(cell(text) if text else cell(_("Nothing is told yet.")))


def _trust() -> Iterator[Part]:
    yield Paragraph(cell(_("By agreeing, each party declares that it:")), leads=True)
    yield Items(
        [
            cell(words)
            for words in (
                _("accepts the other parties as competent institutions for what this memorandum names;"),
                _("holds their quality assurance, assessment, validation and recognition to be sufficient;"),
                _("holds the qualifications that are named here to be comparable for this purpose;"),
                _(
                    "tells the others in time when its qualification, its level or its way of assessing changes;"
                ),
                _(
                    "keeps what is known of learners to those who need it for teaching, assessing and recognising."
                ),
            )
        ]
    )


def _signatures(whole: Whole, names: Mapping[str, str]) -> Iterator[Part]:
    rows: list[Sequence[Cell]] = []
    for each in whole.partners:
        agreed = each.agreed_at is not None
        by = names.get(str(each.agreed_by), _("an approver of this party")) if agreed else ""
        day = date_format(each.agreed_at, "DATE_FORMAT") if each.agreed_at else _("not yet")
        rows.append([cell(each.organisation.name), cell(by), cell(day), cell(each.agreed_version)])
    yield Table(
        _("Who has agreed"),
        [cell(_("Party")), cell(_("Agreed by")), cell(_("On")), cell(_("Version"))],
        rows,
        [3, 3, 2, 1],
    )
    yield Paragraph(
        cell(
            _(
                "Each party agreed in Gilde, signed in, to exactly the version that is named. A later change takes "
                "back every agreement."
            )
        ),
        quiet=True,
    )
