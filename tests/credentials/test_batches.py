"""A file of awards: every row is checked before anything counts, then all are issued, each once."""

from __future__ import annotations

import pytest

from gilde.credentials.models import Award, Batch, LogLeaf, State
from tests.credentials.batch_making import a_batch, a_workbook, faults, rows, run
from tests.credentials.factories import an_achievement

pytestmark = pytest.mark.django_db


def test_a_file_is_checked_and_then_issued() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement)
    assert (batch.state, faults(batch), batch.rows_total) == (Batch.State.READY, [], 3)
    assert not Award.objects.exists()
    batch = run(batch)
    assert batch.state == Batch.State.DONE
    assert list(Award.objects.order_by("reference").values_list("reference", "state")) == [
        ("R-00001", State.ISSUED),
        ("R-00002", State.ISSUED),
        ("R-00003", State.ISSUED),
    ]
    assert LogLeaf.objects.count() == 3


def test_a_workbook_is_read() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, a_workbook(rows(achievement)))
    assert (batch.state, batch.fault, faults(batch)) == (Batch.State.READY, "", [])
