"""The forms of decisions: a ground or a remark, and the version that was looked at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.indicators.forms.fields import Versioned


class GroundForm(Versioned):
    """The ground of a decision that somebody will have to understand."""

    ground = forms.CharField(
        label=_("Ground of the decision"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is missing, so that it can be put right."),
    )


class RemarkForm(Versioned):
    """What somebody wants to add to a decision that explains itself."""

    ground = forms.CharField(
        label=_("Remark"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class SignedGroundForm(forms.Form):
    """The ground for which something signed is taken back."""

    ground = forms.CharField(
        label=_("Ground"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What changed, or what was wrong."),
    )
