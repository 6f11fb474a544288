"""Routes of what goes out and comes in: exports, feeds, CASE, files of other registers."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import exchange, importing

urlpatterns: list[URLPattern | URLResolver] = [
    path("qualifications/data/", exchange.data, name="data"),
    path("qualifications/data/<slug:form>/", exchange.feed, name="feed"),
    path("qualifications/import/", importing.page, name="import"),
    path("qualifications/import/<uuid:job_id>/", importing.done, name="imported"),
    path("qualifications/<slug:code>/export/<slug:form>/", exchange.export, name="export"),
    # The addresses that CASE 1.0 fixes (1EdTech, REST binding).
    path("ims/case/v1p0/CFDocuments", exchange.case_documents, name="case-documents"),
    path("ims/case/v1p0/CFPackages/<uuid:id>", exchange.case_package, name="case-package"),
]
