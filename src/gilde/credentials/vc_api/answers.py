"""What the VC-API answers: a status and a body, with problems as the standards name them.

Sources: VC-API, sections 3.1 and 3.4; VC Data Model 2.0, section 7.3; VC Data Integrity 1.0, section 4.7;
Bitstring Status List 1.0, section 3.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.linked import strict

_MODEL: Final = "https://www.w3.org/TR/vc-data-model#"
_SECURITY: Final = "https://w3id.org/security#"
# Where the reason of an error says more than its class.
_BY_REASON: Final = {
    "not-json": _MODEL + "PARSING_ERROR",
    "not-utf8": _MODEL + "PARSING_ERROR",
    "duplicate-key": _MODEL + "PARSING_ERROR",
    "nan": _MODEL + "PARSING_ERROR",
    "lone-surrogate": _MODEL + "PARSING_ERROR",
    "big-number": _MODEL + "PARSING_ERROR",
    "undefined-term": _SECURITY + "DATA_LOSS_DETECTION_ERROR",
    "unknown-type": _SECURITY + "DATA_LOSS_DETECTION_ERROR",
}


@dataclass(frozen=True)
class Answer:
    """An answer in HTTP: the status, and the body as JSON."""

    status: int
    body: dict[str, Any]


def read(data: bytes | str) -> Any:
    """Return the JSON of a request, read as strictly as a credential; raise Unreadable or TooMuch."""
    return strict.parse(data)


def problem(error: GildeError) -> dict[str, Any]:
    """Return an error as ProblemDetails (RFC 9457), with the type that the standards give it."""
    reason = error.details.get("reason", error.code)
    told: dict[str, Any] = {"type": _type(error, str(reason)), "title": error.sentence, "code": reason}
    if pointer := error.details.get("pointer"):
        told["pointer"] = pointer
    return told


def refused(error: GildeError) -> Answer:
    """Return the answer to a request that asked for what cannot be done."""
    return Answer(400, {"status": 400, **problem(error)})


def member(request: Any, *names: str) -> Any:
    """Return the first of these members that a request has; raise Unreadable when it has none."""
    if isinstance(request, Mapping):
        for name in names:
            if name in request:
                return request[name]
    raise Unreadable(_("The request must be a JSON object with “%(name)s”.") % {"name": names[0]}, "request")


def options(request: Any) -> Mapping[str, Any]:
    """Return the options of a request, nothing when it has none; raise Unreadable for another thing than an object."""
    told = request.get("options") if isinstance(request, Mapping) else None
    if told is None:
        return {}
    if not isinstance(told, Mapping):
        raise Unreadable(_("The options of a request must be a JSON object."), "request")
    return told


def text(told: Mapping[str, Any], name: str) -> str | None:
    """Return an option, None without it; raise Unreadable for anything but a text."""
    value = told.get(name)
    if value is None or isinstance(value, str):
        return value
    raise Unreadable(_("The option “%(name)s” must be a text.") % {"name": name}, "request")


def _type(error: GildeError, reason: str) -> str:
    for name in ("problem", "type"):  # what proofs and status lists say of themselves
        told = error.details.get(name)
        if isinstance(told, str):
            return told
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    if isinstance(error, Altered):
        return _MODEL + "CRYPTOGRAPHIC_SECURITY_ERROR"
    if isinstance(error, Unsupported):
        return _SECURITY + "PROOF_VERIFICATION_ERROR"
    return _MODEL + "MALFORMED_VALUE_ERROR"
