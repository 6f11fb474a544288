"""Metrics: declared in full, run without touching anything, each failing alone."""

from __future__ import annotations

import importlib
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gilde.core import metrics
from gilde.core.metrics import Measured, MetricDefinitionError, Outcome, examples, registry
from gilde.core.models import User
from gilde.core.periods import Period, SchoolYear
from gilde.core.reading import WriteRefused, read_only

YEAR = SchoolYear(2025)
TOLD: dict[str, Any] = {
    "label": "Users",
    "unit": "users",
    "definition": "Accounts that may sign in.",
    "source": "This Gilde",
    "valid_from": date(2020, 1, 1),
}


@pytest.fixture
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test declare metrics that nobody else sees."""
    monkeypatch.setattr(registry, "_registry", {})


own = pytest.mark.usefixtures("_own_registry")


# --- declaring
# ------------------------------------------------------------------------------------------------


@own
def test_an_unknown_attribute_is_refused_by_name() -> None:
    with pytest.raises(
        MetricDefinitionError, match=r"core.users has the unknown attribute sauce. Known are: label"
    ):
        metrics.metric("core.users", **TOLD, sauce="typing error")


@own
def test_an_attribute_left_empty_is_refused_by_name() -> None:
    with pytest.raises(MetricDefinitionError, match="does not say its definition"):
        metrics.metric("core.users", **{**TOLD, "definition": ""})


@own
@pytest.mark.parametrize("code", ["users", "core.Users", "core.users.all", "core."])
def test_a_code_that_is_not_context_and_name_is_refused(code: str) -> None:
    with pytest.raises(MetricDefinitionError, match=r"must be written as context\.name"):
        metrics.metric(code, **TOLD)


@own
def test_a_code_declared_twice_is_refused_with_both_places() -> None:
    def first(period: Period, area: str) -> None: ...
    def second(period: Period, area: str) -> None: ...

    metrics.metric("core.users", **TOLD)(first)
    with pytest.raises(MetricDefinitionError, match=r"declared twice: in .*first and in .*second"):
        metrics.metric("core.users", **TOLD)(second)


@own
def test_a_context_declares_only_its_own_metrics() -> None:
    def foreign(period: Period, area: str) -> None: ...

    foreign.__module__ = "gilde.plans.metrics"
    with pytest.raises(
        MetricDefinitionError, match=r"declared in gilde\.plans\.metrics, which is another context"
    ):
        metrics.metric("organisations.all", **TOLD)(foreign)


@own
def test_a_code_that_nobody_registered_is_refused_with_those_that_exist() -> None:
    metrics.metric("core.users", **TOLD)(lambda period, area: None)
    with pytest.raises(metrics.registry.Missing, match=r"no metric “core\.others”\. There are: core\.users"):
        metrics.run("core.others", YEAR)


# --- running
# --------------------------------------------------------------------------------------------------


def count_users(period: Period, area: str) -> Measured:
    return Measured(User.objects.count())


@own
@pytest.mark.django_db
def test_a_run_tells_figure_period_area_duration_and_version(user: User) -> None:
    metrics.metric("core.users", **TOLD)(count_users)
    [run] = metrics.run("core.users", YEAR, "BE2")
    assert (run.outcome, run.value, run.period, run.area) == (Outcome.MEASURED, 1, YEAR, "BE2")
    assert run.seconds > 0
    assert len(run.version.split("+")[1]) == 12


@own
@pytest.mark.django_db
def test_no_data_is_no_data_and_never_zero() -> None:
    metrics.metric("core.users", **TOLD)(lambda period, area: None)
    [run] = metrics.run("core.users", YEAR)
    assert (run.outcome, run.value, run.measured) == (Outcome.NO_DATA, None, None)


@own
@pytest.mark.django_db
def test_a_share_of_nothing_has_no_value() -> None:
    metrics.metric("core.share", **{**TOLD, "unit": "%"})(lambda period, area: Measured(0, 0))
    metrics.metric("core.other", **{**TOLD, "unit": "%"})(lambda period, area: Measured(1, 8))
    assert [run.value for run in metrics.run(["core.share", "core.other"], YEAR)] == [None, Decimal("12.5")]


@own
@pytest.mark.django_db
def test_a_failure_is_shown_with_its_message_and_stops_no_other() -> None:
    def fails(period: Period, area: str) -> Measured:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM core_user")
        return Measured(1)

    def divides(period: Period, area: str) -> Measured:
        return Measured(1 // 0)

    metrics.metric("core.a_broken", **TOLD)(fails)
    metrics.metric("core.b_divided", **TOLD)(divides)
    metrics.metric("core.c_users", **TOLD)(count_users)
    broken, divided, counted = metrics.run(metrics.ALL, YEAR)
    assert broken.outcome == Outcome.FAILED
    assert "no_such_column" in broken.message
    assert divided.message == "ZeroDivisionError: integer division or modulo by zero"
    assert (counted.outcome, counted.value) == (Outcome.MEASURED, 0)


@own
@pytest.mark.django_db
def test_a_metric_that_returns_something_else_has_failed() -> None:
    metrics.metric("core.users", **TOLD)(lambda period, area: 3)  # type: ignore[arg-type, return-value]
    [run] = metrics.run("core.users", YEAR)
    assert run.outcome == Outcome.FAILED
    assert "returned int instead of Measured or None" in run.message


@own
@pytest.mark.django_db
def test_a_metric_is_not_told_for_a_period_in_which_it_was_not_defined() -> None:
    given = {**TOLD, "valid_from": date(2026, 9, 1), "valid_until": date(2027, 8, 31)}
    metrics.metric("core.users", **given)(count_users)
    outcomes = [metrics.run("core.users", SchoolYear(year))[0] for year in (2025, 2026, 2027)]
    assert [run.outcome for run in outcomes] == ["not defined", "measured", "not defined"]
    assert outcomes[0].message == "This metric is defined from 2026-09-01 on."


@own
@pytest.mark.django_db
def test_a_metric_that_writes_fails_and_nothing_is_written() -> None:
    def writes(period: Period, area: str) -> Measured:
        User.objects.create(email="made@by.metric")
        return Measured(1)

    metrics.metric("core.users", **TOLD)(writes)
    [run] = metrics.run("core.users", YEAR)
    assert run.outcome == Outcome.FAILED
    assert "This code may only read, but it tried: INSERT INTO" in run.message
    assert not User.objects.exists()


# --- reading only
# ---------------------------------------------------------------------------------------------


WRITES = [
    "UPDATE core_user SET name = 'x'",
    "  delete from core_user",
    "CREATE TABLE core_new (id integer)",
    "DROP TABLE core_fetchlog",
    "PRAGMA query_only = 0",
    "SET TRANSACTION READ WRITE",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize("nested", [True, False])
def test_what_does_not_begin_as_a_question_is_refused(statement: str, nested: bool, user: User) -> None:
    with (
        pytest.raises(WriteRefused),
        transaction.atomic() if nested else nullcontext(),
        read_only(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert User.objects.get().name == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("nested", [True, False])
def test_a_write_behind_a_harmless_first_word_is_refused_by_the_database(nested: bool, user: User) -> None:
    """WITH may begin a write; there the database itself must say no."""
    if connection.vendor == "sqlite":
        hidden = "WITH a AS (SELECT 'x' AS name) UPDATE core_user SET name = (SELECT name FROM a)"
    else:
        hidden = "WITH a AS (UPDATE core_user SET name = 'x' RETURNING 1) SELECT * FROM a"

    with (
        pytest.raises(DatabaseError, match=r"(?i)readonly|read-only"),
        transaction.atomic() if nested else nullcontext(),
        read_only(),
        connection.cursor() as cursor,
    ):
        cursor.execute(hidden)
    assert User.objects.get().name == ""


@pytest.mark.django_db(transaction=True)
def test_after_reading_one_may_write_again_even_when_the_block_failed() -> None:
    with pytest.raises(ZeroDivisionError), read_only():
        print(User.objects.count() / 0)
    with read_only(), read_only():
        assert User.objects.count() == 0
    User.objects.create(email="a@example.org")
    assert User.objects.count() == 1


# --- worked examples
# ------------------------------------------------------------------------------------------


def test_every_registered_metric_has_a_worked_example() -> None:
    assert examples.without_example() == []


@pytest.mark.django_db
def test_every_worked_example_comes_out_as_expected(subtests: pytest.Subtests) -> None:
    """The makers of a context's things are `MAKERS` in tests/<context>/factories.py."""
    for example in examples.examples():
        context = example.metric.split(".")[0]
        makers = importlib.import_module(f"tests.{context}.factories").MAKERS
        with subtests.test(example=str(example)), transaction.atomic():
            examples.check(example, makers)
            transaction.set_rollback(True)


GOOD = """
- metric: core.named
  example: One of three people has a name
  given:
    - person: {name: An, called: the first}
    - person
    - friend: {of: {the: the first}}
  today: 2025-10-01
  period: 2025-2026
  expect: {numerator: 1, denominator: 3, value: 33.3, breakdowns: {named: {"yes": 1}}}
- metric: core.named
  example: Nobody at all
  given: []
  period: 2025-Q4
  expect: no data
"""


def named(period: Period, area: str) -> Measured | None:
    people = User.objects.count()
    with_name = User.objects.exclude(name="").count()
    return Measured(with_name, people, {"named": {"yes": Measured(with_name)}}) if people else None


def friend(of: User) -> User:
    assert of.name == "An"
    return User.objects.create(email="friend@example.org")


MAKERS = {
    "person": lambda name="": User.objects.create(email=f"p{User.objects.count()}@example.org", name=name),
    "friend": friend,
}


def write(tmp_path: Path, words: str) -> Path:
    folder = tmp_path / "core"
    folder.mkdir()
    file = folder / "metrics.yaml"
    file.write_text(words)
    return file


@own
@pytest.mark.django_db
def test_an_example_is_made_run_and_compared(tmp_path: Path) -> None:
    metrics.metric("core.named", **{**TOLD, "unit": "%"})(named)
    first, second = examples.read(write(tmp_path, GOOD))
    assert (str(first), first.place) == (
        "core.named: One of three people has a name",
        "core/metrics.yaml, example 1",
    )
    with transaction.atomic():
        assert examples.check(second, MAKERS).outcome == Outcome.NO_DATA
    assert examples.check(first, MAKERS).value is not None


@own
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("numerator: 1", "numerator: 2"),
        ("33.3", "33.4"),
        ('{"yes": 1}', '{"yes": 2}'),
        ("no data", "{numerator: 0}"),
    ],
)
def test_an_example_that_expects_something_else_fails(tmp_path: Path, right: str, wrong: str) -> None:
    metrics.metric("core.named", **{**TOLD, "unit": "%"})(named)
    first, second = examples.read(write(tmp_path, GOOD.replace(right, wrong)))
    wrong_one = second if right == "no data" else first
    with pytest.raises(AssertionError, match=r"core/metrics\.yaml, example"):
        examples.check(wrong_one, MAKERS)


@own
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("given:", "givn:", "example 1: unknown key givn"),
        ("  period: 2025-2026\n", "", "example 1: period is missing"),
        ("2025-2026", "next year", "no period that can be read"),
        ("core.named", "core.nmed", "no metric “core.nmed”"),
        ("no data", "nothing", "example 2: expect must be “no data” or some of"),
        ("{name: An, called: the first}", "{name: An}\n      b: {}", "one word with its fields"),
    ],
)
def test_an_example_file_with_a_mistake_is_refused_with_its_place(
    tmp_path: Path, right: str, wrong: str, sentence: str
) -> None:
    metrics.metric("core.named", **TOLD)(named)
    with pytest.raises(MetricDefinitionError, match=sentence):
        examples.read(write(tmp_path, GOOD.replace(right, wrong, 1)))


@own
@pytest.mark.django_db
def test_a_thing_that_nobody_can_make_or_that_is_not_there_is_named(tmp_path: Path) -> None:
    metrics.metric("core.named", **TOLD)(named)
    first, _ = examples.read(write(tmp_path, GOOD))
    with pytest.raises(MetricDefinitionError, match=r"nobody knows how to make “person”\. Known are: horse"):
        examples.check(first, {"horse": object})
    first.given[0][1].pop("called")
    with pytest.raises(MetricDefinitionError, match="nothing above is called “the first”"):
        examples.check(first, MAKERS)


@own
def test_a_metric_without_example_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "examples", list)  # the contexts' examples are of metrics set aside here
    metrics.metric("core.named", **TOLD)(named)
    assert examples.without_example() == ["core.named"]
