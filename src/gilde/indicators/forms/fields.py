"""Fields that more than one form of indicators has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gilde.core.fields import DateInput
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import Area
from gilde.indicators.numbers import LONGEST, NotANumber, parse_number, written_number
from gilde.organisations.public import Organisation


def day_field(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(label=label, required=required, widget=DateInput(), **kwargs)


def year_field(label: Any, *, required: bool = True, **kwargs: Any) -> forms.IntegerField:
    """Return a field for a year, which is written without thousands in every language."""
    return forms.IntegerField(label=label, required=required, min_value=1900, max_value=2200, **kwargs)


class Versioned(forms.Form):
    """Remembers the version that the form was opened with, so that nobody is overwritten unseen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class OrganisationField(forms.ModelChoiceField):
    """The organisations that Gilde knows, in the order of the reader's alphabet, read anew for each form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organisation.objects.all(), **kwargs)

        def choices() -> Iterable[tuple[Any, str]]:
            named = [(each.pk, str(each)) for each in Organisation.objects.only("name")]
            return [
                ("", str(self.empty_label or "")),
                *sorted(named, key=lambda choice: choice[1].casefold()),
            ]

        self.choices = choices


class AreaField(forms.ModelChoiceField):
    """The areas that Gilde knows, in their order, each with its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Area.objects.all(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.pk})"


def breakdown_field(dimension: Dimension) -> forms.Field:
    """Return the field for the category of one dimension; it opens with the one that stands for all."""
    label = str(dimension.name) or dimension.code
    if not dimension.categories:
        return forms.CharField(
            label=label, required=not dimension.total, initial=dimension.total, max_length=60
        )
    choices = [(code, dimension.category(code)) for code in dimension.categories]
    if not dimension.total:
        choices.insert(0, ("", "–"))
    return forms.ChoiceField(label=label, choices=choices, initial=dimension.total)


class NumberField(forms.CharField):
    """Gives a float, None when empty; takes the decimal comma and the point."""

    def __init__(self, *, suffix: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        kwargs.setdefault("max_length", LONGEST + 20)
        self.suffix = suffix
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        try:
            return parse_number(words, self.suffix)
        except NotANumber as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return written_number(float(value)) if isinstance(value, int | float) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.prepare_value(initial) or "") != (data or ""))
