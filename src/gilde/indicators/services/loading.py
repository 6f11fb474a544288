"""Figures from files and providers: read, checked, and published, or held until a person has decided."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO, Any

from django.core.files.base import File

from gilde.core.access import Actor
from gilde.indicators.models import Finding, Indicator, Load

# What a person may take as it stands; rows with any other finding can only be left out.
TAKEABLE = frozenset(
    {Finding.Kind.IMPOSSIBLE, Finding.Kind.CHANGED_CODES, Finding.Kind.SHRUNK, Finding.Kind.OTHER_INDICATOR}
)


def add_load(
    *,
    actor: Actor,
    indicator: Indicator,
    file: bytes | File[bytes] | IO[bytes],
    name: str,
    complete: bool = False,
) -> Load:
    """Return the load of a file, stored and waiting to be read by a job (`load.job`).

    `complete` says that the file holds every figure of the indicator, so that what it leaves out was withdrawn.
    Raises Refused, Invalid for an indicator that takes no files, and what `documents.store` raises.
    """
    raise NotImplementedError


def pull(*, actor: Actor, indicator: Indicator) -> Load:
    """Return the load that asks the provider of an official indicator for its figures, as a job (`load.job`).

    One that is under way is returned instead of a second one. Raises Refused, and Invalid without an origin.
    """
    raise NotImplementedError


def read_load(load_id: str) -> dict[str, Any]:
    """Read, check and publish or hold a load: the job. Returns what became of it, in numbers; safe to run again."""
    raise NotImplementedError


def accept_load(*, actor: Actor, load: Load, ground: str, take: Collection[str] = ()) -> Load:
    """Return the held load, published: rows with a finding are left out, but those of the kinds in `take` are taken.

    `take` holds kinds of `TAKEABLE`; findings about the whole load must be taken, or the load is rejected instead.
    Raises Refused, Invalid without a ground, Stale when somebody else has decided.
    """
    raise NotImplementedError


def reject_load(*, actor: Actor, load: Load, ground: str) -> Load:
    """Return the held load, rejected for good: nothing of it is published. Raises Refused, Invalid, Stale."""
    raise NotImplementedError
