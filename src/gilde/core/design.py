"""The component page: each part of the interface, live, with how to use it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gilde.core import charts
from gilde.core.charts import Axis
from gilde.core.charts_small import Spot, sparkline
from gilde.core.components import Bar, Fact, Signal, Step, Tab, Task, status, tick

PALETTE = (
    "paper",
    "raised",
    "sunk",
    "ink",
    "text",
    "quiet",
    "line",
    "line-strong",
    "red",
    "good",
    "warn",
    "bad",
    "none",
)


class ExampleForm(forms.Form):
    """A form with one field of each kind."""

    name = forms.CharField(label=_("Title"), help_text=_("As it stands in the plan."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "–"), ("a", _("Reform")), ("b", _("Investment"))])
    when = forms.DateField(
        label=_("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave empty if unknown."),
    )
    scope = forms.ChoiceField(
        label=_("Scope"),
        widget=forms.RadioSelect,
        choices=[("national", _("National")), ("regional", _("Regional")), ("local", _("Local"))],
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    public = forms.BooleanField(label=_("Show to everyone"), required=False)


def example_trends() -> list[charts.Chart]:
    """Return charts of figures of areas over time and side by side; the figures are examples."""
    words: dict[str, Any] = {
        "source": str(_("Example figures")),
        "as_of": date(2026, 1, 31),
        "unit": "%",
        "decimals": 1,
        "y": Axis("v", str(_("Share"))),
        "extra": (Axis("mark", str(_("Flags"))),),
    }
    years = {
        "Norland": (70.2, 72.8, 74.1, 74.9, (66.0, "b"), 68.4, 69.9, (72.0, "p")),
        "Midland": (72.0, 73.1, 73.8, 75.0, 75.2, 76.1, 77.3, 78.0),
        "Southmark": (61.0, 62.2, None, 63.9, 64.8, 66.0, 66.1, 67.4),
        "Westhaven": (80.1, 79.4, 79.9, 81.0, 81.7, (82.2, "u"), 82.0, 83.1),
    }
    rows: list[charts.Row] = []
    for area, values in years.items():
        for n, told in enumerate(values):
            value, mark = told if isinstance(told, tuple) else (told, "")
            at = {
                "period": str(2018 + n),
                "at": 2018 + n,
                "broken": mark == "b",
                "unsure": mark in ("p", "u"),
            }
            rows.append({"area": area, "v": value, "mark": mark, "note": _flag(mark), **at})
    over_time = {"x": Axis("period", str(_("Year"))), "series": Axis("area", str(_("Area"))), "rows": rows}
    newest: list[charts.Row] = [
        {"area": "Westhaven", "code": "W", "v": 83.1, "unranked": False},
        {"area": "Midland", "code": "M", "v": 78.0, "unranked": False},
        {"area": "Southmark", "code": "S", "v": 67.4, "unranked": False},
        {"area": "Norland", "code": "N", "v": 72.0, "mark": "p", "note": _flag("p"), "unranked": True},
    ]
    side_by_side = {"x": Axis("area", str(_("Area"))), "rows": newest, "highlight": ("Norland",)}
    return [
        charts.trend(
            title=str(_("A trend with a break, a target and where it leads")),
            alt=str(_("Norland rises to 74.9 in 2021 and, after a break, from 66 in 2022 to 72 in 2025.")),
            note=str(_("Lines are interrupted where figures cannot be compared.")),
            highlight=("Norland",),
            target=charts.Target(80, str(_("Target 80 in 2030")), 2030),
            paths=(charts.Path(str(_("required path")), ((2022, 66.0), (2030, 80.0))),),
            projection=charts.Projection(
                str(_("if the trend goes on, with interval")), (2025, 72.0), 2030, 81.4, 78.2, 84.6
            ),
            **over_time,
            **words,
        ),
        charts.multiples(
            title=str(_("Small multiples")),
            alt=str(_("Three areas beside Midland, all on the same axes; Westhaven is highest.")),
            repeated="Midland",
            **over_time,
            **words,
        ),
        charts.compared(
            title=str(_("Areas compared")),
            alt=str(_("Westhaven is first with 83.1; Norland is not ranked.")),
            reference=charts.Target(76.5, str(_("all areas 76.5"))),
            **side_by_side,
            **words,
        ),
        charts.choropleth(
            title=str(_("A map")),
            alt=str(_("From 67.4 in Southmark to 83.1 in Westhaven; for Eastfen there is no figure.")),
            shapes=charts.Shapes(_MAP),
            **side_by_side,
            **words,
        ),
    ]


def _flag(mark: str) -> str:
    words = {"b": _("break in the series"), "p": _("provisional"), "u": _("unreliable")}
    return str(words.get(mark, ""))


def _land(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


_MAP = {
    "N": _land((2, 54), (8, 55), (14, 54.4), (12, 52), (7, 51.5), (3, 52.2)),
    "M": _land((3, 52.2), (7, 51.5), (12, 52), (11, 49), (6.5, 48.4), (4, 49.5)),
    "W": _land((-2, 52.5), (3, 52.2), (4, 49.5), (2.5, 47.6), (-2.5, 48.8)),
    "S": _land((4, 49.5), (6.5, 48.4), (11, 49), (10, 45.5), (5, 45), (2.5, 47.6)),
    "E": _land((12, 52), (14, 54.4), (18.5, 52.6), (17, 48.5), (11, 49)),
}
_SPOTS = (70.2, 72.8, 74.1, 74.9, 66.0, 68.4, 69.9, 72.0)


def example_spark() -> SafeString:
    """Return a line for a table cell, with a break."""
    spots = [Spot(2018 + n, value, broken=n == 4) for n, value in enumerate(_SPOTS)]
    label = _("It rises to 74.9 in 2021 and, after a break, from 66 to 72 in 2025.")
    return sparkline(spots, str(label), target=80)


def example_charts() -> list[charts.Chart]:
    """Return one chart of each kind, with figures that are examples."""
    words = {"source": str(_("Example figures")), "as_of": date(2026, 1, 31)}
    series, year, share = (
        Axis("series", str(_("Area"))),
        Axis("year", str(_("Year"))),
        Axis("v", str(_("Share"))),
    )
    building = Axis("block", str(_("Building block")))
    paths = {"Norland": (71, 73, None, 76, 78), str(_("All countries")): (74, 75, 76, 77, 79)}
    states = {str(_("done")): (4, 2, 5), str(_("late")): (1, 3, 0), str(_("under way")): (2, 2, 4)}
    blocks = [str(_("Modern programmes")), str(_("Learning at the workplace")), str(_("Quality"))]
    return [
        charts.line(
            title=str(_("Graduates in work")),
            alt=str(_("Norland rises from 71 to 78 percent in five years and stays below all countries.")),
            note=str(_("No figure for 2022.")),
            unit="%",
            x=year,
            y=share,
            series=series,
            target=charts.Target(82, str(_("Target 82"))),
            rows=[
                {"series": name, "year": 2020 + n, "v": value}
                for name, values in paths.items()
                for n, value in enumerate(values)
            ],
            **words,
        ),
        charts.stacked_bar(
            title=str(_("Actions by state")),
            alt=str(_("Quality has no late action; learning at the workplace has three.")),
            x=building,
            y=Axis("n", str(_("Actions"))),
            series=Axis("state", str(_("State"))),
            rows=[
                {"block": block, "state": state, "n": counts[n]}
                for n, block in enumerate(blocks)
                for state, counts in states.items()
            ],
            **words,
        ),
        charts.bar(
            title=str(_("Ticks decided")),
            alt=str(_("Most ticks are decided for quality, fewest for modern programmes.")),
            x=building,
            y=Axis("n", str(_("Ticks"))),
            rows=[{"block": block, "n": (31, 44, 52)[n]} for n, block in enumerate(blocks)],
            **words,
        ),
        charts.gantt(
            title=str(_("Measures over time")),
            alt=str(_("Three measures between 2022 and 2025; the first has ended.")),
            x=building,
            y=Axis("from", str(_("First day"))),
            end=Axis("to", str(_("Last day"))),
            series=Axis("state", str(_("State"))),
            rows=[
                {
                    "block": blocks[0],
                    "from": date(2022, 1, 1),
                    "to": date(2023, 6, 30),
                    "state": str(_("done")),
                },
                {
                    "block": blocks[1],
                    "from": date(2022, 9, 1),
                    "to": date(2025, 8, 31),
                    "state": str(_("late")),
                },
                {
                    "block": blocks[2],
                    "from": date(2024, 1, 1),
                    "to": date(2025, 12, 31),
                    "state": str(_("under way")),
                },
            ],
            **words,
        ),
    ]


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """Show every component; the figures on this page are examples."""
    return render(
        request,
        "core/design.html",
        {
            "title": _("Design"),
            "palette": PALETTE,
            "tabs": [
                Tab(str(_("Promise")), "#tabs", current=True),
                Tab(str(_("Delivery")), "#tabs", count=6),
                Tab(str(_("Proof")), "#tabs", count=7),
            ],
            "steps": [
                Step(str(_("Upload")), "done"),
                Step(str(_("Check")), "current"),
                Step(str(_("Publish"))),
            ],
            "tasks": [
                Task(
                    str(_("Decide the unknown ticks")),
                    "#tasks",
                    str(_("23 of 490 left")),
                    "warn",
                    str(_("Under way")),
                ),
                Task(str(_("Link the bodies")), "#tasks", "", "good", str(_("Done"))),
                Task(
                    str(_("Publish")), "", str(_("When nothing is left to decide")), "none", str(_("Not yet"))
                ),
            ],
            "facts": [
                Fact(str(_("Responsible")), "VDAB", str(_("Change")), "#summary"),
                Fact(str(_("Funding")), None, str(_("Add")), "#summary"),
                Fact(str(_("State")), status("good", _("On track"))),
            ],
            "signals": [
                Signal(str(_("actions")), 6, str(_("4 done, 1 late, 1 undated")), "#signals"),
                Signal(str(_("evidence")), 7, str(_("newest 12 days old"))),
                Signal(str(_("spent")), None, str(_("nobody has reported yet"))),
            ],
            "bars": [
                Bar(
                    "3.1 " + str(_("Lifelong learning")),
                    date(2022, 1, 1),
                    date(2024, 12, 31),
                    "good",
                    milestones=[date(2023, 6, 30)],
                ),
                Bar("3.9 " + str(_("Dual learning")), date(2022, 9, 1), None, "info"),
                Bar("3.12 " + str(_("Validation")), date(2023, 1, 1), date(2025, 6, 30), "warn", vague=True),
            ],
            "charts": example_charts(),
            "trends": example_trends(),
            "spark": example_spark(),
            "as_of": date(2024, 5, 1),
            "ticks": [("A", tick(True)), ("B", tick(False)), ("C", tick(None))],
            "form": ExampleForm(request.GET if "name" in request.GET else None),
            "broken_form": ExampleForm({"name": "", "kind": "x"}, prefix="broken"),
        },
    )
