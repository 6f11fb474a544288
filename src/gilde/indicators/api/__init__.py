"""The API of indicators: what is measured, every figure by dimension, targets and how they stand, to read."""

from __future__ import annotations

from gilde.indicators.api.indicators import areas, indicators
from gilde.indicators.api.judged import compared, standing, targets
from gilde.indicators.api.observations import observations
from gilde.indicators.api.releases import releases

routers = [
    ("/indicators", indicators),
    ("/indicators", observations),
    ("/indicators", compared),
    ("/areas", areas),
    ("/targets", targets),
    ("/standings", standing),
    ("/releases", releases),
]

__all__ = ["routers"]
