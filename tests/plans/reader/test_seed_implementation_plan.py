"""The national implementation plan among the seeds, read by eye, against what the reader makes of it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from gilde.plans.reader.document import reslice
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Measure, Reading
from tests.seeds import seed

TITLES = {
    "3.1": "STEM",
    "3.2": "Incentives",
    "3.3": "Lifelong learning (LLL)",
    "3.4": "Higher Education Advancement Fund",
    "3.5": "Early school leaving",
    "3.6": "Digitalisation - Digisprong (“Digital Education Action Plan”)",
    "3.7": "Strengthening VET practices (Vulnerable groups)",
    "3.8": "Modernising IVET",
    "3.9": "Dual Learning",
    "3.10": "Innovation",
    "3.11": "Professionalisation and uncertified teachers",
    "3.12": "Validation of non-formal and informal learning (VNIL) and vocational training programmes",
    "3.13": "Vocational qualifications and the Flemish qualification structure",
    "3.14": "Mobility in VET",
}
# x ticked, o not ticked, ? lost: recommendation A–F, Osnabrück 1–4, IVET CVET, scope, 20 targets
TICKS = {
    "3.1": ("??????", "????", "?x", "oxo", "x" * 20),
    "3.2": ("xoooxo", "oxoo", "??", "???", "?" * 20),
    "3.3": ("xxooox", "xxox", "xx", "oxx", "x" * 14 + "?" * 6),
    "3.4": ("xxxoxo", "xxoo", "ox", "oxo", "oxoxooxx" + "?" * 12),
    "3.5": ("??????", "????", "??", "???", "?" * 20),
    "3.6": ("oooxxo", "xooo", "xo", "o??", "?" * 20),
    "3.7": ("xooxxo", "xooo", "xo", "oxx", "?" * 20),
    "3.8": ("xooxxx", "xooo", "xo", "oxo", "xx" + "o" * 11 + "x" + "o" * 6),
    "3.9": ("xxoxox", "xxoo", "xx", "oxo", "xxoxxx" + "?" * 14),
    "3.10": ("??????", "????", "??", "???", "?" * 20),
    "3.11": ("xooxox", "xooo", "xx", "oxo", "x" * 9 + "?" * 11),
    "3.12": ("??????", "????", "xx", "oxo", "x" * 17 + "oox"),
    "3.13": ("xxxoox", "xxxo", "xx", "oxo", "x" * 20),
    "3.14": ("??xxoo", "?oox", "xo", "oxo", "xxoxxoooo" + "?" * 11),
}
EDUCATION = "Flemish Ministry of Education and Training"
WORK = "Flemish Ministry of Work and Social Economy"
PES = "Flemish public employment service (VDAB)"
INNOVATION = "Flemish Agency for Innovation and Entrepreneurship"
AHOVOKS = "Agency for Higher Education, Adult Education, Qualifications and Study Allowances (AHOVOKS)"
BODIES = {
    "3.1": [EDUCATION, WORK, PES, "Flemish Ministry of Economy, Science & Innovation", INNOVATION],
    "3.2": [WORK],
    "3.3": [EDUCATION, WORK],
    "3.4": ["Flemish Ministry of education and Training"],
    "3.5": [EDUCATION, PES],
    "3.6": [EDUCATION, INNOVATION],
    "3.7": ["Flemish government"],
    "3.8": [EDUCATION, AHOVOKS],
    "3.9": [EDUCATION, WORK, "Flemish Partnership Dual Learning"],
    "3.10": [EDUCATION],
    "3.11": [EDUCATION],
    "3.12": [EDUCATION, WORK],
    "3.13": [EDUCATION, AHOVOKS, WORK],
    "3.14": [EDUCATION],
}
# amount, for each year, approximate, at most
FUNDING = {
    "3.3": [(714_000, "year", False, False)],
    "3.7": [(9_936_000, None, False, False), (6_500_000, None, False, False), (2_000_000, None, True, False)],
    "3.9": [(1_500_000, None, False, False)],
    "3.10": [
        (250_000, "year", False, True),
        (3_000_000, None, False, False),
        (30_000_000, None, False, False),
    ],
}
# the first words of each action
ACTIONS = {
    "3.1": ["Sustainable STEM communication", "Sustainable STEM monitoring", "Strengthening and connecting",
            "The key indicators"],
    "3.2": ["Starting bonus", "Internship bonus", "Reduction for mentor", "Target group reductions",
            "Flemish training incentives", "Financial support measures", "Special employment support",
            "A reform of the incentives", "The Flemish Coalition Agreement"],
    "3.3": ["The Compass", "Flagships"],
    "3.4": ["Agile offer of lifelong learning", "Vision development"],
    "3.5": ["Action plan", "VET graduate tracking", "Flemish Youth Work Plan", "ESF capacity building",
            "Learning jobs", "Monitoring"],
    "3.6": ["Provide every pupil", "Provide ICT equipment", "Bolster the ICT", "Facilitate the use",
            "Reinforce ICT coordination", "Strengthening initiatives"],
    "3.7": ["Good practices", "ICT infrastructure", "Extended Reality (XR)"],
    "3.8": ["The orientation function", "The new classification", "The educational goals",
            "The new attainment targets", "To keep the study programmes", "This screening"],
    "3.9": ["In 2016 the Decree", "In 2018, the Decree", "ESF call 480", "The Flemish Partnership",
            "In order to strengthen", "The government of Flanders", "ESF call 523", "In March 2022",
            "In May 2022"],
    "3.10": ["InnoVET", "Edusprong is situated", "Within Edusprong"],
    "3.11": ["In 2018, the decree", "The basis competences", "Since the academic year",
        "Tracks for side-entrants",
             "The concept note", "In the context of Digisprong", "ESF-call 482"],
    "3.12": ["A new website", "For VNIL", "Several vocational", "In the framework of Edusprong",
             "Within the initiative", "The ESF call 553", "The ESF call 472"],
    "3.13": ["The Learning and evidence", "Procedures have been developed",
        "In Flanders, a green skills roadmap"],
    "3.14": ["Mobility of learners", "Since 2018", "Connectief want"],
}  # fmt: skip
SECTIONS = [
    "rationale", "objectives", "actions", "priorities", "subsystem", "scope", "beneficiaries", "bodies",
    "funding",
]  # fmt: skip


@pytest.fixture(scope="module")
def data() -> bytes:
    return seed("004").read_bytes()


@pytest.fixture(scope="module")
def reading(data: bytes) -> Reading:
    return read_bytes(data, "plan.txt")


@pytest.fixture(scope="module")
def measures(reading: Reading) -> dict[str, Measure]:
    return {measure.number or "": measure for measure in reading.measures}


def test_the_kind_is_told_by_the_content(reading: Reading) -> None:
    assert reading.kind == "implementation-plan"
    assert reading.provisions == ()


def test_fourteen_measures_with_their_titles_and_none_from_the_contents(reading: Reading) -> None:
    assert [(measure.number, measure.title) for measure in reading.measures] == list(TITLES.items())


def test_every_measure_has_its_nine_sections_with_words_and_in_order(reading: Reading) -> None:
    for measure in reading.measures:
        assert list(measure.sections) == SECTIONS
        assert measure.missing == ()
        spans = [value.citation.view for value in measure.sections.values() if value]
        assert spans == sorted(spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("number", "section", "opens", "closes"),
    [
        ("3.1", "rationale", "In 2010,", "“STEM literacy”."),
        ("3.1", "actions", "1. Sustainable STEM", "new actions, ..."),
        ("3.1", "funding", "Monitoring on STEM", "definitively decided."),
        ("3.2", "actions", "The Flemish government provides", "dialogue with stakeholders."),
        ("3.2", "funding", "Flemish Government", "Flemish Government"),
        ("3.3", "actions", "The Action Plan", "LLL partnerships"),
        ("3.5", "funding", "Flemish Government ESF", "Flemish Government ESF"),
        ("3.6", "rationale", "Various studies", "field of education"),
        ("3.7", "funding", "- For infrastructure", "companies etc."),
        ("3.9", "actions", "Secondary education", "dual education programmes."),
        ("3.12", "rationale", "In Flanders,", "shape their offer."),
        ("3.14", "rationale", "The need for skills", "structurally embedded."),
        ("3.14", "funding", "Erasmus+ fundings", "Erasmus+ fundings"),
    ],
)
def test_sections_begin_and_end_where_they_do(
    measures: dict[str, Measure], number: str, section: str, opens: str, closes: str
) -> None:
    value = measures[number].sections[section]
    assert value is not None
    assert value.text.startswith(opens)
    assert value.text.endswith(closes)


@pytest.mark.parametrize("number", TICKS)
def test_ticks_are_ticked_not_ticked_or_unknown(measures: dict[str, Measure], number: str) -> None:
    signs = {True: "x", False: "o", None: "?"}
    got = tuple("".join(signs[tick.ticked] for tick in ticks) for ticks in measures[number].ticks.values())
    assert got == TICKS[number]


def test_of_490_boxes_215_are_unknown_and_the_others_are_those_that_the_file_shows(
    reading: Reading, data: bytes
) -> None:
    ticks = [tick for measure in reading.measures for group in measure.ticks.values() for tick in group]
    assert len(ticks) == 490
    assert sum(tick.ticked is None for tick in ticks) == 215
    assert sum(tick.ticked is not None for tick in ticks) == data.count(b"<input") == 275
    assert sum(tick.ticked is True for tick in ticks) == data.count(b"checked")


def test_every_box_has_its_place_also_the_unknown_ones(reading: Reading) -> None:
    for measure in reading.measures:
        for group in measure.ticks.values():
            for tick in group:
                assert tick.citation is not None
                assert ("<input" in tick.citation.quote) == (tick.ticked is not None)
                assert ("checked" in tick.citation.quote) == (tick.ticked is True)


@pytest.mark.parametrize("number", BODIES)
def test_bodies_come_one_by_one(measures: dict[str, Measure], number: str) -> None:
    assert [body.name for body in measures[number].bodies] == BODIES[number]


@pytest.mark.parametrize("number", TITLES)
def test_funding_is_amounts_where_there_are_amounts(measures: dict[str, Measure], number: str) -> None:
    got = [(line.amount, line.period, line.approximate, line.maximum) for line in measures[number].funding]
    assert got == [(Decimal(amount), *rest) for amount, *rest in FUNDING.get(number, [])]
    assert {line.currency for line in measures[number].funding} <= {"EUR"}


@pytest.mark.parametrize(
    ("number", "quote", "kind", "first", "last"),
    [
        ("3.1", "mid 2022", "milestone", "2022", "2022"),
        ("3.7", "April 2024", "end", "2024-04-01", "2024-04-30"),
        ("3.8", "1/9/2025", "end", "2025-09-01", "2025-09-01"),
        ("3.9", "1 September 2022", "start", "2022-09-01", "2022-09-01"),
        ("3.9", "school year 2025-2026", "end", "2025-09-01", "2026-08-31"),
        ("3.9", "in 2022", "milestone", "2022-01-01", "2022-12-31"),
    ],
)
def test_dated_statements_have_the_interval_that_they_mean(
    measures: dict[str, Measure], number: str, quote: str, kind: str, first: str, last: str
) -> None:
    found = [dated for dated in measures[number].dates if quote in dated.citation.quote]
    assert any(
        dated.kind == kind
        and (dated.from_date or "").startswith(first)
        and (dated.to_date or "").startswith(last)
        for dated in found
    ), [(dated.kind, dated.from_date, dated.to_date) for dated in found]


def test_what_comes_back_is_a_recurrence(measures: dict[str, Measure]) -> None:
    assert "P2Y" in [dated.every for dated in measures["3.1"].dates if dated.kind == "recurrence"]
    assert "P5Y" in [dated.every for dated in measures["3.8"].dates if dated.kind == "recurrence"]


@pytest.mark.parametrize("number", ACTIONS)
def test_actions_are_what_an_officer_would_call_one(measures: dict[str, Measure], number: str) -> None:
    got = [action.text for action in measures[number].actions]
    assert len(got) == len(ACTIONS[number])
    for text, words in zip(got, ACTIONS[number], strict=True):
        assert text.startswith(words)


def test_points_of_an_action_belong_to_its_text(measures: dict[str, Measure]) -> None:
    compass, flagships = measures["3.3"].actions
    assert compass.text.count("\n") == 11  # a sentence and ten goals
    assert flagships.text.count("\n") == 8  # a sentence and seven flagships
    assert measures["3.8"].actions[2].text.count("\n- ") == 2


def test_every_citation_is_offsets_and_the_quote_found_there(reading: Reading, data: bytes) -> None:
    source = data.decode("utf-8")
    for citation in reading.citations():
        as_json = citation.as_json()
        assert set(as_json) == {"start", "end", "quote"}
        assert source[as_json["start"] : as_json["end"]] == as_json["quote"]
        assert as_json["quote"].strip() == as_json["quote"] != ""
    assert all(reslice(data, one.as_json()) == one.quote for one in reading.citations()[::50])


def test_every_citation_also_has_its_place_in_the_text_shown_to_people(reading: Reading) -> None:
    for measure in reading.measures:
        for body in measure.bodies:
            start, end = body.citation.view
            assert " ".join(reading.text[start:end].split()) == body.name
