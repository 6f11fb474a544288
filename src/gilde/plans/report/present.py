"""Turns a snapshot into the parts of a report: front, in short, changes, progress. See also `annex.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import translation

from gilde.plans.report import annex, pictures, proofs
from gilde.plans.report.document import (
    Cell,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Part,
    Picture,
    Printed,
    Table,
    Words,
)
from gilde.plans.report.pen import Pen

Json = dict[str, Any]


def present(content: Json) -> Printed:
    """Return the whole report as a page and a PDF draw it. It depends on the snapshot and on nothing else."""
    with translation.override(content["language"]):
        pen = Pen(content)
        plan = content["plan"]
        return Printed(
            title=f"{pen('report')}: {plan['short_title']['text']}",
            kicker=f"{pen('report')} · {plan['kind_label']}",
            heading=plan["title"]["text"],
            language=content["language"],
            head=list(_head(content, pen)),
            notices=list(_notices(plan, pen)),
            author=", ".join(owner["name"]["text"] for owner in plan["owners"]),
            contents=pen("contents"),
            page_of=pen("page_of", page="{page}", total="{total}"),
            footer=f"{plan['short_title']['text']} · {pen('as_of')} {pen.day(content['as_of'])}",
            parts=list(_parts(content, pen)),
        )


def _head(content: Json, pen: Pen) -> Iterator[tuple[str, Cell]]:
    plan = content["plan"]
    yield pen("as_of"), [Words(pen.day(content["as_of"]), strong=True)]
    yield pen("made_on"), [Words(f"{pen.day(content['made_at'][:10])}. {pen('made_from')}")]
    if plan["consulted"]:
        yield pen("for"), _joined(plan["consulted"], pen)
    yield pen("owners"), _joined(plan["owners"], pen)
    if plan["instruments"]:
        yield pen("instruments"), _comma(pen.said(i["title"]) for i in plan["instruments"])
    if plan["area"]["text"]:
        yield pen("area"), pen.said(plan["area"])
    if plan["source"]["text"]:
        yield pen("document"), pen.said(plan["source"])
    if plan["edition"]:
        edition = plan["edition"]
        given = pen("edition_of", number=edition["number"], date=pen.day(edition["published_on"]))
        yield pen("edition"), [Words(given)]
    yield pen("address"), [Words(plan["uri"], url=plan["uri"])]


def _notices(plan: Json, pen: Pen) -> Iterator[Notice]:
    """What must be known before anything else is read."""
    if plan["synthetic"]:
        yield Notice([Words(pen("plan_synthetic"))])
    elif plan["progress_synthetic"]:
        yield Notice([Words(pen("progress_synthetic"))])


def _joined(organisations: Iterable[Json], pen: Pen) -> Cell:
    return _comma(pen.said(each["name"]) for each in organisations)


def _comma(cells: Iterable[Cell]) -> Cell:
    found: list[Words] = []
    for cell in cells:
        found += [Words(", "), *cell] if found else cell
    return found


def _parts(content: Json, pen: Pen) -> Iterator[Part]:
    yield Heading(1, [Words(pen("in_short"))], "in-short")
    yield _figures(content, pen)
    yield from _pictures(content, pen)
    yield Heading(1, [Words(pen("changes"))], "changes")
    yield from _changes(content, pen)
    yield Heading(1, [Words(pen("progress"))], "progress")
    yield from _progress(content, pen)
    yield Heading(1, [Words(pen("money"))], "money")
    yield from annex.money(content, pen)
    yield Heading(1, [Words(pen("coverage"))], "coverage")
    yield from annex.coverage(content, pen)
    yield Heading(1, [Words(pen("how"))], "how")
    yield from annex.how(content, pen)
    yield Heading(1, [Words(pen("sources"))], "sources")
    yield from annex.sources(content, pen)


def _figures(content: Json, pen: Pen) -> Table:
    return Table(
        caption=pen("in_short"),
        head=[pen("signal"), pen("figure")],
        rows=[
            [
                [Words(each["label"])],
                [Words(pen("unknown"))] if each["value"] is None else pen.count(each["value"]),
            ]
            for each in content["figures"]
        ],
        widths=[2, 1],
        numeric=[1],
    )


def _pictures(content: Json, pen: Pen) -> Iterator[Picture]:
    source = pen("chart_source", date=pen.day(content["as_of"]))
    for _key, chart in pictures.draw(content, pen):
        yield Picture(chart, source)


def _changes(content: Json, pen: Pen) -> Iterator[Part]:
    changes = content["changes"]
    if changes is None:
        yield Paragraph([Words(pen("changes_first"))])
        return
    since = pen.day(changes["since"])
    if not changes["any"]:
        yield Paragraph([Words(pen("changes_none", date=since))])
        return
    yield Paragraph([Words(pen("changes_since", date=since))])
    for key in ("new_measures", "dropped_measures"):
        if changes[key]:
            yield Heading(2, [Words(pen(key))], key.replace("_", "-"))
            yield Items([_numbered(measure, pen) for measure in changes[key]])
    rows = [row for measure in changes["measures"] for row in _changed(measure, pen)]
    rows += [
        [
            [Words(pen("money"))],
            [Words(pen(f"period:{each['period']}"))],
            [Words(pen(f"what:{each['what']}"))],
            [Words(pen.money(each["before"], each["currency"]))],
            [Words(pen.money(each["after"], each["currency"]))],
        ]
        for each in changes["money"]
    ]
    if rows:
        yield Table(
            caption=pen("changes"),
            head=[pen("measure"), pen("what"), pen("change"), pen("before"), pen("after")],
            rows=rows,
            widths=[1, 3, 1.4, 1.6, 1.6],
        )


def _changed(measure: Json, pen: Pen) -> Iterator[list[Cell]]:
    number: Cell = [Words(measure["number"])]
    for change in measure["changed"]:
        before, after = (_value(change, change.get(side), pen) for side in ("before", "after"))
        yield [
            number,
            pen.said(_short(change["title"])),
            [Words(pen(f"what:{change['what']}"))],
            before,
            after,
        ]
    for what, things in (("evidence", measure["new_evidence"]), ("update", measure["new_updates"])):
        for thing in things:
            day: Cell = [Words(pen.day(thing["date"]))]
            yield [number, pen.said(_short(thing["title"])), [Words(pen(f"what:{what}"))], [Words("–")], day]
    for tick in measure["ticks"]:
        title = pen.said(tick["title"]) if tick["title"] else [Words(tick["code"])]
        states = ([Words(_tick(tick[side], pen))] for side in ("before", "after"))
        yield [number, title, [Words(pen("what:tick"))], *states]


def _value(change: Json, value: Any, pen: Pen) -> Cell:
    """Return one side of a change as people read it: a state, a yes or no, an amount or a day."""
    if change["what"] in {"added", "removed"}:
        return [Words("–")]
    if change["what"] == "state":
        return [pen.state(change["kind"].removesuffix("s"), value)]
    if change["what"] == "status":
        return [Words(pen(f"status:{value}"))]
    if change["what"] == "latest":
        return [Words(proofs.figure(value, change, pen))]
    if isinstance(value, bool):
        return [Words(pen("late"), kind="bad") if value else Words("–")]
    if change["kind"] == "money":
        return [Words(pen.money(value))]
    return [Words(pen.day(value))]


def _tick(ticked: bool | None, pen: Pen) -> str:
    return {
        True: f"☑ {pen('ticked')}",
        False: f"☐ {pen('not_ticked')}",
        None: f"? {pen('unknown')}",
    }[ticked]


def _short(words: Json, limit: int = 160) -> Json:
    text = words["text"]
    return words if len(text) <= limit else {**words, "text": text[: limit - 1].rstrip() + "…"}


def _numbered(measure: Json, pen: Pen) -> Cell:
    return [Words(f"{measure['number']} "), *pen.said(measure["title"])]


def _progress(content: Json, pen: Pen) -> Iterator[Part]:
    blocks = [*content["blocks"], {"number": None, "title": None}]
    for block in blocks:
        measures = [m for m in content["measures"] if m["block"] == block["number"]]
        if not measures:
            continue
        if block["number"] is not None:
            words = [Words(f"{block['number']}. "), *pen.said(block["title"])]
            yield Heading(2, words, f"block-{block['number']}")
        elif content["blocks"]:
            yield Heading(2, [Words(pen("no_block"))], "no-block")
        for measure in measures:
            yield from _measure(measure, 3 if content["blocks"] else 2, pen)


def _measure(measure: Json, level: int, pen: Pen) -> Iterator[Part]:
    title = [Words(f"{measure['number']} "), *pen.said(measure["title"])]
    if measure["dropped"]:
        title.append(Words(f" ({pen('dropped')})"))
    yield Heading(level, title, f"measure-{measure['number']}")
    if measure["bodies"]:
        yield Paragraph(
            [Words(f"{pen('bodies')}: "), *_comma(_body(b, pen) for b in measure["bodies"])], quiet=True
        )
    yield Facts([(row["label"], [Words(row["words"])]) for row in measure["signals"]["rows"]])
    if "indicators" in measure:
        yield from proofs.of_measure(measure, pen)
    if measure["actions"]:
        yield Table(
            caption=f"{pen('actions')} · {measure['number']}",
            head=[pen("action"), pen("responsible"), pen("due"), pen("state")],
            rows=[_action(action, pen) for action in measure["actions"]],
            widths=[4, 2, 1.6, 1.6],
        )
    else:
        yield Paragraph([Words(pen("no_actions"))])
    if measure["milestones"]:
        yield Table(
            caption=f"{pen('milestones')} · {measure['number']}",
            head=[pen("milestone"), pen("due"), pen("state")],
            rows=[_milestone(milestone, pen) for milestone in measure["milestones"]],
            widths=[5, 2, 2],
        )
    if measure["evidence"]:
        yield Table(
            caption=f"{pen('evidence')} · {measure['number']}",
            head=[pen("evidence"), pen("date"), pen("file")],
            rows=[_evidence(evidence, pen) for evidence in measure["evidence"]],
            widths=[4, 1.6, 3.4],
        )
    if measure["updates"]:
        yield Table(
            caption=f"{pen('updates')} · {measure['number']}",
            head=[pen("date"), pen("updates")],
            rows=[[[Words(pen.day(u["date"]))], _update(u, pen)] for u in measure["updates"]],
            widths=[1.6, 7],
        )
    if measure["notes"]:
        yield Paragraph([Words(pen("notes"), strong=True)])
        yield Items([_note(note, pen) for note in measure["notes"]])


def _body(body: Json, pen: Pen) -> Cell:
    name = pen.said(body["name"])
    return name if body["role"] == "responsible" else [*name, Words(f" ({body['role_label']})")]


def _action(action: Json, pen: Pen) -> list[Cell]:
    state = [pen.state("action", action["state"])]
    if action["late"]:
        state.append(Words(pen("late"), kind="bad"))
    if action["stale"]:
        state.append(Words(pen("stale"), kind="warn"))
    title = list(pen.said(action["title"]))
    if action["dropped_because"]:
        title.append(Words(f" – {action['dropped_because']}"))
    due = [Words(_when(action, pen))]
    if action["recurrence"]:
        due.append(Words(f" ({pen.every(action['recurrence'])})"))
    return [title, pen.said(action["responsible"]), due, state]


def _when(action: Json, pen: Pen) -> str:
    """When an action is due; its start where the plan gives nothing else."""
    if action["due"]:
        return pen.moment(action["due"], action["due_precision"])
    if action["start"]:
        return pen("from", date=pen.moment(action["start"], action["start_precision"]))
    return pen("undated")


def _milestone(milestone: Json, pen: Pen) -> list[Cell]:
    state = [pen.state("milestone", milestone["state"])]
    if milestone["late"]:
        state.append(Words(pen("overdue"), kind="bad"))
    if milestone["met_on"]:
        state.append(Words(pen.day(milestone["met_on"])))
    due = pen.moment(milestone["due"], milestone["due_precision"]) if milestone["due"] else pen("undated")
    return [pen.said(milestone["title"]), [Words(due)], state]


def _evidence(evidence: Json, pen: Pen) -> list[Cell]:
    title = list(pen.said(evidence["title"]))
    if evidence["synthetic"]:
        title.append(Words(pen("invented"), kind="none"))
    if evidence["kind"] == "file":
        where: Cell = [Words(f"{evidence['file_name']} "), Words((evidence["sha256"] or "")[:12], mono=True)]
    elif evidence["kind"] == "link":
        retrieved = pen("retrieved", date=pen.day(evidence["retrieved_on"]))
        where = [Words(evidence["url"], url=evidence["url"]), Words(f", {retrieved}")]
    else:
        where = [Words(f"{evidence['figure']} {evidence['unit']}")]
    return [title, [Words(pen.day(evidence["date"]))], where]


def _update(update: Json, pen: Pen) -> Cell:
    words = list(pen.said(update["text"]))
    if update["action"]:
        words = [*pen.said(update["action"], strong=True), Words(". "), *words]
    return [*words, Words(pen("invented"), kind="none")] if update["synthetic"] else words


def _note(note: Json, pen: Pen) -> Cell:
    source = Words(note["source"], url=note["url"])
    return [Words(f"{pen.day(note['date'])}: "), *pen.said(note["text"]), Words(" ("), source, Words(")")]
