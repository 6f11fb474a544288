"""The workbench of matching: decided by pages, without a script; and the page on which anybody tries a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from gilde.core.models import User
from gilde.qualifications.models import OutcomeVersion
from gilde.qualifications.services.matching_index import build_index
from tests.client import GildeClient
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.factories import (
    OrganisationFactory,
    a_concept,
    a_file,
    a_member,
    an_edition,
    linked,
)
from tests.qualifications.test_matching_services import an_outcome, skills

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> User:
    return a_member(OrganisationFactory())


def workbench(user: User, query: str = "") -> Any:
    return signed_in(user).get(reverse("qualifications:matching") + query)


def proposed(writer: User, words: str = "Lays bricks") -> tuple[OutcomeVersion, Any, Any]:
    """An outcome with two proposals."""
    known = skills()
    outcome = an_outcome(words, writer)
    links = [
        linked(outcome, known[name].uri, state="proposed", confidence=score)
        for name, score in (("mix mortar", "0.4"), ("lay bricks", "0.9"))
    ]
    return outcome, links[1], links[0]


def saved(user: User, outcome: OutcomeVersion, **sent: str) -> Any:
    data = {"outcome": str(outcome.pk), **{name.replace("__", "-"): value for name, value in sent.items()}}
    return signed_in(user).post(reverse("qualifications:matching"), data, follow=True)


def test_without_esco_the_workbench_says_so_and_still_shows_outcomes(writer: User) -> None:
    an_outcome("Lays bricks", writer)
    words = text_of(workbench(writer))
    assert "ESCO is not loaded" in words
    assert "Lays bricks" in words


def test_the_best_proposal_stands_first_with_its_score_in_few_queries(
    writer: User, django_assert_max_num_queries: Any
) -> None:
    proposed(writer)
    for number in range(4):
        an_outcome(f"Does thing {number}", writer)
    client = signed_in(writer)
    with django_assert_max_num_queries(13):  # two of them are the session and the user
        page = client.get(reverse("qualifications:matching"))
    words = text_of(page)
    assert words.index("90 %") < words.index("40 %")
    assert "5 found" in words


def test_nobody_sees_the_outcomes_of_others_or_comes_in_without_writing(writer: User) -> None:
    an_outcome("Lays somebody else's bricks")
    assert "somebody else" not in text_of(workbench(writer))
    reader = a_member(OrganisationFactory(), "reader")
    assert workbench(reader).status_code == 403
    assert GildeClient().get(reverse("qualifications:matching")).status_code == 302


def test_a_page_is_decided_in_one_form(writer: User) -> None:
    outcome, best, other = proposed(writer)
    page = saved(
        writer,
        outcome,
        **{f"link__{best.pk}": "confirm", f"relation__{best.pk}": "close", f"link__{other.pk}": "reject"},
    )
    assert "2 links are decided." in text_of(page)
    best.refresh_from_db()
    other.refresh_from_db()
    assert (best.state, best.relation, other.state) == ("confirmed", "close", "rejected")
    assert "No outcome fits" in text_of(page)
    assert "Lays bricks" in text_of(workbench(writer, "?show=linked"))


def test_no_match_rejects_what_was_left_open(writer: User) -> None:
    outcome, best, other = proposed(writer)
    saved(writer, outcome, **{f"none-{outcome.pk}": "yes", f"link__{best.pk}": "confirm"})
    best.refresh_from_db()
    other.refresh_from_db()
    assert (best.state, other.state) == ("confirmed", "rejected")


def test_saving_nothing_changes_nothing(writer: User) -> None:
    outcome, best, _other = proposed(writer)
    page = saved(writer, outcome, **{f"link__{best.pk}": ""})
    assert "Nothing was chosen" in text_of(page)


def test_what_is_not_ones_own_stays_whatever_is_sent(writer: User) -> None:
    _outcome, best, _other = proposed(writer)
    linked_elsewhere = linked(an_outcome("Of others"), best.uri, state="proposed")
    data = {
        "outcome": [str(linked_elsewhere.outcome_id), "no-id"],
        f"link-{linked_elsewhere.pk}": "confirm",
        f"concept-{linked_elsewhere.outcome_id}": best.uri,
    }
    signed_in(writer).post(reverse("qualifications:matching"), data)
    linked_elsewhere.refresh_from_db()
    assert linked_elsewhere.state == "proposed"


def test_an_unknown_relation_is_refused_and_nothing_is_stored(writer: User) -> None:
    outcome, best, other = proposed(writer)
    page = saved(
        writer,
        outcome,
        **{f"link__{other.pk}": "reject", f"link__{best.pk}": "confirm", f"relation__{best.pk}": "sideways"},
    )
    assert page.status_code == 422
    other.refresh_from_db()
    assert other.state == "proposed"


def test_the_form_is_whole_without_a_script(writer: User) -> None:
    _outcome, best, _other = proposed(writer)
    page = page_of(workbench(writer))
    radios = page.css(f'form.matching input[type=radio][name="link-{best.pk}"]')
    assert [each.attributes.get("value") for each in radios] == ["", "confirm", "reject"]
    assert len(page.css(f'select[name="relation-{best.pk}"] option')) == 4
    hint = page.css_first("#matching-keys")
    assert hint is not None
    assert "hidden" in hint.attributes  # keys are told of where a script serves them
    assert page.css_first(".other a[href*='/matching/outcomes/']") is not None


def test_outcomes_are_shown_of_one_file(writer: User) -> None:
    owner = writer.memberships.get().organisation
    file = a_file(outcomes=1, qualification__owner=owner)
    an_outcome("Of no file", writer)
    words = text_of(workbench(writer, f"?show=all&file={file.pk}"))
    assert "Lays walls" in words
    assert "Of no file" not in words
    assert "1 found" in words
    assert workbench(writer, "?file=no-file&page=99").status_code == 200


def test_a_concept_is_found_by_words_and_linked_without_a_script(writer: User) -> None:
    known = skills()
    outcome = an_outcome("Works with glowing metal", writer)
    address = reverse("qualifications:matching-relate", args=[outcome.pk])
    client = signed_in(writer)
    page = page_of(client.get(address + "?q=weld"))
    name = f"concept-{outcome.pk}"
    found = [each.attributes.get("value") for each in page.css(f'input[name="{name}"]')]
    assert known["weld metal"].uri in found
    assert "Choose one" in text_of(client.post(address + "?q=weld", {name: ""}))
    client.post(address, {name: known["weld metal"].uri, f"related-{outcome.pk}": "narrow"})
    link = outcome.concepts.get()
    assert (link.uri, link.state, link.relation) == (known["weld metal"].uri, "confirmed", "narrow")


def test_the_fragment_of_concepts_names_the_outcome_and_says_when_there_is_none(writer: User) -> None:
    skills()
    client, address = signed_in(writer), reverse("qualifications:matching-concepts")
    words = client.get(address, {"q": "weld", "outcome": "abc"}).content.decode()
    assert 'name="concept-abc"' in words
    assert "<html" not in words
    assert "No concept with these words" in client.get(address, {"q": "zzz"}).content.decode()


def test_proposing_is_a_job_with_its_progress_and_its_result(
    writer: User, run_jobs: Callable[[], int]
) -> None:
    skills()
    an_outcome("Lays bricks", writer)
    client = signed_in(writer)
    waiting = client.post(reverse("qualifications:matching-propose"), follow=True)
    assert page_of(waiting).css_first("#matching-job[hx-get] progress") is not None
    run_jobs()
    address = waiting.request["PATH_INFO"]
    assert "after looking at 1 outcomes" in text_of(client.get(address))
    assert signed_in(a_member(OrganisationFactory())).get(address).status_code == 404
    assert "lay bricks" in text_of(workbench(writer))


def test_the_words_of_esco_are_prepared_by_a_job(writer: User, run_jobs: Callable[[], int]) -> None:
    client = signed_in(writer)
    told = client.post(reverse("qualifications:matching-index"), follow=True)
    assert "ESCO is not loaded" in text_of(told)
    a_concept(an_edition(), "lay bricks")
    assert "not prepared for matching yet" in text_of(workbench(writer))
    waiting = client.post(reverse("qualifications:matching-index"), follow=True)
    run_jobs()
    assert "ready for matching" in text_of(client.get(waiting.request["PATH_INFO"]))
    assert "not prepared" not in text_of(workbench(writer))


def tried(**asked: str) -> str:
    return text_of(GildeClient().get(reverse("qualifications:matching-try"), asked))


def test_anybody_tries_a_sentence() -> None:
    assert "ESCO is not loaded" in tried()
    skills()
    assert "not prepared" in tried(text="lay bricks", lang="en")
    build_index()
    assert "lay bricks 100 % the same words" in tried(text="bakstenen leggen", lang="nl")
    assert "No match" in tried(text="zzzz qqqq", lang="en")
    assert "Select a valid choice" in tried(text="x", lang="tlh")
    assert "required" in tried(text="", lang="en")
