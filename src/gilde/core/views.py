"""The pages that belong to no context: home, start by role, search, about, the component page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django.views.i18n import set_language as django_set_language

from gilde.core import charts_kept, searching
from gilde.core import home as registry
from gilde.core.components import Tab
from gilde.core.errors import Missing
from gilde.core.search import find
from gilde.core.start import ROLES

PAGE_SIZE = 20
CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
LAST_PAGE = 50  # who has not found it by then needs other words


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Say in one screen what this is, and let one start by role."""
    return render(
        request,
        "core/home.html",
        {
            "title": _("What was promised, what is delivered, what is proven"),
            "tiles": registry.tiles(request.user),
            "roles": ROLES.values(),
            "ways_in": registry.ways_in(),
            "news": registry.latest(request.user),
        },
    )


@login_not_required
def start(request: HttpRequest, role: str) -> HttpResponse:
    """Say what a kind of visitor can do here today and what will come."""
    if role not in ROLES:
        raise Http404
    chosen = ROLES[role]
    return render(
        request,
        "core/start.html",
        {
            "title": chosen.label,
            "role": chosen,
            "offers": registry.offers(role),
            "coming": chosen.still_to_come(),
            "others": [other for other in ROLES.values() if other is not chosen],
        },
    )


@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """Search everything that the reader may see."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:500]
    kinds = searching.kinds()
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in kinds else ""
    wanted = request.GET.get("page", "")
    page = min(max(int(wanted), 1), LAST_PAGE) if wanted.isascii() and wanted.isdigit() else 1
    results = find(
        query,
        kinds=[kind] if kind else [],
        scopes=searching.scopes_of(request.user),
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )

    def address(**changes: object) -> str:
        asked = {"q": query, "kind": kind, **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    context = {
        "title": _("Search"),
        "query": query,
        "kind": kind,
        "tabs": [
            Tab(_("All"), address(kind=""), not kind),
            *(Tab(label, address(kind=name), name == kind) for name, label in kinds.items()),
        ],
        "results": results,
        "hits": [(hit, kinds.get(hit.kind, hit.kind)) for hit in results.hits],
        "before": address(page=page - 1) if page > 1 else "",
        "after": address(page=page + 1) if page * PAGE_SIZE < results.count and page < LAST_PAGE else "",
    }
    return render(request, "core/search.html", context)


@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    """Say what Gilde is, whose it is, and how to reach its data."""
    return render(request, "core/about.html", {"title": _("About Gilde")})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """State how accessible these pages are and what to do about a barrier."""
    return render(request, "core/accessibility.html", {"title": _("Accessibility")})


@login_not_required
@require_safe
def chart(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Give a shown chart as a picture or a file. Who knows the address has seen the figures: it is a keyed hash."""
    found = charts_kept.file_of(key, kind)
    if found is None:
        raise Missing(_("This chart is not kept any more. Reload the page that showed it and try again."))
    content, media_type = found
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    # The style sheet of a drawing is its own; nothing else may load or run, also when it is opened by itself.
    response["Content-Security-Policy"] = CHART_POLICY
    if kind in ("svg", "csv"):
        response["Content-Disposition"] = f'attachment; filename="chart-{key[:12]}.{kind}"'
    return response


# Without a token, so that public pages are the same for every reader and can be cached: a forged request
# could change nothing but the language in which its victim reads.
@login_not_required
@csrf_exempt
@require_POST
@vary_on_headers("Cookie")
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of language in a cookie and go back to the page."""
    response = django_set_language(request)
    assert isinstance(response, HttpResponse)
    return response
