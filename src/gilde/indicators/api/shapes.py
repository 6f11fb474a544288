"""What several parts of the API of indicators give and take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from gilde.core.api import OneOf, TextOut
from gilde.core.text import Text
from gilde.indicators.access import visible_indicators
from gilde.indicators.figures import Figure
from gilde.indicators.judgement import Doubt
from gilde.indicators.models import Area, Indicator, Release, Target
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.models.targets import Status
from gilde.organisations.public import Organisation

IndicatorKind = Annotated[str, OneOf(Indicator.Kind)]
IndicatorState = Annotated[str, OneOf(Indicator.State)]
Direction = Annotated[str, OneOf(Indicator.Direction)]
Aggregation = Annotated[str, OneOf(Indicator.Aggregation)]
FrequencyCode = Annotated[str, OneOf(Frequency)]
AreaKind = Annotated[str, OneOf(Area.Kind)]
ReleaseKind = Annotated[str, OneOf(Release.Kind)]
TargetComparison = Annotated[str, OneOf(Target.Comparison)]
StatusCode = Annotated[str, OneOf(Status)]
DoubtCode = Doubt
Codes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000, pattern=r"^[^\x00]*$")]
Key = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
Moment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00]*$")]


class Body(Schema):
    """An organisation, short."""

    id: UUID
    slug: str
    name: TextOut

    @classmethod
    def of(cls, organisation: Organisation | None) -> Body | None:
        """Return the organisation in short, None where there is none."""
        if organisation is None:
            return None
        return cls(id=organisation.pk, slug=organisation.slug, name=TextOut.of(organisation.name))


class FigureOut(Schema):
    """One figure of a series; null is unknown."""

    period: str
    value: float | None
    flags: str

    @classmethod
    def of(cls, figure: Figure | None) -> FigureOut | None:
        """Return the figure as the API gives it, None where there is none."""
        if figure is None:
            return None
        return cls(period=figure.period, value=figure.value, flags=figure.flags)


def text_or_none(text: Text) -> TextOut | None:
    """Return a text, or None where there is none."""
    return TextOut.of(text) if text else None


def indicator_of(request: HttpRequest, code: str) -> Indicator:
    """Return an indicator that the reader may see; raise Http404 otherwise."""
    return get_object_or_404(visible_indicators(request.user), code=code)


def codes_of(given: str) -> list[str]:
    """Return codes written with commas between them, each once."""
    return list(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))
