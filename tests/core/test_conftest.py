"""The ground of the tests is itself tested: a check that cannot fail is no check."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from gilde.core import audit
from gilde.core.access import SYSTEM
from gilde.core.audit import triggers
from gilde.core.models import AuditEvent, User
from tests.client import faults_of


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p onclick='x()'>a</p>", "An inline event handler"),
        ("<p style='color:red'>a</p>", "An inline style:"),
        ("<style>p{}</style>", "An inline style sheet"),
        ("<script>x()</script>", "An inline script"),
        ("<a href=' JavaScript:x()'>a</a>", "A script in an address"),
        ("<p>{{ plan.title }}</p>", "A template tag was not rendered"),
        ("<p>{% if plan %}</p>", "A template tag was not rendered"),
    ],
)
def test_a_page_with_a_fault_is_told(html: str, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of(html))


def test_a_clean_page_with_a_script_file_and_a_data_block_has_no_fault() -> None:
    assert (
        faults_of(
            "<script src='/a.js'></script><script type='application/json'>{}</script><p class='on'>a</p>"
        )
        == []
    )


def test_the_data_folder_is_one_of_this_process_only() -> None:
    assert "gilde-test-" in str(settings.DATA_DIR)
    assert str(settings.MEDIA_ROOT).startswith(str(settings.DATA_DIR))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_no_event_behind_and_the_triggers_in_place(
    turn: int, make_user: Callable[..., User]
) -> None:
    assert AuditEvent.objects.count() == 0
    assert triggers.installed(connection, "core_auditevent")
    with transaction.atomic():
        audit.record(SYSTEM, "core.user.create", make_user())
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_numbers_of_rows_are_long_enough_to_be_written_with_a_comma() -> None:
    assert ContentType.objects.create(app_label="tests", model="thing").pk > 1000
