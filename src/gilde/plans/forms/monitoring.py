"""The forms of monitoring. They parse what was written; what may be stored is decided by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.fields import DateInput, TextField
from gilde.organisations.public import Organisation
from gilde.plans.models import Action, Evidence, Measure, Milestone, Spending
from gilde.plans.models.plans import Precision
from gilde.plans.services.evidence import EvidenceData
from gilde.plans.services.money import SpendingData
from gilde.plans.services.monitoring import ActionData, MilestoneData
from gilde.plans.services.updates import UpdateData

_EXACT = [
    ("", _("exactly this day")),
    *(choice for choice in Precision.choices if choice[0] != Precision.DAY),
]


def day_field(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(label=label, required=required, widget=DateInput(), **kwargs)


def precision_field() -> forms.ChoiceField:
    """Return the field that says how exact the date above it is."""
    return forms.ChoiceField(
        label=_("How exact"),
        choices=_EXACT,
        required=False,
        help_text=_("For a vague date give any day of it: with “year”, 1 March 2026 means all of 2026."),
    )


class Versioned(forms.Form):
    """Remembers the version that the form was opened with, so that nobody is overwritten unseen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class OrganisationField(forms.ModelChoiceField):
    """The organisations that Gilde knows, by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organisation.objects.all(), **kwargs)
        self.by_name()

    def by_name(self) -> None:
        """Offer the organisations in the order of the reader's alphabet, read anew for each form."""

        def choices() -> Iterable[tuple[Any, str]]:
            named = [(each.pk, str(each)) for each in Organisation.objects.only("name")]
            return [
                ("", str(self.empty_label or "")),
                *sorted(named, key=lambda choice: choice[1].casefold()),
            ]

        self.choices = choices


class ActionForm(Versioned):
    title = TextField(label=_("Title"), max_length=500)
    text = TextField(label=_("Text"), long=True, required=False)
    responsible = OrganisationField(
        label=_("Responsible"), required=False, empty_label=_("nobody in particular")
    )
    start = day_field(_("Start"), required=False)
    start_precision = precision_field()
    due = day_field(_("Due"), required=False)
    due_precision = precision_field()
    date_note = TextField(
        label=_("Dates in words"),
        required=False,
        help_text=_("As the plan puts it, when it is not a plain date."),
    )
    recurrence = forms.CharField(
        label=_("Comes back every"),
        required=False,
        max_length=12,
        help_text=_("P2Y is every two years, P6M every six months."),
    )

    def read(self) -> ActionData:
        """Return what was written."""
        return ActionData(**_without_version(self))


class _OfMeasure(Versioned):
    """A form with a choice among the actions (and milestones) of one measure."""

    def __init__(self, measure: Measure, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        for name, model in (("action", Action), ("milestone", Milestone)):
            if name in self.fields:
                self.fields[name].queryset = model.objects.filter(measure=measure)  # type: ignore[attr-defined]


class MilestoneForm(_OfMeasure):
    title = TextField(label=_("Title"), max_length=500)
    action = forms.ModelChoiceField(
        Action.objects.none(),
        label=_("Of the action"),
        required=False,
        empty_label=_("the measure as a whole"),
    )
    due = day_field(_("Due"), required=False)
    due_precision = precision_field()
    date_note = TextField(label=_("Date in words"), required=False)

    def read(self) -> MilestoneData:
        """Return what was written."""
        return MilestoneData(**_without_version(self))


class _EvidenceForm(_OfMeasure):
    kind = ""
    title = TextField(label=_("What it shows"), max_length=300)
    date = day_field(
        _("Date of the evidence"), help_text=_("When it was made or holds, not when you add it.")
    )
    action = forms.ModelChoiceField(
        Action.objects.none(), label=_("For the action"), required=False, empty_label=_("none")
    )
    milestone = forms.ModelChoiceField(
        Milestone.objects.none(), label=_("For the milestone"), required=False, empty_label=_("none")
    )

    def read(self) -> EvidenceData:
        """Return what was handed in."""
        given = _without_version(self)
        file = given.pop("file", None)
        return EvidenceData(kind=self.kind, file=file, file_name=getattr(file, "name", "") or "", **given)


class FileEvidenceForm(_EvidenceForm):
    kind = Evidence.Kind.FILE
    file = forms.FileField(label=_("File"), required=False, help_text=_("Kept by its hash. At most 50 MB."))


class LinkEvidenceForm(_EvidenceForm):
    kind = Evidence.Kind.LINK
    url = forms.URLField(label=_("Link"), max_length=500, assume_scheme="https")
    retrieved_on = day_field(
        _("Retrieved on"), initial=clock.today, help_text=_("The day on which you looked at it.")
    )


class FigureEvidenceForm(_EvidenceForm):
    kind = Evidence.Kind.FIGURE
    figure = forms.DecimalField(label=_("Figure"), max_digits=18, decimal_places=4, localize=True)
    unit = forms.CharField(
        label=_("Unit"), max_length=60, help_text=_("Such as workplaces, people, percent.")
    )


EVIDENCE_FORMS: dict[str, type[_EvidenceForm]] = {
    form.kind: form for form in (FileEvidenceForm, LinkEvidenceForm, FigureEvidenceForm)
}


class UpdateForm(_OfMeasure):
    text = TextField(label=_("What happened"), long=True)
    date = day_field(_("State of affairs on"), initial=clock.today)
    action = forms.ModelChoiceField(
        Action.objects.none(),
        label=_("About the action"),
        required=False,
        empty_label=_("the measure as a whole"),
    )
    new_state = forms.ChoiceField(
        label=_("The action is now"),
        required=False,
        choices=[("", _("no change")), *(c for c in Action.State.choices if c[0] != Action.State.PLANNED)],
        help_text=_("Set when somebody else approves this update."),
    )

    def read(self) -> UpdateData:
        """Return what was reported."""
        return UpdateData(**_without_version(self))


class SpendingForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Spending.Kind.choices)
    amount = forms.DecimalField(label=_("Amount"), max_digits=16, decimal_places=2, localize=True)
    date = day_field(_("Date"), initial=clock.today)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def read(self) -> SpendingData:
        """Return the amount."""
        return SpendingData(**self.cleaned_data)


class BodyForm(forms.Form):
    """Links a body to an organisation; `before` is the link that the form was opened with."""

    organisation = OrganisationField(
        label=_("Organisation"), required=False, empty_label=_("no organisation that Gilde knows")
    )
    before = forms.ModelChoiceField(Organisation.objects.all(), required=False, widget=forms.HiddenInput)


class ResponsibleForm(Versioned):
    responsible = OrganisationField(
        label=_("Responsible"), required=False, empty_label=_("nobody in particular")
    )


class OnForm(Versioned):
    on = day_field(_("On"), initial=clock.today)


class ReasonForm(Versioned):
    because = forms.CharField(
        label=_("Why"), widget=forms.Textarea, help_text=_("Everybody can read this: the plan promised it.")
    )


class GroundForm(Versioned):
    ground = forms.CharField(
        label=_("Ground of the decision"),
        widget=forms.Textarea,
        help_text=_("What is missing, so that it can be put right."),
    )


class RemarkForm(Versioned):
    ground = forms.CharField(label=_("Remark"), widget=forms.Textarea, required=False)


class MeetForm(Versioned):
    """The day, and evidence for it where none was handed in yet."""

    on = day_field(_("Met on"), initial=clock.today)
    url = forms.URLField(
        label=_("Link to evidence"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_(
            "Handed in together with the milestone. Leave it empty when evidence was already handed in."
        ),
    )

    def evidence(self, milestone: Milestone) -> EvidenceData | None:
        """Return the link as evidence, or None when there is none."""
        given = self.cleaned_data
        if not given["url"]:
            return None
        return EvidenceData(
            kind=Evidence.Kind.LINK, title=milestone.title, date=given["on"], url=given["url"]
        )


def initial_of(form: type[forms.Form], thing: Any) -> dict[str, Any]:
    """Return what a form shows for a thing as it is stored now."""
    initial = {name: getattr(thing, name) for name in form.base_fields if hasattr(thing, name)}
    for name in ("start_precision", "due_precision"):
        if initial.get(name) == Precision.DAY:
            initial[name] = ""
    return {name: value.pk if hasattr(value, "pk") else value for name, value in initial.items()}


def _without_version(form: forms.Form) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "version"}
