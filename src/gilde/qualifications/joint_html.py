"""The page of a document: the same parts as its PDF."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gilde.qualifications.joint_document import (
    Break,
    Cell,
    Document,
    Facts,
    Heading,
    Items,
    Paragraph,
    Part,
    Table,
)


def make_html(document: Document) -> SafeString:
    """Return the parts as HTML. Headings start at the second level: the page has its own first."""
    return _joined(_part(part) for part in document.parts)


def runs(cell: Cell) -> SafeString:
    """Return a cell as HTML, with the language of what is not in that of the page."""
    return _joined(
        format_html('<span lang="{}">{}</span>', words.lang, words.text)
        if words.lang
        else format_html("{}", words.text)
        for words in cell
    )


def _part(part: Part) -> SafeString:
    match part:
        case Heading():
            return format_html("<h{0}>{1}</h{0}>", str(part.level + 1), runs(part.words))
        case Paragraph():
            return format_html(
                '<p class="quiet-text">{}</p>' if part.quiet else "<p>{}</p>", runs(part.words)
            )
        case Items():
            return format_html(
                "<ul>{}</ul>", _joined(format_html("<li>{}</li>", runs(each)) for each in part.items)
            )
        case Facts():
            rows = ((name, runs(value)) for name, value in part.rows)
            told = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows)
            return format_html('<dl class="summary">{}</dl>', told)
        case Table():
            return _table(part)
        case Break():
            return SafeString("")


def _table(table: Table) -> SafeString:
    head = format_html_join("", '<th scope="col">{}</th>', ((runs(words),) for words in table.head))
    rows = _joined(
        format_html(
            '<tr><th scope="row">{}</th>{}</tr>',
            runs(row[0]),
            format_html_join("", "<td>{}</td>", ((runs(each),) for each in row[1:])),
        )
        for row in table.rows
    )
    return format_html(
        '<div class="scroll" role="region" aria-label="{0}" tabindex="0"><table><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>",
        table.caption,
        head,
        rows,
    )


def _joined(values: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((value,) for value in values))
