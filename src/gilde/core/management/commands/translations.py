"""`gilde translations`: keep the interface strings of every language complete."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

COMPLETE = ("nl",)  # English is the language of the source


class Command(BaseCommand):
    help = (
        "Collect the strings of the interface (--update), or check that every language is complete (--check)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--update", action="store_true")
        act.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        for tool in ("xgettext", "msgfmt", "msgmerge", "msgattrib"):
            if shutil.which(tool) is None:
                raise CommandError(
                    f"{tool} is missing: install GNU gettext (on Debian: apt install gettext)."
                )
        if options["update"]:
            _collect(settings.PACKAGE_DIR)
            for language in COMPLETE:
                catalogue = _catalogue(settings.PACKAGE_DIR, language)
                _compile(catalogue, catalogue.with_suffix(".mo"))
        for language in COMPLETE:
            self._check(language)

    def _check(self, language: str) -> None:
        """Raise CommandError unless every string is translated and the compiled file is current."""
        stored = _catalogue(settings.PACKAGE_DIR, language)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "gilde"
            shutil.copytree(
                settings.PACKAGE_DIR, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "data")
            )
            _collect(copy)
            fresh = _catalogue(copy, language)
            for flag, what in (("--untranslated", "not translated"), ("--only-fuzzy", "uncertain")):
                command = ["msgattrib", flag, "--no-obsolete", str(fresh)]
                listing = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
                strings = re.findall(
                    r'^msgid (".+"(?:\n".*")*|""\n(?:".*"\n?)+)', listing.stdout, re.MULTILINE
                )
                # The first is the header of the file.
                strings = [text for text in strings if "Project-Id-Version" not in text]
                if strings:
                    shown = "\n".join(strings[:20])
                    raise CommandError(
                        f"{len(strings)} strings are {what} in {language}; run `make messages` and "
                        f"complete {stored.name}:\n{shown}"
                    )
            _compile(stored, Path(folder) / "stored.mo")
            if (Path(folder) / "stored.mo").read_bytes() != stored.with_suffix(".mo").read_bytes():
                raise CommandError(
                    f"The compiled strings of {language} are older than {stored.name}: run `make messages`."
                )
        self.stdout.write(f"{language}: complete")


def _catalogue(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def _collect(package: Path) -> None:
    here = os.getcwd()
    os.chdir(package)
    try:
        call_command(
            "makemessages",
            locale=list(COMPLETE),
            no_location=True,
            no_wrap=True,
            verbosity=0,
            no_obsolete=True,
        )
    finally:
        os.chdir(here)


def _compile(source: Path, target: Path) -> None:
    subprocess.run(["msgfmt", "--check-format", "-o", str(target), str(source)], check=True)  # noqa: S603, S607
