"""Issuers and what they award: for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Figure, Line, OneOf, TextOut
from gilde.core.uris import uri
from gilde.credentials import access, identity
from gilde.credentials.api.shapes import (
    AwardCredit,
    AwardKind,
    AwardLevel,
    ByKey,
    Eqf,
    IssuerShort,
    Stretch,
    Word,
    address,
    matching,
    stretch_of,
    text_or_none,
)
from gilde.credentials.models import Achievement, AchievementOutcome, Issuer, Key
from gilde.credentials.services import issuers as service
from gilde.credentials.services import keys

issuers = Router(tags=["issuers"], auth=None)
achievements = Router(tags=["achievements"], auth=None)

KeyOfKind = Annotated[str, OneOf(Key.Kind)]
SkillKind = Annotated[str, OneOf(AchievementOutcome.Kind, blank=True)]


class IssuerLine(Schema):
    """An issuer, short. `did` is what credentials name it by; `until` is null while it issues."""

    id: UUID
    uri: str
    slug: str
    did: str
    name: TextOut
    country: str
    legal_id: str
    website: str
    since: datetime
    until: datetime | None
    synthetic: bool
    page: str

    @classmethod
    def of(cls, issuer: Issuer) -> IssuerLine:
        """Return the issuer as lists give it."""
        return cls(**_issuer(issuer))


def _issuer(issuer: Issuer) -> dict[str, Any]:
    organisation = issuer.organisation
    return {
        "id": issuer.pk,
        "uri": uri("issuer", issuer.pk),
        "slug": issuer.slug,
        "did": identity.did(issuer.slug),
        "name": TextOut.of(organisation.name),
        "country": organisation.country,
        "legal_id": issuer.legal_id,
        "website": organisation.website,
        "since": issuer.opened_at,
        "until": issuer.closed_at,
        "synthetic": issuer.synthetic,
        "page": address("credentials:issuer", issuer.slug),
    }


class IssuerFilter(ByKey):
    country: Line = Field("", description="ISO 3166-1 code of two letters.")
    open: bool | None = Field(None, description="Whether it issues now.")
    q: Line = Field("", description="Words in the name, the name in addresses or the registration number.")


@issuers.get("", response=Stretch[IssuerLine], summary="List issuers")
def list_issuers(request: HttpRequest, query: Query[IssuerFilter]) -> Stretch[IssuerLine]:
    """Return who issues awards here, by their name in addresses."""
    found = access.visible_issuers(request.user)
    if query.country:
        found = found.filter(organisation__country=query.country.upper())
    if query.open is not None:
        found = found.filter(closed_at__isnull=query.open)
    found = matching(found, query.q, ("organisation__name",), "slug", "legal_id")
    return stretch_of(found, ["slug"], query, IssuerLine.of)


class KeyOut(Schema):
    """A public key of an issuer. What it signed from `since` to `until` stays good; from `compromised_from` on only
    what the log proves to be older.
    """

    id: str
    kind: KeyOfKind
    multikey: str
    since: datetime
    until: datetime | None
    compromised_from: datetime | None

    @classmethod
    def of(cls, key: Key) -> KeyOut:
        """Return the key as everybody may know it."""
        return cls(
            id=keys.method_url(key),
            kind=key.kind,
            multikey=key.multikey,
            since=key.since,
            until=key.until,
            compromised_from=key.compromised_from,
        )


class IssuerOut(IssuerLine):
    """An issuer whole: how it signs, its keys, the newest first, and where its identity is published."""

    suite: str
    two_people: bool
    keys: list[KeyOut]
    document: str
    log: str


@issuers.get("/{slug:slug}", response=IssuerOut, summary="Read an issuer")
def read_issuer(request: HttpRequest, slug: str) -> IssuerOut:
    """Return an issuer with every key that it ever had."""
    issuer = get_object_or_404(access.visible_issuers(request.user), slug=slug)
    return IssuerOut(
        **_issuer(issuer),
        suite=issuer.suite,
        two_people=issuer.two_people,
        keys=[KeyOut.of(key) for key in service.keys_of(issuer)],
        document=identity.url("did", issuer.slug),
        log=identity.url("log"),
    )


class AchievementLine(Schema):
    """What can be awarded, short. `closed_at` is null while it is awarded."""

    id: UUID
    uri: str
    code: str
    kind: AwardKind
    title: TextOut
    issuer: IssuerShort
    level: AwardLevel | None
    hours: Figure | None
    credit: AwardCredit | None
    language: str
    valid_months: int | None
    closed_at: datetime | None
    synthetic: bool
    page: str

    @classmethod
    def of(cls, achievement: Achievement) -> AchievementLine:
        """Return the achievement as lists give it."""
        return cls(**_achievement(achievement))


def _achievement(achievement: Achievement) -> dict[str, Any]:
    return {
        "id": achievement.pk,
        "uri": uri("achievement", achievement.pk),
        "code": achievement.code,
        "kind": achievement.kind,
        "title": TextOut.of(achievement.title),
        "issuer": IssuerShort.of(achievement.issuer),
        "level": AwardLevel.of(achievement),
        "hours": achievement.hours,
        "credit": AwardCredit.of(achievement.credit, achievement.credit_system),
        "language": achievement.language,
        "valid_months": achievement.valid_months,
        "closed_at": achievement.closed_at,
        "synthetic": achievement.synthetic,
        "page": address("credentials:achievement", achievement.pk),
    }


class AchievementFilter(ByKey):
    issuer: Word = Field("", description="Name of the issuer in its address.")
    kind: AwardKind | None = None
    eqf: Eqf | None = Field(None, description="The EQF level.")
    open: bool | None = Field(None, description="Whether it is awarded now.")
    q: Line = Field("", description="Words in the title or the code.")


@achievements.get("", response=Stretch[AchievementLine], summary="List what can be awarded")
def list_achievements(request: HttpRequest, query: Query[AchievementFilter]) -> Stretch[AchievementLine]:
    """Return the achievements of all issuers, by issuer and code."""
    found = access.visible_achievements(request.user)
    if query.issuer:
        found = found.filter(issuer__slug=query.issuer)
    if query.kind:
        found = found.filter(kind=query.kind)
    if query.eqf:
        found = found.filter(eqf=query.eqf)
    if query.open is not None:
        found = found.filter(closed_at__isnull=query.open)
    found = matching(found, query.q, ("title",), "code")
    return stretch_of(found, ["issuer__slug", "code"], query, AchievementLine.of)


class AchievementOutcomeOut(Schema):
    """A learning outcome; `skills` are addresses of ESCO."""

    uri: str
    title: TextOut
    kind: SkillKind
    skills: list[str]


class AchievementOut(AchievementLine):
    """What can be awarded, whole. `qualification` is the address of the version that it leads to or is part of.

    `fields_of_study` are codes of ISCED-F 2013.
    """

    description: TextOut | None
    criteria: TextOut | None
    assessment: TextOut | None
    assessment_method: str
    fields_of_study: list[str]
    qualification: str | None
    outcomes: list[AchievementOutcomeOut]
    badge: str


@achievements.get("/{uuid:achievement_id}", response=AchievementOut, summary="Read what can be awarded")
def read_achievement(request: HttpRequest, achievement_id: UUID) -> AchievementOut:
    """Return an achievement with its learning outcomes, in their order."""
    achievement = get_object_or_404(access.visible_achievements(request.user), pk=achievement_id)
    leads_to = achievement.qualification_id
    return AchievementOut(
        **_achievement(achievement),
        description=text_or_none(achievement.description),
        criteria=text_or_none(achievement.criteria),
        assessment=text_or_none(achievement.assessment),
        assessment_method=achievement.assessment_method,
        fields_of_study=achievement.fields_of_study,
        qualification=uri("qualification-version", leads_to) if leads_to else None,
        outcomes=[
            AchievementOutcomeOut(
                uri=each.uri, title=TextOut.of(each.title), kind=each.kind, skills=each.skills
            )
            for each in achievement.outcomes.order_by("position")
        ],
        badge=identity.url("achievement-badge", achievement.pk),
    )
