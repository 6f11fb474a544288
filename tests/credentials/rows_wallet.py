"""The routes of wallets, for the two suites that cross every route. Whose the wallet is stands in no list of
actors: the people of the issuer itself are the near miss.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gilde.core import clock, jobs
from gilde.credentials.models import Issuer, Share
from gilde.credentials.services import holding, sharing, telling
from tests.access_table import EVERYBODY, SIGNED_IN, Row
from tests.browser.pages import Page
from tests.credentials.factories import a_holder, an_achievement, an_award, an_issuer

_OTHERS = "snnnnnn"  # another's: nobody else may know of it, the administrator included
_AWARD = {"award_id": "{wallet_award}"}
_LINK = {"share_id": "{wallet_link}"}
_FOLDER = {"folder_id": "{wallet_folder}"}
_JOB = {"job_id": "{wallet_job}"}
_MAIL = {"secret": "{wallet_secret}"}
_SHARED = {"token": "{wallet_token}"}

ACCESS = [
    Row("credentials:wallet", SIGNED_IN),
    Row("credentials:wallet-move", "srrrrrr", method="POST"),
    Row("credentials:wallet-folder-new", SIGNED_IN),
    Row("credentials:wallet-folder-new", "srrrrrr", method="POST", data={"name": "Work"}),
    Row("credentials:wallet-folder", _OTHERS, _FOLDER),
    Row("credentials:wallet-folder-remove", _OTHERS, _FOLDER, method="POST"),
    Row("credentials:wallet-links", SIGNED_IN),
    Row("credentials:wallet-link", _OTHERS, _LINK),
    Row("credentials:wallet-link-code", _OTHERS, _LINK),
    Row("credentials:wallet-link-withdraw", _OTHERS, _LINK),
    Row("credentials:wallet-link-withdraw", _OTHERS, _LINK, method="POST"),
    Row("credentials:wallet-link-remove", _OTHERS, _LINK, method="POST"),
    Row("credentials:wallet-data", SIGNED_IN),
    Row("credentials:wallet-report", SIGNED_IN),
    Row("credentials:wallet-take", "sbbbbbb", method="POST"),  # their own wallets are empty
    Row("credentials:wallet-taking", _OTHERS, _JOB),
    Row("credentials:wallet-taken", _OTHERS, _JOB),
    Row("credentials:wallet-award", _OTHERS, _AWARD),
    Row("credentials:wallet-share", _OTHERS, _AWARD),
    Row("credentials:wallet-share", _OTHERS, _AWARD, method="POST", data={"days": "7", "which": "all"}),
    Row("credentials:wallet-remove", _OTHERS, _AWARD, method="POST"),
    Row("credentials:wallet-file", _OTHERS, {**_AWARD, "form": "vc"}),
    # Who has the link of a mail, or one that a holder shared, needs no account.
    Row("credentials:claim", EVERYBODY, _MAIL),
    Row("credentials:claim", "nnnnnnn", {"secret": "no-such-secret"}),
    Row("credentials:claim-file", EVERYBODY, {**_MAIL, "form": "vc"}),
    Row("credentials:claim-keep", "srrrrrr", method="POST", data={"secret": "{wallet_secret}"}),
    Row("credentials:shared", EVERYBODY, _SHARED),
    Row("credentials:shared", "nnnnnnn", {"token": "no-such-token"}),
    Row("credentials:shared-file", EVERYBODY, _SHARED),
]


def things(around: Any) -> dict[str, Any]:
    """Return a wallet with an award, a folder, a link and a job, and an award on its way by mail."""
    issuer = Issuer.objects.filter(organisation=around.owner).first() or an_issuer(around.owner)
    achievement = an_achievement(issuer)
    award = an_award(achievement)
    holder = a_holder(award)
    until = clock.now() + timedelta(days=30)
    share = sharing.share(actor=holder, award=award, expires_at=until)
    invited = telling.invite(an_award(achievement))
    return {
        "wallet_award": award.pk,
        "wallet_link": share.pk,
        "wallet_token": share.token,
        "wallet_folder": holding.make_folder(actor=holder, name="Work").pk,
        "wallet_job": jobs.enqueue(holder, holding.PREPARE, user=str(holder.pk)).pk,
        "wallet_secret": invited.rstrip("/").rpartition("/")[2],
    }


HOLDER = "saar"  # whose wallet the demo world has


def demo_things() -> dict[str, str]:
    """Return what the pages below name in the demo world: in the holder's wallet, and on its way there."""
    from gilde.core.models import User
    from gilde.credentials.models import Award, Folder, State

    holder = User.objects.get(email__startswith=f"{HOLDER}@")
    kept = holding.wallet(holder)
    award = kept.filter(award__state=State.ISSUED).select_related("award")[0].award
    stopped = kept.exclude(award__state=State.ISSUED).values_list("award", flat=True).first()
    share = sharing.share(actor=holder, award=award, note="Demo", expires_at=clock.now() + timedelta(days=30))
    sharing.viewed(share)
    ended = Share.objects.filter(user=holder).exclude(withdrawn_at=None).first()
    if ended is None:
        made = sharing.share(actor=holder, award=award, expires_at=clock.now() + timedelta(days=7))
        ended = sharing.withdraw(actor=holder, share=made)
    folder = Folder.objects.filter(user=holder).first() or holding.make_folder(actor=holder, name="Work")
    new = Award.objects.filter(state=State.ISSUED, kept=None, facts__isnull=False)[0]
    return {
        "wallet_demo_award": str(award.pk),
        "wallet_demo_stopped": str(stopped or award.pk),
        "wallet_demo_link": str(share.pk),
        "wallet_demo_ended": str(ended.pk),
        "wallet_demo_token": share.token,
        "wallet_demo_folder": str(folder.pk),
        "wallet_demo_job": str(jobs.enqueue(holder, holding.PREPARE, user=str(holder.pk)).pk),
        "wallet_demo_secret": telling.invite(new).rstrip("/").rpartition("/")[2],
    }


_DEMO_AWARD = {"award_id": "{wallet_demo_award}"}
_DEMO_LINK = {"share_id": "{wallet_demo_link}"}
_DEMO_FOLDER = {"folder_id": "{wallet_demo_folder}"}
_DEMO_MAIL = {"secret": "{wallet_demo_secret}"}

PAGES = [
    Page("credentials:wallet", HOLDER),
    Page("credentials:wallet", HOLDER, query="?folder={wallet_demo_folder}"),
    Page("credentials:wallet", "dirk"),
    Page("credentials:wallet-award", HOLDER, _DEMO_AWARD),
    Page("credentials:wallet-award", HOLDER, {"award_id": "{wallet_demo_stopped}"}),
    Page("credentials:wallet-share", HOLDER, _DEMO_AWARD),
    Page("credentials:wallet-remove", HOLDER, _DEMO_AWARD),
    Page("credentials:wallet-folder-new", HOLDER),
    Page("credentials:wallet-folder", HOLDER, _DEMO_FOLDER),
    Page("credentials:wallet-folder-remove", HOLDER, _DEMO_FOLDER),
    Page("credentials:wallet-links", HOLDER),
    Page("credentials:wallet-link", HOLDER, _DEMO_LINK),
    Page("credentials:wallet-link", HOLDER, {"share_id": "{wallet_demo_ended}"}),
    Page("credentials:wallet-link-withdraw", HOLDER, _DEMO_LINK),
    Page("credentials:wallet-link-remove", HOLDER, {"share_id": "{wallet_demo_ended}"}),
    Page("credentials:wallet-data", HOLDER),
    Page("credentials:wallet-taking", HOLDER, {"job_id": "{wallet_demo_job}"}),
    Page("credentials:claim", address=_DEMO_MAIL),
    Page("credentials:claim", HOLDER, _DEMO_MAIL),
    Page("credentials:claim", address={"secret": "no-such-secret"}, status=404),
    Page("credentials:shared", address={"token": "{wallet_demo_token}"}),
    Page("credentials:shared", HOLDER, {"token": "{wallet_demo_token}"}),
    Page("credentials:shared", address={"token": "no-such-token"}, status=404),
]

_SENT = "only takes what a form sends"
_FILE = "a file"
NOT_PAGES = {
    "credentials:wallet-move": _SENT,
    "credentials:wallet-take": _SENT,
    "credentials:claim-keep": _SENT,
    "credentials:wallet-taken": _FILE,
    "credentials:wallet-report": _FILE,
    "credentials:wallet-file": _FILE,
    "credentials:claim-file": _FILE,
    "credentials:shared-file": _FILE,
    "credentials:wallet-link-code": "a picture on the page of the link",
}
