"""What can go wrong with qualifications, each with a sentence that says what, where and what to do."""

from __future__ import annotations

from gilde.core.errors import GildeError


class Unreadable(GildeError):
    """A file cannot be read as what it should be; nothing of it was stored."""

    status = 422
    code = "unreadable"


class NotComplete(GildeError):
    """A file lacks something that the next step needs; `missing` lists each thing in a sentence."""

    status = 422
    code = "not-complete"


class NotDecided(GildeError):
    """A committee has not decided yet: no quorum, votes missing, or judges not agreed."""

    status = 409
    code = "not-decided"
