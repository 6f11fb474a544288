"""Outcome by outcome: what counts as shared, partly shared and missing, and what never changes a judgement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.qualifications.comparison import Comparison, Counts, Row, compare
from gilde.qualifications.comparison_evidence import Found
from gilde.qualifications.comparison_rules import all_rules, rules_on
from gilde.qualifications.described import ConceptLink, Described, Outcome, Relation, Unit
from gilde.qualifications.similarity import alike

WELD, MAG = "http://data.europa.eu/esco/skill/weld", "http://data.europa.eu/esco/skill/mag-weld"
TASKS = (
    "Lays bricks in mortar to a drawn plan",
    "Welds thin plate with the TIG process",
    "Plans the care of a person at home",
    "Counts the stock of a warehouse every month",
    "Welds plate with the TIG process",
)


def an_outcome(name: str, words: str | Text = "", *links: ConceptLink, kind: str = "skill") -> Outcome:
    statement = words if isinstance(words, Text) else Text.of(words or f"Does {name}")
    return Outcome(f"https://gilde.example/id/outcome/{name}", statement, kind, concepts=links)  # type: ignore[arg-type]


def link(uri: str, relation: Relation = "exact", by: str = "An Peeters") -> ConceptLink:
    return ConceptLink(uri, Text.of(uri.rsplit("/", 1)[-1]), relation, "esco", confirmed_by=by)


def a_qualification(name: str, *outcomes: Outcome) -> Described:
    half = len(outcomes) // 2
    units = (
        Unit(f"{name}-u1", Text.of("One"), outcomes[:half]),
        Unit(f"{name}-u2", Text.of("Two"), outcomes[half:]),
    )
    return Described(f"https://gilde.example/id/qualification/{name}", Text.of(name), code=name, units=units)


def found(one: Outcome, other: Outcome, **how: object) -> Found:
    """What is found of one outcome in a qualification that holds only the other."""
    told = compare([a_qualification("a", one), a_qualification("b", other)], **how)  # type: ignore[arg-type]
    return told.sides[0].rows[0].found[0]


# --- what counts


def test_the_same_skill_confirmed_as_exact_on_both_sides_is_shared() -> None:
    one, other = (
        an_outcome("a", "Joins metal", link(WELD)),
        an_outcome("b", "Fuses steel", link(WELD, by="Bo Jansen")),
    )
    told = found(one, other)
    assert (told.status, told.best) == ("shared", other)
    (evidence,) = told.evidence
    assert (evidence.kind, evidence.concept, evidence.of) == ("same-concept", WELD, other.uri)
    assert (evidence.confirmed, evidence.confirmed_by) == (True, ("An Peeters", "Bo Jansen"))


def test_a_link_that_only_a_machine_proposed_makes_it_partly_shared() -> None:
    proposed = replace(link(WELD, by=""), confidence=0.97)
    told = found(an_outcome("a", "Joins metal", link(WELD)), an_outcome("b", "Fuses steel", proposed))
    assert told.status == "partly"
    assert not told.evidence[0].confirmed


@pytest.mark.parametrize(
    ("mine", "theirs", "kind"),
    [
        ("exact", "broad", "narrower"),
        ("exact", "narrow", "broader"),
        ("broad", "exact", "broader"),
        ("narrow", "exact", "narrower"),
        ("broad", "narrow", "broader"),
        ("broad", "broad", "related-concept"),
        ("exact", "close", "related-concept"),
    ],
)
def test_one_skill_linked_in_two_ways_is_partly_shared(mine: Relation, theirs: Relation, kind: str) -> None:
    told = found(
        an_outcome("a", "Joins metal", link(WELD, mine)), an_outcome("b", "Fuses steel", link(WELD, theirs))
    )
    assert told.status == "partly"
    assert [each.kind for each in told.evidence] == [kind]


def test_a_skill_above_the_other_is_partly_shared_and_each_side_says_which_is_broader() -> None:
    fine, wide = an_outcome("a", "Joins metal", link(MAG)), an_outcome("b", "Fuses steel", link(WELD))
    broader = {MAG: frozenset({WELD})}
    assert [(e.kind, e.concept) for e in found(fine, wide, broader=broader).evidence] == [("broader", WELD)]
    assert [(e.kind, e.concept) for e in found(wide, fine, broader=broader).evidence] == [("narrower", MAG)]
    assert found(fine, wide).status == "missing"


def test_a_skill_above_says_nothing_when_the_way_to_it_leads_up_and_down() -> None:
    part_of_mag = an_outcome("a", "Joins metal", link(MAG, "broad"))
    part_of_weld = an_outcome("b", "Fuses steel", link(WELD, "broad"))
    assert found(part_of_mag, part_of_weld, broader={MAG: frozenset({WELD})}).status == "missing"


def test_related_skills_say_nothing() -> None:
    told = found(
        an_outcome("a", "Joins metal", link(WELD)), an_outcome("b", "Fuses steel", link(WELD, "related"))
    )
    assert told.status == "missing"


def test_two_wordings_of_one_outcome_are_the_same_outcome() -> None:
    old, new = an_outcome("a", "Joins metal"), an_outcome("b", "Fuses steel")
    assert found(old, new).status == "missing"
    told = found(old, new, lineage={old.uri: "line", new.uri: "line"})
    assert (told.status, told.evidence[0].kind) == ("shared", "same-outcome")


@pytest.mark.parametrize(
    ("score", "kinds", "status"),
    [
        (0.49, ("skill", "skill"), "missing"),
        (0.5, ("skill", "skill"), "partly"),
        (0.89, ("skill", "skill"), "partly"),
        (0.9, ("skill", "skill"), "shared"),
        (0.9, ("skill", "knowledge"), "partly"),
        (0.9, ("skill", ""), "shared"),
    ],
)
def test_similar_text_alone_is_partly_unless_nearly_the_same(
    score: float, kinds: tuple[str, str], status: str
) -> None:
    one, other = (an_outcome(name, f"Text {name}", kind=kind) for name, kind in zip("ab", kinds, strict=True))
    told = found(one, other, similar=lambda these, those: np.full((len(these), len(those)), score))
    assert told.status == status
    assert [each.score for each in told.evidence] == ([] if status == "missing" else [score])


def test_texts_are_compared_in_a_language_of_both() -> None:
    one = an_outcome("a", Text.of({"nl": "Metselt muren", "en": "Lays walls"}, "nl"))
    other = an_outcome("b", Text.of({"fr": "Maçonne des murs", "en": "Lays walls"}, "fr"))
    assert found(one, other).status == "shared"


def test_without_a_common_language_only_links_are_compared_and_it_is_said() -> None:
    dutch, french = Text.of("Metselt muren", "nl"), Text.of("Maçonne des murs", "fr")
    told = found(
        an_outcome("a", Text(dutch.source, {"nl": "Metselt muren"})),
        an_outcome("b", Text("fr", {"fr": str(french)})),
    )
    assert (told.status, told.by_concepts_only) == ("missing", True)
    both = (an_outcome(n, Text(lang, {lang: "Lassen"}), link(WELD)) for n, lang in (("a", "nl"), ("b", "fr")))
    told = found(*both)
    assert (told.status, told.by_concepts_only) == ("shared", True)
    assert not found(an_outcome("a"), an_outcome("b")).by_concepts_only


def test_of_several_the_best_is_named_and_the_others_stay_as_evidence() -> None:
    one = an_outcome("a", TASKS[1], link(WELD))
    like, same = an_outcome("b", TASKS[4]), an_outcome("c", "Fuses steel", link(WELD))
    told = compare([a_qualification("a", one), a_qualification("b", like, same)]).sides[0].rows[0].found[0]
    assert told.best == same
    assert [(each.kind, each.of) for each in told.evidence] == [
        ("same-concept", same.uri),
        ("similar-text", like.uri),
    ]
    assert [each.of for each in told.for_best] == [same.uri]
    assert told.unit is not None
    assert str(told.unit.title) == "Two"


def test_one_qualification_or_six_cannot_be_compared() -> None:
    for many in (1, 6):
        with pytest.raises(Invalid, match=f"not {many}"):
            compare([a_qualification(str(n), an_outcome(str(n))) for n in range(many)])


def test_what_is_found_in_all_others_is_the_weakest_of_the_judgements() -> None:
    one = an_outcome("a", "Joins metal", link(WELD))
    told = compare(
        [
            a_qualification("a", one),
            a_qualification("b", an_outcome("b", "Fuses steel", link(WELD))),
            a_qualification("c", an_outcome("c", "Does it all", link(WELD, "broad"))),
        ]
    )
    assert told.sides[0].counts == (Counts(shared=1), Counts(partly=1))
    assert told.sides[0].everywhere == Counts(partly=1)


def test_rules_are_dated_and_scores_are_in_order() -> None:
    rules = all_rules()
    assert rules_on(date(2000, 1, 1)) == rules[0]
    assert rules_on(date(2100, 1, 1)) == rules[-1]
    assert all(0 < each.text_partly <= each.text_shared <= 1 and each.source for each in rules)


# --- similar text


def test_texts_about_the_same_task_score_higher_than_texts_in_the_same_form() -> None:
    one, same, other = (("en", TASKS[n]) for n in (1, 4, 2))
    scores = alike([one], [same, other, one])
    assert scores[0, 2] == pytest.approx(1)
    assert scores[0, 0] > 0.7 > 0.2 > scores[0, 1]


def test_texts_in_different_languages_have_no_score() -> None:
    assert np.isnan(alike([("nl", "Lassen")], [("fr", "Lassen")])).all()
    assert alike([("nl", "…")], [("nl", "…")]).tolist() == [[0.0]]


@given(st.lists(st.sampled_from(TASKS), min_size=2, max_size=4))
def test_a_score_depends_on_the_two_texts_alone(texts: list[str]) -> None:
    told = [("en", text) for text in texts]
    scores = alike(told, told)
    assert np.allclose(scores, scores.T)
    assert scores[0, 1] == pytest.approx(alike(told[:1], told[1:2])[0, 0])


# --- what never changes a judgement

_relations = st.sampled_from(["exact", "close", "broad", "narrow", "related"])
_links = st.builds(link, st.sampled_from([WELD, MAG, "x:other"]), _relations, st.sampled_from(["", "An"]))
_made = st.tuples(st.sampled_from(TASKS), st.lists(_links, max_size=2), st.sampled_from(["en", "nl"]))
_some = st.lists(_made, min_size=1, max_size=3)
ANCESTORS = {MAG: frozenset({WELD})}


def made(name: str, told: list[tuple[str, list[ConceptLink], str]]) -> Described:
    outcomes = (
        an_outcome(f"{name}{n}", Text(language, {language: words}), *links)
        for n, (words, links, language) in enumerate(told)
    )
    return a_qualification(name, *outcomes)


def judged(told: Comparison) -> dict[tuple[str, str], dict[str, tuple[object, ...]]]:
    """The judgements of each qualification in each other, by outcome."""

    def one(row: Row, n: int) -> tuple[object, ...]:
        each = row.found[n]
        return each.status, each.best.uri if each.best else "", each.evidence

    return {
        (side.qualification.code, other.code): {row.outcome.uri: one(row, n) for row in side.rows}
        for side in told.sides
        for n, other in enumerate(side.others)
    }


@given(_some, _some)
def test_a_shares_with_b_if_and_only_if_b_shares_with_a(ones: list, others: list) -> None:  # type: ignore[type-arg]
    one, other = (
        side.counts[0] for side in compare([made("a", ones), made("b", others)], broader=ANCESTORS).sides
    )
    assert bool(one.shared) == bool(other.shared)
    assert bool(one.shared + one.partly) == bool(other.shared + other.partly)
    assert (one.total, other.total) == (len(ones), len(others))


@given(_some)
def test_a_qualification_shares_everything_with_itself(told: list) -> None:  # type: ignore[type-arg]
    same = made("a", told)
    assert compare([same, same]).sides[0].counts == (Counts(shared=len(told)),)


@given(_some, _some)
def test_an_unrelated_outcome_changes_nothing_for_the_others(ones: list, others: list) -> None:  # type: ignore[type-arg]
    one, other = made("a", ones), made("b", others)
    more = replace(other, outcomes=(an_outcome("new", "Zzz qqq xxx"),))
    before = judged(compare([one, other], broader=ANCESTORS))
    after = judged(compare([one, more], broader=ANCESTORS))
    assert after["a", "b"] == before["a", "b"]
    assert {uri: after["b", "a"][uri] for uri in before["b", "a"]} == before["b", "a"]


@given(_some, _some, _some, st.permutations(range(3)))
def test_the_order_and_a_third_qualification_change_no_judgement(
    ones: list,
    others: list,
    thirds: list,
    order: list[int],  # type: ignore[type-arg]
) -> None:
    told = [made("a", ones), made("b", others), made("c", thirds)]
    whole = judged(compare(told, broader=ANCESTORS))
    assert judged(compare([told[n] for n in order], broader=ANCESTORS)) == whole
    pair = judged(compare(told[:2], broader=ANCESTORS))
    assert {key: whole[key] for key in pair} == pair


@given(_some, _some)
def test_what_is_missing_has_no_evidence_and_what_is_found_has_some(ones: list, others: list) -> None:  # type: ignore[type-arg]
    for side in compare([made("a", ones), made("b", others)], broader=ANCESTORS).sides:
        for row in side.rows:
            for each in row.found:
                assert (each.status == "missing") == (not each.evidence) == (each.best is None)
                assert all(evidence.status != "missing" for evidence in each.evidence)
