"""Runs an attack: so many mutants of a format, each checked, and what was not as it must be, shown."""

from __future__ import annotations

import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.credentials.attack.expected import Mutant, Outcome, difference
from tests.credentials.attack.world import Format

SEED = 20250901
_SHOWN = 5  # failures of one campaign


@dataclass
class Report:
    """How an attack went: mutants by family and by how they ended, seconds of work, and what went wrong."""

    name: str
    seed: int
    made: int = 0
    accepted: int = 0
    seconds: float = 0.0
    families: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the figures in a line."""
        told = f"{self.name:24} {self.made:7,} mutants  {self.accepted:6,} accepted"
        return f"{told}  {self.seconds:7.1f} s  {len(self.failures)} wrong"


def attack(target: Format, count: int, seed: int = SEED) -> Report:
    """Make so many mutants, each family in turn, and check each; what went wrong is in the report, with the seed."""
    rng = random.Random(f"{seed} {target.name}")
    report = Report(target.name, seed)
    begun = time.process_time()
    genuine = target.check(target.genuine)
    while report.made < count and len(report.failures) < _SHOWN:
        family = target.families[report.made % len(target.families)]
        mutant = next((made for _attempt in range(20) if (made := family(rng)) is not None), None)
        assert mutant is not None, f"{family} makes nothing of {target.name}"
        report.made += 1
        report.families[mutant.family] += 1
        try:
            _check(target, mutant, genuine, report)
        except Exception:  # whatever it is but a refusal: the worst that a mutant can do
            report.failures.append(_told(target, mutant, report, "an exception that is no refusal", None))
            report.failures[-1] += "\n" + traceback.format_exc()[-2000:]
    report.seconds = time.process_time() - begun
    return report


def _check(target: Format, mutant: Mutant, genuine: Outcome, report: Report) -> None:
    found = target.check(mutant.data)
    wrong = mutant.expect.why(found, genuine)
    if not wrong and found.silent:
        wrong = "a check has no reason, or no sentence"
    ended = (
        "accepted" if found.answer == genuine.answer and found.reasons == genuine.reasons else found.answer
    )
    report.reasons.setdefault(mutant.family, Counter())[f"{ended} {' '.join(sorted(found.reasons))}"] += 1
    if ended == "accepted":
        report.accepted += 1
        if not wrong and target.revoked is not None and target.revoked(mutant.data).valid:
            wrong = "it is valid although it was revoked"
    if wrong:
        report.failures.append(_told(target, mutant, report, wrong, found))


def _told(target: Format, mutant: Mutant, report: Report, wrong: str, found: Outcome | None) -> str:
    head = f"{target.name}, seed {report.seed}, mutant {report.made}: {wrong}"
    edit = f"{mutant.family}: {mutant.what}"
    told = f"{found.answer or 'refused'} {sorted(found.reasons)}" if found else ""
    return "\n".join([head, edit, told, difference(target.genuine, mutant.data)])
