"""Evidence: what shows that something was done. Written by one person, decided on by another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Day
from decimal import Decimal
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved, not_in_the_future
from gilde.core.errors import Invalid
from gilde.core.reviewed import decision
from gilde.core.text import Text
from gilde.plans.access import can_monitor, can_rewrite
from gilde.plans.models import Action, Evidence, Measure, Milestone
from gilde.plans.workflow import evidence_workflow


@dataclass(frozen=True)
class EvidenceData:
    """Evidence as it is handed in: a file, or a link with the day it was looked at, or a figure."""

    kind: str
    title: Text
    date: Day
    action: Action | None = None
    milestone: Milestone | None = None
    file: bytes | File[bytes] | IO[bytes] | None = None
    file_name: str = ""
    url: str = ""
    retrieved_on: Day | None = None
    figure: Decimal | None = None
    unit: str = ""

    def proving(self, milestone: Milestone) -> EvidenceData:
        """Return the same evidence, attached to a milestone and its action."""
        return replace(self, milestone=milestone, action=self.action or milestone.action)


def add_evidence(*, actor: Actor, measure: Measure, data: EvidenceData, synthetic: bool = False) -> Evidence:
    """Return new evidence as a draft of the actor; a file is stored by its hash.

    Raises Refused, Invalid, and the errors of core.documents for a file that is not taken.
    """
    require(can_monitor(actor, measure.plan))
    with transaction.atomic():
        evidence = Evidence(
            measure=measure, author=actor.pk, synthetic=synthetic, **_fields(actor, measure, data)
        )
        checked(evidence, exclude=_without_author(actor))
        evidence.save(force_insert=True)
        audit.record(actor, "plans.evidence.add", evidence, after=_auditable(evidence))
    return evidence


def change_evidence(*, actor: Actor, evidence: Evidence, version: int, data: EvidenceData) -> Evidence:
    """Return the evidence as its author changed it, if it still has `version` and is not being decided on.

    A file stays when none is given. Raises Refused, Invalid, Stale.
    """
    require(can_rewrite(actor, evidence))
    fields = _fields(actor, evidence.measure, data, kept=evidence)
    file_name = fields.pop("file_name")
    with transaction.atomic():
        changed(evidence, fields, actor=actor, event="plans.evidence.change", version=version)
        # Apart, because people put names in file names and the event that was just written is for ever.
        Evidence.objects.filter(pk=evidence.pk).update(file_name=file_name)
        evidence.file_name = file_name
    return evidence


def submit_evidence(*, actor: Actor, evidence: Evidence, version: int | None = None) -> Evidence:
    """Return the evidence, handed to an approver. Raises Refused, Stale."""
    return moved(
        evidence_workflow,
        evidence,
        "submit",
        actor=actor,
        version=version,
        submitted_at=clock.now(),
        decided_by=None,
        decided_at=None,
    )


def withdraw_evidence(*, actor: Actor, evidence: Evidence, version: int | None = None) -> Evidence:
    """Return the evidence, taken back by its author as a draft. Raises Refused, Stale."""
    return moved(evidence_workflow, evidence, "withdraw", actor=actor, version=version, submitted_at=None)


def approve_evidence(
    *, actor: Actor, evidence: Evidence, ground: str = "", version: int | None = None
) -> Evidence:
    """Return the evidence, approved by somebody other than its author. Raises Refused, Stale."""
    return moved(
        evidence_workflow, evidence, "approve", actor=actor, version=version, **decision(actor, ground)
    )


def return_evidence(*, actor: Actor, evidence: Evidence, ground: str, version: int | None = None) -> Evidence:
    """Return the evidence, sent back to its author with the ground. Raises Refused, Invalid, Stale."""
    if not ground.strip():
        raise Invalid(_("Ground of the decision: say what is missing, so that it can be put right."))
    return moved(
        evidence_workflow, evidence, "return", actor=actor, version=version, **decision(actor, ground)
    )


def _fields(
    actor: Actor, measure: Measure, data: EvidenceData, kept: Evidence | None = None
) -> dict[str, Any]:
    """The columns of one kind of evidence; those of the other kinds are emptied."""
    for thing in (data.action, data.milestone):
        if thing is not None and thing.measure_id != measure.pk:
            raise Invalid(_("What it shows: choose an action or a milestone of this measure."))
    not_in_the_future(data.date, _("Date of the evidence"))
    fields: dict[str, Any] = {
        "kind": data.kind,
        "title": data.title,
        "date": data.date,
        "action": data.action,
        "milestone": data.milestone,
        "document": None,
        "file_name": "",
        "url": "",
        "retrieved_on": None,
        "figure": None,
        "unit": "",
    }
    if data.kind == Evidence.Kind.FILE:
        return {**fields, **_file(actor, data, kept)}
    if data.kind == Evidence.Kind.LINK:
        if not data.url:
            raise Invalid(_("Link: give the address at which the evidence can be read."))
        retrieved = data.retrieved_on or clock.today()
        not_in_the_future(retrieved, _("Retrieved on"))
        return {**fields, "url": data.url, "retrieved_on": retrieved}
    if data.kind == Evidence.Kind.FIGURE:
        if data.figure is None or not data.unit.strip():
            raise Invalid(_("Figure: give the number and its unit, such as 120 workplaces."))
        return {**fields, "figure": data.figure, "unit": data.unit.strip()}
    raise Invalid(_("Kind: choose a file, a link or a figure."))


def _file(actor: Actor, data: EvidenceData, kept: Evidence | None) -> dict[str, Any]:
    if data.file is not None:
        document = documents.store(actor, file=data.file, name=data.file_name)
        return {"document": document, "file_name": documents.clean_name(data.file_name)}
    if kept is not None and kept.document_id is not None:
        return {"document": kept.document, "file_name": kept.file_name}
    raise Invalid(_("File: choose the file that shows it."))


def _auditable(evidence: Evidence) -> dict[str, Any]:
    """What the event keeps: no file name, because people put names in those."""
    return {
        "measure": str(evidence.measure_id),
        "kind": evidence.kind,
        "title": evidence.title,
        "document": str(evidence.document_id) if evidence.document_id else None,
        "url": evidence.url,
        "figure": evidence.figure,
        "unit": evidence.unit,
    }


def _without_author(actor: Actor) -> list[str]:
    """Gilde itself has no id, so what it writes has no author."""
    return [] if actor.pk is not None else ["author"]
