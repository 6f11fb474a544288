"""The form of a report between its content and its page or PDF: a list of parts that both can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gilde.core.charts import Chart

Kind = Literal["", "good", "warn", "bad", "info", "none"]


@dataclass(frozen=True)
class Words:
    """A run of text; `lang` where it is not the language of the report; `kind` makes it a status tag."""

    text: str
    lang: str = ""
    url: str = ""
    kind: Kind = ""
    strong: bool = False
    mono: bool = False


Cell: TypeAlias = Sequence[Words]


@dataclass(frozen=True)
class Heading:
    level: int
    words: Cell
    anchor: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    words: Cell
    quiet: bool = False
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Notice:
    """What must not be overlooked, such as that progress is invented."""

    words: Cell
    type: Literal["notice"] = "notice"


@dataclass(frozen=True)
class Items:
    items: Sequence[Cell]
    type: Literal["items"] = "items"


@dataclass(frozen=True)
class Facts:
    """Names with their values, side by side."""

    rows: Sequence[tuple[str, Cell]]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Table:
    """A table with a caption and a header row; `widths` are shares of the page, `numeric` are columns."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float]
    numeric: Sequence[int] = field(default_factory=tuple)
    type: Literal["table"] = "table"


@dataclass(frozen=True)
class Picture:
    """A chart, which says itself what it shows; `caption` stands under it in print."""

    chart: Chart
    caption: str
    type: Literal["picture"] = "picture"


Part: TypeAlias = Heading | Paragraph | Notice | Items | Facts | Table | Picture


@dataclass(frozen=True)
class Printed:
    """A whole report, ready to be drawn."""

    title: str
    kicker: str
    heading: str
    language: str
    head: Sequence[tuple[str, Cell]]
    notices: Sequence[Notice]
    author: str
    contents: str
    page_of: str
    footer: str
    parts: Sequence[Part]
