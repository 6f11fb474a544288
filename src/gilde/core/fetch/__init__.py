"""Going out: `get` and `post` ask one address for one registered purpose. Nothing else in Gilde opens a connection."""

from gilde.core.fetch.errors import (
    AnswerTooLarge,
    BadAnswer,
    FetchError,
    NotAllowed,
    PrivateAddress,
    TooSlow,
    Unreachable,
)
from gilde.core.fetch.service import Fetched, Purpose, get, post, purposes, register

__all__ = [
    "AnswerTooLarge",
    "BadAnswer",
    "FetchError",
    "Fetched",
    "NotAllowed",
    "PrivateAddress",
    "Purpose",
    "TooSlow",
    "Unreachable",
    "get",
    "post",
    "purposes",
    "register",
]
