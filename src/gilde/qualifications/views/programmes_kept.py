"""The forms with which officers keep programmes: what each is, its offers, screenings and enrolments."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gilde.core import clock
from gilde.core.access import require
from gilde.core.form_pages import Page, answer, found
from gilde.core.periods import SchoolYear
from gilde.organisations.public import member_organisations
from gilde.qualifications import access, enrolments
from gilde.qualifications.forms import programmes as forms
from gilde.qualifications.models import Offer, Programme
from gilde.qualifications.services import programmes as service
from gilde.qualifications.views.programmes import crumbs_of, current_versions, programme_of

both: Final = require_http_methods(["GET", "HEAD", "POST"])


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page_of(programme: Programme) -> str:
    return reverse("qualifications:programme", args=[programme.code])


def _kept(request: HttpRequest, code: str) -> Programme:
    programme = programme_of(request, code)
    require(access.can_keep_programme(request.user, programme))
    return programme


def _page(programme: Programme, title: str, **more: Any) -> Page:
    """Return the page of a form about a programme, from which one comes back to it."""
    told = {"button": _("Save"), "done": _("Your change has been saved."), **more}
    here = _page_of(programme)
    crumbs = crumbs_of((str(programme.title), here))
    return Page(title=title, back=here, crumbs=crumbs, subject=str(programme.title), **told)


def _now(programme: Programme) -> Programme:
    return Programme.objects.get(pk=programme.pk)


@both
def add(request: HttpRequest) -> HttpResponse:
    """Add a programme."""
    require(access.can_draft(request.user))
    page = Page(
        title=_("Add a programme"),
        button=_("Add"),
        back=reverse("qualifications:programmes"),
        crumbs=crumbs_of(),
        follow=_page_of,
        done=_("The programme has been added. Say next where it leads and where it is offered."),
    )
    owners = member_organisations(request.user, access.WRITERS)
    form = forms.ProgrammeForm(_data(request), owners=owners)
    return answer(
        request, page, form, lambda given: service.add_programme(actor=request.user, **given.read())
    )


@both
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a programme is."""
    it = _kept(request, code)

    def fresh(data: Any = None) -> forms.ProgrammeForm:
        initial = forms.programme_initial(_now(it))
        return forms.ProgrammeForm(data, initial=initial, matrix=it.matrix)

    return answer(
        request,
        _page(it, _("Change this programme")),
        fresh(_data(request)),
        lambda given: service.change_programme(
            actor=request.user, programme=it, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def leads_to(request: HttpRequest, code: str) -> HttpResponse:
    """Say to which qualifications a programme leads."""
    it = _kept(request, code)
    versions = access.visible_versions(request.user).select_related("qualification").order_by("number")
    offered = current_versions(versions)

    def fresh(data: Any = None) -> forms.LeadsToForm:
        now = _now(it)
        chosen = [str(pk) for pk in now.leads_to.values_list("pk", flat=True)]
        initial = {"qualifications": chosen, "version": now.version}
        return forms.LeadsToForm(data, initial=initial, offered=offered)

    return answer(
        request,
        _page(it, _("Where this programme leads")),
        fresh(_data(request)),
        lambda given: service.lead_to(
            actor=request.user, programme=it, lock=given.lock(), qualifications=given.chosen()
        ),
        fresh,
    )


@both
def screening(request: HttpRequest, code: str) -> HttpResponse:
    """Record in which school year a programme was screened."""
    it = _kept(request, code)

    def fresh(data: Any = None) -> forms.ScreeningForm:
        now = _now(it)
        last = now.last_screened if now.last_screened is not None else SchoolYear.of(clock.today()).start
        return forms.ScreeningForm(data, initial={"school_year": last, "version": now.version})

    page = _page(
        it,
        _("Record a screening"),
        lead=_("The next screening is due by the end of the last school year that may pass after this one."),
    )
    return answer(
        request,
        page,
        fresh(_data(request)),
        lambda given: service.record_screening(
            actor=request.user,
            programme=it,
            lock=given.lock(),
            school_year=SchoolYear(given.cleaned_data["school_year"]),
        ),
        fresh,
    )


# --- offers


@both
def offer_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a place where a programme can be followed."""
    it = _kept(request, code)

    def fresh(data: Any = None) -> forms.OfferForm:
        return forms.OfferForm(data, initial={"version": _now(it).version})

    return answer(
        request,
        _page(it, _("Add a place"), button=_("Add"), done=_("The place has been added.")),
        fresh(_data(request)),
        lambda given: service.add_offer(actor=request.user, programme=it, lock=given.lock(), **given.read()),
        fresh,
    )


def _offer_of(request: HttpRequest, programme: Programme, offer_id: UUID) -> Offer:
    return found(programme.offers.select_related("programme", "provider"), pk=offer_id)


def _offer_now(offer: Offer) -> Offer:
    return Offer.objects.select_related("programme").get(pk=offer.pk)


@both
def offer_edit(request: HttpRequest, code: str, offer_id: UUID) -> HttpResponse:
    """Change where a programme can be followed."""
    it = _kept(request, code)
    offer = _offer_of(request, it, offer_id)

    def fresh(data: Any = None) -> forms.OfferForm:
        return forms.OfferForm(data, initial=forms.offer_initial(_offer_now(offer)))

    return answer(
        request,
        _page(it, _("Change this place")),
        fresh(_data(request)),
        lambda given: service.change_offer(
            actor=request.user, offer=offer, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def offer_end(request: HttpRequest, code: str, offer_id: UUID) -> HttpResponse:
    """Say in which school year a programme is last offered at a place."""
    it = _kept(request, code)
    offer = _offer_of(request, it, offer_id)

    def fresh(data: Any = None) -> forms.EndForm:
        now = _offer_now(offer)
        last = now.until if now.until is not None else SchoolYear.of(clock.today()).start
        return forms.EndForm(data, initial={"school_year": last, "version": now.programme.version})

    where = ", ".join((str(offer.provider), offer.place))
    warning = _(
        "From the next school year on %(where)s is no longer shown as a place to follow this programme. Who was "
        "enrolled there stays known. You can change the last school year later."
    )
    page = _page(it, _("End this offer"), button=_("End it"), warning=warning % {"where": where}, danger=True)
    return answer(
        request,
        page,
        fresh(_data(request)),
        lambda given: service.end_offer(
            actor=request.user,
            offer=offer,
            lock=given.lock(),
            school_year=SchoolYear(given.cleaned_data["school_year"]),
        ),
        fresh,
    )


# --- enrolments


@both
def enrolment_add(request: HttpRequest, code: str) -> HttpResponse:
    """Say how many learners followed a programme in a school year."""
    it = _kept(request, code)
    page = _page(
        it,
        _("Enter the number of learners"),
        lead=_("A number that is there already for the same school year and place is corrected."),
    )

    def save(given: forms.EnrolmentForm) -> object:
        told = {**given.cleaned_data}
        year = SchoolYear(told.pop("school_year"))
        return service.record_enrolment(actor=request.user, programme=it, school_year=year, **told)

    return answer(request, page, forms.EnrolmentForm(it, _data(request)), save)


@both
def enrolment_load(request: HttpRequest) -> HttpResponse:
    """Load the enrolments of many programmes from a CSV file."""
    require(access.can_draft(request.user))
    page = Page(
        title=_("Load enrolments"),
        button=_("Load"),
        back=reverse("qualifications:programmes"),
        crumbs=crumbs_of(),
        lead=_(
            "Every row is checked first. When one is wrong nothing is stored, and each wrong row is told."
        ),
        upload=True,
        said=lambda rows: (
            ngettext("%(count)d row has been loaded.", "%(count)d rows have been loaded.", rows)
            % {"count": rows}
        ),
    )

    def save(given: forms.EnrolmentsForm) -> int:
        file = given.cleaned_data["file"]
        content = file.read(enrolments.MOST_BYTES + 1)
        return service.load_enrolments(actor=request.user, content=content, name=file.name or "")

    files = request.FILES if request.method == "POST" else None
    return answer(request, page, forms.EnrolmentsForm(_data(request), files), save)
