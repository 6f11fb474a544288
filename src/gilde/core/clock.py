"""The one clock. Nothing else in Gilde asks what time it is, so tests and simulations can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """Return the present moment with its time zone."""
    return _moved.get() or timezone.now()


def today() -> date:
    """Return the present day in the time zone of the installation."""
    return timezone.localtime(now()).date()


@contextmanager
def moved_to(moment: datetime | date) -> Iterator[None]:
    """Let it be `moment` (noon when a day is given) inside the block."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12))
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
