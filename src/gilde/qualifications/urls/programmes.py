"""Routes of programmes."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import programmes, programmes_due, programmes_kept, programmes_list

urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", programmes.picture, name="programmes"),
    path("programmes/list/", programmes_list.programme_list, name="programme-list"),
    path("programmes/due/", programmes_due.screenings, name="programme-due"),
    path("programmes/due/reviews/", programmes_due.reviews, name="review-due"),
    path("programmes/add/", programmes_kept.add, name="programme-add"),
    path("programmes/enrolments/", programmes_kept.enrolment_load, name="enrolment-load"),
    path("programmes/<slug:code>/", programmes.programme, name="programme"),
    path("programmes/<slug:code>/edit/", programmes_kept.edit, name="programme-edit"),
    path("programmes/<slug:code>/leads-to/", programmes_kept.leads_to, name="programme-leads-to"),
    path("programmes/<slug:code>/screening/", programmes_kept.screening, name="programme-screening"),
    path("programmes/<slug:code>/enrolments/", programmes_kept.enrolment_add, name="enrolment-add"),
    path("programmes/<slug:code>/offers/add/", programmes_kept.offer_add, name="offer-add"),
    path("programmes/<slug:code>/offers/<uuid:offer_id>/", programmes_kept.offer_edit, name="offer-edit"),
    path("programmes/<slug:code>/offers/<uuid:offer_id>/end/", programmes_kept.offer_end, name="offer-end"),
]
