"""JAdES seals (ETSI TS 119 182-1): JSON signed with an X.509 certificate, as European Digital Credentials are.

Sealing makes level B-B, and B-T where an authority stamps the time. The payload stands as it is (`b64` false,
RFC 7797), so that people can read it. Reading takes also seals with `sigT`, content and archive time stamps, and the
compact form. Stamps are over the base64url text of the signature, archive stamps over payload, header, signature and
what was added before (5.3.4 and 5.3.6, `etsiU` in base64url).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered
from gilde.credentials.keys.certificates import About, Sealer, about, algorithms_of, as_asn1, verify_signature
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import timestamps
from gilde.credentials.proofs.jades_parts import (
    Later,
    Parts,
    certificates_of,
    no_seal,
    plain,
    tokens,
    unsupported,
)


@dataclass(frozen=True)
class Sealed:
    """What a seal that is mathematically right says.

    `sealed_at` is what the sealer claims; `stamped_at` what the earliest time stamp proves, of a trusted authority if
    there is one. `lead` is where the certificate led at `judged_at`: the moment of a trusted stamp, else now.
    """

    payload: bytes
    algorithm: str
    certificate: x509.Certificate
    about: About
    sealed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    stamp_trusted: bool
    judged_at: datetime
    lead: Lead
    certificate_expired_since: bool  # it has expired by now, whatever it was when it sealed

    @property
    def trusted(self) -> bool:
        """Whether the certificate led to a trusted root when it sealed, as far as that is proven."""
        return self.lead == Lead.TRUSTED


def seal(payload: bytes, sealer: Sealer, now: datetime, timestamp: timestamps.Ask | None = None) -> bytes:
    """Return a sealed file: `payload`, JSON in UTF-8, stands in it byte for byte.

    Level B-B, or B-T when `timestamp` asks an authority (RFC 3161 request to response). `iat` tells the time: sigT is
    not for seals since 15 May 2025 (ETSI TS 119 182-1 V1.2.1, 5.2.1). Raises Unreadable when the authority gives no
    stamp; what `timestamp` raises passes through.
    """
    certificate = sealer.certificate
    alg = sealer.algorithms[0]
    chain = [each.public_bytes(Encoding.DER) for each in sealer.chain]
    header = {
        "alg": alg,
        "cty": "ld+json",
        "kid": base64.b64encode(_issuer_serial(certificate)).decode(),
        "x5t#S256": plain(hashlib.sha256(chain[0]).digest()),
        "x5c": [base64.b64encode(each).decode() for each in chain],
        "typ": "jose+json",
        "iat": int(now.timestamp()),
        "b64": False,
        "crit": ["b64"],
    }
    protected = plain(json.dumps(header, separators=(",", ":")).encode())
    signature = plain(sealer.sign(protected.encode() + b"." + payload, alg))
    told: dict[str, Any] = {"protected": protected}
    if timestamp is not None:
        token = base64.b64encode(timestamps.stamp(signature.encode(), timestamp)).decode()
        stamped = json.dumps({"sigTst": {"tstTokens": [{"val": token}]}}, separators=(",", ":"))
        told["header"] = {"etsiU": [plain(stamped.encode())]}
    whole = {"payload": payload.decode(), "signatures": [told | {"signature": signature}]}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def verify(
    data: bytes | str,
    *,
    now: datetime,
    anchors: Sequence[x509.Certificate] = (),
    stamp_anchors: Sequence[x509.Certificate] = (),
) -> Sealed:
    """Return what a sealed file says, when the seal is over exactly its payload and every time stamp over the seal.

    Whether certificate and stamps are to be trusted is told, not raised. Raises Unreadable for what is no seal,
    Unsupported for one that asks for what Gilde does not know, Altered for one that is not of its payload.
    """
    parts = Parts.of(data)
    header = parts.header
    certificates = certificates_of(header)
    certificate = certificates[0]
    _check_thumbprints(header, certificate)
    if header["alg"] not in algorithms_of(certificate):
        raise unsupported("alg")
    if not verify_signature(certificate, parts.signature, parts.signed, header["alg"]):
        raise Altered(
            _(
                "The seal is not over this content: one was changed since. Ask the holder for the original file."
            ),
            "signature-wrong",
        )
    later = Later.of(parts.later, parts)
    stamps = [timestamps.read(token, over, stamp_anchors) for token, over in later.stamps]
    for token in tokens(header.get("adoTst")):
        timestamps.read(token, parts.payload.encode(), stamp_anchors)
    trusted = [each for each in stamps if each.trusted]
    first = min(trusted or stamps, key=lambda each: each.at, default=None)
    judged_at = first.at if first and first.trusted else now
    return Sealed(
        payload=parts.content,
        algorithm=header["alg"],
        certificate=certificate,
        about=about(certificate),
        sealed_at=_claimed(header),
        stamped_at=first.at if first else None,
        stamped_by=first.authority if first else "",
        stamp_trusted=bool(first and first.trusted),
        judged_at=judged_at,
        lead=timestamps.lead(
            certificate, [*certificates[1:], *later.certificates], anchors, judged_at, later.revoked
        ),
        certificate_expired_since=now > certificate.not_valid_after_utc,
    )


def _check_thumbprints(header: Mapping[str, Any], certificate: x509.Certificate) -> None:
    """Check that the header names the certificate that it holds (ETSI TS 119 182-1, 5.1.7)."""
    if (told := header.get("x5t#S256")) is None:
        return
    if told != plain(hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()):
        raise Altered(
            _(
                "The seal names another certificate than the one it holds. Ask the holder for the original file."
            ),
            "certificate-swapped",
        )


def _claimed(header: Mapping[str, Any]) -> datetime | None:
    """Return when the seal says that it was made: `iat` (RFC 7519), or `sigT` of older seals."""
    iat, told = header.get("iat"), header.get("sigT")
    try:
        if isinstance(iat, int) and not isinstance(iat, bool):
            return datetime.fromtimestamp(iat, UTC)
        if isinstance(told, str) and told.endswith("Z"):
            return datetime.fromisoformat(told).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise no_seal() from error
    if iat is not None or told is not None:
        raise no_seal()
    return None


def _issuer_serial(certificate: x509.Certificate) -> bytes:
    """Return issuer and serial number of a certificate (RFC 5035, 5) as DER, what `kid` holds (5.1.4)."""
    own = as_asn1(certificate)
    names = [asn1.GeneralName({"directory_name": own.issuer})]
    found: bytes = tsp.IssuerSerial({"issuer": names, "serial_number": own.serial_number}).dump()
    return found
