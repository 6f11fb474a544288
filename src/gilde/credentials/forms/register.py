"""Forms of the register: files of awards, deposits, trust lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gilde.credentials.forms.awards import AwardForm
from gilde.credentials.models import Achievement, Batch

_TABLES = ".csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileForm(forms.Form):
    """A file of awards."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the service says it in a better sentence
        help_text=_("CSV or XLSX, at most 30 MB and 100,000 rows, with the columns of the template."),
        widget=forms.FileInput(attrs={"accept": _TABLES}),
    )


class BatchForm(FileForm):
    """A file of awards, and what it is for."""

    kind = forms.ChoiceField(
        label=_("What these awards are"),
        choices=[
            (Batch.Kind.ISSUE, _("New: they were reached now, and are issued here first")),
            (
                Batch.Kind.DEPOSIT,
                _("Old: they were awarded before, on paper, and are deposited in the register"),
            ),
        ],
        initial=Batch.Kind.ISSUE,
        widget=forms.RadioSelect,
    )
    notify = forms.BooleanField(
        label=_("Tell the holders by mail once they are issued"),
        required=False,
        initial=True,
        help_text=_(
            "Each gets a link with which the award comes into their wallet. Without an address nobody is told."
        ),
    )


class ReasonForm(forms.Form):
    """Why something is decided."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class ChooseForm(forms.Form):
    """Which achievement was awarded."""

    achievement = forms.ChoiceField(label=_("What was awarded"))

    def __init__(self, *args: Any, achievements: list[Achievement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        by_issuer: dict[str, list[tuple[str, str]]] = {}
        for each in achievements:
            by_issuer.setdefault(str(each.issuer), []).append((str(each.pk), f"{each.title} ({each.code})"))
        fields["achievement"].choices = [("", _("Choose")), *by_issuer.items()]


class DepositForm(AwardForm):
    """An award of before, with a scan of its paper."""

    scan = forms.FileField(
        label=_("Scan of the paper"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 20 MB. Only people of your organisation see it."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    notify = forms.BooleanField(label=_("Tell the holder by mail"), required=False, initial=True)

    def read(self) -> dict[str, Any]:
        """Return what was written of the award."""
        return {name: value for name, value in super().read().items() if name not in ("scan", "notify")}


class TrustForm(forms.Form):
    """A trust list: its name, and where it comes from."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As those who check will read it, with who answers for it."),
    )
    url = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        help_text=_("From which it is read, and later read again; it begins with https://."),
        widget=forms.URLInput,
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_(
            "JSON or CSV as Gilde describes it, or the XML of a trusted list (ETSI TS 119 612); at most 25 MB."
        ),
    )
