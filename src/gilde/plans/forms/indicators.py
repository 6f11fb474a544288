"""The form that links an indicator: two fields that suggest while one writes, and take a name or a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core.access import Actor
from gilde.core.fields import TextField
from gilde.indicators.public import Area, Indicator, visible_indicators

_CODE = re.compile(r".*\((?P<code>[^()\s]+)\)\s*")
_NAMED = 5


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen: what stands for it in the list, its code, and the thing itself."""

    words: str
    code: str
    thing: Any


class Suggesting(forms.TextInput):
    """A text input with the list of what can be chosen. Browsers search in it, without a script."""

    template_name = "plans/suggesting.html"
    choices: Callable[[], Sequence[Choice]] = staticmethod(list)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["suggestions"] = [choice.words for choice in self.choices()]
        context["list"] = f"{context['widget']['attrs'].get('id', name)}-list"
        context["widget"]["attrs"]["list"] = context["list"]
        return context


class ChosenField(forms.CharField):
    """Gives the one thing that the words mean: by its code, by its name, or by a part of its name that is unique."""

    widget = Suggesting

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("widget", Suggesting(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)
        self.choices: Sequence[Choice] = ()

    def offer(self, things: Iterable[tuple[str, str, Any]]) -> None:
        """Offer things, each with its name and code, in the order of the reader's alphabet."""
        named = sorted(things, key=lambda thing: thing[0].casefold())
        self.choices = [Choice(f"{name} ({code})", code, thing) for name, code, thing in named]
        self.widget.choices = lambda: self.choices

    def clean(self, value: Any) -> Any:
        words = super().clean(value).strip()
        if not words:
            return None
        wanted = words.casefold()
        coded = _CODE.fullmatch(words)
        for choice in self.choices:
            if wanted in (choice.code.casefold(), choice.words.casefold()):
                return choice.thing
            if coded and coded["code"] == choice.code:
                return choice.thing
        parts = wanted.split()
        near = [choice for choice in self.choices if all(part in choice.words.casefold() for part in parts)]
        if len(near) == 1:
            return near[0].thing
        if near:
            some = "; ".join(choice.words for choice in near[:_NAMED])
            raise ValidationError(
                _("“%(words)s” fits %(n)s: %(some)s. Choose one of them.")
                % {"words": words, "n": len(near), "some": some + (" …" if len(near) > _NAMED else "")}
            )
        raise ValidationError(
            _("Nothing fits “%(words)s”. Choose from the list, by name or code.") % {"words": words}
        )


class ArticleIndicatorForm(forms.Form):
    """An indicator for an article of an instrument."""

    indicator = ChosenField(
        label=gettext_lazy("Indicator"), help_text=gettext_lazy("Write a part of its name or its code.")
    )

    def __init__(self, actor: Actor, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        indicators = visible_indicators(actor).exclude(state=Indicator.State.WITHDRAWN).only("code", "name")
        field: Any = self.fields["indicator"]
        field.offer((str(each.name), each.code, each) for each in indicators)


class MeasureIndicatorForm(ArticleIndicatorForm):
    """An indicator for a measure, with the area whose figures count."""

    area = ChosenField(label=gettext_lazy("Figures of"), required=False)
    note = TextField(
        label=gettext_lazy("What it shows here"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Where the figures count others than the measure is for."),
    )

    def __init__(self, actor: Actor, country: str, data: Any = None, **kwargs: Any) -> None:
        super().__init__(actor, data, **kwargs)
        areas = {area.pk: area for area in Area.objects.all()}
        field: Any = self.fields["area"]
        field.offer((str(area.name), area.pk, area) for area in areas.values())
        field.help_text = (
            _("Write a part of the name or the code. Leave it empty for %(area)s.")
            % {"area": areas[country].name if country in areas else country}
            if country
            else _("Write a part of the name or the code. Leave it empty for the areas that have targets.")
        )
