"""The data of the demo world, checked as plain YAML: complete, consistent and labelled."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.demo.yaml_data import (
    DATA,
    GILDE,
    INSTRUMENTS,
    MEASURE_PLANS,
    PLANS,
    PRECISIONS,
    PROGRESS,
    SECTIONS,
    TEXT_KEYS,
    actions,
    files,
    load,
    organisations,
    people,
    plan,
    target_groups,
    ticks,
    walk,
)

# --- counts


def test_the_flemish_plan_has_seven_blocks_and_fourteen_measures_in_order() -> None:
    flanders = plan("flanders")
    assert [block["number"] for block in flanders["blocks"]] == list("1234567")
    assert [measure["number"] for measure in flanders["measures"]] == [f"3.{n}" for n in range(1, 15)]
    per_block = Counter(measure["block"] for measure in flanders["measures"])
    assert [per_block[f"block-{n}"] for n in range(1, 8)] == [2, 3, 2, 3, 1, 2, 1]


def test_the_flemish_plan_has_490_boxes_of_which_215_are_unknown() -> None:
    states = Counter(state for measure in plan("flanders")["measures"] for state in ticks(measure))
    assert states == {True: 172, False: 103, None: 215}


@pytest.mark.parametrize("name", MEASURE_PLANS)
def test_every_measure_has_the_35_boxes_of_the_template(name: str) -> None:
    for measure in plan(name)["measures"]:
        assert list(measure["recommendation"]) == list("ABCDEF"), measure["number"]
        assert list(measure["osnabruck"]) == list("1234"), measure["number"]
        assert list(measure["subsystem"]) == ["ivet", "cvet"], measure["number"]
        assert list(measure["scope"]) == ["national", "regional", "local"], measure["number"]
        assert list(measure["target_groups"]) == target_groups(), measure["number"]
        assert set(ticks(measure)) <= {True, False, None}


def test_the_target_groups_are_those_of_the_plan_reader_in_the_same_order() -> None:
    template = load(GILDE / "plans" / "reader" / "templates" / "implementation-plan.yaml")
    groups = next(value for _, value in walk(template) if value.get("key") == "targets")
    assert target_groups() == [item["key"] for item in groups["items"]]


def test_the_invented_plan_leaves_no_box_unknown() -> None:
    invented = plan("invented")
    assert 5 <= len(invented["measures"]) <= 6
    assert all(state is not None for measure in invented["measures"] for state in ticks(measure))


def test_the_action_plan_has_43_actions_on_16_of_17_articles_and_none_on_article_16() -> None:
    provisions = plan("vet4eu2")["provisions"]
    assert [provision["number"] for provision in provisions] == [str(n) for n in range(1, 18)]
    per_article = {provision["number"]: len(provision["actions"]) for provision in provisions}
    assert [number for number, count in per_article.items() if count == 0] == ["16"]
    assert sum(per_article.values()) == 43


@pytest.mark.parametrize(
    ("code", "adopted", "numbers"),
    [
        ("recommendation-2020", dt.date(2020, 11, 24), list("ABCDEF")),
        ("osnabruck-2020", dt.date(2020, 11, 30), list("1234")),
        ("herning-2025", dt.date(2025, 9, 12), [str(n) for n in range(1, 18)]),
    ],
)
def test_an_instrument_has_its_date_and_its_provisions(
    code: str, adopted: dt.date, numbers: list[str]
) -> None:
    instrument = load(INSTRUMENTS / f"{code}.yaml")
    assert instrument["code"] == code
    assert instrument["kind"] == code.split("-")[0].replace("osnabruck", "declaration").replace(
        "herning", "declaration"
    )
    assert instrument["adopted"] == adopted
    assert [provision["number"] for provision in instrument["provisions"]] == numbers


def test_articles_1_to_13_of_herning_are_national_and_14_to_17_european() -> None:
    parts = [provision["part"]["en"] for provision in load(INSTRUMENTS / "herning-2025.yaml")["provisions"]]
    assert parts == ["National level"] * 13 + ["European level"] * 4


# --- languages, keys, references


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_every_text_is_there_in_english_and_dutch(path: Path) -> None:
    plain = {("organisations.yaml", "name"), ("people.yaml", "name")}
    for place, mapping in walk(load(path)):
        if set(mapping) & {"en", "nl"}:
            assert set(mapping) == {"en", "nl"}, place
            assert all(isinstance(text, str) and text.strip() for text in mapping.values()), place
        for key in TEXT_KEYS & set(mapping):
            value = mapping[key]
            if isinstance(value, str) and (
                (path.name, key) in plain or place.startswith(("/money", "/source"))
            ):
                continue
            assert value is None or isinstance(value, dict), f"{place}/{key} is not in two languages"


def test_keys_are_unique() -> None:
    for listed in (load(DATA / "organisations.yaml")["organisations"], load(DATA / "people.yaml")["people"]):
        keys = [one["key"] for one in listed]
        assert len(keys) == len(set(keys))
    for name in PLANS:
        data = plan(name)
        for keys in (
            [one["key"] for one in actions(data)],
            [one["key"] for measure in data.get("measures", []) for one in measure["milestones"]],
            [one["key"] for measure in data.get("measures", []) for one in measure["funding"]],
        ):
            assert len(keys) == len(set(keys)), [key for key, count in Counter(keys).items() if count > 1]


@pytest.mark.parametrize("name", PLANS)
def test_every_organisation_that_a_plan_refers_to_exists(name: str) -> None:
    known, data = organisations(), plan(name)
    referred = set(data["owners"]) | set(data["consulted"])
    for measure in data.get("measures", []):
        referred |= {body["organisation"] for body in measure["bodies"]}
        referred |= {line["funder"] for line in measure["funding"] if line.get("funder")}
    assert referred - set(known) == set()
    assert all(known[owner]["synthetic"] == data["synthetic"] for owner in data["owners"])


@pytest.mark.parametrize("name", MEASURE_PLANS)
def test_blocks_actions_roles_and_places_of_a_measure_are_known(name: str) -> None:
    data = plan(name)
    blocks = {block["key"] for block in data["blocks"]}
    for measure in data["measures"]:
        own = {action["key"] for action in measure["actions"]}
        assert measure["block"] in blocks
        assert all(milestone.get("action") in own | {None} for milestone in measure["milestones"])
        assert {body["role"] for body in measure["bodies"]} <= {
            "responsible",
            "partner",
            "consulted",
            "funder",
        }
        assert any(body["role"] == "responsible" for body in measure["bodies"]), measure["number"]
        for part in ("actions", "milestones", "bodies", "funding"):
            for one in measure[part]:
                number, section = one["place"].split("/")
                assert number == measure["number"], one
                assert section in SECTIONS, one


def test_a_plan_answers_to_instruments_that_exist() -> None:
    codes = {path.stem for path in INSTRUMENTS.glob("*.yaml")}
    assert all(set(plan(name)["instruments"]) <= codes for name in PLANS)


# --- dates and money


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_dates_are_dates_in_order_and_vague_ones_say_so(path: Path) -> None:
    for place, one in walk(load(path)):
        for key in {"start", "end", "due", "adopted", "date", "started_on", "finished_on", "met_on"} & set(
            one
        ):
            assert one[key] is None or type(one[key]) is dt.date, f"{place}/{key}"
        dated = any(one.get(key) for key in ("start", "end", "due"))
        if dated:
            assert one.get("precision") in PRECISIONS, place
            assert one["date_note"], place
        else:
            assert "precision" not in one, place
        if one.get("start") and one.get("end"):
            assert one["start"] <= one["end"], place
        if one.get("started_on") and one.get("finished_on"):
            assert one["started_on"] <= one["finished_on"], place


@pytest.mark.parametrize("name", PLANS)
def test_vague_dates_stand_at_the_edge_of_what_they_mean(name: str) -> None:
    """A start is the first day of its month, quarter, year or school year; an end or due date is the last."""
    for place, one in walk(plan(name)):
        precision = one.get("precision")
        start, last = one.get("start"), one.get("end") or one.get("due")
        if precision in ("day", "approximate", None):
            continue
        if start:
            assert start.day == 1, place
            assert start.month in {"year": [1], "school-year": [9], "quarter": [1, 4, 7, 10]}.get(
                precision, range(1, 13)
            ), place
        if last:
            assert (last + dt.timedelta(days=1)).day == 1, place
            assert last.month in {
                "year": [12],
                "school-year": [8],
                "quarter": [3, 6, 9, 12],
                "half-year": [6, 12],
            }.get(precision, range(1, 13)), place


@pytest.mark.parametrize("name", MEASURE_PLANS)
def test_amounts_are_positive_and_lines_without_amount_say_where_the_money_comes_from(name: str) -> None:
    for measure in plan(name)["measures"]:
        for line in measure["funding"]:
            if line["amount"] is None:
                assert line["note"]["en"], line["key"]
                assert not {"currency", "period", "approximate", "maximum", "year"} & set(line), line["key"]
            else:
                assert line["amount"] > 0
                assert line["currency"] == "EUR"
                assert line["period"] in ("year", "total", None)


def test_what_changed_later_has_a_date_and_a_source() -> None:
    notes = [
        note
        for part in plan("flanders")["measures"] + plan("flanders")["targets"]
        for note in part.get("later") or []
    ]
    assert len(notes) >= 6
    assert all(type(note["date"]) is dt.date and note["source"] for note in notes)
    assert dt.date(2023, 7, 1) in {note["date"] for note in notes}, "the end of the start bonus"


def test_a_target_says_who_set_it_and_for_when() -> None:
    targets = plan("flanders")["targets"]
    assert {(target["value"], target["unit"], target["year"]) for target in targets} == {
        (value, "%", 2025) for value in (50, 30, 20, 82, 60, 8)
    }
    assert all(re.search(r"\b20\d\d\b", target["issued_by"]["en"]) for target in targets)


# --- what is invented says so


_INVENTED_PROVIDERS = {
    "technisch-instituut-mijnveld",
    "zorgcampus-leiehof",
    "centrum-de-nieuwe-brug",
    "evc-centrum-kanaalzone",
}


def test_real_plans_and_bodies_are_told_from_invented_ones() -> None:
    assert [plan(name)["synthetic"] for name in ("flanders", "vet4eu2", "invented")] == [False, False, True]
    for one in organisations().values():
        here = one["key"].startswith("sector-fund-") or one["key"] in _INVENTED_PROVIDERS
        assert one["synthetic"] == (one["country"] == "XN" or here), one["key"]
    assert "invented" in plan("invented")["title"]["en"]
    assert "verzonnen" in plan("invented")["title"]["nl"]


def test_every_person_is_invented_and_cannot_receive_mail() -> None:
    known = organisations()
    for person in people().values():
        assert person["synthetic"] is True
        assert person["email"].endswith("@demo.gilde.example")
        assert person["organisation"] in set(known) | {None}
        assert set(person["roles"]) <= {"officer", "approver", "reader", "administrator"}


def test_the_demo_has_two_officers_of_one_ministry_and_the_near_miss() -> None:
    officers = [person["organisation"] for person in people().values() if "officer" in person["roles"]]
    assert Counter(officers)["flemish-ministry-education"] == 2
    assert set(officers) - {"flemish-ministry-education"} >= {"norland-ministry-learning", "vet4eu2"}


@pytest.mark.parametrize("name", PROGRESS)
def test_progress_is_labelled_invented_and_refers_to_the_plan(name: str) -> None:
    data, progress = plan(name), plan(PROGRESS[name])
    assert progress["synthetic"] is True
    assert "invented" in progress["notice"]["en"]
    assert progress["plan"] == data["key"]
    milestones = {
        one["key"]: measure["number"] for measure in data["measures"] for one in measure["milestones"]
    }
    numbers = {one["key"]: measure["number"] for measure in data["measures"] for one in measure["actions"]}
    lines = {one["key"] for measure in data["measures"] for one in measure["funding"]}
    assert {one["action"] for one in progress["actions"]} <= set(numbers)
    assert {one["milestone"] for one in progress["milestones"]} <= set(milestones)
    assert {one["line"] for one in progress["money"]} <= lines
    for one in [*progress["evidence"], *progress["updates"]]:
        subject = numbers.get(one.get("action")) or milestones.get(one.get("milestone"))
        assert subject == one["measure"], one["key"]
    assert all(one["amount"] > 0 and one["kind"] in ("committed", "spent") for one in progress["money"])


@pytest.mark.parametrize("name", PROGRESS)
def test_progress_follows_the_life_cycles(name: str) -> None:
    progress, known = plan(PROGRESS[name]), people()
    for one in progress["actions"]:
        assert (one["state"] == "done") == ("finished_on" in one), one
        assert (one["state"] == "dropped") == ("dropped_because" in one), one
        assert one["reported_on"] <= progress["as_of"], one
    for one in progress["milestones"]:
        assert (one["state"] == "met") == ("met_on" in one), one
    for one in [*progress["evidence"], *progress["updates"]]:
        decided = one["state"] in ("approved", "returned")
        assert decided == ("decided_by" in one) == ("decided_on" in one), one["key"]
        assert (one["state"] != "draft") == ("submitted_on" in one), one["key"]
        assert one["author"] in known
        if decided:
            assert one["decided_by"] != one["author"], one["key"]
            assert "approver" in known[one["decided_by"]]["roles"], one["key"]
            assert known[one["decided_by"]]["organisation"] == known[one["author"]]["organisation"], one[
                "key"
            ]
            assert one["submitted_on"] <= one["decided_on"] <= progress["as_of"], one["key"]


def test_the_flemish_progress_shows_every_state() -> None:
    progress, data = plan("flanders-progress"), plan("flanders")
    by_key = {one["key"]: one for one in actions(data)}
    assert {one["state"] for one in progress["actions"]} == {"planned", "under-way", "done", "dropped"}
    assert {one["state"] for one in progress["milestones"]} == {"met", "missed", "open"}
    states = {"draft", "submitted", "approved", "returned"}
    assert (
        {one["state"] for one in progress["evidence"]}
        == states
        == {one["state"] for one in progress["updates"]}
    )
    assert {one["kind"] for one in progress["evidence"]} == {"file", "link", "figure"}
    open_actions = [one for one in progress["actions"] if one["state"] in ("planned", "under-way")]
    assert any(by_key[one["action"]].get("end", dt.date.max) < progress["as_of"] for one in open_actions), (
        "late"
    )
    assert any((progress["as_of"] - one["reported_on"]).days > 365 for one in open_actions), "stale"
    assert len(progress["actions"]) < len(by_key), "some actions have never been reported on"


# --- the documents for the desk


@pytest.mark.parametrize("edition", ["norland-plan-2027", "norland-plan-2027-second-edition"])
def test_a_document_for_the_desk_says_it_is_invented_and_has_four_whole_measures(edition: str) -> None:
    words = (GILDE / "demo" / "documents" / f"{edition}.md").read_text(encoding="utf-8")
    assert "This document is invented" in words
    assert re.findall(r"^## (3\.\d)", words, re.MULTILINE) == ["3.1", "3.2", "3.3", "3.4"]
    assert len(re.findall(r"^\*\*.+\*\*$", words, re.MULTILINE)) == 4 * 9
    assert words.count("- [x] ") >= 40
    assert words.count("- [ ] ") >= 20
    boxes = words.count("- [x] ") + words.count("- [ ] ")
    assert boxes < 4 * 35, "some boxes have lost their state"
