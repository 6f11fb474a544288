"""Routes of checking: the page for anybody who checks a certificate."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import wallet

urlpatterns: list[URLPattern | URLResolver] = [
    path("check/award/<uuid:award_id>/", wallet.page, name="check-award"),
    path("achievements/<uuid:achievement_id>/badge.svg", wallet.page, name="achievement-badge"),
]
