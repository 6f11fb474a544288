"""What is due: screenings of programmes and reviews of qualifications, the overdue first."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Tab, day, link, nothing, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.periods import SchoolYear
from gilde.organisations.public import Organisation
from gilde.qualifications import access, due, vocabularies
from gilde.qualifications.models import Programme, Qualification, QualificationVersion
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.views.programmes import crumbs_of, school_year, screening_years, standing_tag
from gilde.qualifications.vocabularies import name_of


def _screened_by(row: Row) -> Any:
    return SchoolYear(row["due_in"]).last_day


def _screening_standing(row: Row) -> due.Standing:
    return due.standing_of(_screened_by(row), clock.today())


def _domain(row: Row) -> object:
    matrix = vocabularies.matrices().get(row["matrix"])
    return name_of(matrix.domains if matrix else {}, row["domain"])


def _domains() -> list[tuple[str, str]]:
    terms = {code: term for each in vocabularies.matrices().values() for code, term in each.domains.items()}
    return vocabularies.choices(terms)


def _owners(things: QuerySet[Any]) -> list[tuple[str, str]]:
    known = Organisation.objects.filter(pk__in=things.order_by().values("owner")).only("slug", "name")
    return sorted(((each.slug, str(each)) for each in known), key=lambda choice: choice[1].casefold())


def _screenings() -> Listing:
    owners = _owners(Programme.objects.all())
    return Listing(
        name="screenings-due",
        caption=gettext_lazy("Screenings of programmes"),
        fields=["code", "title", "matrix", "domain", "owner__name", "last_screened", "created_in", "due_in"],
        columns=[
            Column(
                "title",
                gettext_lazy("Programme"),
                cell=lambda row: link(
                    reverse("qualifications:programme", args=[row["code"]]), written(row["title"])
                ),
                sort=words_of("title"),
                head=True,
            ),
            Column("code", gettext_lazy("Code"), download_only=True),
            Column("due", gettext_lazy("Due by"), value=_screened_by, sort="due_in"),
            Column(
                "standing",
                gettext_lazy("Standing"),
                value=_screening_standing,
                cell=lambda row: standing_tag(_screening_standing(row)),
            ),
            Column(
                "last_screened",
                gettext_lazy("Last screened"),
                value=lambda row: school_year(row["last_screened"]),
                cell=lambda row: school_year(row["last_screened"]) or nothing(_("never")),
                sort="last_screened",
            ),
            Column(
                "created_in",
                gettext_lazy("First school year"),
                value=lambda row: school_year(row["created_in"]),
                sort="created_in",
            ),
            Column("domain", gettext_lazy("Domain"), value=_domain, sort="domain"),
            Column(
                "owner",
                gettext_lazy("Kept by"),
                value=lambda row: row["owner__name"],
                sort=words_of("owner__name"),
            ),
        ],
        search=[words_of("title"), "code"],
        filters=[
            Filter(
                "standing",
                gettext_lazy("Standing"),
                lambda: due.Standing.choices,
                lambda rows, wanted: rows.filter(due.stands(wanted, clock.today())),
            ),
            Filter("domain", gettext_lazy("Domain"), _domains, "domain"),
            Filter("owner", gettext_lazy("Kept by"), lambda: owners, "owner__slug"),
        ],
        order="due",
        empty=gettext_lazy(
            "Every programme that still runs stands here with the day by which it must be screened."
        ),
    )


def _review_standing(row: Row) -> due.Standing:
    return due.standing_of(row["review_due"], clock.today())


def _reviews() -> Listing:
    owners = _owners(Qualification.objects.all())
    return Listing(
        name="reviews-due",
        caption=gettext_lazy("Reviews of qualifications"),
        fields=[
            *("title", "number", "state", "review_due", "registered_at", "level__name"),
            *("qualification__code", "qualification__sector", "qualification__owner__name"),
        ],
        columns=[
            Column(
                "title",
                gettext_lazy("Qualification"),
                cell=lambda row: link(
                    reverse("qualifications:qualification", args=[row["qualification__code"]]),
                    written(row["title"]),
                ),
                sort=words_of("title"),
                head=True,
            ),
            Column(
                "code",
                gettext_lazy("Code"),
                value=lambda row: row["qualification__code"],
                download_only=True,
            ),
            Column("number", gettext_lazy("Version"), number=True, sort="number"),
            Column("review_due", gettext_lazy("Due by"), sort="review_due"),
            Column(
                "standing",
                gettext_lazy("Standing"),
                value=_review_standing,
                cell=lambda row: standing_tag(_review_standing(row)),
            ),
            Column(
                "registered_at",
                gettext_lazy("Registered"),
                cell=lambda row: day(row["registered_at"] and row["registered_at"].date()),
                sort="registered_at",
            ),
            Column("level", gettext_lazy("Level"), value=lambda row: row["level__name"]),
            Column(
                "sector",
                gettext_lazy("Sector"),
                value=lambda row: name_of(vocabularies.sectors(), row["qualification__sector"]),
                sort="qualification__sector",
            ),
            Column(
                "owner",
                gettext_lazy("Drafted by"),
                value=lambda row: row["qualification__owner__name"],
                sort=words_of("qualification__owner__name"),
            ),
        ],
        search=[words_of("title"), "qualification__code"],
        filters=[
            Filter(
                "standing",
                gettext_lazy("Standing"),
                lambda: due.Standing.choices,
                lambda rows, wanted: rows.filter(due.stands_by_day(wanted, clock.today(), "review_due")),
            ),
            Filter(
                "sector",
                gettext_lazy("Sector"),
                lambda: vocabularies.choices(vocabularies.sectors()),
                "qualification__sector",
            ),
            Filter("owner", gettext_lazy("Drafted by"), lambda: owners, "qualification__owner__slug"),
        ],
        order="review_due",
        empty=gettext_lazy(
            "Every qualification on the register that has a day for its review stands here, the overdue first."
        ),
    )


def _screened(request: HttpRequest) -> QuerySet[Programme]:
    programmes = access.visible_programmes(request.user).annotate(due_in=due.due_year(screening_years()))
    return programmes.filter(due.must_be_screened(clock.today()))


def _reviewed(request: HttpRequest) -> QuerySet[QualificationVersion]:
    versions = access.visible_versions(request.user)
    return versions.filter(state__in=sorted(ON_REGISTER), review_due__isnull=False)


def _context(request: HttpRequest, current: str) -> dict[str, Any]:
    pages = {"programme-due": _("Screenings of programmes"), "review-due": _("Reviews of qualifications")}
    return {
        "title": _("Screenings and reviews due"),
        "crumbs": crumbs_of(),
        "pages": [
            Tab(label, reverse(f"qualifications:{name}"), name == current) for name, label in pages.items()
        ],
        "rules": [
            (each.name, each.screening_note, each.screening_source)
            for each in vocabularies.matrices().values()
        ]
        if current == "programme-due"
        else [],
    }


@login_not_required
@require_safe
def screenings(request: HttpRequest) -> HttpResponseBase:
    """List the programmes that must be screened, by the day on which they must be, the overdue first."""
    context = _context(request, "programme-due")
    return _screenings().respond(request, _screened(request), "qualifications/programmes_due.html", context)


@login_not_required
@require_safe
def reviews(request: HttpRequest) -> HttpResponseBase:
    """List the qualifications on the register that must be reviewed, by the day, the overdue first."""
    context = _context(request, "review-due")
    return _reviews().respond(request, _reviewed(request), "qualifications/programmes_due.html", context)
