"""Routes of what everybody may fetch: identities, lists, the log, and the words that credentials use."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import log, published

urlpatterns: list[URLPattern | URLResolver] = [
    path("issuers/<slug:slug>/did.json", published.did_document, name="did"),
    path("credentials/status/<uuid:list_id>/<slug:form>", published.status_list, name="status-list"),
    path("credentials/context/v1", published.context, name="context"),
    path("credentials/types/award", published.type_metadata, name="type-metadata"),
    path("log/", log.page, name="log"),
    path("log/checkpoint", log.checkpoint, name="log-checkpoint"),
    path("log/checkpoints/<int:size>", log.checkpoint_of, name="log-checkpoint-of"),
    path("log/key", log.key, name="log-key"),
    path("log/receipts/<slug:digest>", log.receipt, name="log-receipt"),
    path("log/consistency/<int:first>/<int:second>", log.consistency, name="log-consistency"),
    path("log/leaves/<int:first>", log.leaves, name="log-leaves"),
]
