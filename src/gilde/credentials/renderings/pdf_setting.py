"""Sets typst sources as PDF: our own here, an issuer's in a child process that can read and reach nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import typst
from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.credentials.errors import Unsupported
from gilde.credentials.renderings.pdf_child import ANSWER, SECONDS

STANDARDS: Final = ["a-3a", "ua-1"]
WAIT: Final = 4 * SECONDS  # by the clock: on a busy machine the child may wait for its turn
LARGEST_SOURCE: Final = 100_000  # bytes
Files = Mapping[str, bytes]


class BadTemplate(Invalid):
    """An issuer's own layout cannot be set; the sentence says where it fails."""

    code = "bad-template"


def source(name: str) -> bytes:
    """Return one of the sources that come with Gilde, such as "classic"."""
    return _read(f"{name}.typ")


def here(files: Files, inputs: dict[str, str], moment: int, fonts: Path | None) -> bytes:
    """Return our own sources as PDF. Raises Unsupported when no font has a letter, TypstError for our own faults."""
    try:
        return _compiled(files, inputs, moment, _fonts(fonts, False))
    except typst.TypstError as error:
        if not _no_letter(error.message, error.hints):
            raise
    try:
        return _compiled(files, inputs, moment, _fonts(fonts, True))
    except typst.TypstError as error:
        if not _no_letter(error.message, error.hints):
            raise
        raise _unsupported(error.message) from error


def picture(name: str, inputs: dict[str, str], moment: int) -> bytes:
    """Return one of our sources as a PDF that is to be put into another: without tags or a standard of its own."""
    files = {"main.typ": source(name)}
    try:
        return _compiled(files, inputs, moment, _fonts(None, False), whole=False)
    except typst.TypstError as error:
        raise _unsupported(error.message) from error


def apart(files: Files, inputs: dict[str, str], moment: int, fonts: Path | None) -> bytes:
    """Return sources with an issuer's own layout as PDF, set in a child process.

    Raises BadTemplate when the layout fails or asks for too much, Unsupported when no font has a letter.
    """
    if len(files["layout.typ"]) > LARGEST_SOURCE:
        raise BadTemplate(
            _("The layout has more than %(most)s characters; leave out what is not needed.")
            % {"most": LARGEST_SOURCE}
        )
    asked: dict[str, Any] = {
        "files": {name: data.decode("utf-8", "replace") for name, data in files.items()},
        "inputs": inputs,
        "moment": moment,
        "standards": STANDARDS,
        "everywhere": False,
        "warm": source("plain").decode() if fonts else "",
        "fonts": [str(fonts)] if fonts else [],
    }
    answer = _child(asked)
    if _failed(answer) and _no_letter(*_told(answer)):
        asked |= {
            "everywhere": True,
            "fonts": [str(fonts)] if fonts else [],
            "warm": source("plain").decode(),
        }
        answer = _child(asked)
        if _failed(answer) and _no_letter(*_told(answer)):
            raise _unsupported(_told(answer)[0])
    if _failed(answer):
        raise BadTemplate(_sentence(json.loads(answer)))
    return answer


def _compiled(
    files: Files, inputs: dict[str, str], moment: int, fonts: typst.Fonts, *, whole: bool = True
) -> bytes:
    pdf = typst.compile(  # type: ignore[call-overload]  # several files at once are absent from its types
        dict(files),
        format="pdf",
        sys_inputs=inputs,
        font_paths=fonts,
        ignore_system_fonts=True,
        pdf_standards=STANDARDS if whole else ["1.7"],
        pdf_tags=whole,
        timestamp=moment,
    )
    assert isinstance(pdf, bytes)
    return pdf


def _child(asked: dict[str, Any]) -> bytes:
    """Return what the child wrote. Raises BadTemplate when it was stopped."""
    with (
        tempfile.TemporaryDirectory() as empty,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
    ):
        given.write(json.dumps(asked).encode())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - the command is our own, the source comes by standard input
            [sys.executable, "-I", str(Path(__file__).with_name("pdf_child.py"))],
            stdin=given,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=empty,
            env={"PATH": os.environ.get("PATH", "")},
            start_new_session=True,
        )
        try:
            code = process.wait(WAIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise _too_much() from None
            raise
        out.seek(0)
        answer = out.read(ANSWER + 1)
    if code != 0 or not 0 < len(answer) <= ANSWER:
        raise _too_much()
    return answer


def _too_much() -> BadTemplate:
    return BadTemplate(
        _(
            "The layout takes more time or memory than a page does (%(seconds)s seconds); look for a loop in it."
        )
        % {"seconds": SECONDS}
    )


def _failed(answer: bytes) -> bool:
    return not answer.startswith(b"%PDF-")


def _told(answer: bytes) -> tuple[str, list[str]]:
    told = json.loads(answer)
    return str(told["wrong"]), [str(hint) for hint in told["hints"]]


def _sentence(told: dict[str, Any]) -> str:
    """What the layout did, and in which of its lines; never where on this machine."""
    message = re.sub(r" \(searched .*?\)", "", str(told["wrong"]))[:400]
    line = re.search(r"layout\.typ:(\d+):", str(told["where"]))
    if line is None:
        return _("The layout cannot be set: %(message)s.") % {"message": message}
    return _("The layout cannot be set, see its line %(line)s: %(message)s.") % {
        "line": line[1],
        "message": message,
    }


def _no_letter(message: str, hints: list[str]) -> bool:
    return "could not be displayed with" in message or "private area" in " ".join(hints)


def _unsupported(message: str) -> Unsupported:
    letter = re.search(r"`\"(.*?)\"`", message)
    return Unsupported(
        _("No font at hand has the letter “%(letter)s”, which is in this award; add a font for its script.")
        % {"letter": letter[1] if letter else "?"},
        "script",
    )


@cache
def _fonts(folder: Path | None, everywhere: bool) -> typst.Fonts:
    """The fonts that come with typst, so that every machine draws the same; more only for what they do not have."""
    return typst.Fonts(
        include_system_fonts=everywhere,
        include_embedded_fonts=True,
        font_paths=[str(folder)] if folder else [],
    )


@cache
def _read(name: str) -> bytes:
    return resources.files("gilde.credentials").joinpath("typst", name).read_bytes()
