"""Reads European Digital Credentials, ours and those of other issuers, into facts. How each is held stands in `edc`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urldefrag

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.facts import (
    Achievement,
    Assessment,
    Body,
    Credit,
    Facts,
    Kind,
    Level,
    Outcome,
    Person,
    StatusPlace,
    Words,
)
from gilde.credentials.renderings import edc_lists as lists
from gilde.credentials.renderings.edc_document import DID_SCHEME, LOCAL

_KIND: Final = "EuropeanDigitalCredential"
_DURATION: Final = re.compile(r"P(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_LONGEST: Final = 60  # characters of a number or a duration
_EVENING: Final = 21  # o'clock in UTC, when the first country of the EU begins a new day
Node = Mapping[str, Any]


def facts(document: Node) -> Facts:
    """Return what a credential says: its first achievement, or its first claim of another kind.

    A day that was written as midnight of a European time zone is that day. Raises Unreadable when it is no European
    Digital Credential, or when it lacks what every award has: a title, a holder, an issuer, a date.
    """
    return _Reader(document).facts()


def place(document: Node) -> StatusPlace | None:
    """Return where the credential stands in a token status list, None when it has no status.

    Raises Unsupported when its status is told in another way.
    """
    status = document.get("credentialStatus")
    if status is None:
        return None
    url, number = urldefrag(_text(status.get("@value")) if isinstance(status, Mapping) else "")
    if not url.startswith(("https://", "http://")) or not (
        number.isascii() and number.isdigit() and len(number) < 10
    ):
        raise Unsupported(
            _(
                "The credential tells its status in a way that Gilde does not know, so that it cannot be asked for."
            ),
            "status-unknown",
        )
    return StatusPlace(int(number), revocation="", suspension="", stopped="", tokens=url)


class _Reader:
    """A document in which a node that is only named (`{"id": …}`, or its address alone) is described elsewhere."""

    def __init__(self, document: Node) -> None:
        if _KIND not in _listed(document.get("type")):
            raise Unreadable(_("This is no European Digital Credential."), "no-edc")
        self.document = document
        self.described: dict[str, Node] = {}
        for node in _nodes(document):
            if (name := _text(node.get("id"))) and len(node) > len(self.described.get(name, ())):
                self.described[name] = node

    def many(self, node: Node, name: str) -> list[Node]:
        """Return the nodes that a property refers to."""
        return [self._described(each) for each in _listed(node.get(name)) if isinstance(each, Mapping | str)]

    def one(self, node: Node, name: str) -> Node:
        """Return the first node that a property refers to, an empty one when there is none."""
        return next(iter(self.many(node, name)), {})

    def _described(self, value: Node | str) -> Node:
        name = value if isinstance(value, str) else _text(value.get("id"))
        if isinstance(value, str):
            return self.described.get(name, {"id": name})
        return self.described.get(name, value) if len(value) <= 2 else value

    def facts(self) -> Facts:
        document, one = self.document, self.one
        display, subject, issuer = (
            one(document, name) for name in ("displayParameter", "credentialSubject", "issuer")
        )
        claim = self._claim(subject)
        what, awarding = one(claim, "specifiedBy"), one(claim, "awardedBy")
        valid_from = _moment(document.get("validFrom") or document.get("issuanceDate"))
        name = _text(document.get("id"))
        if valid_from is None or not name:
            raise _lacking(_("the day from which it is valid") if name else _("an identifier"))
        assessment = claim if _is(claim, "LearningAssessment") else one(claim, "provenBy")
        language = lists.language_code(_address(one(display, "primaryLanguage")))
        return Facts(
            id=name,
            kind=self._kind(claim, what),
            achievement=self._achievement(display, claim, what),
            holder=self._person(subject),
            issuer=self._body(issuer),
            awarded_on=_day(awarding.get("awardingDate"))
            or _day(document.get("issued"))
            or valid_from.date(),
            valid_from=valid_from,
            valid_until=_moment(document.get("validUntil") or document.get("expirationDate")),
            assessment=self._assessment(assessment) if assessment else None,
            level=self._level(what),
            outcomes=tuple(
                self._outcome(each) for each in self.many(what, "learningOutcome") if _words(each, "title")
            ),
            hours=next(
                (
                    hours
                    for each in (what.get("volumeOfLearning"), claim.get("workload"))
                    if (hours := _hours(each)) is not None
                ),
                None,
            ),
            credit=self._credit(one(claim, "creditReceived") or one(what, "creditPoint")),
            language=language or next(iter(_words(display, "title")), "en"),
            place=_first(_words(one(awarding, "location"), "geographicName")),
            replaces=_address(one(document, "dc:replaces")),
        )

    def _claim(self, subject: Node) -> Node:
        claims = self.many(subject, "hasClaim")
        if not claims:
            raise _lacking(_("what was achieved"))
        return next((each for each in claims if _is(each, "LearningAchievement")), claims[0])

    def _kind(self, claim: Node, what: Node) -> Kind:
        told = lists.award_kind_of(_address(self.one(claim, "dcType")))
        if told is not None:
            return told
        profiles = {_address(each) for each in self.many(self.document, "credentialProfiles")}
        if lists.SUPPLEMENT_PROFILE in profiles:
            return Kind.SUPPLEMENT
        if _is(claim, "LearningActivity"):
            return Kind.EXPERIENCE
        return Kind.PARTIAL if what.get("isPartialQualification") is True else Kind.CERTIFICATE

    def _achievement(self, display: Node, claim: Node, what: Node) -> Achievement:
        title = _words(claim, "title") or _words(what, "title") or _words(display, "title")
        if not title:
            raise _lacking(_("a title"))
        criteria = self.one(what, "provenBy")
        fields = (_address(each).rpartition("/")[2] for each in self.many(what, "thematicArea"))
        return Achievement(
            id=_address(what) or _text(claim.get("id")),
            title=title,
            description=_words(what, "description") or _words(claim, "description"),
            criteria=_words(criteria, "description"),
            qualification=_address(self.one(what, "qualificationCode")),
            language=lists.language_code(_address(self.one(what, "language"))),
            fields=tuple(each for each in fields if each),
        )

    def _person(self, subject: Node) -> Person:
        given, family = _first(_words(subject, "givenName")), _first(_words(subject, "familyName"))
        if not family:
            family, given = given or _first(_words(subject, "fullName")), ""
        if not family:
            raise _lacking(_("the name of the holder"))
        return Person(
            id=_text(subject.get("id")),
            given_name=given,
            family_name=family,
            born=_day(subject.get("dateOfBirth")),
        )

    def _body(self, issuer: Node) -> Body:
        name = _words(issuer, "legalName") or _words(issuer, "prefLabel") or _words(issuer, "altLabel")
        if not name:
            raise _lacking(_("the name of the issuer"))
        numbers = [self.one(issuer, each) for each in ("registration", "eIDASIdentifier")]
        own = (each for each in numbers if each.get("schemeName") != DID_SCHEME)
        countries = [
            self.one(self.one(each, "address"), "countryCode") for each in self.many(issuer, "location")
        ]
        countries += [self.one(each, "spatial") for each in numbers]
        codes = (lists.country_code(_address(each)) for each in countries)
        return Body(
            id=_text(issuer.get("id")),
            name=name,
            country=next((code for code in codes if code), ""),
            legal_id=next((number for each in own if (number := _text(each.get("notation")))), ""),
            website=_text(self.one(issuer, "homepage").get("contentURL")),
        )

    def _assessment(self, told: Node) -> Assessment | None:
        title = _words(told, "title")
        if not title:
            return None
        by = self.one(told, "assessedBy")
        grade = _words(self.one(told, "grade"), "noteLiteral")
        return Assessment(
            title=title,
            method=_first(_words(told, "description")),
            grade="" if grade == {lists.NO_LANGUAGE: lists.NO_GRADE} else _first(grade),
            on=_day(told.get("dateIssued")),
            by=_first(_words(by, "prefLabel") or _words(by, "legalName") or _words(by, "fullName")),
        )

    def _level(self, what: Node) -> Level | None:
        national = self.one(what, "nqfLevel")
        framework = self.one(national, "inScheme")
        level = Level(
            framework=_address(framework) or _first(_words(framework, "prefLabel")),
            label=_first(_words(national, "prefLabel")),
            eqf=lists.eqf_number(_address(self.one(what, "eqfLevel"))),
        )
        return None if level == Level() else level

    def _outcome(self, told: Node) -> Outcome:
        skills = (_address(each) for each in self.many(told, "relatedESCOSkill"))
        return Outcome(
            id=_text(told.get("id")),
            title=_words(told, "title"),
            kind=lists.outcome_kind_of(_address(self.one(told, "dcType"))),
            skills=tuple(each for each in skills if each),
        )

    def _credit(self, told: Node) -> Credit | None:
        points, system = _number(told.get("point")), self.one(told, "framework")
        name = lists.credit_code(_address(system)) or _first(_words(system, "prefLabel")) or _address(system)
        return Credit(points=points, system=name) if points is not None and name else None


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from _nodes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _nodes(each)


def _lacking(what: str) -> Unreadable:
    return Unreadable(
        _("The European Digital Credential lacks %(what)s. Ask the issuer for a complete one.")
        % {"what": what},
        "incomplete",
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is(node: Node, kind: str) -> bool:
    return kind in _listed(node.get("type"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _address(node: Node) -> str:
    """Return the address of a node, "" when only this document knows it."""
    name = _text(node.get("id"))
    return "" if name.startswith(LOCAL) else name


def _words(node: Node, name: str) -> Words:
    """Return a text by language; of several in one language the first."""
    told = node.get(name)
    if not isinstance(told, Mapping):
        return {}
    texts = ((language, _text(next(iter(_listed(text)), None))) for language, text in told.items())
    return {language: text for language, text in texts if text}


def _first(words: Words) -> str:
    return next(iter(words.values()), "")


def _moment(value: Any) -> datetime | None:
    """Return a moment to the second, None when there is none. Raises Unreadable when it is none."""
    if value is None:
        return None
    try:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise Unreadable(
            _(
                "“%(value)s” is no moment, such as 2025-06-30T08:00:00Z. Ask the issuer for a correct credential."
            )
            % {"value": str(value)[:_LONGEST]},
            "wrong-date",
        ) from error


def _day(value: Any) -> date | None:
    """Return the day of a moment: issuers write a day as its midnight at home, which is the evening before in UTC."""
    moment = _moment(value)
    if moment is None:
        return None
    evening = moment.hour >= _EVENING and not (moment.minute or moment.second)
    return moment.date() + timedelta(days=1) if evening and moment.year < 9999 else moment.date()


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and number >= 0 else None


def _hours(value: Any) -> Decimal | None:
    """Return an xsd:duration of hours, minutes and seconds in hours, None for one of days or more: how many is open."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    if found is None or value.endswith("T"):
        return None
    hours, minutes, seconds = (Fraction(each or 0) for each in found.groups())
    exact = hours + minutes / 60 + seconds / 3600
    with localcontext(prec=_LONGEST):
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).normalize()
