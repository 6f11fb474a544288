"""Texts find their concepts, or nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.qualifications.errors import Unreadable
from gilde.qualifications.matching import Confirmed, Index, Term, build, load, match, match_many

LABELS = {
    "welding": {
        "en": ["weld metal", "join metals by welding"],
        "nl": ["metalen lassen"],
        "de": ["Metall schweissen"],
    },
    "network": {"en": ["manage networks"], "nl": ["netwerken beheren"], "de": ["Netzwerke verwalten"]},
    "quality": {"en": ["control quality"], "nl": ["kwaliteit controleren"], "de": ["Qualität kontrollieren"]},
    "animals": {"en": ["care for animals"], "nl": ["dieren verzorgen"], "de": ["Tiere versorgen"]},
    "research": {"en": ["conduct research"], "nl": ["onderzoek uitvoeren"], "de": ["Forschung durchführen"]},
    "java": {"en": ["Java (computer programming)"]},
    "meat": {"en": ["prepare meat"], "nl": ["vlees bereiden"], "fr": ["préparer de la viande"]},
    "drones": {"en": ["drones"], "de": ["Drohnen"]},
}
TERMS = [
    Term(uri, text, language, at == 0, "knowledge" if uri in ("java", "drones") else "skill")
    for uri, labels in LABELS.items()
    for language, texts in labels.items()
    for at, text in enumerate(texts)
]


@pytest.fixture(scope="module")
def index() -> Index:
    return build(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: f"{term.language}-{term.text}")
def test_a_label_finds_its_own_concept_first_and_is_certain(index: Index, term: Term) -> None:
    first = match(index, term.text, term.language)[0]
    assert (first.uri, first.score, first.why, first.term) == (term.uri, 1.0, "same words", term.text)


@pytest.mark.parametrize(
    ("text", "language", "uri"),
    [
        ("Het uitvoeren van onderzoeken", "nl", "research"),
        ("netwerkbeheer", "nl", "network"),
        ("Kwaliteitscontrole", "nl", "quality"),
        ("Durchführung von Forschung", "de", "research"),
        ("experience with Java", "en", "java"),
        ("préparation des viandes", "fr", "meat"),
        ("welding of metal", "en", "welding"),
        ("We are looking for somebody who can weld all kinds of metal in our workshop .", "en", "welding"),
    ],
)
def test_other_words_for_the_same_find_the_concept(index: Index, text: str, language: str, uri: str) -> None:
    assert match(index, text, language)[0].uri == uri


def test_a_word_without_a_label_in_its_language_is_found_in_another(index: Index) -> None:
    first = match(index, "drones", "nl")[0]
    assert (first.uri, first.language) == ("drones", "en")
    assert first.score < 1


def test_a_language_without_labels_falls_back_on_the_others(index: Index) -> None:
    assert match(index, "Java", "pl")[0].uri == "java"


def test_a_language_with_its_country_is_the_language(index: Index) -> None:
    assert match(index, "dieren verzorgen", "nl-BE") == match(index, "dieren verzorgen", "nl")


def test_a_description_lifts_its_concept(index: Index) -> None:
    told = [Term("animals", "Conduct daily checks of the stable.", "en", False)]
    before, after = (
        {c.uri: c.score for c in match(some, "conduct care", "en")}
        for some in (index, build(TERMS, descriptions=told))
    )
    assert after["animals"] > before["animals"]


@pytest.mark.parametrize("text", ["", "   ", "…", "xqzzy wvvrk", "字"])
def test_nothing_and_nonsense_have_no_match(index: Index, text: str) -> None:
    assert match(index, text, "nl") == []


def test_an_index_without_labels_matches_nothing() -> None:
    assert match(build([]), "weld metal", "en") == []


def test_only_the_kinds_that_are_asked_for_are_found(index: Index) -> None:
    assert match(index, "weld metal", "en", kinds=["knowledge"]) == []
    assert [c.uri for c in match(index, "Java", "en", kinds=["knowledge"])][:1] == ["java"]


def test_no_more_than_the_limit_and_the_best_first(index: Index) -> None:
    found = match(index, "prepare meat and care for animals", "en", limit=2)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert match(index, "prepare meat", "en", limit=0) == []


def test_many_texts_give_what_each_gives_alone(index: Index) -> None:
    texts = ["weld metal", "", "networks (LAN)", "animals"] * 20
    assert match_many(index, texts, "en") == [match(index, text, "en") for text in texts]


def test_a_very_long_text_is_matched_by_its_beginning(index: Index) -> None:
    assert match(index, "weld metal " * 100_000, "en")[0].uri == "welding"


@settings(max_examples=3)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_terms_makes_no_difference(chance) -> None:
    shuffled = list(TERMS)
    chance.shuffle(shuffled)
    texts = ["manage network quality", "java"]
    assert match_many(build(shuffled), texts, "en") == match_many(build(TERMS), texts, "en")


@settings(max_examples=25)
@given(st.text(max_size=80))
def test_scores_are_between_0_and_1_and_in_order(text: str) -> None:
    scores = [candidate.score for candidate in match(_KEPT, text, "en")]
    assert all(0 < score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)


_KEPT = build(TERMS)


def test_a_confirmed_text_becomes_a_label_and_lifts_texts_like_it() -> None:
    said = Confirmed("Een databank aanspreken", "nl", "network", "exact")
    taught = build(TERMS, confirmed=[said])
    first = match(taught, "een databank aanspreken", "nl")[0]
    assert (first.uri, first.score, first.why) == ("network", 1.0, "confirmed before")
    assert match(build(TERMS), "aanspreken van databanken", "nl") == []
    assert match(taught, "aanspreken van databanken", "nl")[0].uri == "network"


def test_a_related_concept_is_less_certain_than_an_exact_one() -> None:
    taught = build(TERMS, confirmed=[Confirmed("databank", "nl", "network", "broad")])
    assert 0.5 < match(taught, "databank", "nl")[0].score < 1


def test_a_rejected_concept_is_pushed_down_for_the_text_and_for_texts_like_it(index: Index) -> None:
    taught = build(TERMS, confirmed=[Confirmed("kwaliteit verzorgen", "nl", "animals", "rejected")])
    assert "animals" in [c.uri for c in match(index, "kwaliteit verzorgen", "nl")]
    assert "animals" not in [c.uri for c in match(taught, "Kwaliteit verzorgen", "nl")]
    for text in ("goede kwaliteit verzorgen", "kwaliteiten verzorgen"):
        before = next(c.score for c in match(index, text, "nl") if c.uri == "animals")
        after = next((c.score for c in match(taught, text, "nl") if c.uri == "animals"), 0)
        assert after < before / 1.5


def test_what_is_said_of_an_unknown_concept_is_left_out() -> None:
    assert match(build(TERMS, confirmed=[Confirmed("foo bar", "en", "gone", "exact")]), "foo bar", "en") == []


def test_a_saved_index_is_loaded_as_it_was(index: Index, tmp_path: Path) -> None:
    again = load(index.save(tmp_path))
    texts = ["netwerkbeheer", "drones", "kwaliteitscontrole", "iets anders"]
    assert match_many(again, texts, "nl") == match_many(index, texts, "nl")


def test_an_index_is_saved_under_a_name_that_changes_with_its_content(index: Index, tmp_path: Path) -> None:
    changed = build(TERMS, confirmed=[Confirmed("weld metal", "en", "java", "rejected")])
    assert index.save(tmp_path) == build(reversed(TERMS)).save(tmp_path)
    assert changed.save(tmp_path) != index.save(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_broken_index_is_refused_with_what_to_do(index: Index, tmp_path: Path) -> None:
    saved = index.save(tmp_path)
    (saved / "arrays.npz").write_bytes(b"PK nothing")
    with pytest.raises(Unreadable, match="Build it again"):
        load(saved)
    with pytest.raises(Unreadable, match="Build it again"):
        load(tmp_path / "absent")


def test_texts_are_compared_with_each_other(index: Index) -> None:
    table = index.similarity(
        ["Netwerken beheren", "vlees bereiden"], ["beheer van netwerken", "dieren"], "nl"
    )
    assert table.shape == (2, 2)
    assert table[0, 0] > 0.7 > 0.3 > table[0, 1]
    assert table.min() >= 0
    assert table.max() <= 1
    assert index.similarity(["x y"], ["X, y"], "nl")[0, 0] == 1
    assert index.similarity([], ["a"], "nl").shape == (0, 1)


def test_texts_in_two_languages_are_compared_by_the_concepts_that_they_match(index: Index) -> None:
    table = index.similarity(
        ["metalen lassen", "dieren verzorgen"], ["weld metal", "care for animals"], "nl", "en"
    )
    assert np.argmax(table, axis=1).tolist() == [0, 1]
    assert table[0, 0] > 2 * table[0, 1]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "vocabulary.txt").write_text("meat\nbeef\nanimals\nweld\n", encoding="utf-8")
    np.save(tmp_path / "vectors.npy", np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]], np.float32))
    return tmp_path


def test_word_vectors_find_what_shares_no_word(table: Path, tmp_path: Path, index: Index) -> None:
    assert match(index, "beef", "en") == []
    taught = build(TERMS, embedding=table)
    first = match(taught, "beef", "en")[0]
    assert (first.uri, first.why) == ("meat", "meaning")
    again = load(taught.save(tmp_path / "saved"), embedding=table)
    assert match(again, "beef", "en") == match(taught, "beef", "en")
    assert match(load(taught.save(tmp_path / "saved")), "beef", "en") == []


def test_word_vectors_that_do_not_fit_their_words_are_refused(table: Path, tmp_path: Path) -> None:
    (table / "vocabulary.txt").write_text("meat\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="one row of decimal numbers for each word"):
        build(TERMS, embedding=table)
    with pytest.raises(Unreadable, match=r"vocabulary\.txt"):
        build(TERMS, embedding=tmp_path / "absent")


def test_word_vectors_are_never_read_as_objects(table: Path) -> None:
    np.save(table / "vectors.npy", np.array([{}, {}, {}, {}], dtype=object), allow_pickle=True)
    with pytest.raises(Unreadable):
        build(TERMS, embedding=table)
