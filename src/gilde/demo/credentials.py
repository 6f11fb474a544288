"""The demo world of credentials: five invented issuers, and what they awarded to invented people in five years.

The clock is moved to each day on which something happens, so that keys, lists and the log are as they would be. In the
years there is a rotation of keys, one key that was in wrong hands for a while, corrections, revocations, suspensions.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import make_aware

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Achievement, AchievementOutcome, Award, Holder, Issuer, Kept, State
from gilde.credentials.services import drafting, holding, issuers, issuing, keys, sharing, stopping
from gilde.demo.files import read
from gilde.organisations.models import Organisation
from gilde.qualifications.models import Qualification
from gilde.qualifications.public import Described, describe, version_shown, with_parts

Say = Callable[[str], None]
_CHUNK: Final = 250
_OPENED: Final = datetime.date(2021, 1, 11)
# Of a hundred awards: revoked, suspended, corrected.
_REVOKED, _SUSPENDED, _CORRECTED = 0.012, 0.004, 0.006


def load_credentials(
    organisations: Mapping[str, Organisation], people: Mapping[str, User], say: Say = lambda _line: None
) -> None:
    """Load the credentials of the demo, unless they are there."""
    if Issuer.objects.exists():
        return
    told = read("credentials.yaml")
    chance = random.Random(20250609)  # noqa: S311 - invented people, the same each time
    opened = [_issuer(row, organisations) for row in told["issuers"]]
    holder = people[told["holder"]]
    _history(told, opened, chance, holder.email)
    _holder(holder)
    _waiting(people)
    say(f"{len(opened)} issuers, {Award.objects.count()} awards")


def _at(day: datetime.date, hour: int = 10) -> datetime.datetime:
    return make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def _issuer(row: Mapping[str, Any], organisations: Mapping[str, Organisation]) -> tuple[Issuer, list[Any]]:
    language = row.get("language", "nl")
    with clock.moved_to(_at(_OPENED)):
        issuer = issuers.open_issuer(
            actor=SYSTEM,
            organisation=organisations[row["organisation"]],
            slug=row["slug"],
            legal_id=row["legal_id"],
            place=row["place"],
            layout=row["layout"],
            colour=row["colour"],
            two_people=row.get("two_people", False),
            signatories=[
                {"name": each["person"], "function": each["function"]} for each in row["signatories"]
            ],
            wording=Text(language, row.get("wording") or {}),
            synthetic=True,
        )
    achievements = [(_achievement(issuer, each, language), each["share"]) for each in row["achievements"]]
    return issuer, achievements


def _achievement(issuer: Issuer, row: Mapping[str, Any], language: str) -> Achievement:
    described = _qualification(row)
    fields: dict[str, Any] = {"valid_months": row.get("valid_months")}
    if described is not None:
        version, told = described
        fields |= {
            "qualification": version,
            "title": told.title,
            "description": told.summary,
            "hours": Decimal(told.hours) if told.hours is not None else None,
            "credit": told.credit.points if told.credit else None,
            "credit_system": told.credit.system if told.credit else "",
        }
        if told.level:
            fields |= {
                "framework": told.level.framework.upper(),
                "level": told.level.code,
                "eqf": told.level.eqf,
            }
    for name in ("title", "description", "criteria", "assessment"):
        if name in row:
            fields[name] = Text(language, row[name])
    for name in ("level", "eqf"):
        if name in row:
            fields[name] = row[name]
    for name in ("hours", "credit"):
        if name in row:
            fields[name] = Decimal(str(row[name]))
    fields.setdefault("assessment", Text("nl", {"nl": "Praktijkproef", "en": "Practical test"}))
    achievement = Achievement.objects.create(
        issuer=issuer, code=row["code"], kind=row["kind"], language=language, synthetic=True, **fields
    )
    AchievementOutcome.objects.bulk_create(
        AchievementOutcome(achievement=achievement, position=position, **each)
        for position, each in enumerate(_outcomes(achievement, row, described), 1)
    )
    return achievement


def _qualification(row: Mapping[str, Any]) -> tuple[Any, Described] | None:
    found = Qualification.objects.prefetch_related("versions")
    if "from" in row:
        shown = version_shown(found.get(code=row["from"]))
    elif "from_sector" in row:
        registered = found.filter(
            sector=row["from_sector"], kind="professional", versions__state="registered"
        )
        shown = version_shown(registered.order_by("code").distinct()[row["place"]])
    else:
        return None
    assert shown is not None
    version = with_parts(type(shown).objects.all()).get(pk=shown.pk)
    return version, describe(version)


def _outcomes(
    achievement: Achievement, row: Mapping[str, Any], described: tuple[Any, Described] | None
) -> Iterator[dict[str, Any]]:
    if described is None:
        for number, said in enumerate(row["outcomes"], 1):
            yield {
                "uri": f"{uri('achievement', achievement.pk)}#outcome-{number}",
                "title": Text(achievement.language, said),
                "kind": "skill",
            }
        return
    _version, told = described
    units = told.units[: row["units"]] if "units" in row else told.units
    for each in (*(outcome for unit in units for outcome in unit.outcomes), *told.outcomes):
        yield {
            "uri": each.uri,
            "title": each.statement,
            "kind": each.kind,
            "skills": [link.uri for link in each.concepts if link.relation == "exact"],
        }


# --- five years


def _history(
    told: Mapping[str, Any], opened: Sequence[tuple[Issuer, list[Any]]], chance: random.Random, email: str
) -> None:
    people = _people(told, chance)
    for year in told["years"]:
        for issuer, achievements in opened:
            # Half of the year at the end of January, the rest at the end of June.
            for part, day in enumerate((datetime.date(year, 1, 29), datetime.date(year, 6, 27))):
                number = told["per_issuer_and_year"] // 2
                with clock.moved_to(_at(day)):
                    given = [
                        _given(
                            issuer, achievement, f"{year}-{part + 1}-{n:04}", day, next(people), told, chance
                        )
                        for n, achievement in enumerate(_shared(achievements, number, chance), 1)
                    ]
                    _issue(given)
            with clock.moved_to(_at(datetime.date(year, 9, 15))):
                _stop(issuer, year, chance)
        for slug, code, reference, day, more in _SAAR:
            if day.year == year:
                _award(slug, code, reference, day, **{**_saar(email), **more})
        if year == 2023:
            _rotate([issuer for issuer, _achievements in opened])


def _people(told: Mapping[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    while True:
        yield {
            "given_name": chance.choice(told["given_names"]),
            "family_name": chance.choice(told["family_names"]),
            "born": datetime.date(1965, 1, 1) + datetime.timedelta(days=chance.randrange(14_600)),
        }


def _shared(achievements: Sequence[tuple[Achievement, int]], number: int, chance: random.Random) -> list[Any]:
    return chance.choices(
        [each for each, _w in achievements], [weight for _a, weight in achievements], k=number
    )


def _given(
    issuer: Issuer,
    achievement: Achievement,
    reference: str,
    day: datetime.date,
    person: Mapping[str, Any],
    told: Mapping[str, Any],
    chance: random.Random,
) -> Award:
    given = drafting.Given(
        reference=reference,
        awarded_on=day,
        grade=chance.choice(told["grades"]),
        assessed_on=day - datetime.timedelta(days=chance.randrange(2, 30)),
        **person,
    )
    holder = Holder(
        issuer=issuer,
        given_name=given.given_name,
        family_name=given.family_name,
        born=given.born,
    )
    return drafting.made(SYSTEM, achievement, holder, given)


@transaction.atomic
def _issue(awards: Sequence[Award]) -> None:
    Holder.objects.bulk_create([award.holder for award in awards])
    Award.objects.bulk_create(awards)
    for at in range(0, len(awards), _CHUNK):
        issuing.issue_many(SYSTEM, awards[at : at + _CHUNK], notify=False)


def _stop(issuer: Issuer, year: int, chance: random.Random) -> None:
    found = Award.objects.filter(issuer=issuer, state=State.ISSUED, awarded_on__year=year)
    awards = list(
        found.select_related("issuer", "achievement", "holder", "status_list").order_by("reference")
    )
    for award in awards:
        drawn = chance.random()
        if drawn < _REVOKED:
            stopping.revoke(
                actor=SYSTEM, awards=[award], reason="De toekenning berustte op een vergissing.", notify=False
            )
        elif drawn < _REVOKED + _SUSPENDED:
            stopping.suspend(actor=SYSTEM, awards=[award], reason="Er loopt een onderzoek.", notify=False)
        elif drawn < _REVOKED + _SUSPENDED + _CORRECTED:
            stopping.reissue(
                actor=SYSTEM, awards=[award], reason="De naam was fout geschreven.", notify=False
            )


def _rotate(opened: Sequence[Issuer]) -> None:
    """Every issuer takes new keys in the autumn of 2023; one key of the sea college had been in wrong hands."""
    with clock.moved_to(_at(datetime.date(2023, 11, 6))):
        for issuer in opened:
            for kind in keys.KINDS:
                keys.rotate(actor=SYSTEM, issuer=issuer, kind=kind.value)
        old = opened[-1].keys.filter(kind="Ed25519", until__isnull=False).earliest("since")
        keys.mark_compromised(actor=SYSTEM, key=old, since=_at(datetime.date(2023, 10, 20)))


# --- a holder with a wallet, and work that waits


# The holder: issuer, achievement, reference, day, and what is said besides. Each is issued in its own year.
_SAAR: Final[tuple[tuple[str, str, str, datetime.date, dict[str, Any]], ...]] = (
    ("mijnveld", "tig-welding-thin-sheet", "saar-3", datetime.date(2022, 6, 28), {}),
    ("mijnveld", "welder", "saar-1", datetime.date(2024, 6, 28), {"grade": "met onderscheiding"}),
    ("mijnveld", "mag-welding-plate", "saar-2", datetime.date(2025, 1, 30), {}),
    ("kanaalzone", "logistics-experience", "saar-4", datetime.date(2025, 6, 28), {}),
)


def _saar(email: str) -> dict[str, Any]:
    return {
        "given_name": "Saar",
        "family_name": "Claes",
        "born": datetime.date(2001, 5, 17),
        "email": email,
    }


def _holder(user: User) -> None:
    awards = list(Award.objects.filter(reference__startswith="saar-").order_by("-awarded_on"))
    wrong = _award(
        "leiehof", "first-aid", "saar-5", datetime.date(2026, 3, 12), grade="met vruct", **_saar(user.email)
    )
    with clock.moved_to(_at(datetime.date(2026, 3, 20))):
        given = stopping.given_of(wrong, reference="saar-5/2")
        right = stopping.correct(
            actor=SYSTEM,
            award=wrong,
            given=drafting.Given(**{**given.__dict__, "grade": "met vrucht"}),
            reason="De graad was fout geschreven.",
            notify=False,
        )
    with clock.moved_to(_at(datetime.date(2026, 4, 2))):
        for award in (*awards, wrong, right):
            award.holder.user = user
            award.holder.save(update_fields=["user"])
            Kept.objects.get_or_create(user=user, award=award, defaults={"added_at": clock.now()})
        folder = holding.make_folder(actor=user, name="Lassen")
        welding = {award.reference: award for award in awards}
        for reference in ("saar-1", "saar-2", "saar-3"):
            award = welding[reference]
            holding.put(actor=user, award=award, folder=folder)
        outcomes = [each.id for each in from_json(welding["saar-1"].facts).outcomes][:3]
        until = clock.now() + datetime.timedelta(days=360)
        shown = sharing.share(
            actor=user,
            award=welding["saar-1"],
            expires_at=until,
            outcomes=outcomes,
            note="Staalbouw Vermeiren",
        )
        sharing.viewed(shown)
        gone = sharing.share(actor=user, award=welding["saar-2"], expires_at=until, note="Uitzendkantoor")
        sharing.withdraw(actor=user, share=gone)


def _award(slug: str, code: str, reference: str, day: datetime.date, **fields: Any) -> Award:
    achievement = Achievement.objects.select_related("issuer__organisation").get(issuer__slug=slug, code=code)
    given = drafting.Given(reference=reference, awarded_on=day, assessed_on=day, **fields)
    with clock.moved_to(_at(day, 11)):
        return issuing.issue_new(actor=SYSTEM, achievement=achievement, given=given, notify=False)


def _waiting(people: Mapping[str, User]) -> None:
    """Leave some work: two drafts and three that wait for a second person at the care campus."""
    officer = people["care-officer"]
    achievement = Achievement.objects.select_related("issuer__organisation").get(
        issuer__slug="leiehof", code="first-aid"
    )
    day = clock.today() - datetime.timedelta(days=3)
    for number, name in enumerate(("Mira", "Jonas", "Leila", "Stan", "Fien"), 1):
        given = drafting.Given(
            reference=f"nieuw-{number}",
            given_name=name,
            family_name="Vandaele",
            born=datetime.date(1990 + number, number, 10 + number),
            awarded_on=day,
            assessed_on=day,
        )
        award = drafting.draft(actor=officer, achievement=achievement, given=given)
        if number > 2:
            issuing.submit(actor=officer, award=award)
