"""Private keys at rest: encrypted under a secret that is never stored (AES-256-GCM, NIST SP 800-38D).

The secret is stretched once (scrypt, RFC 7914), and each record has a key of its own (HKDF, RFC 5869). A record is
bound to the identity of its key, so that it opens under no other; it names the secret by a short mark, so that a
wrong secret is told from a damaged record.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.kinds import SigningKey, base64url, from_base64url

_VERSION: Final = "gilde-key-1"
# One salt for all: the secret is asked to be long and random, and stretching it takes a tenth of a second.
_SALT: Final = b"gilde.credentials.keys.vault/1"
_SHORTEST: Final = 24
_MARK, _RECORD_SALT, _NONCE, _TAG = 8, 16, 12, 16


class Locked(GildeError):
    """The stored keys cannot be opened; nothing is signed until somebody sets the right secret."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "keys-locked"


class Vault:
    """Seals and opens private keys under one secret."""

    def __init__(self, secret: str) -> None:
        """Stretch the secret (about 0.1 s); raise Locked when it is missing or shorter than 24 characters."""
        if len(secret) < _SHORTEST:
            raise Locked(
                _(
                    "GILDE_KEYS_SECRET is not set, or shorter than %(least)s characters; without it no key is opened."
                )
                % {"least": _SHORTEST}
            )
        self._master = Scrypt(salt=_SALT, length=32, n=2**15, r=8, p=1).derive(secret.encode())
        self._mark = self._derived(b"", b"mark")[:_MARK]

    def seal(self, identity: str, data: bytes) -> str:
        """Return the data encrypted, as text that opens under this identity alone."""
        salt, nonce = os.urandom(_RECORD_SALT), os.urandom(_NONCE)
        hidden = AESGCM(self._derived(salt, b"record")).encrypt(nonce, data, _bound(identity))
        return f"{_VERSION}.{base64url(self._mark + salt + nonce + hidden)}"

    def open(self, identity: str, sealed: str) -> bytes:
        """Return the data; raise Locked for another secret, Unreadable for a record that was changed or swapped."""
        version, _dot, text = sealed.partition(".")
        if version != _VERSION:
            raise _damaged(identity)
        record = from_base64url(text)
        mark, rest = record[:_MARK], record[_MARK:]
        salt, nonce, hidden = rest[:_RECORD_SALT], rest[_RECORD_SALT:][:_NONCE], rest[_RECORD_SALT + _NONCE :]
        if len(hidden) < _TAG:
            raise _damaged(identity)
        if mark != self._mark:
            raise Locked(
                _(
                    "The keys were stored under another secret; set GILDE_KEYS_SECRET to the one they were stored with."
                )
            )
        try:
            return AESGCM(self._derived(salt, b"record")).decrypt(nonce, hidden, _bound(identity))
        except InvalidTag:
            raise _damaged(identity) from None

    def seal_key(self, key: SigningKey) -> str:
        """Return the signing key encrypted, bound to its verification method."""
        return self.seal(key.method, key.secret_multikey().encode())

    def open_key(self, method: str, sealed: str) -> SigningKey:
        """Return the signing key of this verification method; raise as `open` does."""
        return SigningKey.from_secret_multikey(self.open(method, sealed).decode(), method)

    def holds(self, sealed: str) -> bool:
        """Tell whether the record was sealed under this secret; it may still be damaged."""
        version, _dot, text = sealed.partition(".")
        return version == _VERSION and from_base64url(text)[:_MARK] == self._mark

    def reseal(self, identity: str, sealed: str, *, old: Vault) -> str:
        """Return the record of another secret encrypted under this one; one of this secret is returned as it is."""
        return sealed if self.holds(sealed) else self.seal(identity, old.open(identity, sealed))

    def _derived(self, salt: bytes, purpose: bytes) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=_SALT + b"/" + purpose).derive(
            self._master
        )

    def __repr__(self) -> str:
        """Show no secret."""
        return "Vault(…)"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Refuse to be written by accident into a cache, a job or a session."""
        raise TypeError("a vault is never pickled")


def _bound(identity: str) -> bytes:
    return f"{_VERSION}\0{identity}".encode()


def _damaged(identity: str) -> Unreadable:
    return Unreadable(
        _(
            "The stored key of “%(identity)s” was changed, cut, or belongs to another; restore it from a backup."
        )
        % {"identity": identity},
        "key-record",
    )
