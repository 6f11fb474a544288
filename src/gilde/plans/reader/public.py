"""What others use of the plan reader."""

from __future__ import annotations

from gilde.plans.reader.document import BadDocument, Citation, reslice
from gilde.plans.reader.result import Action, Body, Dated, Funding, Measure, Provision, Reading, Tick, Value
from gilde.plans.reader.sandbox import read_file
from gilde.plans.reader.sniff import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "Action",
    "BadDocument",
    "Body",
    "Citation",
    "Dated",
    "Funding",
    "Measure",
    "Provision",
    "Reading",
    "Tick",
    "Value",
    "read_file",
    "reslice",
]
