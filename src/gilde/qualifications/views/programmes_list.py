"""The list of study programmes."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.components import link, nothing, status, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.indicators.public import Area
from gilde.organisations.public import Organisation
from gilde.qualifications import access, vocabularies
from gilde.qualifications.models import Offer, Programme
from gilde.qualifications.views.programmes import RUNNING, crumbs_of, school_year, still_running
from gilde.qualifications.vocabularies import Terms, name_of

ENDED: Final = "ended"


def _terms(plural: str) -> Terms:
    return {
        code: term
        for each in vocabularies.matrices().values()
        for code, term in getattr(each, plural).items()
    }


def _by_state(programmes: QuerySet[Programme], wanted: str) -> QuerySet[Programme]:
    running = still_running(programmes)
    return running if wanted == RUNNING else programmes.exclude(pk__in=running.order_by().values("pk"))


def _offered(**where: str) -> Exists:
    return Exists(Offer.objects.filter(programme=OuterRef("pk"), **where))


def _providers() -> list[tuple[str, str]]:
    known = Organisation.objects.filter(pk__in=Offer.objects.values("provider")).only("slug", "name")
    return sorted(((each.slug, str(each)) for each in known), key=lambda choice: choice[1].casefold())


def _areas() -> list[tuple[str, str]]:
    known = Area.objects.filter(pk__in=Offer.objects.filter(area__isnull=False).values("area"))
    return [(each.pk, str(each.name)) for each in known.only("name")]


def _title(row: Row) -> SafeString:
    parts = [link(reverse("qualifications:programme", args=[row["code"]]), written(row["title"]))]
    if row["synthetic"]:
        parts.append(status("plain", _("invented")))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _term(plural: str, name: str) -> Any:
    return lambda row: name_of(_terms(plural), row[name])


def programme_listing() -> Listing:
    """Return the declaration of the list for one request: what can be chosen is read once."""
    providers, areas = _providers(), _areas()
    return Listing(
        name="programmes",
        caption=gettext_lazy("Study programmes"),
        fields=[
            *("code", "title", "synthetic", "finality", "form", "domain", "grade", "years"),
            *("created_in", "ended_in", "last_screened", "places"),
        ],
        columns=[
            Column("title", gettext_lazy("Programme"), cell=_title, sort=words_of("title"), head=True),
            Column("code", gettext_lazy("Code"), download_only=True),
            Column("domain", gettext_lazy("Domain"), value=_term("domains", "domain"), sort="domain"),
            Column(
                "finality", gettext_lazy("Finality"), value=_term("finalities", "finality"), sort="finality"
            ),
            Column("form", gettext_lazy("Form"), value=_term("forms", "form"), sort="form"),
            Column("grade", gettext_lazy("Grade"), value=_term("grades", "grade"), sort="grade"),
            Column("years", gettext_lazy("Years"), number=True, sort="years"),
            Column("places", gettext_lazy("Places"), number=True, sort="places"),
            Column(
                "created_in",
                gettext_lazy("First school year"),
                value=lambda row: school_year(row["created_in"]),
                sort="created_in",
            ),
            Column(
                "ended_in",
                gettext_lazy("Last school year"),
                value=lambda row: school_year(row["ended_in"]),
                download_only=True,
            ),
            Column(
                "last_screened",
                gettext_lazy("Last screened"),
                value=lambda row: school_year(row["last_screened"]),
                cell=lambda row: school_year(row["last_screened"]) or nothing(_("never")),
                sort="last_screened",
            ),
        ],
        search=[words_of("title"), words_of("summary"), "code"],
        filters=[
            Filter("domain", gettext_lazy("Domain"), lambda: _choices("domains"), "domain"),
            Filter("finality", gettext_lazy("Finality"), lambda: _choices("finalities"), "finality"),
            Filter("form", gettext_lazy("Form"), lambda: _choices("forms"), "form"),
            Filter(
                "provider",
                gettext_lazy("School or provider"),
                lambda: providers,
                lambda rows, slug: rows.filter(_offered(provider__slug=slug)),
            ),
            Filter(
                "area",
                gettext_lazy("Area"),
                lambda: areas,
                lambda rows, code: rows.filter(_offered(area=code)),
            ),
            Filter("state", gettext_lazy("Running"), _states, _by_state),
        ],
        order="title",
        empty=gettext_lazy(
            "Study programmes stand here once an organisation has added one. Officers begin with: add a programme."
        ),
    )


def _choices(plural: str) -> list[tuple[str, str]]:
    return vocabularies.choices(_terms(plural))


def _states() -> list[tuple[str, str]]:
    return [(RUNNING, _("Still running")), (ENDED, _("Ended"))]


@login_not_required
@require_safe
def programme_list(request: HttpRequest) -> HttpResponseBase:
    """List the programmes, with where each can be followed as a filter."""
    programmes = access.visible_programmes(request.user)
    known = vocabularies.matrices()
    if request.GET.get("matrix") in known:
        programmes = programmes.filter(matrix=request.GET["matrix"])
    context = {"title": _("List of study programmes"), "crumbs": crumbs_of()}
    programmes = programmes.annotate(places=Count("offers"))
    return programme_listing().respond(request, programmes, "qualifications/programmes_list.html", context)
