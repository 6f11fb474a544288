"""What can go wrong when Gilde asks something of another machine."""

from __future__ import annotations

from gilde.core.errors import GildeError


class FetchError(GildeError):
    """The answer could not be had; nothing was stored but the log of the attempt."""

    status = 502
    code = "fetch"


class NotAllowed(FetchError):
    """Nobody may ask this address for this purpose: its host, scheme or port is not on the list."""

    status = 403
    code = "fetch-not-allowed"


class PrivateAddress(NotAllowed):
    """The name leads to a machine inside, which nothing from outside may make Gilde talk to."""

    code = "fetch-private-address"


class Unreachable(FetchError):
    """The other machine is not there, or does not speak as it should."""

    code = "fetch-unreachable"


class TooSlow(FetchError):
    """The answer was not complete within the time of its purpose."""

    status = 504
    code = "fetch-too-slow"


class AnswerTooLarge(FetchError):
    """The answer is larger than what is taken for its purpose."""

    code = "fetch-too-large"


class BadAnswer(FetchError):
    """The other machine answered with an error, or with something that cannot be used."""

    code = "fetch-bad-answer"
