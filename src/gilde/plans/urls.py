"""The routes of plans: reading (public), monitoring (officers), the desk, reports."""

from django.urls import URLPattern, path

from gilde.plans.views import plans
from gilde.plans.views import reports as report_views

app_name = "plans"

reading = [
    path("plans/", plans.plan_list, name="list"),
]
monitoring: list[URLPattern] = []
desk: list[URLPattern] = []
reports = [
    path("plans/<slug:slug>/reports/", report_views.report_list, name="reports"),
    path("plans/<slug:slug>/reports/new/", report_views.report_make, name="report-make"),
    path("plans/<slug:slug>/reports/<uuid:report_id>/", report_views.report_read, name="report"),
    path("plans/<slug:slug>/reports/<uuid:report_id>/report.pdf", report_views.report_pdf, name="report-pdf"),
    path(
        "plans/<slug:slug>/reports/<uuid:report_id>/report.json", report_views.report_json, name="report-json"
    ),
]

# Routes with fixed words come before those that take the name of a plan.
urlpatterns = [*desk, *reports, *monitoring, *reading]
