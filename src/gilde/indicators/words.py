"""Words for what stands beside figures: the flags, and a figure with its flags for a table."""

from __future__ import annotations

from typing import Any, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core.chart_tables import marked, number
from gilde.core.components import nothing
from gilde.indicators.figures import MISSING, Figure

# The letters of Eurostat (database, “Flags and special values”), as in `Observation.flags`.
FLAGS: Final[dict[str, Any]] = {
    "b": gettext_lazy("break in the series"),
    "c": gettext_lazy("confidential"),
    "d": gettext_lazy("definition differs"),
    "e": gettext_lazy("estimated"),
    "f": gettext_lazy("forecast"),
    "i": gettext_lazy("imputed"),
    "n": gettext_lazy("not significant"),
    "p": gettext_lazy("provisional"),
    "s": gettext_lazy("Eurostat estimate"),
    "u": gettext_lazy("unreliable"),
    "z": gettext_lazy("not applicable"),
    MISSING: gettext_lazy("missing"),
}
# With one of these a number is not firm: it is drawn hollow.
UNSURE: Final = frozenset("efinpsu")


def flag_words(flags: str) -> str:
    """Return flags in the reader's words, "break in the series, provisional"; "" for none."""
    return ", ".join(str(FLAGS.get(flag, flag)) for flag in flags)


def flag_letters(flags: str) -> str:
    """Return the letters that stand beside a figure: all but that of a missing one, which is a dash."""
    return flags.replace(MISSING, "")


def figure_cell(figure: Figure | None, decimals: int | None = None) -> SafeString:
    """Return a figure for a table cell: number and flags, the flags with their words; a dash when it is missing."""
    if figure is None:
        return nothing(_("no figure"))
    shown = nothing(_("missing")) if figure.value is None else number(figure.value, decimals)
    letters = flag_letters(figure.flags)
    return marked(shown, letters, flag_words(letters))
