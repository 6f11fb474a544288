"""The reference data: areas, indicators ready to be pulled, targets with who issued them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.indicators.dimensions import dimensions_of
from gilde.indicators.models import Area, Indicator, Observation, Origin, Target
from gilde.indicators.services.areas import codes_of_areas
from gilde.indicators.services.reference import load_reference, read, target_id
from gilde.organisations.models import Organisation
from gilde.plans.services.reference import DATA as PLANS
from tests.indicators.factories import AreaFactory

pytestmark = pytest.mark.django_db

MEMBER_STATES = [
    "BE", "BG", "CZ", "DK", "DE", "EE", "IE", "EL", "ES", "FR", "HR", "IT", "CY", "LV",
    "LT", "LU", "HU", "MT", "NL", "AT", "PL", "PT", "RO", "SI", "SK", "FI", "SE",
]  # fmt: skip


@pytest.fixture
def _loaded(db: None) -> None:
    load_reference()


def words(entry: Any) -> list[str]:
    return sorted(entry) if isinstance(entry, dict) else []


def test_loading_again_changes_nothing() -> None:
    first = load_reference()
    assert first == [
        "107 areas (107 new, 0 changed)",
        "11 indicators (11 new, 0 changed)",
        "8 targets (8 new, 0 changed)",
    ]
    events = AuditEvent.objects.count()
    assert load_reference() == [
        "107 areas (0 new, 0 changed)",
        "11 indicators (0 new, 0 changed)",
        "8 targets (0 new, 0 changed)",
    ]
    assert AuditEvent.objects.count() == events


@pytest.mark.usefixtures("_loaded")
def test_looking_whether_anything_is_new_takes_few_questions() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        load_reference()
    assert len(asked) <= 9


@pytest.mark.usefixtures("_loaded")
def test_the_union_has_its_27_member_states_in_order() -> None:
    states = Area.objects.filter(parent="EU27_2020")
    assert [area.code for area in states] == MEMBER_STATES
    assert all(set(area.name.words) == {"en", "nl", "fr", "de"} for area in Area.objects.all())


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    ("other", "code"),
    [("GR", "EL"), ("GRC", "EL"), ("GB", "UK"), ("BEL", "BE"), ("EU27", "EU27_2020"), ("BE2", "BE2")],
)
def test_an_area_is_found_by_its_codes_in_other_lists(other: str, code: str) -> None:
    assert codes_of_areas()[other] == code


@pytest.mark.usefixtures("_loaded")
def test_no_code_of_an_area_is_the_alias_of_another() -> None:
    areas = {area.code: area.aliases for area in Area.objects.all()}
    aliases = [alias for others in areas.values() for alias in others]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(areas)


@pytest.mark.usefixtures("_loaded")
def test_belgium_has_its_regions_of_every_level_each_in_the_one_above() -> None:
    regions = Area.objects.filter(kind=Area.Kind.REGION)
    assert [regions.filter(level=level).count() for level in (1, 2, 3)] == [3, 11, 44]
    for region in regions:
        assert region.parent_id == region.code[:-1]
        assert region.level == len(region.code) - 2


@pytest.mark.usefixtures("_loaded")
def test_flanders_in_statistics_and_the_flemish_community_are_two_areas() -> None:
    region, community = Area.objects.get(code="BE2"), Area.objects.get(code="BE_FL")
    assert region.name.words["nl"] == "Vlaams Gewest"
    assert community.kind == Area.Kind.COMMUNITY
    assert "BE2" in community.note.words["en"]
    assert "Brussels" in community.note.words["en"]


@pytest.mark.usefixtures("_loaded")
def test_a_correction_of_the_data_file_reaches_an_area() -> None:
    Area.objects.filter(code="BE").update(name=Text.of("Belgum"), aliases=[])
    assert load_reference()[0] == "107 areas (0 new, 1 changed)"
    assert Area.objects.get(code="BE").name.words["en"] == "Belgium"


def test_an_area_that_somebody_else_brought_keeps_its_place() -> None:
    AreaFactory(code="NL32", kind=Area.Kind.REGION, level=2)
    load_reference()
    assert Area.objects.filter(code="NL32").exists()


@pytest.mark.usefixtures("_loaded")
def test_the_datasets_of_the_list_are_ready_to_be_pulled() -> None:
    told = {
        origin.dataflow: origin.selection
        for origin in Origin.objects.filter(provider=Origin.Provider.EUROSTAT)
    }
    assert sorted(told) == [
        "edat_lfse_14",
        "edat_lfse_16",
        "edat_lfse_20",
        "edat_lfse_22",
        "edat_lfse_24",
        "tps00215",
        "trng_lfs_17",
        "trng_lfse_04",
    ]
    assert told["edat_lfse_24"] == {
        "freq": "A", "isced11": "ED35_45", "age": "Y20-34", "duration": "Y1-3", "unit": "PC",
    }  # fmt: skip
    assert "BE2" in Origin.objects.get(dataflow="trng_lfse_04").areas


@pytest.mark.usefixtures("_loaded")
def test_what_is_asked_for_whole_is_not_fixed_and_every_area_is_known() -> None:
    areas = set(Area.objects.values_list("code", flat=True))
    for origin in Origin.objects.select_related("indicator"):
        assert not {each.code for each in dimensions_of(origin.indicator)} & set(origin.selection)
        assert set(origin.areas) <= areas


@pytest.mark.usefixtures("_loaded")
def test_no_indicator_comes_with_an_invented_figure() -> None:
    assert Observation.objects.count() == 0
    assert set(Indicator.objects.values_list("state", "synthetic", "kind")) == {
        ("published", False, "official")
    }


@pytest.mark.usefixtures("_loaded")
def test_every_indicator_says_in_english_and_dutch_what_it_counts_and_from_where() -> None:
    for indicator in Indicator.objects.all():
        for text in (indicator.name, indicator.definition, indicator.scope, indicator.note, indicator.source):
            assert set(text.words) in ({"en", "nl"}, set()), indicator.code
        assert indicator.name
        assert indicator.scope
        assert (indicator.minimum, indicator.maximum) == (0, 100)


@pytest.mark.usefixtures("_loaded")
def test_what_could_not_be_verified_is_said_on_the_page() -> None:
    note = Indicator.objects.get(code="adults-learning-12-months").note
    assert "To be checked at the first pull" in note.words["en"]
    assert "eerste ophaling" in note.words["nl"]


@pytest.mark.usefixtures("_loaded")
def test_both_definitions_of_early_leaving_are_there_and_labelled() -> None:
    survey = Indicator.objects.get(code="early-leavers-survey")
    registers = Indicator.objects.get(code="early-leavers-administrative")
    assert "Labour Force Survey" in survey.scope.words["en"]
    assert "Administrative" in registers.scope.words["en"]
    assert {survey.direction, registers.direction} == {"lower"}


@pytest.mark.usefixtures("_loaded")
@pytest.mark.parametrize(
    ("indicator", "value", "year", "issued", "instrument"),
    [
        ("adults-learning-12-months", 50, 2025, 2020, "European Skills Agenda"),
        ("adults-learning-12-months", 30, 2025, 2020, "European Skills Agenda"),
        ("adults-learning-4-weeks", 20, 2025, 2020, "European Skills Agenda"),
        ("vet-graduates-employed", 82, 2025, 2020, "Council Recommendation on VET"),
        ("vet-graduates-work-based-learning", 60, 2025, 2020, "Council Recommendation on VET"),
        ("vet-mobility", 8, 2025, 2020, "Council Recommendation on VET"),
        ("adults-learning-12-months", 60, 2030, 2021, "European Pillar of Social Rights Action Plan"),
        ("vet-mobility", 12, 2030, 2024, "Council Recommendation “Europe on the Move”"),
    ],
)
def test_a_target_names_the_instrument_that_issued_it_and_when(
    indicator: str, value: float, year: int, issued: int, instrument: str
) -> None:
    target = Target.objects.get(indicator__code=indicator, value=value, year=year)
    assert target.instrument.words["en"] == instrument
    assert target.issued_year == issued
    assert (target.area_id, target.comparison) == ("EU27_2020", "at-least")
    assert re.search(r"\d{4}", target.source)


@pytest.mark.usefixtures("_loaded")
def test_a_target_for_some_adults_says_that_the_indicator_counts_all() -> None:
    others = Target.objects.filter(value__in=[30, 20])
    assert all("all adults" in target.scope_note.words["en"] for target in others)
    assert Target.objects.exclude(scope_note=Text()).count() == 2


@pytest.mark.usefixtures("_loaded")
def test_the_code_of_an_instrument_that_plans_keep_is_the_same_here() -> None:
    kept = {path.stem for path in (PLANS / "instruments").glob("*.yaml")}
    assert "recommendation-2020" in kept
    of_the_recommendation = Target.objects.filter(instrument_code="recommendation-2020")
    assert [target.value for target in of_the_recommendation.order_by("value")] == [8, 60, 82]


def test_a_target_has_the_same_identifier_in_every_gilde() -> None:
    assert str(target_id("recommendation-employed-2025")) == "721cd75f-f720-56f8-9646-0b2bd6f6c56a"


@pytest.mark.usefixtures("_loaded")
def test_what_a_keeper_has_changed_stays() -> None:
    Indicator.objects.filter(code="neets").update(name=Text.of("Ours"), version=2)
    Origin.objects.filter(indicator__code="neets").update(selection={"age": "Y15-24"})
    Target.objects.filter(pk=target_id("recommendation-employed-2025")).update(value=83, version=2)
    load_reference()
    assert Indicator.objects.get(code="neets").name.words == {"en": "Ours"}
    assert Origin.objects.get(indicator__code="neets").selection == {"age": "Y15-24"}
    assert Target.objects.get(pk=target_id("recommendation-employed-2025")).value == 83


def test_a_responsible_body_is_named_as_soon_as_it_is_known() -> None:
    load_reference()
    assert Indicator.objects.get(code="vet-learners-combined-programmes").body is None
    body = Organisation.objects.create(slug="cedefop", name=Text.of("Cedefop"), kind="eu-body")
    load_reference()
    assert Indicator.objects.get(code="vet-learners-combined-programmes").body == body


def test_every_text_of_the_data_files_is_in_english_and_dutch() -> None:
    for entry in read("targets.yaml")["targets"]:
        assert words(entry["instrument"]) == ["en", "nl"]
        assert words(entry.get("scope_note") or {"en": 1, "nl": 1}) == ["en", "nl"]
