"""Mutants of signed tokens: the signed part of VC-JWT, of SD-JWT and of status lists."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind, SigningKey, base64url
from gilde.credentials.proofs import jose
from tests.credentials.attack import json_edits as edits
from tests.credentials.attack.expected import ACCEPTED, Expect, Mutant, refused
from tests.credentials.attack.proofs import N
from tests.credentials.attack.reasons import DISCLOSURE, SIGNATURE, TEXT, TOKEN
from tests.credentials.attack.world import OTHER_DID, Family, Format, another, check, check_revoked, genuine
from tests.credentials.checking.world import key

Json = dict[str, Any]
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def read(part: str) -> Any:
    """Return the JSON of a part of a token."""
    return json.loads(meant(part))


def meant(part: str) -> bytes:
    """Return the bytes of a part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def packed(value: Any) -> str:
    """Return a value, or bytes, as a part of a token."""
    return base64url(value if isinstance(value, bytes) else edits.written(value))


@dataclass(frozen=True)
class Token:
    """A compact token and what stands behind it; `other` is another of the same issuer."""

    text: str
    other: str
    kind: KeyKind
    behind: str = ""

    @property
    def parts(self) -> list[str]:
        return self.text.split(".")

    def of(self, parts: Sequence[str]) -> bytes:
        return (".".join(parts) + self.behind).encode()


def jwt_families(of: Token, typs: Sequence[str]) -> list[Family]:
    """Return the ways to edit the signed part of a token."""
    head, body = of.parts[:2]
    header, payload = read(head), read(body)
    wrong = refused(SIGNATURE, TOKEN, TEXT)

    def mutant(family: str, what: str, parts: Sequence[str], expect: Expect) -> Mutant:
        return Mutant(family, what, of.of(parts), expect)

    def claims(rng: random.Random) -> Mutant | None:
        made = edits.replaced(rng, payload)
        return made and mutant(
            "claim", made[0], [head, packed(made[1]), of.parts[2]], refused(SIGNATURE, "issuer-key")
        )

    def shapes(rng: random.Random) -> Mutant:
        what, new = edits.misshapen(rng, payload)
        return mutant("shape", what, [head, packed(new), of.parts[2]], refused(SIGNATURE, TOKEN))

    def swaps(rng: random.Random) -> Mutant | None:
        made = edits.swapped(rng, payload, read(of.other.split(".")[1]))
        return made and mutant(
            "part of another", made[0], [head, packed(made[1]), of.parts[2]], refused(SIGNATURE)
        )

    def written(rng: random.Random) -> Mutant | None:
        """The payload with the same meaning: a signature of JOSE is over its bytes."""
        text = meant(body).decode()
        ways = [edits.spaced(rng, text), edits.escaped(rng, text), edits.renumbered(rng, text)]
        made = rng.choice([each for each in ways if each])
        part = packed(made[1].encode())
        return mutant("payload written otherwise", made[0], [head, part, of.parts[2]], refused(SIGNATURE))

    def twice(rng: random.Random) -> Mutant | None:
        made = edits.doubled(rng, meant(body).decode())
        return made and mutant(
            "member twice",
            made[0],
            [head, packed(made[1].encode()), of.parts[2]],
            refused("duplicate-key", "not-json"),
        )

    def headers(rng: random.Random) -> Mutant:
        what, new = _header(rng, header, of.kind, typs)
        return mutant("header", what, [packed(new), body, of.parts[2]], wrong)

    def header_text(rng: random.Random) -> Mutant | None:
        text = meant(head).decode()
        ways = [
            edits.spaced(rng, text),
            edits.escaped(rng, text),
            edits.doubled(rng, text),
            edits.broken(rng, text),
        ]
        made = rng.choice([each for each in ways if each])
        return mutant(
            "header written otherwise", made[0], [packed(made[1].encode()), body, of.parts[2]], wrong
        )

    def parts_swapped(rng: random.Random) -> Mutant:
        theirs, number = of.other.split("."), rng.randrange(3)
        parts = [theirs[at] if at == number else each for at, each in enumerate(of.parts)]
        if parts == of.parts:
            parts = [of.parts[0], theirs[1], of.parts[2]]
        return mutant("part swapped with another", f"part {number}", parts, refused(SIGNATURE))

    def coded(rng: random.Random) -> Mutant:
        number = rng.randrange(3)
        what, new = coding(rng, of.parts[number])
        parts = [new if at == number else each for at, each in enumerate(of.parts)]
        return mutant("base64", f"{what} of part {number}", parts, wrong)

    def signature(rng: random.Random) -> Mutant:
        what, new, same = _signature(rng, meant(of.parts[2]), of.kind)
        return mutant("signature", what, [head, body, packed(new)], ACCEPTED if same else refused(SIGNATURE))

    def structure(rng: random.Random) -> Mutant:
        what, parts = _structure(rng, of.parts)
        return mutant("parts", what, parts, wrong)

    def forged(rng: random.Random) -> Mutant:
        what, text, reasons = _forged(rng, header, payload, of.kind)
        return mutant("forged", what, text.split("."), refused(reasons))

    def bytes_changed(rng: random.Random) -> Mutant:
        data = of.text
        at = rng.randrange(len(data))
        ways = {
            "another letter": data[:at] + rng.choice(ALPHABET.replace(data[at], "")) + data[at + 1 :],
            "one letter more": data[:at] + rng.choice(ALPHABET) + data[at:],
            "one letter less": data[:at] + data[at + 1 :],
            "cut off": data[:at],
            "a strange letter": data[:at] + rng.choice("+/=%!é\x00{\"'") + data[at + 1 :],
        }
        what = rng.choice(sorted(ways))
        expect: Expect = refused(SIGNATURE, TOKEN, TEXT, DISCLOSURE)
        return Mutant("letters", f"{what} at {at}", (ways[what] + of.behind).encode(), expect)

    return [
        claims, claims, shapes, swaps, written, twice, headers, headers, header_text, parts_swapped, coded, signature,
        structure, forged, bytes_changed, bytes_changed, lambda rng: _packing(rng, of),
    ]  # fmt: skip


def _header(rng: random.Random, header: Json, kind: KeyKind, typs: Sequence[str]) -> edits.Edit:
    mine = did.new_key(kind)
    told: list[tuple[str, Any]] = [
        ("alg", each)
        for each in (
            "none",
            "None",
            "NONE",
            "HS256",
            "ES256",
            "ES384",
            "ES512",
            "RS256",
            "PS256",
            "EdDSA",
            "Ed25519",
            "",
        )
        if each != header["alg"]
    ]
    told += [("alg", None), ("alg", ["EdDSA"]), ("alg", header["alg"].lower())]
    told += [("typ", each) for each in typs if each != header["typ"]]
    told += [
        ("typ", None),
        ("typ", 1),
        ("typ", header["typ"].upper()),
        ("typ", f"application/{header['typ']}"),
    ]
    told += [
        ("kid", each)
        for each in (mine.method, key(kind, "second").method, key(kind, issuer=OTHER_DID).method)
    ]
    told += [
        ("kid", each)
        for each in ("", "key-1", "../key", "https://a.example/key", header.get("kid", "") + "x", None, 7)
    ]
    told += [
        ("crit", ["b64"]),
        ("crit", []),
        ("crit", ["exp"]),
        ("crit", None),
        ("b64", False),
        ("b64", True),
    ]
    told += [
        ("jwk", mine.public.jwk()),
        ("jku", "https://a.example/jwks"),
        ("x5c", ["MIIB"]),
        ("x5u", "https://a.example"),
    ]
    told += [
        ("iss", OTHER_DID),
        ("iss", mine.method),
        ("cty", "vp"),
        ("cty", None),
        ("zip", "DEF"),
        ("enc", "A128GCM"),
    ]
    told += [("unheardOf", "x"), ("nonce", "x"), ("exp", 1), ("iat", 1)]
    name, value = rng.choice(
        [(word, each) for word, each in told if header.get(word, "") != each or word not in header]
    )
    if value is None and name in header:
        return f"{name} is gone", {word: each for word, each in header.items() if word != name}
    return f"{name} is {str(value)[:40]!r}", {**header, name: value}


def coding(rng: random.Random, part: str) -> tuple[str, str]:
    """Padding, bits that are left over at the end, the other alphabet, line breaks."""
    data = meant(part)
    left = len(part) % 4
    ways = {
        "padding": part + "=" * (-len(part) % 4 or 1),
        "padding without need": part + "==",
        "a blank inside": part[:5] + "%20" + part[5:],
        "one letter more": part + "A",
        "another dot": part[:7] + "." + part[7:],
        "empty": "",
        "twice": part + part,
        "coded twice": base64url(part.encode()),
        "the other alphabet": (part[:3] + "+/" + part[5:]),
        "hexadecimal": data.hex(),
    }
    if left in (2, 3):
        last = ALPHABET.index(part[-1])
        free = 15 if left == 2 else 3
        ways["bits left over at the end"] = part[:-1] + ALPHABET[last ^ rng.randrange(1, free + 1)]
    what = rng.choice(sorted(ways))
    return what, ways[what]


def _signature(rng: random.Random, raw: bytes, kind: KeyKind) -> tuple[str, bytes, bool]:
    """A changed signature; whether it is one that the same key could have made of the same, as ECDSA has two of."""
    at, half = rng.randrange(len(raw)), len(raw) // 2
    if kind is KeyKind.P256 and rng.random() < 0.1:
        s = int.from_bytes(raw[half:], "big")
        return "the other s", raw[:half] + (N - s).to_bytes(half, "big"), True
    ways = {
        "a bit": raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :],
        "cut": raw[:at],
        "longer": raw + bytes([rng.randrange(256)]),
        "empty": b"",
        "nought": bytes(len(raw)),
        "halves swapped": raw[half:] + raw[:half],
        "in DER": b"\x30\x44\x02\x20" + raw[:half] + b"\x02\x20" + raw[half:],
        "of another size": raw + raw,
    }
    what = rng.choice(sorted(ways))
    return what, ways[what], False


def _structure(rng: random.Random, parts: Sequence[str]) -> tuple[str, list[str]]:
    head, body, signature = parts
    ways = {
        "no signature": [head, body, ""],
        "two parts": [head, body],
        "four parts": [head, body, signature, signature],
        "turned around": [signature, body, head],
        "payload and header swapped": [body, head, signature],
        "the payload twice": [head, body, body],
        "no payload": [head, "", signature],
        "no header": ["", body, signature],
    }
    what = rng.choice(sorted(ways))
    return what, ways[what]


def _forged(
    rng: random.Random, header: Json, payload: Json, kind: KeyKind
) -> tuple[str, str, frozenset[str]]:
    """A sound token by somebody else, in every costume: the school's name, its key as a secret, a key of its own."""
    mine = did.new_key(kind)
    own = key(kind)
    stranger = key(kind, issuer=OTHER_DID)
    lying = SigningKey(mine.kind, mine.private, own.method)
    way = rng.randrange(7)
    other_kind = KeyKind.P256 if kind is KeyKind.ED25519 else KeyKind.ED25519
    rest = {name: each for name, each in header.items() if name not in ("alg", "typ", "kid")}
    typ = header["typ"]
    if way == 0:
        return "as the school", jose.sign(payload, lying, typ=typ, headers=rest), SIGNATURE
    if way == 1:
        text = jose.sign(payload, mine, typ=typ, headers=rest)
        return "by a did:key", text, frozenset({"issuer-key"})
    if way == 2:
        return (
            "by another school",
            jose.sign(payload, stranger, typ=typ, headers=rest),
            frozenset({"issuer-key"}),
        )
    if way == 3:
        more = {**rest, "jwk": mine.public.jwk()}
        return (
            "with a key of its own in the header",
            jose.sign(payload, lying, typ=typ, headers=more),
            SIGNATURE,
        )
    if way == 4:
        head, body = packed({**header, "alg": "HS256"}), packed(payload)
        secret = json.dumps(own.public.jwk()).encode() if rng.random() < 0.5 else own.public.raw
        mac = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
        return "the public key as a secret", f"{head}.{body}.{packed(mac)}", frozenset({"algorithm"})
    if way == 5:
        head, body = packed({**header, "alg": rng.choice(["none", "nOnE", "NONE"])}), packed(payload)
        return "without a signature", f"{head}.{body}.", frozenset({"not-signed"})
    signing = SigningKey.generate(other_kind, own.method)
    text = jose.sign(payload, signing, typ=typ, headers=rest)
    return "by a key of another kind", text, frozenset({"algorithm-of-key"})


def _packing(rng: random.Random, of: Token) -> Mutant:
    """The same token as mail programs, interfaces and presentations carry it."""
    text = of.text + of.behind
    at = rng.randrange(1, len(text) - 1)
    envelope = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+{'sd-jwt' if of.behind else 'jwt'},{text}",
    }
    ways = {
        "with blanks around it": f"  {text}\n",
        "with a line break in it": f"{text[:at]}\r\n {text[at:]}",
        "as a JSON text": json.dumps(text),
        "as an answer of an interface": json.dumps({"verifiableCredential": text}),
        "in an envelope": json.dumps(envelope),
        "with a byte order mark": "\ufeff" + text,
    }
    what = rng.choice(sorted(ways))
    return Mutant("packing", what, ways[what].encode(), ACCEPTED)


def formats() -> Sequence[Format]:
    """Return the token that is attacked."""
    jwt = Token(genuine("vc-jwt").decode(), another("vc-jwt").decode(), KeyKind.ED25519)
    typs = ["JWT", "dc+sd-jwt", "vp+jwt", "kb+jwt", "statuslist+jwt", "vc+sd-jwt", "", "jwt"]
    return [Format("vc-jwt", jwt.text.encode(), jwt_families(jwt, typs), check, check_revoked)]
