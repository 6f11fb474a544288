"""Procedures are data, checked before they are used."""

from __future__ import annotations

from typing import Any

import pytest

from gilde.core.errors import Invalid
from gilde.qualifications import describing, procedures
from gilde.qualifications.models import QualificationVersion
from tests.qualifications.factories import Cast, a_file, a_procedure

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["vks-professional", "single-commission", "provider-own"])
def test_every_procedure_of_the_house_loads_and_loads_again_the_same(code: str) -> None:
    procedure = a_procedure(code)
    before = procedures.steps_of(procedure)
    assert before[0].name == "submit"
    assert procedures.steps_of(a_procedure(code)) == before


def _told(**changes: Any) -> dict[str, Any]:
    step = {
        "name": "submit",
        "from": ["draft"],
        "to": "submitted",
        "roles": ["drafter"],
        "label": {"en": "Submit"},
    }
    return {
        "code": "own",
        "name": {"en": "Own"},
        "framework": "eqf",
        "source": "an example",
        "steps": [step | changes],
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to": "nowhere"}, "states that do not exist: nowhere"),
        ({"roles": ["agency-officer"]}, "roles that do not exist: agency-officer"),
        ({"roles": []}, "nobody who may make it"),
        ({"needs": ["luck"]}, "conditions that do not exist: luck"),
        ({"opens": "nobody"}, "committees that do not exist: nobody"),
        ({"from": ["returned"]}, "No step leads from draft to: returned"),
        ({"closes": "agreed"}, "closes a round where none is open"),
    ],
)
def test_a_table_that_cannot_work_is_refused_in_a_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        procedures.load(_told(**changes))


def test_a_complete_file_is_told_whole() -> None:
    version = a_file(units=2, outcomes=2)
    told = describing.describe(describing.with_parts(QualificationVersion.objects.all()).get(pk=version.pk))
    assert [len(unit.outcomes) for unit in told.units] == [2, 2]
    assert told.level is None
    assert sum(unit.credit.points for unit in told.units if unit.credit) == version.credit


def test_the_cast_has_everybody_that_the_procedure_names() -> None:
    cast = Cast.of(a_file())
    assert set(cast.seats) == {"validation", "levelling"}
    assert set(cast.bodies) == {
        "agency-officer",
        "agency-approver",
        "government-officer",
        "government-approver",
    }
