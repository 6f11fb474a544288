"""Runs work on untrusted data in a process apart, so that no file can harm the rest, and fast enough for a page.

A new interpreter for each file, as the reader of plans has it, costs 180 ms and more before it has imported anything; a
page that answers in 300 ms cannot pay that. So each web process starts one small server (child.py) that has imported
the libraries and forks for each task: some 5 ms. A fork of the web process itself would be unsafe beside its threads,
and would hold its keys and connections; `multiprocessing`'s fork server imports the main module again in each child.

What comes back is JSON that is checked before it is believed. When the server dies, the next call starts another.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials.checking.child import ANSWER, MEMORY, TASKS, WALL, Task
from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported

SECONDS = 5.0  # of work, unless the caller says otherwise
TOGETHER = 4  # tasks at once in one web process, so that their memory stays below 2 GB
LARGEST = 50 * 1024 * 1024  # bytes of data

_START = 30.0  # seconds that a server may take to import its libraries on a busy machine
_GRACE = 2.0  # seconds that a kill and an answer may take beyond the time of a task
_ROOT = Path(__file__).resolve().parents[3]
_ERRORS = {error.code: error for error in (TooMuch, Unreadable, Unsupported, Altered)}
_log = logging.getLogger(__name__)


class Busy(GildeError):
    """Too many files are being examined at this moment."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "busy"


class _Gone(Exception):
    """The server died, or cannot be asked."""


class Apart:
    """One server and the way to it. Safe for threads; after a fork of this process it begins anew."""

    def __init__(self, tasks: Mapping[str, Task] = TASKS, *, folders: Sequence[Path] = ()) -> None:
        """Make one for these tasks, which are imported from the installation and from `folders`."""
        self.tasks = tasks
        self._folders = [_ROOT, *folders]
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(TOGETHER)
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False

    def prepare(self) -> None:
        """Start the server without waiting for it, so that the first task finds it ready."""
        if self._owner != os.getpid():
            self._begin()
        with self._lock:
            self._start()

    def run(self, task: str, data: bytes, *, seconds: float = SECONDS, memory: int = MEMORY) -> Any:
        """Return what the task says of the data, of the shape that the task declares.

        `seconds` are of work, three times as many by the clock; `memory` is in bytes. Raises what the task raised of
        Unreadable, TooMuch, Unsupported and Altered; TooMuch with the reason too-large, too-slow, too-much-memory,
        too-deep or crashed; Unreadable (bad-answer) when the answer cannot be believed; Busy.
        """
        if len(data) > LARGEST:
            raise TooMuch(
                _(
                    "The file is larger than %(largest)s MB, which no credential is; "
                    "give the credential itself, or a smaller picture of it."
                )
                % {"largest": LARGEST // 1048576},
                "too-large",
            )
        if self._owner != os.getpid():
            self._begin()
        if not self._places.acquire(timeout=WALL * seconds):
            raise Busy(_("Many files are being checked at this moment; try again in a minute."))
        try:
            answer = self._asked(task, data, seconds, memory)
        finally:
            self._places.release()
        return self._believed(task, answer, seconds, memory)

    def close(self) -> None:
        """End the server, if there is one."""
        with self._lock:
            self._stop()

    def _asked(self, task: str, data: bytes, seconds: float, memory: int) -> bytes:
        order = {
            "task": task,
            "seconds": seconds,
            "memory": memory,
            "length": len(data),
            "language": translation.get_language() or "en",
        }
        for attempt in range(3):
            with contextlib.suppress(_Gone):
                return self._exchanged(json.dumps(order).encode(), data, seconds, last=attempt == 2)
        raise Busy(_("The part that examines files does not start; try again in a minute."))

    def _exchanged(self, order: bytes, data: bytes, seconds: float, *, last: bool) -> bytes:
        """Return the bytes of the answer, none when the child ended without one.

        Raises _Gone when the server cannot be asked, or died meanwhile and this is not the last attempt: a server that
        dies each time died of the file.
        """
        ours, theirs = socket.socketpair()
        answer = bytearray()
        with ours:
            with theirs:
                server = self._given(order, theirs)
            begun = time.monotonic()
            end = begun + WALL * seconds + _GRACE
            # A child that ends before it has read everything breaks the pipe; what it said is still there.
            with contextlib.suppress(ConnectionError, TimeoutError):
                ours.settimeout(end - begun)
                ours.sendall(data)
            with contextlib.suppress(ConnectionError, TimeoutError):
                while (left := end - time.monotonic()) > 0 and len(answer) <= ANSWER:
                    ours.settimeout(left)
                    part = ours.recv(1 << 20)
                    if not part:
                        break
                    answer += part
        if not answer and not last and self._died(server):
            raise _Gone
        if not answer and time.monotonic() - begun >= seconds:
            return b'{"ended": "time"}'
        return bytes(answer)

    def _given(self, order: bytes, theirs: socket.socket) -> subprocess.Popen[bytes]:
        with self._lock:
            server, control = self._start()
            try:
                if not self._ready:
                    control.settimeout(_START)
                    self._ready = control.recv(16) == b"ready"
                socket.send_fds(control, [order], [theirs.fileno()])
            except OSError:
                self._ready = False
            if not self._ready:
                self._stop()
                raise _Gone
            return server

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        if self._server and self._control and self._server.poll() is None:
            return self._server, self._control
        self._stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        given = {
            "tasks": {name: task.path for name, task in self.tasks.items()},
            "languages": [[code, code] for code, _name in settings.LANGUAGES],
            "locales": [str(path) for path in settings.LOCALE_PATHS],
        }
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - the command is our own, what is untrusted comes later
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "gilde.credentials.checking.child",
                    str(theirs.fileno()),
                    json.dumps(given),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control, self._ready = ours, False
        atexit.unregister(self.close)
        atexit.register(self.close)
        return self._server, self._control

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in self._folders),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",  # a process that forks has one thread
        }

    def _stop(self) -> None:
        if self._control:
            self._control.close()
        if self._server:
            self._server.kill()
            self._server.wait()
        self._server = self._control = None
        self._ready = False

    def _died(self, server: subprocess.Popen[bytes]) -> bool:
        """Return whether the server has ended; a moment is given to one that is about to."""
        with self._lock:
            if server is not self._server:
                return True
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                return False
            return True

    def _believed(self, task: str, answer: bytes, seconds: float, memory: int) -> Any:
        try:
            told = json.loads(answer or b'{"ended": "crash"}') if len(answer) <= ANSWER else None
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise _no_answer(task, "no JSON object")
        if "ended" in told:
            raise _ended(task, told, seconds, memory)
        if "wrong" in told:
            raise _wrong(task, told)
        if "value" not in told or not self.tasks[task].fits(told["value"]):
            raise _no_answer(task, "of another shape")
        return told["value"]


def _wrong(task: str, told: Mapping[str, Any]) -> Unreadable | Unsupported | Altered:
    sentence, reason, codes = told["wrong"], told.get("reason"), told.get("codes")
    if not isinstance(sentence, str) or not isinstance(reason, str) or not isinstance(codes, list):
        return _no_answer(task, "of another shape")
    error = next((_ERRORS[code] for code in codes if isinstance(code, str) and code in _ERRORS), Unreadable)
    return error(sentence[:1000], reason[:60])


def _ended(task: str, told: Mapping[str, Any], seconds: float, memory: int) -> TooMuch:
    how = told["ended"]
    if how == "time":
        return TooMuch(
            _(
                "The file takes more than %(seconds)s seconds to be examined, which no credential does; "
                "give the credential itself, or ask its issuer for it again."
            )
            % {"seconds": f"{seconds:g}"},
            "too-slow",
        )
    if how == "memory":
        return TooMuch(
            _(
                "The file needs more than %(memory)s MB of memory to be examined, which no credential does; "
                "give the credential itself, or a smaller picture of it."
            )
            % {"memory": memory // 1048576},
            "too-much-memory",
        )
    if how == "depth":
        return TooMuch(
            _("The file is nested too deeply, which no credential is; ask its issuer for it again."),
            "too-deep",
        )
    _log.warning("The task %s ended: %s", task, str(told.get("fault", "its process died"))[:200])
    return TooMuch(
        _(
            "The file made the program that examines it stop, as a damaged one does, or one that was made to harm; "
            "ask its issuer for it again."
        ),
        "crashed",
    )


def _no_answer(task: str, why: str) -> Unreadable:
    _log.warning("The task %s gave an answer that is %s", task, why)
    return Unreadable(
        _("Examining the file gave an answer that cannot be believed; ask its issuer for it again."),
        "bad-answer",
    )


_shared = Apart()
run, prepare = _shared.run, _shared.prepare


def canonical(
    document: Mapping[str, Any], *, suites: bool = False, digest: str = "sha256", seconds: float = 1.0
) -> bytes:
    """Return what `linked.canonical.nquads` returns of a document that was read strictly, and raise the same.

    `suites` asks for the contexts of conformance suites too. Raises TooMuch for a graph that takes longer.
    """
    order = {"document": document, "suites": suites, "digest": digest}
    told: str = run("canonical", json.dumps(order).encode(), seconds=seconds)
    return told.encode()
