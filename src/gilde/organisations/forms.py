"""What people fill in about organisations and roles. The rules are in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import clock
from gilde.core.fields import DateInput, LinesField, TextField
from gilde.core.models import User
from gilde.organisations.models import Membership, Organisation


class OrganisationForm(forms.Form):
    name = TextField(label=gettext_lazy("Name"), max_length=300)
    short = forms.CharField(label=gettext_lazy("Abbreviation"), max_length=40, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organisation.Kind.choices)
    country = forms.CharField(
        label=gettext_lazy("Country"),
        required=False,
        max_length=2,
        help_text=gettext_lazy("Two letters, as BE; EU for the Union."),
    )
    aliases = LinesField(
        label=gettext_lazy("Other names"),
        help_text=gettext_lazy("As documents write them, one on each line."),
    )
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    synthetic = forms.BooleanField(
        label=gettext_lazy("Invented"),
        required=False,
        help_text=gettext_lazy("It does not exist; pages say so."),
    )


class ChangeForm(OrganisationForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class RoleForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Of an account that exists here already."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.Role.choices)
    since = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("Leave empty when the role has no end."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].initial = clock.today

    def clean_email(self) -> User:
        """Return the account of the address."""
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(
                _("Nobody has an account with this address. Ask the person to sign up first.")
            )
        return user
