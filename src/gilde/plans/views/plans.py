from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def plan_list(request: HttpRequest) -> HttpResponse:
    """List the plans that the reader may see."""
    return render(request, "plans/list.html")
