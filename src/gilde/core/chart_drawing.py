"""Drawings of charts for a page and for a file. What draws them is loaded with the first drawing, not before."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import get_language

from gilde.core.charts import Chart, Size

# The colours are variables of the style sheet, which has a light and a dark value for each; these are the
# light ones, for a file that stands alone. Lines differ by dash and shape too; parts of a bar carry numbers.
LIGHT = {
    "--c1": "#1f5f8b",
    "--c2": "#b3471d",
    "--c3": "#2a7d5f",
    "--c4": "#74508f",
    "--c5": "#8a6500",
    "--c6": "#5b6670",
    "--text": "#22303a",
    "--quiet": "#52606b",
    "--line": "#ddd6c9",
    "--red": "#a63a24",
    "--paper": "#faf8f4",
}
LOCALES: dict[str, Any] = {"nl": "nl-NL", "en": "en-GB", "fr": "fr-FR", "de": "de-DE"}

_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_ROLES = re.compile(r' (?:role="graphics-[^"]*"|aria-[a-z]+="[^"]*"|class="[^"]*"|font-family="[^"]*")')
_IDS = re.compile(r'(\bid="|url\(#|href="#)([\w-]+)')


def for_page(chart: Chart, size: Size, key: str) -> str:
    """Return the SVG to stand in a page: colours by variable, font of the page, ids of its own."""
    svg = _ROLES.sub("", _draw(chart, size))
    return _IDS.sub(lambda m: f"{m[1]}{key[:8]}-{size[0]}-{m[2]}", svg)


def for_file(chart: Chart) -> str:
    """Return the wide SVG as a file of its own, in light colours."""
    return _VARIABLE.sub(lambda m: LIGHT.get(m[1], m[0]), _draw(chart, "wide", background="var(--paper)"))


def _draw(chart: Chart, size: Size, background: str = "") -> str:
    import vl_convert

    from gilde.core.chart_plots import specification

    plot = specification(chart, size)
    if background:
        plot["background"] = background
    locale = LOCALES.get((get_language() or "en").split("-")[0], "en-GB")
    svg: str = vl_convert.vegalite_to_svg(plot, format_locale=locale, time_format_locale=locale)
    return svg
