"""PAdES seals of PDF files (ETSI EN 319 142-1): level B-B, and B-T where an authority stamps the time.

A seal is added to the file and changes nothing before it; what was PDF/A-3a and tagged stays so. The first seal of a
file certifies it: nothing may be changed afterwards (ISO 32000-1, 12.8.2.2).
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from cryptography import x509
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfWriteError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError, simple_cms_attribute
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle

from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.certificates import About, Sealer, about
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import pades_field, pades_reading, timestamps
from gilde.credentials.proofs.pades_field import Visible
from gilde.credentials.proofs.pades_reading import Proof
from gilde.credentials.proofs.pdf_file import opened, reading

__all__ = ["Proof", "Sealed", "Sealer", "Visible", "judge", "seal", "verify"]

_ROOM: Final = 12_000  # bytes for a seal with a chain of certificates
_ROOM_FOR_STAMP: Final = 12_000  # bytes more for a token with the authority's chain


@dataclass(frozen=True)
class Sealed:
    """What a seal that is mathematically right says, as that of a JAdES seal.

    `sealed_at` is what the sealer claims; `stamped_at` what the earliest time stamp proves, of a trusted authority if
    there is one. `lead` is where the certificate led at `judged_at`: the moment of a trusted stamp, else now.
    """

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
        return self.lead == Lead.TRUSTED


def seal(
    pdf: bytes,
    sealer: Sealer,
    now: datetime,
    timestamp: timestamps.Ask | None = None,
    *,
    visible: Visible | None = None,
    reason: str = "",
    place: str = "",
) -> bytes:
    """Return the PDF with a seal after it; with a time stamp when `timestamp` asks an authority.

    Raises Unreadable for what is no plain PDF, Unsupported for a key of another kind and for a file that is sealed
    already, and what `timestamps.stamp` raises.
    """
    reader = opened(pdf)
    with reading():
        if list(reader.embedded_signatures):
            raise Unsupported(
                _("The PDF is sealed already, and a second seal would change it; seal the original."),
                "sealed",
            )
    writer = _Writer(io.BytesIO(pdf), prev=reader)
    label = _("Electronic seal of %(organisation)s") % {"organisation": sealer.about.organisation}
    with reading():
        field = pades_field.add(writer, label, visible)
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm=f"sha{sealer.algorithms[0][2:]}",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason or None,
        location=place or None,
    )
    style = pades_field.style(visible) if visible else StaticStampStyle(border_width=0)
    made = io.BytesIO()
    try:
        signer = _PdfSigner(meta, sealer.pdf_signer(), now=now, stamp_style=style)
        room = _ROOM + (_ROOM_FOR_STAMP if timestamp else 0)
        gap, signed = asyncio.run(signer.signed(writer, 2 * room, made))
        if timestamp:
            # After the loop has ended: asking is logged in the database, which Django refuses within one.
            _add_stamp(signed, timestamp)
        gap.fill_with_cms(made, signed)
    except (SigningError, PdfWriteError) as error:
        raise Unreadable(_("The PDF cannot be sealed: %(why)s") % {"why": error}, "not-sealable") from error
    return made.getvalue()


def _add_stamp(signed: cms.ContentInfo, timestamp: timestamps.Ask) -> None:
    """Put a time stamp over the signature beside it (ETSI EN 319 122-1, 5.3)."""
    (signer,) = signed["content"]["signer_infos"]
    token = cms.ContentInfo.load(timestamps.stamp(signer["signature"].native, timestamp))
    signer["unsigned_attrs"] = cms.CMSAttributes([simple_cms_attribute("signature_time_stamp_token", token)])


def verify(
    data: bytes,
    *,
    now: datetime,
    anchors: Sequence[x509.Certificate] = (),
    stamp_anchors: Sequence[x509.Certificate] = (),
) -> list[Sealed]:
    """Return what the seals of a PDF say, in the order in which they were set; none for a file without a seal.

    Raises what `pades_reading.proofs` raises. A stranger's file is read in a process apart and then judged here.
    """
    return [
        judge(each, now=now, anchors=anchors, stamp_anchors=stamp_anchors)
        for each in pades_reading.proofs(data)
    ]


def judge(
    proof: Proof,
    *,
    now: datetime,
    anchors: Sequence[x509.Certificate] = (),
    stamp_anchors: Sequence[x509.Certificate] = (),
) -> Sealed:
    """Return what a seal says, its certificate and its time stamps judged.

    Raises Unreadable for a certificate or stamp that cannot be read, Altered for a stamp of something else.
    """
    certificate, *others = (_certificate(each) for each in (proof.certificate, *proof.others))
    stamps = [timestamps.read(token, proof.signature, stamp_anchors) for token in proof.tokens]
    trusted = sorted((each for each in stamps if each.trusted), key=lambda each: each.at)
    first = next(iter(trusted or sorted(stamps, key=lambda each: each.at)), None)
    judged_at = first.at if first and first.trusted else now
    return Sealed(
        algorithm=proof.algorithm,
        certificate=certificate,
        about=about(certificate),
        sealed_at=proof.claimed_at,
        stamped_at=first.at if first else None,
        stamped_by=first.authority if first else "",
        stamp_trusted=bool(first and first.trusted),
        judged_at=judged_at,
        lead=timestamps.lead(certificate, others, anchors, judged_at, proof.crls),
        certificate_expired_since=now > certificate.not_valid_after_utc,
    )


class _Writer(IncrementalPdfFileWriter):
    """Adds to a file without touching its title, dates and metadata: a seal tells its own time."""

    def _update_meta(self) -> None:
        pass


class _PdfSigner(signers.PdfSigner):
    """Seals at the moment that it is told, never at that of the machine."""

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        self._now = now
        super().__init__(*args, **options)

    def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **options)
        session.system_time = self._now
        return session

    async def signed(
        self, writer: IncrementalPdfFileWriter, room: int, output: io.BytesIO
    ) -> tuple[PreparedByteRangeDigest, cms.ContentInfo]:
        """Write the file with a gap for the seal (of `room` hexadecimal digits); return the gap, and the seal."""
        gap, document, _output = await self.async_digest_doc_for_signing(
            writer, existing_fields_only=True, bytes_reserved=room, output=output
        )
        signed = await document.signer.async_sign(
            gap.document_digest,
            document.md_algorithm,
            use_pades=True,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=self._now),
        )
        return gap, signed


def _certificate(data: bytes) -> x509.Certificate:
    try:
        found = x509.load_der_x509_certificate(data)
        about(found)
        found.public_key()
    except (ValueError, TypeError, UnicodeError) as error:
        raise Unreadable(_("A certificate in the seal cannot be read."), "certificate-unreadable") from error
    return found
