"""Study programmes: the matrix, and one programme with where it leads and where it can be followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import charts, clock
from gilde.core.charts import Axis, Chart
from gilde.core.components import Fact, Kind, Signal, day, link, nothing, status, written
from gilde.core.form_pages import Crumb, found
from gilde.core.periods import SchoolYear
from gilde.indicators.public import address_of_area
from gilde.qualifications import access, due, enrolments, vocabularies
from gilde.qualifications.models import Enrolment, Offer, Programme, QualificationVersion, State
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.vocabularies import Matrix, Terms, name_of

RUNNING: Final = "running"
STANDING_KINDS: Final[Mapping[str, Kind]] = {
    due.Standing.OVERDUE: "bad",
    due.Standing.THIS_YEAR: "warn",
    due.Standing.NOT_YET: "none",
}


def crumbs_of(*more: Crumb) -> list[Crumb]:
    """Return the way to a page of programmes."""
    root = [(_("Qualifications"), reverse("qualifications:list"))]
    return [*root, (_("Programmes"), reverse("qualifications:programmes")), *more]


def standing_tag(standing: str) -> SafeString:
    """Return how a screening or review stands as a tag."""
    return status(STANDING_KINDS[standing], due.Standing(standing).label)


def screening_years() -> dict[str, int]:
    """Return how many school years may pass between screenings, by matrix."""
    return {code: each.screening_years for code, each in vocabularies.matrices().items()}


def school_year(start: int | None) -> str:
    """Return a school year as it is written: "2025-2026"; "" for none."""
    return "" if start is None else str(SchoolYear(start))


def current_versions(versions: Iterable[QualificationVersion]) -> list[QualificationVersion]:
    """Return one version of each qualification, in the given order: on the register, else recognised, else newest."""
    best: dict[Any, QualificationVersion] = {}
    for version in versions:
        known = best.get(version.qualification_id)
        if known is None or _rank(version) > _rank(known):
            best[version.qualification_id] = version
    return list(best.values())


def _rank(version: QualificationVersion) -> tuple[bool, bool, int]:
    return version.state in ON_REGISTER, version.recognised_at is not None, version.number


def still_running(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    """Return the programmes that have not ended."""
    this_year = SchoolYear.of(clock.today()).start
    return programmes.filter(Q(ended_in=None) | Q(ended_in__gte=this_year))


# --- the matrix


@dataclass(frozen=True)
class Cell:
    """How many programmes stand in a cell, and the list of them."""

    count: int
    url: str


@login_not_required
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Show how many programmes stand at each finality in each domain, in one form or in all."""
    known = vocabularies.matrices()
    matrix = known.get(request.GET.get("matrix", "")) or next(iter(known.values()))
    form = request.GET.get("form", "")
    form = form if form in matrix.forms else ""
    programmes = still_running(access.visible_programmes(request.user)).filter(matrix=matrix.code)
    stand_in = programmes.filter(form=form) if form else programmes
    counted: Any = stand_in.order_by().values_list("domain", "finality").annotate(n=Count("pk"))
    counts = {(domain, finality): n for domain, finality, n in counted}
    heads = _also(matrix.finalities, (finality for _domain, finality in counts))
    domains = _also(matrix.domains, (domain for domain, _finality in counts))

    def cell(**where: str) -> Cell:
        n = sum(
            count
            for (domain, finality), count in counts.items()
            if where.get("domain", domain) == domain and where.get("finality", finality) == finality
        )
        asked = {"matrix": matrix.code, **where, **({"form": form} if form else {}), "state": RUNNING}
        return Cell(n, reverse("qualifications:programme-list") + "?" + urlencode(asked))

    context = {
        "title": _("Study programmes"),
        "crumbs": crumbs_of()[:1],
        "matrix": matrix,
        "matrices": [(each.code, each.name, each.code == matrix.code) for each in known.values()],
        "forms": [(code, term.name, code == form) for code, term in matrix.forms.items()],
        "form_name": matrix.forms[form].name if form else "",
        "heads": [name_of(matrix.finalities, code) for code in heads],
        "rows": [
            (
                name_of(matrix.domains, domain),
                [cell(domain=domain, finality=finality) for finality in heads],
                cell(domain=domain),
            )
            for domain in domains
        ],
        "totals": [cell(finality=finality) for finality in heads],
        "all": cell(),
        "signals": _signals(programmes),
        "add_url": reverse("qualifications:programme-add") if access.can_draft(request.user) else "",
        "load_url": reverse("qualifications:enrolment-load") if access.can_draft(request.user) else "",
    }
    return render(request, "qualifications/programmes.html", context)


def _also(terms: Terms, codes: Iterable[str]) -> list[str]:
    """The codes of a list, and those that things carry although the list does not hold them."""
    return [*terms, *sorted(set(codes) - set(terms))]


def _signals(programmes: QuerySet[Programme]) -> list[Signal]:
    today = clock.today()
    waiting = programmes.annotate(due_in=due.due_year(screening_years())).filter(due.must_be_screened(today))
    told = waiting.aggregate(
        overdue=Count("pk", filter=due.stands(due.Standing.OVERDUE, today)),
        now=Count("pk", filter=due.stands(due.Standing.THIS_YEAR, today)),
    )
    here = reverse("qualifications:programme-due")
    return [
        Signal(_("programmes"), programmes.count(), url=reverse("qualifications:programme-list")),
        Signal(_("screenings overdue"), told["overdue"], url=f"{here}?standing={due.Standing.OVERDUE}"),
        Signal(
            _("screenings due this school year"), told["now"], url=f"{here}?standing={due.Standing.THIS_YEAR}"
        ),
    ]


# --- one programme


def programme_of(request: HttpRequest, code: str) -> Programme:
    """Return the programme of an address that the reader may see."""
    return found(access.visible_programmes(request.user).select_related("owner"), code=code)


def matrix_of(programme: Programme) -> Matrix | None:
    """Return the matrix in which a programme stands, None where Gilde does not know it."""
    return vocabularies.matrices().get(programme.matrix)


@login_not_required
@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a programme is, where it leads and can be followed, who follows it, when it is due for screening."""
    it = programme_of(request, code)
    offers = list(it.offers.select_related("provider", "area").order_by("place", "pk"))
    now = SchoolYear.of(clock.today()).start
    may = access.can_keep_programme(request.user, it) if request.user.is_authenticated else None
    context = {
        "title": str(it.title),
        "crumbs": crumbs_of(),
        "programme": it,
        "facts": _facts(it),
        "leads_to": _leads_to(request, it),
        "offers": [_offer(each) for each in offers if each.until is None or each.until >= now],
        "ended": [_offer(each) for each in offers if each.until is not None and each.until < now],
        "chart": _chart(it),
        "may_keep": bool(may),
    }
    return render(request, "qualifications/programme.html", context)


def _facts(it: Programme) -> list[Fact]:
    matrix = matrix_of(it)
    lists: dict[str, Terms] = {"domain": {}, "finality": {}, "form": {}, "grade": {}}
    if matrix is not None:
        lists = {
            "domain": matrix.domains,
            "finality": matrix.finalities,
            "form": matrix.forms,
            "grade": matrix.grades,
        }
    names = {"domain": _("Domain"), "finality": _("Finality"), "form": _("Form"), "grade": _("Grade")}
    facts = [Fact(names[name], written(name_of(terms, getattr(it, name)))) for name, terms in lists.items()]
    if it.years is not None:
        facts.append(Fact(_("Length in years"), written(it.years.normalize() + 0)))
    facts.append(Fact(_("First school year"), school_year(it.created_in)))
    if it.ended_in is not None:
        facts.append(Fact(_("Last school year"), school_year(it.ended_in)))
    facts.append(Fact(_("Kept by"), link(reverse("organisations:page", args=[it.owner.slug]), it.owner)))
    facts.append(Fact(_("Last screened"), school_year(it.last_screened) or _("never")))
    facts.append(Fact(_("Screening due"), _screening(it, matrix)))
    return facts


def _screening(it: Programme, matrix: Matrix | None) -> object:
    if matrix is None:
        return None
    told = due.screening(it.created_in, it.last_screened, it.ended_in, matrix.screening_years, clock.today())
    if told is None:
        return _("no more: the programme ends before")
    rule = written(matrix.screening_note)
    parts = [_("by"), day(told.by), standing_tag(told.standing), rule]
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _leads_to(request: HttpRequest, it: Programme) -> list[tuple[str, object, object, str]]:
    """The qualifications with their address, title, level and state, each in its current version."""
    versions = access.visible_versions(request.user).filter(qualification__programmes=it)
    told = versions.select_related("qualification", "level").order_by("qualification__code", "number")
    return [
        (
            reverse("qualifications:qualification", args=[each.qualification.code]),
            written(each.title),
            written(each.level.name if each.level else None),
            str(State(each.state).label),
        )
        for each in current_versions(told)
    ]


@dataclass(frozen=True)
class Offered:
    """A place where a programme can be followed, as the page shows it."""

    offer: Offer
    provider: SafeString
    area: object
    years: str


def _offer(offer: Offer) -> Offered:
    area = link(address_of_area(offer.area.pk), offer.area.name) if offer.area is not None else nothing()
    years = ""
    if offer.since is not None and offer.until is not None:
        told = {"first": school_year(offer.since), "last": school_year(offer.until)}
        years = _("%(first)s to %(last)s") % told
    elif offer.since is not None:
        years = _("from %(first)s") % {"first": school_year(offer.since)}
    elif offer.until is not None:
        years = _("to %(last)s") % {"last": school_year(offer.until)}
    provider = link(reverse("organisations:page", args=[offer.provider.slug]), offer.provider)
    return Offered(offer, provider, area, years)


def _chart(it: Programme) -> Chart | None:
    """The learners of each school year, as bars; None when nobody counted."""
    rows = Enrolment.objects.filter(programme=it).order_by("school_year", "pk")
    told = list(rows.values_list("programme", "school_year", "offer", "learners", "source"))
    if not told:
        return None
    learners = enrolments.totals(
        (programme, year, offer is not None, n) for programme, year, offer, n, _s in told
    )
    years = sorted({year for _programme, year in learners})
    sources = dict.fromkeys(source for *_rest, source in told if source)
    first, last = learners[it.pk, years[0]], learners[it.pk, years[-1]]
    return charts.bar(
        title=_("Learners by school year"),
        alt=_("%(first)d learners in %(first_year)s, %(last)d in %(last_year)s.")
        % {
            "first": first,
            "last": last,
            "first_year": school_year(years[0]),
            "last_year": school_year(years[-1]),
        },
        source="; ".join(sources) or str(it.owner),
        note=_("Invented for the demonstration.") if it.synthetic else "",
        rows=[{"year": school_year(year), "learners": learners[it.pk, year]} for year in years],
        x=Axis("year", _("School year")),
        y=Axis("learners", _("Learners")),
    )
