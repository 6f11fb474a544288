"""The forms of what is built together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import DateInput, TextField
from gilde.organisations.public import Organisation
from gilde.qualifications import vocabularies
from gilde.qualifications.forms.programmes import NamedField, Versioned
from gilde.qualifications.models import Joint, JointUnit, Level, OutcomeVersion, Partner, QualificationVersion

_CODE: Final = re.compile(r"([-\w]{1,80})(?:/(\d{1,4}))?")


class JointForm(Versioned):
    lead = forms.ModelChoiceField(Organisation.objects.none(), label=_("Lead partner"))
    purpose = forms.ChoiceField(
        label=_("What for"),
        choices=Joint.Purpose.choices,
        widget=forms.RadioSelect,
        initial=Joint.Purpose.JOINT,
    )
    title = TextField(label=_("Title"), max_length=200)
    summary = TextField(label=_("What it is, in a few sentences"), long=True, required=False)
    eqf = forms.IntegerField(
        label=_("EQF level aimed at"),
        required=False,
        min_value=1,
        max_value=8,
        help_text=_("A level of the European Qualifications Framework, from 1 to 8."),
    )
    starts = forms.DateField(label=_("From"), required=False, widget=DateInput)
    ends = forms.DateField(label=_("Until"), required=False, widget=DateInput)
    governance = TextField(
        label=_("How it is governed"),
        long=True,
        required=False,
        help_text=_("Who decides, how, and what happens when partners differ."),
    )
    quality = TextField(
        label=_("Quality assurance"),
        long=True,
        required=False,
        help_text=_("How partners see to it that each teaches and assesses as agreed."),
    )

    def __init__(self, *args: Any, leads: list[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if leads is None:  # who leads is settled when it begins
            del self.fields["lead"]
        else:
            own: Any = self.fields["lead"]
            own.queryset = Organisation.objects.filter(pk__in=[each.pk for each in leads])
            own.choices = [("", ""), *((each.pk, str(each)) for each in leads)]
            own.initial = leads[0].pk if len(leads) == 1 else None


def joint_initial(joint: Joint) -> dict[str, Any]:
    """Return what the form shows for what is built together as it is stored now."""
    names = ("purpose", "title", "summary", "eqf", "starts", "ends", "governance", "quality", "version")
    return {name: getattr(joint, name) for name in names}


class LevelField(forms.ModelChoiceField):  # type: ignore[type-arg]  # a form field takes no argument at run time
    """The levels of all frameworks, by framework."""

    def __init__(self, **kwargs: Any) -> None:
        levels = Level.objects.select_related("framework").order_by(
            "framework__country", "framework", "position"
        )
        super().__init__(levels, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.framework.country} · {obj.framework.name} · {obj.name}"


class CodeField(forms.CharField):
    """Gives a version of a qualification on record from its code, or from code and number: "welder/2"."""

    on_record: QuerySet[QualificationVersion]

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        if not words:
            return None
        match = _CODE.fullmatch(words)
        found = self.on_record.filter(qualification__code=match[1]) if match else self.on_record.none()
        if match and match[2]:
            found = found.filter(number=int(match[2]))
        # The one on the register, else the one that was recognised last.
        version = found.order_by(F("registered_at").desc(nulls_last=True), "-number").first()
        if version is None:
            sentence = _now(
                "There is no qualification on record with the code “%(code)s”. Search for it above, and choose it."
            )
            raise ValidationError(sentence % {"code": words})
        return version

    def prepare_value(self, value: Any) -> Any:
        return (
            f"{value.qualification.code}/{value.number}" if isinstance(value, QualificationVersion) else value
        )


class PartnerForm(Versioned):
    organisation = NamedField(Organisation.objects.all(), label=_("Organisation"))
    country = forms.CharField(
        label=_("Country"), min_length=2, max_length=2, help_text=_("Its ISO 3166-1 code, such as BE.")
    )
    qualification = CodeField(
        label=_("National qualification"),
        required=False,
        max_length=90,
        help_text=_("Its code, such as welder, or the code with a version, such as welder/2."),
    )
    level = LevelField(label=_("National level"), required=False, empty_label=_("Not told"))
    credit_system = forms.ChoiceField(label=_("Credit system"), initial="ecvet")
    hours_per_credit = forms.DecimalField(
        label=_("Hours of learning in one credit point"),
        required=False,
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text=_("By these hours credit is converted from one system into another."),
    )
    contact = forms.CharField(
        label=_("Contact"),
        required=False,
        max_length=200,
        help_text=_(
            "A department or its address, no person: it stands in the memorandum, which is public once agreed."
        ),
    )

    def __init__(self, *args: Any, on_record: QuerySet[QualificationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields
        own["qualification"].on_record = on_record.select_related("qualification")
        known = {code: str(system.name) for code, system in vocabularies.credit_systems().items()}
        kept = str(self.initial.get("credit_system") or "ecvet")  # perhaps one that only this country has
        own["credit_system"].choices = list({**known, kept: known.get(kept, kept)}.items())


def partner_initial(partner: Partner) -> dict[str, Any]:
    """Return what the form shows for a partner as it is stored now."""
    names = ("country", "qualification", "credit_system", "hours_per_credit", "contact")
    return {
        **{name: getattr(partner, name) for name in names},
        "organisation": partner.organisation_id,
        "level": partner.level_id,
        "version": partner.joint.version,
    }


class PartnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # a form field takes no argument at run time
    """One of the partners, in their order."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.organisation} ({obj.country})"


class PartnersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # as above
    """Several of the partners, in their order."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.organisation} ({obj.country})"


class JointUnitForm(Versioned):
    title = TextField(label=_("Title"), max_length=200)
    national = PartnerField(
        Partner.objects.none(), label=_("Belongs to"), required=False, empty_label=_("All partners")
    )
    credit = forms.DecimalField(
        label=_("Credit points"),
        required=False,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=_("In the system of the lead partner, for a national part in that of its partner."),
    )
    hours = forms.IntegerField(label=_("Workload in hours"), required=False, min_value=1, max_value=20_000)
    delivered_by = PartnersField(Partner.objects.none(), label=_("Taught by"), required=False)
    assessed_by = PartnerField(
        Partner.objects.none(), label=_("Assessed by"), required=False, empty_label=_("Not told yet")
    )
    assessment = TextField(label=_("How it is assessed"), long=True, required=False)

    def __init__(self, *args: Any, joint: Joint, core: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = joint.partners.select_related("organisation").order_by("position", "country", "pk")
        own: Any = self.fields
        for name in ("national", "delivered_by", "assessed_by"):
            own[name].queryset = partners
        own["national"].empty_label = str(core)

    def read(self) -> dict[str, Any]:
        """Return what was written, by the names of the columns."""
        return {**super().read(), "delivered_by": list(self.cleaned_data["delivered_by"])}


def unit_initial(unit: JointUnit) -> dict[str, Any]:
    """Return what the form shows for a unit as it is stored now."""
    names = ("title", "credit", "hours", "assessment")
    return {
        **{name: getattr(unit, name) for name in names},
        "national": unit.national_id,
        "assessed_by": unit.assessed_by_id,
        "delivered_by": [each.pk for each in unit.delivered_by.all()],
        "version": unit.joint.version,
    }


class OutcomesForm(Versioned):
    """Which of the offered outcomes are ticked."""

    outcomes = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, offered: Iterable[OutcomeVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["outcomes"]
        own.choices = [(str(each.pk), "") for each in offered]

    def ticked(self) -> set[str]:
        """Return the keys of what is ticked."""
        return set(self.cleaned_data["outcomes"])


class AgreeForm(Versioned):
    partner = PartnerField(Partner.objects.none(), label=_("In the name of"), empty_label=None)

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["partner"]
        own.queryset = partners
