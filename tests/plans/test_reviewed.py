"""Evidence and progress updates: written by one person, decided on by another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.plans.access import visible_evidence, visible_updates
from gilde.plans.models import Action, Evidence, Update
from gilde.plans.services import evidence as evidence_service
from gilde.plans.services import updates as update_service
from gilde.plans.services.evidence import EvidenceData
from gilde.plans.services.updates import UpdateData
from tests.plans.factories import (
    ActionFactory,
    Cast,
    EvidenceFactory,
    MeasureFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)

SOURCES = {
    "submit": ({"draft", "returned"}, "submitted"),
    "withdraw": ({"submitted"}, "draft"),
    "approve": ({"submitted"}, "approved"),
    "return": ({"submitted"}, "returned"),
}
# Who may make the move: the author theirs, an approver of the owner who is not the author the decisions.
MAY = {
    "submit": {"author", "author who also approves"},
    "withdraw": {"author", "author who also approves"},
    "approve": {"approver"},
    "return": {"approver"},
}
PEOPLE = (
    "author",
    "author who also approves",
    "officer",
    "approver",
    "reader",
    "administrator",
    "elsewhere",
    "anonymous",
)
Move = Callable[[Any, Any], Any]
MOVES: dict[str, dict[str, Move]] = {
    "evidence": {
        "submit": lambda a, t: evidence_service.submit_evidence(actor=a, evidence=t),
        "withdraw": lambda a, t: evidence_service.withdraw_evidence(actor=a, evidence=t),
        "approve": lambda a, t: evidence_service.approve_evidence(actor=a, evidence=t),
        "return": lambda a, t: evidence_service.return_evidence(actor=a, evidence=t, ground="Which year?"),
    },
    "update": {
        "submit": lambda a, t: update_service.submit_update(actor=a, update=t),
        "withdraw": lambda a, t: update_service.withdraw_update(actor=a, update=t),
        "approve": lambda a, t: update_service.approve_update(actor=a, update=t),
        "return": lambda a, t: update_service.return_update(actor=a, update=t, ground="Which year?"),
    },
}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(TODAY):
        yield


def _people(kind: str, state: str) -> tuple[Evidence | Update, dict[str, Any]]:
    measure = MeasureFactory()
    cast, other = Cast.of(measure.plan), Cast.of(measure.plan)
    make = EvidenceFactory if kind == "evidence" else UpdateFactory
    thing = make(measure=measure, state=state, author=cast.officer.pk)
    return thing, {**other.everyone(), "author": cast.officer}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("state", Update.State.values)
@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("kind", MOVES)
def test_each_transition_goes_from_its_states_for_the_right_person_only(
    kind: str, name: str, state: str, person: str
) -> None:
    thing, people = _people(kind, state)
    if person == "author who also approves":
        actor = people["approver"]
        type(thing).objects.filter(pk=thing.pk).update(author=actor.pk)
        thing.refresh_from_db()
    else:
        actor = people[person]
    sources, target = SOURCES[name]
    if state in sources and person in MAY[name]:
        moved = MOVES[kind][name](actor, thing)
        assert moved.state == target
        type(thing).objects.get(pk=thing.pk).full_clean()
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.actor, event.before["state"]) == (f"plans.{kind}.{name}", actor.pk, state)
    else:
        with pytest.raises(Refused):
            MOVES[kind][name](actor, thing)
        assert type(thing).objects.get(pk=thing.pk).state == state


@pytest.mark.parametrize("kind", MOVES)
def test_a_decision_keeps_who_when_and_why(kind: str) -> None:
    thing, people = _people(kind, "submitted")
    returned = MOVES[kind]["return"](people["approver"], thing)
    assert (returned.decided_by, returned.decided_at.date()) == (people["approver"].pk, TODAY)
    assert returned.decision == "Which year?"


@pytest.mark.parametrize("kind", MOVES)
def test_returning_needs_a_ground(kind: str) -> None:
    thing, people = _people(kind, "submitted")
    give_back: Callable[..., Any] = (
        evidence_service.return_evidence if kind == "evidence" else update_service.return_update
    )
    with pytest.raises(Invalid, match="Ground"):
        give_back(actor=people["approver"], ground=" ", **{kind: thing})


@pytest.mark.parametrize("kind", MOVES)
@pytest.mark.parametrize("state", Update.State.values)
def test_a_stranger_sees_only_what_was_approved_and_members_see_all(kind: str, state: str) -> None:
    thing, people = _people(kind, state)
    visible = visible_evidence if kind == "evidence" else visible_updates
    seen = {name for name, person in people.items() if thing in visible(person)}
    insiders = {"author", "officer", "approver", "reader", "administrator"}
    assert seen == (set(people) if state == "approved" else insiders)


def _link(title: str = "Report") -> EvidenceData:
    return EvidenceData(kind="link", title=Text.of(title), date=TODAY, url="https://example.org/r")


@pytest.fixture
def action() -> Action:
    return ActionFactory()


@pytest.fixture
def cast(action: Action) -> Cast:
    return Cast.of(action.measure.plan)


def test_a_link_keeps_the_day_on_which_it_was_looked_at(action: Action, cast: Cast) -> None:
    added = evidence_service.add_evidence(actor=cast.officer, measure=action.measure, data=_link())
    assert (added.state, added.author, added.retrieved_on) == ("draft", cast.officer.pk, TODAY)


def test_a_file_is_kept_by_its_hash_and_its_name_stays_out_of_the_chain(action: Action, cast: Cast) -> None:
    data = EvidenceData(
        kind="file", title=Text.of("Minutes"), date=TODAY, file=b"We decided.", file_name="Jan Peeters.txt"
    )
    added = evidence_service.add_evidence(actor=cast.officer, measure=action.measure, data=data)
    assert added.document is not None
    assert added.document.sha256 == hashlib.sha256(b"We decided.").hexdigest()
    assert added.file_name == "Jan Peeters.txt"
    assert not AuditEvent.objects.filter(after__icontains="Peeters").exists()


def test_a_figure_has_a_unit(action: Action, cast: Cast) -> None:
    figure = EvidenceData(kind="figure", title=Text.of("Workplaces"), date=TODAY, figure=Decimal("1904"))
    with pytest.raises(Invalid, match="unit"):
        evidence_service.add_evidence(actor=cast.officer, measure=action.measure, data=figure)


@pytest.mark.parametrize(
    "data",
    [
        EvidenceData(kind="file", title=Text.of("File"), date=TODAY),
        EvidenceData(kind="link", title=Text.of("Link"), date=TODAY),
        EvidenceData(kind="hearsay", title=Text.of("Told"), date=TODAY),
        EvidenceData(kind="link", title=Text.of("Link"), date=date(2026, 3, 2), url="https://example.org"),
        EvidenceData(kind="link", title=Text(), date=TODAY, url="https://example.org"),
        EvidenceData(kind="link", title=Text.of("Link"), date=TODAY, url="javascript:alert(1)"),
    ],
)
def test_incomplete_evidence_is_refused_and_nothing_is_stored(
    data: EvidenceData, action: Action, cast: Cast
) -> None:
    with pytest.raises(Invalid):
        evidence_service.add_evidence(actor=cast.officer, measure=action.measure, data=data)
    assert Evidence.objects.count() == 0


def test_evidence_shows_something_of_its_own_measure(action: Action, cast: Cast) -> None:
    stray = EvidenceData(**{**vars(_link()), "action": ActionFactory()})
    with pytest.raises(Invalid, match="of this measure"):
        evidence_service.add_evidence(actor=cast.officer, measure=action.measure, data=stray)


@pytest.mark.parametrize("state", Update.State.values)
def test_only_the_author_rewrites_and_only_before_it_is_handed_in(
    state: str, action: Action, cast: Cast
) -> None:
    mine = EvidenceFactory(measure=action.measure, author=cast.officer.pk, state=state)
    with pytest.raises(Refused):
        evidence_service.change_evidence(actor=cast.approver, evidence=mine, version=1, data=_link())
    if state in {"draft", "returned"}:
        evidence_service.change_evidence(actor=cast.officer, evidence=mine, version=1, data=_link("Better"))
    else:
        with pytest.raises(Refused):
            evidence_service.change_evidence(
                actor=cast.officer, evidence=mine, version=1, data=_link("Better")
            )
    assert (str(Evidence.objects.get().title) == "Better") == (state in {"draft", "returned"})


def test_a_form_open_in_two_windows_is_stored_once(action: Action, cast: Cast) -> None:
    mine = EvidenceFactory(measure=action.measure, author=cast.officer.pk)
    evidence_service.change_evidence(actor=cast.officer, evidence=mine, version=1, data=_link("First"))
    with pytest.raises(Stale):
        evidence_service.change_evidence(actor=cast.officer, evidence=mine, version=1, data=_link("Second"))
    assert str(Evidence.objects.get().title) == "First"


def _approve(cast: Cast, action: Action, new_state: str, on: date = TODAY) -> Update:
    update = UpdateFactory(
        measure=action.measure,
        action=action,
        new_state=new_state,
        state="submitted",
        author=cast.officer.pk,
        date=on,
        text=Text.of("The budget was cut."),
    )
    return update_service.approve_update(actor=cast.approver, update=update)


@pytest.mark.parametrize("after", ["under-way", "done", "dropped"])
@pytest.mark.parametrize("before", Action.State.values)
def test_an_approved_update_moves_its_action_with_the_day_of_the_report(before: str, after: str) -> None:
    action = ActionFactory(state=before)
    cast = Cast.of(action.measure.plan)
    on = date(2026, 2, 10)
    _approve(cast, action, after, on)
    stored = Action.objects.get(pk=action.pk)
    stored.full_clean()
    assert (stored.state, stored.reported_on) == (after, on)
    if after != before:
        if after == "done":
            assert stored.finished_on == on
        if after == "dropped":
            assert stored.dropped_because == "The budget was cut."
        if after == "under-way" and before == "planned":
            assert stored.started_on == on


def test_an_update_without_a_state_only_counts_as_a_report(action: Action, cast: Cast) -> None:
    _approve(cast, action, "", date(2026, 2, 10))
    stored = Action.objects.get(pk=action.pk)
    assert (stored.state, stored.reported_on) == ("planned", date(2026, 2, 10))


def test_an_update_that_is_not_approved_moves_nothing(action: Action, cast: Cast) -> None:
    data = UpdateData(text=Text.of("It is done."), date=TODAY, action=action, new_state="done")
    update = update_service.add_update(actor=cast.officer, measure=action.measure, data=data)
    update_service.submit_update(actor=cast.officer, update=update)
    assert Action.objects.get(pk=action.pk).state == "planned"
    update_service.return_update(actor=cast.approver, update=update, ground="By whom?")
    assert Action.objects.get(pk=action.pk).state == "planned"


def test_when_the_action_cannot_move_the_update_is_not_approved_either(cast: Cast, action: Action) -> None:
    Action.objects.filter(pk=action.pk).update(state="under-way", started_on=date(2026, 2, 20))
    action.refresh_from_db()
    with pytest.raises(Invalid, match="before the day on which the action started"):
        _approve(cast, action, "done", date(2026, 2, 10))
    assert Update.objects.get().state == "submitted"
    assert Action.objects.get(pk=action.pk).state == "under-way"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"new_state": "done"}, "choose the action"),
        ({"date": date(2026, 3, 2)}, "still has to come"),
        ({"text": Text()}, "needed"),
    ],
)
def test_an_update_that_says_nothing_or_too_much_is_refused(
    data: dict[str, Any], sentence: str, action: Action, cast: Cast
) -> None:
    given = UpdateData(**{"text": Text.of("Progress."), "date": TODAY, **data})
    with pytest.raises(Invalid, match=sentence):
        update_service.add_update(actor=cast.officer, measure=action.measure, data=given)


def test_an_action_does_not_go_back_to_planned(cast: Cast) -> None:
    action = ActionFactory(state="done")
    officer = Cast.of(action.measure.plan).officer
    data = UpdateData(text=Text.of("Oops."), date=TODAY, action=action, new_state="planned")
    with pytest.raises(Invalid, match="back to planned"):
        update_service.add_update(actor=officer, measure=action.measure, data=data)


@pytest.mark.parametrize("person", ["reader", "administrator", "elsewhere", "anonymous"])
def test_who_does_not_write_for_the_owner_hands_in_nothing(person: str, action: Action, cast: Cast) -> None:
    actor: User = cast.everyone()[person]  # type: ignore[assignment]
    with pytest.raises(GildeError) as refusal:
        evidence_service.add_evidence(actor=actor, measure=action.measure, data=_link())
    assert refusal.value.status == 403
    with pytest.raises(Refused):
        update_service.add_update(
            actor=actor, measure=action.measure, data=UpdateData(text=Text.of("I say so."), date=TODAY)
        )
