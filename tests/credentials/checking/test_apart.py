"""The process apart: what a task says comes back, and nothing that a task does reaches anything else."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from django.utils import translation

from gilde.credentials.checking import apart
from gilde.credentials.checking.apart import LARGEST, TOGETHER, Apart, Busy
from gilde.credentials.checking.child import TASKS, Task
from gilde.credentials.errors import Altered, TooMuch, Unreadable, Unsupported
from gilde.credentials.linked.canonical import nquads
from gilde.credentials.linked.tables import CONFORMANCE
from tests.credentials.checking import bad_tasks
from tests.reference import reference_file

BAD = bad_tasks.__name__
ROOT = Path(__file__).resolve().parents[3]


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


SHAPES: dict[str, Callable[[Any], bool]] = {
    "echo": lambda value: isinstance(value, str),
    "no_number": lambda value: isinstance(value, float),
    "write_a_file": lambda value: isinstance(value, bool),
    "environment": lambda value: isinstance(value, list),
    "parent": lambda value: isinstance(value, list),
}
NAMES = [
    name for name, made in vars(bad_tasks).items() if getattr(made, "__module__", "") == bad_tasks.__name__
]


@pytest.fixture(scope="module")
def room() -> Iterator[Apart]:
    """A process apart with tasks that do harm."""
    tasks = {
        name: Task(f"{BAD}:{name}", SHAPES.get(name, is_whole)) for name in [*NAMES, "nothing_of_the_kind"]
    }
    made = Apart(tasks, folders=[ROOT])
    yield made
    made.close()


def gone(process: int) -> bool:
    """Whether a process ends within some seconds."""
    for _attempt in range(200):
        try:
            if "\nState:\tZ" in Path(f"/proc/{process}/status").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def server_of(room: Apart) -> int:
    (_child, server) = room.run("parent", b"")
    assert isinstance(server, int)
    return server


# Honest work


@pytest.mark.parametrize("size", [0, 1, 100_000, LARGEST])
def test_all_of_the_data_arrives(room: Apart, size: int) -> None:
    assert room.run("length", bytes(size)) == size


def test_what_a_task_says_comes_back(room: Apart) -> None:
    assert room.run("echo", "ünïcødé \u2028 \x00".encode()) == "ünïcødé \u2028 \x00"


def test_each_task_has_a_process_of_its_own_and_the_server_stays(room: Apart) -> None:
    (one, server), (other, same) = room.run("parent", b""), room.run("parent", b"")
    assert one != other
    assert server == same
    assert os.getpid() not in (one, other, server)


def test_a_sentence_comes_back_as_the_error_it_was(room: Apart) -> None:
    for name, kind in {"unreadable": Unreadable, "altered": Altered, "unsupported": Unsupported}.items():
        with pytest.raises(kind, match="Cancel") as error:
            room.run("raise_what_is_asked", name.encode())
        assert error.type is kind
        assert error.value.reason == "asked-for"
    with pytest.raises(TooMuch):
        room.run("raise_what_is_asked", b"too-much")


def test_a_sentence_comes_back_in_the_language_of_the_reader(room: Apart) -> None:
    with translation.override("nl"):
        expected = translation.gettext("Cancel")
        with pytest.raises(Unreadable) as error:
            room.run("raise_what_is_asked", b"unreadable")
    assert error.value.sentence == expected != "Cancel"


def test_many_threads_get_each_their_own_answer(room: Apart) -> None:
    answers: dict[int, list[int]] = {}

    def ask(number: int) -> None:
        answers[number] = [room.run("length", bytes(number * 1000 + turn)) for turn in range(10)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2 * TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: [n * 1000 + turn for turn in range(10)] for n in range(2 * TOGETHER)}


def test_a_code_in_a_picture_is_read_apart() -> None:
    into = io.BytesIO()
    segno.make_qr("https://gilde.example/s/1").save(into, kind="png", scale=5)
    assert apart.run("image-codes", into.getvalue()) == ["https://gilde.example/s/1"]
    with pytest.raises(Unreadable) as error:
        apart.run("image-codes", b"no picture")
    assert error.value.reason == "no-picture"


def test_a_document_has_the_same_canonical_form_apart() -> None:
    document = json.loads(reference_file("vectors/eddsa/unsigned.json").read_bytes())
    assert apart.canonical(document, suites=True) == nquads(document, contexts=CONFORMANCE)


def test_a_document_with_an_unknown_context_is_refused_apart_as_here() -> None:
    document = {"@context": "https://nowhere.example/v1", "type": "Thing"}
    with pytest.raises(Unreadable) as here:
        nquads(document)
    with pytest.raises(Unreadable) as there:
        apart.canonical(document)
    assert (there.value.reason, there.value.sentence) == (here.value.reason, here.value.sentence)


def test_every_task_that_there_is_can_be_imported() -> None:
    import importlib

    for task in TASKS.values():
        module, _colon, name = task.path.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


# Harm


@pytest.mark.parametrize("task", ["loop", "loop_in_c"])
def test_a_task_that_does_not_end_is_stopped(room: Apart, task: str) -> None:
    with pytest.raises(TooMuch, match=r"more than 0.3 seconds") as error:
        room.run(task, b"", seconds=0.3)
    assert error.value.reason == "too-slow"


def test_a_task_that_sleeps_and_minds_no_clock_is_killed_by_the_server(room: Apart) -> None:
    with pytest.raises(TooMuch) as error:
        room.run("sleep", b"", seconds=0.2)
    assert error.value.reason == "too-slow"
    assert room.run("length", b"still there") == 11


def test_a_task_that_eats_memory_is_stopped(room: Apart) -> None:
    with pytest.raises(TooMuch, match="more than 512 MB") as error:
        room.run("eat", b"")
    assert error.value.reason == "too-much-memory"


def test_memory_up_to_the_limit_may_be_used(room: Apart) -> None:
    assert room.run("some_memory", b"200000000") == 200_000_000
    with pytest.raises(TooMuch):
        room.run("some_memory", b"200000000", memory=100 * 1024 * 1024)


@pytest.mark.parametrize(
    "task", ["kill_itself", "leave", "fault", "no_number", "no_json", "nothing_of_the_kind"]
)
def test_a_task_that_breaks_is_a_sentence_and_not_an_answer(room: Apart, task: str) -> None:
    with pytest.raises(TooMuch, match="made the program that examines it stop") as error:
        room.run(task, b"")
    assert error.value.reason == "crashed"
    assert "secret" not in error.value.sentence


def test_a_task_without_end_of_depth_is_refused(room: Apart) -> None:
    with pytest.raises(TooMuch) as error:
        room.run("recurse", b"")
    assert error.value.reason == "too-deep"


def test_what_a_task_prints_is_no_answer(room: Apart) -> None:
    assert room.run("print_rubbish", b"") == 7


@pytest.mark.parametrize(
    "answer",
    [
        b"rubbish",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"value": "seven"}',
        b'{"value": null}',
        b'{"value": 7} {"value": 8}',
        b'{"wrong": 7, "reason": "x", "codes": []}',
        b'{"wrong": "x"}',
        b"[" * 100_000,
    ],
)
def test_an_answer_of_another_shape_is_not_believed(room: Apart, answer: bytes) -> None:
    with pytest.raises(Unreadable, match="cannot be believed") as error:
        room.run("write_into_the_answer", answer)
    assert error.value.reason == "bad-answer"


def test_a_task_that_answers_without_end_is_not_heard_out(room: Apart) -> None:
    with pytest.raises(Unreadable):
        room.run("flood", b"", seconds=2)


def test_a_task_writes_no_file(room: Apart, tmp_path: Path) -> None:
    path = tmp_path / "written"
    assert room.run("write_a_file", str(path).encode()) is False
    assert not path.exists() or path.read_bytes() == b""


def test_a_task_sees_no_secret_of_this_process(room: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GILDE_SECRET_KEY", "secret")
    room.close()
    assert set(room.run("environment", b"")) <= {
        "PATH",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
        "OPENBLAS_NUM_THREADS",
        "LC_CTYPE",
    }


def test_a_task_has_no_way_to_the_server_or_to_other_tasks(room: Apart) -> None:
    # Standard input, output and error, the way for the answer, and the folder that is being listed.
    assert room.run("descriptors", b"") == 5


def test_what_a_task_leaves_running_is_killed(room: Apart) -> None:
    assert gone(room.run("leave_a_child", b""))


def test_a_file_that_is_too_large_is_not_sent(room: Apart) -> None:
    with pytest.raises(TooMuch) as error:
        room.run("length", bytes(LARGEST + 1))
    assert error.value.reason == "too-large"


def test_when_all_places_are_taken_the_reader_is_asked_to_wait(room: Apart) -> None:
    def wait() -> None:
        with pytest.raises(TooMuch):
            room.run("sleep", b"", seconds=0.5)

    room.run("length", b"")
    threads = [threading.Thread(target=wait) for _number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    with pytest.raises(Busy, match="try again in a minute"):
        room.run("length", b"", seconds=0.1)
    for thread in threads:
        thread.join()


# The server


def test_a_server_that_was_killed_is_replaced(room: Apart) -> None:
    before = server_of(room)
    os.kill(before, signal.SIGKILL)
    assert room.run("length", b"again") == 5
    assert server_of(room) != before


def test_a_task_that_kills_the_server_harms_only_itself(room: Apart) -> None:
    before = server_of(room)
    room.run("kill_the_server", b"")
    assert gone(before)
    assert room.run("length", b"again") == 5


def test_a_task_that_kills_the_server_again_and_again_is_not_tried_for_ever(room: Apart) -> None:
    with pytest.raises(TooMuch) as error:
        room.run("kill_the_server_and_itself", b"")
    assert error.value.reason == "crashed"
    assert room.run("length", b"again") == 5


def test_a_server_ends_with_the_process_that_began_it(room: Apart) -> None:
    server = server_of(room)
    room.close()
    assert gone(server)


def test_a_forked_process_begins_a_server_of_its_own(room: Apart) -> None:
    server = server_of(room)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, str(server_of(room)).encode())
            room.close()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        other = int(pipe.read())
    os.waitpid(child, 0)
    assert other != server
    assert server_of(room) == server


def test_a_server_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gilde.credentials.checking.apart.sys.executable", "/bin/false")
    with pytest.raises(Busy, match="does not start"):
        Apart({"length": Task(f"{BAD}:length", is_whole)}).run("length", b"")


def test_a_prepared_server_is_the_one_that_answers(room: Apart) -> None:
    room.close()
    room.prepare()
    assert room._server is not None
    assert server_of(room) == room._server.pid
