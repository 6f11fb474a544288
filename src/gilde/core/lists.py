"""The one mechanism of every list: declared once, it gives search, filters, sorting, pages, count, downloads.

A context declares a `Listing` and its view ends with `return LISTING.respond(request, visible_things(actor),
"things/list.html", {"title": …})`; the template says `{% include "core/_list.html" %}`. `?format=csv` and
`?format=json` give the whole filtered list. Cells are written in Python: a row costs no template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

from django.db.models import CharField, Expression, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower, NullIf
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gilde.core import downloads, keyset
from gilde.core.components import written

Row: TypeAlias = Mapping[str, Any]
Sort: TypeAlias = str | Expression | Callable[[], Combinable]


def words_of(field_name: str) -> Callable[[], Combinable]:
    """Return a sort or search key for a text in several languages: the reader's words, in small letters."""

    def expression() -> Combinable:
        words = KeyTextTransform("words", field_name)
        reader = (get_language() or "en").split("-")[0]
        languages = dict.fromkeys([reader, "en", "nl", "fr", "de"])
        found = [NullIf(KeyTextTransform(code, words), Value("")) for code in languages]
        return Lower(Coalesce(*found, Value(""), output_field=CharField()))

    return expression


@dataclass(frozen=True)
class Column:
    """One column: `value` goes into downloads, `cell` on the page; both get a row of `Listing.fields`."""

    name: str
    label: Any
    value: Callable[[Row], object] | None = None
    cell: Callable[[Row], object] | None = None
    sort: Sort | None = None
    number: bool = False
    head: bool = False
    download_only: bool = False

    def plain(self, row: Row) -> object:
        """Return the value for downloads."""
        return downloads.plain(self.value(row) if self.value else row[self.name])

    def html(self, row: Row) -> SafeString:
        """Return the whole `<td>`, or `<th>` where the column heads the row."""
        shown = self.cell(row) if self.cell else written(self.value(row) if self.value else row[self.name])
        if self.head:
            return format_html('<th scope="row">{}</th>', shown)
        return format_html('<td class="number">{}</td>' if self.number else "<td>{}</td>", shown)


@dataclass(frozen=True)
class Filter:
    """One filter: `choices` gives values and labels; `apply` is a lookup, or narrows the queryset itself."""

    name: str
    label: Any
    choices: Callable[[], Iterable[tuple[str, Any]]]
    apply: str | Callable[[QuerySet[Any], str], QuerySet[Any]]

    def narrow(self, found: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return what passes the filter."""
        return (
            found.filter(**{self.apply: value}) if isinstance(self.apply, str) else self.apply(found, value)
        )


@dataclass(frozen=True)
class Choice:
    value: str
    label: Any
    chosen: bool


@dataclass(frozen=True)
class Chosen:
    """A filter as the page shows it."""

    name: str
    label: Any
    choices: list[Choice]


@dataclass(frozen=True)
class Head:
    """The head of a column as shown; `url` sorts by it, `direction` is the `aria-sort` it has now."""

    label: Any
    url: str
    direction: str
    number: bool


@dataclass(frozen=True)
class PageLink:
    number: int | None
    url: str
    here: bool


@dataclass(frozen=True)
class Shown:
    """A list as the page shows it."""

    id: str
    path: str
    caption: Any
    hint: Any
    search: bool
    words: str
    prefix: str
    filters: list[Chosen]
    narrowed: bool
    hidden: list[tuple[str, str]]
    heads: list[Head]
    rows: list[SafeString]
    count: int
    first: int
    last: int
    before: str
    after: str
    pages: list[PageLink]
    clear: str
    csv: str
    json: str
    empty: Any


@dataclass(frozen=True)
class Listing:
    """The declaration of a list. `fields` is what is read from the database; the rows are mappings of these.

    `order` names a column, with "-" in front for descending. With `keyset` the pages have no numbers but stay
    fast in a table of millions. `prefix` keeps the parameters of two lists on one page apart.
    """

    name: str
    caption: Any
    columns: Sequence[Column]
    fields: Sequence[str]
    order: str
    search: Sequence[Sort] = ()
    filters: Sequence[Filter] = ()
    per_page: int = 50
    keyset: bool = False
    prefix: str = ""
    hint: Any = ""
    empty: Any = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({column.name: column for column in self.columns if column.sort is not None})
        if self.order.removeprefix("-") not in self._by_name:
            raise ValueError(
                f"{self.name}: the list is ordered by “{self.order}”, which is no column with a sort."
            )

    def respond(
        self,
        request: HttpRequest,
        found: QuerySet[Any],
        template: str,
        context: Mapping[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Return a page, the part that HTMX asked for, or a download of `found`: what the reader may see."""
        if (wanted := request.GET.get(self.prefix + "format", "")) in downloads.WRITERS:
            return self.download(request, found, wanted)
        shown = self.shown(request, found)
        htmx = getattr(request, "htmx", None)
        if htmx and not htmx.history_restore_request and htmx.target == shown.id:
            part = {**(context or {}), "list": shown, "fragment": True}
            response = render(request, "core/_list_region.html", part)
            response["HX-Push-Url"] = self._url(request, **self._place(request))
        else:
            response = render(request, template, {**(context or {}), "list": shown})
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def download(self, request: HttpRequest, found: QuerySet[Any], wanted: str) -> HttpResponseBase:
        """Return the whole filtered list as a file, row by row."""
        columns = [(column.name, column.plain) for column in self.columns]
        rows = self.ordered(request, self.narrowed(request, found)).values("pk", *self.fields)
        return downloads.respond(wanted, self.name, columns, rows.iterator(chunk_size=1000))

    def narrowed(self, request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        """Return what passes the words and filters of the request; unknown values of a filter are ignored."""
        words = self._words(request).split()[:8]
        if words and self.search:
            keys = {f"_search{number}": _expression(key) for number, key in enumerate(self.search)}
            found = found.alias(**keys)
            for word in words:
                anywhere = Q()
                for name in keys:
                    anywhere |= Q(**{f"{name}__icontains": word})
                found = found.filter(anywhere)
        for name, chosen in self._chosen(request).items():
            found = next(f for f in self.filters if f.name == name).narrow(found, chosen)
        return found

    def ordered(self, request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        """Return `found` in the order that the request asks for, what has no value last."""
        column, descending = self._sort(request)
        assert column.sort is not None
        key = F("_key").desc(nulls_last=True) if descending else F("_key").asc(nulls_last=True)
        ordered: QuerySet[Any] = found.annotate(_key=_expression(column.sort)).order_by(key, "pk")
        return ordered

    def shown(self, request: HttpRequest, found: QuerySet[Any]) -> Shown:
        """Return the list as the page shows it: at most two queries and those of the filters' choices."""
        narrowed = self.narrowed(request, found)
        count = narrowed.count()
        ordered = self.ordered(request, narrowed)
        before, after, first = "", "", 1
        numbers: list[PageLink] = []
        read = ["pk", *self.fields]
        if self.keyset:
            got = keyset.page(
                ordered.values(*read, "_key"),
                self._sort(request)[1],
                self.per_page,
                after=request.GET.get(self.prefix + "after", ""),
                before=request.GET.get(self.prefix + "before", ""),
            )
            rows, first = got.rows, 0
            before = self._url(request, before=got.before) if got.before else ""
            after = self._url(request, after=got.after) if got.after else ""
        else:
            last_page = max(1, -(-count // self.per_page))
            here = min(_number(request.GET.get(self.prefix + "page", "")), last_page)
            first = (here - 1) * self.per_page + 1
            rows = list(ordered.values(*read)[first - 1 : first - 1 + self.per_page])
            before = self._url(request, page=here - 1) if here > 1 else ""
            after = self._url(request, page=here + 1) if here < last_page else ""
            numbers = [
                PageLink(n, self._url(request, page=n) if n else "", n == here)
                for n in _numbers(here, last_page)
            ]
        visible = [column for column in self.columns if not column.download_only]
        chosen = self._chosen(request)
        return Shown(
            id=f"list-{self.name}",
            path=request.path,
            caption=self.caption,
            hint=self.hint,
            search=bool(self.search),
            words=self._words(request),
            prefix=self.prefix,
            filters=[
                Chosen(
                    f.name,
                    f.label,
                    [Choice(str(v), label, chosen.get(f.name) == str(v)) for v, label in f.choices()],
                )
                for f in self.filters
            ],
            narrowed=bool(chosen or self._words(request)),
            hidden=self._hidden(request),
            heads=[self._head(request, column) for column in visible],
            rows=[format_html_join("", "{}", ((column.html(row),) for column in visible)) for row in rows],
            count=count,
            first=first,
            last=first + len(rows) - 1,
            before=before,
            after=after,
            pages=numbers if len(numbers) > 1 else [],
            clear=self._address(request, []),
            csv=self._url(request, format="csv", page=None),
            json=self._url(request, format="json", page=None),
            empty=self.empty,
        )

    # What the request says, and addresses that say it again with one thing changed.

    def _own(self) -> list[str]:
        return ["q", "sort", "page", "after", "before", "format", *(f.name for f in self.filters)]

    def _words(self, request: HttpRequest) -> str:
        return request.GET.get(self.prefix + "q", "").replace("\x00", "").strip()[:200]

    def _chosen(self, request: HttpRequest) -> dict[str, str]:
        asked = {f.name: request.GET.get(self.prefix + f.name, "") for f in self.filters}
        known = {f.name: {str(v) for v, _label in f.choices()} for f in self.filters if asked[f.name]}
        return {name: value for name, value in asked.items() if value and value in known[name]}

    def _sort(self, request: HttpRequest) -> tuple[Column, bool]:
        asked = request.GET.get(self.prefix + "sort", "")
        if asked.removeprefix("-") not in self._by_name:
            asked = self.order
        return self._by_name[asked.removeprefix("-")], asked.startswith("-")

    def _kept(self, request: HttpRequest) -> dict[str, str]:
        kept = {"q": self._words(request), **self._chosen(request)}
        if asked := request.GET.get(self.prefix + "sort", ""):
            kept["sort"] = asked
        return kept

    def _place(self, request: HttpRequest) -> dict[str, str]:
        asked = {name: request.GET.get(self.prefix + name, "") for name in ("page", "after", "before")}
        return {name: value for name, value in asked.items() if value}

    def _hidden(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the parameters of the address that are not this list's: they survive its forms and links."""
        own = {self.prefix + name for name in self._own()}
        return [(name, str(value)) for name, value in request.GET.items() if name not in own]

    def _url(self, request: HttpRequest, **changes: str | int | None) -> str:
        asked: dict[str, str | int | None] = {**self._kept(request), **changes}
        return self._address(
            request, [(self.prefix + k, str(v)) for k, v in asked.items() if v not in (None, "", 1)]
        )

    def _address(self, request: HttpRequest, own: list[tuple[str, str]]) -> str:
        pairs = self._hidden(request) + own
        return request.path + ("?" + urlencode(pairs) if pairs else "")

    def _head(self, request: HttpRequest, column: Column) -> Head:
        if column.sort is None:
            return Head(column.label, "", "", column.number)
        now, descending = self._sort(request)
        if now is not column:
            return Head(column.label, self._url(request, sort=column.name), "none", column.number)
        url = self._url(request, sort=column.name if descending else "-" + column.name)
        return Head(column.label, url, "descending" if descending else "ascending", column.number)


def _expression(key: Sort) -> Combinable:
    if isinstance(key, str):
        return F(key)
    return key if isinstance(key, Combinable) else key()


def _number(value: str) -> int:
    return max(1, int(value)) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def _numbers(here: int, last: int) -> list[int | None]:
    """Return the page numbers to show, None where some are left out: 1 … 4 [5] 6 … 14."""
    near = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    numbers: list[int | None] = []
    for number in near:
        if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
            numbers.append(None if number - numbers[-1] > 2 else number - 1)
        numbers.append(number)
    return numbers
