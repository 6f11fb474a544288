"""The forms of keeping indicators: what is measured, where official figures come from, targets, judgements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.core import metrics
from gilde.core.fields import LinesField, TextField
from gilde.indicators.dimensions import breakdown_of, dimensions_of
from gilde.indicators.forms.dimension_lines import DimensionsField
from gilde.indicators.forms.fields import (
    AreaField,
    NumberField,
    OrganisationField,
    Versioned,
    breakdown_field,
    year_field,
)
from gilde.indicators.models import Area, Indicator, Origin, Target
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.models.targets import Status
from gilde.indicators.services.definitions import IndicatorData, OriginData
from gilde.organisations.public import Organisation


def _metric_choices() -> Iterable[tuple[str, str]]:
    return [("", "–"), *((each.code, f"{each.label} ({each.code})") for each in metrics.metrics())]


class IndicatorForm(Versioned):
    """What is measured; with `owners` it also asks who keeps it."""

    owner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Kept by"),
        empty_label=None,
        help_text=_("Its officers load figures and set targets."),
    )
    name = TextField(label=_("Name"), max_length=200)
    code = forms.SlugField(
        label=_("Code"),
        max_length=80,
        help_text=_(
            "The last part of its address: small letters, digits and hyphens. It stays once published."
        ),
    )
    kind = forms.ChoiceField(
        label=_("Where its figures come from"), choices=Indicator.Kind.choices, widget=forms.RadioSelect
    )
    metric = forms.ChoiceField(
        label=_("Metric of Gilde"), required=False, help_text=_("Only where Gilde computes the figures.")
    )
    definition = TextField(
        label=_("Definition"), long=True, help_text=_("What is counted, out of what; one sentence is best.")
    )
    scope = TextField(
        label=_("Scope"), long=True, required=False, help_text=_("Population and region, where not all.")
    )
    note = TextField(label=_("How to read it"), long=True, required=False)
    unit = forms.CharField(
        label=_("Unit"), max_length=20, help_text=_("The code of SDMX: PC for percent, NR for number.")
    )
    unit_label = TextField(
        label=_("Unit in words"), max_length=40, help_text=_("As on an axis: “%”, “persons”.")
    )
    decimals = forms.IntegerField(label=_("Decimals shown"), min_value=0, max_value=6, initial=1)
    minimum = NumberField(
        label=_("Least possible value"), required=False, help_text=_("A value below is held as impossible.")
    )
    maximum = NumberField(
        label=_("Greatest possible value"), required=False, help_text=_("100 for a share in percent.")
    )
    frequency = forms.ChoiceField(label=_("Frequency"), choices=Frequency.choices)
    direction = forms.ChoiceField(
        label=_("Direction"), choices=Indicator.Direction.choices, widget=forms.RadioSelect
    )
    aggregation = forms.ChoiceField(
        label=_("Figures of parts make the figure of a whole by"), choices=Indicator.Aggregation.choices
    )
    dimensions = DimensionsField(
        label=_("Dimensions"),
        help_text=_(
            "Beside area and time, one on each line: its code and name, a colon, its categories. "
            "A star stands before the category for all: <code>sex Sex: *T Total; F Women; M Men</code>"
        ),
    )
    body = OrganisationField(
        label=_("Responsible body"), required=False, empty_label=_("none that is known here")
    )
    source = TextField(label=_("Source"), max_length=300, help_text=_("As it stands under every figure."))
    source_url = forms.URLField(
        label=_("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    licence = forms.CharField(label=_("Licence of the figures"), max_length=200, required=False)

    def __init__(self, *args: Any, owners: Sequence[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["metric"].choices = _metric_choices()
        if owners is None:
            del self.fields["owner"]
        else:
            own["owner"].queryset = Organisation.objects.filter(pk__in=[each.pk for each in owners])
            if len(owners) == 1:
                own["owner"].initial = owners[0].pk

    def read(self) -> IndicatorData:
        """Return what was written of the indicator."""
        return IndicatorData(**{k: v for k, v in self.cleaned_data.items() if k not in ("version", "owner")})


def initial_of(indicator: Indicator) -> dict[str, Any]:
    """Return what the form shows for an indicator as it is stored now."""
    names = [name for name in IndicatorForm.base_fields if name not in ("owner", "dimensions", "body")]
    return {
        **{name: getattr(indicator, name) for name in names},
        "body": indicator.body_id,
        "dimensions": dimensions_of(indicator),
    }


class SelectionField(LinesField):
    """Gives a mapping of dimensions to codes, from lines such as "sex: T"."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        chosen: dict[str, str] = {}
        for line in super().to_python(value):
            code, mark, category = line.replace("=", ":", 1).partition(":")
            if not mark:
                raise ValidationError(
                    gettext("“%(line)s”: write the dimension, a colon and the code, such as “sex: T”.")
                    % {"line": line[:80]}
                )
            if code.strip().lower() in chosen:
                raise ValidationError(
                    gettext("“%(code)s” stands there twice; an indicator is of one code of each dimension.")
                    % {"code": code.strip()}
                )
            chosen[code.strip().lower()] = category.strip()
        return chosen

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{code}: {category}" for code, category in value.items())
        return value


class OriginForm(Versioned):
    provider = forms.ChoiceField(label=_("Provider"), choices=Origin.Provider.choices)
    dataflow = forms.CharField(
        label=_("Dataset"), max_length=100, help_text=_("Its code at the provider, such as edat_lfse_24.")
    )
    selection = SelectionField(
        label=_("Which part of it"),
        required=True,
        help_text=_("One dimension on each line, such as “sex: T”. Dimensions that are not named stay open."),
    )
    area_dimension = forms.CharField(
        label=_("Dimension of the area"), max_length=40, help_text=_("geo at Eurostat, ref_area at the OECD.")
    )
    areas = LinesField(
        label=_("Areas"), help_text=_("Codes to ask for, one on each line; all areas when empty.")
    )

    def read(self) -> OriginData:
        """Return where the figures come from."""
        return OriginData(**{k: v for k, v in self.cleaned_data.items() if k != "version"})


def initial_of_origin(indicator: Indicator, origin: Origin | None) -> dict[str, Any]:
    """Return what the form of an origin opens with."""
    if origin is None:
        return {"version": indicator.version, "area_dimension": "geo"}
    names = ("provider", "dataflow", "selection", "area_dimension", "areas")
    return {"version": indicator.version, **{name: getattr(origin, name) for name in names}}


_OF = "of_"


class TargetForm(Versioned):
    """A target with the instrument that issued it; asks for a category of each dimension of the indicator."""

    instrument = TextField(
        label=_("Instrument that issued it"), max_length=300, help_text=_("The decision, plan or agreement.")
    )
    instrument_code = forms.SlugField(
        label=_("Code of the instrument"),
        max_length=60,
        required=False,
        help_text=_("Where Gilde knows it, such as recommendation-2020."),
    )
    issued_year = year_field(_("Issued in"))
    area = AreaField(label=_("Area"), empty_label=_("Choose"))
    comparison = forms.ChoiceField(
        label=_("To be reached"), choices=Target.Comparison.choices, widget=forms.RadioSelect
    )
    value = NumberField(label=_("Value"))
    year = year_field(_("By the end of"))
    baseline_year = year_field(
        _("Counted from the year"), required=False, help_text=_("Where the instrument names one.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where in the instrument it stands, such as point 9.")
    )
    source_url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")
    scope_note = TextField(
        label=_("Where its scope differs"),
        long=True,
        required=False,
        help_text=_("Said when the target counts others than the indicator does: then nobody can tell."),
    )

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["value"].label = _("Value, in %(unit)s") % {"unit": indicator.unit_label}
        own["value"].suffix = str(indicator.unit_label)
        own["value"].required = True
        self.dimensions = dimensions_of(indicator)
        for dimension in self.dimensions:
            own[_OF + dimension.code] = breakdown_field(dimension)
        order = [*TargetForm.base_fields]
        place = order.index("area") + 1
        self.order_fields([*order[:place], *(_OF + each.code for each in self.dimensions), *order[place:]])

    def breakdown(self) -> dict[str, str]:
        """Return the category of each dimension."""
        return {each.code: self.cleaned_data[_OF + each.code] for each in self.dimensions}

    def given(self) -> dict[str, Any]:
        """Return what was written, without version and breakdown."""
        return {k: v for k, v in self.cleaned_data.items() if k != "version" and not k.startswith(_OF)}


def initial_of_target(target: Target) -> dict[str, Any]:
    """Return what the form shows for a target as it is stored now."""
    initial = {name: getattr(target, name) for name in TargetForm.base_fields if name != "area"}
    told = breakdown_of(target.key, dimensions_of(target.indicator))
    return {**initial, "area": target.area_id, **{_OF + code: category for code, category in told.items()}}


class JudgeForm(forms.Form):
    """A status that a person signs; it is shown with who signed it and when."""

    area = AreaField(label=_("Area"), empty_label=None)
    status = forms.ChoiceField(label=_("Your judgement"), choices=Status.choices, widget=forms.RadioSelect)
    ground = forms.CharField(
        label=_("Ground"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody reads it, with your name and the day: say what the arithmetic cannot know."),
    )

    def __init__(self, *args: Any, areas: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["area"].queryset = Area.objects.filter(pk__in=areas)
