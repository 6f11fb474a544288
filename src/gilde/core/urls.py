from django.urls import path

from gilde.core import design, views

urlpatterns = [
    path("", views.home, name="home"),
    path("start/<slug:role>/", views.start, name="start"),
    path("search/", views.search, name="search"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("design/", design.page, name="design"),
    path("language/", views.set_language, name="set_language"),
]
