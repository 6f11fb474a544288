"""QR codes in pictures of anybody: every code, from every honest picture, and no harm from the others."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from gilde.credentials.checking.images import MOST, codes
from gilde.credentials.errors import TooMuch, Unreadable

LINK = "https://gilde.example/s/3f2a#b1"


def code(text: str = LINK, scale: int = 6) -> Image.Image:
    into = io.BytesIO()
    segno.make_qr(text, encoding="utf-8").save(into, kind="png", scale=scale, border=4)
    return Image.open(into).convert("L")


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def outcome(data: bytes) -> list[str] | str:
    """The codes, or the reason why there are none."""
    try:
        return codes(data)
    except Unreadable as error:
        return error.reason


def paper(*placed: tuple[Image.Image, int, int], size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    page = Image.new("L", size, 250)
    for image, x, y in placed:
        page.paste(image, (x, y))
    return page


def header_of(width: int, height: int, depth: int = 8) -> bytes:
    """A PNG that says how large it is, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_code_is_read_from_each_form(kind: str) -> None:
    assert codes(saved(code(), kind)) == [LINK]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_code_is_read_from_each_kind_of_colours(mode: str) -> None:
    image = code()
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 256)
    assert codes(saved(image.convert(mode))) == [LINK]


def test_a_code_on_nothing_is_read_as_on_white() -> None:
    image = Image.new("RGBA", code().size, (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), mask=code().point(lambda value: 255 - value))
    assert codes(saved(image)) == [LINK]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 8])
def test_a_paper_may_lie_in_any_direction(degrees: int) -> None:
    page = paper((code(scale=8), 300, 500)).rotate(degrees, expand=True, fillcolor=250)
    assert codes(saved(page, "JPEG", quality=60)) == [LINK]


def test_a_photo_that_is_a_little_out_of_focus_is_read() -> None:
    page = paper((code(scale=8), 300, 500)).filter(ImageFilter.GaussianBlur(2))
    assert codes(saved(page, "JPEG", quality=50)) == [LINK]


def test_a_light_code_on_a_dark_ground_is_read() -> None:
    assert codes(saved(code().point(lambda value: 255 - value))) == [LINK]


def test_each_code_in_a_picture_is_told_from_above_and_none_twice() -> None:
    placed = [("third", 100, 1200), ("first", 700, 100), ("second", 100, 600), ("first", 800, 1300)]
    page = paper(*((code(text), x, y) for text, x, y in placed))
    assert codes(saved(page)) == ["first", "second", "third"]


def test_no_more_codes_are_told_than_a_certificate_has() -> None:
    small = [(code(f"number {n}", 2), 20 + n % 6 * 100, 20 + n // 6 * 100) for n in range(MOST + 8)]
    assert len(codes(saved(paper(*small)))) == MOST


@given(text=st.text(min_size=1, max_size=200))
def test_what_a_code_says_is_told_letter_by_letter(text: str) -> None:
    assert codes(saved(code(text))) == [text]


def test_a_long_code_with_a_credential_in_it_is_read() -> None:
    long = "eyJhbGciOiJFUzI1NiJ9." + "Az09-_" * 300
    assert codes(saved(code(long, 3))) == [long]


def test_a_large_photo_is_made_smaller_and_read() -> None:
    page = paper((code(scale=40), 3000, 2000), size=(9000, 6000))
    assert codes(saved(page, "JPEG")) == [LINK]


# Bad input


def test_a_picture_without_a_code_says_how_to_take_another() -> None:
    with pytest.raises(Unreadable, match="Take the photo from nearer") as error:
        codes(saved(paper()))
    assert error.value.reason == "no-code"


def test_codes_of_other_kinds_are_not_taken_for_one() -> None:
    import zxingcpp

    bars = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    with pytest.raises(Unreadable):
        codes(saved(Image.fromarray(bars)))


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2**31 - 1, 2**31 - 1), (50_000_001, 1)])
def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    with pytest.raises(TooMuch) as error:
        codes(header_of(width, height))
    assert error.value.reason == "too-many-pixels"


def test_a_picture_of_fifty_megabytes_is_refused_by_its_size() -> None:
    with pytest.raises(TooMuch) as error:
        codes(saved(code()) + bytes(50 * 1024 * 1024))
    assert error.value.reason == "too-large"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        saved(code(), "GIF"),
        saved(code(), "TIFF"),
        saved(code(), "BMP"),
        saved(code())[:120],
        saved(code(), "JPEG")[:300],
        saved(code(), "WEBP")[:100],
        header_of(100, 100),
        header_of(0, 100),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_no_whole_picture_of_a_known_form_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable) as error:
        codes(data)
    assert error.value.reason == "no-picture"


@given(kind=st.sampled_from(["PNG", "JPEG", "WEBP"]), at=st.integers(0, 10**6), value=st.integers(0, 255))
def test_a_damaged_picture_gives_its_code_or_a_sentence(kind: str, at: int, value: int) -> None:
    data = bytearray(saved(code(), kind))
    data[at % len(data)] = value
    assert outcome(bytes(data)) in ([LINK], "no-picture", "no-code", "too-many-pixels")
