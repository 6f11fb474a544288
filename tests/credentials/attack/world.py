"""What is attacked: a genuine file of each format, another of the same issuer, and the check in a world in memory."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any, Final
from unittest import mock

from gilde.core.errors import GildeError
from gilde.credentials.checking import apart
from gilde.credentials.checking.child import TASKS
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.keys.kinds import KeyKind
from tests.credentials.attack.expected import Mutant, Outcome, outcome_of, outcome_of_error
from tests.credentials.checking.world import FORMS, NOW, World, key
from tests.credentials.facts_strategy import a_facts, a_place

OTHER_DID: Final = "did:web:elders.example"
Check = Callable[[bytes], Outcome]
Family = Callable[[random.Random], Mutant | None]


@dataclass(frozen=True)
class Format:
    """What of one format is attacked. Of `families` each makes one mutant when asked, None where it cannot.

    `revoked` is the same check in a world in which the award was revoked: there no mutant may ever be valid.
    """

    name: str
    genuine: bytes
    families: Sequence[Family]
    check: Check
    revoked: Check | None = None


def other_facts() -> Facts:
    """Another award of the same school to somebody else, better in every way."""
    plain = a_facts()
    assert plain.assessment is not None
    return replace(
        plain,
        id="urn:uuid:3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a02",
        holder=replace(plain.holder, id="urn:uuid:9e6f7a11-24d2-4a0f-a0b3-6f2f4c9e7711", given_name="Jan"),
        assessment=replace(plain.assessment, grade="20/20"),
        valid_until=plain.valid_from + timedelta(days=9000),
        outcomes=plain.outcomes[::-1],
    )


def other_place() -> StatusPlace:
    """The place of the other award, which is never revoked."""
    return a_place(4712)


@cache
def world(*, revoked: bool = False) -> World:
    """A world that is never changed. An issuer that nobody knows, and its keys, are in it as well."""
    made = World(NOW)
    if revoked:
        made.write_lists(revoked=[a_place().index])
    for kind in (KeyKind.ED25519, KeyKind.P256):
        made.publish(key(kind, issuer=OTHER_DID))
        made.publish(key(kind, "second"))
    return made


def here(task: str, data: bytes, **_limits: object) -> Any:
    """Do a task of the process apart in this one: what it cannot bear shows, and it costs no fork."""
    module, _colon, name = TASKS[task].path.partition(":")
    return json.loads(json.dumps(getattr(importlib.import_module(module), name)(data), allow_nan=False))


def check(given: bytes) -> Outcome:
    """Check a file in a world where the award is good."""
    return _checked(world(), given)


def check_revoked(given: bytes) -> Outcome:
    """Check a file in a world where the award was revoked."""
    return _checked(world(revoked=True), given)


def _checked(around: World, given: bytes) -> Outcome:
    around.asked.clear()
    with mock.patch.object(apart, "run", here):
        try:
            return outcome_of(around.check(given))
        except GildeError as error:
            return outcome_of_error(error)


@cache
def genuine(form: str) -> bytes:
    """Return the award in a form, the same each time."""
    return FORMS[form](a_facts(), a_place())


@cache
def another(form: str) -> bytes:
    """Return the other award in a form."""
    return FORMS[form](other_facts(), other_place())
