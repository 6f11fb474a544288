"""The whole campaign from the command line; prints its figures, and each mutant that was not as it must be."""

from __future__ import annotations

import argparse
import logging
import os
import sys

import django


def main() -> int:
    """Attack the formats that are named, or all; return 1 when something got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.credentials.attack")
    parser.add_argument("formats", nargs="*", help="names of formats; all when none is given")
    parser.add_argument("--all", action="store_true", help="ten thousand of each, however long it takes")
    parser.add_argument("--count", type=int, default=0, help="mutants of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reasons", action="store_true", help="show why mutants of each family were refused")
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    logging.disable(logging.WARNING)  # a library writes of each damaged file
    from django.utils import translation

    from tests.credentials.attack.campaign import SEED, attack
    from tests.credentials.attack.formats import FULL, formats, share

    wrong = 0
    with translation.override("en"):
        for each in formats():
            if told.formats and each.name not in told.formats:
                continue
            count = told.count or (FULL if told.all else share(each.name))
            report = attack(each, count, told.seed or SEED)
            print(report.line(), flush=True)
            if told.reasons:
                for family, reasons in report.reasons.items():
                    print(f"    {family}: {dict(reasons.most_common(12))}")
            for failure in report.failures:
                print(failure, "\n", flush=True)
            wrong += len(report.failures)
    return 1 if wrong else 0


sys.exit(main())
