"""The API of credentials to write: awards issued and ended, files of many, and links by the holder."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.models import User
from gilde.credentials.models import Achievement, Award, Batch, Issuer, Share, State
from gilde.credentials.services import sharing
from gilde.organisations.models import Membership
from tests.credentials.factories import (
    OrganisationFactory,
    UserFactory,
    a_holder,
    a_member,
    an_achievement,
    an_award,
    an_issuer,
)
from tests.plans.test_api import Api, problem

pytestmark = pytest.mark.django_db
APPROVER = Membership.Role.APPROVER
CSV = b"reference,achievement,given name,family name,awarded on\nA-1,%s,Amina,Peeters,%s\n"


@pytest.fixture
def achievement() -> Achievement:
    return an_achievement()


@pytest.fixture
def officer(achievement: Achievement) -> User:
    return a_member(achievement.issuer.organisation)


def an_order(awarded: Achievement, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": awarded.issuer.slug,
        "achievement": awarded.code,
        "reference": "2025-1",
        "given_name": "Amina",
        "family_name": "Peeters",
        "awarded_on": "2025-06-30",
        **changes,
    }


# --- one award


def test_an_award_is_issued_in_one_request(achievement: Achievement, officer: User) -> None:
    answer = Api(officer).send("POST", "/awards", an_order(achievement, grade="cum laude"))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["grade"]) == ("issued", "cum laude")
    assert told["facts"]["holder"]["family_name"] == "Peeters"
    assert len(told["log"]) == 1


def test_the_same_award_sent_twice_is_one(achievement: Achievement, officer: User) -> None:
    api = Api(officer)
    first, second = (api.send("POST", "/awards", an_order(achievement)).json() for _ in range(2))
    assert first["id"] == second["id"]
    assert Award.objects.count() == 1
    sentence = problem(api.send("POST", "/awards", an_order(achievement, grade="other")), 422)
    assert "2025-1" in sentence


def test_a_draft_is_entered_and_issued_later(achievement: Achievement, officer: User) -> None:
    api = Api(officer)
    told = api.send("POST", "/awards", an_order(achievement, draft=True)).json()
    assert (told["state"], told["facts"]) == ("draft", None)
    done = api.send("POST", f"/awards/{told['id']}/issue", {"lock": told["lock"]}).json()
    assert done["award"]["state"] == "issued"


def test_where_two_people_are_asked_for_another_approves(achievement: Achievement, officer: User) -> None:
    Issuer.objects.update(two_people=True)
    told = Api(officer).send("POST", "/awards", an_order(achievement)).json()
    assert told["state"] == "waiting"
    own = Api(a_member(achievement.issuer.organisation, APPROVER))
    problem(Api(officer).send("POST", f"/awards/{told['id']}/approve", {"lock": told["lock"]}), 403)
    done = own.send("POST", f"/awards/{told['id']}/approve", {"lock": told["lock"]}).json()
    assert done["award"]["state"] == "issued"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"awarded_on": "1850-01-01"}, "1900"),
        ({"born": "2025-07-01"}, "before the day"),
        ({"given_name": "", "family_name": ""}, "name"),
        ({"achievement": "nothing-such"}, "achievement"),
        ({"language": "xx"}, "language"),
        ({"reference": ""}, "reference"),
        ({"email": "no address"}, "email"),
        ({"not_reached": ["https://gilde.example/none"]}, "no such outcome"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
    ],
)
def test_a_wrong_award_is_refused_and_nothing_is_stored(
    achievement: Achievement, officer: User, changes: dict[str, Any], named: str
) -> None:
    sentence = problem(Api(officer).send("POST", "/awards", an_order(achievement, **changes)), 422)
    assert named in sentence
    assert not Award.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda organisation: None, 401),
        (lambda organisation: UserFactory(), 403),
        (lambda organisation: a_member(OrganisationFactory()), 403),
        (lambda organisation: a_member(organisation, Membership.Role.READER), 403),
    ],
    ids=["nobody", "a citizen", "an officer of another", "a reader"],
)
def test_nobody_else_issues(achievement: Achievement, who: Callable[[Any], Any], status: int) -> None:
    api = Api(who(achievement.issuer.organisation))
    problem(api.send("POST", "/awards", an_order(achievement)), status)
    assert not Award.objects.exists()


def test_without_the_token_against_forgery_nothing_is_issued(achievement: Achievement, officer: User) -> None:
    problem(Api(officer, token=False).send("POST", "/awards", an_order(achievement)), 403)
    assert not Award.objects.exists()


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [
        (State.ISSUED, "revoke", "revoked"),
        (State.ISSUED, "suspend", "suspended"),
        (State.SUSPENDED, "reinstate", "issued"),
        (State.SUSPENDED, "revoke", "revoked"),
    ],
)
def test_an_award_is_ended_with_the_reason(before: State, act: str, after: str) -> None:
    award = an_award(state=before)
    api = Api(a_member(award.issuer.organisation))
    lock = api.get(f"/awards/{award.pk}").json()["lock"]
    path = f"/awards/{award.pk}/{act}"
    assert "Say why" in problem(api.send("POST", path, {"lock": lock}), 422)
    done = api.send("POST", path, {"lock": lock, "reason": "A mistake"}).json()["award"]
    assert (done["state"], done["reason"]) == (after, "A mistake")
    problem(api.send("POST", path, {"lock": lock, "reason": "Again"}), 409)


def test_an_act_that_does_not_fit_the_state_is_refused() -> None:
    award = an_award(state=State.REVOKED)
    api = Api(a_member(award.issuer.organisation))
    lock = api.get(f"/awards/{award.pk}").json()["lock"]
    problem(api.send("POST", f"/awards/{award.pk}/suspend", {"lock": lock, "reason": "Why"}), 422)
    problem(api.send("POST", f"/awards/{award.pk}/burn", {"lock": lock}), 404)


def test_a_draft_is_discarded_and_gone() -> None:
    award = an_award(state=State.DRAFT)
    api = Api(a_member(award.issuer.organisation))
    assert api.send("POST", f"/awards/{award.pk}/discard", {"lock": award.version}).json() == {"award": None}
    assert not Award.objects.exists()


def test_an_award_is_corrected_by_another_that_is_linked_to_it() -> None:
    award = an_award(reference="2025-1")
    api = Api(a_member(award.issuer.organisation))
    order = {
        "reference": "2025-1/2",
        "given_name": "Amina",
        "family_name": "Pieters",
        "awarded_on": "2025-06-30",
        "lock": award.version,
        "reason": "The name was misspelt",
    }
    made = api.send("POST", f"/awards/{award.pk}/correct", order)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["replaces"]) == ("issued", str(award.pk))
    old = api.get(f"/awards/{award.pk}").json()
    assert (old["state"], old["replaced_by"]) == ("revoked", made.json()["id"])
    assert "correct" not in old["acts"]


def test_only_the_people_of_the_issuer_end_its_awards() -> None:
    award = an_award()
    order = {"lock": award.version, "reason": "Why not"}
    reader = a_member(award.issuer.organisation, Membership.Role.READER)
    problem(Api(reader).send("POST", f"/awards/{award.pk}/revoke", order), 403)
    for other in (a_member(OrganisationFactory()), a_holder(award)):
        problem(Api(other).send("POST", f"/awards/{award.pk}/revoke", order), 404)
    award.refresh_from_db()
    assert award.state == State.ISSUED


def test_many_are_revoked_in_one_act_and_those_of_others_are_left() -> None:
    achievement = an_achievement()
    own = [an_award(achievement), an_award(achievement), an_award(achievement, State.REVOKED)]
    strange = an_award()
    order = {"act": "revoke", "awards": [str(each.pk) for each in [*own, strange]], "reason": "A false jury"}
    api = Api(a_member(achievement.issuer.organisation))
    told = api.send("POST", "/awards/acts", order).json()
    assert (told["will"], told["done"]) == (2, 2)
    assert sum(told["left"].values()) == 1
    strange.refresh_from_db()
    assert strange.state == State.ISSUED
    assert Award.objects.filter(state=State.REVOKED).count() == 3


# --- a file of many


def sent(api: Api, achievement: Achievement, body: bytes, **more: str) -> Any:
    query = {"issuer": achievement.issuer.slug, "name": "june.csv", "notify": "false", **more}
    headers = {"X-CSRFToken": api.get("/session").json()["csrf_token"]}
    address = "/api/batches?" + "&".join(f"{name}={value}" for name, value in query.items())
    return api.client.generic("POST", address, body, content_type="text/csv", headers=headers)


def a_file(achievement: Achievement, day: bytes = b"2025-06-30") -> bytes:
    return CSV % (achievement.code.encode(), day)


def test_a_file_is_checked_and_then_issued_whole(
    achievement: Achievement, officer: User, run_jobs: Callable[[], int]
) -> None:
    api = Api(officer)
    made = sent(api, achievement, a_file(achievement))
    assert made.status_code == 201, made.content
    path = f"/batches/{made.json()['id']}"
    run_jobs()
    told = api.get(path).json()
    assert (told["state"], told["rows"], told["faulty"]) == ("ready", 1, 0)
    assert not Award.objects.exists()
    assert api.send("POST", f"{path}/issue", {}).json()["state"] == "running"
    run_jobs()
    told = api.get(path).json()
    assert (told["state"], told["counts"]["issued"], told["job"]["state"]) == ("done", 1, "done")
    [award] = api.get("/awards", {"batch": told["id"]}).json()["items"]
    assert award["reference"] == "A-1"


def test_rows_to_mend_are_told_by_number_and_column_and_nothing_is_issued(
    achievement: Achievement, officer: User, run_jobs: Callable[[], int]
) -> None:
    api = Api(officer)
    made = sent(api, achievement, a_file(achievement, b"1850-13-45")).json()
    run_jobs()
    told = api.get(f"/batches/{made['id']}").json()
    assert (told["state"], told["faulty"]) == ("faulty", 1)
    [row] = api.get(f"/batches/{made['id']}/rows", {"faulty": "true"}).json()["items"]
    assert row["number"] == 2
    assert row["faults"][0]["sentence"]
    assert api.get(f"/batches/{made['id']}/rows", {"faulty": "false"}).json()["items"] == []
    problem(api.send("POST", f"/batches/{made['id']}/issue", {}), 422)
    api.send("POST", f"/batches/{made['id']}/cancel", {})
    assert Batch.objects.get().state == "cancelled"
    assert not Award.objects.exists()


def test_a_file_is_sent_as_a_file_and_not_as_json(achievement: Achievement, officer: User) -> None:
    query = f"issuer={achievement.issuer.slug}"
    assert "text/csv" in problem(Api(officer).send("POST", f"/batches?{query}", {"rows": []}), 415)


def test_a_form_of_another_site_sends_no_file(achievement: Achievement, officer: User) -> None:
    api = Api(officer)
    token = api.get("/session").json()["csrf_token"]
    answer = api.client.post(
        f"/api/batches?issuer={achievement.issuer.slug}",
        {"file": "x"},
        headers={"X-CSRFToken": token},
    )
    problem(answer, 415)


def test_what_is_no_table_is_refused_at_once(achievement: Achievement, officer: User) -> None:
    problem(sent(Api(officer), achievement, b"%PDF-1.7"), 422)
    assert not Batch.objects.exists()


def test_nobody_else_sends_or_sees_a_file(achievement: Achievement, officer: User) -> None:
    strange = Api(a_member(OrganisationFactory()))
    problem(sent(strange, achievement, a_file(achievement)), 403)
    made = sent(Api(officer), achievement, a_file(achievement)).json()
    assert strange.get("/batches").json()["items"] == []
    problem(strange.get(f"/batches/{made['id']}"), 404)
    problem(strange.get(f"/batches/{made['id']}/rows"), 404)


# --- the holder


def test_a_wallet_holds_the_holders_own_awards_alone() -> None:
    award, _other = an_award(), an_award()
    holder = a_holder(award)
    [told] = Api(holder).get("/wallet").json()["items"]
    assert (told["id"], told["state"], told["title"]["words"]["en"]) == (str(award.pk), "issued", "Welder")
    whole = Api(holder).get(f"/wallet/{award.pk}").json()
    assert whole["facts"]["holder"]["given_name"] == "Amina"
    for someone in (UserFactory(), a_member(award.issuer.organisation)):
        assert Api(someone).get("/wallet").json()["items"] == []
        problem(Api(someone).get(f"/wallet/{award.pk}"), 404)


def test_the_holder_sees_that_an_award_was_revoked_and_why() -> None:
    award = an_award(state=State.REVOKED)
    [told] = Api(a_holder(award)).get("/wallet").json()["items"]
    assert (told["state"], told["reason"]) == ("revoked", "Issued by mistake")


def test_a_link_shows_the_chosen_outcomes_alone_and_tells_its_use() -> None:
    award = an_award()
    holder = a_holder(award)
    api = Api(holder)
    chosen = [award.facts["outcomes"][0]["id"]]
    order = {"award": str(award.pk), "days": 7, "outcomes": chosen, "note": "For the bakery"}
    made = api.send("POST", "/shares", order)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["outcomes"], told["works"], told["views"]) == (chosen, True, 0)
    page = Api().client.get(told["url"].removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "Welds seam 1" in page
    assert "Welds seam 2" not in page
    whole = api.get(f"/shares/{told['id']}").json()
    assert whole["views"] == 1
    assert {each["act"] for each in whole["uses"]} == {"opened", "checked"}
    assert [each["id"] for each in api.get("/shares").json()["items"]] == [told["id"]]


def test_a_link_is_withdrawn_for_good() -> None:
    award = an_award()
    holder = a_holder(award)
    share = sharing.share(actor=holder, award=award, expires_at=clock.now() + timedelta(days=1))
    told = Api(holder).send("POST", f"/shares/{share.pk}/withdraw", {}).json()
    assert told["works"] is False
    problem(Api(holder).send("POST", f"/shares/{share.pk}/withdraw", {}), 422)


def test_nobody_shares_or_withdraws_what_is_not_theirs() -> None:
    award = an_award()
    holder = a_holder(award)
    share = sharing.share(actor=holder, award=award, expires_at=clock.now() + timedelta(days=1))
    for someone in (UserFactory(), a_member(award.issuer.organisation)):
        problem(Api(someone).send("POST", "/shares", {"award": str(award.pk)}), 404)
        problem(Api(someone).get(f"/shares/{share.pk}"), 404)
        problem(Api(someone).send("POST", f"/shares/{share.pk}/withdraw", {}), 404)
    assert Share.objects.get().withdrawn_at is None


@pytest.mark.parametrize("days", [0, 366, -1])
def test_a_link_works_a_day_at_least_and_a_year_at_most(days: int) -> None:
    award = an_award()
    problem(Api(a_holder(award)).send("POST", "/shares", {"award": str(award.pk), "days": days}), 422)


# --- checking, over the API


def test_anybody_has_a_credential_checked() -> None:
    award = an_award()
    content = bytes(award.renderings.get(form="vc").content)
    told = Api().client.post("/api/check", {"text": content.decode()}, content_type="application/json")
    assert told.json()["answer"] == "valid"
    bent = json.loads(content)
    bent["awardedOn"] = "2024-06-30"
    told = Api().client.post("/api/check", {"text": json.dumps(bent)}, content_type="application/json")
    assert told.json()["answer"] == "altered"


def test_an_issuer_without_an_achievement_of_this_code_awards_nothing() -> None:
    achievement, issuer = an_achievement(), an_issuer()
    order = an_order(achievement, issuer=issuer.slug)
    problem(Api(a_member(issuer.organisation)).send("POST", "/awards", order), 422)
