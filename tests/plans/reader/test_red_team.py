"""Ways of writing that were tried against the reader on purpose, and what must come out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gilde.plans.reader.amounts import find_amounts
from gilde.plans.reader.bodies import find_bodies
from gilde.plans.reader.dates import find_dates
from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.measures import Span
from gilde.plans.reader.public import reslice
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.template import plan_template
from gilde.plans.reader.text import read_text
from tests.plans.reader.building import MARKDOWN, PlanSpec, render, synthetic_plan

State = bool | None
YES, NO, LOST = True, False, None


def _plan() -> PlanSpec:
    return synthetic_plan(7, measures=1)


def _with_section(section: str, words: str) -> bytes:
    """A plan with its boxes before the labels, but for one section that is written as given."""
    plan = _plan()
    order = list(plan_template().sections)
    label, following = (plan.label(name) for name in (section, order[order.index(section) + 1]))
    head, _, rest = render(plan, MARKDOWN).partition(f"#### {label}\n")
    _, _, tail = rest.partition(f"#### {following}\n")
    return f"{head}#### {label}\n\n{words}\n\n#### {following}\n{tail}".encode()


def _ticks(section: str, group: str, words: str) -> list[State]:
    data = _with_section(section, words)
    reading = read_bytes(data)
    assert all(reslice(data, citation.as_json()) == citation.quote for citation in reading.citations())
    return [tick.ticked for tick in reading.measures[0].ticks[group]]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("National ☒ Regional ☐ Local ☐", [YES, NO, NO]),
        ("National: ☒   Regional: ☐   Local: ☐", [YES, NO, NO]),
        ("national [x], regional [ ], local [ ]", [YES, NO, NO]),
        ("| National | ☒ |\n|---|---|\n| Regional | ☐ |\n| Local | ☐ |", [YES, NO, NO]),
        ("national\n☒\n\nregional\n☐\n\nlocal\n☐", [YES, NO, NO]),
        ("☒ national ☐ regional ☐ local ☐ other", [YES, NO, NO]),
    ],
)
def test_a_list_that_closes_with_a_box_has_its_boxes_behind_whatever_the_rest_of_the_document_does(
    written: str, wanted: list[State]
) -> None:
    assert _ticks("scope", "scope", written) == wanted


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("| Level | Yes | No |", "| {label} | {yes} | {no} |"),
        ("| Level | No | Yes |", "| {label} | {no} | {yes} |"),
        ("| Yes | No | Level |", "| {yes} | {no} | {label} |"),
        ("| Niveau | Ja | Nee |", "| {label} | {yes} | {no} |"),
    ],
)
@pytest.mark.parametrize("signs", ["☒☐", "☒ ", "x "])
def test_columns_headed_yes_and_no_are_read_by_their_heads(head: str, row: str, signs: str) -> None:
    states = {"national": YES, "regional": NO, "local": YES}
    rows = [
        row.format(label=label, yes=signs[0 if state else 1], no=signs[1 if state else 0])
        for label, state in states.items()
    ]
    assert _ticks("scope", "scope", "\n".join([head, "|---|---|---|", *rows])) == [YES, NO, YES]


def test_yes_and_no_both_ticked_or_neither_is_unknown() -> None:
    table = (
        "| Level | Yes | No |\n|---|---|---|\n| national | ☒ | ☒ |\n| regional | ☐ | ☐ |\n| local | ☒ | ☐ |"
    )
    assert _ticks("scope", "scope", table) == [LOST, LOST, YES]


def test_two_boxes_side_by_side_without_heads_are_unknown() -> None:
    table = "| ☒ | ☐ | national |\n|---|---|---|\n| ☐ | ☒ | regional |\n| ☐ | ☒ | local |"
    assert _ticks("scope", "scope", table) == [LOST, LOST, LOST]


def test_a_box_of_another_row_of_a_table_belongs_to_no_label() -> None:
    table = "| ☒ | ☐ | ☐ |\n|---|---|---|\n| National | Regional | Local |"
    assert _ticks("scope", "scope", table) == [LOST, LOST, LOST]


@pytest.mark.parametrize(
    "written",
    [
        "National: yes\nRegional: no\nLocal: no",
        "National – oui\nRegional – non\nLocal – non",
        "National\tja\nRegional\tnein\nLocal\tnein",
        "National: ☒ yes ☐ no\nRegional: ☐ yes ☒ no\nLocal: ☐ yes ☒ no",
    ],
)
def test_answers_in_words(written: str) -> None:
    assert _ticks("scope", "scope", written) == [YES, NO, NO]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("☐ initial VET (IVET) ☐ continuing VET (CVET) ☒ both", [YES, YES]),
        ("☒ IVET and CVET", [YES, YES]),
        ("☒ IVET and ☐ CVET", [YES, NO]),
        ("☒ initial VET (IVET) ☐ continuing VET (CVET) ☐ both", [YES, NO]),
        ("IVET and CVET", [LOST, LOST]),
    ],
)
def test_one_box_for_both_ticks_both(written: str, wanted: list[State]) -> None:
    assert _ticks("subsystem", "subsystem", written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("714 k euro each year and max. 1.400.000 euro in all", ["year", None]),
        ("€ 300.000 per year, max. 1.400.000 euro in all", ["year", None]),
        ("EUR 500 000 each year (in all EUR 2 million)", ["year", None]),
        ("per year: 200.000 EUR and 50.000 EUR for travel", ["year", None]),
    ],
)
def test_the_period_of_one_amount_is_not_that_of_the_next(written: str, wanted: list[str | None]) -> None:
    assert [amount.period for amount in find_amounts(written)] == wanted


def test_a_full_stop_that_is_also_that_of_a_short_word_ends_the_sentence() -> None:
    amounts = find_amounts("The budget is 3 mln. euro, later € 4 mln. ESF+ adds 1 mln. euro.")
    assert [(amount.amount, amount.programme) for amount in amounts] == [
        (Decimal(3_000_000), None),
        (Decimal(4_000_000), None),
        (Decimal(1_000_000), "ESF+"),
    ]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Norland Qualifications Authority (NQA) and Social Council of Norland",
         ["Norland Qualifications Authority (NQA)", "Social Council of Norland"]),
        ("Ministry of Youth and Public Health", ["Ministry of Youth and Public Health"]),
        ("Ministry of Labour and Regional Development", ["Ministry of Labour and Regional Development"]),
        ("Ministry of Work and Public Employment Service",
         ["Ministry of Work", "Public Employment Service"]),
        ("Chamber of Commerce, Trade Union Federation and Agency of Work",
         ["Chamber of Commerce", "Trade Union Federation", "Agency of Work"]),
        ("Ministry of Education, Chamber of Crafts and Trade and National Agency for Skills",
         ["Ministry of Education", "Chamber of Crafts and Trade", "National Agency for Skills"]),
    ],
)  # fmt: skip
def test_and_inside_a_name_and_between_names(written: str, wanted: list[str]) -> None:
    document = read_text(written.encode())
    bodies = find_bodies(document, Span(0, len(document.text)), plan_template().body_words)
    assert [body.name for body in bodies] == wanted


def test_a_running_head_of_two_lines_is_part_of_no_value() -> None:
    plan = render(_plan(), MARKDOWN)
    paragraphs = plan.split("\n\n")
    pages = ["\n\n".join(paragraphs[first : first + 6]) for first in range(0, len(paragraphs), 6)]
    text = "".join(f"\f{'Plan of Norland':<60}\n{number}\n\n{page}" for number, page in enumerate(pages, 1))
    reading = read_bytes(text.encode())
    measure = reading.measures[0]
    values = [value.text for value in measure.sections.values() if value]
    assert not [text for text in values if "Plan of Norland" in text]
    assert [body.name for body in measure.bodies] == list(_plan().measures[0].bodies)


def test_what_a_converter_writes_behind_a_heading_is_no_part_of_the_title() -> None:
    plan = _plan()
    title = f"### {plan.measures[0].number} {plan.measures[0].title}"
    text = render(plan, MARKDOWN).replace(title, title + " {#m1 .unnumbered}")
    assert read_bytes(text.encode()).measures[0].title == plan.measures[0].title


def test_the_text_under_the_heading_of_a_last_provision_without_actions_is_kept() -> None:
    text = (
        "# 1. Guidance\n\nGuide them.\n\n## Proposed actions\n\n- A fair\n\n# 2. Data\n\nFollow graduates.\n"
    )
    reading = read_bytes(text.encode())
    assert reading.provisions[1].text == "Data Follow graduates."
    assert reading.provisions[1].actions == ()


def test_minutes_with_one_everyday_label_are_refused() -> None:
    with pytest.raises(BadDocument, match="no plan in a structure that can be read"):
        read_bytes(b"Minutes of the meeting\n\n1. Opening\nActions: none\n")


def test_a_number_glued_into_a_paragraph_opens_the_provision_that_is_missing() -> None:
    text = (
        "Action plan\n\n1. Attract young people. 2. Train teachers in 3. places.\n\nSuggested Actions\n\n"
        "- Exchange of teachers\n\n3. Track graduates.\n\nSuggested Actions\n\n- A register\n"
    )
    data = text.encode()
    reading = read_bytes(data)
    assert [(one.number, one.text, len(one.actions)) for one in reading.provisions] == [
        ("1", "Attract young people.", 0),
        ("2", "Train teachers in 3. places.", 1),
        ("3", "Track graduates.", 1),
    ]
    assert all(reslice(data, citation.as_json()) == citation.quote for citation in reading.citations())


def test_an_action_without_bullet_on_top_of_a_page_is_one_of_its_own() -> None:
    page = "\fPlan of the alliance        {}\n"
    text = (
        "Plan\n\n1. Attract.\n\nSuggested Actions\n\n- Campaign: the alliance starts a campaign and\n"
        + page.format(2)
        + "  reports on it.\n- Envoys: a hundred envoys.\n"
        + page.format(3)
        + "Fair: the alliance holds a fair.\n\n2. Ease.\n\nSuggested Actions\n\n- Bridges: courses.\n"
        + page.format(4)
    )
    actions = read_bytes(text.encode()).provisions[0].actions
    assert [(action.title, action.text) for action in actions] == [
        ("Campaign", "the alliance starts a campaign and reports on it."),
        ("Envoys", "a hundred envoys."),
        ("Fair", "the alliance holds a fair."),
    ]


def test_the_return_to_school_is_a_date() -> None:
    found = find_dates("Mise en œuvre dès la rentrée 2026")
    assert [(one.kind, str(one.from_date), str(one.to_date)) for one in found] == [
        ("start", "2026-09-01", "2026-09-30")
    ]
