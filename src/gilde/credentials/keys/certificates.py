"""X.509 certificates of seals: who they are of, and keys that seal with them.

Sources: RFC 5280; ETSI EN 319 412-3 (certificates of legal persons) and 412-5 (qualified statements); RFC 7518,
section 3, for the names of algorithms.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko.sign.signers import Signer as PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from gilde.credentials.errors import Unreadable, Unsupported

SealingKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Certificates = tuple[x509.Certificate, ...]

_HASHES: Final = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES: Final = {"secp256r1": "256", "secp384r1": "384", "secp521r1": "512"}
_SMALLEST_RSA: Final = 2048
_QUALIFIED: Final = "qc_compliance"
_SEAL: Final = "qct_eseal"


@dataclass(frozen=True)
class About:
    """What a certificate says of the body it was given to; `since` and `until` are its validity, with zone.

    `legal_id` is the organizationIdentifier (as VATBE-0123456789); `qualified_seal` says that it claims to be a
    qualified certificate for electronic seals, which only a trusted list of the Union can confirm.
    """

    subject: str
    organisation: str
    country: str
    legal_id: str
    issuer: str
    serial: int
    since: datetime
    until: datetime
    qualified_seal: bool = False


def about(certificate: x509.Certificate) -> About:
    """Return what the certificate says."""
    name = certificate.subject
    return About(
        subject=name.rfc4514_string(),
        organisation=_attribute(name, NameOID.ORGANIZATION_NAME) or _attribute(name, NameOID.COMMON_NAME),
        country=_attribute(name, NameOID.COUNTRY_NAME),
        legal_id=_attribute(name, NameOID.ORGANIZATION_IDENTIFIER),
        issuer=certificate.issuer.rfc4514_string(),
        serial=certificate.serial_number,
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
        qualified_seal=_is_qualified_seal(certificate),
    )


def read_certificates(data: bytes) -> Certificates:
    """Return the certificates of a file: one in DER, or one or more in PEM; raise Unreadable for anything else."""
    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except ValueError:
        raise Unreadable(
            _("The file holds no certificate; it should be PEM (“-----BEGIN CERTIFICATE-----”) or DER."),
            "certificate",
        ) from None


def as_asn1(certificate: x509.Certificate) -> asn1.Certificate:
    """Return the same certificate as pyHanko takes it."""
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@dataclass(frozen=True)
class Sealer:
    """A key that seals, with its certificate and those above it, from the lowest up; printing it shows no secret.

    `signing` signs with a file's key or in a token: data and a JOSE algorithm to the signature in the form of JOSE.
    """

    certificate: x509.Certificate
    above: Certificates
    signing: Callable[[bytes, str], bytes] = field(repr=False, compare=False)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The JOSE algorithms that the key can do, the best first."""
        return algorithms_of(self.certificate)

    @property
    def chain(self) -> Certificates:
        """The certificate and those above it, as `x5c` and a PDF carry them."""
        return (self.certificate, *self.above)

    @property
    def about(self) -> About:
        """What the certificate says of the body that seals."""
        return about(self.certificate)

    def sign(self, data: bytes, algorithm: str = "") -> bytes:
        """Return the signature; of ECDSA, r and s one after the other. Without an algorithm, the best of the key.

        Raise Unsupported for an algorithm that the key cannot do.
        """
        algorithm = algorithm or self.algorithms[0]
        if algorithm not in self.algorithms:
            raise Unsupported(
                _("The key of the seal cannot sign by %(algorithm)s; it can by %(known)s.")
                % {"algorithm": algorithm, "known": ", ".join(self.algorithms)},
                "algorithm",
            )
        return self.signing(data, algorithm)

    def pdf_signer(self) -> PdfSigner:
        """Return a signer as pyHanko takes it."""
        return _PdfSigner(self)


def algorithms_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the JOSE algorithms of the certificate's key, the best first; raise Unsupported for another kind."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA:
        return tuple(f"{family}{size}" for family in ("RS", "PS") for size in _HASHES)
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return (f"ES{_CURVES[key.curve.name]}",)
    raise Unsupported(
        _("The certificate of “%(name)s” has another key than RSA from 2048 bits, P-256, P-384 or P-521.")
        % {"name": certificate.subject.rfc4514_string()},
        "key-kind",
    )


def verify_signature(certificate: x509.Certificate, signature: bytes, data: bytes, algorithm: str) -> bool:
    """Tell whether the key of the certificate made the signature (in the form of JOSE).

    Raise Unsupported for an algorithm that is not one of its key.
    """
    if algorithm not in algorithms_of(certificate):
        raise Unsupported(
            _("The seal is said to be by “%(algorithm)s”, which the key of its certificate cannot make.")
            % {"algorithm": algorithm[:20]},
            "algorithm",
        )
    key, digest = certificate.public_key(), _HASHES[algorithm[2:]]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            size = (key.curve.key_size + 7) // 8
            if len(signature) != 2 * size:
                return False
            r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, _padding(algorithm, digest), digest)
    except InvalidSignature:
        return False
    return True


def from_pem(key: bytes, certificates: bytes, password: str = "") -> Sealer:
    """Return the sealer of a private key and its certificates in PEM; they may be in one file, in any order.

    Raise Unreadable for broken files, a wrong password, and certificates none of which is of the key.
    """
    try:
        private = serialization.load_pem_private_key(key, password.encode() or None)
    except (ValueError, TypeError):
        raise _unopened() from None
    return _sealer(private, read_certificates(certificates))


def from_pkcs12(data: bytes, password: str = "") -> Sealer:
    """Return the sealer of a PKCS#12 file (.p12, .pfx); raise Unreadable as `from_pem` does."""
    try:
        private, leaf, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise _unopened() from None
    return _sealer(private, tuple(each for each in (leaf, *others) if each is not None))


def with_chain(leaf: x509.Certificate, others: Iterable[x509.Certificate]) -> Certificates:
    """Return those of the others that stand above the certificate, from the lowest up to a root if it is there."""
    pool, chain = list(others), [leaf]
    while above := next((each for each in pool if _is_above(each, chain[-1])), None):
        pool.remove(above)
        chain.append(above)
    return tuple(chain[1:])


def _sealer(private: object, certificates: Sequence[x509.Certificate]) -> Sealer:
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Unsupported(_("A seal needs a key of RSA or of a curve P-256, P-384 or P-521."), "key-kind")
    public = private.public_key()
    leaf = next((each for each in certificates if each.public_key() == public), None)
    if leaf is None:
        raise Unreadable(
            _(
                "None of the certificates is of the private key of the seal; give the two that belong together."
            ),
            "certificate",
        )
    algorithms_of(leaf)

    def signing(data: bytes, algorithm: str) -> bytes:
        digest = _HASHES[algorithm[2:]]
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(data, _padding(algorithm, digest), digest)
        r, s = decode_dss_signature(private.sign(data, ec.ECDSA(digest)))
        size = (private.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return Sealer(leaf, with_chain(leaf, (each for each in certificates if each != leaf)), signing)


def _padding(algorithm: str, digest: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if algorithm.startswith("PS"):
        return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    return padding.PKCS1v15()


def _is_above(upper: x509.Certificate, lower: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return upper != lower


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _is_qualified_seal(certificate: x509.Certificate) -> bool:
    try:
        statements = {
            each["statement_id"].native: each["statement_info"].native for each in _statements(certificate)
        }
    except ValueError:
        return False
    return _QUALIFIED in statements and _SEAL in (statements.get("qc_type") or ())


def _statements(certificate: x509.Certificate) -> Any:
    return get_qc_statements(as_asn1(certificate)) or ()


def _unopened() -> Unreadable:
    return Unreadable(
        _(
            "The file of the seal could not be opened: the password is wrong, or it is no PEM or PKCS#12 file."
        ),
        "seal-file",
    )


class _PdfSigner(PdfSigner):
    """Seals as pyHanko asks for it, by whatever a sealer signs with."""

    def __init__(self, sealer: Sealer) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(as_asn1(each) for each in sealer.chain)
        super().__init__(signing_cert=as_asn1(sealer.certificate), cert_registry=store, embed_roots=False)
        self._sealer = sealer
        self._size = 0

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature as CMS has it: of ECDSA, in DER."""
        public = self._sealer.certificate.public_key()
        size = digest_algorithm.removeprefix("sha")
        if isinstance(public, rsa.RSAPublicKey):
            if dry_run:
                return bytes((public.key_size + 7) // 8)
            return await asyncio.to_thread(self._sealer.sign, data, f"RS{size}")
        algorithm = self._sealer.algorithms[0]
        if algorithm != f"ES{size}":
            raise Unsupported(
                _("A seal of this key goes with SHA-%(must)s, not SHA-%(is)s.")
                % {"must": algorithm[2:], "is": size},
                "algorithm",
            )
        if dry_run:
            return bytes(150)
        raw = await asyncio.to_thread(self._sealer.sign, data, algorithm)
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
