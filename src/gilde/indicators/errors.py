"""What can go wrong with figures; each sentence says what, where and what to do."""

from __future__ import annotations

from gilde.core.errors import GildeError


class Unreadable(GildeError):
    """A file or an answer is no message that Gilde can read."""

    status = 422
    code = "unreadable"


class NoFigures(GildeError):
    """A message is sound and holds no figure."""

    status = 422
    code = "no-figures"


class ProviderRefused(GildeError):
    """The provider answered with a message instead of figures: too large, not now, no such thing."""

    status = 502
    code = "provider-refused"
