"""The demo world of qualifications: reference data, committees, profiles, files, programmes, a joint qualification.

Idempotent in the way of the demo: what exists is left as it is.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.demo.files import read
from gilde.demo.qualification_files import Cast, File, load_files, profiles_of, text
from gilde.indicators.models import Area
from gilde.organisations.models import Organisation
from gilde.qualifications.models import (
    Committee,
    Enrolment,
    Joint,
    JointOutcome,
    JointUnit,
    Level,
    Member,
    Offer,
    OutcomeVersion,
    Partner,
    Procedure,
    ProcedureBody,
    Profile,
    ProfileConcept,
    ProfileItem,
    ProfileVersion,
    Programme,
    Qualification,
    QualificationVersion,
    StackRule,
)
from gilde.qualifications.services.classifications import load_own
from gilde.qualifications.services.reference import load_reference

Say = Callable[[str], None]
_SINCE = datetime.date(2022, 1, 1)
_GRADES = {2: "second", 3: "third", "se-n-se": "after-third"}
_BODIES = {"agency": "ahovoks", "government": "flemish-government"}


def load_qualifications(
    organisations: Mapping[str, Organisation], people: Mapping[str, User], say: Say = lambda _line: None
) -> None:
    """Load the qualifications of the demo, with everything around them."""
    for line in load_reference(actor=SYSTEM):
        say(line)
    load_own(actor=SYSTEM)
    cast = Cast(organisations, people)
    _bodies(cast)
    profiles = _profiles(cast)
    files = load_files(cast)
    providers = _providers()
    programmes = _programmes(cast, providers)
    micro = _micro_credentials(cast, providers)
    joints = _joints(cast)
    if profiles or files or programmes or micro or joints:
        say(
            f"{profiles} occupational profiles, {files} qualifications, {programmes} programmes, "
            f"{micro} micro-credentials, {joints} joint qualification"
        )


@transaction.atomic
def _bodies(cast: Cast) -> None:
    """Say who acts in the Flemish procedure, and seat the committees."""
    procedure = Procedure.objects.get(code="vks-professional")
    for body in ProcedureBody.objects.filter(procedure=procedure, organisation=None):
        body.organisation = cast.organisations[_BODIES[body.code]]
        body.save(update_fields=["organisation"])
    for committee in Committee.objects.filter(procedure=procedure):
        seats = []
        for suffix, role in (("chair", "chair"), ("member", "member"), ("member-2", "member")):
            user = cast.people[f"{committee.code}-{suffix}"]
            seat, _made = Member.objects.get_or_create(
                committee=committee, user=user, defaults={"role": role, "since": _SINCE}
            )
            seats.append(seat)
        cast.seats[committee.code] = seats


@transaction.atomic
def _profiles(cast: Cast) -> int:
    made = 0
    for row in profiles_of():
        if Profile.objects.filter(code=row["code"]).exists():
            continue
        profile = Profile.objects.create(code=row["code"], owner=cast.organisations["vdab"], synthetic=True)
        version = ProfileVersion.objects.create(
            profile=profile,
            number=1,
            title=text(row["title"]),
            summary=text(row["summary"]),
            context=text(row["context"]),
            regulated=row["regulated"],
        )
        kinds = {
            "activities": "activity",
            "knowledge": "knowledge",
            "skills": "skill",
            "attitudes": "attitude",
        }
        ProfileItem.objects.bulk_create(
            ProfileItem(version=version, kind=kind, position=place, text=text(told))
            for key, kind in kinds.items()
            for place, told in enumerate(row[key])
        )
        ProfileConcept.objects.bulk_create(
            ProfileConcept(
                version=version,
                uri=told["uri"],
                label=text(told["label"]),
                relation=told["relation"],
                edition="1.1.1",
                state="confirmed",
                confirmed_at=clock.now(),
            )
            for told in row["occupations"]
        )
        ProfileVersion.objects.filter(pk=version.pk).update(state="published", published_at=clock.now())
        audit.record(SYSTEM, "qualifications.profile.load", profile, after={"code": profile.code})
        made += 1
    return made


@transaction.atomic
def _providers() -> dict[str, tuple[Organisation, str, Area | None]]:
    """Return the invented providers with their place and area."""
    found = {}
    for row in read("qualifications/programmes.yaml")["providers"]:
        organisation, _made = Organisation.objects.get_or_create(
            slug=row["slug"],
            defaults={"name": text(row["name"]), "kind": "provider", "country": "BE", "synthetic": True},
        )
        found[row["slug"]] = (organisation, row["place"], Area.objects.filter(code=row["area"]).first())
    return found


@transaction.atomic
def _programmes(cast: Cast, providers: Mapping[str, tuple[Organisation, str, Area | None]]) -> int:
    known = set(Programme.objects.values_list("code", flat=True))
    qualifications = {each.code: each for each in Qualification.objects.all()}
    rows = [row for row in read("qualifications/programmes.yaml")["programmes"] if row["code"] not in known]
    offers, enrolments = [], []
    for row in rows:
        programme = Programme.objects.create(
            code=row["code"],
            matrix="flanders-secondary",
            title=text(row["title"]),
            owner=cast.organisations["ahovoks"],
            finality=row["finality"],
            form=row["form"],
            domain=row["domain"],
            grade=_GRADES.get(row.get("grade"), row.get("grade") or ""),
            years=Decimal(str(row["years"])) if row.get("years") else None,
            created_in=row["created"],
            last_screened=row.get("last_screened"),
            synthetic=True,
        )
        audit.record(SYSTEM, "qualifications.programme.load", programme, after={"code": programme.code})
        programme.leads_to.set([qualifications[code] for code in row.get("leads_to") or []])
        for told in row.get("offers") or []:
            organisation, place, area = providers[told["provider"]]
            offers.append(
                Offer(programme=programme, provider=organisation, place=told.get("place") or place, area=area)
            )
        for year, learners in (row.get("enrolments") or {}).items():
            enrolments.append(
                Enrolment(
                    programme=programme, school_year=year, learners=learners, source="Invented for the demo"
                )
            )
    Offer.objects.bulk_create(offers)
    Enrolment.objects.bulk_create(enrolments)
    return len(rows)


@transaction.atomic
def _micro_credentials(cast: Cast, providers: Mapping[str, tuple[Organisation, str, Area | None]]) -> int:
    procedure = Procedure.objects.get(code="provider-own")
    rows = read("qualifications/micro.yaml")["micro_credentials"]
    fresh = [row for row in rows if not Qualification.objects.filter(code=row["code"]).exists()]
    for number, row in enumerate(fresh):
        owner = providers[row["provider"]][0]
        File(
            {"state": "registered", "kind": "micro-credential", **row}, owner, procedure, cast, {}, {}, number
        ).load()
    for row in fresh:
        for told in row.get("stacks_into") or []:
            _stack(row, told)
    return len(fresh)


def _stack(row: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    target = (
        QualificationVersion.objects.filter(qualification__code=told["qualification"])
        .order_by("number")
        .first()
    )
    if target is None:
        return
    unit = target.units.filter(code=told["unit"]).first() if told.get("unit") else None
    needs = sorted(told.get("needs") or [row["code"]])
    title = text(row["title"])
    same = StackRule.objects.filter(version=target, unit=unit).prefetch_related("micro_credentials")
    if any(sorted(each.code for each in rule.micro_credentials.all()) == needs for rule in same):
        return
    rule = StackRule.objects.create(
        version=target,
        unit=unit,
        position=target.stack_rules.count(),
        title=title,
        minimum_count=len(needs),
        minimum_credit=Decimal(str(told["minimum_credit"]))
        if told.get("minimum_credit") is not None
        else None,
        worth=Decimal(str(told["worth"])) if told.get("worth") is not None else None,
        source="Invented for the demo",
    )
    rule.micro_credentials.set(Qualification.objects.filter(code__in=needs))


@transaction.atomic
def _joints(cast: Cast) -> int:
    made = 0
    for row in read("qualifications/joint.yaml")["joint"]:
        if Joint.objects.filter(slug=row["code"]).exists():
            continue
        partners: dict[str, Partner] = {}
        joint = Joint.objects.create(
            slug=row["code"],
            purpose=row["purpose"],
            title=text(row["title"]),
            summary=text(row["summary"]),
            eqf=row["eqf"],
            lead=cast.organisations[row["lead"]],
            governance=text(row.get("governance")),
            quality=text(row.get("quality")),
            synthetic=True,
        )
        for position, told in enumerate(row["partners"]):
            partners[told["country"]] = _partner(joint, position, told)
        for position, told in enumerate(row["units"]):
            _joint_unit(joint, position, told, partners)
        audit.record(SYSTEM, "qualifications.joint.load", joint, after={"slug": joint.slug})
        made += 1
    return made


def _partner(joint: Joint, position: int, told: Mapping[str, Any]) -> Partner:
    who = told["organisation"]
    organisation, _made = Organisation.objects.get_or_create(
        slug=who["slug"],
        defaults={
            "name": text(who["name"]),
            "kind": "provider",
            "country": who["country"],
            "synthetic": True,
        },
    )
    return Partner.objects.create(
        joint=joint,
        organisation=organisation,
        country=told["country"],
        position=position,
        qualification=QualificationVersion.objects.filter(qualification__code=told["qualification"])
        .order_by("number")
        .first(),
        level=Level.objects.filter(framework=told["framework"], code=told["level"]).first(),
        credit_system=told["credit_system"],
        hours_per_credit=Decimal(str(told["hours_per_credit"])),
    )


def _joint_unit(
    joint: Joint, position: int, told: Mapping[str, Any], partners: Mapping[str, Partner]
) -> None:
    unit = JointUnit.objects.create(
        joint=joint,
        position=position,
        title=text(told["title"]),
        national=None if told["core"] else partners[told["country"]],
        hours=told.get("hours"),
        credit=Decimal(str(told["credit"])) if told.get("credit") is not None else None,
        assessed_by=partners.get(told.get("assessed_by") or ""),
        assessment=text(told.get("assessment")),
    )
    for place, code in enumerate(told["outcomes"]):
        wording = OutcomeVersion.objects.get(outcome__code=code, number=1)
        JointOutcome.objects.create(unit=unit, outcome=wording, position=place)
