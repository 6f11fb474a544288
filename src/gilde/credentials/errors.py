"""What can be wrong with awards and credentials, each in a sentence that people read."""

from __future__ import annotations

from gilde.core.errors import Invalid


class Unreadable(Invalid):
    """What was given is no credential that Gilde reads: no file of a known kind, or one that breaks its rules.

    `reason` is a short code for machines and tests, such as "duplicate-key" or "unknown-term".
    """

    code = "unreadable"

    def __init__(self, sentence: str, reason: str, **details: object) -> None:
        super().__init__(sentence, reason=reason, **details)
        self.reason = reason


class Altered(Invalid):
    """The mathematics of a proof fails: what was signed is not what is here, or another key signed it."""

    code = "altered"

    def __init__(self, sentence: str, reason: str, **details: object) -> None:
        super().__init__(sentence, reason=reason, **details)
        self.reason = reason


class Unsupported(Invalid):
    """The credential asks for something that Gilde does not know, so nothing can be said of it."""

    code = "unsupported"

    def __init__(self, sentence: str, reason: str, **details: object) -> None:
        super().__init__(sentence, reason=reason, **details)
        self.reason = reason


class TooMuch(Unreadable):
    """The document asks for more work than any honest one does: size, depth, or a poisoned graph."""

    code = "too-much"
