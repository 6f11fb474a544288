"""Committees and their rooms, through their pages only: who votes, comments and sits, and who sees what when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.text import Text
from gilde.qualifications.models import (
    Committee,
    Member,
    Round,
    UnitOutcome,
)
from gilde.qualifications.services import committees
from gilde.qualifications.services.steps import take_step
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.committee_rooms import (
    chosen,
    in_validation,
    room,
    url,
    vote,
)
from tests.qualifications.factories import (
    Cast,
    OrganisationFactory,
    UserFactory,
    a_file,
    a_member,
    a_seat,
)

pytestmark = pytest.mark.django_db


# --- what everybody sees of a committee


def test_everybody_reads_how_a_committee_decides_but_not_who_sits_on_it(
    client: Any, django_assert_max_num_queries: Any
) -> None:
    round_, cast = in_validation()
    with django_assert_max_num_queries(10):
        listed = client.get(url("committees"))
    assert "Validation committee" in text_of(listed)
    assert "Nobody against" in text_of(listed)
    with django_assert_max_num_queries(10):
        page = client.get(url("committee", round_.committee_id))
    assert "At least 3 members with a vote take part" in text_of(page)
    assert "house rule" in text_of(page)
    assert str(cast.seats["validation"][1]) not in text_of(page)
    assert str(round_.version.title) not in page.content.decode()
    inside = signed_in(cast.seats["validation"][0]).get(url("committee", round_.committee_id))
    assert str(cast.seats["validation"][1]) in text_of(inside)
    assert str(round_.version.title) in text_of(inside)


def test_a_member_finds_the_rounds_that_wait_until_having_voted() -> None:
    round_, cast = in_validation()
    member = cast.seats["validation"][1]
    client = signed_in(member)
    assert f"{round_.version.title} Validation committee, round 1 to vote on" in text_of(
        client.get(url("committees"))
    )
    vote(member, round_, "for")
    assert "Nothing waits for you" in text_of(client.get(url("committees")))


# --- voting


def test_a_committee_votes_and_shows_each_member_the_others_only_after_the_own_vote() -> None:
    round_, cast = in_validation()
    chair, second, third = cast.seats["validation"]
    page = vote(chair, round_, "for", "well worded")
    assert "Your vote was stored" in text_of(page)
    assert "well worded" in text_of(page)
    assert "1 of 3 members with a vote have voted; at least 3 must." in text_of(page)
    assert "The quorum is not reached yet" in text_of(page)

    before = text_of(signed_in(second).get(room(round_, "votes")))
    assert "1 of 3 members with a vote have voted" in before
    assert "1 for" not in before
    assert "well worded" not in before
    assert f"Still to vote {second} {third}" in before

    vote(second, round_, "abstain")
    page = vote(third, round_, "for")
    assert "2 for, 0 against, 1 abstained." in text_of(page)
    assert "As it stands the file is agreed" in text_of(page)
    assert "well worded" in text_of(page)


def test_a_vote_against_needs_its_ground_and_keeps_what_was_chosen() -> None:
    round_, cast = in_validation()
    member = cast.seats["validation"][1]
    page = vote(member, round_, "against", " ")
    assert page.status_code == 422
    assert "Say why you are against" in text_of(page)
    assert chosen(page) == ["against"]
    assert not round_.votes.exists()
    page = vote(member, round_, "against", "The outcomes are vague.")
    assert page.status_code == 200
    assert "The outcomes are vague." in text_of(page)
    page = vote(member, round_, "for", "Made clear.")
    assert "1 for, 0 against" in text_of(page)
    assert round_.votes.count() == 1


def test_only_members_with_a_vote_may_vote() -> None:
    round_, cast = in_validation()
    secretary = a_seat(round_.committee, Member.Role.SECRETARY, votes=0)
    former = a_seat(round_.committee)
    Member.objects.filter(user=former).update(until=clock.today() - timedelta(days=1))
    for person, status in (
        (secretary, 403),
        (cast.bodies["agency-officer"], 403),
        (former, 404),
        (cast.seats["levelling"][0], 404),  # the near miss: another committee of the same procedure
        (cast.drafter, 404),
        (cast.elsewhere, 404),
    ):
        page = signed_in(person).get(room(round_, "votes"))
        assert page.status_code == (200 if status == 403 else 404)
        assert "choice" not in page.content.decode()
        assert vote(person, round_, "for").status_code == status
    assert not round_.votes.exists()


def test_strangers_find_no_room(client: Any) -> None:
    round_, cast = in_validation()
    names = ("round", "round-vote", "round-judge", "round-reveal", "round-agree", "round-comment")
    for name in names:
        assert client.get(url(name, round_.pk)).status_code == 302  # asked to sign in
        for person in (cast.elsewhere, cast.seats["levelling"][1]):
            assert signed_in(person).get(url(name, round_.pk)).status_code == 404
            if name != "round":
                assert signed_in(person).post(url(name, round_.pk)).status_code == 404


def test_a_closed_round_is_read_by_its_committee_and_by_the_drafters_without_names() -> None:
    round_, cast = in_validation()
    chair, second, third = cast.seats["validation"]
    for person in (chair, second, third):
        committees.vote(actor=person, round_=round_, choice="abstain", ground="Too vague as yet.")
    take_step(actor=chair, version=round_.version, name="return", ground="Say it in more detail.")
    Member.objects.filter(user=third).update(until=clock.today())
    page = signed_in(second).get(room(round_, "votes"))
    assert "Result: returned" in text_of(page)
    assert "Say it in more detail." in text_of(page)
    assert "3 members voted. 0 for, 0 against, 3 abstained." in text_of(page)
    assert str(third) in text_of(page)
    assert "choice" not in page.content.decode()
    assert vote(second, round_, "for").status_code == 403

    comment = signed_in(second).post(url("round-comment", round_.pk), {"text": "One more thing."})
    assert comment.status_code == 403

    page = signed_in(cast.drafter).get(room(round_, "votes"))
    assert "Say it in more detail." in text_of(page)
    assert "3 abstained" in text_of(page)
    assert str(third) not in text_of(page)
    assert "Too vague as yet." not in text_of(page)


def test_votes_of_a_closed_round_still_count_after_a_seat_has_ended() -> None:
    round_, cast = in_validation()
    for person in cast.seats["validation"]:
        committees.vote(actor=person, round_=round_, choice="for")
    take_step(actor=cast.seats["validation"][0], version=round_.version, name="validate")
    Round.objects.update(closed_at=clock.now() - timedelta(days=3))
    Member.objects.filter(user=cast.seats["validation"][2]).update(until=clock.today() - timedelta(days=1))
    page = signed_in(cast.seats["validation"][0]).get(room(round_, "votes"))
    assert "3 for, 0 against" in text_of(page)


# --- the file, its comments, what changed


def test_a_comment_on_an_outcome_stands_next_to_it_until_it_is_answered() -> None:
    round_, cast = in_validation()
    member = cast.seats["validation"][1]
    use = UnitOutcome.objects.filter(unit__version=round_.version).order_by("pk")[0]
    about = str(use.outcome.outcome_id)
    client = signed_in(member)
    page = client.post(
        url("round-comment", round_.pk), {"outcome": about, "text": "Which walls?"}, follow=True
    )
    place = page_of(page).css_first(f"#about-{about}")
    assert "The comment was added." in text_of(page)
    assert "Which walls?" in place.text()
    assert str(use.outcome.statement) in place.text()
    assert "waits for an answer" in place.text()

    remark = round_.comments.get()
    answer = url("comment-answer", remark.pk)
    page = client.post(answer, {"round": str(round_.pk), "text": " "}, follow=True)
    assert page.status_code == 422
    assert "Write what you want to say." in text_of(page)
    page = client.post(answer, {"round": str(round_.pk), "text": "All walls of brick."}, follow=True)
    place = page_of(page).css_first(f"#about-{about}")
    assert "All walls of brick." in place.text()
    assert "waits" not in place.text()


def test_a_comment_that_is_too_long_is_kept_and_not_stored() -> None:
    round_, cast = in_validation()
    words = "x" * 10_001
    page = signed_in(cast.seats["validation"][1]).post(
        url("round-comment", round_.pk), {"outcome": "", "text": words}
    )
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not round_.comments.exists()


def test_an_answer_that_comes_from_no_room_leads_to_the_comments_of_the_file() -> None:
    round_, cast = in_validation()
    remark = committees.comment(
        actor=cast.seats["validation"][0], version=round_.version, text="Which walls?"
    )
    page = signed_in(cast.drafter).post(url("comment-answer", remark.pk), {"text": "All."}, follow=True)
    assert page.redirect_chain[-1][0] == url("file-comments", round_.version_id)
    assert "All." in text_of(page)
    for person in (cast.elsewhere, UserFactory()):
        assert signed_in(person).post(url("comment-answer", remark.pk), {"text": "No."}).status_code == 404


def test_the_committee_sees_what_changed_since_it_last_had_the_file() -> None:
    round_, cast = in_validation()
    chair = cast.seats["validation"][0]
    assert "for the first time" in text_of(signed_in(chair).get(room(round_, "changes")))
    version = take_step(actor=chair, version=round_.version, name="return", ground="Say more.")
    version.summary = Text.of("What such a person does alone.")
    version.save()
    take_step(actor=cast.signatory, version=version, name="submit")
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-validation")
    page = signed_in(chair).get(room(version.rounds.get(closed_at=None), "changes"))
    assert "Compared with round 1" in text_of(page)
    assert "alone" in page_of(page).css_first("table ins").text()


# --- seats and rules


def test_officers_of_a_body_give_change_and_end_seats() -> None:
    version = a_file()
    cast = Cast.of(version)
    committee = Committee.objects.get(procedure=version.procedure, code="validation")
    person, organisation = UserFactory(email="nele@example.org"), OrganisationFactory(name=Text.of("Union"))
    client = signed_in(cast.bodies["agency-officer"])
    sent = {"role": "member", "votes": "2", "since": "2026-01-01", "organisation": str(organisation.pk)}
    page = client.post(url("seat-give", committee.pk), {**sent, "email": "nobody@example.org"})
    assert page.status_code == 422
    assert "Nobody has an account with this address" in text_of(page)
    page = client.post(url("seat-give", committee.pk), {**sent, "email": "Nele@example.org"}, follow=True)
    assert f"{person} has the seat now." in text_of(page)
    assert "Union" in text_of(page)
    member = committee.members.get(user=person)
    assert (member.votes, member.role, member.organisation) == (2, "member", organisation)

    address = url("seat-change", committee.pk, member.pk)
    page = client.post(address, {**sent, "until": "2025-01-01"})
    assert page.status_code == 422
    assert "must not come before the first day" in text_of(page)
    page = client.post(address, {**sent, "until": str(clock.today() - timedelta(days=1))}, follow=True)
    assert "The seat was changed." in text_of(page)
    assert "not now" in text_of(page)


def test_the_rule_of_a_committee_is_changed_and_who_comes_second_is_told() -> None:
    version = a_file()
    cast = Cast.of(version)
    committee = Committee.objects.get(procedure=version.procedure, code="validation")
    client, address = signed_in(cast.bodies["agency-officer"]), url("committee-change", committee.pk)
    sent = {"quorum": "2", "rule": "majority", "version": str(committee.version)}
    assert "At least 2 members" in text_of(client.post(address, sent, follow=True))
    page = client.post(address, {**sent, "quorum": "5"})
    assert page.status_code == 409
    assert "Somebody else" in text_of(page)


def test_nobody_but_the_bodies_keeps_a_committee() -> None:
    version = a_file()
    cast = Cast.of(version)
    committee = Committee.objects.get(procedure=version.procedure, code="validation")
    member = committee.members.all()[0]
    addresses = (
        url("seat-give", committee.pk),
        url("seat-change", committee.pk, member.pk),
        url("committee-change", committee.pk),
    )
    body = version.procedure.bodies.get(code="agency").organisation
    for person in (cast.seats["validation"][0], cast.signatory, cast.elsewhere, a_member(body, "reader")):
        assert [signed_in(person).get(each).status_code for each in addresses] == [403, 403, 403]
    other = Committee.objects.get(procedure=version.procedure, code="levelling")
    client = signed_in(cast.bodies["agency-officer"])
    assert client.get(url("seat-change", other.pk, member.pk)).status_code == 404
