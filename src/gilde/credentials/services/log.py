"""The log of what was issued: digests are added in the transaction of the issuing, checkpoints are signed after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.errors import Missing
from gilde.credentials import identity
from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.methods import Method
from gilde.credentials.log import checkpoint as notes
from gilde.credentials.log.receipt import Receipt
from gilde.credentials.log.tree import Place, Tree, leaf_hash
from gilde.credentials.models import Checkpoint, LogHead, LogLeaf, LogNode, Rendering
from gilde.credentials.services import keys

_ASKED_AT_ONCE = 200  # places in one query; SQLite takes a thousand terms
_ROWS: Final = 5000  # entries that are looked at together
_TOLD: Final = 20  # of many faults of one kind as many are told
_DIGEST: Final = re.compile("[0-9a-f]{64}")


class Stored:
    """The nodes of the tree in the database."""

    def get(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        wanted = list(places)
        found: dict[Place, bytes] = {}
        for at in range(0, len(wanted), _ASKED_AT_ONCE):
            by_level: dict[int, list[int]] = {}
            for level, index in wanted[at : at + _ASKED_AT_ONCE]:
                by_level.setdefault(level, []).append(index)
            where = Q()
            for level, indexes in by_level.items():
                where |= Q(level=level, index__in=indexes)
            rows = LogNode.objects.filter(where).values_list("level", "index", "hash")
            found.update(((level, index), bytes(hashed)) for level, index, hashed in rows)
        return found

    def put(self, nodes: Mapping[Place, bytes]) -> None:
        LogNode.objects.bulk_create(
            (LogNode(level=level, index=index, hash=hashed) for (level, index), hashed in nodes.items()),
            batch_size=500,
        )


def origin() -> str:
    """Return the name of the log in its checkpoints: where it is published."""
    return f"{identity.host().replace('%3A', ':')}/log"


def append(digests: Sequence[str]) -> int:
    """Add digests (SHA-256, hexadecimal) to the log, and return the index of the first.

    Called inside the transaction that issues: both are stored, or neither. Two who append wait for one another.
    """
    if not digests:
        return LogHead.objects.values_list("size", flat=True).first() or 0
    LogHead.objects.get_or_create(pk=1)
    # The row stays locked until the transaction ends, so the size that is read then is ours.
    LogHead.objects.filter(pk=1).update(size=F("size") + len(digests))
    size = LogHead.objects.values_list("size", flat=True).get(pk=1)
    first = size - len(digests)
    now = clock.now()
    LogLeaf.objects.bulk_create(
        (LogLeaf(index=first + at, digest=digest, at=now) for at, digest in enumerate(digests)),
        batch_size=500,
    )
    Tree(Stored(), first).append([leaf_hash(bytes.fromhex(digest)) for digest in digests])
    return first


def sign_checkpoint() -> Checkpoint | None:
    """Sign the log as it stands, unless that was done, and return the newest checkpoint; None while it is empty."""
    size = LogHead.objects.values_list("size", flat=True).first() or 0
    newest = Checkpoint.objects.first()
    if not size or (newest and newest.size == size):
        return newest
    _key, signing = keys.signing_key(None)
    now = clock.now().replace(microsecond=0)
    told = notes.Checkpoint(origin(), size, Tree(Stored(), size).root(), now)
    with transaction.atomic():
        made, _new = Checkpoint.objects.get_or_create(
            size=size, defaults={"text": notes.sign(told, signing), "at": now}
        )
    return made


def _checkpoint_over(index: int) -> Checkpoint:
    """Return the first checkpoint that covers a leaf: the earliest proof that it existed. Raises Missing."""
    found = Checkpoint.objects.filter(size__gt=index).order_by("size").first()
    if found is None:
        raise Missing(_("This is so new that no checkpoint covers it yet. Ask again in a few minutes."))
    return found


def leaf_of(digest: str) -> LogLeaf:
    """Return where a digest stands in the log. Raises Missing."""
    found = LogLeaf.objects.filter(digest=digest).first()
    if found is None:
        raise Missing(_("The log holds no such digest."))
    return found


def receipt(digest: str) -> Receipt:
    """Return the proof, to be checked by anybody, that what has this digest existed. Raises Missing."""
    leaf = leaf_of(digest)
    over = _checkpoint_over(leaf.index)
    tree = Tree(Stored(), over.size)
    return Receipt(
        leaf_hash(bytes.fromhex(digest)), leaf.index, tuple(tree.inclusion(leaf.index, over.size)), over.text
    )


def consistency(first: int, second: int) -> list[bytes]:
    """Return the proof that the log of one size is the beginning of that of another. Raises Invalid."""
    size = LogHead.objects.values_list("size", flat=True).first() or 0
    return Tree(Stored(), size).consistency(first, second)


def existed_at(digest: str) -> datetime | None:
    """Return the time of the first checkpoint over a digest, else None: it existed then, whoever signed it."""
    leaf = LogLeaf.objects.filter(digest=digest).values_list("index", flat=True).first()
    if leaf is None:
        return None
    return Checkpoint.objects.filter(size__gt=leaf).order_by("size").values_list("at", flat=True).first()


def verify() -> Iterator[str]:
    """Yield a sentence for each way in which the stored log is not what its checkpoints say.

    Every entry, every hash above them and every checkpoint is looked at, and whether each credential that is kept has
    its entry. What was taken out together with all that says so is found by who holds a later checkpoint.
    """
    size = LogHead.objects.values_list("size", flat=True).first() or 0
    methods = keys.methods(None)
    signed: dict[int, bytes] = {}
    for row in Checkpoint.objects.order_by("size"):
        told = _signed(row, methods)
        if told is None:
            yield _("The checkpoint of %(size)d entries is not as the register signed it.") % {
                "size": row.size
            }
        elif row.size > size:
            yield _("The log held %(signed)d entries when it was signed, and counts %(size)d.") % {
                "signed": row.size,
                "size": size,
            }
        else:
            signed[row.size] = told.root
    rebuilt = _Rebuilt()
    counted = 0
    for counted, root in rebuilt.roots(sorted(signed)):
        if root != signed[counted]:
            yield _("The log of %(size)d entries is not what its checkpoint says.") % {"size": counted}
    counted = rebuilt.counted
    for level, index in rebuilt.wrong[:_TOLD]:
        yield _("The hash %(index)d of level %(level)d is not that of what stands below it.") % {
            "index": index,
            "level": level,
        }
    if counted != size:
        yield _("The log counts %(size)d entries and holds %(counted)d.") % {"size": size, "counted": counted}
    elif LogNode.objects.count() != rebuilt.hashes:
        yield _("The log holds hashes that belong to no entry.")
    own = LogLeaf.objects.filter(index=OuterRef("leaf")).values("digest")
    strays = Rendering.objects.exclude(leaf=None).annotate(logged=Subquery(own))
    for stray in strays.filter(~Q(digest=F("logged")) | Q(logged=None)).order_by("leaf")[:_TOLD]:
        yield _("Entry %(index)d of the log is not that of the credential that it was made for.") % {
            "index": stray.leaf
        }


def _signed(row: Checkpoint, methods: Sequence[Method]) -> notes.Checkpoint | None:
    """Return what a checkpoint says, None unless a key that could be believed then signed just this."""
    for method in methods:
        try:
            told = notes.verify(row.text, method.public, origin=origin())
        except (Altered, Unreadable):
            continue
        # A key signs from its first second on, and a checkpoint tells whole ones.
        since = method.since and method.since.replace(microsecond=0)
        if replace(method, since=since).may_sign_at(told.at):
            return told if (told.size, told.at) == (row.size, row.at) else None
    return None


class _Rebuilt:
    """The tree as it grows again from its entries, each hash compared with the one that is stored."""

    def __init__(self) -> None:
        self.counted = 0
        self.hashes = 0
        self.wrong: list[Place] = []
        self._kept: dict[Place, bytes] = {}

    def roots(self, sizes: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the root of each of these sizes, and read on to the last entry that there is without a gap."""
        ends = set(sizes)
        tree = Tree(self)
        chunk: list[bytes] = []
        rows = LogLeaf.objects.order_by("index").values_list("index", "digest").iterator(chunk_size=5000)
        for index, digest in rows:
            if index != self.counted or not _DIGEST.fullmatch(digest):
                break
            self.counted += 1
            chunk.append(leaf_hash(bytes.fromhex(digest)))
            if self.counted in ends or len(chunk) == _ROWS:
                tree.append(chunk)
                chunk = []
            if self.counted in ends:
                yield self.counted, tree.root()
        tree.append(chunk)

    def get(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        """Return what was kept of these."""
        return {place: self._kept[place] for place in places if place in self._kept}

    def put(self, nodes: Mapping[Place, bytes]) -> None:
        """Compare hashes with those that are stored, and keep what the growing edge needs."""
        stored = Stored().get(nodes)
        self.wrong += [place for place, hashed in nodes.items() if stored.get(place) != hashed]
        self.hashes += len(nodes)
        self._kept.update(nodes)
        for level, index in list(nodes):
            # Of each level only the newest two can be asked for again.
            self._kept.pop((level, index - 2), None)


def digest_of(content: bytes) -> str:
    """Return the digest of a credential as the log holds it."""
    return sha256(content).hexdigest()


def as_json(found: Receipt) -> dict[str, Any]:
    """Return a receipt as the JSON that is handed out."""
    return found.document()
