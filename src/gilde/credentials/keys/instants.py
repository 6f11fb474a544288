"""Moments as credentials write them: xsd:dateTimeStamp (XML Schema 1.1 part 2, section 3.4.28)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable

_FORM: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T)([0-9]{2})(:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)


def read_instant(text: object, *, zoneless: bool = False) -> datetime:
    """Return the moment with its zone; raise Unreadable for anything but a day, a time and a zone.

    With `zoneless` a time without a zone is UTC (VC Data Integrity 1.0, section 2.1). Finer than a microsecond
    is cut off.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or not (found[5] or zoneless):
        raise _unreadable(text)
    day, hour, rest, fraction, zone = found.groups()
    if zone is not None and zone != "Z" and (zone[1:] > "14:00" or zone[4:] > "59"):
        raise _unreadable(text)
    midnight = hour == "24" and rest == ":00:00" and not (fraction or "").strip("0")
    if midnight:
        hour = "00"
    try:
        moment = datetime.fromisoformat(f"{day}{hour}{rest}.{(fraction or '0'):0<6.6}{zone or 'Z'}")
        return moment + timedelta(days=1) if midnight else moment
    except (ValueError, OverflowError):
        raise _unreadable(text) from None


def write_instant(moment: datetime) -> str:
    """Return the moment in UTC with "Z", in whole seconds; raise ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment in a credential needs a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def _unreadable(text: object) -> Unreadable:
    told = text[:60] if isinstance(text, str) else type(text).__name__
    return Unreadable(
        _("“%(text)s” is no date with time and zone; it should look like 2026-05-01T12:00:00Z.")
        % {"text": told},
        "time",
    )
