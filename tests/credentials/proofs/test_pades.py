"""Seals on PDF files: what they prove, for how long, and what they leave as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.authority import SealKind
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import pades, pades_reading
from gilde.credentials.renderings import pdf_reading
from gilde.credentials.renderings.pdf import FULL_PAGE, Parts, make, seal_line
from tests.credentials.facts_strategy import a_facts
from tests.credentials.proofs.sealing import (
    LEGAL_ID,
    LONG_AFTER,
    NAME,
    SEALED,
    UNTIL,
    root,
    school,
    stamping,
    stamping_root,
    token_over,
    unfit_sealer,
)
from tests.credentials.renderings.hostile import a_pdf, with_attachments
from tests.credentials.renderings.papers import (
    ADDRESS,
    CREDENTIAL,
    FULL,
    MADE,
    objects,
    pages,
    reader_of,
    shortcomings,
)

ANCHORS = {"anchors": [root().certificate], "stamp_anchors": [stamping_root().certificate]}


@cache
def certificate() -> bytes:
    return make(
        a_facts(), FULL, made_at=MADE, address=ADDRESS, attached=CREDENTIAL, parts=Parts.BOTH, sealed=True
    )


@cache
def sealed(kind: SealKind = SealKind.P256) -> bytes:
    return pades.seal(certificate(), school(kind), SEALED)


@cache
def stamped() -> bytes:
    return pades.seal(certificate(), school(), SEALED, stamping(SEALED + timedelta(seconds=2)))


def only(pdf: bytes, now: datetime = SEALED, **anchors: Any) -> pades.Sealed:
    (found,) = pades.verify(pdf, now=now, **(anchors or ANCHORS))
    return found


@pytest.mark.parametrize("kind", SealKind)
def test_a_seal_tells_who_set_it_and_when(kind: SealKind) -> None:
    found = only(sealed(kind))
    assert (found.about.organisation, found.about.country, found.about.legal_id) == (NAME, "BE", LEGAL_ID)
    assert (found.sealed_at, found.stamped_at, found.judged_at) == (SEALED, None, SEALED)
    assert (found.lead, found.trusted, found.certificate_expired_since) == (Lead.TRUSTED, True, False)
    assert found.certificate == school(kind).certificate


def test_a_pdf_without_a_seal_has_none() -> None:
    assert pades.verify(certificate(), now=SEALED) == []
    assert pades.verify(a_pdf(), now=SEALED) == []


def test_a_seal_comes_after_the_file_and_changes_nothing_before_it() -> None:
    assert sealed().startswith(certificate())
    assert pages(sealed()) == pages(certificate())
    assert pdf_reading.attachments(sealed()) == pdf_reading.attachments(certificate())
    assert reader_of(sealed()).trailer["/Info"] == reader_of(certificate()).trailer["/Info"]


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("visible", [True, False])
def test_what_was_pdf_a_and_tagged_stays_so(landscape: bool, visible: bool) -> None:
    look = replace(FULL, landscape=landscape)
    plain = make(a_facts(), look, made_at=MADE, address=ADDRESS, attached=CREDENTIAL)
    line = seal_line(NAME, SEALED, landscape=landscape) if visible else None
    made = pades.seal(plain, school(), SEALED, visible=line)
    assert shortcomings(made) == []
    assert only(made).trusted


def test_the_field_of_a_seal_stands_in_the_structure_for_those_who_hear_the_document() -> None:
    (form,) = [each for each in objects(sealed()) if isinstance(each, dict) and each.get("/S") == "/Form"]
    field = reader_of(sealed()).root["/AcroForm"]["/Fields"][0]
    assert form["/Alt"] == field["/TU"] == f"Electronic seal of {NAME}"
    tree = reader_of(sealed()).root["/StructTreeRoot"]
    numbers = list(tree["/ParentTree"]["/Nums"])
    assert numbers[-2] == field["/StructParent"] == tree["/ParentTreeNextKey"] - 1
    assert form.container_ref.idnum == numbers[-1].idnum


def test_a_visible_seal_stands_in_the_margin_of_the_first_page() -> None:
    made = pades.seal(certificate(), school(), SEALED, visible=seal_line(NAME, SEALED))
    field = reader_of(made).root["/AcroForm"]["/Fields"][0]
    left, low, right, high = (float(each) for each in field["/Rect"])
    # Inside what printers reach, outside the frame at 10 millimetres.
    assert 8 < low < high < 28.3
    assert 0 < left < right < FULL_PAGE[1]


def test_a_certified_file_allows_no_changes() -> None:
    (reference,) = reader_of(sealed()).root["/Perms"]["/DocMDP"]["/Reference"]
    assert reference["/TransformParams"]["/P"] == 1


def test_reason_and_place_are_told_in_the_seal() -> None:
    made = pades.seal(certificate(), school(), SEALED, reason="Award", place="Gent")
    told = reader_of(made).root["/AcroForm"]["/Fields"][0]["/V"]
    assert (told["/Reason"], told["/Location"], told["/SubFilter"]) == (
        "Award",
        "Gent",
        "/ETSI.CAdES.detached",
    )
    assert told["/M"] == "D:20250630080000Z"


def test_a_time_stamp_proves_when_the_seal_was_set() -> None:
    found = only(stamped())
    assert (found.stamped_at, found.stamp_trusted, found.stamped_by) == (
        SEALED + timedelta(seconds=2),
        True,
        "Exact Time",
    )
    assert shortcomings(stamped()) == []


def test_a_stamped_seal_stays_trusted_when_its_certificate_has_expired() -> None:
    found = only(stamped(), LONG_AFTER)
    assert (found.trusted, found.certificate_expired_since) == (True, True)
    assert found.judged_at == SEALED + timedelta(seconds=2)


def test_a_seal_without_a_stamp_ends_with_its_certificate() -> None:
    assert only(sealed(), UNTIL - timedelta(days=1)).trusted
    assert only(sealed(), LONG_AFTER).lead == Lead.EXPIRED


def test_a_stamp_of_an_unknown_authority_proves_nothing() -> None:
    found = only(stamped(), LONG_AFTER, anchors=[root().certificate], stamp_anchors=[])
    assert (found.stamp_trusted, found.lead, found.judged_at) == (False, Lead.EXPIRED, LONG_AFTER)


def test_a_stamp_by_a_certificate_that_is_for_something_else_is_refused() -> None:
    with pytest.raises(Altered) as refused:
        pades.seal(certificate(), school(), SEALED, stamping(purpose=ExtendedKeyUsageOID.CODE_SIGNING))
    assert refused.value.reason == "stamp-wrong"
    (own,) = pades_reading.proofs(sealed())
    token = token_over(own.signature, purpose=ExtendedKeyUsageOID.CODE_SIGNING)
    with pytest.raises(Altered) as refused:
        pades.judge(replace(own, tokens=(token,)), now=SEALED, **ANCHORS)  # type: ignore[arg-type]
    assert refused.value.reason == "stamp-wrong"
    good = replace(own, tokens=(token_over(own.signature),))
    assert pades.judge(good, now=LONG_AFTER, **ANCHORS).trusted  # type: ignore[arg-type]


def test_a_stamp_of_another_seal_is_refused() -> None:
    (own,), (other,) = pades_reading.proofs(sealed()), pades_reading.proofs(stamped())
    with pytest.raises(Altered) as refused:
        pades.judge(replace(own, tokens=other.tokens), now=SEALED, **ANCHORS)  # type: ignore[arg-type]
    assert refused.value.reason == "stamp-wrong"


def test_an_authority_that_nobody_knows_is_told_and_not_raised() -> None:
    assert only(sealed(), anchors=[root(2).certificate]).lead == Lead.UNKNOWN_ROOT
    assert only(sealed(), anchors=[]).lead == Lead.UNKNOWN_ROOT


def test_a_certificate_that_is_not_for_seals_is_told() -> None:
    made = pades.seal(certificate(), unfit_sealer(), SEALED)
    assert only(made, anchors=[stamping_root().certificate, root().certificate]).lead == Lead.NOT_FOR_SEALS


def test_a_seal_set_before_its_certificate_began_is_told() -> None:
    early = datetime(2019, 1, 1, tzinfo=UTC)
    assert only(pades.seal(certificate(), school(), early), early).lead == Lead.NOT_YET_VALID


def test_proofs_come_back_from_a_process_apart_as_they_went() -> None:
    told = json.loads(json.dumps(pdf_reading.parts(stamped())))
    (proof,) = [pades_reading.Proof.unpacked(each) for each in told["seals"]]
    assert [proof] == pades_reading.proofs(stamped())
    assert pades.judge(proof, now=LONG_AFTER, **ANCHORS) == only(stamped(), LONG_AFTER)  # type: ignore[arg-type]


@pytest.mark.parametrize("told", [None, {}, [], "x", {"certificate": "!"}, {"certificate": 1}])
def test_what_is_no_proof_is_not_believed(told: object) -> None:
    with pytest.raises(ValueError):
        pades_reading.Proof.unpacked(told)


def test_a_sealed_file_is_not_sealed_again() -> None:
    with pytest.raises(Unsupported) as refused:
        pades.seal(sealed(), school(), SEALED)
    assert refused.value.reason == "sealed"


def test_files_of_other_programs_are_sealed_too() -> None:
    for pdf in (a_pdf(), with_attachments(("x.json", b"{}"))):
        made = pades.seal(pdf, school(), SEALED, visible=seal_line(NAME, SEALED))
        assert only(made).trusted
        assert pdf_reading.attachments(made) == pdf_reading.attachments(pdf)


@pytest.mark.parametrize("pdf", [b"", b"{}", a_pdf()[:100]])
def test_what_is_no_pdf_is_not_sealed(pdf: bytes) -> None:
    with pytest.raises(Unreadable):
        pades.seal(pdf, school(), SEALED)


def test_an_authority_that_answers_something_else_leaves_no_half_sealed_file() -> None:
    for answer in (b"", b"x", b"0\x00"):
        with pytest.raises(Unreadable) as refused:
            pades.seal(certificate(), school(), SEALED, lambda _request, answer=answer: answer)  # type: ignore[misc]
        assert refused.value.reason == "stamp-refused"
