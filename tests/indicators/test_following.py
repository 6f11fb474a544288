"""Followers hear of a release once, in their language, with what changed; nobody hears twice, nobody never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Missing, Refused
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.indicators.models import Indicator, Release, Standing, Subscription
from gilde.indicators.models.targets import Status
from gilde.indicators.services import following
from gilde.indicators.services.following import after_release, follow, unfollow
from gilde.indicators.services.judging import sign_judgement
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
ON_TRACK = {"2020": 70.0, "2021": 72.0, "2022": 74.0}
MakeUser = Callable[..., User]


@pytest.fixture
def indicator() -> Indicator:
    return IndicatorFactory(name=Text.of({"en": "Employed graduates", "nl": "Werkende afgestudeerden"}))


def publish(indicator: Indicator, day: int, told: dict[str, Any]) -> Release:
    """Publish on a day of the story, and do what follows from it."""
    with clock.moved_to(START + timedelta(days=day)):
        release = figures_of(indicator, told)
    assert release is not None
    with clock.moved_to(START + timedelta(days=day, minutes=5)):
        after_release(release.pk)
    return release


def begin(user: User, indicator: Indicator, day: int = 0, language: str = "en") -> Subscription:
    with clock.moved_to(START + timedelta(days=day)):
        return follow(actor=user, indicator=indicator, language=language)


def bodies() -> list[str]:
    return [str(message.body).replace("\N{NO-BREAK SPACE}", " ") for message in mail.outbox]


# --- following and stopping


def test_who_follows_twice_follows_once_in_the_language_said_last(indicator: Indicator, user: User) -> None:
    first = begin(user, indicator)
    second = begin(user, indicator, 1, language="nl")
    assert first.pk == second.pk
    assert second.language == "nl"
    assert second.since == START
    unfollow(actor=user, indicator=indicator)
    unfollow(actor=user, indicator=indicator)
    assert not Subscription.objects.exists()
    assert list(AuditEvent.objects.filter(actor=user.pk).order_by("id").values_list("action", flat=True)) == [
        "indicators.subscription.follow",
        "indicators.subscription.follow",
        "indicators.subscription.unfollow",
    ]


def test_who_may_not_see_or_has_not_signed_in_cannot_follow(indicator: Indicator, user: User) -> None:
    for nobody in (AnonymousUser(), SYSTEM):
        with pytest.raises(Refused):
            follow(actor=nobody, indicator=indicator, language="en")
    draft = IndicatorFactory(state=Indicator.State.DRAFT)
    with pytest.raises(Missing):
        begin(user, draft)
    begin(member(draft, "reader"), draft)
    with pytest.raises(Invalid, match="does not write in “xx”"):
        begin(user, indicator, language="xx")


# --- telling


def test_a_follower_hears_of_the_figures_the_change_of_status_and_how_to_stop(
    indicator: Indicator, user: User
) -> None:
    TargetFactory(indicator=indicator, area=AreaFactory(name=Text.of("Belgium")))
    publish(indicator, 0, {"BE": ON_TRACK, "FR": {"2020": 1.0}})
    begin(user, indicator, 1)
    publish(indicator, 2, {"BE": {"2022": 60.0, "2023": (58.0, "p")}})
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert message.subject == "New figures: Employed graduates"
    (body,) = bodies()
    assert "Added: 1 · Revised: 1 · Withdrawn: 0" in body
    assert "Source: Office of examples" in body
    assert "- Belgium: 58.0 % in 2023 (p)" in body
    assert "- Belgium, at least 82.0 % by 2030: on track became moving away." in body
    assert "Moving away. Since 2020 it changes by -4.8 percentage points a year, away from the target" in body
    assert settings.SITE_URL + reverse("indicators:indicator", args=[indicator.code]) in body
    stop = settings.SITE_URL + reverse("indicators:following")
    assert stop in body
    assert message.extra_headers["List-Unsubscribe"] == f"<{stop}>"
    assert message.content_subtype == "plain"
    assert not message.attachments


def test_each_follower_is_told_in_their_own_language(indicator: Indicator, make_user: MakeUser) -> None:
    begin(make_user("an@example.org"), indicator, language="nl")
    begin(make_user("bo@example.org"), indicator, language="en")
    publish(indicator, 1, {"BE": ON_TRACK})
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert "Werkende afgestudeerden" in subjects["an@example.org"]
    assert "Employed graduates" in subjects["bo@example.org"]


def test_who_followed_after_the_release_is_told_of_the_next_one_only(
    indicator: Indicator, user: User
) -> None:
    with clock.moved_to(START):
        release = figures_of(indicator, {"BE": ON_TRACK})
    assert release is not None
    begin(user, indicator, 1)
    after_release(release.pk)
    assert mail.outbox == []
    publish(indicator, 2, {"BE": {"2023": 76.0}})
    assert len(mail.outbox) == 1


def test_a_second_run_tells_nobody_twice(indicator: Indicator, make_user: MakeUser) -> None:
    begin(make_user(), indicator)
    begin(make_user(), indicator)
    release = publish(indicator, 1, {"BE": ON_TRACK})
    assert after_release(release.pk) == {"release": release.pk, "stands": 0, "told": 0, "failed": 0}
    assert len(mail.outbox) == 2


def test_a_run_that_was_killed_between_two_mails_goes_on_where_it_was(
    indicator: Indicator, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    TargetFactory(indicator=indicator, area=AreaFactory())
    publish(indicator, 0, {"BE": ON_TRACK})
    for number in range(3):
        begin(make_user(f"person{number}@example.com"), indicator, 1 + number)
    with clock.moved_to(START + timedelta(days=9)):
        release = figures_of(indicator, {"BE": {"2022": 60.0}})
    assert release is not None
    send = EmailMessage.send

    class Killed(BaseException):
        pass

    def until_the_second(message: EmailMessage, *args: Any, **kwargs: Any) -> int:
        if len(mail.outbox) == 1:
            raise Killed
        return send(message, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", until_the_second)
    with pytest.raises(Killed):
        after_release(release.pk)
    monkeypatch.setattr(EmailMessage, "send", send)
    assert after_release(release.pk)["told"] == 2
    assert [message.to[0] for message in mail.outbox] == [f"person{n}@example.com" for n in range(3)]
    # The second run changed no status, and tells of the change all the same.
    assert all("on track became moving away" in body for body in bodies())


def test_a_follower_who_cannot_be_reached_hears_of_everything_with_the_next_release(
    indicator: Indicator,
    make_user: MakeUser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    begin(make_user("gone@example.org"), indicator)
    begin(make_user("here@example.org"), indicator)
    send = EmailMessage.send

    def refuse(message: EmailMessage, *args: Any, **kwargs: Any) -> int:
        if message.to == ["gone@example.org"]:
            raise SMTPRecipientsRefused({"gone@example.org": (550, b"no such mailbox")})
        return send(message, *args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        publish(indicator, 1, {"BE": ON_TRACK})
    publish(indicator, 2, {"BE": {"2023": 76.0}})
    told = sorted(zip((message.to[0] for message in mail.outbox), bodies(), strict=True))
    assert [address for address, _body in told] == ["gone@example.org", *["here@example.org"] * 2]
    assert "Added: 4 ·" in told[0][1]
    assert {"Added: 3 ·", "Added: 1 ·"} == {body[body.index("Added") :][:10] for _address, body in told[1:]}
    assert "gone@example.org" not in caplog.text


def test_an_older_release_is_not_told_after_a_newer_one(indicator: Indicator, user: User) -> None:
    begin(user, indicator)
    with clock.moved_to(START + timedelta(days=1)):
        older = figures_of(indicator, {"BE": ON_TRACK})
    publish(indicator, 2, {"BE": {"2023": 76.0}})
    assert older is not None
    after_release(older.pk)
    (body,) = bodies()
    assert "Added: 4 ·" in body


def test_who_can_no_longer_see_the_indicator_or_sign_in_hears_nothing(
    indicator: Indicator, make_user: MakeUser
) -> None:
    begin(make_user("stranger@example.org"), indicator)
    begin(member(indicator, "reader", make_user("member@example.org")), indicator)
    gone = make_user("left@example.org")
    begin(gone, indicator)
    gone.is_active = False
    gone.save()
    Indicator.objects.filter(pk=indicator.pk).update(state=Indicator.State.WITHDRAWN)
    indicator.refresh_from_db()
    publish(indicator, 1, {"BE": ON_TRACK})
    assert [message.to for message in mail.outbox] == [["member@example.org"]]


def test_a_name_cannot_add_a_line_to_the_head_of_a_mail(user: User) -> None:
    indicator = IndicatorFactory(name=Text.of("Graduates\nBcc: all@example.org & <b>"))
    begin(user, indicator)
    publish(indicator, 1, {"BE": ON_TRACK})
    assert mail.outbox[0].subject == "New figures: Graduates Bcc: all@example.org & <b>"


# --- statuses kept


def test_a_change_of_status_is_kept_and_audited_once(indicator: Indicator) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory())
    publish(indicator, 0, {"BE": ON_TRACK})
    standing = Standing.objects.get()
    assert (standing.status, standing.before) == (Status.ON_TRACK, "")
    later = publish(indicator, 1, {"BE": {"2022": 60.0}})
    after_release(later.pk)
    standing.refresh_from_db()
    assert (standing.status, standing.before) == (Status.MOVING_AWAY, Status.ON_TRACK)
    assert standing.changed_at == START + timedelta(days=1)
    event = AuditEvent.objects.get(action="indicators.standing.change")
    assert event.before == {"status": "on-track"}
    assert event.after == {"status": "moving-away", "target": str(target.pk), "area": "BE"}


def test_a_status_that_a_person_signed_is_told_with_the_next_figures_once(
    indicator: Indicator, user: User
) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory())
    publish(indicator, 0, {"BE": ON_TRACK})
    begin(user, indicator)
    with clock.moved_to(START + timedelta(days=1)):
        sign_judgement(
            actor=member(indicator, "officer"),
            target=target,
            area=target.area,
            status=Status.TOO_SLOW,
            ground="Seen on site",
        )
    publish(indicator, 2, {"BE": {"2023": 76.0}})
    publish(indicator, 3, {"BE": {"2024": 78.0}})
    first, second = bodies()
    assert "on track became progress too slow" in first
    assert "Seen on site" in first
    assert "became" not in second


def test_the_job_of_a_release_that_is_gone_does_nothing() -> None:
    assert following.after_release(999)["told"] == 0
