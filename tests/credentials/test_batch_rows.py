"""What is wrong with a row is told in a sentence, at its column; what is right is taken as it was meant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gilde.core import clock
from gilde.core.access import allowed, refused
from gilde.credentials import recognition
from gilde.credentials.models import Award, Batch, Holder
from gilde.credentials.services.batch_rows import EXAMPLE
from tests.credentials.batch_making import a_batch, a_csv, a_workbook, faults, rows, run
from tests.credentials.factories import an_achievement, an_award

pytestmark = pytest.mark.django_db

TOMORROW = object()


@pytest.mark.parametrize(
    ("changes", "column", "sentence"),
    [
        ({"achievement": "unknown"}, "achievement", "no achievement with the code “unknown”"),
        ({"achievement": ""}, "achievement", "missing"),
        ({"reference": ""}, "reference", "missing"),
        ({"reference": "x" * 81}, "reference", "81 characters; at most 80"),
        ({"reference": EXAMPLE}, "reference", "example of the template"),
        ({"awarded on": ""}, "awarded_on", "missing"),
        ({"awarded on": "30 June"}, "awarded_on", "no day"),
        ({"awarded on": "2025-02-30"}, "awarded_on", "does not exist"),
        ({"awarded on": "06/30/2025"}, "awarded_on", "month first. Write it as 2025-06-30"),
        ({"awarded on": "03/04/2025"}, "awarded_on", "two days. Write 2025-04-03 or 2025-03-04"),
        ({"awarded on": "30/06/25"}, "awarded_on", "no day"),
        ({"awarded on": TOMORROW}, "awarded_on", "still has to come"),
        ({"awarded on": "1825-06-30", "born": ""}, "awarded_on", "before 1900"),
        ({"born": "2025-06-30"}, "born", "not before the day of the award"),
        ({"born": "1204-03-09"}, "born", "before 1900"),
        ({"assessed on": "2025-07-01"}, "assessed_on", "after the day of the award"),
        ({"valid until": "2025-06-29"}, "valid_until", "before the day of the award"),
        ({"given name": "", "family name": ""}, "family_name", "Say who is awarded"),
        ({"given name": "=cmd|' /C calc'!A0"}, "given_name", "begins as a formula"),
        ({"family name": "+31 6 1234"}, "family_name", "begins as a formula"),
        ({"family name": "@SUM(A1)"}, "family_name", "begins as a formula"),
        ({"given name": "Ami\x07na"}, "given_name", "cannot be seen"),
        ({"given name": "Ami\u202ena"}, "given_name", "cannot be seen"),
        ({"given name": "A" * 121}, "given_name", "121 characters"),
        ({"email": "amina at people"}, "email", "no e-mail address"),
        ({"language": "Dutch"}, "language", "no language"),
        ({"not reached": "9"}, "not_reached", "has no outcome 9; it has 3"),
        ({"not reached": "first"}, "not_reached", "no list of numbers"),
        ({"not reached": "1, 2, 3"}, "not_reached", "None of the outcomes was reached"),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(changes: dict[str, Any], column: str, sentence: str) -> None:
    achievement = an_achievement()
    changes = {
        name: (clock.today() + timedelta(days=1)).isoformat() if value is TOMORROW else value
        for name, value in changes.items()
    }
    batch = a_batch(achievement, a_csv(rows(achievement, 1, **changes)))
    assert batch.state == Batch.State.FAULTY
    found = faults(batch)
    assert [(number, at) for number, at, _told in found] == [(2, column)], found
    assert sentence in found[0][2]


def test_every_fault_of_a_row_is_told_at_once() -> None:
    achievement = an_achievement()
    told = rows(achievement, 1, email="nobody", born="never", **{"awarded on": "soon"})
    assert [column for _row, column, _told in faults(a_batch(achievement, a_csv(told)))] == [
        *("born", "email", "awarded_on")
    ]


@pytest.mark.parametrize("written", ["30/06/2025", "30-06-2025", "30.06.2025", "2025-6-30"])
def test_days_are_read_as_they_are_written_here(written: str) -> None:
    achievement = an_achievement()
    run(a_batch(achievement, a_csv(rows(achievement, 1, **{"awarded on": written}))))
    assert Award.objects.get().awarded_on == date(2025, 6, 30)


def test_a_day_that_could_be_two_is_believed_when_the_file_shows_its_order() -> None:
    achievement = an_achievement()
    told = rows(achievement, 2)
    told[0]["awarded on"], told[1]["awarded on"] = "03/04/2025", "30/06/2025"
    run(a_batch(achievement, a_csv(told)))
    assert Award.objects.get(reference="R-00001").awarded_on == date(2025, 4, 3)


def test_a_file_with_days_in_both_orders_is_believed_in_none() -> None:
    achievement = an_achievement()
    told = rows(achievement, 3)
    for row, written in zip(told, ("03/04/2025", "30/06/2025", "06/30/2025"), strict=True):
        row["awarded on"] = written
    assert [row for row, _column, _told in faults(a_batch(achievement, a_csv(told)))] == [2, 4]


def test_an_achievement_that_is_closed_is_awarded_no_more() -> None:
    achievement = an_achievement(closed_at=clock.now())
    assert "no longer awarded" in faults(a_batch(achievement, a_csv(rows(achievement, 1))))[0][2]


def test_what_was_awarded_before_the_closing_may_be_deposited() -> None:
    achievement = an_achievement(closed_at=clock.now())
    batch = a_batch(achievement, a_csv(rows(achievement, 1)), kind=Batch.Kind.DEPOSIT)
    assert (batch.state, faults(batch)) == (Batch.State.READY, [])


def test_codes_are_of_the_issuer_and_without_regard_to_capitals() -> None:
    achievement, elsewhere = an_achievement(), an_achievement()
    fine = rows(achievement, 1, achievement=achievement.code.upper())
    assert a_batch(achievement, a_csv(fine)).state == Batch.State.READY
    batch = a_batch(achievement, a_csv(rows(achievement, 1, achievement=elsewhere.code)))
    assert "no achievement with the code" in faults(batch)[0][2]


def test_a_reference_twice_in_the_file_is_told_with_both_rows() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 3, reference="same")))
    assert [(row, told) for row, _column, told in faults(batch)] == [
        (3, "Row 2 has this reference too. Give each award its own."),
        (4, "Row 2 has this reference too. Give each award its own."),
    ]


def test_the_same_award_twice_in_the_file_is_told() -> None:
    achievement = an_achievement()
    one = rows(achievement, 1)[0]
    batch = a_batch(achievement, a_csv([one, {**one, "reference": "another", "grade": ""}]))
    assert [(row, column) for row, column, _told in faults(batch)] == [(3, "")]
    assert "Row 2 is the same person, achievement and day" in faults(batch)[0][2]


def test_two_of_one_name_are_two_people_when_their_births_or_numbers_say_so() -> None:
    achievement = an_achievement()
    one = rows(achievement, 1, person="S-1")[0]
    others = [
        {**one, "reference": "B", "person": "S-2"},
        {**one, "reference": "C", "person": "S-3", "born": "1980-01-01"},
    ]
    assert a_batch(achievement, a_csv([one, *others])).state == Batch.State.READY


def test_a_number_that_is_given_to_two_people_is_told() -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, a_csv(rows(achievement, 2, person="S-1")))
    assert [(row, column) for row, column, _told in faults(batch)] == [(3, "person")]


def test_a_number_that_is_another_person_here_is_told() -> None:
    achievement = an_achievement()
    an_award(achievement, person="S-1", given_name="Bram", family_name="Janssens")
    batch = a_batch(achievement, a_csv(rows(achievement, 1, person="S-1")))
    assert "another person here: Bram Janssens" in faults(batch)[0][2]


def test_a_reference_that_stands_for_something_else_says_what_differs() -> None:
    achievement = an_achievement()
    run(a_batch(achievement, a_csv(rows(achievement, 1))))
    batch = a_batch(achievement, a_csv(rows(achievement, 1, grade="lower", **{"given name": "Anna"})))
    assert faults(batch) == [
        (
            2,
            "reference",
            "It already stands for another award (not the same: given name, grade). Give this its own.",
        )
    ]


def test_the_same_award_under_another_reference_is_told() -> None:
    achievement = an_achievement()
    run(a_batch(achievement, a_csv(rows(achievement, 1))))
    batch = a_batch(achievement, a_csv(rows(achievement, 1, reference="other")))
    assert "has this award of this day already, as R-00001" in faults(batch)[0][2]


def test_an_issuer_awards_only_what_it_is_recognised_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "_rules", [])

    @recognition.register
    def since_2026(_issuer: Any, _achievement: Any, on: date) -> Any:
        return allowed("") if on.year >= 2026 else refused("Recognised since 2026 only.")

    achievement = an_achievement()
    assert "since 2026" in faults(a_batch(achievement, a_csv(rows(achievement, 1))))[0][2]


def test_a_formula_in_a_cell_is_refused_by_its_place_whatever_it_is_said_to_give() -> None:
    achievement = an_achievement()
    told = rows(achievement, 2)
    told[1]["family name"] = '=CONCATENATE("Pee","ters")'
    batch = a_batch(achievement, a_workbook(told))
    assert [(row, column) for row, column, _told in faults(batch)] == [(3, "family_name")]
    assert "Cell D3 holds a formula" in faults(batch)[0][2]


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("awarded on", 45838, "is a number. Format the cell as a date"),
        ("grade", date(2025, 4, 3), "took this for a day (2025-04-03)"),
        ("family name", 17, "is a number"),
    ],
)
def test_what_a_spreadsheet_makes_of_a_cell_is_not_guessed_at(column: str, value: Any, sentence: str) -> None:
    achievement = an_achievement()
    batch = a_batch(achievement, a_workbook(rows(achievement, 1, **{column: value})))
    assert sentence in faults(batch)[0][2]


def test_a_number_of_a_person_may_be_a_number() -> None:
    achievement = an_achievement()
    run(a_batch(achievement, a_workbook(rows(achievement, 1, person=12345))))
    assert Holder.objects.get().reference == "12345"


def test_many_rows_are_checked_with_few_questions(django_assert_max_num_queries: Any) -> None:
    from gilde.credentials.services import batch_rows, batches

    achievement = an_achievement()
    table = batches.read(a_csv(rows(achievement, 400)))
    with django_assert_max_num_queries(8):
        found = batch_rows.checked(achievement.issuer, Batch.Kind.ISSUE, table)
    assert all(row.fine for row in found)
