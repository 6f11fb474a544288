"""An address as QR code: what a telephone reads is what was given."""

from __future__ import annotations

import io
import string

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from gilde.credentials.errors import TooMuch
from gilde.credentials.renderings import qr

ADDRESS = "https://gilde.example/check/7c9e6679-7425-40de-944b-e07fc1f90ae7"


def read(png: bytes) -> list[str]:
    return [each.text for each in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))]


@settings(max_examples=25, deadline=None)
@given(st.text(string.ascii_letters + string.digits + "-._~:/?#[]@!$&'()*+,;=%", min_size=1, max_size=300))
def test_a_camera_reads_the_address_that_was_drawn(text: str) -> None:
    assert read(qr.png(text, scale=4)) == [text]


def test_a_worn_code_is_still_read() -> None:
    image = Image.open(io.BytesIO(qr.png(ADDRESS, scale=8))).convert("L")
    size = image.width
    image.paste(255, (size // 2, size // 2, size // 2 + size // 10, size // 2 + size // 10))
    worn = io.BytesIO()
    image.save(worn, "PNG")
    assert read(worn.getvalue()) == [ADDRESS]


def test_the_drawing_for_paper_has_the_quiet_zone_that_is_asked_for() -> None:
    with_zone, without = (etree.fromstring(qr.svg(ADDRESS, quiet=quiet)) for quiet in (4, 0))
    sides = [float(each.get("viewBox").split()[2]) for each in (with_zone, without)]
    assert sides[0] - sides[1] == 8


@pytest.mark.parametrize("text", ["", "x" * (qr.LARGEST + 1)])
def test_what_no_telephone_reads_is_refused_with_its_length(text: str) -> None:
    with pytest.raises(TooMuch, match=str(len(text))) as refused:
        qr.svg(text)
    assert refused.value.reason == "qr-too-long"
