"""The pages of plans: what everybody reads, what officers monitor, the reading desk, reports."""

from __future__ import annotations

from tests.browser.pages import Page

FLANDERS = {"slug": "flanders-2022"}
NORLAND = {"slug": "norland-2024"}
HERNING = {"slug": "vet4eu2-herning"}
DUAL = {**FLANDERS, "number": "3.9"}
STEM = {**FLANDERS, "number": "3.1"}
READING = {"reading_id": "{reading}"}
OFFICER, APPROVER = "lena", "mirjam"

_SIDES = (
    "plan",
    "priorities",
    "targets",
    "actions",
    "timeline",
    "money",
    "indicators",
    "coverage",
    "reports",
    "editions",
)
_TABS = ("measure", "delivery", "proof")

PAGES = [
    Page("plans:list"),
    Page("plans:list", OFFICER, query="?q=implementation"),
    Page("plans:list", query="?q=nothing+fits+this"),
    Page("plans:judged"),
    *(Page(f"plans:{side}", address=FLANDERS) for side in _SIDES),
    *(Page(f"plans:{side}", address=HERNING) for side in ("plan", "coverage", "priorities", "indicators")),
    Page("plans:plan", OFFICER, FLANDERS),
    Page("plans:timeline", address=NORLAND),
    Page("plans:plan", address={"slug": "no-such-plan"}, status=404),
    *(Page(f"plans:{tab}", address=DUAL) for tab in _TABS),
    *(Page(f"plans:{tab}", OFFICER, DUAL) for tab in _TABS),
    Page("plans:measure", address=STEM),
    Page("plans:measure", address={**HERNING, "number": "16"}),
    Page("plans:delivery", address=DUAL, query="?view=timeline"),
    Page("plans:delivery", address=DUAL, query="?view=board"),
    Page("plans:compare"),
    Page("plans:compare", query="?plan=flanders-2022&plan=norland-2024"),
    Page("plans:instruments"),
    Page("plans:instrument", address={"code": "herning-2025"}),
    Page("plans:instrument", address={"code": "recommendation-2020"}),
    Page("plans:article", address={"code": "herning-2025", "number": "16"}),
    Page("plans:article", address={"code": "recommendation-2020", "number": "A"}),
    Page("plans:action", address={"action_id": "{action}"}),
    Page("plans:action", OFFICER, {"action_id": "{action}"}),
    Page("plans:milestone", address={"milestone_id": "{milestone}"}),
    Page("plans:milestone", OFFICER, {"milestone_id": "{milestone}"}),
    Page("plans:update", address={"update_id": "{approved}"}),
    Page("plans:update", APPROVER, {"update_id": "{submitted}"}),
    Page("plans:evidence", address={"evidence_id": "{proof}"}),
    Page("plans:funding", OFFICER, {"line_id": "{line}"}),
    Page("plans:edition", address={**FLANDERS, "number": "1"}),
    Page("plans:report", address={**FLANDERS, "report_id": "{report}"}),
    # What officers and approvers do.
    Page("plans:work", OFFICER),
    Page("plans:work", APPROVER),
    Page("plans:action-add", OFFICER, DUAL),
    Page("plans:milestone-add", OFFICER, DUAL),
    Page("plans:update-add", OFFICER, DUAL),
    *(Page("plans:evidence-add", OFFICER, {**DUAL, "kind": kind}) for kind in ("file", "link", "figure")),
    Page("plans:indicator-link", OFFICER, DUAL),
    Page("plans:indicator-unlink", OFFICER, {"link_id": "{indicator_link}"}),
    Page("plans:article-indicator-link", "root", {"code": "recommendation-2020", "number": "A"}),
    Page("plans:article-indicator-unlink", "root", {"link_id": "{article_link}"}),
    Page("plans:action-edit", OFFICER, {"action_id": "{action}"}),
    Page("plans:action-edit", "citizen", {"action_id": "{action}"}, status=403),
    Page("plans:action-responsible", OFFICER, {"action_id": "{action}"}),
    Page("plans:milestone-edit", OFFICER, {"milestone_id": "{milestone}"}),
    Page("plans:update-edit", OFFICER, {"update_id": "{draft}"}),
    Page("plans:evidence-edit", OFFICER, {"evidence_id": "{draft_evidence}"}),
    Page("plans:spending-add", OFFICER, {"line_id": "{line}"}),
    Page("plans:spending-remove", OFFICER, {"spending_id": "{spending}"}),
    Page("plans:body-link", OFFICER, {"body_id": "{body}"}),
    Page("plans:actions-step", OFFICER, {"thing_id": "{planned}", "name": "start"}),
    Page("plans:milestones-step", OFFICER, {"thing_id": "{milestone}", "name": "miss"}),
    Page("plans:updates-step", APPROVER, {"thing_id": "{submitted}", "name": "approve"}),
    Page("plans:evidence-step", OFFICER, {"thing_id": "{draft_evidence}", "name": "submit"}),
    Page("plans:report-make", OFFICER, FLANDERS),
    # The reading desk.
    Page("plans:desk", OFFICER),
    Page("plans:desk-upload", OFFICER),
    Page("plans:desk-reading", OFFICER, READING),
    Page("plans:desk-reading", OFFICER, READING, query="?value={value}"),
    Page("plans:desk-value", OFFICER, {**READING, "value_id": "{value}"}),
    Page("plans:desk-value", OFFICER, {**READING, "value_id": "{read_action}"}),
    Page("plans:desk-value", OFFICER, {**READING, "value_id": "{read_body}"}),
    Page("plans:desk-add", OFFICER, READING),
    Page("plans:desk-unknown", OFFICER, READING),
    Page("plans:desk-bodies", OFFICER, READING),
    Page("plans:desk-publish", OFFICER, READING),
    Page("plans:desk-compare", OFFICER, {"reading_id": "{second}"}),
    Page("plans:desk-move", OFFICER, {**READING, "name": "abandon"}),
    Page("plans:edition-compare", OFFICER, {"slug": "desk-plan", "old": "1", "new": "2"}),
]

_FILE = "a file"
NOT_PAGES = {
    "plans:evidence-file": _FILE,
    "plans:document": _FILE,
    "plans:desk-document": _FILE,
    "plans:edition-json": _FILE,
    "plans:report-pdf": _FILE,
    "plans:report-json": _FILE,
    "plans:calendar": _FILE,
    "plans:measure-calendar": _FILE,
    "plans:export-json": _FILE,
    "plans:export-zip": _FILE,
    "plans:context": _FILE,
    "plans:desk-json": _FILE,
    "plans:action-move": "only takes what a form sends",
    "plans:desk-progress": "sends on once the document is read; tests/plans/desk looks at it before",
    "plans:report-wait": "sends on once the report is made; tests/plans/report looks at it before",
    "plans:desk-next": "sends on to the next value to decide",
}


def things() -> dict[str, str]:
    """Put two editions of a plan through the desk, leave one reading open, and make a report."""
    from django.contrib.auth.hashers import make_password

    from gilde.core import clock
    from gilde.core.models import User
    from gilde.demo import loading
    from gilde.organisations.models import Organisation
    from gilde.plans.models import (
        Action,
        Evidence,
        FundingLine,
        MeasureBody,
        Milestone,
        Plan,
        Provision,
        Reading,
        Spending,
        Update,
        Value,
    )
    from gilde.plans.services.desk import intake
    from gilde.plans.services.publishing import Details, publish
    from gilde.plans.services.reports import make_report

    loading.load(make_password(None))
    officer = User.objects.get(email__startswith="lena@")
    ministry = Organisation.objects.get(slug="flemish-ministry-education")
    flanders = Plan.objects.get(slug="flanders-2022")
    first, second = sorted(loading.upload_documents(), key=lambda path: len(path.name))

    def read(path, plan: Plan | None = None) -> Reading:  # type: ignore[no-untyped-def]
        reading = intake.upload(
            officer, organisation=ministry, file=path.read_bytes(), name=path.name, title=path.stem, plan=plan
        )
        intake.read(str(reading.pk))
        reading.refresh_from_db()
        assert reading.state == Reading.State.OPEN, reading.problem
        return reading

    title = "Plan of the desk"
    details = Details(slug="desk-plan", title=title, short_title=title)
    plan = publish(officer, reading=read(first), details=details).plan
    publish(officer, reading=read(second, plan), details=details, expects=1)
    left_open = read(first)
    third = read(first, plan)
    report = make_report(actor=officer, plan=flanders, as_of=clock.today(), language="en")

    def one(model, **where) -> str:  # type: ignore[no-untyped-def]
        return str(model.objects.filter(**where).order_by("pk")[0].pk)

    dual = flanders.measures.get(number="3.9")
    measured = _measured(dual, Provision.objects.get(instrument__code="recommendation-2020", number="A"))
    return {
        **measured,
        "reading": str(left_open.pk),
        "second": str(third.pk),
        "value": one(Value, reading=left_open, kind="tick", status="unknown"),
        "read_action": one(Value, reading=left_open, kind="action"),
        "read_body": one(Value, reading=left_open, kind="body"),
        "report": str(report.pk),
        "action": one(Action, measure=dual),
        "planned": one(Action, measure=dual, state="planned"),
        "milestone": one(Milestone, measure=dual, state="open"),
        "approved": one(Update, state="approved", measure__plan=flanders),
        "submitted": one(Update, state="submitted", measure__plan=flanders, author=officer.pk),
        "draft": one(Update, state__in=["draft", "returned"], measure__plan=flanders, author=officer.pk),
        "proof": one(Evidence, state="approved", measure__plan=flanders),
        "draft_evidence": one(Evidence, state__in=["draft", "returned"], author=officer.pk),
        "line": one(FundingLine, spending__isnull=False, measure__plan=flanders),
        "spending": one(Spending, line__measure__plan=flanders),
        "body": one(MeasureBody, measure=dual),
    }


def _measured(measure, provision) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """Link an indicator with a break, flags, an own target and one of the Union to the measure and the provision."""
    from gilde.core.text import Text
    from gilde.indicators.models import Area
    from gilde.plans.models import MeasureIndicator, ProvisionIndicator
    from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of

    union = AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None)
    indicator = IndicatorFactory(
        code="plans-browser",
        name=Text.of("Learners who stay the year"),
        owner=measure.plan.owner,
        synthetic=True,
    )
    told = {
        "2019": 60.0,
        "2020": (64.0, "b"),
        "2021": 66.0,
        "2022": (68.0, "e"),
        "2023": 71.0,
        "2024": (72.5, "p"),
    }
    figures_of(indicator, {"BE2": told, "BE": told, "EU27_2020": told})
    TargetFactory(indicator=indicator, area_id="BE2", value=75.0, year=2030)
    TargetFactory(indicator=indicator, area=union, value=82.0, year=2030)
    links = MeasureIndicator.objects
    link = links.create(
        measure=measure, indicator=indicator, area="BE2", note="Of the region alone.", position=90
    )
    links.create(measure=measure, indicator=IndicatorFactory(code="plans-browser-empty"), position=91)
    article = ProvisionIndicator.objects.create(provision=provision, indicator=indicator)
    return {"indicator_link": str(link.pk), "article_link": str(article.pk)}
