"""Keys of each kind: they sign, verify, are written and read, and nothing that is no key is taken for one."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys import base58
from gilde.credentials.keys.did import new_key
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey, base64url, from_base64url
from tests.reference import reference_file

KINDS = list(KeyKind)
KEYS = {kind: new_key(kind) for kind in KINDS}
P = 2**255 - 19


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=200), other=st.binary(max_size=200))
@settings(max_examples=25, deadline=None)
def test_a_signature_fits_its_data_and_no_other(kind: KeyKind, data: bytes, other: bytes) -> None:
    key = KEYS[kind]
    signature = key.sign(data)
    assert len(signature) == (96 if kind is KeyKind.P384 else 64)
    assert key.public.verify(signature, data)
    assert key.public.verify(signature, other) is (other == data)


@pytest.mark.parametrize("kind", KINDS)
@given(at=st.integers(0, 95), bit=st.integers(0, 7))
@settings(max_examples=40, deadline=None)
def test_a_signature_with_one_bit_changed_fits_nothing(kind: KeyKind, at: int, bit: int) -> None:
    key = KEYS[kind]
    signature = bytearray(key.sign(b"text"))
    signature[at % len(signature)] ^= 1 << bit
    assert not key.public.verify(bytes(signature), b"text")


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_of_wrong_length_or_of_zeros_fits_nothing(kind: KeyKind) -> None:
    key = KEYS[kind]
    signature = key.sign(b"text")
    for wrong in (b"", signature[:-1], signature + b"\0", b"\0" + signature, bytes(len(signature))):
        assert not key.public.verify(wrong, b"text")


def test_a_signature_of_ecdsa_in_der_is_refused() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    private = KEYS[KeyKind.P256].private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert not KEYS[KeyKind.P256].public.verify(private.sign(b"text", ec.ECDSA(hashes.SHA256())), b"text")


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_no_kind_takes_the_signature_of_another(one: KeyKind, other: KeyKind) -> None:
    assert KEYS[other].public.verify(KEYS[one].sign(b"text"), b"text") is (one is other)


@pytest.mark.parametrize("kind", KINDS)
@given(secret=st.binary(min_size=48, max_size=48))
@settings(max_examples=20, deadline=None)
def test_every_key_is_the_same_when_written_and_read_again(kind: KeyKind, secret: bytes) -> None:
    key = SigningKey.of_secret(kind, b"\x01" + secret[1 : kind.size], "did:example:1#k")
    public = key.public
    assert PublicKey.from_multikey(public.multikey()) == public
    assert PublicKey.from_jwk(public.jwk()) == public
    assert PublicKey.of(public.loaded) == public
    assert SigningKey.from_secret_multikey(key.secret_multikey(), key.method).secret() == key.secret()
    assert SigningKey.from_secret_jwk(key.secret_jwk(), key.method).secret() == key.secret()
    assert SigningKey.of(key.private, key.method) == key
    assert SigningKey.of_secret(kind, key.secret()).public == public


def test_multikeys_begin_as_everybody_knows_them() -> None:
    starts = {kind: KEYS[kind].public.multikey()[:4] for kind in KINDS}
    assert starts[KeyKind.ED25519] == "z6Mk"
    assert starts[KeyKind.P256] == "zDna"
    assert starts[KeyKind.P384].startswith("z82L")
    assert KEYS[KeyKind.ED25519].secret_multikey().startswith("z3u2")


def test_the_pairs_of_the_specification_belong_together() -> None:
    pairs = [json.loads(reference_file("vectors/eddsa/keyPair.json").read_bytes())]
    pairs += json.loads(
        reference_file("vectors/eddsa/proof-set-chain/multiKeyPairs.json").read_bytes()
    ).values()
    assert len(pairs) == 5
    for pair in pairs:
        key = SigningKey.from_secret_multikey(pair["privateKeyMultibase"])
        assert key.kind is KeyKind.ED25519
        assert key.public.multikey() == pair["publicKeyMultibase"]
        assert key.secret_multikey() == pair["privateKeyMultibase"]


# RFC 8032, section 7.1, TEST 3.
RFC8032 = {
    "secret": "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "public": "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "data": "af82",
    "signature": "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
}


def test_ed25519_signs_as_rfc_8032_does() -> None:
    told = {name: bytes.fromhex(value) for name, value in RFC8032.items()}
    key = SigningKey.of_secret(KeyKind.ED25519, told["secret"])
    assert key.public.raw == told["public"]
    assert key.sign(told["data"]) == told["signature"]
    assert key.public.verify(told["signature"], told["data"])


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert PublicKey.from_jwk(jwk).thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@given(data=st.binary(max_size=100))
def test_base58_says_every_value_in_one_way(data: bytes) -> None:
    assert base58.decode(base58.encode(data)) == data
    assert base58.from_multibase(base58.to_multibase(data) if data else "z1") == (data or b"\0")


@pytest.mark.parametrize(
    ("data", "text"),  # of draft-msporny-base58-03, section 5
    [
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
    ],
)
def test_base58_writes_as_its_specification(data: bytes, text: str) -> None:
    assert base58.encode(data) == text
    assert base58.decode(text) == data


@given(text=st.text(max_size=60))
def test_base58_reads_nothing_else(text: str) -> None:
    if set(text) <= set("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"):
        assert base58.encode(base58.decode(text)) == text
    else:
        with pytest.raises(Unreadable) as refused:
            base58.decode(text)
        assert refused.value.reason == "multibase"


@pytest.mark.parametrize(
    "text", ["", "z", "1", "maaaaaa", "uaaaaaa", "Zabc", " zabc", "zab c", "z" + "2" * 300]
)
def test_other_multibases_and_broken_ones_are_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        base58.from_multibase(text)


@pytest.mark.parametrize("text", ["z0", "zI", "zl", "zO", None, 5, b"zabc", ["zabc"]])
def test_what_is_no_base58_text_is_refused(text: object) -> None:
    with pytest.raises(Unreadable):
        base58.from_multibase(text)


@given(data=st.binary(max_size=80))
def test_base64url_says_every_value_in_one_way(data: bytes) -> None:
    text = base64url(data)
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")
    if data:
        assert from_base64url(text) == data
        for wrong in (text + "=", text + "\n", " " + text, text.replace(text[0], "+", 1)):
            with pytest.raises(Unreadable):
                from_base64url(wrong)


def test_base64url_with_bits_that_no_encoder_sets_is_refused() -> None:
    assert from_base64url("AA") == b"\0"
    for wrong in ("AB", "AAF", "A"):
        with pytest.raises(Unreadable):
            from_base64url(wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_wrong_length_is_refused(kind: KeyKind) -> None:
    raw = KEYS[kind].public.raw
    for wrong in (raw[:-1], raw + b"\0", b""):
        with pytest.raises(Unreadable) as refused:
            PublicKey(kind, wrong)
        assert refused.value.reason == "key-length"
    with pytest.raises(Unreadable):
        SigningKey.of_secret(kind, bytes(kind.size + 1))


def test_an_uncompressed_point_is_no_multikey() -> None:
    with pytest.raises(Unreadable):
        PublicKey.from_multikey(base58.to_multibase(b"\x80\x24\x04" + bytes(64)))
    raw = KEYS[KeyKind.P256].public.raw
    with pytest.raises(Unreadable):
        PublicKey(KeyKind.P256, b"\x04" + raw[1:])


@pytest.mark.parametrize("kind", [KeyKind.P256, KeyKind.P384])
def test_a_point_off_the_curve_is_refused(kind: KeyKind) -> None:
    refused = [_refusal(kind, b"\x02" + x.to_bytes(kind.size, "big")) for x in range(1, 40)]
    assert 5 < refused.count("key-point") < 35
    assert set(refused) == {"", "key-point"}
    jwk = KEYS[kind].public.jwk()
    with pytest.raises(Unreadable) as broken:
        PublicKey.from_jwk({**jwk, "y": jwk["x"]})
    assert broken.value.reason == "key-point"


def test_points_of_small_order_and_other_forms_of_a_point_are_no_ed25519_keys() -> None:
    assert len(_order_eight()) == 2
    for y in (0, 1, P - 1, P, P + 1, *_order_eight()):
        for sign in (0, 2**255):
            with pytest.raises(Unreadable) as refused:
                PublicKey(KeyKind.ED25519, (y + sign).to_bytes(32, "little"))
            assert refused.value.reason == "key-point"


def test_half_of_all_numbers_are_no_ed25519_key() -> None:
    refused = [_refusal(KeyKind.ED25519, y.to_bytes(32, "little")) for y in range(2, 62)]
    assert 15 < refused.count("key-point") < 45
    assert set(refused) == {"", "key-point"}


def _refusal(kind: KeyKind, raw: bytes) -> str:
    try:
        PublicKey(kind, raw)
    except Unreadable as error:
        return error.reason
    return ""


def _order_eight() -> list[int]:
    """The y of the points of order eight: doubled they have y = 0, so x² = -y², and the curve says d·y⁴ + 2·y² = 1."""
    d = -121665 * pow(121666, -1, P) % P
    root = _root((1 + d) % P)
    assert root is not None
    found = [_root((each - 1) * pow(d, -1, P) % P) for each in (root, P - root)]
    return [y for each in found if each is not None for y in (each, P - each)]


def _root(square: int) -> int | None:
    root = pow(square, (P + 3) // 8, P)
    for each in (root, root * pow(2, (P - 1) // 4, P) % P):
        if each * each % P == square:
            return each
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_of_another_kind_makes_no_key_of_it(kind: KeyKind) -> None:
    data = base58.from_multibase(KEYS[kind].public.multikey())
    for header in (b"\xed\x01", b"\x80\x24", b"\x81\x24"):
        if not data.startswith(header):
            text = base58.to_multibase(header + data[2:])
            try:
                other = PublicKey.from_multikey(text)
            except Unreadable:
                continue
            assert other.kind is not kind
    for header in (b"\xe7\x01", b"\xec\x01", b"\x82\x24", b"\x80\x26"):
        with pytest.raises(Unsupported):
            PublicKey.from_multikey(base58.to_multibase(header + data[2:]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_never_read_as_a_public_key_nor_the_other_way(kind: KeyKind) -> None:
    with pytest.raises(Unsupported):
        PublicKey.from_multikey(KEYS[kind].secret_multikey())
    with pytest.raises(Unsupported):
        SigningKey.from_secret_multikey(KEYS[kind].public.multikey())
    with pytest.raises(Unreadable) as refused:
        PublicKey.from_jwk(KEYS[kind].secret_jwk())
    assert refused.value.reason == "secret-in-jwk"


@pytest.mark.parametrize("kind", KINDS)
def test_a_jwk_that_says_what_its_key_is_not_is_refused(kind: KeyKind) -> None:
    jwk = KEYS[kind].public.jwk()
    right = {"kid": "1", "alg": kind.algorithm, "use": "sig", "key_ops": ["verify"], "other": 1}
    assert PublicKey.from_jwk({**jwk, **right}) == KEYS[kind].public
    wrong: list[dict[str, object]] = [
        {"kty": "RSA"},
        {"kty": "oct"},
        {"kty": "EC" if jwk["kty"] == "OKP" else "OKP"},
        {"crv": "secp256k1"},
        {"crv": "X25519"},
        {"crv": None},
        {"crv": ["Ed25519"]},
        {"alg": "HS256"},
        {"alg": "ES512"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"x": jwk["x"] + "="},
        {"x": jwk["x"][:-2]},
        {"x": 5},
        {"x": base64url(b"\0" + from_base64url(jwk["x"]))},
    ]
    for change in wrong:
        with pytest.raises((Unreadable, Unsupported)):
            PublicKey.from_jwk({**jwk, **change})
    for name in ("kty", "crv", "x"):
        with pytest.raises((Unreadable, Unsupported)):
            PublicKey.from_jwk({member: value for member, value in jwk.items() if member != name})
    for nothing in (None, [], "text", 5):
        with pytest.raises(Unreadable):
            PublicKey.from_jwk(nothing)


def test_a_secret_jwk_whose_halves_are_of_two_keys_is_refused() -> None:
    one, other = new_key(KeyKind.P256), new_key(KeyKind.P256)
    with pytest.raises(Unreadable):
        SigningKey.from_secret_jwk({**one.public.jwk(), "d": other.secret_jwk()["d"]})


def test_a_secret_outside_its_range_is_refused() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for wrong in (0, order, order + 1):
        with pytest.raises(Unreadable):
            SigningKey.of_secret(KeyKind.P256, wrong.to_bytes(32, "big"))


def test_rsa_and_other_curves_are_no_keys_of_credentials() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    for private in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP521R1())):
        with pytest.raises(Unsupported):
            SigningKey.of(private)
        with pytest.raises(Unsupported):
            PublicKey.of(private.public_key())
