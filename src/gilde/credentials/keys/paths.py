"""From the certificate of a seal to a root that is trusted, at a given moment (RFC 5280, section 6).

Nothing is fetched: neither certificates that are missing nor lists of revoked ones; lists that a seal carries count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from cryptography import x509
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    ValidationError,
)

from gilde.credentials.keys.certificates import Certificates, as_asn1


class Lead(StrEnum):
    """Where the way up from a certificate leads."""

    TRUSTED = "trusted"
    UNKNOWN_ROOT = "unknown-root"
    EXPIRED = "certificate-expired"
    NOT_YET_VALID = "certificate-not-yet-valid"
    REVOKED = "certificate-revoked"
    NOT_FOR_SEALS = "certificate-not-for-seals"
    WEAK = "certificate-weak"
    BROKEN = "certificate-chain-broken"


@dataclass(frozen=True)
class Way:
    """How it ended, and if it is trusted the certificates from the lowest to the root."""

    lead: Lead
    certificates: Certificates = ()


def way_up(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    roots: Iterable[x509.Certificate],
    *,
    moment: datetime,
    revoked: Iterable[bytes] = (),
) -> Way:
    """Return where the certificate leads, as things stood at `moment`; `revoked` are CRLs in DER.

    A seal's certificate must be for signing data: digitalSignature or nonRepudiation (EN 319 412-2, section 4.3.2).
    """
    trusted = [as_asn1(root) for root in roots]
    if not trusted:
        return Way(Lead.UNKNOWN_ROOT)
    context = ValidationContext(
        trust_roots=list(trusted),
        other_certs=[as_asn1(other) for other in others],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    if not _for_sealing(certificate):
        return Way(Lead.NOT_FOR_SEALS)
    validator = CertificateValidator(as_asn1(certificate), validation_context=context)
    try:
        path = asyncio.run(validator.async_validate_path())
    except ExpiredError:
        return Way(Lead.EXPIRED)
    except NotYetValidError:
        return Way(Lead.NOT_YET_VALID)
    except DisallowedAlgorithmError:
        return Way(Lead.WEAK)
    except PathBuildingError:
        return Way(Lead.UNKNOWN_ROOT)
    except InvalidCertificateError:
        return Way(Lead.NOT_FOR_SEALS)
    except ValidationError:
        return Way(Lead.BROKEN)
    upward = [x509.load_der_x509_certificate(each.dump()) for each in path]
    upward.reverse()
    if _is_revoked(upward, revoked, moment):
        return Way(Lead.REVOKED)
    return Way(Lead.TRUSTED, tuple(upward))


def _is_revoked(upward: Sequence[x509.Certificate], lists: Iterable[bytes], moment: datetime) -> bool:
    """Tell whether a list signed by the authority above one of the certificates says that it was revoked by then."""
    for told in lists:
        try:
            found = x509.load_der_x509_crl(told)
        except ValueError:
            continue
        for lower, above in pairwise(upward):
            public: Any = above.public_key()
            if found.issuer != above.subject or not found.is_signature_valid(public):
                continue
            entry = found.get_revoked_certificate_by_serial_number(lower.serial_number)
            if entry is not None and entry.revocation_date_utc <= moment:
                return True
    return False


def _for_sealing(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
