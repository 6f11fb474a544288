"""Dimensions as a statistician writes a code list: a line each, the category that stands for all with a star.

    sex Sex: *T Total; F Women; M Men
    age Age: *TOTAL All ages; Y15-24 15 to 24 years

The lines are written once in each language; those of the language that they were written in decide what there is,
the others give names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from gilde.core.fields import TextField
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension

_STAR = "*"


@dataclass(frozen=True)
class _Line:
    code: str
    name: str
    total: str
    categories: dict[str, str]


def written_dimensions(dimensions: Sequence[Dimension]) -> Text:
    """Return dimensions as lines in every language in which they have names."""
    if not dimensions:
        return Text()
    source = dimensions[0].name.source
    languages = dict.fromkeys(
        [source, *(code for dimension in dimensions for text in _texts(dimension) for code in text.words)]
    )
    return Text(source, {code: "\n".join(_line(each, code) for each in dimensions) for code in languages})


def _texts(dimension: Dimension) -> list[Text]:
    return [dimension.name, *dimension.categories.values()]


def _line(dimension: Dimension, language: str) -> str:
    categories = [
        f"{_STAR if code == dimension.total else ''}{code} {_word(name, language)}".rstrip()
        for code, name in dimension.categories.items()
    ]
    if dimension.total and dimension.total not in dimension.categories:
        categories.insert(0, _STAR + dimension.total)
    return f"{dimension.code} {_word(dimension.name, language)}".rstrip() + ": " + "; ".join(categories)


def _word(text: Text, language: str) -> str:
    return text.words.get(language) or ""


def parse_dimensions(lines: Text) -> list[Dimension]:
    """Return the dimensions that the lines describe; raise ValidationError that names the line."""
    if not lines:
        return []
    structure = [_parsed(line) for line in _lines_of(lines.words[lines.source])]
    names: dict[str, list[_Line]] = {lines.source: structure}
    for language, words in lines.words.items():
        if language != lines.source:
            names[language] = [_parsed(line) for line in _lines_of(words)]
            _check_same(structure, names[language], language)
    return [_dimension(each, names, lines.source) for each in structure]


def _lines_of(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


def _parsed(line: str) -> _Line:
    head, colon, tail = line.partition(":")
    code, _space, name = head.strip().partition(" ")
    if not colon or not code:
        raise ValidationError(
            _(
                "“%(line)s”: write code, name, a colon and the categories, such as “sex Sex: *T Total; F Women”."
            )
            % {"line": line[:80]}
        )
    # With commas in names one separates by semicolons; with commas only, they separate.
    parts = [part.strip() for part in re.split(";" if ";" in tail else ",", tail) if part.strip()]
    total, categories = "", dict[str, str]()
    for part in parts:
        category, _space, word = part.lstrip(_STAR).strip().partition(" ")
        if not category or category in categories:
            raise ValidationError(
                _("“%(line)s”: the category “%(code)s” stands there twice.")
                % {"line": line[:80], "code": category or part}
            )
        if part.startswith(_STAR):
            if total:
                raise ValidationError(
                    _("“%(line)s”: only one category can stand for all; two have a star.")
                    % {"line": line[:80]}
                )
            total = category
        categories[category] = word.strip()
    return _Line(code, name.strip(), total, categories)


def _check_same(structure: Sequence[_Line], told: Sequence[_Line], language: str) -> None:
    known = {each.code: each for each in structure}
    for line in told:
        of = known.get(line.code)
        unknown = sorted(set(line.categories) - set(of.categories)) if of else []
        if of is None or unknown:
            raise ValidationError(
                _("%(language)s: the code “%(code)s” is not among the lines of the first language.")
                % {
                    "language": get_language_info(language)["name_translated"],
                    "code": unknown[0] if unknown else line.code,
                }
            )


def _dimension(line: _Line, names: dict[str, list[_Line]], source: str) -> Dimension:
    told = {language: {each.code: each for each in lines} for language, lines in names.items()}

    def words(of: Any) -> Text:
        found = {
            language: word
            for language, by_code in told.items()
            if line.code in by_code and (word := of(by_code))
        }
        return Text(source if source in found else next(iter(found), source), found)

    return Dimension(
        line.code,
        words(lambda by_code: by_code[line.code].name),
        line.total,
        {
            category: words(lambda by_code, c=category: by_code[line.code].categories.get(c, ""))
            for category in line.categories
        },
    )


class DimensionsField(TextField):
    """Gives a list of dimensions, written as lines in each language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(long=True, **kwargs)

    def clean(self, value: Any) -> Any:
        return parse_dimensions(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(each, Dimension) for each in value):
            return written_dimensions(value)
        return value
