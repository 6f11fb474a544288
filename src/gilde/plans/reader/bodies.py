"""Lists the bodies of a section one by one, as people write them: items, lines, commas, a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from gilde.plans.reader.blocks import lines_within, plain
from gilde.plans.reader.document import SourceDocument
from gilde.plans.reader.measures import Span

_DASHES = re.compile(r"(?<!\S)[-–—•◦▪](?=\s+\S)")
_STRONG = re.compile(r"\s*[;•|]\s*")
_AMONG = re.compile(
    r"\s*,\s*(?:(?:and|en|et|und)\s+)?(?:the\s+|het\s+|de\s+|le\s+|la\s+|das\s+|die\s+)?"
    r"|\s+(?:and|en|et|und|as well as|alsook|ainsi que|sowie|&|\+)\s+"
    r"(?:the\s+|het\s+|de\s+|le\s+|la\s+|das\s+|die\s+)?"
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,3}[A-Z]{1,8}[a-z]?$|[A-Z]{2,10}(?:[-/ ][A-Z]{2,10})*$")
_LINKING = frozenset(
    [
        "of",
        "for",
        "on",
        "in",
        "the",
        "and",
        "or",
        "to",
        "at",
        "with",
        "by",
        "between",
        "under",
        "from",
        "&",
        "van",
        "voor",
        "der",
        "den",
        "de",
        "het",
        "en",
        "of",
        "op",
        "in",
        "bij",
        "te",
        "aan",
        "du",
        "des",
        "de",
        "la",
        "le",
        "les",
        "et",
        "pour",
        "l",
        "d",
        "à",
        "au",
        "der",
        "die",
        "das",
        "für",
        "und",
        "von",
        "im",
    ]
)
_JOINING = frozenset(["and", "en", "et", "und", "&", "sowie", "alsook"])
# these begin the name of a body only before the word for a kind of body: "Public Employment Service", not
# "Public Health"
_QUALIFIERS = (
    "Public",
    "National",
    "Federal",
    "Regional",
    "Flemish",
    "Vlaamse",
    "Vlaams",
    "Nationale",
    "Federale",
)
_ROLE = re.compile(r"(?P<role>[^\W\d_][\w /()&-]{0,60}):\s+(?=\S)")
_VERB = re.compile(r"\s(?:is|are|will|has|have|shares?|coordinates?|zijn|zal|heeft|est|sont|ist|sind|wird)\s")
_OPENING_ARTICLE = re.compile(r"(?:the|de|het|le|la|les|der|die|das)\s+(?=[A-Z])", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:n/?a|none|nvt|n\.v\.t\.|[-–—.…/]+|tbd|to be (?:determined|decided|defined)|nog te bepalen)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundBody:
    name: str
    span: Span


def find_bodies(document: SourceDocument, span: Span, words: tuple[str, ...]) -> list[FoundBody]:
    """The bodies named in a section, as written. Names of organisations begin with one of `words`."""
    text = _without_furniture(document, span)
    found: list[FoundBody] = []
    entries = _entries(document, text, span, words)
    for start, end, listed in entries:
        for first, last in _parts(text, start, end, words, listed=listed, alone=len(entries) == 1):
            first, last = _without_sentence(text, *_trim(text, first, last), words)
            name = plain(text[first:last])
            if name and any(character.isalpha() for character in name) and not _NOTHING.match(name):
                found.append(FoundBody(name, Span(first, last)))
    seen: set[str] = set()
    return [body for body in found if not (body.name in seen or seen.add(body.name))]  # type: ignore[func-returns-value]


def _without_furniture(document: SourceDocument, span: Span) -> str:
    """The text with blanks in place of the page numbers and running heads in a span."""
    text = document.text
    for line in document.lines[document.line_at(span.start) : document.line_at(span.end)]:
        if line.kind == "furniture":
            text = text[: line.start] + " " * (line.end - line.start) + text[line.end :]
    return text


def _entries(
    document: SourceDocument, text: str, span: Span, body_words: tuple[str, ...]
) -> list[tuple[int, int, bool]]:
    """The entries of the list: each item with its further lines, each other line; introductions left out."""
    entries: list[tuple[int, int, bool]] = []
    for _, line in lines_within(document, span):
        end = min(line.end, span.end)
        words = text[line.content : end]
        if entries and not line.marker and not line.gap:
            first, last, listed = entries[-1]
            before = text[first:last].rstrip()
            runs_on = before[-1:] in {",", "-", "–", "/", "("} or words[:1].islower() or words[:1] in "(&"
            runs_on = (
                runs_on or before.split()[-1].lower() in _LINKING or before.count("(") > before.count(")")
            )
            runs_on = runs_on or (
                len(before) >= 55 and _begins_body(before, body_words) and not _is_body(words, body_words)
            )
            if not before.endswith((":", ";")) and (listed or runs_on):
                entries[-1] = (first, end, listed)
                continue
        entries.append((line.content, end, line.marker is not None))
    return [entry for entry in entries if not (len(entries) > 1 and _introduces(text[entry[0] : entry[1]]))]


def _introduces(words: str) -> bool:
    return words.rstrip().endswith(":")


def _parts(
    text: str, start: int, end: int, words: tuple[str, ...], *, listed: bool, alone: bool
) -> list[tuple[int, int]]:
    """The names in one entry."""
    dashes = [match.start() for match in _DASHES.finditer(text, start, end)]
    colon = text.find(":", start, end)
    if listed and alone and dashes and all(text[at + 1 : end].lstrip()[:1].isupper() for at in dashes):
        dashes = [start - 1, *dashes]  # "- X - Y" in one paragraph, the first dash already taken off
        return [(first + 1, last) for first, last in zip(dashes, [*dashes[1:], end], strict=True)]
    if dashes and (dashes[0] == start or (0 < colon < dashes[0] and not text[colon + 1 : dashes[0]].strip())):
        return [
            (first + 1, last) for first, last in zip(dashes, [*dashes[1:], end], strict=True)
        ]  # "… is the task of the: - X - Y" in one paragraph
    if len(dashes) >= 2 and not listed:
        cuts = [start, *dashes, end]
        return [(first + (first in dashes), last) for first, last in pairwise(cuts)]
    role = _ROLE.match(text, start, end)
    if role and len(role.group("role").split()) <= 9 and not _begins_body(role.group("role"), words):
        start = role.end()
    pieces = _split(text, [(start, end)], _STRONG)
    pieces = [part for piece in pieces for part in _split_glued(text, piece, words)]
    return [part for piece in pieces for part in _split_enumeration(text, piece, words)]


def _split(text: str, pieces: list[tuple[int, int]], separator: re.Pattern[str]) -> list[tuple[int, int]]:
    """Pieces cut at separators that stand outside of brackets."""
    result = []
    for start, end in pieces:
        depth, begin, position = 0, start, start
        while position < end:
            character = text[position]
            depth += (character == "(") - (character == ")" and depth > 0)
            match = separator.match(text, position, end) if depth == 0 else None
            if match and match.end() > position:
                result.append((begin, position))
                begin = position = match.end()
            else:
                position += 1
        result.append((begin, end))
    return result


def _split_enumeration(text: str, piece: tuple[int, int], words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Cuts "Ministry A, Agency B and C" only where what follows begins as a name of a body does."""
    cut = _split(text, [piece], _AMONG)
    parts = [cut[0]]
    for first, last in cut[1:]:
        if _is_body(text[parts[-1][0] : parts[-1][1]], words) and _is_body(text[first:last], words):
            parts.append((first, last))
        else:
            parts[-1] = (parts[-1][0], last)
    return parts


def _is_body(words: str, body_words: tuple[str, ...]) -> bool:
    words = _OPENING_ARTICLE.sub("", words.strip(" .,;"), count=1)
    bare = re.sub(r"\s*\([^()]*\)$", "", words)
    return bool(_ACRONYM.match(bare)) or _begins_body(words, body_words)


@cache
def _body_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """A name that begins with the word for a kind of body, after at most two words with capitals."""
    kinds = [word for word in words if word not in _QUALIFIERS]
    named = "|".join(re.escape(word) for word in sorted(kinds, key=len, reverse=True))
    return re.compile(
        rf"(?:[A-Z][\w-]{{1,20}}\s+){{0,2}}(?:{named})(?![^\W_])"
        rf"|(?:{'|'.join(_QUALIFIERS)})\s+(?:[\w-]{{1,30}}\s+){{0,4}}(?:{named})(?![^\W_])"
    )


def _begins_body(words: str, body_words: tuple[str, ...]) -> bool:
    return bool(_body_pattern(body_words).match(words.strip()))


def _split_glued(text: str, piece: tuple[int, int], words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Cuts two names that an export has put on one line: where the opening words come again."""
    start, end = piece
    tokens = [
        (match.group(), match.start(), match.end()) for match in re.finditer(r"[^\s,;]+", text[start:end])
    ]
    if len(tokens) < 4:
        return [piece]
    opening = (tokens[0][0].lower(), tokens[1][0].lower())
    cuts = [start]
    for index in range(2, len(tokens) - 1):
        before, (word, first, _), (following, _, _) = tokens[index - 1], tokens[index], tokens[index + 1]
        if before[0].lower() in _LINKING or not word[0].isupper():
            continue
        again = (word.lower(), following.lower()) == opening and opening[0] in {w.lower() for w in words}
        named = word in words and (following.lower() in _LINKING or following in words)
        if again or (named and _begins_body(text[start:end], words) and before[0][:1].isupper()):
            if named and not again and "," in text[start + tokens[max(0, index - 3)][2] : start + first]:
                continue  # "…, Trade Union Federation": its name begins behind the comma
            if named and not again and _began([token for token, _, _ in tokens[:index]], words):
                continue  # "National Agency for …": the words before belong to this name
            cuts.append(start + first)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _began(before: list[str], words: tuple[str, ...]) -> bool:
    """Whether a name has begun in the words before: with "National", or behind "… Service and"."""
    for back in (1, 2):
        if len(before) < back or not before[-back][:1].isupper():
            return False
        if before[-back] in words:
            return True
        if len(before) > back + 1 and before[-back - 1].lower() in _JOINING:
            return before[-back - 2].endswith(")") or before[-back - 2] in words
    return False


def _without_sentence(text: str, start: int, end: int, words: tuple[str, ...]) -> tuple[int, int]:
    """The name alone where a sentence is made of it: "The Ministry of X is responsible"."""
    article = _OPENING_ARTICLE.match(text, start, end)
    if article and _begins_body(text[article.end() : end], words):
        start = article.end()
    verb = _VERB.search(text, start, end)
    if verb and _begins_body(text[start : verb.start()], words):
        end = verb.start()
    return start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \n\t\u00a0-–—•*,;:":
        start += 1
    while end > start and text[end - 1] in " \n\t\u00a0,;:.-–—":
        end -= 1
    return start, end
