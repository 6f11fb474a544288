"""A document comes onto the desk, and is read: all its values are stored at once, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents, jobs
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.errors import Invalid, Refused, Stale
from gilde.organisations.public import Organisation
from gilde.plans.access import can_monitor, can_upload, desks, visible_plans
from gilde.plans.models import Plan, Reading, Value
from gilde.plans.reader import public as reader
from gilde.plans.reader.document import Line
from gilde.plans.services.desk.values import rows_of
from gilde.plans.workflow import reading_workflow

JOB: Final = "plans.read"
_OPEN_XML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Markdown is told apart from plain text by the reader; a text full of commas may be sniffed as a table.
MEDIA_TYPES: Final = frozenset({"text/plain", "text/csv", "text/html", "application/pdf", _OPEN_XML})
# Reading, storing the values, done: what a progress bar counts.
_STEPS = 3


@dataclass(frozen=True)
class Progress:
    """How far the reading of a document is: `done` of `total` steps, and what is being done."""

    done: int
    total: int
    step: str


def upload(
    actor: Actor,
    *,
    organisation: Organisation,
    file: bytes | File[bytes] | IO[bytes],
    name: str,
    title: str = "",
    language: str = "en",
    plan: Plan | None = None,
) -> Reading:
    """Return the reading, waiting to be read by a worker. `plan` is the plan of which this is a new edition.

    Raises Refused, Invalid, and the errors of core.documents when the file is empty, too large, of another
    kind or unsafe; nothing is stored then.
    """
    require(can_upload(actor, organisation))
    if plan is not None:
        require(can_monitor(actor, plan))
        if organisation.pk != plan.owner_id and not plan.co_owners.filter(pk=organisation.pk).exists():
            raise Refused(_("A new edition is read on the desk of an organisation that owns the plan."))
    reading = Reading(
        organisation=organisation,
        plan=plan,
        file_name=documents.clean_name(name),
        title=title.strip() or (str(plan) if plan else ""),
        language=language,
        created_at=clock.now(),
        created_by=actor.pk,
    )
    _check(reading)
    with transaction.atomic():
        reading.document = _store(actor, file, name)
        reading.save(force_insert=True)
        audit.record(
            actor,
            "plans.reading.upload",
            reading,
            after={
                "organisation": organisation.pk,
                "plan": plan.pk if plan else None,
                "sha256": reading.document.sha256,
            },
        )
        reading.job = jobs.enqueue(actor, JOB, reading=str(reading.pk)).pk
        reading.save(update_fields=["job"])
    return reading


def _check(reading: Reading) -> None:
    try:
        reading.full_clean(
            exclude=["document", "found", "lines", "notes", "text", "job", "edition", "created_by"]
        )
    except ValidationError as error:
        raise Invalid.from_validation(error) from error


def _store(actor: Actor, file: bytes | File[bytes] | IO[bytes], name: str) -> documents.Document:
    try:
        return documents.store(actor, file=file, name=name, media_types=MEDIA_TYPES)
    except documents.WrongType as error:
        raise Invalid(
            _("“%(name)s” is not a plan document. Choose a PDF, Word (.docx), HTML, Markdown or text file.")
            % {"name": documents.clean_name(name)}
        ) from error


def read(reading: str) -> Mapping[str, Any]:
    """Read a waiting document in a child process and store what was found: the job `plans.read`.

    It may be run again at any time: what is no longer waiting is left as it is, so values are stored once.
    """
    waiting = Reading.objects.select_related("document", "organisation").filter(pk=UUID(reading)).first()
    if waiting is None or waiting.state != Reading.State.WAITING:
        return {"reading": reading, "stored": False}
    jobs.progress(0, _STEPS, _("Reading the document"))
    try:
        with documents.local_file(waiting.document) as path:
            found = reader.read_file(path, waiting.file_name)
    except reader.BadDocument as error:
        return {"reading": reading, "stored": False, "failed": _fail(waiting, error.sentence)}
    jobs.progress(1, _STEPS, _("Storing what was found"))
    try:
        store_found(waiting, found)
    except Stale:
        return {"reading": reading, "stored": False}  # another worker was first
    jobs.progress(_STEPS, _STEPS, _("Done"))
    return {"reading": reading, "stored": True}


def store_found(waiting: Reading, found: reader.Reading) -> Reading:
    """Return the reading opened on the desk with all its values, stored in one transaction.

    Raises Stale, with nothing stored, when somebody else stored them or put the reading aside first.
    """
    form = found.as_json()
    views = {_key(citation.as_json()): citation.view for citation in found.citations()}
    with transaction.atomic():
        reading = reading_workflow.apply(
            waiting, "read", actor=SYSTEM, kind=found.kind, notes=list(found.notes)
        )
        # Text, lines and form go past the audit event: the document itself has its hash there.
        Reading.objects.filter(pk=reading.pk).update(
            text=found.text, lines=[_line(line) for line in found.lines], found=form
        )
        reading.refresh_from_db()
        rows = rows_of(reading, form, lambda citation: views.get(_key(citation)))
        Value.objects.bulk_create(rows, batch_size=500)
    return reading


def _job_of(reading: Reading) -> jobs.Job | None:
    return jobs.Job.objects.filter(pk=reading.job).first() if reading.job else None


def _fail(waiting: Reading, sentence: str) -> str:
    try:
        reading_workflow.apply(waiting, "fail", actor=SYSTEM, problem=sentence)
    except Stale:
        return ""
    return sentence


def _line(line: Line) -> dict[str, Any]:
    return {
        "start": line.start,
        "end": line.end,
        "kind": line.kind,
        "level": line.level,
        "page": line.page,
        "gap": line.gap,
        "bold": line.bold,
    }


def _key(citation: Mapping[str, Any]) -> str:
    return repr(sorted(citation.items(), key=lambda pair: pair[0]))


def progress_of(reading: Reading) -> Progress | None:
    """Return how far the reading of a waiting document is; None when nothing is waited for any more."""
    if reading.state != Reading.State.WAITING:
        return None
    job = _job_of(reading)
    if job is None:
        return Progress(0, _STEPS, _("Waiting"))
    if job.state == jobs.Job.State.FAILED:
        return None
    return Progress(job.done, job.total or _STEPS, job.step or str(job.get_state_display()))


def read_again(actor: Actor, *, reading: Reading) -> Reading:
    """Return the reading with a new job, after its job was given up. Raises Refused, Stale."""
    require(can_upload(actor, reading.organisation))
    with transaction.atomic():
        job = _job_of(reading)
        if job is not None and not job.is_finished:
            return reading
        new = jobs.enqueue(actor, JOB, reading=str(reading.pk))
        rows = Reading.objects.filter(pk=reading.pk, state=Reading.State.WAITING, job=reading.job).update(
            job=new.pk
        )
        if rows != 1:
            raise Stale(_("Somebody else has started this already. Reload the page."))
        audit.record(actor, "plans.reading.read-again", reading)
    reading.refresh_from_db(fields=["job"])
    return reading


def abandon(actor: Actor, *, reading: Reading) -> Reading:
    """Return the reading, put aside; its values stay and it can be taken up again. Raises Refused, Stale."""
    return reading_workflow.apply(reading, "abandon", actor=actor, problem="")


def resume(actor: Actor, *, reading: Reading) -> Reading:
    """Return the reading, back on the desk. Raises Refused, also for one that was never read, and Stale."""
    if not reading.found:
        raise Refused(_("This document was never read, so there is nothing to take up. Upload it again."))
    return reading_workflow.apply(reading, "resume", actor=actor)


def plans_for(actor: Actor) -> list[Plan]:
    """Return the plans of which the actor may upload a new edition, by title."""
    mine = [organisation.pk for organisation in desks(actor)]
    owned = visible_plans(actor).filter(Q(owner__in=mine) | Q(co_owners__in=mine)).distinct()
    return sorted(owned, key=str)
