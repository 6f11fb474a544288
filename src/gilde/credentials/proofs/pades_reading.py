"""Finds the seals in a PDF and checks their mathematics: what each covers, and that nothing was changed after it.

Whether the certificate is to be trusted is judged elsewhere, so that this can run in a process apart.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity
from pyhanko.sign.validation.status import SignatureCoverageLevel

from gilde.credentials.errors import Altered, Unsupported
from gilde.credentials.proofs.pades_policy import POLICY
from gilde.credentials.proofs.pdf_file import at, opened, reading

REFUSALS: Final = (Altered, Unsupported)
MOST: Final = 20  # seals in a file; certificates, stamps and revocations in a seal
_DIGESTS: Final = {"sha256", "sha384", "sha512"}
_FILTERS: Final = {"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"}
_HEX: Final = re.compile(rb"<[0-9A-Fa-f]*>\Z")


@dataclass(frozen=True)
class Proof:
    """A seal that is mathematically right and after which nothing was changed. Certificates and tokens are DER.

    `tokens` are time stamps over `signature`; `claimed_at` is what the sealer says.
    """

    certificate: bytes
    others: tuple[bytes, ...]
    signature: bytes
    algorithm: str
    claimed_at: datetime | None
    tokens: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def packed(self) -> dict[str, Any]:
        """Return the proof as JSON can hold it."""
        return {
            "certificate": _text(self.certificate),
            "signature": _text(self.signature),
            "algorithm": self.algorithm,
            "claimed_at": self.claimed_at.isoformat() if self.claimed_at else None,
            **{name: [_text(each) for each in getattr(self, name)] for name in _LISTS},
        }

    @classmethod
    def unpacked(cls, told: Any) -> Proof:
        """Return the proof again. Raises ValueError when this is none."""
        try:
            claimed = told["claimed_at"]
            return cls(
                certificate=_bytes(told["certificate"]),
                signature=_bytes(told["signature"]),
                algorithm=str(told["algorithm"]),
                claimed_at=datetime.fromisoformat(claimed) if claimed else None,
                **{name: tuple(_bytes(each) for each in told[name][:MOST]) for name in _LISTS},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError from error


_LISTS: Final = ("others", "tokens", "crls")


def proofs(data: bytes, reader: PdfFileReader | None = None) -> list[Proof]:
    """Return the seals of a PDF in the order in which they were set; none for a file without a seal.

    Raises Altered (changed-after-seal, content-changed, signature-wrong, seal-over-part), Unsupported for a seal of
    another kind, Unreadable for a file that cannot be read.
    """
    reader = reader or opened(data)
    with reading():
        try:
            signatures = list(reader.embedded_signatures)
            if len(signatures) > MOST:
                raise _unsupported("seals")
            seals = [each for each in signatures if each.sig_object_type == "/Sig"]
            if not seals and signatures:
                raise _unsupported("stamp-alone")
            invisible = {each.field_name for each in signatures if _is_invisible(each)}
            for each in signatures:
                _check_whole(each, data, invisible)
            return [_proof(each, reader) for each in seals]
        except SignatureValidationError as error:
            raise _wrong() from error


def _check_whole(signature: EmbeddedPdfSignature, data: bytes, invisible: set[str]) -> None:
    """Check that the seal is over everything up to itself, and that only proofs came after it."""
    numbers = [int(each) for each in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        raise _over_part()
    _zero, before, after, rest = numbers
    gap = data[before:after]
    end = after + rest
    if (
        not _HEX.match(gap)
        or bytes.fromhex(gap[1:-1].decode("ascii")) != signature.pkcs7_content
        or end > len(data)
    ):
        raise _over_part()
    signature.compute_integrity_info(diff_policy=POLICY)
    if end == len(data):
        if signature.coverage != SignatureCoverageLevel.ENTIRE_FILE:
            raise _over_part()
        return
    changed = signature.diff_result
    if (
        signature.coverage != SignatureCoverageLevel.ENTIRE_REVISION
        or not isinstance(changed, DiffResult)
        or not data.rstrip(b"\r\n").endswith(b"%%EOF")
        or changed.modification_level == ModificationLevel.NONE
        or changed.modification_level > ModificationLevel.FORM_FILLING
        or not changed.changed_form_fields <= invisible
    ):
        raise Altered(
            _("The PDF was changed after it was sealed. Ask the holder for the original file."),
            "changed-after-seal",
        )


def _is_invisible(signature: EmbeddedPdfSignature) -> bool:
    """Whether the field of a later seal covers no part of the page, so that it hides nothing that was sealed."""
    if "/Kids" in signature.sig_field:
        return False
    box = at(signature.sig_field, "/Rect")
    return box is None or (len(box) == 4 and (box[0] == box[2] or box[1] == box[3]))


def _proof(signature: EmbeddedPdfSignature, reader: PdfFileReader) -> Proof:
    signed, signer = signature.signed_data, signature.signer_info
    if at(signature.sig_object, "/SubFilter") not in _FILTERS:
        raise _unsupported("subfilter")
    digest = signer["digest_algorithm"]["algorithm"].native
    if digest not in _DIGESTS or len(signed["signer_infos"]) != 1:
        raise _unsupported("algorithm")
    if signed["encap_content_info"]["content_type"].native != "data":
        raise _unsupported("content")
    if signed["encap_content_info"]["content"].native is not None:
        raise _over_part()
    trailing = signature.pkcs7_content[len(cms.ContentInfo.load(signature.pkcs7_content).dump()) :]
    if trailing.strip(b"\0"):
        raise _wrong()
    held = extract_certs_for_validation(signed)
    intact, valid = validate_sig_integrity(signer, held.signer_cert, "data", signature.compute_digest(digest))
    if not intact:
        raise Altered(
            _("What is in the PDF is not what was sealed. Ask the holder for the original file."),
            "content-changed",
        )
    if not valid:
        raise _wrong()
    claimed = signature.self_reported_timestamp
    return Proof(
        certificate=held.signer_cert.dump(),
        others=tuple(each.dump() for each in list(held.other_certs)[:MOST]),
        signature=signer["signature"].native,
        algorithm=f"{signer['signature_algorithm'].signature_algo} {digest}",
        claimed_at=claimed.astimezone(UTC) if claimed else None,
        tokens=tuple(_tokens(signer)),
        crls=tuple(_revocations(reader)),
    )


def _tokens(signer: cms.SignerInfo) -> Iterable[bytes]:
    """The time stamps over the signature (ETSI EN 319 122-1, 5.3)."""
    found = [
        value.dump()
        for attribute in signer["unsigned_attrs"] or ()
        if attribute["type"].native == "signature_time_stamp_token"
        for value in attribute["values"]
    ]
    if len(found) > MOST:
        raise _unsupported("stamps")
    return found


def _revocations(reader: PdfFileReader) -> list[bytes]:
    """The lists of revoked certificates that the file carries (ETSI EN 319 142-1, 5.4.2)."""
    lists = at(at(reader.root, "/DSS", {}), "/CRLs", ())
    return [lists[number].data for number in range(min(len(lists), MOST))]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _over_part() -> Altered:
    return Altered(
        _(
            "The seal of the PDF is over a part of it only, so the rest may be anything. Ask its issuer for it again."
        ),
        "seal-over-part",
    )


def _wrong() -> Altered:
    return Altered(
        _("The seal of the PDF is not over this content. Ask the holder for the original file."),
        "signature-wrong",
    )


def _unsupported(reason: str) -> Unsupported:
    return Unsupported(
        _(
            "The PDF carries a seal of a kind that Gilde does not check; open it in a reader that shows seals."
        ),
        f"pades-{reason}",
    )
