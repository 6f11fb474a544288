"""Who may see and do what with qualifications.

What is recognised is public. Before that a file is seen by the organisation that drafts it, and once it is handed in by
the committees and bodies of its procedure. What each may do says the table of the procedure.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.access import Actor, Decision, allowed, refused
from gilde.organisations.public import Organisation, Role, organisations_of, roles_in
from gilde.qualifications.models import (
    Comment,
    Committee,
    Joint,
    LevelJudgement,
    Member,
    OutcomeVersion,
    ProcedureBody,
    Profile,
    ProfileVersion,
    Programme,
    Qualification,
    QualificationVersion,
    Round,
    State,
)
from gilde.qualifications.models.qualifications import EDITABLE, PUBLIC
from gilde.qualifications.procedures import DRAFTER, SIGNATORY

WRITERS = frozenset({Role.OFFICER, Role.APPROVER})
_ON_RECORD = Q(state__in=sorted(PUBLIC)) | Q(state=State.WITHDRAWN, registered_at__isnull=False)


def seats(actor: Actor) -> QuerySet[Member]:
    """Return the seats on committees that the actor holds today."""
    if not actor.is_authenticated or actor.pk is None:
        return Member.objects.none()
    today = clock.today()
    return Member.objects.filter(user=actor.pk, since__lte=today).filter(Q(until=None) | Q(until__gte=today))


def roles_over(actor: Actor, version: QualificationVersion) -> frozenset[str]:
    """Return the roles of the actor in the procedure of a file, as its table of steps names them.

    An administrator of the installation has the roles of organisations, never a seat on a committee.
    """
    if not actor.is_authenticated:
        return frozenset()
    held = roles_in(actor, version.qualification.owner_id)
    roles: set[str] = set()
    if held & WRITERS:
        roles.add(DRAFTER)
    if Role.APPROVER in held:
        roles.add(SIGNATORY)
    if version.procedure_id is None:
        return frozenset(roles)
    bodies = ProcedureBody.objects.filter(procedure=version.procedure_id, organisation__isnull=False)
    for code, organisation in bodies.values_list("code", "organisation"):
        theirs = roles_in(actor, organisation)
        roles |= {f"{code}-{role}" for role in (Role.OFFICER, Role.APPROVER) if role in theirs}
    for code, role in (
        seats(actor).filter(committee__procedure=version.procedure_id).values_list("committee__code", "role")
    ):
        roles.add(f"{code}-{role}")
        roles.add(f"{code}-member")
    return frozenset(roles)


def _theirs(actor: Actor) -> QuerySet[Organisation, Any]:
    return organisations_of(actor).order_by().values("pk")


def visible_versions(actor: Actor) -> QuerySet[QualificationVersion]:
    """Return what is on record, and for those who work on a file that file."""
    if actor.is_superuser:
        return QualificationVersion.objects.all()
    if not actor.is_authenticated:
        return QualificationVersion.objects.filter(_ON_RECORD)
    in_procedure = Q(procedure__in=seats(actor).values("committee__procedure")) | Q(
        procedure__in=ProcedureBody.objects.filter(organisation__in=_theirs(actor)).values("procedure")
    )
    return QualificationVersion.objects.filter(
        _ON_RECORD | Q(qualification__owner__in=_theirs(actor)) | (in_procedure & ~Q(state=State.DRAFT))
    )


def visible_qualifications(actor: Actor) -> QuerySet[Qualification]:
    """Return the qualifications of which the actor may see a version."""
    return Qualification.objects.filter(pk__in=visible_versions(actor).order_by().values("qualification"))


def visible_outcomes(actor: Actor) -> QuerySet[OutcomeVersion]:
    """Return fixed outcomes, and those of the actor's organisations and of files that the actor may see."""
    if actor.is_superuser:
        return OutcomeVersion.objects.all()
    fixed = Q(fixed_at__isnull=False)
    if not actor.is_authenticated:
        return OutcomeVersion.objects.filter(fixed)
    held = Q(uses__unit__version__in=visible_versions(actor).order_by().values("pk"))
    return OutcomeVersion.objects.filter(
        pk__in=OutcomeVersion.objects.filter(fixed | Q(outcome__owner__in=_theirs(actor)) | held).values("pk")
    )


def can_edit_version(actor: Actor, version: QualificationVersion) -> Decision:
    """Decide whether the actor may change what a file says."""
    if version.state not in EDITABLE:
        return refused(
            _("This file is “%(state)s”, and only drafts and returned files can be changed.")
            % {"state": version.get_state_display()}
        )
    return _drafts(actor, version.qualification.owner_id)


def can_draft_for(actor: Actor, owner: Organisation) -> Decision:
    """Decide whether the actor may begin something in the name of an organisation."""
    return _drafts(actor, owner.pk)


def can_draft(actor: Actor) -> Decision:
    """Decide whether the actor may begin something in the name of any organisation."""
    if actor.is_authenticated and organisations_of(actor, WRITERS).exists():
        return allowed(_("You write for an organisation."))
    return refused(
        _("Only policy officers and approvers of an organisation may draft. Ask its administrator.")
    )


def can_renew(actor: Actor, version: QualificationVersion) -> Decision:
    """Decide whether the actor may begin the next version of a qualification."""
    return _drafts(actor, version.qualification.owner_id)


def _drafts(actor: Actor, owner: object) -> Decision:
    if roles_in(actor, owner) & WRITERS:  # type: ignore[arg-type]  # the id of an organisation
        return allowed(_("You write for the organisation that keeps this."))
    return refused(_("Only policy officers and approvers of the organisation that keeps this may do so."))


# --- committees


def visible_committees(actor: Actor) -> QuerySet[Committee]:
    """Return every committee: that it exists and how it decides is public; who sits on it is shown to its circle."""
    return Committee.objects.all()


def can_keep_committee(actor: Actor, committee: Committee) -> Decision:
    """Decide whether the actor may say who sits on a committee: the officers of the bodies of its procedure."""
    if actor.is_superuser:
        return allowed(_("You administer this installation."))
    bodies = ProcedureBody.objects.filter(procedure=committee.procedure_id, organisation__isnull=False)
    if roles_in(actor, also=bodies.values("organisation")) & WRITERS:
        return allowed(_("Your organisation keeps this procedure."))
    return refused(_("Only officers of the bodies of this procedure say who sits on its committees."))


def visible_rounds(actor: Actor) -> QuerySet[Round]:
    """Return the rounds of the committees on which the actor sits, of its bodies, and closed ones of own files."""
    if actor.is_superuser:
        return Round.objects.all()
    if not actor.is_authenticated:
        return Round.objects.none()
    bodies = ProcedureBody.objects.filter(organisation__in=_theirs(actor)).values("procedure")
    return Round.objects.filter(
        Q(committee__in=seats(actor).values("committee"))
        | Q(committee__procedure__in=bodies)
        | Q(version__qualification__owner__in=_theirs(actor), closed_at__isnull=False)
    )


def seat_in(actor: Actor, round_: Round) -> Member | None:
    """Return the seat that the actor holds today on the committee of a round, None without one."""
    return seats(actor).filter(committee=round_.committee_id).first()


def visible_judgements(actor: Actor, round_: Round) -> QuerySet[LevelJudgement]:
    """Return the judgements of a round that the actor may see: the own ones until all are shown, then everybody's."""
    if round_.revealed_at is not None:
        return LevelJudgement.objects.filter(round=round_)
    seat = seat_in(actor, round_)
    return LevelJudgement.objects.filter(round=round_, member=seat) if seat else LevelJudgement.objects.none()


def can_vote(actor: Actor, round_: Round) -> Decision:
    """Decide whether the actor may vote and judge in a round."""
    if round_.closed_at is not None:
        return refused(
            _("This round is closed. What the committee decided is shown on the page of the file.")
        )
    seat = seat_in(actor, round_)
    if seat is None or seat.votes == 0:
        return refused(_("Only members of the committee with a vote may do this."))
    return allowed(_("You have a vote on this committee."))


def visible_comments(actor: Actor) -> QuerySet[Comment]:
    """Return the comments on files that the actor works on; the public sees none."""
    if actor.is_superuser:
        return Comment.objects.all()
    if not actor.is_authenticated:
        return Comment.objects.none()
    in_procedure = Q(version__procedure__in=seats(actor).values("committee__procedure")) | Q(
        version__procedure__in=ProcedureBody.objects.filter(organisation__in=_theirs(actor)).values(
            "procedure"
        )
    )
    return Comment.objects.filter(in_procedure | Q(version__qualification__owner__in=_theirs(actor)))


def can_comment(actor: Actor, version: QualificationVersion) -> Decision:
    """Decide whether the actor may comment on a file."""
    if roles_over(actor, version):
        return allowed(_("You work on this file."))
    return refused(_("Only those who work on this file comment on it."))


# --- profiles, programmes, joint qualifications


def visible_profiles(actor: Actor) -> QuerySet[Profile]:
    """Return the profiles of which the actor may see a version."""
    return Profile.objects.filter(pk__in=visible_profile_versions(actor).order_by().values("profile"))


def visible_profile_versions(actor: Actor) -> QuerySet[ProfileVersion]:
    """Return what was published, and drafts of the actor's organisations."""
    if actor.is_superuser:
        return ProfileVersion.objects.all()
    published = ~Q(state=ProfileVersion.State.DRAFT)
    if not actor.is_authenticated:
        return ProfileVersion.objects.filter(published)
    return ProfileVersion.objects.filter(published | Q(profile__owner__in=_theirs(actor)))


def can_keep_profile(actor: Actor, profile: Profile) -> Decision:
    """Decide whether the actor may write and publish versions of a profile."""
    return _drafts(actor, profile.owner_id)


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    """Return every programme: what can be studied is public."""
    return Programme.objects.all()


def can_keep_programme(actor: Actor, programme: Programme) -> Decision:
    """Decide whether the actor may change a programme and its offers."""
    return _drafts(actor, programme.owner_id)


def visible_joints(actor: Actor) -> QuerySet[Joint]:
    """Return what all partners agreed on, and for the members of partners what is being built."""
    if actor.is_superuser:
        return Joint.objects.all()
    agreed = Q(agreed_at__isnull=False)
    if not actor.is_authenticated:
        return Joint.objects.filter(agreed)
    mine = Joint.objects.filter(
        Q(lead__in=_theirs(actor)) | Q(partners__organisation__in=_theirs(actor))
    ).values("pk")
    return Joint.objects.filter(agreed | Q(pk__in=mine))


def can_build(actor: Actor, joint: Joint) -> Decision:
    """Decide whether the actor may build at a joint qualification: writers of the lead and of every partner."""
    if joint.state != Joint.State.DRAFT:
        return refused(_("All partners have agreed to this. Begin a new one to change it."))
    if roles_in(actor, joint.lead_id, also=joint.partners.values("organisation")) & WRITERS:
        return allowed(_("You write for one of the partners."))
    return refused(_("Only policy officers and approvers of the partners may build at this."))


def can_keep_reference(actor: Actor) -> Decision:
    """Decide whether the actor may load classifications, frameworks and procedures."""
    if actor.is_superuser:
        return allowed(_("You administer this installation."))
    if actor.is_authenticated and _keeps_a_procedure(actor):
        return allowed(_("Your organisation keeps a procedure."))
    return refused(_("Only administrators, and officers of the bodies of a procedure, keep reference data."))


def can_import(actor: Actor) -> Decision:
    """Decide whether the actor may take over qualifications from another register."""
    return can_keep_reference(actor)


def _keeps_a_procedure(actor: Actor) -> bool:
    writes = organisations_of(actor, WRITERS).order_by().values("pk")
    return ProcedureBody.objects.filter(organisation__in=writes).exists()
