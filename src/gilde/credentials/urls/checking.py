"""Routes of checking: the page for anybody who checks a certificate."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
