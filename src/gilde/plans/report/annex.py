"""The back of a report: money, coverage, how it was made, and its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gilde.plans.report.document import Cell, Heading, Items, Paragraph, Part, Table, Words
from gilde.plans.report.pen import Pen

Json = dict[str, Any]
_CITED = ("title", "action", "funding", "milestone")
_QUOTE = 140


def money(content: Json, pen: Pen) -> Iterator[Part]:
    """Yield the sums for each currency and period, and each funding line."""
    totals = content["money"]
    if not totals:
        yield Paragraph([Words(pen("unknown"))])
        return
    yield Table(
        caption=pen("chart:money"),
        head=[pen("period"), pen("planned"), pen("committed"), pen("spent"), pen("without_amount")],
        rows=[
            [
                [Words(f"{pen('period:' + total['period'])}, {total['currency']}")],
                *([Words(pen.money(total[k], total["currency"]))] for k in ("planned", "committed", "spent")),
                [Words(f"{total['without_amount']} / {total['lines']}")],
            ]
            for total in totals
        ],
        widths=[2, 1.5, 1.5, 1.5, 1.3],
        numeric=[1, 2, 3, 4],
    )
    yield Table(
        caption=pen("lines"),
        head=[pen("measure"), pen("line"), pen("planned"), pen("committed"), pen("spent")],
        rows=[
            [
                [Words(measure["number"])],
                _line(line, pen),
                [Words(pen.promised(line))],
                [Words(pen.money(line["committed"], line["currency"]))],
                [Words(pen.money(line["spent"], line["currency"]))],
            ]
            for measure in content["measures"]
            for line in measure["money"]
        ],
        widths=[0.9, 4, 1.6, 1.4, 1.4],
        numeric=[2, 3, 4],
    )


def _line(line: Json, pen: Pen) -> Cell:
    about = [pen(f"period:{line['period']}")] if line["amount"] else []
    about += [str(line["year"])] if line["year"] else []
    about += [line["programme"]] if line["programme"] else []
    words = list(pen.said(line["text"])) if line["text"]["text"] else []
    detail = ", ".join(about)
    if words and detail:
        detail = f" ({detail})"
    return [*words, Words(detail)] if detail else words or [Words("–")]


def coverage(content: Json, pen: Pen) -> Iterator[Part]:
    """Yield the tick boxes by group, each provision with who answers it, and the gaps."""
    found = content["coverage"]
    if found["ticks"]:
        yield Table(
            caption=pen("ticks"),
            head=[pen("group"), pen("ticked"), pen("not_ticked"), pen("unknown")],
            rows=[
                [[Words(group["label"])], *(pen.count(group[k]) for k in ("ticked", "not_ticked", "unknown"))]
                for group in found["ticks"]
            ],
            widths=[4, 1, 1, 1],
            numeric=[1, 2, 3],
        )
    for instrument in content["plan"]["instruments"]:
        provisions = [p for p in found["provisions"] if p["instrument"] == instrument["code"]]
        if not provisions:
            continue
        yield Heading(2, pen.said(instrument["short_title"]), f"coverage-{instrument['code']}")
        yield Table(
            caption=f"{pen('coverage')} · {instrument['short_title']['text']}",
            head=[pen("number"), pen("provision"), pen("answered_by"), pen("unknown_in")],
            rows=[
                [
                    [Words(p["number"])],
                    pen.said(p["title"]),
                    [Words(", ".join(p["ticked"]) or pen("none"))],
                    [Words(", ".join(p["unknown"]) or "–")],
                ]
                for p in provisions
            ],
            widths=[0.9, 3.6, 2.6, 2.4],
        )
    yield Heading(2, [Words(pen("gaps"))], "gaps")
    yield Table(
        caption=pen("gaps"),
        head=[pen("gap"), pen("number"), pen("where")],
        rows=[
            [
                [Words(gap["title"], strong=True), Words(f". {gap['definition']}")],
                [Words(pen("of", n=len(gap["rows"]), total=gap["total"]))],
                [Words(_where(gap["rows"]))],
            ]
            for gap in found["gaps"]
        ],
        widths=[4, 1, 4],
        numeric=[1],
    )


def _where(rows: list[Json]) -> str:
    """The provisions or measures of a gap, each once, with how often where it is more than once."""
    names = [f"{row['instrument']} {row['number']}" if row["instrument"] else row["number"] for row in rows]
    return ", ".join(f"{name} ({n})" if n > 1 else name for name, n in Counter(names).items()) or "–"


def how(content: Json, pen: Pen) -> Iterator[Part]:
    """Yield what the words mean, and what could not be rebuilt."""
    yield Heading(2, [Words(pen("definitions"))], "definitions")
    yield Items(
        [
            [Words(f"{each['term']}: ", strong=True), Words(each["text"])]
            for each in content["sources"]["definitions"]
        ]
    )
    yield Heading(2, [Words(pen("limits"))], "limits")
    if content["limits"]:
        yield Items([[Words(sentence)] for sentence in content["limits"]])
    else:
        yield Paragraph([Words(pen("no_limits"))])


def sources(content: Json, pen: Pen) -> Iterator[Part]:
    """Yield the documents with their hashes, and the places in the plan of what was reported on."""
    found = content["sources"]
    if found["documents"]:
        yield Table(
            caption=pen("documents"),
            head=[pen("file"), pen("use"), pen("size"), "SHA-256"],
            rows=[
                [
                    [Words(each["name"])],
                    [Words(pen(f"role:{each['role']}"))],
                    pen.count(each["size"]),
                    [Words(_breakable(each["sha256"]), mono=True)],
                ]
                for each in found["documents"]
            ],
            widths=[3, 1.2, 1, 4.2],
            numeric=[2],
        )
    if not found["citations"]:
        return
    yield Heading(2, [Words(pen("citations"))], "citations")
    yield Paragraph([Words(pen("citations_note", count=len(found["citations"])))])
    shown = [c for c in found["citations"] if c["subject"].split(":")[0] in _CITED]
    if shown:
        yield Table(
            caption=pen("citations"),
            head=[pen("measure"), pen("value"), pen("place"), pen("quote")],
            rows=[
                [
                    [Words(c["measure"])],
                    [Words(_subject(c["subject"], pen))],
                    [Words(_place(c["anchor"], pen))],
                    [Words(_clipped(c["quote"]), content["plan"]["document_language"])],
                ]
                for c in shown
            ],
            widths=[0.9, 1.2, 1.8, 5],
        )


def _subject(subject: str, pen: Pen) -> str:
    kind = subject.split(":")[0]
    return pen({"title": "measure", "action": "action", "funding": "line", "milestone": "milestone"}[kind])


def _place(anchor: Json, pen: Pen) -> str:
    words = []
    if anchor.get("page") is not None:
        words.append(pen("page", number=anchor["page"]))
    if "start" in anchor and "end" in anchor:
        words.append(pen("characters", start=anchor["start"], end=anchor["end"]))
    return ", ".join(words) or "–"


def _clipped(quote: str) -> str:
    quote = " ".join(quote.split())
    return quote if len(quote) <= _QUOTE else quote[: _QUOTE - 1].rstrip() + "…"


def _breakable(digest: str) -> str:
    """A hash in groups of eight, so that a narrow column can break it."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
