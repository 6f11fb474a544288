"""Where measures, sections and titles begin and end, however their labels are written."""

from __future__ import annotations

import pytest

from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Measure

FULL = [
    ("rationale", "Rationale/background, challenges addressed", "Too few people take part."),
    ("objectives",
    "Specific objectives of the measure/package and their relation to the general objectives of the plan",
     "- More people"),
    ("actions", "Description of main actions and activities comprising the measure/package, including "
     "implementation milestones and indicative timeline", "- Ten centres open by 2026."),
    ("priorities", "EU policy priorities addressed", "☒ E. VET promotes equality of opportunities."),
    ("subsystem", "VET subsystem (IVET, CVET, or both)", "☒ initial VET (IVET)"),
    ("scope", "Scope (national, regional, local)", "☒ national"),
    ("beneficiaries", "Beneficiaries/target groups", "☒ Teachers"),
    ("bodies", "Responsible ministries/bodies", "- Ministry of Education"),
    ("funding", "Source of funding (National, EU funds, sectoral)", "State budget: 2 million euro"),
]  # fmt: skip


def written(
    labels: dict[str, str] | None = None, title: str = "3.1 Digital skills", joint: str = "\n\n"
) -> str:
    parts = [title]
    for section, label, words in FULL:
        parts += [(labels or {}).get(section, label), words]
    return joint.join(parts) + "\n"


def read(text: str) -> tuple[Measure, ...]:
    return read_bytes(text.encode()).measures


def words(measure: Measure, section: str) -> str:
    value = measure.sections[section]
    assert value is not None
    return value.text


def test_bare_labels() -> None:
    (measure,) = read(written())
    assert {section: words(measure, section) for section, _, _ in FULL} == {s: w for s, _, w in FULL}


@pytest.mark.parametrize(
    ("section", "label"),
    [
        ("bodies", "Responsible ministries / bodies:"),
        ("bodies", "Responsible bodies and ministries"),
        ("bodies", "**Responsible ministry or body**"),
        ("bodies", "RESPONSIBLE MINISTRIES/BODIES"),
        ("funding", "Sources of funding (national, EU funds, sectoral):"),
        ("funding", "Funding"),
        ("funding", "#### Budget and funding"),
        ("beneficiaries", "Beneficiaries and target groups"),
        ("beneficiaries", "Target groups"),
        ("rationale", "Background and rationale"),
        ("rationale", "Rationale / background and challenges addressed"),
        ("rationale", "a) Rationale/background, challenges addressed"),
        ("rationale", "3.1.1 Rationale/background, challenges addressed"),
        ("actions", "Main actions and activities"),
        ("actions", "Description of main actions and activities comprising the measure / package, including\n"
         "implementation milestones and indicative timeline"),
        ("objectives", "Specific objectives"),
        ("priorities", "EU priorities addressed"),
        ("subsystem", "VET sub-system (IVET, CVET or both)"),
        ("scope", "Geographical scope"),
        ("scope", "_Scope (national, regional, local)_"),
        ("scope", "<p><b>Scope</b> (national, regional, local)</p>"),
    ],
)  # fmt: skip
def test_labels_in_other_words_and_dresses(section: str, label: str) -> None:
    (measure,) = read(written({section: label}))
    assert measure.missing == ()
    assert words(measure, section) == next(w for s, _, w in FULL if s == section)


def test_words_on_the_line_of_their_label() -> None:
    parts = ["3.1 Digital skills"]
    parts += [f"**{label}:** {text.removeprefix('- ')}" for _, label, text in FULL]
    (measure,) = read("\n\n".join(parts))
    assert measure.missing == ()
    assert words(measure, "rationale") == "Too few people take part."
    assert [body.name for body in measure.bodies] == ["Ministry of Education"]
    assert measure.ticks["scope"][0].ticked is True


def test_a_table_with_labels_in_the_left_column() -> None:
    rows = ["| Measure 4: Digital skills | |", "|---|---|"]
    rows += [f"| {label} | {text.removeprefix('- ')} |" for _, label, text in FULL]
    (measure,) = read("\n".join(rows))
    assert (measure.number, measure.title) == ("4", "Digital skills")
    assert measure.missing == ()
    assert words(measure, "funding") == "State budget: 2 million euro"


def test_words_of_running_text_that_are_labels_elsewhere_are_no_labels() -> None:
    text = written().replace(
        "Too few people take part.", "Scope for action is small. Funding is short.\n\nObjectives are set."
    )
    (measure,) = read(text)
    assert measure.missing == ()
    assert words(measure, "rationale").endswith("Objectives are set.")


def test_a_heading_inside_a_section_that_reads_like_a_label_does_not_break_the_measure() -> None:
    text = written().replace("Too few people take part.", "Intro.\n\n**Actions**\n\nSome were tried before.")
    (measure,) = read(text)
    assert measure.missing == ()
    assert words(measure, "actions") == "- Ten centres open by 2026."


def test_a_contents_list_and_a_summary_hold_no_measures() -> None:
    text = "Contents\n\n3.1 Digital skills\n\n3.2 Green skills\n\nSummary\n\n1 Digital skills\n\nA word.\n\n"
    text += written() + "\n" + written(title="3.2 Green Skills")
    assert [(one.number, one.title) for one in read(text)] == [
        ("3.1", "Digital skills"),
        ("3.2", "Green Skills"),
    ]


def test_a_footnote_between_title_and_first_label() -> None:
    text = written(title="3.1 Digital skills\n\n¹ A package is a set of measures that belong together.")
    (measure,) = read(text)
    assert measure.title == "Digital skills"


def test_a_title_broken_over_two_lines() -> None:
    title = "3.12 Validation of non-formal and informal learning and of\nvocational training for adults"
    (measure,) = read(written(title=title))
    assert measure.title == title.removeprefix("3.12 ").replace("\n", " ")


@pytest.mark.parametrize(
    "following",
    [
        "4. Governance of the plan\n\nThe council meets twice a year.",
        "## Governance\n\nThe council meets twice a year.",
        "Part 4 Governance\n\nThe council meets.",
        "Building block 2: Adults\n\nText.",
        "Governance of the plan\n\nThe council meets twice a year and reports to the government every year.",
    ],
)
def test_the_last_section_ends_before_what_is_larger_than_a_measure(following: str) -> None:
    (measure,) = read(written() + "\n" + following)
    assert words(measure, "funding") == "State budget: 2 million euro"


def test_a_block_heading_between_two_measures_belongs_to_neither() -> None:
    text = written() + "\nBuilding block 2: *Adults*\n\n" + written(title="3.2 Adults")
    first, second = read(text)
    assert words(first, "funding") == "State budget: 2 million euro"
    assert second.title == "Adults"


def test_page_numbers_and_running_heads_are_no_part_of_a_section() -> None:
    text = written().replace("Too few people take part.", "Too few people\n\n17\n\ntake part.")
    (measure,) = read(text)
    assert words(measure, "rationale") == "Too few people take part."
    pages = "\fPlan of a country 1\n".join(["Intro."] + [f"Words of page {n}.\n" for n in range(4)])
    (measure,) = read(written().replace("Too few people take part.", pages))
    assert "Plan of a country" not in words(measure, "rationale")


def test_a_measure_without_one_of_its_sections_says_which() -> None:
    text = written().replace("Beneficiaries/target groups\n\n☒ Teachers\n\n", "")
    (measure,) = read(text)
    assert measure.missing == ("beneficiaries",)
    assert measure.sections["beneficiaries"] is None
    assert {tick.ticked for tick in measure.ticks["targets"]} == {None}


def test_an_empty_section_is_there_and_empty() -> None:
    (measure,) = read(written().replace("- Ministry of Education\n\n", ""))
    value = measure.sections["bodies"]
    assert value is not None
    assert (value.text, value.citation.quote) == ("", "")
    assert measure.missing == ("bodies",)


def test_a_plan_cut_off_keeps_what_it_has() -> None:
    text = written() + "\n" + written(title="3.2 Adults")
    first, second = read(text[: text.rindex("EU policy")])
    assert first.missing == ()
    assert second.title == "Adults"
    assert second.missing == ("priorities", "subsystem", "scope", "beneficiaries", "bodies", "funding")


def test_an_unknown_structure_is_refused_with_what_was_missing() -> None:
    with pytest.raises(BadDocument, match="found 0 of 9 section labels") as refused:
        read("A letter.\n\nDear all, this is no plan.")
    assert refused.value.reason == "not-a-plan"
    with pytest.raises(
        BadDocument, match=r"found 2 of 9 section labels \(missing: objectives, actions, prior"
    ):
        read("Rationale/background, challenges addressed\n\nWords\n\nResponsible ministries/bodies\n\nWords")


def test_a_byte_order_mark_and_windows_line_ends_count_in_the_offsets() -> None:
    data = ("\ufeff" + written().replace("\n", "\r\n")).encode()
    reading = read_bytes(data)
    source = data.decode("utf-8")
    for citation in reading.citations():
        assert source[citation.anchor["start"] : citation.anchor["end"]] == citation.quote
    assert reading.measures[0].missing == ()
