"""Routes of what everybody reads: the register and its qualifications."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import reading, register

urlpatterns: list[URLPattern | URLResolver] = [
    path("qualifications/", register.page, name="list"),
    path("qualifications/<slug:code>/", reading.qualification, name="qualification"),
    path("qualifications/<slug:code>/history/", reading.history, name="history"),
    path("qualifications/<slug:code>/versions/<int:number>/", reading.version, name="version"),
]
