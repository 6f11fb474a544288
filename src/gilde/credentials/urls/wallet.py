"""Routes of wallet: what a holder keeps and shares."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
