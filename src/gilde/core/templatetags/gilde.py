"""The components as template tags. They are built in: no `{% load %}` is needed. `/design/` shows each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.utils.crypto import get_random_string
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language

from gilde.core import clock, components
from gilde.core.text import Text

register = template.Library()

register.simple_tag(components.status, name="status")
register.simple_tag(components.tick, name="tick")
register.simple_tag(components.day, name="day")
register.simple_tag(components.nothing, name="nothing")


@register.simple_block_tag
def alert(content: str, kind: components.Kind = "info", title: str = "") -> SafeString:
    """Say what matters now: `{% alert "warn" title="…" %}…{% endalert %}`."""
    head = format_html('<p class="title">{}</p>', title) if title else ""
    role = ' role="alert"' if kind == "bad" else ""
    return format_html('<div class="alert {}"{}>{}{}</div>', kind, SafeString(role), head, content)


@register.simple_block_tag
def emptystate(content: str, title: str) -> SafeString:
    """Say what will be here and how to begin."""
    return format_html('<div class="empty"><h2>{}</h2>{}</div>', title, content)


@register.simple_block_tag
def quote(content: str, source: str = "", url: str = "", lang: str = "") -> SafeString:
    """Show the words of a source, and where they stand."""
    where = format_html('<a href="{}">{}</a>', url, source) if url else source
    caption = format_html("<figcaption>{}</figcaption>", where) if source else ""
    language = format_html(' lang="{}"', lang) if lang else ""
    return format_html(
        '<figure class="quote"><blockquote{}>{}</blockquote>{}</figure>',
        language,
        SafeString(content.strip()),
        caption,
    )


@register.simple_block_tag
def datatable(content: str, caption: str, kind: str = "", tall: bool = False) -> SafeString:
    """Wrap `<thead>…</thead><tbody>…</tbody>` in a table with a caption that scrolls in its own region."""
    anchor = f"{slugify(caption)[:40] or 'table'}-{get_random_string(4)}"
    return format_html(
        '<div class="scroll{}" role="region" aria-labelledby="{}" tabindex="0">'
        '<table class="{}"><caption id="{}">{}</caption>{}</table></div>',
        " tall" if tall else "",
        anchor,
        kind,
        anchor,
        caption,
        content,
    )


@register.inclusion_tag("core/_tabs.html")
def tabs(items: Sequence[components.Tab], label: str) -> dict[str, object]:
    """Show the views of one thing as links, the current one marked."""
    return {"items": items, "label": label}


@register.inclusion_tag("core/_stepper.html")
def stepper(steps: Sequence[components.Step], label: str) -> dict[str, object]:
    """Show how far one is in a task of several pages."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("core/_tasks.html")
def tasks(items: Sequence[components.Task]) -> dict[str, object]:
    """Show what is to be done and where each stands."""
    return {"items": items}


@register.inclusion_tag("core/_summary.html")
def summary(rows: Sequence[components.Fact]) -> dict[str, object]:
    """Show what is known about one thing."""
    return {"rows": rows}


@register.inclusion_tag("core/_signals.html")
def signals(items: Sequence[components.Signal]) -> dict[str, object]:
    """Show a few figures side by side, unknown ones as unknown."""
    return {"items": items}


@register.inclusion_tag("core/_progress.html")
def progress(
    label: str, value: int | None = None, total: int | None = None, doing: str = ""
) -> dict[str, object]:
    """Show how far a job is, and what it is doing; without a total it only shows that it works."""
    return {"label": label, "value": value, "total": total, "doing": doing, "id": f"p-{slugify(label)}"}


@register.inclusion_tag("core/_figure.html")
def figure(chart: Any, table_at: str = "") -> dict[str, object]:
    """Show a chart of `core.charts` with its title, source, date, table and downloads.

    `table_at` is the anchor of a table on the same page that holds the same numbers; then none is added.
    """
    return {"chart": chart, "table_at": table_at}


@register.inclusion_tag("core/_form.html", takes_context=True)
def form_page(
    context: Mapping[str, Any], form: Any, button: str, cancel: str = "", upload: bool = False
) -> dict[str, object]:
    """Show a whole form: error summary, fields, one button, a way back."""
    return {
        "form": form,
        "button": button,
        "cancel": cancel,
        "upload": upload,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.simple_tag
def timeline(bars: Sequence[components.Bar], label: str, today: date | None = None) -> SafeString:
    """Draw bars and milestones over the years."""
    return components.timeline(bars, label, today or clock.today())


@register.filter
def shown(text: Text | None) -> SafeString | str:
    """Show a text in several languages, marked with its language where that is not the reader's."""
    if text is None:
        return ""
    words = text.shown()
    if not words.foreign:
        return words.words
    return format_html(
        '<span lang="{0}">{1}</span> <span class="tag plain">{0}</span>', words.language, words.words
    )


@register.filter
def money(amount: Decimal | int | None, currency: str = "EUR") -> SafeString | str:
    """Show an amount with its currency in the reader's locale; a dash when there is none."""
    if amount is None:
        return components.nothing()
    places = 0 if amount == int(amount) else 2
    written = number_format(amount, places, force_grouping=True)
    sign = {"EUR": "€"}.get(currency, currency)
    # "€ 1.500" in Dutch, "€1,500" in English; a code is always followed by a space.
    gap = "" if sign == "€" and (get_language() or "en").startswith("en") else "\N{NO-BREAK SPACE}"
    return format_html('<span class="number">{}{}{}</span>', sign, gap, written)


@register.filter
def sample(code: str) -> SafeString:
    """Show template code as text, its braces too: no check should take it for a tag left unrendered."""
    return SafeString(escape(code).replace("{", "&#123;").replace("}", "&#125;"))
