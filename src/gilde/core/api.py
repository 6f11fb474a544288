"""What the API of every context is made of: texts, pages of results. `config/api.py` puts them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, GetCoreSchemaHandler, PlainSerializer, StringConstraints
from pydantic_core import CoreSchema, core_schema

from gilde.core.errors import Invalid
from gilde.core.text import Text

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

MOST = 200
DEEPEST = 1_000_000

# What a database can hold in a text, and what a person can mean by a word to search for.
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000, pattern=r"^[^\x00]*$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


@dataclass(frozen=True)
class OneOf:
    """Marks a text that is one of the values of `choices`, or empty where `blank`.

    An enumeration will not do: ninja names schemas by class, and every context has its own `State`.
    """

    choices: type[TextChoices]
    blank: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema([*self.choices.values, *([""] if self.blank else [])])


class TextOut(Schema):
    """A text in the languages that it exists in; `source` is the one it was written in."""

    source: str
    words: dict[str, str]

    @classmethod
    def of(cls, text: Text) -> TextOut:
        """Return the text as the API gives it."""
        return cls(source=text.source, words=dict(text.words))


class TextIn(Schema):
    """A text with the language that it was written in; `words` must hold that language."""

    source: LanguageCode = "en"
    words: dict[LanguageCode, Paragraph] = Field(min_length=1, max_length=24)

    def text(self) -> Text:
        """Return the text as it is stored; raise Invalid when it is missing in its own language."""
        if not self.words.get(self.source):
            raise Invalid(
                _("words: the text is missing in its source language, %(code)s.") % {"code": self.source}
            )
        return Text(self.source, self.words)


# Exact, as text: a JSON number is a binary fraction to most who read it.
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Figure = Annotated[Decimal, PlainSerializer(lambda figure: f"{figure.normalize():f}", return_type=str)]


class Paging(Schema):
    """Which part of the results to give."""

    limit: int = Field(50, ge=1, le=MOST, description="How many results to give at most.")
    offset: int = Field(0, ge=0, le=DEEPEST, description="How many results to leave out before the first.")


class Page(Schema, Generic[Item]):
    """A part of the results, with how many there are in all; `next` is the offset of what follows."""

    total: int
    limit: int
    offset: int
    next: int | None
    items: list[Item]


def page_of(found: QuerySet[Row], paging: Paging, shape: Callable[[Row], Item]) -> Page[Item]:
    """Return a page of the rows, each shaped for the API, in two queries; `found` must be fully ordered."""
    total = found.count()
    end = paging.offset + paging.limit
    rows = found[paging.offset : end]
    return Page[Any](
        total=total,
        limit=paging.limit,
        offset=paging.offset,
        next=end if end < total else None,
        items=[shape(row) for row in rows],
    )
