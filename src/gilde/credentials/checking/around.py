"""What a check needs to know of the world: keys, lists, whom to believe, the log. It never reaches out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from cryptography import x509

from gilde.core.errors import GildeError
from gilde.credentials.keys.methods import Method


class Asked(GildeError):
    """The code of a paper: what it stands for is told at `url` to who can say what is printed on the paper."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "asked"

    def __init__(self, sentence: str, url: str) -> None:
        super().__init__(sentence, url=url)
        self.url = url


@dataclass(frozen=True)
class Trusted:
    """An issuer that somebody vouches for. `accredited` is for the qualification that was asked of, None: not known.

    `named` False means that only who certified its seal is on the list, and not the issuer itself.
    """

    name: str
    country: str
    source: str  # "" is this register itself
    accredited: bool | None = None
    named: bool = True


@dataclass(frozen=True)
class Shared:
    """What a link of this Gilde leads to: a credential, and which of its outcomes the holder chose to show."""

    credential: bytes
    outcomes: tuple[str, ...] | None = None


class Around(Protocol):
    """The world of a check, at a moment."""

    @property
    def now(self) -> datetime: ...

    @property
    def anchors(self) -> Sequence[x509.Certificate]:
        """The authorities whose seals are believed."""
        ...

    @property
    def stamp_anchors(self) -> Sequence[x509.Certificate]:
        """The authorities whose time stamps are believed."""
        ...

    def method(self, url: str) -> Method:
        """Return the key that a URL names. Raises GildeError: Unsupported, Unreadable, or why it was not reached."""
        ...

    def status_list(self, url: str) -> bytes:
        """Return a status list, no older than it allows. Raises GildeError when it was not reached."""
        ...

    def trusted(self, issuer: str, qualification: str, at: datetime) -> Trusted | None:
        """Return who vouches for an issuer (a DID or URL) at a moment, None when nobody does."""
        ...

    def trusted_seal(self, certificate: x509.Certificate, qualification: str) -> Trusted | None:
        """Return who vouches for the owner of a seal whose certificate is in order; this register for its own seal."""
        ...

    def existed_at(self, content: bytes) -> datetime | None:
        """Return by when the log proves that a credential existed, None when it is not in it."""
        ...

    def shared(self, url: str) -> Shared | None:
        """Return what a link of this Gilde leads to, None for a link to elsewhere.

        Raises Missing when it ended, Asked for the code of a paper.
        """
        ...
