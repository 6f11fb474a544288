"""Dimensions written as lines: what is written is what is stored, in every language, and mistakes are named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension
from gilde.indicators.forms.dimension_lines import parse_dimensions, written_dimensions

LINES = Text("en", {"en": "sex Sex: *T Total; F Women; M Men\nage Age: Y15-24 15 to 24, all; Y25-64"})


def test_a_line_names_a_dimension_its_categories_and_the_one_for_all() -> None:
    sex, age = parse_dimensions(LINES)
    assert (sex.code, str(sex.name), sex.total) == ("sex", "Sex", "T")
    assert {code: str(name) for code, name in sex.categories.items()} == {
        "T": "Total",
        "F": "Women",
        "M": "Men",
    }
    assert (age.total, age.category("Y15-24"), age.category("Y25-64")) == ("", "15 to 24, all", "Y25-64")


def test_without_semicolons_commas_separate() -> None:
    (sex,) = parse_dimensions(Text.of("sex Sex: *T Total, F Women"))
    assert list(sex.categories) == ["T", "F"]


def test_another_language_gives_names_to_the_same_codes() -> None:
    (sex,) = parse_dimensions(
        Text("en", {"en": "sex Sex: *T Total; F Women", "nl": "sex Geslacht: F Vrouwen"})
    )
    assert dict(sex.name.words) == {"en": "Sex", "nl": "Geslacht"}
    assert dict(sex.categories["F"].words) == {"en": "Women", "nl": "Vrouwen"}
    assert dict(sex.categories["T"].words) == {"en": "Total"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (Text.of("sex"), "a colon"),
        (Text.of("sex: T; T"), "twice"),
        (Text.of("sex: *T; *F"), "only one category"),
        (Text("en", {"en": "sex: T", "nl": "sex: X"}), "“X” is not among"),
        (Text("en", {"en": "sex: T", "nl": "age: T"}), "“age” is not among"),
    ],
)
def test_a_mistake_is_named_with_its_line(lines: Text, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        parse_dimensions(lines)


_codes = st.from_regex(r"\A[A-Z][A-Z0-9_-]{0,8}\Z")
_names = st.dictionaries(
    st.sampled_from(["en", "nl"]), st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9 ,]{0,10}[A-Za-z0-9]\Z"), max_size=2
)


@st.composite
def _dimensions(draw: st.DrawFn) -> list[Dimension]:
    made = []
    for code in draw(
        st.lists(st.from_regex(r"\A[a-z][a-z0-9_]{0,8}\Z"), min_size=1, max_size=3, unique=True)
    ):
        # Two categories at least, so that a comma in a name is never taken for one between categories.
        categories = draw(st.lists(_codes, min_size=2, max_size=5, unique=True))
        total = draw(st.sampled_from(["", *categories]))
        names = {each: Text("en", {"en": "x", **draw(_names)}) for each in categories}
        made.append(Dimension(code, Text("en", {"en": "D", **draw(_names)}), total, names))
    return made


@given(_dimensions())
def test_what_is_written_is_read_back_as_it_was(dimensions: list[Dimension]) -> None:
    assert parse_dimensions(written_dimensions(dimensions)) == dimensions
