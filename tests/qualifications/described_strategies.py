"""Hypothesis strategies for qualifications as they are told to others (`described.py`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    Outcome,
    Prerequisite,
    Unit,
)

LANGUAGES = ("en", "nl", "fr", "de", "el", "bg")

# Every sign that XML can hold (XML 1.0, section 2.2), the odd ones among them more often than by chance.
_signs = st.one_of(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]),
    st.sampled_from("\t\n\r \u0085\u00a0\u2028\u200f\ufeff<>&\"'{}\\…😀é"),
)
words = st.text(_signs, min_size=1, max_size=20)
codes = st.from_regex(r"[A-Z]{1,3}-?[0-9]{1,4}", fullmatch=True)


@st.composite
def texts(draw: st.DrawFn, *, least: int = 1) -> Text:
    """A text in one to three languages, the source among them; with `least=0` also none at all."""
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=least, max_size=3, unique=True))
    if not languages:
        return Text()
    return Text(languages[0], {language: draw(words) for language in languages})


maybe = texts(least=0)


class _Addresses:
    """Gives addresses that are all different within one example."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def new(self, kind: str) -> str:
        return f"https://gilde.example/id/{kind}/{next(self.numbers)}"


@st.composite
def _skill(draw: st.DrawFn, n: int) -> ConceptLink:
    return ConceptLink(
        uri=f"http://data.europa.eu/esco/skill/{n:036d}",
        label=draw(maybe),
        relation=draw(st.sampled_from(["exact", "close", "broad", "narrow", "related"])),
        scheme="esco",
        edition=draw(st.sampled_from(["", "1.1.1"])),
        confidence=draw(st.none() | st.floats(0, 1)),
        confirmed_by=draw(st.sampled_from(["", "An Peeters"])),
    )


@st.composite
def _outcome(draw: st.DrawFn, addresses: _Addresses) -> Outcome:
    return Outcome(
        uri=addresses.new("outcome"),
        statement=draw(texts()),
        kind=draw(st.sampled_from(["knowledge", "skill", "autonomy", ""])),
        verb=draw(maybe),
        object=draw(maybe),
        context=draw(maybe),
        code=draw(st.just("") | codes),
        concepts=tuple(draw(_skill(next(addresses.numbers))) for _ in range(draw(st.integers(0, 2)))),
    )


credits = st.builds(
    Credit,
    points=st.decimals(0, 300, places=2, allow_nan=False).map(Decimal),
    system=st.sampled_from(["ects", "ecvet", "vlaams-krediet"]),
)
_hours = st.none() | st.integers(0, 9000)
_days = st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1))


@st.composite
def _unit(draw: st.DrawFn, addresses: _Addresses) -> Unit:
    return Unit(
        uri=addresses.new("unit"),
        title=draw(texts()),
        outcomes=tuple(draw(_outcome(addresses)) for _ in range(draw(st.integers(1, 2)))),
        code=draw(st.just("") | codes),
        summary=draw(maybe),
        credit=draw(st.none() | credits),
        hours=draw(_hours),
        partial=draw(st.booleans()),
        optional=draw(st.booleans()),
        assessment=draw(maybe),
    )


@st.composite
def _body(draw: st.DrawFn, addresses: _Addresses) -> Body:
    return Body(
        uri=addresses.new("organisation"),
        name=draw(texts()),
        country=draw(st.sampled_from(["BE", "NL", "EL", ""])),
        website=draw(st.sampled_from(["", "https://school.example/über?a=b"])),
        identifier=draw(st.just("") | codes),
    )


@st.composite
def levels(draw: st.DrawFn) -> LevelTold:
    """A level of a framework of the European list, or of one that is not on it."""
    number = draw(st.integers(1, 8))
    listed = LevelTold(
        "vks",
        str(number),
        number,
        draw(maybe),
        draw(maybe),
        f"http://data.europa.eu/snb/qdr/c_{_FLEMISH[number - 1]}",
    )
    other = LevelTold("ours", f"{number}b", draw(st.none() | st.just(number)), draw(maybe), draw(maybe))
    return draw(st.sampled_from([listed, listed, other]))


_FLEMISH = ["cf509e8a", "7f5e85a7", "650d7e95", "615c4895", "6fa57440", "65235ec5", "95fec238", "13c65774"]


@st.composite
def described(draw: st.DrawFn) -> Described:
    """A whole qualification with a title and an outcome; every address in it is different from every other."""
    addresses = _Addresses()
    units = tuple(draw(_unit(addresses)) for _ in range(draw(st.integers(0, 2))))
    least = 0 if units else 1
    outcomes = tuple(draw(_outcome(addresses)) for _ in range(draw(st.integers(least, 2))))
    bodies = tuple(draw(_body(addresses)) for _ in range(draw(st.integers(0, 2))))
    number = next(addresses.numbers)
    return Described(
        uri=addresses.new("qualification"),
        title=draw(texts()),
        kind=draw(st.sampled_from(["professional", "educational", "micro-credential", "joint"])),
        code=draw(st.just("") | codes),
        version_uri=draw(st.sampled_from(["", addresses.new("version")])),
        number=draw(st.integers(1, 30)),
        summary=draw(maybe),
        level=draw(st.none() | levels()),
        country=draw(st.sampled_from(["", "BE", "FR"])),
        sector=draw(st.sampled_from(["", "construction"])),
        fields=tuple(
            ConceptLink(f"http://data.europa.eu/snb/isced-f/{code}", draw(maybe), scheme="isced-f-2013")
            for code in draw(st.lists(st.sampled_from(["0732", "0613", "09"]), max_size=2, unique=True))
        ),
        occupations=draw(
            st.sampled_from(
                [
                    (),
                    (
                        ConceptLink(f"http://data.europa.eu/esco/occupation/{number}", scheme="esco"),
                        ConceptLink(
                            f"http://data.europa.eu/esco/isco/C{number}",
                            Text.of("Metselaar", "nl"),
                            "broad",
                            "isco-08",
                        ),
                    ),
                ]
            )
        ),
        credit=draw(st.none() | credits),
        hours=draw(_hours),
        units=units,
        outcomes=outcomes,
        awarding=bodies,
        owner=draw(st.none() | _body(addresses)),
        prerequisites=tuple(
            Prerequisite(draw(texts()), draw(st.sampled_from(["", "https://other.example/q/1"])))
            for _ in range(draw(st.integers(0, 2)))
        ),
        assessment=draw(maybe),
        assessment_type=draw(st.sampled_from(["", "practical", "portfolio"])),
        participation=draw(
            st.lists(st.sampled_from(["onsite", "online", "workplace"]), max_size=2, unique=True).map(tuple)
        ),
        quality=draw(maybe),
        languages=draw(st.lists(st.sampled_from(["nl", "en", "fr"]), max_size=2, unique=True).map(tuple)),
        partial=draw(st.booleans()),
        part_of=draw(st.sampled_from([(), ("https://other.example/q/2", "https://other.example/q/3")])),
        supersedes=draw(st.sampled_from(["", "https://gilde.example/id/version/0"])),
        status=draw(st.sampled_from(["", "recognised"])),
        issued=draw(_days),
        valid_from=draw(_days),
        valid_until=draw(_days),
        modified=draw(
            st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
        ),
        page=draw(st.sampled_from(["", "https://gilde.example/qualifications/metselaar"])),
    )
