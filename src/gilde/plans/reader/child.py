"""The child process that opens a document: python -m gilde.plans.reader.child NAME, bytes in, JSON out."""

from __future__ import annotations

import json
import resource
import sys

MEMORY = 512 * 1024 * 1024
SECONDS = 15  # of its own work; on a busy machine it may wait for longer, see sandbox.WAIT
ANSWER = 200 * 1024 * 1024


def main() -> int:
    """Reads a plan from standard input and writes `pack(reading)`, or the sentence of what was wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from gilde.plans.reader.document import BadDocument
    from gilde.plans.reader.reading import read_bytes
    from gilde.plans.reader.result import pack

    answer: object
    try:
        answer = {
            "reading": pack(read_bytes(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else ""))
        }
    except BadDocument as error:
        answer = {"wrong": error.sentence, "reason": error.reason}
    except MemoryError:
        answer = {
            "wrong": f"The document needs more than {MEMORY // 1048576} MB to be read, which no plan does; "
            "leave out pictures and annexes, or save it in another format.",
            "reason": "too-much-memory",
        }
    except RecursionError:
        answer = {
            "wrong": "The document is nested too deeply to be read; save it again in another format.",
            "reason": "too-deep",
        }
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
