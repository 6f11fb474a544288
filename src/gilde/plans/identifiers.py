"""The stable addresses of what plans publish: `/id/<kind>/<uuid>`."""

from __future__ import annotations

from typing import Final

from django.db import models

from gilde.core.uris import uri
from gilde.organisations.public import Organisation
from gilde.plans.models import Action, Instrument, Measure, Milestone, Plan, Provision, Report

KINDS: Final[dict[type[models.Model], str]] = {
    Plan: "plan",
    Measure: "measure",
    Action: "action",
    Milestone: "milestone",
    Instrument: "instrument",
    Provision: "provision",
    Report: "report",
    Organisation: "organisation",
}


def uri_of(thing: models.Model) -> str:
    """Return the stable address of a thing of one of `KINDS`; raise KeyError for any other."""
    return uri(KINDS[type(thing)], thing.pk)
