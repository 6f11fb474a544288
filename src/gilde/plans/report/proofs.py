"""The indicators of a measure in a report: figure, target, status and why, a chart, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from gilde.core.charts import Axis, Chart, Target, trend
from gilde.plans.report.document import Cell, Items, Paragraph, Part, Picture, Table, Words
from gilde.plans.report.pen import Pen

Json = dict[str, Any]


def of_measure(measure: Json, pen: Pen) -> Iterator[Part]:
    """Yield a table of the indicators of a measure, and for each why it stands so, its chart and source."""
    found = measure["indicators"]
    if not found:
        return  # the signals of the measure say so
    yield Table(
        caption=f"{pen('indicators')} · {measure['number']}",
        head=[pen("indicator"), pen("latest"), pen("target"), pen("status")],
        rows=[_row(each, pen) for each in found],
        widths=[3.4, 2, 2.6, 1.6],
    )
    for each in found:
        yield from _one(each, pen)


def figure(found: Json | None, of: Json, pen: Pen) -> str:
    """Return a figure with unit, period and the words of its flags; in words where there is none."""
    if found is None or found["value"] is None:
        return pen("no_figures")
    value = pen.figure(found["value"], of["decimals"], of["unit_label"]["text"])
    words = of.get("flag_words", {})
    flags = [words[flag] for flag in found["flags"] if words.get(flag)]
    return f"{value} ({', '.join([_period(found['period']), *flags])})"


def _row(each: Json, pen: Pen) -> list[Cell]:
    name = list(pen.said(each["name"]))
    if each["synthetic"]:
        name.append(Words(pen("invented"), kind="none"))
    target = next((target for target in each["targets"] if target["decides"]), None)
    aim: Cell = [Words(pen("no_target"))]
    if target is not None:
        aim = [Words(f"{_aim(target, each, pen)}. "), *_issuer(target, pen)]
    return [
        name,
        [Words(figure(each["latest"], each, pen))],
        aim,
        [Words(each["status_label"], kind=each["status_kind"])],
    ]


def _aim(target: Json, each: Json, pen: Pen) -> str:
    value = pen.figure(target["value"], each["decimals"], each["unit_label"]["text"])
    aim = pen("aim", comparison=target["comparison_label"], value=value, year=target["year"])
    return f"{aim}, {target['breakdown']}" if target["breakdown"] else aim


def _issuer(target: Json, pen: Pen) -> Cell:
    issuer = Words(
        pen("issued_by", instrument=target["instrument"]["text"], year=target["issued_year"]),
        "" if target["instrument"]["lang"] == pen.language else target["instrument"]["lang"],
        target["source_url"],
    )
    if not target["borrowed"]:
        return [issuer]
    return [issuer, Words("; "), Words(pen("benchmark", area=target["area"]["name"]["text"]), strong=True)]


def _one(each: Json, pen: Pen) -> Iterator[Part]:
    yield Paragraph([*pen.said(each["name"], strong=True), Words(". "), Words(_covers(each, pen))])
    if each["note"]["text"]:
        yield Paragraph(pen.said(each["note"]))
    if each["targets"]:
        ordered = sorted(each["targets"], key=lambda target: not target["decides"])
        yield Items([_stand(target, each, pen) for target in ordered])
    if (chart := _chart(each, pen)) is not None:
        yield Picture(chart, _source(each, pen))
    breaks = [_period(found["period"]) for found in each["figures"] if "b" in found["flags"]]
    if breaks:
        yield Paragraph([Words(pen("breaks", periods=", ".join(breaks)))], quiet=True)
    if chart is None or each["source_url"]:
        yield Paragraph([Words(_source(each, pen), url=each["source_url"])], quiet=True)


def _stand(target: Json, each: Json, pen: Pen) -> Cell:
    found = [
        Words(target["status_label"], kind=target["status_kind"]),
        Words(f" {_aim(target, each, pen)}, ", strong=True),
        *_issuer(target, pen),
        Words(f". {target['sentence']}"),
    ]
    return [*found, Words(pen("signed"), kind="none")] if target["signed"] else found


def _covers(each: Json, pen: Pen) -> str:
    area = each["area"]
    parts = [f"{area['name']['text']} ({area['code']})", area["note"]["text"], each["scope"]["text"]]
    return pen("figures_of", area=". ".join(part.rstrip(".") for part in parts if part)) + "."


def _source(each: Json, pen: Pen) -> str:
    source = each["source"]["text"]
    if each["retrieved_on"] is None:
        return pen("source_of", source=source)
    return pen("source_retrieved", source=source, date=pen.day(each["retrieved_on"]))


def _chart(each: Json, pen: Pen) -> Chart | None:
    """The figures over time with the target that counts; nothing to draw with fewer than two values."""
    known = [found for found in each["figures"] if found["value"] is not None]
    if len(known) < 2:
        return None
    area = each["area"]["name"]["text"]
    title = pen("chart:indicator", name=each["name"]["text"], area=area)
    unit = each["unit_label"]["text"]
    target = next((target for target in each["targets"] if target["decides"]), None)
    said = [figure(found, each, pen) for found in (known[0], known[-1])]
    return trend(
        title=title,
        alt=f"{title}: {said[0]} – {said[1]}.",
        source=each["source"]["text"],
        as_of=date.fromisoformat(each["retrieved_on"]) if each["retrieved_on"] else None,
        rows=[
            {
                "period": _period(found["period"]),
                "at": found["at"],
                "value": found["value"],
                "broken": "b" in found["flags"],
                "unsure": "u" in found["flags"],
                "mark": found["flags"].replace(":", ""),
                "note": ", ".join(each["flag_words"].get(flag, flag) for flag in found["flags"]),
            }
            for found in each["figures"]
        ],
        x=Axis("period", pen("period")),
        y=Axis("value", pen("figure")),
        unit=unit,
        decimals=each["decimals"],
        target=Target(target["value"], _aim(target, each, pen), target["year"]) if target else None,
    )


def _period(period: str) -> str:
    return period.replace("-", "–") if len(period) == 9 else period
