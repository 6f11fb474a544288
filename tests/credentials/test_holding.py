"""Wallets: in by the link from the mail, in folders, shown in parts, taken along, and erased for good."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Missing, Refused
from gilde.core.models import PersonalRecord
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Holder, Kept, Rendering, State
from gilde.credentials.services import checking, erasing, holding, log, renderings, sharing, stopping, telling
from gilde.credentials.verdict import Answer
from gilde.organisations.models import Membership
from tests.credentials.factories import UserFactory, a_holder, a_member, an_achievement, an_award

pytestmark = pytest.mark.django_db


def secret_in(text: str) -> str:
    return text.split("/claim/")[1].split("/")[0].split()[0]


def test_a_new_award_is_told_by_mail_with_a_link_that_puts_it_in_a_wallet() -> None:
    award = an_award()
    assert telling.tell([str(award.pk)]).told == 1
    secret = secret_in(mail.outbox[0].body)
    assert holding.invited(secret) == award
    user = UserFactory()
    assert holding.claim(actor=user, secret=secret) == award
    assert Kept.objects.get().user == user
    with pytest.raises(Missing):
        holding.claim(actor=UserFactory(), secret=secret)


def test_the_secret_of_the_link_is_not_stored() -> None:
    award = an_award()
    secret = secret_in(telling.invite(award))
    assert award.invitations.get().token_hash != secret
    assert len(secret) >= 32


def test_a_link_works_for_sixty_days() -> None:
    secret = secret_in(telling.invite(an_award()))
    with clock.moved_to(clock.now() + timedelta(days=61)), pytest.raises(Missing):
        holding.invited(secret)


def test_an_award_in_another_wallet_is_not_taken() -> None:
    award = an_award()
    a_holder(award)
    secret = secret_in(telling.invite(award))
    with pytest.raises(Refused, match="another wallet"):
        holding.claim(actor=UserFactory(), secret=secret)


def test_a_link_shows_only_the_outcomes_that_were_chosen() -> None:
    award = an_award(an_achievement(outcomes=4))
    user = a_holder(award)
    outcomes = from_json(award.facts).outcomes
    made = sharing.share(
        actor=user,
        award=award,
        outcomes=[outcomes[1].id, outcomes[3].id],
        with_grade=False,
        expires_at=clock.now() + timedelta(days=7),
    )
    verdict = checking.check_given(sharing.url(made))
    assert verdict.answer == Answer.VALID
    assert verdict.facts is not None
    assert verdict.facts.outcomes == (outcomes[1], outcomes[3])
    assert verdict.facts.holder.born is None
    handed = sharing.handed_over(made).credential.decode()
    for hidden in (outcomes[0].title["nl"], "with distinction", "2004-03-09"):
        assert hidden not in _disclosed(handed)


def _disclosed(token: str) -> str:
    import base64

    parts = [part for part in token.split("~")[1:] if part]
    told = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode() for part in parts]
    head = token.split("~")[0].split(".")[1]
    return " ".join(told) + base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode()


def test_the_holder_sees_each_view_and_each_check() -> None:
    award = an_award()
    made = sharing.share(actor=a_holder(award), award=award, expires_at=clock.now() + timedelta(days=7))
    sharing.viewed(made)
    checking.check_given(sharing.url(made))
    made.refresh_from_db()
    assert made.views == 1
    assert [(use.act, use.answer) for use in made.uses.order_by("pk")] == [
        ("opened", ""),
        ("checked", "valid"),
    ]


def test_a_link_that_was_withdrawn_or_has_ended_shows_nothing() -> None:
    award = an_award()
    user = a_holder(award)
    ended = sharing.share(actor=user, award=award, expires_at=clock.now() + timedelta(days=7))
    with clock.moved_to(clock.now() + timedelta(days=8)), pytest.raises(Missing):
        checking.check_given(sharing.url(ended))
    withdrawn = sharing.withdraw(actor=user, share=ended)
    with pytest.raises(Missing):
        sharing.open_share(withdrawn.token)


def test_what_is_revoked_after_sharing_is_seen_at_once() -> None:
    award = an_award()
    made = sharing.share(actor=a_holder(award), award=award, expires_at=clock.now() + timedelta(days=7))
    assert checking.check_given(sharing.url(made)).answer == Answer.VALID
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Mistake", notify=False)
    assert checking.check_given(sharing.url(made)).answer == Answer.STOPPED


def test_only_the_holder_shares() -> None:
    award = an_award()
    with pytest.raises(Refused):
        sharing.share(actor=UserFactory(), award=award, expires_at=clock.now() + timedelta(days=7))


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_link_ends_within_a_year(days: int) -> None:
    award = an_award()
    with pytest.raises(Invalid):
        sharing.share(actor=a_holder(award), award=award, expires_at=clock.now() + timedelta(days=days))


def test_folders_hold_awards_and_leave_them() -> None:
    award = an_award()
    user = a_holder(award)
    folder = holding.make_folder(actor=user, name="Work")
    with pytest.raises(Invalid):
        holding.make_folder(actor=user, name="Work")
    assert holding.put(actor=user, award=award, folder=folder).folder == folder
    with pytest.raises(Refused):
        holding.rename_folder(actor=UserFactory(), folder=folder, name="Mine")
    holding.remove_folder(actor=user, folder=folder)
    assert Kept.objects.get().folder is None


def test_everything_leaves_as_one_archive() -> None:
    award = an_award()
    packed = zipfile.ZipFile(io.BytesIO(holding.archive(actor=a_holder(award))))
    listed = json.loads(packed.read("awards.json"))
    assert [each["award"] for each in listed] == [str(award.pk)]
    assert set(listed[0]["files"]) == set(packed.namelist()) - {"awards.json", "about-me.json"}
    for name in listed[0]["files"]:
        assert checking.check_given(packed.read(name)).answer == Answer.VALID, name


def test_erasure_leaves_no_trace_of_the_person_and_the_log_whole() -> None:
    award = an_award(given_name="Zoë", family_name="Vandewoestijne", reference="S-77")
    a_holder(award)
    content = bytes(award.renderings.get().content or b"")
    stopping.suspend(actor=SYSTEM, awards=[award], reason="Zoë asked", notify=False)
    stopping.reinstate(actor=SYSTEM, awards=[award], reason="Zoë was right", notify=False)
    holder = award.holder
    administrator = a_member(award.issuer.organisation, Membership.Role.ADMINISTRATOR)
    assert erasing.erase(actor=administrator, holder=holder) == 1
    told = " ".join(str(values) for model in (Award, Holder, Kept) for values in model.objects.values())
    told += " ".join(str(each.data) for each in PersonalRecord.objects.all())
    for trace in ("Zoë", "Vandewoestijne", "S-77", "@people.example", "distinction"):
        assert trace not in told
    assert list(log.verify()) == []
    assert list(audit.verify()) == []
    assert checking.check_given(content).answer == Answer.VALID
    with pytest.raises(Missing):
        renderings.file(Award.objects.get(), "vc")


def test_what_is_stored_of_a_person_can_be_read() -> None:
    award = an_award()
    administrator = a_member(award.issuer.organisation, Membership.Role.ADMINISTRATOR)
    told = erasing.access_report(actor=administrator, holder=award.holder)
    assert told["person"]["given_name"] == "Amina"
    assert [each["state"] for each in told["awards"]] == [State.ISSUED]
    with pytest.raises(Refused):
        erasing.access_report(actor=a_member(award.issuer.organisation), holder=award.holder)


def test_what_cannot_be_made_of_an_award_is_told_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    user = a_holder(an_award())
    make = renderings.rendering

    def without_seal(award: Award, form: str, variant: str = "") -> Rendering:
        if form == "edc":
            raise Invalid("The seal does not answer.")
        return make(award, form, variant)

    monkeypatch.setattr(renderings, "rendering", without_seal)
    assert holding.prepare(str(user.pk)) == holding.Prepared(awards=1, files=5, failed=1)
    packed = zipfile.ZipFile(io.BytesIO(holding.archive(actor=user)))
    listed = json.loads(packed.read("awards.json"))
    assert listed[0]["missing"] == {"edc": "The seal does not answer."}
    assert len(listed[0]["files"]) == 6


def test_a_wallet_is_packed_at_once_when_its_files_are_made() -> None:
    user = a_holder(an_award())
    assert holding.unmade(user) == len(renderings.FORMS) - 1, "issuing made the first"
    holding.prepare(str(user.pk))
    assert holding.unmade(user) == 0
    assert holding.unmade(UserFactory()) == 0


def test_an_award_that_is_taken_out_goes_with_its_links_and_stays_with_the_issuer() -> None:
    first, second = an_award(), an_award()
    user = a_holder(first)
    Kept.objects.create(user=user, award=second, added_at=clock.now())
    made = sharing.share(actor=user, award=first, expires_at=clock.now() + timedelta(days=7))
    with pytest.raises(Refused):
        holding.remove(actor=UserFactory(), award=first)
    holding.remove(actor=user, award=first)
    with pytest.raises(Missing):
        sharing.open_share(made.token)
    assert [each.award for each in holding.wallet(user)] == [second]
    first.refresh_from_db()
    assert first.state == State.ISSUED
    assert first.holder.user is None


def test_nobody_reads_what_is_stored_without_signing_in() -> None:
    with pytest.raises(Refused):
        holding.own_report(AnonymousUser())
    assert holding.own_report(UserFactory())["awards"] == []
