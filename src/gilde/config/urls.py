"""Every route of Gilde: each context brings its own."""

from django.contrib import admin
from django.urls import include, path

from gilde.config.api import api

urlpatterns = [
    path("", include("gilde.core.urls")),
    path("", include("gilde.organisations.urls")),
    path("", include("gilde.indicators.urls")),
    path("", include("gilde.plans.urls")),
    path("api/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
