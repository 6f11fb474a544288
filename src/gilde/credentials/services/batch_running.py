"""Issuing a batch that was checked: chunk by chunk, each whole or not at all; run again, it goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.credentials import access
from gilde.credentials.batch_values import meant_again
from gilde.credentials.models import Award, Batch, BatchRow, Holder, State
from gilde.credentials.services import batch_rows, batches, drafting, issuing
from gilde.credentials.services.batch_rows import Achievements, Row
from gilde.credentials.services.depositing import Alike

CHUNK: Final = issuing.CHUNK
_AT_ONCE: Final = 200  # rows in one statement


def run(batch_id: str, who: str, language: str) -> dict[str, Any]:
    """Issue a batch and return what became of its rows. Raises Refused when the actor may no longer.

    Before the first chunk every row is checked once more; when one is wrong by now, nothing is issued.
    """
    batch = Batch.objects.select_related("issuer__organisation", "sent_by", "approved_by").get(pk=batch_id)
    with translation.override(language):
        if batch.state == Batch.State.RUNNING:
            actor = batches.actor_of(who)
            _require(actor, batch)
            if _begun(batch) or _still_right(batch):
                _run(actor, batch)
        return dict(batches.counts(batch))


def _require(actor: Actor, batch: Batch) -> None:
    if batch.approved_by_id is not None:
        require(access.can_approve(batch.approved_by or actor, batch.issuer, batch.sent_by_id))
    else:
        require(access.can_issue(actor, batch.issuer))


def _begun(batch: Batch) -> bool:
    return Award.objects.filter(batch=batch).exists()


def _still_right(batch: Batch) -> bool:
    """Check every row again, and return whether all may be issued; else the batch has rows to mend."""
    rows = batch.rows.filter(award=None).order_by("number").values_list("number", "values")
    found = batch_rows.rechecked(batch.issuer, batch.kind, rows)
    faulty = {row.meant.number: row for row in found if not row.fine}
    if not faulty:
        return True
    with transaction.atomic():
        moved = Batch.objects.filter(pk=batch.pk, state=Batch.State.RUNNING).update(
            state=Batch.State.FAULTY, rows_faulty=len(faulty), approved_by=None
        )
        if moved:
            stored = [row for row in batch.rows.all() if row.number in faulty]
            for row in stored:
                row.faults = [[fault.column, fault.sentence] for fault in faulty[row.number].meant.faults]
            _store(stored)
    return False


def _run(actor: Actor, batch: Batch) -> None:
    achievements = Achievements(batch.issuer)
    alike = Alike(batch.issuer) if batch.kind == Batch.Kind.DEPOSIT else None
    while True:
        batch.refresh_from_db(fields=["state", "rows_done", "rows_total"])
        jobs.progress(batch.rows_done, batch.rows_total, _("Issuing the awards"))
        if batch.state != Batch.State.RUNNING or not chunk(actor, batch, achievements, alike):
            break
    with transaction.atomic():
        if Batch.objects.filter(pk=batch.pk, state=Batch.State.RUNNING).update(
            state=Batch.State.DONE, done_at=clock.now(), content=None
        ):
            batch.rows.update(values={})
            audit.record(actor, "credentials.batch.done", batch, after=dict(batches.counts(batch)))


def chunk(actor: Actor, batch: Batch, achievements: Achievements, alike: Alike | None) -> int:
    """Issue the next rows of a batch, all or none, and return how many these were; 0 when none are left.

    Two runs of one job do no row twice: the second finds that the count of what is done has moved.
    """
    with transaction.atomic():
        rows = list(batch.rows.filter(award=None).exclude(values={}).order_by("number")[:CHUNK])
        if not rows:
            return 0
        moved = Batch.objects.filter(
            pk=batch.pk, state=Batch.State.RUNNING, rows_done=batch.rows_done
        ).update(rows_done=F("rows_done") + len(rows))
        if moved:
            _issue(actor, batch, rows, achievements, alike)
    return len(rows)


def _issue(
    actor: Actor,
    batch: Batch,
    rows: Sequence[BatchRow],
    achievements: Achievements,
    alike: Alike | None,
) -> None:
    known = batch_rows.existing(batch.issuer, [row.values["reference"] for row in rows])
    persons = batch_rows.numbered(batch.issuer, [row.values.get("person", "") for row in rows])
    holders: list[Holder] = []
    awards: list[Award] = []
    done: list[BatchRow] = []
    for row in rows:
        achievement, given = achievements.given(row.values)
        if (award := known.get(given.reference)) is not None:
            # Somebody issued this reference since the check: the same content is this award, another is left out.
            told = Row(meant_again(row.number, row.values), achievement, tuple(given.left_out))
            if batch_rows.differences(award, told):
                row.faults = [
                    ["reference", _("It stands for another award by now. Nothing was issued for it.")]
                ]
            else:
                row.award = award
            done.append(row)
            continue
        holder = persons.get(given.person)
        if holder is not None and not batch_rows.is_same(holder, given):
            row.faults = [["person", _("This number is another person by now. Nothing was issued for it.")]]
            done.append(row)
            continue
        if holder is None:
            holder = _holder(batch, given)
            holders.append(holder)
            if given.person:
                persons[given.person] = holder
        else:
            _learn(holder, given)
        award = drafting.made(actor, achievement, holder, given, batch=batch)
        award.drafted_by = batch.sent_by
        if batch.approved_by_id is not None:
            award.state = State.WAITING
        if alike is not None:
            award.origin = Award.Origin.DEPOSITED
            if told_why := alike.why_held(award):
                award.state, award.held_for = State.HELD, told_why
            alike.add(award)
        row.award = award
        awards.append(award)
        done.append(row)
    Holder.objects.bulk_create(holders, batch_size=_AT_ONCE)
    Award.objects.bulk_create(awards, batch_size=_AT_ONCE)
    issuing.issue_many(
        batch.approved_by or actor,
        [award for award in awards if award.state != State.HELD],
        notify=batch.notify,
    )
    for row in done:
        row.values = {}
    _store(done)


def _store(rows: Sequence[BatchRow]) -> None:
    """Store what became of rows: as one statement for many, where an update of each takes ten times as long."""
    BatchRow.objects.bulk_create(
        rows,
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["batch", "number"],
        update_fields=["award", "values", "faults"],
    )


def _holder(batch: Batch, given: drafting.Given) -> Holder:
    return Holder(
        issuer=batch.issuer,
        reference=given.person,
        given_name=given.given_name,
        family_name=given.family_name,
        born=given.born,
        email=given.email,
    )


def _learn(holder: Holder, given: drafting.Given) -> None:
    """Store what a row tells of a person that was not known of them."""
    learned: dict[str, Any] = {}
    if given.email and given.email != holder.email:
        learned["email"] = given.email
    if given.born and holder.born is None:
        learned["born"] = given.born
    if not learned:
        return
    for name, value in learned.items():
        setattr(holder, name, value)
    if not holder._state.adding:
        holder.save(update_fields=list(learned))
