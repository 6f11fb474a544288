"""The forms of issuers: opening one, how it works, what its papers look like, and its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import TextField
from gilde.core.text import Text
from gilde.credentials.models import Issuer, Layout, Suite
from gilde.credentials.renderings import pdf_logo, pdf_setting
from gilde.credentials.services.issuers import MOST_SIGNATORIES, Upload
from gilde.organisations.public import Organisation

SUITES = [
    (Suite.EDDSA_JCS, _("Ed25519, plain (eddsa-jcs-2022): fast, and read by most")),
    (Suite.EDDSA_RDFC, _("Ed25519, linked data (eddsa-rdfc-2022)")),
    (Suite.ECDSA_JCS, _("P-256, plain (ecdsa-jcs-2019)")),
    (Suite.ECDSA_RDFC, _("P-256, linked data (ecdsa-rdfc-2019)")),
]


class Versioned(forms.Form):
    """Remembers the version that the form was opened with, so that nobody is overwritten unseen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def read(self) -> dict[str, Any]:
        """Return what was written, by the names of the columns."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def lock(self) -> int:
        """Return the version that the form was opened with; 0, which nothing has, when that is lost."""
        return int(self.cleaned_data.get("version") or 0)


class OpenForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=_("Choose")
    )
    slug = forms.SlugField(
        label=_("Name in addresses"),
        max_length=80,
        required=False,
        help_text=_(
            "Stands in its identity for ever: small letters, digits and hyphens. Empty takes that of the organisation."
        ),
    )
    legal_id = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        required=False,
        help_text=_("In a public register of organisations. It stands in every award."),
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False, help_text=_("On its papers."))
    two_people = forms.BooleanField(
        label=_("Two people"),
        required=False,
        help_text=_("An award is issued only after a second person approved it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened = Issuer.objects.values("organisation")
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.exclude(pk__in=opened).order_by("slug")


class SettingsForm(Versioned):
    two_people = forms.BooleanField(
        label=_("Two people"),
        required=False,
        help_text=_("An award is issued only after a second person approved it."),
    )
    legal_id = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        required=False,
        help_text=_("In a public register of organisations. It stands in every award."),
    )
    place = forms.CharField(
        label=_("Place"), max_length=120, required=False, help_text=_("Where awards are given, on papers.")
    )
    suite = forms.ChoiceField(
        label=_("Signed with"),
        choices=SUITES,
        help_text=_(
            "Applies to what is issued from now on. Leave it as it is unless who receives your awards asks for another."
        ),
    )


class LookForm(Versioned):
    """What papers look like; `signatory_1_name`, `signatory_1_function` and so on make the list of signatories."""

    layout = forms.ChoiceField(
        label=_("Layout"), choices=Layout.choices, widget=forms.RadioSelect, initial=Layout.CLASSIC
    )
    colour = forms.CharField(
        label=_("Colour"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("Of rules and headings. Words stay dark where this colour could not be read."),
    )
    wording = TextField(
        label=_("Wording"),
        required=False,
        max_length=300,
        help_text=_(
            "The sentence above the title, such as “has passed all examinations for”. Empty takes the usual one."
        ),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, or SVG drawn with plain shapes; at most 2 MB."),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    template = forms.FileField(
        label=_("Own layout"),
        required=False,
        help_text=_(
            "A typst file that takes the place of the layout above. A sample is made with it before it is stored."
        ),
    )
    no_template = forms.BooleanField(label=_("Take the own layout away"), required=False)

    def __init__(self, *args: Any, has_logo: bool = False, has_template: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["no_logo"]
        if not has_template:
            del self.fields["no_template"]
        for number in range(1, MOST_SIGNATORIES + 1):
            self.fields[f"signatory_{number}_name"] = forms.CharField(
                label=_("Name of signatory %(number)d") % {"number": number}, max_length=120, required=False
            )
            self.fields[f"signatory_{number}_function"] = TextField(
                label=_("Function of signatory %(number)d") % {"number": number},
                max_length=120,
                required=False,
            )

    def clean_logo(self) -> Any:
        return self._small(self.cleaned_data["logo"], pdf_logo.LARGEST)

    def clean_template(self) -> Any:
        return self._small(self.cleaned_data["template"], pdf_setting.LARGEST_SOURCE)

    def _small(self, file: Any, most: int) -> Any:
        if file is not None and file.size > most:
            raise forms.ValidationError(
                _("The file has %(size)d bytes, and may have %(most)d."),
                params={"size": file.size, "most": most},
            )
        return file

    def read(self) -> dict[str, Any]:
        """Return what was written, by the names that `issuers.change_look` takes."""
        told = {name: self.cleaned_data[name] for name in ("layout", "colour", "wording")}
        told["signatories"] = [
            {"name": name, "function": dict(self.cleaned_data[f"signatory_{number}_function"].words)}
            for number in range(1, MOST_SIGNATORIES + 1)
            if (name := self.cleaned_data[f"signatory_{number}_name"].strip())
        ]
        files = ("logo", "template")
        told["without"] = [name for name in files if self.cleaned_data.get(f"no_{name}")]
        for name in files:
            if (file := self.cleaned_data.get(name)) is not None:
                file.seek(0)
                told[name] = Upload(file.name, file.read())
        return told


def look_initial(issuer: Issuer) -> dict[str, Any]:
    """Return what the form of the look shows for an issuer as it is stored now."""
    told: dict[str, Any] = {
        name: getattr(issuer, name) for name in ("layout", "colour", "wording", "version")
    }
    signatories: Sequence[Any] = issuer.signatories
    for number, each in enumerate(signatories[:MOST_SIGNATORIES], 1):
        words = each.get("function", {})
        told[f"signatory_{number}_name"] = each.get("name", "")
        told[f"signatory_{number}_function"] = Text(next(iter(words), "en"), words)
    return told


class RotateForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("For your own record, such as: every year. It is not published."),
    )


class CompromisedForm(forms.Form):
    """From when on a key may have been in other hands; `confirmed` comes with the second page."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The first day on which others may have had the key. Take the earlier day when in doubt."
        ),
    )
    at = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty means from the beginning of that day."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For your own record: what happened, and how you know. It is not published."),
    )


class NameTyped(forms.Form):
    """Asks for a name to be written as it stands, so that nothing is done by a slip."""

    name = forms.CharField(label=_("Write the name as it stands above"), widget=forms.TextInput)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = name
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        given = " ".join(str(self.cleaned_data["name"]).split())
        if given.casefold() != " ".join(self.wanted.split()).casefold():
            raise forms.ValidationError(
                _("This is not the name that stands above: %(name)s."), params={"name": self.wanted}
            )
        return given
