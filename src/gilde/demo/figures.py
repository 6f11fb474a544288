"""Figures of the demo world: restated with their source, linked to the measures that they prove, on a board.

Idempotent in the way of the demo: an indicator that has figures, a plan that has links and an owner that has boards
are left as they are.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from gilde.core.access import SYSTEM
from gilde.demo.files import read
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Board, Indicator, MetricRun, Release
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.services import boards, computing
from gilde.indicators.services.following import after_release
from gilde.indicators.services.reference import load_reference, text
from gilde.organisations.models import Organisation
from gilde.plans.models import Measure, MeasureIndicator, Plan
from gilde.plans.services.indicators import link_indicator

Say = Callable[[str], None]


def load_indicators(organisations: Mapping[str, Organisation], say: Say = lambda _line: None) -> None:
    """Load the indicators with what is known of them; needs the plans, so that measures can be linked."""
    for line in load_reference():
        say(line)
    world = read("indicators/world.yaml")
    keeper = organisations[world["keeper"]]
    Indicator.objects.filter(owner=None, kind=Indicator.Kind.OFFICIAL).update(owner=keeper)
    indicators = {indicator.code: indicator for indicator in Indicator.objects.select_related("owner")}
    releases = _publish(indicators)
    links = sum(_link(plan, indicators) for plan in world["links"])
    made = sum(_board(board, organisations, indicators) for board in world["boards"])
    computed = 0
    if not MetricRun.objects.exists():
        computed = computing.run_all()["released"]
        Indicator.objects.filter(owner=None, kind=Indicator.Kind.COMPUTED).update(owner=keeper)
    if releases or links or made or computed:
        say(
            f"{releases} series of figures restated, {computed} computed, "
            f"{links} links to measures, {made} boards"
        )


def _publish(indicators: Mapping[str, Indicator]) -> int:
    data = read("indicators/figures.yaml")
    known = set(Release.objects.values_list("indicator__code", flat=True).distinct())
    restated = timezone.make_aware(datetime.datetime.combine(data["restated"], datetime.time(12)))
    count = 0
    for row in data["releases"]:
        if row["indicator"] in known:
            continue
        release = publish(
            actor=SYSTEM,
            indicator=indicators[row["indicator"]],
            incoming=Incoming.of(_figures(row["figures"])),
            provenance=Provenance(
                kind=Release.Kind.REFERENCE,
                source=row["source"],
                retrieved_at=restated,
                url=row.get("url") or "",
            ),
        )
        if release is not None:
            after_release(
                release.pk
            )  # at once, so that what Gilde computes of its targets tells how they stand
        count += 1
    return count


def _figures(areas: Mapping[str, Mapping[int, Any]]) -> Iterator[Arriving]:
    for area, periods in areas.items():
        for period, told in periods.items():
            value, flags = told if isinstance(told, list) else (told, "")
            yield Arriving(area, "", str(period), float(value), flags)


def _link(row: Mapping[str, Any], indicators: Mapping[str, Indicator]) -> int:
    plan = Plan.objects.get(slug=row["plan"])
    if MeasureIndicator.objects.filter(measure__plan=plan).exists():
        return 0
    measures = {
        measure.number: measure
        for measure in Measure.objects.filter(plan=plan, dropped_in=None).select_related("plan")
    }
    count = 0
    for told in row["measures"]:
        for link in told["indicators"]:
            link_indicator(
                actor=SYSTEM,
                measure=measures[told["number"]],
                indicator=indicators[link["indicator"]],
                area=link["geo"],
                note=text(link.get("note")),
            )
            count += 1
    return count


def _board(
    row: Mapping[str, Any], organisations: Mapping[str, Organisation], indicators: Mapping[str, Indicator]
) -> bool:
    owner = organisations[row["owner"]]
    if Board.objects.filter(owner=owner).exists():
        return False
    data = boards.BoardData(title=text(row["title"]), intro=text(row["intro"]))
    board = boards.make_board(actor=SYSTEM, owner=owner, data=data)
    for item in row["items"]:
        boards.add_item(
            actor=SYSTEM,
            board=board,
            data=boards.ItemData(
                indicator=indicators[item["indicator"]],
                form=item["form"],
                areas=item["areas"],
                note=text(item.get("note")),
            ),
        )
    if row["shared"]:
        board.refresh_from_db()
        boards.share_board(actor=SYSTEM, board=board)
    return True
