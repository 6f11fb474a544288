"""The index on disk: one folder for each time that it was built, a pointer to the one in use, one lock for
writers.

Readers never wait. A folder that is replaced stays readable to who has it open.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import tantivy
from django.conf import settings

from gilde.core.search.entries import Entry

logger = logging.getLogger(__name__)

STEMMED: Final = {"en": "english", "nl": "dutch"}
OTHER: Final = "xx"
# Languages that write compounds as one word whose end says what the thing is: a booglasser is a lasser.
COMPOUNDING: Final = frozenset({"nl", "de", "da", "sv", "nb", "nn", "is", "fi", "et", "hu"})
# The fewest letters of that end, and of what stands before it.
_HEAD, _BEFORE = 4, 3
_COMPOUND = re.compile(rf"[^\W\d_]{{{_HEAD + _BEFORE},50}}")
# Letters of a title that its place in an order depends on.
_ORDERED = 60
# Part of the name of a folder: an index of another form is not read but built again.
_FORM = "2"
_POINTER = "current"
# Bytes that a writer may use: more makes fewer and larger segments, in which words are found sooner.
_CHANGING, _BUILDING = 30_000_000, 100_000_000

_opened: dict[str, tuple[tantivy.Index, int]] = {}
_opening = threading.Lock()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("key", "kind", "id", "scope"):
        builder.add_text_field(
            name, stored=name in ("kind", "id"), tokenizer_name="raw", index_option="basic"
        )
    for name in ("url", "titles"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    # A column for each facet: filtered on and counted.
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    # Words as they are written, of every language: for exact names and for typing errors.
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="plain")
    for language in (*STEMMED, OTHER):
        tokenizer = language if language in STEMMED else "plain"
        builder.add_text_field(f"title_{language}", tokenizer_name=tokenizer)
        builder.add_text_field(f"text_{language}", stored=True, tokenizer_name=tokenizer)
        builder.add_text_field(f"head_{language}", tokenizer_name=tokenizer, index_option="freq")
        builder.add_text_field(f"order_{language}", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA: Final = _schema()


def current() -> tantivy.Index | None:
    """Return the index in use, as last committed by any process; None when there is none that can be read."""
    folder = _current_folder()
    if folder is None:
        return None
    try:
        changed = (folder / "meta.json").stat().st_mtime_ns
        with _opening:
            index, seen = _opened.get(str(folder), (None, 0))
            if index is None:
                index = _open(folder)
                _opened.clear()
            elif seen != changed:
                index.reload()
            _opened[str(folder)] = (index, changed)
        return index
    except (OSError, ValueError):
        logger.exception(
            "The search index in %s cannot be read; rebuild it with “gilde search rebuild”", folder
        )
        return None


def replace(entries: Iterable[Entry]) -> int:
    """Build a new index of these entries, put it in use, remove the one before; return how many entries it
    has.
    """
    with _writing() as base:
        folder = base / f"{_FORM}-{uuid4().hex}"
        folder.mkdir()
        try:
            count = _write(folder, (), entries, heap=_BUILDING)
            pointer = base / f"{_POINTER}.{uuid4().hex}"
            pointer.write_text(folder.name)
            os.replace(pointer, base / _POINTER)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for other in base.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return count


def change(kind: str, ids: Collection[str], entries: Iterable[Entry]) -> bool:
    """Take these things out of the index and put in what is given; return False when there is no index to
    change.
    """
    with _writing():
        folder = _current_folder()
        if folder is None:
            return False
        _write(folder, [_key(kind, id) for id in ids], entries, heap=_CHANGING)
    return True


def _write(folder: Path, keys: Iterable[str], entries: Iterable[Entry], *, heap: int) -> int:
    writer = _open(folder).writer(heap_size=heap, num_threads=1)
    count = 0
    for key in keys:
        writer.delete_documents_by_term("key", key)
    for entry in entries:
        writer.add_document(tantivy.Document.from_dict(_document(entry), SCHEMA))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    return count


def _document(entry: Entry) -> dict[str, Any]:
    titles, texts = entry.titles(), entry.texts()
    document: dict[str, Any] = {
        "key": _key(entry.kind, entry.id),
        "kind": entry.kind,
        "id": str(entry.id),
        "scope": [str(scope) for scope in entry.visible],
        "url": entry.url,
        "titles": json.dumps(titles.as_json(), ensure_ascii=False),
        "title": list(titles.words.values()),
        "text": list(texts.words.values()),
        "facets": {
            name: [facet_value(value) for value in dict.fromkeys(values)]
            for name, values in entry.facets.items()
        },
    }
    heads = {code: _heads(said) for code, said in titles.words.items() if code in COMPOUNDING}
    for field, words in (("title", titles.words), ("text", texts.words), ("head", heads)):
        for language, said in words.items():
            name = f"{field}_{language if language in STEMMED else OTHER}"
            document.setdefault(name, []).append(said)
    for language in (*STEMMED, OTHER):
        document[order_field(language)] = _order(titles.shown(language).words)
    return document


def facet_field(name: str) -> str:
    """Return where the index keeps the values of a facet."""
    return f"facets.{name}"


def facet_value(value: str) -> str:
    """Return a value as the index keeps it: marked, since what looks like a moment is else kept as one."""
    return f"={value}"


def shown_value(kept: str) -> str:
    """Return a value as it was given, from how the index keeps it."""
    return kept.removeprefix("=")


def order_field(language: str | None) -> str:
    """Return where the index keeps the order of titles for a reader of a language."""
    code = (language or "en").split("-")[0]
    return f"order_{code if code in STEMMED else OTHER}"


def _heads(title: str) -> str:
    """Return every end that a word of a title has as a compound."""
    words = _COMPOUND.findall(title)
    return " ".join(word[at:] for word in words for at in range(_BEFORE, len(word) - _HEAD + 1))


def plain(words: str) -> str:
    """Return words in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", words.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _order(title: str) -> str:
    return plain(title).lstrip(" \"'“”‘’«»(").replace("-", " ")[:_ORDERED]


def _key(kind: str, id: object) -> str:
    return f"{kind}:{id}"


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index(SCHEMA, path=str(folder))
    plain = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
    )
    index.register_tokenizer("plain", plain.filter(tantivy.Filter.ascii_fold()).build())
    for language, stemmer in STEMMED.items():
        analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(80))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer(stemmer))
            .filter(tantivy.Filter.ascii_fold())
        )
        index.register_tokenizer(language, analyzer.build())
    return index


def _base() -> Path:
    return Path(settings.SEARCH_DIR)


def _current_folder() -> Path | None:
    try:
        name = (_base() / _POINTER).read_text()
    except OSError:
        return None
    folder = _base() / name
    return folder if name.startswith(f"{_FORM}-") and folder.is_dir() else None


@contextmanager
def _writing() -> Iterator[Path]:
    """Be the only writer, of all processes and threads; the lock goes with the process that holds it."""
    base = _base()
    base.mkdir(parents=True, exist_ok=True)
    with (base / "write.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield base
