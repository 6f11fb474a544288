"""Routes of checking: the pages for anybody who checks a certificate."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import checking

urlpatterns: list[URLPattern | URLResolver] = [
    path("check/", checking.page, name="check"),
    path("check/frame", checking.frame, name="check-frame"),
    path("check/award/<uuid:award_id>/", checking.award, name="check-award"),
    path(
        "achievements/<uuid:achievement_id>/badge.svg", checking.achievement_badge, name="achievement-badge"
    ),
]
