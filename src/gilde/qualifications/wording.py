"""The words of learning outcomes: the sentence that their parts make, and what changed between two wordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORDS = re.compile(r"\s*\S+\s*")


def sentence_of(verb: str, object_: str, context: str) -> str:
    """Return the sentence that a verb, an object and a context make, with a full stop; "" without a verb."""
    if not verb.strip():
        return ""
    parts = [" ".join(part.split()) for part in (verb, object_, context)]
    whole = re.sub(r" ([,;:.])", r"\1", " ".join(part for part in parts if part))
    whole = whole[0].upper() + whole[1:]
    return whole if whole[-1] in ".!?…" else whole + "."


def completed(statement: Mapping[str, str], *parts: Mapping[str, str]) -> dict[str, str]:
    """Return the sentences by language; where one is empty, the one that verb, object and context make."""
    verb, object_, context = parts
    made = {code: sentence_of(verb[code], object_.get(code, ""), context.get(code, "")) for code in verb}
    return {code: words for code, words in {**made, **_told(statement)}.items() if words}


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both wordings, what went out of the first as `<del>`, what came into the second as `<ins>`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    told = SequenceMatcher(None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False)
    for kind, a, b, c, d in told.get_opcodes():
        left.append(("" if kind == "equal" else "del", "".join(old[a:b])))
        right.append(("" if kind == "equal" else "ins", "".join(new[c:d])))
    return _joined(left), _joined(right)


def _joined(pieces: list[tuple[str, str]]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<{0}>{1}</{0}>", SafeString(tag), words) if tag else words,)
            for tag, words in pieces
            if words
        ),
    )


def _told(words: Mapping[str, str]) -> dict[str, str]:
    return {code: each for code, each in words.items() if each}
