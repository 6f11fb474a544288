"""The PDF of a document: tagged, PDF/UA-1 (ISO 14289-1), in the language of the reader."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from importlib import resources

import typst
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.qualifications.joint_document import Document


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with typst and no others, so that every machine draws the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@cache
def _template() -> bytes:
    return resources.files("gilde.qualifications").joinpath("joint.typ").read_bytes()


def make_pdf(document: Document) -> bytes:
    """Return the document as PDF. Raises typst.TypstError when the template is at fault."""
    told = {**dataclasses.asdict(document), "author": "Gilde", "page_of": _("page {page} of {total}")}
    pdf = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"document": json.dumps(told, ensure_ascii=False)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(clock.now().timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf
