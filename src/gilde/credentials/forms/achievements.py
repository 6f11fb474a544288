"""The forms of achievements: made by hand or from the register, changed, and their outcomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import LinesField, TextField
from gilde.credentials.forms.issuers import Versioned
from gilde.credentials.forms.languages import language_names
from gilde.credentials.models import Achievement, AchievementOutcome, Kind
from gilde.credentials.services.achievements import MEANING, MOST_OUTCOMES, Told

EMPTY_ROWS: Final = 3
_URI: Final = r"https?://\S{1,280}"


class AchievementForm(Versioned):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    code = forms.SlugField(
        label=_("Code"),
        max_length=80,
        help_text=_("As rows of a file of awards name it: letters, digits and hyphens."),
    )
    title = TextField(label=_("Title"), max_length=200)
    description = TextField(label=_("Description"), long=True, required=False)
    criteria = TextField(
        label=_("Criteria"), long=True, required=False, help_text=_("What somebody does to be awarded this.")
    )
    framework = forms.CharField(
        label=_("Framework"), max_length=300, required=False, help_text=_("Such as VKS, NLQF or EQF.")
    )
    level = forms.CharField(label=_("Level"), max_length=20, required=False)
    eqf = forms.TypedChoiceField(
        label=_("EQF level"),
        choices=[("", "–"), *((n, n) for n in range(1, 9))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    hours = forms.DecimalField(
        label=_("Workload in hours"),
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
    )
    credit = forms.DecimalField(
        label=_("Credit points"), required=False, min_value=0, max_digits=7, decimal_places=2, localize=True
    )
    credit_system = forms.CharField(
        label=_("Credit system"), max_length=20, required=False, help_text=_("Such as ects.")
    )
    assessment = TextField(label=_("Assessment"), long=True, required=False)
    assessment_method = forms.CharField(
        label=_("Method of assessment"), max_length=120, required=False, help_text=_("In a few words.")
    )
    fields_of_study = LinesField(
        label=_("Fields of education"), help_text=_("Codes of ISCED-F 2013, one on each line.")
    )
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("In which awards are written, unless one says another.")
    )
    valid_months = forms.IntegerField(
        label=_("Valid for, in months"),
        required=False,
        min_value=1,
        max_value=1200,
        help_text=_("Empty: it does not expire."),
    )
    meaning_stays = forms.BooleanField(
        label=_("The words mean the same as before"),
        required=False,
        help_text=_("Awards that are out keep the words they have, until you issue them anew."),
    )

    def __init__(self, *args: Any, awarded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["language"].choices = list(language_names().items())
        if not awarded:
            del self.fields["meaning_stays"]
            return
        for name in MEANING:
            if name in self.fields:
                self.fields[name].disabled = True

    def read(self) -> dict[str, Any]:
        """Return what was written, by the names of the columns, without what may not change any more."""
        return {name: value for name, value in super().read().items() if not self.fields[name].disabled}


def achievement_initial(achievement: Achievement) -> dict[str, Any]:
    """Return what the form shows for an achievement as it is stored now."""
    names = [name for name in AchievementForm.base_fields if name != "meaning_stays"]
    return {name: getattr(achievement, name) for name in names}


class OutcomeForm(forms.Form):
    """One outcome; a row whose title is emptied is taken away."""

    uri = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    title = TextField(label=_("Outcome"), long=True, max_length=600, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", "–"), *AchievementOutcome.Kind.choices], required=False
    )
    skills = LinesField(
        label=_("ESCO skills"),
        help_text=_("Addresses of skills that it is an exact match of, one on each line."),
    )

    position = forms.IntegerField(label=_("Place in the list"), required=False, min_value=1, max_value=9999)

    def __init__(self, *args: Any, awarded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if awarded:
            self.fields["kind"].disabled = True
            self.fields["skills"].disabled = True

    def clean_skills(self) -> list[str]:
        for line in self.cleaned_data["skills"]:
            if not re.fullmatch(_URI, line):
                raise forms.ValidationError(_("This is no address: %(line)s."), params={"line": line})
        return list(self.cleaned_data["skills"])


class Outcomes(BaseFormSet[OutcomeForm]):
    """The outcomes of an achievement in one form, with empty rows for new ones."""

    def told(self) -> list[Told]:
        """Return the outcomes in the order that their places say; rows without a title are left out."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("title")]
        order = sorted(enumerate(rows), key=lambda each: (each[1]["position"] or MOST_OUTCOMES * 10, each[0]))
        return [Told(row["title"], row["uri"], row["kind"], tuple(row["skills"])) for _number, row in order]


def outcomes_form(
    data: Any, outcomes: Sequence[AchievementOutcome], *, awarded: bool, empty: int = EMPTY_ROWS
) -> Outcomes:
    """Return the form of these outcomes; once awarded, no row can be added."""
    made: Any = formset_factory(
        OutcomeForm, formset=Outcomes, extra=0 if awarded else empty, max_num=MOST_OUTCOMES, absolute_max=500
    )
    initial = [
        {
            "uri": each.uri,
            "position": each.position,
            "title": each.title,
            "kind": each.kind,
            "skills": list(each.skills),
        }
        for each in outcomes
    ]
    form: Outcomes = made(data, initial=initial, prefix="outcomes", form_kwargs={"awarded": awarded})
    return form


class ChosenForm(forms.Form):
    """Which outcomes of a qualification, and the code of the achievement that is made of them."""

    outcomes = forms.MultipleChoiceField(
        label=_("Outcomes"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Leave some out to award a part: a partial qualification."),
    )
    code = forms.SlugField(
        label=_("Code"), max_length=80, help_text=_("As rows of a file of awards name it.")
    )
    title = TextField(label=_("Title"), max_length=200)

    def __init__(self, *args: Any, offered: Sequence[Told], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcomes"]
        field.choices = [(each.uri, str(each.title)) for each in offered]
        if not offered:
            del self.fields["outcomes"]

    def clean_outcomes(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["outcomes"]
        if not chosen:
            raise forms.ValidationError(_("Choose one outcome or more."))
        return chosen


class CodeForm(forms.Form):
    code = forms.SlugField(
        label=_("Code of the new one"), max_length=80, help_text=_("As rows of a file of awards name it.")
    )
