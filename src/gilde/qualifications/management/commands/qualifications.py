"""`gilde qualifications reference [FILE…]`: what qualifications do without a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.qualifications.services.reference import load_reference


@dataclass(frozen=True)
class Act:
    """One subcommand: what it does, what it is told, and the function that does it."""

    help: str
    run: Callable[[BaseCommand, Mapping[str, Any]], None]
    arguments: Callable[[CommandParser], object] = lambda _parser: None


def _reference_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="frameworks and procedures of your own; without any, those that Gilde comes with",
    )


def _reference(command: BaseCommand, options: Mapping[str, Any]) -> None:
    for line in load_reference(actor=SYSTEM, files=options["files"] or None):
        command.stdout.write(line)


ACTS: Final[Mapping[str, Act]] = {
    "reference": Act("load frameworks and procedures", _reference, _reference_arguments),
}


class Command(BaseCommand):
    help = "Load the reference data of qualifications."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="|".join(ACTS))
        for name, act in ACTS.items():
            act.arguments(acts.add_parser(name, help=act.help))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ACTS[options["act"]].run(self, options)
        except GildeError as error:
            raise CommandError(error.sentence) from error
