"""The kinds of qualifications that have a stable address, and what each gives to machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from gilde.core.access import Actor
from gilde.core.uris import register
from gilde.qualifications.access import visible_outcomes, visible_qualifications, visible_versions
from gilde.qualifications.describing import describe, outcome, version_shown, with_parts
from gilde.qualifications.formats import elm_rdf
from gilde.qualifications.models import OutcomeVersion, Qualification, QualificationVersion, Unit
from gilde.qualifications.publishing import publisher

# How a skill of ESCO relates to an outcome: exact, close, broad (the skill is broader), narrow (SKOS, section 10).
RELATIONS = "http://www.w3.org/2004/02/skos/core#"


def _qualification(actor: Actor, key: UUID) -> Qualification | None:
    found = visible_qualifications(actor).filter(pk=key).prefetch_related("versions").first()
    return found if found and version_shown(found) else None


def _version(actor: Actor, key: UUID) -> QualificationVersion | None:
    return with_parts(visible_versions(actor)).filter(pk=key).first()


def _outcome(actor: Actor, key: UUID) -> OutcomeVersion | None:
    return visible_outcomes(actor).select_related("outcome").filter(pk=key).first()


def _unit(actor: Actor, key: UUID) -> Unit | None:
    visible = visible_versions(actor).order_by().values("pk")
    return Unit.objects.filter(pk=key, version__in=visible).select_related("version__qualification").first()


def _shown_data(qualification: Qualification) -> Mapping[str, Any]:
    shown = version_shown(qualification)
    assert shown is not None
    return _version_data(with_parts(QualificationVersion.objects.all()).get(pk=shown.pk))


def _version_data(version: QualificationVersion) -> Mapping[str, Any]:
    data = elm_rdf.as_jsonld(publisher(), describe(version))
    data.pop(
        "id", None
    )  # the address that was asked for is added as "@id", and JSON-LD takes one of them only
    return data


def _outcome_data(version: OutcomeVersion) -> Mapping[str, Any]:
    """A learning outcome in the words of the European Learning Model, with what its confirmed links say."""
    told = outcome(version)
    skills = [
        {"id": link.uri, "type": "Concept", "prefLabel": dict(link.label.words), "relation": link.relation}
        for link in told.concepts
    ]
    return {
        "@context": {**elm_rdf.context(), "relation": f"{RELATIONS}mappingRelation"},
        "type": "LearningOutcome",
        "title": dict(told.statement.words),
        "relatedESCOSkill": skills,
    }


def _version_page(version: QualificationVersion) -> str:
    return reverse("qualifications:version", args=[version.qualification.code, version.number])


register(
    "qualification",
    find=_qualification,
    page=lambda each: reverse("qualifications:qualification", args=[each.code]),
    data=_shown_data,
)
register("qualification-version", find=_version, page=_version_page, data=_version_data)
register(
    "outcome",
    find=_outcome,
    page=lambda each: reverse("qualifications:outcome", args=[each.outcome_id]),
    data=_outcome_data,
)
register(
    "unit",
    find=_unit,
    page=lambda unit: f"{_version_page(unit.version)}#unit-{unit.pk}",
    data=lambda unit: _version_data(with_parts(QualificationVersion.objects.all()).get(pk=unit.version_id)),
)
