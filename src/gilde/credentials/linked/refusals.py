"""Why a document is refused, each in one sentence: the same from the direct and from the general way."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable


def undefined_term(word: str) -> Unreadable:
    return Unreadable(
        _(
            "“%(term)s” is defined by none of the contexts of the document, so it says nothing that can be proved."
        )
        % {"term": word[:100]},
        "undefined-term",
    )


def not_compact(word: str) -> Unreadable:
    return Unreadable(
        _(
            "“%(term)s” is not written in the way of credentials, and what is told so can be missed by its readers. "
            "Ask the issuer for the file as it was issued."
        )
        % {"term": word[:100]},
        "not-compact",
    )


def told_twice(word: str) -> Unreadable:
    return Unreadable(
        _(
            "What is said of %(id)s stands in two places, so that readers may differ. Ask the issuer for the file as "
            "it was issued."
        )
        % {"id": word[:200]},
        "told-twice",
    )


def unknown_type(word: str) -> Unreadable:
    return Unreadable(
        _("The type “%(type)s” is in none of the contexts of the document. Ask the issuer what it means.")
        % {"type": word[:100]},
        "unknown-type",
    )


def unknown_context(url: str) -> Unreadable:
    return Unreadable(
        _("The context %(url)s is none that is known here, so it cannot be told what the document says.")
        % {"url": url[:200]},
        "unknown-context",
        context=url,
    )


def inline_context() -> Unreadable:
    return Unreadable(
        _(
            "The document brings a context of its own. Only public ones are read, which are named by their address."
        ),
        "inline-context",
    )


def protected_term(word: str) -> Unreadable:
    return Unreadable(
        _("The contexts of the document give “%(term)s” two meanings, and the first is protected.")
        % {"term": word},
        "protected-term",
    )


def no_address(word: str) -> Unreadable:
    return Unreadable(
        _("“%(value)s” is no absolute address, so it cannot be told what is meant. Ask the issuer.")
        % {"value": word[:100]},
        "no-address",
    )


def nothing_said() -> Unreadable:
    return Unreadable(_("This says nothing. Ask the issuer for a complete file."), "nothing-said")


def wrong_value(sentence: str) -> Unreadable:
    return Unreadable(sentence, "wrong-value")


def too_large(most: int) -> TooMuch:
    return TooMuch(
        _("The document says more than %(most)d facts. No honest one does.") % {"most": most}, "too-large"
    )


def too_deep() -> TooMuch:
    return TooMuch(_("Objects stand in one another too deep. No honest credential does this."), "too-deep")


def poisoned() -> TooMuch:
    return TooMuch(
        _(
            "Parts of the document are so alike that telling them apart would take for ever. No honest one is so."
        ),
        "poisoned",
    )


def within(error: Unreadable, step: str | int) -> None:
    """Note in an error that its place is one step further out: a JSON pointer (RFC 6901)."""
    told = str(step)[:100].replace("~", "~0").replace("/", "~1")
    error.details["pointer"] = f"/{told}{error.details.get('pointer', '')}"


def placed(error: Unreadable) -> Unreadable:
    """Return the error with its place in the sentence, where one is known."""
    details = {key: value for key, value in error.details.items() if key != "reason"}
    if "pointer" not in details:
        return error
    sentence = _("%(place)s: %(sentence)s") % {"place": details["pointer"], "sentence": error.sentence}
    return type(error)(sentence, error.reason, **details)
