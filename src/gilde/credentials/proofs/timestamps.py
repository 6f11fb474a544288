"""Time stamps of an authority (RFC 3161): ask for one, and read one again.

The signature of a token is checked by pyHanko (CMS, RFC 5652, with the certificate that the signed attributes name).
An authority's certificate is judged at the moment that its token tells: it has often expired when a seal is checked.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from django.utils.translation import gettext as _
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.certificates import about
from gilde.credentials.keys.paths import Lead, way_up

_DIGESTS: Final = {"sha256", "sha384", "sha512"}
_MOST: Final = 20  # certificates that come along
_GRANTED: Final = {"granted", "granted_with_mods"}
Ask = Callable[[bytes], bytes]  # posts a request (DER) to an authority and gives its response (DER)


@dataclass(frozen=True)
class Stamp:
    """What a time stamp proves: that something existed at a moment, as an authority says."""

    at: datetime
    authority: str
    trusted: bool  # whether it leads to one of the anchors, and is for time stamps


def stamp(data: bytes, ask: Ask) -> bytes:
    """Return a token (DER) over the SHA-256 of some bytes.

    Raises Unreadable when the authority refuses or answers something else, and Altered when its token is not over them.
    """
    nonce = secrets.randbits(63)
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(data).digest()}
    request = tsp.TimeStampReq(
        {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    )
    try:
        response = tsp.TimeStampResp.load(ask(request.dump()), strict=True)
        granted = response["status"]["status"].native in _GRANTED
        token = response["time_stamp_token"]
        told = _info(token) if granted else None
        answered = told["nonce"].native if told else None
        found: bytes = token.dump()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_stamp() from error
    if answered != nonce:
        raise _no_stamp()
    read(found, data, ())
    return found


def read(token: bytes, data: bytes, anchors: Sequence[x509.Certificate]) -> Stamp:
    """Return what a token (DER) proves of these bytes. An authority that leads to no anchor is told as not trusted.

    Raises Unreadable when it is no token, Altered with the reason "stamp-wrong" when it is not over the bytes, not
    signed by the authority that it names, or by a certificate that is not for time stamps (RFC 3161, 2.3).
    """
    try:
        content = cms.ContentInfo.load(token, strict=True)
        info = _info(content)
        signed = content["content"]
        (signer,) = signed["signer_infos"]
        _known(signed, signer, info)
        certificates = extract_certs_for_validation(signed)
        certificate = certificates.signer_cert
        named = get_signing_cert_attr(signer["signed_attrs"])
        whole = signed["encap_content_info"]["content"].contents
        digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, whole).digest()
        intact, valid = validate_sig_integrity(signer, certificate, "tst_info", digest)
        usage = certificate.extended_key_usage_value
        imprint = info["message_imprint"]
        over = hashlib.new(imprint["hash_algorithm"]["algorithm"].native, data).digest()
        at = info["gen_time"].native.astimezone(UTC)
        authority = certificate.subject.native
        others = [certificate_of(each.dump()) for each in certificates.other_certs]
        own = certificate_of(certificate.dump())
    except SignatureValidationError as error:
        raise _wrong() from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, NotImplementedError) as error:
        raise Unreadable(_("The time stamp of the seal cannot be read."), "stamp-unreadable") from error
    sound = intact and valid and named is not None and imprint["hashed_message"].native == over
    if not sound or usage is None or usage.native != ["time_stamping"]:
        raise _wrong()
    return Stamp(
        at=at.replace(microsecond=0),
        authority=str(authority.get("common_name") or authority.get("organization_name") or ""),
        trusted=lead(own, others, anchors, at) == Lead.TRUSTED,
    )


def certificate_of(der: bytes) -> x509.Certificate:
    """Return a certificate, each part of it read: some are read only when asked for. Raises ValueError for none."""
    try:
        found = x509.load_der_x509_certificate(der)
        about(found)
        found.extensions, found.public_key()
    except (UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
        raise ValueError(str(error)) from error
    return found


def lead(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
    revoked: Sequence[bytes] = (),
) -> Lead:
    """Return where a certificate leads at a moment; to nothing when what came along with it is broken inside.

    One that is an anchor itself is believed within its own period only, which the way up leaves open (RFC 5280, 6.1.1).
    """
    try:
        found = way_up(certificate, others[:_MOST], anchors, moment=at, revoked=revoked).lead
    except (ValueError, TypeError, KeyError):
        return Lead.BROKEN
    if found != Lead.TRUSTED:
        return found
    if at < certificate.not_valid_before_utc:
        return Lead.NOT_YET_VALID
    return Lead.EXPIRED if at > certificate.not_valid_after_utc else found


def _info(content: Any) -> Any:
    if content["content_type"].native != "signed_data":
        raise ValueError
    told = content["content"]["encap_content_info"]["content"].parsed
    if not isinstance(told, tsp.TSTInfo):
        raise ValueError
    return told


def _known(signed: Any, signer: Any, info: Any) -> None:
    """Refuse digests that are no longer sound (SHA-1), and what contradicts itself outside the signature."""
    digest = signer["digest_algorithm"]["algorithm"].native
    told = {each["algorithm"].native for each in signed["digest_algorithms"]}
    imprint = info["message_imprint"]["hash_algorithm"]["algorithm"].native
    if told != {digest} or not {digest, imprint} <= _DIGESTS:
        raise ValueError(digest)
    if signed["version"].native != "v3" or signer["version"].native not in ("v1", "v3"):
        raise ValueError(signed["version"].native)


def _no_stamp() -> Unreadable:
    return Unreadable(
        _("The time stamping authority gave no time stamp. Try again, or seal without one."), "stamp-refused"
    )


def _wrong() -> Altered:
    return Altered(
        _("The time stamp is not of this seal, or it was changed. Ask the holder for the original file."),
        "stamp-wrong",
    )
