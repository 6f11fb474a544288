"""Which words of a message are dimensions, attributes, flags, and what their codes mean: `concepts.yaml` as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Concepts:
    """The names are in capitals, as SDMX writes attributes; dimensions of Eurostat are in small letters."""

    status: frozenset[str]
    confidentiality: frozenset[str]
    unit: frozenset[str]
    multiplier: str
    numerator: str
    denominator: str
    time: tuple[str, ...]
    value: tuple[str, ...]
    attributes: frozenset[str]
    heads: frozenset[str]
    observation_status: dict[str, str]
    missing_status: dict[str, str]
    free: frozenset[str]

    def is_time(self, name: str) -> bool:
        """Return whether a dimension is that of time, in whatever letters."""
        return name.upper() in self.time

    def is_attribute(self, name: str) -> bool:
        """Return whether a word describes a figure and is no dimension of it; a unit may be either."""
        return name in self.attributes or name in self.status or name in self.confidentiality


@cache
def concepts() -> Concepts:
    """Return the table, with its sources in `concepts.yaml`."""
    told: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("concepts.yaml").read_text(encoding="utf-8")
    )
    sets = ("status", "confidentiality", "unit", "attributes", "heads", "free")
    kinds: dict[str, Any] = dict.fromkeys(sets, frozenset) | dict.fromkeys(("time", "value"), tuple)
    made: dict[str, Any] = {key: kinds[key](value) if key in kinds else value for key, value in told.items()}
    return Concepts(**made)


def dataflow_of(words: str) -> str:
    """Return the identifier of a dataset from "ESTAT:EDAT_LFSE_24(1.0)", a URN or the plain identifier."""
    told = words.strip().rsplit("=", 1)[-1].split(":", 1)[-1]
    return re.sub(r"\(.*$", "", told).strip()
