"""One file of awards: its check, what is to be mended, issuing it, and what became of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gilde.core import downloads
from gilde.core.access import Actor, Decision, require
from gilde.core.components import Fact, Signal, written
from gilde.core.form_pages import Page, answer, found
from gilde.credentials import access, batch_files
from gilde.credentials.forms.register import FileForm, ReasonForm
from gilde.credentials.models import Batch, BatchRow
from gilde.credentials.services import batches as service
from gilde.credentials.views.batch_rows import listing
from gilde.credentials.views.batches import batches_crumb, tag
from gilde.credentials.views.issuing_common import both, data_of, issuer_crumbs, moment

SHOWN: Final = 200  # faults on the page; all are in the download


def _may_issue(actor: Actor, batch: Batch) -> Decision:
    return access.can_issue(actor, batch.issuer)


def _may_draft(actor: Actor, batch: Batch) -> Decision:
    return access.can_draft(actor, batch.issuer)


def _may_approve(actor: Actor, batch: Batch) -> Decision:
    return access.can_approve(actor, batch.issuer, batch.sent_by_id)


def _may_go_on(actor: Actor, batch: Batch) -> Decision:
    return _may_approve(actor, batch) if batch.approved_by_id else _may_issue(actor, batch)


@dataclass(frozen=True)
class Act:
    """An act on a file: its words, what it will do, who may, and from which states."""

    title: Any
    button: Any
    warning: Callable[[Batch], str]
    done: Any
    may: Callable[[Actor, Batch], Decision]
    do: Callable[..., Any]
    sources: frozenset[str]
    reason: bool = False
    danger: bool = False


def _will_issue(batch: Batch) -> str:
    new = batch.rows_total - batch.rows_done
    told = ngettext(
        "%(n)d award will be signed, entered in the log, and count from its day on.",
        "%(n)d awards will be signed, entered in the log, and count from their days on.",
        new,
    ) % {"n": new}
    if batch.kind == Batch.Kind.DEPOSIT:
        told += " " + _("What looks double or impossible is held for a person to decide.")
    mail = (
        _("The holders are told by mail where their address is known.")
        if batch.notify
        else _("The holders are not told.")
    )
    return f"{told} {mail} " + _("What is issued cannot be changed, only corrected by another award.")


def _will_cancel(batch: Batch) -> str:
    return _("Nothing of this file is issued. What its rows say of people is erased at once.")


ACTS: Final = {
    "issue": Act(
        gettext_lazy("Issue these awards"),
        gettext_lazy("Issue them"),
        _will_issue,
        "",
        _may_issue,
        service.start,
        frozenset({Batch.State.READY}),
    ),
    "submit": Act(
        gettext_lazy("Send for approval"),
        gettext_lazy("Send for approval"),
        lambda batch: _(
            "Another person, an approver, looks at the whole file and issues it or sends it back."
        ),
        gettext_lazy("The file waits for an approver."),
        _may_draft,
        service.submit,
        frozenset({Batch.State.READY}),
    ),
    "approve": Act(
        gettext_lazy("Approve and issue these awards"),
        gettext_lazy("Approve and issue them"),
        _will_issue,
        "",
        _may_approve,
        service.start,
        frozenset({Batch.State.WAITING}),
    ),
    "send-back": Act(
        gettext_lazy("Send the file back"),
        gettext_lazy("Send it back"),
        lambda batch: _("Who sent it sees your reason, and can send another file in its place."),
        gettext_lazy("The file was sent back."),
        _may_approve,
        service.send_back,
        frozenset({Batch.State.WAITING}),
        reason=True,
    ),
    "cancel": Act(
        gettext_lazy("Give this file up"),
        gettext_lazy("Give it up"),
        _will_cancel,
        gettext_lazy("The file was given up; nothing of it was issued."),
        _may_draft,
        service.cancel,
        frozenset({Batch.State.FAULTY, Batch.State.READY, Batch.State.WAITING}),
        danger=True,
    ),
    "go-on": Act(
        gettext_lazy("Go on with this file"),
        gettext_lazy("Go on"),
        lambda batch: _("What was issued stays. The rows that are left are issued now."),
        "",
        _may_go_on,
        service.go_on,
        frozenset({Batch.State.RUNNING}),
    ),
}


def batch_of(request: HttpRequest, batch_id: UUID) -> Batch:
    """Return the file of an address to who works for its issuer; 404 for everybody else."""
    rows = access.visible_batches(request.user)
    return found(rows.select_related("issuer__organisation", "sent_by", "approved_by"), pk=batch_id)


@never_cache
@require_safe
def page(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """Show where a file stands; while a job is at work, how far it is."""
    batch = batch_of(request, batch_id)
    job = service.job_of(batch)
    waits = job is not None and not job.is_finished
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target == "batch-work":
        response = render(
            request, "credentials/_batch_work.html", {"batch": batch, "job": job, "waits": waits}
        )
        if not waits:
            response["HX-Refresh"] = "true"
        return response
    shown = batch.state not in (Batch.State.CHECKING, Batch.State.CANCELLED) and not waits
    context = {
        "title": batch.name,
        "crumbs": [*issuer_crumbs(batch.issuer), batches_crumb(batch.issuer)],
        "batch": batch,
        "tag": tag(batch.state),
        "facts": _facts(batch),
        "job": job,
        "waits": waits,
        "failed": job if job is not None and job.error else None,
        "acts": [] if waits else _acts(request.user, batch, job),
        "may_mend": not waits
        and batch.state in (Batch.State.FAULTY, Batch.State.READY)
        and bool(access.can_draft(request.user, batch.issuer)),
        "form": FileForm(),
        "signals": _signals(batch) if batch.state == Batch.State.DONE else [],
        "faults": _some_faults(batch) if batch.rows_faulty or batch.state == Batch.State.DONE else [],
        "new": batch.rows_total - batch.rows_done,
        "already": batch.rows_done if batch.state in (Batch.State.READY, Batch.State.WAITING) else 0,
    }
    if shown and batch.state != Batch.State.FAULTY:
        return listing(batch).respond(request, batch.rows.all(), "credentials/batch.html", context)
    return render(request, "credentials/batch.html", context)


def _acts(actor: Actor, batch: Batch, job: Any) -> list[dict[str, object]]:
    told = []
    for name, act in ACTS.items():
        if batch.state not in act.sources or not act.may(actor, batch):
            continue
        if name == "submit" and not batch.issuer.two_people:
            continue
        if name == "go-on" and not service.stands_still(batch, job):
            continue
        url = reverse("credentials:batch-act", args=[batch.pk, name])
        kind = (
            "danger" if act.danger else "primary" if name in ("issue", "approve", "submit", "go-on") else ""
        )
        told.append({"url": url, "words": act.title, "kind": kind})
    return told


def _facts(batch: Batch) -> list[Fact]:
    facts = [
        Fact(_("What it is"), batch.get_kind_display()),
        Fact(_("Sent"), f"{moment(batch.sent_at)} · {batch.sent_by or '–'}"),
        Fact(_("Rows"), batch.rows_total),
        Fact(_("Holders are told by mail"), written(batch.notify)),
    ]
    if batch.approved_by is not None:
        facts.append(Fact(_("Approved by"), str(batch.approved_by)))
    if batch.done_at is not None:
        facts.append(Fact(_("Ended"), moment(batch.done_at)))
    return facts


def _signals(batch: Batch) -> list[Signal]:
    counts = service.counts(batch)
    here = reverse("credentials:batch", args=[batch.pk])
    told = [
        Signal(_("issued"), counts["issued"], url=f"{here}?became=issued"),
        Signal(_("were there already"), counts["already"], url=f"{here}?became=already"),
    ]
    if counts["held"]:
        told.append(Signal(_("held for a person"), counts["held"], url=reverse("credentials:deposits")))
    if counts["left"]:
        told.append(Signal(_("not issued"), counts["left"], url=f"{here}?became=left"))
    return told


def _some_faults(batch: Batch) -> list[dict[str, object]]:
    rows = batch.rows.exclude(faults=[]).order_by("number")[:SHOWN]
    return [
        {"row": row.number, "column": column_name(column), "sentence": sentence}
        for row in rows
        for column, sentence in row.faults
    ][:SHOWN]


def column_name(column: str) -> str:
    """Return the head of a column as the template writes it, "" for the row itself."""
    return batch_files.head(column) if column in batch_files.COLUMNS else ""


@never_cache
@require_safe
def faults(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """Give every fault as CSV: row, reference, column, and what is wrong."""
    batch = batch_of(request, batch_id)
    columns: downloads.Columns = [
        ("row", lambda row: row["row"]),
        ("reference", lambda row: row["reference"]),
        ("column", lambda row: row["column"]),
        ("fault", lambda row: row["fault"]),
    ]
    return downloads.respond("csv", "faults", columns, _faults(batch.rows.exclude(faults=[])))


def _faults(rows: QuerySet[BatchRow]) -> Iterator[Mapping[str, Any]]:
    for row in rows.order_by("number").iterator(chunk_size=1000):
        for column, sentence in row.faults:
            yield {
                "row": row.number,
                "reference": row.values.get("reference", ""),
                "column": column_name(column),
                "fault": sentence,
            }


@both
def mend(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Take another file in the place of this one."""
    batch = batch_of(request, batch_id)
    require(access.can_draft(request.user, batch.issuer))
    here = reverse("credentials:batch", args=[batch.pk])
    told = Page(
        title=_("Send the mended file"),
        button=_("Send and check"),
        back=here,
        crumbs=[*issuer_crumbs(batch.issuer), batches_crumb(batch.issuer), (batch.name, here)],
        lead=_("It takes the place of this one. Rows that were issued before are known by their references."),
        upload=True,
    )

    def save(filled: Any) -> Batch:
        file = filled.cleaned_data["file"]
        return service.mend(actor=request.user, batch=batch, file=file, name=file.name)

    return answer(request, told, FileForm(data_of(request), request.FILES or None), save)


@both
def act(request: HttpRequest, batch_id: UUID, act: str) -> HttpResponse:
    """Say what an act will do, and do it."""
    batch = batch_of(request, batch_id)
    if act not in ACTS:
        raise Http404
    wanted = ACTS[act]
    require(wanted.may(request.user, batch))
    here = reverse("credentials:batch", args=[batch.pk])
    told = Page(
        title=str(wanted.title),
        button=str(wanted.button),
        back=here,
        crumbs=[*issuer_crumbs(batch.issuer), batches_crumb(batch.issuer), (batch.name, here)],
        done=str(wanted.done),
        subject=batch.name,
        warning=wanted.warning(batch),
        danger=True,
    )

    def save(filled: Any) -> Any:
        more = {"reason": filled.cleaned_data["reason"]} if wanted.reason else {}
        return wanted.do(actor=request.user, batch=batch, **more)

    form = ReasonForm(data_of(request)) if wanted.reason else forms.Form(data_of(request))
    return answer(request, told, form, save)
