"""Batches: a file is taken in, every row is checked, and then a person issues all of it, or nothing.

While a batch is checked or issued it belongs to its job. What rows say of people goes once they are issued, or when the
batch is cancelled; the file itself goes when its rows are read.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents, jobs
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.documents import archives
from gilde.core.errors import GildeError, Invalid, Stale
from gilde.core.users import User
from gilde.credentials import access, batch_files
from gilde.credentials.batch_files import Table
from gilde.credentials.checking.apart import Apart
from gilde.credentials.checking.child import Task
from gilde.credentials.errors import TooMuch
from gilde.credentials.models import Batch, BatchRow, Issuer, State
from gilde.credentials.services import batch_rows

CHECK: Final = "credentials.check-batch"
ISSUE: Final = "credentials.issue-batch"
_SECONDS: Final = 120.0  # of work that reading a workbook may take
_MEMORY: Final = 1024 * 1024 * 1024
_WORKBOOKS: Final = {"workbook": Task("gilde.credentials.batch_files:workbook", batch_files.is_told)}
_STORED: Final = 1000  # rows in one statement
_OPEN: Final = frozenset({Batch.State.FAULTY, Batch.State.READY, Batch.State.WAITING})


@dataclass(frozen=True)
class Checked:
    """What a check found: how many rows there are, how many are to be mended, how many are awards already."""

    rows: int
    faulty: int
    already: int


def receive(
    *,
    actor: Actor,
    issuer: Issuer,
    file: bytes | File[bytes],
    name: str,
    kind: str = Batch.Kind.ISSUE,
    notify: bool = True,
) -> Batch:
    """Take a file in and queue its check, and return the batch. Raises Refused, Invalid, Unreadable for no table."""
    require(access.can_draft(actor, issuer))
    content = _content(file, name)
    with transaction.atomic():
        batch = Batch(
            issuer=issuer,
            kind=kind,
            content=content,
            name=documents.clean_name(name),
            notify=notify,
            sent_by=actor if isinstance(actor, User) else None,
            sent_at=clock.now(),
        )
        batch.save(force_insert=True)
        audit.record(actor, "credentials.batch.receive", batch, after={"kind": kind, "size": len(content)})
        _queue(actor, batch, CHECK)
    return batch


def mend(*, actor: Actor, batch: Batch, file: bytes | File[bytes], name: str) -> Batch:
    """Take another file in the place of one that is not issued yet, and check that. Raises Refused, Invalid, Stale."""
    require(access.can_draft(actor, batch.issuer))
    content = _content(file, name)
    with transaction.atomic():
        _move(
            actor,
            batch,
            "mend",
            {Batch.State.FAULTY, Batch.State.READY},
            Batch.State.CHECKING,
            content=content,
            name=documents.clean_name(name),
            fault="",
            rows_total=0,
            rows_faulty=0,
            rows_done=0,
            sent_by=actor if isinstance(actor, User) else None,
            sent_at=clock.now(),
        )
        batch.rows.all().delete()
        _queue(actor, batch, CHECK)
    return batch


def _content(file: bytes | File[bytes], name: str) -> bytes:
    size = len(file) if isinstance(file, bytes) else (file.size or 0)
    told = {"name": documents.clean_name(name), "limit": batch_files.LARGEST // (1024 * 1024)}
    if size > batch_files.LARGEST:
        raise TooMuch(
            _(
                "“%(name)s” is larger than %(limit)d MB. Divide it into several files; one may have 100,000 rows."
            )
            % told,
            "too-large",
        )
    if size == 0:
        raise Invalid(_("“%(name)s” is empty. Choose the file again.") % told)
    content = file if isinstance(file, bytes) else file.read()
    batch_files.is_workbook(content)
    return content


def check(batch_id: str, language: str) -> dict[str, Any]:
    """Check every row of a batch and store what was found, sentences in a language. Run again, it begins anew."""
    batch = Batch.objects.select_related("issuer__organisation").get(pk=batch_id)
    with translation.override(language):
        if batch.state != Batch.State.CHECKING:
            return {"rows": batch.rows_total, "faulty": batch.rows_faulty}
        try:
            jobs.progress(0, None, _("Reading the file"))
            rows = batch_rows.checked(batch.issuer, batch.kind, read(bytes(batch.content or b"")))
        except GildeError as error:
            _keep_fault(batch, error.sentence)
            return {"rows": 0, "fault": error.sentence}
        found = keep(batch, rows)
        return {"rows": found.rows, "faulty": found.faulty, "already": found.already}


def read(content: bytes) -> Table:
    """Return the rows of a file; a workbook is read in a process apart. Raises Unreadable, TooMuch."""
    if not batch_files.is_workbook(content):
        return batch_files.table(batch_files.text_rows(content))
    archives.check(io.BytesIO(content), _("the workbook"), len(content))
    apart = Apart(_WORKBOOKS)
    try:
        told = apart.run("workbook", content, seconds=_SECONDS, memory=_MEMORY)
    except TooMuch as error:
        if error.reason in ("too-slow", "too-much-memory", "too-deep", "crashed", "too-large"):
            raise TooMuch(
                _(
                    "This workbook takes too long to read. Save the sheet with the awards as CSV, and send that."
                ),
                error.reason,
            ) from error
        raise
    finally:
        apart.close()
    return batch_files.table(batch_files.rows_of(told))


def _keep_fault(batch: Batch, sentence: str) -> None:
    Batch.objects.filter(pk=batch.pk, state=Batch.State.CHECKING).update(
        state=Batch.State.FAULTY, fault=sentence, content=None
    )


def keep(batch: Batch, rows: Sequence[batch_rows.Row]) -> Checked:
    """Store the rows of a batch that is being checked, and where it stands by them; the file goes."""
    faulty = sum(not row.fine for row in rows)
    already = sum(row.existing is not None for row in rows)
    with transaction.atomic():
        moved = Batch.objects.filter(pk=batch.pk, state=Batch.State.CHECKING).update(
            state=Batch.State.FAULTY if faulty else Batch.State.READY,
            content=None,
            fault="",
            rows_total=len(rows),
            rows_faulty=faulty,
            rows_done=already,
        )
        if moved:
            batch.rows.all().delete()
            BatchRow.objects.bulk_create((_stored(batch, row) for row in rows), batch_size=_STORED)
    batch.refresh_from_db()
    return Checked(len(rows), faulty, already)


def _stored(batch: Batch, row: batch_rows.Row) -> BatchRow:
    return BatchRow(
        batch=batch,
        number=row.meant.number,
        values=row.meant.values if row.existing is None else {},
        faults=[[fault.column, fault.sentence] for fault in row.meant.faults],
        award_id=row.existing,
    )


def submit(*, actor: Actor, batch: Batch) -> Batch:
    """Send a batch to be approved by another person, and return it. Raises Refused, Invalid, Stale."""
    require(access.can_draft(actor, batch.issuer))
    with transaction.atomic():
        # Who sends it for approval answers for it, also where another person took the file in.
        sender = actor if isinstance(actor, User) else batch.sent_by
        return _move(
            actor, batch, "submit", {Batch.State.READY}, Batch.State.WAITING, fault="", sent_by=sender
        )


def send_back(*, actor: Actor, batch: Batch, reason: str) -> Batch:
    """Send a batch back to who sent it, with the reason. Raises Refused, Invalid, Stale."""
    require(access.can_approve(actor, batch.issuer, batch.sent_by_id))
    if not reason.strip():
        raise Invalid(_("Say why you send it back."), fields={"reason": [_("Say why you send it back.")]})
    told = _("Sent back: %(reason)s") % {"reason": reason.strip()}
    with transaction.atomic():
        return _move(actor, batch, "send-back", {Batch.State.WAITING}, Batch.State.READY, fault=told)


def start(*, actor: Actor, batch: Batch) -> jobs.Job:
    """Issue a batch: queue the job that does it, and return that. Raises Refused, Invalid, Stale."""
    approving = batch.state == Batch.State.WAITING
    require(
        access.can_approve(actor, batch.issuer, batch.sent_by_id)
        if approving
        else access.can_issue(actor, batch.issuer)
    )
    other = Batch.objects.filter(issuer=batch.issuer, state=Batch.State.RUNNING).exclude(pk=batch.pk).first()
    if other is not None:
        raise Invalid(
            _("“%(name)s” is being issued at this moment. Wait until it is done.") % {"name": other.name}
        )
    approver = actor if approving and isinstance(actor, User) else None
    with transaction.atomic():
        _move(
            actor,
            batch,
            "start",
            {Batch.State.READY, Batch.State.WAITING},
            Batch.State.RUNNING,
            fault="",
            approved_by=approver,
        )
        return _queue(actor, batch, ISSUE, who=str(actor.pk or ""))


def go_on(*, actor: Actor, batch: Batch) -> jobs.Job:
    """Go on with a batch of which the job failed, and return the new job. Raises Refused, Invalid."""
    approved = batch.approved_by_id is not None
    require(
        access.can_approve(actor, batch.issuer, batch.sent_by_id)
        if approved
        else access.can_issue(actor, batch.issuer)
    )
    if not stands_still(batch, job_of(batch)):
        raise Invalid(_("There is nothing to go on with: it is being issued, or is done."))
    with transaction.atomic():
        audit.record(actor, "credentials.batch.go-on", batch)
        if approved and isinstance(actor, User):
            Batch.objects.filter(pk=batch.pk).update(approved_by=actor)
        return _queue(actor, batch, ISSUE, who=str(actor.pk or ""))


def stands_still(batch: Batch, job: jobs.Job | None) -> bool:
    """Return whether a batch was being issued, and its job ended before it was done."""
    return batch.state == Batch.State.RUNNING and (job is None or job.is_finished)


def cancel(*, actor: Actor, batch: Batch) -> Batch:
    """Give up a batch of which nothing is issued; what its rows say goes. Raises Refused, Invalid, Stale."""
    require(access.can_draft(actor, batch.issuer))
    with transaction.atomic():
        moved = _move(
            actor, batch, "cancel", _OPEN, Batch.State.CANCELLED, content=None, fault="", done_at=clock.now()
        )
        batch.rows.all().delete()
    return moved


def job_of(batch: Batch) -> jobs.Job | None:
    """Return the job that checks or issues a batch."""
    return jobs.Job.objects.filter(pk=batch.job).first() if batch.job else None


def counts(batch: Batch) -> Mapping[str, int]:
    """Return of how many rows what became: "held", "issued", "already" there, "left" without an award."""
    mine, held = Q(award__batch=batch), Q(award__state=State.HELD)
    return batch.rows.order_by().aggregate(
        issued=Count("pk", filter=mine & ~held),
        held=Count("pk", filter=mine & held),
        already=Count("pk", filter=Q(award__isnull=False) & ~mine),
        left=Count("pk", filter=Q(award=None)),
    )


def actor_of(told: str) -> Actor:
    """Return who started a job, by the id that it was given."""
    return User.objects.get(pk=UUID(told)) if told else SYSTEM


def _queue(actor: Actor, batch: Batch, kind: str, **more: str) -> jobs.Job:
    language = translation.get_language() or "en"
    job = jobs.enqueue(actor, kind, batch=str(batch.pk), language=language, **more)
    Batch.objects.filter(pk=batch.pk).update(job=job.pk)
    batch.job = job.pk
    return job


def _move(
    actor: Actor, batch: Batch, verb: str, sources: frozenset[str] | set[str], target: str, **fields: Any
) -> Batch:
    """Move a batch between two states in the transaction around, or raise Invalid or Stale."""
    if batch.state not in sources:
        raise Invalid(
            _("This file is “%(state)s”, so that cannot be done now.") % {"state": batch.get_state_display()}
        )
    before = batch.state
    rows = Batch.objects.filter(pk=batch.pk, state=before).update(state=target, **fields)
    if rows != 1:
        raise Stale(_("Somebody else was first. Reload the page and look again."))
    audit.record(
        actor,
        f"credentials.batch.{verb}",
        batch,
        before={"state": before},
        after={"state": target, "rows": batch.rows_total},
    )
    batch.refresh_from_db()
    return batch
