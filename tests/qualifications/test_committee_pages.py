"""The committee room, through its pages only: who votes, who judges alone, and who sees what when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.qualifications import rooms
from gilde.qualifications.models import (
    Committee,
    Element,
    Member,
    Round,
    State,
    UnitOutcome,
)
from gilde.qualifications.procedures import levelling_of
from gilde.qualifications.services import committees
from gilde.qualifications.services.steps import take_step
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.factories import (
    Cast,
    OrganisationFactory,
    UserFactory,
    a_file,
    a_level,
    a_member,
    a_procedure,
    a_seat,
)

pytestmark = pytest.mark.django_db

SIDES = ("file", "changes", "votes", "levels")
# A level that nothing else on a page says: its code is no number.
SECRET = "K7Q"


def url(name: str, *args: Any) -> str:
    return reverse(f"qualifications:{name}", args=args)


def room(round_: Round, side: str = "file") -> str:
    return f"{url('round', round_.pk)}?show={side}"


def in_validation() -> tuple[Round, Cast]:
    version = a_file()
    cast = Cast.of(version)
    take_step(actor=cast.signatory, version=version, name="submit")
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-validation")
    return version.rounds.get(), cast


def in_levelling(**fields: Any) -> tuple[Round, Cast]:
    version = a_file(State.VALIDATED, **fields)
    cast = Cast.of(version)
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-levelling")
    return version.rounds.get(), cast


def elements(round_: Round) -> list[Element]:
    return list(Element.objects.filter(framework=round_.version.framework_id).order_by("position"))


def found(round_: Round, level: str, ground: str = "", **others: str) -> dict[str, str]:
    """What a judge, or the chair for all, sends: a level on each element, another one where it is named."""
    sent = {}
    for each in elements(round_):
        sent[f"level_{each.pk}"] = others.get(each.code.replace("-", "_"), level)
        sent[f"ground_{each.pk}"] = ground
    return sent


def judged_by_all(round_: Round, cast: Cast) -> None:
    for person, level in zip(cast.seats["levelling"], ("3", "3", "5"), strict=True):
        levels = {each: (a_level("3"), "") for each in elements(round_)}
        levels[elements(round_)[0]] = (a_level(level), "")
        committees.judge(actor=person, round_=round_, levels=levels)


def revealed() -> tuple[Round, Cast]:
    round_, cast = in_levelling()
    judged_by_all(round_, cast)
    return committees.reveal(actor=cast.seats["levelling"][0], round_=round_), cast


def vote(person: User, round_: Round, choice: str, ground: str = "") -> Any:
    sent = {"choice": choice, "ground": ground}
    return signed_in(person).post(url("round-vote", round_.pk), sent, follow=True)


def chosen(page: Any) -> list[str | None]:
    """The values of the radio buttons that are chosen on a page."""
    buttons = page_of(page).css("input[type=radio]")
    return [each.attributes["value"] for each in buttons if "checked" in each.attributes]


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


def test_in_a_round_of_levelling_judging_waits_first_and_voting_once_levels_are_agreed() -> None:
    round_, cast = in_levelling()
    chair = cast.seats["levelling"][0]
    told = [(each.round, each.to_judge) for each in rooms.waiting_for(chair)]
    assert told == [(round_, True)]
    judged_by_all(round_, cast)
    assert rooms.waiting_for(chair) == []
    committees.reveal(actor=chair, round_=round_)
    assert rooms.waiting_for(chair) == []
    agreed = {each: (a_level("3"), "talked over") for each in elements(round_)}
    committees.agree(actor=chair, round_=round_, levels=agreed)
    assert [each.to_judge for each in rooms.waiting_for(chair)] == [False]


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


# --- judging alone, then together


def test_judges_judge_alone_then_the_committee_agrees_and_points_are_counted() -> None:
    round_, cast = in_levelling()
    chair, second, third = (signed_in(person) for person in cast.seats["levelling"])
    judge, reveal = url("round-judge", round_.pk), url("round-reveal", round_.pk)
    page = chair.post(judge, found(round_, "3", "seen in the outcomes"), follow=True)
    assert "You have judged 8 of 8 elements." in text_of(page)
    assert "Show all judgements" not in text_of(page)
    page = chair.post(reveal)
    assert page.status_code == 409
    assert "1 of at least 3 judges have judged every element" in text_of(page)

    second.post(judge, found(round_, "3", autonomy="4"))
    third.post(judge, found(round_, "3", autonomy="6"))
    assert second.post(reveal).status_code == 403
    assert "Everybody has judged every element." in text_of(chair.get(reveal))
    page = chair.post(reveal, follow=True)
    row = next(each for each in page_of(page).css("table.judgements tbody tr") if "Autonomy" in each.text())
    told = " ".join(row.text(separator=" ").split())
    assert told == "Autonomy 3 ▼ below the middle 4 6 ▲ above the middle 3 levels apart – none"
    assert "The judges differ on 1 element." in text_of(page)
    assert chair.post(judge, found(round_, "4")).status_code == 403

    agree = url("round-agree", round_.pk)
    assert second.post(agree, found(round_, "3")).status_code == 403
    page = chair.post(agree, found(round_, "3", autonomy="4"))
    assert page.status_code == 422
    assert "Judges differ on “Autonomy”" in text_of(page)
    assert not round_.agreed.exists()
    page = chair.post(agree, found(round_, "3", "talked over", autonomy="5"), follow=True)
    assert "26" in text_of(page)
    assert "3.250 points, so level 3." in text_of(page)
    round_.refresh_from_db()
    assert round_.points == Decimal("3.250")


def test_what_stands_in_the_form_of_a_judge_is_the_own_judgement() -> None:
    round_, cast = in_levelling()
    first, second, _third = cast.seats["levelling"]
    one = elements(round_)[0]
    client = signed_in(first)
    sent = {f"level_{one.pk}": "6", f"ground_{one.pk}": "hard to see"}
    page = client.post(url("round-judge", round_.pk), sent, follow=True)
    assert "You have judged 1 of 8 elements." in text_of(page)
    assert chosen(page) == ["6"]
    assert "hard to see" in text_of(page)
    page = signed_in(second).get(room(round_, "levels"))
    assert chosen(page) == []
    assert "hard to see" not in page.content.decode()


def test_a_ground_without_a_level_and_an_empty_form_are_refused_with_the_text_kept() -> None:
    round_, cast = in_levelling()
    client, one = signed_in(cast.seats["levelling"][0]), elements(round_)[0]
    page = client.post(url("round-judge", round_.pk), {f"ground_{one.pk}": "hard to see"})
    assert page.status_code == 422
    assert "Choose the level that goes with your ground." in text_of(page)
    assert "hard to see" in text_of(page)
    page = client.post(url("round-judge", round_.pk), {})
    assert page.status_code == 422
    assert "Choose a level on at least one element." in text_of(page)


def test_each_level_unfolds_what_it_asks() -> None:
    round_, cast = in_levelling()
    one = elements(round_)[0]
    one.descriptors.create(level=a_level("5"), text=Text.of("Knows it broadly."))
    page = page_of(signed_in(cast.seats["levelling"][0]).get(room(round_, "levels")))
    assert "Knows it broadly." in page.css_first(f"#element-{one.pk} details").text()


def secretly_judged(ready: int) -> tuple[Round, Cast]:
    """A round in which so many judges found the secret level, each with a ground that tells whose it is."""
    round_, cast = in_levelling()
    secret = a_level("7")
    secret.code = SECRET
    secret.save()
    for person in cast.seats["levelling"][:ready]:
        levels = dict.fromkeys(elements(round_), (secret, f"ground-of-{person.pk}"))
        committees.judge(actor=person, round_=round_, levels=levels)
    return round_, cast


def assert_tells_nothing_of_others(answers: list[Any], reader: User, cast: Cast) -> None:
    for told in answers:
        words = (b"".join(told.streaming_content) if told.streaming else told.content).decode()
        for person in cast.seats["levelling"]:
            assert person == reader or f"ground-of-{person.pk}" not in words
        if f"ground-of-{reader.pk}" not in words:
            # The secret level may stand among the choices of an empty form, and nowhere else.
            assert " checked" not in words
            assert words.count(SECRET) == 2 * words.count(f'value="{SECRET}"')


def test_nobody_learns_the_level_of_another_judge_before_all_are_shown() -> None:
    round_, cast = secretly_judged(2)
    chair, _second, third = cast.seats["levelling"]
    administrator = UserFactory(is_superuser=True, is_staff=True)
    committee = url("committee", round_.committee_id)
    gets = [room(round_, side) for side in SIDES]
    gets += [committee, f"{committee}?format=json", f"{committee}?format=csv", url("committees")]
    gets += [url(f"round-{act}", round_.pk) for act in ("reveal", "agree", "judge")]
    posts: dict[str, dict[str, str]] = {
        "reveal": {},
        "agree": found(round_, "3", "ground"),
        "judge": {},
        "vote": {"choice": "no"},
        "comment": {"text": ""},
    }
    for reader in (chair, third, cast.bodies["agency-officer"], administrator):
        client = signed_in(reader)
        answers = [client.get(address, follow=True) for address in gets]
        answers += [client.post(url(f"round-{act}", round_.pk), sent) for act, sent in posts.items()]
        assert_tells_nothing_of_others(answers, reader, cast)
    round_.refresh_from_db()
    assert round_.revealed_at is None
    assert not round_.agreed.exists()


def test_nobody_learns_it_either_once_all_have_judged_and_the_chair_waits() -> None:
    round_, cast = secretly_judged(3)
    chair = cast.seats["levelling"][0]
    for reader in (chair, a_seat(round_.committee, Member.Role.SECRETARY, votes=0)):
        client = signed_in(reader)
        gets = [room(round_, "levels"), room(round_, "votes"), url("round-reveal", round_.pk)]
        assert_tells_nothing_of_others([client.get(address) for address in gets], reader, cast)


def test_a_round_that_was_closed_before_all_was_shown_keeps_the_judgements_to_their_judges() -> None:
    round_, cast = in_levelling()
    judged_by_all(round_, cast)
    chair = cast.seats["levelling"][0]
    take_step(actor=chair, version=round_.version, name="dispute", ground="No common ground.")
    for reader in (chair, cast.drafter, cast.bodies["agency-officer"]):
        page = signed_in(reader).get(room(round_, "levels"))
        assert "Never shown" in text_of(page)
        assert "apart" not in text_of(page)


def test_drafters_read_the_judgements_of_a_closed_round_without_names() -> None:
    round_, cast = revealed()
    chair = cast.seats["levelling"][0]
    take_step(actor=chair, version=round_.version, name="dispute", ground="No common ground.")
    page = text_of(signed_in(cast.drafter).get(room(round_, "levels")))
    assert "Judge 1 Judge 2 Judge 3" in page
    assert "2 levels apart" in page
    assert not [person for person in cast.seats["levelling"] if str(person) in page]


def test_the_chair_finds_the_steps_that_are_open_and_nobody_else_does() -> None:
    round_, cast = revealed()
    chair, member, _third = cast.seats["levelling"]
    page = page_of(signed_in(chair).get(room(round_)))
    links = [each.attributes["href"] for each in page.css("aside .ways a")]
    assert links == [url("file-step", round_.version_id, name) for name in ("count-points", "dispute")]
    assert all(signed_in(chair).get(each).status_code == 200 for each in links)
    assert not page_of(signed_in(member).get(room(round_))).css("aside .ways a")


def test_only_a_committee_that_levels_judges_levels() -> None:
    procedure = a_procedure()
    assert rooms.judges(procedure, "levelling")
    assert not rooms.judges(procedure, "validation")
    assert not rooms.judges(a_procedure("single-commission"), "commission")
    round_, cast = in_validation()
    page = signed_in(cast.seats["validation"][0]).get(room(round_, "levels"))
    assert "Levels" not in [each.text() for each in page_of(page).css(".tabs a")]
    assert not page_of(page).css("input[name^=level_]")


@pytest.mark.parametrize("side", SIDES)
def test_a_room_asks_the_database_little(side: str, django_assert_max_num_queries: Any) -> None:
    for round_, cast in (in_levelling(), revealed_with_comments()):
        for reader in (cast.seats["levelling"][0], cast.bodies["agency-officer"]):
            client = signed_in(reader)
            with django_assert_max_num_queries(15):
                client.get(room(round_, side))


def revealed_with_comments() -> tuple[Round, Cast]:
    round_, cast = revealed()
    chair = cast.seats["levelling"][0]
    for use in UnitOutcome.objects.filter(unit__version=round_.version).select_related("outcome__outcome"):
        committees.comment(actor=chair, version=round_.version, text="?", outcome=use.outcome.outcome)
    agreed = {each: (a_level("3"), "talked over") for each in elements(round_)}
    committees.agree(actor=chair, round_=round_, levels=agreed)
    return round_, cast


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


def test_the_points_are_told_as_the_procedure_weights_them() -> None:
    round_, _cast = revealed_with_comments()
    agreed = list(round_.agreed.select_related("element", "level"))
    procedure = round_.version.procedure
    assert procedure is not None
    told = rooms.computed(procedure, agreed)
    assert told is not None
    assert told.total == sum(term.product for term in told.terms)
    assert told.weights == sum(levelling_of(procedure).weights.values())
    assert told.level == "3"
    assert rooms.computed(procedure, agreed[1:]) is None
