"""The routes of plans: reading (public), monitoring (officers), the desk, reports."""

from django.urls import path, re_path

from gilde.plans.views import (
    actions,
    compare,
    coverage,
    exports,
    indicators,
    instruments,
    measures,
    plans,
    reviewed,
    sides,
    steps,
    work,
)
from gilde.plans.views import reports as report_views
from gilde.plans.views.desk import editions as desk_editions
from gilde.plans.views.desk import lists as desk_lists
from gilde.plans.views.desk import pages as desk_pages
from gilde.plans.views.desk import publish as desk_publish
from gilde.plans.views.desk import values as desk_values

app_name = "plans"

_measure = "plans/<slug:slug>/measures/<str:number>/"
reading = [
    path("plans/", plans.plan_list, name="list"),
    path("plans/compare/", compare.page, name="compare"),
    path("plans/how-it-is-judged/", plans.judged, name="judged"),
    path("plans/<slug:slug>/", plans.overview, name="plan"),
    path("plans/<slug:slug>/priorities/", sides.priorities, name="priorities"),
    path("plans/<slug:slug>/target-groups/", sides.targets, name="targets"),
    path("plans/<slug:slug>/actions/", sides.actions, name="actions"),
    path("plans/<slug:slug>/timeline/", sides.timeline_page, name="timeline"),
    path("plans/<slug:slug>/money/", sides.money, name="money"),
    path("plans/<slug:slug>/indicators/", indicators.page, name="indicators"),
    path("plans/<slug:slug>/coverage/", coverage.page, name="coverage"),
    path("plans/<slug:slug>/editions/<int:number>/document", plans.document, name="document"),
    path(_measure, measures.promise, name="measure"),
    path(_measure + "delivery/", measures.delivery, name="delivery"),
    path(_measure + "proof/", measures.proof, name="proof"),
    path("actions/<uuid:action_id>/", actions.action, name="action"),
    path("milestones/<uuid:milestone_id>/", actions.milestone, name="milestone"),
    path("updates/<uuid:update_id>/", reviewed.update, name="update"),
    path("evidence/<uuid:evidence_id>/", reviewed.evidence, name="evidence"),
    path("evidence/<uuid:evidence_id>/file", reviewed.evidence_file, name="evidence-file"),
    path("funding/<uuid:line_id>/", reviewed.funding, name="funding"),
    path("instruments/", instruments.instrument_list, name="instruments"),
    path("instruments/<slug:code>/", instruments.instrument, name="instrument"),
    path("instruments/<slug:code>/<str:number>/", instruments.article, name="article"),
]
monitoring = [
    path("plans/my-work/", work.page, name="work"),
    path(_measure + "actions/add/", actions.action_add, name="action-add"),
    path(_measure + "milestones/add/", actions.milestone_add, name="milestone-add"),
    path(_measure + "updates/add/", reviewed.update_add, name="update-add"),
    re_path(
        r"^plans/(?P<slug>[-\w]+)/measures/(?P<number>[^/]+)/evidence/add/(?P<kind>file|link|figure)/$",
        reviewed.evidence_add,
        name="evidence-add",
    ),
    path(_measure + "indicators/add/", indicators.link, name="indicator-link"),
    path("plans/indicators/<uuid:link_id>/remove/", indicators.unlink, name="indicator-unlink"),
    path(
        "instruments/<slug:code>/<str:number>/indicators/add/",
        indicators.article_link,
        name="article-indicator-link",
    ),
    path(
        "instruments/indicators/<uuid:link_id>/remove/",
        indicators.article_unlink,
        name="article-indicator-unlink",
    ),
    path("actions/<uuid:action_id>/edit/", actions.action_edit, name="action-edit"),
    path("actions/<uuid:action_id>/responsible/", actions.action_responsible, name="action-responsible"),
    path("actions/<uuid:action_id>/move/", actions.action_move, name="action-move"),
    path("milestones/<uuid:milestone_id>/edit/", actions.milestone_edit, name="milestone-edit"),
    path("updates/<uuid:update_id>/edit/", reviewed.update_edit, name="update-edit"),
    path("evidence/<uuid:evidence_id>/edit/", reviewed.evidence_edit, name="evidence-edit"),
    path("funding/<uuid:line_id>/spending/add/", reviewed.spending_add, name="spending-add"),
    path("spending/<int:spending_id>/remove/", reviewed.spending_remove, name="spending-remove"),
    path("bodies/<int:body_id>/link/", reviewed.body_link, name="body-link"),
    *(
        path(f"{kind}/<uuid:thing_id>/steps/<slug:name>/", steps.step, {"kind": kind}, name=f"{kind}-step")
        for kind in steps.KINDS
    ),
]
_reading = "plans/desk/<uuid:reading_id>/"
_edition = "plans/<slug:slug>/editions/"
desk = [
    path("plans/desk/", desk_pages.desk, name="desk"),
    path("plans/desk/upload/", desk_pages.upload, name="desk-upload"),
    path(_reading, desk_pages.reading, name="desk-reading"),
    path(_reading + "progress/", desk_pages.progress, name="desk-progress"),
    path(_reading + "next/", desk_pages.next_to_decide, name="desk-next"),
    path(_reading + "reading.json", desk_pages.as_json, name="desk-json"),
    path(_reading + "document/", desk_pages.document, name="desk-document"),
    path(_reading + "move/<slug:name>/", desk_pages.move, name="desk-move"),
    path(_reading + "values/<int:value_id>/", desk_values.value, name="desk-value"),
    path(_reading + "add/", desk_values.add, name="desk-add"),
    path(_reading + "unknown/", desk_lists.unknown, name="desk-unknown"),
    path(_reading + "bodies/", desk_lists.bodies, name="desk-bodies"),
    path(_reading + "compare/", desk_publish.comparison, name="desk-compare"),
    path(_reading + "publish/", desk_publish.publish, name="desk-publish"),
    path(_edition, desk_editions.editions, name="editions"),
    path(_edition + "<int:number>/", desk_editions.edition, name="edition"),
    path(_edition + "<int:number>/edition.json", desk_editions.edition_json, name="edition-json"),
    path(_edition + "<int:old>-<int:new>/", desk_editions.edition_compare, name="edition-compare"),
]
reports = [
    path("plans/<slug:slug>/reports/", report_views.report_list, name="reports"),
    path("plans/<slug:slug>/reports/new/", report_views.report_make, name="report-make"),
    path("plans/<slug:slug>/reports/making/<uuid:job_id>/", report_views.report_wait, name="report-wait"),
    path("plans/<slug:slug>/reports/<uuid:report_id>/", report_views.report_read, name="report"),
    path("plans/<slug:slug>/reports/<uuid:report_id>/report.pdf", report_views.report_pdf, name="report-pdf"),
    path(
        "plans/<slug:slug>/reports/<uuid:report_id>/report.json", report_views.report_json, name="report-json"
    ),
    path("plans/<slug:slug>/calendar.ics", exports.calendar, name="calendar"),
    path(_measure + "calendar.ics", exports.calendar_of_measure, name="measure-calendar"),
    path("plans/<slug:slug>/export.json", exports.export_json, name="export-json"),
    path("plans/<slug:slug>/export.zip", exports.export_zip, name="export-zip"),
    path("ns/plans.jsonld", exports.context, name="context"),
]

# Routes with fixed words come before those that take the name of a plan.
urlpatterns = [*desk, *reports, *monitoring, *reading]
