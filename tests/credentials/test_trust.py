"""Trust lists of others: what they say counts in checks, whole or not at all, and every change is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gilde.core import fetch, jobs
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.fetch.errors import Unreachable
from gilde.credentials.models import TrustedIssuer, TrustList
from gilde.credentials.services import checking, trust
from tests.credentials.factories import a_member, an_issuer
from tests.credentials.trust_making import a_certificate, a_json, a_school, a_trusted_list, service
from tests.qualifications.factories import UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = "https://trust.example/list.json"


def read(found: TrustList) -> jobs.Job:
    job = trust.job_of(found)
    assert job is not None
    jobs.run(job.pk)
    found.refresh_from_db()
    job.refresh_from_db()
    return job


def a_list(data: bytes, name: str = "Schools of the north") -> TrustList:
    found = trust.add(actor=SYSTEM, name=name, file=data, file_name="list.json")
    read(found)
    return found


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What addresses answer; an address that is not there cannot be reached."""
    answers: dict[str, bytes] = {}

    def get(purpose: str, url: str, **_more: Any) -> Any:
        assert purpose == "credentials.trust-lists"
        if url not in answers:
            raise Unreachable("trust.example does not answer.")
        return type("Fetched", (), {"body": answers[url]})()

    monkeypatch.setattr(fetch, "get", get)
    return answers


def test_whom_a_list_names_is_believed_by_a_check() -> None:
    here = checking.Here(online=False)
    assert here.trusted("did:web:school-1.example", "", here.now) is None
    a_list(a_json(a_school(1, qualifications=["https://q.example/1"])))
    found = here.trusted("did:web:school-1.example", "https://q.example/1", here.now)
    assert found is not None
    assert (found.name, found.country, found.source, found.accredited) == (
        "School 1",
        "BE",
        "Schools of the north",
        True,
    )


def test_the_seals_of_a_trusted_list_are_anchors_of_a_check() -> None:
    seal = a_certificate()
    a_list(a_trusted_list(service([seal])))
    here = checking.Here(online=False)
    assert seal in here.anchors
    assert here.trusted_seal(seal, "") is not None


def test_a_list_that_is_closed_is_believed_no_more_and_can_be_used_again() -> None:
    found = a_list(a_json(a_school()))
    trust.close(actor=SYSTEM, trust_list=found)
    here = checking.Here(online=False)
    assert here.trusted("did:web:school-1.example", "", here.now) is None
    with pytest.raises(Stale):
        trust.close(actor=SYSTEM, trust_list=found)
    with pytest.raises(Invalid, match="used no more"):
        trust.refresh(actor=SYSTEM, trust_list=found)
    trust.reopen(actor=SYSTEM, trust_list=found)
    assert here.trusted("did:web:school-1.example", "", here.now) is not None


def test_a_list_is_read_again_from_its_address_and_what_changed_is_told(served: dict[str, bytes]) -> None:
    served[ADDRESS] = a_json(a_school(1), a_school(2))
    found = trust.add(actor=SYSTEM, name="Schools", url=ADDRESS)
    first = read(found)
    assert (first.error, found.fault, found.issuers.count()) == ("", "", 2)
    served[ADDRESS] = a_json(a_school(2, country="NL"), a_school(3))
    trust.refresh(actor=SYSTEM, trust_list=found)
    job = read(found)
    assert job.result == {
        "entries": 2,
        "added": 1,
        "added_names": ["School 3"],
        "removed": 1,
        "removed_names": ["School 1"],
        "changed": 1,
        "changed_names": ["School 2"],
    }
    assert [event.after["entries"] for event in trust.changes(found)] == [2, 2]
    assert set(found.issuers.values_list("identifier", "country")) == {
        ("did:web:school-2.example", "NL"),
        ("did:web:school-3.example", "BE"),
    }


@pytest.mark.parametrize(
    "answer", [None, b"<html>Maintenance</html>", a_json(a_school(9), a_school(1, country="?"))]
)
def test_when_reading_fails_what_it_said_before_goes_on_counting(
    served: dict[str, bytes], answer: bytes | None
) -> None:
    served[ADDRESS] = a_json(a_school(1))
    found = trust.add(actor=SYSTEM, name="Schools", url=ADDRESS)
    read(found)
    at = found.read_at
    if answer is None:
        del served[ADDRESS]
    else:
        served[ADDRESS] = answer
    trust.refresh(actor=SYSTEM, trust_list=found)
    job = read(found)
    assert job.state == jobs.Job.State.FAILED
    assert job.error == found.fault != ""
    assert found.read_at == at
    assert list(found.issuers.values_list("identifier", flat=True)) == ["did:web:school-1.example"]
    served[ADDRESS] = a_json(a_school(1))
    trust.refresh(actor=SYSTEM, trust_list=found)
    read(found)
    assert found.fault == ""


def test_an_address_inside_is_not_asked() -> None:
    found = trust.add(actor=SYSTEM, name="Inside", url="https://127.0.0.1/list.json")
    assert read(found).state == jobs.Job.State.FAILED
    assert found.fault
    assert not TrustedIssuer.objects.exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "one of the two"),
        ({"url": ADDRESS, "file": a_json(a_school())}, "one of the two"),
        ({"url": "http://trust.example/list.json"}, "https://"),
        ({"url": "file:///etc/passwd"}, "https://"),
        ({"file": b"{}"}, "no trust list"),
    ],
)
def test_what_cannot_be_a_list_is_not_added(told: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GildeError, match=sentence):
        trust.add(actor=SYSTEM, name="Schools", file_name="list.json", **told)
    assert not TrustList.objects.exists()


def test_two_lists_have_two_names() -> None:
    a_list(a_json(a_school()))
    with pytest.raises(Invalid):
        a_list(a_json(a_school()))


def test_another_source_takes_the_place_of_the_one_before(served: dict[str, bytes]) -> None:
    found = a_list(a_json(a_school(1)))
    served[ADDRESS] = a_json(a_school(2))
    changed = trust.change(actor=SYSTEM, trust_list=found, name="Schools", url=ADDRESS)
    assert (changed.document, changed.url, changed.issuers.get().identifier) == (
        None,
        ADDRESS,
        "did:web:school-1.example",
    )
    read(found)
    assert found.issuers.get().identifier == "did:web:school-2.example"


def test_only_administrators_of_the_installation_keep_lists() -> None:
    found = a_list(a_json(a_school()))
    for actor in (UserFactory(), a_member(an_issuer().organisation)):
        for act in (
            lambda actor=actor: trust.add(actor=actor, name="X", url=ADDRESS),
            lambda actor=actor: trust.change(actor=actor, trust_list=found, name="X"),
            lambda actor=actor: trust.refresh(actor=actor, trust_list=found),
            lambda actor=actor: trust.close(actor=actor, trust_list=found),
        ):
            with pytest.raises(Refused):
                act()


def test_every_list_with_an_address_is_read_in_one_go(served: dict[str, bytes]) -> None:
    served[ADDRESS] = a_json(a_school(1))
    good = trust.add(actor=SYSTEM, name="Good", url=ADDRESS)
    bad = trust.add(actor=SYSTEM, name="Bad", url="https://gone.example/list.json")
    done = trust.refresh_all(SYSTEM)
    assert isinstance(done[bad], GildeError)
    assert isinstance(done[good], trust.Change)
    assert good.issuers.count() == 1


def test_the_command_reads_the_lists_and_says_which_it_could_not(
    served: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    served[ADDRESS] = a_json(a_school(1))
    trust.add(actor=SYSTEM, name="Good", url=ADDRESS)
    trust.add(actor=SYSTEM, name="Bad", url="https://gone.example/list.json")
    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("trust", "--read")
    call_command("trust")
    told = capsys.readouterr().out
    assert "Good: 1 issuers, 1 came, 0 went, 0 changed" in told
    assert "Bad: 0 issuers, trust.example does not answer." in told
