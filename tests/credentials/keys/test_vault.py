"""Private keys at rest: what opens, what does not, and what is never shown."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.keys.vault import Locked, Vault

SECRET = "a long secret, for tests alone 1"
VAULT, SAME, OTHER = Vault(SECRET), Vault(SECRET), Vault("another secret, for tests alone 2")


@given(identity=st.text(), data=st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_what_was_sealed_opens_under_its_identity_and_secret(identity: str, data: bytes) -> None:
    sealed = VAULT.seal(identity, data)
    assert SAME.open(identity, sealed) == data


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_comes_back_as_it_was(kind: KeyKind) -> None:
    key = new_key(kind)
    opened = SAME.open_key(key.method, VAULT.seal_key(key))
    assert opened == key
    assert key.public.verify(opened.sign(b"text"), b"text")


def test_two_records_of_one_key_have_nothing_in_common_but_version_and_mark() -> None:
    key = new_key(KeyKind.ED25519)
    first, second = VAULT.seal_key(key), VAULT.seal_key(key)
    assert first[:22] == second[:22]
    assert first[24:44] != second[24:44]


def test_a_record_opens_under_no_other_identity() -> None:
    first, second = new_key(KeyKind.P256), new_key(KeyKind.P256)
    with pytest.raises(Unreadable) as refused:
        VAULT.open_key(second.method, VAULT.seal_key(first))
    assert refused.value.reason == "key-record"


def test_a_wrong_secret_is_told_in_one_clear_sentence() -> None:
    key = new_key(KeyKind.ED25519)
    with pytest.raises(Locked) as refused:
        OTHER.open_key(key.method, VAULT.seal_key(key))
    assert refused.value.sentence == (
        "The keys were stored under another secret; set GILDE_KEYS_SECRET to the one they were stored with."
    )


@pytest.mark.parametrize("secret", ["", "short", "x" * 23])
def test_a_missing_or_short_secret_is_refused(secret: str) -> None:
    with pytest.raises(Locked, match="GILDE_KEYS_SECRET"):
        Vault(secret)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_a_record_with_one_bit_changed_never_opens(at: int, bit: int) -> None:
    sealed = VAULT.seal("me", b"secret bytes")
    at %= len(sealed)
    changed = sealed[:at] + chr(ord(sealed[at]) ^ (1 << bit)) + sealed[at + 1 :]
    with pytest.raises((Unreadable, Locked)):
        VAULT.open("me", changed)


@given(cut=st.integers(min_value=0, max_value=80))
def test_a_record_that_was_cut_never_opens(cut: int) -> None:
    sealed = VAULT.seal("me", b"secret bytes")
    with pytest.raises((Unreadable, Locked)):
        VAULT.open("me", sealed[: min(cut, len(sealed) - 1)])


def test_records_move_to_a_new_secret_and_stay_when_they_have_moved() -> None:
    key = new_key(KeyKind.P384)
    moved = OTHER.reseal(key.method, VAULT.seal_key(key), old=VAULT)
    assert OTHER.open_key(key.method, moved) == key
    assert OTHER.holds(moved)
    assert not VAULT.holds(moved)
    assert OTHER.reseal(key.method, moved, old=VAULT) == moved


def test_no_representation_shows_a_secret() -> None:
    key = new_key(KeyKind.ED25519)
    secrets = (
        SECRET,
        key.secret().hex(),
        key.secret_multikey(),
        key.secret_jwk()["d"],
        str(key.secret())[2:-1],
    )
    shown = [repr(VAULT), str(VAULT), repr(key), str(key), f"{key}", f"{[key]}", str(vars(VAULT).keys())]
    try:
        OTHER.open_key(key.method, VAULT.seal_key(key))
    except Locked as error:
        shown += [str(error), "".join(traceback.format_exception(error)), str(error.as_problem())]
    assert len(shown) == 10
    for text in shown:
        assert not any(secret in text for secret in secrets)


def test_keys_and_vaults_are_never_pickled() -> None:
    for private in (new_key(KeyKind.P256), VAULT):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(private)
        with pytest.raises(TypeError):
            copy.deepcopy(private)
