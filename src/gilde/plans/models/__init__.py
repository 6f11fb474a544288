"""The tables of plans, by what they are about."""

from gilde.plans.models.delivery import Action, Evidence, Milestone, Spending, Update
from gilde.plans.models.indicators import MeasureIndicator, ProvisionIndicator
from gilde.plans.models.instruments import Instrument, Provision
from gilde.plans.models.plans import (
    Block,
    Citation,
    Edition,
    FundingLine,
    Measure,
    MeasureBody,
    Note,
    Plan,
    Section,
    TargetGroup,
    Tick,
)
from gilde.plans.models.readings import Reading, Revision, Value
from gilde.plans.models.reports import Report

__all__ = [
    "Action",
    "Block",
    "Citation",
    "Edition",
    "Evidence",
    "FundingLine",
    "Instrument",
    "Measure",
    "MeasureBody",
    "MeasureIndicator",
    "Milestone",
    "Note",
    "Plan",
    "Provision",
    "ProvisionIndicator",
    "Reading",
    "Report",
    "Revision",
    "Section",
    "Spending",
    "TargetGroup",
    "Tick",
    "Update",
    "Value",
]
