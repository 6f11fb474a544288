"""What the addresses of the API of qualifications name, for the suite that sends anything to every operation."""

from __future__ import annotations

from typing import Any

from gilde.organisations.models import Organisation
from gilde.qualifications.models import Profile
from tests.qualifications.factories import (
    ProfileFactory,
    ProgrammeFactory,
    a_concept,
    a_file,
    a_framework,
    a_procedure,
    an_edition,
    registered,
)


def api_things(code: str, owner: Organisation) -> dict[str, Any]:
    """Make one of everything and return the parameters of addresses; what has a code has the given one.

    `owner` is the organisation for which the actor writes: the draft of a file is its own.
    """
    on_record = registered(qualification__code=code, qualification__owner=owner)
    draft = a_file(qualification__code=f"{code}-draft", qualification__owner=owner)
    a_procedure("provider-own")
    a_framework(code, levels=2, elements=("knowledge",))
    ProfileFactory(profile=Profile.objects.create(code=code, owner=owner))
    ProgrammeFactory(code=code, owner=owner).leads_to.add(on_record.qualification)
    a_concept(an_edition(), "lay bricks")
    unit = draft.units.get()
    outcome = on_record.units.get().outcomes.all()[0].outcome
    return {
        "number": on_record.number,
        "outcome_id": outcome.pk,
        "file_id": draft.pk,
        "unit_id": unit.pk,
        "name": "submit",
    }
