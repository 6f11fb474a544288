"""Words as matching sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.qualifications.matching.words import LONGEST, Compounds, normalised, stem, weight, without_brackets


@given(st.text(max_size=60))
def test_normalising_twice_gives_the_same(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'Étude de marché", "l etude de marche"),
        ("C++ / C#", "c++ c#"),
        ("Größe, Straßen", "grosse strassen"),
        ("  …  ", ""),
        ("onderzoeken: uitvoeren.", "onderzoeken uitvoeren"),
    ],
)
def test_case_accents_and_signs_are_left_out(text: str, words: str) -> None:
    assert normalised(text) == words


def test_a_very_long_text_is_cut() -> None:
    assert len(normalised("netwerk " * 100_000)) <= LONGEST


def test_brackets_are_left_out_when_something_remains() -> None:
    assert normalised(without_brackets("Java (computer programming)")) == "java"
    assert without_brackets("(all of it)") == ""
    assert without_brackets("no brackets") == ""


@pytest.mark.parametrize(
    ("language", "seen", "compound", "parts"),
    [
        ("nl", ["netwerk", "beheer"], "netwerkbeheer", ("netwerk", "beheer")),
        ("nl", ["kwaliteit", "controle"], "kwaliteitscontrole", ("kwaliteit", "controle")),
        ("de", ["arbeit", "sicherheit"], "arbeitssicherheit", ("arbeit", "sicherheit")),
        (
            "de",
            ["brand", "schutz", "vorschriften"],
            "brandschutzvorschriften",
            ("brand", "schutz", "vorschriften"),
        ),
        ("nl", ["technieken", "apparatuur", "kookapparatuur"], "kooktechnieken", ()),
        (
            "nl",
            ["technieken", "apparatuur", "kookapparatuur", "kooktechnieken"],
            "kooktechnieken",
            ("kook", "technieken"),
        ),
        ("en", ["network", "management"], "networkmanagement", ()),
        ("nl", ["netwerk"], "netwerk", ()),
    ],
)
def test_compounds_are_split_into_words_that_were_seen(
    language: str, seen: list[str], compound: str, parts: tuple[str, ...]
) -> None:
    assert Compounds(language, dict.fromkeys(seen, 3)).parts(compound) == parts


def test_forms_of_a_word_share_a_stem_and_an_unknown_language_keeps_the_word() -> None:
    assert stem("onderzoeken", "nl") == stem("onderzoek", "nl")
    assert stem("durchfuhrung", "de") == stem("durchfuhren", "de")
    assert stem("onderzoeken", "xx") == "onderzoeken"


def test_words_that_join_or_fill_count_less() -> None:
    assert weight("of", "en") < weight("knowledge", "en") < weight("welding", "en") == 1
