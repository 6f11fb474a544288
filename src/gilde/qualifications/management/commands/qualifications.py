"""`gilde qualifications …`: reference data, files of qualifications out and in, and what was recognised verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.organisations.public import Organisation
from gilde.qualifications.describing import describe_many
from gilde.qualifications.feed import harvested
from gilde.qualifications.formats import WRITERS, schema_check
from gilde.qualifications.publishing import publisher
from gilde.qualifications.services.importing import import_file
from gilde.qualifications.services.reference import load_reference
from gilde.qualifications.snapshots import changed_since_recognition


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


def _export_arguments(parser: CommandParser) -> None:
    parser.add_argument("form", choices=list(WRITERS), help="the form of the file")
    parser.add_argument("file", type=Path, help="where to write it")


def _export(command: BaseCommand, options: Mapping[str, Any]) -> None:
    write, _media_type, _ending = WRITERS[options["form"]]
    content, not_held = write(publisher(), describe_many(harvested()))
    options["file"].write_bytes(content)
    command.stdout.write(f"{harvested().count()} qualifications, {len(content):,} bytes: {options['file']}")
    for each in not_held:
        command.stderr.write(f"Not held: {each.where}: {each.what}")


def _import_arguments(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, help="European Learning Model 3, CASE 1.0, CTDL, or CSV")
    parser.add_argument(
        "--owner", required=True, help="the slug of the organisation that keeps here what is in it"
    )


def _import(command: BaseCommand, options: Mapping[str, Any]) -> None:
    owner = Organisation.objects.filter(slug=options["owner"]).first()
    if owner is None:
        raise CommandError(f"There is no organisation “{options['owner']}”.")
    file = _there(options["file"])
    done = import_file(actor=SYSTEM, path=file, name=file.name, owner=owner)
    for what, titles in (("new", done.added), ("renewed", done.renewed), ("unchanged", done.unchanged)):
        for title in titles:
            command.stdout.write(f"{what}: {title}")
    for line in done.not_held:
        command.stderr.write(f"Not held: {line}")


def _check_arguments(parser: CommandParser) -> None:
    parser.add_argument("file", type=Path, help="a file of the European Learning Model, XML or RDF")
    parser.add_argument("against", type=Path, help="the folder of loq.xsd, or of the SHACL shapes")


def _check(command: BaseCommand, options: Mapping[str, Any]) -> None:
    file, against = _there(options["file"]), _there(options["against"])
    by_schema = (against / "loq.xsd").exists()
    problems = (schema_check.xml_problems if by_schema else schema_check.rdf_problems)(file, against)
    for line in problems:
        command.stdout.write(line)
    if problems:
        raise CommandError(f"{file.name} does not conform.")
    command.stdout.write(f"{file.name} conforms.")


def _verify(command: BaseCommand, options: Mapping[str, Any]) -> None:
    changed = list(changed_since_recognition())
    for version in changed:
        command.stdout.write(
            f"{version.qualification.code}, version {version.number}, is not what was recognised."
        )
    if changed:
        raise CommandError("What was recognised has been changed past Gilde.")
    command.stdout.write("Every recognised version says what was recognised.")


def _there(path: Path) -> Path:
    if not path.exists():
        raise CommandError(f"There is no {path}.")
    return path


ACTS: Final[Mapping[str, Act]] = {
    "reference": Act("load frameworks and procedures", _reference, _reference_arguments),
    "export": Act("write all that holds now into a file", _export, _export_arguments),
    "import": Act("take over the qualifications of a file", _import, _import_arguments),
    "check": Act("hold a file against the official schema or shapes", _check, _check_arguments),
    "verify": Act("verify that recognised versions are unchanged", _verify),
}


class Command(BaseCommand):
    help = "Reference data of qualifications, files of them out and in, and what was recognised verified."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="|".join(ACTS))
        for name, act in ACTS.items():
            act.arguments(acts.add_parser(name, help=act.help))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            ACTS[options["act"]].run(self, options)
        except GildeError as error:
            raise CommandError(error.sentence) from error
