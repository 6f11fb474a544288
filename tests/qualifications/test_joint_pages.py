"""Building together through the pages: from nothing to agreed by two partners, and the documents that come of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation

from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Membership
from gilde.qualifications.models import Joint, JointOutcome, JointUnit, Partner
from gilde.qualifications.services import joint_agreeing as agreeing
from tests.client import GildeClient
from tests.indicators.keeping import page_of, sent_by, text_of
from tests.qualifications.factories import OrganisationFactory, a_member, registered
from tests.qualifications.joints import Built, a_dutch_level, a_joint, outcomes_of

pytestmark = pytest.mark.django_db


def at(name: str, *args: object) -> str:
    return reverse(f"qualifications:{name}", args=args)


def signed_in(user: User) -> GildeClient:
    client = GildeClient()
    client.force_login(user)
    return client


def send(client: GildeClient, url: str, **written: Any) -> Any:
    """Fill a form in as it was opened, send it, and follow where it leads; what is refused is told."""
    answer = client.post(url, {**sent_by(client, url), **written}, follow=True)
    assert answer.status_code == 200, text_of(answer)
    return answer


def pdf_words(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(words.replace("\ufffe", "").replace("\x02", "").split())


# --- from nothing to agreed


def test_two_partners_build_one_from_nothing_and_agree() -> None:
    school = OrganisationFactory(name=Text.of("Lead School"), country="BE")
    college = OrganisationFactory(name=Text.of("Other College"), country="NL")
    be = registered(qualification__code="be-welder", title=Text.of("Belgian welder"))
    nl = registered(qualification__code="nl-welder", title=Text.of("Dutch welder"))
    level = a_dutch_level(4)
    mine = signed_in(a_member(school, Membership.Role.APPROVER))

    send(mine, at("joint-add"), title_0="Cross-border welder", purpose="joint", eqf="4")
    joint = Joint.objects.get()
    page = text_of(mine.get(at("joint", joint.slug)))
    assert "There must be at least two partners. Add one." in page
    assert "There is no unit that all partners share." in page

    lead = joint.partners.get()
    told = {"credit_system": "ecvet", "hours_per_credit": "30"}
    send(mine, at("joint-partner-edit", joint.slug, lead.pk), **told, qualification="be-welder")
    found = text_of(mine.get(at("joint-partner-add", joint.slug) + "?find=dutch"))
    assert "Dutch welder nl-welder" in found
    chosen = at("joint-partner-add", joint.slug) + "?qualification=nl-welder"
    send(
        mine,
        chosen,
        **{**told, "hours_per_credit": "25"},
        organisation=college.pk,
        country="nl",
        level=level.pk,
    )
    other = joint.partners.get(organisation=college)
    assert (other.country, other.qualification, lead.organisation) == ("NL", nl, school)

    unit_page = {"title_0": "Preparing", "credit": "10", "hours": "300", "delivered_by": [lead.pk]}
    answer = send(mine, at("joint-unit-add", joint.slug), **unit_page, assessed_by=other.pk)
    unit = JointUnit.objects.get()
    first, second = outcomes_of(be)
    assert f"BE · {be.title}" in text_of(answer)
    ticked = [str(first.pk), str(outcomes_of(nl)[0].pk)]
    answer = send(mine, at("joint-unit-outcomes", joint.slug, unit.pk), outcomes=ticked)
    page = text_of(answer)
    assert "The unit has 2 learning outcomes now." in page
    assert "Nothing that partners need is missing." in page

    send(mine, at("joint-agree", joint.slug))
    assert Joint.objects.get().state == Joint.State.DRAFT
    theirs = signed_in(a_member(college, Membership.Role.APPROVER))
    send(theirs, at("joint-agree", joint.slug))
    assert Joint.objects.get().state == Joint.State.AGREED
    everybody = GildeClient()
    page = text_of(everybody.get(at("joint", joint.slug)))
    assert "Agreed by all partners" in page
    assert "What is missing" not in page
    assert second.statement != first.statement


# --- the builder


def test_the_page_says_what_each_covers_with_the_evidence_and_the_level_gap_in_words() -> None:
    built = a_joint()
    page = text_of(signed_in(built.officer).get(at("joint", built.joint.slug)))
    assert "VKS: Level 4 (EQF level 4) at the level aimed at" in page
    assert "NLQF: Dutch level 3 (EQF level 3) 1 level below the one aimed at" in page
    assert "Covered this outcome is its own" in page
    assert "similar text" in page
    assert "1 covered 0 partly covered 0 missing" in page
    assert "1 thing to consider before agreeing Other School: 1 level below the one aimed at." in page


def test_a_unit_is_worth_points_by_hours_in_each_system_and_rounding_is_told() -> None:
    built = a_joint()
    Partner.objects.filter(pk=built.other.pk).update(hours_per_credit=Decimal(27))
    page = text_of(_page(built))
    assert "Preparing Unit sheet Preparing 300 hours 10 about 11.11 Lead School Other School" in page
    assert "“about” marks what was rounded" in page


def _page(built: Built) -> Any:
    return signed_in(built.officer).get(at("joint", built.joint.slug))


def test_a_national_part_is_told_with_its_points_and_outcomes() -> None:
    built = a_joint()
    JointUnit.objects.create(
        joint=built.joint,
        title=Text.of("Working on location"),
        position=1,
        national=built.other,
        hours=250,
        credit=Decimal(10),
    )
    page = text_of(_page(built))
    assert "Working on location 250 hours · 10 points" in page
    assert "core and own part: 22 points" in page  # 300 and 250 hours at 25 hours a point


@pytest.mark.parametrize("role", ["officer", "anonymous"])
def test_the_page_asks_the_database_little(role: str, django_assert_max_num_queries: Any) -> None:
    built = a_joint()
    for number in range(3):
        unit = JointUnit.objects.create(
            joint=built.joint, title=Text.of(f"Unit {number}"), position=number + 1
        )
        unit.delivered_by.add(built.lead)
    JointOutcome.objects.create(unit=unit, outcome=outcomes_of(built.other.qualification)[1])  # type: ignore[arg-type]
    if role == "anonymous":
        Joint.objects.update(state="agreed", agreed_at="2026-01-01T00:00Z")
    client = signed_in(built.officer) if role == "officer" else GildeClient()
    client.get(at("joint", built.joint.slug))
    with django_assert_max_num_queries(15):
        assert client.get(at("joint", built.joint.slug)).status_code == 200


def test_the_list_shows_drafts_to_partners_only(django_assert_max_num_queries: Any) -> None:
    client = signed_in(a_joint().other_officer)
    with django_assert_max_num_queries(10):
        mine = text_of(client.get(at("joints")))
    assert "Welding together" in mine
    assert "Begin something together" in mine
    assert "Welding together" not in text_of(GildeClient().get(at("joints")))


def test_readers_of_a_partner_see_where_it_stands_but_get_no_links_to_forms() -> None:
    built = a_joint()
    client = signed_in(a_member(built.other.organisation, Membership.Role.READER))
    JointUnit.objects.update(credit=None)
    page = page_of(client.get(at("joint", built.joint.slug)))
    forms = [
        each.attributes["href"] for each in page.css("main a") if "/edit/" in (each.attributes["href"] or "")
    ]
    assert forms == []
    assert client.get(at("joint-unit-edit", built.joint.slug, built.unit.pk)).status_code == 403


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        ("joint", ["Common core", "National parts"]),
        ("level", ["What is recognised", "What one party asks besides"]),
        ("credit", ["Units that are transferred", "What one party asks besides"]),
    ],
)
def test_the_words_are_those_of_the_purpose(purpose: str, words: list[str]) -> None:
    built = a_joint(purpose=purpose)
    page = text_of(_page(built))
    assert all(each in page for each in words)
    assert ("Common core" in page) == (purpose == "joint")


# --- outcomes


def test_outcomes_are_shown_in_the_readers_language_and_the_search_keeps_what_it_hides() -> None:
    built = a_joint()
    url = at("joint-unit-outcomes", built.joint.slug, built.unit.pk)
    client = signed_in(built.officer)
    held = built.unit.outcomes.get().outcome
    wanted = outcomes_of(built.other.qualification)[1]  # type: ignore[arg-type]
    with translation.override("nl"):
        client.cookies["django_language"] = "nl"
        page = text_of(client.get(url))
    client.cookies["django_language"] = "en"
    assert wanted.statement.words["nl"] in page
    words = wanted.statement.words["nl"]
    narrowed = f"{url}?q={words.replace(' ', '+')}"
    assert "1 outcome of this unit is not shown here, and stays." in text_of(client.get(narrowed))
    send(client, narrowed, outcomes=[str(wanted.pk)])
    assert [each.outcome for each in built.unit.outcomes.all()] == [held, wanted]
    send(client, url, outcomes=[str(wanted.pk)])
    assert [each.outcome for each in built.unit.outcomes.all()] == [wanted]


def test_what_stands_in_another_unit_is_told_and_cannot_be_ticked() -> None:
    built = a_joint()
    other = JointUnit.objects.create(joint=built.joint, title=Text.of("Welding"), position=1)
    url = at("joint-unit-outcomes", built.joint.slug, other.pk)
    client = signed_in(built.officer)
    assert "Stands in the unit “Preparing”." in text_of(client.get(url))
    held = built.unit.outcomes.get().outcome
    answer = client.post(url, {"version": 1, "outcomes": [str(held.pk)]})
    assert answer.status_code == 422
    assert not other.outcomes.exists()


# --- who comes second, and what is refused


def test_who_comes_second_keeps_what_was_written() -> None:
    built = a_joint()
    url = at("joint-unit-edit", built.joint.slug, built.unit.pk)
    client = signed_in(built.officer)
    sent = sent_by(client, url)
    send(signed_in(built.other_officer), url, hours="320")
    answer = client.post(url, {**sent, "title_0": "Preparing well"})
    assert answer.status_code == 409
    assert "Preparing well" in answer.content.decode()
    assert "320" in text_of(answer)


def test_a_code_that_is_on_no_record_is_told() -> None:
    built = a_joint()
    client = signed_in(built.officer)
    url = at("joint-partner-edit", built.joint.slug, built.other.pk)
    answer = client.post(url, {**sent_by(client, url), "qualification": "nothing"})
    assert answer.status_code == 422
    assert "no qualification on record with the code “nothing”" in text_of(answer)


def test_agreeing_to_what_is_not_complete_is_refused_with_what_is_missing() -> None:
    built = a_joint()
    JointUnit.objects.update(assessed_by=None)
    client = signed_in(built.approver)
    url = at("joint-agree", built.joint.slug)
    assert "Preparing: say which partner assesses it." in text_of(client.get(url))
    answer = client.post(url, sent_by(client, url))
    assert answer.status_code == 422
    assert not Partner.objects.exclude(agreed_at=None).exists()


def test_who_agreed_already_is_told_so() -> None:
    built = a_joint()
    client = signed_in(built.approver)
    send(client, at("joint-agree", built.joint.slug))
    answer = client.get(at("joint-agree", built.joint.slug))
    assert answer.status_code == 403
    assert "Your organisation has agreed to this version already." in answer.content.decode()


def test_units_move_and_go_partners_go_and_what_is_agreed_is_closed() -> None:
    built = a_joint()
    more = JointUnit.objects.create(joint=built.joint, title=Text.of("Welding"), position=1)
    client = signed_in(built.approver)
    client.post(at("joint-unit-move", built.joint.slug, more.pk), {"version": 1, "to": "up"})
    assert [str(each) for each in built.joint.units.all()] == ["Welding", "Preparing"]
    send(client, at("joint-unit-remove", built.joint.slug, more.pk))
    assert [str(each) for each in built.joint.units.all()] == ["Preparing"]
    third = Partner.objects.create(
        joint=built.joint, organisation=OrganisationFactory(name=Text.of("Third")), country="FR", position=2
    )
    answer = send(client, at("joint-partner-remove", built.joint.slug, third.pk))
    assert "The partner has been removed." in text_of(answer)
    lock = Joint.objects.get(pk=built.joint.pk).version
    agreeing.agree(actor=built.approver, partner=built.lead, lock=lock)
    agreeing.agree(actor=built.other_approver, partner=built.other, lock=lock)
    send(client, at("joint-close", built.joint.slug))
    assert Joint.objects.get(pk=built.joint.pk).state == Joint.State.CLOSED


# --- documents


def test_the_memorandum_says_every_partner_and_unit_on_the_page_and_as_pdf() -> None:
    built = a_joint(
        governance=Text.of("A steering group decides."), quality=Text.of("Partners visit each other.")
    )
    JointUnit.objects.create(
        joint=built.joint,
        title=Text.of("Working on location"),
        position=1,
        national=built.other,
        hours=50,
        credit=Decimal(2),
        assessed_by=built.other,
        assessment=Text.of("A day at a building site."),
    )
    client = signed_in(built.officer)
    page = text_of(client.get(at("joint-memorandum", built.joint.slug)))
    answer = client.get(at("joint-memorandum-pdf", built.joint.slug))
    assert answer["Content-Type"] == "application/pdf"
    printed = pdf_words(answer.content)
    for told in (page, printed):
        for words in (
            "Lead School",
            "Other School",
            "Preparing",
            "Working on location",
            "Belgian welder",
            "Dutch welder",
            str(built.unit.outcomes.get().outcome.statement),
            "A steering group decides.",
            "Partners visit each other.",
            "A day at a building site.",
            "Mutual trust",
            "Signatures",
            "(Draft)",
        ):
            assert words in told, words
    document = pypdfium2.PdfDocument(answer.content)
    assert "(Draft)" in document.get_metadata_dict()["Title"]
    assert b"/MarkInfo" in answer.content or b"pdfuaid" in answer.content


def test_what_is_agreed_is_no_draft_and_the_public_does_not_learn_who_signed() -> None:
    built = a_joint()
    agreeing.agree(actor=built.approver, partner=built.lead, lock=1)
    agreeing.agree(actor=built.other_approver, partner=built.other, lock=1)
    url = at("joint-memorandum", built.joint.slug)
    public = text_of(GildeClient().get(url))
    assert "Draft" not in public
    assert built.approver.name not in public
    assert "an approver of this party" in public
    assert built.approver.name in text_of(signed_in(built.other_officer).get(url))


@pytest.mark.parametrize("name", ["joint-unit-sheet", "joint-unit-sheets"])
def test_the_unit_sheets_say_what_a_unit_is(name: str) -> None:
    built = a_joint()
    more = () if name == "joint-unit-sheets" else (built.unit.pk,)
    printed = pdf_words(signed_in(built.officer).get(at(name, built.joint.slug, *more)).content)
    for words in (
        "Preparing",
        "EQF level 4",
        "300 hours",
        "Other School",
        str(built.unit.outcomes.get().outcome.statement),
        "12",
    ):
        assert words in printed, words


def test_the_sheet_of_a_unit_of_something_else_is_not_found() -> None:
    built = a_joint()
    stray = JointUnit.objects.create(
        joint=Joint.objects.create(slug="stray", title=Text.of("Stray"), lead=OrganisationFactory()),
        title=Text.of("Stray unit"),
    )
    client = signed_in(built.officer)
    assert client.get(at("joint-unit-sheet", built.joint.slug, stray.pk)).status_code == 404
