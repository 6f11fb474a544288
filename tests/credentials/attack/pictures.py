"""Mutants of badges in pictures: only the credential in them is signed, and what is drawn proves nothing."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from gilde.credentials.renderings import badge_image, baking
from tests.credentials.attack.document import Document
from tests.credentials.attack.documents import families
from tests.credentials.attack.expected import ACCEPTED, Harmless, Mutant, refused
from tests.credentials.attack.reasons import DRAWING, PICTURE, TEXT
from tests.credentials.attack.world import Family, Format, another, check, check_revoked
from tests.credentials.facts_strategy import a_facts

BEGIN: Final = b"\x89PNG\r\n\x1a\n"
Chunk = tuple[bytes, bytes]


def chunks(picture: bytes) -> list[Chunk]:
    """Return the kind and content of each chunk of a PNG."""
    found, at = [], len(BEGIN)
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        found.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def joined(parts: Sequence[Chunk]) -> bytes:
    """Return the PNG of chunks, with right check sums."""
    made = [BEGIN]
    for kind, data in parts:
        made += [len(data).to_bytes(4, "big"), kind, data, zlib.crc32(kind + data).to_bytes(4, "big")]
    return b"".join(made)


def _few_pixels() -> bytes:
    """A picture of a badge small enough to be written ten thousand times."""
    line = b"\0" + bytes(16)
    header = (16).to_bytes(4, "big") + (16).to_bytes(4, "big") + b"\x08\0\0\0\0"
    return joined([(b"IHDR", header), (b"IDAT", zlib.compress(line * 16)), (b"IEND", b"")])


def _png(picture: bytes) -> Callable[[bytes], bytes]:
    header, *rest = chunks(picture)

    def wrap(credential: bytes) -> bytes:
        return joined([header, (b"iTXt", b"openbadgecredential\0\0\0\0\0" + credential), *rest])

    return wrap


def _png_families(genuine: bytes) -> list[Family]:
    parts = chunks(genuine)
    at = next(number for number, (kind, _data) in enumerate(parts) if kind == b"iTXt")
    credential = parts[at][1].partition(b"\0\0\0\0\0")[2]

    def any_byte(rng: random.Random) -> Mutant:
        place, way = rng.randrange(len(genuine)), rng.randrange(4)
        made = {
            0: genuine[:place] + bytes([genuine[place] ^ 1 << rng.randrange(8)]) + genuine[place + 1 :],
            1: genuine[:place] + bytes([rng.randrange(256)]) + genuine[place:],
            2: genuine[:place] + genuine[place + 1 :],
            3: genuine[:place],
        }[way]
        return Mutant("bytes", f"way {way} at {place}", made, refused(PICTURE, TEXT))

    def drawn(rng: random.Random) -> Mutant:
        """Another picture around the same credential."""
        more = rng.choice(
            [(b"tEXt", b"Comment\0x"), (b"tIME", bytes(7)), (b"zTXt", b"Title\0\0" + zlib.compress(b"x"))]
        )
        place = rng.randrange(1, len(parts))
        return Mutant(
            "drawing", f"a chunk at {place}", joined([*parts[:place], more, *parts[place:]]), ACCEPTED
        )

    def compressed(rng: random.Random) -> Mutant:
        level = rng.randrange(10)
        text = b"openbadgecredential\0\1\0\0\0" + zlib.compress(credential, level)
        return Mutant(
            "compressed", f"level {level}", joined([*parts[:at], (b"iTXt", text), *parts[at + 1 :]]), ACCEPTED
        )

    def chunked(rng: random.Random) -> Mutant:
        theirs = baking.unbake(another("badge png")).encode()
        baked = parts[at][1]

        def text(data: bytes, kind: bytes = b"iTXt") -> list[Chunk]:
            return [*parts[:at], (kind, data), *parts[at + 1 :]]

        ways: dict[str, list[Chunk]] = {
            "the credential twice": [*parts[:at], parts[at], *parts[at:]],
            "that of another beside it": [
                *parts[: at + 1],
                (b"iTXt", b"openbadgecredential\0\0\0\0\0" + theirs),
                *parts[at + 1 :],
            ],
            "gone": [*parts[:at], *parts[at + 1 :]],
            "as plain text": text(b"openbadgecredential\0" + credential, b"tEXt"),
            "with a wrong flag": text(baked.replace(b"\0\0\0\0\0", b"\0\2\0\0\0", 1)),
            "cut off": text(baked[: rng.randrange(20, len(baked) - 1)]),
            "said to be compressed": text(baked.replace(b"\0\0\0\0\0", b"\0\1\0\0\0", 1)),
            "of an older version": text(baked.replace(b"openbadgecredential", b"openbadges")),
            "with large letters": text(baked.replace(b"openbadge", b"OpenBadge")),
        }
        what = rng.choice(sorted(ways))
        return Mutant("chunk", what, joined(ways[what]), refused(PICTURE, TEXT))

    return [any_byte, any_byte, drawn, compressed, chunked]


def _svg(picture: bytes) -> Callable[[bytes], bytes]:
    before, after = (
        picture.split(b"<openbadges:credential><![CDATA[")[0],
        picture.split(b"]]></openbadges:credential>")[1],
    )

    def wrap(credential: bytes) -> bytes:
        told = credential.replace(b"]]>", b"]]]]><![CDATA[>")
        return b"".join(
            [before, b"<openbadges:credential><![CDATA[", told, b"]]></openbadges:credential>", after]
        )

    return wrap


def _svg_families(genuine: bytes) -> list[Family]:
    start = genuine.index(b"<openbadges:credential>")
    end = genuine.index(b"</openbadges:credential>") + len(b"</openbadges:credential>")
    element, drawing = genuine[start:end], genuine[end:]

    def drawn(rng: random.Random) -> Mutant:
        """Another drawing, in a place where elements stand."""
        more = rng.choice([b"<g/>", b"<!-- x -->", b"\n", b"<text>x</text>", b"<title>better</title>"])
        made = genuine[:end] + more + drawing
        return Mutant("drawing", more.decode(), made, ACCEPTED)

    def any_byte(rng: random.Random) -> Mutant:
        """A byte outside the credential: the drawing is not signed, and need not be one afterwards."""
        place = rng.choice([rng.randrange(start), rng.randrange(end, len(genuine))])
        new = bytes([genuine[place] ^ 1 << rng.randrange(8)])
        made = genuine[:place] + new + genuine[place + 1 :]
        return Mutant("bytes of the drawing", f"at {place}", made, Harmless(DRAWING | PICTURE | TEXT))

    def marked(rng: random.Random) -> Mutant:
        theirs = another("badge svg")
        other = theirs[
            theirs.index(b"<openbadges:credential>") : theirs.index(b"</openbadges:credential>") + 24
        ]
        closing = b"</openbadges:credential>"
        inside = element[len(b"<openbadges:credential>") : -len(closing)]
        ways = {
            "twice": genuine[:start] + element + element + drawing,
            "with that of another": genuine[:start] + element + other + drawing,
            "gone": genuine[:start] + drawing,
            "in a script": genuine[:start] + b"<script>x</script>" + element + drawing,
            "with a document type": genuine.replace(b"<svg", b'<!DOCTYPE svg [<!ENTITY a "x">]><svg', 1),
            "with a style sheet": genuine.replace(b"<svg", b'<?xml-stylesheet href="x"?><svg', 1),
            "cut off": genuine[: rng.randrange(start + 60, len(genuine) - 2)],
            "empty": genuine[:start] + b"<openbadges:credential></openbadges:credential>" + drawing,
            "with both": genuine[:start] + b'<openbadges:credential verify="a.b.c">' + inside + closing + drawing,
            "in another namespace": genuine.replace(b"purl.imsglobal.org/ob/v3p0", b"a.example/ob/v3p0"),
        }  # fmt: skip
        what = rng.choice(sorted(ways))
        return Mutant("element", what, ways[what], refused(DRAWING, PICTURE, TEXT))

    return [drawn, any_byte, marked]


def formats() -> Sequence[Format]:
    """Return the pictures that are attacked."""
    badges = [json.loads(baking.unbake(read("badge png"))) for read in (_genuine, another)]
    small = _few_pixels()
    svg = badge_image.draw(a_facts()).encode()
    found = []
    for name, wrap, more in (
        ("badge png", _png(small), _png_families),
        ("badge svg", _svg(baking.bake(svg, json.dumps(badges[0]))), _svg_families),
    ):
        of = Document(badges[0], badges[1], "eddsa-jcs-2022", wrap)
        whole = wrap(of.text.encode())
        inside = [_in_picture(family) for family in families(of)]
        found.append(Format(name, whole, [*inside, *more(whole)], check, check_revoked))
    return found


def _genuine(form: str) -> bytes:
    from tests.credentials.attack.world import genuine

    return genuine(form)


def _in_picture(family: Family) -> Family:
    """The edits of a document, in a picture: XML and PNG have a word about its text as well."""

    def made(rng: random.Random) -> Mutant | None:
        found = family(rng)
        if found is None or found.expect is ACCEPTED:
            return found
        reasons = getattr(found.expect, "reasons", frozenset()) | PICTURE | DRAWING
        return Mutant(found.family, found.what, found.data, type(found.expect)(reasons))

    return made
