"""A world in memory for checks: issuers with keys, lists, trust and a log, and every form that an award can take."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

from cryptography import x509

from gilde.core.errors import GildeError
from gilde.core.fetch import Unreachable
from gilde.credentials.checking.around import Shared, Trusted
from gilde.credentials.checking.check import check
from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.keys.methods import Method
from gilde.credentials.proofs import data_integrity, jades, pades, vc_jwt
from gilde.credentials.renderings import badge_image, baking, edc, open_badge, pdf, sd_jwt_vc, vc
from gilde.credentials.status import bitstring, tokens
from gilde.credentials.verdict import Verdict
from tests.credentials.facts_strategy import ISSUER_DID, a_facts, a_place
from tests.credentials.proofs import sealing

NOW: Final = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
ISSUED: Final = datetime(2025, 7, 1, 9, 0, tzinfo=UTC)
SIZE: Final = 131_072
SUITES: Final = {
    "eddsa-jcs-2022": KeyKind.ED25519,
    "eddsa-rdfc-2022": KeyKind.ED25519,
    "ecdsa-jcs-2019": KeyKind.P256,
    "ecdsa-rdfc-2019": KeyKind.P256,
}


def key(kind: KeyKind = KeyKind.ED25519, name: str = "key-1", issuer: str = ISSUER_DID) -> SigningKey:
    """A key of the school, or of another issuer; the same each time."""
    return _key(kind, f"{issuer}#{name}-{kind.value}")


@cache
def _key(kind: KeyKind, url: str) -> SigningKey:
    return SigningKey.generate(kind, url)


def method(signing: SigningKey, **changes: Any) -> Method:
    """The key as its issuer publishes it."""
    purposes = frozenset({"assertionMethod", "authentication"})
    found = Method(signing.method, did.did_of(signing.method), signing.public, purposes)
    return replace(found, **changes)


class World:
    """Answers what a check asks. Anything may be changed: a value that is an error is raised."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.keys: dict[str, Method | GildeError] = {}
        self.lists: dict[str, bytes | GildeError] = {}
        self.trust: dict[str, Trusted] = {ISSUER_DID: Trusted("Lasschool Gent", "BE", "Schools of Flanders")}
        self.seals: list[tuple[x509.Certificate, Trusted]] = []
        self.log: dict[str, datetime] = {}
        self.links: dict[str, Shared | GildeError] = {}
        self.anchors: Sequence[x509.Certificate] = [sealing.root().certificate]
        self.stamp_anchors: Sequence[x509.Certificate] = [sealing.stamping_root().certificate]
        self.asked: list[str] = []
        for kind in (KeyKind.ED25519, KeyKind.P256):
            self.publish(key(kind))
        self.write_lists()

    def publish(self, signing: SigningKey, **changes: Any) -> None:
        self.keys[signing.method] = method(signing, **changes)

    def write_lists(
        self, *, revoked: Sequence[int] = (), suspended: Sequence[int] = (), **about: Any
    ) -> None:
        """Publish the lists of the school, as they stand now."""
        place = a_place()
        self.lists[place.revocation] = bit_list(place.revocation, revoked, now=self.now, **about)
        self.lists[place.suspension] = bit_list(place.suspension, suspended, now=self.now, **about)
        self.lists[place.stopped] = bit_list(place.stopped, [*revoked, *suspended], now=self.now, **about)
        told = dict.fromkeys(revoked, tokens.Status.INVALID) | dict.fromkeys(
            suspended, tokens.Status.SUSPENDED
        )
        self.lists[place.tokens] = token_list(place.tokens, told, now=self.now, **about)

    def unreachable(self) -> None:
        self.lists = {}

    def method(self, url: str) -> Method:
        self.asked.append(url)
        if url.startswith("did:key:"):
            return did.resolve_key(url)
        found = self.keys.get(url) or Unreadable("There is no such key.", "verification-method")
        if isinstance(found, GildeError):
            raise found
        return found

    def status_list(self, url: str) -> bytes:
        self.asked.append(url)
        found = self.lists.get(url) or Unreachable("Nobody answers.")
        if isinstance(found, GildeError):
            raise found
        return found

    def trusted(self, issuer: str, qualification: str, at: datetime) -> Trusted | None:
        return self.trust.get(issuer)

    def trusted_seal(self, certificate: x509.Certificate, qualification: str) -> Trusted | None:
        return next((known for each, known in self.seals if each == certificate), None)

    def existed_at(self, content: bytes) -> datetime | None:
        return self.log.get(sha256(content).hexdigest())

    def log_it(self, content: bytes, at: datetime) -> None:
        self.log[sha256(content).hexdigest()] = at

    def shared(self, url: str) -> Shared | None:
        found = self.links.get(url)
        if isinstance(found, GildeError):
            raise found
        return found

    def check(self, given: bytes | str) -> Verdict:
        return check(given, self)


PURPOSES: Final = {"suspension": ["suspension"], "stopped": ["revocation", "suspension"]}


def bit_list(
    url: str,
    stopped: Sequence[int] = (),
    *,
    purposes: Sequence[str] = (),
    now: datetime = NOW,
    signed_with: SigningKey | None = None,
    issuer: str = ISSUER_DID,
    lasts: timedelta = timedelta(days=1),
    made: datetime | None = None,
    size: int = SIZE,
) -> bytes:
    """A bitstring list of the school, or of whom is named; for what its address says, unless told otherwise."""
    moment = made or now
    document = bitstring.document(
        bitstring.build(size, stopped),
        url=url,
        issuer=issuer,
        purposes=purposes or PURPOSES.get(url.rpartition("/")[2], ["revocation"]),
        valid_from=moment,
        valid_until=moment + lasts,
    )
    signed = data_integrity.sign(document, signed_with or key(), "eddsa-jcs-2022", created=moment)
    return json.dumps(signed).encode()


def token_list(
    url: str,
    told: Mapping[int, int] | None = None,
    *,
    now: datetime = NOW,
    signed_with: SigningKey | None = None,
    lasts: timedelta = timedelta(days=1),
    made: datetime | None = None,
    **_other: Any,
) -> bytes:
    """A token status list of the school."""
    entries = tokens.build(SIZE, told or {})
    signing = signed_with or key(KeyKind.P256)
    return tokens.sign(
        entries, signing, uri=url, now=made or now, lasts=lasts, refresh=timedelta(minutes=5)
    ).encode()


Make = Callable[[Facts, StatusPlace | None], bytes]


def signed(
    document: dict[str, Any], suite: str = "eddsa-jcs-2022", signing: SigningKey | None = None
) -> bytes:
    """A document with a proof of the school."""
    made = data_integrity.sign(document, signing or key(SUITES[suite]), suite, created=ISSUED)
    return json.dumps(made, ensure_ascii=False).encode()


def _sealed(facts: Facts, place: StatusPlace | None) -> bytes:
    document = edc.render(facts, place, eidas=sealing.LEGAL_ID)
    payload = json.dumps(document, ensure_ascii=False).encode()
    return jades.seal(payload, sealing.school(), ISSUED, sealing.stamping(ISSUED))


def _paper(parts: pdf.Parts) -> Make:
    def make(facts: Facts, place: StatusPlace | None) -> bytes:
        inside = pdf.Attached("credential.json", "application/vc", signed(vc.render(facts, place)))
        made = pdf.make(facts, made_at=ISSUED, attached=inside, parts=parts, sealed=True)
        return pades.seal(made, sealing.school(), ISSUED, sealing.stamping(ISSUED))

    return make


def _baked(picture: str) -> Make:
    def make(facts: Facts, place: StatusPlace | None) -> bytes:
        badge = signed(open_badge.render(facts, place)).decode()
        drawn = badge_image.draw(facts)
        return baking.bake(badge_image.png(drawn) if picture == "png" else drawn.encode(), badge)

    return make


def _wallet(facts: Facts, place: StatusPlace | None) -> bytes:
    vct = "https://gilde.example/credentials/types/award"
    return sd_jwt_vc.issue(facts, place, key(KeyKind.P256), vct=vct, holder_key=None).encode()


# Every form that an award takes, made by the school. A place None makes one without a status.
FORMS: Final[Mapping[str, Make]] = {
    **{
        f"vc {suite}": (lambda facts, place, suite=suite: signed(vc.render(facts, place), suite))
        for suite in SUITES
    },
    "vc-jwt": lambda facts, place: vc_jwt.secure(vc.render(facts, place), key()).encode(),
    "open badge": lambda facts, place: signed(open_badge.render(facts, place)),
    "badge png": _baked("png"),
    "badge svg": _baked("svg"),
    "sd-jwt": _wallet,
    "edc": _sealed,
    "certificate": _paper(pdf.Parts.CERTIFICATE),
    "supplement": _paper(pdf.Parts.SUPPLEMENT),
}


@cache
def made(form: str) -> bytes:
    """The welder's certificate in a form, made once."""
    return FORMS[form](a_facts(), a_place())


def reasons(verdict: Verdict) -> set[str]:
    """The reasons of what is not in order."""
    return {each.reason for each in verdict.checks if each.answer is not None}
