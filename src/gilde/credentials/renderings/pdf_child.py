"""The child process that sets an issuer's own layout: JSON by standard input, a PDF or JSON by standard output.

It imports nothing of Gilde, so that it starts fast and holds nothing worth reading.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 1024 * 1024 * 1024  # of addresses: typst maps its fonts and its threads' stacks
SECONDS = 5
ANSWER = 20 * 1024 * 1024


def main() -> int:
    """Reads what is to be set; writes the PDF, or {"wrong": …, "hints": …, "where": …} of what the layout did."""
    import typst

    told: dict[str, Any] = json.load(sys.stdin)
    files = {name: text.encode() for name, text in told["files"].items()}
    fonts = typst.Fonts(
        include_system_fonts=told["everywhere"], include_embedded_fonts=True, font_paths=told["fonts"]
    )

    def compiled(some: dict[str, bytes]) -> bytes:
        pdf: bytes = typst.compile(  # type: ignore[call-overload]  # several files are absent from its types
            some,
            format="pdf",
            sys_inputs=told["inputs"],
            font_paths=fonts,
            ignore_system_fonts=True,
            pdf_standards=told["standards"],
            timestamp=told["moment"],
        )
        return pdf

    try:
        if told[
            "warm"
        ]:  # the fonts that are needed are opened by a layout of ours, before the door is closed
            compiled({**files, "layout.typ": told["warm"].encode()})
        # No file and no connection can be opened any more, whatever the layout asks for: each needs a descriptor.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        answer = compiled(files)
    except typst.TypstError as error:
        told_so = {"wrong": error.message, "hints": error.hints, "where": error.diagnostic}
        answer = json.dumps(told_so).encode()
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
