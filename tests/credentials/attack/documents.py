"""Mutants of credentials that are JSON documents with a proof in them: the four suites, and Open Badges."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gilde.credentials.keys import did
from gilde.credentials.keys.base58 import from_multibase, to_multibase
from gilde.credentials.keys.kinds import KeyKind, SigningKey, base64url
from gilde.credentials.linked.tables import CREDENTIALS_V2, EUROPEAN, GILDE_CONTEXT, OPEN_BADGES
from gilde.credentials.proofs import data_integrity
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import ACCEPTED, Expect, Harmless, Mutant, Refused, refused
from tests.credentials.attack.world import OTHER_DID, Family, Format, another, check, check_revoked, genuine
from tests.credentials.checking.world import ISSUED, key

# The order of the curve P-256: r and s below it, and with every signature (r, s) the one with (r, n − s).
N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

SIGNATURE: Final = frozenset({"signature-wrong"})
# What makes a document no credential, or one without a meaning; told before the signature is looked at.
FORM: Final = frozenset(
    {
        "@context", "MALFORMED_VALUE_ERROR", "context", "credentialStatus", "credentialSubject", "id", "inline-context",
        "issuer", "language", "no-address", "no-canonical-form", "no-proof", "not-an-object", "not-compact",
        "not-json-ld", "nothing-said", "period", "proof", "protected-term", "terms-of-use", "time", "told-twice",
        "type", "undefined-term", "unknown-context", "unknown-type", "unsigned", "wrong-value",
        "relatedResource", "evidence", "big-number", "no-credential", "lone-surrogate", "credentialSchema", "renderMethod",
    }
)  # fmt: skip
PROOF: Final = frozenset(
    {
        "challenge", "created-in-future", "cryptosuite", "domain", "key-kind", "key-not-published", "key-period",
        "nonce", "previous-proof", "proof-context", "proof-created", "proof-expired", "proof-expires", "proof-form",
        "proof-id", "proof-purpose", "proof-type", "proof-value", "purpose", "purpose-not-allowed",
        "signature-length", "verification-method", "keys-unreachable", "did-method", "multibase", "no-proof",
    }
)  # fmt: skip
# What is no file of a credential at all.
TEXT: Final = frozenset(
    {
        "not-json", "duplicate-key", "nan", "big-number", "lone-surrogate", "not-utf8", "too-deep", "unknown",
        "no-credential", "nothing", "xml", "html", "plain-svg", "open-badge-2", "data-url",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A genuine document, and another; `graph` says that its suite signs what it means, and not how it is written."""

    value: dict[str, Any]
    other: dict[str, Any]
    suite: str
    wrap: Callable[[bytes], bytes] = bytes

    @property
    def graph(self) -> bool:
        return "rdfc" in self.suite

    @property
    def kind(self) -> KeyKind:
        return KeyKind.ED25519 if self.suite.startswith("eddsa") else KeyKind.P256

    @property
    def text(self) -> str:
        return edits.written(self.value, spaces=True).decode()

    def unsecured(self) -> dict[str, Any]:
        return {name: each for name, each in self.value.items() if name != "proof"}

    def mutant(self, family: str, made: edits.Edit | None, expect: Expect) -> Mutant | None:
        """Return the mutant of an edit of the value or the text; None where there was nothing to edit."""
        if made is None:
            return None
        what, told = made
        data = told.encode("utf-8", "surrogatepass") if isinstance(told, str) else edits.written(told)
        return Mutant(family, what, self.wrap(data), expect)


def families(of: Document) -> list[Family]:
    """Return the ways to edit a document, each once in a round."""
    return [*_kept(of), *_changed(of), *_proofs(of)]


def _kept(of: Document) -> list[Family]:
    """Edits that keep the meaning, by RFC 8259 and 8785, and of a graph by RDF."""
    text, value = of.text, of.value
    found: list[Family] = [
        lambda rng: of.mutant("white space", edits.spaced(rng, text), ACCEPTED),
        lambda rng: of.mutant("escape", edits.escaped(rng, text), ACCEPTED),
        lambda rng: of.mutant("order of members", edits.reordered(rng, value), ACCEPTED),
        lambda rng: of.mutant("number written otherwise", edits.renumbered(rng, text), ACCEPTED),
        lambda rng: of.mutant("packing", _packed(rng, of), ACCEPTED),
    ]
    if of.graph:
        found += [
            lambda rng: of.mutant("order of a set", _set_order(rng, value), ACCEPTED),
            lambda rng: of.mutant(
                "the same facts in another form", _rewritten(rng, of), Harmless(SIGNATURE | FORM)
            ),
        ]
    return found


def _changed(of: Document) -> list[Family]:
    unsecured, value = of.unsecured(), of.value
    wrong = SIGNATURE | FORM | {"proof-context"}
    same = Harmless(wrong) if of.graph else refused(wrong)

    def with_proof(made: edits.Edit | None) -> edits.Edit | None:
        return made and (
            made[0],
            {**made[1], "proof": value["proof"]} if isinstance(made[1], dict) else made[1],
        )

    def claim(rng: random.Random) -> Mutant | None:
        made = with_proof(edits.replaced(rng, unsecured))
        # Of a language it does not matter to RDF how its letters are written.
        spoken = made is not None and "@language" in made[0]
        return of.mutant("claim", made, same if spoken else refused(wrong))

    def subject(rng: random.Random) -> Mutant | None:
        return of.mutant(
            "what was awarded",
            with_proof(edits.replaced(rng, unsecured, _words(rng, unsecured))),
            refused(SIGNATURE),
        )

    def status(rng: random.Random) -> Mutant | None:
        made = with_proof(edits.replaced(rng, unsecured, ("credentialStatus",)))
        return of.mutant("place in a list", made, refused(wrong))

    def bytes_changed(rng: random.Random) -> Mutant:
        what, data = _bytes(rng, of.text.encode())
        expect = ACCEPTED if edits.same_json(data, value) else refused(wrong, PROOF, TEXT)
        if of.graph and not isinstance(expect, type(ACCEPTED)) and b"@language" in data:
            expect = Harmless(wrong | PROOF | TEXT)
        return Mutant("bytes", what, of.wrap(data), expect)

    return (
        [
            claim,
            claim,
            subject,
            status,
            lambda rng: of.mutant("shape", with_proof(edits.misshapen(rng, unsecured)), same),
            lambda rng: of.mutant(
                "part of another", with_proof(edits.swapped(rng, unsecured, of.other)), _of_another(of, wrong)
            ),
            lambda rng: of.mutant(
                "member twice", edits.doubled(rng, of.text), refused("duplicate-key", "not-json")
            ),
            lambda rng: of.mutant(
                "order of a list", None if of.graph else _list_order(rng, unsecured, value), same
            ),
            lambda rng: of.mutant(
                "context", _contexts(rng, value), Harmless(wrong | {"unknown-context", "proof-context"})
            ),
            lambda rng: _tokens_broken(rng, of, wrong),
            bytes_changed,
        ]
        if not of.graph
        else [
            claim,
            claim,
            subject,
            status,
            lambda rng: of.mutant("shape", with_proof(edits.misshapen(rng, unsecured)), same),
            lambda rng: of.mutant(
                "part of another", with_proof(edits.swapped(rng, unsecured, of.other)), _of_another(of, wrong)
            ),
            lambda rng: of.mutant(
                "member twice", edits.doubled(rng, of.text), refused("duplicate-key", "not-json")
            ),
            lambda rng: of.mutant(
                "context", _contexts(rng, value), Harmless(wrong | {"unknown-context", "proof-context"})
            ),
            lambda rng: _tokens_broken(rng, of, wrong),
            bytes_changed,
        ]
    )


def _words(rng: random.Random, unsecured: dict[str, Any]) -> edits.Path:
    """Return the way to a text that has no form: a title, a name, a grade."""
    paths = [
        path
        for path, each in edits.places(unsecured)
        if isinstance(each, str) and path[-1] in _FREE and "@context" not in path
    ]
    return rng.choice(paths)


_FREE: Final = frozenset(
    {
        "@value", "firstName", "lastName", "assessmentMethod", "assessmentGrade", "assessor", "levelLabel",
        "awardedAt", "legalId", "identityHash", "value", "targetName", "narrative", "creditSystem",
    }
)  # fmt: skip


def _of_another(of: Document, wrong: frozenset[str]) -> Expect:
    """What another says in the same place changes the meaning, unless it only stands in another order."""
    return Harmless(wrong) if of.graph else refused(wrong)


def _tokens_broken(rng: random.Random, of: Document, wrong: frozenset[str]) -> Mutant:
    what, text = edits.broken(rng, of.text)
    expect: Expect = refused(wrong, PROOF, TEXT)
    if of.graph and not isinstance(expect, type(ACCEPTED)):
        expect = Harmless(wrong | PROOF | TEXT)
    return Mutant("tokens", what, of.wrap(text.encode()), expect)


def _bytes(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    at = rng.randrange(len(data))
    way = rng.randrange(5)
    if way == 0:
        return f"bit of byte {at}", data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    if way == 1:
        more = bytes([rng.randrange(256)])
        return f"{more!r} at {at}", data[:at] + more + data[at:]
    if way == 2:
        return f"without byte {at}", data[:at] + data[at + 1 :]
    if way == 3:
        return f"cut off at {at}", data[:at]
    end = min(len(data), at + rng.randrange(2, 40))
    return f"without {at} to {end}", data[:at] + data[end:]


def _packed(rng: random.Random, of: Document) -> edits.Edit:
    """The whole file, in another coding or with what mail programs and interfaces put around it."""
    text = of.text
    ways: list[tuple[str, Any]] = [
        ("with a byte order mark", "\ufeff" + text),
        ("in a list of one", f"[{text}]"),
        ("as an answer of an interface", f'{{"verifiableCredential": {text}}}'),
        ("with lines around it", f"\n\n {text} \r\n"),
    ]
    return rng.choice(ways)


def _set_order(rng: random.Random, value: dict[str, Any]) -> edits.Edit | None:
    """The order of values that are a set in RDF: all but contexts."""
    return edits.rearranged(
        rng, {name: each for name, each in value.items() if name != "@context"}
    ) and _whole(
        edits.rearranged(rng, {name: each for name, each in value.items() if name != "@context"}), value
    )


def _whole(made: edits.Edit | None, value: dict[str, Any]) -> edits.Edit | None:
    return made and (made[0], {"@context": value["@context"], **made[1]})


def _list_order(rng: random.Random, unsecured: dict[str, Any], value: dict[str, Any]) -> edits.Edit | None:
    made = edits.rearranged(rng, unsecured)
    return made and (made[0], {**made[1], "proof": value["proof"]})


def _contexts(rng: random.Random, value: dict[str, Any]) -> edits.Edit:
    """Other definitions: more, less, others, unknown, in the document or nested."""
    told = value["@context"]
    others = [CREDENTIALS_V2, OPEN_BADGES, EUROPEAN, GILDE_CONTEXT, "https://www.w3.org/2018/credentials/v1"]
    ways: list[tuple[str, Any]] = [
        ("one more context", [*told, rng.choice(others)]),
        ("another context between", [told[0], rng.choice(others), *told[1:]]),
        ("contexts turned around", told[::-1]),
        ("fewer contexts", told[:-1]),
        ("an unknown context", [*told, f"https://a.example/{rng.randrange(100)}"]),
        ("an own context", [*told, {"firstName": "https://schema.org/familyName"}]),
        ("another first context", [rng.choice(others[1:]), *told[1:]]),
        ("a base", [*told, {"@base": "https://a.example/"}]),
        ("a vocabulary", [*told, {"@vocab": "https://a.example/"}]),
    ]
    what, contexts = rng.choice(ways)
    if rng.random() < 0.3:
        subject = {
            **value["credentialSubject"],
            "@context": rng.choice([contexts, rng.choice(others), {}, None]),
        }
        return f"{what}, in the subject", {**value, "credentialSubject": subject}
    return what, {**value, "@context": contexts}


CRED: Final = "https://www.w3.org/2018/credentials#"


def _rewritten(rng: random.Random, of: Document) -> edits.Edit | None:
    """The same facts by other means of JSON-LD: addresses for words, things included or apart, sets of one."""
    value = of.value
    paths = [
        path
        for path, each in edits.places(value)
        if path and isinstance(path[-1], str) and "proof" not in path
    ]
    path = rng.choice([each for each in paths if each[0] != "@context"])
    name, each, parent = str(path[-1]), edits.at(value, path), edits.at(value, path[:-1])
    rest = {word: inner for word, inner in parent.items() if word != name}
    iri = rng.choice([CRED, "https://gilde.example/ns/credentials#", "https://schema.org/"]) + name
    subject = parent.get("id", "_:b0")
    ways: list[tuple[str, Any]] = [
        ("by its address", {iri if word == name else word: inner for word, inner in parent.items()}),
        ("included", {**rest, "@included": [{"id": subject, iri: each}]}),
        ("nested", {**rest, "@nest": {name: each}}),
        ("in a graph", {**rest, "@graph": [{"id": subject, name: each}]}),
        ("as a set of one", {**parent, name: [each]}),
        ("as a set", {**parent, name: {"@set": each if isinstance(each, list) else [each]}}),
        ("twice", {**parent, name: [each, each]}),
        ("with null beside it", {**parent, name: [*(each if isinstance(each, list) else [each]), None]}),
        ("as a value", {**parent, name: {"@value": each}}),
        ("by a keyword", {**rest, f"@{name}": each}),
        ("with large letters", {**parent, name: _loud(each)}),
    ]
    what, new = rng.choice(ways)
    return f"{edits.pointer(path)} {what}", edits.put(value, path[:-1], new)


def _loud(value: Any) -> Any:
    """Return texts whose languages are written large."""
    if isinstance(value, list):
        return [_loud(each) for each in value]
    if isinstance(value, dict) and "@language" in value:
        return {**value, "@language": value["@language"].upper()}
    return value


# Proofs

# A proof is read as a part of the document as well, before it is read as a proof.
_PROOF_FORM: Final = frozenset(
    {"no-address", "unknown-type", "wrong-value", "undefined-term", "not-compact", "not-json-ld"}
)


def _proofs(of: Document) -> list[Family]:
    return [
        lambda rng: _with(of, "proof", _option(rng, of)),
        lambda rng: _with(of, "key", _key(rng, of)),
        lambda rng: _with(of, "signature", _value(rng, of)),
        lambda rng: _with(of, "proof of another", _proof_of_another(rng, of)),
        lambda rng: _with(of, "forged", _forged(rng, of)),
        lambda rng: _with(of, "more proofs", _more(rng, of)),
    ]


Proof = tuple[str, Any, Expect]


def _with(of: Document, family: str, made: Proof) -> Mutant | None:
    what, proof, expect = made
    if isinstance(expect, Refused):
        expect = refused(expect.reasons, _PROOF_FORM)
    return of.mutant(family, (what, {**of.value, "proof": proof}), expect)


def _option(rng: random.Random, of: Document) -> Proof:
    """A member of the proof that is changed, missing, empty or added."""
    proof = of.value["proof"]
    name = rng.choice([each for each in proof if each not in ("proofValue", "@context")])
    strange: Any = rng.choice([None, "", [], {}, 7, True, [proof[name]], "gone", "text", "more"])
    wrong = refused(SIGNATURE, PROOF, {"type"})
    if strange == "gone":
        return f"{name} is gone", {word: each for word, each in proof.items() if word != name}, wrong
    if strange == "text":
        new = edits.other_text(rng, proof[name])
        return f"{name}: {new!r}", {**proof, name: new}, wrong
    if strange == "more":
        more, told = rng.choice(
            [
                ("expires", "2020-01-01T00:00:00Z"), ("expires", "2040-01-01T00:00:00Z"), ("id", "urn:uuid:1"),
                ("domain", "a.example"), ("challenge", "x"), ("nonce", "x"), ("previousProof", "urn:uuid:2"),
                ("unheardOf", "x"), ("jws", "x"), ("@context", [EUROPEAN]), ("@type", "DataIntegrityProof"),
            ]
        )  # fmt: skip
        again = more == "@type" and of.graph  # the same type once more says nothing more
        expect: Expect = Harmless(SIGNATURE | PROOF | FORM) if again else refused(SIGNATURE, PROOF, FORM)
        return f"{more} is added", {**proof, more: told}, expect
    return f"{name} is {strange!r}", {**proof, name: strange}, wrong


def _key(rng: random.Random, of: Document) -> Proof:
    """The name of another key: of the same school, of another, of nobody, or one that holds itself."""
    proof, own = of.value["proof"], key(of.kind)
    mine = did.new_key(of.kind)
    stranger = key(of.kind, issuer=OTHER_DID)
    names = {
        "another key of the school": key(of.kind, "second").method,
        "a key of another kind": key(KeyKind.P256 if of.kind == KeyKind.ED25519 else KeyKind.ED25519).method,
        "a key of another school": stranger.method,
        "a key that is not published": f"{own.method}x",
        "the key without its fragment": own.method.partition("#")[0],
        "a did:key of the attacker": mine.method,
        "a did:key of the school's own key": did.method_of_key(did.did_key(own.public)),
        "an http address": "https://scholen.example.be/key",
        "a relative name": "#key-1",
        "large letters": own.method.upper(),
    }
    what = rng.choice(sorted(names))
    # Its options are signed as well, so the same key under another name signed something else.
    return (
        what,
        {**proof, "verificationMethod": names[what]},
        refused(SIGNATURE, PROOF, {"key-point", "multibase"}),
    )


def _value(rng: random.Random, of: Document) -> Proof:
    """The signature itself: bits, length, coding, and for ECDSA its other form, which is as good."""
    proof = of.value["proof"]
    raw = from_multibase(proof["proofValue"])
    way = rng.randrange(9)
    wrong = refused(SIGNATURE, "signature-length", "proof-value")
    at = rng.randrange(len(raw))
    made: dict[int, tuple[str, Any]] = {
        0: (
            f"bit of byte {at}",
            to_multibase(raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :]),
        ),
        1: ("cut", to_multibase(raw[:at])),
        2: ("longer", to_multibase(raw + bytes([rng.randrange(256)]))),
        3: ("in base64url", "u" + base64url(raw)),
        4: ("without its prefix", proof["proofValue"][1:]),
        5: ("a letter", edits.other_text(rng, proof["proofValue"])),
        6: ("nought", to_multibase(bytes(len(raw)))),
        7: ("halves swapped", to_multibase(raw[32:] + raw[:32])),
        8: ("a nought before", "z1" + proof["proofValue"][1:]),
    }
    if of.kind is KeyKind.P256 and way == 6 and rng.random() < 0.5:
        s = int.from_bytes(raw[32:], "big")
        return (
            "the other s",
            {**proof, "proofValue": to_multibase(raw[:32] + (N - s).to_bytes(32, "big"))},
            ACCEPTED,
        )
    what, new = made[way]
    return what, {**proof, "proofValue": new}, wrong


def _proof_of_another(rng: random.Random, of: Document) -> Proof:
    """The proof of another award, whole or in part."""
    theirs, proof = of.other["proof"], of.value["proof"]
    if rng.random() < 0.3:
        return "the proof of another", theirs, refused(SIGNATURE)
    return "the signature of another", {**proof, "proofValue": theirs["proofValue"]}, refused(SIGNATURE)


def _forged(rng: random.Random, of: Document) -> Proof:
    """A sound signature by a key that is not the issuer's, under its own name or that of the issuer."""
    document = of.unsecured()
    mine = did.new_key(of.kind)
    stranger = key(of.kind, issuer=OTHER_DID)
    way = rng.randrange(3)
    if way == 0:
        made = data_integrity.sign(document, mine, of.suite, created=ISSUED)
        return "signed by a did:key", made["proof"], refused("key-not-issuers")
    if way == 1:
        made = data_integrity.sign(document, stranger, of.suite, created=ISSUED)
        return "signed by another school", made["proof"], refused("key-not-issuers")
    lying = SigningKey(mine.kind, mine.private, key(of.kind).method)
    made = data_integrity.sign(document, lying, of.suite, created=ISSUED)
    return "signed by somebody as the school", made["proof"], refused(SIGNATURE)


def _more(rng: random.Random, of: Document) -> Proof:
    """Proofs beside the issuer's: each has to hold, and those of others change nothing."""
    proof = of.value["proof"]
    mine = did.new_key(of.kind)
    by_me = data_integrity.sign(of.unsecured(), mine, of.suite, created=ISSUED)["proof"]
    ways: list[Proof] = [
        ("one in a list", [proof], ACCEPTED),
        ("a sound one of somebody else", [proof, by_me], ACCEPTED),
        ("a sound one of somebody else first", [by_me, proof], ACCEPTED),
        (
            "a wrong one of somebody else",
            [proof, {**by_me, "created": "2024-01-01T00:00:00Z"}],
            refused(SIGNATURE),
        ),
        (
            "one of a suite that is not known",
            [proof, {**by_me, "cryptosuite": "bbs-2023"}],
            refused("cryptosuite"),
        ),
        ("no proof", [], refused("proof", "no-proof", "unsigned")),
        ("null beside it", [proof, None], refused("proof", "proof-form")),
        ("forty", [proof] * 40, refused("too-many-proofs")),
        ("the other signature alone", [by_me], refused("key-not-issuers")),
    ]
    return rng.choice(ways)


def _document(form: str, suite: str, wrap: Callable[[bytes], bytes] = bytes) -> Document:
    return Document(json.loads(genuine(form)), json.loads(another(form)), suite, wrap)


def formats() -> Sequence[Format]:
    """Return the documents that are attacked."""
    suites = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019")
    found = []
    for name, suite in (*((f"vc {suite}", suite) for suite in suites), ("open badge", "eddsa-jcs-2022")):
        of = _document(name, suite)
        found.append(Format(name, edits.written(of.value, spaces=True), families(of), check, check_revoked))
    return found
