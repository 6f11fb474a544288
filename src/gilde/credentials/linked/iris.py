"""IRIs as they stand in N-Quads: absolute, and free of what would end or change them there."""

from __future__ import annotations

import re
from typing import Final

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STRING: Final = XSD + "string"
BOOLEAN: Final = XSD + "boolean"
INTEGER: Final = XSD + "integer"
DOUBLE: Final = XSD + "double"
DIRECTION: Final = "https://www.w3.org/ns/i18n#"

# RFC 3987 asks for more, but this is what N-Quads (section 6, IRIREF) and the check for a scheme need.
_USUAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]*").fullmatch
_ANY: Final = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\\s\ud800-\udfff]*').fullmatch


def absolute(text: str) -> bool:
    """Return whether a text is an absolute IRI that can stand in N-Quads."""
    return _USUAL(text) is not None or _ANY(text) is not None
