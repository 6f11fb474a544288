"""Amounts of money as people write them in plans."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.plans.reader.amounts import Amount, find_amounts
from gilde.plans.reader.money import read_figure


def one(text: str) -> Amount:
    found = find_amounts(text)
    assert len(found) == 1, [text[a.start : a.end] for a in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("714 k euro each year", "714000", "EUR"),
        ("devices: 9.936.000€", "9936000", "EUR"),
        ("XR-plan: 6,5 million€ from the government", "6500000", "EUR"),
        ("approximately 2 mio euros per from the government", "2000000", "EUR"),
        ("annual max. 250.000 euro (total)", "250000", "EUR"),
        ("€ 1.5m", "1500000", "EUR"),
        ("€1.5 million", "1500000", "EUR"),
        ("EUR 500", "500", "EUR"),
        ("EUR500", "500", "EUR"),
        ("lump sum of EUR 21.30", "21.30", "EUR"),
        ("1 234 567,89 EUR", "1234567.89", "EUR"),
        ("1\u00a0234\u00a0567 €", "1234567", "EUR"),
        ("1\u202f234\u202f567 €", "1234567", "EUR"),
        ("CHF 1'234'567.50", "1234567.50", "CHF"),
        ("CHF 1’234’567", "1234567", "CHF"),
        ("2,5 miljoen euro per jaar", "2500000", "EUR"),
        ("3 Mio. €", "3000000", "EUR"),
        ("3 Mrd. Euro", "3000000000", "EUR"),
        ("1,5 milliard d'euros", "1500000000", "EUR"),
        ("2 millions d’euros", "2000000", "EUR"),
        ("£2.5 million", "2500000", "GBP"),
        ("SEK 40 m", "40000000", "SEK"),
        ("250 k€", "250000", "EUR"),
        ("k€ 250", "250000", "EUR"),
        ("3,5 M€", "3500000", "EUR"),
        ("2 MEUR", "2000000", "EUR"),
        ("500 T€", "500000", "EUR"),
        ("4 mln euro", "4000000", "EUR"),
        ("€ 1.2 bn", "1200000000", "EUR"),
        ("EUR million 12.4", "12400000", "EUR"),
        ("€ 250.000,-", "250000", "EUR"),
        ("a 500-euro voucher", "500", "EUR"),
        ("two million euros", "2000000", "EUR"),
        ("half a million euro", "500000", "EUR"),
        ("120 000 zł", "120000", "PLN"),
        ("DKK 1.250.000,00", "1250000.00", "DKK"),
        ("US$ 5 million", "5000000", "USD"),
        ("2 mio\neuros", "2000000", "EUR"),
    ],
)
def test_an_amount_is_read_as_it_is_written(text: str, amount: str, currency: str) -> None:
    found = one(text)
    assert (found.amount, found.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("between 2 and 3 million euro", ["2000000", "3000000"]),
        ("tussen 2 en 3 miljoen euro", ["2000000", "3000000"]),
        ("entre 500 000 et 700 000 euros", ["500000", "700000"]),
        ("von 2 bis 3 Mio. €", ["2000000", "3000000"]),
        ("€2–3 million", ["2000000", "3000000"]),
        ("2-3 million euro", ["2000000", "3000000"]),
        ("between 500 000 and 1 million euro", ["500000", "1000000"]),
        ("EUR 500 to 700 per year", ["500", "700"]),
        ("EUR 500 to 700 learners", ["500"]),
        ("2 × 500 000 €", ["1000000"]),
        ("3 x € 2.000", ["6000"]),
        ("6,5 million€ for devices and 2 mio euros for staff", ["6500000", "2000000"]),
        ("EUR 500 (first), EUR 750 (third)", ["500", "750"]),
    ],
)
def test_ranges_give_two_amounts_and_products_one(text: str, amounts: list[str]) -> None:
    assert [found.amount for found in find_amounts(text)] == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    "text",
    [
        "see article 12 of the decree",
        "article 5 EUR-Lex",
        "in 2022 and 2023",
        "7,3 % of learners, 8% in 2020",
        "50 euro cent",
        "20 cents",
        "the 20 euro area countries",
        "Tel. +32 2 553 50 70",
        "the Euro 6 norm",
        "UEFA Euro 2020",
        "European Semester 2022",
        "on 12.10.2022 euro was discussed",
        "prices in 2022 euro",
        "up to 125 hours per year",
        "over 10.000 VET centers",
        "40 m² of workshop",
        "3.10 Innovation",
        "two hundred thousand learners",
        "",
    ],
)
def test_what_is_no_money_is_left_out(text: str) -> None:
    assert [text[a.start : a.end] for a in find_amounts(text)] == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("article 12 EUR 500 is paid", "EUR 500"),
        ("in 2022 EUR 600 is paid", "EUR 600"),
        ("In 2022 714 k euro", "714 k euro"),
        ("Tel. 02 553 50 70 EUR 500", "EUR 500"),
    ],
)
def test_a_number_that_only_stands_beside_a_sum_does_not_join_it(text: str, quote: str) -> None:
    found = one(text)
    assert text[found.start : found.end] == quote


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("714 k euro each year", "year"),
        ("annual max. 250.000 euro (total)", "year"),
        ("€ 2m per year", "year"),
        ("€ 2m p.a.", "year"),
        ("45 €/year", "year"),
        ("jaarlijks 250.000 euro", "year"),
        ("2,5 miljoen euro per jaar", "year"),
        ("2 millions d'euros par an", "year"),
        ("3 Mio. € jährlich", "year"),
        ("Each year, 3 million euro is spent", "year"),
        ("500 000 euro is foreseen annually", "year"),
        ("EUR 600 per learner per year", "year"),
        ("EUR 500 per school year", "school-year"),
        ("maximum EUR 800 per quarter of a year on the contribution", "quarter"),
        ("EUR 21.30 an hour", "hour"),
        ("100 euro per maand", "month"),
        ("1,5 million€ in 2022", None),
        ("2 mio euros per from the government on a structural basis via a decree", None),
        ("3 million euro. Annual reports follow", None),
        ("EUR 1 500 for courses of 125 hours per year", None),
        ("3 million euro for a year of training", None),
    ],
)
def test_the_period_is_what_the_words_around_say(text: str, period: str | None) -> None:
    assert one(text).period == period


def test_both_ends_of_a_range_share_the_period() -> None:
    assert [a.period for a in find_amounts("von 2 bis 3 Mio. € jährlich")] == ["year", "year"]


@pytest.mark.parametrize(
    ("text", "approximate", "maximum"),
    [
        ("approximately 2 mio euros", True, False),
        ("ca. 2 Mio. €", True, False),
        ("~ € 3m", True, False),
        ("environ 3 millions d'euros", True, False),
        ("annual max. 250.000 euro", False, True),
        ("up to EUR 1 000", False, True),
        ("500 euro maximum", False, True),
        ("maximaal 500 euro", False, True),
        ("a maximum of approximately 500 euro", True, True),
        ("exactly 500 euro", False, False),
        ("training about machines costs 500 euro", False, False),
    ],
)
def test_approximate_and_maximum_are_told_by_the_words_before(
    text: str, approximate: bool, maximum: bool
) -> None:
    found = one(text)
    assert (found.approximate, found.maximum) == (approximate, maximum)


@pytest.mark.parametrize(
    ("text", "programmes"),
    [
        ("30 million euro (RRF)", ["RRF"]),
        ("ESF+: 2 million euro", ["ESF+"]),
        ("ESF: 2 million euro", ["ESF"]),
        ("2 million euro from ESF+ and 3 million euro from ERDF", ["ESF+", "ERDF"]),
        ("ESF+: 2 million euro for schools and 3 million euro for firms", ["ESF+", "ESF+"]),
        ("2 M€ from the European Regional Development Fund", ["ERDF"]),
        ("2 miljoen euro uit het Europees Sociaal Fonds", ["ESF"]),
        ("2 Mio. € aus dem Europäischen Sozialfonds Plus", ["ESF+"]),
        ("Erasmus+ gives 40.000 euro", ["Erasmus+"]),
        ("2 M€ from ESF+, 3 M€ for schools", ["ESF+", None]),
        ("3 million euro from the budget. ESF was asked too.", [None]),
    ],
)
def test_the_programme_is_the_one_named_with_the_amount(text: str, programmes: list[str | None]) -> None:
    assert [found.programme for found in find_amounts(text)] == programmes


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("250.000", "250000"),
        ("1,500", "1500"),
        ("0.500", "0.500"),
        ("6,5", "6.5"),
        ("21.30", "21.30"),
        ("1.234.567,8", "1234567.8"),
        ("1,234,567.89", "1234567.89"),
        ("1'234.5", "1234.5"),
        ("1234.567", "1234.567"),
    ],
)
def test_separators_group_or_divide_by_one_rule(written: str, value: str) -> None:
    assert read_figure(written) == Decimal(value)


@pytest.mark.parametrize(
    "written", ["12.10.2022", "1.23.456", "1,2,3", "1.234,567,8", "9" * 40, "2022.500.000"]
)
def test_digits_that_make_no_figure_are_refused(written: str) -> None:
    assert read_figure(written) is None


def grouped(value: int, sign: str) -> str:
    return f"{value:,}".replace(",", sign)


@st.composite
def written_amounts(draw: st.DrawFn) -> tuple[str, Decimal, str, str | None]:
    """A sum as somebody could write it, with its value, currency and period."""
    value = draw(st.integers(min_value=3, max_value=999_999_999))
    sign, decimal = draw(
        st.sampled_from([(".", ","), (",", "."), (" ", ","), ("\u00a0", ","), ("'", "."), ("", ",")])
    )
    cents = draw(st.sampled_from(["", "05", "50", "99"]))
    figure = grouped(value, sign) + (decimal + cents if cents else "")
    amount = Decimal(f"{value}.{cents}" if cents else value)
    scale, factor = (
        draw(st.sampled_from([("", 1)]))
        if value > 999 or cents
        else draw(
            st.sampled_from(
                [
                    ("", 1),
                    (" million", 10**6),
                    (" miljoen", 10**6),
                    (" Mio.", 10**6),
                    (" mln", 10**6),
                    (" k", 1000),
                    (" miljard", 10**9),
                ]
            )
        )
    )
    code, words = draw(
        st.sampled_from([("EUR", "euro"), ("EUR", "€"), ("EUR", "EUR"), ("GBP", "£"), ("SEK", "SEK")])
    )
    if words != "euro" and draw(st.booleans()):
        written = f"{words} {figure}{scale}"
    else:
        written = f"{figure}{scale} {words}"
    period = draw(
        st.sampled_from(
            [
                ("", None),
                (" each year", "year"),
                (" per jaar", "year"),
                (" par an", "year"),
                (" per month", "month"),
            ]
        )
    )
    return written + period[0], amount * factor, code, period[1]


@given(
    written=written_amounts(),
    before=st.sampled_from(["", "Budget: ", "the plan has ", "(", "- "]),
    after=st.sampled_from(["", ".", " for schools", ")", "; more later", "\n\nNext"]),
)
def test_every_way_of_writing_gives_the_sum_back(
    written: tuple[str, Decimal, str, str | None], before: str, after: str
) -> None:
    words, amount, currency, period = written
    text = before + words + after
    found = one(text)
    assert (found.amount, found.currency, found.period) == (amount, currency, period)
    assert text[found.start : found.end] in words


ALPHABET = "0123456789 .,'’-–€£$kMm%/×x\n\u00a0" + "euromilonEURSKto"


@given(st.text(alphabet=ALPHABET, max_size=200) | st.text(max_size=200))
def test_any_text_gives_amounts_inside_it_in_order(text: str) -> None:
    found = find_amounts(text)
    edges = [edge for amount in found for edge in (amount.start, amount.end)]
    assert edges == sorted(edges)
    for amount in found:
        assert any(sign.isdigit() or sign.isalpha() for sign in text[amount.start : amount.end])
        assert amount.amount >= 0


@given(
    st.lists(
        st.sampled_from(["1 234 ", "1.", "€", "2-", "euro ", "a million ", "k", "9 x "]),
        min_size=400,
        max_size=400,
    )
)
def test_long_runs_of_figures_and_signs_are_read_to_the_end(parts: list[str]) -> None:
    text = "".join(parts) + "; in all EUR 77 000."
    assert find_amounts(text)[-1].amount == Decimal(77000)
