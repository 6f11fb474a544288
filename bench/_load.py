"""Asks a server a fixed number of times a second and tells how long it took: `python -m bench._load`, reading JSON.

In: {"address": [host, port], "rate": …, "seconds": …, "connections": …, "requests": [[path, etag or null, weight], …]}.
Out: {"times": [milliseconds, …], "statuses": {"200": …}, "bytes": …}. The time of a request counts from the moment at
which it was due, so a server that falls behind is not asked less and does not look faster for it.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from typing import Any

MOST_SECONDS, MOST_REQUESTS = 20.0, 20_000


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Return what became of the requests; never more than `MOST_SECONDS` and `MOST_REQUESTS`."""
    host, port = order["address"]
    rate, seconds = float(order["rate"]), min(float(order["seconds"]), MOST_SECONDS)
    count = min(int(rate * seconds), MOST_REQUESTS)
    chance = random.Random(17)  # noqa: S311
    wanted = [(path, etag) for path, etag, _weight in order["requests"]]
    chosen = chance.choices(wanted, [weight for _path, _etag, weight in order["requests"]], k=count)
    due: asyncio.Queue[tuple[float, str, str | None]] = asyncio.Queue()
    times: list[float] = []
    statuses: Counter[str] = Counter()
    received = 0

    async def connection() -> None:
        nonlocal received
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while True:
                moment, path, etag = await due.get()
                status, size = await _ask(reader, writer, f"{host}:{port}", path, etag)
                times.append((time.perf_counter() - moment) * 1000)
                statuses[status] += 1
                received += size
        finally:
            writer.close()

    workers = [asyncio.create_task(connection()) for _number in range(int(order["connections"]))]
    start = time.perf_counter() + 0.1
    for number, (path, etag) in enumerate(chosen):
        moment = start + number / rate
        if (wait := moment - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        due.put_nowait((moment, path, etag))
    deadline = time.perf_counter() + 10
    while len(times) < count and time.perf_counter() < deadline and not any(each.done() for each in workers):
        await asyncio.sleep(0.01)
    failed = [each for each in workers if each.done() and not each.cancelled() and each.exception()]
    for each in workers:
        each.cancel()
    unanswered = count - len(times)
    if unanswered or failed:
        statuses["none"] = unanswered
    return {"times": times, "statuses": dict(statuses), "bytes": received}


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str, etag: str | None
) -> tuple[str, int]:
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n{condition}\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b" ", 2)[1].decode()
    fields = {
        name.strip().lower(): value.strip()
        for name, _colon, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    if fields.get(b"transfer-encoding") == b"chunked":
        size = 0
        while part := int((await reader.readuntil(b"\r\n")).strip(), 16):
            await reader.readexactly(part + 2)
            size += part
        await reader.readexactly(2)
        return status, size
    size = int(fields.get(b"content-length", b"0"))
    if size:
        await reader.readexactly(size)
    return status, size


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
