"""The classifications that are loaded: their editions, which one is in use, what can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.form_pages import Crumb
from gilde.qualifications.access import can_keep_reference
from gilde.qualifications.models import Scheme, SchemeEdition
from gilde.qualifications.views.drafting_facts import language_name


@dataclass(frozen=True)
class Edition:
    """An edition as a row shows it; `compare` leads to what changed since the one in use, or up to it."""

    edition: SchemeEdition
    languages: str
    use: str
    compare: str


@dataclass(frozen=True)
class Loaded:
    """A classification with its editions, the one in use first."""

    scheme: Scheme
    editions: list[Edition]


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show every classification that is loaded. Two queries, and those of who may keep them."""
    keeps = bool(can_keep_reference(request.user))
    schemes = Scheme.objects.prefetch_related("editions").order_by("code")
    context = {
        "title": _("Classifications"),
        "crumbs": [(_("Qualifications"), reverse("qualifications:list"))],
        "schemes": [_loaded(each, keeps) for each in schemes if each.editions.all()],
        "keeps": keeps,
    }
    return render(request, "qualifications/classifications.html", context)


def crumbs(*more: Crumb) -> list[Crumb]:
    """Return the way to a page of classifications."""
    return [
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Classifications"), reverse("qualifications:classifications")),
        *more,
    ]


def _loaded(scheme: Scheme, keeps: bool) -> Loaded:
    editions = sorted(scheme.editions.all(), key=lambda each: (not each.current, each.number))
    current = next((each for each in editions if each.current), None)
    return Loaded(scheme, [_edition(each, current, keeps) for each in editions])


def _edition(edition: SchemeEdition, current: SchemeEdition | None, keeps: bool) -> Edition:
    compare = use = ""
    if edition.state == SchemeEdition.State.LOADED and current is not None and not edition.current:
        # From the older to the newer, by their numbers.
        old, new = sorted((edition, current), key=lambda each: _number(each.number))
        compare = reverse("qualifications:classification-compare", args=[edition.scheme_id, old.pk, new.pk])
    if keeps and edition.state == SchemeEdition.State.LOADED and not edition.current:
        use = reverse("qualifications:classification-use", args=[edition.scheme_id, edition.pk])
    return Edition(edition, ", ".join(map(language_name, edition.languages)), use, compare)


def _number(number: str) -> list[tuple[int, str]]:
    """Return a key that puts "1.10" after "1.9"."""
    return [(int(part) if part.isascii() and part.isdigit() else 0, part) for part in number.split(".")]
