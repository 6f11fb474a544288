"""What a version of a profile says that the one before it did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.models import ProfileItem, ProfileVersion


@dataclass(frozen=True)
class Change:
    """One thing that differs: what of the profile it is, and the words that came, went, or were put otherwise."""

    what: str
    how: Literal["added", "removed", "changed"]
    words: Text


def changes_between(former: ProfileVersion, later: ProfileVersion) -> list[Change]:
    """Return what differs between two versions, in the order in which a reader meets it.

    Both need their `items` and `concepts`; fetched before they cost no query. An item is the same when its words are
    in one language.
    """
    found: list[Change] = []
    for name, label in (
        ("title", _("Title")),
        ("summary", _("Summary")),
        ("context", _("Context of the work")),
        ("regulation", _("Rule")),
    ):
        before, after = getattr(former, name), getattr(later, name)
        if before != after:
            how: Any = "added" if not before else "removed" if not after else "changed"
            found.append(Change(label, how, after or before))
    if former.regulated != later.regulated:
        found.append(Change(_("Regulated"), "changed", Text.of(_regulated_words(later.regulated))))
    for kind in ProfileItem.Kind:
        found += _between(str(kind.label), _texts(former, kind), _texts(later, kind), _share_words)
    linked_before, linked_now = (
        [_Named(link.uri, link.label or Text.of(link.uri)) for link in version.concepts.all()]
        for version in (former, later)
    )
    found += _between(_("Occupation"), linked_before, linked_now, lambda one, other: one.key == other.key)
    return found


@dataclass(frozen=True)
class _Named:
    key: str
    words: Text


def _texts(version: ProfileVersion, kind: ProfileItem.Kind) -> list[_Named]:
    return [_Named("", item.text) for item in version.items.all() if item.kind == kind]


def _share_words(one: _Named, other: _Named) -> bool:
    return any(
        " ".join(words.casefold().split()) == " ".join(one.words.words.get(language, "").casefold().split())
        for language, words in other.words.words.items()
    )


def _between(
    what: str,
    before: Sequence[_Named],
    after: Sequence[_Named],
    same: Callable[[_Named, _Named], bool],
) -> Iterator[Change]:
    left = list(before)
    for each in after:
        was = next((former for former in left if same(former, each)), None)
        if was is None:
            yield Change(what, "added", each.words)
            continue
        left.remove(was)
        if dict(was.words.words) != dict(each.words.words):
            yield Change(what, "changed", each.words)
    for former in left:
        yield Change(what, "removed", former.words)


def _regulated_words(regulated: bool | None) -> str:
    return {True: _("yes"), False: _("no"), None: _("not said")}[regulated]
