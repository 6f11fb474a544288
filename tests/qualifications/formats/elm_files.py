"""What the tests of the European Learning Model share: a publisher, a whole qualification, the official files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from gilde.core.text import Text
from gilde.qualifications.described import (
    Body,
    ConceptLink,
    Credit,
    Described,
    LevelTold,
    NotHeld,
    Outcome,
    Prerequisite,
    Publisher,
    Read,
    Unit,
)
from gilde.qualifications.formats import elm_rdf, elm_xml

OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "elm"
ENDINGS = {"json-ld": "jsonld", "turtle": "ttl", "rdf-xml": "rdf"}

PUBLISHER = Publisher(
    Body("https://gilde.example/id/organisation/1", Text.of("Gilde"), "BE", "https://gilde.example"),
    "https://gilde.example",
)
BRICKLAYER = Described(
    uri="https://gilde.example/id/qualification/1",
    title=Text("nl", {"nl": "Metselaar", "en": "Bricklayer"}),
    code="BK-0001-3",
    version_uri="https://gilde.example/id/version/13",
    number=3,
    summary=Text("nl", {"nl": "Metselt muren.", "en": "Builds walls."}),
    level=LevelTold("vks", "3", 3, uri="http://data.europa.eu/snb/qdr/c_650d7e95"),
    country="BE",
    sector="construction",
    fields=(ConceptLink("http://data.europa.eu/snb/isced-f/0732", scheme="isced-f-2013"),),
    occupations=(
        ConceptLink("http://data.europa.eu/esco/occupation/1", Text.of("bricklayer"), scheme="esco"),
    ),
    credit=Credit(Decimal("60"), "ecvet"),
    hours=900,
    units=(
        Unit(
            uri="https://gilde.example/id/unit/1",
            title=Text.of("Opgaand metselwerk", "nl"),
            outcomes=(
                Outcome(
                    "https://gilde.example/id/outcome/1",
                    Text("nl", {"nl": "Metselt een muur volgens plan", "en": "Builds a wall by plan"}),
                    "skill",
                    concepts=(
                        ConceptLink(
                            "http://data.europa.eu/esco/skill/1",
                            Text.of("lay bricks"),
                            "close",
                            "esco",
                            "1.1.1",
                            0.85,
                            "An Peeters",
                        ),
                    ),
                ),
            ),
            code="E1",
            hours=300,
            partial=True,
        ),
        Unit(
            uri="https://gilde.example/id/unit/2",
            title=Text.of("Veilig werken", "nl"),
            outcomes=(
                Outcome("https://gilde.example/id/outcome/2", Text.of("Kent de regels", "nl"), "knowledge"),
            ),
        ),
    ),
    awarding=(
        Body("https://gilde.example/id/organisation/2", Text.of("School"), "BE", "https://school.example"),
    ),
    prerequisites=(Prerequisite(Text("nl", {"nl": "Geen", "en": "None"})),),
    assessment=Text.of("Praktijkproef", "nl"),
    assessment_type="practical",
    participation=("onsite", "workplace"),
    quality=Text.of("Audit om de zes jaar", "nl"),
    languages=("nl",),
    status="recognised",
    issued=date(2024, 3, 1),
    valid_from=date(2024, 9, 1),
    modified=datetime(2025, 1, 1, 12, tzinfo=UTC),
    page="https://gilde.example/qualifications/1",
)


def official(*parts: str) -> Path:
    """Return an official file or folder; without it the test is skipped, saying so."""
    path = OFFICIAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the official files of the European Learning Model are not there: {path.name}")
    return path


def as_xml(*qualifications: Described) -> tuple[bytes, list[NotHeld]]:
    """Return the file, and what it does not hold."""
    into = io.BytesIO()
    lost = elm_xml.write(PUBLISHER, qualifications, into)
    return into.getvalue(), lost


def read_xml(data: bytes, folder: Path) -> Read:
    path = folder / "stored"
    path.write_bytes(data)
    return elm_xml.read(path, "file.xml")


def read_rdf(data: bytes, folder: Path, name: str = "file.jsonld") -> Read:
    path = folder / "stored"
    path.write_bytes(data)
    return elm_rdf.read(path, name)


def as_read(described: Described) -> Described:
    """Return what a reader finds: who gives out the file stands for the owner where there is none."""
    return replace(described, owner=described.owner or PUBLISHER.body)
