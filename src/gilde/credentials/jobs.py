"""The long work of credentials, as jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gilde.core.jobs import job, tidies


@job("credentials.tell")
def tell(awards: Sequence[str]) -> dict[str, Any]:
    """Mail the holders of awards."""
    from gilde.credentials.services import telling

    return asdict(telling.tell(awards))


@job("credentials.prepare-archive")
def prepare_archive(user: str) -> dict[str, Any]:
    """Make every file of a wallet, so that the archive can be packed at once."""
    from gilde.credentials.services import holding

    return asdict(holding.prepare(user))


@job("credentials.act")
def act(who: str, act: str, awards: Sequence[str], reason: str, notify: bool) -> dict[str, Any]:
    """Do one act on many awards, chunk by chunk."""
    from gilde.credentials.services import acting

    return asdict(acting.run(who=who, act=act, awards=awards, reason=reason, notify=notify))


@job("credentials.check-batch")
def check_batch(batch: str, language: str) -> dict[str, Any]:
    """Check every row of a file of awards."""
    from gilde.credentials.services import batches

    return batches.check(batch, language)


@job("credentials.issue-batch")
def issue_batch(batch: str, who: str, language: str) -> dict[str, Any]:
    """Issue a file of awards that was checked, chunk by chunk."""
    from gilde.credentials.services import batch_running

    return batch_running.run(batch, who, language)


@job("credentials.read-trust-list")
def read_trust_list(trust_list: str, who: str, language: str) -> dict[str, Any]:
    """Read a trust list anew, from its file or its address."""
    from gilde.credentials.services import trust

    return trust.run(trust_list, who, language)


@tidies
def forget_questions() -> None:
    """Forget what was asked of wallets and offered to them, once its time is over."""
    from gilde.credentials.services import asking, offering

    asking.forget_old()
    offering.forget_old()
