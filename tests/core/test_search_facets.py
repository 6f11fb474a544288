"""Search by what things are: filters, counts of their values, lists without words, and what nobody may count."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import search
from gilde.core.search import Entry, entries, index
from gilde.core.text import Text

SKILL = "http://data.europa.eu/esco/skill/fecf8a0d-62c4-4e71-9b03-0f4fc2ad7bf5"
ODD = [
    SKILL,
    "a:b",
    "a/b\\c",
    'the "best"',
    "it's",
    "*",
    "a AND b",
    "[a TO b]",
    "(",
    "",
    " ",
    "\x00",
    "Één 😀",
]
DATES = ["2025-01-01T00:00:00Z", "2025-01-01", "4", "4.5", "true", "null"]


def thing(id: str, title: str | Text, kind: str = "qualification", text: str = "", **fields: Any) -> Entry:
    return Entry(id=id, kind=kind, title=title, text=text, url=f"/{id}/", **fields)


WORLD = [
    thing("welder", "Welder", facets={"level": ["3"], "sector": ["metal"], "area": ["BE2", "BE21"]}),
    thing("fitter", "Fitter of pipes", facets={"level": ["4"], "sector": ["metal"], "area": ["BE2", "BE23"]}),
    thing("master", "Master welder", facets={"level": ["5"], "sector": ["metal"], "skill": [SKILL]}),
    thing("baker", "Baker", facets={"level": ["3"], "sector": ["food"], "area": ["BE2"]}),
    thing("plain", "Carer"),
    thing("course", "Welder in a year", "programme", facets={"level": ["3"], "sector": ["metal"]}),
    thing("draft", "Secret welder", facets={"level": ["8"], "sector": ["arms"]}, visible=["org:ministry"]),
]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> dict[str, Entry]:
    """Return the things that can be found, by id; changing them changes what the sources say."""
    settings.SEARCH_DIR = tmp_path / "search"
    things = {entry.id: entry for entry in WORLD}
    monkeypatch.setattr(entries, "_sources", {})

    def source(kind: str) -> None:
        @search.searchable(kind)
        def found(ids: Collection[str] | None) -> Iterator[Entry]:
            return (t for t in things.values() if t.kind == kind and (ids is None or t.id in ids))

    source("qualification")
    source("programme")
    search.rebuild()
    return things


def ids(query: str = "", **options: Any) -> list[str]:
    return [hit.id for hit in search.find(query, **options).hits]


def counts(query: str = "", *names: str, **options: Any) -> dict[str, dict[str, int]]:
    return {name: dict(values) for name, values in search.find(query, count=names, **options).counts.items()}


def indexed(*things: Entry) -> None:
    index.replace(things)


# --- filters
# ------------------------------------------------------------------------------------------------------


def test_values_of_one_facet_widen_and_facets_narrow() -> None:
    assert set(ids("welder", facets={"level": ["3", "5"]})) == {"welder", "master", "course"}
    assert set(ids("welder", facets={"level": ["3", "5"]}, kinds=["qualification"])) == {"welder", "master"}
    assert ids("welder", facets={"level": ["3", "5"], "skill": [SKILL]}) == ["master"]
    assert ids(facets={"area": ["BE21"]}) == ["welder"]


def test_a_facet_of_which_nothing_is_chosen_does_not_narrow() -> None:
    assert len(ids("welder", facets={"level": [], "sector": ["metal"]})) == 3
    assert ids("", facets={"level": []}) == []


@pytest.mark.parametrize("name", ["colour", "", "level.x", "facets.level", "a b", 'le"vel', "*", "é\x00"])
def test_by_an_unknown_facet_nothing_is_found(name: str) -> None:
    results = search.find("welder", facets={name: ["3"]}, count=[name, "level"])
    assert (results.count, results.hits) == (0, ())
    assert results.counts == {name: {}, "level": {}}


def test_by_an_unknown_value_nothing_is_found_and_the_other_values_are_still_told() -> None:
    results = search.find("welder", facets={"level": ["9"]}, count=["level"])
    assert (results.count, results.counts) == (0, {"level": {"3": 2, "5": 1}})


def test_a_facet_with_a_name_that_is_no_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'le\.vel' cannot be the name of a facet"):
        thing("x", "X", facets={"le.vel": ["4"]})


@pytest.mark.parametrize("value", [*ODD, *DATES])
def test_a_value_may_hold_any_characters(value: str) -> None:
    indexed(thing("x", "X", facets={"odd": [value]}), thing("y", "Y", facets={"odd": ["other", f"{value}."]}))
    assert ids(facets={"odd": [value]}) == ["x"]
    assert counts("", "odd", facets={"odd": [value]}) == {"odd": {value: 1, f"{value}.": 1, "other": 1}}


def test_a_filter_takes_away_and_never_brings_similar_words(world: dict[str, Entry]) -> None:
    indexed(*world.values(), thing("welded", "Weldr of steel", facets={"level": ["7"]}))
    results = search.find("welder", facets={"level": ["7"]}, count=["level"])
    assert (results.count, results.approximate) == (0, False)
    assert ids("weldre", facets={"level": ["7"]}) == ["welded"]


# --- without words
# ------------------------------------------------------------------------------------------------------


def test_without_words_all_that_fits_is_listed_by_title() -> None:
    assert ids(facets={"sector": ["metal"]}) == ["fitter", "master", "welder", "course"]
    assert ids(kinds=["qualification"]) == ["baker", "plain", "fitter", "master", "welder"]
    assert ids("  ", kinds=["programme"]) == ["course"]


def test_without_words_a_facet_or_one_kind_nothing_is_found() -> None:
    assert ids() == ids(kinds=["qualification", "programme"]) == []
    assert ids("?!", kinds=["programme"]) == []


def test_the_order_is_that_of_the_reader_and_minds_no_capitals_or_accents() -> None:
    indexed(
        thing("1", Text("nl", {"nl": "Écht", "en": "Zebra"})),
        thing("2", Text("nl", {"nl": "fiets", "en": "Bicycle"})),
        thing("3", Text("nl", {"nl": "“Dak”", "en": "roof"})),
        thing("4", Text("nl", {"nl": "Gips"})),
    )
    assert ids(kinds=["qualification"]) == ["2", "4", "3", "1"]
    with translation.override("nl"):
        assert ids(kinds=["qualification"]) == ["3", "1", "2", "4"]
    with translation.override("fr"):
        assert ids(kinds=["qualification"]) == ["3", "1", "2", "4"]


def test_pages_of_a_list_follow_one_another_also_among_equal_titles() -> None:
    indexed(*(thing(str(number), f"Welder {number % 3}") for number in range(20)))
    paged = [id for offset in range(0, 20, 6) for id in ids(kinds=["qualification"], limit=6, offset=offset)]
    assert paged == ids(kinds=["qualification"], limit=20)
    assert len(set(paged)) == 20


def test_a_list_shows_the_beginning_of_the_text() -> None:
    indexed(thing("1", "Welder", text="Joins metal."))
    [hit] = search.find("", kinds=["qualification"]).hits
    assert (hit.snippet, hit.snippet_html) == ("Joins metal.", "Joins metal.")


# --- counts
# ------------------------------------------------------------------------------------------------------


def test_a_facet_is_counted_as_if_its_own_filter_were_off() -> None:
    chosen = {"level": ["3"], "sector": ["metal"]}
    assert counts("", "level", "sector", "area", facets=chosen) == {
        "level": {"3": 2, "4": 1, "5": 1},
        "sector": {"metal": 2, "food": 1},
        "area": {"BE2": 1, "BE21": 1},
    }


def test_only_the_facets_asked_for_are_counted() -> None:
    assert search.find("welder", facets={"level": ["3"]}).counts == {}
    assert counts("welder", "level") == {"level": {"3": 2, "5": 1}}
    assert counts("zzz", "level") == counts("", "level") == {"level": {}}


def test_a_value_given_twice_counts_once() -> None:
    indexed(thing("x", "X", facets={"level": ["4", "4"]}))
    assert counts("x", "level") == {"level": {"4": 1}}


def test_similar_words_are_counted_as_they_are_found() -> None:
    results = search.find("weldre", count=["level"])
    assert (results.approximate, results.count, results.counts) == (True, 3, {"level": {"3": 2, "5": 1}})


def test_what_is_hidden_is_in_no_list_and_in_no_count() -> None:
    chosen = {"sector": ["arms", "metal"]}
    for query in ("welder", "weldre", ""):
        assert "draft" not in ids(query, facets=chosen)
        assert counts(query, "level", "sector", facets=chosen)["level"].get("8") is None
        assert "arms" not in counts(query, "level", "sector", facets=chosen)["sector"]
    assert counts("secret", "level") == {"level": {}}
    assert ids("secret", facets={"level": ["8"]}, scopes=["org:ministry"]) == ["draft"]
    assert counts("", "sector", facets=chosen, scopes=["org:ministry"])["sector"]["arms"] == 1
    assert counts("", "sector", facets=chosen, scopes=[search.EVERYTHING])["sector"]["arms"] == 1


@pytest.mark.django_db(transaction=True)
def test_counts_keep_up_with_changes(world: dict[str, Entry]) -> None:
    world["welder"] = thing("welder", "Welder", facets={"level": ["4"]})
    world["fitter"] = thing("fitter", "Fitter", facets={"level": ["4"]}, visible=["org:ministry"])
    del world["baker"]
    search.update("qualification", ["welder", "fitter", "baker"])
    assert counts("", "level", "sector", kinds=["qualification"]) == {
        "level": {"4": 1, "5": 1},
        "sector": {"metal": 1},
    }


VALUES = {"level": ["1", "2", "3"], "sector": ["metal", "food", SKILL, "a:b", '"']}
CHOSEN = st.fixed_dictionaries({name: st.lists(st.sampled_from(values)) for name, values in VALUES.items()})


def test_counts_are_those_of_a_plain_count() -> None:
    chance = random.Random(7)
    things = [
        thing(
            str(number),
            chance.choice(["welder", "baker"]),
            facets={name: chance.choices(values, k=chance.randrange(3)) for name, values in VALUES.items()},
            visible=[chance.choice(["public", "org:a", "org:b"])],
        )
        for number in range(60)
    ]
    indexed(*things)

    @given(CHOSEN, st.sampled_from(["", "welder"]), st.lists(st.sampled_from(["org:a", "org:b"])))
    def check(chosen: dict[str, list[str]], query: str, scopes: list[str]) -> None:
        seen = [t for t in things if query in str(t.title) and {*t.visible} & {"public", *scopes}]

        def fits(entry: Entry, without: str = "") -> bool:
            return all(
                name == without or not values or set(values) & set(entry.facets[name])
                for name, values in chosen.items()
            )

        results = search.find(
            query, kinds=["qualification"], scopes=scopes, facets=chosen, count=list(VALUES), limit=60
        )
        assert {hit.id for hit in results.hits} == {entry.id for entry in seen if fits(entry)}
        assert results.count == len(results.hits)
        for name in VALUES:
            plain = Counter(value for t in seen if fits(t, name) for value in set(t.facets[name]))
            assert results.counts[name] == plain

    check()


# --- compounds and typing errors
# ------------------------------------------------------------------------------------------------------


def test_a_dutch_word_finds_the_compounds_that_end_with_it() -> None:
    indexed(
        thing("boog", "Booglasser", language="nl"),
        thing("bare", "Lasser", language="nl"),
        thing("bogen", "Onderwaterlassers en -duikers", language="nl"),
        thing("other", "Lasserette", language="nl"),
    )
    assert ids("lasser") == ["bare", "boog", "bogen"]
    assert not search.find("lasser").approximate


def test_the_end_of_a_word_is_no_word_of_its_own_elsewhere() -> None:
    indexed(thing("en", "Transaction"), thing("nl", "Haring", language="nl"))
    assert ids("action") == ids("ring") == []


def test_a_long_word_may_be_two_letters_off_in_a_title_and_one_in_a_text() -> None:
    indexed(thing("title", "Aluminium"), thing("text", "Foil", text="Made of aluminium."))
    assert ids("aluminuum") == ["title", "text"]
    assert ids("allumminium") == ["title"]


def test_one_of_several_words_may_be_misspelt_and_the_others_count_more() -> None:
    indexed(
        thing("right", "Welder of aluminium tubes"),
        thing("near", "Melder of aluminium tubes"),
        thing("far", "Baker of aluminium foil"),
    )
    assert ids("welder aluminimu tubes") == ["right", "near"]


def test_a_phrase_beside_a_misspelt_word_stays_a_phrase() -> None:
    indexed(thing("right", "Master welder of pipes"), thing("turned", "Welder, master of pipes"))
    assert ids('"master welder" pipse') == ["right"]
    assert ids('"master welde" pipes') == []
