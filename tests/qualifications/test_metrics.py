"""The worked examples of the metrics of qualifications, and what must hold whatever is counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

import gilde.qualifications
from gilde.core import metrics
from gilde.core.metrics import examples
from gilde.qualifications.enrolments import totals
from tests.qualifications.metric_makers import MAKERS

EXAMPLES = Path(gilde.qualifications.__file__).parent / "metrics.yaml"


@pytest.mark.django_db
def test_every_worked_example_comes_out_as_expected(subtests: pytest.Subtests) -> None:
    for example in examples.read(EXAMPLES):
        with subtests.test(example=str(example)), transaction.atomic():
            examples.check(example, MAKERS)
            transaction.set_rollback(True)


def test_every_metric_of_qualifications_has_an_example() -> None:
    declared = {each.code for each in metrics.metrics() if each.context == "qualifications"}
    assert declared == {example.metric for example in examples.read(EXAMPLES)}


ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(2020, 2022), st.booleans(), st.integers(0, 50)), max_size=12
)


@given(ROWS)
def test_learners_at_places_are_added_up_unless_all_are_told(rows: list[tuple[str, int, bool, int]]) -> None:
    found = totals(rows)
    assert set(found) == {(programme, year) for programme, year, _at_offer, _n in rows}
    for (programme, year), learners in found.items():
        mine = [row for row in rows if row[:2] == (programme, year)]
        in_all = [n for *_key, at_offer, n in mine if not at_offer]
        expected: Any = in_all[-1] if in_all else sum(n for *_key, n in mine)
        assert learners == expected
