"""A question asks for what was chosen and no more, and only an answer to it is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.facts import Assessment, Facts, Kind
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.wallets import dcql, requests
from gilde.credentials.wallets.dcql import Amiss, Detail, Wanted
from gilde.credentials.wallets.refusals import Refusal
from tests.credentials.facts_strategy import facts as some_facts

VCT = "https://gilde.example/credentials/types/award"
KEY = new_key(KeyKind.P256)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WANTED = st.builds(
    Wanted,
    st.sampled_from(["", *Kind]),
    st.sampled_from(["", "welder", "lasser mig"]),
    st.lists(st.sampled_from(Detail), unique=True).map(tuple),
)


@given(WANTED)
def test_a_query_names_each_claim_once_and_the_kind_only_where_it_is_asked_for(wanted: Wanted) -> None:
    (asked,) = dcql.query(wanted, VCT)["credentials"]
    paths = [json.dumps(each["path"]) for each in asked.get("claims", [])]
    assert len(paths) == len(set(paths))
    values = [each["values"] for each in asked.get("claims", []) if "values" in each]
    assert values == ([[wanted.kind]] if wanted.kind else [])
    assert ('["birthdate"]' in paths) == (Detail.BIRTH in wanted.details)
    assert ('["family_name"]' in paths) == (Detail.NAME in wanted.details)
    assert ('["outcomes", null]' in paths) == (Detail.OUTCOMES in wanted.details)
    assert asked["meta"] == {"vct_values": [VCT]}
    assert asked.get("claims") != []  # it is absent, never empty


@given(WANTED)
def test_a_plain_link_holds_the_whole_question(wanted: Wanted) -> None:
    asked = requests.Question(
        dcql.query(wanted, VCT), "a-nonce", "a-state", "https://gilde.example/openid/response"
    )
    told = {name: value for name, [value] in parse_qs(urlsplit(requests.plain(asked)).query).items()}
    assert json.loads(told["dcql_query"]) == asked.query
    assert told["client_id"] == "redirect_uri:https://gilde.example/openid/response"
    assert (told["nonce"], told["state"], told["response_mode"]) == ("a-nonce", "a-state", "direct_post")


def test_a_signed_question_is_from_the_owner_of_the_did_and_ends() -> None:
    did = KEY.method.partition("#")[0]
    asked = requests.Question(
        {"credentials": []}, "a-nonce", "a-state", "https://gilde.example/openid/response"
    )
    token = requests.signed(asked, did, KEY, now=NOW, until=NOW)
    told = jose.verify_by(token, KEY.public, typs={requests.TYPE})
    assert told.payload["client_id"] == f"decentralized_identifier:{did}"
    assert told.payload["exp"] == int(NOW.timestamp())
    assert told.header["kid"] == KEY.method


def an_sd_jwt(vct: str = VCT) -> str:
    return sd_jwt.issue({"iss": KEY.method.partition("#")[0], "vct": vct}, KEY)


def test_one_presentation_of_the_type_that_was_asked_for_is_an_answer() -> None:
    shown = an_sd_jwt()
    assert dcql.presentation(json.dumps({"award": [shown]}), VCT) == shown


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"award": []},
        {"award": an_sd_jwt()},
        {"award": [an_sd_jwt(), an_sd_jwt()]},
        {"award": [{}]},
        {"award": ["text"]},
        {"other": [an_sd_jwt()]},
        {"award": [an_sd_jwt()], "other": [an_sd_jwt()]},
        {"award": [an_sd_jwt("https://other.example/type")]},
    ],
    ids=range(9),
)
def test_anything_else_is_none(answer: object) -> None:
    with pytest.raises(Refusal) as refusal:
        dcql.presentation(json.dumps(answer), VCT)
    assert refusal.value.error == "invalid_request"


@given(st.text(max_size=200))
def test_no_text_is_taken_for_an_answer(text: str) -> None:
    with pytest.raises(Refusal):
        dcql.presentation(text, VCT)


@given(st.text(max_size=60))
def test_for_whom_it_was_made_is_read_from_the_end_and_nowhere_else(text: str) -> None:
    assert dcql.audience(text) == ""
    bound = jose.sign({"aud": "https://gilde.example"}, KEY, typ="kb+jwt")
    assert dcql.audience(f"{text}~{bound}") == "https://gilde.example"


@given(some_facts(), st.sampled_from(Kind))
def test_another_kind_is_not_what_was_asked_for(facts: Facts, kind: Kind) -> None:
    assert (Amiss.KIND in dcql.amiss(Wanted(kind=kind), facts)) == (facts.kind != kind)
    assert dcql.amiss(Wanted(), facts) == ()


@given(some_facts())
def test_a_part_of_a_title_is_enough_and_details_that_are_missing_are_told(facts: Facts) -> None:
    title = next(iter(facts.achievement.title.values()))
    assert Amiss.TITLE not in dcql.amiss(Wanted(title=title), facts)
    bare = replace(
        facts,
        holder=replace(facts.holder, given_name="", family_name="", born=None),
        outcomes=(),
        assessment=None,
    )
    asked = Wanted(details=tuple(Detail))
    assert dcql.amiss(asked, bare) == (Amiss.NAME, Amiss.BIRTH, Amiss.OUTCOMES, Amiss.GRADE)
    told = replace(
        bare,
        holder=replace(bare.holder, family_name="Peeters", born=date(2004, 3, 9)),
        assessment=Assessment({"en": "Test"}, grade="good"),
    )
    assert dcql.amiss(asked, told) == (Amiss.OUTCOMES,)
