"""`gilde match`: rank the skills of ESCO for each line of a file, or build the index for that."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf.locale import LANG_INFO
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from gilde.core.errors import GildeError
from gilde.qualifications import matching
from gilde.qualifications.label_files import read_labels
from gilde.qualifications.matching import Candidate, Index
from gilde.qualifications.services import matching_index

_CODE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?")
_MOST: Final = 50  # concepts for a text
_AT_ONCE: Final = 200  # texts between two lines of output
_WIDE: Final = 44  # characters of a text in the table
_COLUMNS: Final = ("text", "rank", "score", "label", "uri", "why")


@dataclass(frozen=True)
class Answer:
    """One concept for one text; without a concept the text has no match."""

    text: str
    rank: int = 0
    candidate: Candidate | None = None
    label: str = ""

    def row(self) -> list[Any]:
        """Return the cells of COLUMNS."""
        if self.candidate is None:
            return [self.text, "", "", "", "", "no match"]
        found = self.candidate
        return [self.text, self.rank, f"{found.score:.3f}", self.label, found.uri, found.why]


class Command(BaseCommand):
    help = "Rank the skills of ESCO for each line of a text file or CSV file; nothing is stored."
    requires_system_checks: list[str] = []  # as Django declares it; works before anything is set up

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            help="one text on each line, or a CSV file: its column “text”, else its first; - is standard input",
        )
        parser.add_argument("--lang", default="", help="the language of the texts: nl, fr, de, en …")
        parser.add_argument("--limit", type=int, default=5, help="how many concepts for each text (5)")
        parser.add_argument(
            "--labels",
            type=Path,
            nargs="+",
            help="match with these files in place of the database: ESCO as ZIP or CSV, or any CSV with conceptUri, "
            "preferredLabel and altLabels",
        )
        parser.add_argument(
            "--embedding", type=Path, help="with --labels: the folder of a table of word vectors"
        )
        parser.add_argument("--index", action="store_true", help="build the index of what is loaded anew")
        out = parser.add_mutually_exclusive_group()
        out.add_argument("--csv", action="store_true", help="write CSV in place of a table")
        out.add_argument("--json", action="store_true", help="write JSON, one text on each line")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"] and not options["index"]:
            raise CommandError("Name a file with texts, or - for standard input. --index builds the index.")
        try:
            if options["index"]:
                matching_index.build_index(progress=self._say)
                self.stdout.write(f"The index of {matching_index.edition_in_use()} is built.")
            if options["file"]:
                self._match(options)
        except GildeError as error:
            raise CommandError(error.sentence) from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                "The database is not set up (gilde migrate), so there is no ESCO in it. "
                "Name files with labels: --labels FILE…"
            ) from error

    def _match(self, options: dict[str, Any]) -> None:
        language, limit = _language(options["lang"]), options["limit"]
        if not 1 <= limit <= _MOST:
            raise CommandError(f"--limit is a number from 1 to {_MOST}, not {limit}.")
        texts = _texts(options["file"])
        if options["labels"]:
            terms = read_labels(options["labels"], language=language)
            index = matching.build(terms, embedding=options["embedding"], progress=self._say)
            names = {term.uri: term.text for term in terms if term.preferred}
            names |= {term.uri: term.text for term in terms if term.preferred and term.language == language}
        else:
            index, names = matching_index.index_of(build=True, progress=self._say), None
        write = self._csv if options["csv"] else self._json if options["json"] else self._table
        write(_answers(index, texts, language, limit, names))

    def _table(self, answers: Iterator[list[Answer]]) -> None:
        for some in answers:
            for each in some:
                words = _short(each.text) if each.rank < 2 else ""
                told = (
                    f"{each.candidate.score:5.2f}  {each.label}  <{each.candidate.uri}>"
                    if each.candidate
                    else "    –  no match"
                )
                self.stdout.write(f"{words:{_WIDE}}  {told}")

    def _csv(self, answers: Iterator[list[Answer]]) -> None:
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(_COLUMNS)
        for some in answers:
            out.writerows(each.row() for each in some)

    def _json(self, answers: Iterator[list[Answer]]) -> None:
        for some in answers:
            found = [
                dict(zip(_COLUMNS[1:], [a.rank, a.candidate.score, *a.row()[3:]], strict=True))
                for a in some
                if a.candidate
            ]
            self.stdout.write(json.dumps({"text": some[0].text, "concepts": found}, ensure_ascii=False))

    def _say(self, step: str) -> None:
        self.stderr.write(step)


def _answers(
    index: Index, texts: Sequence[str], language: str, limit: int, names: Mapping[str, str] | None
) -> Iterator[list[Answer]]:
    """Yield the answers for each text, at least one."""
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        found = matching.match_many(index, some, language, limit=limit)
        known = names if names is not None else _stored_names(found, language)
        for text, candidates in zip(some, found, strict=True):
            yield [
                Answer(text, rank, each, known.get(each.uri, each.term))
                for rank, each in enumerate(candidates, start=1)
            ] or [Answer(text)]


def _stored_names(found: Sequence[Sequence[Candidate]], language: str) -> dict[str, str]:
    uris = sorted({each.uri for some in found for each in some})
    concepts = matching_index.names_of(uris)
    return {uri: concept.label.shown(language).words for uri, concept in concepts.items()}


def _language(told: str) -> str:
    if not told:
        raise CommandError("Say in which language the texts are: --lang nl")
    code = told.lower().replace("_", "-").split("-")[0]
    if not _CODE.fullmatch(told) or (code not in LANG_INFO and told.lower() not in LANG_INFO):
        raise CommandError(f"“{told}” is no code of a language. Write it as ISO 639-1 does: nl, fr, de, en …")
    return code


def _texts(name: str) -> list[str]:
    """Return the texts of a file, one a line or one a row; empty ones are left out."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"“{name}” cannot be opened. Look at its name.") from error
    try:
        words = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise CommandError(f"“{name}”, line {row}: the text is not UTF-8. Save the file as UTF-8.") from error
    lines = words.splitlines()
    texts = _of_csv(words) if name.lower().endswith(".csv") or _is_csv(lines) else lines
    found = [" ".join(text.split()) for text in texts if text.strip()]
    if not found:
        raise CommandError(f"“{name}” holds no text. Write one on each line.")
    return found


def _is_csv(lines: Sequence[str]) -> bool:
    """Return whether the first line is the head of a table with a column of texts."""
    return bool(lines) and "text" in _cells(lines[0], _separator(lines[0])) and len(lines) > 1


def _of_csv(words: str) -> list[str]:
    lines = words.splitlines(keepends=True)
    separator = _separator(lines[0]) if lines else ","
    rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    at = head.index("text") if "text" in head else 0
    # Without a column “text” the first line is a head when it has several cells, and a text when it has one.
    own = rows[1:] if "text" in head or len(head) > 1 else rows
    return [row[at] for row in own if len(row) > at]


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in line.split(separator)]


def _short(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"
