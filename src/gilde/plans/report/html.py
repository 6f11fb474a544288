"""The page of a report: the same parts as the PDF, in Python because a report has thousands of cells."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from gilde.core.components import status
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


def make_html(printed: Printed) -> SafeString:
    """Return the parts as HTML. Headings start at the second level: the page has its own first."""
    with override(printed.language):
        return _joined(_part(part) for part in (*printed.notices, *printed.parts))


def contents(printed: Printed) -> list[tuple[str, SafeString, int]]:
    """Return the entries of the table of contents: anchor, words, level (1 or 2)."""
    return [
        (part.anchor, runs(part.words), part.level)
        for part in printed.parts
        if isinstance(part, Heading) and part.level <= 2
    ]


def runs(cell: Cell) -> SafeString:
    """Return a cell as HTML, with the language of what is not in that of the page."""
    return _joined(_run(words) for words in cell)


def _run(words: Words) -> SafeString:
    if words.kind:
        return format_html(" {} ", status(words.kind, words.text))
    body = format_html("{}", words.text)
    if words.mono:
        body = format_html("<code>{}</code>", body)
    if words.strong:
        body = format_html("<strong>{}</strong>", body)
    if words.url:
        body = format_html('<a href="{}">{}</a>', words.url, body)
    if words.lang:
        body = format_html('<span lang="{}">{}</span>', words.lang, body)
    return body


def _part(part: Part) -> SafeString:
    match part:
        case Heading():
            level = min(part.level + 1, 4)
            return format_html('<h{0} id="{1}">{2}</h{0}>', str(level), part.anchor, runs(part.words))
        case Paragraph():
            return format_html(
                '<p class="quiet-text">{}</p>' if part.quiet else "<p>{}</p>", runs(part.words)
            )
        case Notice():
            return format_html('<div class="alert warn"><p>{}</p></div>', runs(part.words))
        case Items():
            return format_html("<ul>{}</ul>", _each("<li>{}</li>", map(runs, part.items)))
        case Facts():
            return facts(part.rows)
        case Picture():
            return render_to_string("core/_figure.html", {"chart": part.chart})
        case Table():
            return _table(part)


def facts(rows: Iterable[tuple[str, Cell]]) -> SafeString:
    """Return names with their values as a summary list."""
    given = format_html_join(
        "", "<div><dt>{}</dt><dd>{}</dd></div>", ((name, runs(cell)) for name, cell in rows)
    )
    return format_html('<dl class="summary">{}</dl>', given)


def _table(table: Table) -> SafeString:
    head = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((_number(n, table), words) for n, words in enumerate(table.head)),
    )
    rows = format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (
                format_html_join(
                    "",
                    "<td{}>{}</td>",
                    ((_number(n, table), runs(cell)) for n, cell in enumerate(row)),
                ),
            )
            for row in table.rows
        ),
    )
    return format_html(
        '<div class="scroll" role="region" aria-label="{0}" tabindex="0"><table><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>",
        table.caption,
        head,
        rows,
    )


def _number(column: int, table: Table) -> SafeString:
    return mark_safe(' class="number"') if column in table.numeric else SafeString("")


def _each(pattern: str, values: Iterable[SafeString]) -> SafeString:
    return format_html_join("", pattern, ((value,) for value in values))


def _joined(values: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((value,) for value in values))
