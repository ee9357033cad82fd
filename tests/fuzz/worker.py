"""One target under libFuzzer, in a process of its own: `python -m fuzz.worker` (see `__main__`).

Needs atheris, which there is for Linux only; nothing else imports it.
"""

from __future__ import annotations

import importlib
import sys

ATHERIS = importlib.import_module("atheris")
with ATHERIS.instrument_imports(include=["aluna_protocol"]):
    for module in ("hub", "lint", "announce", "knocking", "pairing", "choosing"):
        importlib.import_module(f"aluna_protocol.{module}")

from fuzz.targets import TARGETS, attempt  # noqa: E402 -- after what it imports is instrumented


def main() -> None:
    """Fuzz the target named first; the rest are libFuzzer's arguments."""
    name, *arguments = sys.argv[1:]
    target = TARGETS[name]

    def try_one(data: bytes) -> None:
        attempt(target, bytes(data))

    ATHERIS.Setup([name, *arguments, f"-max_len={target.max_bytes}"], try_one)
    ATHERIS.Fuzz()


if __name__ == "__main__":
    main()
