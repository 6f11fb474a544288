"""The canonical form of JSON (RFC 8785), which is what a signature by JCS is over."""

from __future__ import annotations

import json
from typing import Any, Final

import rfc8785
from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.linked.strict import BIGGEST

_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_PLAIN: Final = frozenset({str, bool, type(None)})


def canonical(value: Any) -> bytes:
    """Return the canonical form of what JSON can say: str, int, float, bool, None, list and dict with keys of text.

    Raises Unreadable for anything else: a number beyond 2^53−1, NaN, half a character; TooMuch when nested too deep.
    """
    try:
        # The encoder of the standard library writes the same, except fractions and the order of keys beyond
        # U+FFFF, which RFC 8785, section 3.2.3, sorts by their UTF-16 form.
        try:
            text = _ENCODER.encode(value)
        except (TypeError, ValueError):
            return rfc8785.dumps(value)
        data = text.encode()
        if _simple(value) and (len(data) == len(text) or 2 * len(text) == len(text.encode("utf-16-le"))):
            return data
        return rfc8785.dumps(value)
    except RecursionError as error:
        raise TooMuch(
            _("Objects and lists stand in one another too deep. No honest credential does this."), "too-deep"
        ) from error
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise Unreadable(
            _("There is a value that JSON cannot hold exactly (%(why)s). Ask the issuer for a correct file.")
            % {"why": error},
            "no-canonical-form",
        ) from error


def _simple(value: Any) -> bool:
    """Return whether the value is made of nothing but dict, list, text, safe whole numbers, truth values and null."""
    inside = [value]
    while inside:
        each = inside.pop()
        kind = type(each)
        if kind is dict:
            for key, inner in each.items():
                if type(key) is not str:
                    return False
                if type(inner) is not str:
                    inside.append(inner)
        elif kind is list:
            inside += each
        elif kind is int:
            if not -BIGGEST <= each <= BIGGEST:
                return False
        elif kind not in _PLAIN:
            return False
    return True
