from django.urls import include, path

from gilde.organisations import views

organisations = (
    [
        path("", views.organisation_list, name="list"),
        path("add/", views.add, name="add"),
        path("<slug:slug>/", views.organisation_page, name="page"),
        path("<slug:slug>/change/", views.change, name="change"),
        path("<slug:slug>/members/add/", views.member_add, name="member-add"),
        path("<slug:slug>/members/<int:pk>/end/", views.member_end, name="member-end"),
    ],
    "organisations",
)
urlpatterns = [
    path("organisations/", include(organisations)),
    path("account/", views.account, name="account"),
]
