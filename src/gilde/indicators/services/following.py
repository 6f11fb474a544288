"""What follows a release: statuses are judged anew, and followers are told once, by mail."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.errors import Invalid, Missing
from gilde.core.users import User
from gilde.indicators.access import can_follow, visible_indicators
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.models import Indicator, Release, Standing, Subscription
from gilde.indicators.models.targets import Status
from gilde.indicators.saying import aimed, amount
from gilde.indicators.services.standing import settle
from gilde.indicators.standings import Stand, sentence

logger = logging.getLogger(__name__)


def follow(*, actor: Actor, indicator: Indicator, language: str) -> Subscription:
    """Return the subscription by which the actor gets a mail in `language` at every release from now on.

    Who follows already keeps the subscription, in this language. Raises Refused for who has not signed in, Missing
    for an indicator that the actor may not see, Invalid for a language that Gilde does not speak.
    """
    require(can_follow(actor))
    assert actor.pk is not None
    if not visible_indicators(actor).filter(pk=indicator.pk).exists():
        raise Missing(_("There is no such indicator."))
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("Gilde does not write in “%(language)s”.") % {"language": language})
    with transaction.atomic():
        subscription, new = Subscription.objects.get_or_create(
            user_id=actor.pk,
            indicator=indicator,
            defaults={
                "language": language,
                "since": clock.now(),
                "told_until": Release.objects.filter(indicator=indicator).order_by("-pk").first(),
            },
        )
        if new or subscription.language != language:
            before = {} if new else {"language": subscription.language}
            subscription.language = language
            subscription.save(update_fields=["language"])
            audit.record(
                actor,
                "indicators.subscription.follow",
                subscription,
                before=before,
                after={"language": language},
            )
    return subscription


def unfollow(*, actor: Actor, indicator: Indicator) -> None:
    """End the actor's subscription to an indicator; nothing happens without one. Raises Refused."""
    require(can_follow(actor))
    assert actor.pk is not None
    with transaction.atomic():
        mine = Subscription.objects.filter(user_id=actor.pk, indicator=indicator).first()
        if mine is not None:
            audit.record(actor, "indicators.subscription.unfollow", mine, before={"language": mine.language})
            mine.delete()


def after_release(release: int) -> dict[str, Any]:
    """Judge anew what a release may have changed and tell the followers; safe to run again.

    Returns how many statuses are known, how many followers were told, and how many could not be reached: those are
    told of it with the next release.
    """
    published = Release.objects.select_related("indicator").filter(pk=release).first()
    if published is None:
        return {"release": release, "stands": 0, "told": 0, "failed": 0}
    found = settle(actor=SYSTEM, indicator=published.indicator, at=published.published_at)
    waiting = list(_waiting(published).values_list("pk", flat=True))
    news = _News(published, found)
    outcome = {"told": 0, "failed": 0}
    for number, pk in enumerate(waiting):
        jobs.progress(number, len(waiting), _("telling followers"))
        # Asked again, because another run of this job may have told this one in the meantime.
        subscription = _waiting(published).filter(pk=pk).select_related("user", "told_until").first()
        if subscription is None or not _may_see(subscription.user, published.indicator):
            continue
        try:
            news.mail(subscription).send()
        except (SMTPException, OSError) as error:
            # What a mail server answers holds the address, so only the kind of the error is logged.
            logger.error("Subscription %s was not told of release %s: %s.", pk, release, type(error).__name__)
            outcome["failed"] += 1
            continue
        # Marked just after the mail is out and not before: who is killed between the two tells this one follower
        # twice, and nobody never. Not in one transaction with the sending, which would hold the database meanwhile.
        with transaction.atomic():
            _waiting(published).filter(pk=pk).update(told_until=published)
        outcome["told"] += 1
    return {"release": release, "stands": len(found), **outcome}


def _waiting(release: Release) -> Any:
    """Return the subscriptions that were not told of a release, nor of a later one, and that were there before it."""
    return (
        Subscription.objects.filter(indicator=release.indicator_id, user__is_active=True)
        .filter(
            Q(told_until__lt=release.pk) | Q(told_until=None, since__lte=release.published_at),
        )
        .order_by("since", "pk")
    )


def _may_see(user: User, indicator: Indicator) -> bool:
    return (
        indicator.state == Indicator.State.PUBLISHED
        or visible_indicators(user).filter(pk=indicator.pk).exists()
    )


@dataclass(frozen=True)
class _Latest:
    """The latest figure of an area, in the reader's words."""

    area: str
    words: str


@dataclass(frozen=True)
class _Changed:
    """A status that changed, in the reader's words."""

    area: str
    target: str
    before: str
    after: str
    sentence: str


class _News:
    """What a release brought, written once for followers of one language who were told last of the same release."""

    def __init__(self, release: Release, found: Sequence[Stand]) -> None:
        self.release = release
        self.indicator = release.indicator
        self.found = found
        self._written: dict[tuple[str, int | None], tuple[str, str]] = {}

    def mail(self, subscription: Subscription) -> EmailMessage:
        """Return the mail to a follower, about everything since the one before."""
        place = (subscription.language, subscription.told_until_id)
        if place not in self._written:
            with translation.override(subscription.language):
                self._written[place] = self._write(subscription)
        subject, body = self._written[place]
        return EmailMessage(
            subject,
            body,
            to=[subscription.user.email],
            headers={"Auto-Submitted": "auto-generated", "List-Unsubscribe": f"<{_url('following')}>"},
        )

    def _write(self, subscription: Subscription) -> tuple[str, str]:
        until = subscription.told_until
        news = Release.objects.filter(indicator=self.indicator, pk__lte=self.release.pk)
        news = news.filter(pk__gt=until.pk) if until else news.filter(published_at__gte=subscription.since)
        releases = list(news.order_by("pk"))
        context = {
            "indicator": self.indicator,
            "site": settings.SITE_NAME,
            "added": sum(each.added for each in releases),
            "revised": sum(each.revised for each in releases),
            "withdrawn": sum(each.withdrawn for each in releases),
            "sources": list(dict.fromkeys(each.source for each in releases)),
            "latest": self._latest(),
            "changed": self._changed(until.published_at if until else subscription.since),
            "page": _url("indicator", self.indicator.code),
            "stop": _url("following"),
        }
        subject = render_to_string("indicators/mail/release_subject.txt", context)
        body = render_to_string("indicators/mail/release.txt", context)
        return " ".join(subject.split()), body.strip() + "\n"

    def _latest(self) -> list[_Latest]:
        """Return the latest figures of the areas that have a target, each series once."""
        told = {each.line.series: each.line for each in self.found if each.line is not None}
        return [
            _Latest(
                _of(line.area.name, words_of_key(line.key, dimensions_of(self.indicator))),
                _("%(value)s in %(period)s")
                % {"value": amount(line.last.value, self.indicator), "period": line.last.period}
                + (f" ({line.last.flags})" if line.last.flags else ""),
            )
            for line in told.values()
            if line.last is not None and line.last.value is not None
        ]

    def _changed(self, since: datetime) -> list[_Changed]:
        """Return the statuses that changed after the release that the follower was told of last."""
        by_place = {(each.target.pk, each.area.pk): each for each in self.found}
        rows = Standing.objects.filter(
            target__indicator=self.indicator,
            changed_at__gt=since,
            changed_at__lte=self.release.published_at,
        ).exclude(before="")
        return [
            _Changed(
                _of(stand.area.name, words_of_key(stand.target.key, dimensions_of(self.indicator))),
                aimed(stand.target, self.indicator),
                str(Status(row.before).label),
                str(Status(row.status).label),
                sentence(stand),
            )
            for row in rows.order_by("target__year", "target", "area")
            if (stand := by_place.get((row.target_id, row.area_id))) is not None
        ]


def _of(area: object, breakdown: str) -> str:
    return f"{area}, {breakdown}" if breakdown else str(area)


def _url(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(f"indicators:{name}", args=args)
