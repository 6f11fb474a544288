"""Reference data of qualifications: frameworks and procedures, from the data files of Gilde or of an installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid
from gilde.qualifications import procedures
from gilde.qualifications.access import can_keep_reference
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.framework_files import FrameworkTold, read_framework
from gilde.qualifications.models import (
    Committee,
    Descriptor,
    Element,
    Framework,
    Level,
    Procedure,
    ProcedureBody,
)
from gilde.qualifications.vocabularies import DATA

_LARGEST: Final = 2_000_000  # bytes; the largest of our own has 20,000
_OF_A_PROCEDURE: Final = ("code", "name", "framework", "source", "steps")


def own_files() -> list[Path]:
    """Return the data files that Gilde comes with, frameworks before the procedures that name them."""
    return [
        path for folder in ("frameworks", "procedures") for path in sorted((DATA / folder).glob("*.yaml"))
    ]


@transaction.atomic
def load_reference(*, actor: Actor, files: Sequence[Path] | None = None) -> list[str]:
    """Bring frameworks and procedures into line with the files; return what was done, a sentence for each.

    Without `files` those of Gilde itself. Loading again changes nothing. Raises Refused, and Unreadable or Invalid
    with the name of the file; then nothing at all is stored.
    """
    require(can_keep_reference(actor))
    told = [(path.name, _read(path)) for path in (own_files() if files is None else files)]
    told.sort(key=lambda each: "steps" in each[1])
    return [
        _load_procedure(actor, content, name) if "steps" in content else _load_framework(actor, content, name)
        for name, content in told
    ]


def _read(path: Path) -> dict[str, Any]:
    """Return what a file tells; one of levels is a framework, one of steps a procedure."""
    try:
        if path.stat().st_size > _LARGEST:
            raise Unreadable(_("%(file)s is larger than 2 MB; no framework is.") % {"file": path.name})
        told = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise Unreadable(
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Unreadable(
            _("%(file)s is no YAML that can be read; look at line %(line)s.")
            % {"file": path.name, "line": mark.line + 1 if mark else 1}
        ) from error
    if not isinstance(told, dict) or ("levels" in told) == ("steps" in told):
        raise Unreadable(
            _("%(file)s is neither a framework (with levels) nor a procedure (with steps).")
            % {"file": path.name}
        )
    return told


# --- frameworks


def _load_framework(actor: Actor, content: Mapping[str, Any], name: str) -> str:
    told = read_framework(content, name)
    framework = Framework.objects.filter(pk=told.code).first()
    new = framework is None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if framework is None:
        framework = Framework(code=told.code, **told.fields)
        _clean(framework, name)
        framework.save(force_insert=True)
    elif differing := _set(framework, told.fields, before, after, ""):
        _clean(framework, name)
        framework.save(update_fields=differing)
    levels = _bring(Level, framework, told.levels, name, before, after)
    elements = _bring(Element, framework, told.elements, name, before, after)
    _bring_descriptors(told, levels, elements, before, after)
    values = {"framework": told.code, "levels": len(levels)}
    if new:
        codes = {"levels": list(levels), "elements": list(elements)}
        audit.record(actor, "qualifications.framework.load", framework, after=codes)
        return _("Framework %(framework)s: %(levels)s levels, new.") % values
    if before or after:
        audit.record(actor, "qualifications.framework.load", framework, before=before, after=after)
        return _("Framework %(framework)s: %(levels)s levels, changed.") % values
    return _("Framework %(framework)s: %(levels)s levels, nothing new.") % values


def _bring(
    model: type[Any],
    framework: Framework,
    told: Mapping[str, Mapping[str, Any]],
    name: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> dict[str, Any]:
    """Bring the levels or the elements of a framework into line; return them by code, in the order of the file."""
    here = {each.code: each for each in model.objects.filter(framework=framework)}
    word = model.__name__.lower()
    new, changed = [], []
    for code, fields in told.items():
        if code not in here:
            here[code] = model(framework=framework, code=code, **fields)
            new.append(here[code])
            after[f"{word}.{code}"] = "new"
        elif _set(here[code], fields, before, after, f"{word}.{code}."):
            changed.append(here[code])
    for each in (*new, *changed):
        _clean(each, name, exclude=["framework"])
    model.objects.bulk_create(new)
    if changed:
        model.objects.bulk_update(changed, [*next(iter(told.values()))])
    for code in [code for code in here if code not in told]:
        before[f"{word}.{code}"] = "removed"
        _remove(here.pop(code), name)
    return {code: here[code] for code in told}


def _bring_descriptors(
    told: FrameworkTold,
    levels: Mapping[str, Level],
    elements: Mapping[str, Element],
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    here = {(d.level_id, d.element_id): d for d in Descriptor.objects.filter(level__in=levels.values())}
    new, changed = [], []
    for (level, element), text in told.descriptors.items():
        descriptor = here.pop((levels[level].pk, elements[element].pk), None)
        if descriptor is None:
            new.append(Descriptor(level=levels[level], element=elements[element], text=text))
            after[f"descriptor.{level}.{element}"] = text
        elif descriptor.text != text:
            before[f"descriptor.{level}.{element}"] = descriptor.text
            after[f"descriptor.{level}.{element}"] = text
            descriptor.text = text
            changed.append(descriptor)
    Descriptor.objects.bulk_create(new)
    Descriptor.objects.bulk_update(changed, ["text"])
    if here:
        codes = {thing.pk: code for part in (levels, elements) for code, thing in part.items()}
        for (level_id, element_id), descriptor in here.items():
            key = f"descriptor.{codes.get(level_id)}.{codes.get(element_id)}"
            before[key] = descriptor.text
        Descriptor.objects.filter(pk__in=[each.pk for each in here.values()]).delete()


def _set(
    thing: models.Model,
    fields: Mapping[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    prefix: str,
) -> list[str]:
    """Set the fields of a stored thing, note what differed, and return the names of those."""
    differing = [name for name, value in fields.items() if getattr(thing, name) != value]
    for name in differing:
        before[prefix + name], after[prefix + name] = getattr(thing, name), fields[name]
        setattr(thing, name, fields[name])
    return differing


def _clean(thing: models.Model, name: str, exclude: Iterable[str] = ()) -> None:
    try:
        thing.clean_fields(exclude=set(exclude))
    except ValidationError as error:
        raise Invalid(f"{name}: {Invalid.from_validation(error).sentence}") from error


def _remove(thing: Level | Element, name: str) -> None:
    try:
        thing.delete()
    except ProtectedError as error:
        raise Invalid(
            _("%(file)s no longer has “%(code)s”, but qualifications stand on it. Keep it in the file.")
            % {"file": name, "code": thing.code}
        ) from error


# --- procedures


def _load_procedure(actor: Actor, content: Mapping[str, Any], name: str) -> str:
    if missing := [key for key in _OF_A_PROCEDURE if not content.get(key)]:
        raise Invalid(
            _("%(file)s: a procedure needs %(missing)s.") % {"file": name, "missing": ", ".join(missing)}
        )
    code = str(content["code"])
    before = _state_of(code)
    try:
        procedure = procedures.load(content)
    except Invalid as error:
        raise Invalid(f"{name}: {error.sentence}") from error
    except (KeyError, TypeError, AttributeError, ValueError, DatabaseError) as error:
        raise Invalid(
            _("%(file)s: something of the procedure is missing or of another form: %(what)s.")
            % {"file": name, "what": error}
        ) from error
    _check_levelling(procedure, name)
    after = _state_of(code)
    for thing, _fields in after.values():
        _clean(thing, name)
    changed = [key for key in after if before.get(key) != after[key]]
    for key in changed:
        thing, fields = after[key]
        was = before[key][1] if key in before else {}
        differing = [each for each in fields if was.get(each) != fields[each]]
        audit.record(
            actor,
            f"qualifications.{key[0]}.load",
            thing,
            before={each: was[each] for each in differing if each in was},
            after={each: fields[each] for each in differing},
        )
    values = {"procedure": code, "steps": len(procedure.steps)}
    if not changed:
        return _("Procedure %(procedure)s: %(steps)s steps, nothing new.") % values
    if ("procedure", code) not in before:
        return _("Procedure %(procedure)s: %(steps)s steps, new.") % values
    return _("Procedure %(procedure)s: %(steps)s steps, changed.") % values


_Key = tuple[str, str]


def _state_of(code: str) -> dict[_Key, tuple[models.Model, dict[str, Any]]]:
    """Return a stored procedure, its committees and its bodies, each with its fields."""
    things: list[tuple[str, Any, Sequence[str]]] = [
        *(("procedure", each, _PROCEDURE) for each in Procedure.objects.filter(pk=code)),
        *(("committee", each, _COMMITTEE) for each in Committee.objects.filter(procedure=code)),
        *(("body", each, ("name",)) for each in ProcedureBody.objects.filter(procedure=code)),
    ]
    return {
        (word, thing.code): (thing, {name: getattr(thing, name) for name in names})
        for word, thing, names in things
    }


_PROCEDURE: Final = (
    "name",
    "country",
    "framework",
    "steps",
    "levelling",
    "review_years",
    "valid_from",
    "source",
)
_COMMITTEE: Final = ("name", "quorum", "rule", "source")


def _check_levelling(procedure: Procedure, name: str) -> None:
    """Raise Invalid where the procedure levels by elements or levels that its framework does not have."""
    if not Framework.objects.filter(pk=procedure.framework).exists():
        raise Invalid(
            _("%(file)s: there is no framework “%(framework)s”. Load it first, or in the same command.")
            % {"file": name, "framework": procedure.framework}
        )
    levelling = procedures.levelling_of(procedure)
    elements = set(Element.objects.filter(framework=procedure.framework).values_list("code", flat=True))
    levels = set(Level.objects.filter(framework=procedure.framework).values_list("code", flat=True))
    for given, known in ((levelling.weights, elements), ((code for code, _least in levelling.bands), levels)):
        if unknown := sorted(set(given) - known):
            raise Invalid(
                _(
                    "%(file)s: its levelling names what the framework “%(framework)s” does not have: %(unknown)s."
                )
                % {"file": name, "framework": procedure.framework, "unknown": ", ".join(unknown)}
            )
