"""What is built together, read whole in few questions to the database: partners with what they cover, units, credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch

from gilde.core.uris import uri
from gilde.qualifications import described as told
from gilde.qualifications.comparing import ancestors, lineage_of
from gilde.qualifications.coverage import Coverage, LevelGap, coverage, level_gap
from gilde.qualifications.describing import outcome as describe_outcome
from gilde.qualifications.joint_credit import Converted, Workload, converted, total
from gilde.qualifications.joint_lacks import Lack, giver_of, lacks, workload_of
from gilde.qualifications.joint_words import number, points_words
from gilde.qualifications.models import (
    Joint,
    JointOutcome,
    JointUnit,
    OutcomeConcept,
    OutcomeVersion,
    Partner,
    QualificationVersion,
    Unit,
    UnitOutcome,
)


@dataclass(frozen=True)
class UnitTold:
    """A unit with its outcomes and its credit: `points` in the system of each partner, in their order, as words.

    They are as told where the partner gave them, else converted by hours; "" where that cannot be known.
    """

    unit: JointUnit
    outcomes: tuple[told.Outcome, ...]
    work: Workload
    points: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """A partner: its national qualification, what that covers of the core, and how far its level is off."""

    partner: Partner
    national: told.Described | None
    covers: Coverage
    gap: LevelGap
    total: Converted | None  # the core and its own national part, in its own system


@dataclass(frozen=True)
class Whole:
    """Something that is built together, with all its parts."""

    joint: Joint
    partners: tuple[Partner, ...]
    units: tuple[UnitTold, ...]

    @property
    def core(self) -> tuple[UnitTold, ...]:
        """Return the units that all partners share."""
        return tuple(each for each in self.units if each.unit.national_id is None)

    def national(self, partner: Partner) -> tuple[UnitTold, ...]:
        """Return the units of the national part of a partner."""
        return tuple(each for each in self.units if each.unit.national_id == partner.pk)

    @cached_property
    def lacks(self) -> list[Lack]:
        """Return what is missing before the partners can agree."""
        return lacks(self.joint, self.partners, [each.unit for each in self.units])

    @cached_property
    def sides(self) -> tuple[Side, ...]:
        """Return each partner with what its qualification covers of the core, in their order."""
        core = [outcome for each in self.core for outcome in each.outcomes]
        nationals = [_national(each.qualification) for each in self.partners]
        every = [*core, *(o for each in nationals if each for o in each.all_outcomes())]
        above = ancestors(link.uri for outcome in every for link in outcome.concepts)
        lineage = {
            **lineage_of(each.qualification for each in self.partners if each.qualification),
            **{
                uri("outcome", use.outcome_id): str(use.outcome.outcome_id)
                for each in self.core
                for use in each.unit.outcomes.all()
            },
        }
        gaps = level_gap([level_of(each) for each in self.partners], self.joint.eqf)
        return tuple(
            Side(
                partner,
                national,
                coverage(core, national, broader=above, lineage=lineage),
                gap,
                self._total(partner),
            )
            for partner, national, gap in zip(self.partners, nationals, gaps, strict=True)
        )

    def _total(self, partner: Partner) -> Converted | None:
        units = (*self.core, *self.national(partner))
        work = total(each.work for each in units) if units else None
        return converted(work, partner.hours_per_credit) if work else None


def whole(joint: Joint) -> Whole:
    """Return something that is built together with all its parts; ten questions, however many parts."""
    partners = tuple(partners_of(joint))
    units = list(
        joint.units.order_by("position", "pk").prefetch_related(
            Prefetch("delivered_by", Partner.objects.select_related("organisation").order_by("position")),
            Prefetch("outcomes", JointOutcome.objects.order_by("position", "pk")),
        )
    )
    wordings = _wordings(partners, units)
    return Whole(joint, partners, tuple(_unit(joint, each, partners, wordings) for each in units))


def partners_of(joint: Joint) -> Sequence[Partner]:
    """Return the partners in their order, with everything that is told of their qualifications."""
    uses = UnitOutcome.objects.select_related("outcome__outcome").order_by("position", "pk")
    of = "qualification__units"
    return list(
        joint.partners.order_by("position", "country", "pk")
        .select_related(
            "organisation",
            "level__framework",
            "qualification__qualification",
            "qualification__level__framework",
            "qualification__framework",
        )
        .prefetch_related(
            Prefetch(of, Unit.objects.order_by("position", "code", "pk")),
            Prefetch(f"{of}__outcomes", uses),
            Prefetch(f"{of}__outcomes__outcome__concepts", OutcomeConcept.objects.order_by("pk")),
        )
    )


def level_of(partner: Partner) -> told.LevelTold | None:
    """Return the national level of a partner, that of its qualification where it tells none itself."""
    version = partner.qualification
    level = partner.level or (version.level if version else None)
    if level is None:
        return None
    framework = level.framework
    return told.LevelTold(framework.code, level.code, level.eqf, level.name, framework.name, level.uri)


def _national(version: QualificationVersion | None) -> told.Described | None:
    """Return of a national qualification what a core is held against: its units and outcomes."""
    if version is None:
        return None
    return told.Described(
        uri=uri("qualification", version.qualification_id),
        version_uri=uri("qualification-version", version.pk),
        code=version.qualification.code,
        title=version.title,
        country=version.qualification.country,
        number=version.number,
        units=tuple(
            told.Unit(
                uri=uri("unit", unit.pk),
                title=unit.title,
                code=unit.code,
                outcomes=tuple(describe_outcome(use.outcome) for use in unit.outcomes.all()),
            )
            for unit in version.units.all()
        ),
    )


def _wordings(partners: Sequence[Partner], units: Sequence[JointUnit]) -> dict[object, OutcomeVersion]:
    """Return the outcomes of units by key: those of the partners' qualifications are read already."""
    wordings: dict[object, OutcomeVersion] = {
        use.outcome_id: use.outcome
        for partner in partners
        if partner.qualification
        for unit in partner.qualification.units.all()
        for use in unit.outcomes.all()
    }
    strangers = {use.outcome_id for unit in units for use in unit.outcomes.all()} - wordings.keys()
    if strangers:  # of a qualification that a partner exchanged for another one
        read = OutcomeVersion.objects.filter(pk__in=strangers).select_related("outcome")
        wordings |= {each.pk: each for each in read.prefetch_related("concepts")}
    for unit in units:
        for use in unit.outcomes.all():
            use.outcome = wordings[use.outcome_id]
    return wordings


def _unit(
    joint: Joint, unit: JointUnit, partners: Sequence[Partner], wordings: dict[object, OutcomeVersion]
) -> UnitTold:
    giver = giver_of(unit, partners, joint.lead_id)
    work = workload_of(unit, giver)
    return UnitTold(
        unit,
        tuple(describe_outcome(wordings[use.outcome_id]) for use in unit.outcomes.all()),
        work,
        tuple(_points(work, each, own=giver is not None and giver.pk == each.pk) for each in partners),
    )


def _points(work: Workload, partner: Partner, *, own: bool) -> str:
    if own and work.points is not None:
        return number(work.points)
    return points_words(converted(work, partner.hours_per_credit))
