"""The worked examples of the metrics of credentials."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

import gilde.credentials
from gilde.core import metrics
from gilde.core.metrics import examples
from tests.credentials.factories import MAKERS

EXAMPLES = Path(gilde.credentials.__file__).parent / "metrics.yaml"


@pytest.mark.django_db
def test_every_worked_example_comes_out_as_expected(subtests: pytest.Subtests) -> None:
    for example in examples.read(EXAMPLES):
        with subtests.test(example=str(example)), transaction.atomic():
            examples.check(example, MAKERS)
            transaction.set_rollback(True)


def test_every_metric_of_credentials_has_an_example() -> None:
    declared = {each.code for each in metrics.metrics() if each.context == "credentials"}
    assert declared == {example.metric for example in examples.read(EXAMPLES)}
