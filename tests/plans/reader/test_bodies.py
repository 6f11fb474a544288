"""Bodies one by one, as people list them."""

from __future__ import annotations

import pytest

from gilde.plans.reader.bodies import find_bodies
from gilde.plans.reader.measures import Span
from gilde.plans.reader.template import plan_template
from gilde.plans.reader.text import read_text


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Ministry of Education", ["Ministry of Education"]),
        ("- Ministry of Education\n- VDAB", ["Ministry of Education", "VDAB"]),
        ("1. Ministry of Education\n2. Chamber of Commerce, Industry and Crafts",
         ["Ministry of Education", "Chamber of Commerce, Industry and Crafts"]),
        ("Ministry of Education\nMinistry of Labour", ["Ministry of Education", "Ministry of Labour"]),
        ("Ministry of Education; Ministry of Labour.", ["Ministry of Education", "Ministry of Labour"]),
        ("<ul style='list-style-type: none'> - Ministry of Education - VDAB </ul>",
        ["Ministry of Education", "VDAB"]),
        ("<ul><li>Ministry of Education</li><li>VDAB</li></ul>", ["Ministry of Education", "VDAB"]),
        ("Learning is the core responsibility of the: - Ministry of Education - VDAB",
        ["Ministry of Education", "VDAB"]),
        ("Learning is the task of the:\n\n- Ministry of Education\n- VDAB", ["Ministry of Education",
        "VDAB"]),
        ("Ministry of Education, Youth and Innovation", ["Ministry of Education, Youth and Innovation"]),
        ("Ministry of Education, Ministry of Labour and Social Affairs, VDAB",
         ["Ministry of Education", "Ministry of Labour and Social Affairs", "VDAB"]),
        ("Ministry of Education and Ministry of Labour", ["Ministry of Education", "Ministry of Labour"]),
        ("VDAB, VLAIO and AHOVOKS", ["VDAB", "VLAIO", "AHOVOKS"]),
        ("Ministry of Education and Training Ministry of Work and Social Economy",
         ["Ministry of Education and Training", "Ministry of Work and Social Economy"]),
        ("Agency for Higher Education, Adult Education, Qualifications and Study\nAllowances (AHOVOKS)\nVDAB",
         ["Agency for Higher Education, Adult Education, Qualifications and Study Allowances (AHOVOKS)",
         "VDAB"]),
        ("Lead: Ministry of Education\nPartners: National Agency for Skills",
         ["Ministry of Education", "National Agency for Skills"]),
        ("The Ministry of Education is responsible for this measure.", ["Ministry of Education"]),
        ("- Ministerie van Onderwijs en Vorming\n- Departement Werk en Sociale Economie (DWSE)",
         ["Ministerie van Onderwijs en Vorming", "Departement Werk en Sociale Economie (DWSE)"]),
        ("Ministry of Economy (Office of Trade, VET)", ["Ministry of Economy (Office of Trade, VET)"]),
        ("- VDAB\n- VDAB", ["VDAB"]),
        ("n/a", []),
        ("", []),
    ],
)  # fmt: skip
def test_lists_of_bodies(written: str, wanted: list[str]) -> None:
    document = read_text(written.encode())
    bodies = find_bodies(document, Span(0, len(document.text)), plan_template().body_words)
    assert [body.name for body in bodies] == wanted
    for body in bodies:
        citation = document.cite(body.span.start, body.span.end)
        assert written[citation.anchor["start"] : citation.anchor["end"]] == citation.quote
        assert " ".join(citation.quote.split()) == body.name
