"""Files, to write: the same services as the workbench, for people who are signed in."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.conf.locale import LANG_INFO
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from gilde.core.api import Line, Paragraph, TextIn, TextOut
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.organisations.public import Organisation
from gilde.qualifications import vocabularies
from gilde.qualifications.api.shapes import FileState, OutcomeKind, QualificationKind, address
from gilde.qualifications.forms.drafting import proposes_level
from gilde.qualifications.models import Level, Procedure, QualificationVersion, Unit
from gilde.qualifications.models.qualifications import EDITABLE
from gilde.qualifications.services import drafting
from gilde.qualifications.services.steps import missing_in, steps_open_to
from gilde.qualifications.services.steps import take_step as take
from gilde.qualifications.wording import completed
from gilde.qualifications.workbench import worked_on

files = Router(tags=["files"])
units = Router(tags=["files"])

Row = TypeVar("Row", bound=Model)
Lock = Annotated[int, Field(ge=1, le=2_000_000_000, description="The `lock` of the file that you read.")]
Code = Annotated[str, StringConstraints(max_length=80, pattern=r"^[-a-z0-9_]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
FieldOfEducation = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")]
Activity = Annotated[
    str, StringConstraints(pattern=r"^([A-V]([0-9]{2}(\.[0-9]{1,2})?)?|[0-9]{2}(\.[0-9]{1,2})?)$")
]
Hours = Annotated[int, Field(ge=1, le=2_000_000_000)]
Points = Annotated[Decimal, Field(ge=0, max_digits=7, decimal_places=2)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00]*$")]


class StepOut(Schema):
    name: str
    label: TextOut


class FileOut(Schema):
    """A file in short. `lock` is what to send with the next change, `steps` those that you may make now.

    `missing` tells in sentences what it lacks before it can be handed in, while it can be changed.
    """

    id: UUID
    uri: str
    qualification: str
    number: int
    state: FileState
    title: TextOut
    lock: int
    missing: list[str]
    steps: list[StepOut]
    whole: str

    @classmethod
    def of(cls, request: HttpRequest, version: QualificationVersion) -> FileOut:
        """Return the file as it stands for who asks."""
        code = version.qualification.code
        return cls(
            id=version.pk,
            uri=uri("qualification-version", version.pk),
            qualification=code,
            number=version.number,
            state=version.state,
            title=TextOut.of(version.title),
            lock=version.version,
            missing=missing_in(version) if version.state in EDITABLE else [],
            steps=[
                StepOut(name=step.name, label=TextOut.of(step.label))
                for step in steps_open_to(request.user, version)
            ],
            whole=address("api:read_qualification_version", code, version.number),
        )


class Made(Schema):
    """What was added, and the `lock` to send with the next change of the file."""

    id: UUID
    uri: str
    lock: int


class FileIn(Schema):
    """A new qualification. Its code is the last part of its address, and never changes."""

    code: Code
    kind: QualificationKind
    title: TextIn
    owner: Line = Field(description="Name in its address of the organisation that drafts.")
    procedure: Line = Field(description="Code of the procedure.")
    sector: Line = Field("", description="Code of a sector.")


@files.get("/{uuid:file_id}", response=FileOut, auth=None, summary="Read a file that you work on")
def read_file(request: HttpRequest, file_id: UUID) -> FileOut:
    """Return how a file stands that you work on: its lock, what it lacks, and which steps you may make."""
    return FileOut.of(request, _file(request, file_id))


@files.post("", response={201: FileOut}, summary="Begin a file")
def begin_file(request: HttpRequest, payload: FileIn) -> Status[FileOut]:
    """Begin a new qualification with a draft of its first version, in the name of your organisation."""
    _known("sector", [payload.sector], vocabularies.sectors())
    version = drafting.begin_file(
        actor=request.user,
        owner=_named(Organisation.objects.all(), "owner", slug=payload.owner),
        code=payload.code,
        kind=payload.kind,
        title=payload.title.text(),
        procedure=_named(Procedure.objects.all(), "procedure", code=payload.procedure),
        sector=payload.sector,
    )
    return Status(201, FileOut.of(request, version))


class FileChange(Schema):
    """What to change of a file: what is left out stays, null empties. `level` is the one that you propose."""

    lock: Lock
    title: TextIn | None = None
    summary: TextIn | None = None
    level: Line | None = Field(None, description="Code of a level of the framework of the file.")
    hours: Hours | None = None
    credit: Points | None = None
    credit_system: Line | None = None
    assessment: TextIn | None = None
    assessment_type: Line | None = None
    participation: Annotated[list[Line], Field(max_length=20)] | None = None
    quality: TextIn | None = None
    languages: Annotated[list[Language], Field(max_length=50)] | None = None
    fields_of_education: Annotated[list[FieldOfEducation], Field(max_length=50)] | None = None
    nace: Annotated[list[Activity], Field(max_length=50)] | None = None


@files.patch("/{uuid:file_id}", response=FileOut, summary="Change a file")
def change_file(request: HttpRequest, file_id: UUID, payload: FileChange) -> FileOut:
    """Change what a file says of itself, if nobody changed it since you read it; else 409, nothing stored."""
    version = _file(request, file_id)
    _known("credit_system", [payload.credit_system], vocabularies.credit_systems())
    _known("assessment_type", [payload.assessment_type], vocabularies.assessment_types())
    _known("participation", payload.participation or [], vocabularies.participation())
    _known("languages", payload.languages or [], LANG_INFO)
    fields = {name: _column(payload, name) for name in payload.model_fields_set - {"lock", "level"}}
    if "fields_of_education" in fields:
        fields["isced_f"] = fields.pop("fields_of_education")
    if "level" in payload.model_fields_set:
        fields["level"] = _level(version, payload.level)
    changed = drafting.change_file(actor=request.user, version=version, lock=payload.lock, **fields)
    return FileOut.of(request, changed)


class UnitIn(Schema):
    lock: Lock
    title: TextIn
    code: Short = Field("", description="Such as U1: by it changes are followed between versions.")
    summary: TextIn | None = None
    hours: Hours | None = None
    credit: Points | None = None
    partial: bool = False
    optional: bool = False
    assessment: TextIn | None = None


@files.post("/{uuid:file_id}/units", response={201: Made}, summary="Add a unit to a file")
def add_unit(request: HttpRequest, file_id: UUID, payload: UnitIn) -> Status[Made]:
    """Add a unit at the end of a file; its learning outcomes come next."""
    version = _file(request, file_id)
    fields = {name: _column(payload, name) for name in type(payload).model_fields if name != "lock"}
    unit = drafting.add_unit(actor=request.user, version=version, lock=payload.lock, **fields)
    return Status(201, Made(id=unit.pk, uri=uri("unit", unit.pk), lock=version.version))


class OutcomeIn(Schema):
    """A learning outcome: the whole sentence, or its parts, of which the sentence is made in each language."""

    lock: Lock
    kind: OutcomeKind
    code: Annotated[Short, Field(max_length=80)] = ""
    statement: TextIn | None = None
    verb: TextIn | None = None
    object: TextIn | None = None
    context: TextIn | None = None


@units.post("/{uuid:unit_id}/outcomes", response={201: Made}, summary="Add a learning outcome to a unit")
def add_outcome(request: HttpRequest, unit_id: UUID, payload: OutcomeIn) -> Status[Made]:
    """Write a new learning outcome at the end of a unit."""
    seen = worked_on(request.user).order_by().values("pk")
    unit = get_object_or_404(
        Unit.objects.filter(version__in=seen).select_related("version__qualification__owner"), pk=unit_id
    )
    use = drafting.add_outcome(
        actor=request.user,
        unit=unit,
        lock=payload.lock,
        code=payload.code,
        kind=payload.kind,
        verb=_text(payload.verb),
        object=_text(payload.object),
        context=_text(payload.context),
        statement=_sentence(payload),
    )
    return Status(201, Made(id=use.outcome_id, uri=uri("outcome", use.outcome_id), lock=unit.version.version))


class StepIn(Schema):
    lock: Lock
    ground: Paragraph = Field(
        "", description="Why; some steps need it. It stands in the history of the file."
    )


@files.post("/{uuid:file_id}/steps/{slug:name}", response=FileOut, summary="Make a step of the procedure")
def take_step(request: HttpRequest, file_id: UUID, name: str, payload: StepIn) -> FileOut:
    """Move a file on by a step of its procedure, such as submit; `steps` of the file names those open to you."""
    version = _file(request, file_id)
    moved = take(actor=request.user, version=version, name=name, ground=payload.ground, lock=payload.lock)
    return FileOut.of(request, moved)


def _file(request: HttpRequest, key: UUID) -> QualificationVersion:
    related = ("qualification__owner", "procedure", "framework", "level")
    return get_object_or_404(worked_on(request.user).select_related(*related), pk=key)


def _named(found: QuerySet[Row], field: str, **key: str) -> Row:
    """Return the thing that a body names; raise Invalid, because the address itself is right."""
    thing = found.filter(**key).first()
    if thing is None:
        raise Invalid(
            _("%(field)s: there is none with this name. Look at how it is written.") % {"field": field}
        )
    return thing


def _known(field: str, codes: list[Any], known: Any) -> None:
    """Raise Invalid for a code that the list does not hold."""
    for code in codes:
        if code and code not in known:
            sentence = _("%(field)s: “%(code)s” is no code of the list.")
            raise Invalid(sentence % {"field": field, "code": code}, known=sorted(known))


def _level(version: QualificationVersion, code: str | None) -> Level | None:
    if not proposes_level(version):
        raise Invalid(_("level: the procedure of this file finds the level itself. Leave it out."))
    if not code:
        return None
    return _named(Level.objects.filter(framework=version.framework_id), "level", code=code)


def _column(payload: Schema, name: str) -> Any:
    """Return what a body says of a column, as the column holds it: empty where it says null."""
    value = getattr(payload, name)
    if isinstance(value, TextIn):
        return value.text()
    if value is None and name in ("title", "summary", "assessment", "quality"):
        return Text()
    if value is None and name in ("participation", "languages", "fields_of_education", "nace"):
        return []
    return "" if value is None and name in ("credit_system", "assessment_type") else value


def _text(given: TextIn | None) -> Text:
    return given.text() if given else Text()


def _sentence(payload: OutcomeIn) -> Text:
    """Return the whole sentence, made of the parts in each language in which it is not given."""
    given = payload.statement or payload.verb
    if given is None:
        raise Invalid(_("Give the statement, or the verb and what else the sentence is made of."))
    statement, verb, object_, context = (
        dict(_text(each).words) for each in (payload.statement, payload.verb, payload.object, payload.context)
    )
    return Text(given.source, completed(statement, verb, object_, context))
