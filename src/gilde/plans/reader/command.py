"""gilde read FILE [--json]: prints the plan in a document."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.sandbox import read_file
from gilde.plans.reader.table import as_table


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a table, or JSON of the documented form; 0 if a plan was read, 2 with a sentence if not."""
    parser = argparse.ArgumentParser(
        prog="gilde read",
        description="Read a plan document (.txt, .md, .html, .docx, .pdf) into a structured plan.",
    )
    parser.add_argument("file", help="the document")
    parser.add_argument(
        "--json", action="store_true", help="print the whole reading as JSON, with all citations"
    )
    arguments = parser.parse_args(argv)
    try:
        reading = read_file(arguments.file)
    except BadDocument as error:
        print(error.sentence, file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(reading.as_json(), ensure_ascii=False, indent=1))
    else:
        print(as_table(reading), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
