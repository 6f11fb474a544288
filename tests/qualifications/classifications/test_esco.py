"""ESCO packages are read in all their languages, whatever they are wrapped in."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from gilde.qualifications.classifications import open_package
from gilde.qualifications.classifications.reading import ConceptRead, RelationRead
from tests.qualifications.classifications.files import (
    GROUP,
    JOINER,
    NAIL,
    SAW,
    SKILL,
    WOOD,
    archive,
    dutch,
    folder,
    skill,
    small,
    table,
)
from tests.reference import reference_file


def concepts(*paths: Path, version: str = "1.2.0") -> dict[str, ConceptRead]:
    return {each.uri: each for each in open_package(paths, version=version).concepts()}


def test_everything_that_the_file_says_of_a_skill_is_read(tmp_path: Path) -> None:
    assert concepts(folder(tmp_path, small()))[NAIL] == ConceptRead(
        uri=NAIL,
        kind="skill",
        labels={"en": "drive nails"},
        terms={"en": ("hammer", "nail wood")},
        descriptions={"en": "Drives nails."},
        skill_type="skill",
        reuse="sector-specific",
        member_of=("green",),
    )


def test_knowledge_occupations_and_groups_have_their_kinds(tmp_path: Path) -> None:
    found = concepts(folder(tmp_path, small()))
    assert (found[WOOD].kind, found[WOOD].skill_type) == ("skill", "knowledge")
    assert (found[JOINER].kind, found[JOINER].code, found[JOINER].regulated) == ("occupation", "7115.1", True)
    assert (found[GROUP].kind, found[GROUP].regulated) == ("skill-group", None)


def test_alternative_labels_are_split_at_lines_and_at_bars(tmp_path: Path) -> None:
    assert concepts(folder(tmp_path, small()))[SAW].terms == {"en": ("cut wood", "use a saw")}


def test_the_languages_of_a_concept_come_together_in_whatever_order_the_files_are(tmp_path: Path) -> None:
    package = open_package([folder(tmp_path, small() | dutch())], version="1.2.0")
    found = {each.uri: each.labels for each in package.concepts()}
    assert set(package.languages) == {"en", "nl"}
    assert found[WOOD] == {"en": "types of wood", "nl": "houtsoorten"}
    assert len(found) == 7


def test_portal_archives_of_one_version_are_read_together(tmp_path: Path) -> None:
    files = small()
    english = archive(
        tmp_path / "ESCO dataset - v1.2.0 - classification - en - csv.zip",
        {name: text for name, text in files.items() if name.endswith("_en.csv")},
    )
    relations = archive(
        tmp_path / "ESCO dataset - v1.2.0 - classification - languageIndependent - csv.zip",
        {
            f"inside/{name.replace('.csv', '_en.csv')}": text
            for name, text in files.items()
            if "elations" in name
        },
    )
    package = open_package([english, relations])
    assert (package.version, package.languages) == ("1.2.0", ("en",))
    assert package.total == len(list(package.concepts())) + len(list(package.relations())) == 7 + 8


def test_relations_have_the_kinds_of_the_files(tmp_path: Path) -> None:
    found = set(open_package([folder(tmp_path, small())], version="1.2.0").relations())
    assert RelationRead(JOINER, NAIL, "essential") in found
    assert RelationRead(SAW, WOOD, "optional") in found
    assert RelationRead(SAW, GROUP, "broader") in found


def test_a_relation_that_is_there_twice_is_read_once(tmp_path: Path) -> None:
    files = small()
    files["broaderRelationsSkillPillar.csv"] += f"{NAIL},{GROUP}\r\n"
    package = open_package([folder(tmp_path, files)], version="1.2.0")
    assert sum(each.source == NAIL for each in package.relations()) == 1
    assert package.total == 15


def test_a_language_on_its_own_is_read(tmp_path: Path) -> None:
    loose = folder(tmp_path, dutch()) / "skills_nl.csv"
    assert concepts(loose)[NAIL].labels == {"nl": "spijkeren"}


def test_relations_on_their_own_are_read(tmp_path: Path) -> None:
    loose = folder(tmp_path, small()) / "occupationSkillRelations.csv"
    package = open_package([loose], version="1.2.0")
    assert (len(list(package.relations())), package.unknown) == (2, ())


def test_what_replaces_an_obsolete_concept_is_read(tmp_path: Path) -> None:
    text = table(
        (*SKILL, "isReplacedBy"), [*skill(NAIL, "drive nails", status="obsolete"), f"{SAW} | {WOOD}"]
    )
    found = concepts(folder(tmp_path, {"skills_en.csv": text}))[NAIL]
    assert (found.status, found.replaced_by) == ("obsolete", (SAW, WOOD))


def test_semicolons_and_a_byte_order_mark_as_spreadsheets_write_are_read(tmp_path: Path) -> None:
    text = "\ufeffconceptUri;preferredLabel;altLabels;skillType\r\n" + f"{NAIL};spijkeren;;knowledge\r\n"
    assert concepts(folder(tmp_path, {"skills_nl.csv": text}))[NAIL].labels == {"nl": "spijkeren"}


def test_esco_1_1_1_is_read_whole_and_fast() -> None:
    paths = [
        reference_file(f"esco/esco-v1.1.1-{name}-csv.zip") for name in ("classification-en", "relations")
    ]
    began = time.process_time()
    package = open_package(paths)
    total = package.total
    kinds = Counter(each.kind for each in package.concepts())
    related = Counter(each.kind for each in package.relations())
    spent = time.process_time() - began
    assert package.version == "1.1.1"
    assert kinds == {"skill": 13_896, "occupation": 3_007, "skill-group": 640, "group": 619}
    # Eight concepts are named by relations and in no file; the relations with them are left out.
    assert len(package.unknown) == 8
    assert related == {"broader": 24_265, "essential": 65_082, "optional": 64_605}
    assert total == kinds.total() + related.total()
    assert spent < 10
