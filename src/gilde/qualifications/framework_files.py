"""A framework as a data file tells it, read and checked; see `data/frameworks/` for the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.core.text import Text

_LEVEL_NAME: Final = {"en": "Level {}", "nl": "Niveau {}", "fr": "Niveau {}", "de": "Niveau {}"}


@dataclass(frozen=True)
class FrameworkTold:
    """A framework: its own fields, then by code the fields of its elements and levels, and what is asked where."""

    code: str
    fields: Mapping[str, Any]
    elements: Mapping[str, Mapping[str, Any]]
    levels: Mapping[str, Mapping[str, Any]]
    descriptors: Mapping[tuple[str, str], Text]  # by code of the level and of the element


def read_framework(content: Mapping[str, Any], file: str) -> FrameworkTold:
    """Return the framework that a file tells. Raises Invalid with the file and the place in it."""
    for key in ("code", "name", "source"):
        if not content.get(key):
            raise _wrong(file, _("a framework needs its %(key)s") % {"key": key})
    elements = _by_code(content.get("elements"), file, _("element"))
    levels = _by_code(content["levels"], file, _("level"))
    return FrameworkTold(
        code=str(content["code"]),
        fields={
            "name": _text(content["name"], file, "name"),
            "country": str(content.get("country") or ""),
            "note": _text(content.get("note"), file, "note"),
            "referenced_on": _day(content.get("referenced_on"), file, "referenced_on"),
            "referencing_report": str(content.get("referencing_report") or ""),
            "valid_from": _day(content.get("valid_from"), file, "valid_from"),
            "source": str(content["source"]).strip(),
        },
        elements={
            code: {
                "position": position,
                "name": _text(row.get("name") or code, file, code),
                "group": _text(row.get("group"), file, code),
            }
            for position, (code, row) in enumerate(elements.items(), start=1)
        },
        levels={
            code: _level(code, row, position, file)
            for position, (code, row) in enumerate(levels.items(), start=1)
        },
        descriptors=_descriptors(levels, elements, file),
    )


def _level(code: str, row: Mapping[str, Any], position: int, file: str) -> dict[str, Any]:
    eqf = row.get("eqf")
    if eqf is not None and (type(eqf) is not int or not 1 <= eqf <= 8):
        raise _wrong(
            file,
            _("level “%(level)s” is referenced to EQF level “%(eqf)s”, and the EQF has the levels 1 to 8")
            % {"level": code, "eqf": eqf},
        )
    name = row.get("name") or {language: words.format(code) for language, words in _LEVEL_NAME.items()}
    return {
        "position": position,
        "name": _text(name, file, code),
        "summary": _text(row.get("summary"), file, code),
        "eqf": eqf,
        "uri": str(row.get("uri") or ""),
    }


def _descriptors(
    levels: Mapping[str, Mapping[str, Any]], elements: Mapping[str, Any], file: str
) -> dict[tuple[str, str], Text]:
    found: dict[tuple[str, str], Text] = {}
    for level, row in levels.items():
        told = row.get("descriptors") or {}
        if not isinstance(told, Mapping):
            raise _wrong(file, _("the descriptors of level “%(level)s” are no list") % {"level": level})
        for element, words in told.items():
            if element not in elements:
                raise _wrong(
                    file,
                    _(
                        "level “%(level)s” has a descriptor of “%(element)s”, which is no element of the framework"
                    )
                    % {"level": level, "element": element},
                )
            found[level, str(element)] = _text(words, file, f"{level}, {element}")
    return found


def _by_code(rows: Any, file: str, word: str) -> dict[str, Mapping[str, Any]]:
    """Return rows by their codes, in their order."""
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise _wrong(file, _("a framework needs at least one %(thing)s") % {"thing": word})
    found: dict[str, Mapping[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        code = row.get("code") if isinstance(row, Mapping) else None
        if code in (None, ""):
            raise _wrong(
                file, _("%(thing)s number %(number)s has no code") % {"thing": word, "number": number}
            )
        if str(code) in found:
            raise _wrong(file, _("%(thing)s “%(code)s” stands there twice") % {"thing": word, "code": code})
        found[str(code)] = row
    return found


def _text(told: Any, file: str, where: str) -> Text:
    if not told:
        return Text()
    if isinstance(told, str):
        return Text.of(told)
    if isinstance(told, Mapping) and all(
        isinstance(language, str) and isinstance(words, str) and words.strip()
        for language, words in told.items()
    ):
        source = "en" if "en" in told else next(iter(told))
        return Text.of({language: words.strip() for language, words in told.items()}, source)
    raise _wrong(
        file,
        _("the text at “%(where)s” is neither words nor words by language, such as {en: …, nl: …}")
        % {"where": where},
    )


def _day(told: Any, file: str, where: str) -> date | None:
    if told is None or type(told) is date:
        return told
    raise _wrong(
        file, _("“%(day)s” at %(where)s is no day such as 2009-04-30") % {"day": told, "where": where}
    )


def _wrong(file: str, what: str) -> Invalid:
    return Invalid(_("%(file)s: %(what)s. Nothing was loaded.") % {"file": file, "what": what})
