"""Routes of wallet: what a holder keeps and shares."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import (
    wallet,
    wallet_award,
    wallet_claim,
    wallet_data,
    wallet_folders,
    wallet_shared,
    wallet_shares,
    wallet_sharing,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("wallet/", wallet.page, name="wallet"),
    path("wallet/move/", wallet.move, name="wallet-move"),
    path("wallet/folders/new/", wallet_folders.make, name="wallet-folder-new"),
    path("wallet/folders/<int:folder_id>/", wallet_folders.rename, name="wallet-folder"),
    path("wallet/folders/<int:folder_id>/remove/", wallet_folders.remove, name="wallet-folder-remove"),
    path("wallet/links/", wallet_shares.listed, name="wallet-links"),
    path("wallet/links/<uuid:share_id>/", wallet_shares.page, name="wallet-link"),
    path("wallet/links/<uuid:share_id>/code.svg", wallet_shares.code, name="wallet-link-code"),
    path("wallet/links/<uuid:share_id>/withdraw/", wallet_shares.withdraw, name="wallet-link-withdraw"),
    path("wallet/links/<uuid:share_id>/remove/", wallet_shares.remove, name="wallet-link-remove"),
    path("wallet/data/", wallet_data.page, name="wallet-data"),
    path("wallet/data/about-me.json", wallet_data.report, name="wallet-report"),
    path("wallet/archive/", wallet_data.take, name="wallet-take"),
    path("wallet/archive/<uuid:job_id>/", wallet_data.taking, name="wallet-taking"),
    path("wallet/archive/<uuid:job_id>/awards.zip", wallet_data.taken, name="wallet-taken"),
    path("wallet/<uuid:award_id>/", wallet_award.page, name="wallet-award"),
    path("wallet/<uuid:award_id>/share/", wallet_sharing.make, name="wallet-share"),
    path("wallet/<uuid:award_id>/remove/", wallet_award.remove, name="wallet-remove"),
    path("wallet/<uuid:award_id>/files/<slug:form>", wallet_award.file, name="wallet-file"),
    path("claim/keep/", wallet_claim.keep, name="claim-keep"),
    path("claim/<slug:secret>/", wallet_claim.page, name="claim"),
    path("claim/<slug:secret>/files/<slug:form>", wallet_claim.file, name="claim-file"),
    path("shared/<slug:token>/", wallet_shared.page, name="shared"),
    path("shared/<slug:token>/award.txt", wallet_shared.file, name="shared-file"),
]
