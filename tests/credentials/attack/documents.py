"""Mutants of credentials that are JSON documents with a proof in them: the four suites, and Open Badges."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, Final

from gilde.credentials.linked.tables import CREDENTIALS_V2, EUROPEAN, GILDE_CONTEXT, OPEN_BADGES
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack import proofs
from tests.credentials.attack.document import Document
from tests.credentials.attack.expected import ACCEPTED, Expect, Harmless, Mutant, refused
from tests.credentials.attack.reasons import FORM, PROOF, SIGNATURE, TEXT
from tests.credentials.attack.world import Family, Format, another, check, check_revoked, genuine


def families(of: Document) -> list[Family]:
    """Return the ways to edit a document, each once in a round."""
    return [*_kept(of), *_changed(of), *proofs.families(of)]


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

    def shape(rng: random.Random) -> Mutant | None:
        return of.mutant("shape", with_proof(edits.misshapen(rng, unsecured)), same)

    def another_part(rng: random.Random) -> Mutant | None:
        # In a graph what another says may be the same in another order.
        return of.mutant("part of another", with_proof(edits.swapped(rng, unsecured, of.other)), same)

    def bytes_changed(rng: random.Random) -> Mutant:
        what, data = _bytes(rng, of.text.encode())
        reasons = wrong | PROOF | TEXT
        expect: Expect = Harmless(reasons) if of.graph else refused(reasons)
        return Mutant("bytes", what, of.wrap(data), ACCEPTED if edits.same_json(data, value) else expect)

    found: list[Family] = [
        claim,
        claim,
        subject,
        status,
        shape,
        another_part,
        lambda rng: of.mutant(
            "member twice", edits.doubled(rng, of.text), refused("duplicate-key", "not-json")
        ),
        lambda rng: of.mutant("context", _contexts(rng, value), Harmless(wrong)),
        lambda rng: _tokens_broken(rng, of, wrong),
        bytes_changed,
    ]
    if not of.graph:
        found.append(lambda rng: of.mutant("order of a list", _list_order(rng, unsecured, value), same))
    return found


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


def _tokens_broken(rng: random.Random, of: Document, wrong: frozenset[str]) -> Mutant:
    what, text = edits.broken(rng, of.text)
    reasons = wrong | PROOF | TEXT
    return Mutant("tokens", what, of.wrap(text.encode()), Harmless(reasons) if of.graph else refused(reasons))


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
    made = edits.rearranged(rng, {name: each for name, each in value.items() if name != "@context"})
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


def formats() -> Sequence[Format]:
    """Return the documents that are attacked."""
    suites = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019")
    found = []
    for name, suite in (*((f"vc {suite}", suite) for suite in suites), ("open badge", "eddsa-jcs-2022")):
        of = Document(json.loads(genuine(name)), json.loads(another(name)), suite)
        found.append(Format(name, edits.written(of.value, spaces=True), families(of), check, check_revoked))
    return found
