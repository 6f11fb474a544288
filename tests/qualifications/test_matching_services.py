"""What matching proposes is decided by people, and what they decide is learned."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.jobs import Job
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.qualifications.matching import match
from gilde.qualifications.models import (
    Concept,
    ConfirmedPair,
    Outcome,
    OutcomeConcept,
    OutcomeVersion,
    SchemeEdition,
)
from gilde.qualifications.services import matching
from gilde.qualifications.services.matching_index import (
    NotMatched,
    build_index,
    index_of,
    request_index,
    standing,
)
from tests.qualifications.factories import (
    OrganisationFactory,
    OutcomeFactory,
    a_concept,
    a_member,
    an_edition,
    linked,
)

pytestmark = pytest.mark.django_db


def skills(edition: SchemeEdition | None = None) -> dict[str, Concept]:
    """A few skills of an edition in use, in English and Dutch, by their English name."""
    edition = edition or an_edition()
    told = {
        "lay bricks": "bakstenen leggen",
        "mix mortar": "mortel mengen",
        "weld metal": "metaal lassen",
        "serve guests at table": "gasten bedienen aan tafel",
    }
    made = {english: a_concept(edition, english) for english in told}
    for english, concept in made.items():
        concept.label = Text.of({"en": english, "nl": told[english]})
        concept.save()
    return made


def an_outcome(words: str | dict[str, str], writer: User | None = None) -> OutcomeVersion:
    owner = writer.memberships.get().organisation if writer else OrganisationFactory()
    return OutcomeFactory(outcome=Outcome.objects.create(owner=owner), statement=Text.of(words))


@pytest.fixture
def writer() -> User:
    return a_member(OrganisationFactory())


def test_without_esco_matching_says_so_in_a_sentence(writer: User) -> None:
    outcome = an_outcome("Lays bricks", writer)
    assert standing().edition is None
    with pytest.raises(NotMatched, match="ESCO is not loaded"):
        matching.propose(actor=writer, outcomes=[outcome])
    with pytest.raises(NotMatched, match="ESCO is not loaded"):
        build_index()
    assert request_index(actor=writer) is None


def test_an_index_is_prepared_before_pages_use_it_and_the_command_line_builds_it_itself() -> None:
    skills()
    with pytest.raises(NotMatched, match="not prepared"):
        index_of()
    assert match(index_of(build=True), "lay bricks", "en")[0].score == 1
    assert match(index_of(), "mortel mengen", "nl")[0].uri.endswith("mix-mortar")


def test_a_newer_index_is_noticed_and_until_it_is_there_the_older_one_serves(writer: User) -> None:
    known = skills()
    first = index_of(build=True)
    assert index_of() is first
    outcome = an_outcome("Does the stone work of a wall", writer)
    matching.relate(actor=writer, outcome=outcome, uri=known["lay bricks"].uri, relation="exact")
    assert standing().ready
    assert not standing().fresh
    assert index_of() is first
    build_index()
    assert standing().fresh
    assert index_of() is not first


def test_proposals_are_stored_once_with_their_score(writer: User) -> None:
    known = skills()
    index_of(build=True)
    outcome = an_outcome({"en": "Lays bricks", "nl": "Bakstenen leggen"}, writer)
    assert matching.propose(actor=writer, outcomes=[outcome]) >= 1
    best = outcome.concepts.order_by("-confidence")[0]
    assert (best.uri, best.state, best.edition) == (known["lay bricks"].uri, "proposed", "1.0")
    assert best.confidence == 1  # by its Dutch words, which are those of the concept
    assert best.relation == "exact"
    assert matching.propose(actor=writer, outcomes=[outcome]) == 0
    events = AuditEvent.objects.filter(action="qualifications.outcome.propose")
    assert [event.object_id for event in events] == [str(outcome.pk)]


def test_a_decided_outcome_gets_no_proposals_and_what_a_person_proposed_stays(writer: User) -> None:
    known = skills()
    index_of(build=True)
    decided, open_one = an_outcome("Lays bricks", writer), an_outcome("Mixes mortar", writer)
    linked(decided, known["weld metal"].uri, state="rejected")
    own = linked(open_one, known["weld metal"].uri, state="proposed")
    matching.propose(actor=writer, outcomes=[decided, open_one])
    assert decided.concepts.count() == 1
    assert own in open_one.concepts.all()
    assert open_one.concepts.filter(uri=known["mix mortar"].uri).exists()


def test_nobody_proposes_or_decides_for_an_organisation_of_others(writer: User) -> None:
    known = skills()
    index_of(build=True)
    outcome = an_outcome("Lays bricks")
    link = linked(outcome, known["lay bricks"].uri, state="proposed")
    reader = a_member(outcome.outcome.owner, "reader")
    for actor in (writer, reader):
        with pytest.raises(Refused):
            matching.propose(actor=actor, outcomes=[an_outcome("Mixes mortar")])
        with pytest.raises(Refused):
            matching.decide(actor=actor, link=link, verdict="confirm")
        with pytest.raises(Refused):
            matching.relate(actor=actor, outcome=outcome, uri=known["mix mortar"].uri, relation="exact")
    assert not ConfirmedPair.objects.exists()
    assert set(OutcomeConcept.objects.values_list("state", flat=True)) == {"proposed"}


def test_confirming_keeps_the_pair_in_each_language_and_again_changes_nothing(writer: User) -> None:
    known = skills()
    outcome = an_outcome({"en": "Builds walls", "nl": "Bouwt muren"}, writer)
    link = linked(outcome, known["lay bricks"].uri, state="proposed")
    for _again in range(2):
        matching.decide(actor=writer, link=link, verdict="confirm", relation="broad")
    link.refresh_from_db()
    assert (link.state, link.relation, link.confirmed_by) == ("confirmed", "broad", writer.pk)
    pairs = ConfirmedPair.objects.order_by("language").values_list("text", "language", "relation", "by")
    assert list(pairs) == [
        ("Builds walls", "en", "broad", writer.pk),
        ("Bouwt muren", "nl", "broad", writer.pk),
    ]
    assert AuditEvent.objects.filter(action="qualifications.link.confirm").count() == 1
    assert Job.objects.filter(kind="qualifications.match-index").count() == 1


def test_a_later_rejection_replaces_what_was_confirmed(writer: User) -> None:
    known = skills()
    link = linked(an_outcome("Builds walls", writer), known["lay bricks"].uri, state="proposed")
    matching.decide(actor=writer, link=link, verdict="confirm")
    matching.decide(actor=writer, link=link, verdict="reject")
    assert [pair.relation for pair in ConfirmedPair.objects.all()] == ["rejected"]
    event = AuditEvent.objects.get(action="qualifications.link.reject")
    assert (event.before["state"], event.after["state"]) == ("confirmed", "rejected")


def test_confirmed_pairs_improve_the_ranking_of_similar_sentences(writer: User) -> None:
    known = skills()
    wanted = known["serve guests at table"]
    text = "takes care of diners in the brasserie"

    def place() -> int:
        found = [each.uri for each in match(index_of(build=True), text, "en")]
        return found.index(wanted.uri) if wanted.uri in found else 99

    before = place()
    outcome = an_outcome("Takes care of diners in a restaurant", writer)
    matching.relate(actor=writer, outcome=outcome, uri=wanted.uri, relation="exact")
    assert (before, place()) == (99, 0)


def test_a_rejected_pair_goes_down(writer: User) -> None:
    known = skills()
    an_edition_text = "lay bricks"
    assert match(index_of(build=True), an_edition_text, "en")[0].uri == known["lay bricks"].uri
    link = linked(an_outcome(an_edition_text, writer), known["lay bricks"].uri, state="proposed")
    matching.decide(actor=writer, link=link, verdict="reject")
    found = match(index_of(build=True), an_edition_text, "en")
    assert known["lay bricks"].uri not in [each.uri for each in found[:1]]


def test_many_are_decided_in_one_act_or_none(writer: User) -> None:
    known = skills()
    mine, other = an_outcome("Lays bricks", writer), an_outcome("Mixes mortar")
    links = [linked(mine, known[name].uri, state="proposed") for name in ("lay bricks", "mix mortar")]
    foreign = linked(other, known["mix mortar"].uri, state="proposed")
    with pytest.raises(Refused):
        matching.decide_all(
            actor=writer, verdicts=[matching.Verdict(each, "confirm") for each in (links[0], foreign)]
        )
    assert not ConfirmedPair.objects.exists()
    links = list(mine.concepts.order_by("pk"))
    done = matching.decide_all(
        actor=writer,
        verdicts=[matching.Verdict(links[0], "confirm", "close"), matching.Verdict(links[1], "reject")],
        related=[matching.Related(mine, known["weld metal"].uri, "narrow")],
    )
    assert (done.changed, done.stale) == (3, 0)
    stored = mine.concepts.order_by("pk").values_list("state", "relation")
    assert list(stored) == [("confirmed", "close"), ("rejected", "exact"), ("confirmed", "narrow")]


def test_who_comes_second_does_not_undo_what_was_decided(writer: User) -> None:
    known = skills()
    link = linked(an_outcome("Lays bricks", writer), known["lay bricks"].uri, state="proposed")
    seen = OutcomeConcept.objects.get(pk=link.pk)
    matching.decide(actor=writer, link=link, verdict="confirm")
    with pytest.raises(Stale, match="meantime"):
        matching.decide(actor=writer, link=seen, verdict="reject")
    done = matching.decide_all(actor=writer, verdicts=[matching.Verdict(seen, "reject")])
    assert (done.changed, done.stale) == (0, 1)


@pytest.mark.parametrize(
    ("uri", "relation", "said"),
    [("http://data.europa.eu/esco/skill/none", "exact", "no concept"), ("", "sideways", "no relation")],
)
def test_only_what_is_known_can_be_related(writer: User, uri: str, relation: str, said: str) -> None:
    skills()
    with pytest.raises(Invalid, match=said):
        matching.relate(actor=writer, outcome=an_outcome("x", writer), uri=uri, relation=relation)


def test_the_job_proposes_for_all_outcomes_of_who_asked(writer: User, run_jobs: Callable[[], int]) -> None:
    skills()
    mine, others = an_outcome("Lays bricks", writer), an_outcome("Lays bricks")
    job = matching.request_proposals(actor=writer)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert job.result["outcomes"] == 1
    assert job.result["proposals"] == mine.concepts.count() >= 1
    assert not others.concepts.exists()


def test_a_concept_is_found_by_words_of_its_name_first() -> None:
    known = skills()
    assert matching.concepts_with("BRICKS", language="en") == [known["lay bricks"]]
    assert matching.concepts_with(" ", language="en") == []
    build_index()
    assert known["mix mortar"] in matching.concepts_with("mortel mengen", language="nl")


def test_the_system_may_propose_too() -> None:
    skills()
    index_of(build=True)
    assert matching.propose(actor=SYSTEM, outcomes=[an_outcome("Lays bricks")]) >= 1
