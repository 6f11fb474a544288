"""The register takes awards of before: what is double or cannot be is held for a person, all else is issued now."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from hypothesis import given as for_all
from hypothesis import strategies as st

from gilde.core import clock, documents
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.models import AuditEvent, Document, PersonalRecord
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Batch, Holder, LogLeaf, State
from gilde.credentials.services import batches, depositing
from gilde.credentials.services.depositing import plain_name
from gilde.organisations.models import Membership
from tests.credentials.batch_making import a_batch, a_csv, rows, run
from tests.credentials.factories import a_member, an_achievement, an_award, an_issuer, given
from tests.qualifications.factories import registered

pytestmark = pytest.mark.django_db

OLD = date(1995, 6, 30)
BORN = date(1975, 3, 9)


def a_deposit(achievement: Any = None, *, actor: Any = SYSTEM, **changes: Any) -> Award:
    told = {"awarded_on": OLD, "born": BORN, "assessed_on": None, **changes}
    return depositing.deposit(
        actor=actor, achievement=achievement or an_achievement(), given=given(**told), notify=False
    )


def test_an_award_of_long_ago_is_issued_now_and_says_its_own_day() -> None:
    award = a_deposit()
    assert (award.state, award.origin, award.awarded_on) == (State.ISSUED, Award.Origin.DEPOSITED, OLD)
    assert award.issued_at is not None
    assert clock.now() - award.issued_at < timedelta(minutes=5)
    assert from_json(award.facts).awarded_on == OLD
    assert LogLeaf.objects.count() == 1


def test_a_file_of_old_awards_is_deposited() -> None:
    achievement = an_achievement()
    told = rows(achievement, 3, **{"awarded on": "30.06.2015"})
    batch = run(a_batch(achievement, a_csv(told), kind=Batch.Kind.DEPOSIT))
    assert batches.counts(batch) == {"issued": 3, "held": 0, "already": 0, "left": 0}
    assert set(Award.objects.values_list("origin", "awarded_on")) == {("deposited", date(2015, 6, 30))}


def test_the_same_person_and_achievement_is_held_and_nothing_of_it_issued() -> None:
    achievement = an_achievement()
    first = a_deposit(achievement, given_name="Mieke", family_name="Vos")
    second = a_deposit(achievement, given_name="mieke", family_name="VOS", awarded_on=date(1996, 6, 30))
    assert (second.state, second.issued_at, second.facts) == (State.HELD, None, None)
    assert second.held_for == [
        f"It looks like the same award as {first.reference}: same person, same achievement."
    ]
    assert LogLeaf.objects.count() == 1


@pytest.mark.parametrize(
    ("given_name", "family_name"),
    [("Mieke", "Voss"), ("Mieke", "De Vós"), ("Vos", "Mieke"), ("Mike", "Vos")],
)
def test_names_that_are_much_alike_are_held_where_the_birth_is_the_same(
    given_name: str, family_name: str
) -> None:
    achievement = an_achievement()
    a_deposit(achievement, given_name="Mieke", family_name="Vos" if "De" not in family_name else "De Vos")
    assert a_deposit(achievement, given_name=given_name, family_name=family_name).state == State.HELD


@pytest.mark.parametrize(
    "changes",
    [
        {"born": date(1976, 3, 9)},
        {"given_name": "Bart"},
        {"family_name": "Janssens"},
    ],
)
def test_another_person_is_not_held(changes: dict[str, Any]) -> None:
    achievement = an_achievement()
    told = {"given_name": "Mieke", "family_name": "Vos"}
    a_deposit(achievement, **told)
    assert a_deposit(achievement, **{**told, **changes}).state == State.ISSUED


def test_the_same_person_may_have_another_achievement() -> None:
    achievement = an_achievement()
    told = {"given_name": "Mieke", "family_name": "Vos"}
    a_deposit(achievement, **told)
    assert a_deposit(an_achievement(achievement.issuer), **told).state == State.ISSUED


def test_what_expires_is_awarded_to_a_person_again_and_again() -> None:
    achievement = an_achievement(valid_months=12)
    told = {"given_name": "Mieke", "family_name": "Vos"}
    a_deposit(achievement, **told)
    assert a_deposit(achievement, **told, awarded_on=date(1996, 6, 30)).state == State.ISSUED
    assert a_deposit(achievement, **told).state == State.HELD


def test_without_a_date_of_birth_the_name_and_day_decide() -> None:
    achievement = an_achievement()
    a_deposit(achievement, given_name="Mieke", family_name="Vandewalle", born=None)
    alike = {"given_name": "Mieke", "family_name": "Vandewallle"}
    assert a_deposit(achievement, **alike, awarded_on=date(1999, 6, 30)).state == State.ISSUED
    assert a_deposit(achievement, **alike, born=None).state == State.HELD


def test_another_issuers_awards_hold_nothing_and_are_shown_to_nobody() -> None:
    told = {"given_name": "Mieke", "family_name": "Vos"}
    a_deposit(**told)
    assert a_deposit(**told).state == State.ISSUED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"born": date(1985, 6, 30)}, "was 10 years old"),
        ({"born": date(1981, 7, 1)}, "was 13 years old"),
    ],
)
def test_who_was_too_young_is_held(changes: dict[str, Any], why: str) -> None:
    award = a_deposit(**changes)
    assert award.state == State.HELD
    assert why in award.held_for[0]


def test_fourteen_is_old_enough() -> None:
    assert a_deposit(born=date(1981, 6, 30)).state == State.ISSUED


def test_a_day_to_come_and_a_birth_after_the_award_are_held_in_a_file() -> None:
    achievement = an_achievement()
    ahead = (clock.today() + timedelta(days=30)).isoformat()
    told = rows(achievement, 2)
    told[0]["awarded on"] = ahead
    told[1]["born"] = "2025-07-01"
    batch = run(a_batch(achievement, a_csv(told), kind=Batch.Kind.DEPOSIT))
    assert batches.counts(batch)["held"] == 2
    why = {award.reference: award.held_for[0] for award in Award.objects.all()}
    assert "still has to come" in why["R-00001"]
    assert "before the person was born" in why["R-00002"]
    assert not LogLeaf.objects.exists()


def test_an_award_older_than_its_qualification_is_held() -> None:
    version = registered(units=1)
    type(version).objects.filter(pk=version.pk).update(valid_from=date(2000, 1, 1))
    version.refresh_from_db()
    award = a_deposit(an_achievement(qualification=version))
    assert award.state == State.HELD
    assert "before the qualification existed (1 January 2000)" in award.held_for[0]


def test_an_award_older_than_the_issuer_here_is_noted_and_not_held() -> None:
    award = a_deposit()
    assert award.state == State.ISSUED
    assert "issued through this register" in depositing.notes(award)[0]


def test_two_diplomas_on_one_day_are_held() -> None:
    achievement = an_achievement(kind="diploma")
    other = an_achievement(achievement.issuer, kind="diploma")
    told = {"given_name": "Mieke", "family_name": "Vos"}
    first = a_deposit(achievement, **told)
    second = a_deposit(other, **told)
    assert second.held_for == [
        f"The same person was awarded another diploma on the same day: {first.reference}."
    ]
    assert a_deposit(other, **told, awarded_on=date(1994, 6, 30)).state == State.HELD  # its own double
    certificate = an_achievement(achievement.issuer, kind="certificate")
    assert a_deposit(certificate, **told).state == State.ISSUED


def test_double_rows_of_one_file_are_held_not_refused() -> None:
    achievement = an_achievement()
    one = rows(achievement, 1)[0]
    file = a_csv([one, {**one, "reference": "R-2"}])
    batch = run(a_batch(achievement, file, kind=Batch.Kind.DEPOSIT))
    assert batches.counts(batch) == {"issued": 1, "held": 1, "already": 0, "left": 0}


def held(**changes: Any) -> Award:
    achievement = an_achievement(**changes)
    a_deposit(achievement, given_name="Mieke", family_name="Vos")
    return a_deposit(achievement, given_name="Mieke", family_name="Vos", email="mieke@people.example")


def test_who_looks_sees_both_beside_one_another() -> None:
    award = held()
    assert [(other.reference, bool(why)) for other, why in depositing.likes(award)] == [
        (Award.objects.exclude(pk=award.pk).get().reference, True)
    ]


def test_what_is_accepted_is_issued_and_the_reason_kept_apart(run_jobs: Any) -> None:
    award = held()
    accepted = depositing.accept(actor=SYSTEM, award=award, reason="Two trades of one name")
    assert (accepted.state, accepted.origin) == (State.ISSUED, Award.Origin.DEPOSITED)
    assert LogLeaf.objects.count() == 2
    event = AuditEvent.objects.get(action="credentials.award.accept")
    assert "Two trades" not in f"{event.before}{event.after}"
    assert PersonalRecord.objects.get(pk=event.personal).data["reason"] == "Two trades of one name"
    run_jobs()
    assert [message.to for message in mail.outbox] == [["mieke@people.example"]]
    assert "/claim/" in mail.outbox[0].body


def test_what_is_refused_is_never_issued_and_its_reference_is_free() -> None:
    award = held()
    reference = award.reference
    refused = depositing.refuse(actor=SYSTEM, award=award, reason="Sent twice")
    assert (refused.state, refused.reason, refused.issued_at) == (State.REFUSED, "Sent twice", None)
    again = a_deposit(award.achievement, reference=reference, given_name="Joris", family_name="Maes")
    assert again.state == State.ISSUED


@pytest.mark.parametrize("decide", [depositing.accept, depositing.refuse])
def test_deciding_asks_for_a_reason_and_is_done_once(decide: Any) -> None:
    award = held()
    with pytest.raises(Invalid, match="Say why"):
        decide(actor=SYSTEM, award=award, reason="  ")
    seen = Award.objects.select_related("issuer__organisation", "achievement", "holder").get(pk=award.pk)
    decide(actor=SYSTEM, award=award, reason="Looked at")
    with pytest.raises(Stale):
        decide(actor=SYSTEM, award=seen, reason="Looked at")
    with pytest.raises(Invalid, match="nothing to decide"):
        decide(actor=SYSTEM, award=Award.objects.get(pk=award.pk), reason="Looked at")


@pytest.mark.parametrize("decide", [depositing.accept, depositing.refuse])
def test_only_the_issuers_writers_decide(decide: Any) -> None:
    award = held()
    reader = a_member(award.issuer.organisation, Membership.Role.READER)
    for actor in (reader, a_member(an_issuer().organisation)):
        with pytest.raises(Refused):
            decide(actor=actor, award=award, reason="Because")


def test_where_two_people_are_asked_for_another_approver_accepts() -> None:
    issuer = an_issuer(two_people=True)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    achievement = an_achievement(issuer)
    told = {"given_name": "Mieke", "family_name": "Vos"}
    waiting = a_deposit(achievement, actor=approver, **told)
    assert waiting.state == State.WAITING
    award = a_deposit(achievement, actor=approver, **told)
    with pytest.raises(Refused, match="another person"):
        depositing.accept(actor=approver, award=award, reason="Because")
    other = a_member(issuer.organisation, Membership.Role.APPROVER)
    assert depositing.accept(actor=other, award=award, reason="Because").approved_by == other


def test_nobody_born_after_the_award_is_accepted() -> None:
    achievement = an_achievement()
    told = rows(achievement, 1, born="2025-07-01")
    run(a_batch(achievement, a_csv(told), kind=Batch.Kind.DEPOSIT))
    with pytest.raises(Invalid, match="before being born"):
        depositing.accept(actor=SYSTEM, award=Award.objects.get(), reason="It says so")


def test_a_scan_is_kept_with_the_deposit() -> None:
    achievement = an_achievement()
    award = depositing.deposit(
        actor=SYSTEM,
        achievement=achievement,
        given=given(awarded_on=OLD, born=BORN, assessed_on=None),
        evidence=b"%PDF-1.4\n%%EOF\n",
        name="diploma.pdf",
        notify=False,
    )
    assert award.evidence is not None
    with documents.open_document(award.evidence) as content:
        assert content.read().startswith(b"%PDF")


def test_a_scan_that_is_none_stores_nothing_at_all() -> None:
    with pytest.raises(GildeError, match="what is taken here"):
        depositing.deposit(
            actor=SYSTEM,
            achievement=an_achievement(),
            given=given(awarded_on=OLD, born=BORN, assessed_on=None),
            evidence=b"<html></html>",
            name="diploma.pdf",
        )
    assert not Award.objects.exists()
    assert not Holder.objects.exists()
    assert not Document.objects.exists()


def test_what_is_wrong_in_the_form_is_told_at_its_field() -> None:
    with pytest.raises(Invalid) as wrong:
        a_deposit(valid_until=date(1990, 1, 1), family_name="=1+1")
    assert set(wrong.value.details["fields"]) == {"valid_until", "family_name"}  # type: ignore[call-overload]


def test_deposited_again_it_is_the_same_award() -> None:
    achievement = an_achievement()
    told = given(reference="P-1", awarded_on=OLD, born=BORN, assessed_on=None)
    first = depositing.deposit(actor=SYSTEM, achievement=achievement, given=told, notify=False)
    assert depositing.deposit(actor=SYSTEM, achievement=achievement, given=told, notify=False) == first


def test_what_was_revoked_does_not_hold_its_successor() -> None:
    achievement = an_achievement()
    told = {"given_name": "Mieke", "family_name": "Vos", "born": BORN, "awarded_on": OLD, "assessed_on": None}
    an_award(achievement, State.REVOKED, **told)
    assert a_deposit(achievement, given_name="Mieke", family_name="Vos").state == State.ISSUED


@for_all(st.lists(st.text(alphabet="abcéüñ -'’", min_size=1, max_size=12), min_size=2, max_size=4))
def test_the_order_accents_and_capitals_of_a_name_do_not_matter(parts: list[str]) -> None:
    one = plain_name(" ".join(parts), "")
    assert one == plain_name("", " ".join(reversed(parts))) == plain_name(one.upper(), "")
