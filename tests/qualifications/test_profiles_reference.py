"""Frameworks and procedures come from files that are checked, and loading them again changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.access import SYSTEM
from gilde.core.audit.models import AuditEvent
from gilde.core.errors import Invalid, Refused
from gilde.qualifications import vocabularies
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.framework_files import read_framework
from gilde.qualifications.models import Committee, Descriptor, Framework, Level, Procedure
from gilde.qualifications.services.reference import load_reference, own_files
from tests.qualifications.factories import ELEMENTS, a_member, registered
from tests.qualifications.profiles import a_body

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    found = AuditEvent.objects.filter(action__startswith="qualifications.", action__endswith=".load")
    return list(found.order_by("pk").values_list("action", flat=True))


def told(**changes: Any) -> dict[str, Any]:
    return {
        "code": "own",
        "country": "BE",
        "name": {"en": "Own", "nl": "Eigen"},
        "source": "an example",
        "elements": [{"code": "knowledge", "name": "Knowledge"}],
        "levels": [
            {"code": "1", "eqf": 1, "descriptors": {"knowledge": "Something"}},
            {"code": "2", "eqf": 2},
        ],
        **changes,
    }


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: Any, name: str = "own.yaml") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return path

    return write


def load(path: Path) -> list[str]:
    return load_reference(actor=SYSTEM, files=[path])


def test_what_gilde_comes_with_is_loaded_once_and_then_stays() -> None:
    first = load_reference(actor=SYSTEM)
    assert "Framework vks: 8 levels, new." in first
    assert "Procedure vks-professional: 19 steps, new." in first
    before = events()
    assert before.count("qualifications.framework.load") == 4
    assert before.count("qualifications.procedure.load") == 3
    again = load_reference(actor=SYSTEM)
    assert all(line.endswith("nothing new.") for line in again)
    assert events() == before


def test_the_flemish_structure_has_eight_elements_on_eight_levels_each_at_its_eqf_level() -> None:
    load_reference(actor=SYSTEM, files=[path for path in own_files() if path.stem == "vks"])
    vks = Framework.objects.get(code="vks")
    assert tuple(vks.elements.values_list("code", flat=True)) == ELEMENTS
    assert list(vks.levels.values_list("code", "eqf")) == [(str(n), n) for n in range(1, 9)]
    assert Descriptor.objects.filter(level__framework=vks).count() == 64


@pytest.mark.parametrize(
    "path", [p for p in own_files() if p.parent.name == "frameworks"], ids=lambda p: p.stem
)
def test_every_framework_of_the_house_says_all_in_english_and_dutch_and_never_twice_the_same(
    path: Path,
) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    read = read_framework(content, path.name)
    assert len(read.descriptors) == len(read.levels) * len(read.elements)
    for language in ("en", "nl"):
        words = [text.words[language] for text in read.descriptors.values()]
        assert len(set(words)) == len(words)


def test_only_what_differs_is_changed_and_told(file: Callable[..., Path]) -> None:
    load(file(told()))
    changed = told(levels=[{"code": "1", "eqf": 1, "descriptors": {"knowledge": "More"}}])
    assert load(file(changed)) == ["Framework own: 1 levels, changed."]
    event = AuditEvent.objects.filter(action="qualifications.framework.load").order_by("-pk")[0]
    assert set(event.before) == {"descriptor.1.knowledge", "level.2"}
    assert set(event.after) == {"descriptor.1.knowledge"}
    assert list(Level.objects.filter(framework="own").values_list("code", flat=True)) == ["1"]


def test_a_level_on_which_qualifications_stand_cannot_disappear(file: Callable[..., Path]) -> None:
    version = registered()
    levels = [{"code": str(n), "eqf": n} for n in range(1, 9) if str(n) != version.level.code]  # type: ignore[union-attr]
    elements = [{"code": code} for code in ELEMENTS]
    with pytest.raises(Invalid, match="no longer has “4”, but qualifications stand on it"):
        load(file(told(code="vks", levels=levels, elements=elements)))
    assert Level.objects.filter(framework="vks").count() == 8


LEVEL = {"code": "1", "eqf": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"levels": [{"code": "1", "eqf": 9}]}, "level “1” is referenced to EQF level “9”"),
        ({"levels": [{"code": "1", "eqf": "4"}]}, "the EQF has the levels 1 to 8"),
        ({"levels": [{"code": "1", "eqf": True}]}, "the EQF has the levels 1 to 8"),
        ({"levels": [LEVEL, LEVEL]}, "level “1” stands there twice"),
        ({"levels": []}, "at least one level"),
        ({"levels": "1-8"}, "at least one level"),
        ({"levels": [{"eqf": 1}]}, "level number 1 has no code"),
        ({"levels": [{**LEVEL, "descriptors": {"luck": "Some"}}]}, "“luck”, which is no element"),
        ({"levels": [{**LEVEL, "descriptors": ["x"]}]}, "descriptors of level “1” are no list"),
        ({"levels": [{**LEVEL, "descriptors": {"knowledge": 4}}]}, "neither words nor words by language"),
        ({"elements": [{"code": "a"}, {"code": "a"}]}, "element “a” stands there twice"),
        ({"elements": [{"code": "knowledge"}, {"code": "not a slug"}]}, "code: Enter a valid “slug”"),
        ({"source": ""}, "a framework needs its source"),
        ({"name": None}, "a framework needs its name"),
        ({"valid_from": "last year"}, "“last year” at valid_from is no day"),
        ({"country": "Belgium"}, "country: "),
        ({"levels": None, "steps": None}, "neither a framework .with levels. nor a procedure"),
    ],
)
def test_a_bad_framework_is_refused_in_a_sentence_and_nothing_is_stored(
    file: Callable[..., Path], changes: dict[str, Any], said: str
) -> None:
    good = file(told(code="good"), "good.yaml")
    with pytest.raises((Invalid, Unreadable), match=said):
        load_reference(actor=SYSTEM, files=[good, file(told(**changes))])
    assert not Framework.objects.exists()
    assert not events()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [b", "no YAML that can be read; look at line 2"),
        ("just words", "neither a framework"),
        ("- 1", "neither a framework"),
        ("a: \x00", "no YAML that can be read"),
        ("valid_from: 2009-99-99", "no YAML that can be read"),
        ("x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_file_that_is_something_else_is_refused(file: Callable[..., Path], content: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        load(file(content))


def procedure(**changes: Any) -> dict[str, Any]:
    step = {"name": "submit", "from": ["draft"], "to": "submitted", "roles": ["drafter"], "label": "Submit"}
    return {
        "code": "own-way",
        "name": "Own way",
        "framework": "own",
        "source": "an example",
        "steps": [step],
        "committees": [{"code": "jury", "name": "Jury", "quorum": 2, "rule": "majority"}],
        **changes,
    }


def test_a_changed_committee_is_one_event_of_its_own(file: Callable[..., Path]) -> None:
    load(file(told()))
    load(file(procedure(), "way.yaml"))
    before = len(events())
    jury = {"code": "jury", "name": "Jury", "quorum": 3, "rule": "majority"}
    assert load(file(procedure(committees=[jury]), "way.yaml")) == ["Procedure own-way: 1 steps, changed."]
    assert events()[before:] == ["qualifications.committee.load"]
    assert Committee.objects.get(code="jury").quorum == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": None}, "a procedure needs source"),
        ({"framework": "nowhere"}, "there is no framework “nowhere”"),
        ({"steps": [{"name": "submit"}]}, "missing or of another form"),
        ({"steps": [1]}, "missing or of another form"),
        ({"levelling": {"weights": [["luck", 1]]}}, "does not have: luck"),
        ({"levelling": {"bands": [["9", 1]]}}, "does not have: 9"),
        ({"committees": [{"code": "jury", "name": "Jury", "quorum": 0, "rule": "majority"}]}, "way.yaml"),
        ({"code": "own way"}, "code: Enter a valid “slug”"),
    ],
)
def test_a_bad_procedure_is_refused_in_a_sentence(
    file: Callable[..., Path], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        load_reference(actor=SYSTEM, files=[file(procedure(**changes), "way.yaml"), file(told())])
    assert not Procedure.objects.exists()


def test_only_who_keeps_reference_data_may_load_it() -> None:
    with pytest.raises(Refused, match="keep reference data"):
        load_reference(actor=a_member(a_body()), files=[])


def test_the_command_tells_what_it_did_and_what_is_wrong(file: Callable[..., Path]) -> None:
    said = io.StringIO()
    call_command("qualifications", "reference", str(file(told())), stdout=said)
    assert said.getvalue() == "Framework own: 2 levels, new.\n"
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("qualifications", "reference", "no-such-file.yaml")


@given(eqf=st.one_of(st.integers(), st.text("0189 x", max_size=3), st.booleans(), st.floats()))
def test_the_eqf_has_eight_levels_whatever_a_file_says(eqf: Any) -> None:
    content = told(levels=[{"code": "1", "eqf": eqf}])
    if type(eqf) is int and 1 <= eqf <= 8:
        assert read_framework(content, "own.yaml").levels["1"]["eqf"] == eqf
    else:
        with pytest.raises(Invalid, match="Nothing was loaded"):
            read_framework(content, "own.yaml")


# --- vocabularies


def test_lists_are_told_in_their_order_with_names_in_english_and_dutch() -> None:
    assert list(vocabularies.sectors())[:3] == ["construction", "wood", "metal"]
    matrix = vocabularies.matrix("flanders-secondary")
    assert len(matrix.domains) == 8
    assert matrix.screening_years == 5
    lists = [
        vocabularies.sectors(),
        matrix.finalities,
        matrix.forms,
        matrix.domains,
        matrix.grades,
        vocabularies.assessment_types(),
        vocabularies.participation(),
    ]
    for terms in lists:
        assert all({"en", "nl"} <= set(term.name.words) for term in terms.values())
    assert {"written", "practical", "portfolio"} <= set(vocabularies.assessment_types())
    assert {"onsite", "online", "blended", "workplace"} <= set(vocabularies.participation())


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert str(vocabularies.name_of(vocabularies.sectors(), "care")) == "Health and social care"
    assert str(vocabularies.name_of(vocabularies.sectors(), "magic")) == "magic"
    assert not vocabularies.name_of(vocabularies.sectors(), "")


def test_a_point_of_ects_is_twenty_five_to_thirty_hours_and_one_of_ecvet_is_not_fixed() -> None:
    systems = vocabularies.credit_systems()
    assert systems["ects"].hours_of(Decimal(4)) == (100, 120)
    assert systems["ecvet"].hours_of(Decimal(4)) is None
    assert "2020" in systems["ecvet"].source


def test_eleven_elements_are_mandatory_two_of_which_lie_in_the_award() -> None:
    elements = vocabularies.micro_elements()
    assert len(elements) == 11
    assert [each.code for each in elements if each.lies_in == "award"] == ["learner", "issued"]
