"""Moving from one edition of a classification to another: the report, kept on disk, and links moved by a decision."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language, override

from gilde.core import jobs
from gilde.core.access import Actor, require
from gilde.qualifications import access
from gilde.qualifications.classifications.migration import Change
from gilde.qualifications.models import Concept, SchemeEdition
from gilde.qualifications.services import classifications
from gilde.qualifications.services.matching_index import SCHEME, request_index

JOB: Final = "qualifications.migration"
SMALL: Final = 2_000  # concepts of both editions that are compared while the reader waits
_FORM: Final = 1  # raised when `Change` changes


def kept_changes(old: SchemeEdition, new: SchemeEdition) -> list[Change] | None:
    """Return the changes between two editions in the reader's language; None when they are not worked out yet.

    Small classifications are compared at once. Raises Invalid for editions of two classifications.
    """
    path = _path(old, new)
    if not path.exists():
        if old.concept_count + new.concept_count > SMALL:
            return None
        return _work_out(old, new)
    told = json.loads(path.read_text(encoding="utf-8"))
    return [Change(**{**each, "proposal": tuple(each["proposal"])}) for each in told]


def request_changes(*, actor: Actor, old: SchemeEdition, new: SchemeEdition) -> jobs.Job:
    """Start a job that works out the changes, and return it; the one that runs already where there is one."""
    arguments = {"old": str(old.pk), "new": str(new.pk), "language": get_language() or "en"}
    with transaction.atomic():
        running = waiting_for(old, new)
        return running or jobs.enqueue(actor, JOB, **arguments)


def waiting_for(old: SchemeEdition, new: SchemeEdition) -> jobs.Job | None:
    """Return the job that works out the changes in the reader's language, None when there is none."""
    states = (jobs.Job.State.QUEUED, jobs.Job.State.RUNNING, jobs.Job.State.LOST)
    arguments = {"old": str(old.pk), "new": str(new.pk), "language": get_language() or "en"}
    running = jobs.Job.objects.filter(kind=JOB, state__in=states).order_by("-created_at")
    return next((each for each in running if each.arguments == arguments), None)


@jobs.job(JOB)
def run_changes(old: str, new: str, language: str) -> dict[str, Any]:
    """Work out the changes between two editions and keep them; the result tells how many."""
    editions = SchemeEdition.objects.select_related("scheme")
    with override(language):
        return {"changes": len(_work_out(editions.get(pk=old), editions.get(pk=new)))}


def move_all(*, actor: Actor, moves: Sequence[tuple[str, Concept]]) -> int:
    """Move the links of several concepts in one act, and return how many links there were. Raises Refused."""
    require(access.can_keep_reference(actor))
    with transaction.atomic():
        return sum(classifications.move_links(actor=actor, old=old, new=new) for old, new in moves)


def use_edition(*, actor: Actor, edition: SchemeEdition) -> SchemeEdition:
    """Let pages and matching use this edition; the words of ESCO are prepared anew. Raises Refused, Invalid."""
    with transaction.atomic():
        classifications.make_current(actor=actor, edition=edition)
        if edition.scheme_id == SCHEME:
            request_index(actor=actor)
    return edition


def _work_out(old: SchemeEdition, new: SchemeEdition) -> list[Change]:
    changes = classifications.migrate(old, new)
    path = _path(old, new)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{uuid4().hex}")
    half.write_text(json.dumps([asdict(each) for each in changes], ensure_ascii=False), encoding="utf-8")
    os.replace(half, path)
    return changes


def _path(old: SchemeEdition, new: SchemeEdition) -> Path:
    """Return where the changes lie: under a name made of both editions as they were last loaded, and the language."""
    made_of = (old.pk, old.loaded_at, new.pk, new.loaded_at, get_language(), _FORM)
    name = hashlib.sha256(repr(made_of).encode()).hexdigest()[:24]
    return Path(settings.DATA_DIR) / "migrations" / f"{name}.json"
