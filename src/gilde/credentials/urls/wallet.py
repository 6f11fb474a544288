"""Routes of wallet: what a holder keeps and shares."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import wallet

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallet/", wallet.page, name="wallet"),
    path("claim/<slug:secret>/", wallet.claim, name="claim"),
    path("shared/<slug:token>/", wallet.shared, name="shared"),
]
