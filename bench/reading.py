"""Reading a plan of some thirty pages in each format, in the child process as an installation does."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdfium2 import PdfDocument
from tests.plans.reader.building import render, synthetic_plan
from tests.plans.reader.making import blocks_of, plan_docx, plan_html
from tests.plans.reader.making_pdf import plan_pdf

from bench import Timing, timed
from gilde.plans.reader.public import read_file
from gilde.plans.reader.reading import read_source

ROUNDS = 3
# What a document of thirty pages may take (issue 2, section B), in milliseconds.
LIMIT, PDF_LIMIT = 5_000.0, 15_000.0


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long each format takes; cpu is that of the waiting parent, so the clock is what counts."""
    text = render(synthetic_plan(1, measures=15))
    blocks = blocks_of(read_source(text.encode(), "plan.md"))
    pdf = plan_pdf(blocks)
    pages = len(PdfDocument(io.BytesIO(pdf)))
    files = {
        "plan.md": text.encode(),
        "plan.html": plan_html(blocks),
        "plan.docx": plan_docx(blocks),
        "plan.pdf": pdf,
    }
    timings = []
    for name, data in files.items():
        rounds = [timed(lambda name=name, data=data: read_file(data, name)) for _ in range(ROUNDS)]  # type: ignore[misc]
        wall, cpu = zip(*rounds, strict=True)
        limit = PDF_LIMIT if name.endswith(".pdf") else LIMIT
        timings.append(Timing(f"{name} ({len(data) // 1024} KB)", wall, cpu, limit=limit))
    return f"Reading a plan of {pages} pages in each format", timings
