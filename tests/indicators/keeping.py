"""What officers work with, for tests: loads that are held, reported figures, boards, targets; and pages to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock, documents
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.models import Board, BoardItem, Finding, Indicator, Load, ReportedFigure
from gilde.organisations.models import Organisation
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of

A_FINDING = {
    "kind": Finding.Kind.IMPOSSIBLE,
    "row": 7,
    "area": "BE",
    "period": "2024",
    "value": "140",
    "sentence": "140 is impossible: values of this indicator are between 0 and 100 %.",
}


def a_load(
    indicator: Indicator,
    state: str = "held",
    findings: Sequence[dict[str, Any]] = (A_FINDING,),
    **fields: Any,
) -> Load:
    """Return a load of a file in this state, with its findings where it is held."""
    told: dict[str, Any] = {
        "kind": Load.Kind.FILE,
        "file_name": "figures.csv",
        "document": documents.store(SYSTEM, file=b"geo,time,value\nBE,2024,140\n", name="figures.csv"),
        "rows": 9,
        "created_at": clock.now(),
        "retrieved_at": clock.now(),
        "problem": "This file is no message that Gilde can read." if state == "failed" else "",
        "decided_at": clock.now() if state == "rejected" else None,
        "decision": "Not ours" if state == "rejected" else "",
    }
    if state == "published":
        told["release"] = figures_of(indicator, {"BE": {"2019": 12.5}})
    load = Load.objects.create(indicator=indicator, state=state, **{**told, **fields})
    if state == "held":
        Finding.objects.bulk_create([Finding(load=load, **finding) for finding in findings])
    return load


def a_reported(indicator: Indicator, author: User, state: str = "draft", **fields: Any) -> ReportedFigure:
    """Return a figure that somebody reported, in this state, without publishing it."""
    now = clock.now()
    told: dict[str, Any] = {
        "area": AreaFactory(code="BE"),
        "period": "2024",
        "value": 75.4,
        "source": "Count of the ministry",
        "url": "https://example.org/count",
        "retrieved_on": clock.today(),
        "submitted_at": None if state == "draft" else now,
        "decided_at": now if state in ("approved", "returned") else None,
    }
    figure: ReportedFigure = ReportedFigure.objects.create(
        indicator=indicator, author=author.pk, state=state, **{**told, **fields}
    )
    return figure


def a_board(
    owner: Organisation, indicator: Indicator, forms: Sequence[str] = ("line",), **fields: Any
) -> Board:
    """Return a board with a figure in each of these forms."""
    board = Board.objects.create(owner=owner, title=Text.of("Learning"), **fields)
    for place, form in enumerate(forms):
        BoardItem.objects.create(
            board=board, indicator=indicator, form=form, areas=["BE", "EU27_2020"], position=place
        )
    return board


def officers_things(owner: Organisation, officer: User) -> dict[str, Any]:
    """Return one of everything that officers of `owner` keep, by the name that addresses give it."""
    official = IndicatorFactory(code="official", owner=owner)
    typed = IndicatorFactory(code="typed", owner=owner, kind=Indicator.Kind.REPORTED)
    figures_of(official, {"BE": {"2020": 60.0, "2021": 61.0, "2022": 62.5}, "EU27_2020": {"2022": 70.0}})
    board = a_board(owner, official, shared=True)
    return {
        "official": official.code,
        "typed": typed.code,
        "load": a_load(official).pk,
        "reported_draft": a_reported(typed, officer).pk,
        "reported_submitted": a_reported(typed, officer, "submitted", period="2023").pk,
        "reported_approved": a_reported(typed, officer, "approved", period="2022").pk,
        "board": board.pk,
        "board_item": board.items.get().pk,
        "board_token": board.token,
        "target": TargetFactory(indicator=official, area=AreaFactory(code="BE")).pk,
    }


def signed_in(user: User) -> GildeClient:
    """Return a client of somebody who has signed in."""
    client = GildeClient()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    """Return the words of the main part of a page, spaces made single."""
    main = LexborHTMLParser(response.content.decode()).css_first("main")
    assert main is not None
    return " ".join(main.text(separator=" ").split())


def page_of(response: Any) -> LexborHTMLParser:
    """Return a page to be asked."""
    return LexborHTMLParser(response.content.decode())


def sent_by(client: GildeClient, url: str) -> dict[str, Any]:
    """Return what a browser would send of the form on a page, as it was opened."""
    form: Any = page_of(client.get(url)).css_first("main form.form")
    sent: dict[str, Any] = {}
    for field in form.css("input, select, textarea"):
        name, kind = field.attributes.get("name"), field.attributes.get("type", "")
        if not name or name == "csrfmiddlewaretoken" or kind == "file":
            continue
        if field.tag == "select":
            chosen = field.css("option[selected]") or field.css("option")[:1]
            sent[name] = chosen[0].attributes.get("value", "") if chosen else ""
        elif kind in ("radio", "checkbox"):
            if "checked" in field.attributes:
                sent.setdefault(name, [])
                sent[name] += [field.attributes.get("value", "on")]
        else:
            sent[name] = field.text() if field.tag == "textarea" else field.attributes.get("value") or ""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in sent.items()
    }
