"""Routes of the register: files of awards, deposits, and whom a check believes."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import batch, batches, deposits, trust

urlpatterns: list[URLPattern | URLResolver] = [
    path("issuers/<slug:slug>/batches/", batches.listed, name="batches"),
    path("issuers/<slug:slug>/batches/new/", batches.send, name="batch-new"),
    path("issuers/<slug:slug>/batches/template.<slug:form>", batches.template, name="batch-template"),
    path("batches/<uuid:batch_id>/", batch.page, name="batch"),
    path("batches/<uuid:batch_id>/faults.csv", batch.faults, name="batch-faults"),
    path("batches/<uuid:batch_id>/mend/", batch.mend, name="batch-mend"),
    path("batches/<uuid:batch_id>/<slug:act>/", batch.act, name="batch-act"),
    path("deposits/", deposits.listed, name="deposits"),
    path("deposits/new/", deposits.choose, name="deposit-choose"),
    path("deposits/new/<uuid:achievement_id>/", deposits.add, name="deposit-new"),
    path("deposits/<uuid:award_id>/", deposits.page, name="deposit"),
    path("deposits/<uuid:award_id>/scan", deposits.scan, name="deposit-scan"),
    path("deposits/<uuid:award_id>/accept/", deposits.accept, name="deposit-accept"),
    path("deposits/<uuid:award_id>/refuse/", deposits.refuse, name="deposit-refuse"),
    path("trust/", trust.listed, name="trust"),
    path("trust/new/", trust.add, name="trust-new"),
    path("trust/<uuid:list_id>/", trust.page, name="trust-list"),
    path("trust/<uuid:list_id>/change/", trust.change, name="trust-change"),
    path("trust/<uuid:list_id>/refresh/", trust.refresh, name="trust-refresh"),
    path("trust/<uuid:list_id>/close/", trust.close, name="trust-close"),
    path("trust/<uuid:list_id>/reopen/", trust.reopen, name="trust-reopen"),
]
