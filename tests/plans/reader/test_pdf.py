"""Reading .pdf: the order a person reads in, every kind of tick box, and every place found again."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gilde.plans.reader.document import BadDocument, SourceDocument, reslice
from gilde.plans.reader.pdf import read_pdf
from tests.plans.reader.making import Block, State, Tick
from tests.plans.reader.making_pdf import HEIGHT, WIDTH, PdfBoxes, Writer, plan_pdf


def drawn(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """A page that is drawn by hand, 595 by 842 points."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=True, **options)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def words(document: SourceDocument) -> list[str]:
    return [document.text[line.start : line.end] for line in document.lines]


def ticks(document: SourceDocument) -> list[tuple[str, State]]:
    """Each box with the words up to the next one."""
    edges = [box.start for box in document.boxes[1:]] + [len(document.text)]
    return [
        (document.text[box.at : edge].split("\n")[0].strip(), box.ticked)
        for box, edge in zip(document.boxes, edges, strict=True)
    ]


def text(*lines: str, **more: object) -> Block:
    return Block("text", tuple((line, False) for line in lines), **more)  # type: ignore[arg-type]


# -- tick boxes


@pytest.mark.parametrize("kind", ["glyph", "form", "drawn", "filled"])
def test_each_kind_of_box_is_ticked_or_not_and_a_bullet_is_none(kind: PdfBoxes) -> None:
    blocks = [
        Block("text", (Tick(True), ("continuing VET", False))),
        Block("text", (Tick(False), ("initial VET", False))),
        Block("text", (Tick(None), ("both", False))),
    ]
    document = read_pdf(plan_pdf(blocks, kind))
    assert ticks(document) == [("continuing VET", True), ("initial VET", False)]
    assert document.lines[-1].marker == "•"


@pytest.mark.parametrize("kind", ["glyph", "form", "drawn", "filled"])
def test_several_boxes_on_one_line_each_have_their_label(kind: PdfBoxes) -> None:
    parts = (Tick(False), ("national", False), Tick(True), ("regional", False), Tick(False), ("local", False))
    document = read_pdf(plan_pdf([Block("text", parts)], kind))
    assert ticks(document) == [("national", False), ("regional", True), ("local", False)]


@pytest.mark.parametrize("kind", ["glyph", "form", "drawn"])
def test_a_box_at_the_end_of_a_line_belongs_to_the_words_on_the_next(kind: PdfBoxes) -> None:
    parts: list[tuple[str, bool] | Tick] = []
    for number in range(40):
        parts += [Tick(number % 3 == 0), (f"label number {number} of this long row", False)]
    document = read_pdf(plan_pdf([Block("text", tuple(parts))], kind))
    assert [box.ticked for box in document.boxes] == [number % 3 == 0 for number in range(40)]
    assert [document.text[box.at : box.at + 5] for box in document.boxes] == ["label"] * 40


def _cross(canvas: Canvas) -> None:
    canvas.line(61, 701, 69, 709)
    canvas.line(61, 709, 69, 701)


def _check(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.moveTo(61, 705)
    path.lineTo(64, 701)
    path.lineTo(70, 711)
    canvas.drawPath(path, fill=0, stroke=1)


def _letter(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)
    canvas.drawString(62.4, 701.6, "x")


def _black(canvas: Canvas) -> None:
    canvas.rect(62, 702, 6, 6, fill=1, stroke=0)


def _ring(canvas: Canvas) -> None:
    canvas.rect(61, 701, 8, 8, fill=0)


@pytest.mark.parametrize(
    ("mark", "ticked"),
    [
        (_cross, True),
        (_check, True),
        (_letter, True),
        (_black, True),
        (_ring, False),
        (lambda _: None, False),
    ],
)
def test_a_drawn_square_is_ticked_by_what_is_drawn_in_it(
    mark: Callable[[Canvas], None], ticked: bool
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 700, 10, 10)
        mark(canvas)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(76, 701.5, "regional")

    document = read_pdf(drawn(draw))
    assert ticks(document) == [("regional", ticked)]
    assert document.text.split()[1:] == ["regional"]


def test_a_square_that_is_no_box_is_left_alone() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.rect(60, 600, 10, 10)  # nothing beside it
        canvas.rect(60, 703, 5, 5, fill=1)  # a bullet
        canvas.drawString(76, 701, "listed")
        canvas.setFillColorRGB(0.2, 0.5, 0.9)
        canvas.rect(60, 650, 9, 9, fill=1, stroke=0)  # a legend
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(76, 651, "schools")

    assert [state for _, state in ticks(read_pdf(drawn(draw)))] in ([], [True])
    assert "schools" in words(read_pdf(drawn(draw)))


def test_the_state_of_a_form_button_is_its_appearance_else_its_value() -> None:
    data = plan_pdf([Block("text", (Tick(True), ("regional", False)))], "form")
    assert b"/AS /Yes" in data
    by_value = data.replace(b"/AS /Yes", b"/AX /Yes")
    assert ticks(read_pdf(by_value)) == [("regional", True)]
    assert ticks(read_pdf(by_value.replace(b"/V /Yes", b"/V /Off"))) == [("regional", False)]


# -- order


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    writer = Writer(head=False)
    left = text("The first cell has so many words that it is wrapped over several lines of its column")
    right = text(
        "The second cell also has many words and is wrapped as well so that lines stand side by side"
    )
    writer.table([[[left], [right]], [[text("below left")], [text("below right")]]])
    document = read_pdf(writer.finish())
    shown = " ".join(document.text.split())
    assert left.words in shown
    assert right.words in shown
    assert [line.cell for line in document.lines if line.gap] == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]


def test_two_columns_without_rulings_are_read_one_after_the_other() -> None:
    left = ["A. VET is agile in", "adapting to the market.", "B. Flexibility is at", "the core of VET."]
    right = ["1. Resilience through", "quality of VET.", "2. Establishing a", "learning culture."]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 760, "EU policy priorities addressed")
        for number in range(4):
            canvas.drawString(60, 730 - 12 * number, left[number])
            canvas.drawString(300, 730 - 12 * number, right[number])
        canvas.drawString(60, 660, "Responsible bodies")

    assert words(read_pdf(drawn(draw))) == [
        "EU policy priorities addressed", *left, *right, "Responsible bodies"
    ]  # fmt: skip


def test_words_drawn_out_of_order_are_read_from_top_to_bottom() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for y, line in [(600, "third line"), (700, "first line"), (650, "second line")]:
            canvas.drawString(60, y, line)

    assert words(read_pdf(drawn(draw))) == ["first line", "second line", "third line"]


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(angle)
        canvas.setFont("Helvetica", 10)
        if angle == 90:
            canvas.translate(WIDTH, 0)
            canvas.rotate(90)
        elif angle == 180:
            canvas.translate(WIDTH, HEIGHT)
            canvas.rotate(180)
        elif angle == 270:
            canvas.translate(0, WIDTH)
            canvas.rotate(270)
        canvas.drawString(60, 300, "upper line of words")
        canvas.drawString(60, 280, "lower line of words")

    document = read_pdf(drawn(draw))
    assert words(document) == ["upper line of words", "lower line of words"]
    box = document.cite(0, 5).anchor["spans"][0]["bbox"]
    assert 55 < box[0] < 65


def test_a_row_of_a_table_that_a_page_break_divides_stays_whole() -> None:
    writer = Writer(head=False)
    writer.y = 110  # room for three lines
    left = text(
        "The left cell has a sentence that goes on behind the break of the page because it is so long."
    )
    right = text(
        "The right cell has another sentence that is divided in the same way by the break of the page."
    )
    writer.table([[[left], [right]]])
    shown = " ".join(read_pdf(writer.finish()).text.split())
    assert left.words in shown
    assert right.words in shown


def test_running_heads_and_page_numbers_are_left_out() -> None:
    long = "A paragraph of the plan with a good number of words in it, so that pages fill up in the end. "
    document = read_pdf(plan_pdf([text(f"{number} {long * 5}") for number in range(40)]))
    assert max(line.page or 0 for line in document.lines) > 3
    assert "An invented plan for training" not in document.text
    assert "Page" not in document.text
    assert " ".join(document.text.split()).count("A paragraph of the plan") == 200


def test_headings_are_told_by_size_and_bold_by_the_font() -> None:
    document = read_pdf(
        plan_pdf(
            [
                Block("heading", (("3.1 STEM", False),), level=2),
                Block("text", (("Edusprong", True), ("wants to give a boost", False))),
                text("plain words"),
            ],
            head=False,
        )
    )
    heading, led, plain = document.lines
    assert (heading.kind, heading.level, heading.bold) == ("heading", 1, True)
    assert led.lead is not None
    assert document.text[led.content : led.lead].strip() == "Edusprong"
    assert (plain.kind, plain.bold) == ("text", False)


def test_paragraphs_are_told_by_their_distance() -> None:
    long = "Words that fill more than a single line of this page, for only then is its pitch known at all. "
    document = read_pdf(
        plan_pdf([text(long * 2), text(long * 2), text("short"), text("short as well")], head=False)
    )
    assert [document.text[line.start : line.start + 5] for line in document.lines if line.gap] == [
        "Words", "Words", "short", "short",
    ]  # fmt: skip


def _hyphenated(lines: list[str]) -> SourceDocument:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, line in enumerate(lines):
            canvas.drawString(60, 760 - 12 * number, line)

    return read_pdf(drawn(draw))


def test_a_divided_word_is_whole_in_the_text_and_divided_in_the_quote() -> None:
    document = _hyphenated(["The qualification is part of a quali-", "fication structure for all."])
    assert "a qualification structure" in document.text.replace("\n", " ")
    start = document.text.index("qualification", 20)
    assert document.cite(start, start + len("qualification")).quote.replace("\n", "") == "quali-fication"


def test_a_compound_keeps_its_hyphen_over_the_end_of_a_line() -> None:
    document = _hyphenated(["They promote work-based learning and work-", "based routes for adults."])
    assert "and work-based routes" in document.text.replace("\n", " ")


# -- anchors


def test_a_citation_names_page_box_and_characters() -> None:
    data = plan_pdf([text("first words"), text("and the quote of the plan")])
    document = read_pdf(data)
    start = document.text.index("quote")
    citation = document.cite(start, start + len("quote"))
    (span,) = citation.anchor["spans"]
    assert (citation.anchor["kind"], span["page"], citation.quote) == ("pdf", 1, "quote")
    x0, y0, x1, y1 = span["bbox"]
    assert 60 < x0 < x1 < 300
    assert 60 < y0 < y1 < 200
    assert reslice(data, citation.as_json()) == "quote"


SENTENCES = st.sampled_from(
    [
        "Words of a plan.",
        "☐",
        "A long sentence that is wrapped over lines because it goes on and on and on.",
        "x",
    ]
)
PARTS = st.one_of(
    SENTENCES.map(lambda words: (words, False)), st.sampled_from([Tick(True), Tick(False), ("bold", True)])
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=5), min_size=1, max_size=12),
    st.sampled_from(["glyph", "form", "drawn"]),
    st.data(),
)
def test_every_span_is_found_again_at_its_anchor(
    parts: list[list[tuple[str, bool] | Tick]], kind: PdfBoxes, data: st.DataObject
) -> None:
    blocks = [Block("text", tuple(one)) for one in parts] + [text("some words at the end")]
    source = plan_pdf(blocks, kind)
    document = read_pdf(source)
    for _ in range(5):
        start = data.draw(st.integers(0, len(document.text)))
        end = data.draw(st.integers(start, len(document.text)))
        citation = document.cite(start, end)
        assert reslice(source, citation.as_json()) == citation.quote
        shown = [sign for sign in document.text[start:end] if sign.isalnum()]
        assert [sign for sign in citation.quote if sign.isalnum()] == shown


def test_an_anchor_of_another_file_is_refused() -> None:
    document = read_pdf(plan_pdf([text("some words of a longer file")] * 3))
    citation = document.cite(len(document.text) - 10, len(document.text))
    with pytest.raises(BadDocument, match="does not have"):
        reslice(plan_pdf([text("x")]), citation.as_json())


def test_ligatures_and_justified_lines_are_read_as_words() -> None:
    words = "An efficient and effective office offers different flows of fine affiliation. " * 6
    data = typst.compile(f"#set par(justify: true)\n{words}".encode())
    shown = " ".join(read_pdf(bytes(data)).text.split())
    assert shown == words.strip()


# -- bad input


def refused(data: bytes) -> BadDocument:
    with pytest.raises(BadDocument) as caught:
        read_pdf(data)
    assert caught.value.sentence.endswith(".")
    assert "\n" not in caught.value.sentence
    return caught.value


def _pictures(canvas: Canvas) -> None:
    picture = ImageReader(Image.new("L", (60, 80), 200))
    for _ in range(2):
        canvas.drawImage(picture, 0, 0, WIDTH, HEIGHT)
        canvas.showPage()


def test_a_file_of_pictures_has_no_text_layer() -> None:
    error = refused(drawn(_pictures))
    assert error.reason == "no-text-layer"
    assert "no text layer" in error.sentence


def test_a_file_of_blank_pages_has_no_text_layer() -> None:
    assert refused(drawn(lambda canvas: canvas.showPage())).reason == "no-text-layer"


def test_pages_without_text_layer_between_others_are_named() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 700, "Words of the plan on the first page, more than a few of them.")
        canvas.showPage()
        _pictures(canvas)

    (note,) = read_pdf(drawn(draw)).notes
    assert note == "Pages without text layer were left out: 2, 3."


def test_a_file_with_a_password_is_named() -> None:
    lock = StandardEncryption("secret", ownerPassword="owner", strength=128)
    assert (
        refused(drawn(lambda canvas: canvas.drawString(60, 700, "words"), encrypt=lock)).reason == "encrypted"
    )


def test_a_file_that_may_be_opened_but_not_changed_is_read() -> None:
    lock = StandardEncryption("", ownerPassword="owner", strength=128, canModify=0)
    document = read_pdf(drawn(lambda canvas: canvas.drawString(60, 700, "words to read"), encrypt=lock))
    assert words(document) == ["words to read"]


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_truncated_file_is_named_wherever_it_was_cut(tenth: int) -> None:
    data = plan_pdf([text(f"paragraph {number} of a plan") for number in range(200)])
    assert refused(data[: len(data) * tenth // 10]).reason == "truncated"


def test_a_linearised_file_that_is_shorter_than_it_says_is_truncated() -> None:
    data = plan_pdf([text("words of a plan")])
    said = b"%PDF-1.4\n1 0 obj\n<< /Linearized 1 /L 999999 >>\nendobj\n"
    assert refused(said + data).reason == "truncated"


def test_what_only_begins_as_a_pdf_is_named() -> None:
    assert refused(b"%PDF-1.7\nnothing more\n%%EOF\n").reason == "truncated"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(
        plan_pdf([text("words of a plan"), Block("text", (Tick(True), ("regional", False)))], "form")
    )
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_pdf(bytes(whole)).text
    except BadDocument as error:
        read = error.sentence
    assert read == "" or read[-1] in ".\n"
