"""Achievements: taken from the register or made by hand; once awarded their meaning stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.credentials import describing, uris
from gilde.credentials.facts_json import from_json
from gilde.credentials.linked.canonical import checked
from gilde.credentials.models import Achievement, State
from gilde.credentials.renderings import open_badge
from gilde.credentials.services import achievements as service
from gilde.credentials.services.achievements import MEANING, Told
from gilde.credentials.services.stopping import reissue
from gilde.organisations.models import Membership
from gilde.qualifications.models import Linked, OutcomeConcept
from gilde.qualifications.public import describe
from tests.credentials.factories import UserFactory, a_member, an_achievement, an_award, an_issuer
from tests.qualifications.factories import a_file, registered

pytestmark = pytest.mark.django_db
OTHER: dict[str, Any] = {
    "kind": "diploma",
    "framework": "NLQF",
    "level": "5",
    "eqf": 5,
    "hours": Decimal(1),
    "credit": Decimal(1),
    "credit_system": "ecvet",
    "assessment_method": "interview",
    "fields_of_study": ["0715"],
    "valid_months": 12,
}


def told(*titles: str) -> list[Told]:
    return [Told(Text.of(title)) for title in titles]


def test_what_the_register_says_is_taken_over_with_its_addresses() -> None:
    version = registered(units=2)
    outcome = version.units.first().outcomes.first().outcome
    for relation, state in (("exact", "confirmed"), ("broad", "confirmed"), ("exact", "proposed")):
        OutcomeConcept.objects.create(
            outcome=outcome,
            scheme="esco",
            uri=f"http://data.europa.eu/esco/skill/{relation}-{state}",
            relation=relation,
            state=Linked.State(state),
            confirmed_by=UserFactory().pk if state == "confirmed" else None,
            confirmed_at=clock.now() if state == "confirmed" else None,
        )
    said = describe(version)
    taken = service.taken(version)
    made = service.make(actor=SYSTEM, issuer=an_issuer(), outcomes=taken.outcomes, **taken.fields)
    assert (made.title, made.qualification, made.code) == (said.title, version, said.code)
    assert (made.framework, made.level, made.eqf) == ("VKS", said.level.code, said.level.eqf)  # type: ignore[union-attr]
    assert [each.uri for each in made.outcomes.all()] == [each.uri for each in said.all_outcomes()]
    assert made.outcomes.get(uri=uri("outcome", outcome.pk)).skills == [
        "http://data.europa.eu/esco/skill/exact-confirmed"
    ]
    facts = describing.facts_of(an_award(made))
    assert facts.achievement.qualification == uri("qualification-version", version.pk)


def test_a_part_of_a_qualification_is_a_partial_qualification() -> None:
    version = registered(units=2)
    every = service.taken(version).outcomes
    part = service.taken(version, {every[0].uri})
    assert (part.fields["kind"], [each.uri for each in part.outcomes]) == (
        "partial-qualification",
        [every[0].uri],
    )
    assert service.taken(version, {each.uri for each in every}).fields["kind"] != "partial-qualification"


def test_what_is_not_on_the_register_yet_is_not_awarded() -> None:
    taken = service.taken(a_file(units=1))
    with pytest.raises(Invalid, match="not on the register yet"):
        service.make(actor=SYSTEM, issuer=an_issuer(), outcomes=taken.outcomes, **taken.fields)


def test_outcomes_by_hand_have_addresses_of_their_own() -> None:
    made = service.make(actor=SYSTEM, issuer=an_issuer(), outcomes=told("Welds", "Grinds"), title="Welder")
    addresses = [each.uri for each in made.outcomes.all()]
    assert all(each.startswith(uri("achievement", made.pk) + "#outcome-") for each in addresses)
    assert len(set(addresses)) == 2
    assert made.code == "welder"
    assert service.make(actor=SYSTEM, issuer=made.issuer, title="Welder").code == "welder-2"


@pytest.mark.parametrize("role", [None, Membership.Role.READER, Membership.Role.ADMINISTRATOR])
def test_only_officers_and_approvers_of_the_issuer_make_and_change(role: str | None) -> None:
    achievement = an_achievement()
    issuer = achievement.issuer
    near_miss = a_member(an_issuer().organisation, Membership.Role.APPROVER)
    actor = a_member(issuer.organisation, role) if role else UserFactory()
    lock = achievement.version
    for who in (actor, near_miss):
        for act in (
            lambda: service.make(actor=who, issuer=issuer, title="Welder"),  # noqa: B023
            lambda: service.change(actor=who, achievement=achievement, lock=lock, title=Text.of("X")),  # noqa: B023
            lambda: service.set_outcomes(actor=who, achievement=achievement, lock=lock, outcomes=[]),  # noqa: B023
            lambda: service.close(actor=who, achievement=achievement),  # noqa: B023
            lambda: service.reopen(actor=who, achievement=achievement),  # noqa: B023
            lambda: service.succeed(actor=who, achievement=achievement),  # noqa: B023
        ):
            with pytest.raises(Refused):
                act()
    assert Achievement.objects.count() == 1


def test_while_nothing_was_awarded_everything_may_change() -> None:
    achievement = an_achievement()
    an_award(achievement, State.DRAFT)
    stored = service.change(actor=SYSTEM, achievement=achievement, lock=1, title=Text.of("Other"), **OTHER)
    assert {name: getattr(stored, name) for name in OTHER} == OTHER
    stored = service.set_outcomes(actor=SYSTEM, achievement=stored, lock=2, outcomes=told("New"))
    assert [str(each) for each in stored.outcomes.all()] == ["New"]
    assert set(OTHER) | {"qualification"} == set(MEANING)


@pytest.mark.parametrize("field", OTHER)
def test_once_awarded_its_meaning_stays(field: str) -> None:
    achievement = an_achievement()
    an_award(achievement)
    with pytest.raises(Invalid, match="awarded already") as caught:
        service.change(actor=SYSTEM, achievement=achievement, lock=1, **{field: OTHER[field]})
    assert field in caught.value.details["fields"]  # type: ignore[operator]
    achievement.refresh_from_db()
    assert achievement.version == 1


def test_once_awarded_words_change_for_who_states_that_they_mean_the_same() -> None:
    achievement = an_achievement()
    award = an_award(achievement)
    title = Text("nl", {"nl": "Lasser", "en": "Welder", "fr": "Soudeur"})
    with pytest.raises(Invalid, match="mean the same"):
        service.change(actor=SYSTEM, achievement=achievement, lock=1, title=title)
    service.change(actor=SYSTEM, achievement=achievement, lock=1, title=title, meaning_stays=True)
    event = AuditEvent.objects.get(action="credentials.achievement.change")
    assert event.before["title"]["words"] == {"nl": "Lasser", "en": "Welder"}
    award.refresh_from_db()
    assert "fr" not in from_json(award.facts).achievement.title
    new = reissue(actor=SYSTEM, awards=[award], reason="In French too", notify=False)[0]
    assert from_json(new.facts).achievement.title["fr"] == "Soudeur"


def test_once_awarded_outcomes_stay_and_their_words_may_be_put_right() -> None:
    achievement = an_achievement(outcomes=2)
    an_award(achievement)
    now = [Told(each.title, each.uri, each.kind, each.skills) for each in achievement.outcomes.all()]
    act = {"actor": SYSTEM, "achievement": achievement, "lock": 1}
    for other in (now[:1], [*now, *told("More")], [Told(now[0].title, now[0].uri, "knowledge"), now[1]]):
        with pytest.raises(Invalid, match="awarded already"):
            service.set_outcomes(outcomes=other, **act)  # type: ignore[arg-type]
    better = [Told(Text.of("Welds well"), now[0].uri, now[0].kind), now[1]]
    with pytest.raises(Invalid, match="mean the same"):
        service.set_outcomes(outcomes=better, **act)  # type: ignore[arg-type]
    service.set_outcomes(outcomes=better[::-1], meaning_stays=True, **act)  # type: ignore[arg-type]
    assert [each.uri for each in achievement.outcomes.all()] == [now[1].uri, now[0].uri]


def test_who_comes_second_changes_nothing() -> None:
    achievement = an_achievement()
    service.change(actor=SYSTEM, achievement=achievement, lock=1, title=Text.of("First"))
    with pytest.raises(Stale):
        service.change(actor=SYSTEM, achievement=achievement, lock=1, title=Text.of("Second"))
    with pytest.raises(Stale):
        service.set_outcomes(actor=SYSTEM, achievement=achievement, lock=1, outcomes=told("Second"))
    assert achievement.outcomes.count() == 3


def test_a_closed_achievement_opens_again_and_neither_happens_twice() -> None:
    achievement = an_achievement()
    assert service.close(actor=SYSTEM, achievement=achievement).closed_at is not None
    with pytest.raises(Invalid, match="closed already"):
        service.close(actor=SYSTEM, achievement=achievement)
    assert service.reopen(actor=SYSTEM, achievement=achievement).closed_at is None
    with pytest.raises(Invalid, match="open already"):
        service.reopen(actor=SYSTEM, achievement=achievement)


def test_a_successor_takes_its_place_and_may_be_changed() -> None:
    achievement = an_achievement(code="welder")
    an_award(achievement)
    service.set_outcomes(
        actor=SYSTEM,
        achievement=achievement,
        lock=1,
        outcomes=[Told(o.title, o.uri, o.kind, o.skills) for o in achievement.outcomes.all()],
    )
    new = service.succeed(actor=SYSTEM, achievement=achievement)
    achievement.refresh_from_db()
    assert achievement.closed_at is not None
    assert (new.code, new.hours, new.outcomes.count()) == ("welder-2", achievement.hours, 3)
    service.change(actor=SYSTEM, achievement=new, lock=new.version, **OTHER)
    with pytest.raises(Invalid):
        service.succeed(actor=SYSTEM, achievement=achievement, code="welder-2")


def test_an_outcome_stands_once_and_needs_words() -> None:
    achievement = an_achievement(outcomes=0)
    same = Told(Text.of("Welds"), "https://gilde.example/o")
    for outcomes, words in (([same, same], "stands here twice"), ([Told(Text())], "at least one language")):
        with pytest.raises(Invalid, match=words):
            service.set_outcomes(actor=SYSTEM, achievement=achievement, lock=1, outcomes=outcomes)
    assert not achievement.outcomes.exists()


def test_its_data_is_the_achievement_of_its_badges() -> None:
    award = an_award(an_achievement(description=Text("nl", {"nl": "Last", "en": "Welds"})))
    data = dict(uris.achievement_data(award.achievement))
    badge = open_badge.render(from_json(award.facts), None)["credentialSubject"]["achievement"]
    badge.pop("resultDescription")
    assert {**badge, "image": data["image"], "creator": data["creator"]} == {
        "id": badge["id"],
        **{name: value for name, value in data.items() if name != "@context"},
    }
    checked({"id": badge["id"], **data})
    issuer = dict(uris.issuer_data(award.issuer))
    assert issuer["otherIdentifier"][0]["identifier"] == from_json(award.facts).issuer.id
    checked({"id": uri("issuer", award.issuer.pk), **issuer})


@drawn(words=st.text(max_size=120))
def test_a_code_is_made_of_any_words(words: str) -> None:
    from gilde.credentials.models import Issuer

    code = service.free_code(Issuer(), words)
    assert 0 < len(code) <= 80
    Achievement._meta.get_field("code").run_validators(code)
