"""The API of credentials to read: issuers and achievements for everybody, awards for the people of the issuer."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ninja import Schema

from gilde.config.api import api
from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.credentials.api.shapes import ByKey, stretch_of
from gilde.credentials.models import Award, State
from gilde.credentials.services import batches, erasing, issuers, log
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
MOST_QUERIES = 10
PERSONAL = ["/awards", "/batches", "/wallet", "/shares"]


def items(path: str, query: dict[str, Any] | None = None, actor: Any = None) -> list[dict[str, Any]]:
    answer = Api(actor).get(path, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def queries(actor: Any, path: str) -> int:
    api = Api(actor)
    api.get(path)
    with CaptureQueriesContext(connection) as told:
        assert api.get(path).status_code == 200
    return len(told)


# --- issuers and achievements


def test_everybody_reads_who_issues_and_with_which_keys() -> None:
    an_issuer(OrganisationFactory(slug="mine-school", country="BE", name=Text.of("Mine school")))
    [told] = items("/issuers")
    assert (told["slug"], told["did"], told["country"]) == (
        "mine-school",
        "did:web:localhost%3A8000:issuers:mine-school",
        "BE",
    )
    whole = Api().get("/issuers/mine-school").json()
    assert {key["kind"] for key in whole["keys"]} == {"Ed25519", "P-256"}
    assert all(key["id"].startswith(told["did"] + "#") for key in whole["keys"])
    assert whole["document"].endswith("/issuers/mine-school/did.json")
    problem(Api().get("/issuers/nobody"), 404)


def test_the_private_half_of_a_key_is_in_no_answer() -> None:
    issuer = an_issuer()
    told = Api().get(f"/issuers/{issuer.slug}").content.decode()
    for key in issuer.keys.all():
        assert key.multikey in told
        assert len(key.sealed) > 40
        assert key.sealed not in told


@pytest.mark.parametrize(
    ("query", "expected"),
    [({}, ["a", "b"]), ({"country": "nl"}, ["b"]), ({"open": "false"}, ["a"]), ({"q": "SECOND"}, ["b"])],
)
def test_issuers_are_narrowed(query: dict[str, Any], expected: list[str]) -> None:
    first = an_issuer(OrganisationFactory(slug="a", country="BE", name=Text.of("First school")))
    an_issuer(OrganisationFactory(slug="b", country="NL", name=Text.of("Second school")))
    issuers.close_issuer(actor=SYSTEM, issuer=first)
    assert [each["slug"] for each in items("/issuers", query)] == expected


def test_an_achievement_is_told_whole() -> None:
    achievement = an_achievement(description=Text.of("Joins steel"), fields_of_study=["0715"])
    [line] = items("/achievements", {"issuer": achievement.issuer.slug, "q": "welder"})
    told = Api().get(f"/achievements/{line['id']}").json()
    assert told["level"] == {"framework": "VKS", "label": "4", "eqf": 4}
    assert (told["hours"], told["credit"]) == ("850", {"points": "34", "system": "ects"})
    assert told["title"] == {"source": "nl", "words": {"nl": "Lasser", "en": "Welder"}}
    assert [each["title"]["words"]["en"] for each in told["outcomes"]] == [
        "Welds seam 1",
        "Welds seam 2",
        "Welds seam 3",
    ]
    assert told["fields_of_study"] == ["0715"]
    assert told["badge"].endswith("/badge.svg")
    problem(Api().get(f"/achievements/{uuid4()}"), 404)


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"kind": "diploma"}, ["b"]), ({"eqf": 4}, ["a"]), ({"open": "false"}, ["b"]), ({"q": "a"}, ["a"])],
)
def test_achievements_are_narrowed(query: dict[str, Any], expected: list[str]) -> None:
    issuer = an_issuer()
    an_achievement(issuer, code="a", title=Text.of("Lathe"))
    an_achievement(issuer, code="b", title=Text.of("Drill"), kind="diploma", eqf=None, closed_at=clock.now())
    assert [each["code"] for each in items("/achievements", query)] == expected


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_by_key_give_everything_once(limit: int) -> None:
    issuer = an_issuer()
    for number in range(5):
        an_achievement(issuer, code=f"code-{number}", outcomes=0)
    turned, after = [], ""
    while after is not None:
        answer = Api().get("/achievements", {"limit": limit, "after": after}).json()
        turned += [each["code"] for each in answer["items"]]
        after = answer["next"]
    assert turned == [f"code-{number}" for number in range(5)]


def test_what_was_entered_at_one_moment_is_not_lost_between_two_pages() -> None:
    achievement = an_achievement(outcomes=0)
    made = [an_award(achievement, State.DRAFT) for _ in range(4)]
    moment = clock.now().replace(microsecond=123_456)
    Award.objects.update(created_at=moment)
    turned, onward = [], ByKey(limit=1)
    while True:
        page = stretch_of(Award.objects.all(), ["-created_at", "-pk"], onward, lambda award: award.pk)
        turned += page.items
        if page.next is None:
            break
        onward = ByKey(limit=1, after=page.next)
    assert sorted(turned) == sorted(award.pk for award in made)


@pytest.mark.parametrize("after", ["x", "bnVsbA", "W10", "WzEsMl0", "WyJhIl0", "WyJhIiwiYiIsImMiXQ"])
def test_a_cursor_that_no_page_gave_is_refused(after: str) -> None:
    with pytest.raises(Invalid, match="after"):
        stretch_of(Award.objects.all(), ["-created_at", "-pk"], ByKey(after=after), lambda award: award.pk)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/achievements", {"eqf": 9}),
        ("/achievements", {"kind": "degree"}),
        ("/issuers", {"limit": 0}),
        ("/issuers", {"after": "no cursor"}),
    ],
)
def test_a_wrong_parameter_is_named(path: str, query: dict[str, Any]) -> None:
    assert problem(Api().get(path, query), 422).startswith(next(iter(query)))


def test_what_has_not_changed_is_not_sent_again() -> None:
    issuer = an_issuer()
    answer = Api().get(f"/issuers/{issuer.slug}")
    again = Api().get(f"/issuers/{issuer.slug}", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


# --- awards


@pytest.mark.parametrize("path", PERSONAL)
def test_who_is_not_signed_in_is_told_so_and_not_that_there_is_nothing(path: str) -> None:
    assert "Sign in" in problem(Api().get(path), 401)


def test_awards_are_read_by_the_people_of_the_issuer_alone() -> None:
    award = an_award()
    own = a_member(award.issuer.organisation, Membership.Role.READER)
    near = a_member(OrganisationFactory())
    holder = a_holder(award)
    assert [each["id"] for each in items("/awards", actor=own)] == [str(award.pk)]
    assert Api(own).get(f"/awards/{award.pk}").json()["holder"]["given_name"] == "Amina"
    for other in (near, holder, UserFactory()):
        assert items("/awards", actor=other) == []
        problem(Api(other).get(f"/awards/{award.pk}"), 404)


def test_an_award_is_told_with_its_facts_its_files_and_its_place_in_the_log() -> None:
    award = an_award(grade="with distinction")
    own = a_member(award.issuer.organisation)
    told = Api(own).get(f"/awards/{award.pk}").json()
    assert told["facts"]["assessment"]["grade"] == "with distinction"
    assert told["lock"] == award.version
    assert set(told["renderings"]) >= {"vc", "vc-jwt", "open-badge", "edc", "certificate", "badge-png"}
    [entry] = told["log"]
    log.sign_checkpoint()
    assert Api(own).client.get(entry["receipt"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert "revoke" in told["acts"]
    assert "issue" not in told["acts"]


def test_who_may_only_read_is_offered_no_act() -> None:
    award = an_award()
    reader = a_member(award.issuer.organisation, Membership.Role.READER)
    assert Api(reader).get(f"/awards/{award.pk}").json()["acts"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "draft"}, ["draft"]),
        ({"state": "revoked"}, ["revoked"]),
        ({"reference": "draft"}, ["draft"]),
        ({"person": "S-1"}, ["old"]),
        ({"expired": "true"}, ["old"]),
        ({"awarded_to": "2022-01-01"}, ["old"]),
        ({"awarded_from": "2025-06-30", "state": "issued"}, ["issued"]),
        ({"achievement": "nothing-such"}, []),
        ({"q": "xanth issued"}, ["issued"]),
    ],
)
def test_awards_are_narrowed(query: dict[str, Any], expected: list[str]) -> None:
    achievement = an_achievement()
    an_award(achievement, State.DRAFT, reference="draft")
    an_award(achievement, State.REVOKED, reference="revoked")
    an_award(achievement, reference="issued", family_name="Xanthopoulos")
    an_award(
        achievement,
        reference="old",
        person="S-1",
        awarded_on=date(2021, 1, 1),
        assessed_on=None,
        valid_until=date(2022, 1, 1),
    )
    own = a_member(achievement.issuer.organisation)
    assert [each["reference"] for each in items("/awards", query, own)] == expected


def test_of_an_erased_person_nothing_is_told() -> None:
    award = an_award()
    own = a_member(award.issuer.organisation, Membership.Role.ADMINISTRATOR)
    erasing.erase(actor=own, holder=award.holder)
    answer = Api(own).get(f"/awards/{award.pk}")
    assert (answer.json()["facts"], answer.json()["renderings"]) == (None, {})
    assert "Peeters" not in answer.content.decode()


def test_awards_are_not_kept_by_anybody_on_the_way() -> None:
    award = an_award()
    own = a_member(award.issuer.organisation)
    assert "private" in Api(own).get("/awards")["Cache-Control"]


# --- files


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("vc", "application/vc", b"{"),
        ("vc-jwt", "application/vc+jwt", b"ey"),
        ("open-badge", "application/vc", b"{"),
        ("badge-svg", "image/svg+xml", b"<"),
    ],
)
def test_a_file_is_fetched_by_the_issuer_and_by_the_holder(form: str, media_type: str, begins: bytes) -> None:
    award = an_award()
    contents = set()
    for who in (a_member(award.issuer.organisation), a_holder(award)):
        answer = Api(who).get(f"/awards/{award.pk}/renderings/{form}")
        assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
        assert "no-store" in answer["Cache-Control"]
        contents.add(answer.content)
    assert len(contents) == 1  # what left once is the same again
    assert contents.pop().startswith(begins)


def test_a_file_is_fetched_by_nobody_else() -> None:
    award = an_award()
    path = f"/awards/{award.pk}/renderings/vc"
    problem(Api().get(path), 401)
    problem(Api(a_member(OrganisationFactory())).get(path), 404)


def test_another_suite_is_another_file_and_an_unknown_one_is_refused() -> None:
    award = an_award()
    api = Api(a_member(award.issuer.organisation))
    told = api.get(f"/awards/{award.pk}/renderings/vc", {"variant": "ecdsa-rdfc-2019"})
    told = json.loads(told.content)
    assert told["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"
    for form, variant in (("vc", "rsa-1"), ("vc-jwt", "eddsa-jcs-2022"), ("certificate", "xx")):
        problem(api.get(f"/awards/{award.pk}/renderings/{form}", {"variant": variant}), 422)
    problem(api.get(f"/awards/{award.pk}/renderings/fax"), 422)


def test_of_what_is_not_issued_there_is_no_file() -> None:
    award = an_award(state=State.DRAFT)
    problem(Api(a_member(award.issuer.organisation)).get(f"/awards/{award.pk}/renderings/vc"), 404)


# --- queries


def test_no_reading_takes_more_than_ten_queries() -> None:
    issuer = an_issuer()
    achievement = an_achievement(issuer)
    made = [an_award(achievement) for _ in range(5)]
    own = a_member(issuer.organisation)
    batch = batches.receive(
        actor=own, issuer=issuer, file=b"reference,achievement\nA,welder\n", name="june.csv"
    )
    holder = a_holder(made[0])
    told = {
        path: queries(actor, path)
        for actor, path in (
            (None, "/issuers"),
            (None, f"/issuers/{issuer.slug}"),
            (None, "/achievements"),
            (None, f"/achievements/{achievement.pk}"),
            (own, "/awards"),
            (own, "/batches"),
            (own, f"/batches/{batch.pk}"),
            (own, f"/batches/{batch.pk}/rows"),
            (holder, "/wallet"),
            (holder, f"/wallet/{made[0].pk}"),
            (holder, "/shares"),
        )
    }
    assert {path: number for path, number in told.items() if number > MOST_QUERIES} == {}


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    issuer = an_issuer()
    own = a_member(issuer.organisation)
    achievement = an_achievement(issuer)
    an_award(achievement)
    few = queries(own, "/awards")
    for _ in range(4):
        an_award(an_achievement(issuer))
    assert queries(own, "/awards") == few


# --- the document


def test_no_two_shapes_of_the_document_have_one_name() -> None:
    """The document names shapes by class: the second of two would silently take the place of the first."""

    def below(kind: type) -> set[type]:
        return {kind, *(each for sub in kind.__subclasses__() for each in below(sub))}

    named: dict[str, set[str]] = {}
    for each in below(Schema):
        if each.__module__.startswith("gilde.") and "[" not in each.__name__:
            named.setdefault(each.__name__, set()).add(each.__module__)
    shown = api.get_openapi_schema()["components"]["schemas"]
    assert {name: where for name, where in named.items() if name in shown and len(where) > 1} == {}
