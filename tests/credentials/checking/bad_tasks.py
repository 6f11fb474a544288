"""Tasks that do what a file made to harm could make a reader do; test_apart.py runs them in the process apart."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported


def length(data: bytes) -> int:
    return len(data)


def echo(data: bytes) -> str:
    return data.decode()


def loop(data: bytes) -> int:
    while True:
        pass


def loop_in_c(data: bytes) -> int:
    return sum(range(10**18))


def sleep(data: bytes) -> int:
    """Sleep whatever signal comes, as one would who has taken the process over."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    time.sleep(3600)
    return 1


def eat(data: bytes) -> int:
    kept = []
    while True:
        kept.append(bytearray(16 * 1024 * 1024))


def some_memory(data: bytes) -> int:
    return len(bytearray(int(data)))


def kill_itself(data: bytes) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


def kill_the_server(data: bytes) -> int:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(0.2)
    return 7


def kill_the_server_and_itself(data: bytes) -> int:
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


def leave(data: bytes) -> int:
    os._exit(0)


def fault(data: bytes) -> int:
    raise KeyError("secret of the program")


def recurse(data: bytes) -> int:
    return recurse(data)


def print_rubbish(data: bytes) -> int:
    sys.stdout.write("rubbish" * 1000)
    sys.stdout.flush()
    os.write(1, b'{"value": 666}')
    os.write(2, b'{"value": 666}')
    return 7


def write_into_the_answer(data: bytes) -> int:
    """Write into whatever is open, as one would who has taken the process over."""
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(descriptor, data)
    os._exit(0)


def flood(data: bytes) -> int:
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            while True:
                os.write(descriptor, b" " * (1 << 20))
    return 1


def no_number(data: bytes) -> float:
    return float("nan")


def no_json(data: bytes) -> object:
    return object()


def write_a_file(data: bytes) -> bool:
    try:
        Path(data.decode()).write_bytes(b"written")
    except OSError:
        return False
    return True


def environment(data: bytes) -> list[str]:
    return sorted(os.environ)


def descriptors(data: bytes) -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def parent(data: bytes) -> list[int]:
    return [os.getpid(), os.getppid()]


def leave_a_child(data: bytes) -> int:
    child = os.fork()
    if child == 0:
        time.sleep(3600)
    return child


def raise_what_is_asked(data: bytes) -> int:
    kinds = {"unreadable": Unreadable, "altered": Altered, "unsupported": Unsupported, "too-much": TooMuch}
    raise kinds[data.decode()](_("Cancel"), "asked-for")
