"""Judging levels in the room of a committee: alone, then together, and never seen before all is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gilde.core.models import User
from gilde.core.text import Text
from gilde.qualifications import judging, rooms
from gilde.qualifications.models import (
    Member,
    Round,
    UnitOutcome,
)
from gilde.qualifications.procedures import levelling_of
from gilde.qualifications.services import committees
from gilde.qualifications.services.steps import take_step
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.committee_rooms import (
    SIDES,
    chosen,
    elements,
    found,
    in_levelling,
    in_validation,
    judged_by_all,
    revealed,
    room,
    url,
)
from tests.qualifications.factories import (
    Cast,
    UserFactory,
    a_level,
    a_procedure,
    a_seat,
)

pytestmark = pytest.mark.django_db

# A level that nothing else on a page says: its code is no number.
SECRET = "K7Q"


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
    assert "The judges differ on 1 element: Autonomy." in text_of(page)
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


def test_the_points_are_told_as_the_procedure_weights_them() -> None:
    round_, _cast = revealed_with_comments()
    agreed = list(round_.agreed.select_related("element", "level"))
    procedure = round_.version.procedure
    assert procedure is not None
    told = judging.computed(procedure, agreed)
    assert told is not None
    assert told.total == sum(term.product for term in told.terms)
    assert told.weights == sum(levelling_of(procedure).weights.values())
    assert told.level == "3"
    assert judging.computed(procedure, agreed[1:]) is None
