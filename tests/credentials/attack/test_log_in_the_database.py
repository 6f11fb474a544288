"""Who alters the log in the database is found, whatever it is that they alter; receipts and forks as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.audit import triggers
from gilde.core.errors import Refused
from gilde.credentials.errors import Altered
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.log import checkpoint as notes
from gilde.credentials.log.receipt import verify_receipt
from gilde.credentials.log.tree import InMemory, Tree, leaf_hash, verify_consistency
from gilde.credentials.models import Checkpoint, Key, LogHead, LogLeaf, LogNode, Rendering
from gilde.credentials.services import checking, keys, log, offline
from tests.credentials.factories import UserFactory, an_achievement, an_award

pytestmark = pytest.mark.django_db
SIZES = (3, 7, 13)


def a_log() -> None:
    """A log of thirteen credentials, signed at three sizes, days apart."""
    start = clock.now() - timedelta(days=30)
    for number in range(SIZES[-1]):
        with clock.moved_to(start + timedelta(days=number)):
            log.append([log.digest_of(f"credential {number}".encode())])
            if number + 1 in SIZES:
                log.sign_checkpoint()


def three_awards() -> None:
    achievement, start = an_achievement(outcomes=0), clock.now()
    for number in range(3):
        with clock.moved_to(start + timedelta(days=number)):
            an_award(achievement)
            log.sign_checkpoint()


@contextmanager
def unprotected() -> Iterator[None]:
    """Let the database be changed as by one who has it in their hands."""
    with triggers.lifted(connection):
        yield


def faults() -> list[str]:
    return list(log.verify())


def test_a_log_that_nobody_altered_is_whole() -> None:
    a_log()
    assert faults() == []
    assert Checkpoint.objects.count() == len(SIZES)


def test_the_database_itself_refuses_to_change_the_log() -> None:
    a_log()
    for model, change in (
        (LogLeaf, {"digest": "0" * 64}),
        (LogNode, {"hash": bytes(32)}),
        (Checkpoint, {"text": ""}),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model._default_manager.filter(pk=model._default_manager.first().pk).update(**change)


def test_an_altered_entry_is_found_wherever_it_stands() -> None:
    a_log()
    for leaf in LogLeaf.objects.all():
        with unprotected():
            LogLeaf.objects.filter(index=leaf.index).update(digest="0" * 64)
        over = [size for size in SIZES if size > leaf.index]
        told = {f"The log of {size} entries is not what its checkpoint says." for size in over}
        hashed = f"The hash {leaf.index} of level 0 is not that of what stands below it."
        assert {*told, hashed} <= set(faults())
        with unprotected():
            LogLeaf.objects.filter(index=leaf.index).update(digest=leaf.digest)
    assert faults() == []


def test_an_altered_hash_is_found_wherever_it_stands() -> None:
    a_log()
    for node in LogNode.objects.all():
        with unprotected():
            LogNode.objects.filter(pk=node.pk).update(hash=bytes(32))
        assert f"The hash {node.index} of level {node.level} is not that of what stands below it." in faults()
        with unprotected():
            LogNode.objects.filter(pk=node.pk).update(hash=node.hash)
    assert faults() == []


def _text(row: Checkpoint) -> str:
    return row.text.replace("Time: ", "Time: 1", 1)


def _by_another(row: Checkpoint) -> str:
    told = notes.verify(row.text, *(each.public for each in keys.methods(None)))
    return notes.sign(told, SigningKey.generate(KeyKind.ED25519))


ALTERED: dict[str, Callable[[Checkpoint], dict[str, Any]]] = {
    "its text": lambda row: {"text": _text(row)},
    "its root": lambda row: {"text": row.text.replace(row.text.split("\n")[2], "A" * 43 + "=")},
    "its signer": lambda row: {"text": _by_another(row)},
    "nothing left": lambda row: {"text": ""},
    "its time, earlier than was signed": lambda row: {"at": row.at - timedelta(days=400)},
    "that of another size": lambda row: {"text": Checkpoint.objects.exclude(pk=row.pk).first().text},  # type: ignore[union-attr]
}


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_checkpoint_is_found(what: str) -> None:
    a_log()
    for row in Checkpoint.objects.all():
        with unprotected():
            Checkpoint.objects.filter(size=row.size).update(**ALTERED[what](row))
        assert faults() == [f"The checkpoint of {row.size} entries is not as the register signed it."]
        with unprotected():
            Checkpoint.objects.filter(size=row.size).update(text=row.text, at=row.at)


def test_entries_that_were_taken_out_are_found() -> None:
    a_log()
    with unprotected():
        LogLeaf.objects.filter(index=5).delete()
    assert any("counts 13 entries and holds 5" in each for each in faults())


def test_an_end_that_was_cut_off_is_found_by_the_checkpoint_over_it() -> None:
    a_log()
    with unprotected():
        LogLeaf.objects.filter(index__gte=10).delete()
        LogNode.objects.filter(level=0, index__gte=10).delete()
        LogHead.objects.update(size=10)
    assert any("held 13 entries when it was signed, and counts 10" in each for each in faults())


def test_an_entry_that_was_slipped_in_is_found() -> None:
    a_log()
    with unprotected():
        LogLeaf.objects.create(index=13, digest="1" * 64, at=clock.now())
        LogHead.objects.update(size=14)
    found = faults()
    assert "The hash 13 of level 0 is not that of what stands below it." in found


def test_hashes_of_nothing_are_found() -> None:
    a_log()
    LogNode.objects.create(level=0, index=99, hash=bytes(32))
    assert faults() == ["The log holds hashes that belong to no entry."]


def test_a_credential_that_claims_the_entry_of_another_is_found() -> None:
    award = an_award()
    real = award.renderings.get()
    real.pk, real.digest, real.form = None, "2" * 64, "open-badge"
    real.save(force_insert=True)
    assert faults() == [f"Entry {real.leaf} of the log is not that of the credential that it was made for."]


def test_a_log_that_was_written_anew_does_not_continue_the_old_one() -> None:
    """A fork: the keeper signs another history, sound in itself. Who holds an older checkpoint finds it out."""
    a_log()
    public = [each.public for each in keys.methods(None)]
    held = notes.verify(Checkpoint.objects.get(size=7).text, *public)
    digests = list(LogLeaf.objects.values_list("digest", flat=True))
    forged = Tree(InMemory())
    forged.append([leaf_hash(bytes.fromhex(each)) for each in ["0" * 64, *digests[1:]]])
    _row, signing = keys.signing_key(None)
    note = notes.sign(
        notes.Checkpoint(log.origin(), 13, forged.root(), clock.now().replace(microsecond=0)), signing
    )
    told = notes.verify(note, *public)
    assert not verify_consistency(7, 13, forged.consistency(7, 13), held.root, told.root)
    assert verify_consistency(7, 13, log.consistency(7, 13), held.root, Tree(log.Stored(), 13).root())
    with unprotected():
        Checkpoint.objects.filter(size=13).update(text=note, at=told.at)
    assert "The log of 13 entries is not what its checkpoint says." in faults()


def test_between_any_two_checkpoints_the_log_only_grew() -> None:
    a_log()
    public = [each.public for each in keys.methods(None)]
    told = [
        notes.verify(each.text, *public, origin=log.origin()) for each in Checkpoint.objects.order_by("size")
    ]
    for first in told:
        for second in told:
            proof = log.consistency(first.size, second.size) if first.size <= second.size else []
            holds = verify_consistency(first.size, second.size, proof, first.root, second.root)
            assert holds == (first.size <= second.size), (first.size, second.size)


def test_a_receipt_proves_one_credential_and_no_other() -> None:
    a_log()
    public = [each.public for each in keys.methods(None)]
    digests = list(LogLeaf.objects.order_by("index").values_list("digest", flat=True))
    for number, digest in enumerate(digests):
        found = log.receipt(digest)
        for other, theirs in enumerate(digests):
            leaf = leaf_hash(bytes.fromhex(theirs))
            if other == number:
                assert verify_receipt(found, leaf, *public, origin=log.origin()) <= clock.now()
                continue
            with pytest.raises(Altered):
                verify_receipt(found, leaf, *public, origin=log.origin())


# The register's own key


def test_the_registers_key_is_replaced_and_its_old_checkpoints_still_verify() -> None:
    a_log()
    receipt = log.receipt(LogLeaf.objects.get(index=0).digest)
    old = Key.objects.get(issuer=None)
    with clock.moved_to(clock.now() + timedelta(days=1)):
        new = keys.rotate_register(actor=SYSTEM, reason="Yearly")
        assert old.pk != new.pk
        an_award()
        newest = log.sign_checkpoint()
    assert newest is not None
    assert faults() == []
    public = [each.public for each in keys.methods(None)]
    assert verify_receipt(receipt, receipt.leaf, *public, origin=log.origin()) <= clock.now()
    assert notes.verify(newest.text, keys.method_of(new).public).size == 14
    with pytest.raises(Altered):
        notes.verify(newest.text, keys.method_of(old).public)


def test_only_an_administrator_replaces_the_registers_key() -> None:
    a_log()
    with pytest.raises(Refused):
        keys.rotate_register(actor=UserFactory())
    assert Key.objects.filter(issuer=None).count() == 1


def test_ten_rotations_of_the_registers_key_leave_every_checkpoint_good() -> None:
    start = clock.now()
    for number in range(10):
        with clock.moved_to(start + timedelta(days=number)):
            log.append([log.digest_of(f"credential {number}".encode())])
            log.sign_checkpoint()
            keys.rotate_register(actor=SYSTEM)
    assert Key.objects.filter(issuer=None).count() == 11
    assert faults() == []
    assert Checkpoint.objects.count() == 10


def test_of_a_registers_key_in_wrong_hands_later_checkpoints_are_not_believed() -> None:
    a_log()
    old = Key.objects.get(issuer=None)
    since = Checkpoint.objects.get(size=13).at - timedelta(hours=1)
    keys.mark_compromised(actor=SYSTEM, key=old, since=since)
    assert Key.objects.get(issuer=None, until=None).pk != old.pk, "another signs from now on"
    assert faults() == ["The checkpoint of 13 entries is not as the register signed it."]


def test_a_receipt_by_a_registers_key_in_wrong_hands_proves_nothing() -> None:
    """The thief signs a log of one entry, the forged credential, long ago."""
    a_log()
    row, signing = keys.signing_key(None)
    content = b"forged"
    leaf = leaf_hash(bytes.fromhex(log.digest_of(content)))
    long_ago = (clock.now() - timedelta(days=900)).replace(microsecond=0)
    from gilde.credentials.log.receipt import Receipt

    forged = Receipt(leaf, 0, (), notes.sign(notes.Checkpoint(log.origin(), 1, leaf, long_ago), signing))
    assert offline.Kept([forged]).existed_at(content) == long_ago
    keys.mark_compromised(actor=SYSTEM, key=row, since=clock.now())
    assert offline.Kept([forged]).existed_at(content) is None


def test_the_time_of_an_award_is_that_of_the_first_checkpoint_over_it() -> None:
    three_awards()
    here = checking.Here()
    for rendering in Rendering.objects.exclude(leaf=None):
        over = Checkpoint.objects.filter(size__gt=rendering.leaf or 0).order_by("size").first()
        assert over is not None
        assert here.existed_at(bytes(rendering.content or b"")) == over.at
