"""The methods by which signatures are verified (Controlled Identifiers 1.0, section 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gilde.credentials.keys.kinds import PublicKey

# What a key may be for by signing (the fifth, keyAgreement, signs nothing).
SIGNING: Final = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")
PURPOSES: Final = (*SIGNING, "keyAgreement")


@dataclass(frozen=True)
class Method:
    """A verification method: a public key, whose it is, for what, and in which period.

    `since` and `until` bound when it may sign; what it signed in that period stays good. From `compromised` on
    anybody may have it: only what provably existed before counts, and a date in the signature proves nothing.
    """

    id: str
    controller: str
    public: PublicKey
    purposes: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None
    compromised: datetime | None = None

    def may_sign_at(self, moment: datetime) -> bool:
        """Tell whether a signature of that moment is within the key's period and before it was compromised."""
        return (
            (self.since is None or moment >= self.since)
            and (self.until is None or moment <= self.until)
            and (self.compromised is None or moment < self.compromised)
        )


# From the URL of a verification method to the method; raises Unsupported, Unreadable, or what a fetch raises.
Resolve = Callable[[str], Method]
