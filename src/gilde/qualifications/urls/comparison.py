"""Routes of comparison."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import comparison, comparison_files

urlpatterns: list[URLPattern | URLResolver] = [
    path("qualifications/compare/", comparison.page, name="compare"),
    path("qualifications/compare/export.pdf", comparison_files.pdf, name="compare-pdf"),
    path("qualifications/compare/export.xlsx", comparison_files.spreadsheet, name="compare-xlsx"),
    path("qualifications/how-compared/", comparison.how, name="how-compared"),
]
