"""The routes of plans: reading (public), monitoring (officers), the desk, reports."""

from django.urls import URLPattern, path

from gilde.plans.views import plans

app_name = "plans"

reading = [
    path("plans/", plans.plan_list, name="list"),
]
monitoring: list[URLPattern] = []
desk: list[URLPattern] = []
reports: list[URLPattern] = []

# Routes with fixed words come before those that take the name of a plan.
urlpatterns = [*desk, *reports, *monitoring, *reading]
