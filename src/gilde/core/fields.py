"""Form fields for what core stores: a text in several languages, a list of lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from gilde.core.text import Text


def _languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_translated"]) for code, _name in settings.LANGUAGES]


class TextWidget(forms.MultiWidget):
    """One input a language, and the choice of the language in which the text was written."""

    template_name = "core/text_widget.html"
    use_fieldset = True

    def __init__(self, long: bool = False, attrs: dict[str, Any] | None = None) -> None:
        one = forms.Textarea if long else forms.TextInput
        inputs = [one(attrs={"lang": code}) for code, _name in settings.LANGUAGES]
        super().__init__([*inputs, forms.Select()], attrs)

    def decompress(self, value: Any) -> list[str]:
        """Return the words in each language of the interface, then the source language."""
        text = value if isinstance(value, Text) else Text()
        return [*(text.words.get(code, "") for code, _name in settings.LANGUAGES), text.source]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        self.widgets[-1].choices = _languages()  # type: ignore[attr-defined]
        context = super().get_context(name, value, attrs)
        labels = [name for _code, name in _languages()] + [_("Written in")]
        context["labelled"] = list(zip(labels, context["widget"]["subwidgets"], strict=True))
        return context


class TextField(forms.MultiValueField):
    """Gives a `Text`. Needs words in the source language; languages that the form does not show are kept."""

    def __init__(self, *, long: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, max_length=max_length) for _language in settings.LANGUAGES]
        kwargs.setdefault("widget", TextWidget(long=long))
        super().__init__([*fields, forms.CharField(required=False)], require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Text:
        if not data_list:
            return Text()
        *words, source = data_list
        given: Mapping[str, str] = {
            code: word.strip()
            for (code, _name), word in zip(settings.LANGUAGES, words, strict=True)
            if word and word.strip()
        }
        if source not in dict(settings.LANGUAGES):
            source = next(iter(given), settings.LANGUAGE_CODE)
        if given and source not in given:
            raise ValidationError(_("The text is missing in the language that it was written in."))
        return Text(source, given)

    def clean(self, value: Any) -> Text:
        text = super().clean(value)
        if self.required and not text:
            raise ValidationError(self.error_messages["required"], code="required")
        assert isinstance(text, Text)
        return text


class LinesField(forms.CharField):
    """Gives a list of the lines of a text area, without empty ones."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("One on each line."))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class DateInput(forms.DateInput):
    """The browser's own date field, which wants the ISO form whatever the locale."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
