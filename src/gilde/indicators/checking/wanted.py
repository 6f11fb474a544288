"""What an indicator wants of a message: which rows, which of its dimensions is the area, which areas there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.formats.message import Message
from gilde.indicators.models import Area, Indicator, Origin

UNIT_DIMENSIONS: Final = ("unit", "unit_measure")
FREQUENCY_DIMENSION: Final = "freq"
_AREA_DIMENSIONS: Final = ("geo", "ref_area", "area", "country")


@dataclass(frozen=True)
class Wanted:
    """`selection` names for some dimensions the codes that count; `areas` gives an area by each code it goes by."""

    indicator: Indicator
    message: Message
    origin: Origin | None
    selection: Mapping[str, frozenset[str]]
    dimensions: list[Dimension]
    area_dimension: str
    areas: Mapping[str, str]

    @classmethod
    def of(cls, indicator: Indicator, message: Message) -> Wanted:
        """Return what an indicator wants of a message. Raises Invalid when it does not say which areas it is of."""
        origin = Origin.objects.filter(indicator=indicator).first()
        selection = {
            code.lower(): frozenset([codes] if isinstance(codes, str) else codes)
            for code, codes in (origin.selection if origin else {}).items()
        }
        dimensions = dimensions_of(indicator)
        area_dimension = _area_dimension(origin, message)
        return cls(indicator, message, origin, selection, dimensions, area_dimension, _area_codes())

    def is_known(self, code: str) -> bool:
        """Return whether the indicator says what it is in a dimension of the message."""
        return (
            code in self.selection
            or code in (self.area_dimension, FREQUENCY_DIMENSION, *UNIT_DIMENSIONS)
            or any(code == dimension.code for dimension in self.dimensions)
        )


def _area_dimension(origin: Origin | None, message: Message) -> str:
    for name in (origin.area_dimension.lower() if origin else "", *_AREA_DIMENSIONS):
        if name and name in message.dimensions:
            return name
    raise Invalid(
        _(
            "The file does not say which areas its figures are of: it has the dimensions %(there)s, and none "
            "of them is geo, ref_area, area or country. Rename the one that holds the area."
        )
        % {"there": ", ".join(message.dimensions) or _("none")}
    )


def _area_codes() -> dict[str, str]:
    rows = list(Area.objects.values_list("code", "aliases"))
    by_alias = {alias: code for code, aliases in rows for alias in aliases}
    return {**by_alias, **{code: code for code, _aliases in rows}}
