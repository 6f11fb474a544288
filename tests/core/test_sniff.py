"""What a file is, from its content; and archives that are not what they say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from docx import Document as Docx
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.documents import Encrypted, UnsafeArchive, archives, sniff
from gilde.core.documents.archives import Limits


def type_of(content: bytes) -> str:
    return sniff.media_type_of(io.BytesIO(content), len(content))


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office(main: str) -> bytes:
    return zipped(
        {"[Content_Types].xml": f'<Types><Override ContentType="{main}"/></Types>'.encode(), "a.xml": b"<a/>"}
    )


def docx() -> bytes:
    buffer = io.BytesIO()
    document = Docx()
    document.add_paragraph("A measure")
    document.save(buffer)
    return buffer.getvalue()


OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4\nrest", "application/pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4\nrest", "application/pdf"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- a --><svg/>", "image/svg+xml"),
        (b"<?xml version='1.0'?><plan/>", "application/xml"),
        (b"\n <!-- made by hand -->\n<!DOCTYPE html><p>a", "text/html"),
        (b"<html><body>a", "text/html"),
        ("<HTML>één".encode("utf-16"), "text/html"),
        (b'{"kind": "implementation-plan"}', "application/json"),
        (b"[1, 2", "text/plain"),
        (b"{" * 5000, "text/plain"),
        (b"[" * 5000 + b"]" * 5000, "text/plain"),
        (b"# Plan\n\nA <b>measure</b>, and another, too.\n", "text/plain"),
        (b"[A link](https://example.org) and text\n", "text/plain"),
        (b"area;year;value\nBE2;2024;71.5\nBE2;2025;72\n", "text/csv"),
        (b'a,b\n"x, y",2\n3,4\n', "text/csv"),
        (b"First, this.\nSecond, that.\nThird, more.\n", "text/plain"),
        ("Maatregel één\n".encode("cp1252"), "text/plain"),
        ("Maatregel één\n".encode("utf-16"), "text/plain"),
        (b"text with \x00 in it", "application/octet-stream"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "application/x-ole-storage"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "application/octet-stream"),
        (docx(), OOXML + "wordprocessingml.document"),
        (office(OOXML + "spreadsheetml.sheet.main+xml"), OOXML + "spreadsheetml.sheet"),
        (
            zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped({"mimetype": b"text/html"}), "application/zip"),
        (zipped({"a.txt": b"a"}), "application/zip"),
        (b"PK\x03\x04 and then nothing", "application/zip"),
    ],
)
def test_the_type_is_told_by_the_content(content: bytes, media_type: str) -> None:
    assert type_of(content) == media_type


@given(st.binary(max_size=3000))
def test_any_bytes_have_a_type_and_nothing_else_happens(content: bytes) -> None:
    assert "/" in type_of(content)


@given(st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=500))
def test_text_in_utf8_is_never_taken_for_something_binary(text: str) -> None:
    assert type_of(("Plan " + text).encode()).startswith("text/")


# --- archives
# -------------------------------------------------------------------------------------------------


def check(content: bytes, limits: Limits | None = None) -> None:
    archives.check(io.BytesIO(content), "upload.zip", len(content), limits)


def test_an_ordinary_document_passes() -> None:
    check(docx())
    check(zipped({"a.txt": b"a" * 1000, "b.txt": b""}, zipfile.ZIP_STORED))
    check(zipped({}))


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    bomb = zipped({"bomb": b"\0" * (30 * 1024 * 1024)})
    assert len(bomb) < 40_000
    with pytest.raises(UnsafeArchive, match="would unpack to far more than it is"):
        check(bomb)


def lying(real: bytes, declared: int) -> bytes:
    """Return an archive whose one member declares another size than it has."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(real) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(real), len(packed), declared)
    local = (
        b"PK\x03\x04"
        + struct.pack("<HHHHH", 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HH", 1, 0)
        + b"a"
        + packed
    )
    directory = (
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0)
        + b"a"
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(local), 0)
    return local + directory + end


def test_a_bomb_that_declares_little_is_refused_by_what_it_really_holds() -> None:
    with pytest.raises(UnsafeArchive, match="would unpack to far more than it is"):
        check(lying(b"\0" * (30 * 1024 * 1024), declared=100))


def test_a_small_lie_about_a_size_is_refused_too() -> None:
    check(lying(b"abc" * 10, declared=30))
    with pytest.raises(UnsafeArchive, match="has 7 bytes, but it has 30"):
        check(lying(b"abc" * 10, declared=7))


def test_members_that_share_their_bytes_are_refused() -> None:
    content = zipped({"aa": b"x" * 500, "bb": b"y" * 500}, zipfile.ZIP_STORED)
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    overlapped = bytearray(content)
    overlapped[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(UnsafeArchive, match="unpack the same bytes several times"):
        check(bytes(overlapped))


def test_too_many_members_are_refused() -> None:
    many = zipped({f"{number}": b"" for number in range(60)})
    with pytest.raises(UnsafeArchive, match="more than 50 files"):
        check(many, Limits(members=50))


def test_a_long_directory_is_refused_before_it_is_read() -> None:
    content = bytearray(zipped({"a": b"a"}))
    content[-10:-6] = struct.pack("<I", 400 * 10_000 + 1)
    with pytest.raises(UnsafeArchive, match="more than 10000 files"):
        check(bytes(content))


def nested(depth: int) -> bytes:
    content = zipped({"a.txt": b"a"})
    for _ in range(depth):
        content = zipped({"inner.zip": content})
    return content


def test_archives_are_followed_two_deep_and_no_deeper() -> None:
    check(nested(2))
    with pytest.raises(UnsafeArchive, match="archives inside archives"):
        check(nested(3))


def test_a_bomb_inside_an_archive_is_found() -> None:
    bomb = zipped({"bomb": b"\0" * (30 * 1024 * 1024)})
    with pytest.raises(UnsafeArchive, match=r"inner\.docx"):
        check(zipped({"inner.docx": bomb}, zipfile.ZIP_STORED))


def test_bombs_of_many_members_are_added_up() -> None:
    members = {f"{number}": b"\0" * (2 * 1024 * 1024) for number in range(15)}
    with pytest.raises(UnsafeArchive, match="far more"):
        check(zipped(members))


def test_an_archive_with_a_password_is_told_as_such() -> None:
    content = bytearray(zipped({"a": b"a"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Encrypted, match="protected with a password"):
        check(bytes(content))


def test_an_office_file_with_a_password_is_told_as_such() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 70_000 + "EncryptedPackage".encode("utf-16-le")
    assert sniff.holds_encrypted_package(io.BytesIO(ole))
    assert not sniff.holds_encrypted_package(io.BytesIO(ole[:-4]))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_checked_is_refused(compression: int) -> None:
    with pytest.raises(UnsafeArchive, match="cannot be checked"):
        check(zipped({"a": b"a" * 100}, compression))


@given(st.data())
def test_a_damaged_archive_is_refused_in_one_sentence_or_harmless(data: st.DataObject) -> None:
    content = bytearray(zipped({"a.txt": b"some text " * 20, "b.zip": zipped({"c": b"c" * 50})}))
    cut = data.draw(st.integers(4, len(content)))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    sentence = ""
    try:
        check(bytes(content[:cut]))
    except (UnsafeArchive, Encrypted) as refused:
        sentence = refused.sentence
    assert sentence == "" or sentence.startswith("“upload.zip")
