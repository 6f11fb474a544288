"""The pages of plans with 200 plans of 20 measures, each with 35 tick boxes and 5 actions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import Timing, timed
from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Membership, Organisation
from gilde.plans.models import (
    Action,
    Block,
    Evidence,
    FundingLine,
    Instrument,
    Measure,
    MeasureBody,
    Milestone,
    Plan,
    Provision,
    Section,
    Spending,
    TargetGroup,
    Tick,
    Update,
)

PLANS, MEASURES, ACTIONS, PROVISIONS, TARGETS = 200, 20, 5, 10, 20
ROUNDS = 30
# What the pages of a plan and of a measure have to stay under, as a median (issue 2, "Shown by").
LIMIT = 100.0


def run() -> tuple[str, Sequence[Timing]]:
    """Return the median and 95th percentile of each page, read by the public and by an officer."""
    chance = random.Random(20201124)  # noqa: S311
    with transaction.atomic():
        officer = _fill(chance)
    public, signed_in = Client(), Client()
    signed_in.force_login(officer)
    timings = []
    for name, address in _pages():
        timings.append(_page(name, public, address))
    for name, address in _pages()[1:10]:
        timings.append(_page(f"{name}, signed in", signed_in, address))
    boxes = PROVISIONS + TARGETS + 5
    title = f"Plans: {PLANS} plans of {MEASURES} measures, {boxes} boxes and {ACTIONS} actions each"
    return title, timings


def _pages() -> list[tuple[str, Callable[[int], str]]]:
    def plan(name: str) -> Callable[[int], str]:
        return lambda n: reverse(f"plans:{name}", args=[f"plan-{n}"])

    def measure(name: str) -> Callable[[int], str]:
        return lambda n: reverse(f"plans:{name}", args=[f"plan-{n}", f"3.{n % MEASURES + 1}"])

    compare = reverse("plans:compare")
    return [
        ("list of plans", lambda n: f"{reverse('plans:list')}?page={n % 4 + 1}"),
        ("plan", plan("plan")),
        ("plan, priorities", plan("priorities")),
        ("plan, target groups", plan("targets")),
        ("plan, actions", plan("actions")),
        ("plan, timeline", plan("timeline")),
        ("plan, money", plan("money")),
        ("plan, coverage", plan("coverage")),
        ("measure, promise", measure("measure")),
        ("measure, delivery", measure("delivery")),
        ("measure, proof", measure("proof")),
        ("instrument", lambda n: reverse("plans:instrument", args=["instrument-1"])),
        ("article", lambda n: reverse("plans:article", args=["instrument-1", str(n % 6 + 1)])),
        ("two plans compared", lambda n: f"{compare}?plan=plan-{n}&plan=plan-{(n + 1) % PLANS}"),
    ]


def _page(name: str, client: Client, address: Callable[[int], str]) -> Timing:
    def get(n: int) -> None:
        response = client.get(address(n))
        if response.status_code != 200:
            raise RuntimeError(f"{address(n)} answers {response.status_code}")

    get(0)
    with CaptureQueriesContext(connection) as captured:
        get(1)
        queries = len(captured.captured_queries)
    times = [timed(partial(get, n)) for n in range(2, ROUNDS + 2)]
    limit = LIMIT if name.startswith(("plan", "measure")) else None
    return Timing(name, [clock for clock, _ in times], [cpu for _, cpu in times], queries, limit)


def _fill(chance: random.Random) -> User:
    today = clock.today()
    owner = Organisation.objects.create(slug="owner", name=Text.of("Ministry of Education"))
    officer = User.objects.create_user("officer@example.org", None, name="Officer")
    Membership.objects.create(user=officer, organisation=owner, role="officer", since=date(2020, 1, 1))
    provisions = _instruments()
    groups = TargetGroup.objects.bulk_create(
        TargetGroup(
            key=f"group-{n}", position=n, heading=Text.of(f"Kind {n // 5}"), name=Text.of(f"Target group {n}")
        )
        for n in range(TARGETS)
    )
    plans = Plan.objects.bulk_create(
        Plan(
            slug=f"plan-{n}",
            kind=Plan.Kind.IMPLEMENTATION,
            title=Text.of(
                {"en": f"National implementation plan {n}", "nl": f"Nationaal implementatieplan {n}"}
            ),
            short_title=Text.of({"en": f"Plan {n}", "nl": f"Plan {n}"}),
            owner=owner,
            country="BE",
        )
        for n in range(PLANS)
    )
    instruments = {provision.instrument_id for provision in provisions}
    answers = Plan.instruments.through
    answers.objects.bulk_create(
        answers(plan_id=plan.pk, instrument_id=instrument) for plan in plans for instrument in instruments
    )
    for plan in plans:
        _measures(plan, owner, provisions, groups, chance, today)
    return officer


def _instruments() -> list[Provision]:
    found = []
    for number, count in ((1, 6), (2, PROVISIONS - 6)):
        instrument = Instrument.objects.create(
            code=f"instrument-{number}",
            kind=Instrument.Kind.DECLARATION,
            title=Text.of(f"Declaration {number}"),
            short_title=Text.of(f"Declaration {number}"),
            adopted=date(2020, 11, 30),
        )
        found += Provision.objects.bulk_create(
            Provision(instrument=instrument, number=str(n), position=n, title=Text.of(f"Article {n}"))
            for n in range(1, count + 1)
        )
    return found


def _measures(
    plan: Plan,
    owner: Organisation,
    provisions: Sequence[Provision],
    groups: Sequence[TargetGroup],
    chance: random.Random,
    today: date,
) -> None:
    blocks = Block.objects.bulk_create(
        Block(plan=plan, number=str(n), position=n, title=Text.of(f"Building block {n}")) for n in range(1, 8)
    )
    measures = Measure.objects.bulk_create(
        Measure(
            plan=plan, block=blocks[n % 7], number=f"3.{n}", position=n, title=Text.of(f"Measure number {n}")
        )
        for n in range(1, MEASURES + 1)
    )
    states = (True, False, None)
    ticks, actions, milestones, evidence, updates, lines, others = [], [], [], [], [], [], []
    for measure in measures:
        boxes: list[dict[str, object]] = [
            {"group": Tick.Group.PROVISION, "code": f"p:{p.pk}", "provision": p} for p in provisions
        ]
        boxes += [{"group": Tick.Group.TARGET, "code": group.key, "target_group": group} for group in groups]
        boxes += [{"group": Tick.Group.SCOPE, "code": code} for code in ("national", "regional", "local")]
        boxes += [{"group": Tick.Group.SUBSYSTEM, "code": code} for code in ("ivet", "cvet")]
        ticks += [
            Tick(measure=measure, position=n, ticked=chance.choice(states), **box)
            for n, box in enumerate(boxes)
        ]
        for n in range(ACTIONS):
            action = _action(measure, n, chance, today)
            actions.append(action)
            if n == 0:
                milestones.append(
                    Milestone(measure=measure, action=action, title=Text.of("Milestone"), due=action.due)
                )
            updates.append(
                Update(
                    measure=measure,
                    action=action,
                    text=Text.of("Some progress."),
                    date=today - timedelta(days=40),
                )
            )
        evidence.append(
            Evidence(
                measure=measure,
                action=actions[-1],
                kind="link",
                title=Text.of("Report"),
                date=today - timedelta(days=chance.randrange(900)),
                url="https://example.org/report",
                retrieved_on=today,
                state="approved",
                decided_at=clock.now(),
            )
        )
        lines.append(
            FundingLine(measure=measure, amount=chance.choice((None, 250_000, 1_500_000)), period="total")
        )
        others += [
            Section(measure=measure, name="rationale", text=Text.of("Why this is needed. " * 20)),
            MeasureBody(measure=measure, name="Ministry of Education", organisation=owner),
        ]
    Tick.objects.bulk_create(ticks)
    Action.objects.bulk_create(actions)
    Milestone.objects.bulk_create(milestones)
    Evidence.objects.bulk_create(evidence)
    Update.objects.bulk_create(updates)
    FundingLine.objects.bulk_create(lines)
    Section.objects.bulk_create(other for other in others if isinstance(other, Section))
    MeasureBody.objects.bulk_create(other for other in others if isinstance(other, MeasureBody))
    Spending.objects.bulk_create(
        Spending(line=line, kind="spent", amount=1000, date=today - timedelta(days=60)) for line in lines
    )


def _action(measure: Measure, n: int, chance: random.Random, today: date) -> Action:
    state = chance.choice(Action.State.values)
    due = today + timedelta(days=chance.randrange(-400, 800)) if chance.random() < 0.7 else None
    return Action(
        measure=measure,
        position=n,
        title=Text.of({"en": f"Action {n} of the measure", "nl": f"Actie {n} van de maatregel"}),
        state=state,
        start=due - timedelta(days=300) if due else None,
        due=due,
        started_on=today - timedelta(days=300) if state == Action.State.UNDER_WAY else None,
        finished_on=today - timedelta(days=30) if state == Action.State.DONE else None,
        dropped_because="No money." if state == Action.State.DROPPED else "",
        reported_on=today - timedelta(days=chance.randrange(400)),
    )
