"""The screens without a terminal, on a vault, until they are told to end; run by the tests."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from aluna_tui.app import AlunaApp
from aluna_tui.outside import real_outside
from aluna_tui.screens.home import HomeScreen


async def main(home: Path) -> None:
    passphrase = Path(os.environ["ALUNA_PASSPHRASE_FILE"]).read_text().strip()
    app = AlunaApp(real_outside(home, None), passphrase=passphrase)
    ended = asyncio.Event()
    async with app.run_test() as pilot:
        while not isinstance(app.screen, HomeScreen):
            await pilot.pause(0.05)
        # Instead of the program's own handler: here the test library ends the screens.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        os.write(1, json.dumps({"event": "home"}).encode() + b"\n")  # not through the screens
        await ended.wait()
        await app.action_leave()


asyncio.run(main(Path(sys.argv[1])))
