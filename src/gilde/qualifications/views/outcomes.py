"""Learning outcomes as things of their own: the catalogue, and one outcome over its wordings and its uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, link, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.models import User
from gilde.core.uris import uri
from gilde.organisations.public import roles_in
from gilde.qualifications import vocabularies
from gilde.qualifications.access import visible_outcomes, visible_versions
from gilde.qualifications.models import Linked, OutcomeConcept, OutcomeVersion, UnitOutcome
from gilde.qualifications.models.qualifications import PUBLIC
from gilde.qualifications.views.drafting_facts import concept_words
from gilde.qualifications.workbench import state_tag

_KINDS: Final = dict(OutcomeVersion.Kind.choices)
# A conjunction in one relation, so that each use is counted once.
_IN_PUBLIC: Final = Q(uses__unit__version__state__in=sorted(PUBLIC))


def _statement(row: Row) -> object:
    return link(reverse("qualifications:outcome", args=[row["outcome"]]), written(row["statement"]))


def _linked(found: QuerySet[Any], value: str) -> QuerySet[Any]:
    confirmed = OutcomeConcept.objects.filter(outcome=OuterRef("pk"), state=Linked.State.CONFIRMED)
    return found.filter(Exists(confirmed) if value == "yes" else ~Exists(confirmed))


def _in_sector(found: QuerySet[Any], value: str) -> QuerySet[Any]:
    uses = UnitOutcome.objects.filter(
        unit__version__qualification__sector=value, unit__version__state__in=sorted(PUBLIC)
    )
    return found.filter(pk__in=uses.values("outcome"))


OUTCOMES: Final = Listing(
    name="learning-outcomes",
    caption=gettext_lazy("Learning outcomes"),
    fields=("outcome", "statement", "kind", "outcome__code", "outcome__owner__name", "used", "concepts_n"),
    columns=(
        Column(
            "statement",
            gettext_lazy("Learning outcome"),
            cell=_statement,
            sort=words_of("statement"),
            head=True,
        ),
        Column("kind", gettext_lazy("Kind"), cell=lambda row: _KINDS.get(row["kind"], ""), sort="kind"),
        Column(
            "used",
            gettext_lazy("In qualifications"),
            sort="used",
            number=True,
        ),
        Column("concepts_n", gettext_lazy("Links to ESCO"), sort="concepts_n", number=True),
        Column(
            "owner",
            gettext_lazy("Kept by"),
            value=lambda row: row["outcome__owner__name"],
            sort=words_of("outcome__owner__name"),
        ),
        Column("code", gettext_lazy("Code"), value=lambda row: row["outcome__code"], download_only=True),
        Column(
            "uri", gettext_lazy("Address"), value=lambda row: uri("outcome", row["pk"]), download_only=True
        ),
    ),
    order="statement",
    search=(words_of("statement"), "outcome__code"),
    filters=(
        Filter("kind", gettext_lazy("Kind"), lambda: OutcomeVersion.Kind.choices, "kind"),
        Filter(
            "sector",
            gettext_lazy("Sector"),
            lambda: vocabularies.choices(vocabularies.sectors()),
            _in_sector,
        ),
        Filter(
            "linked",
            gettext_lazy("Linked to ESCO"),
            lambda: [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
            _linked,
        ),
    ),
    empty=gettext_lazy("Learning outcomes stand here once a qualification that holds them is recognised."),
)


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """Show the outcomes of recognised qualifications, each in its newest wording."""
    context = {
        "title": _("Learning outcomes"),
        "crumbs": [(_("Qualifications"), reverse("qualifications:list"))],
    }
    return OUTCOMES.respond(request, _fixed(), "qualifications/outcomes.html", context)


def _fixed() -> QuerySet[OutcomeVersion]:
    """Return the newest wording of each outcome that is fixed, with how often it is used and linked."""
    newer = OutcomeVersion.objects.filter(
        outcome=OuterRef("outcome"), fixed_at__isnull=False, number__gt=OuterRef("number")
    )
    confirmed = Q(concepts__state=Linked.State.CONFIRMED)
    return OutcomeVersion.objects.filter(~Exists(newer), fixed_at__isnull=False).annotate(
        used=Count("uses__unit__version__qualification", filter=_IN_PUBLIC, distinct=True),
        concepts_n=Count("concepts", filter=confirmed, distinct=True),
    )


@dataclass(frozen=True)
class Link:
    """A link of a wording to a concept, and who confirmed it in words that this reader may see."""

    words: SafeString
    confirmed: str
    at: Any


@dataclass(frozen=True)
class Wording:
    """One wording as the page shows it."""

    version: OutcomeVersion
    facts: Sequence[Fact]
    links: Sequence[Link]


@dataclass(frozen=True)
class Use:
    """A place where an outcome stands."""

    title: SafeString
    unit: Any
    state: SafeString
    wording: int


@login_not_required
@require_safe
def outcome(request: HttpRequest, outcome_id: UUID) -> HttpResponse:
    """Show one outcome: its wordings, where it is used, and its links to ESCO."""
    links = OutcomeConcept.objects.exclude(state=Linked.State.REJECTED).order_by("pk")
    wordings = list(
        visible_outcomes(request.user)
        .filter(outcome=outcome_id)
        .select_related("outcome__owner")
        .prefetch_related(Prefetch("concepts", links))
        .order_by("-number")
    )
    if not wordings:
        raise Http404
    newest = wordings[0]
    inside = bool(roles_in(request.user, newest.outcome.owner_id))
    names = _names(wordings) if inside else {}
    context = {
        "title": Truncator(str(newest.statement)).chars(160),
        "crumbs": [
            (_("Qualifications"), reverse("qualifications:list")),
            (_("Learning outcomes"), reverse("qualifications:outcomes")),
        ],
        "newest": newest,
        "kind": newest.get_kind_display(),
        "wordings": [_wording(each, inside, names) for each in wordings],
        "uses": _uses(request, wordings),
    }
    return render(request, "qualifications/outcome.html", context)


def _wording(version: OutcomeVersion, inside: bool, names: Mapping[Any, str]) -> Wording:
    parts = [
        Fact(_("Verb"), version.verb),
        Fact(_("Object"), version.object),
        Fact(_("Context"), version.context),
    ]
    facts = [Fact(each.label, written(each.value)) for each in parts if each.value]
    facts.append(
        Fact(_("Fixed since"), written(version.fixed_at) if version.fixed_at else _("not yet: a draft"))
    )
    facts.append(Fact(_("Address"), uri("outcome", version.pk)))
    links = [
        Link(concept_words(each), _confirmed(each, names), each.confirmed_at)
        for each in version.concepts.all()
        if inside or each.state == Linked.State.CONFIRMED
    ]
    return Wording(version, facts, links)


def _confirmed(concept: OutcomeConcept, names: Mapping[Any, str]) -> str:
    """Return who confirmed a link. The public is told that a person did, not who."""
    if concept.state != Linked.State.CONFIRMED:
        return _("nobody yet")
    return names.get(concept.confirmed_by) or _("a person")


def _names(wordings: Iterable[OutcomeVersion]) -> dict[Any, str]:
    """Return the names of those who confirmed links, by their id."""
    people = {
        each.confirmed_by for wording in wordings for each in wording.concepts.all() if each.confirmed_by
    }
    return {pk: str(user) for pk, user in User.objects.in_bulk(people).items()} if people else {}


def _uses(request: HttpRequest, wordings: Sequence[OutcomeVersion]) -> list[Use]:
    seen = visible_versions(request.user).order_by().values("pk")
    found = (
        UnitOutcome.objects.filter(outcome__in=[each.pk for each in wordings], unit__version__in=seen)
        .select_related("unit__version__qualification", "outcome")
        .order_by("unit__version__qualification__code", "-unit__version__number", "pk")
    )
    return [_use(each) for each in found]


def _use(use: UnitOutcome) -> Use:
    version = use.unit.version
    code = version.qualification.code
    url = (
        reverse("qualifications:version", args=[code, version.number])
        if version.state in PUBLIC
        else reverse("qualifications:file", args=[version.pk])
    )
    title = format_html(
        "{} ({})",
        link(url, written(version.title)),
        _("version %(number)d") % {"number": version.number},
    )
    return Use(title, written(use.unit.title), state_tag(version.state), use.outcome.number)
