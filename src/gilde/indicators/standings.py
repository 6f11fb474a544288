"""How areas stand against the targets of indicators: figures, targets and signed judgements brought together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gilde.indicators.figures import Line
from gilde.indicators.judgement import Judged
from gilde.indicators.models import Area, Indicator, Judgement, Target
from gilde.indicators.models.targets import Status


@dataclass(frozen=True)
class Stand:
    """How one area stands against one target. A signed judgement, where it holds, gives the status instead.

    `borrowed` says that the target was issued for another area (the Union) and is shown beside this area's figures
    for orientation: a benchmark, not a promise of this area.
    """

    indicator: Indicator
    target: Target
    area: Area
    line: Line | None
    judged: Judged
    signed: Judgement | None = None
    signed_is_older: bool = False
    borrowed: bool = False

    @property
    def status(self) -> Status:
        """Return the status that is shown."""
        return Status(self.signed.status) if self.signed is not None else self.judged.status


def stands(
    indicators: Indicator | Collection[Indicator],
    *,
    areas: Collection[str] | None = None,
    at: datetime | None = None,
) -> list[Stand]:
    """Return how areas stand against every target that holds, by indicator, area and year of the target.

    Without `areas` each target is judged for its own area. With them also for each of these areas, `borrowed` where
    the target is another area's. `at` tells of an earlier moment: figures, judgements as they were then.
    At most five queries.
    """
    raise NotImplementedError


def sentence(stand: Stand) -> str:
    """Return in the reader's language how it stands and why, in one or two plain sentences."""
    raise NotImplementedError
