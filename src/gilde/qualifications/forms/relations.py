"""The form of what a file relates to: awarding bodies, profiles, what one needs before, occupations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gilde.core.access import Actor
from gilde.core.fields import LinesField, TextField
from gilde.core.text import Text
from gilde.organisations.public import Organisation, match_names
from gilde.qualifications.access import visible_profile_versions, visible_qualifications
from gilde.qualifications.forms.drafting import Locked
from gilde.qualifications.models import (
    Linked,
    Profile,
    Qualification,
    QualificationVersion,
)

_EMPTY_ROWS: Final = 2


@dataclass(frozen=True)
class Group:
    """The fields that belong to one prerequisite or one occupation, under one heading."""

    title: str
    fields: Sequence[Any]


class RelationsForm(Locked):
    """Bodies and profiles are written by name, one on each line; the rest in rows, of which some are empty."""

    awarding = LinesField(
        label=_("Awarding bodies"), help_text=_("The names of organisations in Gilde, one on each line.")
    )
    profiles = LinesField(
        label=_("Occupational profiles"),
        help_text=_("The names or codes of profiles on which this rests, one on each line."),
    )

    def __init__(self, *args: Any, actor: Actor, file: QualificationVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.file = actor, file
        self.needed = list(file.prerequisites.select_related("qualification").order_by("position", "pk"))
        self.links = list(file.concepts.order_by("pk"))
        sent = self.data if self.is_bound else {}
        self.rows = {
            "needs": max(len(self.needed) + _EMPTY_ROWS, _rows_sent(sent, "needs")),
            "job": max(len(self.links) + _EMPTY_ROWS, _rows_sent(sent, "job")),
        }
        own: dict[str, Any] = self.fields
        for number in range(self.rows["needs"]):
            own |= _prerequisite_fields(number)
        for number in range(self.rows["job"]):
            own |= _occupation_fields(number)

    def prerequisites(self) -> Iterable[Group]:
        """Yield the rows of what one needs before."""
        for number in range(self.rows["needs"]):
            title = gettext("Prerequisite %(number)d") % {"number": number + 1}
            yield Group(title, [self[f"needs_{number}_{name}"] for name in ("text", "code")])

    def occupations(self) -> Iterable[Group]:
        """Yield the rows of occupations."""
        for number in range(self.rows["job"]):
            title = gettext("Occupation %(number)d") % {"number": number + 1}
            yield Group(title, [self[f"job_{number}_{name}"] for name in ("uri", "name", "relation")])

    def plain(self) -> list[Any]:
        """Return the fields that stand alone."""
        return [self["awarding"], self["profiles"]]

    def clean_awarding(self) -> list[Organisation]:
        names = self.cleaned_data["awarding"]
        found = match_names(names) if names else {}
        by_id = Organisation.objects.in_bulk([pk for hits in found.values() for pk, _score in hits])
        chosen: list[Organisation] = []
        wrong: list[str] = []
        for name in names:
            hits = [by_id[pk] for pk, _score in found.get(name, [])]
            exact = [each for each in hits if name.casefold() in _names_of(each)]
            if len(exact) == 1 or len(hits) == 1:
                chosen.append((exact or hits)[0])
            elif hits:
                sentence = gettext("“%(name)s” may be several organisations: %(which)s. Write its full name.")
                wrong.append(sentence % {"name": name, "which": ", ".join(map(str, hits))})
            else:
                sentence = gettext("There is no organisation “%(name)s” in Gilde. Look at its name there.")
                wrong.append(sentence % {"name": name})
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(chosen))

    def clean_profiles(self) -> list[Profile]:
        lines = self.cleaned_data["profiles"]
        known = visible_profile_versions(self.actor).select_related("profile") if lines else []
        by_word: dict[str, set[Profile]] = {}
        for version in known:
            for word in (version.profile.code, *version.title.words.values()):
                by_word.setdefault(word.casefold(), set()).add(version.profile)
        chosen: list[Profile] = []
        wrong: list[str] = []
        for line in lines:
            hits = by_word.get(line.casefold(), set())
            if len(hits) == 1:
                chosen += hits
            elif hits:
                sentence = gettext("Several profiles are called “%(name)s”. Write its code: %(codes)s.")
                codes = ", ".join(sorted(each.code for each in hits))
                wrong.append(sentence % {"name": line, "codes": codes})
            else:
                wrong.append(
                    gettext("There is no occupational profile “%(name)s” that you may see.") % {"name": line}
                )
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(chosen))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        seen = visible_qualifications(self.actor)
        for number in range(self.rows["needs"]):
            self._clean_prerequisite(given, number, seen)
        for number in range(self.rows["job"]):
            self._clean_occupation(given, number)
        return given

    def _clean_prerequisite(self, given: dict[str, Any], number: int, seen: QuerySet[Qualification]) -> None:
        text, code = f"needs_{number}_text", f"needs_{number}_code"
        if written := (given.get(code) or "").strip():
            given[f"needs_{number}_qualification"] = found = seen.filter(code=written).first()
            if found is None:
                sentence = gettext("There is no qualification with the code “%(code)s” that you may see.")
                self.add_error(code, sentence % {"code": written})
            elif text in given and not given[text]:
                self.add_error(text, gettext("Say in words what one needs before."))

    def _clean_occupation(self, given: dict[str, Any], number: int) -> None:
        uri, name = f"job_{number}_uri", f"job_{number}_name"
        address = (given.get(uri) or "").strip()
        if not address and given.get(name):
            self.add_error(uri, gettext("Give the address of the occupation, as ESCO gives it."))
        if address and urlsplit(address).scheme not in ("http", "https"):
            self.add_error(uri, gettext("“%(uri)s” is no address. It begins with http.") % {"uri": address})
        others = [given.get(f"job_{other}_uri") for other in range(number)]
        if address and address in others:
            self.add_error(uri, gettext("This occupation stands here twice."))

    def read(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        labels = {link.uri: link.label for link in self.links}
        return {
            "awarding": given["awarding"],
            "profiles": given["profiles"],
            "prerequisites": [
                (given[f"needs_{number}_text"], given.get(f"needs_{number}_qualification"))
                for number in range(self.rows["needs"])
                if given[f"needs_{number}_text"]
            ],
            "occupations": [
                (given[f"job_{n}_uri"], _label(given, n, labels), given[f"job_{n}_relation"] or "exact")
                for n in range(self.rows["job"])
                if given[f"job_{n}_uri"]
            ],
        }


def _label(given: dict[str, Any], number: int, labels: dict[str, Text]) -> Text:
    """Return the name of an occupation: as it is stored, in all its languages, unless somebody wrote another."""
    stored, words = labels.get(given[f"job_{number}_uri"], Text()), given[f"job_{number}_name"]
    if words == str(stored):
        return stored
    return Text.of(words) if words else Text()


def initial_of_relations(file: QualificationVersion) -> dict[str, Any]:
    """Return what the form shows for a file as it is stored."""
    told: dict[str, Any] = {
        "version": file.version,
        "awarding": sorted(str(each) for each in file.awarding.all()),
        "profiles": sorted(each.code for each in file.profiles.all()),
    }
    for number, each in enumerate(
        file.prerequisites.select_related("qualification").order_by("position", "pk")
    ):
        told[f"needs_{number}_text"] = each.text
        told[f"needs_{number}_code"] = each.qualification.code if each.qualification else ""
    for number, link in enumerate(file.concepts.order_by("pk")):
        told |= {
            f"job_{number}_uri": link.uri,
            f"job_{number}_name": str(link.label),
            f"job_{number}_relation": link.relation,
        }
    return told


def _names_of(organisation: Organisation) -> set[str]:
    names = [*organisation.name.words.values(), organisation.short, *organisation.aliases]
    return {name.casefold() for name in names if name}


def _prerequisite_fields(number: int) -> dict[str, Any]:
    return {
        f"needs_{number}_text": TextField(label=_("In words"), max_length=500, required=False),
        f"needs_{number}_code": forms.CharField(
            label=_("Code of the qualification"),
            max_length=80,
            required=False,
            help_text=_("Where it is a qualification in Gilde."),
        ),
    }


def _occupation_fields(number: int) -> dict[str, Any]:
    return {
        f"job_{number}_uri": forms.CharField(
            label=_("Address of the occupation"),
            max_length=200,
            required=False,
            help_text=_("As ESCO gives it: http://data.europa.eu/esco/occupation/…"),
        ),
        f"job_{number}_name": forms.CharField(label=_("Its name"), max_length=200, required=False),
        f"job_{number}_relation": forms.ChoiceField(
            label=_("How it fits"), choices=Linked.Relation.choices, required=False, initial="exact"
        ),
    }


def _rows_sent(sent: Any, prefix: str) -> int:
    """Return how many rows a browser sent: somebody else may have removed some in the meantime."""
    names = ("text_0", "code") if prefix == "needs" else ("uri",)
    number = 0
    while number < 200 and any(f"{prefix}_{number}_{name}" in sent for name in names):
        number += 1
    return number
