"""The pages and files of a comparison: what a reader sees of it, and what nobody sees."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.qualifications import comparing
from gilde.qualifications.models import ConceptRelation, QualificationVersion, State, Unit, UnitOutcome
from tests.client import GildeClient
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.factories import (
    OutcomeFactory,
    UserFactory,
    a_concept,
    a_file,
    an_edition,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db
COMPARE, PDF, XLSX = (f"qualifications:{name}" for name in ("compare", "compare-pdf", "compare-xlsx"))


def outcomes_of(version: QualificationVersion) -> list[Any]:
    return [
        use.outcome for use in UnitOutcome.objects.filter(unit__version=version).order_by("unit", "position")
    ]


def a_qualification(code: str, *words: str | Text, **fields: Any) -> QualificationVersion:
    """A qualification on the register with one unit of outcomes in these words, in their order."""
    version = registered(qualification__code=code, units=0, **fields)
    unit = Unit.objects.create(version=version, position=1, code="U1", title=Text.of("Unit 1"))
    for place, text in enumerate(words):
        statement = text if isinstance(text, Text) else Text.of(text)
        UnitOutcome.objects.create(unit=unit, outcome=OutcomeFactory(statement=statement), position=place)
    return version


def two() -> tuple[QualificationVersion, QualificationVersion]:
    """Two qualifications on the register: one outcome shared, one partly, one missing."""
    one = a_qualification(
        "welder", "Joins metal by heat", "Prepares the joint of thick plates", "Feeds the office cat"
    )
    other = a_qualification(
        "lasser", "Fuses steel", "Prepares the joint of thin plates", qualification__country="NL", level="3"
    )
    for outcome in (outcomes_of(one)[0], outcomes_of(other)[0]):
        linked(outcome, "http://data.europa.eu/esco/skill/weld")
    return one, other


def asked(client: GildeClient, *codes: str, route: str = COMPARE, **more: str) -> Any:
    return client.get(reverse(route), {"q": codes, **more})


def test_two_qualifications_are_compared_outcome_by_outcome(client: GildeClient) -> None:
    two()
    words = text_of(asked(client, "welder", "lasser"))
    assert "Joins metal by heat Shared Fuses steel same ESCO skill: weld (exact, confirmed)" in words
    assert (
        "Prepares the joint of thick plates Partly Prepares the joint of thin plates similar text, 0."
        in words
    )
    assert "Feeds the office cat Missing" in words
    assert "1 shared 1 partly 1 missing" in words  # of A in B
    assert "1 shared 1 partly 0 missing" in words  # of B in A
    assert "National level Level 4 VKS Level 3 VKS" in words


def test_the_other_side_and_a_filter_are_chosen_by_the_address(client: GildeClient) -> None:
    two()
    words = text_of(asked(client, "welder", "lasser", of="lasser"))
    assert "2 of 2 outcomes of Title of lasser" in words
    words = text_of(asked(client, "welder", "lasser", show="missing"))
    assert "1 of 3 outcomes of Title of welder" in words
    assert "Feeds the office cat" in words
    assert "Joins metal by heat" not in words
    assert "No outcomes to list" in text_of(asked(client, "welder", "lasser", of="lasser", show="missing"))


def test_the_picture_has_the_numbers_of_the_table(client: GildeClient) -> None:
    two()
    page = page_of(asked(client, "welder", "lasser"))
    picture = page.css_first("svg.overlap")
    assert picture is not None
    assert [each.text() for each in picture.css("text")] == ["A in B", "1", "1", "1", "B in A", "1", "1"]
    assert picture.attributes["aria-label"] == (
        "A in B: 1 shared, 1 partly, 1 missing. B in A: 1 shared, 1 partly, 0 missing."
    )


@pytest.mark.parametrize("codes", [[], ["welder"], ["welder", "welder"]])
def test_with_fewer_than_two_the_reader_chooses(client: GildeClient, codes: list[str]) -> None:
    two()
    page = page_of(asked(client, *codes))
    boxes = page.css("main input[type=checkbox][name=q]")
    assert {each.attributes["value"] for each in boxes} == {"welder", "lasser"}
    assert [each.attributes["value"] for each in boxes if "checked" in each.attributes] == list(
        dict.fromkeys(codes)
    )


def test_qualifications_are_found_by_words_of_their_title_and_what_is_chosen_stays(
    client: GildeClient,
) -> None:
    two()
    registered(qualification__code="nurse", title=Text.of({"en": "Café helper", "nl": "Koffiehulp"}))
    page = page_of(asked(client, "welder", "lasser", choose="1", find="CAFÉ"))
    boxes = {
        each.attributes["value"]: "checked" in each.attributes for each in page.css("main input[name=q]")
    }
    assert boxes == {"welder": True, "lasser": True, "nurse": False}


def test_who_presses_compare_gets_the_comparison(client: GildeClient) -> None:
    two()
    form = page_of(asked(client, "welder")).css_first("main form.form")
    assert form is not None
    fields = {
        each.attributes["name"]: each.attributes.get("value") or "" for each in form.css("input[type=search]")
    }
    primary = form.css_first("button.primary")
    assert primary is not None
    assert "name" not in primary.attributes
    assert "Joins metal by heat Shared" in text_of(asked(client, "welder", "lasser", **fields))


def test_more_than_five_are_not_compared_and_it_is_said(client: GildeClient) -> None:
    codes = [registered(outcomes=1).qualification.code for _n in range(6)]
    answer = asked(client, *codes)
    assert answer.status_code == 422
    assert "At most 5 qualifications can be compared, and 6 are chosen" in text_of(answer)


def test_a_draft_is_not_compared_even_by_who_drafts_it(client: GildeClient) -> None:
    two()
    a_file(qualification__code="secret")
    answer = asked(client, "welder", "lasser", "secret")
    assert "it is left out: secret" in text_of(answer)
    assert "Title of secret" not in text_of(answer)
    assert "secret" not in text_of(asked(client))


def test_the_version_on_the_register_is_compared(client: GildeClient) -> None:
    one, _other = two()
    a_file(State.DRAFT, qualification=one.qualification, title=Text.of("A title to come"))
    assert "A title to come" not in text_of(asked(client, "welder", "lasser"))


def test_who_confirmed_a_link_is_told_by_name_to_who_has_signed_in_only(client: GildeClient) -> None:
    one, other = two()
    person = UserFactory(name="An Peeters")
    for version in (one, other):
        linked(outcomes_of(version)[1], "http://data.europa.eu/esco/skill/prepare", confirmed_by=person.pk)
    assert "An Peeters" not in text_of(asked(client, "welder", "lasser"))
    assert "confirmed by An Peeters" in text_of(asked(signed_in(UserFactory()), "welder", "lasser"))


def test_links_that_nobody_decided_on_are_no_evidence(client: GildeClient) -> None:
    one, other = two()
    for version, state in ((one, "proposed"), (other, "confirmed")):
        linked(outcomes_of(version)[1], "http://data.europa.eu/esco/skill/prepare", state=state)
    assert "skill: prepare" not in text_of(asked(client, "welder", "lasser"))


def test_a_skill_above_in_the_edition_in_use_makes_it_partly_shared(client: GildeClient) -> None:
    one, other = two()
    current, old = an_edition("1.2"), an_edition("1.1", current=False)
    for edition, pair in ((current, ("fine work", "wide work")), (old, ("fine work", "other work"))):
        fine, wide = (a_concept(edition, label) for label in pair)
        ConceptRelation.objects.create(source=fine, target=wide, kind="broader")
    linked(outcomes_of(one)[2], "http://data.europa.eu/esco/skill/fine-work")
    linked(outcomes_of(other)[1], "http://data.europa.eu/esco/skill/wide-work")
    words = text_of(asked(client, "welder", "lasser"))
    assert (
        "Feeds the office cat Partly Prepares the joint of thin plates broader, by ESCO skill: wide-work"
        in words
    )


def test_ancestors_are_found_at_any_height_and_a_circle_ends() -> None:
    edition = an_edition()
    low, middle, top = (a_concept(edition, label) for label in ("low", "middle", "top"))
    for below, above in ((low, middle), (middle, top), (top, low)):
        ConceptRelation.objects.create(source=below, target=above, kind="broader")
    assert comparing.ancestors([low.uri, "x:unknown"]) == {low.uri: frozenset({middle.uri, top.uri})}
    assert comparing.ancestors([]) == {}


def test_outcomes_without_a_common_language_are_said_to_be_compared_by_skills_only(
    client: GildeClient,
) -> None:
    one = a_qualification("welder", *(Text.of({"nl": f"Doet werk {n}"}, "nl") for n in range(2)))
    other = a_qualification("lasser", Text.of({"fr": "Fait le travail 0"}, "fr"))
    for version in (one, other):
        linked(outcomes_of(version)[0], "http://data.europa.eu/esco/skill/weld")
    page = asked(client, "welder", "lasser")
    assert "Shared Fait le travail 0 same ESCO skill" in text_of(page)
    assert "Missing compared by skills only: no common language" in text_of(page)
    assert page_of(page).css_first('th[scope=row] [lang="nl"]') is not None


def test_an_invented_qualification_is_said_to_be_invented(client: GildeClient) -> None:
    two()
    registered(qualification__code="made-up", qualification__synthetic=True)
    assert "These are invented, and show how the pages work: Title of made-up" in text_of(
        asked(client, "welder", "made-up")
    )


def test_a_qualification_without_outcomes_is_compared_by_its_facts(client: GildeClient) -> None:
    registered(qualification__code="empty", units=0)
    two()
    words = text_of(asked(client, "empty", "welder"))
    assert "This qualification has no learning outcomes yet" in words
    assert "0 shared 0 partly 3 missing" in words


def test_comparing_two_or_five_takes_at_most_ten_queries(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    two()
    an_edition()
    more = [registered(outcomes=1).qualification.code for _n in range(3)]
    client.get(reverse(COMPARE))
    for codes in (["welder", "lasser"], ["welder", "lasser", *more]):
        with django_assert_max_num_queries(10):
            assert asked(client, *codes).status_code == 200
        with django_assert_max_num_queries(10):
            asked(client, *codes, choose="1", find="title")
        with django_assert_max_num_queries(10):
            asked(client, *codes, route=XLSX)


def test_how_it_is_judged_is_told_with_the_scores_of_today(client: GildeClient) -> None:
    with clock.moved_to(clock.now()):
        words = text_of(client.get(reverse("qualifications:how-compared")))
    assert "score of 0.50 or more" in words
    assert "score of 0.90 or more" in words
    assert str(date(2026, 11, 26).year) in words


# --- files


def sheets(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_workbook_holds_overview_outcomes_and_facts(client: GildeClient) -> None:
    two()
    answer = asked(client, "welder", "lasser", route=XLSX)
    assert answer["Content-Disposition"].endswith('.xlsx"')
    told = sheets(answer)
    assert list(told) == ["Overview", "Outcomes", "Facts"]
    assert told["Overview"][1] == ("Title of welder (welder)", "Title of lasser (lasser)", 3, 1, 1, 1)
    assert [row[4] for row in told["Outcomes"][1:]] == ["Shared", "Partly", "Missing", "Shared", "Partly"]
    assert ("Country", "BE", "NL") in told["Facts"]


def test_no_cell_of_the_workbook_is_a_formula(client: GildeClient) -> None:
    two()
    a_qualification("tricks", '=HYPERLINK("http://evil.example")', "+1+1", "@SUM(A1)\x0b")
    book = openpyxl.load_workbook(io.BytesIO(asked(client, "welder", "tricks", route=XLSX).content))
    values = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [
        cell for cell in values if cell.data_type == "f" or str(cell.value).startswith(("=", "+", "@"))
    ]
    assert '\'=HYPERLINK("http://evil.example")' in [cell.value for cell in values]


def test_the_pdf_holds_the_judgements_and_is_tagged(client: GildeClient) -> None:
    two()
    answer = asked(client, "welder", "lasser", route=PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert b"/StructTreeRoot" in answer.content
    document = pypdfium2.PdfDocument(answer.content)
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert "Qualifications compared" in words
    assert "same ESCO skill: weld (exact, confirmed)" in words
    assert "1 shared, 1 partly, 1 missing" in words


def test_the_pdf_of_three_says_what_is_in_all_others(client: GildeClient) -> None:
    two()
    a_qualification("soudeur", Text.of({"fr": "Soude"}, "fr"))
    document = pypdfium2.PdfDocument(asked(client, "welder", "lasser", "soudeur", route=PDF).content)
    words = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert "in all others" in words
    assert "compared by skills only: no common language" in words


@pytest.mark.parametrize("route", [PDF, XLSX])
@pytest.mark.parametrize(("codes", "status"), [(["welder"], 422), (["welder", "nowhere"], 404), ([], 422)])
def test_a_file_of_what_cannot_be_compared_is_refused(
    client: GildeClient, route: str, codes: list[str], status: int
) -> None:
    two()
    assert asked(client, *codes, route=route).status_code == status
