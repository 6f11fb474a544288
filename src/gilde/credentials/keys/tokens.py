"""Seals whose key never leaves a token (PKCS#11), and where the seal of an installation is found."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.utils.translation import gettext as _
from pkcs11 import MGF, Attribute, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PKCS11Error

from gilde.core.errors import GildeError
from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.certificates import Sealer, from_pem, from_pkcs12, read_certificates, with_chain

_Got = TypeVar("_Got")
_RSA: Final = {
    "256": (Mechanism.SHA256_RSA_PKCS, Mechanism.SHA256_RSA_PKCS_PSS, Mechanism.SHA256, MGF.SHA256),
    "384": (Mechanism.SHA384_RSA_PKCS, Mechanism.SHA384_RSA_PKCS_PSS, Mechanism.SHA384, MGF.SHA384),
    "512": (Mechanism.SHA512_RSA_PKCS, Mechanism.SHA512_RSA_PKCS_PSS, Mechanism.SHA512, MGF.SHA512),
}


class TokenUnavailable(GildeError):
    """The token cannot be used now: its module, the token, its key or the PIN is not right."""

    status = 503
    code = "token-unavailable"


@dataclass(frozen=True)
class Token:
    """Where a key is in a token: the path of the module, the labels of token and key, and the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class SealPlace:
    """Where the seal of an installation is: a PKCS#12 or PEM file with its password, or a token.

    `certificates` is a file with the certificates above, where the file or the token has none.
    """

    file: str = ""
    password: str = field(default="", repr=False)
    token: Token | None = None
    certificates: str = ""

    def open(self) -> Sealer | None:
        """Return the sealer, or None when none is set; raise Unreadable or TokenUnavailable where it cannot be used."""
        more = _file(self.certificates) if self.certificates else b""
        if self.token:
            return from_token(self.token, more)
        if not self.file:
            return None
        data = _file(self.file)
        if b"-----BEGIN" in data:
            return from_pem(data, data + more, self.password)
        sealer = from_pkcs12(data, self.password)
        if not more:
            return sealer
        above = with_chain(sealer.certificate, (*sealer.above, *read_certificates(more)))
        return Sealer(sealer.certificate, above, sealer.signing)


def from_token(token: Token, certificates: bytes = b"") -> Sealer:
    """Return a sealer whose key is in the token; the certificate has the label of the key, or is the one given.

    Raise TokenUnavailable for a wrong module, label or PIN, Unreadable where no certificate is of the key.
    """
    holder = _holder(token.module, token.token, token.pin)
    known = (*holder.certificates(), *(read_certificates(certificates) if certificates else ()))
    public = holder.public(token.key)
    leaf = next((each for each in known if public.endswith(_public(each))), None)
    if leaf is None:
        raise Unreadable(
            _("Neither the token nor the file has the certificate of the key “%(key)s”.")
            % {"key": token.key},
            "certificate",
        )
    return Sealer(
        leaf, with_chain(leaf, (each for each in known if each != leaf)), partial(holder.sign, token.key)
    )


@cache
def _holder(module: str, token: str, pin: str) -> _Holder:
    """A process logs in to a token once, so that all keys in it share one session."""
    return _Holder(module, token, pin)


class _Holder:
    """An open session with a token; one at a time may use it, and each process opens its own."""

    def __init__(self, module: str, token: str, pin: str) -> None:
        self._module, self._token, self._pin = module, token, pin
        self._lock = threading.Lock()
        self._session: Any = None
        self._process = 0

    def sign(self, label: str, data: bytes, algorithm: str) -> bytes:
        size = algorithm[2:]

        def signed(session: Any) -> bytes:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
            if algorithm.startswith("ES"):
                digest = hashlib.new(f"sha{size}", data).digest()
                return bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
            plain, pss, digest_mechanism, mask = _RSA[size]
            if algorithm.startswith("RS"):
                return bytes(key.sign(data, mechanism=plain))
            parameters = (digest_mechanism, mask, int(size) // 8)
            return bytes(key.sign(data, mechanism=pss, mechanism_param=parameters))

        return self._use(signed)

    def certificates(self) -> tuple[x509.Certificate, ...]:
        def read(session: Any) -> tuple[x509.Certificate, ...]:
            found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            return tuple(x509.load_der_x509_certificate(each[Attribute.VALUE]) for each in found)

        return self._use(read)

    def public(self, label: str) -> bytes:
        """Return what tells the public key from others: the modulus of RSA, or the point of a curve."""

        def read(session: Any) -> bytes:
            key = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=label)
            if key.key_type == pkcs11.KeyType.RSA:
                return bytes(key[Attribute.MODULUS])
            return bytes(key[Attribute.EC_POINT])

        return self._use(read)

    def _use(self, work: Callable[[Any], _Got]) -> _Got:
        with self._lock:
            try:
                return work(self._open())
            except PinIncorrect:
                raise TokenUnavailable(_("The PIN of the token is wrong; nothing was sealed.")) from None
            except (PKCS11Error, RuntimeError) as error:
                self._close()
                raise TokenUnavailable(
                    _("The token “%(token)s” cannot be used (%(why)s); check its module, label, key and PIN.")
                    % {"token": self._token, "why": type(error).__name__}
                ) from None

    def _open(self) -> Any:
        if self._session is None or self._process != os.getpid():
            token = pkcs11.lib(self._module).get_token(token_label=self._token)
            self._session, self._process = token.open(user_pin=self._pin), os.getpid()
        return self._session

    def _close(self) -> None:
        if self._session is not None and self._process == os.getpid():
            with suppress(PKCS11Error):
                self._session.close()
        self._session = None


def _public(certificate: x509.Certificate) -> bytes:
    """Return the modulus or the uncompressed point of the key; a token may put its length before the point."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_numbers().n.to_bytes((key.key_size + 7) // 8, "big")
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return b"\0"


def _file(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Unreadable(
            _("The file of the seal, %(name)s, cannot be read (%(why)s).")
            % {"name": name, "why": error.strerror},
            "seal-file",
        ) from None
