"""Small multiples: trends side by side on the same axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from gilde.core.chart_marks import BREAK, Sheet
from gilde.core.chart_scales import Scale, cut, decimals_of, ticks, width_of
from gilde.core.chart_sizes import PANEL, SERIES
from gilde.core.chart_tables import number
from gilde.core.chart_trends import Point, gaps, points_of, segments, step_of
from gilde.core.charts import Chart, Size

Line: TypeAlias = list[tuple[float, float]]


@dataclass
class Panels:
    """What all panels share, and the lines that they gather: all of a look are one layer of the drawing."""

    chart: Chart
    sheet: Sheet
    across: int
    high: float
    years: tuple[float, float]
    values: tuple[float, float]
    marks: list[float]
    step: float
    again: list[Point]
    own: dict[str, Line] = field(default_factory=dict)
    grey: dict[str, Line] = field(default_factory=dict)

    @property
    def wide(self) -> float:
        """Return the width of a panel with the space to its right."""
        return self.sheet.across / self.across

    def draw(self, n: int, name: str, points: list[Point]) -> None:
        """Draw the panel of one series, the n-th."""
        left, top = n % self.across * self.wide, n // self.across * self.high
        right = left + self.wide - 16
        x = Scale(self.years, (left + 4, right - 4))
        y = Scale(self.values, (top + self.high - 14, top + 22))
        self._frame(n, left, right, top, y)
        self._name(name, points, left, right, top)
        for part, segment in enumerate(segments(self.again, self.step)):
            self.grey[f"{n}.{part}"] = [(x(point.at), y(point.value)) for point in segment]
        for part, segment in enumerate(segments(points, self.step)):
            line = [(x(point.at), y(point.value)) for point in segment]
            self.own[f"{n}.{part}"] = line
            if len(line) == 1:
                self.sheet.point(*line[0], stroke=SERIES[0], fill=SERIES[0], size=5)
        for gap in gaps(points):
            at, value = (gap.before.at + gap.after.at) / 2, (gap.before.value + gap.after.value) / 2
            self.sheet.point(x(at), y(value), stroke="var(--text)", shape=BREAK, size=2)
        if points:
            last = points[-1]
            fill = "var(--paper)" if last.unsure else SERIES[0]
            self.sheet.point(x(last.at), y(last.value), stroke=SERIES[0], fill=fill, size=14)

    def years_below(self, n: int, first: str, last: str) -> None:
        """Write the first and the last period below the n-th panel."""
        left, below = n % self.across * self.wide, (n // self.across + 1) * self.high + 2
        self.sheet.text(left + 4, below, first, colour="var(--quiet)", size=10)
        if first != last:
            right = left + self.wide - 16
            self.sheet.text(right, below, last, colour="var(--quiet)", size=10, align="right")

    def _frame(self, n: int, left: float, right: float, top: float, y: Scale) -> None:
        bottom = top + self.high - 12
        self.sheet.grid((left, bottom), (right, bottom))
        for mark in self.marks:
            self.sheet.grid((left, y(mark)), (right, y(mark)))
            if n % self.across == 0:
                words = number(mark, decimals_of(self.marks))
                self.sheet.text(-6, y(mark), words, align="right", colour="var(--quiet)", size=10)
        if self.chart.target:
            level = y(self.chart.target.value)
            self.sheet.rule((left, level), (right, level), colour="var(--red)", dash=[3, 3])

    def _name(self, name: str, points: list[Point], left: float, right: float, top: float) -> None:
        newest = number(points[-1].value, self.chart.decimals) if points else "–"
        weight = "bold" if name in self.chart.highlight else "normal"
        self.sheet.text(left, top + 10, cut(name, right - left - width_of(newest) - 10), weight=weight)
        colour = SERIES[0] if points else "var(--quiet)"
        self.sheet.text(right, top + 10, newest, align="right", colour=colour, weight=weight)


def multiples(chart: Chart, size: Size) -> Sheet:
    """Return small trends side by side, all on the same axes."""
    told = points_of(chart)
    again = told.pop(chart.repeated, [])
    values = [point.value for points in (*told.values(), again) for point in points]
    values += [chart.target.value] if chart.target else []
    low, high = min(values), max(values)
    margin = (high - low) * 0.06 or 1
    names = {float(row["at"]): str(row[chart.x.field]) for row in chart.rows}  # type: ignore[arg-type]
    first, last = min(names), max(names)
    across, panel = PANEL[size]
    panels = Panels(
        chart,
        Sheet.of(chart, size, left=36, right=0, top=4, bottom=24),
        across,
        panel,
        (first, last),
        (low - margin, high + margin),
        [mark for mark in ticks(low, high, 3) if low - margin <= mark <= high + margin],
        step_of(chart),
        again,
    )
    for n, (name, points) in enumerate(told.items()):
        panels.draw(n, name, points)
        if n + across >= len(told):
            panels.years_below(n, names[first], names[last])
    panels.sheet.lines(panels.grey, {"stroke": "var(--others)", "strokeWidth": 1.25})
    panels.sheet.lines(panels.own, {"stroke": SERIES[0], "strokeWidth": 1.75})
    return panels.sheet
