"""Routes of issuing: issuers and their keys, achievements, awards, and the persons who hold them."""

from django.urls import URLPattern, URLResolver, path

from gilde.credentials.views import (
    achievement_keeping,
    achievements,
    award,
    award_acts,
    awards,
    holders,
    issuer_keeping,
    issuer_keys,
    issuers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("issuers/", issuers.issuer_list, name="issuers"),
    path("issuers/open/", issuer_keeping.open_issuer, name="issuer-open"),
    path("issuers/<slug:slug>/", issuers.page, name="issuer"),
    path("issuers/<slug:slug>/logo/", issuers.logo, name="issuer-logo"),
    path("issuers/<slug:slug>/settings/", issuer_keeping.settings, name="issuer-settings"),
    path("issuers/<slug:slug>/look/", issuer_keeping.look, name="issuer-look"),
    path("issuers/<slug:slug>/look/sample.<slug:form>", issuer_keeping.sample, name="issuer-sample"),
    path("issuers/<slug:slug>/close/", issuer_keeping.close, name="issuer-close"),
    path("issuers/<slug:slug>/keys/", issuer_keys.page, name="issuer-keys"),
    path("issuers/<slug:slug>/keys/<uuid:key_id>/replace/", issuer_keys.rotate, name="issuer-key-replace"),
    path(
        "issuers/<slug:slug>/keys/<uuid:key_id>/compromised/",
        issuer_keys.compromised,
        name="issuer-key-compromised",
    ),
    path("issuers/<slug:slug>/achievements/add/", achievement_keeping.add, name="achievement-add"),
    path("issuers/<slug:slug>/achievements/choose/", achievement_keeping.choose, name="achievement-choose"),
    path(
        "issuers/<slug:slug>/achievements/take/<uuid:version_id>/",
        achievement_keeping.take,
        name="achievement-take",
    ),
    path("achievements/", achievements.achievement_list, name="achievements"),
    path("achievements/<uuid:achievement_id>/", achievements.page, name="achievement"),
    path(
        "achievements/<uuid:achievement_id>/sample.<slug:form>",
        achievements.sample,
        name="achievement-sample",
    ),
    path("achievements/<uuid:achievement_id>/edit/", achievement_keeping.edit, name="achievement-edit"),
    path(
        "achievements/<uuid:achievement_id>/outcomes/",
        achievement_keeping.outcomes,
        name="achievement-outcomes",
    ),
    path("achievements/<uuid:achievement_id>/close/", achievement_keeping.close, name="achievement-close"),
    path("achievements/<uuid:achievement_id>/reopen/", achievement_keeping.reopen, name="achievement-reopen"),
    path(
        "achievements/<uuid:achievement_id>/successor/",
        achievement_keeping.succeed,
        name="achievement-succeed",
    ),
    path("awards/", awards.award_list, name="awards"),
    path("awards/new/", award_acts.choose, name="award-choose"),
    path("awards/new/<uuid:achievement_id>/", award_acts.add, name="award-add"),
    path("awards/jobs/<uuid:job_id>/", awards.job, name="awards-job"),
    path("awards/people/<uuid:holder_id>/", holders.page, name="holder"),
    path("awards/people/<uuid:holder_id>/address/", holders.address, name="holder-address"),
    path("awards/people/<uuid:holder_id>/stored.<slug:form>", holders.report, name="holder-report"),
    path("awards/people/<uuid:holder_id>/erase/", holders.erase, name="holder-erase"),
    path("awards/<uuid:award_id>/", award.page, name="award"),
    path("awards/<uuid:award_id>/edit/", award_acts.edit, name="award-edit"),
    path("awards/<uuid:award_id>/correct/", award_acts.correct, name="award-correct"),
    path("awards/<uuid:award_id>/files/<slug:form>/", award.file, name="award-file"),
    path("awards/<uuid:award_id>/preview.<slug:form>", award.preview, name="award-preview"),
    path("awards/<uuid:award_id>/<slug:act>/", award_acts.act, name="award-act"),
]
