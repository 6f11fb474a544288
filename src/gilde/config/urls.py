"""Every route of Gilde: each context brings its own."""

from django.contrib import admin
from django.urls import include, path

from gilde.config.api import api

urlpatterns = [
    path("api/", api.urls),  # first, because it is asked most
    path("", include("gilde.core.urls")),
    path("", include("gilde.organisations.urls")),
    path("", include("gilde.indicators.urls")),
    path("", include("gilde.qualifications.urls")),
    path("", include("gilde.credentials.urls")),
    path("", include("gilde.plans.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
