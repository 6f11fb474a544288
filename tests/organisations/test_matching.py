"""Which organisation a document means."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.text import Text
from gilde.organisations.matching import match
from gilde.organisations.public import match_names
from tests.organisations.factories import OrganisationFactory

EDUCATION, WORK, PES, OTHER_PES = (uuid4() for _ in range(4))
KNOWN: list[tuple[UUID, Text, str, list[str]]] = [
    (
        EDUCATION,
        Text("nl", {"nl": "Ministerie van Onderwijs en Vorming", "en": "Ministry of Education and Training"}),
        "",
        ["Department of Education"],
    ),
    (WORK, Text.of("Ministry of Work and Social Economy"), "WSE", []),
    (PES, Text.of("Flemish Employment Service"), "VDAB", ["PES"]),
    (OTHER_PES, Text.of("Norland Employment Service"), "NES", ["PES"]),
]


def meant(name: str) -> list[UUID]:
    return [organisation for organisation, _score in match([name], KNOWN)[name]]


@pytest.mark.parametrize(
    "name",
    [
        "Ministry of Education and Training",
        "the ministry of education & training",
        "MINISTERIE VAN ONDERWIJS EN VORMING",
        "Department of Education",
        "Ministry of Education and Training (lead)",
    ],
)
def test_a_name_or_alias_is_found_in_every_language_whatever_capitals_signs_and_brackets(name: str) -> None:
    assert meant(name) == [EDUCATION]


@pytest.mark.parametrize("name", ["VDAB", "vdab", "Public service for jobs (VDAB)"])
def test_an_abbreviation_is_found_alone_or_in_brackets(name: str) -> None:
    assert match([name], KNOWN)[name] == [(PES, 100.0)]


@pytest.mark.parametrize("name", ["Ministry of Eduction and Training", "Ministry of Education and Trainings"])
def test_a_slip_of_spelling_is_forgiven_with_a_lower_score(name: str) -> None:
    [(organisation, score)] = match([name], KNOWN)[name]
    assert organisation == EDUCATION
    assert 90 <= score < 100


def test_a_name_that_two_organisations_carry_gives_both() -> None:
    assert set(meant("PES")) == {PES, OTHER_PES}


@pytest.mark.parametrize("name", ["", "()", "Ministry", "VDABX", "Education", "European Commission", "…"])
def test_what_is_not_known_is_not_guessed(name: str) -> None:
    assert meant(name) == []


@given(st.lists(st.text(max_size=40), max_size=5))
def test_every_name_gets_an_answer_with_scores_from_90_to_100_best_first(names: list[str]) -> None:
    found = match(names, KNOWN)
    assert set(found) == set(names)
    for matches in found.values():
        scores = [score for _organisation, score in matches]
        assert scores == sorted(scores, reverse=True)
        assert all(90 <= score <= 100 for score in scores)


@pytest.mark.django_db
def test_other_contexts_match_against_what_is_stored() -> None:
    stored = OrganisationFactory(name="Flemish Government", short="VR", aliases=["Government of Flanders"])
    OrganisationFactory(name="Norland Government")
    assert match_names(["government of Flanders", "nobody at all"]) == {
        "government of Flanders": [(stored.pk, 100.0)],
        "nobody at all": [],
    }
