"""Seals whose key is in a token, tried with a software token (SoftHSM 2), which a test machine may have or not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.authority import Authority, certificates_pem
from gilde.credentials.keys.certificates import Sealer, as_asn1, verify_signature
from gilde.credentials.keys.tokens import SealPlace, Token, TokenUnavailable, from_token

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROOT = Authority.make("Gilde test root", since=NOW)
PIN = "4711-0815"
FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A software token with a key of RSA and one of P-256, each with its certificate under the same label."""
    found = next((str(path) for each in FOLDERS for path in Path(each).glob("**/libsofthsm2.so")), None)
    tool = shutil.which("softhsm2-util")
    if found is None or tool is None:
        pytest.skip("SoftHSM 2 is not installed (Debian: softhsm2), so seals in a token are not tried here")
    folder = tmp_path_factory.mktemp("token")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        asked = ["--init-token", "--free", "--label", "gilde", "--pin", PIN, "--so-pin", PIN]
        subprocess.run([tool, *asked], check=True, capture_output=True)
        library = pkcs11.lib(found)
        library.reinitialize()
        token = library.get_token(token_label="gilde")
        with token.open(rw=True, user_pin=PIN) as session:
            _make_keys(session)
        yield found


def _make_keys(session: pkcs11.Session) -> None:
    public, _private = session.generate_keypair(KeyType.RSA, 2048, store=True, label="rsa")
    modulus, exponent = (
        int.from_bytes(public[each], "big") for each in (Attribute.MODULUS, Attribute.PUBLIC_EXPONENT)
    )
    rsa_key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
    public, _private = parameters.generate_keypair(store=True, label="curve")
    point = bytes(public[Attribute.EC_POINT])[-65:]
    curve_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    for label, key in (("rsa", rsa_key), ("curve", curve_key)):
        certificate = as_asn1(ROOT.certify(key, f"School {label}", since=NOW))
        told = {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.LABEL: label,
            Attribute.ID: label.encode(),
            Attribute.SUBJECT: certificate.subject.dump(),
            Attribute.VALUE: certificate.dump(),
        }
        session.create_object(told)
    parameters.generate_keypair(store=True, label="bare")


@pytest.mark.parametrize("label", ["rsa", "curve"])
def test_a_seal_is_made_in_the_token_by_every_algorithm_of_its_key(module: str, label: str) -> None:
    sealer = from_token(Token(module, "gilde", label, PIN), certificates_pem(ROOT.certificate))
    assert sealer.about.organisation == f"School {label}"
    assert sealer.chain[1:] == (ROOT.certificate,)
    for algorithm in sealer.algorithms:
        signature = sealer.sign(b"text", algorithm)
        assert verify_signature(sealer.certificate, signature, b"text", algorithm)
        assert not verify_signature(sealer.certificate, signature, b"other", algorithm)


def test_the_seal_of_an_installation_may_be_a_token(module: str) -> None:
    sealer = SealPlace(token=Token(module, "gilde", "curve", PIN)).open()
    assert isinstance(sealer, Sealer)
    assert verify_signature(sealer.certificate, sealer.sign(b"text"), b"text", "ES256")


@pytest.mark.parametrize(
    "place",
    [("none", "curve", PIN), ("gilde", "none", PIN), ("gilde", "curve", "wrong"), ("gilde", "curve", "")],
)
def test_a_wrong_label_or_pin_is_told(module: str, place: tuple[str, str, str]) -> None:
    with pytest.raises(TokenUnavailable) as refused:
        from_token(Token(module, *place))
    assert PIN not in refused.value.sentence


def test_a_key_without_its_certificate_is_refused(module: str) -> None:
    with pytest.raises(Unreadable) as refused:
        from_token(Token(module, "gilde", "bare", PIN))
    assert refused.value.reason == "certificate"


def test_a_module_that_is_not_there_is_told() -> None:
    with pytest.raises(TokenUnavailable):
        from_token(Token("/nowhere/libtoken.so", "gilde", "curve", PIN))


def test_printing_a_token_shows_no_pin() -> None:
    token = Token("module", "gilde", "key", PIN)
    assert PIN not in repr(token)
    assert PIN not in repr(SealPlace(token=token))
