"""Building together: partners, units of the core and of national parts, and the outcomes in them.

Every change names the `lock` that the writer saw, the version of the row of the joint, and raises that version. It
takes back what partners had agreed to: they agreed to something else. What all agreed to is fixed. Raises Refused,
Invalid and Stale throughout; nothing is half stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications import access, vocabularies
from gilde.qualifications.models import (
    Joint,
    JointOutcome,
    JointUnit,
    OutcomeVersion,
    Partner,
    Unit,
)

# These stand in addresses where the name of a joint would.
RESERVED: Final = frozenset({"add"})
_UNIT_FIELDS: Final = ("national", "assessed_by")


def begin_joint(*, actor: Actor, lead: Organisation, title: Text, **fields: Any) -> Joint:
    """Begin something to be built together, with the lead as its first partner, and return it."""
    require(access.can_draft_for(actor, lead))
    joint = Joint(lead=lead, title=title, slug=_slug(title), **fields)
    _check_days(joint)
    with transaction.atomic():
        checked(joint).save()
        if lead.country:
            checked(Partner(joint=joint, organisation=lead, country=lead.country)).save()
        told = {"slug": joint.slug, "purpose": joint.purpose, "lead": str(lead.pk)}
        audit.record(actor, "qualifications.joint.begin", joint, after=told)
    return joint


def change_joint(*, actor: Actor, joint: Joint, lock: int, **fields: Any) -> Joint:
    """Change what is aimed at, how it is governed and how its quality is assured, and return it as stored."""
    _check_days(with_fields(joint, fields))
    before = {name: _plain(getattr(joint, name)) for name in fields}
    after = {name: _plain(value) for name, value in fields.items()}
    with _building(actor, joint, lock, "change", before=before, after=after):
        checked(with_fields(joint, fields))
        Joint.objects.filter(pk=joint.pk).update(**fields)
    joint.refresh_from_db()
    return joint


# --- partners


def add_partner(
    *, actor: Actor, joint: Joint, lock: int, organisation: Organisation, **fields: Any
) -> Partner:
    """Add a partner after the others, and return it. `fields` are further columns."""
    last = joint.partners.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    partner = Partner(joint=joint, organisation=organisation, position=position, **fields)
    with _building(actor, joint, lock, "add-partner", after=_partner_told(partner)):
        if joint.partners.filter(organisation=organisation).exists():
            raise _wrong("organisation", _("This organisation is a partner already."))
        _save_partner(actor, partner)
    return partner


def change_partner(*, actor: Actor, partner: Partner, lock: int, **fields: Any) -> Partner:
    """Change what a partner brings: its qualification, level and credit; and return it."""
    before, partner_changed = _partner_told(partner), with_fields(Partner.objects.get(pk=partner.pk), fields)
    after = _partner_told(partner_changed)
    with _building(actor, partner.joint, lock, "change-partner", before=before, after=after):
        partner_changed.agreed_by = partner_changed.agreed_at = partner_changed.agreed_version = None
        others = partner.joint.partners.filter(organisation=partner_changed.organisation)
        if others.exclude(pk=partner.pk).exists():
            raise _wrong("organisation", _("This organisation is a partner already."))
        if partner_changed.organisation_id != partner.organisation_id and _leads(partner):
            raise _wrong("organisation", _("This partner leads, and stays the same organisation."))
        _save_partner(actor, partner_changed, had=partner.qualification_id)
    return partner_changed


def remove_partner(*, actor: Actor, partner: Partner, lock: int) -> None:
    """Take a partner away with its national part; units that it was to assess have no assessor then."""
    if _leads(partner):
        raise Invalid(_("This partner leads, and cannot be removed. Begin a new one under another lead."))
    with _building(actor, partner.joint, lock, "remove-partner", before=_partner_told(partner)):
        partner.delete()


# --- units


def add_unit(
    *, actor: Actor, joint: Joint, lock: int, delivered_by: Collection[Partner] = (), **fields: Any
) -> JointUnit:
    """Add a unit after the others, to the core or to the national part of a partner, and return it."""
    last = joint.units.aggregate(last=Max("position"))["last"]
    unit = JointUnit(joint=joint, position=0 if last is None else last + 1, **fields)
    with _building(actor, joint, lock, "add-unit", after=_unit_told(unit, delivered_by)):
        _save_unit(unit, delivered_by)
    return unit


def change_unit(
    *, actor: Actor, unit: JointUnit, lock: int, delivered_by: Collection[Partner], **fields: Any
) -> JointUnit:
    """Change a unit, and return it."""
    before = _unit_told(unit, unit.delivered_by.all())
    unit_changed = with_fields(JointUnit.objects.get(pk=unit.pk), fields)
    after = _unit_told(unit_changed, delivered_by)
    with _building(actor, unit.joint, lock, "change-unit", before=before, after=after):
        _save_unit(unit_changed, delivered_by)
    return unit_changed


def move_unit(*, actor: Actor, unit: JointUnit, lock: int, up: bool) -> None:
    """Put a unit one place up or down in the core, or in its national part; at the end nothing happens."""
    with _building(actor, unit.joint, lock, "move-unit", after={"unit": str(unit.pk), "up": up}):
        units = list(unit.joint.units.order_by("position", "pk"))
        group = [each for each in units if each.national_id == unit.national_id]
        at = group.index(unit)
        to = at - 1 if up else at + 1
        if 0 <= to < len(group):
            one, other = units.index(unit), units.index(group[to])
            units[one], units[other] = units[other], units[one]
        for position, each in enumerate(units):
            if each.position != position:
                JointUnit.objects.filter(pk=each.pk).update(position=position)


def remove_unit(*, actor: Actor, unit: JointUnit, lock: int) -> None:
    """Take a unit away; its outcomes stay in the qualifications that they come from."""
    before = _unit_told(unit, unit.delivered_by.all())
    with _building(actor, unit.joint, lock, "remove-unit", before=before):
        unit.delete()


def choose_outcomes(
    *, actor: Actor, unit: JointUnit, lock: int, outcomes: Sequence[OutcomeVersion]
) -> JointUnit:
    """Say which outcomes a unit has, in this order; they come from the partners' qualifications or were there.

    Raises Invalid when another unit has one of them, be it in another wording: an outcome counts once.
    """
    chosen = [str(each.pk) for each in outcomes]
    with _building(
        actor, unit.joint, lock, "choose-outcomes", after={"unit": str(unit.pk), "outcomes": chosen}
    ):
        _check_outcomes(unit, outcomes)
        unit.outcomes.all().delete()
        JointOutcome.objects.bulk_create(
            JointOutcome(unit=unit, outcome=each, position=n) for n, each in enumerate(outcomes)
        )
    return unit


# --- what is checked everywhere


@contextmanager
def _building(actor: Actor, joint: Joint, lock: int, what: str, **told: Any) -> Iterator[None]:
    """One change: who may, who was first, agreements taken back, the event, all in one transaction."""
    require(access.can_build(actor, joint))
    with transaction.atomic():
        rows = Joint.objects.filter(pk=joint.pk, version=lock, state=Joint.State.DRAFT).update(
            version=F("version") + 1
        )
        if rows != 1:
            raise Stale(_("Somebody else changed this in the meantime. Look at it again, then save again."))
        agreed = joint.partners.filter(agreed_at__isnull=False)
        voided = agreed.update(agreed_by=None, agreed_at=None, agreed_version=None)
        yield
        if voided:
            told = {**told, "after": {**told.get("after", {}), "agreements_taken_back": voided}}
        audit.record(actor, f"qualifications.joint.{what}", joint, **told)
    joint.version = lock + 1


def _save_partner(actor: Actor, partner: Partner, had: UUID | None = None) -> None:
    version = partner.qualification
    if version is not None and version.pk != had:
        on_record = access.visible_versions(actor).filter(recognised_at__isnull=False)
        if not on_record.filter(pk=version.pk).exists():
            raise _wrong("qualification", _("Choose a qualification that is on record: drafts still change."))
    partner.country = partner.country.upper()
    framework = partner.level.framework if partner.level else None
    if framework is not None and framework.country not in ("", "EU", partner.country):
        sentence = _("This level is of a framework of %(theirs)s, and the partner is in %(country)s.")
        raise _wrong("level", sentence, theirs=framework.country, country=partner.country)
    _check_hours(partner)
    checked(partner).save()


def _check_hours(partner: Partner) -> None:
    """Raise Invalid when a point stands for other hours than its system says (`data/credit.yaml`)."""
    system, hours = vocabularies.credit_systems().get(partner.credit_system), partner.hours_per_credit
    if hours is not None and hours <= 0:
        raise _wrong("hours_per_credit", _("A credit point stands for more than 0 hours of learning."))
    if system is None or hours is None or system.hours_from is None or system.hours_to is None:
        return
    if not system.hours_from <= hours <= system.hours_to:
        sentence = _("A point of this system stands for %(least)s to %(most)s hours, says: %(source)s.")
        raise _wrong(
            "hours_per_credit",
            sentence,
            least=system.hours_from,
            most=system.hours_to,
            source=system.source,
        )


def _save_unit(unit: JointUnit, delivered_by: Collection[Partner]) -> None:
    for name in _UNIT_FIELDS:
        partner = getattr(unit, name)
        if partner is not None and partner.joint_id != unit.joint_id:
            raise _wrong(name, _("This is no partner here. Choose one of the partners."))
    if any(each.joint_id != unit.joint_id for each in delivered_by):
        raise _wrong("delivered_by", _("This is no partner here. Choose one of the partners."))
    if unit.credit is not None and unit.credit <= 0:
        raise _wrong("credit", _("Points must be more than 0. Leave it empty while they are not known."))
    checked(unit).save()
    unit.delivered_by.set(delivered_by)


def _check_outcomes(unit: JointUnit, outcomes: Sequence[OutcomeVersion]) -> None:
    lines = [each.outcome_id for each in outcomes]
    elsewhere = JointOutcome.objects.filter(unit__joint=unit.joint_id, outcome__outcome__in=lines)
    twice = elsewhere.exclude(unit=unit).select_related("outcome", "unit").first()
    if twice is not None:
        sentence = _("“%(outcome)s” stands in the unit “%(unit)s” already. Take it out there first.")
        raise Invalid(sentence % {"outcome": twice.outcome.statement, "unit": twice.unit.title})
    if len(set(lines)) != len(lines):
        raise Invalid(_("The same outcome is chosen twice, in two wordings. Choose one of them."))
    versions = unit.joint.partners.filter(qualification__isnull=False).values("qualification")
    offered = set(
        OutcomeVersion.objects.filter(uses__unit__in=Unit.objects.filter(version__in=versions)).values_list(
            "pk", flat=True
        )
    ) | set(unit.outcomes.values_list("outcome", flat=True))
    if not {each.pk for each in outcomes} <= offered:
        raise Invalid(_("Choose outcomes of the partners’ qualifications."))


def _check_days(joint: Joint) -> None:
    if joint.starts and joint.ends and joint.ends < joint.starts:
        raise _wrong("ends", _("This day comes before the one on which it begins."))


def _leads(partner: Partner) -> bool:
    return partner.organisation_id == partner.joint.lead_id


def _slug(title: Text) -> str:
    """Return a name for addresses that nothing else has."""
    stem = slugify(title.words.get(title.source, ""))[:70].strip("-") or "joint"
    taken = {*RESERVED, *Joint.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    names = [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _wrong(field: str, sentence: str, **told: object) -> Invalid:
    said = sentence % told if told else sentence
    return Invalid(said, fields={field: [said]})


def _plain(value: Any) -> Any:
    return value.as_json() if isinstance(value, Text) else value


def _partner_told(partner: Partner) -> dict[str, Any]:
    """Return a partner as an event holds it; whom to contact is not in it."""
    names = (
        "organisation_id",
        "country",
        "qualification_id",
        "level_id",
        "credit_system",
        "hours_per_credit",
    )
    return {name: str(value) if (value := getattr(partner, name)) is not None else None for name in names}


def _unit_told(unit: JointUnit, delivered_by: Collection[Partner] | Any) -> dict[str, Any]:
    """Return a unit as an event holds it."""
    names = ("national_id", "hours", "credit", "assessed_by_id")
    told = {name: str(value) if (value := getattr(unit, name)) is not None else None for name in names}
    taught = sorted(str(each.pk) for each in delivered_by)
    return {
        **told,
        "title": unit.title.as_json(),
        "assessment": unit.assessment.as_json(),
        "taught_by": taught,
    }
