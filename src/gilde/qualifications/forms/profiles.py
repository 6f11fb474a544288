"""The forms of occupational profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import TextField, TextWidget
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications.models import Linked, ProfileItem, ProfileVersion
from gilde.qualifications.services.profiles import OccupationData, ProfileData

_LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ItemsWidget(TextWidget):
    """A text area a language; a line in one is the translation of the line at the same place in the others."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(long=True, attrs={"rows": 6, **(attrs or {})})

    def decompress(self, value: Any) -> list[str]:
        items: Sequence[Text] = value if isinstance(value, list | tuple) else []
        return [
            *("\n".join(item.words.get(code, "") for item in items) for code in _LANGUAGES),
            source_of(items),
        ]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # A list is taken for what the areas hold, and ours is one of texts.
        if not value or isinstance(value[0], Text):
            value = self.decompress(value)
        return super().get_context(name, value, attrs)


class ItemsField(forms.MultiValueField):
    """Gives a list of `Text`, one for each line."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, strip=False) for _language in _LANGUAGES]
        kwargs.setdefault("widget", ItemsWidget())
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("One on each line; the same line in each language says the same."))
        super().__init__([*fields, forms.CharField(required=False)], require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> list[Text]:
        if not data_list:
            return []
        *areas, source = data_list
        written = dict(zip(_LANGUAGES, areas, strict=True))
        if source not in written or not (written[source] or "").strip():
            source = next(
                (code for code in _LANGUAGES if (written[code] or "").strip()), settings.LANGUAGE_CODE
            )
        columns = [[line.strip() for line in (written[code] or "").splitlines()] for code in _LANGUAGES]
        items = []
        for number, row in enumerate(zip_longest(*columns, fillvalue=""), start=1):
            words = {code: line for code, line in zip(_LANGUAGES, row, strict=True) if line}
            if words and source not in words:
                raise ValidationError(
                    gettext(
                        "Line %(number)s is missing in the language that the lines were written in: “%(words)s”."
                    )
                    % {"number": number, "words": next(iter(words.values()))[:80]}
                )
            if words:
                items.append(Text(source, words))
        return items

    def clean(self, value: Any) -> list[Text]:
        found = super().clean(value)
        return list(found or [])


def source_of(items: Iterable[Text]) -> str:
    """Return the language that most items were written in, of those in which all of them are told."""
    texts = list(items)
    told = [code for code in _LANGUAGES if texts and all(text.words.get(code) for text in texts)]
    return max(told or _LANGUAGES, key=lambda code: sum(text.source == code for text in texts))


class ProfileForm(forms.Form):
    """What a version of a profile says; with `owners` it also asks who keeps it and by which code it is found."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    owner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Kept by"),
        empty_label=None,
        help_text=_("Its policy officers and approvers write and publish the profile."),
    )
    title = TextField(label=_("Title"), max_length=200)
    code = forms.SlugField(
        label=_("Code"),
        max_length=80,
        help_text=_("The last part of its address: small letters, digits and hyphens. It stays."),
    )
    summary = TextField(
        label=_("Summary"),
        long=True,
        required=False,
        max_length=2_000,
        help_text=_("What such a person does, in a sentence or two for who has never heard of it."),
    )
    activity = ItemsField(label=_("Activities"))
    knowledge = ItemsField(label=_("Knowledge"))
    skill = ItemsField(label=_("Skills"))
    attitude = ItemsField(label=_("Attitudes"))
    context = TextField(
        label=_("Context of the work"),
        long=True,
        required=False,
        max_length=2_000,
        help_text=_("Where, with whom, at which hours, with which risks."),
    )
    regulated = forms.TypedChoiceField(
        label=_("Regulated occupation"),
        required=False,
        choices=[("", _("not said")), ("yes", _("yes")), ("no", _("no"))],
        coerce=lambda given: given == "yes",
        empty_value=None,
        help_text=_("Does a law say who may work in it?"),
    )
    regulation = TextField(label=_("By which rule"), required=False, max_length=500)

    def __init__(self, *args: Any, owners: Sequence[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        if owners is None:
            del own["owner"], own["code"]
            return
        own["owner"].queryset = Organisation.objects.filter(pk__in=[each.pk for each in owners])
        own["owner"].choices = [(each.pk, str(each)) for each in owners]

    def read(self) -> ProfileData:
        """Return what was written of the profile."""
        given = self.cleaned_data
        names = ("title", "summary", "context", "regulated", "regulation")
        return ProfileData(
            **{name: given[name] for name in names},
            items={str(kind): given[str(kind)] for kind in ProfileItem.Kind},
        )


def initial_of(draft: ProfileVersion) -> dict[str, Any]:
    """Return what the form shows for a draft as it is stored now."""
    names = ("version", "title", "summary", "context", "regulation")
    items: dict[str, list[Text]] = {str(kind): [] for kind in ProfileItem.Kind}
    for item in draft.items.order_by("position", "pk"):
        items[item.kind].append(item.text)
    regulated = {True: "yes", False: "no", None: ""}[draft.regulated]
    return {**{name: getattr(draft, name) for name in names}, **items, "regulated": regulated}


class OccupationForm(forms.Form):
    """An occupation of a classification to which a draft is linked."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    uri = forms.CharField(
        label=_("Address of the occupation"),
        max_length=200,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("As ESCO gives it, such as http://data.europa.eu/esco/occupation/…"),
    )
    relation = forms.ChoiceField(
        label=_("How the two relate"), choices=Linked.Relation.choices, widget=forms.RadioSelect
    )
    label = TextField(
        label=_("Name of the occupation"),
        required=False,
        max_length=200,
        help_text=_("Only where the classification is not loaded here; else it gives the name itself."),
    )

    def read(self) -> OccupationData:
        """Return the occupation that was written."""
        given = self.cleaned_data
        return OccupationData(uri=given["uri"], relation=given["relation"], label=given["label"])
