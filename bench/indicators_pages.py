"""The pages of indicators: one with 40 areas × 30 years, and lists and dashboards over a hundred of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import Timing, timed
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Area, Indicator, Release, Target
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.views import answers
from gilde.organisations.models import Membership, Organisation

INDICATORS, AREAS, YEARS = 100, 40, 30
ROUNDS = 30
# What the page of an indicator has to stay under, as a median, in milliseconds.
UNCACHED, CACHED = 150.0, 15.0


def run() -> tuple[str, Sequence[Timing]]:
    """Return the median and 95th percentile of each page, made anew and kept, for the public and an officer."""
    chance = random.Random(20201124)  # noqa: S311
    with transaction.atomic():
        officer = _fill(chance)
    public, signed_in = Client(), Client()
    signed_in.force_login(officer)
    page = reverse("indicators:indicator", args=["measured-0"])
    areas = reverse("indicators:area", args=["BE"])
    compare = reverse("indicators:compare") + "?indicator=measured-0"
    chosen = _choices(chance)
    timings = [
        _page("indicator, made anew", public, lambda _n: f"{page}?{next(chosen)}", UNCACHED, anew=True),
        _page("indicator, kept", public, lambda _n: page, CACHED),
        _page("indicator, kept, officer", signed_in, lambda _n: page, CACHED),
        _page("indicator, not changed (304)", public, lambda _n: page, CACHED, unchanged=True),
        _page(
            "indicator as published before", public, lambda n: f"{page}?at=2026-01-{n % 28 + 1:02d}", UNCACHED
        ),
        _page("area, made anew", public, lambda _n: areas, anew=True),
        _page("area, kept", public, lambda _n: areas, CACHED),
        _page("areas compared, made anew", public, lambda _n: compare, anew=True),
        _page("areas compared, kept", public, lambda _n: compare, CACHED),
        _page("catalogue", public, lambda n: f"{reverse('indicators:list')}?page={n % 2 + 1}"),
        _page("figures", public, lambda _n: reverse("indicators:figures", args=["measured-0"])),
        _page("revisions", public, lambda _n: reverse("indicators:revisions", args=["measured-0"])),
        _page("about", public, lambda _n: reverse("indicators:about", args=["measured-0"])),
    ]
    return f"Indicators: {INDICATORS} of {AREAS} areas × {YEARS} years", timings


def _choices(chance: random.Random) -> Iterator[str]:
    """Yield areas for the chart that nobody has asked for before, so that it has to be declared anew too."""
    while True:
        yield "&".join(f"area={code}" for code in chance.sample(_codes(), 6))


def _page(
    name: str,
    client: Client,
    address: Callable[[int], str],
    limit: float | None = None,
    *,
    anew: bool = False,
    unchanged: bool = False,
) -> Timing:
    headers: dict[str, str] = {}

    def get(n: int) -> None:
        response = client.get(address(n), headers=headers)
        if response.status_code != (304 if headers else 200):
            raise RuntimeError(f"{address(n)} answers {response.status_code}")
        if unchanged and not headers:
            headers["If-None-Match"] = response["ETag"]

    def fresh(n: int) -> tuple[float, float]:
        if anew:
            answers.forget()
        return timed(partial(get, n))

    fresh(0)
    with CaptureQueriesContext(connection) as captured:
        fresh(1)
        queries = len(captured.captured_queries)
    times = [fresh(n) for n in range(2, ROUNDS + 2)]
    return Timing(name, [clock for clock, _ in times], [cpu for _, cpu in times], queries, limit)


def _codes() -> list[str]:
    return ["EU27_2020", "BE", *(f"X{number:02d}" for number in range(AREAS - 2))]


def _fill(chance: random.Random) -> User:
    owner = Organisation.objects.create(slug="statistics", name=Text.of("Office of statistics"))
    officer = User.objects.create_user("keeper@example.org", None, name="Keeper")
    Membership.objects.create(user=officer, organisation=owner, role="officer", since="2020-01-01")
    for place, code in enumerate(_codes()):
        kind = Area.Kind.UNION if code.startswith("EU") else Area.Kind.COUNTRY
        defaults = {"kind": kind, "level": None if place == 0 else 0, "name": Text.of(f"Area {code}")}
        Area.objects.get_or_create(code=code, defaults={**defaults, "position": place})
    for number in range(INDICATORS):
        indicator = Indicator.objects.create(
            code=f"measured-{number}",
            kind=Indicator.Kind.OFFICIAL,
            state=Indicator.State.PUBLISHED,
            name=Text.of({"en": f"What is measured {number}", "nl": f"Wat wordt gemeten {number}"}),
            definition=Text.of("Those who do, out of all who could."),
            unit="PC",
            unit_label=Text.of("%"),
            direction=Indicator.Direction.HIGHER,
            minimum=0,
            maximum=100,
            source=Text.of("Office of statistics, table 1"),
            owner=owner,
            body=owner,
        )
        publish(
            actor=SYSTEM,
            indicator=indicator,
            incoming=Incoming.of(_figures(chance)),
            provenance=Provenance(kind=Release.Kind.FILE, source="Office of statistics, table 1"),
        )
        for year in (2025, 2030):
            Target.objects.create(
                indicator=indicator,
                area_id="EU27_2020",
                value=80,
                year=year,
                instrument=Text.of("An agreement"),
                issued_year=2020,
                source="An agreement, point 1",
            )
    return officer


def _figures(chance: random.Random) -> Iterator[Arriving]:
    for code in _codes():
        value = chance.uniform(30, 70)
        for year in range(2025 - YEARS + 1, 2026):
            value = min(max(value + chance.uniform(-1, 1.5), 0), 100)
            flags = "b" if year == 2021 else chance.choice(("", "", "", "e", "p"))
            yield Arriving(code, "", str(year), round(value, 1), flags)
