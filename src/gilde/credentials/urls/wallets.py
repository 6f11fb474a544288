"""Routes of wallets: other wallets, by OpenID4VCI and OpenID4VP."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import offers, vci, vp

_ISSUER, _SERVER = ".well-known/openid-credential-issuer", ".well-known/oauth-authorization-server"

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallet/<uuid:award_id>/offer/", offers.page, name="offer"),
    path("wallet/<uuid:award_id>/offer/state", offers.state, name="offer-state"),
    path("ask/", vp.ask, name="ask"),
    path("ask/<uuid:request_id>/", vp.asked, name="asked"),
    path("ask/<uuid:request_id>/state", vp.state, name="asked-state"),
    # Of this Gilde as a whole, of one issuer as the standard writes it, and as older wallets do.
    path(_ISSUER, vci.issuer, name="openid-issuer"),
    path(f"{_ISSUER}/issuers/<slug:slug>", vci.issuer, name="openid-issuer-of"),
    path(f"issuers/<slug:slug>/{_ISSUER}", vci.issuer, name="openid-issuer-below"),
    path(_SERVER, vci.server, name="openid-server"),
    path(f"{_SERVER}/issuers/<slug:slug>", vci.server, name="openid-server-of"),
    path(f"issuers/<slug:slug>/{_SERVER}", vci.server, name="openid-server-below"),
    path("openid/offers/<slug:secret>", vci.offer, name="openid-offer"),
    path("openid/token", vci.token, name="openid-token"),
    path("openid/nonce", vci.nonce, name="openid-nonce"),
    path("openid/credential", vci.credential, name="openid-credential"),
    path("openid/notification", vci.notification, name="openid-notification"),
    path("openid/requests/<slug:state>", vp.question, name="openid-request"),
    path("openid/response", vp.answer, name="openid-response"),
]
