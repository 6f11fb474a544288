"""Signatures inside a JSON document: made and verified, alone, in sets, and in chains.

Sources: VC Data Integrity 1.0, sections 4.2 to 4.5; the suites are in `suites`. What a proof proves is that this
key signed this document; whose key it is, and whether that body may say so, is for the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.keys.base58 import to_multibase
from gilde.credentials.keys.instants import write_instant
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.keys.methods import Method, Resolve
from gilde.credentials.linked import canonical, jcs
from gilde.credentials.linked.tables import CREDENTIALS_V2, PUBLIC, Closed
from gilde.credentials.proofs.options import TYPE, Options, read_proofs
from gilde.credentials.proofs.problems import Problem, malformed, refused
from gilde.credentials.proofs.suites import suite_of

Json = Mapping[str, Any]

CONTEXT: Final = "https://w3id.org/security/data-integrity/v2"
_DEFINE_PROOFS: Final = frozenset({CREDENTIALS_V2, CONTEXT, "https://w3id.org/security/data-integrity/v1"})
# How far the clock of a signer may be ahead of ours.
_AHEAD: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Proven:
    """One proof that holds: by which suite and key, when (as the signer says), and for what.

    `method.compromised` and `method.until` may be set: then `created` is before, but only the signer says so.
    """

    suite: str
    method: Method
    created: datetime | None
    purpose: str
    id: str = ""
    expires: datetime | None = None


class Signer:
    """Signs many documents with one key at one moment; what is the same for all is made once.

    `previous` is the `id` of a proof already in the document, or several, which the new one then covers too.
    """

    def __init__(
        self,
        key: SigningKey,
        suite: str,
        *,
        created: datetime,
        contexts: Closed = PUBLIC,
        purpose: str = "assertionMethod",
        id: str = "",
        expires: datetime | None = None,
        domain: str | Sequence[str] = (),
        challenge: str = "",
        nonce: str = "",
        previous: str | Sequence[str] = (),
    ) -> None:
        """Raise Unsupported for an unknown suite, Unreadable where key, suite and options do not fit."""
        self.key, self.suite, self.contexts = key, suite_of(suite, Problem.GENERATION), contexts
        if key.kind not in self.suite.kinds:
            raise malformed(
                _("A key of the kind %(kind)s cannot sign by %(suite)s.")
                % {"kind": key.kind.value, "suite": suite},
                "key-kind",
                Problem.GENERATION,
            )
        if not key.method or not purpose:
            raise malformed(
                _("A signature must name its key and its purpose; one of them is empty."),
                "verification-method" if purpose else "proof-purpose",
                Problem.GENERATION,
            )
        self.previous = (previous,) if isinstance(previous, str) else tuple(previous)
        self.options: dict[str, Any] = {
            **({"id": id} if id else {}),
            "type": TYPE,
            "cryptosuite": suite,
            "created": write_instant(created),
            **({"expires": write_instant(expires)} if expires else {}),
            "verificationMethod": key.method,
            "proofPurpose": purpose,
            **_given("domain", domain),
            **_given("challenge", challenge),
            **_given("nonce", nonce),
            **_given("previousProof", previous),
        }
        self._hashes: dict[bytes, bytes] = {}

    def sign(self, document: Json) -> dict[str, Any]:
        """Return the document with one proof more; raise Unreadable where it says what its contexts do not define."""
        earlier = read_proofs(document) if "proof" in document else []
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        if "@context" not in document or not _defines_proofs(document["@context"]):
            if earlier:
                raise malformed(
                    _("The contexts of a document cannot grow when it has a signature already."),
                    "context",
                    Problem.GENERATION,
                )
            unsecured["@context"] = [*_listed(document.get("@context", [])), CONTEXT]
        proof = dict(self.options)
        if not self.suite.graph:
            proof["@context"] = unsecured["@context"]
        covered = _bound(unsecured, earlier, self.previous, Problem.GENERATION)
        kind, suite = self.key.kind, self.suite
        signed = self._config_hash(unsecured["@context"]) + suite.hashed(
            suite.transformed(covered, kind, self.contexts), kind
        )
        proof["proofValue"] = to_multibase(self.key.sign(signed))
        told = [each.told for each in earlier]
        return {**unsecured, "proof": [*told, proof] if told else proof}

    def _config_hash(self, context: object) -> bytes:
        name = jcs.canonical(context)
        if name not in self._hashes:
            config, kind = {**self.options, "@context": context}, self.key.kind
            self._hashes[name] = self.suite.hashed(self.suite.transformed(config, kind, self.contexts), kind)
        return self._hashes[name]


def sign(document: Json, key: SigningKey, suite: str, *, created: datetime, **options: Any) -> dict[str, Any]:
    """Return the document with a proof; a document that has proofs already gets one more. Options as of `Signer`."""
    return Signer(key, suite, created=created, **options).sign(document)


def verify(
    document: Json,
    resolve: Resolve,
    *,
    now: datetime,
    contexts: Closed = PUBLIC,
    purpose: str | None = None,
    domain: str | Iterable[str] | None = None,
    challenge: str | None = None,
) -> list[Proven]:
    """Return what each proof of the document proves; all of them must hold.

    Raise Unreadable for a malformed proof or document, Unsupported for unknown means, Altered where a proof does not
    hold, and whatever `resolve` raises. `purpose`, `domain` and `challenge` are what the caller expects.
    """
    proofs = read_proofs(document)
    for proof in proofs:
        _expected(proof, purpose, domain, challenge)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if any(proof.suite.graph for proof in proofs):
        canonical.told_once(unsecured)
    bound = [_bound(unsecured, proofs, proof.previous, Problem.VERIFICATION, of=proof) for proof in proofs]
    kept: dict[tuple[int, bool, bool], bytes] = {}
    return [
        _proven(each, proof, resolve(proof.method), now, contexts, kept)
        for each, proof in zip(bound, proofs, strict=True)
    ]


def hash_data(
    document: Json,
    proof: Options,
    kind: KeyKind,
    contexts: Closed = PUBLIC,
    kept: dict[tuple[int, bool, bool], bytes] | None = None,
) -> bytes:
    """Return the bytes that a proof signs: the hash of the proof without its value, and that of the document.

    `document` has no proofs but those that this one covers. `kept` holds the hashes of documents that several proofs
    cover, so that a graph which is hard to bring into canonical form is brought there once.
    """
    given, context = document, document.get("@context", [])
    config = proof.config
    own = config.get("@context", context)
    if own != context:
        if _listed(context)[: len(_listed(own))] != _listed(own):
            raise refused(
                _("The signature was made with other definitions (“@context”) than the document now has."),
                "proof-context",
            )
        if not proof.suite.graph:
            document = _as_signed(document, own, contexts)
    suite = proof.suite
    if suite.graph:
        config["@context"] = context if _defines_proofs(context) else [*_listed(context), CONTEXT]
    name = (id(document), suite.graph, kind is KeyKind.P384)
    hashed = kept.get(name) if kept is not None else None
    if hashed is None:
        hashed = suite.hashed(suite.transformed(document, kind, contexts), kind)
        if kept is not None and document is given:
            kept[name] = hashed
    return suite.hashed(suite.transformed_config(config, kind, contexts), kind) + hashed


def _proven(
    document: Json,
    proof: Options,
    method: Method,
    now: datetime,
    contexts: Closed,
    kept: dict[tuple[int, bool, bool], bytes],
) -> Proven:
    if method.id != proof.method:
        raise malformed(
            _("“%(url)s” leads to another key than it names.") % {"url": proof.method[:200]},
            "verification-method",
            Problem.METHOD,
        )
    kind = method.public.kind
    if kind not in proof.suite.kinds:
        raise refused(
            _("The signature is said to be by %(suite)s, which a key of the kind %(kind)s cannot make.")
            % {"suite": proof.suite.name, "kind": kind.value},
            "key-kind",
        )
    if len(proof.value) != 2 * kind.size:
        raise refused(
            _("The signature has %(is)s bytes and must have %(must)s; it was changed or cut.")
            % {"is": len(proof.value), "must": 2 * kind.size},
            "signature-length",
        )
    if not method.public.verify(proof.value, hash_data(document, proof, kind, contexts, kept)):
        raise refused(
            _("The signature does not fit: something was changed since it was made, or another key made it."),
            "signature-wrong",
        )
    _timely(proof, method, now)
    if proof.purpose not in method.purposes:
        raise refused(
            _("The key “%(key)s” may not be used for “%(purpose)s”; its owner does not list it so.")
            % {"key": method.id[:200], "purpose": proof.purpose[:60]},
            "purpose-not-allowed",
            Problem.RELATIONSHIP,
        )
    return Proven(proof.suite.name, method, proof.created, proof.purpose, proof.id, proof.expires)


def _expected(
    proof: Options, purpose: str | None, domain: str | Iterable[str] | None, challenge: str | None
) -> None:
    if purpose is not None and proof.purpose != purpose:
        raise refused(
            _("The signature was made for “%(is)s”, and “%(must)s” is asked for.")
            % {"is": proof.purpose[:60], "must": purpose},
            "purpose",
        )
    domains = {domain} if isinstance(domain, str) else domain
    if domains is not None and proof.domains != set(domains):
        raise refused(
            _(
                "The signature was made for another place (“domain”) than this one; it may be a copy of another's."
            ),
            "domain",
            Problem.DOMAIN,
        )
    if challenge is not None and proof.challenge != challenge:
        raise refused(
            _(
                "The signature answers another request (“challenge”) than this one; it may be a copy of an old one."
            ),
            "challenge",
            Problem.CHALLENGE,
        )


def _timely(proof: Options, method: Method, now: datetime) -> None:
    if proof.created is not None and proof.created > now + _AHEAD:
        raise refused(_("The signature says that it was made in the future."), "created-in-future")
    if proof.expires is not None and proof.expires <= now:
        raise refused(
            _("The signature was valid until %(date)s only.") % {"date": write_instant(proof.expires)},
            "proof-expired",
        )
    moment = proof.created or now
    if method.compromised is not None and (proof.created is None or moment >= method.compromised):
        raise refused(
            _("The key was in wrong hands from %(date)s on, and nothing shows that this is older.")
            % {"date": write_instant(method.compromised)},
            "key-compromised",
        )
    if not method.may_sign_at(moment):
        raise refused(
            _("The key was not in use at the moment of the signature, %(date)s.")
            % {"date": write_instant(moment)},
            "key-period",
        )


def _bound(
    unsecured: Json,
    proofs: Sequence[Options],
    previous: Sequence[str],
    problem: Problem,
    *,
    of: Options | None = None,
) -> Json:
    """Return the document with those proofs alone that the next one covers (section 4.5, steps 3.1 to 3.4)."""
    if not previous:
        return unsecured
    known = {proof.id: proof.told for proof in proofs if proof.id and proof is not of}
    if missing := [name for name in previous if name not in known]:
        raise malformed(
            _("The signature covers an earlier one, “%(name)s”, that is not in the document.")
            % {"name": missing[0][:200]},
            "previous-proof",
            problem,
        )
    return {**unsecured, "proof": [told for name, told in known.items() if name in previous]}


def _as_signed(document: Json, context: object, contexts: Closed) -> Json:
    """Return the document with the contexts that were signed; those added later may not change what it means."""
    signed = {**document, "@context": context}
    meaning = suite_of("eddsa-rdfc-2022")
    kind = KeyKind.ED25519
    if meaning.transformed(signed, kind, contexts) != meaning.transformed(document, kind, contexts):
        raise refused(
            _("Definitions (“@context”) were added after the signature, and change what the document says."),
            "proof-context",
        )
    return signed


def _given(name: str, value: str | Sequence[str]) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else list(value)} if value else {}


def _listed(context: object) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _defines_proofs(context: object) -> bool:
    return any(each in _DEFINE_PROOFS for each in _listed(context) if isinstance(each, str))
