"""The forms of comments on a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.qualifications.models import Outcome, UnitOutcome


class CommentForm(forms.Form):
    """A comment on the file as a whole or on one of its outcomes."""

    outcome = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000)

    def __init__(self, *args: Any, outcomes: Sequence[UnitOutcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(use.outcome.outcome_id): use for use in outcomes}
        own: dict[str, Any] = self.fields
        own["outcome"].choices = [
            ("", gettext("the file as a whole")),
            *((key, Truncator(str(use.outcome.statement)).chars(90)) for key, use in self.by_id.items()),
        ]
        own["text"].error_messages["required"] = gettext("Write what you want to say.")

    def chosen(self) -> Outcome | None:
        """Return the outcome that the comment is about, None for the file."""
        use = self.by_id.get(self.cleaned_data["outcome"])
        return Outcome.objects.get(pk=use.outcome.outcome_id) if use else None


class AnswerForm(forms.Form):
    comment = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
        help_text=_("What was done about it, or why nothing was done."),
        error_messages={"required": _("Say what was done about the comment.")},
    )
