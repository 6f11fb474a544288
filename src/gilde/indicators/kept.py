"""Answers that are kept in the memory of a process, up to a size; each under a name that changes when it would."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """The things used last, up to `limit` in all as `size` counts them; safe among threads.

    What is kept is never asked whether it still holds: its name must say what it was made of.
    """

    def __init__(self, limit: int, size: Callable[[Thing], int] = lambda _thing: 1) -> None:
        self._limit, self._size = limit, size
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()
        self._held, self._lock = 0, Lock()

    def get(self, name: Hashable) -> Thing | None:
        """Return what is kept under a name, None when it is not, or no longer."""
        with self._lock:
            thing = self._things.get(name)
            if thing is not None:
                self._things.move_to_end(name)
            return thing

    def put(self, name: Hashable, thing: Thing) -> None:
        """Keep a thing, unless it alone would take a quarter of the room."""
        size = self._size(thing)
        if size > self._limit // 4:
            return
        with self._lock:
            if (before := self._things.pop(name, None)) is not None:
                self._held -= self._size(before)
            self._things[name] = thing
            self._held += size
            while self._held > self._limit:
                _name, oldest = self._things.popitem(last=False)
                self._held -= self._size(oldest)

    def made(self, name: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what is kept under a name, made now when it is not."""
        thing = self.get(name)
        if thing is None:
            thing = make()
            self.put(name, thing)
        return thing

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._things.clear()
            self._held = 0
