"""Trust lists for tests, with certificates of their own."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from gilde.core import clock


def a_certificate(name: str = "Seal of a school") -> x509.Certificate:
    """A certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365))
    return made.sign(key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM).decode()


def der64(certificate: x509.Certificate) -> str:
    """A certificate as base64 of DER, as XML carries it."""
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def a_json(*issuers: dict[str, Any], **changes: Any) -> bytes:
    """A list in our own JSON."""
    told = {"type": "gilde-trust-list", "version": 1, "name": "Schools", "issuers": list(issuers), **changes}
    return json.dumps(told).encode()


def a_school(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An issuer on such a list."""
    return {"id": f"did:web:school-{number}.example", "name": f"School {number}", "country": "BE", **changes}


def service(
    certificates: Sequence[x509.Certificate],
    *,
    kind: str = "CA/QC",
    uses: Sequence[str] = ("ForeSeals",),
    status: str = "granted",
    since: str = "2018-01-01T00:00:00Z",
    history: Sequence[tuple[str, str]] = (),
) -> str:
    """A service of a trusted list, with its history as pairs of status and beginning."""
    info = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
    before = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
    identities = "".join(
        f"<DigitalId><X509Certificate>{der64(each)}</X509Certificate></DigitalId>" for each in certificates
    )
    extensions = "".join(
        f'<Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">{info}{use}</URI>'
        "</AdditionalServiceInformation></Extension>"
        for use in uses
    )
    instances = "".join(
        f"<ServiceHistoryInstance><ServiceStatus>{before}{old}</ServiceStatus>"
        f"<StatusStartingTime>{start}</StatusStartingTime></ServiceHistoryInstance>"
        for old, start in history
    )
    return (
        f"<TSPService><ServiceInformation>"
        f"<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{kind}</ServiceTypeIdentifier>"
        f'<ServiceName><Name xml:lang="en">A service</Name></ServiceName>'
        f"<ServiceDigitalIdentity>{identities}</ServiceDigitalIdentity>"
        f"<ServiceStatus>{before}{status}</ServiceStatus><StatusStartingTime>{since}</StatusStartingTime>"
        f"<ServiceInformationExtensions>{extensions}</ServiceInformationExtensions></ServiceInformation>"
        f"<ServiceHistory>{instances}</ServiceHistory></TSPService>"
    )


def a_trusted_list(*services: str, head: str = "", kind: str = "EUgeneric", territory: str = "BE") -> bytes:
    """A trusted list of ETSI TS 119 612 with one provider."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}'
        '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><SchemeInformation>'
        f"<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/{kind}</TSLType>"
        f"<SchemeTerritory>{territory}</SchemeTerritory></SchemeInformation>"
        "<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>"
        '<Name xml:lang="en">Trust House</Name><Name xml:lang="nl">Vertrouwenshuis</Name>'
        f"</TSPName></TSPInformation><TSPServices>{''.join(services)}</TSPServices>"
        "</TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    ).encode()
