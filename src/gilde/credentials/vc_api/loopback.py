"""Issuers and status lists for conformance suites: made when the server starts, kept in memory, lost when it stops.

One did:key for each cryptosuite. Whoever reaches this may have anything signed, and its keys mean nothing to anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError, Missing
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked.tables import CONFORMANCE
from gilde.credentials.proofs import data_integrity
from gilde.credentials.status import bitstring
from gilde.credentials.status.bits import FEWEST
from gilde.credentials.vc_api.answers import Answer, member, read, refused
from gilde.credentials.vc_api.issuing import JOSE, Issuer, create_presentation, issue
from gilde.credentials.vc_api.means import Means, no_lists
from gilde.credentials.vc_api.verifying import verify_credential, verify_presentation


@dataclass(frozen=True)
class _Kind:
    """How an issuer secures, with which kind of key, and whether its credentials stand in status lists."""

    suite: str
    key: KeyKind
    listed: bool = True


# By the name in the address; the first serves /credentials/issue. Those of ECDSA give no status: the suite of the W3C
# verifies them with a library that takes no credential with one.
ISSUERS: Final[Mapping[str, _Kind]] = {
    "eddsa-rdfc-2022": _Kind("eddsa-rdfc-2022", KeyKind.ED25519),
    "eddsa-jcs-2022": _Kind("eddsa-jcs-2022", KeyKind.ED25519),
    "ecdsa-rdfc-2019-p256": _Kind("ecdsa-rdfc-2019", KeyKind.P256, listed=False),
    "ecdsa-rdfc-2019-p384": _Kind("ecdsa-rdfc-2019", KeyKind.P384, listed=False),
    "ecdsa-jcs-2019-p256": _Kind("ecdsa-jcs-2019", KeyKind.P256, listed=False),
    "ecdsa-jcs-2019-p384": _Kind("ecdsa-jcs-2019", KeyKind.P384, listed=False),
    "jose-ed25519": _Kind(JOSE, KeyKind.ED25519),
    "jose-p256": _Kind(JOSE, KeyKind.P256),
    "jose-p384": _Kind(JOSE, KeyKind.P384),
}
# A name that leaves the curve open means P-256, which every verifier knows.
ALIASES: Final = {
    "ecdsa-rdfc-2019": "ecdsa-rdfc-2019-p256",
    "ecdsa-jcs-2019": "ecdsa-jcs-2019-p256",
    "jose": "jose-p256",
}
PURPOSES: Final = (bitstring.REVOCATION, bitstring.SUSPENSION)
MESSAGES: Final = {
    bitstring.REVOCATION: ("in force", "revoked"),
    bitstring.SUSPENSION: ("in force", "suspended"),
}
LISTS: Final = "/status-lists"
_MOST: Final = 64  # addresses under which this server is known to itself


@dataclass
class _Lists:
    """The places of one issuer: which are taken, by which credential, and which bits are set."""

    taken: set[int] = field(default_factory=set)
    by_id: dict[str, int] = field(default_factory=dict)
    stopped: dict[str, set[int]] = field(default_factory=lambda: {purpose: set() for purpose in PURPOSES})


class Loopback:
    """All that the server knows. `now` tells the moment; every request may come in a thread of its own."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.began = now()
        self.issuers = {name: Issuer(new_key(kind.key), kind.suite) for name, kind in ISSUERS.items()}
        self._lists = {name: _Lists() for name in ISSUERS}
        self._signed: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._bases: set[str] = set()
        self._lock = Lock()

    def answer(self, method: str, path: str, body: bytes, base: str) -> Answer:
        """Return the answer to a request; `base` is the address by which the caller knows this server."""
        if len(self._bases) < _MOST:
            self._bases.add(base)
        parts = path.partition("?")[0].strip("/").split("/")
        try:
            if method == "POST":
                return self._post(parts, read(body), base)
            return Answer(200, self._get(parts, base))
        except Missing as error:
            return Answer(404, error.as_problem())
        except GildeError as error:
            return refused(error)

    def _post(self, parts: list[str], request: Any, base: str) -> Answer:
        means = Means(self.now(), lists=self._list_at, contexts=CONFORMANCE, conformance=True)
        match parts:
            case ["credentials", "verify"]:
                return verify_credential(request, means)
            case ["presentations", "verify"]:
                return verify_presentation(request, means)
            case ["credentials", "status"]:
                return self._set(request)
            case ["credentials", "issue"]:
                return issue(request, self._issuer(next(iter(ISSUERS)), base), means)
            case ["issuers", name, "credentials", "issue"]:
                return issue(request, self._issuer(name, base), means)
            case ["presentations"]:
                return create_presentation(request, self._issuer(next(iter(ISSUERS)), base), means)
            case ["issuers", name, "presentations"]:
                return create_presentation(request, self._issuer(name, base), means)
        raise _nothing_here(parts)

    def _get(self, parts: list[str], base: str) -> dict[str, Any]:
        match parts:
            case [""] | ["issuers"]:
                return {"issuers": [self._described(name, base) for name in (*ISSUERS, *ALIASES)]}
            case ["status-lists", name, purpose] if name in ISSUERS and purpose in PURPOSES:
                return self._list(name, purpose, f"{base}{LISTS}/{name}/{purpose}")
        raise _nothing_here(parts)

    def _described(self, name: str, base: str) -> dict[str, Any]:
        issuer = self.issuers[ALIASES.get(name, name)]
        return {
            "name": name,
            "id": issuer.id,
            "endpoint": f"{base}/issuers/{name}/credentials/issue",
            "cryptosuite": issuer.suite,
            "keyType": issuer.key.kind.value,
        }

    def _issuer(self, name: str, base: str) -> Issuer:
        name = ALIASES.get(name, name)
        if name not in self.issuers:
            raise Missing(
                _("There is no issuer “%(name)s” here; GET /issuers lists them.") % {"name": name[:80]}
            )
        if not ISSUERS[name].listed:
            return self.issuers[name]
        return replace(self.issuers[name], places=lambda credential: self._places(name, credential, base))

    def _places(self, name: str, credential: str, base: str) -> list[dict[str, Any]]:
        """Give a credential a place at random in the issuer's lists, so that an index tells nothing."""
        lists = self._lists[name]
        with self._lock:
            if len(lists.taken) * 2 > FEWEST:  # the lists are for a run of suites, not for a nation
                lists.taken.clear()
            while (index := secrets.randbelow(FEWEST)) in lists.taken:
                pass
            lists.taken.add(index)
            if credential:
                lists.by_id[credential] = index
        return [
            {
                **bitstring.entry(
                    f"{base}{LISTS}/{name}/{purpose}", index, purpose, messages=MESSAGES[purpose]
                ),
                "statusReference": f"{base}/issuers",
            }
            for purpose in PURPOSES
        ]

    def _set(self, request: Any) -> Answer:
        """Revoke or suspend a credential, or take it back (VC-API, section 3.2.2)."""
        credential, status = member(request, "credentialId"), member(request, "credentialStatus")
        purpose = status.get("statusPurpose") if isinstance(status, Mapping) else None
        if purpose not in PURPOSES or not isinstance(credential, str):
            raise Unreadable(_("Say which credential, and whether it is revoked or suspended."), "request")
        with self._lock:
            for name, lists in self._lists.items():
                if credential in lists.by_id:
                    act = (
                        lists.stopped[purpose].discard
                        if request.get("status") is False
                        else lists.stopped[purpose].add
                    )
                    act(lists.by_id[credential])
                    self._signed = {key: told for key, told in self._signed.items() if key[0] != name}
                    return Answer(200, {})
        raise Missing(_("No credential with this id was issued here."))

    def _list_at(self, url: str) -> Any:
        """Return one of our own lists; nothing is fetched, so that of others nothing is known."""
        for base in self._bases:
            if url.startswith(f"{base}{LISTS}/"):
                return self._get(url.removeprefix(f"{base}/").split("/"), base)
        return no_lists(url)

    def _list(self, name: str, purpose: str, url: str) -> dict[str, Any]:
        with self._lock:
            if (name, purpose, url) not in self._signed:
                issuer, now = self.issuers[name], self.now()
                suite = "ecdsa-rdfc-2019" if issuer.key.kind is not KeyKind.ED25519 else "eddsa-rdfc-2022"
                told = bitstring.document(
                    bitstring.build(FEWEST, self._lists[name].stopped[purpose]),
                    url=url,
                    issuer=issuer.id,
                    purposes=[purpose],
                    valid_from=self.began,
                    ttl=timedelta(minutes=5),
                )
                self._signed[name, purpose, url] = data_integrity.sign(
                    told,
                    issuer.key,
                    suite if issuer.suite == JOSE else issuer.suite,
                    created=now,
                    contexts=CONFORMANCE,
                )
            return self._signed[name, purpose, url]


def _nothing_here(parts: list[str]) -> Missing:
    return Missing(_("There is nothing at “/%(path)s”.") % {"path": "/".join(parts)[:200]})
