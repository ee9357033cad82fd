"""Writes records in a vault through the façade and prints each id once the write has returned.

Arguments: the vault; how many records; the words each title begins with.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetText


async def write(home: Path, count: int, words: str) -> None:
    secret = Path(os.environ["ALUNA_PASSPHRASE_FILE"]).read_text().strip()
    device = unlock(home, secret)
    space = device.collective()
    print("open", flush=True)  # noqa: T201
    for number in range(count):
        edits: list[Edit] = [SetText("title", f"{words} {number}"), AddMember("terms", "imp.fear")]
        document = await device.add("event", edits, space)
        print(document.hex(), flush=True)  # noqa: T201
    device.lock()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
