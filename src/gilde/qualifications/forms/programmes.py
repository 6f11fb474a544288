"""The forms of programmes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gilde.core.errors import Invalid
from gilde.core.fields import TextField
from gilde.core.periods import SchoolYear
from gilde.indicators.public import Area
from gilde.organisations.public import Organisation
from gilde.qualifications import enrolments, vocabularies
from gilde.qualifications.models import Offer, Programme, QualificationVersion


class Versioned(forms.Form):
    """Remembers the version that the form was opened with, so that nobody is overwritten unseen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def read(self) -> dict[str, Any]:
        """Return what was written, by the names of the columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def lock(self) -> int:
        """Return the version that the form was opened with; 0, which nothing has, when that is lost."""
        return int(self.cleaned_data.get("version") or 0)


class SchoolYearField(forms.CharField):
    """Gives the year in which a school year begins, from "2025-2026" or "2025"; None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Such as 2025-2026."))
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        try:
            return enrolments.school_year(words).start
        except Invalid as error:
            raise ValidationError(error.sentence) from error

    def prepare_value(self, value: Any) -> Any:
        return str(SchoolYear(value)) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.prepare_value(initial) or "") != (data or ""))


class _Named(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]  # not generic at run time
    """The choices of a field in the order of the reader's alphabet."""

    def __iter__(self) -> Any:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from sorted(
            (self.choice(each) for each in self.queryset), key=lambda one: str(one[1]).casefold()
        )


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Things of the database with their names, in the order of the reader's alphabet."""

    iterator = _Named


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """The areas that Gilde knows, in their order, each with its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Area.objects.all(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.pk})"


class ProgrammeForm(Versioned):
    owner = NamedField(Organisation.objects.none(), label=_("Kept by"))
    code = forms.SlugField(
        label=_("Code"),
        max_length=80,
        help_text=_("The last part of its address: small letters, digits and hyphens. It stays."),
    )
    matrix = forms.ChoiceField(label=_("Matrix"))
    title = TextField(label=_("Title"), max_length=200)
    summary = TextField(label=_("What one learns"), long=True, required=False)
    finality = forms.ChoiceField(label=_("Finality"))
    form = forms.ChoiceField(label=_("Form"))
    domain = forms.ChoiceField(label=_("Domain"))
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    years = forms.DecimalField(
        label=_("Length in years"), required=False, min_value=0, max_digits=3, decimal_places=1, localize=True
    )
    created_in = SchoolYearField(label=_("First school year"))
    ended_in = SchoolYearField(label=_("Last school year"), required=False)

    def __init__(
        self, *args: Any, owners: Sequence[Organisation] | None = None, matrix: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        known = vocabularies.matrices()
        own["matrix"].choices = [(each.code, str(each.name)) for each in known.values()]
        if owners is None:
            del self.fields["owner"], self.fields["code"], self.fields["matrix"]
        else:
            own["owner"].queryset = Organisation.objects.filter(pk__in=[each.pk for each in owners])
            if len(owners) == 1:
                own["owner"].initial = owners[0].pk
        stands_in = [known[matrix]] if matrix in known else list(known.values())
        for name, plural in (
            ("finality", "finalities"),
            ("form", "forms"),
            ("domain", "domains"),
            ("grade", "grades"),
        ):
            terms = {code: term for each in stands_in for code, term in getattr(each, plural).items()}
            empty = [] if own[name].required else [("", "–")]
            own[name].choices = empty + vocabularies.choices(terms)


def programme_initial(programme: Programme) -> dict[str, Any]:
    """Return what the form shows for a programme as it is stored now."""
    left_out = ("owner", "code", "matrix")
    return {name: getattr(programme, name) for name in ProgrammeForm.base_fields if name not in left_out}


class LeadsToForm(Versioned):
    """To which qualifications a programme leads: every one that the writer may see."""

    qualifications = forms.MultipleChoiceField(
        label=_("Leads to"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, offered: Iterable[QualificationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(each.qualification_id): each.qualification for each in offered}
        named = [(str(each.qualification_id), str(each.title)) for each in offered]
        own: dict[str, Any] = self.fields
        own["qualifications"].choices = sorted(named, key=lambda choice: choice[1].casefold())

    def chosen(self) -> list[Any]:
        """Return the qualifications that were ticked."""
        return [self.offered[key] for key in self.cleaned_data["qualifications"]]


class ScreeningForm(Versioned):
    school_year = SchoolYearField(label=_("Screened in school year"))


class OfferForm(Versioned):
    provider = NamedField(
        Organisation.objects.only("name"), label=_("School or provider"), empty_label=_("Choose")
    )
    place = forms.CharField(label=_("Town"), max_length=80)
    site = forms.CharField(
        label=_("Site"), max_length=120, required=False, help_text=_("Where it has several.")
    )
    area = AreaField(label=_("Area"), required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    since = SchoolYearField(label=_("From school year"), required=False)
    until = SchoolYearField(label=_("To school year"), required=False)


def offer_initial(offer: Offer) -> dict[str, Any]:
    """Return what the form shows for an offer as it is stored now."""
    return {
        **{name: getattr(offer, name) for name in ("place", "site", "website", "since", "until")},
        "version": offer.programme.version,
        "provider": offer.provider_id,
        "area": offer.area_id,
    }


class EndForm(Versioned):
    school_year = SchoolYearField(label=_("Last school year"))


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """The places where a programme is offered."""

    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(part for part in (str(obj.provider), obj.place, obj.site) if part)


class EnrolmentForm(forms.Form):
    offer = PlaceField(
        Offer.objects.none(), label=_("Where"), required=False, empty_label=_("All places together")
    )
    school_year = SchoolYearField(label=_("School year"))
    learners = forms.IntegerField(label=_("Learners"), min_value=0, max_value=enrolments.MOST_LEARNERS)
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("Who counted, and when.")
    )

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["offer"].queryset = programme.offers.select_related("provider")


class EnrolmentsForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV in UTF-8 with the columns programme, school_year and learners; where you like also provider, place, "
            "site and source. Programme and provider are the codes in their addresses. At most 5 MB."
        ),
    )
