"""Selective disclosure (RFC 9901): the holder shows what they choose, and nothing else leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import resolve_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.proofs.disclosures import Path, hide, reveal
from tests.credentials.proofs.jose_tools import BASE64URL, JSON, NAMES, NOW, did, key, opened, refused

HOLDER = key(KeyKind.P256, number=7)
CLAIMS: dict[str, Any] = {
    "iss": did(key()),
    "vct": "https://gilde.example.be/vct/award",
    "name": "Noor",
    "outcomes": [{"title": "welds"}, {"title": "measures"}, {"title": "cleans"}],
    "home": {"city": "Gent", "street": "Kouter 3"},
}
HIDDEN: list[Path] = [("name",), ("outcomes", None), ("home",), ("home", "street")]
BOUND = {"holder_key": HOLDER, "audience": "https://employer.example", "nonce": "n-1", "now": NOW}
ASKED = {"audience": "https://employer.example", "nonce": "n-1"}


def issued(**options: Any) -> str:
    return sd_jwt.issue(
        CLAIMS, key(), **{"hidden": HIDDEN, "holder_key": HOLDER.public, "decoys": 2, **options}
    )


def shown(token: str, **asked: Any) -> dict[str, Any]:
    claims = sd_jwt.verify(token, resolve_key, now=NOW, **asked).claims
    return {name: value for name, value in claims.items() if name != "cnf"}


def test_with_every_disclosure_the_claims_are_those_that_were_issued() -> None:
    assert shown(issued()) == CLAIMS


def test_without_any_disclosure_only_the_open_claims_are_seen() -> None:
    assert shown(sd_jwt.present(issued(), [])) == {"iss": CLAIMS["iss"], "vct": CLAIMS["vct"], "outcomes": []}


def test_chosen_claims_are_shown_with_what_they_are_in_and_what_is_in_them() -> None:
    one = shown(sd_jwt.present(issued(), [("outcomes", 1)]))
    inner = shown(sd_jwt.present(issued(), [("home", "city")]))
    whole = shown(sd_jwt.present(issued(), [("home",)]))

    assert one["outcomes"] == [{"title": "measures"}]
    assert inner["home"] == {"city": "Gent"}
    assert whole["home"] == CLAIMS["home"]
    assert "name" not in one


def test_every_place_of_a_list_can_be_asked_for_at_once() -> None:
    assert shown(sd_jwt.present(issued(), [("outcomes", None)]))["outcomes"] == CLAIMS["outcomes"]


def test_a_presentation_can_be_narrowed_further_and_never_widened() -> None:
    narrow = sd_jwt.present(sd_jwt.present(issued(), [("name",), ("home",)]), [("name",)])

    assert shown(narrow)["name"] == "Noor"
    with refused(Unreadable, "no-such-claim"):
        sd_jwt.present(narrow, [("home",)])


def test_the_holder_proves_to_hold_it_for_one_audience_and_occasion() -> None:
    seen = sd_jwt.verify(sd_jwt.present(issued(), [("name",)], **BOUND), resolve_key, now=NOW, **ASKED)

    assert seen.bound
    assert seen.holder == HOLDER.public
    assert seen.claims["name"] == "Noor"


def test_a_proof_of_holding_that_nobody_asked_for_proves_nothing() -> None:
    assert not sd_jwt.verify(sd_jwt.present(issued(), **BOUND), resolve_key, now=NOW).bound


def test_the_digests_tell_neither_order_nor_number() -> None:
    _header, payload = opened(issued().split("~")[0])

    assert payload["_sd"] == sorted(payload["_sd"])
    assert len(payload["_sd"]) == 2 + 2
    assert len(payload["outcomes"]) == 3 + 2
    assert payload["_sd_alg"] == "sha-256"
    assert sd_jwt.verify(issued(), resolve_key, now=NOW).withheld == 2 + 2 + 2


def test_every_disclosure_has_a_salt_of_its_own_of_128_bits_and_more() -> None:
    texts = issued().split("~")[1:-1] + issued().split("~")[1:-1]
    salts = [json.loads(jose.unpacked(text))[0] for text in texts]

    assert len(set(salts)) == len(salts)
    assert all(len(jose.unpacked(salt)) >= 16 for salt in salts)


@st.composite
def claims_with_paths(draw: st.DrawFn) -> tuple[dict[str, Any], list[Path]]:
    """Draw any claims, and any of the places in them to be hidden."""
    claims = draw(st.dictionaries(NAMES, JSON, min_size=1, max_size=4))
    every = sorted(_paths(claims, ()), key=repr)
    return claims, draw(st.lists(st.sampled_from(every), max_size=6, unique=True))


def _paths(value: Any, path: Path) -> set[Path]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    found = {path} if path else set()
    return found.union(*(_paths(each, (*path, step)) for step, each in inner))


@settings(max_examples=150)
@given(drawn=claims_with_paths(), decoys=st.integers(0, 2))
def test_whatever_is_hidden_wherever_all_disclosures_give_the_claims_again(
    drawn: tuple[dict[str, Any], list[Path]], decoys: int
) -> None:
    claims, hidden = drawn
    payload, disclosures = hide(claims, hidden, decoys=decoys)

    found = reveal(payload, disclosures)

    assert found.claims == claims
    assert set(found.places) == set(hidden)


@settings(max_examples=150)
@given(drawn=claims_with_paths(), data=st.data())
def test_any_choice_of_claims_verifies_and_shows_what_was_chosen(
    drawn: tuple[dict[str, Any], list[Path]], data: st.DataObject
) -> None:
    claims, hidden = drawn
    token = sd_jwt.issue(claims, key(), hidden=hidden, decoys=1)
    keep = data.draw(st.lists(st.sampled_from(hidden), unique=True)) if hidden else []

    presented = sd_jwt.present(token, keep)
    found = sd_jwt.verify(presented, resolve_key, now=NOW, period=False)

    assert set(presented.split("~")) <= set(token.split("~"))
    wanted = {
        path
        for path in hidden
        if any(path[: len(each)] == each or each[: len(path)] == path for each in keep)
    }
    # A disclosure is kept when it, something it is in, or something in it was chosen.
    assert len(presented.split("~")) - 2 == len(wanted)
    assert found.withheld >= len([path for path in hidden if path not in wanted and _top(path, hidden)])


def _top(path: Path, hidden: list[Path]) -> bool:
    return not any(path[: len(other)] == other for other in hidden if other != path)


@settings(max_examples=100)
@given(data=st.data())
def test_what_is_not_disclosed_does_not_leave_in_any_form(data: st.DataObject) -> None:
    secrets = {f"claim{number}": f"secret-{number}-{'xyz'[number]}" for number in range(3)}
    items = [f"item-{number}-{'uvw'[number]}" for number in range(3)]
    claims = {"iss": did(key()), **secrets, "list": items}
    token = sd_jwt.issue(claims, key(), hidden=[*((name,) for name in secrets), ("list", None)])
    names = data.draw(st.sets(st.sampled_from(sorted(secrets))))
    places = data.draw(st.sets(st.integers(0, 2)))

    presented = sd_jwt.present(token, [*((name,) for name in names), *(("list", place) for place in places)])

    everything = presented + "".join(
        jose.unpacked(part).decode("latin-1") for piece in presented.split("~") for part in piece.split(".")
    )
    for name, value in secrets.items():
        assert (value in everything) == (name in names)
        assert (name in everything) == (name in names)
    for place, value in enumerate(items):
        assert (value in everything) == (place in places)


@settings(max_examples=200)
@given(data=st.data())
def test_no_single_edit_of_a_presentation_is_accepted(data: st.DataObject) -> None:
    token = PRESENTED
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(BASE64URL + ".~= \n").filter(lambda each: each != token[place]))
    edited = data.draw(
        st.sampled_from(
            [
                token[:place] + letter + token[place + 1 :],
                token[:place] + token[place + 1 :],
                token[:place] + letter + token[place:],
                token[:place],
            ]
        ).filter(lambda each: each != token)
    )

    with pytest.raises((Altered, Unreadable, Unsupported)):
        sd_jwt.verify(edited, resolve_key, now=NOW, **ASKED)


PRESENTED = sd_jwt.present(issued(), [("name",), ("outcomes", 0)], **BOUND)


@settings(max_examples=60)
@given(data=st.data())
def test_an_edited_disclosure_is_altered_for_that_reason(data: st.DataObject) -> None:
    jwt, first, second, end = sd_jwt.present(issued(), [("name",), ("outcomes", 0)]).split("~")
    place = data.draw(st.integers(0, len(first) - 1))
    letter = data.draw(st.sampled_from(BASE64URL).filter(lambda each: each != first[place]))

    with refused(Altered, "disclosure-unreferenced"):
        sd_jwt.verify(
            "~".join([jwt, first[:place] + letter + first[place + 1 :], second, end]), resolve_key, now=NOW
        )


def test_a_disclosure_of_another_credential_is_altered() -> None:
    other = sd_jwt.issue({**CLAIMS, "name": "Jan"}, key(), hidden=HIDDEN)
    borrowed = sd_jwt.present(other, [("name",)]).split("~")[1]

    with refused(Altered, "disclosure-unreferenced"):
        sd_jwt.verify(sd_jwt.present(issued(), []) + borrowed + "~", resolve_key, now=NOW)


def test_an_inner_disclosure_without_that_of_what_it_is_in_is_altered() -> None:
    home = sd_jwt.present(issued(), [("home", "street")])
    jwt, *disclosures, end = home.split("~")
    inner = [text for text in disclosures if json.loads(jose.unpacked(text))[1] == "street"]

    with refused(Altered, "disclosure-unreferenced"):
        sd_jwt.verify("~".join([jwt, *inner, end]), resolve_key, now=NOW)


def test_disclosures_may_come_in_any_order() -> None:
    jwt, *disclosures, end = issued().split("~")

    assert shown("~".join([jwt, *reversed(disclosures), end])) == CLAIMS


def test_a_credential_of_another_type_is_refused() -> None:
    with refused(Unreadable, "typ"):
        sd_jwt.verify(issued(typ="statuslist+jwt"), resolve_key, now=NOW)


def test_a_credential_signed_by_another_key_is_altered() -> None:
    mallory = sd_jwt.issue(CLAIMS, key(number=1), hidden=HIDDEN)

    with refused(Altered, "issuer-key"):
        sd_jwt.verify(mallory, resolve_key, now=NOW)


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "a.b.c~~", "a.b.c~~d~", "~", "~~"])
def test_what_is_not_framed_as_an_sd_jwt_is_refused(token: str) -> None:
    with pytest.raises(Unreadable):
        sd_jwt.verify(token, resolve_key, now=NOW)


def test_a_plain_token_is_no_sd_jwt() -> None:
    with refused(Unreadable, "not-sd-jwt"):
        sd_jwt.verify(issued().split("~")[0], resolve_key, now=NOW)


# Period


def timed(**times: int) -> str:
    return sd_jwt.issue(
        {**CLAIMS, **{name: int(NOW.timestamp()) + value for name, value in times.items()}}, key()
    )


@pytest.mark.parametrize(
    "times", [{}, {"exp": 1}, {"nbf": 0}, {"iat": 0}, {"nbf": -9, "iat": -9, "exp": 9}, {"nbf": 59}]
)
def test_a_credential_within_its_period_is_shown(times: dict[str, int]) -> None:
    assert shown(timed(**times))["name"] == "Noor"


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"exp": 0}, "expired"),
        ({"exp": -1}, "expired"),
        ({"nbf": 61}, "not-yet-valid"),
        ({"iat": 3600}, "not-yet-valid"),
        ({"nbf": 100, "exp": -100}, "expired"),
    ],
)
def test_outside_its_period_a_credential_is_refused_and_still_says_what_it_says(
    times: dict[str, int], reason: str
) -> None:
    with pytest.raises(sd_jwt.OutOfPeriod) as told:
        sd_jwt.verify(timed(**times), resolve_key, now=NOW)

    assert told.value.reason == reason
    assert told.value.shown.claims["name"] == "Noor"


def test_a_period_that_is_no_time_is_refused() -> None:
    with refused(Unreadable, "time"):
        sd_jwt.verify(sd_jwt.issue({**CLAIMS, "exp": "tomorrow"}, key()), resolve_key, now=NOW)
