"""Reads what wallets send, strictly: forms without a parameter twice, JSON as credentials are read."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import strict
from gilde.credentials.wallets.refusals import Refusal

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_MOST: Final = 32  # parameters of a form
_DEEPEST: Final = 16  # objects and lists in one another


def form(body: bytes, media_type: str) -> dict[str, str]:
    """Return the parameters of a form; one without a value is as if it was not there (RFC 6749, section 3.2).

    Raises Refusal, "invalid_request", for another media type, a parameter twice, and what is no form.
    """
    _typed(media_type, FORM, "invalid_request")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST,
        )
    except ValueError as error:
        raise Refusal("invalid_request", _("The body is no form that can be read.")) from error
    told = dict(pairs)
    if len(told) != len(pairs):
        raise Refusal("invalid_request", _("A parameter stands twice in the form."))
    return {name: value for name, value in told.items() if value}


def document(body: bytes, media_type: str, error: str) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Refusal with the code `error` for anything else."""
    _typed(media_type, JSON, error)
    return mapping(body, error)


def mapping(text: bytes | str, error: str) -> dict[str, Any]:
    """Return the JSON object of a text. Raises Refusal with the code `error` for anything else."""
    try:
        value = strict.parse(text, deepest=_DEEPEST)
    except Unreadable as wrong:
        raise Refusal(error, wrong.sentence) from wrong
    if not isinstance(value, dict):
        raise Refusal(error, _("What was sent must be a JSON object."))
    return value


def _typed(media_type: str, wanted: str, error: str) -> None:
    if media_type.partition(";")[0].strip().lower() != wanted:
        raise Refusal(error, _("The body must be of the type %(type)s.") % {"type": wanted})
