"""Dated statements as people write them in plans."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.plans.reader.dates import DatedStatement, find_dates


def one(text: str) -> DatedStatement:
    found = find_dates(text)
    assert len(found) == 1, [text[d.start : d.end] for d in found]
    return found[0]


def seen(text: str) -> list[tuple[str, str, str]]:
    """kind, interval and precision of each statement; an open side of an interval is empty."""
    return [(d.kind, f"{d.from_date or ''}..{d.to_date or ''}", d.precision) for d in find_dates(text)]


@pytest.mark.parametrize(
    ("text", "kind", "interval", "precision"),
    [
        ("viewing guides, by April 2024.", "end", "2024-04-01..2024-04-30", "month"),
        ("Starting from 1 September 2022 centres", "start", "2022-09-01..2022-09-01", "day"),
        ("in force since 1/9/2019", "start", "2019-09-01..2019-09-01", "day"),
        ("on 1/9/2025 there", "milestone", "2025-09-01..2025-09-01", "day"),
        ("finalised on 1/9/2025.", "end", "2025-09-01..2025-09-01", "day"),
        ("completed in the school year 2025-2026.", "end", "2025-09-01..2026-08-31", "school-year"),
        ("in the school year 2025-26", "milestone", "2025-09-01..2026-08-31", "school-year"),
        ("as of the academic year 2023-2024", "start", "2023-09-01..2024-08-31", "school-year"),
        ("determined toward mid 2022 by", "milestone", "2022-05-01..2022-08-31", "season"),
        ("on the 3rd of October 2022, figures", "milestone", "2022-10-03..2022-10-03", "day"),
        ("adopted on the 25th of May 2022 by", "milestone", "2022-05-25..2022-05-25", "day"),
        ("On April 21, 2022, a decree", "milestone", "2022-04-21..2022-04-21", "day"),
        ("This started on 1 December 2020", "start", "2020-12-01..2020-12-01", "day"),
        ("continue until 31 December 2023.", "end", "2023-12-31..2023-12-31", "day"),
        ("an ESF-call was launched in 2022.", "milestone", "2022-01-01..2022-12-31", "year"),
        ("a reform is planned for 2023.", "milestone", "2023-01-01..2023-12-31", "year"),
        ("2021-2025", "milestone", "2021-01-01..2025-12-31", "period"),
        ("in the period 2010-2020, at", "milestone", "2010-01-01..2020-12-31", "period"),
        ("the first cycle (2019-20), 13 projects", "milestone", "2019-01-01..2020-12-31", "period"),
        ("60 % by 2030.", "end", "2030-01-01..2030-12-31", "year"),
        ("the period up to 2024.", "end", "2024-01-01..2024-12-31", "year"),
        ("in Q3 2025", "milestone", "2025-07-01..2025-09-30", "quarter"),
        ("2025-Q4", "milestone", "2025-10-01..2025-12-31", "quarter"),
        ("the second quarter of 2025", "milestone", "2025-04-01..2025-06-30", "quarter"),
        ("first half of 2026", "milestone", "2026-01-01..2026-06-30", "half-year"),
        ("H2 2026", "milestone", "2026-07-01..2026-12-31", "half-year"),
        ("by the end of 2024", "end", "2024-10-01..2024-12-31", "quarter"),
        ("early 2023", "milestone", "2023-01-01..2023-03-31", "quarter"),
        ("in spring 2024", "milestone", "2024-03-01..2024-05-31", "season"),
        ("in the winter of 2024", "milestone", "2024-12-01..2025-02-28", "season"),
        ("mid-June 2023", "milestone", "2023-06-11..2023-06-20", "month"),
        ("2022-09-01", "milestone", "2022-09-01..2022-09-01", "day"),
        ("12/31/2022", "milestone", "2022-12-31..2022-12-31", "day"),
        ("01/09/25", "milestone", "2025-09-01..2025-09-01", "day"),
        ("before 2024", "end", "..2023-12-31", "year"),
        ("after 3 May 2022", "start", "2022-05-04..", "day"),
        ("from 2024 onwards", "start", "2024-01-01..2024-12-31", "year"),
        ("in 2025 at the latest", "end", "2025-01-01..2025-12-31", "year"),
        ("vanaf 1 september 2022", "start", "2022-09-01..2022-09-01", "day"),
        ("tegen eind 2024", "end", "2024-10-01..2024-12-31", "quarter"),
        ("tot 31 december 2023", "end", "2023-12-31..2023-12-31", "day"),
        ("uiterlijk op 1 mei 2025", "end", "2025-05-01..2025-05-01", "day"),
        ("schooljaar 2025-2026", "milestone", "2025-09-01..2026-08-31", "school-year"),
        ("derde kwartaal van 2025", "milestone", "2025-07-01..2025-09-30", "quarter"),
        ("d'ici fin 2025", "end", "2025-10-01..2025-12-31", "quarter"),
        ("d’ici 2030", "end", "2030-01-01..2030-12-31", "year"),
        ("à partir du 1er septembre 2022", "start", "2022-09-01..2022-09-01", "day"),
        ("année scolaire 2025/26", "milestone", "2025-09-01..2026-08-31", "school-year"),
        ("bis Ende 2025", "end", "2025-10-01..2025-12-31", "quarter"),
        ("ab 1. September 2022", "start", "2022-09-01..2022-09-01", "day"),
        ("seit März 2022", "start", "2022-03-01..2022-03-31", "month"),
        ("im Jahr 2024 wird", "milestone", "2024-01-01..2024-12-31", "year"),
        ("am 3.10.2022", "milestone", "2022-10-03..2022-10-03", "day"),
    ],
)
def test_a_date_means_the_interval_of_its_words(text: str, kind: str, interval: str, precision: str) -> None:
    assert seen(text) == [(kind, interval, precision)]


@pytest.mark.parametrize(
    ("text", "every", "precision"),
    [
        ("Every two year, the large group", "P2Y", "year"),
        ("screened every five school years at the latest", "P5Y", "school-year"),
        ("at least once every six years", "P6Y", "year"),
        ("published annually", "P1Y", "year"),
        ("through annual monitoring reports", "P1Y", "year"),
        ("every 18 months", "P18M", "month"),
        ("every two quarters", "P6M", "quarter"),
        ("twice a year", "P6M", "half-year"),
        ("awarded once per school year", "P1Y", "school-year"),
        ("elke twee jaar", "P2Y", "year"),
        ("jaarlijks", "P1Y", "year"),
        ("tous les deux ans", "P2Y", "year"),
        ("chaque année", "P1Y", "year"),
        ("alle zwei Jahre", "P2Y", "year"),
        ("jährlich", "P1Y", "year"),
        ("vierteljährlich", "P3M", "quarter"),
    ],
)
def test_what_comes_back_has_a_duration_and_no_interval(text: str, every: str, precision: str) -> None:
    found = one(text)
    assert (found.kind, found.every, found.precision) == ("recurrence", every, precision)
    assert (found.from_date, found.to_date) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the school years 2021-2022 and 2022-2023",
            [
                ("milestone", "2021-09-01..2022-08-31", "school-year"),
                ("milestone", "2022-09-01..2023-08-31", "school-year"),
            ],
        ),
        (
            "from 1 September 2022 to 31 August 2023",
            [("start", "2022-09-01..2022-09-01", "day"), ("end", "2023-08-31..2023-08-31", "day")],
        ),
        (
            "van 2021 tot 2025",
            [("start", "2021-01-01..2021-12-31", "year"), ("end", "2025-01-01..2025-12-31", "year")],
        ),
        ("between 2021 and 2025", [("milestone", "2021-01-01..2025-12-31", "period")]),
        ("1 September – 31 December 2023", [("milestone", "2023-09-01..2023-12-31", "period")]),
        ("1-3 October 2022", [("milestone", "2022-10-01..2022-10-03", "period")]),
        ("January-March 2024", [("milestone", "2024-01-01..2024-03-31", "period")]),
        ("December-January 2024", [("milestone", "2023-12-01..2024-01-31", "period")]),
        ("between March and June 2024", [("milestone", "2024-03-01..2024-06-30", "period")]),
        ("September 2022 to June 2023", [("milestone", "2022-09-01..2023-06-30", "period")]),
        (
            "from 1 to 3 October 2022",
            [("start", "2022-10-01..2022-10-01", "day"), ("end", "2022-10-03..2022-10-03", "day")],
        ),
        (
            "since 1/9/2019 and those for the second grade since 1/9/2021",
            [("start", "2019-09-01..2019-09-01", "day"), ("start", "2021-09-01..2021-09-01", "day")],
        ),
        (
            "in the years 2022, 2023 and 2024",
            [("milestone", f"{year}-01-01..{year}-12-31", "year") for year in (2022, 2023, 2024)],
        ),
        (
            "was updated in 2014 and will be updated again in 2022",
            [("milestone", f"{year}-01-01..{year}-12-31", "year") for year in (2014, 2022)],
        ),
    ],
)
def test_two_dates_are_two_statements_or_one_interval(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert seen(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the kick-off for the STEM-agenda 2030.",
        "Osnabrück 2020",
        "the Council Recommendation on VET (2020)",
        "the Flemish Pact 2020 target",
        "The Flemish Coalition Agreement 2019-2024 and the Policy Document 2019-2024 say",
        "the Annual Monitoring Report of the Partnership 2020-2021 (Jaarrapport 2020-2021)",
        "the decree on quality of 14 March 2019",
        "Recommendation of the European Parliament and of the Council of 23 April 2008 on the framework",
        "Kwaliteitstoezichtbesluit voor de Beleidsvelden Werkgelegenheid van 19 juli 2019",
        "Beschluss vom 3. Mai 2020",
        "(European Commission/EACEA/Eurydice, 2016)",
        "on December 17.",
        "in 2000 schools",
        "Regulation (EU) 2021/1060",
        "on 31/2/2022",
        "ESF call 480",
        "8.000 pupils",
        "https://example.org/2021/nr=11495",
        "3.10 Innovation",
        "up to 125 hours per year",
        "annual max. 250.000 euro",
        "every child",
        "",
    ],
)
def test_a_number_in_a_name_or_without_a_year_is_no_date(text: str) -> None:
    assert [text[d.start : d.end] for d in find_dates(text)] == []


def test_the_statement_holds_the_words_that_give_its_kind() -> None:
    text = (
        "It was set up with effect from 1 September 2019, will run until 2024 and is due by the end of 2025."
    )
    assert [text[d.start : d.end] for d in find_dates(text)] == [
        "with effect from 1 September 2019",
        "until 2024",
        "due by the end of 2025",
    ]


MONTHS = {
    language: names.split()
    for language, names in {
        "en": "January February March April May June July August September October November December",
        "nl": "januari februari maart april mei juni juli augustus september oktober november december",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    }.items()
}
WORDS = {
    "en": {"start": ["from", "since", "as of"], "end": ["by", "until", "no later than"], "milestone": ["on"]},
    "nl": {"start": ["vanaf", "sinds"], "end": ["tegen", "tot", "uiterlijk op"], "milestone": ["op"]},
    "fr": {
        "start": ["à partir du", "depuis le"],
        "end": ["jusqu'au", "avant fin, au plus tard le"],
        "milestone": ["le"],
    },
    "de": {"start": ["ab", "seit dem"], "end": ["bis zum", "spätestens am"], "milestone": ["am"]},
}


def english_ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


@st.composite
def written_days(draw: st.DrawFn) -> tuple[str, str, date]:
    """A day with its kind, in one of the languages and ways of writing."""
    day = draw(st.dates(date(1990, 1, 1), date(2069, 12, 31)))
    language = draw(st.sampled_from(sorted(MONTHS)))
    kind = draw(st.sampled_from(["start", "end", "milestone"]))
    word = draw(st.sampled_from(WORDS[language][kind]))
    month = MONTHS[language][day.month - 1]
    ways = [
        f"{day.day} {month} {day.year}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%Y}",
        day.isoformat(),
    ]
    if language == "en":
        ways += [f"{month} {day.day}, {day.year}", f"{english_ordinal(day.day)} of {month} {day.year}"]
    if language == "de":
        ways += [f"{day.day}. {month} {day.year}"]
    return f"{word} {draw(st.sampled_from(ways))}", kind, day


@given(
    written=written_days(),
    before=st.sampled_from(["", "The offer runs ", "Het aanbod\nloopt ", "– ", "(", "**"]),
    after=st.sampled_from(["", ".", ", and more", ")", " the school opens", "\n\n2. Next"]),
)
def test_every_way_of_writing_gives_the_day_back(
    written: tuple[str, str, date], before: str, after: str
) -> None:
    words, kind, day = written
    text = before + words + after
    found = one(text)
    assert (found.kind, found.from_date, found.to_date, found.precision) == (kind, day, day, "day")
    assert before.strip() not in text[found.start : found.end] or not before.strip()


@given(
    year=st.integers(1990, 2069),
    way=st.sampled_from(["school year {0}-{1}", "schooljaar {0}-{1}", "Schuljahr {0}/{2}"]),
)
def test_a_school_year_runs_from_september_to_august(year: int, way: str) -> None:
    found = one(
        "in the " + way.format(year, year + 1, f"{(year + 1) % 100:02}")
        if year % 100 != 99
        else f"school year {year}-{year + 1}"
    )
    assert (found.from_date, found.to_date) == (date(year, 9, 1), date(year + 1, 8, 31))


@given(year=st.integers(1990, 2069), quarter=st.integers(1, 4))
def test_four_quarters_are_a_year_without_gap(year: int, quarter: int) -> None:
    found = one(f"in Q{quarter} {year}")
    assert found.from_date == date(year, quarter * 3 - 2, 1)
    assert found.to_date is not None
    assert found.to_date + timedelta(days=1) == date(year + quarter // 4, quarter * 3 % 12 + 1, 1)


PARTS = [
    "by ",
    "1/9/",
    "2022",
    " - ",
    "until ",
    "mid ",
    "Q3 ",
    "school year ",
    "every two year ",
    "3 ",
    "May ",
    ", ",
    "to ",
    "\n",
    "(",
]


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join) | st.text(max_size=200))
def test_any_text_gives_statements_inside_it_with_intervals_in_order(text: str) -> None:
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)
        if found.kind == "recurrence":
            assert found.every is not None
            assert found.every.startswith("P")
        elif found.from_date and found.to_date:
            assert found.from_date <= found.to_date
        else:
            assert found.from_date or found.to_date


@given(st.lists(st.sampled_from(PARTS), min_size=300, max_size=300))
def test_long_runs_of_dates_are_read_to_the_end(parts: list[str]) -> None:
    text = "".join(parts) + ". At last, by 14 February 2031"
    assert find_dates(text)[-1].to_date == date(2031, 2, 14)
