"""The forms of boards: their words, and the figures on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import TextField
from gilde.indicators.dimensions import breakdown_of, dimensions_of
from gilde.indicators.forms.fields import Versioned, breakdown_field, year_field
from gilde.indicators.models import Area, BoardItem, Indicator
from gilde.indicators.services.boards import BoardData, ItemData
from gilde.organisations.public import Organisation

_OF = "of_"


class BoardForm(Versioned):
    owner = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("For"),
        empty_label=None,
        help_text=_("Its members see the board."),
    )
    title = TextField(label=_("Title"), max_length=200)
    intro = TextField(label=_("Introduction"), long=True, required=False)

    def __init__(self, *args: Any, owners: Sequence[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        if owners is None:
            del self.fields["owner"]
        else:
            own["owner"].queryset = Organisation.objects.filter(pk__in=[each.pk for each in owners])
            if len(owners) == 1:
                own["owner"].initial = owners[0].pk

    def read(self) -> BoardData:
        """Return the words of the board."""
        return BoardData(self.cleaned_data["title"], self.cleaned_data["intro"])


class WhichForm(forms.Form):
    """Of which indicator a new figure is: asked first, because areas and breakdowns follow from it."""

    indicator = forms.ModelChoiceField(Indicator.objects.none(), label=_("Indicator"), to_field_name="code")

    def __init__(self, *args: Any, indicators: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["indicator"].queryset = Indicator.objects.filter(pk__in=[each.pk for each in indicators])
        named = sorted(
            ((each.code, str(each)) for each in indicators), key=lambda choice: choice[1].casefold()
        )
        own["indicator"].choices = [("", _("Choose")), *named]


class ItemForm(forms.Form):
    """How a figure is shown; `areas` are those that the indicator has figures for."""

    form = forms.ChoiceField(label=_("Show it as"), choices=BoardItem.Form.choices, widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("A map shows every area when none is ticked."),
    )
    since = year_field(_("From the year"), required=False, help_text=_("All years when empty."))
    note = TextField(label=_("Note"), max_length=500, required=False, help_text=_("Stands under the figure."))

    def __init__(self, indicator: Indicator, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.dimensions = dimensions_of(indicator)
        own: dict[str, Any] = self.fields
        own["areas"].choices = [(area.pk, f"{area.name} ({area.pk})") for area in areas]
        for dimension in self.dimensions:
            own[_OF + dimension.code] = breakdown_field(dimension)
        self.order_fields(["form", "areas", *(_OF + each.code for each in self.dimensions), "since", "note"])

    def read(self) -> ItemData:
        """Return what the figure shows."""
        given = self.cleaned_data
        return ItemData(
            indicator=self.indicator,
            form=given["form"],
            areas=given["areas"],
            breakdown={each.code: given[_OF + each.code] for each in self.dimensions},
            since=given["since"],
            note=given["note"],
        )


def initial_of_item(item: BoardItem) -> dict[str, Any]:
    """Return what the form shows for a figure as it is stored now."""
    told = breakdown_of(item.key, dimensions_of(item.indicator))
    return {
        "form": item.form,
        "areas": item.areas,
        "since": item.since,
        "note": item.note,
        **{_OF + code: category for code, category in told.items()},
    }
