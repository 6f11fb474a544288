"""The labels of skills from files, for matching without a database: of ESCO, or any CSV with addresses and names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from gilde.qualifications.classifications.layout import language_of, layout, named
from gilde.qualifications.classifications.parts import Part, parts
from gilde.qualifications.classifications.tables import table
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.matching import Term

NEEDED: Final = ("conceptUri", "preferredLabel")
_COLUMNS: Final = (*NEEDED, "altLabels", "hiddenLabels", "skillType", "status")
_LISTED: Final = re.compile(r"\s*(?:[\r\n]+|\s\|\s)\s*")
_LANGUAGE: Final = re.compile(r"[-_]([a-z]{2})$", re.IGNORECASE)


def read_labels(paths: Sequence[Path], *, language: str) -> list[Term]:
    """Return the labels of ZIP archives, folders and CSV files, those of concepts that are obsolete left out.

    The language of a file is the one that its name tells ("skills_nl.csv"), else `language`. Of a package of ESCO
    the files of skills are read. Raises Unreadable.
    """
    found = [part for part in parts(paths) if part.chosen or _holds_skills(part)]
    terms = [term for part in found for term in _terms(part, language)]
    if not terms:
        names = ", ".join(f"“{path.name}”" for path in paths)
        raise Unreadable(_("There is no label of a skill in %(names)s.") % {"names": names})
    return terms


def _holds_skills(part: Part) -> bool:
    file = layout().concepts.get(named(part)[0])
    return file is not None and file.kind == "skill"


def _terms(part: Part, asked: str) -> Iterator[Term]:
    found = table(part)
    if missing := [name for name in NEEDED if name not in found.columns]:
        raise Unreadable(
            _("“%(name)s” lacks the columns %(missing)s; labels need an address and a name on each row.")
            % {"name": part.name, "missing": ", ".join(missing)}
        )
    language = _language(part, asked)
    for number, (uri, preferred, others, hidden, skill_type, status) in found.rows(_COLUMNS):
        if not uri or not preferred:
            raise found.wrong(number, _("it has no address or no name of a concept. Fill in both"))
        if status.lower() == "obsolete":
            continue
        kind = "knowledge" if skill_type.rsplit("/", 1)[-1] == "knowledge" else "skill"
        yield Term(uri, preferred, language, True, kind)
        for words in (*_LISTED.split(others), *_LISTED.split(hidden)):
            if words:
                yield Term(uri, words, language, False, kind)


def _language(part: Part, asked: str) -> str:
    if _holds_skills(part):
        return language_of(part) if named(part)[1] or not part.chosen else asked
    told = _LANGUAGE.search(part.stem)
    return told[1].lower() if told and told[1].lower() in layout().languages else asked
