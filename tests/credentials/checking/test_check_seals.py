"""Seals: whose they are, who vouches for them, and that nobody seals in the name of another."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from cryptography import x509

from gilde.credentials.checking.around import Trusted
from gilde.credentials.keys.certificates import Sealer
from gilde.credentials.proofs import jades, pades
from gilde.credentials.renderings import edc, pdf, vc
from gilde.credentials.verdict import Answer, Subject, Verdict
from tests.credentials.checking.world import ISSUED, NOW, World, made, reasons, signed
from tests.credentials.facts_strategy import ISSUER_DID, a_facts, a_place
from tests.credentials.proofs import sealing
from tests.credentials.proofs.sealing import meant
from tests.reference import reference_file


def sealed(sealer: Sealer, document: dict[str, Any] | None = None, *, stamp: bool = True) -> bytes:
    value = document or edc.render(a_facts(), a_place(), eidas=sealing.LEGAL_ID)
    payload = json.dumps(value, ensure_ascii=False).encode()
    return jades.seal(payload, sealer, ISSUED, sealing.stamping(ISSUED) if stamp else None)


@cache
def other(legal_id: str = "VATBE-0999999999", name: str = "Another school") -> Sealer:
    """A school that has a seal of the same authority."""
    return sealing.root().sealer(
        name, since=sealing.SINCE, until=sealing.UNTIL, country="BE", legal_id=legal_id
    )


def told(verdict: Verdict, subject: Subject) -> set[str]:
    return {each.reason for each in verdict.checks if each.subject == subject}


def test_a_school_cannot_seal_in_the_name_of_another() -> None:
    verdict = World().check(sealed(other()))
    assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"seal-of-another"})


def test_a_school_without_a_number_is_known_by_its_name() -> None:
    facts = a_facts(issuer=replace(a_facts().issuer, legal_id=""))
    value = edc.render(facts, a_place())
    assert World().check(sealed(other("", "Lasschool Gent"), value)).answer == Answer.VALID
    assert World().check(sealed(other("", "Lasschool Genk"), value)).answer == Answer.UNKNOWN_ISSUER


def test_the_number_of_another_country_is_another_number() -> None:
    foreign = edc.render(a_facts(), a_place())
    assert World().check(sealed(sealing.school(), foreign)).answer == Answer.VALID
    verdict = World().check(sealed(other("VATFR-0123456789", "Lasschool Gent"), foreign))
    assert reasons(verdict) == {"seal-of-another"}


def test_the_register_seals_for_its_own_issuers_and_for_no_others() -> None:
    register = other("VATBE-0555555555", "The register")
    world = World()
    world.seals = [(register.certificate, Trusted("The register", "BE", ""))]
    world.trust[ISSUER_DID] = Trusted("Lasschool Gent", "BE", "", accredited=True)
    verdict = world.check(sealed(register))
    assert (verdict.answer, told(verdict, Subject.ACCREDITATION)) == (Answer.VALID, {"accredited"})
    world.trust[ISSUER_DID] = Trusted("Lasschool Gent", "BE", "A list of others")
    assert reasons(world.check(sealed(register))) == {"seal-of-another"}


def test_a_seal_on_a_list_tells_of_the_list() -> None:
    world = World()
    certificate = sealing.school().certificate
    world.seals = [(certificate, Trusted("Lasschool Gent", "BE", "Seals of Flanders", accredited=False))]
    verdict = world.check(made("edc"))
    assert verdict.answer == Answer.VALID
    assert "Seals of Flanders" in next(e.sentence for e in verdict.checks if e.subject == Subject.ISSUER)
    assert told(verdict, Subject.ACCREDITATION) == {"not-accredited"}


def test_a_seal_that_expired_without_a_stamp_is_not_believed() -> None:
    world = World(NOW.replace(year=2027))
    world.write_lists()
    verdict = world.check(sealed(sealing.school(), stamp=False))
    assert (verdict.answer, verdict.sealed_then) == (Answer.UNKNOWN_ISSUER, None)
    assert reasons(verdict) == {"certificate-expired", "seal-unknown"}


def test_a_stamp_of_somebody_unknown_proves_nothing() -> None:
    world = World(NOW.replace(year=2027))
    world.write_lists()
    world.stamp_anchors = []
    verdict = world.check(made("edc"))
    assert (verdict.answer, verdict.sealed_then) == (Answer.UNKNOWN_ISSUER, None)
    assert "stamp-unknown" in told(verdict, Subject.TIME)


def test_a_certificate_that_is_not_for_seals_is_not_believed() -> None:
    verdict = World().check(sealed(sealing.unfit_sealer(), stamp=False))
    assert verdict.answer == Answer.ALTERED
    assert verdict.facts is None


def test_under_a_seal_only_a_credential_with_known_words_is_read() -> None:
    value = edc.render(a_facts(), a_place(), eidas=sealing.LEGAL_ID)
    for wrong in ({**value, "honoraryTitle": "Master"}, {"type": "Person", "@context": value["@context"]}):
        verdict = World().check(sealed(sealing.school(), wrong))
        assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


def test_a_status_that_is_told_otherwise_cannot_be_told() -> None:
    value = edc.render(a_facts(), None, eidas=sealing.LEGAL_ID)
    strange = {"type": "xsd:anyURI", "@value": "urn:nowhere"}
    told_ = edc.render(a_facts(), a_place(), eidas=sealing.LEGAL_ID)["credentialStatus"]
    strange = {**told_, "@value": "urn:nowhere:1"}
    verdict = World().check(sealed(sealing.school(), {**value, "credentialStatus": strange}))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-kind"})


# Papers


def paper(*, inside: bytes | None = None, seal: Sealer | None = None) -> bytes:
    attached = pdf.Attached("credential.json", "application/vc", inside) if inside else None
    plain = pdf.make(a_facts(), made_at=ISSUED, attached=attached, sealed=seal is not None)
    return pades.seal(plain, seal, ISSUED, sealing.stamping(ISSUED)) if seal else plain


def test_a_paper_without_a_seal_is_never_valid_and_shows_what_is_inside_apart() -> None:
    verdict = World().check(paper(inside=signed(vc.render(a_facts(), a_place()))))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"paper-unsealed"})
    assert [part.answer for part in verdict.parts] == [Answer.VALID]
    assert verdict.parts[0].facts == a_facts()


def test_a_paper_with_neither_seal_nor_credential_may_be_by_anybody() -> None:
    verdict = World().check(paper())
    assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"unsigned"})


def test_a_sealed_paper_without_a_credential_does_not_tell_whether_it_was_revoked() -> None:
    verdict = World().check(paper(seal=sealing.school()))
    assert verdict.answer == Answer.CANNOT_TELL
    assert "no-credential-inside" in reasons(verdict)


def test_a_sealed_paper_around_a_forged_credential_is_altered() -> None:
    forged = signed(vc.render(a_facts(), a_place())).replace(b"16/20", b"19/20")
    verdict = World().check(paper(inside=forged, seal=sealing.school()))
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


def test_a_genuine_credential_in_a_paper_that_another_sealed_is_not_the_papers_word() -> None:
    verdict = World().check(paper(inside=signed(vc.render(a_facts(), a_place())), seal=other()))
    assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"seal-of-another"})


def test_what_was_added_to_a_sealed_paper_makes_it_altered() -> None:
    changed = made("certificate").rstrip() + b"\n%% more\n1 0 obj\n<<>>\nendobj\n"
    assert World().check(changed).answer != Answer.VALID


# The real one, of 2023


def sample() -> bytes:
    return reference_file("elm/samples/certificate-of-participation-sealed.jsonld").read_bytes()


def carried() -> dict[str, x509.Certificate]:
    later = json.loads(sample())["signatures"][0]["header"]["etsiU"]
    values = json.loads(meant(later[1]))["xVals"]
    held = [x509.load_der_x509_certificate(base64.b64decode(each["x509Cert"]["val"])) for each in values]
    return {each.subject.rfc4514_string().partition("CN=")[2].partition(",")[0]: each for each in held}


def believing() -> World:
    world = World(datetime(2026, 11, 26, tzinfo=UTC))
    world.anchors = [carried()["ANF AC Qualified Certificates for eSeal"]]
    world.stamp_anchors = [carried()["root-ca"]]
    world.seals = [(own_certificate(), Trusted("ORGANIZACION TEST", "ES", "Seals that we try"))]
    return world


def own_certificate() -> x509.Certificate:
    header = json.loads(meant(json.loads(sample())["signatures"][0]["protected"]))
    return x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))


def test_a_mandate_is_believed_only_of_who_is_on_a_list_itself() -> None:
    world = believing()
    assert "by mandate of" in " ".join(each.sentence for each in world.check(sample()).checks)
    (certificate, known) = world.seals[0]
    for seals in ([], [(certificate, replace(known, named=False))]):
        world.seals = seals
        verdict = world.check(sample())
        assert (verdict.answer, reasons(verdict)) == (Answer.UNKNOWN_ISSUER, {"seal-of-another"})


def test_the_real_sample_was_valid_when_sealed() -> None:
    verdict = believing().check(sample())
    assert verdict.sealed_then == datetime(2023, 9, 27, 12, 7, 4, tzinfo=UTC)
    assert (verdict.answer, reasons(verdict)) == (Answer.VALID, set()), verdict.checks
    assert verdict.facts is not None
    assert verdict.facts.achievement.title == {"en": "EDC Updates Webinar"}


def test_the_real_sample_is_of_an_unknown_issuer_to_who_knows_no_authority() -> None:
    world = World(datetime(2026, 11, 26, tzinfo=UTC))
    verdict = world.check(sample())
    assert (verdict.answer, verdict.sealed_then) == (Answer.UNKNOWN_ISSUER, None)
    assert reasons(verdict) == {"seal-unknown"}


@pytest.mark.parametrize("word", [b"EDC Updates Webinar", b"2023-06-28T14:30:00Z"])
def test_the_real_sample_with_a_word_changed_is_altered(word: bytes) -> None:
    assert word in sample()
    verdict = believing().check(sample().replace(word, word[:-2] + b"1" + word[-1:]))
    assert (verdict.answer, verdict.facts, verdict.sealed_then) == (Answer.ALTERED, None, None)
