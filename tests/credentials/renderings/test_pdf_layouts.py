"""The look of an issuer: logos and own layouts come from strangers, and can do nothing but be seen."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.facts import Person
from gilde.credentials.renderings import pdf_logo, pdf_setting, pdf_trial
from gilde.credentials.renderings.pdf import Look, Parts, make
from gilde.credentials.renderings.pdf_setting import BadTemplate
from tests.credentials.facts_strategy import a_facts
from tests.credentials.renderings.papers import (
    ADDRESS,
    CREDENTIAL,
    FULL,
    LOGO,
    MADE,
    pages,
    shortcomings,
    shown,
    squeezed,
)

OWN = """#import "gilde.typ": *
#let certificate = page(paper: "a4", margin: 30mm)[
  #say(told.issuer)
  #title(say(told.achievement))
  #told.name, #told.awarded_on
  #BODY
  #proof()
]
"""


def own(body: str = "none", **look: object) -> Look:
    return Look(template=OWN.replace("BODY", body).encode(), **look)  # type: ignore[arg-type]


def tried(look: Look) -> bytes:
    return pdf_trial.tried(look, issuer="Lasschool Gent", made_at=MADE)


def test_an_own_layout_sets_the_same_words_and_carries_the_credential() -> None:
    look = own("text(size: 8pt)[Set by the school itself, #told.brief.at(0).at(1)]", logo=LOGO)
    pdf = make(
        a_facts(), look, made_at=MADE, address=ADDRESS, attached=CREDENTIAL, parts=Parts.BOTH, language="en"
    )
    for told in (
        "Ghent Welding School",
        "Fillet welder",
        "Noor Vercauteren",
        "27 June 2025",
        "Set by the school",
    ):
        assert squeezed(told) in shown(pdf)
    assert len(pages(pdf)) == 3
    assert shortcomings(pdf) == []


@pytest.mark.parametrize("layout", ["classic", "modern", "plain"])
def test_the_layouts_of_gilde_pass_the_trial(layout: str) -> None:
    assert tried(Look(layout, signatories=FULL.signatories, logo=LOGO)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    "body",
    [
        'read("SECRET")',
        'read("../../../../../../SECRET")',
        'image("SECRET", alt: "x")',
        'include "SECRET"',
        'json("SECRET")',
        'bibliography("SECRET")',
        'plugin("SECRET")',
        'read("/proc/self/environ")',
        'read("/dev/stdin")',
        'read("main.typ/../../SECRET")',
    ],
)
def test_an_own_layout_reads_no_file_of_the_machine(body: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the key of the vault")
    for path in (str(secret), str(secret).lstrip("/")):
        with pytest.raises(BadTemplate) as refused:
            tried(own(body.replace("SECRET", path)))
        assert "the key" not in refused.value.sentence
        assert "/tmp" not in refused.value.sentence.replace(str(secret), "")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_CONNECT = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()


def test_an_own_layout_opens_no_connection(
    listener: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = listener
    # Were packages fetched, they would be asked for here.
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, address)
    with pytest.raises(BadTemplate):
        tried(own('{ import "@preview/cetz:0.3.0"; 1 }'))
    with pytest.raises(BadTemplate):
        tried(own('{ import "@" + "preview/cetz:0.3.0"; 1 }'))
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [
        '{ let x = "a"; for i in range(60) { x = x + x } }',
        "range(1000000).map(i => page[x #i]).join()",
        "{ let n = 0; for a in range(9999) { for b in range(9999) { n += 1 } }; n }",
    ],
)
def test_an_own_layout_that_never_ends_is_stopped(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_setting, "WAIT", 3)
    with pytest.raises(BadTemplate):
        tried(own(body))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('("a" + 1)', "see its line 6: cannot add string and integer"),
        ("nonsense", "see its line 6: unknown variable: nonsense"),
        ("told.nothing", "see its line 6: dictionary does not contain key"),
    ],
)
def test_a_mistake_in_an_own_layout_is_told_with_its_line(body: str, why: str) -> None:
    with pytest.raises(BadTemplate, match=why):
        tried(own(body))


def test_an_own_layout_attaches_nothing_beside_the_credential() -> None:
    body = 'pdf.attach("x.json", bytes("{}"), relationship: "data", mime-type: "text/json", description: "x")'
    with pytest.raises(BadTemplate, match="attaches"):
        tried(own(body))


def test_an_own_layout_that_leaves_out_the_name_is_refused_by_what_is_missing() -> None:
    look = Look(template=OWN.replace("#told.name, ", "").replace("BODY", "none").encode())
    with pytest.raises(BadTemplate, match=r"does not show the name\."):
        tried(look)


def test_an_own_layout_of_two_pages_is_refused() -> None:
    with pytest.raises(BadTemplate, match="2 pages"):
        tried(own("pagebreak()"))


def test_an_own_layout_that_is_no_text_or_too_long_is_refused() -> None:
    for template in (b"\xff\xfe\x00", b"#let x = 1", b"// " + b"x" * pdf_setting.LARGEST_SOURCE):
        with pytest.raises(BadTemplate):
            tried(Look(template=template))


def test_a_letter_without_a_font_is_told_as_such_in_an_own_layout_too() -> None:
    with pytest.raises(Unsupported, match="\U00016f00"):
        make(a_facts(holder=Person("urn:uuid:0", "\U00016f00", "")), own(), made_at=MADE)


def picture(format_: str, mode: str = "RGB", size: tuple[int, int] = (60, 30)) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else None).save(out, format_)
    return out.getvalue()


@pytest.mark.parametrize(
    "logo",
    [
        picture("PNG"),
        picture("PNG", "RGBA"),
        picture("PNG", "L"),
        picture("PNG", "P"),
        picture("PNG", "I;16"),
        picture("JPEG"),
        picture("JPEG", "CMYK"),
        picture("PNG", size=(3000, 1500)),
        LOGO,
    ],
)
def test_pictures_of_every_usual_kind_become_logos(logo: bytes) -> None:
    pdf = make(a_facts(), Look(logo=logo), made_at=MADE)
    assert shortcomings(pdf) == []
    assert pdf != make(a_facts(), Look(), made_at=MADE)


def test_nothing_of_a_logo_but_its_picture_reaches_the_paper() -> None:
    out = io.BytesIO()
    image = Image.new("RGB", (20, 20))
    exif = image.getexif()
    exif[0x010E] = "taken in the garden of the director"
    image.save(out, "JPEG", exif=exif, comment=b"and of the secretary")
    assert b"garden" in out.getvalue()
    assert "garden" not in pdf_logo.picture(out.getvalue())
    pixels = Image.open(io.BytesIO(pdf_png(pdf_logo.picture(out.getvalue()))))
    assert (pixels.size, dict(pixels.getexif()), pixels.info) == ((20, 20), {}, {})


def pdf_png(svg: str) -> bytes:
    return base64.b64decode(svg.split("base64,")[1].split('"')[0])


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="http://inside.example/x.png"/>',
        '<image href="file:///etc/passwd"/>',
        '<use xlink:href="#a"/>',
        "<text>words need fonts</text>",
        "<style>@import url(http://inside.example/)</style>",
        '<rect width="9" height="9" fill="url(http://inside.example/#a)"/>',
        '<rect width="9" height="9" style="fill:url( \'x.svg#a\')"/>',
        "<foreignObject/>",
        '<filter id="a"><feTurbulence/></filter>',
        "<path/>" * 6000,
    ],
)
def test_a_drawing_that_loads_runs_or_repeats_is_no_logo(inside: str) -> None:
    with pytest.raises(Unreadable, match="logo") as refused:
        pdf_logo.picture(SVG.format(inside).encode())
    assert refused.value.reason == "logo"


@pytest.mark.parametrize(
    "logo",
    [
        b"<svg",
        b"<html/>",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        picture("PNG")[:60],
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        + SVG.format("<title>&b;</title>").encode(),
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + SVG.format("<title>&x;</title>").encode(),
    ],
)
def test_what_is_no_picture_is_no_logo(logo: bytes) -> None:
    with pytest.raises(Unreadable):
        pdf_logo.picture(logo)


def test_a_logo_larger_than_a_logo_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooMuch, match=str(pdf_logo.LARGEST)):
        pdf_logo.picture(b"\x89PNG" + bytes(pdf_logo.LARGEST))
    with pytest.raises(TooMuch, match="20000 by 2000"):
        pdf_logo.picture(picture("PNG", "L", (20_000, 2_000)))
