"""The pages of the desk, as an officer and a stranger meet them; all of it without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gilde.core import jobs
from gilde.plans.models import Edition, Plan, Reading, Value
from gilde.plans.services.desk import acts, parts
from gilde.plans.services.publishing import publish
from tests.plans.desk.factories import (
    Role,
    a_plan_found,
    an_action_plan_found,
    an_officer,
    an_open_reading,
    reference,
    the,
)
from tests.plans.desk.test_publishing import DETAILS
from tests.plans.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
DOCUMENT = Path(settings.PACKAGE_DIR) / "demo" / "documents" / "norland-plan-2027.md"


@pytest.fixture
def reading() -> Reading:
    return an_open_reading()


@pytest.fixture
def officer(reading):
    return an_officer(reading)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def address(name: str, *args) -> str:
    return reverse(f"plans:{name}", args=args)


def value_page(value: Value) -> str:
    return address("desk-value", value.reading_id, value.pk)


# -- uploading


def test_an_upload_shows_its_progress_and_ends_on_the_desk(client):
    ministry = OrganisationFactory()
    client.force_login(MembershipFactory(user=UserFactory(), organisation=ministry).user)
    data = {
        "file": SimpleUploadedFile("norland.md", DOCUMENT.read_bytes()),
        "organisation": str(ministry.pk),
        "title": "Norland 2027",
        "language": "en",
    }
    answer = client.post(address("desk-upload"), data)
    reading = Reading.objects.get()
    assert answer["Location"] == address("desk-reading", reading.pk)

    page = client.get(answer["Location"]).content.decode()
    assert "<progress" in page
    assert '<noscript><meta http-equiv="refresh"' in page

    jobs.run(reading.job)
    page = client.get(answer["Location"]).content.decode()
    assert "Electric ferries" in page
    polled = client.get(address("desk-progress", reading.pk), headers={"HX-Request": "true"})
    assert polled["HX-Redirect"] == answer["Location"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("plan.md", b"", "empty"),
        ("plan.pdf", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "is not a plan document"),
        ("plan.docx", b"PK\x03\x04 not really", "plan.docx"),
    ],
)
def test_a_bad_upload_comes_back_with_the_sentence_and_what_was_filled_in(
    desk, reading, name, data, sentence
):
    answer = desk.post(
        address("desk-upload"),
        {
            "file": SimpleUploadedFile(name, data),
            "organisation": str(reading.organisation_id),
            "title": "My own title",
            "language": "nl",
        },
    )
    page = answer.content.decode()
    assert answer.status_code in (413, 415, 422)
    assert sentence in page
    assert 'value="My own title"' in page
    assert Reading.objects.count() == 1


def test_a_document_that_could_not_be_read_says_why(desk, officer, reading):
    reading = Reading.objects.create(
        organisation=reading.organisation,
        document=reading.document,
        file_name="letter.md",
        state="failed",
        problem="This is not a plan: none of the nine sections was found.",
        created_at=reading.created_at,
    )
    page = desk.get(address("desk-reading", reading.pk)).content.decode()
    assert "none of the nine sections was found" in page
    assert "No value was stored" in page


# -- who gets in


def pages(reading: Reading) -> list[str]:
    value = the(reading, "3.1", "title")
    plain = ["reading", "json", "document", "next", "unknown", "bodies", "compare", "publish", "progress"]
    return [
        *(address(f"desk-{name}", reading.pk) for name in plain),
        value_page(value),
        address("desk-add", reading.pk) + "?kind=action&measure=3.1",
        address("desk-move", reading.pk, "abandon"),
    ]


def test_who_has_not_signed_in_is_asked_to(client, reading):
    for page in [address("desk"), address("desk-upload"), *pages(reading)]:
        assert client.get(page)["Location"].startswith(reverse("account_login")), page


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER])
def test_a_writer_of_another_organisation_does_not_learn_of_a_reading(client, reading, role):
    client.force_login(MembershipFactory(user=UserFactory(), role=role).user)
    assert {client.get(page).status_code for page in pages(reading)} == {404}
    assert "The plan of Norland" not in client.get(address("desk")).content.decode()


def test_a_reader_of_the_organisation_does_not_see_its_desk(client, reading):
    client.force_login(an_officer(reading, Role.READER))
    assert {client.get(page).status_code for page in pages(reading)} == {404}
    for page in (address("desk"), address("desk-upload")):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "Ask the administrator of your organisation for that role." in answer.content.decode()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER])
def test_writers_of_the_organisation_get_every_page(client, reading, role):
    client.force_login(an_officer(reading, role))
    answers = {page: client.get(page).status_code for page in pages(reading)}
    moved_on = {page for page in answers if page.endswith(("/next/", "/progress/"))}
    assert answers == {page: 302 if page in moved_on else 200 for page in answers}


def test_the_document_is_sent_as_it_was_uploaded(desk, reading):
    answer = desk.get(address("desk-document", reading.pk))
    assert b"".join(answer.streaming_content).decode() == reading.text


# -- document and fields


def test_choosing_a_field_marks_its_quote_without_javascript(desk, reading):
    value = the(reading, "3.1", "date")
    page = desk.get(address("desk-reading", reading.pk), {"value": value.pk}).content.decode()
    marked = re.findall(r'<mark id="chosen"[^>]*>([^<]*)</mark>', page)
    assert marked == ["by April 2024"]


def test_a_value_is_marked_where_it_stands_also_when_it_spans_lines(desk, reading):
    value = the(reading, "3.1", "section", "bodies")
    page = desk.get(address("desk-reading", reading.pk), {"value": value.pk}).content.decode()
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", page) == ["Board of Works", "Guild of Smiths"]


def test_the_document_is_shown_as_text_whatever_is_in_it(client):
    nasty = {
        "number": "3.1",
        "title": "<script>alert(1)</script>",
        "text": "<img src=x onerror=alert(1)> & more",
    }
    reading = an_open_reading(found=a_plan_found(nasty))
    client.force_login(an_officer(reading))
    page = client.get(address("desk-reading", reading.pk)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page


def test_one_measure_is_shown_with_its_part_of_the_document(desk, reading):
    page = desk.get(address("desk-reading", reading.pk), {"measure": "3.2"}).content.decode()
    assert "<h2>3.2 Workshops</h2>" in page
    assert "The document begins earlier" in page
    whole = desk.get(address("desk-reading", reading.pk), {"measure": "3.2", "whole": "1"}).content.decode()
    assert "The document begins earlier" not in whole
    assert "The plan of Norland</p>" in whole


def test_a_measure_or_value_that_is_not_there_is_not_found(desk, reading):
    other = an_open_reading(found=an_action_plan_found())
    for query in ({"measure": "9.9"}, {"value": the(other, "1", "title").pk}, {"value": "x"}):
        assert desk.get(address("desk-reading", reading.pk), query).status_code == 404


def test_an_action_plan_is_shown_article_by_article(client):
    reading = an_open_reading(found=an_action_plan_found())
    client.force_login(an_officer(reading))
    page = client.get(address("desk-reading", reading.pk), {"measure": "2"}).content.decode()
    assert "Report every two years." in page
    assert "No action was found." in page


def test_what_was_read_can_be_downloaded_in_the_documented_form(desk, reading):
    assert desk.get(address("desk-json", reading.pk)).json() == reading.found


def test_a_page_of_the_desk_needs_few_queries(desk, reading, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        desk.get(address("desk-reading", reading.pk), {"measure": "3.1"})


# -- deciding


def test_next_goes_to_the_first_value_to_decide_and_saving_goes_on(desk, reading):
    first = desk.get(address("desk-next", reading.pk))["Location"]
    box = the(reading, "3.1", "tick", "recommendation:B")
    assert first == value_page(box)
    answer = desk.post(first, {"act": "correct", "version": 1, "ticked": "yes", "ground": "Page 12"})
    assert answer["Location"] == value_page(the(reading, "3.1", "tick", "osnabruck:3"))
    box.refresh_from_db()
    assert (box.content["ticked"], box.status) == (True, "decided")


def test_the_page_of_a_value_shows_who_did_what_and_why(desk, officer, reading):
    box = the(reading, "3.1", "tick", "recommendation:B")
    acts.decide(officer, value=box, version=1, ticked=True, ground="A letter of 3 May")
    page = desk.get(value_page(box)).content.decode()
    assert str(officer) in page
    assert "A letter of 3 May" in page


def test_the_second_officer_sees_both_versions_and_keeps_what_was_typed(desk, reading):
    title = the(reading, "3.1", "title")
    colleague = an_officer(reading)
    acts.correct(colleague, value=title, version=1, content={"text": "Mentors first"}, ground="The cover")

    mine = {"act": "correct", "version": 1, "text": "My own title", "ground": "The annex"}
    answer = desk.post(value_page(title), mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert str(colleague) in page
    assert "Mentors first" in page
    assert "My own title</textarea>" in page
    title.refresh_from_db()
    assert title.content["text"] == "Mentors first"
    version = re.search(r'name="version" value="(\d+)" id="id_correct_version"', page)
    assert version is not None
    again = desk.post(value_page(title), {**mine, "version": version[1]})
    assert again.status_code == 302
    title.refresh_from_db()
    assert (title.content["text"], title.version) == ("My own title", 3)
    assert [r.before["content"]["text"] for r in title.revisions.all()] == ["Mentors", "Mentors first"]


def test_several_boxes_are_decided_on_one_form(desk, reading):
    boxes = Value.objects.filter(reading=reading, measure="3.1", kind="tick", status="unknown")
    sent = {"ground": "The printed plan"}
    for box in boxes:
        sent |= {f"tick-{box.pk}": "no", f"version-{box.pk}": str(box.version)}
    page = desk.get(address("desk-unknown", reading.pk)).content.decode()
    assert all(f'name="tick-{box.pk}"' in page for box in boxes)
    answer = desk.post(address("desk-unknown", reading.pk), sent)
    assert answer.status_code == 302
    assert not boxes.all().exists()
    assert Value.objects.filter(reading=reading, status="unknown", kind="tick").count() == 4


def test_boxes_without_a_ground_come_back_as_they_were_chosen(desk, reading):
    box = the(reading, "3.1", "tick", "scope:local")
    answer = desk.post(
        address("desk-unknown", reading.pk), {f"tick-{box.pk}": "yes", f"version-{box.pk}": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say on what ground" in page
    assert f'name="tick-{box.pk}" value="yes" checked' in page


def test_a_box_that_a_colleague_decided_meanwhile_is_shown_with_their_decision(desk, reading):
    box, other = (the(reading, "3.1", "tick", code) for code in ("scope:local", "target:5"))
    colleague = an_officer(reading)
    acts.decide(colleague, value=box, version=1, ticked=False, ground="I asked the ministry")
    sent = {"ground": "Page 12"}
    for value in (box, other):
        sent |= {f"tick-{value.pk}": "yes", f"version-{value.pk}": "1"}
    answer = desk.post(address("desk-unknown", reading.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{colleague} decided in the meantime: not ticked" in page
    assert "I asked the ministry" in page
    assert page.count('value="yes" checked') == 2
    assert "Page 12</textarea>" in page
    other.refresh_from_db()
    assert other.status == "unknown"


# -- bodies


def test_bodies_with_exactly_a_known_name_are_linked_with_one_click(desk, reading):
    board = OrganisationFactory(name="Board of Works")
    page = desk.get(address("desk-bodies", reading.pk)).content.decode()
    assert "Link 1 name that is written exactly the same" in page
    assert desk.post(address("desk-bodies", reading.pk), {"exact": "1"}).status_code == 302
    linked = Value.objects.filter(reading=reading, kind="body", status="decided")
    assert {value.content["organisation"] for value in linked} == {str(board.pk)}
    assert linked.count() == 2


def test_an_ambiguous_name_is_not_linked_by_itself(desk, reading):
    OrganisationFactory(name="Board of Works")
    OrganisationFactory(name="Ministry", aliases=["Board of Works"])
    page = desk.get(address("desk-bodies", reading.pk)).content.decode()
    assert "ambiguous" in page
    desk.post(address("desk-bodies", reading.pk), {"exact": "1"})
    assert not Value.objects.filter(reading=reading, kind="body", status="decided").exists()


def test_a_body_is_linked_to_any_organisation_or_to_none(desk, reading):
    guild = OrganisationFactory(name="Smiths")
    body = the(reading, "3.1", "body", position=1)
    sent = {"act": "link", "version": 1, "choice": "other", "other": str(guild.pk)}
    assert desk.post(value_page(body), sent).status_code == 302
    body.refresh_from_db()
    assert body.content["organisation"] == str(guild.pk)
    none = the(reading, "3.2", "body", position=1)
    desk.post(address("desk-bodies", reading.pk), {"bodies": f"{none.pk}:1", "organisation": "none"})
    none.refresh_from_db()
    assert (none.status, none.content["none"]) == ("decided", True)


def test_choosing_another_organisation_without_naming_it_is_asked_again(desk, reading):
    body = the(reading, "3.1", "body")
    answer = desk.post(value_page(body), {"act": "link", "version": 1, "choice": "other", "other": ""})
    assert answer.status_code == 422
    assert "Choose the organisation, or say that none is known here." in answer.content.decode()


# -- actions


def test_an_action_is_split_where_its_second_sentence_begins(desk, reading):
    action = the(reading, "3.1", "action", position=0)
    page = desk.get(value_page(action)).content.decode()
    assert 'value="33"' in page
    assert desk.post(value_page(action), {"act": "split", "version": 1, "position": "33"}).status_code == 302
    texts = list(Value.objects.filter(reading=reading, measure="3.1", kind="action").order_by("position"))
    assert [v.content["text"].strip() for v in texts] == [
        "Train the mentors by April 2024.",
        "Pay them well.",
        "Tell.",
    ]


def test_an_action_is_split_at_words_of_its_text(desk, reading):
    action = the(reading, "3.1", "action", position=0)
    desk.post(value_page(action), {"act": "split", "version": 1, "words": "by April"})
    assert the(reading, "3.1", "action", position=1).content["text"].startswith("by April 2024")
    answer = desk.post(value_page(action), {"act": "split", "version": 2, "words": "no such words"})
    assert "These words are not in the text" in answer.content.decode()


def test_two_actions_are_merged_and_a_change_is_undone_from_the_page(desk, reading):
    first, second = (the(reading, "3.1", "action", position=n) for n in (0, 1))
    sent = {"act": "merge", "version": 1, "second": second.pk, "second_version": 1}
    assert desk.post(value_page(first), sent).status_code == 302
    first.refresh_from_db()
    assert first.content["text"].endswith("Tell.")
    sent = {"act": "restore", "version": first.version, "revision": first.revisions.get().pk}
    assert desk.post(value_page(first), sent).status_code == 302
    assert the(reading, "3.1", "action", position=1).status == "read"


def test_a_value_is_left_out_and_brought_back(desk, reading):
    line = the(reading, "3.1", "funding")
    desk.post(value_page(line), {"act": "leave-out", "version": 1, "ground": "Of last year"})
    page = desk.get(address("desk-reading", reading.pk)).content.decode()
    assert "Left out" in page
    desk.post(value_page(line), {"act": "restore", "version": 2, "revision": line.revisions.get().pk})
    line.refresh_from_db()
    assert line.status == "read"


@pytest.mark.parametrize(
    ("kind", "sent", "content"),
    [
        ("body", {"name": "City"}, {"name": "City"}),
        ("action", {"text": "Do this."}, {"title": "", "text": "Do this."}),
        (
            "funding",
            {"amount": "5000", "currency": "EUR", "period": "total"},
            {"amount": 5000, "period": "total"},
        ),
        ("date", {"kind": "end", "last": "2027-01-31", "precision": "month"}, {"to": "2027-01-31"}),
    ],
)
def test_what_was_missed_is_added(desk, reading, kind, sent, content):
    page = address("desk-add", reading.pk) + f"?kind={kind}&measure=3.1"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {**sent, "ground": "Annex"}).status_code == 302
    added = Value.objects.filter(reading=reading, measure="3.1", kind=kind).order_by("-position").first()
    assert added is not None
    assert content.items() <= added.content.items()


def test_an_amount_is_written_as_the_reader_writes_it(desk, reading):
    line = the(reading, "3.1", "funding")
    sent = {"act": "correct", "version": 1, "amount": "1.250.000,50", "currency": "EUR", "ground": "Budget"}
    answer = desk.post(value_page(line), sent, headers={"Accept-Language": "nl"})
    assert answer.status_code == 302
    line.refresh_from_db()
    assert line.content["amount"] == 1250000.5


# -- publishing and editions


PLAN = {
    "title": "The plan of Norland",
    "short_title": "Norland",
    "slug": "norland",
    "country": "XN",
    "expects": "0",
}


def test_publishing_says_first_what_is_open_and_then_shows_the_edition(desk, reading):
    instruments = [str(each.pk) for each in reference().values()]
    page = desk.get(address("desk-publish", reading.pk)).content.decode()
    assert "unknown tick boxes" in page
    assert Edition.objects.count() == 0
    answer = desk.post(address("desk-publish", reading.pk), {**PLAN, "instruments": instruments})
    assert answer["Location"] == address("edition", "norland", 1)
    again = desk.post(address("desk-publish", reading.pk), {**PLAN, "instruments": instruments})
    assert again["Location"] == address("edition", "norland", 1)
    assert (Edition.objects.count(), Plan.objects.count()) == (1, 1)


def test_an_address_that_is_taken_or_reserved_comes_back_on_its_field(desk, reading):
    reference()
    answer = desk.post(address("desk-publish", reading.pk), {**PLAN, "slug": "desk"})
    assert answer.status_code == 422
    assert "is a page of Gilde" in answer.content.decode()


@pytest.fixture
def published(officer, reading) -> Edition:
    reference()
    acts.decide(
        officer, value=the(reading, "3.1", "tick", "scope:local"), version=1, ticked=True, ground="Page 12"
    )
    return publish(officer, reading=reading, details=DETAILS)


def test_an_edition_is_public_and_shows_who_vouches_for_what(client, published):
    page = client.get(address("edition", "norland", 1)).content.decode()
    assert "Mentors" in page
    assert "Page 12" in page
    assert published.content_hash in page
    assert "unknown" in page
    assert client.get(address("editions", "norland")).status_code == 200
    assert client.get(address("edition", "norland", 2)).status_code == 404
    second = client.get(address("edition", "norland", 1), {"measure": "3.2"}).content.decode()
    assert "3.2 Workshops" in second


def test_an_edition_can_be_downloaded_and_asked_for_again_cheaply(client, published):
    answer = client.get(address("edition-json", "norland", 1))
    assert answer.json() == published.content
    again = client.get(address("edition-json", "norland", 1), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_second_edition_is_read_against_the_first_and_shows_what_changed(desk, officer, published):
    actions = ["Train the mentors by May 2024. Pay them well.", "Tell."]
    second = an_open_reading(
        published.plan.owner,
        a_plan_found(
            {"number": "3.1", "title": "Mentors", "actions": actions}, {"number": "3.3", "title": "Fairs"}
        ),
        plan=published.plan,
    )
    before = desk.get(address("desk-compare", second.pk)).content.decode()
    for words in ("3.3 Fairs", "3.2 Workshops", "April</del>", "May</ins>"):
        assert words in before
    publish(officer, reading=second, details=DETAILS, expects=1)
    after = desk.get(address("edition-compare", "norland", 1, 2)).content.decode()
    assert "April</del>" in after
    assert "There is a newer edition" in desk.get(address("edition", "norland", 1)).content.decode()


def test_a_published_reading_can_be_looked_at_and_not_changed(desk, published, reading):
    page = desk.get(address("desk-reading", reading.pk)).content.decode()
    assert "Publish" not in re.sub(r"Published|published", "", page)
    box = the(reading, "3.1", "tick", "target:5")
    sent = {"act": "correct", "version": 1, "ticked": "yes", "ground": "Page 12"}
    assert desk.post(value_page(box), sent).status_code == 403


def test_a_reading_is_put_aside_only_after_asking(desk, reading):
    assert "Nothing is deleted" in desk.get(address("desk-move", reading.pk, "abandon")).content.decode()
    reading.refresh_from_db()
    assert reading.state == "open"
    desk.post(address("desk-move", reading.pk, "abandon"))
    reading.refresh_from_db()
    assert reading.state == "abandoned"
    desk.post(address("desk-move", reading.pk, "resume"))
    reading.refresh_from_db()
    assert reading.state == "open"


def test_a_split_action_shows_both_parts_in_the_document(desk, officer, reading):
    _first, second = parts.split(officer, value=the(reading, "3.1", "action"), version=1, position=33)
    page = desk.get(address("desk-reading", reading.pk), {"value": second.pk}).content.decode()
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", page) == ["Pay them well."]
