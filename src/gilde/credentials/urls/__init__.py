"""The routes of credentials, by what they are about. What has a fixed word comes before what has a code."""

from django.urls import URLPattern, URLResolver

from gilde.credentials.urls import checking, issuing, published, register, wallet, wallets

app_name = "credentials"
urlpatterns: list[URLPattern | URLResolver] = [
    *checking.urlpatterns,
    *wallet.urlpatterns,
    *wallets.urlpatterns,
    *register.urlpatterns,
    *issuing.urlpatterns,
    *published.urlpatterns,
]
