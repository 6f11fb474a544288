"""The forms of a file: beginning it, what it says of itself, to what it relates, its units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import TextField
from gilde.organisations.public import Organisation
from gilde.qualifications import procedures, vocabularies, workbench
from gilde.qualifications.codes import is_reserved
from gilde.qualifications.models import Level, Procedure, Qualification, QualificationVersion, Unit
from gilde.qualifications.procedures import PROPOSED


class Locked(forms.Form):
    """Remembers the version of the file that the form was opened with, so that nobody is overwritten unseen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def lock(self) -> int:
        """Return the version of the file that the writer saw."""
        return self.cleaned_data["version"] or 0


class CodesField(forms.CharField):
    """Gives a list of codes that were written with commas between them; `pattern` is what each looks like."""

    def __init__(self, *, pattern: str, wrong: Any, **kwargs: Any) -> None:
        self.pattern, self.wrong = re.compile(pattern), wrong
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 300)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        codes = [code for code in re.split(r"[,;\s]+", super().clean(value)) if code]
        for code in codes:
            if not self.pattern.fullmatch(code):
                raise ValidationError(str(self.wrong) % {"code": code})
        return list(dict.fromkeys(codes))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class LanguagesField(CodesField):
    """Gives a list of codes of languages (ISO 639-1)."""

    def clean(self, value: Any) -> Any:
        codes = super().clean((value or "").lower())
        for code in codes:
            if code not in LANG_INFO:
                raise ValidationError(str(self.wrong) % {"code": code})
        return codes


class _ProcedureField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Procedures with what each is in a sentence: which committees and bodies look at a file."""

    def label_from_instance(self, obj: Any) -> Any:
        return format_html('<span>{}<br><span class="hint">{}</span></span>', obj.name, procedure_words(obj))


def procedure_words(procedure: Procedure) -> str:
    """Return in a sentence or two who looks at a file in a procedure, and how long the result holds."""
    names = {committee.code: str(committee.name) for committee in procedure.committees.all()}
    names |= {body.code: str(body.name) for body in procedure.bodies.all()}
    roles = [role for step in procedures.steps_of(procedure) for role in sorted(step.roles)]
    order = dict.fromkeys(role.rpartition("-")[0] for role in roles)
    looked = [names[code] for code in order if code in names]
    told = (
        gettext("Looked at by: %(who)s.") % {"who": ", ".join(looked)}
        if looked
        else gettext("Two people of the organisation that drafts: one submits, an approver adopts.")
    )
    if procedure.review_years:
        told += " " + gettext("Reviewed after %(years)d years.") % {"years": procedure.review_years}
    return told


class BeginForm(forms.Form):
    title = TextField(
        label=_("Title"), max_length=200, help_text=_("What such a person is called: “Bricklayer”.")
    )
    owner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Drafted by"),
        empty_label=None,
        help_text=_("Its policy officers and approvers write the file; only its members see the draft."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Qualification.Kind.choices, widget=forms.RadioSelect, initial="professional"
    )
    procedure = _ProcedureField(
        Procedure.objects.none(), label=_("Procedure"), widget=forms.RadioSelect, empty_label=None
    )
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    code = forms.SlugField(
        label=_("Code"),
        max_length=80,
        required=False,
        help_text=_(
            "The last part of its address: small letters, digits and hyphens. Made of the title when empty."
        ),
    )

    def __init__(self, *args: Any, owners: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["owner"].queryset = Organisation.objects.filter(pk__in=[each.pk for each in owners])
        own["owner"].choices = [(each.pk, str(each)) for each in owners]
        own["procedure"].queryset = Procedure.objects.prefetch_related("committees", "bodies")
        own["sector"].choices = [("", gettext("none")), *vocabularies.choices(vocabularies.sectors())]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if code and is_reserved(code):
            raise ValidationError(gettext("This code is the address of another page. Choose another code."))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("code") and "code" not in self.errors and "title" in given:
            given["code"] = workbench.free_code(given["title"])
            if not given["code"]:
                self.add_error("code", gettext("No code can be made of this title. Give one."))
        return given


_FIELD_CODE: Final = r"\d{2,4}"
_NACE_CODE: Final = r"[A-V](\d{2}(\.\d{1,2})?)?|\d{2}(\.\d{1,2})?"


class EditForm(Locked):
    title = TextField(label=_("Title"), max_length=200)
    summary = TextField(
        label=_("Summary"),
        long=True,
        required=False,
        help_text=_("In a sentence or two: what such a person does."),
    )
    level = forms.ModelChoiceField(
        Level.objects.none(),
        label=_("Level that you propose"),
        required=False,
        empty_label=_("not proposed yet"),
    )
    hours = forms.IntegerField(
        label=_("Workload in hours"), required=False, min_value=1, help_text=_("Of a learner, in all.")
    )
    credit = forms.DecimalField(
        label=_("Credit points"), required=False, min_value=0, max_digits=7, decimal_places=2, localize=True
    )
    credit_system = forms.ChoiceField(label=_("Credit system"), required=False)
    assessment = TextField(
        label=_("Assessment"),
        long=True,
        required=False,
        help_text=_("How somebody shows that the learning outcomes are reached."),
    )
    assessment_type = forms.ChoiceField(label=_("Type of assessment"), required=False)
    participation = forms.MultipleChoiceField(
        label=_("Forms of participation"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quality = TextField(
        label=_("Quality assurance"), long=True, required=False, help_text=_("Who watches over it, and how.")
    )
    languages = LanguagesField(
        label=_("Languages"),
        pattern=r"[a-z]{2}",
        wrong=_("“%(code)s” is no code of a language. Write two letters, such as nl, fr, en."),
        help_text=_("In which it is taught and assessed, as codes with commas: nl, fr."),
    )
    isced_f = CodesField(
        label=_("Fields of education"),
        pattern=_FIELD_CODE,
        wrong=_("“%(code)s” is no code of ISCED-F 2013: these have two to four digits."),
        help_text=_("Codes of ISCED-F 2013 with commas: 0732 is building and civil engineering."),
    )
    nace = CodesField(
        label=_("Economic activities"),
        pattern=_NACE_CODE,
        wrong=_("“%(code)s” is no code of NACE: a letter, then digits, such as F or F43.32."),
        help_text=_("Codes of NACE with commas: F is construction."),
    )

    def __init__(self, *args: Any, file: QualificationVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["level"].queryset = Level.objects.filter(framework=file.framework_id)
        if not proposes_level(file):
            del own["level"]
        none = ("", gettext("not said"))
        systems = [
            (each.code, str(each.name)) for each in vocabularies.credit_systems().values() if each.code
        ]
        own["credit_system"].choices = [none, *_with(systems, file.credit_system)]
        own["assessment_type"].choices = [
            none,
            *_with(vocabularies.choices(vocabularies.assessment_types()), file.assessment_type),
        ]
        own["participation"].choices = vocabularies.choices(vocabularies.participation())

    def read(self) -> dict[str, Any]:
        """Return the columns of the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def proposes_level(file: QualificationVersion) -> bool:
    """Return whether it is for the drafters to propose the level."""
    return file.procedure is not None and any(
        PROPOSED in step.needs for step in procedures.steps_of(file.procedure)
    )


def _with(choices: list[tuple[str, str]], stored: str) -> list[tuple[str, str]]:
    """Return the choices, and what is stored where the list does not hold it (any more)."""
    return choices if not stored or stored in dict(choices) else [*choices, (stored, stored)]


def initial_of(file: QualificationVersion) -> dict[str, Any]:
    """Return what the form shows for a file as it is stored."""
    names = [name for name in EditForm.base_fields if name != "level"]
    return {**{name: getattr(file, name) for name in names}, "level": file.level_id}


class UnitForm(Locked):
    title = TextField(label=_("Title"), max_length=300)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Such as U1. With a code, changes are followed from one version to the next."),
    )
    summary = TextField(label=_("Summary"), long=True, required=False)
    hours = forms.IntegerField(label=_("Workload in hours"), required=False, min_value=1)
    credit = forms.DecimalField(
        label=_("Credit points"), required=False, min_value=0, max_digits=7, decimal_places=2, localize=True
    )
    partial = forms.BooleanField(label=_("Awarded alone, as a partial qualification"), required=False)
    optional = forms.BooleanField(label=_("Optional: one may leave it out"), required=False)
    assessment = TextField(label=_("Assessment"), long=True, required=False)

    def read(self) -> dict[str, Any]:
        """Return the columns of the unit."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def initial_of_unit(unit: Unit) -> dict[str, Any]:
    """Return what the form shows for a unit as it is stored; the version is that of its file."""
    told: Mapping[str, Any] = {
        name: getattr(unit, name) for name in UnitForm.base_fields if name != "version"
    }
    return {**told, "version": unit.version.version}


class GroundForm(Locked):
    """What is written with a step: a ground where the procedure asks for one, else a remark."""

    ground = forms.CharField(
        label=_("Remark"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_("Stands in the history of the file."),
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needed:
            field = self.fields["ground"]
            field.label, field.required = gettext("Ground"), True
            field.help_text = gettext("Why? Everybody who works on the file reads it.")
            field.error_messages["required"] = gettext("Give the ground for this step.")
