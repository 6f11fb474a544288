"""The check page: the answer to each form of an award, and the verdict alone where nothing of the web is in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import segno
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import Timing, timed
from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.text import Text
from gilde.credentials.checking import apart
from gilde.credentials.models import Achievement, AchievementOutcome, Award, Issuer, Key
from gilde.credentials.services import checking, drafting, issuers, issuing, renderings
from gilde.organisations.models import Organisation

PAGE = 300.0  # milliseconds of the clock, issue 5, "Numbers"
_AGAIN = 30


def run() -> tuple[str, Sequence[Timing]]:
    """Return how long the page takes for a file of each form, and the verdict on small credentials."""
    award = _award()
    files = _files(award)
    apart.run("image-codes", files["photo of the code"])  # starts the process apart, as the empty page does
    timings = [_page(name, content) for name, content in files.items()]
    for name in ("eddsa-jcs-2022", "vc-jwt"):
        content = files[name]
        timings.append(_times(f"verdict alone, {name}", _checked(content)))
    return "Check page", timings


def _page(name: str, content: bytes) -> Timing:
    client = Client()

    def post() -> None:
        cache.clear()  # this machine checks more often than anybody may
        response = client.post("/check/", {"file": SimpleUploadedFile(name, content)})
        assert response.status_code in (200, 302), response.status_code

    post()
    with CaptureQueriesContext(connection) as seen:
        post()
    return _times(f"page, {name}", post, limit=PAGE, queries=len(seen))


def _times(
    name: str, work: Callable[[], object], *, limit: float | None = None, queries: int | None = None
) -> Timing:
    taken = [timed(work) for _turn in range(_AGAIN)]
    return Timing(name, [each for each, _cpu in taken], [cpu for _each, cpu in taken], queries, limit)


def _checked(content: bytes) -> Callable[[], object]:
    return lambda: checking.check(content, checking.Here())


def _files(award: Award) -> Mapping[str, bytes]:
    photo = io.BytesIO()
    segno.make(renderings.check_address(award)).save(photo, kind="png", scale=8)
    return {
        "eddsa-jcs-2022": renderings.file(award, "vc", "eddsa-jcs-2022").content,
        "eddsa-rdfc-2022": renderings.file(award, "vc", "eddsa-rdfc-2022").content,
        "vc-jwt": renderings.file(award, "vc-jwt").content,
        "open badge as PNG": renderings.badge(award, "png").content,
        "European Digital Credential": renderings.file(award, "edc").content,
        "certificate as PDF": renderings.file(award, "certificate").content,
        "photo of the code": photo.getvalue(),
    }


def _award() -> Award:
    school = Organisation.objects.create(
        slug="bench-school", name=Text("nl", {"nl": "Lasschool"}), kind=Organisation.Kind.PROVIDER
    )
    issuer = issuers.open_issuer(actor=SYSTEM, organisation=school)
    begun = clock.now() - timedelta(days=2000)
    Issuer.objects.filter(pk=issuer.pk).update(opened_at=begun)
    Key.objects.filter(issuer=issuer).update(since=begun)
    issuer.refresh_from_db()
    achievement = Achievement.objects.create(
        issuer=issuer,
        code="welder",
        title=Text("nl", {"nl": "Lasser", "en": "Welder"}),
        hours=Decimal(850),
        eqf=4,
        language="nl",
    )
    for position in range(1, 13):
        AchievementOutcome.objects.create(
            achievement=achievement,
            position=position,
            uri=f"https://gilde.example/id/outcome/{position}",
            title=Text("nl", {"nl": f"Last naad {position}", "en": f"Welds seam {position}"}),
            kind="skill",
        )
    given = drafting.Given(
        reference="B-1",
        given_name="Amina",
        family_name="Peeters",
        born=date(2004, 3, 9),
        email="amina@people.example",
        awarded_on=date(2025, 6, 30),
        grade="with distinction",
        assessed_on=date(2025, 6, 30),
    )
    return issuing.issue_new(actor=SYSTEM, achievement=achievement, given=given, notify=False)
