"""Life cycles: every transition from every state by every role, and two people at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F
from django.test.utils import isolate_apps

from gilde.core.access import SYSTEM, Actor
from gilde.core.errors import Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import MultilingualField, Text
from gilde.core.workflow import Transition, Workflow, change

with isolate_apps("gilde.core"):

    class Letter(models.Model):
        """A thing with a life cycle, for these tests only; its table is made below."""

        class State(models.TextChoices):
            DRAFT = "draft", "Draft"
            SENT = "sent", "Sent"
            ANSWERED = "answered", "Answered"

        state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
        subject = models.CharField(max_length=100, blank=True)
        text = MultilingualField(blank=True)
        reader = models.UUIDField(null=True)
        version = models.PositiveIntegerField(default=1)

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return self.subject


@pytest.fixture(scope="module", autouse=True)
def _table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Letter)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Letter)


pytestmark = pytest.mark.django_db
ROLES = ("writer", "clerk", "reader")
TABLE = [
    Transition.of("send", ["draft"], "sent", ["writer"], "Send it"),
    Transition.of("answer", ["sent"], "answered", ["clerk"]),
    Transition.of("reopen", ["sent", "answered"], "draft", ["writer", "clerk"]),
]
# Written out by hand, so that the table above and the code below are both held against it.
ALLOWED = {
    ("send", "draft", "writer"): "sent",
    ("answer", "sent", "clerk"): "answered",
    ("reopen", "sent", "writer"): "draft",
    ("reopen", "sent", "clerk"): "draft",
    ("reopen", "answered", "writer"): "draft",
    ("reopen", "answered", "clerk"): "draft",
}


def workflow(*roles: str) -> Workflow[Letter]:
    """Return the life cycle, with everybody in these roles."""
    return Workflow(Letter, "core.letter", TABLE, lambda actor, letter: roles)


@pytest.mark.parametrize("name", ["send", "answer", "reopen"])
@pytest.mark.parametrize("state", ["draft", "sent", "answered"])
@pytest.mark.parametrize("role", ROLES)
def test_every_transition_from_every_state_by_every_role(
    name: str, state: str, role: str, user: User
) -> None:
    letter = Letter.objects.create(state=state)
    target = ALLOWED.get((name, state, role))
    assert bool(workflow(role).can(user, letter, name)) == (target is not None)
    if target is None:
        with pytest.raises(Refused):
            workflow(role).apply(letter, name, actor=user)
        assert Letter.objects.get().state == state
        assert not AuditEvent.objects.exists()
        return
    moved = workflow(role).apply(letter, name, actor=user)
    assert moved.state == Letter.objects.get().state == target
    event = AuditEvent.objects.get()
    assert (event.action, event.actor) == (f"core.letter.{name}", user.pk)
    assert (event.before, event.after) == ({"state": state}, {"state": target})


@pytest.mark.parametrize("state", ["draft", "sent", "answered"])
@pytest.mark.parametrize("role", ROLES)
def test_only_the_steps_that_are_allowed_are_offered(state: str, role: str, user: User) -> None:
    offered = [t.name for t in workflow(role).open_to(user, Letter(state=state))]
    assert offered == [name for name, at, who in ALLOWED if (at, who) == (state, role)]


def test_a_refusal_says_whether_state_or_role_is_the_reason(user: User) -> None:
    letter = Letter.objects.create(state="sent")
    assert (
        workflow("writer").can(user, letter, "send").reason
        == "This is “Sent” now, so it cannot be changed that way."
    )
    assert workflow("reader").can(user, letter, "answer").reason == "Your role does not allow this step."


def test_roles_are_asked_for_this_actor_and_this_thing(make_user: Callable[..., User]) -> None:
    mine, other = make_user(), make_user()
    letter = Letter.objects.create(reader=mine.pk)

    def roles_of(actor: Actor, thing: Letter) -> list[str]:
        return ["writer"] if actor.pk == thing.reader else []

    life = Workflow(Letter, "core.letter", TABLE, roles_of)
    assert life.can(mine, letter, "send")
    assert not life.can(other, letter, "send")


def test_fields_are_stored_with_the_step_and_told_in_its_event(user: User) -> None:
    letter = Letter.objects.create(subject="Old")
    moved = workflow("writer").apply(
        letter, "send", actor=user, subject="New", reader=user.pk, version=F("version") + 1
    )
    assert (moved.subject, moved.reader, moved.version) == ("New", user.pk, 2)
    assert AuditEvent.objects.get().after == {"state": "sent", "subject": "New", "reader": str(user.pk)}


def test_a_transition_has_its_name_for_a_label_unless_it_has_one() -> None:
    assert [t.label for t in TABLE] == ["Send it", "answer", "reopen"]


def test_the_second_of_two_people_is_told_and_changes_nothing(make_user: Callable[..., User]) -> None:
    first, second = make_user(), make_user()
    letter = Letter.objects.create(state="sent")
    as_seen_by_both = [Letter.objects.get(pk=letter.pk) for _ in range(2)]
    workflow("clerk").apply(as_seen_by_both[0], "answer", actor=first)
    with pytest.raises(Stale, match="Somebody else changed this in the meantime"):
        workflow("writer").apply(as_seen_by_both[1], "reopen", actor=second, subject="Lost")
    stored = Letter.objects.get()
    assert (stored.state, stored.subject) == ("answered", "")
    assert [event.actor for event in AuditEvent.objects.all()] == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_exactly_one_wins(user: User) -> None:
    letter = Letter.objects.create(state="sent")
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def answer() -> None:
        mine = Letter.objects.get(pk=letter.pk)
        try:
            start.wait(timeout=30)
            workflow("clerk").apply(mine, "answer", actor=SYSTEM)
            outcomes.append("won")
        except Stale:
            outcomes.append("stale")
        except BaseException as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Letter.objects.all().delete()
    assert sorted(outcomes) == ["stale", "stale", "stale", "won"]
    assert AuditEvent.objects.count() == 1


# --- changes
# --------------------------------------------------------------------------------------------------


def test_a_change_raises_the_version_and_tells_what_was_before(user: User) -> None:
    letter = Letter.objects.create(subject="Old", text=Text.of("Words"))
    changed = change(
        letter,
        actor=user,
        action="core.letter.edit",
        version=1,
        subject="New",
        text=Text.of("Words"),
        reader=user.pk,
    )
    assert (changed.subject, changed.version) == ("New", 2)
    event = AuditEvent.objects.get()
    assert event.before == {"subject": "Old", "reader": None}
    assert event.after == {"subject": "New", "reader": str(user.pk)}


def test_a_change_of_an_older_version_is_refused_and_stores_nothing(make_user: Callable[..., User]) -> None:
    first, second = make_user(), make_user()
    letter = Letter.objects.create(subject="Old")
    mine = Letter.objects.get(pk=letter.pk)
    change(letter, actor=first, action="core.letter.edit", version=1, subject="First")
    with pytest.raises(Stale, match="compare and save again"):
        change(mine, actor=second, action="core.letter.edit", version=1, subject="Second")
    assert Letter.objects.get().subject == "First"
    assert [event.actor for event in AuditEvent.objects.all()] == [first.pk]


def test_a_change_of_something_that_is_gone_is_refused(user: User) -> None:
    letter = Letter.objects.create()
    Letter.objects.all().delete()
    with pytest.raises(Stale):
        change(letter, actor=user, action="core.letter.edit", version=1, subject="New")


# --- text in several languages, on the same table
# -------------------------------------------------------------


def test_a_text_comes_back_from_the_database_as_it_was() -> None:
    text = Text("nl", {"nl": "Levenslang leren", "en": "Lifelong learning", "fr": "Apprentissage \U0001f600"})
    Letter.objects.create(text=text)
    assert Letter.objects.get().text == text


def test_plain_words_are_text_in_english() -> None:
    Letter.objects.create(text="Words")  # type: ignore[misc]
    assert Letter.objects.get().text == Text("en", {"en": "Words"})


def test_a_text_is_changed_by_update_too() -> None:
    Letter.objects.create(text=Text.of("Old"))
    Letter.objects.update(text=Text.of("Nieuw", "nl"))
    assert Letter.objects.get().text == Text.of("Nieuw", "nl")


def test_things_are_found_by_the_words_of_one_language() -> None:
    Letter.objects.create(text=Text("nl", {"nl": "Leren", "en": "Learning"}))
    assert Letter.objects.filter(text__words__en="Learning").exists()
    assert not Letter.objects.filter(text__words__nl="Learning").exists()
    assert Letter.objects.filter(text__words__nl__icontains="ERE", text__source="nl").exists()
    assert list(Letter.objects.values_list("text__words__en", flat=True)) == ["Learning"]


def test_a_text_goes_through_a_fixture() -> None:
    field = Letter._meta.get_field("text")
    letter = Letter(text=Text.of("Leren", "nl"))
    assert field.to_python(field.value_to_string(letter)) == letter.text
