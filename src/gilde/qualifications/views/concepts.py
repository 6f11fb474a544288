"""Browsing the edition of a classification that is in use, and one concept with its neighbours and its uses here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, link, written
from gilde.core.form_pages import found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.qualifications.concept_uses import seen_uses
from gilde.qualifications.models import Concept, ConceptRelation, Scheme, SchemeEdition
from gilde.qualifications.views.classifications import crumbs
from gilde.qualifications.views.drafting_facts import language_name

NEIGHBOURS: Final = 100  # of one kind that a page shows
KINDS: Final[dict[str, Any]] = {
    "skill": gettext_lazy("Skill or knowledge"),
    "skill-group": gettext_lazy("Group of skills"),
    "occupation": gettext_lazy("Occupation"),
    "group": gettext_lazy("Group of occupations"),
    "field": gettext_lazy("Field of education"),
    "level": gettext_lazy("Level of education"),
    "section": pgettext_lazy("of NACE", "Section"),
    "division": pgettext_lazy("of NACE", "Division"),
    "class": pgettext_lazy("of NACE", "Class"),
}
# How a concept relates to its neighbours, as a heading: those that it names, and those that name it.
_OUT: Final = {
    ConceptRelation.Kind.BROADER: gettext_lazy("Broader"),
    ConceptRelation.Kind.ESSENTIAL: gettext_lazy("Essential skills and knowledge"),
    ConceptRelation.Kind.OPTIONAL: gettext_lazy("Optional skills and knowledge"),
    ConceptRelation.Kind.RELATED: gettext_lazy("Related"),
}
_IN: Final = {
    ConceptRelation.Kind.BROADER: gettext_lazy("Narrower"),
    ConceptRelation.Kind.ESSENTIAL: gettext_lazy("Essential for"),
    ConceptRelation.Kind.OPTIONAL: gettext_lazy("Optional for"),
    ConceptRelation.Kind.RELATED: gettext_lazy("Related to this one"),
}


@dataclass(frozen=True)
class Neighbours:
    """The concepts that relate to one in one way; `more` is how many are not shown."""

    title: Any
    links: Sequence[SafeString]
    more: int


def address(uri: str) -> str:
    """Return the page of a concept."""
    return f"{reverse('qualifications:concept')}?{urlencode({'uri': uri})}"


def kind_name(kind: str) -> str:
    """Return what a kind of concept is called; kinds of other lists show as they are."""
    return str(KINDS.get(kind, kind))


@login_not_required
@require_safe
def browse(request: HttpRequest, scheme: str) -> HttpResponseBase:
    """Show the concepts of the edition in use, to be searched, filtered and downloaded."""
    shown = found(Scheme.objects.all(), code=scheme)
    edition = SchemeEdition.objects.filter(scheme=scheme, current=True).first()
    concepts = Concept.objects.filter(edition=edition) if edition else Concept.objects.none()
    kinds = sorted(concepts.order_by().values_list("kind", flat=True).distinct())
    context = {
        "title": str(shown),
        "crumbs": crumbs(),
        "scheme": shown,
        "edition": edition,
    }
    return _listing(shown, kinds).respond(request, concepts, "qualifications/classification.html", context)


@login_not_required
@require_safe
def concept(request: HttpRequest) -> HttpResponse:
    """Show one concept, of the edition in use where it is there, else of the one that was loaded last."""
    uri = request.GET.get("uri", "")[:200]
    known = list(
        Concept.objects.filter(uri=uri)
        .select_related("edition__scheme")
        .order_by("-edition__current", "-edition__loaded_at", "pk")
    )
    if not known:
        raise Http404
    shown = known[0]
    scheme = shown.edition.scheme
    context = {
        "title": str(shown.label),
        "crumbs": crumbs((str(scheme), reverse("qualifications:classification", args=[scheme.code]))),
        "concept": shown,
        "kind": kind_name(shown.kind),
        "facts": _facts(shown, known[1:]),
        "labels": _labels(shown),
        "descriptions": sorted(shown.description.words.items()),
        "neighbours": _neighbours(shown),
        "uses": seen_uses(request.user, [uri]).get(uri, []),
    }
    return render(request, "qualifications/concept.html", context)


def _listing(scheme: Scheme, kinds: Sequence[str]) -> Listing:
    choices = [(kind, kind_name(kind)) for kind in kinds]
    return Listing(
        name=f"concepts-{scheme.code}",
        caption=gettext_lazy("Concepts"),
        fields=("uri", "label", "kind", "code", "status"),
        columns=(
            Column("label", gettext_lazy("Name"), cell=_name, sort=words_of("label"), head=True),
            Column("code", gettext_lazy("Code"), sort="code"),
            Column("kind", gettext_lazy("Kind"), cell=lambda row: kind_name(row["kind"]), sort="kind"),
            Column("status", gettext_lazy("Status"), download_only=True),
            Column("uri", gettext_lazy("Address"), download_only=True),
        ),
        # What has no code, as the skills of ESCO, is found by its name.
        order="label" if "skill" in kinds else "code",
        search=(words_of("label"), "code"),
        filters=(Filter("kind", gettext_lazy("Kind"), lambda: choices, "kind"),),
        keyset=True,
        empty=gettext_lazy("The concepts stand here once an edition is loaded and in use."),
    )


def _name(row: Row) -> object:
    return link(address(row["uri"]), written(row["label"]))


def _facts(shown: Concept, others: Sequence[Concept]) -> list[Fact]:
    editions = ", ".join(str(each.edition) for each in others)
    replaced = [link(address(uri), uri) for uri in shown.replaced_by]
    told = [
        Fact(_("Address"), link(shown.uri, shown.uri)),
        Fact(_("Code"), shown.code),
        Fact(_("Shown as in"), str(shown.edition)),
        Fact(_("Also in"), editions),
        Fact(_("Status"), shown.status),
        Fact(_("Type"), shown.skill_type),
        Fact(_("How widely used"), shown.reuse),
        Fact(_("Regulated"), shown.regulated),
        Fact(_("Collections"), ", ".join(shown.member_of)),
        *(Fact(_("Replaced by"), each) for each in replaced),
    ]
    return [Fact(each.label, written(each.value)) for each in told if each.value not in ("", None)]


def _labels(shown: Concept) -> list[tuple[str, str, str, str]]:
    """Return for each language its name, its code, the name of the concept in it and its other names."""
    languages = sorted({*shown.label.words, *shown.terms}, key=language_name)
    return [
        (language_name(code), code, shown.label.words.get(code, ""), " · ".join(shown.terms.get(code, ())))
        for code in languages
    ]


def _neighbours(shown: Concept) -> list[Neighbours]:
    told = []
    for titles, here, there in ((_OUT, "source", "target"), (_IN, "target", "source")):
        rows = ConceptRelation.objects.filter(**{here: shown}).order_by("pk")
        read = list(rows.values_list("kind", f"{there}__uri", f"{there}__label"))
        for kind, title in titles.items():
            named = sorted(
                ((uri, label) for each, uri, label in read if each == kind),
                key=lambda each: str(each[1]).casefold(),
            )
            if named:
                links = [link(address(uri), written(label)) for uri, label in named[:NEIGHBOURS]]
                told.append(Neighbours(title, links, max(0, len(named) - NEIGHBOURS)))
    return told
