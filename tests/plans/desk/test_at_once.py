"""Two officers press their buttons at the same moment: one is first, the other is told, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from gilde.core.errors import GildeError
from gilde.plans.models import Edition, Measure, Plan, Reading, Revision, Value
from gilde.plans.services.desk import acts
from gilde.plans.services.publishing import publish
from tests.plans.desk.factories import an_officer, an_open_reading, reference, the
from tests.plans.desk.test_publishing import DETAILS

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*what: Callable[[], Any]) -> list[Any]:
    """Do things in threads that start together; return what each gave, an error of ours included."""
    barrier, gave = threading.Barrier(len(what)), [None] * len(what)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(30)
            gave[place] = act()
        except GildeError as error:
            gave[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(what)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return gave


def test_two_corrections_at_once_store_one_and_tell_the_other():
    reading = an_open_reading()
    officers = [an_officer(reading) for _n in range(2)]
    titles = [the(reading, "3.1", "title") for _n in officers]

    def correct(place: int) -> Value:
        return acts.correct(
            officers[place],
            value=titles[place],
            version=1,
            content={"text": f"Title {place}"},
            ground="Cover",
        )

    gave = at_once(lambda: correct(0), lambda: correct(1))

    refused = [one for one in gave if isinstance(one, GildeError)]
    assert [error.code for error in refused] == ["stale"]
    assert Revision.objects.count() == 1
    assert the(reading, "3.1", "title").version == 2


def test_two_who_publish_at_once_make_one_edition():
    reference()
    reading = an_open_reading()
    officer = an_officer(reading)
    copies = [Reading.objects.get(pk=reading.pk) for _n in range(2)]

    gave = at_once(*(lambda copy=copy: publish(officer, reading=copy, details=DETAILS) for copy in copies))

    assert gave[0] == gave[1]
    assert (Edition.objects.count(), Plan.objects.count(), Measure.objects.count()) == (1, 1, 2)


def test_a_decision_at_the_moment_of_publishing_is_in_the_edition_or_refused():
    reference()
    reading = an_open_reading()
    officer, colleague = an_officer(reading), an_officer(reading)
    box = the(reading, "3.1", "tick", "scope:local")
    copy = Reading.objects.get(pk=reading.pk)

    edition, decided = at_once(
        lambda: publish(officer, reading=copy, details=DETAILS),
        lambda: acts.decide(colleague, value=box, version=1, ticked=True, ground="Page 12"),
    )

    assert isinstance(edition, Edition)
    published = edition.content["measures"][0]["ticks"]["scope"]["local"]["ticked"]
    stored = Value.objects.get(pk=box.pk).content["ticked"]
    assert published is stored
    assert (stored is True) is isinstance(decided, Value)
