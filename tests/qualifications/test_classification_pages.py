"""Classifications on the page: what is loaded, one concept and its uses, and from one edition to the next."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gilde.core.jobs import Job
from gilde.core.models import User
from gilde.core.text import Text
from gilde.qualifications.models import (
    Concept,
    ConceptRelation,
    OutcomeConcept,
    ProfileConcept,
    QualificationConcept,
    SchemeEdition,
    UnitOutcome,
)
from gilde.qualifications.services import migration
from tests.client import GildeClient
from tests.indicators.keeping import page_of, signed_in, text_of
from tests.qualifications.classifications.files import archive, dutch, small
from tests.qualifications.factories import (
    OrganisationFactory,
    OutcomeFactory,
    ProfileFactory,
    UserFactory,
    a_concept,
    a_file,
    a_member,
    a_procedure,
    an_edition,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db


def keeper() -> User:
    """An officer of a body of a procedure: who keeps the reference data."""
    body = a_procedure().bodies.exclude(organisation=None)[0]
    assert body.organisation is not None
    return a_member(body.organisation)


def the_list(user: User | None = None) -> Any:
    return (signed_in(user) if user else GildeClient()).get(reverse("qualifications:classifications"))


def concept_page(uri: str, client: GildeClient | None = None) -> Any:
    return (client or GildeClient()).get(reverse("qualifications:concept"), {"uri": uri})


def body_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_the_list_tells_what_is_loaded_and_which_edition_is_in_use(
    django_assert_max_num_queries: Any,
) -> None:
    assert "No classification is loaded" in text_of(the_list())
    old, new = an_edition("1.9"), an_edition("1.10", current=False)
    with django_assert_max_num_queries(10):
        page = the_list()
    words = text_of(page)
    assert "1.9 in use" in words
    address = reverse("qualifications:classification-compare", args=["esco", old.pk, new.pk])
    assert page_of(page).css_first(f'a[href="{address}"]') is not None
    assert "Use this edition" not in words
    assert "Load a classification" not in words


def test_a_keeper_loads_files_by_a_job_and_sees_what_came_of_it(
    tmp_path: Path, run_jobs: Callable[[], int]
) -> None:
    client = signed_in(keeper())
    assert "Load a classification" in text_of(client.get(reverse("qualifications:classifications")))
    files = [
        SimpleUploadedFile(name, archive(tmp_path / name, told).read_bytes())
        for name, told in (("ESCO v1.2.0 en.zip", small()), ("ESCO v1.2.0 nl.zip", dutch()))
    ]
    address = reverse("qualifications:classification-load")
    waiting = client.post(address, {"scheme": "esco", "documents": files, "version": ""}, follow=True)
    assert page_of(waiting).css_first("#classification-load[hx-get] progress") is not None
    run_jobs()
    done = client.get(waiting.request["PATH_INFO"])
    assert "is loaded: 7 concepts" in text_of(done)
    assert SchemeEdition.objects.get().languages == ["en", "nl"]


def test_files_that_are_no_classification_get_the_sentence_of_the_job(run_jobs: Callable[[], int]) -> None:
    client = signed_in(keeper())
    address = reverse("qualifications:classification-load")
    assert client.post(address, {"scheme": "esco"}).status_code == 422
    file = SimpleUploadedFile("shopping.csv", b"what,how many\nmilk,2\n")
    waiting = client.post(address, {"scheme": "esco", "documents": [file]}, follow=True)
    run_jobs()
    words = text_of(client.get(waiting.request["PATH_INFO"]))
    assert "Nothing was loaded" in words
    assert "no file of ESCO" in words
    assert not SchemeEdition.objects.exists()


def test_who_keeps_no_reference_data_loads_and_changes_nothing() -> None:
    old = an_edition("1.1")
    new = an_edition("1.2", current=False)
    client = signed_in(a_member(OrganisationFactory()))
    for name, args in (
        ("classification-load", []),
        ("classification-own", []),
        ("classification-use", ["esco", new.pk]),
        ("classification-move", ["esco", old.pk, new.pk]),
    ):
        assert client.post(reverse(f"qualifications:{name}", args=args)).status_code == 403, name
    old.refresh_from_db()
    assert old.current


def test_a_keeper_puts_an_edition_in_use_after_a_word_on_what_that_means() -> None:
    old, new = an_edition("1.1"), an_edition("1.2", current=False)
    client = signed_in(keeper())
    address = reverse("qualifications:classification-use", args=["esco", new.pk])
    assert "Links stay as they are" in text_of(client.get(address))
    assert "1.2 is in use now." in text_of(client.post(address, follow=True))
    old.refresh_from_db()
    assert not old.current
    assert Job.objects.filter(kind="qualifications.match-index").count() == 1  # matching follows
    wrong = reverse("qualifications:classification-use", args=["nace-2.1", new.pk])
    assert client.get(wrong).status_code == 404


def test_the_lists_that_come_with_gilde_are_loaded_once() -> None:
    client = signed_in(keeper())
    address = reverse("qualifications:classification-own")
    assert "Loaded:" in text_of(client.post(address, follow=True))
    assert "They were loaded already." in text_of(client.post(address, follow=True))
    words = text_of(client.get(reverse("qualifications:classification", args=["isco-08"])))
    assert "Edition" in words


def test_an_edition_is_searched_filtered_and_downloaded(django_assert_max_num_queries: Any) -> None:
    edition = an_edition()
    a_concept(edition, "lay bricks")
    a_concept(edition, "bricklayer", kind="occupation", code="7112.1")
    a_concept(an_edition("0.9", current=False), "lay old bricks")
    address = reverse("qualifications:classification", args=["esco"])
    with django_assert_max_num_queries(10):
        words = text_of(GildeClient().get(address))
    assert "2 found" in words
    assert "lay old bricks" not in words
    assert "1 found" in text_of(GildeClient().get(address, {"kind": "occupation"}))
    assert "1 found" in text_of(GildeClient().get(address, {"q": "7112"}))
    rows = list(
        csv.DictReader(io.StringIO(body_of(GildeClient().get(address, {"format": "csv", "q": "lay bricks"}))))
    )
    assert [(row["label"], row["kind"]) for row in rows] == [("lay bricks", "skill")]
    assert GildeClient().get(reverse("qualifications:classification", args=["none"])).status_code == 404


def test_a_concept_tells_its_names_its_neighbours_and_its_editions(
    django_assert_max_num_queries: Any,
) -> None:
    edition = an_edition("1.2")
    skill = a_concept(
        edition, "lay bricks", terms={"en": ["build with bricks"]}, description=Text.of("Lays them in rows.")
    )
    Concept.objects.filter(pk=skill.pk).update(label=Text.of({"en": "lay bricks", "nl": "bakstenen leggen"}))
    group = a_concept(edition, "building", kind="skill-group")
    job = a_concept(edition, "bricklayer", kind="occupation")
    ConceptRelation.objects.create(source=skill, target=group, kind="broader")
    ConceptRelation.objects.create(source=job, target=skill, kind="essential")
    a_concept(an_edition("1.1", current=False), "lay bricks")
    with django_assert_max_num_queries(10):
        page = concept_page(skill.uri)
    words = text_of(page)
    for told in (
        "bakstenen leggen",
        "build with bricks",
        "Lays them in rows.",
        "ESCO 1.2",
        "Also in ESCO 1.1",
    ):
        assert told in words
    assert "Broader building" in words
    assert "Essential for bricklayer" in words
    above = text_of(concept_page(job.uri))
    assert "Essential skills and knowledge lay bricks" in above
    assert "Narrower lay bricks" in text_of(concept_page(group.uri))
    assert concept_page("http://data.europa.eu/esco/skill/none").status_code == 404
    assert GildeClient().get(reverse("qualifications:concept")).status_code == 404


def test_a_concept_tells_where_it_is_used_as_far_as_the_reader_may_see() -> None:
    edition = an_edition()
    skill = a_concept(edition, "lay bricks")
    file, draft = registered(outcomes=1), a_file(outcomes=1)
    public, hidden = (UnitOutcome.objects.get(unit__version=each).outcome for each in (file, draft))
    linked(public, skill.uri)
    linked(hidden, skill.uri)
    linked(OutcomeFactory(fixed_at=file.registered_at), skill.uri, state="proposed")
    fields = {"uri": skill.uri, "state": "confirmed", "confirmed_at": file.registered_at}
    profile = ProfileFactory()
    ProfileConcept.objects.create(version=profile, **fields)
    QualificationConcept.objects.create(version=file, **fields)
    words = text_of(concept_page(skill.uri))
    for told in (str(public.statement), str(profile.title), str(file.title)):
        assert told in words
    assert str(hidden.statement) not in words
    assert words.count("exact match") == 3
    drafter = a_member(draft.qualification.owner)
    assert str(hidden.statement) in text_of(concept_page(skill.uri, signed_in(drafter)))


def editions() -> tuple[SchemeEdition, SchemeEdition]:
    """Two editions: one skill replaced, one renamed, one gone, one new, and links to the first two."""
    old, new = an_edition("1.1"), an_edition("1.2", current=False)
    gone, kept = a_concept(old, "lay bricks"), a_concept(old, "mix mortar")
    a_concept(old, "forge swords")
    a_concept(new, "lay brickwork", terms={"en": ["lay bricks"]})
    a_concept(new, "mix mortars", uri=kept.uri)
    outcome = OutcomeFactory()
    linked(outcome, gone.uri, edition="1.1")
    linked(outcome, kept.uri, edition="1.1")
    return old, new


def compared(user: User, old: SchemeEdition, new: SchemeEdition, **asked: str) -> Any:
    address = reverse("qualifications:classification-compare", args=["esco", old.pk, new.pk])
    return signed_in(user).get(address, asked)


def test_the_report_tells_each_change_and_what_is_used_here_first(django_assert_max_num_queries: Any) -> None:
    old, new = editions()
    user = UserFactory()
    client = signed_in(user)
    compared(user, old, new)  # worked out and kept
    address = reverse("qualifications:classification-compare", args=["esco", old.pk, new.pk])
    with django_assert_max_num_queries(14):  # two of them are the session and the user
        page = client.get(address)
    words = text_of(page)
    assert "2 links here still stand at the older edition" in words
    table = text_of(page).split("Changes, what is used here first")[1]
    assert table.index("mix mortar") < table.index("forge swords")
    assert table.index("lay bricks") < table.index("forge swords")
    assert "Its label now belongs to a new concept." in table
    assert "Move" not in table  # this reader keeps no reference data
    only = text_of(compared(user, old, new, kind="renamed")).split("what is used here first")[1]
    assert "lay bricks" not in only
    assert "2 found" in text_of(compared(user, old, new, used="yes"))
    rows = list(csv.DictReader(io.StringIO(body_of(compared(user, old, new, format="csv", used="yes")))))
    assert {(row["kind"], row["used"]) for row in rows} == {("replaced", "1"), ("renamed", "1")}


def test_editions_of_another_classification_are_not_compared() -> None:
    old, new = editions()
    other = an_edition("2", scheme="nace")
    client = signed_in(UserFactory())
    for args in (["esco", old.pk, other.pk], ["nace", old.pk, new.pk], ["esco", old.pk, old.pk]):
        assert client.get(reverse("qualifications:classification-compare", args=args)).status_code == 404


def test_large_editions_are_compared_by_a_job_and_read_from_disk_then(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    old, new = editions()
    SchemeEdition.objects.update(concept_count=18_000)
    user = UserFactory()
    assert "Work out what changed" in text_of(compared(user, old, new))
    start = reverse("qualifications:classification-compare-start", args=["esco", old.pk, new.pk])
    for _again in range(2):  # who presses twice gets one job
        waiting = signed_in(user).post(start, follow=True)
    assert page_of(waiting).css_first("#classification-wait[hx-get] progress") is not None
    assert Job.objects.filter(kind="qualifications.migration").count() == 1
    run_jobs()

    def again(*_given: object) -> None:
        raise AssertionError("worked out twice")

    monkeypatch.setattr(migration.classifications, "migrate", again)
    assert "what is used here first" in text_of(compared(user, old, new))


def moved(user: User, old: SchemeEdition, new: SchemeEdition, post: bool = False, **sent: str) -> Any:
    address = reverse("qualifications:classification-move", args=["esco", old.pk, new.pk])
    client = signed_in(user)
    return client.post(address, sent, follow=True) if post else client.get(address, sent)


def test_a_keeper_moves_the_links_of_one_concept_after_seeing_where() -> None:
    old, new = editions()
    user = keeper()
    gone = Concept.objects.get(edition=old, uri__endswith="lay-bricks")
    words = text_of(moved(user, old, new, uri=gone.uri))
    assert "lay bricks lay brickwork 1 to be confirmed" in words
    assert OutcomeConcept.objects.filter(uri=gone.uri).exists()
    assert "1 link is moved." in text_of(moved(user, old, new, post=True, uri=gone.uri))
    link = OutcomeConcept.objects.get(uri__endswith="lay-brickwork")
    assert (link.state, link.edition) == ("proposed", "1.2")
    assert "1 link here still stands" in text_of(compared(user, old, new))
    assert moved(user, old, new, uri=gone.uri).status_code == 404  # nothing left to move


def test_a_keeper_moves_all_of_one_kind_and_what_means_the_same_stays_confirmed() -> None:
    old, new = editions()
    user = keeper()
    assert "mix mortar mix mortars 1 as confirmed as before" in text_of(moved(user, old, new, kind="renamed"))
    moved(user, old, new, post=True, kind="renamed")
    link = OutcomeConcept.objects.get(uri__endswith="mix-mortar")
    assert (link.state, link.edition, str(link.label)) == ("confirmed", "1.2", "mix mortars")
    assert OutcomeConcept.objects.get(uri__endswith="lay-bricks").edition == "1.1"


def test_a_target_that_is_no_proposal_is_not_taken() -> None:
    old, new = editions()
    gone = Concept.objects.get(edition=old, uri__endswith="lay-bricks")
    moved(keeper(), old, new, post=True, uri=gone.uri, to="http://evil.example/skill")
    assert not OutcomeConcept.objects.filter(uri__startswith="http://evil").exists()
    assert OutcomeConcept.objects.filter(uri__endswith="lay-brickwork").exists()
