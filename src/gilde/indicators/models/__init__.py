"""The tables of indicators, by what they are about."""

from gilde.indicators.models.areas import Area, Boundary
from gilde.indicators.models.boards import Board, BoardItem, Subscription
from gilde.indicators.models.definitions import Indicator, Origin
from gilde.indicators.models.figures import Observation, Release, Series
from gilde.indicators.models.loads import Finding, Load
from gilde.indicators.models.reported import MetricRun, ReportedFigure
from gilde.indicators.models.targets import Judgement, Standing, Target

__all__ = [
    "Area",
    "Board",
    "BoardItem",
    "Boundary",
    "Finding",
    "Indicator",
    "Judgement",
    "Load",
    "MetricRun",
    "Observation",
    "Origin",
    "Release",
    "ReportedFigure",
    "Series",
    "Standing",
    "Subscription",
    "Target",
]
