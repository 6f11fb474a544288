"""Checking where no register is, or with proofs of a log that were kept: `gilde verify` on anybody's machine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking.around import Shared, Trusted
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind, PublicKey
from gilde.credentials.keys.methods import Method
from gilde.credentials.log import checkpoint
from gilde.credentials.log.receipt import Receipt, verify_receipt
from gilde.credentials.log.tree import leaf_hash
from gilde.credentials.services import keys, log
from gilde.credentials.services.checking import Here, Unasked


@dataclass(frozen=True)
class LogKey:
    """A log by its name, and the key that signs it."""

    origin: str
    public: PublicKey

    @classmethod
    def of(cls, text: str) -> LogKey:
        """Return the key of a log from its text, as /log/key serves it: name, number and key, joined by plus."""
        origin, _plus, rest = text.strip().partition("+")
        try:
            told = base64.b64decode(rest.partition("+")[2], validate=True)
            found = cls(origin, PublicKey(KeyKind.ED25519, told[1:]))
            sound = checkpoint.verifier(origin, found.public) == text.strip()
        except (binascii.Error, ValueError, GildeError):
            sound = False
        if not sound:
            raise Unreadable(
                _("This is no key of a log; take it again from where the log is published."), "log-key"
            )
        return found


class Kept(Here):
    """The world of a check here, with receipts of a log beside what the register knows."""

    def __init__(self, receipts: Sequence[Receipt] = (), log_keys: Sequence[LogKey] = ()) -> None:
        super().__init__()
        self.receipts, self.log_keys = receipts, log_keys

    def existed_at(self, content: bytes) -> datetime | None:
        return super().existed_at(content) or self._by_receipt(content)

    def _by_receipt(self, content: bytes) -> datetime | None:
        leaf = leaf_hash(bytes.fromhex(log.digest_of(content)))
        for receipt in self.receipts:
            if receipt.leaf != leaf:
                continue
            for each in self._logs():
                try:
                    return verify_receipt(receipt, leaf, each.public, origin=each.origin)
                except GildeError:
                    continue
        return None

    def _logs(self) -> list[LogKey]:
        # Who has a key of the register in wrong hands can sign any time with it; what it signed stands in the log here.
        believed = (method for method in keys.methods(None) if method.compromised is None)
        own = [LogKey(log.origin(), method.public) for method in believed]
        return [*self.log_keys, *own]


class Alone(Kept):
    """The world of a check where there is no register: nobody is known, and nobody is asked."""

    @property
    def anchors(self) -> Sequence[x509.Certificate]:
        return ()

    def method(self, url: str) -> Method:
        if url.startswith("did:key:"):
            return did.resolve_key(url)
        raise Unasked(_("%(url)s was not asked.") % {"url": url[:200]})

    def status_list(self, url: str) -> bytes:
        raise Unasked(_("%(url)s was not asked.") % {"url": url[:200]})

    def trusted(self, issuer: str, qualification: str, at: datetime) -> Trusted | None:
        return None

    def trusted_seal(self, certificate: x509.Certificate, qualification: str) -> Trusted | None:
        return None

    def existed_at(self, content: bytes) -> datetime | None:
        return self._by_receipt(content)

    def shared(self, url: str) -> Shared | None:
        return None

    def _logs(self) -> list[LogKey]:
        return list(self.log_keys)


def here(receipts: Sequence[Receipt] = (), log_keys: Sequence[LogKey] = ()) -> Kept:
    """Return the world of a check: that of this register where its database is there, else one without any."""
    return (Kept if _has_register() else Alone)(receipts, log_keys)


def _has_register() -> bool:
    try:
        return "credentials_issuer" in connection.introspection.table_names()
    except DatabaseError:
        return False
