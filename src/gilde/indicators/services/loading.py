"""Figures from files and providers: read, checked, and published, or held until a person has decided.

A load waits for its job, which reads the whole message and checks it before anything is published. Without a finding
it is published at once; with one it is held, and the decision sends it through the same job again, so that a file of
millions is never read inside a request and a killed worker repeats the step from its beginning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import IO, Any, Final

import numpy as np
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents, jobs
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.changes import moved
from gilde.core.errors import GildeError, Invalid
from gilde.core.models import User
from gilde.indicators import checking, formats, publishing
from gilde.indicators.access import can_manage
from gilde.indicators.checking import Checked, Found
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.formats.message import Message
from gilde.indicators.models import Finding, Indicator, Load, Observation, Origin, Release
from gilde.indicators.services import pulling
from gilde.indicators.workflow import load_workflow

JOB: Final = "indicators.load"
FILE_LIMIT: Final = 500 * 1024 * 1024  # bytes, of a file given on the command line; uploads obey UPLOAD_LIMIT

# What a person may take as it stands; rows with any other finding can only be left out.
TAKEABLE: Final = frozenset(
    {Finding.Kind.IMPOSSIBLE, Finding.Kind.CHANGED_CODES, Finding.Kind.SHRUNK, Finding.Kind.OTHER_INDICATOR}
)


def add_load(
    *,
    actor: Actor,
    indicator: Indicator,
    file: bytes | File[bytes] | IO[bytes],
    name: str,
    complete: bool = False,
    limit: int | None = None,
) -> Load:
    """Return the load of a file, stored and waiting to be read by a job (`load.job`).

    `complete` says that the file holds every figure of the indicator, so that what it leaves out was withdrawn.
    `limit` is the largest size taken, in bytes (settings.UPLOAD_LIMIT). Raises Refused, Invalid for an indicator
    that takes no files, and what `documents.store` raises.
    """
    require(can_manage(actor, indicator))
    if indicator.kind != Indicator.Kind.OFFICIAL:
        raise Invalid(
            _(
                "Only official statistics come from files. Figures of this indicator are %(kind)s: "
                "add them where it says so on its page."
            )
            % {"kind": indicator.get_kind_display().lower()}
        )
    document = documents.store(actor, file=file, name=name, limit=limit)
    load = Load(
        indicator=indicator,
        kind=Load.Kind.FILE,
        document=document,
        file_name=documents.clean_name(name),
        complete=complete,
        retrieved_at=clock.now(),
    )
    return _begin(actor, load)


def pull(*, actor: Actor, indicator: Indicator) -> Load:
    """Return the load that asks the provider of an official indicator for its figures, as a job (`load.job`).

    One that is under way is returned instead of a second one, and queued again where its job was given up.
    Raises Refused, and Invalid without an origin.
    """
    require(can_manage(actor, indicator))
    origin = Origin.objects.filter(indicator=indicator).first()
    if origin is None:
        raise Invalid(
            _("Nothing says where figures of this indicator come from. Fill in its origin, or load a file.")
        )
    waiting = Load.objects.filter(indicator=indicator, kind=Load.Kind.PULL, state=Load.State.WAITING).first()
    if waiting is not None:
        with transaction.atomic():
            open_jobs = jobs.Job.objects.filter(finished_at=None)
            if waiting.job is None or not open_jobs.filter(pk=waiting.job).exists():
                _queue(actor, waiting)  # its job was given up; the load goes on where that stopped
        return waiting
    return _begin(actor, Load(indicator=indicator, kind=Load.Kind.PULL, complete=True, file_name=str(origin)))


def read_load(load_id: str) -> dict[str, Any]:
    """Read, check and publish or hold a load: the job. Returns what became of it, in numbers; safe to run again."""
    load = Load.objects.select_related("indicator", "document").get(pk=load_id)
    if load.state != Load.State.WAITING:
        return {"state": load.state}
    try:
        if load.document is None:
            pulling.fetch(load)
        assert load.document is not None
        with documents.local_file(load.document) as path:
            message = formats.read(path, name=load.file_name)
            checked = checking.check(load.indicator, message, progress=_say_rows)
    except GildeError as error:
        moved(load_workflow, load, "fail", actor=SYSTEM, problem=error.sentence)
        return {"state": load.state}
    _note(load, message, checked)
    checked.found += checking.shrunk(checked, _published(load)) if load.complete else []
    if undecided := _undecided(load, checked.found):
        _hold(load, undecided)
        return {"state": load.state, "rows": checked.rows, "findings": len(undecided)}
    jobs.progress(checked.rows, checked.rows, _("Publishing"))
    _publish(load, checked)
    return {"state": load.state, "rows": checked.rows, "findings": len(checked.found)}


def accept_load(*, actor: Actor, load: Load, ground: str, take: Collection[str] = ()) -> Load:
    """Return the held load on its way to be published by its job (`load.job`).

    Rows with a finding are left out, but those of the kinds in `take` are taken as they stand. `take` holds kinds of
    `TAKEABLE`; a finding about the whole load must be taken, or the load is rejected instead.
    Raises Refused, Invalid without a ground, Stale when somebody else has decided.
    """
    require(can_manage(actor, load.indicator))
    ground = _ground(ground)
    if strange := sorted(set(take) - TAKEABLE):
        raise Invalid(
            _("Rows with “%(kind)s” cannot be taken as they stand. Leave them out, or correct the file.")
            % {"kind": Finding.Kind(strange[0]).label if strange[0] in Finding.Kind.values else strange[0]}
        )
    left = load.findings.filter(whole=True).exclude(kind__in=list(take)).first()
    if left is not None:
        raise Invalid(
            _("“%(sentence)s” This is about the whole load: take it as it stands, or reject the load.")
            % {"sentence": left.sentence}
        )
    with transaction.atomic():
        moved(
            load_workflow,
            load,
            "accept",
            actor=actor,
            decided_by=actor.pk,
            decided_at=clock.now(),
            decision=ground,
            taken=sorted(take),
        )
        _queue(actor, load)
    return load


def reject_load(*, actor: Actor, load: Load, ground: str) -> Load:
    """Return the held load, rejected for good: nothing of it is published. Raises Refused, Invalid, Stale."""
    require(can_manage(actor, load.indicator))
    return moved(
        load_workflow,
        load,
        "reject",
        actor=actor,
        decided_by=actor.pk,
        decided_at=clock.now(),
        decision=_ground(ground),
    )


def _begin(actor: Actor, load: Load) -> Load:
    load.created_at, load.created_by = clock.now(), actor.pk
    with transaction.atomic():
        load.save(force_insert=True)
        audit.record(
            actor,
            "indicators.load.begin",
            load,
            after={
                "indicator": load.indicator.code,
                "kind": load.kind,
                "document": load.document.sha256 if load.document else None,
                "complete": load.complete,
            },
        )
        _queue(actor, load)
    return load


def _queue(actor: Actor, load: Load) -> None:
    load.job = jobs.enqueue(actor, JOB, load=str(load.pk)).pk
    Load.objects.filter(pk=load.pk).update(job=load.job)


def _ground(words: str) -> str:
    if not words.strip():
        raise Invalid(_("Ground of the decision: say why, for whoever asks later."))
    return words.strip()


def _say_rows(rows: int) -> None:
    jobs.progress(rows, None, _("Reading and checking, row %(row)d") % {"row": rows})


def _note(load: Load, message: Message, checked: Checked) -> None:
    notes = list(message.notes)
    if checked.left_aside:
        notes.append(
            _("%(n)d rows are of other selections of the dataset and were left aside.")
            % {"n": checked.left_aside}
        )
    load.notes, load.rows = notes, checked.rows
    Load.objects.filter(pk=load.pk).update(notes=notes, rows=checked.rows)


def _areas(load: Load) -> frozenset[str] | None:
    """Return the areas that a complete load speaks for: those that were asked for, None for all."""
    if load.kind != Load.Kind.PULL:
        return None
    origin = Origin.objects.get(indicator=load.indicator)
    return frozenset(origin.areas) or None


def _published(load: Load) -> Mapping[tuple[str, str], int]:
    """Return how many figures are published of each (area, key) that the load speaks for."""
    current = Observation.objects.filter(series__indicator=load.indicator, until=None)
    if (areas := _areas(load)) is not None:
        current = current.filter(series__area__in=areas)
    rows = current.order_by().values_list("series__area", "series__key").annotate(n=Count("pk"))
    return {(area, key): n for area, key, n in rows}


def _undecided(load: Load, found: list[Found]) -> list[Found]:
    """Return every finding when there is one that nobody has decided on yet."""
    if load.decided_at is None:
        return found
    decided = set(load.findings.values_list("kind", flat=True)) | set(load.taken)
    taken = set(load.taken)
    new = [each for each in found if each.kind not in decided or (each.whole and each.kind not in taken)]
    return found if new else []


def _hold(load: Load, found: list[Found]) -> None:
    with transaction.atomic():
        load.findings.all().delete()
        Finding.objects.bulk_create(
            [
                Finding(
                    load=load,
                    kind=each.kind,
                    row=each.row,
                    area=each.area,
                    key=each.key,
                    period=each.period,
                    value=each.value,
                    sentence=each.sentence,
                    count=each.count,
                    whole=each.whole,
                )
                for each in found
            ],
            batch_size=500,
        )
        moved(load_workflow, load, "hold", actor=SYSTEM)


def _publish(load: Load, checked: Checked) -> None:
    whose = load.decided_by or load.created_by
    actor: Actor = User.objects.get(pk=whose) if whose else SYSTEM
    kept = checked.sound(frozenset(load.taken))
    incoming = checked.incoming
    spared = {
        (*incoming.series_list[incoming.series[at]], incoming.period_list[incoming.period[at]])
        for at in np.flatnonzero(~kept).tolist()
    }
    with transaction.atomic():
        if Finding.Kind.CHANGED_CODES in load.taken:
            _add_categories(actor, load.indicator, checked.new_categories)
        release = publishing.publish(
            actor=actor,
            indicator=load.indicator,
            incoming=incoming.only(kept),
            provenance=publishing.Provenance(
                kind=Release.Kind.PULL if load.kind == Load.Kind.PULL else Release.Kind.FILE,
                source=str(
                    load.indicator.source.words.get(load.indicator.source.source, load.indicator.source)
                ),
                retrieved_at=load.retrieved_at,
                url=load.url,
                document=load.document,
            ),
            withdrawal=publishing.Withdrawal(_areas(load), frozenset(spared)) if load.complete else None,
        )
        name = "publish" if release is not None else "keep"
        moved(load_workflow, load, name, actor=SYSTEM, release=release)


def _add_categories(actor: Actor, indicator: Indicator, new: Mapping[str, Mapping[str, str]]) -> None:
    """Give an indicator the categories that a person has accepted, under the names that the provider gives them."""
    from gilde.core.text import Text

    if not new:
        return
    widened = [
        Dimension(
            each.code,
            each.name,
            each.total,
            {**each.categories, **{code: Text.of(name) for code, name in new.get(each.code, {}).items()}},
        ).as_json()
        for each in dimensions_of(indicator)
    ]
    before = indicator.dimensions
    Indicator.objects.filter(pk=indicator.pk).update(dimensions=widened, version=F("version") + 1)
    audit.record(
        actor,
        "indicators.indicator.add-categories",
        indicator,
        before={"dimensions": before},
        after={"dimensions": widened},
    )
