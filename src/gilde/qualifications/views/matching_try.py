"""The public page to try matching: type a sentence, see the skills of ESCO that it may mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.qualifications.forms.matching import TryForm
from gilde.qualifications.matching import Candidate, match
from gilde.qualifications.models import Concept
from gilde.qualifications.services.matching_index import index_of, names_of, standing

SHOWN = 10
WHY = {
    "same words": gettext_lazy("the same words"),
    "similar text": gettext_lazy("similar words"),
    "confirmed before": gettext_lazy("a person confirmed a similar sentence"),
    "meaning": gettext_lazy("by its meaning in other languages"),
}


@dataclass(frozen=True)
class Found:
    """A concept as the page shows it."""

    candidate: Candidate
    concept: Concept
    why: Any

    @property
    def percent(self) -> int:
        """Return the score from 0 to 100."""
        return round(self.candidate.score * 100)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the form, and for a sentence the skills that it may mean, or that none does."""
    form = TryForm(request.GET if "text" in request.GET else None)
    now = standing()
    found: list[Found] | None = None
    if now.ready and form.is_bound and form.is_valid():
        found = _found(form.cleaned_data["text"], form.cleaned_data["lang"])
    context = {
        "title": _("Match a sentence with ESCO"),
        "crumbs": [(_("Qualifications"), reverse("qualifications:list"))],
        "form": form,
        "standing": now,
        "found": found,
    }
    return render(request, "qualifications/matching_try.html", context)


def _found(text: str, language: str) -> list[Found]:
    candidates = match(index_of(), text, language, limit=SHOWN)
    concepts = names_of([each.uri for each in candidates])
    return [Found(each, concepts[each.uri], WHY[each.why]) for each in candidates if each.uri in concepts]
