"""Signatures over facts hold however the facts are told. What is told so that its readers miss it is refused.

The holder of a revoked credential wrote its status under the address of the word, or into `@included`: the facts were
the same, so was the signature, and nobody looked for the status there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys import did
from gilde.credentials.linked.tables import (
    CREDENTIALS_V2,
    EUROPEAN,
    GILDE_CONTEXT,
    OPEN_BADGES,
    PUBLIC,
    Table,
)
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.renderings import open_badge, vc
from gilde.credentials.verdict import Answer
from tests.credentials.attack.documents import CRED
from tests.credentials.attack.expected import same
from tests.credentials.attack.world import another
from tests.credentials.checking.world import NOW, SUITES, World, key, made, reasons, signed
from tests.credentials.facts_strategy import a_facts, a_place

Json = dict[str, Any]
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
GRAPHS: Final = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")
every_graph = pytest.mark.parametrize("suite", GRAPHS)


def _included(document: Json, **told: Any) -> None:
    document["@included"] = [{"id": document["id"], "type": document["type"], **told}]


def _status_by_address(document: Json) -> None:
    document[f"{CRED}credentialStatus"] = document.pop("credentialStatus")


def _status_included(document: Json) -> None:
    _included(document, credentialStatus=document.pop("credentialStatus"))


def _status_nested(document: Json) -> None:
    document["@nest"] = {"credentialStatus": document.pop("credentialStatus")}


def _half_of_it(document: Json) -> None:
    revocation, document["credentialStatus"] = document["credentialStatus"]
    document[f"{CRED}credentialStatus"] = revocation


def _in_the_subject(document: Json) -> None:
    """The holder's own object says what the credential says: by its id, which readers do not compare."""
    achieved = document["credentialSubject"]["achieved"]
    achieved["@included"] = [
        {"id": document["id"], f"{CRED}credentialStatus": document.pop("credentialStatus")}
    ]


def _reversed(document: Json) -> None:
    status = listed(document.pop("credentialStatus"))
    document["@included"] = [
        {**each, "@reverse": {f"{CRED}credentialStatus": {"id": document["id"]}}} for each in status
    ]


def _by_a_prefix(document: Json) -> None:
    document["@context"] = [document["@context"][0], GILDE_CONTEXT, EUROPEAN]
    document["cred:credentialStatus"] = document.pop("credentialStatus")


def _type_by_address(document: Json) -> None:
    for each in listed(document["credentialStatus"]):
        each["type"] = f"https://www.w3.org/ns/credentials/status#{each['type']}"


def _end_by_address(document: Json) -> None:
    end = {"@value": document.pop("validUntil"), "@type": f"{XSD}dateTime"}
    document[f"{CRED}validUntil"] = end


def _end_included(document: Json) -> None:
    _included(document, validUntil=document.pop("validUntil"))


HIDDEN: Final[dict[str, Callable[[Json], None]]] = {
    each.__name__.strip("_").replace("_", " "): each
    for each in (
        _status_by_address, _status_included, _status_nested, _half_of_it, _in_the_subject, _reversed, _by_a_prefix,
        _type_by_address, _end_by_address, _end_included,
    )
}  # fmt: skip


@every_graph
@pytest.mark.parametrize("how", HIDDEN)
def test_what_is_hidden_from_its_readers_is_refused(how: str, suite: str) -> None:
    document = json.loads(made(f"vc {suite}"))
    HIDDEN[how](document)
    for revoked in ([], [a_place().index]):
        world = World()
        world.write_lists(revoked=revoked)
        verdict = world.check(json.dumps(document))
        assert verdict.answer == Answer.ALTERED
        assert reasons(verdict) <= {"not-compact", "undefined-term", "protected-term", "unknown-type"}
        assert verdict.facts is None


# A badge calls what was awarded otherwise, and has one status.
@every_graph
@pytest.mark.parametrize("how", sorted(set(HIDDEN) - {"in the subject", "half of it"}))
def test_the_same_in_an_open_badge(how: str, suite: str) -> None:
    document = json.loads(signed(open_badge.render(a_facts(), a_place()), suite))
    HIDDEN[how](document)
    world = World()
    world.write_lists(revoked=[a_place().index])
    verdict = world.check(json.dumps(document))
    assert verdict.answer == Answer.ALTERED
    assert reasons(verdict) <= {"not-compact", "undefined-term", "protected-term", "unknown-type"}


def _achieved(document: Json) -> Json:
    found: Json = document["credentialSubject"]["achieved"]
    return found


def _outcome_twice(document: Json) -> None:
    _achieved(document)["outcome"].append(_achieved(document)["outcome"][0])


def _outcome_in_two(document: Json) -> None:
    outcome = _achieved(document)["outcome"][0]
    _achieved(document)["outcome"].append({"id": outcome["id"], "outcomeKind": outcome.pop("outcomeKind")})


def _status_twice(document: Json) -> None:
    document["credentialStatus"].append(document["credentialStatus"][0])


@every_graph
@pytest.mark.parametrize("edit", [_outcome_twice, _outcome_in_two, _status_twice])
def test_what_is_said_of_one_thing_in_two_places_is_refused(edit: Callable[[Json], None], suite: str) -> None:
    document = json.loads(made(f"vc {suite}"))
    edit(document)
    verdict = World().check(json.dumps(document))
    assert (verdict.answer, reasons(verdict)) == (Answer.ALTERED, {"told-twice"})


@every_graph
def test_credentials_of_one_person_in_a_presentation_say_different_things_of_them(suite: str) -> None:
    holder = did.new_key(SUITES[suite])
    shown = [json.loads(read(f"vc {suite}")) for read in (made, another)]
    for each in shown:
        each["credentialSubject"]["id"] = holder.method.partition("#")[0]
        del each["proof"]
    document = {
        "@context": [CREDENTIALS_V2],
        "type": "VerifiablePresentation",
        "holder": holder.method.partition("#")[0],
        "verifiableCredential": [json.loads(signed(each, suite)) for each in shown],
    }
    presented = data_integrity.sign(document, holder, suite, created=NOW, purpose="authentication")
    assert World().check(json.dumps(presented)).answer == Answer.VALID
    inside = presented["verifiableCredential"][0]["credentialSubject"]["achieved"]["outcome"]
    inside.append(inside[0])
    assert World().check(json.dumps(presented)).answer == Answer.ALTERED


def _language_of_teaching(document: Json) -> None:
    """Another word with the address of the one that is read."""
    _achieved(document)["writtenIn"] = _achieved(document).pop("taughtIn")


def _description(document: Json) -> None:
    told = _achieved(document).pop("description")
    _achieved(document)["descriptionIn"] = {each["@language"]: each["@value"] for each in told}


def _criteria(document: Json) -> None:
    document["@context"] = [document["@context"][0], OPEN_BADGES, GILDE_CONTEXT]
    _achieved(document)["narrative"] = _achieved(document).pop("awardCriteria")


@every_graph
@pytest.mark.parametrize("edit", [_language_of_teaching, _description, _criteria])
def test_where_another_word_tells_a_fact_no_facts_are_shown_rather_than_fewer(
    edit: Callable[[Json], None], suite: str
) -> None:
    document = json.loads(made(f"vc {suite}"))
    edit(document)
    verdict = World().check(json.dumps(document))
    assert (verdict.answer, verdict.facts) == (Answer.VALID, None)
    assert "contents-unknown" in {each.reason for each in verdict.checks}


@every_graph
def test_the_order_of_what_is_a_set_is_nothing(suite: str) -> None:
    document = json.loads(signed(open_badge.render(a_facts(), a_place()), suite))
    document["credentialSubject"]["achievement"]["alignment"].reverse()
    document["type"].reverse()
    verdict = World().check(json.dumps(document))
    assert verdict.answer == Answer.VALID
    assert same(verdict.facts, a_facts())


@every_graph
def test_languages_and_numbers_written_otherwise_are_the_same_facts(suite: str) -> None:
    document = json.loads(made(f"vc {suite}"))
    for told in (document["name"], _achieved(document)["name"], _achieved(document)["description"]):
        for each in told:
            each["@language"] = each["@language"].upper()
    _achieved(document)["levelEqf"] = 3.0
    _achieved(document)["iscedField"] *= 2
    verdict = World().check(json.dumps(document))
    assert (verdict.answer, verdict.facts) == (Answer.VALID, a_facts())


@pytest.mark.parametrize("form", ["vc eddsa-jcs-2022", "vc-jwt"])
def test_a_status_by_its_address_is_refused_even_where_the_issuer_wrote_it(form: str) -> None:
    """Else a credential of an issuer that writes so could never be seen to be revoked."""
    document = vc.render(a_facts(), a_place())
    _status_by_address(document)
    if form == "vc-jwt":
        verdict = World().check(vc_jwt.secure(document, key()))
        assert (verdict.answer, reasons(verdict)) == (Answer.ALTERED, {"not-compact"})
        return
    with pytest.raises(Unreadable) as told:
        signed(document)
    assert told.value.reason == "not-compact", "Gilde itself signs no such document"


CRITICAL: Final = frozenset(
    {
        "credentialStatus",
        "credentialSubject",
        "issuer",
        "validFrom",
        "validUntil",
        "issuanceDate",
        "expirationDate",
    }
)


def test_what_a_verdict_rests_on_has_one_word_in_all_contexts() -> None:
    """Where two words had one address, the holder could choose the one that nobody reads."""
    words: dict[str, set[str]] = {}

    def read(table: Table, outer: dict[str, str]) -> None:
        known = {**outer, **{word: entry.iri for word, entry in table.terms.items()}}
        for word, entry in table.terms.items():
            prefix, _colon, rest = entry.iri.partition(":")
            iri = known[prefix] + rest if prefix in known and rest[:2] != "//" else entry.iri
            words.setdefault(iri, set()).add(word)
            if entry.within is not None:
                read(entry.within, known)

    for url in PUBLIC.urls:
        read(PUBLIC[url], {})
    for name in CRITICAL:
        assert words[CRED + name] == {name}
