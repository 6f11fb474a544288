"""The action plan among the seeds, read by eye, against what the reader makes of it."""

from __future__ import annotations

import pytest

from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Provision, Reading
from tests.seeds import seed

COUNTS = {
    "1": 5, "2": 5, "3": 5, "4": 4, "5": 5, "6": 4, "7": 2, "8": 1, "9": 2, "10": 2, "11": 1, "12": 2,
    "13": 2,
    "14": 1, "15": 1, "16": 0, "17": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def data() -> bytes:
    return seed("000").read_bytes()


@pytest.fixture(scope="module")
def reading(data: bytes) -> Reading:
    return read_bytes(data, "plan.txt")


@pytest.fixture(scope="module")
def provisions(reading: Reading) -> dict[str, Provision]:
    return {provision.number: provision for provision in reading.provisions}


def test_the_kind_is_told_by_the_content(reading: Reading) -> None:
    assert reading.kind == "action-plan"
    assert reading.measures == ()


def test_forty_three_actions_on_sixteen_of_seventeen_articles(reading: Reading) -> None:
    assert {provision.number: len(provision.actions) for provision in reading.provisions} == COUNTS
    assert sum(COUNTS.values()) == 43


def test_article_sixteen_has_its_text_and_no_action(provisions: dict[str, Provision]) -> None:
    assert provisions["16"].text.startswith("Cooperate with European")
    assert provisions["16"].text.endswith("knowledge and experience.")
    assert provisions["16"].actions == ()


def test_the_text_of_an_article_never_holds_its_actions_or_the_heading_of_the_next_part(
    provisions: dict[str, Provision],
) -> None:
    for provision in provisions.values():
        assert "uggested" not in provision.text
        assert "\uf0fc" not in provision.text
        assert provision.text.endswith(".")
    assert provisions["13"].actions[1].text.endswith("different funding sources.")


def test_actions_have_title_and_text_and_three_have_no_bullet_or_no_title(
    provisions: dict[str, Provision],
) -> None:
    untitled = [number for number, one in provisions.items() if any(a.title is None for a in one.actions)]
    assert untitled == ["15", "17"]
    assert provisions["11"].actions[0].title == "Campaigning for “Mobility for All”"
    assert provisions["6"].actions[0].title == "Advancing Mobility and Recognition in Higher VET (EQF 5)"
    assert provisions["1"].actions[0].title == "Access to Funding"
    assert provisions["1"].actions[0].text.startswith("VET4EU2 will support")


def test_a_page_break_in_an_action_does_not_cut_it(provisions: dict[str, Provision]) -> None:
    assert provisions["4"].actions[0].text.endswith("a lived experience in VET.")
    assert provisions["7"].actions[1].text.endswith("co-teaching schemes.")
    assert provisions["12"].actions[1].text.endswith("with AI innovators.")


def test_an_action_directly_behind_a_page_break_is_one_of_its_own(provisions: dict[str, Provision]) -> None:
    assert provisions["2"].actions[3].title == "Boosting Green and Digital Sector Enrolments"
    assert provisions["3"].actions[3].title == "Sector-Focused Future Skills Councils"


def test_what_closes_the_document_is_no_part_of_the_last_action(provisions: dict[str, Provision]) -> None:
    assert provisions["17"].actions[0].text.endswith("peer exchange across regions.")


def test_every_quote_is_found_at_its_offsets(reading: Reading, data: bytes) -> None:
    source = data.decode("utf-8")
    citations = [citation.as_json() for citation in reading.citations()]
    assert len(citations) == 17 + 43
    for citation in citations:
        assert set(citation) == {"start", "end", "quote"}
        assert source[citation["start"] : citation["end"]] == citation["quote"]


def test_the_quote_of_an_action_holds_its_title_and_its_text(reading: Reading) -> None:
    for provision in reading.provisions:
        for action in provision.actions:
            quote = " ".join(action.citation.quote.split())
            assert quote.endswith(action.text[-60:])
            assert quote.startswith(action.title or action.text[:40])
