"""A file becomes a reading with all its values, or a sentence that says why not; nothing is half stored."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from gilde.core import clock, jobs
from gilde.core.errors import GildeError, Refused
from gilde.core.models import Document, Job
from gilde.core.workflow import Workflow
from gilde.plans.models import Reading, Value
from gilde.plans.reader import public as reader
from gilde.plans.services.desk import intake
from tests.plans.desk.factories import Role
from tests.plans.factories import MembershipFactory, OrganisationFactory, PlanFactory, UserFactory

pytestmark = pytest.mark.django_db
# What Word makes of a document with a password: a compound file that holds an encrypted package.
LOCKED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + b"\x00" * 500
    + "EncryptedPackage".encode("utf-16-le")
    + b"\x00" * 500
)
DOCUMENT = Path(settings.PACKAGE_DIR) / "demo" / "documents" / "norland-plan-2027.md"


@pytest.fixture
def ministry():
    return OrganisationFactory()


@pytest.fixture
def officer(ministry):
    return MembershipFactory(user=UserFactory(), organisation=ministry, role=Role.OFFICER).user


def upload(officer, ministry, data: bytes, name: str = "plan.md", **fields) -> Reading:
    return intake.upload(officer, organisation=ministry, file=data, name=name, **fields)


def run(reading: Reading) -> Job:
    """Do what a worker does with the job of a reading."""
    assert reading.job is not None
    jobs.run(reading.job)
    reading.refresh_from_db()
    return Job.objects.get(pk=reading.job)


def test_an_uploaded_plan_waits_for_a_worker(officer, ministry):
    reading = upload(officer, ministry, DOCUMENT.read_bytes(), title="Plan of Norland")
    assert (reading.state, str(reading), reading.created_by) == ("waiting", "Plan of Norland", officer.pk)
    assert Job.objects.get(pk=reading.job).state == "queued"
    assert not Value.objects.exists()


def test_a_worker_reads_the_plan_and_stores_every_value(officer, ministry):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())
    assert run(reading).state == "done"
    assert (reading.state, reading.kind) == ("open", "implementation-plan")
    assert reading.found["measures"][0]["number"] == "3.1"
    of_kind = {
        kind: Value.objects.filter(reading=reading, kind=kind).count()
        for kind in ("title", "section", "tick")
    }
    assert of_kind == {"title": 4, "section": 36, "tick": 140}
    for value in Value.objects.filter(reading=reading).exclude(anchor=None):
        shown = "".join(reading.text[value.view_start : value.view_end].split())
        assert shown
        assert "".join(value.quote.split())[:20].strip("[]xX☒☐•-*") in "".join(DOCUMENT.read_text().split())


def test_a_second_run_of_the_same_job_stores_nothing_twice(officer, ministry):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())
    run(reading)
    before = Value.objects.filter(reading=reading).count()
    assert intake.read(str(reading.pk)) == {"reading": str(reading.pk), "stored": False}
    assert Value.objects.filter(reading=reading).count() == before


def test_two_workers_that_read_at_the_same_time_store_the_values_once(officer, ministry, monkeypatch):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())
    read_file = reader.read_file

    def slow(*args, **kwargs):
        found = read_file(*args, **kwargs)
        monkeypatch.setattr(reader, "read_file", read_file)
        intake.read(str(reading.pk))  # the other worker is done before this one stores
        return found

    monkeypatch.setattr(reader, "read_file", slow)
    assert intake.read(str(reading.pk))["stored"] is False
    assert Value.objects.filter(reading=reading, kind="title").count() == 4


def test_a_worker_that_dies_while_storing_leaves_the_reading_waiting_and_whole(
    officer, ministry, monkeypatch
):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())

    def die(*_args, **_kwargs):
        raise SystemExit("killed")

    monkeypatch.setattr(Value.objects, "bulk_create", die)
    with pytest.raises(SystemExit):
        jobs.run(reading.job)
    monkeypatch.undo()
    reading.refresh_from_db()
    assert (reading.state, reading.text, reading.found) == ("waiting", "", {})
    assert not Value.objects.exists()

    with clock.moved_to(clock.now() + jobs.LEASE + timedelta(minutes=1)):
        assert jobs.sweep().requeued == 1
        assert run(reading).state == "done"
    assert reading.state == "open"


def archive_bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "wordprocessingml.document.main+xml")
        bomb.writestr("word/document.xml", b" " * 300_000_000)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "plan.md", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "plan.pdf", "is not a plan document"),
        (b"PK\x03\x04 not really", "plan.docx", "plan.docx"),
        (b"\x00\x01\x02" * 50, "plan.txt", "is not a plan document"),
        (LOCKED, "plan.docx", "is protected with a password"),
    ],
    ids=["empty", "a picture called pdf", "a broken archive", "null bytes", "locked with a password"],
)
def test_a_bad_file_is_refused_at_the_door_with_one_sentence(officer, ministry, data, name, sentence):
    with pytest.raises(GildeError, match=sentence):
        upload(officer, ministry, data, name)
    assert (Reading.objects.count(), Document.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_an_archive_that_would_explode_is_refused_at_the_door(officer, ministry):
    with pytest.raises(GildeError) as refusal:
        upload(officer, ministry, archive_bomb(), "plan.docx")
    assert "plan.docx" in refusal.value.sentence
    assert (Reading.objects.count(), Document.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_a_file_of_sixty_megabytes_is_refused_at_the_door(officer, ministry):
    with pytest.raises(GildeError, match="larger than 50 MB"):
        upload(officer, ministry, b"a plan " * (60 * 1024 * 1024 // 7))
    assert (Reading.objects.count(), Document.objects.count(), Job.objects.count()) == (0, 0, 0)


def image_only_pdf() -> bytes:
    import pypdfium2

    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(595, 842)
    data = io.BytesIO()
    pdf.save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Dear reader, this is a letter about the weather and nothing else.", "letter.md"),
        (b"<html><body><p>Nothing here is a plan.</p></body></html>", "page.html"),
        (image_only_pdf(), "scan.pdf"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "cut.pdf"),
    ],
    ids=["not a plan", "a web page", "a pdf without text", "a truncated pdf"],
)
def test_what_is_no_plan_fails_with_one_sentence_and_stores_no_value(officer, ministry, data, name):
    reading = upload(officer, ministry, data, name)
    assert run(reading).state == "done"
    assert reading.state == "failed"
    assert reading.problem.endswith((".", "”"))
    assert reading.problem.count("\n") == 0
    assert (reading.text, reading.found, Value.objects.count()) == ("", {}, 0)


def test_a_reader_that_crashes_for_another_reason_leaves_a_job_that_says_so(officer, ministry, monkeypatch):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())

    def crash(*_args, **_kwargs):
        raise OSError("no more processes")

    monkeypatch.setattr(reader, "read_file", crash)
    with pytest.raises(OSError):
        jobs.run(reading.job)
    monkeypatch.undo()
    reading.refresh_from_db()
    assert reading.state == "waiting"
    assert intake.progress_of(reading) is None

    intake.read_again(officer, reading=reading)
    assert run(reading).state == "done"
    assert reading.state == "open"


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR])
def test_only_who_writes_for_an_organisation_may_upload(ministry, role):
    member = MembershipFactory(user=UserFactory(), organisation=ministry, role=role).user
    with pytest.raises(Refused, match="Only policy officers and approvers"):
        upload(member, ministry, b"x")


def test_a_new_edition_is_read_only_for_a_plan_of_ones_own(officer, ministry):
    with pytest.raises(Refused):
        upload(officer, ministry, DOCUMENT.read_bytes(), plan=PlanFactory())
    mine = PlanFactory(owner=ministry)
    assert upload(officer, ministry, DOCUMENT.read_bytes(), plan=mine).plan == mine


def test_a_new_edition_is_read_on_the_desk_of_an_owner(ministry):
    both = UserFactory()
    for organisation in (ministry, elsewhere := OrganisationFactory()):
        MembershipFactory(user=both, organisation=organisation, role=Role.OFFICER)
    with pytest.raises(Refused, match="organisation that owns the plan"):
        upload(both, elsewhere, DOCUMENT.read_bytes(), plan=PlanFactory(owner=ministry))


def test_a_reading_is_put_aside_and_taken_up_again(officer, ministry):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())
    run(reading)
    assert intake.abandon(officer, reading=reading).state == "abandoned"
    assert intake.resume(officer, reading=reading).state == "open"
    assert Value.objects.filter(reading=reading, kind="title").count() == 4


def test_what_was_never_read_cannot_be_taken_up(officer, ministry):
    reading = intake.abandon(officer, reading=upload(officer, ministry, DOCUMENT.read_bytes()))
    with pytest.raises(Refused, match="never read"):
        intake.resume(officer, reading=reading)


def test_what_was_put_aside_while_it_waited_is_not_read(officer, ministry):
    reading = upload(officer, ministry, DOCUMENT.read_bytes())
    intake.abandon(officer, reading=reading)
    run(reading)
    assert reading.state == "abandoned"
    assert not Value.objects.exists()


def transitions() -> list[tuple[str, str, str]]:
    from gilde.plans.workflow import reading_workflow

    states = [state for state, _label in Reading.State.choices]
    return [
        (name, state, role)
        for name in reading_workflow.transitions
        for state in states
        for role in Role.values
    ]


@pytest.mark.parametrize(("name", "state", "role"), transitions())
def test_every_transition_of_a_reading_from_every_state_by_every_role(ministry, name, state, role):
    from gilde.plans.workflow import reading_workflow

    table: Workflow[Reading] = reading_workflow
    member = MembershipFactory(user=UserFactory(), organisation=ministry, role=role).user
    stranger = MembershipFactory(user=UserFactory(), role=role).user
    reading = Reading(organisation=ministry, state=state)
    allowed = state in table.transitions[name].sources and role in (Role.OFFICER, Role.APPROVER)
    assert bool(table.can(member, reading, name)) is allowed
    assert not table.can(stranger, reading, name)
