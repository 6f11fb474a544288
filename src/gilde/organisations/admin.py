"""The administration shows; changes go through the services, so that they are checked and audited."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from gilde.organisations.models import Membership, Organisation


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows, and changes nothing."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "country", "synthetic")
    list_filter = ("kind", "synthetic")
    search_fields = ("slug", "short")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("user", "organisation", "role", "since", "until")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
