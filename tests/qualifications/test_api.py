"""The API of qualifications: what it gives, to whom, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from gilde.core import clock
from gilde.core.text import Text
from gilde.organisations.models import Membership
from gilde.qualifications.models import (
    ConceptRelation,
    Descriptor,
    Element,
    Enrolment,
    Joint,
    Level,
    Offer,
    Partner,
    Prerequisite,
    Procedure,
    Qualification,
    QualificationVersion,
    State,
    UnitOutcome,
)
from tests.indicators.factories import AreaFactory
from tests.plans.test_api import Api, problem
from tests.qualifications.factories import (
    OrganisationFactory,
    ProgrammeFactory,
    a_concept,
    a_file,
    a_framework,
    a_level,
    a_member,
    a_procedure,
    an_edition,
    linked,
    registered,
)
from tests.qualifications.profiles import BRICKLAYER, a_draft, a_published

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10
SKILL = "http://data.europa.eu/esco/skill/lay-bricks"


def items(path: str, query: dict[str, Any] | None = None, actor: Any = None) -> list[dict[str, Any]]:
    answer = Api(actor).get(path, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def codes(path: str, query: dict[str, Any] | None = None, actor: Any = None) -> list[str]:
    return [each["code"] for each in items(path, query, actor)]


def outcomes_of(version: QualificationVersion) -> list[Any]:
    return [use.outcome for use in UnitOutcome.objects.filter(unit__version=version).order_by("position")]


def english(words: str) -> dict[str, Any]:
    return {"source": "en", "words": {"en": words}}


# --- the register


@pytest.fixture
def register() -> list[QualificationVersion]:
    """A bricklayer, a tiler and a cook on the register, and a welder that is still a draft."""
    return [
        registered(qualification__code="bricklayer", level="4"),
        registered(qualification__code="tiler", level="3", qualification__kind="educational"),
        registered(
            qualification__code="cook", qualification__sector="hospitality", qualification__country="NL"
        ),
        a_file(qualification__code="welder"),
    ]


def test_everybody_reads_what_is_on_record_by_code(register: list[QualificationVersion]) -> None:
    assert codes("/qualifications") == ["bricklayer", "cook", "tiler"]
    assert {each["state"] for each in items("/qualifications")} == {"registered"}


def test_a_member_also_reads_own_files_with_their_state(register: list[QualificationVersion]) -> None:
    welder = register[3]
    member = a_member(welder.qualification.owner)
    told = {each["code"]: each["state"] for each in items("/qualifications", actor=member)}
    assert told == {
        "bricklayer": "registered",
        "cook": "registered",
        "tiler": "registered",
        "welder": "draft",
    }
    assert codes("/qualifications", {"state": "draft"}, member) == ["welder"]
    assert codes("/qualifications", {"state": "draft"}) == []


def test_a_draft_of_the_next_version_does_not_stand_for_the_qualification(
    register: list[QualificationVersion],
) -> None:
    bricklayer = register[0]
    a_file(qualification=bricklayer.qualification)
    member = a_member(bricklayer.qualification.owner)
    [told] = items("/qualifications", {"q": "bricklayer"}, member)
    assert (told["number"], told["state"]) == (1, "registered")
    [told] = items("/qualifications", {"state": "draft"}, member)
    assert (told["code"], told["number"]) == ("bricklayer", 2)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "educational"}, ["tiler"]),
        ({"sector": "hospitality"}, ["cook"]),
        ({"level": 3}, ["tiler"]),
        ({"country": "nl"}, ["cook"]),
        ({"state": "superseded"}, []),
        ({"q": "TITLE tiler"}, ["tiler"]),
        ({"q": "plumber"}, []),
    ],
)
def test_the_register_is_narrowed(
    register: list[QualificationVersion], query: dict[str, Any], expected: list[str]
) -> None:
    assert codes("/qualifications", query) == expected


def test_a_qualification_is_found_by_a_skill_only_where_the_link_is_confirmed(
    register: list[QualificationVersion],
) -> None:
    linked(outcomes_of(register[0])[0], SKILL)
    linked(outcomes_of(register[1])[0], SKILL, state="proposed")
    assert codes("/qualifications", {"skill": SKILL}) == ["bricklayer"]


def test_what_changed_since_a_day_is_found(register: list[QualificationVersion]) -> None:
    long_ago = clock.now() - timedelta(days=400)
    QualificationVersion.objects.filter(pk=register[0].pk).update(changed_at=long_ago)
    since = (clock.today() - timedelta(days=30)).isoformat()
    assert codes("/qualifications", {"changed_since": since}) == ["cook", "tiler"]


@pytest.mark.parametrize("path", ["/qualifications", "/outcomes", "/concepts"])
def test_pages_by_key_give_everything_once(path: str) -> None:
    edition = an_edition()
    for number in range(5):
        registered(outcomes=1)
        a_concept(edition, f"skill {number}")
    whole = [each["uri"] for each in items(path)]
    turned, after = [], ""
    while True:
        answer = Api().get(path, {"limit": 2, **({"after": after} if after else {})}).json()
        turned += [each["uri"] for each in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert turned == whole
    assert len(set(whole)) == 5


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/qualifications", {"level": 9}),
        ("/qualifications", {"changed_since": "yesterday"}),
        ("/outcomes", {"after": "x"}),
        ("/concepts", {"after": -1}),
        ("/programmes", {"due": "never"}),
        ("/concepts/one", {}),
    ],
)
def test_a_wrong_parameter_is_named(path: str, query: dict[str, Any]) -> None:
    sentence = problem(Api().get(path, query), 422)
    assert sentence.startswith(next(iter(query), "uri"))


# --- one qualification


def test_a_qualification_is_told_whole() -> None:
    needed = registered(qualification__code="helper")
    version = registered(qualification__code="bricklayer", units=2)
    linked(outcomes_of(version)[0], SKILL, confidence=Decimal("0.9"), confirmed_by=uuid4())
    version.awarding.add(OrganisationFactory(slug="ministry"))
    version.profiles.add(a_published("laying").profile, a_draft("hidden").profile)
    Prerequisite.objects.create(version=version, text=Text.of("A helper"), qualification=needed.qualification)
    answer = Api().get("/qualifications/bricklayer")
    told = answer.json()
    assert told["uri"].endswith(f"/id/qualification/{version.qualification_id}")
    assert told["version_uri"].endswith(f"/id/qualification-version/{version.pk}")
    assert (told["level"]["framework"], told["level"]["code"], told["level"]["eqf"]) == ("vks", "4", 4)
    assert told["credit"] == {"points": "20", "system": "ecvet"}
    assert [unit["code"] for unit in told["units"]] == ["U1", "U2"]
    first = told["units"][0]["outcomes"][0]
    assert first["statement"]["words"]["en"].startswith("Lays walls")
    assert [(link["uri"], link["relation"], link["confidence"]) for link in first["concepts"]] == [
        (SKILL, "exact", 0.9)
    ]
    assert told["prerequisites"][0]["qualification"].endswith(f"/id/qualification/{needed.qualification_id}")
    assert [each["slug"] for each in told["awarding"]] == ["ministry"]
    assert told["profiles"] == ["laying"]
    assert [(each["number"], each["state"]) for each in told["versions"]] == [(1, "registered")]
    assert told["exports"]["elm-xml"].endswith("/qualifications/bricklayer/export/elm-xml/")


def test_nobody_who_confirmed_a_link_is_named() -> None:
    version = registered()
    person = uuid4()
    linked(outcomes_of(version)[0], SKILL, confirmed_by=person)
    assert str(person) not in Api().get(f"/qualifications/{version.qualification.code}").content.decode()


def test_former_versions_are_read_by_number_and_drafts_only_by_those_who_work_on_them() -> None:
    old = a_file(State.SUPERSEDED, qualification__code="bricklayer")
    registered(qualification=old.qualification)
    a_file(qualification=old.qualification)
    member = a_member(old.qualification.owner)
    assert Api().get("/qualifications/bricklayer").json()["number"] == 2
    former = Api().get("/qualifications/bricklayer/versions/1").json()
    assert (former["state"], former["exports"]) == ("superseded", {})
    problem(Api().get("/qualifications/bricklayer/versions/3"), 404)
    own = Api(member).get("/qualifications/bricklayer/versions/3").json()
    assert own["state"] == "draft"
    assert [each["number"] for each in own["versions"]] == [3, 2, 1]


def test_a_file_that_was_never_recognised_is_not_known_to_strangers() -> None:
    version = a_file(qualification__code="welder")
    problem(Api().get("/qualifications/welder"), 404)
    assert Api(a_member(version.qualification.owner)).get("/qualifications/welder").json()["exports"] == {}


def test_what_has_not_changed_is_not_sent_again() -> None:
    registered(qualification__code="bricklayer")
    answer = Api().get("/qualifications/bricklayer")
    again = Api().get("/qualifications/bricklayer", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


# --- outcomes


def test_only_fixed_outcomes_are_listed_each_in_its_newest_wording() -> None:
    version = registered(outcomes=1)
    a_file(outcomes=1)
    [told] = items("/outcomes")
    [outcome] = outcomes_of(version)
    assert told["id"] == str(outcome.pk)
    outcome.pk, outcome.number, outcome._state.adding = uuid4(), 2, True
    outcome.save()
    [told] = items("/outcomes")
    assert told["number"] == 2


def test_outcomes_are_narrowed_by_skill_kind_and_words() -> None:
    laying, pointing = outcomes_of(registered())
    linked(laying, SKILL)
    assert [each["id"] for each in items("/outcomes", {"skill": SKILL})] == [str(laying.pk)]
    assert items("/outcomes", {"kind": "knowledge"}) == []
    words = str(pointing.statement).upper()
    assert [each["id"] for each in items("/outcomes", {"q": words})] == [str(pointing.pk)]


def test_an_outcome_tells_where_it_is_used() -> None:
    version = registered(qualification__code="bricklayer", outcomes=1)
    [outcome] = outcomes_of(version)
    hidden = a_file(qualification__code="secret", outcomes=0)
    UnitOutcome.objects.create(unit=hidden.units.get(), outcome=outcome)
    told = Api().get(f"/outcomes/{outcome.pk}").json()
    assert [(use["qualification"], use["number"], use["state"]) for use in told["uses"]] == [
        ("bricklayer", 1, "registered")
    ]
    assert [each["number"] for each in told["wordings"]] == [1]


def test_an_outcome_of_a_draft_is_its_drafters_own() -> None:
    version = a_file(outcomes=1)
    [outcome] = outcomes_of(version)
    problem(Api().get(f"/outcomes/{outcome.pk}"), 404)
    told = Api(a_member(version.qualification.owner)).get(f"/outcomes/{outcome.pk}").json()
    assert (told["fixed_at"], told["uses"][0]["state"]) == (None, "draft")


# --- profiles, frameworks, programmes, what is built together


def test_profiles_are_read_as_published_and_drafts_by_their_keeper() -> None:
    a_published("bricklayer")
    draft = a_draft("tiler")
    assert codes("/profiles") == ["bricklayer"]
    assert codes("/profiles", actor=a_member(draft.profile.owner)) == ["bricklayer", "tiler"]
    assert codes("/profiles", {"occupation": BRICKLAYER, "regulated": "false"}) == ["bricklayer"]
    told = Api().get("/profiles/bricklayer").json()
    assert [(each["kind"], each["text"]["words"]["en"]) for each in told["items"]] == [
        ("activity", "Lays bricks"),
        ("activity", "Cleans up"),
        ("knowledge", "Bonds of bricks"),
    ]
    assert told["occupations"][0]["relation"] == "close"
    problem(Api().get("/profiles/tiler"), 404)


def test_a_framework_tells_its_levels_elements_and_descriptors() -> None:
    framework = a_framework("vks", levels=2, elements=("knowledge", "autonomy"))
    for element in Element.objects.filter(framework=framework):
        Descriptor.objects.create(
            level=a_level("1", framework), element=element, text=Text.of(f"{element.code} at 1")
        )
    assert [(each["code"], each["level_count"]) for each in items("/frameworks", {"country": "be"})] == [
        ("vks", 2)
    ]
    told = Api().get("/frameworks/vks").json()
    assert [each["code"] for each in told["elements"]] == ["knowledge", "autonomy"]
    assert [(each["code"], each["eqf"], len(each["descriptors"])) for each in told["levels"]] == [
        ("1", 1, 2),
        ("2", 2, 0),
    ]


@pytest.fixture
def programmes() -> None:
    """Three programmes in 2026: one due in 2025-2026, one overdue, one that has ended."""
    area = AreaFactory(code="BE21")
    building = ProgrammeFactory(code="building", created_in=2020, form="dual")
    ProgrammeFactory(code="cooking", created_in=2015, last_screened=2016, form="full-time")
    ProgrammeFactory(code="old", created_in=2010, ended_in=2014)
    bricklayer = registered(qualification__code="bricklayer").qualification
    building.leads_to.add(bricklayer, a_file(qualification__code="secret").qualification)
    offer = Offer.objects.create(
        programme=building, provider=OrganisationFactory(slug="school"), place="Antwerp", area=area
    )
    for learners in (10, 12):
        Enrolment.objects.create(
            programme=building, offer=offer, school_year=2014 + learners, learners=learners
        )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["building", "cooking", "old"]),
        ({"form": "dual", "finality": "labour-market", "domain": "stem"}, ["building", "old"]),
        ({"area": "BE21"}, ["building"]),
        ({"provider": "school"}, ["building"]),
        ({"leads_to": "bricklayer"}, ["building"]),
        ({"leads_to": "secret"}, []),
        ({"due": "overdue"}, ["cooking"]),
        ({"due": "this-year"}, ["building"]),
    ],
)
def test_programmes_are_narrowed(programmes: None, query: dict[str, Any], expected: list[str]) -> None:
    with clock.moved_to(date(2026, 2, 15)):
        assert codes("/programmes", query) == expected


def test_a_programme_tells_its_offers_its_learners_and_when_it_is_screened(programmes: None) -> None:
    with clock.moved_to(date(2026, 2, 15)):
        told = Api().get("/programmes/building").json()
        old = Api().get("/programmes/old").json()
    assert told["screening"] == {"school_year": "2025-2026", "by": "2026-08-31", "standing": "this-year"}
    assert old["screening"] is None
    assert told["leads_to"] == ["bricklayer"]
    assert [(each["provider"]["slug"], each["area"]) for each in told["offers"]] == [("school", "BE21")]
    assert told["learners"] == [
        {"school_year": "2024-2025", "learners": 10},
        {"school_year": "2026-2027", "learners": 12},
    ]
    assert told["enrolments"][0]["offer"] == told["offers"][0]["id"]


def a_joint(slug: str, **fields: Any) -> Joint:
    lead = OrganisationFactory()
    joint = Joint.objects.create(slug=slug, title=Text.of(slug), lead=lead, eqf=5, **fields)
    for organisation, country in ((lead, "BE"), (OrganisationFactory(), "NL")):
        Partner.objects.create(
            joint=joint, organisation=organisation, country=country, qualification=registered()
        )
    return joint


def test_what_is_agreed_is_public_and_what_is_being_built_is_the_partners() -> None:
    a_joint("agreed", state=Joint.State.AGREED, agreed_at=clock.now())
    building = a_joint("building")
    assert [each["slug"] for each in items("/joint")] == ["agreed"]
    partner = a_member(building.partners.get(country="NL").organisation, Membership.Role.READER)
    assert [each["slug"] for each in items("/joint", actor=partner)] == ["agreed", "building"]
    [told] = items("/joint", {"country": "nl", "eqf": 5})
    assert [(each["country"], each["lead"], each["level"]["eqf"]) for each in told["partners"]] == [
        ("BE", True, 4),
        ("NL", False, 4),
    ]


# --- concepts


def test_concepts_are_those_of_the_edition_in_use_unless_another_is_asked_for() -> None:
    a_concept(an_edition("1.1", current=False), "lay bricks")
    concept = a_concept(an_edition("1.2"), "lay bricks", code="S1")
    a_concept(an_edition("2008", "isco-08"), "Bricklayers", kind="group", code="7112")
    assert [(each["scheme"], each["edition"]) for each in items("/concepts")] == [
        ("esco", "1.2"),
        ("isco-08", "2008"),
    ]
    assert [each["code"] for each in items("/concepts", {"scheme": "isco-08"})] == ["7112"]
    assert [each["edition"] for each in items("/concepts", {"edition": "1.1"})] == ["1.1"]
    assert [each["code"] for each in items("/concepts", {"q": "BRICKS lay", "kind": "skill"})] == ["S1"]
    assert [each["code"] for each in items("/concepts", {"uri": concept.uri})] == ["S1"]


def test_a_concept_tells_its_names_and_what_is_broader() -> None:
    edition = an_edition()
    concept = a_concept(edition, "lay bricks", terms={"nl": ["metselen"]})
    above = a_concept(edition, "building")
    ConceptRelation.objects.create(source=concept, target=above, kind="broader")
    told = Api().get("/concepts/one", {"uri": concept.uri}).json()
    assert told["terms"] == {"nl": ["metselen"]}
    assert [(each["kind"], each["uri"]) for each in told["relations"]] == [("broader", above.uri)]
    problem(Api().get("/concepts/one", {"uri": "http://nowhere.example/"}), 404)


# --- comparing


def test_two_qualifications_are_compared_with_the_evidence() -> None:
    one, other = (registered(qualification__code=code, outcomes=1) for code in ("one", "other"))
    person = uuid4()
    for version in (one, other):
        linked(outcomes_of(version)[0], SKILL, confirmed_by=person)
    answer = Api().get("/compare?q=one&q=other")
    told = answer.json()
    assert [each["code"] for each in told["qualifications"]] == ["one", "other"]
    assert told["overlaps"][0] == {"code": "one", "other": "other", "shared": 1, "partly": 0, "missing": 0}
    found = told["sides"][0]["rows"][0]["found"][0]
    assert (found["code"], found["status"]) == ("other", "shared")
    assert (found["evidence"][0]["kind"], found["evidence"][0]["concept"]) == ("same-concept", SKILL)
    assert found["evidence"][0]["confirmed"] is True
    assert str(person) not in answer.content.decode()


def test_only_two_to_five_qualifications_on_record_are_compared() -> None:
    registered(qualification__code="one")
    a_file(qualification__code="draft")
    assert "between 2 and 5" in problem(Api().get("/compare?q=one&q=one"), 422).lower()
    answer = Api().get("/compare?q=one&q=draft")
    assert "draft" in problem(answer, 422)
    assert answer.json()["unknown"] == ["draft"]
    problem(Api().get("/compare"), 422)


# --- what it costs


def _one_more() -> None:
    version = registered(outcomes=1)
    linked(outcomes_of(version)[0], f"{SKILL}-{version.pk}")
    a_published(f"profile-{version.number}-{version.pk}")
    programme = ProgrammeFactory()
    programme.leads_to.add(version.qualification)
    a_joint(f"joint-{version.pk}", state=Joint.State.AGREED, agreed_at=clock.now())


@pytest.mark.parametrize(
    "path",
    ["/qualifications", "/outcomes", "/profiles", "/frameworks", "/programmes", "/concepts", "/joint"],
)
def test_a_page_of_a_list_asks_the_database_at_most_ten_times(
    path: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _number in range(3):
        _one_more()
    a_concept(an_edition(), "lay bricks")
    reader = Api(a_member(Qualification.objects.all()[0].owner))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert reader.get(path).json()["items"]


def test_a_comparison_asks_the_database_at_most_ten_times(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for code in ("one", "two", "three"):
        linked(outcomes_of(registered(qualification__code=code))[0], SKILL)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert Api().get("/compare?q=one&q=two&q=three").status_code == 200


# --- writing


@pytest.fixture
def procedure() -> Procedure:
    return a_procedure("provider-own")


@pytest.fixture
def owner() -> Any:
    return OrganisationFactory(slug="sector-body")


NEW = {
    "code": "mason",
    "kind": "micro-credential",
    "title": english("Mason"),
    "owner": "sector-body",
    "procedure": "provider-own",
    "sector": "construction",
}


def test_a_file_is_written_from_nothing_to_the_register(procedure: Procedure, owner: Any) -> None:
    officer, approver = Api(a_member(owner)), Api(a_member(owner, Membership.Role.APPROVER))
    begun = officer.post("/files", NEW)
    assert begun.status_code == 201, begun.content
    file = begun.json()
    assert (file["state"], file["qualification"], file["lock"]) == ("draft", "mason", 1)
    assert any("summary" in sentence for sentence in file["missing"])
    path = f"/files/{file['id']}"

    change = {
        "lock": 1,
        "summary": english("Builds."),
        "level": "4",
        "hours": 400,
        "credit": "12.5",
        "credit_system": "ects",
        "assessment": english("A test."),
        "languages": ["nl"],
        "fields_of_education": ["0732"],
        "nace": ["F43.32"],
    }
    changed = officer.send("PATCH", path, change)
    assert changed.status_code == 200, changed.content
    unit = officer.post(
        f"{path}/units", {"lock": changed.json()["lock"], "title": english("Walls"), "code": "U1"}
    )
    assert unit.status_code == 201, unit.content
    outcome = {
        "lock": unit.json()["lock"],
        "kind": "skill",
        "verb": english("Lays"),
        "object": english("bricks"),
    }
    added = officer.post(f"/units/{unit.json()['id']}/outcomes", outcome)
    assert added.status_code == 201, added.content

    now = officer.get(path).json()
    assert (now["missing"], [step["name"] for step in now["steps"]]) == ([], ["submit"])
    assert now["lock"] == added.json()["lock"]
    submitted = officer.post(f"{path}/steps/submit", {"lock": now["lock"]}).json()
    adopted = approver.post(f"{path}/steps/adopt", {"lock": submitted["lock"]}).json()
    registered_ = approver.post(f"{path}/steps/register", {"lock": adopted["lock"]}).json()
    assert registered_["state"] == "registered"

    told = Api().get("/qualifications/mason").json()
    assert (told["hours"], told["credit"]["points"], told["level"]["code"]) == (400, "12.5", "4")
    assert told["units"][0]["outcomes"][0]["statement"]["words"] == {"en": "Lays bricks."}


def test_null_empties_and_what_is_left_out_stays(owner: Any) -> None:
    version = a_file(qualification__owner=owner)
    officer = Api(a_member(owner))
    body = {"lock": version.version, "summary": None, "hours": None, "languages": None}
    assert officer.send("PATCH", f"/files/{version.pk}", body).status_code == 200
    version.refresh_from_db()
    assert (bool(version.summary), version.hours, version.languages) == (False, None, [])
    assert version.credit == 20


def test_who_writes_without_having_read_the_last_change_is_told(owner: Any) -> None:
    version = a_file(qualification__owner=owner)
    officer = Api(a_member(owner))
    path, old = f"/files/{version.pk}", version.version
    assert officer.send("PATCH", path, {"lock": old, "hours": 10}).status_code == 200
    problem(officer.send("PATCH", path, {"lock": old, "hours": 20}), 409)
    problem(officer.post(f"{path}/units", {"lock": old, "title": english("Late")}), 409)
    problem(officer.post(f"{path}/steps/submit", {"lock": old}), 409)
    version.refresh_from_db()
    assert (version.hours, version.units.count(), version.state) == (10, 1, "draft")


def test_a_stranger_does_not_learn_of_a_file_and_a_reader_is_refused(owner: Any) -> None:
    version = a_file(qualification__owner=owner)
    path, change = f"/files/{version.pk}", {"lock": version.version, "hours": 1}
    problem(Api().get(path), 404)
    problem(Api().send("PATCH", path, change), 401)
    stranger = Api(a_member(OrganisationFactory(), Membership.Role.APPROVER))
    problem(stranger.send("PATCH", path, change), 404)
    unit = version.units.get()
    outcome = {"lock": version.version, "kind": "skill", "statement": english("Lays bricks.")}
    problem(stranger.post(f"/units/{unit.pk}/outcomes", outcome), 404)
    reader = Api(a_member(owner, Membership.Role.READER))
    problem(reader.send("PATCH", path, change), 403)
    problem(reader.post(f"/units/{unit.pk}/outcomes", outcome), 403)
    problem(reader.post(f"{path}/steps/submit", {"lock": version.version}), 403)
    version.refresh_from_db()
    assert (version.hours, version.version) == (400, 1)


def test_nobody_begins_a_file_in_the_name_of_others_or_without_the_token(
    procedure: Procedure, owner: Any
) -> None:
    stranger = a_member(OrganisationFactory(), Membership.Role.APPROVER)
    problem(Api(stranger).post("/files", NEW), 403)
    problem(Api(a_member(owner), token=False).post("/files", NEW), 403)
    assert not Qualification.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"code": "compare"}, "address"),
        ({"owner": "nobody"}, "owner"),
        ({"procedure": "none"}, "procedure"),
        ({"sector": "magic"}, "sector"),
        ({"code": "No Code"}, "code"),
        ({"kind": "diploma"}, "kind"),
    ],
)
def test_a_file_that_cannot_be_begun_says_why(
    procedure: Procedure, owner: Any, change: dict[str, Any], word: str
) -> None:
    assert word in problem(Api(a_member(owner)).post("/files", {**NEW, **change}), 422)
    assert not Qualification.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"credit_system": "gold"}, "credit_system"),
        ({"assessment_type": "gold"}, "assessment_type"),
        ({"participation": ["asleep"]}, "participation"),
        ({"languages": ["xx"]}, "languages"),
        ({"fields_of_education": ["building"]}, "fields_of_education"),
        ({"level": "4"}, "level"),
        ({"title": None}, "title"),
        ({"hours": 0}, "hours"),
    ],
)
def test_a_change_that_cannot_be_kept_says_why(owner: Any, change: dict[str, Any], word: str) -> None:
    version = a_file(qualification__owner=owner)  # by a procedure in which a committee finds the level
    answer = Api(a_member(owner)).send("PATCH", f"/files/{version.pk}", {"lock": version.version, **change})
    assert word in problem(answer, 422)
    version.refresh_from_db()
    assert version.version == 1


def test_a_level_of_another_framework_is_not_taken(procedure: Procedure, owner: Any) -> None:
    version = a_file(qualification__owner=owner, procedure=procedure)
    Level.objects.create(
        framework=a_framework("other", levels=0), position=1, code="X", name=Text.of("X"), eqf=1
    )
    body = {"lock": version.version, "level": "X"}
    assert "level" in problem(Api(a_member(owner)).send("PATCH", f"/files/{version.pk}", body), 422)


def test_a_step_that_is_not_ready_or_does_not_exist_says_what_is_missing(
    procedure: Procedure, owner: Any
) -> None:
    version = a_file(qualification__owner=owner, procedure=procedure, outcomes=0, level="4")
    officer = Api(a_member(owner))
    answer = officer.post(f"/files/{version.pk}/steps/submit", {"lock": version.version})
    assert "no learning outcomes" in problem(answer, 422)
    assert len(answer.json()["missing"]) == 1
    problem(officer.post(f"/files/{version.pk}/steps/fly", {"lock": version.version}), 422)


def test_an_outcome_needs_a_sentence_or_a_verb(owner: Any) -> None:
    version = a_file(qualification__owner=owner)
    body = {"lock": version.version, "kind": "skill", "object": english("bricks")}
    answer = Api(a_member(owner)).post(f"/units/{version.units.get().pk}/outcomes", body)
    assert "verb" in problem(answer, 422)
