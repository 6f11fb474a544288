"""The API of plans: what it gives, to whom, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.plans.models import Action, Evidence, Plan, Report, Update
from gilde.plans.services.reports import make_report
from tests.indicators.factories import IndicatorFactory, TargetFactory, figures_of
from tests.plans.factories import (
    ActionFactory,
    Cast,
    EvidenceFactory,
    MeasureFactory,
    MeasureIndicatorFactory,
    MilestoneFactory,
    OrganisationFactory,
    PlanFactory,
    SpendingFactory,
    UpdateFactory,
    a_plan,
)

TODAY = date(2026, 2, 15)


@dataclass
class Api:
    """A client of the API as one person, with or without the token against forgery."""

    actor: Any = None
    token: bool = True
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def __post_init__(self) -> None:
        if self.actor is not None and self.actor.is_authenticated:
            self.client.force_login(self.actor)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"/api{path}", query or {}, headers=headers)

    def send(self, method: str, path: str, body: Any) -> Any:
        headers = {}
        if self.token:
            headers["X-CSRFToken"] = self.get("/session").json()["csrf_token"]
        return self.client.generic(
            method, f"/api{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body)


def problem(answer: Any, status: int) -> str:
    """Check that the answer is a problem with this status, and return its sentence."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"].rstrip()[-1] in ".?!", told["title"]
    return str(told["title"])


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def plan(db: None) -> Plan:
    return a_plan(measures=3)


@pytest.fixture
def cast(plan: Plan) -> Cast:
    return Cast.of(plan)


@pytest.fixture
def action(plan: Plan) -> Action:
    return plan.measures.all()[0].actions.all()[0]


anonymous = Api


# Reading.


def test_plans_are_listed_with_total_and_next(plan: Plan) -> None:
    PlanFactory.create_batch(4)
    told = Api().get("/plans", {"limit": 2, "offset": 2}).json()
    assert (told["total"], told["limit"], told["offset"], told["next"], len(told["items"])) == (5, 2, 2, 4, 2)
    assert Api().get("/plans", {"limit": 2, "offset": 4}).json()["next"] is None


def test_a_plan_says_what_it_is(plan: Plan) -> None:
    told = Api().get(f"/plans/{plan.slug}").json()
    assert told["title"] == {"source": "en", "words": dict(plan.title.words)}
    assert (told["measures"], told["instruments"]) == (3, [plan.instruments.get().code])
    assert told["uri"].endswith(f"/id/plan/{plan.pk}")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"kind": "action-plan"}, 1),
        ({"country": "nl"}, 1),
        ({"q": "walnut"}, 1),
        ({"instrument": "none"}, 0),
        ({}, 2),
    ],
)
def test_plans_can_be_filtered(plan: Plan, query: dict[str, str], count: int) -> None:
    PlanFactory(kind="action-plan", country="NL", title=Text.of("Plan of walnuts"))
    assert Api().get("/plans", query).json()["total"] == count


def test_a_withdrawn_plan_and_all_of_it_is_not_there_for_strangers(
    plan: Plan, cast: Cast, action: Action
) -> None:
    measure = plan.measures.all()[0]
    things = {
        "measures": measure.pk,
        "actions": action.pk,
        "milestones": MilestoneFactory(measure=measure).pk,
        "evidence": EvidenceFactory(measure=measure, state="approved").pk,
        "updates": UpdateFactory(measure=measure, state="approved").pk,
        "reports": make_report(actor=SYSTEM, plan=plan, as_of=TODAY, language="en").pk,
    }
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    paths = [f"/{kind}/{key}" for kind, key in things.items()]
    paths += [f"/plans/{plan.slug}{rest}" for rest in ("", "/signals", "/coverage", "/indicators")]
    for who, actor in cast.everyone().items():
        mine = who not in ("elsewhere", "anonymous")
        for path in paths:
            assert Api(actor).get(path).status_code == (200 if mine else 404), f"{who} {path}"
        for kind in (*things, "plans"):
            assert bool(Api(actor).get(f"/{kind}").json()["total"]) == mine, f"{who} {kind}"


def test_only_approved_updates_and_evidence_are_public(plan: Plan, cast: Cast) -> None:
    measure = plan.measures.all()[0]
    for make in (UpdateFactory, EvidenceFactory):
        for state in ("draft", "submitted", "approved", "returned"):
            make(measure=measure, state=state)
    for kind in ("updates", "evidence"):
        totals = {who: Api(actor).get(f"/{kind}").json()["total"] for who, actor in cast.everyone().items()}
        assert totals == {
            **dict.fromkeys(("officer", "approver", "reader", "administrator"), 4),
            **dict.fromkeys(("elsewhere", "anonymous"), 1),
        }


def test_nobody_is_named_by_the_api(plan: Plan, cast: Cast) -> None:
    measure = plan.measures.all()[0]
    for make in (UpdateFactory, EvidenceFactory):
        make(measure=measure, state="approved", author=cast.officer.pk, decided_by=cast.approver.pk)
    report = make_report(actor=cast.officer, plan=plan, as_of=TODAY, language="en")
    for path in ("/updates", "/evidence", f"/reports/{report.pk}", "/reports"):
        told = Api(cast.officer).get(path).content.decode()
        assert str(cast.officer.pk) not in told
        assert str(cast.approver.pk) not in told


def test_a_measure_gives_unknown_ticks_as_null_and_amounts_as_exact_text(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    measure.funding.update(amount="1234567890.05")
    told = Api().get(f"/measures/{measure.pk}").json()
    assert {tick["ticked"] for tick in told["ticks"]} == {True, False, None}
    assert told["funding"][0]["amount"] == "1234567890.05"
    assert told["sections"][0]["text"]["words"] == {"en": "Why this is needed."}
    assert told["signals"]["actions"]["late"] == 1


def test_actions_can_be_filtered_by_what_is_judged(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    Action.objects.filter(measure__plan=plan).delete()
    late = ActionFactory(measure=measure, due=date(2026, 2, 1))
    stale = ActionFactory(
        measure=measure, state="under-way", started_on=date(2024, 1, 1), due=date(2027, 1, 1)
    )
    undated = ActionFactory(measure=measure)

    def found(**query: Any) -> list[str]:
        return [each["id"] for each in Api().get("/actions", {"plan": plan.slug, **query}).json()["items"]]

    assert found(late="true") == [str(late.pk)]
    assert found(stale="true") == [str(stale.pk)]
    assert found(dated="false") == [str(undated.pk)]
    assert found(state="under-way") == [str(stale.pk)]
    assert found(due_from="2026-01-01", due_to="2026-12-31") == [str(late.pk)]
    assert found(measure=str(uuid4())) == []


def test_the_signals_of_a_plan_are_those_of_today(plan: Plan) -> None:
    SpendingFactory(line=plan.measures.all()[0].funding.get(), kind="spent", amount=40)
    told = Api().get(f"/plans/{plan.slug}/signals").json()
    assert told["on"] == "2026-02-15"
    assert told["whole"]["actions"] | {"total": 6, "planned": 6, "late": 3} == told["whole"]["actions"]
    assert told["whole"]["money"]["amounts"] == [
        {
            "currency": "EUR",
            "in_all": "3000.00",
            "a_year": None,
            "unsaid": None,
            "committed": None,
            "spent": "40.00",
        }
    ]
    assert [each["number"] for each in told["measures"]] == ["3.1", "3.2", "3.3"]


def test_the_coverage_of_a_plan_keeps_unknown_apart(plan: Plan) -> None:
    told = Api().get(f"/plans/{plan.slug}/coverage").json()
    first = told["provisions"][0]
    assert sorted(first["ticked"] + first["not_ticked"] + first["unknown"]) == ["3.1", "3.2", "3.3"]
    assert {gap["code"] for gap in told["gaps"]} >= {"actions-without-date", "measures-without-action"}


def test_instruments_provisions_and_organisations_can_be_read(plan: Plan) -> None:
    code = plan.instruments.get().code
    assert Api().get(f"/instruments/{code}").json()["kind"] == "declaration"
    provisions = Api().get("/provisions", {"instrument": code}).json()
    assert [each["number"] for each in provisions["items"]] == ["1", "2", "3", "4"]
    assert Api().get(f"/provisions/{provisions['items'][0]['id']}").json()["instrument"] == code
    organisation = OrganisationFactory(name=Text.of("Council of walnuts"), kind="council", country="NL")
    for query in ({"q": "walnut"}, {"kind": "council"}, {"country": "nl"}):
        told = Api().get("/organisations", query).json()
        assert [each["slug"] for each in told["items"]] == [organisation.slug]
    assert Api().get(f"/organisations/{organisation.slug}").json()["kind"] == "council"


def test_a_report_gives_its_content(plan: Plan) -> None:
    report = make_report(actor=SYSTEM, plan=plan, as_of=TODAY, language="en")
    (line,) = Api().get("/reports", {"plan": plan.slug}).json()["items"]
    assert "content" not in line
    assert Api().get(f"/reports/{report.pk}").json() == {**line, "content": report.content}


@pytest.mark.parametrize("path", ["/plans", "/measures", "/actions", "/evidence", "/organisations"])
def test_lists_take_few_queries(plan: Plan, path: str, django_assert_max_num_queries: Any) -> None:
    EvidenceFactory(measure=plan.measures.all()[0], state="approved")
    with django_assert_max_num_queries(4):
        Api().get(path)


def test_a_measure_takes_few_queries(plan: Plan, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(11):
        Api().get(f"/measures/{plan.measures.all()[0].pk}")


# Indicators.


def test_a_measure_tells_which_indicators_measure_it(plan: Plan) -> None:
    measure = plan.measures.all()[0]
    link = MeasureIndicatorFactory(measure=measure)
    MeasureIndicatorFactory(measure=measure, indicator__state="draft")
    (told,) = Api().get(f"/measures/{measure.pk}").json()["indicators"]
    assert told == {
        "code": link.indicator.code,
        "uri": uri("indicator", link.indicator_id),
        "name": link.indicator.name.as_json(),
        "area": "BE",
        "note": None,
    }


def test_the_indicators_of_a_plan_come_with_figure_targets_and_status(plan: Plan) -> None:
    measure = plan.measures.order_by("position")[0]
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2021": 70.0, "2022": 72.0, "2023": (74.0, "p")}})
    TargetFactory(indicator=indicator, area_id="BE", value=80.0, instrument_code="recommendation-2020")
    MeasureIndicatorFactory(measure=measure, indicator=indicator)
    MeasureIndicatorFactory(measure=measure)
    told = Api().get(f"/plans/{plan.slug}/indicators").json()
    assert (told["plan"], told["on"]) == (plan.slug, "2026-02-15")
    first, second = told["indicators"]
    assert (first["number"], first["code"], first["area"]) == (measure.number, indicator.code, "BE")
    assert (first["period"], first["value"], first["flags"], first["status"]) == (
        "2023",
        74.0,
        "p",
        "on-track",
    )
    (target,) = first["targets"]
    assert (target["value"], target["instrument_code"], target["decides"], target["benchmark"]) == (
        80.0,
        "recommendation-2020",
        True,
        False,
    )
    assert target["sentence"]
    assert (second["value"], second["status"], second["targets"]) == (None, "cannot-tell", [])


# ETags.


def test_what_did_not_change_is_not_sent_again(plan: Plan) -> None:
    first = Api().get(f"/plans/{plan.slug}")
    again = Api().get(f"/plans/{plan.slug}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Plan.objects.filter(pk=plan.pk).update(country="NL")
    changed = Api().get(f"/plans/{plan.slug}", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_what_a_member_sees_is_kept_by_no_shared_cache(plan: Plan, cast: Cast) -> None:
    assert Api(cast.officer).get("/plans")["Cache-Control"] == "private, no-cache"
    assert Api().get("/plans")["Cache-Control"] == "public, no-cache"
    assert "Cookie" in Api().get("/plans")["Vary"]


def test_head_answers_as_get(plan: Plan) -> None:
    answer = Client().head(f"/api/plans/{plan.slug}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == Api().get(f"/plans/{plan.slug}")["ETag"]


# Problems.


def test_every_refusal_is_a_problem_with_a_sentence(plan: Plan, cast: Cast, action: Action) -> None:
    assert "no such thing" in problem(Api().get("/plans/none"), 404)
    assert "/api/" in problem(Api().get("/nonsense"), 404)
    assert "GET" in problem(Client().delete("/api/plans"), 405)
    assert "limit" in problem(Api().get("/plans", {"limit": 1000}), 422)
    assert "Sign in" in problem(Api().post(f"/actions/{action.pk}/start", {}), 401)
    officer = Api(cast.officer)
    assert "version" in problem(officer.post(f"/actions/{action.pk}/start", {"on": "2026-01-01"}), 422)
    assert "X-CSRFToken" in problem(
        Api(cast.officer, token=False).post(f"/actions/{action.pk}/start", {}), 403
    )


def test_a_body_that_is_no_json_is_refused(action: Action, cast: Cast) -> None:
    api = Api(cast.officer)
    token = api.get("/session").json()["csrf_token"]
    path = f"/api/actions/{action.pk}/start"
    form = api.client.post(path, {"version": 1}, headers={"X-CSRFToken": token})
    assert "application/json" in problem(form, 415)
    broken = api.client.generic(
        "POST", path, "{not json", content_type="application/json", headers={"X-CSRFToken": token}
    )
    problem(broken, 400)


def test_a_failure_is_a_problem_too_and_says_nothing_of_the_inside(plan: Plan, monkeypatch: Any) -> None:
    from gilde.plans.api import promise

    def fail(request: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(promise, "_plans", fail)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/plans")
    assert "on our side" in problem(answer, 500)
    assert b"secret" not in answer.content


def test_the_session_says_who_is_asking(cast: Cast) -> None:
    told = Api().get("/session").json()
    assert (told["signed_in"], told["name"]) == (False, None)
    answer = Api(cast.officer).get("/session")
    assert answer.json()["name"] == cast.officer.name
    assert answer["Cache-Control"] == "private, no-store"


# Writing.


def changed(action: Action, **fields: Any) -> dict[str, Any]:
    return {"version": action.version, "title": {"source": "en", "words": {"en": "Changed"}}, **fields}


def test_an_officer_changes_an_action(action: Action, cast: Cast) -> None:
    body = changed(action, due="2026-05-10", due_precision="month", responsible=str(OrganisationFactory().pk))
    told = Api(cast.officer).send("PUT", f"/actions/{action.pk}", body).json()
    assert (told["title"]["words"], told["due"], told["version"]) == ({"en": "Changed"}, "2026-05-31", 2)
    action.refresh_from_db()
    assert str(action.title) == "Changed"


def test_who_comes_second_is_told_so_and_changes_nothing(action: Action, cast: Cast) -> None:
    body = changed(action)
    assert (
        Api(cast.approver).send("PUT", f"/actions/{action.pk}", changed(action, recurrence="P1Y")).status_code
        == 200
    )
    problem(Api(cast.officer).send("PUT", f"/actions/{action.pk}", body), 409)
    action.refresh_from_db()
    assert (action.recurrence, action.version) == ("P1Y", 2)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": {"source": "nl", "words": {"en": "No Dutch"}}}, "source language"),
        ({"title": {"source": "en", "words": {}}}, "title"),
        ({"start": "2026-05-01", "due": "2026-04-01"}, "date"),
        ({"due": "soon"}, "due"),
        ({"recurrence": "often"}, "Comes back every"),
        ({"responsible": "00000000-0000-0000-0000-000000000000"}, "responsible"),
        ({"due_precision": "exactly"}, "due_precision"),
        ({"text": {"source": "en", "words": {"en": "a\x00b"}}}, "text"),
    ],
)
def test_what_cannot_be_stored_is_said_in_a_sentence(
    action: Action, cast: Cast, fields: dict[str, Any], named: str
) -> None:
    answer = Api(cast.officer).send("PUT", f"/actions/{action.pk}", changed(action, **fields))
    assert named in problem(answer, 422)
    action.refresh_from_db()
    assert action.version == 1


def write_requests(plan: Plan) -> list[tuple[str, str, dict[str, Any]]]:
    """Every way to write about a plan."""
    measure = plan.measures.all()[0]
    action = measure.actions.all()[0]
    text = {"source": "en", "words": {"en": "Text"}}
    return [
        ("PUT", f"/actions/{action.pk}", changed(action)),
        ("POST", f"/actions/{action.pk}/start", {"version": 1, "on": "2026-02-01"}),
        ("POST", f"/actions/{action.pk}/finish", {"version": 1, "on": "2026-02-01"}),
        ("POST", f"/actions/{action.pk}/drop", {"version": 1, "because": "No money."}),
        ("POST", "/updates", {"measure": str(measure.pk), "text": text, "date": "2026-02-01"}),
        (
            "POST",
            "/evidence",
            {
                "measure": str(measure.pk),
                "kind": "link",
                "title": text,
                "date": "2026-02-01",
                "url": "https://a.eu",
            },
        ),
        ("POST", "/reports", {"plan": plan.slug, "as_of": "2026-02-01"}),
    ]


def test_only_officers_and_approvers_of_the_owner_write(plan: Plan, cast: Cast) -> None:
    for method, path, body in write_requests(plan):
        for who in ("reader", "administrator", "elsewhere"):
            answer = Api(getattr(cast, who)).send(method, path, body)
            assert answer.status_code == 403, f"{who} {method} {path} {answer.content}"
        assert Api().send(method, path, body).status_code == 401
    assert not Update.objects.exists()
    assert not Evidence.objects.exists()
    assert not Report.objects.exists()
    for _method, path, body in write_requests(plan)[-3:]:
        assert Api(cast.officer).post(path, body).status_code == 201, path


def test_writing_about_what_one_may_not_see_is_as_if_it_were_not_there(plan: Plan, cast: Cast) -> None:
    requests = write_requests(plan)
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    for method, path, body in requests:
        assert Api(cast.elsewhere).send(method, path, body).status_code in {404, 422}, path


def test_an_update_goes_from_draft_to_approved_by_two_people_and_moves_its_action(
    plan: Plan, action: Action, cast: Cast
) -> None:
    officer, approver = Api(cast.officer), Api(cast.approver)
    body = {
        "measure": str(action.measure_id),
        "action": str(action.pk),
        "text": {"source": "en", "words": {"en": "It is done."}},
        "date": "2026-02-01",
        "new_state": "done",
    }
    update = officer.post("/updates", body).json()
    path = f"/updates/{update['id']}"
    assert (update["state"], update["version"]) == ("draft", 1)
    update = officer.post(f"{path}/submit", {"version": 1}).json()
    assert update["state"] == "submitted"
    problem(officer.post(f"{path}/approve", {"version": update["version"]}), 403)
    problem(approver.post(f"{path}/approve", {"version": 1}), 409)
    update = approver.post(f"{path}/approve", {"version": update["version"]}).json()
    assert update["state"] == "approved"
    action.refresh_from_db()
    assert (action.state, action.finished_on) == ("done", date(2026, 2, 1))
    problem(approver.post(f"{path}/return", {"version": update["version"], "ground": "Too late."}), 403)


def test_an_approver_decides_on_nothing_that_they_wrote(plan: Plan, cast: Cast) -> None:
    update = UpdateFactory(measure=plan.measures.all()[0], state="submitted", author=cast.approver.pk)
    problem(Api(cast.approver).post(f"/updates/{update.pk}/approve", {"version": 1}), 403)


def test_returning_needs_a_ground(plan: Plan, cast: Cast) -> None:
    update = UpdateFactory(measure=plan.measures.all()[0], state="submitted", author=cast.officer.pk)
    path = f"/updates/{update.pk}/return"
    assert "ground" in problem(Api(cast.approver).post(path, {"version": 1, "ground": "  "}), 422)
    told = Api(cast.approver).post(path, {"version": 1, "ground": "Say which school."}).json()
    assert told["state"] == "returned"


def test_an_author_takes_back_what_is_not_decided(plan: Plan, cast: Cast) -> None:
    update = UpdateFactory(measure=plan.measures.all()[0], state="submitted", author=cast.officer.pk)
    evidence = EvidenceFactory(measure=plan.measures.all()[0], state="submitted", author=cast.officer.pk)
    for path in (f"/updates/{update.pk}", f"/evidence/{evidence.pk}"):
        assert Api(cast.officer).post(f"{path}/withdraw", {"version": 1}).json()["state"] == "draft"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            {"kind": "link", "url": "https://example.org/a"},
            {"url": "https://example.org/a", "retrieved_on": "2026-02-15"},
        ),
        ({"kind": "figure", "figure": "12.5", "unit": "schools"}, {"figure": "12.5", "unit": "schools"}),
    ],
)
def test_a_link_or_a_figure_is_added_and_approved(
    plan: Plan, cast: Cast, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    title = {"source": "en", "words": {"en": "Proof"}}
    measure = str(plan.measures.all()[0].pk)
    added = Api(cast.officer).post(
        "/evidence", {"measure": measure, "title": title, "date": "2026-02-01", **given}
    )
    path = f"/evidence/{added.json()['id']}"
    assert Api().get(path).status_code == 404
    Api(cast.officer).post(f"{path}/submit", {"version": 1})
    Api(cast.approver).post(f"{path}/approve", {"version": 2})
    told = Api().get(path).json()
    assert told | {"state": "approved", **kept} == told


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "link", "url": "javascript:alert(1)"},
        {"kind": "link", "url": "ftp://example.org"},
        {"kind": "link"},
        {"kind": "figure", "figure": "NaN", "unit": "schools"},
        {"kind": "figure", "figure": "12.5"},
        {"kind": "figure", "figure": "123456789012345678", "unit": "schools"},
        {"kind": "file"},
        {"kind": "link", "url": "https://example.org", "date": "2026-02-16"},
    ],
)
def test_evidence_that_shows_nothing_is_refused(plan: Plan, cast: Cast, given: dict[str, Any]) -> None:
    title = {"source": "en", "words": {"en": "Proof"}}
    body = {"measure": str(plan.measures.all()[0].pk), "title": title, "date": "2026-02-01", **given}
    problem(Api(cast.officer).post("/evidence", body), 422)
    assert not Evidence.objects.exists()


def test_what_belongs_to_another_measure_cannot_be_shown(plan: Plan, cast: Cast) -> None:
    other = ActionFactory(measure=MeasureFactory())
    body = {
        "measure": str(plan.measures.all()[0].pk),
        "action": str(other.pk),
        "text": {"source": "en", "words": {"en": "Text"}},
        "date": "2026-02-01",
    }
    assert "of this measure" in problem(Api(cast.officer).post("/updates", body), 422)


def test_an_officer_makes_a_report(plan: Plan, cast: Cast) -> None:
    told = (
        Api(cast.officer)
        .post("/reports", {"plan": plan.slug, "as_of": "2026-02-01", "language": "nl"})
        .json()
    )
    report = Report.objects.get()
    assert (told["id"], told["content_hash"], report.language) == (str(report.pk), report.content_hash, "nl")
    late = Api(cast.officer).post("/reports", {"plan": plan.slug, "as_of": "2026-02-16"})
    assert "still has to come" in problem(late, 422)


def test_who_may_no_longer_sign_in_may_no_longer_write(plan: Plan, cast: Cast) -> None:
    api = Api(cast.officer)
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    _method, path, body = write_requests(plan)[-1]
    assert api.post(path, body).status_code == 401
