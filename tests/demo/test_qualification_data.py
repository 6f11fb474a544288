"""The qualifications and occupational profiles of the demo world, checked as plain YAML: complete and consistent."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.yaml_data import DATA, load, walk
from tests.reference import reference_file

FOLDER = DATA / "qualifications"
SECTORS = ("construction", "care", "hospitality", "it", "metal", "logistics")
ELEMENTS = {
    "knowledge",
    "cognitive-skills",
    "problem-solving",
    "motor-skills",
    "environment",
    "action-context",
    "autonomy",
    "responsibility",
}
KINDS = {"knowledge", "skill", "autonomy"}
RELATIONS = {"exact", "close", "broad", "narrow"}
ASSESSMENTS = {"written", "oral", "practical", "portfolio", "project", "continuous"}
PARTICIPATION = {"onsite", "online", "blended", "workplace"}
STATES = {  # a superseded or withdrawn version needs a history, which the loader makes
    "draft",
    "submitted",
    "in-validation",
    "returned",
    "rejected",
    "validated",
    "levelling-qualitative",
    "levelling-points",
    "disputed",
    "levelled",
    "quality-check",
    "sent-for-recognition",
    "recognised",
    "registered",
    "under-review",
}
QUALIFICATION_KEYS = {
    "code",
    "title",
    "summary",
    "sector",
    "level",
    "isced_f",
    "nace",
    "occupations",
    "state",
    "hours",
    "credit",
    "assessment",
    "assessment_type",
    "participation",
    "prerequisites",
    "elements",
    "units",
}
UNIT_KEYS = {"code", "title", "credit", "hours", "partial", "outcomes"}
OUTCOME_KEYS = {"code", "kind", "verb", "object", "context", "statement", "esco"}
PROFILE_LISTS = ("activities", "knowledge", "skills", "attitudes")
PROFILE_TEXTS = ("title", "summary", "context")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
IDENTIFIER = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ADDRESS = re.compile(rf"http://data\.europa\.eu/esco/(skill|occupation)/{IDENTIFIER}")

FILES = sorted(FOLDER.glob("*.yaml"))
QUALIFICATION_FILES = [path for path in FILES if path.stem in (*SECTORS, "foreign")]
PROFILE_FILES = [path for path in FILES if path.stem.startswith("profiles-")]
IN_SECTORS = [path for path in QUALIFICATION_FILES if path.stem in SECTORS]

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_qualification_file = pytest.mark.parametrize("path", QUALIFICATION_FILES, ids=lambda path: path.stem)
each_sector_file = pytest.mark.parametrize("path", IN_SECTORS, ids=lambda path: path.stem)
each_profile_file = pytest.mark.parametrize("path", PROFILE_FILES, ids=lambda path: path.stem)
whole = pytest.mark.skipif(len(IN_SECTORS) < len(SECTORS), reason="the files of all six sectors are needed")


def qualifications(*paths: Path) -> list[dict[str, Any]]:
    return [one for path in paths for one in load(path)["qualifications"]]


def profiles() -> dict[str, dict[str, Any]]:
    return {one["code"]: one for path in PROFILE_FILES for one in load(path)["profiles"]}


def written_outcomes(path: Path) -> list[dict[str, Any]]:
    """Every outcome that is written out in the file, each once: the shared ones and those of the units."""
    written = list(load(path).get("shared_outcomes", []))
    for one in qualifications(path):
        written += [
            outcome for unit in one["units"] for outcome in unit["outcomes"] if "shared" not in outcome
        ]
    return written


def outcomes(path: Path, one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every outcome of a qualification with the shared ones filled in."""
    shared = {outcome["code"]: outcome for outcome in load(path).get("shared_outcomes", [])}
    for unit in one["units"]:
        for outcome in unit["outcomes"]:
            yield shared[outcome["shared"]] if "shared" in outcome else outcome


def links(path: Path) -> list[tuple[str, dict[str, Any]]]:
    return [(place, one) for place, one in walk(load(path)) if "uri" in one]


def languages(one: dict[str, Any]) -> set[str]:
    """The languages of a qualification: Dutch and English, or for a foreign one its own and English."""
    return {*one.get("languages", ["nl"]), "en"}


def is_text(value: Any, wanted: set[str] | None = None) -> bool:
    """Whether a value is a text in the wanted languages (Dutch and English), none empty or padded with spaces."""
    return (
        isinstance(value, dict)
        and set(value) == (wanted or {"nl", "en"})
        and all(isinstance(text, str) and text and text == text.strip() for text in value.values())
    )


# --- form


@each_qualification_file
def test_a_qualification_has_everything_that_its_page_shows(path: Path) -> None:
    for one in qualifications(path):
        assert set(one) >= QUALIFICATION_KEYS, (one["code"], QUALIFICATION_KEYS - set(one))
        assert SLUG.fullmatch(one["code"]), one["code"]
        assert one["sector"] in SECTORS, one["code"]
        assert one["state"] in STATES, one["code"]
        assert one["assessment_type"] in ASSESSMENTS, one["code"]
        assert one["participation"], one["code"]
        assert set(one["participation"]) <= PARTICIPATION, one["code"]
        assert one["occupations"], one["code"]
        for code in one["isced_f"]:
            assert re.fullmatch(r"\d{4}", code), (one["code"], code)
        for code in one["nace"]:
            assert re.fullmatch(r"[A-V]", code), (one["code"], code)


@each_sector_file
def test_a_sector_has_five_qualifications_that_lead_from_a_profile(path: Path) -> None:
    written = qualifications(path)
    assert len(written) == 5
    for one in written:
        assert one["sector"] == path.stem, one["code"]
        assert one["profile"] in profiles(), f"{one['code']}: no profile {one['profile']}"


@each_qualification_file
def test_a_qualification_has_three_units_of_three_or_four_outcomes(path: Path) -> None:
    for one in qualifications(path):
        assert len(one["units"]) == 3, one["code"]
        assert any(unit["partial"] for unit in one["units"]), f"{one['code']}: no unit may be awarded alone"
        for unit in one["units"]:
            assert set(unit) == UNIT_KEYS, (one["code"], unit["code"])
            assert len(unit["outcomes"]) in (3, 4), (one["code"], unit["code"])


@each_qualification_file
def test_an_outcome_has_its_parts_and_a_whole_sentence(path: Path) -> None:
    for outcome in written_outcomes(path):
        place = outcome["statement"]["en"]
        assert set(outcome) == OUTCOME_KEYS, place
        assert outcome["kind"] in KINDS, place
        for sentence in outcome["statement"].values():
            assert sentence[0].isupper(), sentence
            assert sentence.endswith("."), sentence


@each_qualification_file
def test_a_qualification_mixes_knowledge_skill_and_autonomy(path: Path) -> None:
    for one in qualifications(path):
        assert {outcome["kind"] for outcome in outcomes(path, one)} == KINDS, one["code"]


@each_profile_file
def test_a_profile_tells_the_work_and_what_it_asks(path: Path) -> None:
    for one in load(path)["profiles"]:
        assert SLUG.fullmatch(one["code"]), one["code"]
        assert type(one["regulated"]) is bool, one["code"]
        assert all(is_text(one[key]) for key in PROFILE_TEXTS), one["code"]
        assert all(is_text(text) for key in PROFILE_LISTS for text in one[key]), one["code"]
        assert 4 <= len(one["activities"]) <= 6, one["code"]
        for key in ("knowledge", "skills", "attitudes"):
            assert 3 <= len(one[key]) <= 4, (one["code"], key)


# --- languages and codes


@each_qualification_file
def test_every_text_is_there_in_english_and_the_language_of_the_qualification(path: Path) -> None:
    for one in qualifications(path):
        texts = [one["title"], one["summary"], one["assessment"], *one["prerequisites"]]
        texts += [unit["title"] for unit in one["units"]]
        for outcome in outcomes(path, one):
            texts += [outcome[part] for part in ("verb", "object", "context", "statement")]
        assert [text for text in texts if not is_text(text, languages(one))] == [], one["code"]


def test_codes_are_unique() -> None:
    shared = [one["code"] for path in QUALIFICATION_FILES for one in load(path).get("shared_outcomes", [])]
    profile_codes = [one["code"] for path in PROFILE_FILES for one in load(path)["profiles"]]
    for codes in ([one["code"] for one in qualifications(*QUALIFICATION_FILES)], shared, profile_codes):
        assert [code for code, count in Counter(codes).items() if count > 1] == []
    for path in QUALIFICATION_FILES:
        for one in qualifications(path):
            units = [unit["code"] for unit in one["units"]]
            inside = [outcome["code"] for outcome in outcomes(path, one)]
            assert len(units) == len(set(units)), one["code"]
            assert len(inside) == len(set(inside)), one["code"]


def test_no_outcome_is_written_twice() -> None:
    sentences = Counter(
        one["statement"]["en"] for path in QUALIFICATION_FILES for one in written_outcomes(path)
    )
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


@each_sector_file
def test_a_shared_outcome_is_used_by_several_qualifications(path: Path) -> None:
    used = Counter(
        outcome["shared"]
        for one in qualifications(path)
        for unit in one["units"]
        for outcome in unit["outcomes"]
        if "shared" in outcome
    )
    assert set(used) == {one["code"] for one in load(path)["shared_outcomes"]}
    assert min(used.values()) > 1, used


# --- levels, credit, states


@each_qualification_file
def test_levels_are_between_1_and_8_and_each_element_has_one(path: Path) -> None:
    for one in qualifications(path):
        assert set(one["elements"]) == ELEMENTS, one["code"]
        for level in (one["level"], *one["elements"].values()):
            assert level in {"1", "2", "3", "4", "5", "6", "7", "8"}, (one["code"], level)


@each_sector_file
def test_judges_find_the_level_for_most_elements_and_another_for_some(path: Path) -> None:
    spreads = []
    for one in qualifications(path):
        assert 2 <= int(one["level"]) <= 6, one["code"]
        found = Counter(one["elements"].values())
        assert found[one["level"]] > 4, f"{one['code']}: most elements are at another level"
        spreads.append(len(found))
    assert sum(spread > 1 for spread in spreads) > len(spreads) / 2


@each_qualification_file
def test_the_credit_and_hours_of_the_units_add_up_to_those_of_the_qualification(path: Path) -> None:
    for one in qualifications(path):
        assert one["credit"]["system"] in {"ecvet", "ects"}, one["code"]
        assert sum(unit["credit"] for unit in one["units"]) == one["credit"]["points"], one["code"]
        assert sum(unit["hours"] for unit in one["units"]) == one["hours"], one["code"]


@whole
def test_thirty_qualifications_show_every_stage_of_the_procedure() -> None:
    states = Counter(one["state"] for one in qualifications(*IN_SECTORS))
    assert states.total() == 30
    assert set(states) == STATES
    assert states["registered"] > states.total() / 2


@whole
def test_every_profile_leads_to_a_qualification_for_the_same_occupations() -> None:
    known = profiles()
    assert set(known) == {one["profile"] for one in qualifications(*IN_SECTORS)}
    for one in qualifications(*IN_SECTORS):
        assert known[one["profile"]]["occupations"] == one["occupations"], one["code"]


# --- ESCO


@each_file
def test_links_to_esco_are_well_formed(path: Path) -> None:
    for place, link in links(path):
        kind = "occupation" if "/occupations/" in place else "skill"
        match = ADDRESS.fullmatch(link["uri"])
        assert match, f"{place}: {link['uri']}"
        assert match[1] == kind, place
        assert link["label"]["en"], place
        assert link["relation"] in RELATIONS, place
        assert ("confirmed" in link) == (kind == "skill"), place
        assert type(link.get("confirmed", True)) is bool, place


@each_qualification_file
def test_an_outcome_has_at_most_two_different_links(path: Path) -> None:
    for outcome in written_outcomes(path):
        addresses = [link["uri"] for link in outcome["esco"]]
        assert len(addresses) == len(set(addresses)) <= 2, outcome["statement"]["en"]


@each_sector_file
def test_some_outcomes_are_not_mapped_and_some_links_not_confirmed(path: Path) -> None:
    written = written_outcomes(path)
    mapped = [link for outcome in written for link in outcome["esco"]]
    assert 0.08 <= sum(not outcome["esco"] for outcome in written) / len(written) <= 0.25
    assert 0.08 <= sum(not link["confirmed"] for link in mapped) / len(mapped) <= 0.35
    assert {link["relation"] for link in mapped} == RELATIONS


@pytest.fixture(scope="module")
def official_labels() -> dict[str, str]:
    """The English preferred label of every skill and occupation of ESCO 1.1.1."""
    with zipfile.ZipFile(reference_file("esco/esco-v1.1.1-classification-en-csv.zip")) as package:
        found = {}
        for name in ("skills_en.csv", "occupations_en.csv"):
            with package.open(name) as stream:
                rows = csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline=""))
                found.update({row["conceptUri"]: row["preferredLabel"] for row in rows})
    return found


@each_file
def test_every_link_leads_to_a_concept_of_esco_by_its_official_name(
    path: Path, official_labels: dict[str, str]
) -> None:
    wrong = [
        (place, link["label"]["en"], official_labels.get(link["uri"]))
        for place, link in links(path)
        if official_labels.get(link["uri"]) != link["label"]["en"]
    ]
    assert wrong == []


@each_file
def test_the_other_names_of_a_concept_are_those_of_esco(path: Path) -> None:
    others = [
        (language, link)
        for _, link in links(path)
        for language in link["label"]
        if language != "en" and "/skill/" in link["uri"]
    ]
    for language in {language for language, _ in others}:
        with reference_file(f"esco/skill-labels-{language}.csv").open(encoding="utf-8", newline="") as stream:
            names = {row["conceptUri"]: row["preferredLabel"] for row in csv.DictReader(stream)}
        for wanted, link in others:
            if wanted == language:
                assert link["label"][language] == names.get(link["uri"]), link["uri"]
