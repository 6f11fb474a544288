"""The forms of committees: who sits on one, how it decides, and what is said in its room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.fields import DateInput
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications.judging import Scale
from gilde.qualifications.models import Committee, Element, Level, Member, Vote


class ChangeSeatForm(forms.Form):
    """A seat of somebody who sits on a committee already."""

    role = forms.ChoiceField(label=_("Role"), choices=Member.Role.choices, initial=Member.Role.MEMBER)
    votes = forms.IntegerField(
        label=_("Votes"),
        min_value=0,
        max_value=99,
        initial=1,
        help_text=_("The weight of the vote. 0 for who only advises."),
    )
    organisation = forms.ModelChoiceField(
        label=_("For which organisation"),
        queryset=Organisation.objects.order_by("slug"),
        required=False,
        empty_label=_("for nobody but themselves"),
    )
    since = forms.DateField(label=_("First day"), widget=DateInput)
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput,
        help_text=_("Leave empty while the seat has no end. To end it today, give today."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day must not come before the first day."))
        return given


class SeatForm(ChangeSeatForm):
    """A seat for a person, who is named by the address of an account."""

    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Of an account that exists here already.")
    )
    field_order = ("email",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = clock.today()

    def clean_email(self) -> User:
        """Return the account of the address."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                gettext("Nobody has an account with this address. Ask the person to sign up first.")
            )
        return user


class CommitteeForm(forms.Form):
    """How a committee decides."""

    quorum = forms.IntegerField(
        label=_("Quorum"),
        min_value=1,
        max_value=999,
        help_text=_("How many members with a vote must take part."),
    )
    rule = forms.ChoiceField(label=_("Decides by"), choices=Committee.Rule.choices)
    version = forms.IntegerField(widget=forms.HiddenInput)


# --- in the room


class VoteForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("Your vote"),
        choices=Vote.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you vote.")},
    )
    ground = forms.CharField(
        label=_("Ground"),
        widget=forms.Textarea,
        required=False,
        max_length=10_000,
        help_text=_("Who is against says why, so that the drafters can do something about it."),
    )


@dataclass(frozen=True)
class LevelRow:
    """The fields of one element, and what each level asks on it."""

    element: Element
    level: Any
    ground: Any
    chosen: str
    hint: str
    descriptors: Sequence[tuple[Level, Text]]
    new_group: bool


class LevelsForm(forms.Form):
    """A level and a ground for each element of a framework; what is left open stays as it was."""

    def __init__(
        self,
        *args: Any,
        scale: Scale,
        known: Mapping[int, tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        """`known` gives by element the code of the level and the ground that are there already."""
        super().__init__(*args, **kwargs)
        self.scale = scale
        self.hints: Mapping[int, str] = {}  # a sentence to an element
        choices = [(level.code, level.code) for level in scale.levels]
        for element in scale.elements:
            level, ground = (known or {}).get(element.pk, ("", ""))
            self.fields[f"level_{element.pk}"] = forms.ChoiceField(
                label=str(element.name),
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial=level,
            )
            self.fields[f"ground_{element.pk}"] = forms.CharField(
                label=gettext("Ground: %(element)s") % {"element": element.name},
                widget=forms.Textarea(attrs={"rows": 2}),
                required=False,
                max_length=10_000,
                initial=ground,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for element in self.scale.elements:
            if given.get(f"ground_{element.pk}") and not given.get(f"level_{element.pk}"):
                self.add_error(f"level_{element.pk}", gettext("Choose the level that goes with your ground."))
        if not self.errors and not self.levels():
            raise forms.ValidationError(gettext("Choose a level on at least one element."))
        return given

    def levels(self) -> dict[Element, tuple[Level, str]]:
        """Return the level and the ground of each element that has a level."""
        by_code = {level.code: level for level in self.scale.levels}
        given = self.cleaned_data
        return {
            element: (by_code[given[f"level_{element.pk}"]], given.get(f"ground_{element.pk}", ""))
            for element in self.scale.elements
            if given.get(f"level_{element.pk}")
        }

    def rows(self) -> list[LevelRow]:
        """Return the fields by element, in the order of the framework."""
        rows, group = [], ""
        for element in self.scale.elements:
            rows.append(
                LevelRow(
                    element,
                    self[f"level_{element.pk}"],
                    self[f"ground_{element.pk}"],
                    self[f"level_{element.pk}"].value() or "",
                    self.hints.get(element.pk, ""),
                    self.scale.descriptors(element),
                    bool(element.group) and str(element.group) != group,
                )
            )
            group = str(element.group)
        return rows


class SaidForm(forms.Form):
    """A comment on the file or on one of its outcomes, or an answer to one."""

    text = forms.CharField(max_length=10_000, error_messages={"required": _("Write what you want to say.")})
    outcome = forms.CharField(max_length=40, required=False)
