"""Write and verify the chain of audit events."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from gilde.core import clock
from gilde.core.access import Actor
from gilde.core.audit import triggers

GENESIS = "0" * 64
# Any number; PostgreSQL writers of the chain wait for one another on it until their transaction ends.
_CHAIN_LOCK = 4_713_250_225

request_id: ContextVar[str] = ContextVar("request_id", default="")


class _Encoder(DjangoJSONEncoder):
    """JSON for dates, decimals, ids and the value types of core that know how to write themselves."""

    def default(self, o: Any) -> Any:
        return o.as_json() if hasattr(o, "as_json") else super().default(o)


@dataclass(frozen=True)
class Broken:
    """Where the chain fails and how; `event` is the id of the first event that cannot be trusted."""

    event: int | None
    reason: str


def record(
    actor: Actor,
    action: str,
    thing: models.Model,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> None:
    """Append one event; call it inside the transaction of the change that it tells of.

    `action` is "<context>.<thing>.<verb>". Values must be what JSON can hold, dates and decimals included.
    Personal data goes in `personal`, which is stored apart and can be erased. Raises RuntimeError outside a
    transaction, because then the change and its event could come apart.
    """
    from gilde.core.audit.models import AuditEvent, PersonalRecord

    if not connection.in_atomic_block:
        raise RuntimeError(f"{action}: an audit event is written in the transaction of its change.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    previous = AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first()
    event = AuditEvent(
        at=clock.now(),
        actor=actor.pk,
        action=action,
        object_type=thing._meta.label_lower,
        object_id=str(thing.pk),
        before=_plain(before or {}),
        after=_plain(after or {}),
        personal=PersonalRecord.objects.create(data=_plain(personal)).pk if personal else None,
        request_id=request_id.get(),
        previous_hash=previous or GENESIS,
    )
    event.hash = _hash(event)
    event.save(force_insert=True)


def verify() -> Iterator[Broken]:
    """Yield every place where the chain does not hold: a hash that does not fit, a link that is missing, a
    trigger that is gone.
    """
    from gilde.core.audit.models import AuditEvent

    for table in triggers.append_only_tables():
        if not triggers.installed(connection, table):
            yield Broken(
                None, f"The database no longer protects the table {table}: its triggers are missing."
            )
    previous = GENESIS
    with transaction.atomic():
        for event in AuditEvent.objects.order_by("id").iterator(chunk_size=2000):
            if event.previous_hash != previous:
                yield Broken(
                    event.pk,
                    f"Event {event.pk} does not follow the one before it: an event was removed or inserted.",
                )
            if event.hash != _hash(event):
                yield Broken(
                    event.pk,
                    f"Event {event.pk} was changed after it was written: its hash does not fit its content.",
                )
            previous = event.hash


def head() -> str:
    """Return the hash of the last event. Kept elsewhere, it later proves that nothing was cut off at the
    end.
    """
    from gilde.core.audit.models import AuditEvent

    return AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first() or GENESIS


def holds(known: str) -> bool:
    """Return whether the chain still has the event of a hash that was the last one some day."""
    from gilde.core.audit.models import AuditEvent

    return known == GENESIS or AuditEvent.objects.filter(hash=known).exists()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = _storable(json.loads(json.dumps(values, cls=_Encoder, allow_nan=False)))
    return plain


def _storable(value: Any) -> Any:
    """Return what both databases give back exactly as it was stored, since the hash is taken of that.

    PostgreSQL keeps 1e22 as a whole number, and refuses the null character and half a surrogate pair.
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


def _hash(event: Any) -> str:
    content = {
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": _id(event.actor),
        "action": event.action,
        "object": [event.object_type, event.object_id],
        "before": event.before,
        "after": event.after,
        "personal": _id(event.personal),
        "request": event.request_id,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _id(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)
