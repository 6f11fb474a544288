"""What credentials put on the start page: what waits for who works for an issuer, and where to begin."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import home
from gilde.core.access import Actor
from gilde.core.components import Signal
from gilde.credentials import access
from gilde.credentials.models import State
from gilde.organisations.public import Role


@home.tile
def waiting(reader: Actor) -> Signal | None:
    """Return to an approver how many awards wait for them, and how many drafts were sent back; in one query."""
    if not reader.is_authenticated or reader.pk is None:
        return None
    approves = access.issuers_of(reader, frozenset({Role.APPROVER})).filter(closed_at=None)
    mine = Q(state=State.WAITING, issuer__in=approves.values("pk"))
    mine &= ~Q(drafted_by=reader.pk) | Q(drafted_by=None)
    back = Q(state=State.DRAFT, drafted_by=reader.pk) & ~Q(reason="")
    told = (
        access.issued_by(reader)
        .filter(state__in=[State.WAITING, State.DRAFT])
        .aggregate(waiting=Count("pk", filter=mine), back=Count("pk", filter=back))
    )
    if not (told["waiting"] or told["back"]):
        return None
    hint = _("%(count)d sent back to you") % {"count": told["back"]} if told["back"] else ""
    url = reverse("credentials:awards") + ("?waiting=me" if told["waiting"] else "?waiting=back")
    return Signal(_("awards waiting for you"), told["waiting"], hint, url)


home.way_in(title=gettext_lazy("Check a certificate"), url_name="credentials:check", order=1)
home.offer(
    "learner",
    title=gettext_lazy("My awards"),
    text=gettext_lazy(
        "Keep your certificates together, show them by a link or on paper, and see who checked them."
    ),
    url_name="credentials:wallet",
)
home.offer(
    "school",
    "sector-body",
    title=gettext_lazy("Issue awards"),
    text=gettext_lazy(
        "Diplomas, certificates and micro-credentials that anybody can check: one by one, or by file."
    ),
    url_name="credentials:awards",
)
home.offer(
    "company",
    "school",
    "learner",
    title=gettext_lazy("Check a certificate"),
    text=gettext_lazy("Whether it is genuine and still valid: by file, photo, link or code, of any issuer."),
    url_name="credentials:check",
)
home.offer(
    "learner",
    "company",
    title=gettext_lazy("See what can be awarded, and by whom"),
    text=gettext_lazy("Every achievement with what somebody who was awarded it can do."),
    url_name="credentials:achievements",
)
home.offer(
    "researcher",
    title=gettext_lazy("Look into the log of what was issued"),
    text=gettext_lazy("It names nobody, and proves what existed when. Anybody can check it."),
    url_name="credentials:log",
)
