"""What the address of a comparison asks for: which qualifications, from whose side, and what of it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlencode

from django.http import QueryDict

from gilde.qualifications.comparison import LEAST, MOST
from gilde.qualifications.comparison_rules import Status
from gilde.qualifications.comparison_words import STATUSES

_READ: Final = (
    20  # codes of one address that are looked at; more than can be compared, so that too many can be said
)


@dataclass(frozen=True)
class Asked:
    """What is asked: `codes` to compare, `of` whose outcomes are listed, `show` only these, `find` words to choose."""

    codes: tuple[str, ...] = ()
    of: str = ""
    show: Status | None = None
    find: str = ""
    choosing: bool = False

    @classmethod
    def of_query(cls, given: QueryDict) -> Asked:
        """Return what an address asks for; what it cannot mean is left out."""

        def one(name: str, longest: int = 80) -> str:
            return (given.get(name) or "").replace("\x00", "").strip()[:longest]

        codes = tuple(dict.fromkeys(code[:80] for code in given.getlist("q") if code and "\x00" not in code))[
            :_READ
        ]
        show = cast(Status, one("show")) if one("show") in STATUSES else None
        return cls(codes, one("of"), show, one("find", 200), "choose" in given)

    @property
    def too_many(self) -> bool:
        """Return whether more are asked for than can be compared."""
        return len(self.codes) > MOST

    @property
    def enough(self) -> bool:
        """Return whether there is something to compare."""
        return LEAST <= len(self.codes) <= MOST

    def address(self, **more: str) -> str:
        """Return the query of an address for the same qualifications."""
        return "?" + urlencode([*(("q", code) for code in self.codes), *more.items()])
