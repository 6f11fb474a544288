"""Texts, numbers and truth values as they stand in canonical N-Quads (RDFC-1.0, section 5)."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.linked import iris, jcs
from gilde.credentials.linked.refusals import wrong_value

_JSON: Final = f'"^^<{iris.RDF}JSON>'
_LANGUAGE: Final = re.compile("[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*").fullmatch
_ESCAPED: Final = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff]')
_LETTERS: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def quoted(text: str) -> str:
    """Return the text with what must be escaped, with the opening quotation mark and without the closing one."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return '"' + text
    return '"' + _ESCAPED.sub(lambda found: _LETTERS.get(found[0]) or f"\\u{ord(found[0]):04X}", text)


def tail(datatype: str) -> str:
    """Return what ends a literal of this type; the type of a plain text is not told."""
    return f'"^^<{datatype}>' if datatype and datatype != iris.STRING else '"'


def number(value: Any, datatype: str) -> str:
    """Return the literal of a truth value or a number (JSON-LD 1.1 API, section 8.2.2).

    Raises Unreadable when it is neither, or no finite number.
    """
    if value is True or value is False:
        return f'"{str(value).lower()}{tail(datatype or iris.BOOLEAN)}'
    if type(value) not in (int, float) or not math.isfinite(value):
        raise wrong_value(_("Here stands something that is neither text nor number."))
    if value % 1 or abs(value) >= 1e21 or datatype == iris.DOUBLE:
        return f'"{double(value)}{tail(datatype or iris.DOUBLE)}'
    return f'"{int(value)}{tail(datatype or iris.INTEGER)}'


def double(value: float) -> str:
    """Return the canonical form of xsd:double (JSON-LD 1.1 API, section 8.6)."""
    mantissa, exponent = f"{value:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}"


def spoken(text: Any, language: Any, direction: Any = None) -> str:
    """Return the literal of a text in a language, or with a direction, or both.

    A direction is told in the type (JSON-LD 1.1 API, section 8.2.2, i18n-datatype), as implementations of Data
    Integrity do: else it would not be proved. Raises Unreadable when one of them is not well formed.
    """
    if type(text) is not str:
        raise wrong_value(_("What is in a language is a text."))
    if (language is not None and type(language) is not str) or direction not in (None, "ltr", "rtl"):
        raise wrong_value(_("A language is one word, and a direction “ltr” or “rtl”."))
    return quoted(text) + speaking(language, direction)


@lru_cache(maxsize=500)
def speaking(language: str | None, direction: str | None) -> str:
    """Return what ends the literal of a text in a language. Raises as `spoken`."""
    if language is not None and not _LANGUAGE(language):
        told = {"language": language[:20]}
        raise wrong_value(_("“%(language)s” is no language; one is written as “en” or “nl-BE”.") % told)
    tag = (language or "").lower()
    if direction is None:
        return f'"@{tag}' if tag else '"'
    return f'"^^<{iris.DIRECTION}{tag}_{direction}>'


def json_literal(value: Any) -> str:
    """Return the literal of any JSON value, in canonical form. Raises as `jcs.canonical`."""
    return quoted(jcs.canonical(value).decode()) + _JSON
