"""What the tests of pages share: the words of a page, who is signed in, and one indicator known by heart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from selectolax.lexbor import LexborHTMLParser, LexborNode

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator, Release
from gilde.organisations.models import Organisation
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of

PUBLISHED: Final = datetime(2026, 1, 31, 9, tzinfo=UTC)
TODAY: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)

# Recent VET graduates in employment, 2019 to 2025, with the breaks of Eurostat.
EMPLOYED: Final[dict[str, dict[str, Any]]] = {
    "EU27_2020": {
        "2019": 79.2,
        "2020": 75.9,
        "2021": (76.0, "b"),
        "2022": 79.7,
        "2023": 80.7,
        "2024": 79.9,
        "2025": 80.1,
    },
    "BE": {
        "2019": 77.1,
        "2020": 76.5,
        "2021": (71.5, "b"),
        "2022": 79.6,
        "2023": 80.9,
        "2024": (63.9, "b"),
        "2025": 75.4,
    },
}


def areas() -> tuple[Area, Area]:
    """Return the Union and Belgium, which is part of it."""
    union = AreaFactory(
        code="EU27_2020", kind="union", level=None, name=Text.of("European Union (27)"), position=1
    )
    country = AreaFactory(code="BE", name=Text.of("Belgium"), parent=union, position=2)
    return union, country


def employed(**fields: Any) -> Indicator:
    """Return the indicator with its figures, published on 31 January 2026, and the target of 82 % for the Union."""
    union, _country = areas()
    indicator: Indicator = IndicatorFactory(
        **{"code": "employed", "name": Text.of("Recent VET graduates in employment"), **fields}
    )
    TargetFactory(
        indicator=indicator,
        area=union,
        value=82,
        year=2030,
        instrument=Text.of("Council Recommendation on VET"),
        issued_year=2020,
    )
    with clock.moved_to(PUBLISHED):
        figures_of(indicator, EMPLOYED)
    return indicator


def readers_things(owner: Organisation) -> dict[str, Any]:
    """Return what addresses of pages name: an indicator that `owner` has not published, and a release of another."""
    unpublished = IndicatorFactory(code="unpublished", owner=owner, state=Indicator.State.DRAFT)
    figures_of(unpublished, {"BE": {"2024": 1.0}})
    release = Release.objects.filter(indicator__state=Indicator.State.PUBLISHED).first()
    assert release is not None
    return {"unpublished": unpublished.code, "unpublished_id": unpublished.pk, "release_uid": release.uid}


def revised(indicator: Indicator, told: dict[str, dict[str, Any]] | None = None) -> Release:
    """Return a release of today that revises the figure of Belgium for 2025."""
    release = figures_of(indicator, told or {"BE": {"2025": (76.4, "p")}})
    assert release is not None
    return release


def signed_in(person: Any) -> GildeClient:
    """Return the client of a person, or of a visitor."""
    client = GildeClient()
    if not isinstance(person, AnonymousUser):
        client.force_login(person)
    return client


def html_of(response: Any) -> LexborHTMLParser:
    """Return a page as a tree."""
    assert response.status_code == 200, response.status_code
    return LexborHTMLParser(response.content.decode())


def words_of(node: LexborNode | None) -> str:
    """Return the words of a part of a page, spaces made single."""
    assert node is not None
    return " ".join(node.text(separator=" ").split()).replace(" .", ".")


def main_of(response: Any) -> str:
    """Return the words of the main part of a page."""
    return words_of(html_of(response).css_first("main"))


def rows_of(response: Any, table: str = "table") -> list[list[str]]:
    """Return the cells of the body of a table, row by row."""
    return [
        [words_of(cell) for cell in row.css("th, td")] for row in html_of(response).css(f"{table} tbody tr")
    ]
