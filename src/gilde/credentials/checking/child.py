"""The process apart: `python -m gilde.credentials.checking.child`, which forks for each task and is asked by apart.py.

It has one thread and holds the libraries but nothing secret: no key, no environment, no database. Each task runs in a
fork of it with little memory and time, gets bytes, answers JSON, and ends; a fork is used once.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import django
from django.conf import settings
from django.utils import translation

from gilde.core.errors import GildeError

MEMORY = 512 * 1024 * 1024  # bytes beyond those that the libraries have
ANSWER = 96 * 1024 * 1024  # bytes of an answer: the attachments of a PDF in base64
ORDER = 4096  # bytes of what is asked, without the data
WALL = 3  # times the seconds of work that a task may take by the clock, where many share a machine


@dataclass(frozen=True)
class Task:
    """A function "module:name" from bytes to what JSON can hold, and what its answers look like."""

    path: str
    fits: Callable[[Any], bool]


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


TASKS: Mapping[str, Task] = {
    "image-codes": Task("gilde.credentials.checking.images:codes", _texts),
    "pdf-parts": Task(
        "gilde.credentials.renderings.pdf_reading:parts", lambda value: isinstance(value, dict)
    ),
    "canonical": Task("gilde.credentials.checking.canonical:canonical", lambda value: isinstance(value, str)),
}


def serve(control: socket.socket, tasks: Mapping[str, str]) -> None:
    """Fork for each order that comes by `control`, until it is closed; kill what outlives its time."""
    for path in tasks.values():
        # What cannot be imported fails in the task that needs it, and in no other.
        with contextlib.suppress(Exception):
            _function(path)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    ends: dict[int, float] = {}
    while True:
        ready, _writable, _failed = select.select([control], [], [], 0.5 if ends else None)
        _tidy(ends)
        if not ready:
            continue
        order, descriptors, _flags, _address = socket.recv_fds(control, ORDER, 1)
        if not order or len(descriptors) != 1:
            break
        asked = json.loads(order)
        child = os.fork()
        if child == 0:
            _become(control, socket.socket(fileno=descriptors[0]), asked, tasks)
        os.close(descriptors[0])
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        ends[child] = time.monotonic() + WALL * asked["seconds"]
    for child in ends:
        _kill(child)


def _tidy(ends: dict[int, float]) -> None:
    for child, end in ends.items():
        if end <= time.monotonic():
            _kill(child)
    for child in list(ends):
        if os.waitpid(child, os.WNOHANG)[0]:
            del ends[child]
            _kill(child)  # whatever it left behind


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _become(
    control: socket.socket, pipe: socket.socket, asked: Mapping[str, Any], tasks: Mapping[str, str]
) -> None:
    """Do one task in the fork that this is, and end."""
    try:
        control.close()
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        _limit(asked["seconds"], asked["memory"])
        answer = json.dumps(_answer(pipe, asked, tasks)).encode()
        pipe.sendall(answer)
        pipe.close()
    finally:
        os._exit(0)


def _limit(seconds: float, memory: int) -> None:
    with open("/proc/self/statm") as told:
        has = int(told.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (has + memory, has + memory))
    whole = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    # Both signals end the process: the first after so much work, the second after so much time.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WALL * seconds)


def _answer(pipe: socket.socket, asked: Mapping[str, Any], tasks: Mapping[str, str]) -> dict[str, Any]:
    try:
        data = bytearray(asked["length"])
        view, got = memoryview(data), 0
        while got < len(data) and (read := pipe.recv_into(view[got:])):
            got += read
        del view
        with translation.override(asked["language"]):
            value = _function(tasks[asked["task"]])(bytes(data[:got]))
        return {"value": json.loads(json.dumps(value, allow_nan=False))}
    except GildeError as error:
        codes = [getattr(each, "code", "") for each in type(error).__mro__]
        return {"wrong": error.sentence, "codes": codes, "reason": getattr(error, "reason", error.code)}
    except MemoryError:
        return {"ended": "memory"}
    except RecursionError:
        return {"ended": "depth"}
    except Exception as error:  # a fault of ours, or one that the data brought about: told, never shown
        return {"ended": "fault", "fault": f"{type(error).__module__}.{type(error).__qualname__}"}


def _function(path: str) -> Callable[[bytes], Any]:
    module, _colon, name = path.partition(":")
    found: Callable[[bytes], Any] = getattr(importlib.import_module(module), name)
    return found


def main() -> int:
    """Serve by the socket of which the number is given, with the tasks, languages and folders given as JSON."""
    given = json.loads(sys.argv[2])
    settings.configure(
        USE_I18N=True,
        USE_TZ=True,
        LANGUAGES=given["languages"],
        LOCALE_PATHS=given["locales"],
        INSTALLED_APPS=[],
    )
    django.setup()
    serve(socket.socket(fileno=int(sys.argv[1])), given["tasks"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
