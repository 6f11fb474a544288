"""No single edit of a genuine file passes, and none that keeps its meaning is refused: so many mutants of each format.

With GILDE_ATTACK=all ten thousand of each are made, as `python -m tests.credentials.attack --all` does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from gilde.credentials.verdict import Answer
from tests.credentials.attack.campaign import attack
from tests.credentials.attack.formats import FULL, SHARES, formats, named, share


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A library writes a warning of each damaged file."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", SHARES)
def test_every_edit_that_changes_the_meaning_is_refused_and_every_other_accepted(name: str) -> None:
    report = attack(named(name), share(name))
    assert not report.failures, "\n\n".join(report.failures)
    assert report.made == share(name)
    assert 0 < report.accepted < report.made, "both kinds of edits were made"


def test_every_format_has_its_share() -> None:
    assert [each.name for each in formats()] == list(SHARES)
    assert max(SHARES.values()) <= FULL


@pytest.mark.parametrize("name", SHARES)
def test_what_is_attacked_is_good_or_revoked_as_the_world_says(name: str) -> None:
    target = named(name)
    genuine = target.check(target.genuine)
    assert genuine.answer == (Answer.STOPPED if name.endswith(" list") else Answer.VALID)
    if target.revoked is not None:
        assert target.revoked(target.genuine).answer == Answer.STOPPED


def test_the_same_seed_makes_the_same_edits() -> None:
    one, other = (attack(named("log receipt"), 200, seed=7) for _each in range(2))
    assert (one.families, one.reasons) == (other.families, other.reasons)
    assert attack(named("log receipt"), 200, seed=8).reasons != one.reasons
