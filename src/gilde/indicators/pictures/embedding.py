"""A chart as a file for other people's pages and documents."""

from __future__ import annotations

from typing import Literal

from gilde.core.charts import Chart


def svg_file(chart: Chart, schemes: Literal["light", "both"] = "light") -> str:
    """Return a chart as an SVG file that says its title and what it shows; "both" follows the reader's light or dark.

    Drawn anew each time, in some 100 ms; `chart.addresses()["svg"]` is where a drawing is kept.
    """
    from gilde.core import chart_drawing  # loads what draws, which pages do not need

    return chart_drawing.svg_file(chart, schemes)
