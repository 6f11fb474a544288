"""Claims that are hidden behind digests, and opened again by disclosures (RFC 9901, sections 4.2 and 7.1).

A path leads to a claim as in SD-JWT VC: names of members and places in lists, from the root; None is every place.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.kinds import base64url
from gilde.credentials.linked import strict
from gilde.credentials.proofs.jose import to_json, unpacked

Path = tuple[str | int | None, ...]

DIGESTS: Final = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
RESERVED: Final = frozenset({"_sd", "...", "_sd_alg"})
DEEPEST: Final = 64  # objects and lists in one another when all is opened, as for JSON itself


@dataclass(frozen=True)
class Opened:
    """Claims as far as they are disclosed. `places` says which disclosure opened the claim at a path.

    `withheld` counts the digests that no disclosure opened; some of them may be decoys, behind which there is nothing.
    """

    claims: dict[str, Any]
    places: Mapping[Path, str]
    withheld: int


@dataclass
class _Branch:
    """The paths that go through one claim: by the next step, and whether one of them ends here."""

    hidden: bool = False
    steps: dict[str | int | None, _Branch] = field(default_factory=dict)

    def next(self, step: str | int) -> _Branch:
        found = self.steps.get(step)
        every = self.steps.get(None) if isinstance(step, int) else None
        if found and every:
            return _Branch(found.hidden or every.hidden, {**every.steps, **found.steps})
        return found or every or _NONE


_NONE: Final = _Branch()


def hide(
    claims: Mapping[str, Any], hidden: Iterable[Path], *, decoys: int = 0
) -> tuple[dict[str, Any], list[str]]:
    """Return the claims with those at the paths behind digests, and the disclosures that open them.

    Each disclosure has a salt of 128 bits of its own. Digests are sorted, so that their order tells nothing; `decoys`
    more that open nothing are added wherever something is hidden. Raises Unreadable for a path that leads nowhere, and
    for names that the format keeps for itself.
    """
    root = _Branch()
    for path in hidden:
        if not path or not exists(claims, path):
            raise _no_such_claim(path)
        branch = root
        for step in path:
            branch = branch.steps.setdefault(step, _Branch())
        branch.hidden = True
    disclosures: list[str] = []
    payload: dict[str, Any] = _hidden(dict(claims), root, disclosures, decoys)
    if disclosures:
        payload["_sd_alg"] = "sha-256"
    return payload, disclosures


def reveal(payload: Mapping[str, Any], disclosures: Sequence[str]) -> Opened:
    """Return the claims of a payload as the disclosures open them (RFC 9901, section 7.1, steps 3 to 5).

    Raises Altered for a disclosure that nothing refers to, Unreadable for every other breach of the rules, each with
    its own reason, and Unsupported for an unknown kind of digest.
    """
    algorithm = payload.get("_sd_alg", "sha-256")
    if not isinstance(algorithm, str) or algorithm not in DIGESTS:
        raise Unsupported(
            _(
                "The credential hides claims behind digests of a kind that Gilde does not know (%(algorithm)s)."
            )
            % {"algorithm": str(algorithm)[:40]},
            "digest-algorithm",
        )
    waiting = {digest(text, algorithm): text for text in disclosures}
    if len(waiting) != len(disclosures):
        raise Unreadable(_("The same disclosure was handed over twice."), "disclosure-twice")
    reader = _Reader(waiting)
    claims = reader.members({name: value for name, value in payload.items() if name != "_sd_alg"}, (), 0)
    if waiting:
        raise Altered(
            _(
                "Something is disclosed that the issuer did not sign: it was changed, or is of another credential."
            ),
            "disclosure-unreferenced",
        )
    return Opened(claims, reader.places, reader.withheld)


def digest(text: str, algorithm: str = "sha-256") -> str:
    """Return the digest of a text, such as a disclosure, in base64url."""
    return base64url(DIGESTS[algorithm](text.encode("utf-8", "surrogatepass")).digest())


def exists(value: Any, path: Path) -> bool:
    """Tell whether the path leads to a claim."""
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return isinstance(step, str) and step in value and exists(value[step], rest)
    if not isinstance(value, list | tuple) or isinstance(step, str):
        return False
    if step is None:
        return all(exists(each, rest) for each in value)
    return 0 <= step < len(value) and exists(value[step], rest)


def covers(path: Path, place: Path) -> bool:
    """Tell whether a path leads to a place itself, or to something that the place is in or that is in the place."""
    steps = zip(path, place, strict=False)
    return all(step == other or (step is None and isinstance(other, int)) for step, other in steps)


def _hidden(value: Any, branch: _Branch, disclosures: list[str], decoys: int) -> Any:
    if isinstance(value, Mapping):
        if not RESERVED.isdisjoint(value):
            raise _reserved()
        members: dict[str, Any] = {}
        digests: list[str] = []
        for name, inner in value.items():
            to = branch.next(name)
            inner = _hidden(inner, to, disclosures, decoys)
            if to.hidden:
                digests.append(_disclosed([_salt(), name, inner], disclosures))
            else:
                members[name] = inner
        if digests:
            members["_sd"] = sorted(digests + [digest(_salt()) for _decoy in range(decoys)])
        return members
    if isinstance(value, list | tuple):
        items: list[Any] = []
        some = False
        for place, inner in enumerate(value):
            to = branch.next(place)
            inner = _hidden(inner, to, disclosures, decoys)
            some = some or to.hidden
            items.append({"...": _disclosed([_salt(), inner], disclosures)} if to.hidden else inner)
        for _decoy in range(decoys if some else 0):
            items.insert(secrets.randbelow(len(items) + 1), {"...": digest(_salt())})
        return items
    return value


def _salt() -> str:
    return secrets.token_urlsafe(16)


def _disclosed(content: list[Any], disclosures: list[str]) -> str:
    text = base64url(to_json(content))
    disclosures.append(text)
    return digest(text)


class _Reader:
    """Opens what the waiting disclosures open and counts what stays closed.

    For speed it calls nothing for a scalar, and gives back the very object in which nothing was hidden.
    """

    def __init__(self, waiting: dict[str, str]) -> None:
        self.waiting = waiting
        self.seen: set[str] = set()
        self.places: dict[Path, str] = {}
        self.withheld = 0

    def value(self, value: Any, path: Path, depth: int) -> Any:
        if type(value) is dict:
            return self.members(value, path, depth)
        if type(value) is list:
            return self.items(value, path, depth)
        return value

    def members(self, value: dict[str, Any], path: Path, depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            raise _too_deep()
        if "..." in value or "_sd_alg" in value:
            raise _reserved()
        opened = value
        for name, inner in value.items():
            if type(inner) is dict:
                made: Any = self.members(inner, (*path, name), depth + 1)
            elif type(inner) is list and name != "_sd":
                made = self.items(inner, (*path, name), depth + 1)
            else:
                continue
            if made is not inner:
                if opened is value:
                    opened = dict(value)
                opened[name] = made
        if "_sd" in value:
            if opened is value:
                opened = dict(value)
            del opened["_sd"]
            for each in value["_sd"] if type(value["_sd"]) is list else [None]:
                text = self.met(each)
                if text is None:
                    continue
                _salt, name, inner = _content(text, 3)
                if type(name) is not str or name in RESERVED:
                    raise _reserved()
                if name in opened:
                    raise Unreadable(
                        _("“%(name)s” stands in the credential, and is disclosed once more.")
                        % {"name": name[:80]},
                        "claim-twice",
                    )
                place = (*path, name)
                self.places[place] = text
                opened[name] = self.value(inner, place, depth + 1)
        return opened

    def items(self, value: list[Any], path: Path, depth: int) -> list[Any]:
        if depth > DEEPEST:
            raise _too_deep()
        opened: list[Any] = []
        same = True
        for each in value:
            made = each
            if type(each) is dict:
                if "..." in each:
                    same = False
                    if len(each) != 1:
                        raise _malformed()
                    text = self.met(each["..."])
                    if text is None:
                        continue
                    _salt, inner = _content(text, 2)
                    place = (*path, len(opened))
                    self.places[place] = text
                    made = self.value(inner, place, depth + 1)
                else:
                    made = self.members(each, (*path, len(opened)), depth + 1)
            elif type(each) is list:
                made = self.items(each, (*path, len(opened)), depth + 1)
            same = same and made is each
            opened.append(made)
        return value if same else opened

    def met(self, named: object) -> str | None:
        """Return the disclosure with this digest, which may be met only once; None where it was not handed over."""
        if type(named) is not str:
            raise _malformed()
        if named in self.seen:
            raise Unreadable(
                _("The same digest stands twice in the credential. Ask its issuer for another."),
                "digest-twice",
            )
        self.seen.add(named)
        text = self.waiting.pop(named, None)
        if text is None:
            self.withheld += 1
        return text


def _content(text: str, length: int) -> list[Any]:
    content = strict.parse(unpacked(text))
    if not isinstance(content, list) or len(content) != length or not isinstance(content[0], str):
        raise Unreadable(
            _("A disclosure must be a list of a salt, a name where the claim has one, and a value."),
            "disclosure-form",
        )
    return content


def _too_deep() -> TooMuch:
    return TooMuch(_("The claims of the credential stand in one another too deeply."), "too-deep")


def _reserved() -> Unreadable:
    return Unreadable(
        _("A claim has a name that the format keeps for itself: “_sd”, “_sd_alg” or “...”."), "reserved-name"
    )


def _malformed() -> Unreadable:
    return Unreadable(
        _("The digests in the credential are not written as the format asks."), "digests-malformed"
    )


def _no_such_claim(path: Path) -> Unreadable:
    shown = ".".join("*" if step is None else str(step) for step in path)
    return Unreadable(_("There is no claim at “%(path)s”.") % {"path": shown}, "no-such-claim")
