"""Random qualifications with everything in them that the plain values can hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

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
    Publisher,
    Unit,
)

PUBLISHER = Publisher(
    Body("https://gilde.example/id/organisation/1", Text.of("Gilde of tests")), "https://gilde.example"
)
LANGUAGES = ("en", "nl", "fr", "de")
# Letters of several scripts, and every sign that one of the formats gives a meaning to.
_SIGNS = "abZ ëß漢😀é<>&\"'=+-@;,|:/#\\%\t"
# Some begin with what a spreadsheet would run; none is blank.
SENTENCES = st.text(_SIGNS, max_size=8).map(lambda words: words + "." if words.strip() else "=" + words)
CODES = st.text("abcXYZ019.-", min_size=1, max_size=6).map(lambda code: "k" + code)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
HOURS = st.integers(0, 5000)
CREDITS = st.builds(
    Credit,
    st.decimals(0, 500, places=1).map(lambda n: Decimal(str(n))),
    st.sampled_from(["ects", "ecvet", "nl-sbu"]),
)


def texts(source: str | None = None) -> st.SearchStrategy[Text]:
    """Texts with words; in the source language, and perhaps in another."""
    sources = st.sampled_from(LANGUAGES) if source is None else st.just(source)
    one = st.tuples(sources, SENTENCES).map(lambda told: Text.of(told[1], told[0]))
    two = st.tuples(sources, SENTENCES, st.sampled_from(LANGUAGES), SENTENCES).map(
        lambda told: Text(told[0], {told[2]: told[3], told[0]: told[1]})
    )
    return one | two


@st.composite
def qualifications(draw: Any, source: str | None = "nl", first: int = 1) -> Described:
    """Draw a qualification; every text has words in `source`, where one is given, as its source language."""
    words = texts(source)
    maybe = st.one_of(st.just(Text()), words)
    number = iter(range(first, first + 5_000))

    def uri(kind: str) -> str:
        return f"https://gilde.example/id/{kind}/{UUID(int=(0x4000 << 64) + (0x8 << 60) + next(number), version=4)}"

    def concepts(start: str, scheme: str, most: int = 2) -> tuple[ConceptLink, ...]:
        found = draw(st.lists(st.integers(1, 9), max_size=most, unique=True))
        return tuple(
            ConceptLink(
                f"{start}{n}",
                draw(maybe),
                draw(st.sampled_from(["exact", "close", "broad", "narrow", "related"])),
                draw(st.sampled_from([scheme, scheme, ""])),
                draw(st.sampled_from(["", "1.1.1"])),
                draw(st.none() | st.floats(0, 1)),
                draw(st.sampled_from(["", "Ann"])),
            )
            for n in found
        )

    def outcome() -> Outcome:
        statement, verb = draw(words), draw(maybe)
        return Outcome(
            uri("outcome"),
            statement,
            draw(st.sampled_from(["", "knowledge", "skill", "autonomy"])),
            verb,
            statement if verb else Text(),
            code=draw(st.just("") | CODES),
            concepts=concepts("http://data.europa.eu/esco/skill/", "esco"),
        )

    def outcomes(most: int) -> tuple[Outcome, ...]:
        return tuple(outcome() for _n in range(draw(st.integers(0, most))))

    def unit() -> Unit:
        return Unit(
            uri("unit"),
            draw(words),
            outcomes(2),
            draw(st.just("") | CODES),
            draw(maybe),
            draw(st.none() | CREDITS),
            draw(st.none() | HOURS),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(maybe),
        )

    def body() -> Body:
        return Body(
            uri("organisation"),
            draw(words),
            draw(st.sampled_from(["", "BE", "NL"])),
            draw(st.sampled_from(["", "https://example.org/"])),
            draw(st.just("") | CODES),
        )

    level = draw(
        st.none()
        | st.tuples(st.sampled_from(["vks", "eqf"]), st.integers(1, 8), st.none() | st.integers(1, 8))
    )
    return Described(
        uri=uri("qualification"),
        title=draw(words),
        kind=draw(st.sampled_from(["professional", "educational", "micro-credential", "joint"])),
        code=draw(st.just("") | CODES),
        version_uri=draw(st.just("") | st.just(uri("qualification-version"))),
        number=draw(st.integers(1, 99)),
        summary=draw(maybe),
        level=level
        and LevelTold(
            level[0],
            str(level[1]),
            level[2],
            draw(maybe),
            draw(maybe),
            draw(st.sampled_from(["", "http://data.europa.eu/snb/qdr/c_1"])),
        ),
        country=draw(st.sampled_from(["", "BE"])),
        sector=draw(st.just("") | CODES),
        fields=concepts("http://data.europa.eu/snb/isced-f/", "isced-f-2013"),
        occupations=concepts("http://data.europa.eu/esco/occupation/", "esco"),
        credit=draw(st.none() | CREDITS),
        hours=draw(st.none() | HOURS),
        units=tuple(unit() for _n in range(draw(st.integers(0, 2)))),
        outcomes=outcomes(1),
        awarding=tuple(body() for _n in range(draw(st.integers(0, 2)))),
        owner=draw(st.none() | st.just(body())),
        prerequisites=tuple(
            Prerequisite(draw(words), draw(st.just("") | st.just(uri("qualification"))))
            for _n in range(draw(st.integers(0, 2)))
        ),
        assessment=draw(maybe),
        assessment_type=draw(st.just("") | CODES),
        participation=draw(st.sampled_from([(), ("onsite",), ("blended", "workplace")])),
        quality=draw(maybe),
        languages=draw(st.sampled_from([(), ("nl",), ("fr", "en")])),
        partial=draw(st.booleans()),
        part_of=draw(st.sampled_from([(), ("https://gilde.example/id/qualification/9",)])),
        supersedes=draw(st.sampled_from(["", "https://gilde.example/id/qualification-version/8"])),
        status=draw(st.sampled_from(["", "draft", "registered", "superseded", "recognised", "submitted"])),
        issued=draw(st.none() | DAYS),
        valid_from=draw(st.none() | DAYS),
        valid_until=draw(st.none() | DAYS),
        modified=draw(
            st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
        ),
        page=draw(st.sampled_from(["", "https://gilde.example/qualifications/1"])),
    )


def several(source: str | None = "nl") -> st.SearchStrategy[list[Described]]:
    """Lists of one or two qualifications with addresses of their own."""
    one, other = qualifications(source), qualifications(source, first=5_000)
    return st.tuples(one).map(list) | st.tuples(one, other).map(list)
