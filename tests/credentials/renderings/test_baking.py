"""A credential in the picture of its badge: it comes out as it went in, and nothing else of the picture changes."""

from __future__ import annotations

import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.linked import jcs, strict
from gilde.credentials.renderings import baking, open_badge
from gilde.credentials.renderings.baking_png import SIGNATURE, Chunk, chunks
from tests.credentials.facts_strategy import a_facts, a_place

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJkaWQ6YTpiIn0.c2lnbmF0dXJl"
JSON = jcs.canonical(open_badge.render(a_facts(), a_place())).decode()
SVG = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a "badge" > here -->\n'
    '<svg xmlns="http://www.w3.org/2000/svg" aria-label="a &gt; b > c" viewBox="0 0 9 9">\n'
    '  <circle r="4"/><text>é ]]&gt; &amp;</text>\n</svg>\n'
).encode()
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"


def a_png(width: int = 3, height: int = 2) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (width, height), (166, 58, 36, 255)).save(file, "PNG")
    return file.getvalue()


def with_chunks(*extra: Chunk) -> bytes:
    header, *others = chunks(a_png())
    return SIGNATURE + b"".join(chunk.packed() for chunk in (header, *extra, *others))


def an_itxt(text: bytes, *, keyword: bytes = b"openbadgecredential", flags: bytes = b"\0\0") -> Chunk:
    return Chunk(b"iTXt", keyword + b"\0" + flags + b"\0\0" + text)


def an_svg(inside: str, *, root: str = f'xmlns:openbadges="{NAMESPACE}"', before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {root}>{inside}<path d="M0 0"/></svg>'.encode()


def refused(picture: bytes, kind: type[Unreadable] | type[Unsupported] = Unreadable) -> str:
    with pytest.raises(kind) as caught:
        baking.unbake(picture)
    return caught.value.reason


tokens = st.from_regex(r"[A-Za-z0-9_-]{1,30}\.[A-Za-z0-9_-]{1,30}\.[A-Za-z0-9_-]{1,30}", fullmatch=True)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=12) | st.just("]]>"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
texts = st.dictionaries(st.text(max_size=6), values, max_size=4).map(
    lambda value: json.dumps(value, ensure_ascii=False)
)
pictures = st.sampled_from([SVG, an_svg("", root=""), an_svg("<g/>")]) | st.builds(
    a_png, st.integers(1, 5), st.integers(1, 5)
)


@given(picture=pictures, credential=tokens)
def test_a_token_comes_out_of_any_picture_as_it_went_in(picture: bytes, credential: str) -> None:
    assert baking.unbake(baking.bake(picture, credential)) == credential


@given(picture=pictures, credential=texts)
def test_json_comes_out_of_any_picture_with_the_same_value_and_but_for_xml_the_same_letters(
    picture: bytes, credential: str
) -> None:
    found = baking.unbake(baking.bake(picture, credential))
    assert json.loads(found) == json.loads(credential)
    if baking.is_png(picture) or not set(credential) & set("\r\ufffe\uffff"):
        assert found == credential


@given(picture=pictures, first=tokens | texts, second=tokens | texts)
def test_baking_again_replaces_what_was_baked_before(picture: bytes, first: str, second: str) -> None:
    once = baking.bake(picture, second)
    assert baking.bake(baking.bake(picture, first), second) == once
    assert baking.bake(once, second) == once


@given(picture=st.builds(a_png, st.integers(1, 5), st.integers(1, 5)), credential=tokens | texts)
def test_nothing_else_of_a_png_changes(picture: bytes, credential: str) -> None:
    baked = baking.bake(picture, credential)
    assert [chunk for chunk in chunks(baked) if not chunk.baked] == list(chunks(picture))
    assert Image.open(io.BytesIO(baked)).tobytes() == Image.open(io.BytesIO(picture)).tobytes()


@pytest.mark.parametrize("credential", [TOKEN, JSON])
def test_nothing_else_of_an_svg_changes(credential: str) -> None:
    baked = baking.bake(SVG, credential)
    before, start, rest = baked.partition(b"<openbadges:credential")
    inside, end, after = rest.partition(b"</openbadges:credential>")
    assert start
    assert end
    assert inside
    assert before.replace(f' xmlns:openbadges="{NAMESPACE}"'.encode(), b"") + after == SVG


def test_a_png_bears_the_credential_uncompressed_under_its_keyword() -> None:
    image = Image.open(io.BytesIO(baking.bake(a_png(), JSON)))
    image.load()
    assert image.info["openbadgecredential"] == JSON
    assert an_itxt(JSON.encode()) in list(chunks(baking.bake(a_png(), JSON)))


def test_an_svg_bears_a_token_in_an_attribute_and_json_in_its_text() -> None:
    assert f'<openbadges:credential verify="{TOKEN}"></openbadges:credential>'.encode() in baking.bake(
        SVG, TOKEN
    )
    assert f"<openbadges:credential><![CDATA[{JSON}]]></openbadges:credential>".encode() in baking.bake(
        SVG, JSON
    )


def test_a_badge_is_what_comes_out_of_its_picture() -> None:
    for picture in (a_png(), SVG):
        document = strict.parse(baking.unbake(baking.bake(picture, JSON)))
        assert open_badge.facts(document) == a_facts()


def test_a_picture_that_others_baked_is_read() -> None:
    assert baking.unbake(with_chunks(an_itxt(b'{"a": 1}'))) == '{"a": 1}'
    assert baking.unbake(an_svg(f'<openbadges:credential verify="{TOKEN}"/>')) == TOKEN
    assert (
        baking.unbake(an_svg('<openbadges:credential>\n <![CDATA[\n{"a": 1}\n]]> </openbadges:credential>'))
        == '{"a": 1}'
    )
    other = an_svg(f'<ob:credential verify="{TOKEN}"/>', root=f'xmlns:ob="{NAMESPACE}"')
    assert baking.unbake(other) == TOKEN
    assert (
        baking.unbake(an_svg('<openbadges:credential verify="">{"a": 1}</openbadges:credential>'))
        == '{"a": 1}'
    )


def test_a_compressed_credential_is_read_and_one_that_unpacks_to_too_much_refused() -> None:
    packed = zlib.compress(JSON.encode())
    assert baking.unbake(with_chunks(an_itxt(packed, flags=b"\1\0"))) == JSON
    bomb = zlib.compress(b" " * (baking.LARGEST + 1), 9)
    assert len(bomb) < 100_000
    assert refused(with_chunks(an_itxt(bomb, flags=b"\1\0")), TooMuch) == "too-large"


@pytest.mark.parametrize(
    "packed", [b"", b"no zlib", zlib.compress(b"{}")[:-1], zlib.compress(b"{}") + b"more"]
)
def test_a_credential_that_cannot_be_unpacked_is_refused(packed: bytes) -> None:
    assert refused(with_chunks(an_itxt(packed, flags=b"\1\0"))) == "png-text"


@pytest.mark.parametrize(
    ("chunk", "reason"),
    [
        (an_itxt(b"{}", flags=b"\2\0"), "png-text"),
        (an_itxt(b"{}", flags=b"\0\1"), "png-text"),
        (Chunk(b"iTXt", b"openbadgecredential\0\0\0no end"), "png-text"),
        (Chunk(b"iTXt", b"openbadgecredential"), "png-text"),
        (an_itxt(b"\xff\xfe"), "not-utf8"),
        (an_itxt(b"{}", keyword=b"comment"), "no-credential"),
        (Chunk(b"tEXt", b"openbadgecredential\0{}"), "no-credential"),
        (Chunk(b"1234", b""), "png-chunk"),
        (Chunk(b"IHDR", b"\0" * 13), "png-chunk"),
    ],
)
def test_a_png_with_something_else_is_refused(chunk: Chunk, reason: str) -> None:
    assert refused(with_chunks(chunk)) == reason


def test_several_credentials_in_a_picture_are_refused() -> None:
    assert refused(with_chunks(an_itxt(b"{}"), an_itxt(b"{}"))) == "several-credentials"
    one = f'<openbadges:credential verify="{TOKEN}"/>'
    assert refused(an_svg(one + one)) == "several-credentials"


def test_a_badge_of_an_older_version_is_told_as_such() -> None:
    assert refused(with_chunks(an_itxt(b"{}", keyword=b"openbadges")), Unsupported) == "open-badges-2"
    assert (
        refused(with_chunks(Chunk(b"tEXt", b"openbadges\0https://x.example/1")), Unsupported)
        == "open-badges-2"
    )
    old = an_svg('<openbadges:assertion verify="x"/>', root='xmlns:openbadges="http://openbadges.org"')
    assert refused(old, Unsupported) == "open-badges-2"


def test_a_picture_without_a_credential_is_told_as_such() -> None:
    assert refused(a_png()) == "no-credential"
    assert refused(SVG) == "no-credential"


@given(at=st.integers(0, 10_000), flipped=st.integers(1, 255))
def test_one_wrong_byte_in_a_png_is_noticed(at: int, flipped: int) -> None:
    baked = bytearray(baking.bake(a_png(), TOKEN))
    baked[at % len(baked)] ^= flipped
    assert refused(bytes(baked))


@given(length=st.integers(0, 10_000))
def test_a_png_that_was_cut_off_is_noticed(length: int) -> None:
    baked = baking.bake(a_png(), TOKEN)
    assert refused(baked[: length % len(baked)])


def test_what_follows_the_end_of_a_png_is_refused() -> None:
    assert refused(baking.bake(a_png(), TOKEN) + b"PK\x03\x04") == "png-trailing"


def test_a_chunk_cannot_claim_to_be_longer_than_the_file() -> None:
    assert refused(SIGNATURE + b"\xff\xff\xff\xffIHDR") == "png-cut-off"


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (an_svg("<openbadges:credential>&c;</openbadges:credential>", before=LAUGHS), "svg-doctype"),
        (an_svg("<openbadges:credential>&x;</openbadges:credential>", before=OUTSIDE), "svg-doctype"),
        (an_svg("", before='<!DOCTYPE svg SYSTEM "http://127.0.0.1/svg.dtd">'), "svg-doctype"),
        (an_svg("", before='<?xml-stylesheet href="http://127.0.0.1/x.css"?>'), "svg-instruction"),
        (an_svg("<script>alert(1)</script>"), "svg-script"),
        (an_svg('<s:script xmlns:s="http://www.w3.org/1999/xhtml"/>'), "svg-script"),
        (an_svg('<circle onclick="alert(1)"/>'), "svg-script"),
        (an_svg('<a href=" java\nscript:alert(1)"/>'), "svg-script"),
        (an_svg("<foreignObject/>"), "svg-script"),
        (an_svg("", root='onload="x()"'), "svg-script"),
        (an_svg("<openbadges:credential/>"), "svg-credential"),
        (an_svg(f'<openbadges:credential verify="{TOKEN}">{{}}</openbadges:credential>'), "svg-credential"),
        (an_svg("<openbadges:credential><g/>{}</openbadges:credential>"), "svg-credential"),
        (an_svg("<g>" * 300 + "</g>" * 300), "too-deep"),
        (an_svg("&nbsp;"), "not-svg"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "not-svg"),
        (b"<svg/>", "not-svg"),
        (b"GIF89a", "not-svg"),
        (SVG[:-8], "not-svg"),
        (b"", "empty"),
    ],
)
def test_an_svg_that_could_do_harm_or_is_none_is_refused(picture: bytes, reason: str) -> None:
    assert refused(picture) == reason


@pytest.mark.parametrize(
    "picture",
    [an_svg("<script>alert(1)</script>"), an_svg("", before=OUTSIDE), an_svg("", before=LAUGHS), b"GIF89a"],
)
def test_nothing_is_baked_into_it_either(picture: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        baking.bake(picture, TOKEN)
    assert caught.value.reason == refused(picture)


def test_a_picture_of_more_than_16_mb_is_refused_unread() -> None:
    assert refused(b"x" * (baking.LARGEST + 1), TooMuch) == "too-large"


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (SVG.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1"), "svg-encoding"),
        (an_svg("", root='xmlns:openbadges="http://openbadges.org"'), "svg-namespace"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "svg-empty"),
    ],
)
def test_some_pictures_cannot_be_baked_into(picture: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        baking.bake(picture, TOKEN)
    assert caught.value.reason == reason


@pytest.mark.parametrize("credential", ["", "no token at all", 'x"><script>', "[1]"])
def test_only_json_or_a_token_is_baked_into_an_svg(credential: str) -> None:
    with pytest.raises(Unreadable) as caught:
        baking.bake(SVG, credential)
    assert caught.value.reason == "not-a-credential"
