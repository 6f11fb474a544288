"""Files of awards for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from gilde.core import jobs
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.credentials.models import Achievement, Batch
from gilde.credentials.services import batches

HEAD = ("reference", "achievement", "given name", "family name", "born", "email", "awarded on", "grade")


def rows(achievement: Achievement, number: int = 3, /, **changes: Any) -> list[dict[str, Any]]:
    """Rows of as many people, all fine."""
    return [
        {
            "reference": f"R-{at:05}",
            "achievement": achievement.code,
            "given name": "Amina",
            "family name": f"Peeters {_word(at)}",
            "born": f"{1990 + at % 10}-03-{1 + at % 28:02}",
            "email": f"amina-{at}@people.example",
            "awarded on": "2025-06-30",
            "grade": "with distinction",
            **changes,
        }
        for at in range(1, number + 1)
    ]


def _word(number: int) -> str:
    """A name for a number, not like that of another number."""
    letters = "bcdfghjklmnprstvwz"
    sounds = []
    for _at in range(4):
        number, rest = divmod(number * 7919 + 13, len(letters))
        sounds.append(letters[rest] + "aeiou"[number % 5])
    return "".join(sounds).capitalize()


def a_csv(
    told: Sequence[Mapping[str, Any]], *, separator: str = ",", encoding: str = "utf-8", head: Any = None
) -> bytes:
    """A CSV file of rows by column."""
    columns = list(head or dict.fromkeys(name for row in told for name in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in told)
    return text.getvalue().encode(encoding)


def a_workbook(told: Sequence[Mapping[str, Any]], book: Workbook | None = None) -> bytes:
    """An XLSX file of rows by column; values as they are."""
    book = book or Workbook()
    sheet = book.active
    assert sheet is not None
    columns = list(dict.fromkeys(name for row in told for name in row))
    sheet.append(columns)
    for row in told:
        sheet.append([row.get(name) for name in columns])
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def a_batch(
    achievement: Achievement,
    file: bytes | None = None,
    *,
    actor: User | Any = SYSTEM,
    kind: str = Batch.Kind.ISSUE,
    notify: bool = False,
    check: bool = True,
) -> Batch:
    """A batch that was received, and checked unless told otherwise."""
    file = a_csv(rows(achievement)) if file is None else file
    batch = batches.receive(
        actor=actor, issuer=achievement.issuer, file=file, name="awards.csv", kind=kind, notify=notify
    )
    if check:
        work(batch)
    return batch


def faults(batch: Batch) -> list[tuple[int, str, str]]:
    """What is wrong: number of the row, column, sentence."""
    return [
        (row.number, column, sentence)
        for row in batch.rows.order_by("number")
        for column, sentence in row.faults
    ]


def work(batch: Batch) -> jobs.Job:
    """Do what the job of a batch does, as a worker would, and return the job as it ended."""
    batch.refresh_from_db(fields=["job"])
    assert batch.job is not None
    jobs.run(batch.job)
    batch.refresh_from_db()
    return jobs.Job.objects.get(pk=batch.job)


def run(batch: Batch, actor: User | Any = SYSTEM) -> Batch:
    """Issue a batch to its end."""
    batches.start(actor=actor, batch=batch)
    job = work(batch)
    assert job.error == "", job.error
    return batch
