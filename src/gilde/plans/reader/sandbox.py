"""Reads a document in a child process with little memory and time, so that no document can harm the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gilde.plans.reader.child import ANSWER, MEMORY, SECONDS
from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.result import Reading, unpack
from gilde.plans.reader.sniff import check_size

# Fifteen seconds of work may take longer where many share a machine; beyond this nobody waits.
WAIT = 3 * SECONDS
_ROOT = Path(__file__).resolve().parents[3]


def read_file(source: Path | str | bytes, filename: str = "") -> Reading:
    """The plan in a file, or in the bytes of one, read in a child process of at most 512 MB and 15 seconds of work.

    Raises BadDocument with one sentence if there is none, it cannot be read, or it needs more than that.
    """
    if isinstance(source, bytes):
        check_size(len(source))
        return read_apart(source, filename)
    path = Path(source)
    try:
        check_size(path.stat().st_size)
        data = path.read_bytes()
    except FileNotFoundError:
        raise BadDocument(f"There is no file {path}; check its name.", "no-file") from None
    except IsADirectoryError:
        raise BadDocument(f"{path} is a folder; choose the file of the plan itself.", "no-file") from None
    except PermissionError:
        raise BadDocument(f"The file {path} may not be opened; check its permissions.", "no-file") from None
    return read_apart(data, filename or path.name)


def read_apart(
    data: bytes, filename: str = "", *, command: Sequence[str] | None = None, seconds: float = WAIT
) -> Reading:
    """The plan in bytes, read by the child process `command` and checked before it is believed."""
    command = command or [sys.executable, "-m", "gilde.plans.reader.child", Path(filename).name[-100:]]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(data)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - the command is our own, the document comes by standard input
            command,
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise BadDocument(
                f"The document takes more than {seconds:g} seconds to be read, which no plan does; "
                "leave out pictures and annexes, or save it in another format.",
                "too-slow",
            ) from None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if code in {-signal.SIGXCPU, -signal.SIGKILL}:
            raise BadDocument(
                f"The document takes more than {SECONDS} seconds to be read, which no plan does; "
                "leave out pictures and annexes, or save it in another format.",
                "too-slow",
            )
        size = answer.tell() if code else answer.seek(0, os.SEEK_END)
        if code != 0 or not 0 < size <= ANSWER:
            raise BadDocument(
                f"The document made its reader stop, as a damaged file or one that needs more than "
                f"{MEMORY // 1048576} MB does; save it again in another format.",
                "crashed",
            )
        answer.seek(0)
        return _believe(answer.read())


def _believe(answer: bytes) -> Reading:
    try:
        data = json.loads(answer)
        if "wrong" in data:
            raise BadDocument(str(data["wrong"])[:1000], str(data["reason"])[:40])
        return unpack(data["reading"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadDocument(
            "The reader of documents gave an answer that cannot be used; report this with the file.",
            "bad-answer",
        ) from error
