"""Random tables of figures: values, flags, breakdowns, periods of four frequencies, and figures that are missing."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from tests.indicators.formats.writing import Cell

VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(min_value=0, max_value=100).map(lambda value: round(value, 1)),
    st.integers(-(10**12), 10**12).map(float),
)
# The letters that both the codes of SDMX and those of Eurostat know.
FLAGS = st.sets(st.sampled_from("bdefinpuz"), max_size=3).map(lambda letters: "".join(sorted(letters)))
CODES = st.text(string.ascii_uppercase + string.digits + "_-", min_size=1, max_size=8).map(
    lambda word: "K" + word
)
_RESERVED = {"geo", "time", "period", "time_period", "value", "obs_value", "flag", "flags", "unit", "freq"}
DIMENSIONS = st.text(string.ascii_lowercase, min_size=2, max_size=6).filter(
    lambda code: code not in _RESERVED
)
PERIODS = {
    "A": st.integers(1950, 2050).map(str),
    "S": st.integers(1950, 2050).map(lambda year: f"{year}-{year + 1}"),
    "Q": st.tuples(st.integers(1950, 2050), st.integers(1, 4)).map(lambda told: f"{told[0]}-Q{told[1]}"),
    "M": st.tuples(st.integers(1950, 2050), st.integers(1, 12)).map(lambda told: f"{told[0]}-{told[1]:02d}"),
}


@st.composite
def tables(draw: Any, complete: bool = False) -> tuple[list[str], list[Cell]]:
    """Draw dimensions, "geo" last, and figures, each place once; `complete` gives every series every period."""
    dimensions = [*draw(st.lists(DIMENSIONS, max_size=2, unique=True)), "geo"]
    periods = draw(st.lists(PERIODS[draw(st.sampled_from("ASQM"))], min_size=1, max_size=4, unique=True))
    keys = draw(st.lists(st.tuples(*[CODES] * len(dimensions)), min_size=1, max_size=4, unique=True))
    places = [(key, period) for key in keys for period in periods]
    if not complete:
        places = draw(st.lists(st.sampled_from(places), min_size=1, unique=True))
    cells = [
        Cell(key, period, draw(st.one_of(st.none(), VALUES, VALUES)), draw(FLAGS)) for key, period in places
    ]
    return dimensions, cells
