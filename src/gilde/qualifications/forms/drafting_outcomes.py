"""The form of a learning outcome: its parts and its sentence, language by language; and the choice of existing ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from gilde.core.components import written
from gilde.core.text import Text
from gilde.qualifications.forms.drafting import Locked
from gilde.qualifications.models import OutcomeVersion
from gilde.qualifications.wording import completed

_PARTS: Final = ("verb", "object", "context", "statement")
_LABELS: Final = {
    "verb": _("Verb"),
    "object": _("Object"),
    "context": _("Context"),
    "statement": _("Whole sentence"),
}
_HINTS: Final = {
    "verb": _("What is done: “Lays”."),
    "object": _("To what: “bricks”."),
    "context": _("How, where, with what: “according to the plan”."),
    "statement": _("Made of the three parts when empty."),
}


@dataclass(frozen=True)
class Language:
    """The fields of the form in one language."""

    name: str
    fields: Sequence[Any]


class OutcomeForm(Locked):
    """A learning outcome in each language of the interface, the one that it is written in first."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=OutcomeVersion.Kind.choices, widget=forms.RadioSelect, initial="skill"
    )
    source = forms.ChoiceField(label=_("Written in"))

    def __init__(
        self, *args: Any, wording: OutcomeVersion | None = None, again: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.wording = wording
        own: dict[str, Any] = self.fields
        reader = (get_language() or "en").split("-")[0]
        first = (
            self.initial.get("source"),
            reader,
        )  # the language that it is written in, then the reader's own
        known = [code for code, _name in settings.LANGUAGES]
        codes = sorted(known, key=lambda code: first.index(code) if code in first else len(first))
        self.codes = codes
        own["source"].choices = [(code, get_language_info(code)["name_translated"]) for code in codes]
        for code in codes:
            for part in _PARTS:
                own[f"{part}_{code}"] = forms.CharField(
                    label=_LABELS[part],
                    help_text=_HINTS[part],
                    required=False,
                    max_length=1000 if part == "statement" else 300,
                    widget=forms.Textarea(attrs={"lang": code, "rows": 3})
                    if part == "statement"
                    else forms.TextInput(attrs={"lang": code}),
                )
        if again:  # straight on with the next one
            own[f"verb_{codes[0]}"].widget.attrs["autofocus"] = True

    def languages(self) -> Iterator[Language]:
        """Yield the fields language by language."""
        for code in self.codes:
            fields = [self[f"{part}_{code}"] for part in _PARTS]
            yield Language(get_language_info(code)["name_translated"], fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        source = given.get("source")
        if source and not self._words()["statement"].get(source):
            self.add_error(
                f"verb_{source}",
                gettext(
                    "Write the outcome in the language that you chose: its parts, or the whole sentence."
                ),
            )
        return given

    def read(self) -> dict[str, Any]:
        """Return the columns of the wording."""
        source = self.cleaned_data["source"]
        texts = {
            part: Text(source if source in words or not words else next(iter(words)), words)
            for part, words in self._words().items()
        }
        return {"kind": self.cleaned_data["kind"], **texts}

    def _words(self) -> dict[str, dict[str, str]]:
        """Return the words of each part by language: those of the form, and of languages that it does not show."""
        told: dict[str, dict[str, str]] = {}
        for part in _PARTS:
            stored = getattr(self.wording, part).words if self.wording else {}
            told[part] = {code: words for code, words in stored.items() if code not in self.codes}
            for code in self.codes:
                if words := (self.cleaned_data.get(f"{part}_{code}") or "").strip():
                    told[part][code] = words
        told["statement"] = completed(told["statement"], told["verb"], told["object"], told["context"])
        return told


def initial_of_outcome(wording: OutcomeVersion) -> dict[str, Any]:
    """Return what the form shows for a wording as it is stored."""
    told: dict[str, Any] = {"kind": wording.kind, "source": wording.statement.source}
    for part in _PARTS:
        told |= {f"{part}_{code}": words for code, words in getattr(wording, part).words.items()}
    return told


class ReuseForm(Locked):
    """Which of the outcomes that were found a unit takes over."""

    wordings = forms.ModelMultipleChoiceField(
        OutcomeVersion.objects.none(),
        label=_("Learning outcomes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one learning outcome.")},
    )

    def __init__(self, *args: Any, offered: Sequence[OutcomeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["wordings"]
        own.queryset = OutcomeVersion.objects.filter(pk__in=[each.pk for each in offered])
        own.choices = [(each.pk, _offered(each)) for each in offered]
        self.order = {each.pk: place for place, each in enumerate(offered)}

    def chosen(self) -> list[OutcomeVersion]:
        """Return what was ticked, in the order of the page."""
        return sorted(self.cleaned_data["wordings"], key=lambda each: self.order[each.pk])


def _offered(wording: OutcomeVersion) -> object:
    return format_html(
        '<span>{}<br><span class="hint">{} · {}</span></span>',
        written(wording.statement),
        wording.get_kind_display(),
        wording.outcome.owner.name,
    )
