"""The form with which an edition of a classification is loaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gilde.qualifications.classifications import lists


class FilesInput(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, in the order in which they were chosen."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, each checked as one file is."""
        several = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in several] or [
            super().clean(None, initial)
        ]


class LoadForm(forms.Form):
    """The files of one edition, of which classification they are, and the version where no name tells it."""

    scheme = forms.ChoiceField(label=_("Classification"))
    documents = FilesField(
        label=pgettext_lazy("to upload", "Files"),
        help_text=_(
            "ZIP archives or CSV files as the portal gives them, of one version; several languages together, "
            "or one now and others later."
        ),
    )
    version = forms.CharField(
        label=_("Version"),
        max_length=20,
        required=False,
        help_text=_("Where no name of a file tells it, such as 1.2.0."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("esco", "ESCO"), *((code, code.upper()) for code in sorted(lists.schemes()))]
        self.fields["scheme"].choices = known  # type: ignore[attr-defined]
