"""The restated plans say what the documents say: ticks, amounts, dates, bodies, actions, and nothing copied.

The documents are read here by small means of their own, apart from the plan reader.
"""

from __future__ import annotations

import datetime as dt
import functools
import re

from tests.demo.yaml_data import DATA, INSTRUMENTS, TICK_GROUPS, load, organisations, plan, walk
from tests.seeds import seed


@functools.cache
def seed_measures() -> dict[str, str]:
    """Return the text of each of the fourteen measures of the Flemish plan, by number."""
    words = seed("004").read_text(encoding="utf-8")
    words = words[words.rindex("\n3.1 STEM\n") : words.index("\n4. Governance of the implementation")]
    heads = list(re.finditer(r"^(?:<h2>)?(3\.\d+) .*$", words, re.MULTILINE))
    ends = [head.start() for head in heads[1:]] + [len(words)]
    return {head[1]: words[head.end() : end] for head, end in zip(heads, ends, strict=True)}


def between(words: str, first: str, last: str) -> str:
    begin = words.rindex(first) + len(first)
    return words[begin : words.index(last, begin)]


def box(words: str, label: str) -> bool | None:
    """Return the state of the box right before a label: that of an HTML input, unknown where none is left."""
    found: list[bool | None] = []
    for match in re.finditer(re.escape(label), words):
        before = words[: match.start()]
        tag = re.search(r"(<input[^>]*>)\s*$", before)
        if tag:
            found.append("checked" in tag[1])
        elif re.search(r"(?:^|[\n>])[ \-•]*$", before):
            found.append(None)
    assert len(found) == 1, label
    return found[0]


def seed_boxes(words: str) -> dict[str, list[bool | None]]:
    priorities = between(words, "EU policy priorities addressed", "VET subsystem")
    scope = between(words, "Scope (national, regional, local)", "Beneficiaries/target")
    groups = between(words, "Beneficiaries/target groups", "Responsible ministries")
    labels = [
        "Learners in upper secondary",
        "Young people (15",
        "Young people not",
        "Learners with migrant",
        "Learners at risk of early",
        "Learners with disab",
        "Adult learners",
        "Unemployed and",
        "Persons in employment",
        "Low-skilled",
        "Learners from other",
        "Teachers",
        "Trainers",
        "School leaders",
        "Adult educators",
        "Guidance",
        "Companies",
        "Small and medium",
        "VET providers",
        "Social partners (",
    ]
    return {
        "recommendation": [
            box(priorities, f"{letter}. VET" if letter != "B" else "B. Flex") for letter in "ABCDEF"
        ],
        "osnabruck": [box(priorities, label) for label in ("1. Res", "2. Est", "3. Sus", "4. Eur")],
        "subsystem": [
            box(between(words, "(IVET, CVET, or both)", "Scope ("), label)
            for label in ("initial", "continuing")
        ],
        "scope": [box(scope, label) for label in ("national", "regional", "local")],
        "target_groups": [box(groups, label) for label in labels],
    }


def test_the_ticks_are_those_of_the_seed() -> None:
    measures = seed_measures()
    assert len(measures) == 14
    for measure in plan("flanders")["measures"]:
        boxes = seed_boxes(measures[measure["number"]])
        for group in TICK_GROUPS:
            assert list(measure[group].values()) == boxes[group], f"{measure['number']} {group}"


MONEY = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?)\s?(?P<unit>k|million|mio)?\s?(?:euros?|€)", re.IGNORECASE
)
UNITS = {"": 1, "k": 1_000, "million": 1_000_000, "mio": 1_000_000}


def test_the_amounts_are_those_of_the_seed() -> None:
    for measure in plan("flanders")["measures"]:
        words = seed_measures()[measure["number"]]
        words = words[words.rindex("Source of funding") :]
        said = [
            round(
                float(found["number"].replace(".", "").replace(",", "."))
                * UNITS[(found["unit"] or "").lower()]
            )
            for found in MONEY.finditer(words)
        ]
        ours = [line["amount"] for line in measure["funding"] if line["amount"] is not None]
        assert sorted(ours) == sorted(said), measure["number"]
        assert any(line.get("period") == "year" for line in measure["funding"]) == bool(
            re.search(r"each year|annual", words)
        ), measure["number"]
        assert any(line.get("approximate") for line in measure["funding"]) == ("approximately" in words)
        assert any(line.get("maximum") for line in measure["funding"]) == ("max." in words)


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def seed_days(words: str) -> set[dt.date]:
    """Return every first and last day that the dates in a text can mean, however they are written."""
    days: set[dt.date] = set()

    def add(first: dt.date, last: dt.date) -> None:
        days.update((first, last))

    def month(year: int, number: int) -> None:
        after = dt.date(year + number // 12, number % 12 + 1, 1)
        add(dt.date(year, number, 1), after - dt.timedelta(days=1))

    for day, number, year in re.findall(r"\b(\d{1,2})/(\d{1,2})/(\d{4})", words):
        date = dt.date(int(year), int(number), int(day))
        add(date, date)
    names = "|".join(MONTHS)
    for day, name, year in re.findall(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({names}),? (\d{{4}})", words):
        date = dt.date(int(year), MONTHS.index(name) + 1, int(day))
        add(date, date)
    for name, day, year in re.findall(rf"({names}) (\d{{1,2}}), (\d{{4}})", words):
        date = dt.date(int(year), MONTHS.index(name) + 1, int(day))
        add(date, date)
    for name, year in re.findall(rf"({names}) (\d{{4}})", words):
        month(int(year), MONTHS.index(name) + 1)
    for first, last in re.findall(r"\b(20\d\d)\s?[-–]\s?(\d{2,4})\b", words):
        if int(last) % 100 == int(first) % 100 + 1:
            add(dt.date(int(first), 9, 1), dt.date(int(first) + 1, 8, 31))
    for year in re.findall(r"mid (20\d\d)", words):
        add(dt.date(int(year), 6, 30), dt.date(int(year), 6, 30))
    for year in re.findall(r"\b(20\d\d)\b", words):
        add(dt.date(int(year), 1, 1), dt.date(int(year), 12, 31))
    return days


def test_the_dates_are_those_of_the_seed() -> None:
    for measure in plan("flanders")["measures"]:
        days = seed_days(seed_measures()[measure["number"]])
        for one in [*measure["actions"], *measure["milestones"]]:
            for key in ("start", "end", "due"):
                assert one.get(key) in days | {None}, f"{one['key']} {key}"


def test_every_exact_day_that_the_seed_gives_for_an_action_is_kept() -> None:
    exact = re.compile(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(MONTHS)}),? (\d{{4}})"
        r"|\b(\d{1,2})/(\d)/(\d{4})"
    )
    for measure in plan("flanders")["measures"]:
        said = set()
        for day, name, year, day2, number, year2 in exact.findall(seed_measures()[measure["number"]]):
            parts = (year, MONTHS.index(name) + 1, day) if name else (year2, number, day2)
            said.add(dt.date(*(int(part) for part in parts)))
        kept = {
            one.get(key)
            for one in [*measure["actions"], *measure["milestones"]]
            for key in ("start", "end", "due")
        }
        assert said <= kept, measure["number"]


def test_the_responsible_bodies_are_those_of_the_seed() -> None:
    """Taking the names of our bodies out of the section leaves nothing, and each name was there."""
    known = organisations()
    for measure in plan("flanders")["measures"]:
        words = seed_measures()[measure["number"]]
        words = between(words, "Responsible ministries/bodies", "Source of funding")
        words = re.sub(r"<[^>]+>|[^\n>]*:(?=\s)", " ", words)
        for body in measure["bodies"]:
            if body["place"].endswith("/bodies"):
                one = known[body["organisation"]]
                names = sorted([one["name"]["en"], *one["aliases"]], key=len, reverse=True)
                pattern = "|".join(re.escape(name) for name in names)
                words, times = re.subn(pattern, " ", words, count=1, flags=re.IGNORECASE)
                assert times == 1, f"{measure['number']}: {one['key']} is not named there"
        assert words.strip(" \n-") == "", measure["number"]


def test_the_actions_per_article_are_those_of_the_seed() -> None:
    words = seed("000").read_text(encoding="utf-8")
    heads = list(re.finditer(r"^ ?(\d{1,2})\. (?=[A-Z])", words, re.MULTILINE))
    ends = [head.start() for head in heads[1:]] + [words.index("The Herning Declaration offers")]
    for provision, head, end in zip(plan("vet4eu2")["provisions"], heads, ends, strict=True):
        part = words[head.end() : end]
        bullets = len(re.findall(r"^\s*[\uf000-\uf0ff•]", part, re.MULTILINE))
        bare = len(re.findall(r"^Campaigning", part, re.MULTILINE))
        assert provision["number"] == head[1]
        assert len(provision["actions"]) == bullets + bare, provision["number"]


def test_no_long_passage_of_a_seed_stands_in_the_data() -> None:
    """Facts are restated: no ten words in a row are those of the documents."""
    seeds = " ".join(seed(prefix).read_text(encoding="utf-8") for prefix in ("000", "004"))
    runs = shingles(seeds)
    for path in [*(DATA / "plans").glob("*.yaml"), INSTRUMENTS / "herning-2025.yaml"]:
        for place, mapping in walk(load(path)):
            copied = sorted(shingles(str(mapping.get("en", ""))) & runs)
            assert not copied, f"{path.name}{place}: {copied[0]}"


def shingles(words: str, length: int = 10) -> set[str]:
    tokens = re.findall(r"\w+", words.lower())
    return {" ".join(tokens[at : at + length]) for at in range(len(tokens) - length + 1)}
