"""Drawings of charts for a page and for a file. What draws them is loaded with the first drawing, not before."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.utils.html import escape
from django.utils.translation import get_language

from gilde.core.charts import Chart, Size

# The same light and dark values as in the style sheet, which has no say in a picture. `--m1` to `--m5` are the
# classes of a map, one hue from little to much. Lines and bars are told apart by words, shapes and dashes too.
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
    "--line-strong": "#857e72",
    "--red": "#a63a24",
    "--paper": "#faf8f4",
    "--others": "#c3bcaf",
    "--band": "#d3dfe6",
    "--bar": "#8fa9bb",
    "--m1": "#ccdde5",
    "--m2": "#a2c2d1",
    "--m3": "#6d9fb8",
    "--m4": "#356f94",
    "--m5": "#12405f",
}
DARK = {
    "--c1": "#7db8e0",
    "--c2": "#f0956b",
    "--c3": "#63c7a0",
    "--c4": "#c39bd6",
    "--c5": "#e0bb55",
    "--c6": "#a3b0ba",
    "--text": "#e4e1da",
    "--quiet": "#a3b0ba",
    "--line": "#2c3a45",
    "--line-strong": "#75838e",
    "--red": "#e98a73",
    "--paper": "#10181f",
    "--others": "#465663",
    "--band": "#203a4c",
    "--bar": "#4d7089",
    "--m1": "#203644",
    "--m2": "#2f5870",
    "--m3": "#4a83a3",
    "--m4": "#7fb6d3",
    "--m5": "#cfe8f4",
}
FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif'
LOCALES: dict[str, Any] = {"nl": "nl-NL", "en": "en-GB", "fr": "fr-FR", "de": "de-DE"}
Schemes = Literal["light", "both"]

_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="var(--paper)"/>'
    '<path d="M1,0v6" stroke="var(--line-strong)" stroke-width="1.2" stroke-opacity=".7"/></pattern></defs>'
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
# What Vega says of the parts; the picture as a whole is described instead.
_ROLES = re.compile(
    r' (?:role="[^"]*"|aria-[a-z]+="[^"]*"|class="[^"]*"|font-family="[^"]*"|pointer-events="none")'
)
_CLIP = re.compile(r"(?<=[#\"])clip\d+(?=[)\"])")
_HOLLOW = re.compile(r'<path d="[^"]*"(?: display="none")?/>|<g></g>|<path d="M0,0h0v0h0Z"/>')


def for_page(chart: Chart, size: Size) -> str:
    """Return the SVG that a page shows as a picture: colours for light and dark, no ground, fonts of the system."""
    return _with_style(chart, _draw(chart, size), "both")


def for_file(chart: Chart) -> str:
    """Return the wide SVG as a file of its own in light colours, which any program reads: no style, no variable."""
    return svg_file(chart)


def svg_file(chart: Chart, schemes: Schemes = "light") -> str:
    """Return the wide SVG as a file of its own that says its title and what it shows.

    Light colours on paper, written out; or, for a web page that embeds it, both schemes on no ground.
    """
    svg = _draw(chart, "wide")
    if schemes == "both":
        return _with_style(chart, svg, "both")
    head = f'{_words(chart)}<rect width="100%" height="100%" fill="var(--paper)"/>'
    svg = _after_root(svg, f"{head}{_HATCH if 'url(#hatch)' in svg else ''}", FONTS.replace('"', "'"))
    return _VARIABLE.sub(lambda m: LIGHT.get(m[1], m[0]), svg)


def style(schemes: Schemes) -> str:
    """Return the style sheet of a drawing."""
    light = ";".join(f"{name}:{value}" for name, value in LIGHT.items())
    dark = ";".join(f"{name}:{value}" for name, value in DARK.items())
    rules = f"svg{{{light}}}text{{font-family:{FONTS};font-variant-numeric:lining-nums tabular-nums}}"
    if schemes == "both":
        rules += f"@media(prefers-color-scheme:dark){{svg{{{dark}}}}}"
    return f"<style>{rules}</style>"


def _with_style(chart: Chart, svg: str, schemes: Schemes) -> str:
    hatch = _HATCH if "url(#hatch)" in svg else ""
    return _after_root(svg, f"{_words(chart)}{style(schemes)}{hatch}")


def _words(chart: Chart) -> str:
    title, desc = (escape(_CONTROL.sub("", str(words))) for words in (chart.title, chart.alt))
    return f"<title>{title}</title><desc>{desc}</desc>"


def _after_root(svg: str, content: str, fonts: str = "") -> str:
    end = svg.index(">") + 1
    root = svg[: end - 1] + (f' font-family="{fonts}"' if fonts else "") + ' role="img">'
    return root + content + svg[end:]


def _draw(chart: Chart, size: Size) -> str:
    import vl_convert

    from gilde.core.chart_plots import specification

    locale = LOCALES.get((get_language() or "en").split("-")[0], "en-GB")
    svg: str = vl_convert.vegalite_to_svg(
        specification(chart, size), format_locale=locale, time_format_locale=locale
    )
    # Vega numbers what cuts a drawing through all that it ever drew; a file of its own begins anew.
    numbers: dict[str, int] = {}
    svg = _CLIP.sub(lambda m: f"clip{numbers.setdefault(m[0], len(numbers))}", svg)
    return _HOLLOW.sub("", _ROLES.sub("", svg))
