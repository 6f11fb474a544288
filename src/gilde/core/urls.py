from django.urls import path, re_path

from gilde.core import design, sign_in, uris, views

urlpatterns = [
    path("", views.home, name="home"),
    path("start/<slug:role>/", views.start, name="start"),
    path("search/", views.search, name="search"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("design/", design.page, name="design"),
    path("id/<slug:kind>/<uuid:id>", uris.identifier, name="identifier"),
    re_path(
        r"^charts/(?P<key>[0-9a-f]{64})\.(?P<kind>svg|csv|wide\.svg|narrow\.svg)$", views.chart, name="chart"
    ),
    path("language/", views.set_language, name="set_language"),
    # Before allauth's own views of these addresses, which they wrap.
    path("accounts/3rdparty/login/error/", sign_in.error, name="sign_in_error"),
    path("accounts/oidc/<str:provider_id>/login/", sign_in.openid_connect_login, name="openid_connect_start"),
]
