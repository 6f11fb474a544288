"""What is one action in the section of actions of a measure."""

from __future__ import annotations

import pytest

from gilde.plans.reader.actions import find_actions
from gilde.plans.reader.measures import Span
from gilde.plans.reader.text import read_text


def actions(text: str) -> list[str]:
    document = read_text(text.encode())
    return [action.text for action in find_actions(document, Span(0, len(document.text)))]


def titles(text: str) -> list[str | None]:
    document = read_text(text.encode())
    return [action.title for action in find_actions(document, Span(0, len(document.text)))]


@pytest.mark.parametrize("bullet", ["- ", "• ", "* ", "– ", "\uf0b7 ", "o "])
def test_bullets(bullet: str) -> None:
    assert actions(f"{bullet}Open ten centres.\n{bullet}Train the staff.") == [
        "Open ten centres.",
        "Train the staff.",
    ]


@pytest.mark.parametrize("number", ["{}. ", "{}) ", "({}) "])
def test_numbers(number: str) -> None:
    text = "\n\n".join(
        number.format(index) + words for index, words in enumerate(["Open.", "Train.", "Close."], 1)
    )
    assert actions(text) == ["Open.", "Train.", "Close."]


def test_an_introduction_is_no_action() -> None:
    assert actions("The ministry does three things:\n\n- One thing\n- Another thing") == [
        "One thing",
        "Another thing",
    ]


def test_points_belong_to_their_item() -> None:
    text = "1. Open centres\n  - in the north\n  - in the south\n2. Train the staff"
    assert actions(text) == ["Open centres\n- in the north\n- in the south", "Train the staff"]


def test_points_behind_a_colon_belong_to_the_item_that_announces_them_until_one_ends_with_a_full_stop() -> (
    None
):
    text = "- Open a desk.\n- The fund pays for:\n- machines;\n- rooms;\n- staff.\n- Train the trainers."
    assert actions(text) == [
        "Open a desk.",
        "The fund pays for:\n- machines;\n- rooms;\n- staff.",
        "Train the trainers.",
    ]


def test_a_numbered_list_inside_a_numbered_item() -> None:
    text = "1. Compass\n\nIt has two goals:\n\n1. Learn\n2. Work\n\n"
    text += "2. Flagships\n\nThere are two:\n\n1. Data\n2. Money"
    got = actions(text)
    assert got == [
        "Compass\nIt has two goals:\n1. Learn\n2. Work",
        "Flagships\nThere are two:\n1. Data\n2. Money",
    ]
    assert titles(text) == ["Compass", "Flagships"]


def test_titles_in_bold_with_paragraphs_under_them() -> None:
    text = "- **For learners**\n\nLearners get a bonus.\n\n- **For companies**\n\nCompanies get one too."
    assert titles(text) == ["For learners", "For companies"]
    assert actions(text) == ["For learners\nLearners get a bonus.", "For companies\nCompanies get one too."]


def test_bold_words_that_lead_paragraphs() -> None:
    text = "**Bonus.** Learners get a bonus.\n\nIt is paid once.\n\n**Credit.** Companies get a credit."
    assert actions(text) == [
        "Bonus. Learners get a bonus.\nIt is paid once.",
        "Credit. Companies get a credit.",
    ]
    assert titles(text) == ["Bonus", "Credit"]


def test_headings_with_prose_are_an_action_each() -> None:
    text = "Graduate tracking\n\nThe services link their data.\n\nIt goes on.\n\nYouth plan\n\nIt is renewed."
    assert titles(text) == ["Graduate tracking", "Youth plan"]


def test_headings_over_bullets_are_no_actions() -> None:
    text = "Schools\n\n- Give every pupil a device\n- Train teachers\n\nAdults\n\n- Open courses"
    assert actions(text) == ["Give every pupil a device", "Train teachers", "Open courses"]


def test_prose_is_one_action_a_paragraph() -> None:
    text = "The ministry opens ten centres.\n\nThe agency trains the staff of the centres."
    assert actions(text) == ["The ministry opens ten centres.", "The agency trains the staff of the centres."]


def test_a_page_break_in_a_sentence_does_not_cut_an_action() -> None:
    text = "- The centres are opened by the ministry and\n\nthe regions together.\n- Train the staff"
    assert actions(text) == [
        "The centres are opened by the ministry and the regions together.",
        "Train the staff",
    ]


def test_a_remark_behind_the_list_is_an_action_only_if_it_is_dated() -> None:
    text = "- Open centres.\n\nThe results are watched closely.\n\nThe law is reformed by April 2026."
    assert actions(text) == ["Open centres.", "The law is reformed by April 2026."]


def test_the_rows_of_a_table_are_the_actions_and_its_head_is_none() -> None:
    text = "| Action | Timeline |\n|---|---|\n| Open centres | by 2026 |\n| Train the staff | 2027 |"
    assert actions(text) == ["Open centres – by 2026", "Train the staff – 2027"]


def test_every_action_has_its_place() -> None:
    document = read_text(b"Intro:\n\n1. **Open** centres\n  - here\n\n2. Train")
    spans = [action.span for action in find_actions(document, Span(0, len(document.text)))]
    assert [document.cite(span.start, span.end).quote for span in spans] == [
        "Open** centres\n  - here",
        "Train",
    ]


def test_an_empty_section_has_no_action() -> None:
    assert actions(" \n ") == []


def test_dashes_inside_one_paragraph_are_bullets_when_it_opens_with_one() -> None:
    assert actions("- Open centres - Train the staff - Close the desk") == [
        "Open centres",
        "Train the staff",
        "Close the desk",
    ]
    assert actions("- Digital plan - the second one") == ["Digital plan - the second one"]
