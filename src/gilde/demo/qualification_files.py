"""Qualifications of the demo world: thirty Flemish files at all stages of the procedure, and two of other countries.

Written as rows, with the stages, committees and judgements that their state implies, so that each page has something
to show. Everything is invented, and labelled so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.demo.files import DATA, read
from gilde.organisations.models import Organisation
from gilde.qualifications import levelling, procedures, snapshots
from gilde.qualifications.models import (
    AgreedLevel,
    Comment,
    Committee,
    Element,
    ElementLevel,
    Framework,
    Level,
    LevelJudgement,
    Linked,
    Outcome,
    OutcomeConcept,
    OutcomeVersion,
    Prerequisite,
    Procedure,
    Profile,
    Qualification,
    QualificationConcept,
    QualificationVersion,
    Round,
    Stage,
    Unit,
    UnitOutcome,
    Vote,
)
from gilde.qualifications.models.qualifications import FIXED
from gilde.qualifications.services.drafting import begin_next_version

SECTORS: Final = ("construction", "care", "hospitality", "it", "metal", "logistics")
ESCO: Final = "1.1.1"
# The way that most files walk; a state beside it stands where it branches off.
_WAY: Final = (
    *(
        "draft",
        "submitted",
        "in-validation",
        "validated",
        "levelling-qualitative",
        "levelling-points",
        "levelled",
    ),
    *("quality-check", "sent-for-recognition", "recognised", "registered", "under-review"),
)
_BRANCHES: Final = {"returned": "in-validation", "rejected": "in-validation", "disputed": "levelling-points"}
_LEVELLED: Final = frozenset(_WAY[6:])


@dataclass
class Cast:
    """Who works on files in the demo, and when things happened: a stage every few weeks."""

    organisations: Mapping[str, Organisation]
    people: Mapping[str, User]
    seats: dict[str, list[Any]] = field(default_factory=dict)


def text(told: Any) -> Text:
    """Return what the data tells in one or more languages, written in Dutch where it has Dutch."""
    if not told:
        return Text()
    if isinstance(told, str):
        return Text.of(told, "nl")
    return Text("nl" if "nl" in told else next(iter(told)), dict(told))


def load_files(cast: Cast) -> int:
    """Load the files that are missing, and return how many there were."""
    made = 0
    procedure = Procedure.objects.get(code="vks-professional")
    for sector in SECTORS:
        told = read(f"qualifications/{sector}.yaml")
        shared = {one["code"]: one for one in told.get("shared_outcomes", [])}
        owner = cast.organisations[f"sector-fund-{sector}"]
        wordings: dict[str, OutcomeVersion] = {}
        for number, row in enumerate(told["qualifications"]):
            if not Qualification.objects.filter(code=row["code"]).exists():
                File(row, owner, procedure, cast, shared, wordings, number).load()
                made += 1
    for row in read("qualifications/foreign.yaml")["qualifications"]:
        if not Qualification.objects.filter(code=row["code"]).exists():
            slug = f"register-{row['country'].lower()}"
            owner, _made = Organisation.objects.get_or_create(
                slug=slug,
                defaults={
                    "name": Text.of(f"Register of qualifications {row['country']} (invented)"),
                    "kind": Organisation.Kind.AGENCY,
                    "country": row["country"],
                    "synthetic": True,
                },
            )
            File(row, owner, None, cast, {}, {}, 0).load()
            made += 1
    if made:
        begin_next_version(
            actor=cast.people["drafter"], qualification=Qualification.objects.get(code="welder")
        )
    return made


class File:
    """One file of the data, made into rows."""

    def __init__(
        self,
        row: Mapping[str, Any],
        owner: Organisation,
        procedure: Procedure | None,
        cast: Cast,
        shared: Mapping[str, Any],
        wordings: dict[str, OutcomeVersion],
        number: int,
    ) -> None:
        self.row, self.owner, self.procedure, self.cast = row, owner, procedure, cast
        self.shared, self.wordings = shared, wordings
        self.state = row["state"]
        self.framework = Framework.objects.get(code=row.get("framework", "vks"))
        self.since = clock.now() - timedelta(days=40 + 9 * number)

    @transaction.atomic
    def load(self) -> QualificationVersion:
        row, fixed = self.row, self.state in FIXED
        dates = dict(self._stages())
        levelled = self.state in _LEVELLED or self.procedure is None or self.procedure.code == "provider-own"
        qualification = Qualification.objects.create(
            code=row["code"],
            kind=row.get("kind", Qualification.Kind.PROFESSIONAL),
            owner=self.owner,
            country=row.get("country", "BE"),
            sector=row.get("sector", ""),
            synthetic=True,
        )
        registered = dates.get("registered") if self.state in FIXED else None
        version = QualificationVersion.objects.create(
            qualification=qualification,
            procedure=self.procedure,
            title=text(row["title"]),
            summary=text(row["summary"]),
            framework=self.framework,
            level=Level.objects.get(framework=self.framework, code=row["level"]) if levelled else None,
            isced_f=row.get("isced_f", []),
            nace=row.get("nace", []),
            hours=row["hours"],
            credit=Decimal(str(row["credit"]["points"])),
            credit_system=row["credit"]["system"],
            assessment=text(row["assessment"]),
            assessment_type=row["assessment_type"],
            participation=row["participation"],
            quality=text(row.get("quality")),
            languages=row.get("languages", ["nl"]),
            state=self.state,
            state_since=dates[self.state],
            recognised_at=dates.get("recognised", self.since) if fixed else None,
            registered_at=registered
            or (self.since if self.state in ("registered", "under-review") else None),
            valid_from=registered.date() if registered else None,
            review_due=_review(registered) if registered and self.procedure else None,
        )
        version.awarding.add(self.owner)
        self._units(version, dates.get("recognised", self.since) if fixed else None)
        self._parts(version)
        spells = list(self._stages())
        for (state, since), following in zip(spells, [*spells[1:], (None, None)], strict=True):
            Stage.objects.create(version=version, state=state, since=since, until=following[1])
        if self.procedure is not None and self.procedure.code == "vks-professional":
            self._committees(version)
        if fixed:
            snapshots.take(version, "recognised")
        audit.record(SYSTEM, "qualifications.version.load", version, after={"code": row["code"]})
        return version

    def _stages(self) -> Iterator[tuple[str, datetime]]:
        """Yield the states that the file went through, each with its moment; it is in the last one since `since`."""
        if self.procedure is None:
            yield from (("draft", self.since - timedelta(days=30)), (self.state, self.since))
            return
        if self.procedure.code == "provider-own":
            way = [*_WAY[:2], "recognised", "registered"]
        else:
            last = _BRANCHES.get(self.state, self.state)
            way = [*_WAY[: _WAY.index(last) + 1], *([self.state] if self.state in _BRANCHES else [])]
        for place, state in enumerate(way):
            yield state, self.since - timedelta(days=21 * (len(way) - 1 - place))

    def _units(self, version: QualificationVersion, fixed_at: datetime | None) -> None:
        rows = self.row.get("units") or [
            {
                **self.row,
                "code": "U1",
                "outcomes": self.row["outcomes"],
                "credit": self.row["credit"]["points"],
            }
        ]
        uses, links = [], []
        for position, told in enumerate(rows, start=1):
            unit = Unit.objects.create(
                version=version,
                position=position,
                code=told["code"],
                title=text(told["title"]),
                hours=told.get("hours"),
                credit=Decimal(str(told["credit"])) if told.get("credit") is not None else None,
                partial=bool(told.get("partial")) and bool(self.row.get("units")),
                assessment=text(told.get("assessment")) if self.row.get("units") else Text(),
            )
            for place, one in enumerate(told["outcomes"]):
                wording, fresh = self._wording(one, fixed_at)
                uses.append(UnitOutcome(unit=unit, outcome=wording, position=place))
                links += fresh
        UnitOutcome.objects.bulk_create(uses)
        OutcomeConcept.objects.bulk_create(links)

    def _wording(
        self, told: Mapping[str, Any], fixed_at: datetime | None
    ) -> tuple[OutcomeVersion, list[OutcomeConcept]]:
        """Return the outcome, the same one where it is shared, and its links when it is new."""
        key = told.get("shared")
        if key and key in self.wordings:
            known = self.wordings[key]
            if fixed_at and known.fixed_at is None:
                known.fixed_at = fixed_at
                known.save(update_fields=["fixed_at"])
            return known, []
        one = self.shared[key] if key else told
        outcome = Outcome.objects.create(owner=self.owner, code=key or f"{self.row['code']}:{told['code']}")
        wording = OutcomeVersion.objects.create(
            outcome=outcome,
            kind=one["kind"],
            verb=text(one.get("verb")),
            object=text(one.get("object")),
            context=text(one.get("context")),
            statement=text(one["statement"]),
            fixed_at=fixed_at,
        )
        if key:
            self.wordings[key] = wording
        return wording, [OutcomeConcept(outcome=wording, **_link(link)) for link in one.get("esco", [])]

    def _parts(self, version: QualificationVersion) -> None:
        for position, told in enumerate(self.row.get("prerequisites") or []):
            Prerequisite.objects.create(version=version, position=position, text=text(told))
        for told in self.row.get("occupations", []):
            QualificationConcept.objects.create(version=version, **_link({**told, "confirmed": True}))
        if profile := Profile.objects.filter(code=self.row.get("profile", "")).first():
            version.profiles.add(profile)

    def _committees(self, version: QualificationVersion) -> None:
        """Write what the committees did with the file: open rounds for open stages, closed ones for what is past."""
        spells = dict(self._stages())
        if "in-validation" in spells:
            self._validation(version, spells["in-validation"])
        if "levelling-qualitative" in spells:
            self._levelling(version, spells["levelling-qualitative"])

    def _round(self, version: QualificationVersion, code: str, opened: datetime, **fields: Any) -> Round:
        committee = Committee.objects.get(procedure=version.procedure_id, code=code)
        return Round.objects.create(
            version=version,
            committee=committee,
            number=1,
            snapshot=snapshots.take(version, f"for {code}"),
            opened_at=opened,
            **fields,
        )

    def _validation(self, version: QualificationVersion, opened: datetime) -> None:
        results = {"returned": "returned", "rejected": "refused", "in-validation": ""}
        result = results.get(self.state, "agreed")
        closed = {"closed_at": opened + timedelta(days=20), "result": result} if result else {}
        ground = {
            "returned": "De leerresultaten over kwaliteit zijn nog te algemeen.",
            "refused": "De kwalificatie overlapt te veel met een bestaande.",
        }.get(result, "")
        round_ = self._round(version, "validation", opened, ground=ground, **closed)
        seats = self.cast.seats["validation"]
        choice = {"returned": "abstain", "refused": "against"}.get(result, "for")
        for seat in seats if result else seats[1:2]:
            Vote.objects.create(
                round=round_, member=seat, choice=choice, cast_at=opened + timedelta(days=6), ground=ground
            )
        if self.state in ("in-validation", "returned"):
            outcome = UnitOutcome.objects.filter(unit__version=version).order_by("pk").first()
            Comment.objects.create(
                version=version,
                round=round_,
                outcome=outcome.outcome.outcome if outcome else None,
                author=seats[1].user,
                text="Kan dit preciezer? Zeg met welke middelen en tot welke nauwkeurigheid.",
                made_at=opened + timedelta(days=4),
            )

    def _levelling(self, version: QualificationVersion, opened: datetime) -> None:
        past = self.state in _LEVELLED
        result = "agreed" if past else "disputed" if self.state == "disputed" else ""
        closed = {"closed_at": opened + timedelta(days=20), "result": result} if result else {}
        judging = self.state == "levelling-qualitative"
        revealed = None if judging else opened + timedelta(days=12)
        round_ = self._round(
            version,
            "levelling",
            opened,
            revealed_at=revealed,
            ground="De beoordelaars blijven verdeeld over autonomie." if result == "disputed" else "",
            **closed,
        )
        levels = {level.code: level for level in Level.objects.filter(framework=self.framework)}
        elements = {element.code: element for element in Element.objects.filter(framework=self.framework)}
        seats = self.cast.seats["levelling"]
        judged = []
        for place, seat in enumerate(seats[:2] if judging else seats):
            for number, (code, level) in enumerate(self.row["elements"].items()):
                found = levels[level]
                if place == 2 and number % 3 == 0:  # one judge differs here and there
                    found = levels.get(str(int(level) + 1), found)
                judged.append(
                    LevelJudgement(
                        round=round_,
                        member=seat,
                        element=elements[code],
                        level=found,
                        ground="Zie de leerresultaten.",
                        judged_at=opened + timedelta(days=5),
                    )
                )
        LevelJudgement.objects.bulk_create(judged)
        if judging or result == "disputed":
            return
        agreed = {code: levels[level] for code, level in self.row["elements"].items()}
        AgreedLevel.objects.bulk_create(
            AgreedLevel(round=round_, element=elements[code], level=level, ground="Na bespreking.")
            for code, level in agreed.items()
        )
        assert version.procedure is not None
        method = procedures.levelling_of(version.procedure)
        round_.points = levelling.points({code: level.position for code, level in agreed.items()}, method)
        round_.save(update_fields=["points"])
        if past:
            ElementLevel.objects.bulk_create(
                ElementLevel(version=version, element=elements[code], level=level, ground="Na bespreking.")
                for code, level in agreed.items()
            )
            for seat in seats:
                Vote.objects.create(
                    round=round_, member=seat, choice="for", cast_at=opened + timedelta(days=18)
                )


def _link(told: Mapping[str, Any]) -> dict[str, Any]:
    confirmed = bool(told.get("confirmed"))
    return {
        "uri": told["uri"],
        "label": Text("en", dict(told["label"])),
        "relation": told["relation"],
        "edition": ESCO,
        "state": Linked.State.CONFIRMED if confirmed else Linked.State.PROPOSED,
        "confirmed_at": clock.now() if confirmed else None,
        "confidence": None if confirmed else Decimal("0.600"),
    }


def _review(registered: datetime) -> Any:
    day = registered.date()
    return day.replace(year=day.year + 5, day=min(day.day, 28))


def profiles_of() -> Sequence[Mapping[str, Any]]:
    """Return what the data tells of occupational profiles."""
    found = [
        read(f"qualifications/{path.name}")
        for path in sorted((DATA / "qualifications").glob("profiles-*.yaml"))
    ]
    return [row for told in found for row in (told["profiles"] if isinstance(told, dict) else told)]
