"""What the workbench of matching sends: a verdict on each proposal, and concepts found for outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gilde.qualifications.models import Linked, OutcomeConcept, OutcomeVersion
from gilde.qualifications.services.matching import Related, Verdict, VerdictName
from gilde.qualifications.views.drafting_facts import language_name

# Languages in which a text may be matched: those of the interface and those for which words are stemmed and split.
LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nl", "pt")
_VERDICTS: Final[Mapping[str, VerdictName]] = {"confirm": "confirm", "reject": "reject"}


def verdicts_in(sent: Mapping[str, Any], links: Sequence[OutcomeConcept]) -> list[Verdict]:
    """Return what was said of these proposals; “none of these” of an outcome rejects those left open."""
    found = []
    for link in links:
        said = _VERDICTS.get(sent.get(f"link-{link.pk}", ""))
        if said is None and sent.get(f"none-{link.outcome_id}"):
            said = "reject"
        if said is not None:
            found.append(Verdict(link, said, sent.get(f"relation-{link.pk}", "")))
    return found


def related_in(sent: Mapping[str, Any], outcomes: Sequence[OutcomeVersion]) -> list[Related]:
    """Return the concepts that were chosen for these outcomes."""
    return [
        Related(outcome, uri, sent.get(f"related-{outcome.pk}") or Linked.Relation.EXACT)
        for outcome in outcomes
        if (uri := sent.get(f"concept-{outcome.pk}", ""))
    ]


def languages() -> list[tuple[str, str]]:
    """Return the languages to choose from, by name."""
    codes = sorted({*LANGUAGES, *(code for code, _name in settings.LANGUAGES)})
    return sorted(((code, language_name(code)) for code in codes), key=lambda each: each[1].casefold())


def readers_language() -> str:
    """Return the code of the reader's language without its country."""
    return (get_language() or "en").split("-")[0]


class TryForm(forms.Form):
    """A sentence and its language."""

    text = forms.CharField(
        label=_("Sentence"),
        max_length=1000,
        help_text=_("A learning outcome, a competence, or a line of a vacancy."),
    )
    lang = forms.ChoiceField(label=_("Its language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lang"].choices = languages()  # type: ignore[attr-defined]
        self.fields["lang"].initial = readers_language()
