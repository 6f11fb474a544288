"""The forms of stacking rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import TextField
from gilde.qualifications.models import QualificationVersion, StackRule, Unit


class RuleForm(forms.Form):
    title = TextField(label=_("Title"), max_length=200, help_text=_("What the rule grants, in a few words."))
    micro_credentials = forms.MultipleChoiceField(
        label=_("Micro-credentials"), widget=forms.CheckboxSelectMultiple
    )
    minimum_count = forms.IntegerField(
        label=_("At least so many of them"), min_value=1, max_value=1000, initial=1
    )
    minimum_credit = forms.DecimalField(
        label=_("At least so many points together"),
        required=False,
        max_digits=7,
        decimal_places=2,
        localize=True,
    )
    max_age_years = forms.IntegerField(
        label=_("None older than so many years"), required=False, min_value=1, max_value=100
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Covers the unit"), required=False, empty_label=_("No unit: points only")
    )
    worth = forms.DecimalField(
        label=_("Worth in points"),
        required=False,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=_("Leave it empty where the rule covers a unit: then it is worth the points of the unit."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("Who decided the rule, and when.")
    )

    def __init__(
        self,
        version: QualificationVersion,
        *args: Any,
        offered: Iterable[QualificationVersion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(each.qualification_id): each.qualification for each in offered}
        named = [(str(each.qualification_id), str(each.title)) for each in offered]
        own: dict[str, Any] = self.fields
        own["micro_credentials"].choices = sorted(named, key=lambda choice: choice[1].casefold())
        own["unit"].queryset = version.units.all()

    def read(self) -> dict[str, Any]:
        """Return what was written, as the service takes it."""
        chosen = [self.offered[key] for key in self.cleaned_data["micro_credentials"]]
        return {**self.cleaned_data, "micro_credentials": chosen}


def rule_initial(rule: StackRule) -> dict[str, Any]:
    """Return what the form shows for a rule as it is stored now."""
    names = ("title", "minimum_count", "minimum_credit", "max_age_years", "worth", "source")
    return {
        **{name: getattr(rule, name) for name in names},
        "unit": rule.unit_id,
        "micro_credentials": [str(each.pk) for each in rule.micro_credentials.all()],
    }
