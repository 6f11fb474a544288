"""The canonical form of a document of anybody, as a task of the process apart ("canonical")."""

from __future__ import annotations

from gilde.credentials.linked import strict
from gilde.credentials.linked.canonical import nquads
from gilde.credentials.linked.tables import CONFORMANCE, PUBLIC


def canonical(data: bytes) -> str:
    """Return the canonical N-Quads of the document in an order that `apart.canonical` wrote."""
    asked = strict.parse(data, deepest=strict.DEEPEST + 1)
    contexts = CONFORMANCE if asked["suites"] else PUBLIC
    return nquads(asked["document"], contexts=contexts, digest=asked["digest"]).decode()


# Read now, by the server, so that no fork of it reads them again.
for _url in CONFORMANCE.urls:
    CONFORMANCE[_url]
