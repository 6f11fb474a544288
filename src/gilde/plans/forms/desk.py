"""The forms of the reading desk. They parse what was written; services decide what may be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from gilde.core.fields import DateInput
from gilde.organisations.public import Organisation
from gilde.plans.models import Instrument, Plan, Value
from gilde.plans.models.plans import Precision
from gilde.plans.services.desk import contents
from gilde.plans.services.publishing import Details

Kind = Value.Kind
# Languages in which plans come; the interface may have fewer.
DOCUMENT_LANGUAGES: Final = [
    ("en", _("English")),
    ("nl", _("Dutch")),
    ("fr", _("French")),
    ("de", _("German")),
    ("da", _("Danish")),
    ("es", _("Spanish")),
    ("it", _("Italian")),
    ("pl", _("Polish")),
    ("pt", _("Portuguese")),
]
TICKED: Final = {"yes": True, "no": False, "unknown": None}
_TICK_CHOICES = [("yes", _("Ticked")), ("no", _("Not ticked")), ("unknown", _("It stays unknown"))]


def _field(form: forms.Form, name: str) -> Any:
    """Return a field, whatever its kind, to be set up for this form."""
    return form.fields[name]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Document"),
        help_text=_("PDF with text, Word (.docx), HTML, Markdown or plain text, at most 50 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.html,.htm,.md,.txt"}),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("For"), empty_label=None, help_text=_("On whose desk it comes.")
    )
    plan = forms.ModelChoiceField(
        Plan.objects.none(),
        label=_("A new edition of"),
        required=False,
        empty_label=_("No: this is a new plan"),
    )
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    language = forms.ChoiceField(label=_("Language of the document"), choices=DOCUMENT_LANGUAGES)

    def __init__(
        self, *args: Any, desks: Sequence[Organisation], plans: Sequence[Plan], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "organisation").queryset = Organisation.objects.filter(
            pk__in=[each.pk for each in desks]
        )
        _field(self, "plan").queryset = Plan.objects.filter(pk__in=[each.pk for each in plans])
        if not plans:
            _field(self, "plan").widget = forms.HiddenInput()
        if len(desks) == 1:
            _field(self, "organisation").initial = desks[0].pk


class Versioned(forms.Form):
    """Remembers the version of the value that the reader saw, so that nobody is overwritten unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class Grounded(Versioned):
    """A change of what the document says, with the ground for it."""

    ground = forms.CharField(
        label=_("On what ground"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=_("Where you saw it, or who told you. It is kept with the value."),
    )

    def content(self) -> dict[str, Any]:
        """Return what was written, as the content of a value."""
        left = {"version", "ground", "measure", "kind"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left}


class TitleForm(Grounded):
    text = forms.CharField(
        label=_("Title"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "class": "short"})
    )
    field_order = ["text", "ground"]


class SectionForm(Grounded):
    text = forms.CharField(
        label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 14})
    )
    field_order = ["text", "ground"]


class ActionForm(Grounded):
    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    text = forms.CharField(
        label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    field_order = ["title", "text", "ground"]


class TickForm(Grounded):
    ticked = forms.ChoiceField(label=_("This box is"), choices=_TICK_CHOICES, widget=forms.RadioSelect)
    field_order = ["ticked", "ground"]

    def content(self) -> dict[str, Any]:
        return {"ticked": TICKED[self.cleaned_data["ticked"]]}


class BodyForm(Grounded):
    name = forms.CharField(label=_("Name as the plan writes it"), max_length=300)
    field_order = ["name", "ground"]


class FundingForm(Grounded):
    amount = forms.DecimalField(
        label=_("Amount"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        localize=True,
        help_text=_("In whole units, such as 714000. Leave it empty when the plan gives no amount."),
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, initial="EUR", help_text=_("Three letters.")
    )
    period = forms.ChoiceField(label=_("Period"), required=False)
    approximate = forms.BooleanField(label=_("About"), required=False)
    maximum = forms.BooleanField(label=_("At most"), required=False)
    year = forms.IntegerField(label=_("For the year"), required=False, min_value=1900, max_value=2200)
    programme = forms.CharField(label=_("Programme or fund"), max_length=120, required=False)
    text = forms.CharField(
        label=_("In words"),
        max_length=contents.LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )
    field_order = [
        "amount",
        "currency",
        "period",
        "approximate",
        "maximum",
        "year",
        "programme",
        "text",
        "ground",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods = [(period, contents.period_words(period)) for period in contents.PERIODS]
        _field(self, "period").choices = [("", _("The plan does not say")), *periods]
        _field(self, "year").localize = False


class DateForm(Grounded):
    kind = forms.ChoiceField(label=_("What it is"))
    first = forms.DateField(label=_("First day"), required=False, widget=DateInput())
    last = forms.DateField(label=_("Last day"), required=False, widget=DateInput())
    precision = forms.ChoiceField(
        label=_("How exact"), required=False, choices=[("", "–"), *Precision.choices]
    )
    every = forms.CharField(
        label=_("Comes back every"),
        max_length=6,
        required=False,
        help_text=_("P2Y is two years, P6M six months."),
    )
    text = forms.CharField(label=_("In words"), max_length=contents.LONGEST_WORDS, required=False)
    field_order = ["kind", "first", "last", "precision", "every", "text", "ground"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "kind").choices = [
            (kind, contents.date_kind_words(kind)) for kind in contents.DATE_KINDS
        ]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "from": data["first"].isoformat() if data["first"] else None,
            "to": data["last"].isoformat() if data["last"] else None,
            "precision": data["precision"] or None,
            "every": data["every"] or None,
            "text": data["text"],
        }


FORMS: Final[Mapping[str, type[Grounded]]] = {
    Kind.TITLE: TitleForm,
    Kind.SECTION: SectionForm,
    Kind.ACTION: ActionForm,
    Kind.TICK: TickForm,
    Kind.BODY: BodyForm,
    Kind.FUNDING: FundingForm,
    Kind.DATE: DateForm,
}


def initial_of(value: Value) -> dict[str, Any]:
    """Return what the form of a value opens with."""
    content = value.content
    initial = {"version": value.version, **content}
    if value.kind == Kind.TICK:
        known = {True: "yes", False: "no"}.get(content["ticked"], "")
        initial["ticked"] = known or ("unknown" if value.status == Value.Status.DECIDED else "")
    if value.kind == Kind.DATE:
        initial |= {"first": content.get("from"), "last": content.get("to")}
    return initial


class LinkForm(Versioned):
    """Which organisation a body is: one of the suggestions, any other, or none that is known here."""

    choice = forms.ChoiceField(label=_("This body is"), widget=forms.RadioSelect)
    other = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Another organisation"), required=False, empty_label=_("Choose")
    )

    def __init__(self, *args: Any, suggested: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _field(self, "other").queryset = Organisation.objects.order_by("slug")
        _field(self, "choice").choices = [
            *suggested,
            ("other", _("Another organisation, chosen below")),
            ("none", _("No organisation that is known here")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") == "other" and not data.get("other"):
            self.add_error("other", _("Choose the organisation, or say that none is known here."))
        return data

    def organisation(self) -> Organisation | None:
        """Return the organisation that was chosen; None where the body is none that is known here."""
        choice = self.cleaned_data["choice"]
        if choice == "none":
            return None
        if choice == "other":
            chosen: Organisation = self.cleaned_data["other"]
            return chosen
        return Organisation.objects.get(pk=choice)


class SplitForm(Versioned):
    """Where an action is cut in two: one of the likely places, or a character counted from the beginning."""

    position = forms.ChoiceField(
        label=_("The second action begins with"), widget=forms.RadioSelect, required=False
    )
    words = forms.CharField(
        label=_("Or with these words of the text"),
        max_length=200,
        required=False,
        help_text=_("Copy the first words of the second action from the text."),
    )

    def __init__(self, *args: Any, text: str, cuts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        _field(self, "position").choices = [(str(place), words) for place, words in cuts]
        if not cuts:
            del self.fields["position"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        words = (data.get("words") or "").strip()
        if words:
            place = self.text.find(words)
            if place <= 0:
                self.add_error("words", _("These words are not in the text of the action."))
            data["place"] = place
        elif data.get("position"):
            data["place"] = int(data["position"])
        else:
            self.add_error("words", _("Choose where the second action begins."))
        return data


class MergeForm(Versioned):
    second = forms.IntegerField(widget=forms.HiddenInput)
    second_version = forms.IntegerField(widget=forms.HiddenInput)


class RestoreForm(Versioned):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class LeaveOutForm(Grounded):
    field_order = ["ground"]


class PublishForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=300)
    short_title = forms.CharField(label=_("Short title"), max_length=80, help_text=_("For menus and tables."))
    slug = forms.CharField(
        label=_("Address"),
        max_length=80,
        validators=[validate_slug],
        help_text=_("The last part of the plan's address: small letters, digits and hyphens."),
    )
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Two letters (ISO 3166-1); empty for none."),
    )
    area = forms.CharField(label=_("Area that the figures cover"), max_length=120, required=False)
    published_on = forms.DateField(label=_("Date of the document"), required=False, widget=DateInput())
    period_start = forms.IntegerField(label=_("First year"), required=False, min_value=1900, max_value=2200)
    period_end = forms.IntegerField(label=_("Last year"), required=False, min_value=1900, max_value=2200)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    instruments = forms.ModelMultipleChoiceField(
        Instrument.objects.all(), label=_("Answers to"), widget=forms.CheckboxSelectMultiple, required=False
    )
    synthetic = forms.BooleanField(
        label=_("This plan is invented, for showing or trying things"), required=False
    )
    same = forms.MultipleChoiceField(
        label=_("These numbers are the same measure under a new title"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick what is still the same measure: then it keeps its progress."),
    )
    expects = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, plan: Plan | None, reused: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("period_start", "period_end"):
            _field(self, name).localize = False
        if plan is not None:
            del self.fields["slug"], self.fields["synthetic"]
        if reused:
            _field(self, "same").choices = list(reused)
        else:
            del self.fields["same"]

    def details(self, plan: Plan | None) -> Details:
        """Return what was written of the plan."""
        data = self.cleaned_data
        return Details(
            slug=plan.slug if plan else data["slug"],
            title=data["title"],
            short_title=data["short_title"],
            country=data["country"],
            area=data["area"],
            published_on=data["published_on"],
            period_start=data["period_start"],
            period_end=data["period_end"],
            source=data["source"],
            instruments=[instrument.code for instrument in data["instruments"]],
            synthetic=bool(data.get("synthetic")),
        )


def default_language(code: str) -> str:
    """Return the reader's language where documents come in it, for a form to open with."""
    return code if code in dict(DOCUMENT_LANGUAGES) else settings.LANGUAGE_CODE
