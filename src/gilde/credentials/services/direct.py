"""What officers have signed over the VC-API and that is no award, such as proof of enrolment; and how it stands.

An award is stored once, and all its files are renderings of it, so what says that it is an award is not signed here.
Of what is signed here the name by which its issuer finds it again is kept, its digest, which is in the log, and its
place in the status lists: not whom it is about, not what it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Missing, Refused, Stale
from gilde.core.users import User
from gilde.credentials import access, identity, vc_api
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked.tables import CREDENTIALS_V2
from gilde.credentials.model_values import listed
from gilde.credentials.models import Award, Direct, Issuer, State, Suite
from gilde.credentials.renderings import vc
from gilde.credentials.services import issuing, keys, lists, log
from gilde.credentials.services.verifying import content_of
from gilde.credentials.status import bitstring
from gilde.credentials.vc_api.answers import Answer, member, options, refused, text
from gilde.credentials.vc_api.issuing import JOSE

SUITES: Final = frozenset({*Suite.values, JOSE})
# What is an award, in each of the forms that Gilde gives one.
AWARDS: Final = frozenset(
    {
        vc.TYPE,
        "OpenBadgeCredential",
        "AchievementCredential",
        "EuropeanDigitalCredential",
    }
)
_STATES: Final = {bitstring.REVOCATION: State.REVOKED, bitstring.SUSPENSION: State.SUSPENDED}
_LONGEST: Final = 300  # characters of a name
_SLUG: Final = re.compile(r"[-a-z0-9_]{1,80}")


def issue(*, actor: Actor, request: Any) -> Answer:
    """Sign a credential in the name of an issuer that the actor is an officer of; return the VC-API's answer.

    It gets a place in the issuer's status lists, and its digest goes in the log. Raises Refused.
    """
    try:
        issuer = _issuer(actor, request)
        suite = text(options(request), "cryptosuite") or str(issuer.suite)
        require(access.can_issue(actor, issuer))
        credential = member(request, "credential")
        _may_be_signed(credential, suite)
        name = text(options(request), "credentialId") or _id_of(credential)
        _free(issuer, name)
    except (Unreadable, Unsupported) as error:
        return refused(error)
    with transaction.atomic():
        answer, made = _signed(issuer, request, suite)
        if answer.status != 201:
            transaction.set_rollback(True)
            return answer
        made.name, made.signed_by = name, actor if isinstance(actor, User) else None
        made.digest = log.digest_of(content_of(answer.body))
        made.leaf = log.append([made.digest])
        checked(made).save(force_insert=True)
        after = {"digest": made.digest, "suite": suite, "direct": str(made.pk)}
        audit.record(actor, "credentials.issuer.sign", issuer, after=after)
        transaction.on_commit(log.sign_checkpoint)
    return answer


def set_status(*, actor: Actor, request: Any) -> Answer:
    """Revoke or suspend what was signed here, or let what is suspended count again (VC-API, section 3.2.2).

    It is named by `credentialId`, or by its place in a list. Raises Refused, Missing, Stale.
    """
    try:
        told = member(request, "credentialStatus")
        purpose = text(told, "statusPurpose") if isinstance(told, Mapping) else None
        wanted = request.get("status", True)
        if purpose not in _STATES or not isinstance(wanted, bool):
            raise Unreadable(
                _("Say in credentialStatus whether it is revoked or suspended, and in status true or false."),
                "request",
            )
        found = _direct(actor, text(request, "credentialId"), told)
        reason = (text(request, "reason") or "").strip()
        if found.state == State.REVOKED and (purpose != bitstring.REVOCATION or not wanted):
            raise Unreadable(_("This was revoked, for good. Issue another."), "revoked")
    except Unreadable as error:
        return refused(error)
    require(access.can_stop(actor, Award(issuer=found.issuer)))
    state = _STATES[purpose] if wanted else State.ISSUED
    if state != found.state:
        _move(actor, found, state, reason)
    return Answer(200, {})


def _direct(actor: Actor, name: str | None, place: Mapping[str, Any]) -> Direct:
    """Return what is meant, of the actor's issuers. Raises Missing, Unreadable."""
    rows = Direct.objects.filter(issuer__in=access.issuers_of(actor).values("pk"))
    rows = rows.select_related("issuer__organisation", "status_list")
    url, index = place.get("statusListCredential"), place.get("statusListIndex")
    if name:
        rows = rows.filter(name=name.replace("\0", ""))
    elif isinstance(url, str) and isinstance(index, str) and index.isascii() and index.isdigit():
        rows = rows.filter(status_index=int(index[:9]))
        rows = rows.filter(pk__in=[each.pk for each in rows if url in _lists(each)])
    else:
        raise Unreadable(_("Name it: by credentialId, or by its place in a list."), "request")
    found = list(rows[:2])
    if len(found) != 1:
        raise Missing(
            _("No credential of this name was signed here, or several were: say its place in a list.")
        )
    return found[0]


def _lists(made: Direct) -> tuple[str, ...]:
    if made.status_list is None:
        return ()
    return tuple(lists.url(made.status_list, form) for form in _STATES)


def _move(actor: Actor, made: Direct, state: State, reason: str) -> None:
    stopped = None if state == State.ISSUED else clock.now()
    with transaction.atomic():
        rows = Direct.objects.filter(pk=made.pk, state=made.state)
        if rows.update(state=state, reason=reason, stopped_at=stopped) != 1:
            raise Stale(_("Somebody else changed this in the meantime. Reload the page and look again."))
        audit.record(
            actor,
            "credentials.direct.status",
            made,
            before={"state": made.state},
            after={"state": state},
            personal={"reason": reason} if reason else None,
        )
        lists.mark_changed({made.status_list} if made.status_list else set())


def _id_of(credential: Any) -> str:
    told = credential.get("id") if isinstance(credential, Mapping) else None
    return told if isinstance(told, str) else ""


def _free(issuer: Issuer, name: str) -> None:
    """Refuse a name by which nobody could find one credential again. Raises Unreadable."""
    if len(name) > _LONGEST or "\0" in name:
        raise Unreadable(
            _("The name of a credential is at most %(most)d characters long.") % {"most": _LONGEST}, "name"
        )
    if name and Direct.objects.filter(issuer=issuer, name=name).exists():
        raise Unreadable(
            _("“%(name)s” was signed already. Give each credential an id of its own.") % {"name": name[:80]},
            "name-taken",
            pointer="/id",
        )


def _issuer(actor: Actor, request: Any) -> Issuer:
    """Return in whose name is signed: as the options say, else as the credential does, else the actor's only one."""
    told = text(options(request), "issuer") or _named(request)
    mine = access.issuers_of(actor, access.WRITERS).select_related("organisation")
    if told:
        slug = identity.slug_of(told) if told.startswith("did:") else told
        found = mine.filter(slug=slug).first() if slug and _SLUG.fullmatch(slug) else None
        if found is None:
            raise Refused(
                _(
                    "Only a policy officer or approver of an issuer of this register has something signed for it."
                )
            )
        return found
    own = list(mine.filter(closed_at=None)[:2])
    if not own:
        raise Refused(_("Only a policy officer or approver of an issuer has something signed."))
    if len(own) > 1:
        raise Unreadable(_("Say in the option “issuer” in whose name it is signed."), "issuer-unsaid")
    return own[0]


def _named(request: Any) -> str:
    credential = request.get("credential") if isinstance(request, Mapping) else None
    told = credential.get("issuer") if isinstance(credential, Mapping) else None
    told = told.get("id") if isinstance(told, Mapping) else told
    return told if isinstance(told, str) else ""


def _may_be_signed(credential: Any, suite: str) -> None:
    """Refuse what belongs elsewhere. Raises Unreadable, Unsupported."""
    if suite not in SUITES:
        raise Unsupported(
            _("There is no way to sign as “%(suite)s”. There are: %(known)s.")
            % {"suite": suite[:80], "known": ", ".join(sorted(SUITES))},
            "cryptosuite",
        )
    if not isinstance(credential, Mapping):
        return  # the VC-API says what it should be
    types = {re.split("[#/]", each)[-1] for each in listed(credential.get("type")) if isinstance(each, str)}
    if types & AWARDS:
        raise Unreadable(
            _(
                "This says that it is an award. Issue it as one, at /api/awards: then it can be corrected and revoked, "
                "and its holder keeps it."
            ),
            "is-an-award",
            pointer="/type",
        )
    if "credentialStatus" in credential:
        raise Unreadable(
            _("Leave credentialStatus out: it is given a place in the lists of its issuer."),
            "has-status",
            pointer="/credentialStatus",
        )
    if listed(credential.get("@context"))[:1] != [CREDENTIALS_V2]:
        raise Unreadable(
            _("What is signed here begins with the context %(url)s.") % {"url": CREDENTIALS_V2},
            "context",
            pointer="/@context",
        )


def _signed(issuer: Issuer, request: Any, suite: str) -> tuple[Answer, Direct]:
    """Return the answer, and what is kept of it; in a transaction that is taken back on failure."""
    now = clock.now().replace(microsecond=0)
    kind = KeyKind.ED25519 if suite == JOSE else issuing.kind_of(suite)
    key, signing = keys.signing_key(issuer, kind)
    made = Direct(issuer=issuer, key=key, signed_at=now)

    def places(_name: str) -> list[dict[str, Any]]:
        [(made.status_list, made.status_index)] = lists.allot(issuer, 1)
        return vc.status(lists.place(made.status_list, made.status_index))

    answer = vc_api.issue(request, vc_api.Issuer(signing, suite, places), vc_api.Means(now))
    return answer, made
