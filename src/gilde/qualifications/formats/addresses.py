"""Identifiers that other formats want, made of our own stable addresses: the same address, the same identifier."""

from __future__ import annotations

import re
from typing import Final
from uuid import NAMESPACE_URL, uuid5

# A UUID as CASE 1.0 writes it: versions 1 to 5, RFC 4122 variant, small letters.
_ENDS_WITH_UUID: Final = re.compile(
    r"(?:^|[/:#])([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$"
)
_SCHEMES: Final = (  # address of a concept → code of its classification
    ("http://data.europa.eu/esco/isco/", "isco-08"),
    ("http://data.europa.eu/esco/", "esco"),
    ("http://data.europa.eu/snb/isced-f/", "isced-f-2013"),
    ("http://data.europa.eu/ux2/nace2.1/", "nace-2.1"),
)


def guid(uri: str) -> str:
    """Return the UUID at the end of an address, or one made of the whole address (RFC 4122, version 5)."""
    found = _ENDS_WITH_UUID.search(uri)
    return found[1] if found else str(uuid5(NAMESPACE_URL, uri))


def own_address(*parts: str) -> str:
    """Return an address for something that came without one, made of what tells it apart."""
    return "urn:uuid:" + str(uuid5(NAMESPACE_URL, "\n".join(parts)))


def scheme_of(uri: str) -> str:
    """Return the code of the classification that a concept belongs to by its address, "" when not known."""
    return next((code for start, code in _SCHEMES if uri.startswith(start)), "")
