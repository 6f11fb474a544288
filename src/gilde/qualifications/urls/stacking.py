"""Routes of stacking."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import micro_credentials, stacking

urlpatterns: list[URLPattern | URLResolver] = [
    path("micro-credentials/", micro_credentials.micro_credential_list, name="micro-credentials"),
    path("micro-credentials/<slug:code>/", micro_credentials.micro_credential, name="micro-credential"),
    path("qualifications/<slug:code>/stack/", stacking.stack, name="stack"),
    path(
        "qualifications/<slug:code>/versions/<int:number>/stack/add/",
        stacking.rule_add,
        name="stack-rule-add",
    ),
    path("stack-rules/<uuid:rule_id>/", stacking.rule_edit, name="stack-rule-edit"),
    path("stack-rules/<uuid:rule_id>/remove/", stacking.rule_remove, name="stack-rule-remove"),
]
