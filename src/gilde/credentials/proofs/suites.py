"""The cryptosuites: how a document becomes the bytes that are signed.

Sources: Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3; ECDSA Cryptosuites 1.0, sections 3.2 and 3.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked import canonical as linked
from gilde.credentials.linked import jcs
from gilde.credentials.linked.tables import Closed
from gilde.credentials.proofs.problems import Problem, unsupported

Json = Mapping[str, Any]

# The members of a proof (VC Data Integrity 1.0, section 2.1), which every context that defines proofs defines alike.
MEMBERS: Final = frozenset(
    {"@context", "id", "type", "cryptosuite", "created", "expires", "domain", "challenge", "nonce"}
    | {"previousProof", "proofPurpose", "proofValue", "verificationMethod"}
)


@dataclass(frozen=True)
class Suite:
    """One cryptosuite: `graph` says that what is signed is the meaning (RDFC-1.0), not the JSON itself (RFC 8785)."""

    name: str
    kinds: tuple[KeyKind, ...]
    graph: bool

    def transformed(self, value: Json, kind: KeyKind, contexts: Closed) -> bytes:
        """Return the canonical form; raise Unreadable where a word of it has no meaning in its contexts."""
        if self.graph:
            return linked.nquads(value, contexts=contexts, digest=_hash_of(kind))
        linked.checked(value, contexts=contexts)
        return jcs.canonical(value)

    def transformed_config(self, config: Json, kind: KeyKind, contexts: Closed) -> bytes:
        """Return the canonical form of a proof without its value, whose members were read strictly before."""
        if self.graph or not config.keys() <= MEMBERS:
            return self.transformed(config, kind, contexts)
        return jcs.canonical(config)

    def hashed(self, transformed: bytes, kind: KeyKind) -> bytes:
        """Return the hash of a canonical form: SHA-384 with P-384, else SHA-256."""
        return (hashlib.sha384 if kind is KeyKind.P384 else hashlib.sha256)(transformed).digest()


_EDDSA: Final = (KeyKind.ED25519,)
_ECDSA: Final = (KeyKind.P256, KeyKind.P384)
SUITES: Final = {
    suite.name: suite
    for suite in (
        Suite("eddsa-jcs-2022", _EDDSA, graph=False),
        Suite("eddsa-rdfc-2022", _EDDSA, graph=True),
        Suite("ecdsa-jcs-2019", _ECDSA, graph=False),
        Suite("ecdsa-rdfc-2019", _ECDSA, graph=True),
    )
}


def suite_of(name: str, problem: Problem = Problem.VERIFICATION) -> Suite:
    """Return the suite of this name; raise Unsupported for another."""
    if name in SUITES:
        return SUITES[name]
    raise unsupported(
        _("The signature is of the kind “%(name)s”, which Gilde cannot check.") % {"name": name[:60]},
        "cryptosuite",
        problem,
    )


def _hash_of(kind: KeyKind) -> str:
    return "sha384" if kind is KeyKind.P384 else "sha256"
