"""Text in several languages: a mapping language → text with a declared source language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.json import KeyTransform, KeyTransformFactory
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Shown:
    """The words that a reader sees, the language they are in, and whether that is not the reader's own."""

    words: str
    language: str
    foreign: bool


@dataclass(frozen=True)
class Text:
    """One text in the languages that it exists in; `source` is the language it was written in."""

    source: str = "en"
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: str | Mapping[str, str], source: str = "en") -> Text:
        """Return a Text of plain words in one language, or of a mapping that holds `source`."""
        return cls(source, {source: words} if isinstance(words, str) else dict(words))

    def shown(self, language: str | None = None) -> Shown:
        """Return the words for a reader: theirs where they exist, else the source language, marked as
        foreign.
        """
        wanted = (language or get_language() or self.source).split("-")[0]
        if self.words.get(wanted):
            return Shown(self.words[wanted], wanted, False)
        return Shown(self.words.get(self.source, ""), self.source, wanted != self.source)

    def __str__(self) -> str:
        return self.shown().words

    def __bool__(self) -> bool:
        return any(self.words.values())

    def as_json(self) -> dict[str, Any]:
        """Return the stored form: {"source": "nl", "words": {"nl": …}}."""
        return {"source": self.source, "words": dict(self.words)}


class _Part(KeyTransform):
    """A part of a stored text, as in `name__words__en`: plain JSON, and no Text itself."""

    output_field = models.JSONField()


class MultilingualField(models.JSONField):
    """Stores a `Text`; gives one back. A plain string is taken as text in English."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Text)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        stored = super().from_db_value(value, expression, connection)
        return self.to_python(stored)

    def get_transform(self, name: str) -> Any:
        found = super().get_transform(name)
        return partial(_Part, name) if isinstance(found, KeyTransformFactory) else found

    def to_python(self, value: Any) -> Text:
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return Text.of(value)
        if not value:
            return Text()
        if isinstance(value, dict) and set(value) == {"source", "words"}:
            return Text(value["source"], value["words"])
        raise ValidationError(_("A text needs its source language and its words."))

    def get_prep_value(self, value: Any) -> Any:
        text = self.to_python(value)
        return super().get_prep_value(text.as_json())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, Text | str):
            value = self.to_python(value).as_json()
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj).as_json()

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        text = self.to_python(value)
        if not self.blank and not text:
            raise ValidationError(_("This text is needed in at least one language."))
        if text and not text.words.get(text.source):
            raise ValidationError(_("The text is missing in its own source language."))
