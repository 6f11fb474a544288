"""A hierarchy as it must be: nothing stands under itself, not even by way of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence


def cycle(broader: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a chain that comes back to where it began, as [a, b, a] where b is broader than a; [] when there is none.

    A depth-first search without recursion, so that a chain may be as long as it likes. Of several cycles it is always
    the same one that is returned.
    """
    done: set[str] = set()
    for start in broader:
        if start in done:
            continue
        path: dict[str, Iterator[str]] = {
            start: iter(broader[start])
        }  # keeps the order in which it was entered
        while path:
            here = next(reversed(path))
            above = next(path[here], None)
            if above is None:
                done.add(here)
                path.popitem()
            elif above in path:
                chain = list(path)
                return [*chain[chain.index(above) :], above]
            elif above not in done:
                path[above] = iter(broader.get(above, ()))
    return []
