"""Status lists of a million entries, the log of a million leaves, and work on files in the process apart."""

from __future__ import annotations

import base64
import io
import random
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import segno
from PIL import Image

from bench import Timing, timed
from gilde.credentials.checking import apart
from gilde.credentials.checking.sniff import sniff
from gilde.credentials.errors import TooMuch
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.log import checkpoint, receipt
from gilde.credentials.log.tree import InMemory, Tree, leaf_hash, verify_consistency
from gilde.credentials.status import bitstring
from gilde.credentials.status.allotment import Allotment

MILLION = 1_000_000
# Milliseconds, by issue 5, "Numbers": a list in a second; a page in 300, of which work apart may have its part.
LIST = 1000.0
APART = 100.0
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long each takes; names say where one time is of many."""
    return "Status lists, log and process apart", [*_lists(), *_log(), *_apart()]


def _times(name: str, work: Callable[[], object], *, again: int = 5, limit: float | None = None) -> Timing:
    taken = [timed(work) for _turn in range(again)]
    return Timing(name, [clock for clock, _cpu in taken], [cpu for _clock, cpu in taken], limit=limit)


def _lists() -> list[Timing]:
    draw = random.Random(5)  # noqa: S311
    tenth = draw.sample(range(MILLION), MILLION // 10)
    bits = bitstring.build(MILLION, tenth)
    encoded = bitstring.encode(bits)
    allotment = Allotment(b"0123456789abcdef", MILLION)
    start = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = start.compress(bytes(10_000_000)) + start.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 1000 + b"\x03\x00" + bytes(8)
    bomb = "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    def whole() -> None:
        bitstring.document(
            bitstring.build(MILLION, tenth),
            url="https://gilde.example/status/1",
            issuer="did:web:gilde.example",
            purposes=["revocation"],
            valid_from=NOON,
        )

    return [
        _times("list of a million entries, a tenth set, built and encoded", whole, limit=LIST),
        _times(
            "the same, every entry set", lambda: bitstring.encode(bitstring.build(MILLION, range(MILLION)))
        ),
        _times("a list of a million entries decoded", lambda: bitstring.decode(encoded)),
        _times("a list that inflates to 10 GB refused", lambda: _refused(lambda: bitstring.decode(bomb))),
        _times("10,000 places of a list of a million", lambda: [allotment.index(n) for n in range(10_000)]),
    ]


def _log() -> list[Timing]:
    leaves = [leaf_hash(b"%d" % number) for number in range(MILLION)]
    tree = Tree(InMemory())
    tree.append(leaves[:900_000])
    grow = _times("100,000 leaves appended to 900,000", lambda: tree.append(leaves[900_000:]), again=1)
    one = Tree(tree.nodes, tree.size)
    key = SigningKey.generate(KeyKind.ED25519, "did:web:gilde.example#log")
    draw = random.Random(5)  # noqa: S311
    some = [draw.randrange(MILLION) for _number in range(1000)]
    head = checkpoint.Checkpoint("gilde.example/log", tree.size, tree.root(), NOON)
    note = checkpoint.sign(head, key)
    given = [receipt.Receipt(leaves[at], at, tuple(tree.inclusion(at)), note) for at in some]
    old = [(at + 1, tree.consistency(at + 1), tree.root(at + 1)) for at in some]
    return [
        grow,
        _times("one leaf appended to a million", lambda: one.append(leaves[:1])),
        _times("1,000 inclusion proofs of a million", lambda: [tree.inclusion(at, MILLION) for at in some]),
        _times(
            "1,000 consistency proofs with a million",
            lambda: [tree.consistency(at + 1, MILLION) for at in some],
        ),
        _times(
            "1,000 receipts verified",
            lambda: [receipt.verify_receipt(each, each.leaf, key.public) for each in given],
        ),
        _times(
            "1,000 consistency proofs verified",
            lambda: [verify_consistency(size, MILLION, path, root, head.root) for size, path, root in old],
        ),
    ]


def _apart() -> list[Timing]:
    into = io.BytesIO()
    segno.make_qr("https://gilde.example/s/3f2a").save(into, kind="png", scale=6)
    small = into.getvalue()
    page = Image.effect_noise((4000, 3000), 40)
    page.paste(Image.open(io.BytesIO(small)).convert("L").resize((900, 900)), (1500, 1000))
    photo = io.BytesIO()
    page.save(photo, "JPEG", quality=85)
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")

    def refused() -> None:
        _refused(lambda: apart.run("image-codes", bomb.getvalue()))

    cold = _times(
        "first task, with the start of the server", lambda: apart.run("image-codes", small), again=1
    )
    return [
        cold,
        _times(
            "code in a small picture, apart", lambda: apart.run("image-codes", small), again=30, limit=APART
        ),
        _times(
            "code in a photo of 12 million points, apart", lambda: apart.run("image-codes", photo.getvalue())
        ),
        _times("picture of 20,000 × 20,000 points refused", refused, limit=APART),
        _times(
            "a photo told apart from other things, 1,000 times", lambda: [sniff(small) for _n in range(1000)]
        ),
    ]


def _refused(work: Callable[[], object]) -> None:
    try:
        work()
    except TooMuch:
        return
    raise AssertionError("It was not refused.")
