"""The routes of what everybody may fetch: identities, lists, the log, and the words that credentials use."""

from __future__ import annotations

from typing import Any

from gilde.credentials.services import log
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.credentials.factories import an_achievement, an_award, an_issuer

_LIST = {"list_id": "{published_list}"}

ACCESS = [
    Row("credentials:did", EVERYBODY, {"slug": "{published_issuer}"}),
    Row("credentials:did", EVERYBODY, {"slug": "register"}),
    Row("credentials:status-list", EVERYBODY, {**_LIST, "form": "revocation"}),
    Row("credentials:status-list", EVERYBODY, {**_LIST, "form": "tokens"}),
    Row("credentials:context", EVERYBODY),
    Row("credentials:type-metadata", EVERYBODY),
    Row("credentials:log", EVERYBODY),
    Row("credentials:log-checkpoint", EVERYBODY),
    Row("credentials:log-checkpoint-of", EVERYBODY, {"size": "{published_size}"}),
    Row("credentials:log-key", EVERYBODY),
    Row("credentials:log-receipt", EVERYBODY, {"digest": "{published_digest}"}),
    Row("credentials:log-consistency", EVERYBODY, {"first": "1", "second": "{published_size}"}),
    Row("credentials:log-leaves", EVERYBODY, {"first": "0"}),
]

PAGES = [
    Page("credentials:log"),
    Page("credentials:log", query="?digest=0"),
]

NOT_PAGES = {
    "credentials:did": "a document for programs",
    "credentials:status-list": "a list for programs",
    "credentials:context": "a document for programs",
    "credentials:type-metadata": "a document for programs",
    "credentials:log-checkpoint": "signed text for programs",
    "credentials:log-checkpoint-of": "signed text for programs",
    "credentials:log-key": "text for programs",
    "credentials:log-receipt": "JSON for programs",
    "credentials:log-consistency": "JSON for programs",
    "credentials:log-leaves": "JSON for programs",
}


def things(around: Any) -> dict[str, Any]:
    """Return an issuer with an award in its list and in the log."""
    award = an_award(an_achievement(an_issuer(around.owner)))
    checkpoint = log.sign_checkpoint()
    assert award.status_list is not None
    assert checkpoint is not None
    return {
        "published_issuer": award.issuer.slug,
        "published_list": award.status_list.pk,
        "published_digest": award.renderings.get().digest,
        "published_size": checkpoint.size,
    }
