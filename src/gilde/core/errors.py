"""The one family of errors that people see: a sentence that says what is wrong, where, and what to do.

Pages, the API (problem+json, RFC 9457) and the command line show the same sentence.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError


class GildeError(Exception):
    """Base of every error that a person can do something about. Each context derives its own few."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    def as_problem(self) -> dict[str, object]:
        """Return the members of an RFC 9457 problem document."""
        told = {"type": f"about:blank#{self.code}", "title": self.sentence, "status": self.status}
        return {**told, **self.details}


class Refused(GildeError):
    """The actor may see the thing but not do this with it."""

    status = 403
    code = "refused"


class Missing(GildeError):
    """There is no such thing, or the actor may not know of it."""

    status = 404
    code = "missing"


class Stale(GildeError):
    """Somebody else changed the thing first; nothing of this change was stored."""

    status = 409
    code = "stale"


class Invalid(GildeError):
    """What was given cannot be stored; the sentence names the field."""

    status = 422
    code = "invalid"

    @classmethod
    def from_validation(cls, error: ValidationError) -> Invalid:
        """Return the error with one sentence that lists each field and what is wrong with it."""
        if hasattr(error, "error_dict"):
            fields = {field: [str(m) for m in messages] for field, messages in error.message_dict.items()}
            parts = [" ".join(m) if f == "__all__" else f"{f}: {' '.join(m)}" for f, m in fields.items()]
            return cls(" ".join(parts), fields=fields)
        return cls(" ".join(str(m) for m in error.messages))
