"""Certificates and supplements on paper: what they show, what they carry, and that they last."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.credentials.errors import TooMuch, Unsupported
from gilde.credentials.facts import Assessment, Body, Credit, Facts, Kind, Level, Outcome, OutcomeKind, Person
from gilde.credentials.renderings import pdf_reading, pdf_words
from gilde.credentials.renderings.pdf import LARGEST, LAYOUTS, Attached, Look, Parts, Signatory, make
from tests.credentials.facts_strategy import a_facts
from tests.credentials.renderings.papers import (
    ADDRESS,
    CREDENTIAL,
    FULL,
    MADE,
    SIGNATORIES,
    metadata,
    objects,
    pages,
    reader_of,
    shortcomings,
    shown,
    squeezed,
)

# What the fonts that come with typst can draw; the limits are in the docstring of `make`.
DRAWN = (
    st.text(
        st.characters(codec="iso8859-1", categories=("L", "N", "P"))
        | st.sampled_from("ŁłŽžĞğŐőŞşΑΩαωάБвѓїёĐđ"),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(bool)
)


def made(
    facts: Facts | None = None, look: Look = FULL, parts: Parts = Parts.BOTH, language: str = "en"
) -> bytes:
    return make(
        facts or a_facts(),
        look,
        made_at=MADE,
        address=ADDRESS,
        attached=CREDENTIAL,
        parts=parts,
        language=language,
    )


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_one_page_that_shows_who_was_awarded_what_by_whom_and_when(
    layout: str, landscape: bool
) -> None:
    look = replace(FULL, layout=layout, landscape=landscape)
    pdf = made(look=look, parts=Parts.CERTIFICATE)
    assert len(pages(pdf)) == 1
    text = shown(pdf)
    for told in (
        *("Noor Vercauteren", "Fillet welder", "Ghent Welding School", "17 May 2004", "27 June 2025", "Gent"),
        *("16/20", "EQF level 3", "320 hours", "12.5 ECTS credit points", "30 June 2030"),
        *("Hilde Maes", "director", "Jan Peeters", "chair of the jury"),
        *("3f0c2a52-6c4e-4b0e-9d4b-0c1c9f5f6a01", ADDRESS, "Is it genuine?"),
    ):
        # A classic layout sets the issuer in capitals.
        assert squeezed(told).casefold() in text.casefold(), told
    assert shortcomings(pdf) == []


def test_a_supplement_shows_every_fact() -> None:
    facts = a_facts(replaces="urn:uuid:11111111-2222-4333-8444-555555555555")
    text = shown(made(facts, parts=Parts.SUPPLEMENT))
    assert facts.level is not None
    assert facts.assessment is not None
    for told in (
        *(facts.holder.given_name, facts.holder.family_name, "17 May 2004"),
        *facts.achievement.title.values(),
        *facts.achievement.description.values(),
        *facts.achievement.criteria.values(),
        *(facts.achievement.qualification, "0715", "Dutch", "Certificate"),
        *(outcome.title["en"] for outcome in facts.outcomes),
        *(facts.level.framework, "EQF level 3", "320 hours", "12.5 ECTS credit points"),
        *(facts.assessment.title["nl"], facts.assessment.method, facts.assessment.grade, facts.assessment.by),
        *("20 June 2025", "27 June 2025", "30 June 2025", "30 June 2030", facts.place),
        *(facts.issuer.name["en"], facts.issuer.country, facts.issuer.legal_id, facts.issuer.website),
        *(facts.issuer.id, pdf_words.award_number(facts), "11111111-2222-4333-8444-555555555555"),
    ):
        assert squeezed(told) in text, told


def test_outcomes_stand_under_their_kind() -> None:
    text = shown(made(parts=Parts.SUPPLEMENT))
    places = [
        text.index(squeezed(told))
        for told in (
            *("Learning outcomes", "Knowledge", "knows the weldability of steel"),
            *("Skill", "welds fillet welds", "Responsibility and autonomy", "works independently"),
        )
    ]
    assert places == sorted(places)


@settings(max_examples=20, deadline=None)
@given(
    name=DRAWN,
    title=DRAWN,
    outcome=DRAWN,
    grade=DRAWN,
    place=DRAWN,
    on=st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    points=st.decimals(Decimal("0.1"), 999, places=1),
)
def test_the_text_that_a_reader_copies_carries_the_facts(
    name: str, title: str, outcome: str, grade: str, place: str, on: date, points: Decimal
) -> None:
    facts = a_facts(
        holder=Person("urn:uuid:0", name, "x"),
        achievement=replace(a_facts().achievement, title={"en": title}),
        outcomes=(Outcome("https://e.example/1", {"en": outcome}, OutcomeKind.SKILL),),
        assessment=Assessment({"en": "test"}, grade=grade),
        awarded_on=on,
        place=place,
        credit=Credit(points),
    )
    text = shown(made(facts))
    for told in (name, title, outcome, grade, place, f"{on.day} ", str(on.year), pdf_words.number(points)):
        assert squeezed(pdf_words.clean(told)) in text


def test_certificate_and_supplement_are_one_file_or_two() -> None:
    one, two, both = (
        len(pages(made(parts=parts))) for parts in (Parts.CERTIFICATE, Parts.SUPPLEMENT, Parts.BOTH)
    )
    assert (one, both) == (1, one + two)
    assert "page 1 of 2" in pages(made(parts=Parts.BOTH))[1]


def test_a_camera_reads_the_address_from_the_page() -> None:
    for layout in LAYOUTS:
        document = pypdfium2.PdfDocument(made(look=Look(layout), parts=Parts.CERTIFICATE))
        image = document[0].render(scale=3).to_pil()
        document.close()
        assert [each.text for each in zxingcpp.read_barcodes(image)] == [ADDRESS], layout


def test_without_an_address_nothing_speaks_of_a_code() -> None:
    pdf = make(a_facts(), made_at=MADE, language="en", parts=Parts.BOTH)
    assert "genuine?" not in shown(pdf)
    assert "Scan" not in shown(pdf)
    assert shortcomings(pdf) == []


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_the_credential_comes_out_byte_for_byte(data: bytes) -> None:
    pdf = make(a_facts(), made_at=MADE, attached=Attached("credential.json", "application/vc", data))
    assert pdf_reading.attachments(pdf) == [
        pdf_reading.Attachment("credential.json", "application/vc", "Data", data)
    ]


def test_a_credential_of_many_megabytes_is_not_attached() -> None:
    with pytest.raises(TooMuch, match=str(LARGEST)):
        make(a_facts(), made_at=MADE, attached=Attached("x.json", "application/vc", bytes(LARGEST + 1)))


def test_the_file_tells_its_title_author_language_and_moment() -> None:
    pdf = made(parts=Parts.CERTIFICATE)
    info = reader_of(pdf).trailer["/Info"]
    assert info["/Title"] == "Certificate: Fillet welder, Noor Vercauteren"
    assert info["/Author"] == "Ghent Welding School"
    assert info["/CreationDate"] == "D:20260301090000Z"
    assert reader_of(pdf).root["/Lang"] == "en"
    assert "2026-03-01T09:00:00" in "".join(metadata(pdf).itertext())


def test_the_same_award_makes_the_same_bytes() -> None:
    assert made() == made()


def test_the_language_is_that_of_the_award_unless_another_is_asked_for() -> None:
    own = make(a_facts(), made_at=MADE, parts=Parts.BOTH)
    assert reader_of(own).root["/Lang"] == "nl"
    assert "Hoeklasser" in shown(own)
    assert squeezed("27 juni 2025") in shown(own)
    asked = make(a_facts(), made_at=MADE, parts=Parts.BOTH, language="en")
    assert "Filletwelder" in shown(asked)
    assert squeezed("27 June 2025") in shown(asked)


def test_words_in_another_language_than_the_page_are_marked_for_those_who_hear_them() -> None:
    pdf = made(parts=Parts.SUPPLEMENT)
    marked = {
        str(each["/Lang"])
        for each in objects(pdf)
        if isinstance(each, dict) and "/Lang" in each and "/S" in each
    }
    assert "nl" in marked


def test_a_language_that_gilde_does_not_speak_has_english_labels_and_its_own_titles() -> None:
    facts = a_facts(
        language="el", achievement=replace(a_facts().achievement, title={"el": "Τεχνικός αρτοποιίας"})
    )
    pdf = make(facts, made_at=MADE)
    assert reader_of(pdf).root["/Lang"] == "en"
    assert squeezed("Τεχνικός αρτοποιίας") in shown(pdf)
    assert squeezed("This is to certify that") in shown(pdf)


@pytest.mark.parametrize(
    "name", ["Ελένη Παπαδοπούλου", "Георги Димитров", "Žofie Łukaszewska", "Nguyễn Thị Ánh", "მარიამ", "Հայկ"]
)
def test_names_of_many_scripts_are_set_with_the_fonts_that_come_along(name: str) -> None:
    pdf = make(a_facts(holder=Person("urn:uuid:0", name, "")), made_at=MADE)
    assert squeezed(name) in shown(pdf)
    assert shortcomings(pdf) == []


def test_a_name_that_no_font_can_show_is_refused_with_its_letter(tmp_path: Path) -> None:
    # U+16F00 (Miao): a script that is in no font of the machines on which this runs.
    with pytest.raises(Unsupported, match="\U00016f00") as refused:
        make(a_facts(holder=Person("urn:uuid:0", "\U00016f00", "")), made_at=MADE, fonts=tmp_path)
    assert refused.value.reason == "script"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("landscape", [True, False])
def test_the_longest_names_titles_and_signatories_still_stand_on_one_page_whole(
    layout: str, landscape: bool
) -> None:
    title = " ".join(f"vocational{number}" for number in range(60))
    facts = a_facts(
        holder=Person(
            "urn:uuid:0", "Maria Aurelia Wilhelmina Josephina " * 3, "Hohenstaufen-Wittgenstein " * 3
        ),
        achievement=replace(a_facts().achievement, title={"en": title}),
        issuer=Body("did:web:x.example", {"en": "Provincial Institute for Higher Vocational Education " * 3}),
        assessment=Assessment({"en": "x"}, grade="passed with the congratulations of the jury " * 2),
    )
    four = (*SIGNATORIES, *SIGNATORIES)
    pdf = made(facts, replace(FULL, layout=layout, landscape=landscape, signatories=four), Parts.CERTIFICATE)
    assert len(pages(pdf)) == 1
    for told in (title, pdf_words.holder(facts), facts.issuer.name["en"].strip(), "congratulations", "Gent"):
        assert squeezed(told).casefold() in shown(pdf).casefold()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_award_with_nothing_but_the_least_looks_whole(layout: str) -> None:
    facts = a_facts(
        holder=Person("urn:uuid:0", "", "Li"),
        achievement=replace(a_facts().achievement, description={}, criteria={}, qualification="", fields=()),
        valid_until=None,
        assessment=None,
        level=None,
        outcomes=(),
        hours=None,
        credit=None,
        place="",
    )
    pdf = make(facts, Look(layout), made_at=MADE, parts=Parts.BOTH, language="en")
    assert squeezed("Nothing is stated.") in shown(pdf)
    assert not {"Grade", "None,", "null"} & set(" ".join(pages(pdf)[:1]).split())
    assert shortcomings(pdf) == []


def test_sixty_outcomes_run_over_pages_and_none_is_lost() -> None:
    outcomes = tuple(
        Outcome(f"https://e.example/{n}", {"en": f"outcome {n:02} told in so many words " * 3}, kind)
        for n, kind in zip(range(60), cycle([*OutcomeKind, None]), strict=False)
    )
    text = shown(made(a_facts(outcomes=outcomes), parts=Parts.SUPPLEMENT))
    assert [n for n in range(60) if f"outcome{n:02}told" not in text] == []
    assert "Otheroutcomes" in text


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_award_says_what_it_is(kind: Kind) -> None:
    pdf = made(a_facts(kind=kind), parts=Parts.CERTIFICATE)
    assert str(reader_of(pdf).trailer["/Info"]["/Title"]).startswith(pdf_words.kind(kind))


def test_controls_and_line_breaks_in_a_text_become_spaces() -> None:
    pdf = make(a_facts(holder=Person("urn:uuid:0", "No\x00or\n\t", "Ver\u2028c\x07auteren")), made_at=MADE)
    assert squeezed("No or Ver c auteren") in shown(pdf)


def test_markup_in_a_text_is_shown_and_not_obeyed() -> None:
    bad = '#read("/etc/passwd") $x$ *b* `c` <d> \\ "; } #panic()'
    assert squeezed(bad) in shown(make(a_facts(holder=Person("urn:uuid:0", bad, "")), made_at=MADE))


def test_a_pale_colour_is_for_rules_and_never_for_words() -> None:
    looks = [Look("modern", colour=colour) for colour in ("#f5e08a", "#7a1020")]
    pale, dark = (made(look=look, parts=Parts.CERTIFICATE) for look in looks)
    for pdf, colour, uses in ((pale, (0xF5, 0xE0, 0x8A), False), (dark, (0x7A, 0x10, 0x20), True)):
        document = pypdfium2.PdfDocument(pdf)
        image = document[0].render(scale=2).to_pil().convert("RGB")
        document.close()
        words = image.crop((image.width // 10, 0, image.width, image.height))  # beside the band
        found = {each for _count, each in words.getcolors(1 << 24) or []}
        assert (colour in found) is uses
        assert image.getpixel((5, image.height // 2)) == colour


def test_wording_and_functions_of_the_issuer_stand_in_the_language_of_the_paper() -> None:
    look = Look(
        wording={"nl": "heeft met vrucht gevolgd", "en": "has successfully completed"},
        signatories=(Signatory("A. B.", {"nl": "rector"}),),
    )
    assert squeezed("has successfully completed") in shown(made(look=look, parts=Parts.CERTIFICATE))
    assert squeezed("heeft met vrucht gevolgd") in shown(
        made(look=look, parts=Parts.CERTIFICATE, language="nl")
    )
    assert "rector" in shown(made(look=look, parts=Parts.CERTIFICATE))


def test_a_level_without_a_name_of_its_framework_shows_what_there_is() -> None:
    assert pdf_words.level(Level("https://x.example/", "4", None)) == "4"
    assert pdf_words.level(Level("VKS", "4", 4)) == "VKS 4, EQF level 4"
    assert pdf_words.level(Level("", "", 6)) == "EQF level 6"


def test_the_pages_are_of_the_size_that_the_issuer_chose() -> None:
    for landscape in (True, False):
        document = pypdfium2.PdfDocument(io.BytesIO(made(look=Look(landscape=landscape))))
        sizes = [tuple(round(side) for side in page.get_size()) for page in document]
        document.close()
        assert sizes[0] == ((842, 595) if landscape else (595, 842))
        assert set(sizes[1:]) == {(595, 842)}
