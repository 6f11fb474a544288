"""The cases of the W3C's suite for bitstring status lists, on the lists of the loopback server."""

from __future__ import annotations

import base64
import gzip
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from gilde.core import clock
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.proofs import data_integrity
from gilde.credentials.status import bitstring
from gilde.credentials.vc_api import Means, verify_credential
from tests.credentials.vc_api.conftest import OK
from tests.credentials.vc_api.documents import V2, Local, credential

ISSUERS = ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
NAME = "urn:uuid:7d1b0d3f-91a7-4b0c-9d43-9a5c0c3a7d{:02x}"
_numbers = iter(range(256))


@pytest.fixture(params=ISSUERS)
def issued(request: pytest.FixtureRequest, api: Any) -> dict[str, Any]:
    told: dict[str, Any] = api.issued(credential(id=NAME.format(next(_numbers))), request.param)
    return told


def list_of(api: Any, entry: dict[str, Any]) -> dict[str, Any]:
    """The list that an entry names, fetched from where it says."""
    answer = api.get(urlsplit(entry["statusListCredential"]).path)
    assert answer.status == OK
    body: dict[str, Any] = answer.body
    return body


def bits_of(told: dict[str, Any]) -> bytes:
    """The bits of a list, unpacked as the suite does."""
    encoded = told["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "==="))


def test_each_entry_of_an_issued_credential_says_where_it_stands(issued: dict[str, Any]) -> None:
    entries = issued["credentialStatus"]

    assert [each["statusPurpose"] for each in entries] == ["revocation", "suspension"]
    for each in entries:
        assert each["type"] == "BitstringStatusListEntry"
        assert str(int(each["statusListIndex"])) == each["statusListIndex"]
        assert each["statusListCredential"].startswith("http")
        assert each["id"] != each["statusListCredential"]
        assert each["statusReference"].startswith("http")
        assert [message["status"] for message in each["statusMessage"]] == ["0x0", "0x1"]
        assert all(message["message"] for message in each["statusMessage"])


def test_each_list_is_a_sound_credential_of_the_issuer_with_room_for_all(
    api: Any, issued: dict[str, Any]
) -> None:
    for each in issued["credentialStatus"]:
        told = list_of(api, each)

        assert told["@context"][0] == V2
        assert set(told["type"]) >= {"VerifiableCredential", "BitstringStatusListCredential"}
        assert (told["id"], told["issuer"]) == (each["statusListCredential"], issued["issuer"])
        assert told["credentialSubject"]["type"] == "BitstringStatusList"
        assert told["credentialSubject"]["statusPurpose"] == each["statusPurpose"]
        assert len(bits_of(told)) >= 16 * 1024
        assert not any(bits_of(told)[int(each["statusListIndex"]) // 8 :][:1])
        assert api.accepts(told)


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_stopped_credential_is_refused_until_it_is_taken_back(
    api: Any, issued: dict[str, Any], purpose: str
) -> None:
    def told(status: bool) -> int:
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
        answer = api.post(
            "/credentials/status", credentialId=issued["id"], credentialStatus=entry, status=status
        )
        code: int = answer.status
        return code

    assert api.accepts(issued)
    assert told(True) == OK
    assert not api.accepts(issued)
    assert not api.accepts(issued, checks=["proof", "credentialStatus"])
    assert api.accepts(issued, checks=["proof"])
    entry = next(each for each in issued["credentialStatus"] if each["statusPurpose"] == purpose)
    assert bitstring.bit(bits_of(list_of(api, entry)), int(entry["statusListIndex"]))
    assert told(False) == OK
    assert api.accepts(issued)


def test_a_stopped_credential_is_refused_within_a_presentation_too(api: Any) -> None:
    issued = api.issued(credential(id=NAME.format(next(_numbers))), "jose")
    named = api.issued(credential(id=NAME.format(next(_numbers))))
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    holder = Local()
    told = holder.present(issued, named)

    assert api.accepts_presentation(told)
    assert (
        api.post("/credentials/status", credentialId=named["id"], credentialStatus=entry, status=True).status
        == OK
    )
    assert not api.accepts_presentation(told)


def test_the_status_of_what_was_never_issued_here_cannot_be_set(api: Any) -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}

    assert (
        api.post("/credentials/status", credentialId="urn:uuid:0", credentialStatus=entry, status=True).status
        == 404
    )
    assert (
        api.post("/credentials/status", credentialId="urn:uuid:0", credentialStatus={}, status=True).status
        == 400
    )
    assert api.post("/credentials/status", credentialId=7, credentialStatus=entry, status=True).status == 400
    assert api.post("/credentials/status", status=True).status == 400


def test_the_issuers_by_ecdsa_give_no_status_and_keep_one_that_is_given(api: Any) -> None:
    own = {"type": "https://school.example/terms#RollCall"}

    assert "credentialStatus" not in api.issued(credential(), "ecdsa-rdfc-2019")
    for issuer in ("ecdsa-rdfc-2019", "eddsa-rdfc-2022"):
        assert api.issued(credential(credentialStatus=own), issuer)["credentialStatus"] == own


def test_two_credentials_never_share_a_place(api: Any) -> None:
    places = [api.issued(credential())["credentialStatus"][0]["statusListIndex"] for _number in range(20)]

    assert len(set(places)) == 20


MALFORMED = [
    {"statusListIndex": True},
    {"statusListIndex": 7},
    {"statusListIndex": "-1"},
    {"statusListIndex": "1.5"},
    {"statusPurpose": 7},
    {"statusListCredential": "no address"},
    {"statusSize": 0},
    {"statusSize": "1"},
    {"statusSize": 2},
    {"statusMessage": "text"},
    {"statusMessage": [{"status": "0x0"}, {"status": "0x1"}]},
    {"statusReference": 7},
]


@pytest.mark.parametrize("members", MALFORMED, ids=str)
def test_a_malformed_entry_is_neither_issued_nor_verified(api: Any, members: dict[str, Any]) -> None:
    entry = {**bitstring.entry("https://school.example/lists/1", 7, "revocation"), **members}
    local = Local(suite="eddsa-jcs-2022")
    spoilt = credential(issuer=local.id, credentialStatus=entry)

    assert api.issue(spoilt).status == 400
    assert not api.accepts({**spoilt, "proof": local.issue()["proof"]}, checks=["proof"])


@pytest.mark.parametrize(
    "entry",
    [
        bitstring.entry("https://school.example/lists/1", 7, "revocation"),
        bitstring.entry("http://169.254.169.254/lists/1", 7, "revocation"),
        {"type": "https://school.example/terms#RollCall", "id": "did:example:status"},
    ],
    ids=["elsewhere", "inside", "of another kind"],
)
def test_a_credential_whose_status_cannot_be_told_is_never_verified(api: Any, entry: dict[str, Any]) -> None:
    local = Local()
    told = local.issue(credentialStatus=entry)

    assert not api.accepts(told)
    assert api.accepts(told, checks=["proof"])


class TestLists:
    """What a verifier must refuse of the list itself (section 3.2), by the function alone."""

    URL = "https://school.example/lists/1"

    def verify(self, local: Local, told: Any, **means: Any) -> tuple[int, str]:
        entry = bitstring.entry(self.URL, 7, "revocation")
        answer = verify_credential(
            {"verifiableCredential": local.issue(credentialStatus=entry)},
            Means(clock.now(), lists=lambda _url: told, contexts=CONFORMANCE, **means),
        )
        problems = answer.body["problemDetails"]
        return answer.status, problems[0]["type"].rpartition("#")[2] if problems else ""

    def signed(self, local: Local, *, issuer: str = "", **members: Any) -> dict[str, Any]:
        told = bitstring.document(
            bitstring.build(131_072, members.pop("stopped", ())),
            url=members.pop("url", self.URL),
            issuer=issuer or local.id,
            purposes=members.pop("purposes", ["revocation"]),
            valid_from=members.pop("valid_from", clock.now()),
            valid_until=members.pop("valid_until", None),
        )
        told["credentialSubject"].update(members)
        return data_integrity.sign(told, local.key, local.suite, created=clock.now(), contexts=CONFORMANCE)

    def test_a_list_in_order_tells_that_a_credential_holds_or_was_revoked(self) -> None:
        local = Local()

        assert self.verify(local, self.signed(local)) == (OK, "")
        assert self.verify(local, self.signed(local, stopped=[7]))[0] == 400
        assert self.verify(local, self.signed(local, stopped=[6, 8])) == (OK, "")

    def test_a_list_out_of_order_tells_nothing_and_names_the_problem_of_the_standard(self) -> None:
        local = Local()
        short = bitstring.encode(bytes(1024))

        assert self.verify(local, self.signed(local, encodedList=short)) == (400, "STATUS_LIST_LENGTH_ERROR")
        assert self.verify(local, self.signed(local, purposes=["suspension"])) == (
            400,
            "STATUS_VERIFICATION_ERROR",
        )
        assert self.verify(local, self.signed(local, url=self.URL + "2")) == (
            400,
            "STATUS_VERIFICATION_ERROR",
        )
        unread = {**self.signed(local), "credentialSubject": {"type": "BitstringStatusList"}}
        assert self.verify(local, unread) == (400, "MALFORMED_VALUE_ERROR")

    def test_a_list_that_is_out_of_date_tells_nothing(self) -> None:
        local, now = Local(), clock.now()

        assert self.verify(local, self.signed(local, valid_until=now - timedelta(seconds=1)))[0] == 400
        assert self.verify(local, self.signed(local, valid_from=now + timedelta(hours=1)))[0] == 400

    def test_a_list_that_was_changed_or_is_not_signed_or_another_issuers_tells_nothing(self) -> None:
        local, other = Local(), Local()
        told = self.signed(local)
        clean = told["credentialSubject"]

        stopped = self.signed(local, stopped=[7])
        assert self.verify(local, {**stopped, "credentialSubject": clean})[0] == 400
        assert self.verify(local, {name: told[name] for name in told if name != "proof"})[0] == 400
        assert self.verify(local, self.signed(other))[0] == 400
        assert self.verify(local, self.signed(other, issuer=local.id))[0] == 400
        assert self.verify(local, {**credential(), "proof": told["proof"]})[0] == 400
        assert self.verify(local, "text")[0] == 400
