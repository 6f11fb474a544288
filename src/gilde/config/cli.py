"""`gilde <command>`: the one entry point of every command."""

from __future__ import annotations

import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    `gilde read` needs neither settings nor database, so it starts without Django; everything else is a
    management command of the context that owns it.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["read"]:
        from gilde.plans.reader.command import main as read

        return read(arguments[1:])

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gilde.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gilde", *arguments])
    return 0
