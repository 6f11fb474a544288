"""Routes of wallets: other wallets, by OpenID4VCI and OpenID4VP."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
