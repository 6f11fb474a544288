"""The audit chain: the database refuses to change it, and whoever gets past the database is found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.audit import triggers
from gilde.core.audit.chain import GENESIS, _hash, request_id
from gilde.core.models import AuditEvent, PersonalRecord, User
from gilde.core.periods import SchoolYear
from gilde.core.text import Text

pytestmark = pytest.mark.django_db


def record(user: User, n: int = 0, **fields: Any) -> AuditEvent:
    with transaction.atomic():
        audit.record(user, "core.user.change", user, after={"n": n}, **fields)
    return AuditEvent.objects.latest("id")


def reasons() -> list[str]:
    return [broken.reason for broken in audit.verify()]


# --- what an event says
# ---------------------------------------------------------------------------------------


def test_an_event_says_who_did_what_to_what_when_and_in_which_request(user: User) -> None:
    token = request_id.set("request-1")
    with clock.moved_to(datetime(2026, 3, 2, 9, 30)), transaction.atomic():
        audit.record(user, "core.user.rename", user, before={"name": ""}, after={"name": "x"})
        moment = clock.now()
    request_id.reset(token)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.at) == (user.pk, "core.user.rename", moment)
    assert (event.object_type, event.object_id) == ("core.user", str(user.pk))
    assert (event.before, event.after, event.request_id) == ({"name": ""}, {"name": "x"}, "request-1")


def test_the_system_is_an_actor_without_id(user: User) -> None:
    with transaction.atomic():
        audit.record(SYSTEM, "core.user.load", user)
    assert AuditEvent.objects.get().actor is None
    assert reasons() == []


def test_each_event_carries_the_hash_of_the_one_before(user: User) -> None:
    first, second = record(user, 1), record(user, 2)
    assert first.previous_hash == GENESIS
    assert second.previous_hash == first.hash
    assert second.hash != first.hash


def test_the_values_of_core_are_kept_as_they_are_stored(user: User) -> None:
    with transaction.atomic():
        audit.record(
            user,
            "core.user.change",
            user,
            after={
                "text": Text.of("Maatregel", "nl"),
                "period": SchoolYear(2025),
                "day": date(2026, 1, 2),
                "amount": Decimal("714000.00"),
                "id": UUID(int=1),
            },
        )
    assert AuditEvent.objects.get().after == {
        "text": {"source": "nl", "words": {"nl": "Maatregel"}},
        "period": "2025-2026",
        "day": "2026-01-02",
        "amount": "714000.00",
        "id": "00000000-0000-0000-0000-000000000001",
    }


@pytest.mark.django_db(transaction=True)
def test_an_event_apart_from_its_change_is_refused(user: User) -> None:
    with pytest.raises(RuntimeError, match="written in the transaction of its change"):
        audit.record(user, "core.user.change", user)


def test_an_event_goes_with_its_change_when_that_is_rolled_back(user: User) -> None:
    with transaction.atomic():
        audit.record(user, "core.user.change", user)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), values, max_size=4))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_an_event_holds_the_database_gives_it_back_so_that_the_chain_holds(
    user: User, held: dict[str, Any]
) -> None:
    with transaction.atomic():
        audit.record(user, "core.user.change", user, before=held, after=held)
    event = AuditEvent.objects.latest("id")
    assert event.hash == _hash(event)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_cannot_hold_is_refused(user: User, value: object) -> None:
    with pytest.raises((ValueError, TypeError)), transaction.atomic():
        audit.record(user, "core.user.change", user, after={"value": value})


# --- the database refuses
# -------------------------------------------------------------------------------------


def refused(statement: Callable[[], Any]) -> None:
    with pytest.raises(DatabaseError, match="core_auditevent is append-only"), transaction.atomic():
        statement()


def test_the_database_refuses_to_change_an_event(user: User) -> None:
    event = record(user)
    refused(lambda: AuditEvent.objects.filter(pk=event.pk).update(action="core.user.nothing"))
    assert AuditEvent.objects.get().action == "core.user.change"


def test_the_database_refuses_to_remove_an_event(user: User) -> None:
    event = record(user)
    refused(event.delete)
    refused(lambda: AuditEvent.objects.all()._raw_delete("default"))
    assert AuditEvent.objects.count() == 1


def test_the_database_refuses_to_empty_the_table(user: User) -> None:
    record(user)

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM core_auditevent" if connection.vendor == "sqlite" else "TRUNCATE core_auditevent"
            )

    refused(empty)
    assert AuditEvent.objects.count() == 1


# --- who gets past the database is found
# ----------------------------------------------------------------------


@pytest.fixture
def chain(user: User) -> list[AuditEvent]:
    """Return four events of a whole chain."""
    return [record(user, n) for n in range(4)]


def test_a_whole_chain_verifies(chain: list[AuditEvent]) -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("after", {"n": 99}),
        ("before", {"n": 99}),
        ("action", "core.user.other"),
        ("actor", UUID(int=7)),
        ("object_id", "another"),
        ("object_type", "core.other"),
        ("request_id", "another"),
        ("personal", UUID(int=7)),
        ("at", clock.now()),
    ],
)
def test_a_changed_event_is_found(chain: list[AuditEvent], field: str, value: object) -> None:
    with triggers.lifted(connection):
        AuditEvent.objects.filter(pk=chain[1].pk).update(**{field: value})
    [broken] = audit.verify()
    assert broken.event == chain[1].pk
    assert "was changed after it was written" in broken.reason


def test_a_changed_event_with_a_new_hash_of_its_own_is_found_at_the_next(chain: list[AuditEvent]) -> None:
    chain[1].after = {"n": 99}
    chain[1].hash = _hash(chain[1])
    with triggers.lifted(connection):
        chain[1].save()
    [broken] = audit.verify()
    assert broken.event == chain[2].pk
    assert "does not follow the one before it" in broken.reason


def test_a_removed_event_is_found(chain: list[AuditEvent]) -> None:
    with triggers.lifted(connection):
        chain[1].delete()
    [broken] = audit.verify()
    assert broken.event == chain[2].pk
    assert "an event was removed or inserted" in broken.reason


def test_an_inserted_event_is_found(chain: list[AuditEvent]) -> None:
    forged = AuditEvent(
        at=clock.now(),
        action="core.user.forged",
        object_type="core.user",
        object_id="1",
        previous_hash="f" * 64,
    )
    forged.hash = _hash(forged)
    forged.save()
    [broken] = audit.verify()
    assert broken.event == forged.pk
    assert "an event was removed or inserted" in broken.reason


def test_two_events_cannot_follow_the_same_one(chain: list[AuditEvent]) -> None:
    forged = AuditEvent(
        at=clock.now(), action="x", object_type="x", object_id="1", previous_hash=chain[0].hash, hash="0" * 64
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save()


def test_an_end_that_was_cut_off_is_found_by_a_hash_kept_elsewhere(chain: list[AuditEvent]) -> None:
    kept = audit.head()
    assert audit.holds(kept)
    with triggers.lifted(connection):
        chain[3].delete()
    assert reasons() == []
    assert not audit.holds(kept)
    with pytest.raises(CommandError, match="broken in 1 place"):
        call_command("audit", "verify", "--holds", kept)


def test_missing_triggers_are_found(chain: list[AuditEvent]) -> None:
    triggers.remove(connection, "core_auditevent")
    try:
        assert (
            "The database no longer protects the table core_auditevent: its triggers are missing."
            in reasons()
        )
    finally:
        triggers.install(connection, "core_auditevent")
    assert reasons() == []


def test_the_command_says_that_the_chain_is_whole_and_fails_when_it_is_not(
    chain: list[AuditEvent], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit", "verify")
    assert "The audit chain is whole: 4 events." in capsys.readouterr().out
    with triggers.lifted(connection):
        AuditEvent.objects.filter(pk=chain[0].pk).update(action="core.user.other")
    with pytest.raises(CommandError, match="broken in 1 place"):
        call_command("audit", "verify")
    assert f"Event {chain[0].pk} was changed" in capsys.readouterr().err


# --- personal data
# --------------------------------------------------------------------------------------------


def test_erasing_personal_data_leaves_the_chain_whole(user: User) -> None:
    event = record(user, personal={"name": "An Peeters"})
    record(user)
    assert event.personal is not None
    assert PersonalRecord.objects.get(pk=event.personal).data == {"name": "An Peeters"}
    assert "Peeters" not in str([event.before, event.after])
    PersonalRecord.objects.filter(pk=event.personal).delete()
    assert reasons() == []


# --- several writers
# ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_keep_one_chain(user: User) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            start.wait(timeout=30)
            for n in range(10):
                record(user, 100 * writer + n)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert AuditEvent.objects.count() == 40
    assert reasons() == []
    by_writer = [event.after["n"] // 100 for event in AuditEvent.objects.order_by("id")]
    assert sorted(by_writer) == sorted(list(range(4)) * 10)
