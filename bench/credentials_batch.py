"""A file of 10,000 awards: read and checked, then issued, signed, placed in lists and logged; on this machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bench import Timing, timed
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.credentials.models import Achievement, AchievementOutcome, Award, Batch, Issuer, State
from gilde.credentials.services import batch_running, batches, issuers
from gilde.organisations.models import Organisation

AWARDS = 10_000
# Milliseconds for reading, checking and issuing together (issue 5, "Numbers"); PDFs are made on demand.
LIMIT = 60_000.0
OUTCOMES = 8


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long each step of a batch takes, how long a deposit of as many, and of the same file sent again."""
    issuer = _issuer()
    _achievement(issuer)
    steps: list[tuple[str, float, float]] = []

    def step(name: str, work: Callable[[], object]) -> None:
        steps.append((name, *timed(work)))

    def whole(name: str, kind: str, file: bytes) -> Batch:
        batch = batches.receive(
            actor=SYSTEM, issuer=issuer, file=file, name="awards.csv", kind=kind, notify=False
        )
        step(f"{name}: check", lambda: batches.check(str(batch.pk), "en"))
        batch.refresh_from_db()
        assert batch.state == Batch.State.READY, (batch.fault, batch.rows_faulty)
        batches.start(actor=SYSTEM, batch=batch)
        step(f"{name}: issue", lambda: batch_running.run(str(batch.pk), "", "en"))
        batch.refresh_from_db()
        assert batch.state == Batch.State.DONE
        return batch

    file = _file("A")
    whole("new", Batch.Kind.ISSUE, file)
    assert Award.objects.filter(state=State.ISSUED).count() == AWARDS
    issued = [each for each in steps if each[0].startswith("new")]
    whole("sent again", Batch.Kind.ISSUE, file)
    assert Award.objects.count() == AWARDS
    whole("deposited", Batch.Kind.DEPOSIT, _file("B", born=-3000, family="Janssens"))
    assert Award.objects.exclude(state=State.HELD).count() == 2 * AWARDS
    timings = [Timing(name, [wall], [cpu], limit=LIMIT) for name, wall, cpu in steps]
    total = Timing(
        "new: all of it", [sum(each[1] for each in issued)], [sum(each[2] for each in issued)], limit=LIMIT
    )
    return f"Batch of {AWARDS:,} awards from CSV ({len(file) / 1e6:.1f} MB)", [*timings, total]


def _issuer() -> Issuer:
    school = Organisation.objects.create(
        slug="bench-school", name=Text.of("Bench school"), kind=Organisation.Kind.PROVIDER, country="BE"
    )
    return issuers.open_issuer(actor=SYSTEM, organisation=school, legal_id="0123.456.789", place="Genk")


def _achievement(issuer: Issuer) -> Achievement:
    achievement = Achievement.objects.create(
        issuer=issuer,
        code="welder",
        title=Text("nl", {"nl": "Lasser", "en": "Welder"}),
        framework="VKS",
        level="4",
        eqf=4,
        language="nl",
    )
    for number in range(1, OUTCOMES + 1):
        AchievementOutcome.objects.create(
            achievement=achievement,
            position=number,
            uri=f"https://gilde.example/id/learning-outcome/{number}",
            title=Text("nl", {"nl": f"Last naad {number}", "en": f"Welds seam {number}"}),
            kind="skill",
        )
    return achievement


def _file(letter: str, *, born: int = 0, family: str = "Peeters") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["reference", "achievement", "given name", "family name", "born", "email", "awarded on", "grade"]
    )
    for number in range(AWARDS):
        birth = date(1985, 1, 1) + timedelta(days=born + number % 7000)
        writer.writerow(
            [
                f"{letter}-{number:05}",
                "welder",
                ("Amina", "Bram", "Chloé", "Dries")[number % 4],
                f"{family}-{_name(number)}",
                birth.isoformat(),
                f"person-{number}@people.example",
                "2025-06-30",
                "with distinction" if number % 3 else "",
            ]
        )
    return text.getvalue().encode()


def _name(number: int) -> str:
    """A name for a number, not like that of another."""
    letters, vowels = "bcdfghjklmnprstvwz", "aeiou"
    mixed, sounds = number * 7919 % 1_000_003, ""
    for _at in range(5):
        mixed, rest = divmod(mixed, len(letters))
        sounds += letters[rest] + vowels[(mixed + rest) % 5]
    return sounds.capitalize()
