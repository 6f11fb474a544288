"""The routes of qualifications, by what they are about. What has a fixed word comes before what has a code."""

from django.urls import URLPattern, URLResolver

from gilde.qualifications.urls import (
    classifications,
    committees,
    comparison,
    drafting,
    exchange,
    joint,
    matching,
    profiles,
    programmes,
    reading,
    stacking,
)

app_name = "qualifications"
urlpatterns: list[URLPattern | URLResolver] = [
    *classifications.urlpatterns,
    *committees.urlpatterns,
    *comparison.urlpatterns,
    *drafting.urlpatterns,
    *exchange.urlpatterns,
    *joint.urlpatterns,
    *matching.urlpatterns,
    *profiles.urlpatterns,
    *programmes.urlpatterns,
    *stacking.urlpatterns,
    *reading.urlpatterns,
]
