"""What everybody reads."""

from django.http import Http404, HttpRequest, HttpResponse


def register(request: HttpRequest) -> HttpResponse:
    raise Http404


def qualification(request: HttpRequest, code: str) -> HttpResponse:
    raise Http404


def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    raise Http404
