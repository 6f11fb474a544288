"""The form of a reported figure."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gilde.core import clock
from gilde.indicators.dimensions import breakdown_of, dimensions_of
from gilde.indicators.figures import MISSING
from gilde.indicators.forms.fields import AreaField, NumberField, Versioned, breakdown_field, day_field
from gilde.indicators.models import Indicator, ReportedFigure
from gilde.indicators.models.definitions import Frequency
from gilde.indicators.services.reported import ReportedData

FLAG_WORDS: Final = {
    "b": _("The series is broken here: it cannot be compared with what came before"),
    "d": _("The definition differs"),
    "e": _("Estimated"),
    "p": _("Provisional"),
    "u": _("Unreliable"),
    MISSING: _("There is no figure for this period"),
}
_HOW_PERIODS_ARE_WRITTEN: Final = {
    Frequency.YEAR: _("A year, such as 2025."),
    Frequency.SCHOOL_YEAR: _("A school year, such as 2025-2026."),
    Frequency.QUARTER: _("A quarter, such as 2025-Q3."),
    Frequency.MONTH: _("A month, such as 2025-09."),
}
_OF = "of_"  # opens the names of the fields that say of which category the figure is


class ReportedForm(Versioned):
    area = AreaField(label=_("Area"), empty_label=_("Choose"))
    period = forms.CharField(label=_("Period"), max_length=20)
    value = NumberField(label=_("Value"), required=False)
    numerator = NumberField(label=_("Numerator"), required=False)
    denominator = NumberField(label=_("Denominator"), required=False)
    flags = forms.MultipleChoiceField(
        label=pgettext_lazy("of a figure", "What to know of it"),
        choices=list(FLAG_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("As it will stand under the figure: who counted, in what."),
    )
    file = forms.FileField(label=_("File that shows it"), required=False, help_text=_("At most 50 MB."))
    url = forms.URLField(
        label=_("Or a link where it can be read"), max_length=500, required=False, assume_scheme="https"
    )
    retrieved_on = day_field(
        _("Link retrieved on"),
        required=False,
        help_text=_("The day on which you looked at it; today when you leave it empty."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever approves it. It is shown with the figure."),
    )

    def __init__(self, indicator: Indicator, *args: Any, kept: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimensions = dimensions_of(indicator)
        unit = str(indicator.unit_label)
        own: dict[str, Any] = self.fields
        own["period"].help_text = _HOW_PERIODS_ARE_WRITTEN[Frequency(indicator.frequency)]
        own["value"].label = _("Value, in %(unit)s") % {"unit": unit}
        own["value"].suffix = unit
        own["value"].help_text = _(
            "With a decimal comma or point. What was understood is shown before it is handed in."
        )
        if indicator.unit == "PC":
            own["numerator"].help_text = _("How many did. The value is 100 × numerator ÷ denominator.")
            own["denominator"].help_text = _("Out of how many. With both, you may leave the value empty.")
        if kept:
            own["file"].help_text = _("“%(name)s” is there. Without a new file it stays.") % {"name": kept}
        for dimension in self.dimensions:
            own[_OF + dimension.code] = breakdown_field(dimension)
        # What the figure is of comes before the figure.
        self.order_fields(["area", *(_OF + each.code for each in self.dimensions), "period"])

    def read(self) -> ReportedData:
        """Return what was reported."""
        given = {k: v for k, v in self.cleaned_data.items() if k != "version" and not k.startswith(_OF)}
        file = given.pop("file", None)
        return ReportedData(
            **{**given, "flags": "".join(given["flags"])},
            breakdown={each.code: self.cleaned_data[_OF + each.code] for each in self.dimensions},
            file=file,
            file_name=getattr(file, "name", "") or "",
        )


def initial_of(figure: ReportedFigure) -> dict[str, Any]:
    """Return what the form shows for a figure as it is stored now."""
    names = (
        "version",
        "area",
        "period",
        "value",
        "numerator",
        "denominator",
        "source",
        "url",
        "retrieved_on",
        "note",
    )
    initial = {name: getattr(figure, name) for name in names}
    told = breakdown_of(figure.key, dimensions_of(figure.indicator))
    return {
        **initial,
        "area": figure.area_id,
        "flags": list(figure.flags),
        **{_OF + code: category for code, category in told.items()},
    }


def new_initial(area: str = "", period: str = "") -> dict[str, Any]:
    """Return what the form of a new figure opens with."""
    return {"area": area, "period": period, "retrieved_on": clock.today()}
