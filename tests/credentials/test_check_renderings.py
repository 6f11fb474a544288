"""Whatever leaves of an award comes back as the same award: every rendering, by every way, says the same facts.

And none of them says that it counts when it does not: stopped, expired, or not to be found out.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
import segno

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.fetch import Unreachable
from gilde.credentials.checking.around import Asked
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Key, PublishedList
from gilde.credentials.services import checking, keys, log, papers, renderings, sharing, stopping
from gilde.credentials.services.checking import check_given
from gilde.credentials.verdict import Answer, Verdict
from tests.credentials.factories import a_holder, an_achievement, an_award, given

pytestmark = pytest.mark.django_db

SUITES = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019")
Way = Callable[[Award], Verdict]


def handed(form: str, variant: str = "") -> Way:
    return lambda award: check_given(renderings.file(award, form, variant).content)


def baked(picture: str) -> Way:
    return lambda award: check_given(renderings.badge(award, picture).content)


def photo(text: str) -> bytes:
    """A picture of a QR code."""
    made = io.BytesIO()
    segno.make(text).save(made, kind="png", scale=4)
    return made.getvalue()


def link(award: Award) -> str:
    """A link by which the holder shows all of it."""
    holder = award.holder.user or a_holder(award)
    until = clock.now() + timedelta(days=300)
    return sharing.url(sharing.share(actor=holder, award=award, expires_at=until, with_birth=True))


def paper_code(award: Award) -> Verdict:
    """The code of a paper leads to its own page, where what is printed opens it."""
    with pytest.raises(Asked) as asked:
        check_given(photo(renderings.check_address(award)))
    assert asked.value.url == renderings.check_address(award)
    facts = from_json(award.facts)
    return papers.check_paper(
        papers.of_code(award.pk),
        family_name=facts.holder.family_name.upper(),
        awarded_on=facts.awarded_on,
        address=str(clock.now()),
    )


WAYS: Mapping[str, Way] = {
    **{suite: handed("vc", suite) for suite in SUITES},
    **{form: handed(form) for form in ("vc-jwt", "open-badge", "edc", "certificate", "supplement")},
    "badge png": baked("png"),
    "badge svg": baked("svg"),
    "paper code": paper_code,
    "shared link": lambda award: check_given(link(award)),
    "photo of a link": lambda award: check_given(photo(link(award))),
}


def answers(award: Award) -> dict[str, Answer]:
    return {name: way(award).answer for name, way in WAYS.items()}


def all_(answer: Answer) -> dict[str, Answer]:
    return dict.fromkeys(WAYS, answer)


def test_every_rendering_by_every_way_is_valid_and_carries_the_same_facts() -> None:
    award = an_award()
    facts = from_json(award.facts)
    verdicts = {name: way(award) for name, way in WAYS.items()}
    assert {name: verdict.answer for name, verdict in verdicts.items()} == all_(Answer.VALID)
    assert {name: verdict.facts for name, verdict in verdicts.items()} == dict.fromkeys(WAYS, facts)


def test_what_is_revoked_is_shown_valid_on_no_path_with_whatever_was_kept() -> None:
    award = an_award()
    assert set(answers(award).values()) == {Answer.VALID}  # so that every list was published, and is kept
    kept = list(PublishedList.objects.values_list("form", flat=True))
    assert set(kept) == {"revocation", "suspension", "stopped", "tokens"}
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    award.refresh_from_db()
    assert answers(award) == all_(Answer.STOPPED)


def test_what_is_suspended_is_shown_so_on_every_path_and_valid_again_after() -> None:
    award = an_award()
    stopping.suspend(actor=SYSTEM, awards=[award], reason="Being looked into", notify=False)
    award.refresh_from_db()
    assert answers(award) == all_(Answer.STOPPED)
    stopping.reinstate(actor=SYSTEM, awards=[award], reason="In order", notify=False)
    award.refresh_from_db()
    assert answers(award) == all_(Answer.VALID)


def test_what_cannot_be_found_out_is_shown_valid_on_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    award = an_award()

    def gone(*_args: object) -> bytes:
        raise Unreachable("Nobody answers.")

    monkeypatch.setattr(checking, "_own_list", gone)
    assert answers(award) == all_(Answer.CANNOT_TELL)


def test_what_has_expired_is_shown_so_on_every_path() -> None:
    award = an_award(an_achievement(valid_months=24), awarded_on=clock.today())
    assert award.valid_until is not None
    with clock.moved_to(award.valid_until + timedelta(seconds=1)):
        assert answers(award) == all_(Answer.EXPIRED)


def test_after_ten_rotations_everything_that_was_issued_verifies() -> None:
    award = an_award()
    made = {name: renderings.file(award, form).content for name, form in (("vc", "vc"), ("jwt", "vc-jwt"))}
    made["link"] = sharing.open_share(link(award).rstrip("/").rpartition("/")[2]).presentation.encode()
    made["edc"] = renderings.file(award, "edc").content
    log.sign_checkpoint()
    for _turn in range(10):
        for kind in ("Ed25519", "P-256"):
            keys.rotate(actor=SYSTEM, issuer=award.issuer, kind=kind)
    assert Key.objects.filter(issuer=award.issuer).count() == 22
    verdicts = {name: check_given(content) for name, content in made.items()}
    assert {name: verdict.answer for name, verdict in verdicts.items()} == dict.fromkeys(made, Answer.VALID)
    told = {each.reason for each in verdicts["vc"].checks}
    assert {"key-retired", "logged"} <= told
    assert answers(award) == all_(Answer.VALID)


def test_of_a_compromised_key_only_what_was_logged_before_counts() -> None:
    award = an_award()
    log.sign_checkpoint()
    credential = renderings.file(award, "vc").content
    later = clock.now() + timedelta(days=10)
    with clock.moved_to(clock.now() + timedelta(days=20)):
        key = award.issuer.keys.get(kind="Ed25519", until=None)
        keys.mark_compromised(actor=SYSTEM, key=key, since=later)
        verdict = check_given(credential)
        assert verdict.answer == Answer.VALID, verdict.checks
        # The same, had nobody logged it: a thief could have signed it and dated it back.
        alone = unlogged(credential)
        assert alone.answer == Answer.UNKNOWN_ISSUER
        assert "key-compromised" in {each.reason for each in alone.checks if each.answer}


def unlogged(credential: bytes) -> Verdict:
    here = checking.Here()
    here.existed_at = lambda content: None  # type: ignore[method-assign]
    return check_given(credential, here)


def test_what_was_signed_with_a_key_after_it_was_compromised_is_not_believed() -> None:
    award = an_award()
    log.sign_checkpoint()
    credential = renderings.file(award, "vc").content
    with clock.moved_to(clock.now() + timedelta(days=1)):
        key = award.issuer.keys.get(kind="Ed25519", until=None)
        keys.mark_compromised(actor=SYSTEM, key=key, since=clock.now() - timedelta(days=30))
        verdict = check_given(credential)
    assert verdict.answer == Answer.UNKNOWN_ISSUER
    assert "key-compromised" in {each.reason for each in verdict.checks if each.answer}


def test_a_link_with_chosen_outcomes_shows_those_and_that_it_is_a_part() -> None:
    award = an_award()
    facts = from_json(award.facts)
    chosen = [facts.outcomes[1].id]
    until = clock.now() + timedelta(days=3)
    share = sharing.share(
        actor=a_holder(award), award=award, expires_at=until, outcomes=chosen, with_grade=False
    )
    verdict = check_given(sharing.url(share))
    assert verdict.answer == Answer.VALID
    assert verdict.facts is not None
    assert [each.id for each in verdict.facts.outcomes] == chosen
    assert verdict.facts.assessment is None
    assert "partly-shown" in {each.reason for each in verdict.checks}
    assert list(share.uses.values_list("act", "answer")) == [("checked", "valid")]


def test_an_award_of_this_register_with_another_name_is_altered_and_shows_nothing() -> None:
    award = an_award(family_name="Vandewoestijne")
    content = renderings.file(award, "vc").content
    verdict = check_given(content.replace(b"Vandewoestijne", b"Vandewoestyne"))
    assert (verdict.answer, verdict.facts) == (Answer.ALTERED, None)


def test_a_correction_is_valid_and_what_it_corrects_is_revoked() -> None:
    award = an_award()
    new = stopping.correct(
        actor=SYSTEM, award=award, given=given(grade="satisfactory"), reason="Wrong grade", notify=False
    )
    old = renderings.file(Award.objects.get(pk=award.pk), "vc").content
    assert check_given(old).answer == Answer.STOPPED
    verdict = check_given(renderings.file(new, "vc").content)
    assert verdict.answer == Answer.VALID
    assert verdict.facts == replace(from_json(new.facts), replaces=f"urn:uuid:{award.pk}")
