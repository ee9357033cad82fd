"""Edits one record many times through the façade, beside whoever else has the vault open.

Arguments: the vault; the record in hex; how many edits; a word of one's own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from aluna_protocol.ids import DocumentId
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import AddMember


async def edit(home: Path, document: DocumentId, count: int, word: str) -> None:
    device = unlock(home, Path(os.environ["ALUNA_PASSPHRASE_FILE"]).read_text().strip())
    print("open", flush=True)  # noqa: T201
    for number in range(count):
        await device.edit(document, [AddMember("own_terms", f"{word} {number}")])
        await device.splice(document, "body", 0, 0, f"{word}{number}. ")
        print(number, flush=True)  # noqa: T201
    device.lock()


if __name__ == "__main__":
    hex_id = bytes.fromhex(sys.argv[2])
    asyncio.run(edit(Path(sys.argv[1]), DocumentId(hex_id), int(sys.argv[3]), sys.argv[4]))
