"""The picture of an achievement, which nobody in particular was awarded."""

from __future__ import annotations

from datetime import UTC, datetime, time

from gilde.core import clock
from gilde.credentials import describing, facts
from gilde.credentials.models import Achievement
from gilde.credentials.renderings import badge_image


def of_achievement(achievement: Achievement) -> str:
    """Return the badge of an achievement as SVG, of this year: badges that were awarded have their own, with theirs."""
    today = clock.today()
    return badge_image.draw(
        facts.Facts(
            id="",
            kind=facts.Kind(achievement.kind),
            achievement=describing.achievement(achievement),
            holder=facts.Person("", "", ""),
            issuer=describing.body(achievement.issuer),
            awarded_on=today,
            valid_from=datetime.combine(today, time(), UTC),
            level=facts.Level(achievement.framework, achievement.level, achievement.eqf)
            if achievement.level or achievement.eqf
            else None,
            language=achievement.language,
        )
    )
