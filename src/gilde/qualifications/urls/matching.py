"""Routes of matching: the workbench, proposals, concepts found by words, and the public page to try it."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import matching, matching_try

urlpatterns: list[URLPattern | URLResolver] = [
    path("matching/", matching.workbench, name="matching"),
    path("matching/propose/", matching.propose, name="matching-propose"),
    path("matching/index/", matching.prepare, name="matching-index"),
    path("matching/jobs/<uuid:job_id>/", matching.progress, name="matching-job"),
    path("matching/concepts/", matching.concepts, name="matching-concepts"),
    path("matching/outcomes/<uuid:outcome_id>/", matching.relate, name="matching-relate"),
    path("matching/try/", matching_try.page, name="matching-try"),
]
