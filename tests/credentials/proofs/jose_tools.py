"""What the tests of signed tokens share: keys, tokens made by hand, and the assertion of a refusal with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import strategies as st

from gilde.credentials.keys.did import did_of, new_key
from gilde.credentials.keys.kinds import KeyKind, SigningKey, base64url
from gilde.credentials.proofs import jose

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# Values as JSON has them, without names that SD-JWT keeps for itself.
NAMES = st.text("abcdefgh_~.é", min_size=1, max_size=6).filter(
    lambda name: name not in ("_sd", "...", "_sd_alg")
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@cache
def key(kind: KeyKind = KeyKind.ED25519, number: int = 0) -> SigningKey:
    """Return a key of a kind that is the same through all the tests; another number gives another key."""
    return new_key(kind)


def did(of: SigningKey) -> str:
    return did_of(of.method)


@contextmanager
def refused(error: type[Exception], reason: str) -> Iterator[None]:
    with pytest.raises(error) as told:
        yield
    assert told.value.reason == reason  # type: ignore[attr-defined]
    assert str(told.value)


def by_hand(header: Mapping[str, Any] | str, payload: Mapping[str, Any] | str, signer: SigningKey) -> str:
    """Return a token with exactly this header and payload, properly signed; a text is taken as it is."""
    parts = [each if isinstance(each, str) else json.dumps(each) for each in (header, payload)]
    signing_input = ".".join(base64url(part.encode()) for part in parts)
    return f"{signing_input}.{base64url(signer.sign(signing_input.encode()))}"


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload = jose.unverified(token)
    return dict(header), payload
