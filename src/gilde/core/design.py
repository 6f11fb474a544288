"""The component page: each part of the interface, live, with how to use it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

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
            "as_of": date(2024, 5, 1),
            "ticks": [("A", tick(True)), ("B", tick(False)), ("C", tick(None))],
            "form": ExampleForm(request.GET if "name" in request.GET else None),
            "broken_form": ExampleForm({"name": "", "kind": "x"}, prefix="broken"),
        },
    )
