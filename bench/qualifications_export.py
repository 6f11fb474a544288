"""Export of 1,000 qualifications of realistic size: XML checked by the schema, JSON-LD checked by the shapes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import Timing, timed
from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    Outcome,
    Publisher,
    Unit,
)
from gilde.qualifications.formats import elm_rdf, elm_xml
from gilde.qualifications.formats.elm_lists import level_uri
from gilde.qualifications.formats.schema_check import count_qualifications, rdf_problems, xml_problems

QUALIFICATIONS = 1000
# Milliseconds for XML and JSON-LD together, each with its check (issue 4, "Measures").
LIMIT = 60_000.0
ELM = Path(__file__).resolve().parents[2] / "shared" / "data" / "elm"


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long each step takes; without the official schema and shapes beside the project, only the writing."""
    publisher = Publisher(Body(_uri("organisation", 0), Text.of("Gilde"), "BE"), "https://gilde.example")
    known = [_qualification(n, random.Random(n)) for n in range(QUALIFICATIONS)]  # noqa: S311
    outcomes = sum(len(list(each.all_outcomes())) for each in known)
    steps: list[tuple[str, float, float]] = []

    def step(name: str, work: Callable[[], object]) -> None:
        steps.append((name, *timed(work)))

    with TemporaryDirectory() as folder:
        path, told = Path(folder) / "all.xml", bytearray()

        def write_xml() -> None:
            with path.open("wb") as into:
                assert not elm_xml.write(publisher, known, into)

        def write_jsonld() -> None:
            told[:] = elm_rdf.write(publisher, known, "json-ld")

        def check_xml() -> None:
            assert not (found := xml_problems(path, ELM / "xsd" / "loq")), found[:3]

        def check_jsonld() -> None:
            assert not (found := rdf_problems(bytes(told), ELM / "rdf")), found[:3]

        step("write XML", write_xml)
        step("write JSON-LD", write_jsonld)
        assert (
            count_qualifications(bytes(told)) >= QUALIFICATIONS
        )  # nothing is checked of a graph that tells nothing
        size = f"XML {path.stat().st_size / 1e6:.0f} MB, JSON-LD {len(told) / 1e6:.0f} MB"
        if ELM.is_dir():
            step("check XML by the schema", check_xml)
            step("check JSON-LD by the shapes", check_jsonld)
    timings = [Timing(name, [wall], [cpu], limit=LIMIT) for name, wall, cpu in steps]
    if ELM.is_dir():
        whole = ("all of it", sum(each[1] for each in steps), sum(each[2] for each in steps))
        timings.append(Timing(whole[0], [whole[1]], [whole[2]], limit=LIMIT))
    return f"Export of {QUALIFICATIONS:,} qualifications, {outcomes:,} outcomes ({size})", timings


def _uri(kind: str, number: int) -> str:
    return f"https://gilde.example/id/{kind}/{number}"


def _words(chance: random.Random, least: int, most: int) -> Text:
    def some() -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(least, most))).capitalize()

    return Text("nl", {"nl": some(), "en": some()})


_WORDS = [
    *(
        "plaatst",
        "controleert",
        "veilig",
        "onderdelen",
        "volgens",
        "plan",
        "meet",
        "muur",
        "werf",
        "isolatie",
    ),
    *(
        "reads",
        "drawing",
        "checks",
        "quality",
        "measures",
        "report",
        "client",
        "maintains",
        "safely",
        "tools",
    ),
]


def _outcome(number: int, chance: random.Random) -> Outcome:
    skill = chance.randrange(13_000)
    links = (
        ConceptLink(
            f"http://data.europa.eu/esco/skill/{skill:08d}",
            Text("nl", {"nl": f"vaardigheid {skill}", "en": f"skill {skill}"}),
            chance.choice(["exact", "close", "broad"]),
            "esco",
            "1.1.1",
            round(chance.random(), 2),
            "An Peeters",
        ),
    )
    parts = chance.random() < 0.5
    return Outcome(
        uri=_uri("outcome", number),
        statement=_words(chance, 8, 16),
        kind=chance.choice(["knowledge", "skill", "skill", "autonomy"]),
        verb=_words(chance, 1, 1) if parts else Text(),
        object=_words(chance, 2, 4) if parts else Text(),
        context=_words(chance, 3, 6) if parts else Text(),
        code=f"LR{number}",
        concepts=links if chance.random() < 0.8 else (),
    )


def _qualification(n: int, chance: random.Random) -> Described:
    amount, units = chance.randint(20, 30), chance.randint(3, 6)
    outcomes = [_outcome(n * 100 + i, chance) for i in range(amount)]
    eqf = chance.randint(2, 6)
    return Described(
        uri=_uri("qualification", n),
        title=_words(chance, 2, 4),
        code=f"BK-{n:04d}",
        version_uri=_uri("qualification", n) + "/3",
        number=3,
        summary=_words(chance, 40, 80),
        level=LevelTold("vks", str(eqf), eqf, Text.of(f"Niveau {eqf}", "nl"), uri=level_uri("vks", str(eqf))),
        country="BE",
        sector="construction",
        fields=(ConceptLink("http://data.europa.eu/snb/isced-f/0732", scheme="isced-f-2013"),),
        occupations=(ConceptLink(f"http://data.europa.eu/esco/occupation/{n:08d}", scheme="esco"),),
        credit=Credit(Decimal(chance.randint(30, 120)), "ecvet"),
        hours=chance.randint(300, 1800),
        units=tuple(
            Unit(
                uri=_uri("unit", n * 10 + u),
                title=_words(chance, 2, 5),
                outcomes=tuple(outcomes[u::units]),
                code=f"E{n}-{u}",
                hours=chance.randint(20, 300),
                partial=chance.random() < 0.4,
            )
            for u in range(units)
        ),
        awarding=(
            Body(_uri("organisation", 1 + n % 7), Text.of(f"Body {n % 7}"), "BE", "https://body.example"),
        ),
        owner=Body(_uri("organisation", 20 + n % 5), Text.of(f"Sector {n % 5}"), "BE"),
        assessment=_words(chance, 10, 30),
        assessment_type="practical",
        participation=("onsite", "workplace"),
        quality=_words(chance, 10, 20),
        languages=("nl",),
        status="recognised",
        issued=date(2024, 3, 1),
        valid_from=date(2024, 9, 1),
        modified=datetime(2025, 1, 1, tzinfo=UTC),
        page=f"https://gilde.example/qualifications/{n}",
    )
