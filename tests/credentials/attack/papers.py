"""Mutants of sealed papers (PAdES): each byte that the seal is over, and those of the seal itself."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from tests.credentials.attack.expected import ACCEPTED, Harmless, Mutant, refused
from tests.credentials.attack.reasons import PAPER, TEXT
from tests.credentials.attack.world import Family, Format, another, check, check_revoked, genuine


def _families(whole: bytes, other: bytes) -> list[Family]:
    start, end = _gap(whole)
    seal = bytes.fromhex(whole[start + 1 : end - 1].decode())
    used = len(seal.rstrip(b"\0"))

    def hexed(data: bytes) -> bytes:
        return whole[: start + 1] + data.hex().encode() + whole[end - 1 :]

    def outside(rng: random.Random) -> Mutant:
        """A byte that the seal is over."""
        place = rng.choice([rng.randrange(start), rng.randrange(end, len(whole))])
        new = bytes([whole[place] ^ 1 << rng.randrange(8)])
        return Mutant("byte", f"at {place}", whole[:place] + new + whole[place + 1 :], refused(PAPER, TEXT))

    def inserted(rng: random.Random) -> Mutant:
        place = rng.choice([rng.randrange(start), rng.randrange(end, len(whole))])
        more = bytes(rng.randrange(256) for _each in range(rng.randrange(1, 5)))
        ways = {
            "more": whole[:place] + more + whole[place:],
            "less": whole[:place] + whole[place + len(more) :],
        }
        what = rng.choice(sorted(ways))
        return Mutant(
            "bytes", f"{len(more)} {what} at {place}", ways[what], refused(PAPER, TEXT, {"unknown"})
        )

    def cut(rng: random.Random) -> Mutant:
        place = rng.randrange(len(whole) - 1)
        return Mutant("cut off", f"at {place}", whole[:place], refused(PAPER, TEXT))

    def seal_bytes(rng: random.Random) -> Mutant:
        """A byte of the seal itself: what of it nobody signed may be read the same, and nothing else."""
        place = rng.randrange(used)
        new = seal[:place] + bytes([seal[place] ^ 1 << rng.randrange(8)]) + seal[place + 1 :]
        return Mutant("byte of the seal", f"at {place} of {used}", hexed(new), Harmless(PAPER))

    def room(rng: random.Random) -> Mutant:
        place = rng.randrange(used, len(seal))
        new = seal[:place] + bytes([rng.randrange(1, 256)]) + seal[place + 1 :]
        return Mutant("room behind the seal", f"at {place}", hexed(new), refused(PAPER))

    def letters(rng: random.Random) -> Mutant:
        """The same digits in large letters: the same bytes."""
        places = [at for at in range(start + 1, start + 1 + 2 * used) if chr(whole[at]) in "abcdef"]
        if not places:
            places = [at for at in range(start + 1, start + 1 + 2 * used) if chr(whole[at]) in "ABCDEF"]
        place = rng.choice(places)
        new = bytes([whole[place] ^ 0x20])
        return Mutant(
            "hexadecimal", f"another letter at {place}", whole[:place] + new + whole[place + 1 :], ACCEPTED
        )

    def swapped(rng: random.Random) -> Mutant:
        first, last = _gap(other)
        ways = {
            "the seal of another": whole[:start]
            + other[first:last].ljust(end - start, b"0")[: end - start - 1]
            + b">"
            + whole[end:],
            "the file of another before": other + whole,
            "the end of another": whole[:end] + other[last:],
            "the beginning of another": other[:first] + whole[start:],
            "no seal": whole[:start] + b"<" + b"0" * (end - start - 2) + b">" + whole[end:],
        }
        what = rng.choice(sorted(ways))
        return Mutant(
            "part of another",
            what,
            ways[what],
            Harmless(PAPER) if what.endswith("before") else refused(PAPER, TEXT),
        )

    def appended(rng: random.Random) -> Mutant:
        more = rng.choice(
            [b"\n", b" ", b"%x", b"\0", b"%%EOF\n", b"startxref\n0\n%%EOF\n", b"x" * 100, whole]
        )
        return Mutant("more behind", repr(more[:20]), whole + more, refused(PAPER))

    def ranges(rng: random.Random) -> Mutant | None:
        """The numbers that say what the seal is over."""
        found = re.search(rb"/ByteRange \[([\d ]+)\]", whole)
        assert found
        numbers = found[1].split()
        place = rng.randrange(len(numbers))
        numbers[place] = str(max(0, int(numbers[place]) + rng.choice([-1, 1, -100, 100, 10**6]))).encode()
        new = b" ".join(numbers)[: len(found[1])].ljust(len(found[1]))
        if new == found[1]:
            return None
        return Mutant(
            "range", new.decode(), whole[: found.start(1)] + new + whole[found.end(1) :], refused(PAPER)
        )

    return [outside, inserted, cut, seal_bytes, room, letters, swapped, appended, ranges, outside]


def _gap(pdf: bytes) -> tuple[int, int]:
    """Where the seal itself stands in the file, in hexadecimal."""
    numbers = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)[-1]
    return int(numbers[1]), int(numbers[2])


def formats() -> Sequence[Format]:
    """Return the paper that is attacked."""
    paper = genuine("certificate")
    return [Format("pdf", paper, _families(paper, another("certificate")), check, check_revoked)]
