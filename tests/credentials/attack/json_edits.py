"""Edits of JSON: of its text, which may leave the meaning as it is, and of its values, which never do."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

Path = tuple[str | int, ...]
Edit = tuple[str, Any]  # what was done, and the value that came of it

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_HOMOGLYPHS: Final = dict(zip("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ", strict=True))
_GONE: Final = object()


# The text


def tokens(text: str) -> list[str]:
    """Return the tokens of a JSON text, without the space between them."""
    return _TOKEN.findall(text)


def spaced(rng: random.Random, text: str) -> Edit:
    """Put white space between two tokens, or before or behind all."""
    found = tokens(text)
    at = rng.randrange(len(found) + 1)
    blank = rng.choice([" ", "\n", "\t", "\r\n", "  \n\t "])
    return f"white space at token {at}", "".join([*found[:at], blank, *found[at:]])


def escaped(rng: random.Random, text: str) -> Edit | None:
    """Write one character of a text or name as an escape that means the same."""
    found = tokens(text)
    strings = [
        at for at, token in enumerate(found) if token[0] == '"' and len(token) > 2 and "\\" not in token
    ]
    if not strings:
        return None
    at = rng.choice(strings)
    inner = found[at][1:-1]
    place = rng.randrange(len(inner))
    character = inner[place]
    told = json.dumps(character, ensure_ascii=True)[1:-1]
    if not told.startswith("\\"):
        told = "\\/" if character == "/" and rng.random() < 0.5 else f"\\u{ord(character):04x}"
    if rng.random() < 0.5 and told.startswith("\\u"):
        told = "\\u" + told[2:].upper() if told.count("\\u") == 1 else told
    found[at] = f'"{inner[:place]}{told}{inner[place + 1 :]}"'
    return f"the escape {told} in token {at}", "".join(found)


def reordered(rng: random.Random, value: Any) -> Edit | None:
    """Turn around the members of one object."""
    objects = [(path, each) for path, each in places(value) if isinstance(each, dict) and len(each) > 1]
    if not objects:
        return None
    path, told = rng.choice(objects)
    names = list(told)
    shuffled = rng.sample(names, len(names))
    if shuffled == names:
        shuffled.reverse()
    return f"order of members at {pointer(path)}", put(value, path, {name: told[name] for name in shuffled})


def renumbered(rng: random.Random, text: str) -> Edit | None:
    """Write a number in another way that is the same number."""
    found = tokens(text)
    numbers = [at for at, token in enumerate(found) if re.fullmatch(r"-?\d+(\.\d+)?", token)]
    if not numbers:
        return None
    at = rng.choice(numbers)
    number = found[at]
    ways = [f"{number}e0", f"{number}E+0"]
    if "." in number:
        ways += [f"{number}0"]
    elif len(number.strip("-")) < 14:
        ways += [f"{number}.0", f"{number}0e-1"]
    found[at] = rng.choice(ways)
    return f"{number} as {found[at]}", "".join(found)


def doubled(rng: random.Random, text: str) -> Edit | None:
    """Let a member stand twice in one object, with the same value or another."""
    members = list(re.finditer(r'"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|\d+)', text))
    if not members:
        return None
    found = rng.choice(members)
    value = found[2] if rng.random() < 0.3 else rng.choice(['"x"', "null", "1", "[]"])
    again = f'"{found[1]}": {value}'
    at = rng.choice([(f"{again}, {found[0]}"), (f"{found[0]}, {again}")])
    return f"“{found[1]}” twice", text[: found.start()] + at + text[found.end() :]


def broken(rng: random.Random, text: str) -> Edit:
    """Take a token away, or write it twice, or another instead of it: no JSON, or another value."""
    found = tokens(text)
    at = rng.randrange(len(found))
    way = rng.randrange(4)
    if way == 0:
        made = [*found[:at], *found[at + 1 :]]
    elif way == 1:
        made = [*found[:at], found[at], *found[at:]]
    elif way == 2:
        made = [*found[:at], rng.choice(["NaN", "Infinity", "undefined", "'x'", "01", "0x1", "+1", "1e999"])]
        made += found[at + 1 :]
    else:
        made = found[:at]
    return f"tokens at {at} broken ({way})", "".join(made)


def same_json(text: bytes, value: Any) -> bool:
    """Return whether a text is JSON of the same value, by the standard library: no name twice, 1 equal to 1.0."""

    def pairs(told: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _value in told}) != len(told):
            raise ValueError
        return dict(told)

    try:
        return _typed(json.loads(text.decode(), object_pairs_hook=pairs)) == _typed(value)
    except (ValueError, RecursionError):
        return False


def _typed(value: Any) -> Any:
    """Return a value in which true is not 1."""
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return ("truth", value) if isinstance(value, bool) else value


# The values


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value inside, with the way to it."""
    yield path, value
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from places(each, (*path, at))


def at(value: Any, path: Path) -> Any:
    """Return what stands at a place; raises KeyError, IndexError or TypeError where there is none."""
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a copy with something else at a place, or without it."""
    if not path:
        return new
    step, *rest = path
    made = dict(value) if isinstance(value, dict) else list(value)
    if not rest and new is _GONE:
        del made[step]  # type: ignore[arg-type]
    else:
        made[step] = put(value[step], tuple(rest), new)  # type: ignore[index,call-overload]
    return made


def pointer(path: Path) -> str:
    """Return the place for people (RFC 6901)."""
    return "/" + "/".join(map(str, path))


def other_text(rng: random.Random, text: str) -> str:
    """Return a text that is not the same, however alike: another form of Unicode, a letter that looks so, a blank."""
    at = rng.randrange(len(text) + 1)
    ways: list[Callable[[], str]] = [
        lambda: text[:at] + rng.choice("aZ9 é.-/") + text[at:],
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + "\u200b" + text[at:],
        lambda: text + " ",
        lambda: text + "\u0000",
        lambda: unicodedata.normalize("NFD", text),
        lambda: unicodedata.normalize("NFC", text + "e\u0301"),
        lambda: unicodedata.normalize("NFKC", text),
        lambda: "".join(
            _HOMOGLYPHS.get(each, each) if place == at else each for place, each in enumerate(text)
        ),
        lambda: text[:at] + text[at : at + 1].swapcase() + text[at + 1 :],
        lambda: text.upper(),
        lambda: text[::-1],
        lambda: later(rng, text),
    ]
    rng.shuffle(ways)
    return next((made for way in ways if (made := way()) != text), text + "x")


def later(rng: random.Random, text: str) -> str:
    """Return a text with one of its digits changed: a date, a number, an index, an address."""
    digits = [at for at, each in enumerate(text) if each.isdigit()]
    if not digits:
        return text
    at = rng.choice(digits)
    return text[:at] + str((int(text[at]) + rng.randrange(1, 10)) % 10) + text[at + 1 :]


def replaced(rng: random.Random, value: Any, where: Path | None = None) -> Edit | None:
    """Give a text, number or truth value another value of the same kind; `where` says under which place."""
    told = [
        (path, each)
        for path, each in places(value)
        if isinstance(each, str | int | float) and (where is None or path[: len(where)] == where)
    ]
    if not told:
        return None
    path, each = rng.choice(told)
    new: Any
    if isinstance(each, bool):
        new = not each
    elif isinstance(each, str):
        new = other_text(rng, each)
    else:
        new = rng.choice([each + 1, each - 1, -each - 1, each + 0.5, each * 10 + 7, 2**53 - 1])
    return f"{pointer(path)}: {each!r} → {new!r}", put(value, path, new)


def misshapen(rng: random.Random, value: Any) -> Edit:
    """Put a value of another kind where one stands, or take it away, or put one more there."""
    found = [(path, each) for path, each in places(value) if path]
    path, each = rng.choice(found)
    shapes: list[Any] = [
        _GONE,
        None,
        "",
        [],
        {},
        [each],
        {"@value": each},
        0,
        True,
        "null",
        [[each]],
        {"id": each},
    ]
    if isinstance(each, list):
        shapes += [each[:-1], [*each, "x"], [*each, {"id": "urn:x:1"}], [*each, None]]
    if isinstance(each, dict):
        shapes += [
            {**each, "unheardOf": "x"},
            {**each, "name": "x"},
            {**each, "id": "urn:x:1"},
            {**each, "": "x"},
        ]
        shapes += [
            {("x" + name if name == next(iter(each)) else name): inner for name, inner in each.items()}
        ]
    for _attempt in range(20):
        new = rng.choice(shapes)
        if new is _GONE or _typed(new) != _typed(each):
            break
    shown = "gone" if new is _GONE else repr(new)[:60]
    return f"{pointer(path)} is {shown}", put(value, path, new)


def swapped(rng: random.Random, value: Any, other: Any) -> Edit | None:
    """Put what another genuine document says at a place into this one."""
    found = []
    for path, each in places(value):
        try:
            theirs = at(other, path)
        except (KeyError, IndexError, TypeError):
            continue
        if path and theirs != each:
            found.append((path, theirs))
    if not found:
        return None
    path, theirs = rng.choice(found)
    return f"{pointer(path)} of another", put(value, path, theirs)


def rearranged(rng: random.Random, value: Any) -> Edit | None:
    """Change the order of a list of two or more different things."""
    lists = [
        (path, each)
        for path, each in places(value)
        if isinstance(each, list) and len(each) > 1 and any(_typed(one) != _typed(each[0]) for one in each)
    ]
    if not lists:
        return None
    path, each = rng.choice(lists)
    new = rng.sample(each, len(each))
    if _typed(new) == _typed(each):
        new = each[::-1] if _typed(each[::-1]) != _typed(each) else [*each[1:], each[0]]
    if _typed(new) == _typed(each):
        return None
    return f"order of the list {pointer(path)}", put(value, path, new)


def written(value: Any, *, spaces: bool = False) -> bytes:
    """Return a value as a file."""
    return json.dumps(value, ensure_ascii=False, separators=None if spaces else (",", ":")).encode()
