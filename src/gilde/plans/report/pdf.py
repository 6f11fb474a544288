"""The PDF of a report: tagged, PDF/UA-1, the same bytes whenever it is made from the same snapshot."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import typst
from django.utils import translation

from gilde.core import chart_drawing
from gilde.plans.report.content import content_hash
from gilde.plans.report.document import Part, Picture
from gilde.plans.report.present import present


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst and no others, so that every machine draws the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _template() -> bytes:
    return resources.files("gilde.plans.report").joinpath("plan.typ").read_bytes()


def _drawn(part: Part) -> dict[str, Any]:
    """A part as the template takes it: a chart becomes the picture that it is."""
    if not isinstance(part, Picture):
        return dataclasses.asdict(part)
    chart = part.chart
    return {
        "type": part.type,
        "title": chart.title,
        "alt": chart.alt,
        "source": part.caption,
        "svg": chart_drawing.for_file(chart),
    }


def make_pdf(content: dict[str, Any]) -> bytes:
    """Return the report as PDF/UA-1 (ISO 14289-1), dated with the moment at which the snapshot was made.

    Raises typst.TypstError when the template is at fault, such as a heading that skips a level.
    """
    printed = present(content)
    with translation.override(content["language"]):
        parts = [_drawn(part) for part in printed.parts]
    report = {
        **dataclasses.asdict(dataclasses.replace(printed, parts=[])),
        "parts": parts,
        "hash": content_hash(content),
    }
    pdf = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(datetime.fromisoformat(content["made_at"]).timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf
