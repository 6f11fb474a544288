"""What is said to a wallet or program that asks for what it cannot have: a code of the standards, and a sentence."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from gilde.core.errors import GildeError

_PLAIN: Final = str.maketrans({"“": "'", "”": "'", '"': "'", "’": "'", "\\": "/", "–": "-", "…": "..."})
_OUTSIDE: Final = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")


class Refusal(GildeError):
    """A refusal with its code, such as "invalid_grant" (RFC 6749, section 5.2; OpenID4VCI 1.0, section 8.3.1.2)."""

    code = "refused-to-wallet"

    def __init__(self, error: str, sentence: str) -> None:
        super().__init__(sentence, error=error)
        self.error = error


class NoToken(Refusal):
    """No access token, or one that opens nothing any more (RFC 6750, section 3.1)."""

    status: ClassVar[int] = 401

    def __init__(self, sentence: str) -> None:
        super().__init__("invalid_token", sentence)


def described(sentence: str) -> str:
    """Return a sentence in the characters that `error_description` may have (RFC 6749, section 5.2)."""
    return _OUTSIDE.sub("", sentence.translate(_PLAIN))
