"""The forms of loads: a file that comes in, and the decision on one that is held."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.indicators.forms.fields import Versioned

LEAVE_OUT, REJECT = "leave-out", "reject"


class LoadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "SDMX-ML, SDMX-CSV, SDMX-JSON, JSON-stat or Eurostat TSV, also packed (ZIP, GZIP); at most 50 MB."
        ),
    )
    complete = forms.ChoiceField(
        label=_("Does the file hold every figure of this indicator?"),
        choices=[
            ("no", _("No, or I do not know: figures that it leaves out stay as they are")),
            (
                "yes",
                _("Yes: figures that it leaves out were withdrawn by the source, and are withdrawn here"),
            ),
        ],
        initial="no",
        widget=forms.RadioSelect,
    )

    def is_complete(self) -> bool:
        """Return whether what the file leaves out was withdrawn by the source."""
        return bool(self.cleaned_data["complete"] == "yes")


class DecisionForm(Versioned):
    """What becomes of a held load. Kinds of findings that may be taken as they stand are offered, others not."""

    act = forms.ChoiceField(
        label=_("What shall become of it"),
        widget=forms.RadioSelect,
        choices=[
            (LEAVE_OUT, _("Publish it without the rows with a finding")),
            (REJECT, _("Reject it: nothing of it is published")),
        ],
    )
    take = forms.MultipleChoiceField(
        label=_("But take these as they stand"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Only when you are sure of them: they are published like every other row."),
    )
    ground = forms.CharField(
        label=_("Ground"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw, or who told you. It is kept with the load."),
    )

    def __init__(self, *args: Any, takeable: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        if takeable:
            own["take"].choices = list(takeable)
        else:
            del self.fields["take"]

    def rejects(self) -> bool:
        """Return whether the load is rejected."""
        return bool(self.cleaned_data["act"] == REJECT)

    def taken(self) -> list[str]:
        """Return the kinds of findings that are taken as they stand."""
        return list(self.cleaned_data.get("take") or [])
