from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def organisation_list(request: HttpRequest) -> HttpResponse:
    """List the organisations that Gilde knows."""
    return render(request, "organisations/list.html")
