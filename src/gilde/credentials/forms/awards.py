"""The forms of awards: entering and correcting one, and the acts on one or many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gilde.core.fields import DateInput
from gilde.credentials import describing
from gilde.credentials.forms.issuers import Versioned
from gilde.credentials.forms.languages import language_names
from gilde.credentials.models import Achievement, Award
from gilde.credentials.services.drafting import Given


class AwardForm(Versioned):
    """Who is awarded, and what differs from one award of an achievement to another."""

    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=120, required=False)
    born = forms.DateField(label=_("Date of birth"), required=False, widget=DateInput)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("To tell the person. It stands in no document."),
    )
    person = forms.CharField(
        label=_("Own number of the person"),
        max_length=80,
        required=False,
        help_text=_("As you know them; it keeps their awards together. Never published."),
    )
    reference = forms.CharField(
        label=_("Own reference"), max_length=80, help_text=_("Of this award; each has its own.")
    )
    awarded_on = forms.DateField(label=_("Awarded on"), widget=DateInput)
    grade = forms.CharField(
        label=pgettext_lazy("result of an assessment", "Grade"), max_length=80, required=False
    )
    assessed_on = forms.DateField(label=_("Assessed on"), required=False, widget=DateInput)
    assessed_by = forms.CharField(
        label=_("Assessed by"), max_length=200, required=False, help_text=_("Where that was somebody else.")
    )
    reached = forms.MultipleChoiceField(
        label=_("Outcomes reached"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Untick what was not reached: it does not stand in the award."),
    )
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DateInput)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), help_text=_("In which the award is written."))

    def __init__(self, *args: Any, achievement: Achievement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = list(achievement.outcomes.all())
        self.every = [each.uri for each in outcomes]
        fields: dict[str, Any] = self.fields
        fields["reached"].choices = [(each.uri, str(each.title)) for each in outcomes]
        fields["language"].choices = list(language_names().items())
        if achievement.valid_months is None:
            fields["valid_until"].help_text = _("Empty: it does not expire.")
        else:
            fields["valid_until"].help_text = _("Empty: as the achievement says, %(months)d months.") % {
                "months": achievement.valid_months
            }
        if not outcomes:
            del self.fields["reached"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not (told.get("given_name", "").strip() or told.get("family_name", "").strip()):
            self.add_error("family_name", _("Say who is awarded: a given name or a family name."))
        return told

    def given(self) -> Given:
        """Return what was written, as the services take it."""
        told = {**self.read()}
        reached = told.pop("reached", self.every)
        return Given(**told, left_out=tuple(uri for uri in self.every if uri not in reached))


class CorrectForm(AwardForm):
    """The award as it should have been, and why it is not."""

    reason = forms.CharField(
        label=_("What was wrong"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The holder is told, and so is who checks the award that was."),
    )
    notify = forms.BooleanField(label=_("Tell the holder by mail"), required=False, initial=True)

    def read(self) -> dict[str, Any]:
        """Return what was written of the award."""
        return {name: value for name, value in super().read().items() if name not in ("reason", "notify")}


def award_initial(award: Award) -> dict[str, Any]:
    """Return what the form shows for an award as it is stored now."""
    holder = award.holder
    usual = describing.valid_until(award.achievement, award.awarded_on)
    until = award.valid_until
    left_out = set(award.left_out)
    names = ("reference", "awarded_on", "grade", "assessed_on", "assessed_by", "place", "language", "version")
    return {
        **{name: getattr(award, name) for name in names},
        "given_name": holder.given_name,
        "family_name": holder.family_name,
        "born": holder.born,
        "email": holder.email,
        "person": holder.reference,
        "valid_until": timezone.localtime(until).date() if until and until != usual else None,
        "reached": [each.uri for each in award.achievement.outcomes.all() if each.uri not in left_out],
    }


class ActForm(Versioned):
    """What an act asks for: the reason where it needs one, and whether the holder is told."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    notify = forms.BooleanField(label=_("Tell the holder by mail"), required=False, initial=True)

    def __init__(self, *args: Any, reason: str, notify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reason:
            self.fields["reason"].help_text = reason
        else:
            del self.fields["reason"]
        if not notify:
            del self.fields["notify"]

    def told(self) -> dict[str, Any]:
        """Return what was written, by the names that the services take."""
        return self.read()


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("Empty: this person is not written to.")
    )
