"""Destroys what was taken back in a vault, and dies by its own hand at one step of it.

`python destroyer.py HOME CLASS METHOD`: nothing is tidied up, as when the power goes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from aluna_sync.founding import unlock
from harness.processes import PASSPHRASE


def die(*_arguments: object, **_named: object) -> None:
    """End at once, in the middle of everything."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Open the vault, and read what there is until the step comes."""
    home, owner, step = sys.argv[1:]
    device = unlock(Path(home), PASSPHRASE)
    owners = {
        "taken_back": type(device.store.taken_back),
        "index": type(device.store.index),
        "writer": type(device.writer),
    }
    setattr(owners[owner], step, die)
    asyncio.run(device.open_some(device.collective()))


if __name__ == "__main__":
    main()
