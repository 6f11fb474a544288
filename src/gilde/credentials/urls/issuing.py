"""Routes of issuing: issuers, achievements, awards and batches."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
