"""Takes a sealed file apart, strictly: what could be read in two ways, or asks for what is not known, is refused."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.linked import strict
from gilde.credentials.proofs.timestamps import certificate_of

_ALGORITHMS: Final = {f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)}
_UNDERSTOOD: Final = {"b64", "sigT", "adoTst"}  # what `crit` may name (RFC 7515, 4.1.11)
_LATER: Final = {"etsiU"}  # what may stand outside the signature: the standard puts nothing else there
_MOST: Final = 20  # certificates, stamps and later additions each


@dataclass(frozen=True)
class Parts:
    """The parts of one signature: texts as they stand in the file, and what they mean."""

    protected: str
    payload: str
    seal: str
    header: Mapping[str, Any]
    content: bytes
    signature: bytes
    later: tuple[Any, ...]

    @property
    def signed(self) -> bytes:
        """Return what the signature is over (RFC 7515, 5.1; RFC 7797, 3)."""
        return f"{self.protected}.{self.payload}".encode()

    @classmethod
    def of(cls, data: bytes | str) -> Parts:
        text = data.decode() if isinstance(data, bytes) and data.isascii() else data
        if isinstance(text, str) and text.count(".") == 2 and not text.lstrip().startswith("{"):
            protected, payload, seal = text.strip().split(".")
            return cls._made(protected, payload, seal, {})
        whole = strict.parse(data)
        if not isinstance(whole, dict) or not isinstance(whole.get("payload"), str):
            raise no_seal()
        several = "signatures" in whole
        signatures = whole["signatures"] if several else [whole]
        if several and set(whole) != {"payload", "signatures"}:
            raise no_seal()
        if not isinstance(signatures, list) or len(signatures) != 1:
            raise unsupported("signatures")
        told = signatures[0]
        allowed = {"protected", "header", "signature"} | (set() if several else {"payload"})
        if not isinstance(told, dict) or not set(told) <= allowed:
            raise no_seal()
        return cls._made(
            told.get("protected"), whole["payload"], told.get("signature"), told.get("header", {})
        )

    @classmethod
    def _made(cls, protected: Any, payload: str, seal: Any, later: Any) -> Parts:
        if not isinstance(protected, str) or not isinstance(seal, str) or not isinstance(later, dict):
            raise no_seal()
        header = strict.parse(_bytes(protected))
        if not isinstance(header, dict):
            raise no_seal()
        _check_header(header, later)
        plain = header.get("b64", True)
        added = later.get("etsiU", [])
        if not isinstance(added, list) or len(added) > _MOST:
            raise no_seal()
        content = _bytes(payload) if plain else payload.encode()
        return cls(protected, payload, seal, header, content, _bytes(seal), tuple(added))


def _check_header(header: Mapping[str, Any], later: Mapping[str, Any]) -> None:
    """Refuse a header that could be read in two ways, and one that demands what is not known here."""
    if set(later) - _LATER or _LATER & set(header):
        raise unsupported("header")
    if not isinstance(header.get("alg"), str) or header["alg"] not in _ALGORITHMS:
        raise unsupported("alg")
    critical = header.get("crit", [])
    if not isinstance(critical, list) or ("crit" in header and not critical):
        raise no_seal()
    for each in critical:
        if not isinstance(each, str) or each not in _UNDERSTOOD:
            raise unsupported("crit")
    if len(set(critical)) != len(critical) or not set(critical) <= set(header):
        raise no_seal()
    if not isinstance(header.get("b64", True), bool) or ("b64" in header and "b64" not in critical):
        raise no_seal()
    if "sigD" in header:  # what is sealed lies elsewhere
        raise unsupported("sigD")


def certificates_of(header: Mapping[str, Any]) -> list[x509.Certificate]:
    chain = header.get("x5c")
    if not isinstance(chain, list) or not 0 < len(chain) <= _MOST:
        raise unsupported("x5c")
    return [_certificate(each) for each in chain]


def _certificate(text: Any) -> x509.Certificate:
    try:
        return certificate_of(_standard(text))
    except (ValueError, TypeError) as error:
        raise Unreadable(_("A certificate in the seal cannot be read."), "certificate-unreadable") from error


@dataclass(frozen=True)
class Later:
    """What was added to a seal later (`etsiU`): stamps with what they are over, certificates, lists of revoked ones."""

    stamps: tuple[tuple[bytes, bytes], ...]
    certificates: tuple[x509.Certificate, ...]
    revoked: tuple[bytes, ...]

    @classmethod
    def of(cls, added: Sequence[Any], parts: Parts) -> Later:
        stamps: list[tuple[bytes, bytes]] = []
        certificates: list[x509.Certificate] = []
        crls: list[bytes] = []
        before = ""
        for each in added:
            told = strict.parse(_bytes(each)) if isinstance(each, str) else each
            if not isinstance(told, dict) or len(told) != 1:
                raise no_seal()
            if "sigTst" in told:
                stamps += [(token, parts.seal.encode()) for token in tokens(told["sigTst"])]
            elif _is_node(told.get("arcTst"), "tstTokens") and isinstance(each, str):
                over = f"{parts.payload}.{parts.protected}.{parts.seal}.{before}".encode()
                stamps += [(token, over) for token in tokens(told["arcTst"])]
            elif "xVals" in told:
                held = [each["x509Cert"] for each in _list(told["xVals"]) if _is_node(each, "x509Cert")]
                certificates += [_certificate(value) for value in _values(held)]
            elif "rVals" in told and isinstance(told["rVals"], dict):
                crls += [_list_of_revoked(value) for value in _values(told["rVals"].get("crlVals", []))]
            before += each if isinstance(each, str) else ""
        if max(len(stamps), len(certificates), len(crls)) > _MOST:
            raise no_seal()
        return cls(tuple(stamps), tuple(certificates), tuple(crls))


def _list_of_revoked(text: Any) -> bytes:
    der = _standard(text)
    try:
        x509.load_der_x509_crl(der)
    except ValueError as error:
        raise no_seal() from error
    return der


def tokens(told: Any) -> list[bytes]:
    """Return the tokens of a container of time stamps (ETSI TS 119 182-1, 5.4.3.3)."""
    if told is None:
        return []
    if not _is_node(told, "tstTokens"):
        raise no_seal()
    return [_standard(value) for value in _values(told["tstTokens"])]


def _values(told: Any) -> list[Any]:
    if not all(_is_node(each, "val") for each in _list(told)):
        raise no_seal()
    return [each["val"] for each in told]


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list) or len(told) > _MOST:
        raise no_seal()
    return told


def _is_node(told: Any, name: str) -> bool:
    return isinstance(told, dict) and name in told


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Return what base64url means, written in the one right way: other last bits would be another text of the same."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, UnicodeError) as error:
        raise no_seal() from error
    if plain(found) != text:
        raise no_seal()
    return found


def _standard(text: Any) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, TypeError, UnicodeError) as error:
        raise no_seal() from error
    if base64.b64encode(found).decode() != text:
        raise no_seal()
    return found


def no_seal() -> Unreadable:
    return Unreadable(_("This is no seal that can be read, or it was cut off on the way."), "no-seal")


def unsupported(what: str) -> Unsupported:
    return Unsupported(
        _(
            "The seal asks for something that Gilde does not know (%(what)s), so that nothing can be said of it."
        )
        % {"what": what},
        f"seal-{what}",
    )
