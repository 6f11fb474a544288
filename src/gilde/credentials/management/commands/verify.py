"""`gilde verify FILE…`: check credentials of anybody, and say of each whether it is genuine and counts today."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.errors import GildeError
from gilde.credentials.checking import sniff
from gilde.credentials.checking.check import check
from gilde.credentials.errors import Unreadable
from gilde.credentials.linked import strict
from gilde.credentials.log import receipt as receipts
from gilde.credentials.services import offline
from gilde.credentials.services.checking import check_given
from gilde.credentials.verdict import Answer, Standing, Verdict
from gilde.credentials.views.verdicts import as_json, standing, word

_VALID, _NOT_VALID, _UNREADABLE = 0, 1, 2
_MARKS: Final = {Standing.PASSED: "✓", Standing.FAILED: "✗", Standing.UNKNOWN: "?", Standing.NOTE: "·"}


class Command(BaseCommand):
    help = (
        "Check credentials of any issuer: PDF, badge, JSON, token, picture with a QR code.\n"
        "What cannot be reached, as without a network, is told and makes the answer “cannot tell now”.\n\n"
        "Exit code: 0 all are valid, 1 one at least is not, 2 one at least cannot be read."
    )
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="“-” reads what is piped in")
        parser.add_argument("--json", action="store_true", help="print the verdicts as one JSON list")
        parser.add_argument(
            "--receipt",
            action="append",
            default=[],
            metavar="RECEIPT.json",
            help="proof of a log that a credential existed, kept from when it was issued; may be given again",
        )
        parser.add_argument(
            "--log-key",
            action="append",
            default=[],
            metavar="KEY",
            help="the key of the log that the receipts are of, where it is not this register's",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            kept = [receipts.read(strict.parse(_content(path))) for path in options["receipt"]]
            logs = [offline.LogKey.of(text) for text in options["log_key"]]
        except GildeError as error:
            raise CommandError(error.sentence, returncode=_UNREADABLE) from error
        told, code = [], _VALID
        for path in options["files"]:
            here = offline.here(kept, logs)
            try:
                given = _content(path)
                alone = isinstance(here, offline.Alone)
                verdict = check(given, here) if alone else check_given(given, here)
            except GildeError as error:
                code = _UNREADABLE
                told.append({"file": path, "error": error.sentence, "code": error.code})
                if not options["json"]:
                    self.stdout.write(f"{path}: {error.sentence}\n")
                continue
            if verdict.answer != Answer.VALID and code == _VALID:
                code = _NOT_VALID
            told.append({"file": path, **as_json(verdict)})
            if not options["json"]:
                self.stdout.write("\n".join(_lines(path, verdict)) + "\n")
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        if code:
            sys.exit(code)


def _content(path: str) -> bytes:
    """Return a file, or what is piped in; never more than can be a credential. Raises Unreadable."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(sniff.LARGEST + 1)
        with Path(path).open("rb") as file:
            return file.read(sniff.LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror or error}.", "no-file") from error


def _lines(path: str, verdict: Verdict) -> list[str]:
    facts = verdict.facts
    lines = [f"{path}: {word(verdict)}"]
    if facts:
        holder = f"{facts.holder.given_name} {facts.holder.family_name}".strip()
        title = next(iter(facts.achievement.title.values()), "")
        by = next(iter(facts.issuer.name.values()), facts.issuer.id)
        lines.append(
            f"  {', '.join(part for part in (holder, title, by, facts.awarded_on.isoformat()) if part)}"
        )
    for each in verdict.checks:
        lines.append(f"  {_MARKS[each.standing]} {standing(each)}: {each.sentence}")
    for part in verdict.parts if len(verdict.parts) > 1 else ():
        lines += [f"  {line}" for line in _lines(path, part)]
    return lines
