"""European programmes and funds named in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gilde.plans.reader.wording import any_of, literal, load


@dataclass(frozen=True)
class Mention:
    """`text[start:end]` names the programme `name`, one of the keys of templates/programmes.yaml."""

    start: int
    end: int
    name: str


@lru_cache
def _patterns() -> tuple[re.Pattern[str], tuple[str, ...]]:
    names: list[str] = []
    groups: list[str] = []
    for name, ways in load("programmes.yaml")["programmes"].items():
        # "ESF" is not "ESF+": an acronym is not followed by a plus sign of its own
        exact = [literal(word) + ("" if word.endswith("+") else r"(?!\s?\+)") for word in ways["exact"]]
        named = f"(?i:{any_of(ways['names'])})" if ways["names"] else r"(?!)"
        groups.append(f"({'|'.join([*exact, named])})")
        names.append(name)
    return re.compile("|".join(groups)), tuple(names)


def find_programmes(text: str) -> list[Mention]:
    """Every mention of a programme in `text`, in order; source of the names: templates/programmes.yaml."""
    pattern, names = _patterns()
    return [Mention(m.start(), m.end(), names[(m.lastindex or 1) - 1]) for m in pattern.finditer(text)]
