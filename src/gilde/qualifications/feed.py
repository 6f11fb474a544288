"""What others harvest: every public qualification in one file a form, made again only when one of them changed.

The file lies beside the data under a name made of what is in it, so all processes share it and none sends half.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum

from gilde.qualifications.describing import describe_many
from gilde.qualifications.formats import WRITERS
from gilde.qualifications.models import OutcomeConcept, QualificationVersion, State
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.publishing import publisher

# Raised when a writer changes, so that nobody is told that an older file still holds.
_FORM: Final = 1


def harvested(since: date | None = None) -> QuerySet[QualificationVersion]:
    """Return what a register takes over: versions that hold now, changed since a day where one is given."""
    found = QualificationVersion.objects.filter(state__in=sorted({State.RECOGNISED, *ON_REGISTER}))
    if since is not None:
        found = found.filter(changed_at__date__gte=since)
    return found.order_by("qualification__code", "number")


def state_of(form: str, since: date | None = None) -> str:
    """Return a name for what a feed would hold now; it differs when anything in it does. Two queries."""
    told = harvested(since).order_by().aggregate(n=Count("pk"), last=Max("changed_at"), sum=Sum("version"))
    links = OutcomeConcept.objects.aggregate(n=Count("pk"), last=Max("confirmed_at"))
    parts = [form, since, told["n"], _stamp(told["last"]), told["sum"], links["n"], _stamp(links["last"])]
    return f"{_FORM}-" + "-".join(str(part) for part in parts)


def file_of(form: str, since: date | None = None) -> tuple[Path, str]:
    """Return the file of a feed in a form of `formats.WRITERS`, made now when it is not there, and its state.

    Raises KeyError for a form that there is not.
    """
    write, _media_type, ending = WRITERS[form]
    state = state_of(form, since)
    path = Path(settings.DATA_DIR) / "feeds" / f"qualifications-{state}.{ending}"
    if not path.exists():
        content, _not_held = write(publisher(), describe_many(harvested(since)))
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{uuid4().hex}")
        half.write_bytes(content)
        os.replace(half, path)
        _forget(path, f"qualifications-{_FORM}-{form}-{since}-")
    return path, state


def _forget(kept: Path, stem: str) -> None:
    """Remove former files of the same feed; whoever reads one keeps it until the end."""
    for other in kept.parent.glob(f"{stem}*"):
        if other != kept:
            with suppress(OSError):
                other.unlink()


def _stamp(moment: datetime | None) -> str:
    return moment.strftime("%Y%m%d%H%M%S%f") if moment else "none"
