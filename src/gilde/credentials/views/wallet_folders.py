"""The folders of a wallet: made, given another name, taken away."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gilde.core.form_pages import Crumb, Page, answer, found
from gilde.credentials import access
from gilde.credentials.models import Folder
from gilde.credentials.services import holding

METHODS: Final = ["GET", "HEAD", "POST"]


class FolderForm(forms.Form):
    """The name of a folder."""

    name = forms.CharField(label=gettext_lazy("Name of the folder"), max_length=80)


@require_http_methods(METHODS)
def make(request: HttpRequest) -> HttpResponseBase:
    """Make a folder."""
    page = Page(
        title=_("New folder"),
        button=_("Make the folder"),
        back=reverse("credentials:wallet"),
        crumbs=crumbs(),
        lead=_("Only you see your folders."),
        said=lambda made: (
            _("The folder “%(name)s” is there. Choose awards and put them in it.") % {"name": made}
        ),
    )
    return answer(
        request,
        page,
        FolderForm(request.POST or None),
        lambda form: holding.make_folder(actor=request.user, name=form.cleaned_data["name"]),
    )


@require_http_methods(METHODS)
def rename(request: HttpRequest, folder_id: int) -> HttpResponseBase:
    """Give a folder another name."""
    folder = found(access.visible_folders(request.user), pk=folder_id)
    page = Page(
        title=_("Another name for “%(name)s”") % {"name": folder},
        button=_("Give it this name"),
        back=_address(folder),
        crumbs=crumbs(),
        done=_("The folder has its new name."),
    )
    return answer(
        request,
        page,
        FolderForm(request.POST or None, initial={"name": folder.name}),
        lambda form: holding.rename_folder(actor=request.user, folder=folder, name=form.cleaned_data["name"]),
    )


@require_http_methods(METHODS)
def remove(request: HttpRequest, folder_id: int) -> HttpResponseBase:
    """Say what taking a folder away means, and do it."""
    folder = found(access.visible_folders(request.user), pk=folder_id)
    if request.method == "POST":
        holding.remove_folder(actor=request.user, folder=folder)
        messages.success(request, _("The folder is gone; its awards lie in no folder now."))
        return redirect("credentials:wallet")
    context = {
        "title": _("Remove this folder"),
        "crumbs": crumbs(),
        "what": folder.name,
        "consequence": _(
            "The awards in it stay in your wallet, in no folder. Links that you shared go on working."
        ),
        "form": forms.Form(),
        "button": _("Remove the folder"),
        "cancel": _address(folder),
    }
    return render(request, "core/confirm.html", context)


def _address(folder: Folder) -> str:
    return f"{reverse('credentials:wallet')}?folder={folder.pk}"


def crumbs() -> list[Crumb]:
    """Return where the pages of a wallet lie."""
    return [(_("My wallet"), reverse("credentials:wallet"))]
