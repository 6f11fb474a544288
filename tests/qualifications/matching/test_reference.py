"""Matching on the public reference files: floors a little below what was measured (decision 0010)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bench.qualifications_matching import hits, labels, pairs

from gilde.qualifications.matching import Confirmed, Index, Term, build, match
from tests.reference import reference_file


@cache
def _dutch(esco: Path) -> list[Term]:
    return labels(esco, "nl", {})


@cache
def _index(esco: Path) -> Index:
    return build(_dutch(esco))


def test_the_right_concept_is_among_the_first_ten() -> None:
    esco = reference_file("esco")
    _, among_ten, _ = hits(_index(esco), pairs(esco, "nl"))
    assert among_ten >= 0.69  # 0.72 with Dutch labels alone


def test_what_was_confirmed_is_found_again_in_other_words() -> None:
    esco = reference_file("esco")
    missed = [
        one
        for one in pairs(esco, "nl")
        if one.uri not in {c.uri for c in match(_index(esco), one.text, "nl")}
    ]
    taught = build(
        _dutch(esco),
        confirmed=[Confirmed(one.text, "nl", one.uri, "exact") for one in missed],
    )
    found = [one.uri in {c.uri for c in match(taught, f"kennis van {one.text}", "nl")} for one in missed]
    assert len(missed) > 10
    assert sum(found) >= 0.95 * len(found)
