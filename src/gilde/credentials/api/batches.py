"""Batches: a file of awards is sent, every row is checked, and then all of it is issued, or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import StringConstraints

from gilde.core.access import require
from gilde.core.api import MOST, OneOf, Paragraph
from gilde.core.jobs import Job
from gilde.credentials import access, batch_files
from gilde.credentials.api.shapes import (
    PERSONAL,
    ByKey,
    IssuerShort,
    Stretch,
    Word,
    address,
    signed_in,
    stretch_of,
)
from gilde.credentials.models import Batch, BatchRow
from gilde.credentials.services import batches as service

batches = Router(tags=["batches"])

BatchKind = Annotated[str, OneOf(Batch.Kind)]
BatchState = Annotated[str, OneOf(Batch.State)]
JobState = Annotated[str, OneOf(Job.State)]
FileName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
]
# Types in which a file may be sent: no form of a page elsewhere can send one of these.
TABLES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, CSV or XLSX, as its body; its columns are those of the page.",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TABLES[-1:]},
    }
}


class Progress(Schema):
    """How far the job is that checks or issues a batch; `total` is null while nobody knows."""

    state: JobState
    done: int
    total: int | None
    step: str
    error: str

    @classmethod
    def of(cls, job: Job | None) -> Progress | None:
        """Return how far a job is, None without one."""
        if job is None:
            return None
        return cls(state=job.state, done=job.done, total=job.total, step=job.step, error=job.error)


class BatchLine(Schema):
    """A file of awards and where it stands. `fault` says what is wrong with the file as a whole."""

    id: UUID
    issuer: IssuerShort
    kind: BatchKind
    state: BatchState
    name: str
    fault: str
    rows: int
    faulty: int
    done: int
    notify: bool
    sent_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> BatchLine:
        """Return the batch as lists give it."""
        return cls(**_batch(batch))


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "issuer": IssuerShort.of(batch.issuer),
        "kind": batch.kind,
        "state": batch.state,
        "name": batch.name,
        "fault": batch.fault,
        "rows": batch.rows_total,
        "faulty": batch.rows_faulty,
        "done": batch.rows_done,
        "notify": batch.notify,
        "sent_at": batch.sent_at,
        "done_at": batch.done_at,
    }


class BatchFilter(ByKey):
    issuer: Word = Field("", description="Name of the issuer in its address.")
    state: BatchState | None = None


@batches.get("", response=Stretch[BatchLine], summary="List batches", auth=None, openapi_extra=PERSONAL)
def list_batches(request: HttpRequest, query: Query[BatchFilter]) -> Stretch[BatchLine]:
    """Return the files of awards of the issuers that you work for, the newest first."""
    found = access.visible_batches(signed_in(request)).select_related("issuer__organisation")
    if query.issuer:
        found = found.filter(issuer__slug=query.issuer)
    if query.state:
        found = found.filter(state=query.state)
    return stretch_of(found.defer("content"), ["-sent_at", "-pk"], query, BatchLine.of)


class Counts(Schema):
    """Of how many rows what became; `already` were awards before, `left` have none."""

    issued: int
    held: int
    already: int
    left: int


class BatchOut(BatchLine):
    """A batch with its job, what became of its rows, and where the awards are that it made."""

    job: Progress | None
    counts: Counts
    awards: str
    faults: str

    @classmethod
    def told(cls, batch: Batch) -> BatchOut:
        """Return the batch whole."""
        return cls(
            **_batch(batch),
            job=Progress.of(service.job_of(batch)),
            counts=Counts(**service.counts(batch)),
            awards=address("api:list_awards") + f"?batch={batch.pk}",
            faults=address("api:list_batch_rows", batch.pk) + "?faulty=true",
        )


class BatchQuery(Schema):
    """Whose file it is, and what is to become of its rows."""

    issuer: Word = Field(description="Name of the issuer in its address.")
    name: FileName = Field("awards.csv", description="Name of the file, to know it again.")
    kind: BatchKind = Field("issue", description="deposit: awards that were given before, on paper.")
    notify: bool = Field(True, description="Tell the holders by mail once they are issued.")


@batches.post("", response={201: BatchOut}, summary="Send a file of awards", openapi_extra=_BODY)
def send_batch(request: HttpRequest, query: Query[BatchQuery]) -> Status[BatchOut]:
    """Take in a CSV or XLSX file as the body of the request, and begin to check every row.

    Nothing is issued yet: read the batch until it is ready, then issue it. A row whose reference is an award already is
    that award.
    """
    if request.content_type not in TABLES:
        raise HttpError(415, _("Send the file itself as text/csv, as XLSX, or as application/octet-stream."))
    issuer = get_object_or_404(access.visible_issuers(request.user), slug=query.issuer)
    require(access.can_draft(request.user, issuer))
    made = service.receive(
        actor=request.user,
        issuer=issuer,
        file=_sent(request),
        name=query.name,
        kind=query.kind,
        notify=query.notify,
    )
    return Status(201, BatchOut.told(made))


def _sent(request: HttpRequest) -> bytes:
    """Return the body, of which no more is read than a file may hold; the service says that it is too large."""
    content: bytes = request.read(batch_files.LARGEST + 1)
    return content


@batches.get("/{uuid:batch_id}", response=BatchOut, summary="Read a batch", auth=None, openapi_extra=PERSONAL)
def read_batch(request: HttpRequest, batch_id: UUID) -> BatchOut:
    """Return a batch with how far its job is."""
    return BatchOut.told(_batch_of(request, batch_id))


def _batch_of(request: HttpRequest, batch_id: UUID) -> Batch:
    mine = access.visible_batches(signed_in(request)).select_related("issuer__organisation")
    return get_object_or_404(mine.defer("content"), pk=batch_id)


class FaultOut(Schema):
    """What is wrong in a row; `column` is empty where it is the row as a whole."""

    column: str
    sentence: str


class BatchRowOut(Schema):
    """A row by its number in the file, whose head is row 1; what it says goes once it is an award."""

    number: int
    values: dict[str, Any]
    faults: list[FaultOut]
    award: UUID | None

    @classmethod
    def of(cls, row: BatchRow) -> BatchRowOut:
        """Return the row as the API gives it."""
        faults = [FaultOut(column=column, sentence=sentence) for column, sentence in row.faults]
        return cls(number=row.number, values=row.values, faults=faults, award=row.award_id)


class RowFilter(Schema):
    limit: int = Field(50, ge=1, le=MOST, description="How many rows to give at most.")
    after: int = Field(0, ge=0, le=2_000_000_000, description="The `next` of the page before.")
    faulty: bool | None = Field(None, description="Only rows to mend, or only the others.")


class RowStretch(Schema):
    """Rows in the order of the file; `next` is what to send as `after`, null at the end."""

    limit: int
    next: int | None
    items: list[BatchRowOut]


@batches.get(
    "/{uuid:batch_id}/rows",
    response=RowStretch,
    summary="List the rows of a batch",
    auth=None,
    openapi_extra=PERSONAL,
)
def list_batch_rows(request: HttpRequest, batch_id: UUID, query: Query[RowFilter]) -> RowStretch:
    """Return the rows with what is wrong in each."""
    found = _batch_of(request, batch_id).rows.filter(number__gt=query.after).order_by("number")
    if query.faulty is not None:
        found = found.exclude(faults=[]) if query.faulty else found.filter(faults=[])
    rows = list(found[: query.limit + 1])
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return RowStretch(
        limit=query.limit, next=rows[-1].number if more else None, items=[BatchRowOut.of(row) for row in rows]
    )


class BatchActIn(Schema):
    reason: Paragraph = Field("", description="Why; send-back needs it.")


@batches.post("/{uuid:batch_id}/{slug:act}", response=BatchOut, summary="Do something with a batch")
def act_on_batch(request: HttpRequest, batch_id: UUID, act: str, payload: BatchActIn) -> BatchOut:
    """Do one act: issue, submit, send-back, go-on or cancel. Issuing is a job, and the answer says how far it is.

    Where two people are asked for, one submits it and another issues it, or sends it back.
    """
    batch, actor = _batch_of(request, batch_id), request.user
    match act:
        case "issue":
            service.start(actor=actor, batch=batch)
        case "submit":
            service.submit(actor=actor, batch=batch)
        case "send-back":
            service.send_back(actor=actor, batch=batch, reason=payload.reason)
        case "go-on":
            service.go_on(actor=actor, batch=batch)
        case "cancel":
            service.cancel(actor=actor, batch=batch)
        case _:
            raise Http404
    return BatchOut.told(_batch_of(request, batch_id))
