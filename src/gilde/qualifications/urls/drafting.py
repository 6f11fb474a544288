"""Routes of the workbench of drafters, and of learning outcomes as things of their own."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import (
    drafting,
    drafting_changes,
    drafting_comments,
    drafting_forms,
    drafting_outcomes,
    drafting_steps,
    outcomes,
)

_file = "qualifications/files/<uuid:version_id>/"
_unit = _file + "units/<uuid:unit_id>/"
_use = _file + "outcomes/<int:use_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("qualifications/files/", drafting.files, name="files"),
    path("qualifications/files/add/", drafting_forms.file_add, name="file-add"),
    path(_file, drafting.file, name="file"),
    path(_file + "edit/", drafting_forms.file_edit, name="file-edit"),
    path(_file + "relations/", drafting_forms.file_relations, name="file-relations"),
    path(_file + "units/add/", drafting_forms.unit_add, name="unit-add"),
    path(_unit + "edit/", drafting_forms.unit_edit, name="unit-edit"),
    path(_unit + "move/", drafting_forms.unit_move, name="unit-move"),
    path(_unit + "remove/", drafting_forms.unit_remove, name="unit-remove"),
    path(_unit + "outcomes/add/", drafting_outcomes.outcome_add, name="outcome-add"),
    path(_unit + "reuse/", drafting_outcomes.outcome_reuse, name="outcome-reuse"),
    path(_use + "edit/", drafting_outcomes.outcome_edit, name="outcome-edit"),
    path(_use + "move/", drafting_outcomes.outcome_move, name="outcome-move"),
    path(_use + "remove/", drafting_outcomes.outcome_remove, name="outcome-remove"),
    path(_file + "steps/<slug:name>/", drafting_steps.step, name="file-step"),
    path(_file + "changes/", drafting_changes.changes, name="file-changes"),
    path(_file + "comments/", drafting_comments.comments, name="file-comments"),
    path(_file + "next-version/", drafting_steps.next_version, name="file-next"),
    path("outcomes/", outcomes.catalogue, name="outcomes"),
    path("outcomes/<uuid:outcome_id>/", outcomes.outcome, name="outcome"),
]
