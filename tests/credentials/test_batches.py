"""A file of awards: every row is checked before anything counts, then all are issued, each once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile

from gilde.core import clock, jobs
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError, Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.credentials import batch_files
from gilde.credentials.models import Award, Batch, BatchRow, Holder, LogLeaf, Rendering, State
from gilde.credentials.services import batch_running, batches, issuing
from gilde.credentials.services.batch_rows import Achievements
from gilde.organisations.models import Membership
from tests.credentials.batch_making import a_batch, a_csv, a_workbook, faults, rows, run, work
from tests.credentials.factories import a_member, an_achievement, an_award, an_issuer

pytestmark = pytest.mark.django_db


def test_a_file_is_checked_and_then_issued() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement)
    assert (batch.state, faults(batch), batch.rows_total) == (Batch.State.READY, [], 3)
    assert not Award.objects.exists()
    batch = run(batch)
    assert batch.state == Batch.State.DONE
    assert list(Award.objects.order_by("reference").values_list("reference", "state")) == [
        ("R-00001", State.ISSUED),
        ("R-00002", State.ISSUED),
        ("R-00003", State.ISSUED),
    ]
    assert LogLeaf.objects.count() == Rendering.objects.count() == 3
    assert batches.counts(batch) == {"issued": 3, "held": 0, "already": 0, "left": 0}


def test_a_row_says_everything_of_an_award() -> None:
    achievement = an_achievement()
    told = rows(
        achievement,
        1,
        person="S-1",
        language="en",
        place="Hasselt",
        **{
            "assessed on": "2025-06-20",
            "assessed by": "Jury",
            "valid until": "2030-06-30",
            "not reached": "2",
        },
    )
    run(a_batch(achievement, a_csv(told)))
    award = Award.objects.select_related("holder").get()
    second = achievement.outcomes.order_by("position")[1].uri
    assert (award.language, award.place, award.assessed_by, award.left_out) == (
        "en",
        "Hasselt",
        "Jury",
        [second],
    )
    assert (award.assessed_on, award.holder.reference) == (date(2025, 6, 20), "S-1")
    assert award.valid_until is not None
    assert award.valid_until.date() == date(2030, 6, 30)
    assert award.facts is not None
    assert [each["id"] for each in award.facts["outcomes"]] == [
        each.uri for each in achievement.outcomes.all() if each.uri != second
    ]


def test_a_workbook_is_read_and_issued() -> None:
    achievement = an_achievement()
    told = [{**row, "awarded on": date(2025, 6, 30), "born": date(2004, 3, 9)} for row in rows(achievement)]
    batch = a_batch(achievement, a_workbook(told))
    assert (batch.state, batch.fault, faults(batch)) == (Batch.State.READY, "", [])
    run(batch)
    assert set(Award.objects.values_list("awarded_on", flat=True)) == {date(2025, 6, 30)}


def test_one_wrong_row_and_nothing_is_issued() -> None:
    achievement = an_achievement()
    told = rows(achievement)
    told[1]["awarded on"] = "yesterday"
    batch = a_batch(achievement, a_csv(told))
    assert (batch.state, batch.rows_faulty) == (Batch.State.FAULTY, 1)
    assert faults(batch) == [
        (3, "awarded_on", "“yesterday” is no day. Write it as 2025-06-30 or 30/06/2025.")
    ]
    with pytest.raises(Invalid, match="Has rows to mend"):
        batches.start(actor=SYSTEM, batch=batch)
    assert not Award.objects.exists()
    assert not Holder.objects.exists()


def test_a_mended_file_takes_the_place_of_the_one_before() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 2, born="2050-01-01")))
    assert batch.state == Batch.State.FAULTY
    batches.mend(actor=SYSTEM, batch=batch, file=a_csv(rows(achievement, 2)), name="mended.csv")
    work(batch)
    assert (batch.state, batch.name, batch.rows_total) == (Batch.State.READY, "mended.csv", 2)


def test_a_file_that_cannot_be_read_says_why_and_stores_no_row() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, b"reference,wrong\nA-1,x\n")
    assert batch.state == Batch.State.FAULTY
    assert "“wrong” is not known" in batch.fault
    assert (batch.content, batch.rows.count()) == (None, 0)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7 ...", "no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or protected Excel"),
    ],
)
def test_what_is_no_table_is_refused_at_once(file: bytes, sentence: str) -> None:
    with pytest.raises(GildeError, match=sentence):
        a_batch(an_achievement(), file)
    assert not Batch.objects.exists()


def test_a_file_of_200_megabytes_is_refused_without_being_read() -> None:
    class Large(ContentFile[bytes]):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("It must not be read.")

    file = Large(b"x", name="large.csv")
    file.size = 200 * 1024 * 1024
    with pytest.raises(GildeError, match="larger than 30 MB"):
        a_batch(an_achievement(), file)  # type: ignore[arg-type]


def test_sent_again_nothing_is_issued_twice_and_that_is_said() -> None:
    achievement = an_achievement()
    file = a_csv(rows(achievement, 3))
    run(a_batch(achievement, file))
    more = a_csv([*rows(achievement, 3), *rows(achievement, 1, reference="R-9", **{"family name": "Zorg"})])
    batch = a_batch(achievement, more)
    assert (batch.state, batch.rows_done, batch.rows_total) == (Batch.State.READY, 3, 4)
    run(batch)
    assert Award.objects.count() == LogLeaf.objects.count() == 4
    assert batches.counts(batch) == {"issued": 1, "held": 0, "already": 3, "left": 0}


def test_a_job_that_runs_twice_issues_once() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement)
    batches.start(actor=SYSTEM, batch=batch)
    first = batch_running.run(str(batch.pk), "", "en")
    again = batch_running.run(str(batch.pk), "", "en")
    assert first == again == {"issued": 3, "held": 0, "already": 0, "left": 0}
    assert Award.objects.count() == LogLeaf.objects.count() == 3


class Killed(BaseException):
    """The process ends."""


def _kill_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    """Let the worker die inside the chunk after so many."""
    issue, done = issuing.issue_many, []

    def dying(*args: Any, **kwargs: Any) -> None:
        issue(*args, **kwargs)
        done.append(1)
        if len(done) > chunks:
            raise Killed

    monkeypatch.setattr(issuing, "issue_many", dying)


def test_a_worker_that_is_killed_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_running, "CHUNK", 2)
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 7)))
    job = batches.start(actor=SYSTEM, batch=batch)
    with monkeypatch.context() as dying:
        _kill_after(dying, 2)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    batch.refresh_from_db()
    # Two chunks are whole; of the third nothing is left.
    assert (Award.objects.count(), LogLeaf.objects.count(), Holder.objects.count()) == (4, 4, 4)
    assert (batch.state, batch.rows_done) == (Batch.State.RUNNING, 4)
    with clock.moved_to(clock.now() + jobs.LEASE):
        assert jobs.sweep().requeued == 1
    jobs.run(job.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done) == (Batch.State.DONE, 7)
    assert (Award.objects.count(), LogLeaf.objects.count(), Holder.objects.count()) == (7, 7, 7)
    assert sorted(Award.objects.values_list("reference", flat=True)) == [f"R-{at:05}" for at in range(1, 8)]


def test_two_workers_with_one_batch_do_no_row_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_running, "CHUNK", 2)
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 5)))
    batches.start(actor=SYSTEM, batch=batch)
    slow = Batch.objects.select_related("issuer__organisation", "sent_by").get(pk=batch.pk)
    quick = Batch.objects.select_related("issuer__organisation", "sent_by").get(pk=batch.pk)
    tools = Achievements(batch.issuer)
    assert batch_running.chunk(SYSTEM, quick, tools, None) == 2
    # The slow one still believes that nothing is done.
    batch_running.chunk(SYSTEM, slow, tools, None)
    assert Award.objects.count() == 2
    batch_running.run(str(batch.pk), "", "en")
    assert Award.objects.count() == LogLeaf.objects.count() == 5


def test_a_job_that_failed_can_be_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_running, "CHUNK", 1)
    achievement = an_achievement()
    batch = a_batch(achievement)
    batches.start(actor=SYSTEM, batch=batch)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise Invalid("The key is lost.")

    with monkeypatch.context() as breaking:
        breaking.setattr(issuing, "issue_many", broken)
        assert work(batch).error == "The key is lost."
    assert batch.state == Batch.State.RUNNING
    assert not Award.objects.exists()
    batches.go_on(actor=SYSTEM, batch=batch)
    assert work(batch).error == ""
    assert (batch.state, Award.objects.count()) == (Batch.State.DONE, 3)
    with pytest.raises(Invalid, match="nothing to go on with"):
        batches.go_on(actor=SYSTEM, batch=batch)


def test_what_went_wrong_since_the_check_stops_all_of_it() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement)
    an_award(achievement, reference="R-00002")
    batches.start(actor=SYSTEM, batch=batch)
    work(batch)
    assert (batch.state, batch.rows_faulty) == (Batch.State.FAULTY, 1)
    assert [(number, column) for number, column, _sentence in faults(batch)] == [(3, "reference")]
    assert Award.objects.count() == 1


def test_a_reference_taken_while_the_batch_runs_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_running, "CHUNK", 2)
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 4)))
    batches.start(actor=SYSTEM, batch=batch)
    assert batch_running.chunk(SYSTEM, batch, Achievements(batch.issuer), None) == 2
    an_award(achievement, reference="R-00004")
    batch_running.run(str(batch.pk), "", "en")
    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    assert batches.counts(batch) == {"issued": 3, "held": 0, "already": 0, "left": 1}
    assert [(number, column) for number, column, _sentence in faults(batch)] == [(5, "reference")]


def test_where_two_people_are_asked_for_one_alone_issues_nothing() -> None:
    issuer = an_issuer(two_people=True)
    achievement = an_achievement(issuer)
    officer = a_member(issuer.organisation)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    batch = a_batch(achievement, actor=approver)
    with pytest.raises(Refused, match="two people"):
        batches.start(actor=approver, batch=batch)
    batches.submit(actor=approver, batch=batch)
    for actor, why in ((approver, "another person"), (officer, "approver")):
        with pytest.raises(Refused, match=why):
            batches.start(actor=actor, batch=batch)
    other = a_member(issuer.organisation, Membership.Role.APPROVER)
    run(batch, other)
    assert batch.approved_by == other
    assert set(Award.objects.values_list("state", "drafted_by", "approved_by")) == {
        (State.ISSUED, approver.pk, other.pk)
    }


def test_an_approver_sends_back_with_the_reason() -> None:
    issuer = an_issuer(two_people=True)
    batch = a_batch(an_achievement(issuer), actor=a_member(issuer.organisation))
    batches.submit(actor=batch.sent_by or SYSTEM, batch=batch)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    with pytest.raises(Invalid, match="Say why"):
        batches.send_back(actor=approver, batch=batch, reason=" ")
    batches.send_back(actor=approver, batch=batch, reason="The grades are of last year")
    assert (batch.state, batch.fault) == (Batch.State.READY, "Sent back: The grades are of last year")


def test_who_sends_for_approval_cannot_approve_what_another_took_in() -> None:
    issuer = an_issuer(two_people=True)
    approver = a_member(issuer.organisation, Membership.Role.APPROVER)
    batch = a_batch(an_achievement(issuer), actor=a_member(issuer.organisation))
    batches.submit(actor=approver, batch=batch)
    with pytest.raises(Refused, match="another person"):
        batches.start(actor=approver, batch=batch)


def test_a_batch_given_up_says_nothing_of_anybody() -> None:
    batch = a_batch(an_achievement())
    batches.cancel(actor=SYSTEM, batch=batch)
    assert (batch.state, batch.content, BatchRow.objects.count()) == (Batch.State.CANCELLED, None, 0)
    with pytest.raises(Invalid):
        batches.start(actor=SYSTEM, batch=batch)


def test_what_runs_or_is_done_is_not_given_up() -> None:
    batch = a_batch(an_achievement())
    batches.start(actor=SYSTEM, batch=batch)
    with pytest.raises(Invalid, match="Being issued"):
        batches.cancel(actor=SYSTEM, batch=batch)


def test_two_who_start_at_once_start_it_once() -> None:
    batch = a_batch(an_achievement())
    seen = Batch.objects.select_related("issuer__organisation").get(pk=batch.pk)
    batches.start(actor=SYSTEM, batch=batch)
    with pytest.raises(Stale):
        batches.start(actor=SYSTEM, batch=seen)
    assert jobs.Job.objects.filter(kind=batches.ISSUE).count() == 1


def test_once_issued_the_rows_and_the_file_say_nothing_personal() -> None:
    batch = run(a_batch(an_achievement()))
    assert batch.content is None
    assert list(batch.rows.values_list("values", flat=True)) == [{}, {}, {}]
    told = " ".join(f"{event.before} {event.after}" for event in AuditEvent.objects.all())
    assert "Peeters" not in told
    assert "people.example" not in told


def test_only_the_issuers_own_people_send_a_file() -> None:
    achievement = an_achievement()
    with pytest.raises(Refused):
        a_batch(achievement, actor=a_member(an_issuer().organisation))
    with pytest.raises(Refused):
        a_batch(achievement, actor=a_member(achievement.issuer.organisation, Membership.Role.READER))


@pytest.mark.parametrize("notify", [True, False])
def test_holders_are_told_when_the_sender_wants_it(
    notify: bool, run_jobs: Any, django_capture_on_commit_callbacks: Any
) -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, notify=notify)
    batches.start(actor=SYSTEM, batch=batch)
    work(batch)
    run_jobs()
    assert len(mail.outbox) == (3 if notify else 0)


def test_a_person_known_by_a_number_is_one_holder() -> None:
    achievement, other = an_achievement(), None
    other = an_achievement(achievement.issuer)
    first = rows(achievement, 1, person="S-1", email="")
    second = rows(other, 1, reference="R-2", person="S-1", email="new@people.example")
    run(a_batch(achievement, a_csv([*first, *second])))
    holder = Holder.objects.get()
    assert (holder.awards.count(), holder.email) == (2, "new@people.example")


def test_a_workbook_that_is_a_bomb_is_refused() -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (400 * 1024 * 1024))
    batch = a_batch(an_achievement(), packed.getvalue())
    assert batch.state == Batch.State.FAULTY
    assert batch.fault
    assert len(packed.getvalue()) < batch_files.LARGEST


def test_what_was_entered_by_form_is_known_again_by_its_reference() -> None:
    achievement = an_achievement()
    told = rows(achievement, 1)
    an_award(
        achievement,
        reference="R-00001",
        given_name="Amina",
        family_name=told[0]["family name"],
        born=date.fromisoformat(told[0]["born"]),
        assessed_on=None,
    )
    batch = run(a_batch(achievement, a_csv(told)))
    assert batches.counts(batch) == {"issued": 0, "held": 0, "already": 1, "left": 0}
    assert Award.objects.count() == 1
