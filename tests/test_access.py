"""Every route × every kind of actor. A route that is missing from the table fails the suite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import rows
from tests.access_table import ACTORS, Row
from tests.access_table import TABLE as OTHERS
from tests.access_world import World
from tests.client import GildeClient

TABLE = [*OTHERS, *rows.table()]

# The world below is made once; the mark is what makes pytest-django set the database up.
pytestmark = pytest.mark.django_db

# These refuse by their own means and are walked by rules of their own below and in test_openapi.
ADMIN, API = "admin:", "api:"


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Yield the name of every named route of the URL configuration."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield namespace + pattern.name
        else:
            yield from routes(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once, in a transaction taken back at the end; each request leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World.make()
        transaction.set_rollback(True)


def letter(response: HttpResponse, route: str) -> str:
    """Return the letter of the table for an answer."""
    if response.status_code in (301, 302, 303):
        where = response["Location"]
        return "s" if where.startswith(reverse("account_login")) and route != "account_logout" else "r"
    letters = {200: "o", 304: "o", 401: "u", 403: "x", 404: "n", 405: "m", 400: "b", 409: "b", 422: "b"}
    return letters.get(response.status_code, str(response.status_code))


def answers(row: Row, world: World, client: Client) -> dict[str, str]:
    """Return what each actor gets, each on the world as it was."""
    found = {}
    address = {name: value.format(**world.things) for name, value in row.address.items()}
    data = {name: value.format(**world.things) for name, value in row.data.items()}
    url = reverse(row.route, kwargs=address)
    for name in ACTORS:
        client.logout()
        actor = world.actors[name]
        if not isinstance(actor, AnonymousUser):
            client.force_login(actor)
        with transaction.atomic():
            response: Any = client.post(url, data) if row.method == "POST" else client.get(url, data)
            found[name] = letter(response, row.route)
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_each_actor_gets_what_the_table_says(row: Row, world: World) -> None:
    expected = dict(zip(ACTORS, row.expected, strict=True))
    assert answers(row, world, GildeClient()) == expected


def test_every_route_is_in_the_table() -> None:
    known = {row.route for row in TABLE}
    missing = {route for route in routes() if not route.startswith((ADMIN, API))} - known
    assert not missing, (
        f"Say in tests/access_table.py, or in a rows_<area>.py, who may reach these routes: {sorted(missing)}"
    )


def test_the_table_names_no_route_that_is_gone() -> None:
    assert {row.route for row in TABLE} <= set(routes())


def test_a_row_that_tells_a_lie_fails(world: World) -> None:
    lie = Row("account", "ooooooo")
    assert answers(lie, world, GildeClient())["anonymous"] == "s"


def test_the_admin_lets_in_nobody_but_the_administrator(world: World) -> None:
    pages = [reverse(name) for name in set(routes()) if name.startswith(ADMIN) and not _needs_arguments(name)]
    client = Client()
    assert len(pages) > 5
    for name in ACTORS[:-1]:
        client.logout()
        if not isinstance(world.actors[name], AnonymousUser):
            client.force_login(world.actors[name])
        for page in pages:
            response = client.get(page)
            asked = response.status_code == 302 and "login" in response["Location"]
            is_open = page in (reverse("admin:login"), reverse("admin:logout"))
            assert asked or is_open or response.status_code in (403, 404), f"{name} reaches {page}"


def _needs_arguments(name: str) -> bool:
    from django.urls import NoReverseMatch

    try:
        reverse(name)
    except NoReverseMatch:
        return True
    return False
