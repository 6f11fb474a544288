"""Between two editions nothing is lost silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications.classifications.migration import Change, compare
from gilde.qualifications.classifications.reading import ConceptRead


def skill(uri: str, label: str, **told: object) -> ConceptRead:
    return replace(ConceptRead(uri, "skill", labels={"en": label}), **told)  # type: ignore[arg-type]


def changes(old: list[ConceptRead], new: list[ConceptRead]) -> list[Change]:
    before, after = {each.uri: each for each in old}, {each.uri: each for each in new}
    return compare(before, after, broader_old={}, broader_new={})


def only(old: list[ConceptRead], new: list[ConceptRead]) -> Change:
    (found,) = [each for each in changes(old, new) if each.kind != "added"]
    return found


def test_an_edition_is_not_different_from_itself() -> None:
    assert changes([skill("a", "saw wood")], [skill("a", "saw wood")]) == []


def test_another_label_is_a_renaming() -> None:
    found = only([skill("a", "saw wood")], [skill("a", "cut wood", terms={"en": ("saw wood",)})])
    assert (found.kind, found.old_label, found.new_label, found.proposal) == (
        "renamed",
        "saw wood",
        "cut wood",
        ("a",),
    )
    assert "alternative" in found.why


def test_a_label_that_went_to_another_concept_is_warned_of() -> None:
    found = only(
        [skill("a", "saw"), skill("b", "x")], [skill("a", "cut"), skill("b", "x", terms={"en": ("saw",)})]
    )
    assert found.proposal == ("a", "b")
    assert "another concept" in found.why


def test_a_label_in_a_language_that_only_one_edition_has_is_no_renaming() -> None:
    assert changes([skill("a", "saw")], [skill("a", "saw", labels={"en": "saw", "nl": "zagen"})]) == []


def test_what_the_edition_says_replaces_a_concept_is_proposed() -> None:
    old = [skill("a", "saw")]
    assert (
        only(old, [skill("a", "saw", status="obsolete", replaced_by=("b",)), skill("b", "cut")]).kind
        == "replaced"
    )
    obsolete = skill("a", "saw", status="obsolete", replaced_by=("b", "c"))
    found = only(old, [obsolete, skill("b", "cut"), skill("c", "mill")])
    assert (found.kind, found.proposal) == ("split", ("b", "c"))


def test_a_replacement_that_was_replaced_itself_is_followed() -> None:
    new = [
        skill("a", "saw", status="obsolete", replaced_by=("b",)),
        skill("b", "cut", status="obsolete", replaced_by=("c", "a")),
        skill("c", "mill"),
    ]
    assert only([skill("a", "saw")], new).proposal == ("c",)


def test_a_concept_whose_label_went_to_one_that_was_there_is_merged() -> None:
    old = [skill("a", "saw wood"), skill("b", "cut wood")]
    found = only(old, [skill("b", "cut wood", terms={"en": ("Saw  wood",)})])
    assert (found.kind, found.uri, found.proposal) == ("merged", "a", ("b",))


def test_a_concept_whose_label_went_to_a_new_one_is_replaced() -> None:
    found = only([skill("a", "saw wood")], [skill("n", "saw wood")])
    assert (found.kind, found.proposal) == ("replaced", ("n",))


def test_what_is_gone_without_a_word_has_the_nearest_as_proposals() -> None:
    new = [skill("n", "sawing wood by hand"), skill("z", "bake bread"), skill("m", "saw woods")]
    found = only([skill("a", "saw wood")], new)
    assert (found.kind, found.proposal[0]) == ("removed", "m")
    assert "z" not in found.proposal
    assert found.score is not None
    assert 0.9 < found.score < 1


def test_what_has_no_near_label_has_no_proposal() -> None:
    found = only([skill("a", "saw wood")], [skill("z", "bake bread")])
    assert (found.kind, found.proposal, found.score) == ("removed", (), None)


def test_a_concept_of_another_kind_is_never_proposed() -> None:
    assert only([skill("a", "joiner")], [replace(skill("o", "joiner"), kind="occupation")]).proposal == ()


def test_another_description_is_another_meaning_but_another_space_is_not() -> None:
    old = skill("a", "saw", descriptions={"en": "Cuts wood."})
    assert changes([old], [replace(old, descriptions={"en": "Cuts \n wood."})]) == []
    assert only([old], [replace(old, descriptions={"en": "Cuts steel."})]).kind == "redefined"


def test_another_place_in_the_hierarchy_is_a_move() -> None:
    both = {each.uri: each for each in (skill("a", "saw"), skill("g", "wood"), skill("h", "tools"))}
    (found,) = compare(both, both, broader_old={"a": ["g"]}, broader_new={"a": ["h"]})
    assert found.kind == "moved"
    assert "“wood”" in found.why
    assert "“tools”" in found.why


def test_nothing_has_moved_where_a_hierarchy_is_not_loaded() -> None:
    both = {"a": skill("a", "saw")}
    assert compare(both, both, broader_old={"a": ["g"]}, broader_new={}) == []


words = st.sampled_from(["saw wood", "cut wood", "bake bread", "weld steel", "SAW wood"])
uris = st.sampled_from("abcde")


@st.composite
def editions(draw: st.DrawFn) -> dict[str, ConceptRead]:
    return {
        uri: skill(
            uri,
            draw(words),
            terms={"en": tuple(draw(st.lists(words, max_size=2)))},
            descriptions={"en": draw(words)},
            status=draw(st.sampled_from(["released", "released", "obsolete"])),
            replaced_by=tuple(draw(st.lists(uris, max_size=2, unique=True))),
        )
        for uri in draw(st.sets(uris))
    }


@given(editions(), editions())
def test_every_concept_is_unchanged_or_in_the_changes(
    old: dict[str, ConceptRead], new: dict[str, ConceptRead]
) -> None:
    found = compare(old, new, broader_old={}, broader_new={})
    fates = Counter(each.uri for each in found if each.kind in {"replaced", "split", "merged", "removed"})
    changed = {each.uri for each in found}
    for uri, before in old.items():
        after = new.get(uri)
        if after is None or (before.status != "obsolete" and after.status == "obsolete"):
            assert fates[uri] == 1
        else:
            # A description that changed only in capitals is the same description; a label is what people see.
            same = (before.labels, before.descriptions["en"].casefold(), before.status) == (
                after.labels,
                after.descriptions["en"].casefold(),
                after.status,
            )
            assert (uri in changed) != same
            assert fates[uri] == 0
    assert {each.uri for each in found if each.kind == "added"} >= new.keys() - old.keys()
    assert len({(each.kind, each.uri) for each in found}) == len(found)


@given(editions(), editions())
def test_only_concepts_in_use_are_proposed_and_the_order_is_always_the_same(
    old: dict[str, ConceptRead], new: dict[str, ConceptRead]
) -> None:
    found = compare(old, new, broader_old={}, broader_new={})
    for each in found:
        if each.kind in {"replaced", "split", "merged", "removed"}:
            assert all(new[uri].status != "obsolete" for uri in each.proposal)
            assert each.uri not in each.proposal
    backwards = compare(
        dict(reversed(old.items())), dict(reversed(new.items())), broader_old={}, broader_new={}
    )
    assert backwards == found
