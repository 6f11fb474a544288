"""An award as SD-JWT VC: the same facts back, and only those that the holder chooses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.renderings import sd_jwt_vc
from gilde.credentials.status import tokens
from tests.credentials.facts_strategy import a_facts, a_place, facts, places
from tests.credentials.proofs.jose_tools import NOW, did, key, refused

VCT = "https://gilde.example.be/vct/award"
WALLET = key(KeyKind.P256, number=7)
SCHOOL = key(KeyKind.P256)


def by_school(award: Facts) -> Facts:
    return replace(award, issuer=replace(award.issuer, id=did(SCHOOL)))


def issued(award: Facts | None = None, place: StatusPlace | None = None) -> str:
    award = by_school(award or a_facts())
    return sd_jwt_vc.issue(award, place, SCHOOL, vct=VCT, holder_key=WALLET.public)


def claims_of(token: str) -> dict[str, Any]:
    return sd_jwt.verify(token, resolve_key, now=NOW, period=False).claims


@settings(max_examples=60, deadline=None)
@given(award=facts(), place=st.none() | places())
def test_any_award_comes_back_equal_when_all_is_shown(award: Facts, place: StatusPlace | None) -> None:
    claims = claims_of(issued(award, place))

    assert sd_jwt_vc.facts(claims) == by_school(award)
    assert sd_jwt_vc.view(claims).withheld == ()
    assert tokens.reference(claims) == (place and tokens.Reference(place.tokens, place.index))


@settings(max_examples=60, deadline=None)
@given(award=facts(), data=st.data())
def test_any_choice_of_outcomes_and_details_is_shown_and_nothing_else(
    award: Facts, data: st.DataObject
) -> None:
    token = issued(award)
    there = [name for name in sd_jwt_vc.PERSONAL if name in claims_of(token)]
    personal = data.draw(st.sets(st.sampled_from(there)))
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(award.outcomes))))) if award.outcomes else [])

    seen = sd_jwt_vc.view(
        claims_of(sd_jwt.present(token, sd_jwt_vc.paths(outcomes=chosen, personal=personal)))
    )

    assert seen.facts == replace(
        by_school(award),
        outcomes=tuple(award.outcomes[number] for number in chosen),
        assessment=award.assessment if "assessment" in personal else None,
        holder=replace(
            award.holder,
            id=award.holder.id if "sub" in personal else "",
            given_name=award.holder.given_name if "given_name" in personal else "",
            family_name=award.holder.family_name if "family_name" in personal else "",
            born=award.holder.born if "birthdate" in personal else None,
        ),
    )
    assert seen.outcomes_in_all == len(award.outcomes)
    assert set(seen.withheld) == ({"sub", "given_name", "family_name"} - personal) | (
        {"outcomes"} if len(chosen) < len(award.outcomes) else set()
    )


def test_the_header_and_the_open_claims_are_those_of_the_standard() -> None:
    header, payload = jose.unverified(issued(place=a_place()).split("~")[0])

    assert header["typ"] == "dc+sd-jwt"
    assert header["kid"] == SCHOOL.method
    assert payload["iss"] == did(SCHOOL)
    assert payload["vct"] == VCT
    assert payload["status"] == {"status_list": {"idx": 4711, "uri": a_place().tokens}}
    assert payload["cnf"] == {"jwk": WALLET.public.jwk()}
    assert payload["exp"] - payload["nbf"] == (365 * 5 + 1) * 86400


def test_nothing_personal_and_no_outcome_is_seen_without_a_disclosure() -> None:
    token = sd_jwt.present(issued(), [])
    _header, payload = jose.unverified(token.split("~")[0])
    everything = json.dumps(payload, ensure_ascii=False)

    for personal in ("Noor", "Vercauteren", "2004-05-17", "16/20", a_facts().holder.id):
        assert personal not in everything
    assert "TIG" not in everything
    assert token.count("~") == 1


def test_a_grade_can_be_kept_back_from_an_assessment_that_is_shown() -> None:
    seen = sd_jwt_vc.facts(claims_of(sd_jwt.present(issued(), [("assessment", "method")])))

    assert seen.assessment is not None
    assert seen.assessment.title == {"nl": "Praktijkproef lassen"}
    assert seen.assessment.grade == ""


def test_a_chosen_grade_is_shown_with_the_assessment_it_is_of() -> None:
    seen = sd_jwt_vc.facts(claims_of(sd_jwt.present(issued(), [("assessment", "grade")])))

    assert seen.assessment == a_facts().assessment


def test_decoys_hide_how_many_details_there_are() -> None:
    _header, full = jose.unverified(issued().split("~")[0])

    assert len(full["_sd"]) == len(sd_jwt_vc.PERSONAL) + sd_jwt_vc.DECOYS
    assert len(full["outcomes"]) == 6 + sd_jwt_vc.DECOYS


@pytest.mark.parametrize(
    "changes",
    [
        {"jti": ...},
        {"nbf": ...},
        {"issuer": "x"},
        {"kind": "doctorate"},
        {"achievement": {}},
        {"outcomes": "x"},
        {"outcomes": ["x"]},
        {"outcomes": ...},
        {"outcomes_in_all": 5},
        {"outcomes_in_all": "6"},
        {"outcomes_in_all": ...},
        {"awarded_on": "yesterday"},
        {"hours": "many"},
        {"given_name": 5},
        {"birthdate": "x"},
    ],
)
def test_claims_that_are_no_award_of_gilde_are_refused(changes: dict[str, Any]) -> None:
    claims = {**sd_jwt_vc.render(by_school(a_facts()), None, vct=VCT).claims, **changes}

    with refused(Unreadable, "not-an-award"):
        sd_jwt_vc.facts({name: value for name, value in claims.items() if value is not ...})


def test_the_document_of_the_type_says_what_can_be_hidden_and_how_it_is_called() -> None:
    document = sd_jwt_vc.type_metadata(VCT)
    rendered = sd_jwt_vc.render(a_facts(), a_place(), vct=VCT)
    by_path = {tuple(claim["path"]): claim for claim in document["claims"]}
    hidden = {tuple(None if type(step) is int else step for step in path) for path in rendered.hidden}

    assert document["vct"] == VCT
    assert [each["locale"] for each in document["display"]] == ["en", "nl"]
    assert {path for path, claim in by_path.items() if claim["sd"] == "always"} == hidden - {("sub",)}
    assert all(set(claim) == {"path", "display", "sd"} for claim in document["claims"])
    assert by_path[("given_name",)]["display"][0] == {"locale": "en", "label": "Given name"}
