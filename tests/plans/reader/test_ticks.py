"""A box is ticked, not ticked or unknown; nothing is guessed."""

from __future__ import annotations

import pytest

from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.result import Measure

HEAD = """3.1 Digital skills

Rationale/background, challenges addressed

Too few people.

Specific objectives of the measure/package

- More people

Description of main actions and activities comprising the measure/package

- The ministry will open ten centres by 2026.

EU policy priorities addressed

{priorities}

VET subsystem (IVET, CVET, or both)

{subsystem}

Scope (national, regional, local)

{scope}

Beneficiaries/target groups

{targets}

Responsible ministries/bodies

- Ministry of Education

Source of funding (National, EU funds, sectoral)

State budget
"""


def read(priorities: str = "–", subsystem: str = "–", scope: str = "–", targets: str = "–") -> Measure:
    text = HEAD.format(priorities=priorities, subsystem=subsystem, scope=scope, targets=targets)
    (measure,) = read_bytes(text.encode()).measures
    assert measure.missing == ()
    return measure


def states(measure: Measure, group: str) -> str:
    return "".join({True: "x", False: "o", None: "?"}[tick.ticked] for tick in measure.ticks[group])


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("☐ national ☒ regional ☐ local", "oxo"),
        ("☐ national\n☑ regional\n☐ local", "oxo"),
        ("[ ] national [x] regional [X] local", "oxx"),
        ("- [ ] national\n- [x] regional\n- local", "ox?"),
        ("✓ national\n- regional\n☐ local", "x?o"),
        ("\\[ \\] national \\[x\\] regional \\[ \\] local", "oxo"),
        ('<input type="checkbox"/> national <input checked="" type="checkbox"/> regional', "ox?"),
        ("<input type=checkbox checked=checked>national<br><input type=checkbox>regional", "xo?"),
        ("- national\n- regional\n- local", "???"),
        ("national, regional, local", "???"),
        ("regional", "???"),
        ("☐ National ☒ REGIONAL ☐ Local", "oxo"),
        ("☒ nationaal ☐ regionaal ☐ lokaal", "xoo"),
        ("☐ nationale ☒ régionale ☐ locale", "oxo"),
        ("☐ national\t☒ regional\t☐ local", "oxo"),
        ("| ☐ national | ☒ regional | ☐ local |\n|---|---|---|", "oxo"),
        ("| ☐ | national |\n|---|---|\n| ☒ | regional |\n| ☐ | local |", "oxo"),
        ("■ national ■ regional ■ local", "???"),
        ("✗ national", "???"),
        ("**☒ national** ☐ regional ☐ local", "xoo"),
        ("☒ national/☐ regional/☐ local", "xoo"),
        ("The measure is national in its approach.", "???"),
    ],
)
def test_scope_as_people_write_it(written: str, wanted: str) -> None:
    assert states(read(scope=written), "scope") == wanted


def test_boxes_of_two_columns_in_one_line_separated_by_a_tab() -> None:
    left = " ".join(f"☒ {key}. {words}" for key, words in RECOMMENDATION.items())
    right = "☐ 1. Resilience and excellence through quality, inclusive and flexible VET."
    measure = read(priorities=f"Council Recommendation on VET\tOsnabrück Declaration\n{left}\t{right}")
    assert states(measure, "recommendation") == "xxxxxx"
    assert states(measure, "osnabruck") == "o???"


RECOMMENDATION = {
    "A": "VET is agile in adapting to labour market challenges.",
    "B": "Flexibility and progression opportunities are at the core of VET.",
    "C": "VET is a driver for innovation and growth and prepares for digital and green transitions and "
    "occupations in high demand.",
    "D": "VET is an attractive choice based on modern and digitalised provision of training/skills.",
    "E": "VET promotes equality of opportunities.",
    "F": "VET is underpinned by a culture of quality assurance.",
}


def test_a_label_broken_over_lines_is_one_label() -> None:
    lines = "☒ C. VET is a driver for innovation and growth and prepares for digital and green\n"
    lines += (
        "transitions and occupations in high demand.\n☐ D. VET is an attractive choice based on modern and\n"
    )
    lines += "digitalised provision of training/skills."
    assert states(read(priorities=lines), "recommendation") == "??xo??"


def test_letters_alone_tell_the_boxes_when_all_are_there() -> None:
    written = "☒ A. Ágil\n☐ B. Flexible\n☒ C. Innovadora\n☐ D. Atractiva\n☐ E. Igualdad\n☒ F. Calidad"
    assert states(read(priorities=written), "recommendation") == "xoxoox"


def test_a_label_in_slightly_other_words() -> None:
    written = "☒ Learners at risk of early leaving and early leavers\n☐ Unemployed people and jobseekers"
    measure = read(targets=written)
    ticks = {tick.key: tick.ticked for tick in measure.ticks["targets"]}
    assert (ticks["early-leavers"], ticks["unemployed"], ticks["teachers"]) == (True, False, None)


def test_labels_that_begin_alike_are_told_apart() -> None:
    written = (
        "☐ Young people (15-29 years old)\n☒ Young people not in employment, education or training (NEETs)"
    )
    ticks = {tick.key: tick.ticked for tick in read(targets=written).ticks["targets"]}
    assert (ticks["young-people"], ticks["neets"]) == (False, True)


def test_a_label_that_comes_twice_with_boxes_that_contradict_each_other_is_unknown() -> None:
    ticks = {
        tick.key: tick.ticked for tick in read(targets="☒ Trainers\n☐ Teachers\n☐ Trainers").ticks["targets"]
    }
    assert (ticks["trainers"], ticks["teachers"]) == (None, False)


def test_a_label_that_comes_again_without_box_keeps_its_state() -> None:
    ticks = {
        tick.key: tick.ticked for tick in read(targets="☒ Trainers\n☐ Teachers\nTrainers").ticks["targets"]
    }
    assert ticks["trainers"] is True


def test_all_twenty_target_groups_come_in_the_order_of_the_template() -> None:
    targets = read(targets="☒ Companies").ticks["targets"]
    assert len(targets) == 20
    assert [tick.key for tick in targets][:2] == ["upper-secondary", "young-people"]
    assert [tick.key for tick in targets if tick.ticked] == ["companies"]


def test_a_label_that_is_not_there_has_no_citation_and_one_that_is_has_box_and_label() -> None:
    targets = {tick.key: tick for tick in read(targets="☒ Companies").ticks["targets"]}
    assert targets["teachers"].citation is None
    companies = targets["companies"].citation
    assert companies is not None
    assert companies.quote == "☒ Companies"


def test_a_box_belongs_to_one_label_only() -> None:
    assert states(read(subsystem="- initial VET (IVET)\n\n☒ continuing VET (CVET)"), "subsystem") == "?x"
    assert states(read(subsystem="☒ initial VET (IVET)\n- continuing VET (CVET)"), "subsystem") == "x?"
