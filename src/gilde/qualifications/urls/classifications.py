"""Routes of classifications: which are loaded, browsing one, a concept, loading, and moving to another edition.

Codes of classifications have dots, as "nace-2.1" has, so they are no slugs.
"""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import classifications, concepts, editions, migration

urlpatterns: list[URLPattern | URLResolver] = [
    path("classifications/", classifications.page, name="classifications"),
    path("classifications/load/", editions.load, name="classification-load"),
    path("classifications/load/<uuid:job_id>/", editions.loaded, name="classification-loaded"),
    path("classifications/own/", editions.own, name="classification-own"),
    path("classifications/concept/", concepts.concept, name="concept"),
    path("classifications/<str:scheme>/", concepts.browse, name="classification"),
    path("classifications/<str:scheme>/use/<uuid:edition>/", editions.use, name="classification-use"),
    path(
        "classifications/<str:scheme>/compare/<uuid:old>/<uuid:new>/",
        migration.report,
        name="classification-compare",
    ),
    path(
        "classifications/<str:scheme>/compare/<uuid:old>/<uuid:new>/start/",
        migration.start,
        name="classification-compare-start",
    ),
    path(
        "classifications/<str:scheme>/compare/<uuid:old>/<uuid:new>/move/",
        migration.move,
        name="classification-move",
    ),
]
