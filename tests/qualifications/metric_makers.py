"""What the words of the worked examples of metrics mean (src/gilde/qualifications/metrics.yaml)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gilde.qualifications.models import (
    Enrolment,
    Offer,
    OutcomeConcept,
    OutcomeVersion,
    Programme,
    Qualification,
    QualificationVersion,
    Stage,
)
from tests.qualifications.factories import (
    OrganisationFactory,
    ProgrammeFactory,
    a_day,
    a_file,
    a_procedure,
    linked,
)


def _qualification(
    state: str = "registered", level: int = 4, outcomes: int = 0, **fields: Any
) -> Qualification:
    """A qualification with one version, which has not stayed in any state yet."""
    version = a_file(
        state,
        level=str(level) if state != "draft" else None,
        units=1 if outcomes else 0,
        outcomes=outcomes,
        procedure=a_procedure("provider-own"),
        **{f"qualification__{name}": value for name, value in fields.items()},
    )
    version.stages.all().delete()
    return version.qualification


def _version(qualification: Qualification, state: str) -> QualificationVersion:
    return a_file(state, qualification=qualification, units=0, procedure=a_procedure("provider-own"))


def _stay(qualification: Qualification, state: str, since: date, until: date | None = None) -> Stage:
    return Stage.objects.create(
        version=qualification.versions.get(),
        state=state,
        since=a_day(since.isoformat()),
        until=a_day(until.isoformat()) if until else None,
    )


def _link(qualification: Qualification, outcome: int, **fields: Any) -> OutcomeConcept:
    outcomes = OutcomeVersion.objects.filter(uses__unit__version__qualification=qualification)
    wording = outcomes.order_by("uses__position")[outcome - 1]
    return linked(wording, f"http://data.europa.eu/esco/skill/{outcome}", **fields)


def _offer(programme: Programme, place: str) -> Offer:
    return Offer.objects.create(programme=programme, provider=OrganisationFactory(), place=place)


MAKERS: dict[str, Any] = {
    "qualification": _qualification,
    "next version": _version,
    "stay": _stay,
    "link": _link,
    "programme": ProgrammeFactory,
    "offer": _offer,
    "enrolment": Enrolment.objects.create,
}
