"""The routes of other wallets: what machines ask is open to all; an offer is of the holder alone; anybody may ask."""

from __future__ import annotations

from typing import Any

from gilde.credentials.models import State
from gilde.credentials.services import asking, holding, offering
from gilde.credentials.wallets.dcql import Detail, Wanted
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.credentials.factories import a_holder, an_achievement, an_award, an_issuer
from tests.credentials.wallets.wallet import Wallet, parameters

_OTHERS = "snnnnnn"  # another's wallet: nobody else may know of it
_NOBODY, _TAKES_POST = "nnnnnnn", "mmmmmmm"
_SLUG = {"slug": "{wallets_issuer}"}
_OFFER = {"award_id": "{wallets_award}"}
_QUESTION = {"request_id": "{wallets_question}"}
_WANTED = Wanted("", "", (Detail.NAME, Detail.OUTCOMES))

ACCESS = [
    Row("credentials:offer", _OTHERS, _OFFER),
    Row("credentials:offer", _OTHERS, _OFFER, method="POST", data={"form": "sd-jwt"}),
    Row("credentials:offer-state", _OTHERS, _OFFER),
    Row("credentials:ask", EVERYBODY),
    Row("credentials:ask", "rrrrrrr", method="POST", data={"title": "welder", "details": "name"}),
    Row("credentials:asked", EVERYBODY, _QUESTION),
    Row("credentials:asked", _NOBODY, {"request_id": "00000000-0000-4000-8000-000000000000"}),
    Row("credentials:asked-state", EVERYBODY, _QUESTION),
    *(Row(f"credentials:openid-{place}", EVERYBODY) for place in ("issuer", "server")),
    *(Row(f"credentials:openid-{place}-of", EVERYBODY, _SLUG) for place in ("issuer", "server")),
    *(Row(f"credentials:openid-{place}-below", EVERYBODY, _SLUG) for place in ("issuer", "server")),
    Row("credentials:openid-issuer-of", _NOBODY, {"slug": "nobody"}),
    # Who has the secret of a code, the token that it gives, or the state of a question, needs no account.
    Row("credentials:openid-offer", EVERYBODY, {"secret": "{wallets_secret}"}),
    Row("credentials:openid-offer", _NOBODY, {"secret": "no-such-secret"}),
    Row("credentials:openid-request", EVERYBODY, {"state": "{wallets_state}"}),
    Row("credentials:openid-request", _NOBODY, {"state": "no-such-state"}),
    Row("credentials:openid-nonce", EVERYBODY, method="POST"),
    Row("credentials:openid-token", "bbbbbbb", method="POST"),
    Row("credentials:openid-token", _TAKES_POST),
    Row("credentials:openid-credential", "uuuuuuu", method="POST"),
    Row("credentials:openid-credential", _TAKES_POST),
    Row("credentials:openid-notification", "uuuuuuu", method="POST"),
    Row("credentials:openid-response", "bbbbbbb", method="POST"),
    Row("credentials:openid-response", _TAKES_POST),
]


def things(around: Any) -> dict[str, Any]:
    """Return an award that is offered to a wallet, and a question to wallets."""
    award = an_award(an_achievement(an_issuer(around.owner)))
    made = offering.make(actor=a_holder(award), award=award)
    question = asking.ask(_WANTED)
    return {
        "wallets_award": award.pk,
        "wallets_issuer": award.issuer.slug,
        "wallets_secret": _secret(made),
        "wallets_question": question.pk,
        "wallets_state": question.state,
    }


def _secret(made: offering.Made) -> str:
    return parameters(made.link, "openid-credential-offer")["credential_offer_uri"].rpartition("/")[2]


HOLDER = "saar"


def demo_things() -> dict[str, str]:
    """Return what the pages below name in the demo world: an award of the holder, and questions at each state."""
    from gilde.core.models import User

    holder = User.objects.get(email__startswith=f"{HOLDER}@")
    award = holding.wallet(holder).filter(award__state=State.ISSUED, award__valid_until=None)[0].award
    wallet, made = Wallet(), offering.make(actor=holder, award=award)
    wallet.take(made.link, made.pin)
    answered, other, declined = (
        asking.ask(_WANTED),
        asking.ask(Wanted(title="x-ray", details=())),
        asking.ask(_WANTED),
    )
    wallet.answer(asking.signed_link(answered))
    wallet.answer(asking.signed_link(other))
    wallet.decline(asking.signed_link(declined))
    return {
        "wallets_demo_award": str(award.pk),
        "wallets_demo_waiting": str(asking.ask(_WANTED).pk),
        "wallets_demo_answered": str(answered.pk),
        "wallets_demo_other": str(other.pk),
        "wallets_demo_declined": str(declined.pk),
    }


PAGES = [
    Page("credentials:offer", HOLDER, {"award_id": "{wallets_demo_award}"}),
    Page("credentials:ask"),
    Page("credentials:asked", address={"request_id": "{wallets_demo_waiting}"}),
    Page("credentials:asked", address={"request_id": "{wallets_demo_answered}"}),
    Page("credentials:asked", address={"request_id": "{wallets_demo_other}"}),
    Page("credentials:asked", address={"request_id": "{wallets_demo_declined}"}),
    Page("credentials:asked", address={"request_id": "00000000-0000-4000-8000-000000000000"}, status=404),
]

_MACHINE = "for wallets: JSON or a token"
NOT_PAGES = {
    "credentials:offer-state": "a part of the page of an offer",
    "credentials:asked-state": "tells a page that waits whether to look again",
    **{
        f"credentials:openid-{name}": _MACHINE
        for name in (
            *("issuer", "issuer-of", "issuer-below", "server", "server-of", "server-below"),
            *("offer", "token", "nonce", "credential", "notification", "request", "response"),
        )
    },
}
