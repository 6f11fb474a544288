"""Where a certificate leads: lists of revoked ones that a seal carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from gilde.credentials.keys.authority import Authority
from gilde.credentials.keys.paths import Lead, way_up

SINCE = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_list_of_revoked_certificates_counts_from_its_day_on_and_only_from_the_authority() -> None:
    authority, other = (Authority.make(name, since=SINCE) for name in ("Root", "Other root"))
    certificate, _key = authority.issue("School", since=SINCE)
    revoked_on = SINCE + timedelta(days=100)

    def listed(by: Authority) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
        builder = builder.last_update(revoked_on).next_update(revoked_on + timedelta(days=30))
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(revoked_on).build())
        return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def lead(days: int, by: Authority) -> Lead:
        moment = revoked_on + timedelta(days=days)
        roots = [authority.certificate]
        return way_up(certificate, [], roots, moment=moment, revoked=[listed(by), b"no list"]).lead

    assert lead(1, authority) == Lead.REVOKED
    assert lead(-1, authority) == Lead.TRUSTED
    assert lead(1, other) == Lead.TRUSTED
