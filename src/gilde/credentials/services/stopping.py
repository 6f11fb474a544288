"""Ending what was issued: suspended, reinstated, revoked, corrected; one at a time or many in one act."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid, Stale
from gilde.credentials import access, describing
from gilde.credentials.models import Award, State
from gilde.credentials.services import drafting, issuing, lists


def revoke(*, actor: Actor, awards: Sequence[Award], reason: str, notify: bool = True) -> int:
    """Revoke awards for good, all or none, and return how many; those that are revoked already are left as they are.

    Raises Refused, Invalid without a reason or for what was never issued, Stale.
    """
    return _stop(actor, awards, "revoke", {State.ISSUED, State.SUSPENDED}, State.REVOKED, reason, notify)


def suspend(*, actor: Actor, awards: Sequence[Award], reason: str, notify: bool = True) -> int:
    """Suspend awards until they are reinstated, all or none, and return how many. Raises as `revoke`."""
    return _stop(actor, awards, "suspend", {State.ISSUED}, State.SUSPENDED, reason, notify)


def reinstate(*, actor: Actor, awards: Sequence[Award], reason: str, notify: bool = True) -> int:
    """Let suspended awards count again, all or none, and return how many. Raises as `revoke`."""
    return _stop(actor, awards, "reinstate", {State.SUSPENDED}, State.ISSUED, reason, notify)


def _stop(
    actor: Actor,
    awards: Sequence[Award],
    verb: str,
    sources: Collection[State],
    target: State,
    reason: str,
    notify: bool,
) -> int:
    if not reason.strip():
        raise Invalid(
            _("Say why: the holder is told, and so is who checks."),
            fields={"reason": [_("Say why: the holder is told, and so is who checks.")]},
        )
    for award in {award.issuer_id: award for award in awards}.values():
        require(access.can_stop(actor, award))
    concerned = [award for award in awards if award.state != target]
    for award in concerned:
        if award.state not in sources:
            raise Invalid(
                _("Award %(reference)s is “%(state)s”, so it cannot be changed that way.")
                % {"reference": award.reference, "state": award.get_state_display()}
            )
    if not concerned:
        return 0
    fields = {
        "state": target,
        "reason": reason.strip(),
        "stopped_at": None if target == State.ISSUED else clock.now(),
    }
    with transaction.atomic():
        for award in concerned:
            rows = Award.objects.filter(pk=award.pk, state=award.state, version=award.version).update(
                **fields, version=award.version + 1
            )
            if rows != 1:
                raise Stale(
                    _("Award %(reference)s was changed in the meantime. Reload the page and look again.")
                    % {"reference": award.reference}
                )
            audit.record(
                actor,
                f"credentials.award.{verb}",
                award,
                before={"state": award.state},
                after={"state": target},
                personal={"reason": reason.strip()},
            )
        lists.mark_changed({award.status_list for award in concerned if award.status_list})
        if notify:
            jobs.enqueue(actor, "credentials.tell", awards=[str(award.pk) for award in concerned])
    for award in concerned:
        for name, value in fields.items():
            setattr(award, name, value)
        award.version += 1
    return len(concerned)


def correct(*, actor: Actor, award: Award, given: drafting.Given, reason: str, notify: bool = True) -> Award:
    """Revoke an award and issue another in its place, linked to it, and return the new one.

    Where the issuer asks for two people the new one waits for approval, and the old one is revoked at once: a wrong
    award does not go on counting. Raises Refused, Invalid, Stale; nothing is half done.
    """
    with transaction.atomic():
        return _replaced(actor, [(award, given)], reason, notify)[0]


def reissue(*, actor: Actor, awards: Sequence[Award], reason: str, notify: bool = True) -> list[Award]:
    """Revoke awards and issue each anew as its achievement and holder say now; return the new ones.

    Their references are the old ones with a number behind. All or none; raises as `correct`.
    """
    with transaction.atomic():
        pairs = [(award, given_of(award, reference=next_reference(award))) for award in awards]
        return _replaced(actor, pairs, reason, notify)


def _replaced(
    actor: Actor, pairs: Sequence[tuple[Award, drafting.Given]], reason: str, notify: bool
) -> list[Award]:
    if not pairs:
        return []
    for award, given in pairs:
        if given.reference == award.reference:
            sentence = _("The corrected award needs a reference of its own, other than %(reference)s.")
            raise Invalid(
                sentence % {"reference": award.reference},
                fields={"reference": [_("It needs a reference of its own.")]},
            )
    old = [award for award, _given in pairs]
    if done := Award.objects.filter(replaces__in=[award.pk for award in old]).first():
        raise Invalid(
            _("Award %(old)s was corrected already, by %(new)s. Correct that one.")
            % {"old": done.replaces, "new": done.reference}
        )
    revoke(actor=actor, awards=old, reason=reason, notify=False)
    new = [_draft(actor, award, given) for award, given in pairs]
    if old[0].issuer.two_people and actor.pk is not None:
        return [issuing.submit(actor=actor, award=award) for award in new]
    require(access.can_issue(actor, old[0].issuer))
    issuing.issue_many(actor, new, notify=notify)
    for award in new:
        award.refresh_from_db()
    return new


def _draft(actor: Actor, award: Award, given: drafting.Given) -> Award:
    if Award.objects.filter(issuer=award.issuer, reference=given.reference).exists():
        raise Invalid(
            _("Reference %(reference)s already stands for another award. Give each award its own reference.")
            % {"reference": given.reference},
            fields={"reference": [_("It already stands for another award.")]},
        )
    same = drafting.same_person(award.holder, given)
    holder = drafting.renamed(award.holder, given) if same else None
    return drafting.draft(
        actor=actor, achievement=award.achievement, given=given, replaces=award, holder=holder
    )


def given_of(award: Award, *, reference: str) -> drafting.Given:
    """Return an award as somebody would give it anew, under another reference."""
    holder = award.holder
    usual = describing.valid_until(award.achievement, award.awarded_on)
    until = award.valid_until
    return drafting.Given(
        reference=reference,
        given_name=holder.given_name,
        family_name=holder.family_name,
        born=holder.born,
        email=holder.email,
        person=holder.reference,
        awarded_on=award.awarded_on,
        grade=award.grade,
        assessed_on=award.assessed_on,
        assessed_by=award.assessed_by,
        place=award.place,
        language=award.language,
        # A day that somebody chose is kept; else the achievement says it again.
        valid_until=timezone.localtime(until).date() if until is not None and until != usual else None,
        left_out=award.left_out,
    )


def next_reference(award: Award) -> str:
    """Return the reference of the award that takes the place of this one: the same with a number behind."""
    stem, _dot, number = award.reference.rpartition("/")
    if not stem or not number.isdigit():
        stem, number = award.reference, "1"
    ending = f"/{int(number) + 1}"
    return stem[: 80 - len(ending)] + ending
