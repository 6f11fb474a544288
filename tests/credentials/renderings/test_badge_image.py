"""The picture of a badge: readable by people and machines, whatever the title."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from gilde.credentials.facts import Facts, Kind, Level
from gilde.credentials.renderings import badge_image, baking
from tests.credentials.facts_strategy import a_facts, facts

SVG = "{http://www.w3.org/2000/svg}"


def titled(title: str, **changes: Any) -> Facts:
    award = a_facts(**changes)
    return replace(award, achievement=replace(award.achievement, title={"nl": title}))


def drawn(award: Facts, language: str = "") -> Any:
    return etree.fromstring(badge_image.draw(award, language).encode())


def lines(picture: Any) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def test_a_badge_shows_kind_title_issuer_level_and_year() -> None:
    assert lines(drawn(a_facts(), "en")) == [
        "CERTIFICATE",
        "Fillet welder",
        "Ghent Welding School",
        "EQF level 3",
        "2025",
    ]


def test_it_speaks_the_language_of_the_award_unless_another_is_asked_for() -> None:
    picture = drawn(a_facts())
    assert "Hoeklasser" in lines(picture)
    assert picture.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"


def test_who_cannot_see_it_is_told_the_same() -> None:
    picture = drawn(a_facts(), "en")
    assert picture.get("role") == "img"
    assert picture.findtext(f"{SVG}title") == "Fillet welder"
    assert picture.findtext(f"{SVG}desc") == "Certificate, Ghent Welding School, EQF level 3, 2025"


@pytest.mark.parametrize("eqf", range(1, 9))
def test_as_many_dots_are_filled_as_the_level_says(eqf: int) -> None:
    dots = [dot for dot in drawn(a_facts(level=Level(eqf=eqf))).iter(f"{SVG}circle") if dot.get("r") == "5.5"]
    assert len(dots) == 8
    assert sum(dot.get("fill") == "#12324a" for dot in dots) == eqf


def test_a_level_outside_the_european_framework_is_told_in_words() -> None:
    assert "Level IV" in lines(drawn(a_facts(level=Level(label="IV")), "en"))
    assert lines(drawn(a_facts(level=None), "en"))[-2:] == ["Ghent Welding School", "2025"]


def test_a_long_title_is_set_in_smaller_letters_and_nothing_of_it_is_lost() -> None:
    title = "Technicus elektromechanica en industriële automatisering voor de procesindustrie"
    assert title in " ".join(lines(drawn(titled(title))))


def test_a_word_that_is_too_long_is_broken() -> None:
    word = "Donaudampfschifffahrtsgesellschaftskapitänsausbildung"
    assert word in "".join(line.removesuffix("-") for line in lines(drawn(titled(word))))


def test_a_title_without_end_ends_in_an_ellipsis() -> None:
    assert any(line.endswith("…") for line in lines(drawn(titled("zonder einde " * 40))))


@given(text=st.text(max_size=300), width=st.integers(60, 400), height=st.integers(30, 200))
def test_every_text_fits(text: str, width: int, height: int) -> None:
    found = badge_image.fit(text, width=width, height=height, sizes=(40, 30, 20, 15))
    assert len(found.lines) * found.size <= max(height, found.size)


@given(award=facts())
def test_every_award_has_a_picture_that_a_badge_can_be_baked_into(award: Facts) -> None:
    baked = baking.bake(badge_image.draw(award).encode(), "a.b.c")
    assert baking.unbake(baked) == "a.b.c"


def test_a_title_cannot_bring_anything_into_the_picture() -> None:
    picture = drawn(titled('</text><script>alert("x")</script> & \x00 done'))
    assert not list(picture.iter(f"{SVG}script"))
    assert "done" in " ".join(lines(picture))


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_a_rim_of_its_own(kind: Kind) -> None:
    rims = {drawn(a_facts(kind=each)).find(f"{SVG}polygon").get("fill") for each in Kind if each != kind}
    assert drawn(a_facts(kind=kind)).find(f"{SVG}polygon").get("fill") not in rims


@settings(max_examples=2)
@given(width=st.sampled_from([256, 1024]))
def test_it_can_be_had_as_png_of_any_size(width: int) -> None:
    picture = Image.open(io.BytesIO(badge_image.png(badge_image.draw(a_facts()), width=width)))
    assert picture.size == (width, width)
    assert picture.getpixel((2, 2))[3] == 0  # the corners are clear
    colours = {colour for _count, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert {(18, 50, 74), (250, 248, 244)} <= colours
