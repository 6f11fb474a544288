"""Routes of frameworks and of occupational profiles."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import frameworks, profile_keeping, profiles

urlpatterns: list[URLPattern | URLResolver] = [
    path("frameworks/", frameworks.framework_list, name="frameworks"),
    path("frameworks/<slug:code>/", frameworks.page, name="framework"),
    path("profiles/", profiles.profile_list, name="profiles"),
    path("profiles/add/", profile_keeping.add, name="profile-add"),
    path("profiles/<slug:code>/", profiles.page, name="profile"),
    path("profiles/<slug:code>/versions/<int:number>/", profiles.version, name="profile-version"),
    path("profiles/<slug:code>/edit/", profile_keeping.edit, name="profile-edit"),
    path("profiles/<slug:code>/occupations/", profile_keeping.occupations, name="profile-occupations"),
    path(
        "profiles/<slug:code>/occupations/<int:link>/remove/",
        profile_keeping.unlink,
        name="profile-occupation-remove",
    ),
    path("profiles/<slug:code>/publish/", profile_keeping.publish, name="profile-publish"),
    path("profiles/<slug:code>/withdraw/", profile_keeping.withdraw, name="profile-withdraw"),
    path("profiles/<slug:code>/next/", profile_keeping.next_version, name="profile-next"),
    path("profiles/<slug:code>/discard/", profile_keeping.discard, name="profile-discard"),
]
