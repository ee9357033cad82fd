"""An unexpected error ends with one sentence; nothing around it is ever printed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SCRIPT = """
import sys
sys.path[:0] = {paths!r}
from tests.unit.screens.fakes import FakeDevice, app_with, some_records
device = FakeDevice()
some_records(device)
app = app_with(device)

def breaks(*_):
    CANARY_NAME = "CANARY-" + "LOCAL"
    raise {error}("CANARY-" + "MESSAGE" + CANARY_NAME)

async def press(pilot):
    for _ in range(20):
        await pilot.pause()
        if app.has_device:
            break
    {how}
    await pilot.pause()
    await pilot.pause()

app.run(headless=True, size=(80, 24), auto_pilot=press)
sys.exit(app.return_code)
"""

IN_A_HANDLER = "app.action_people = breaks; device.list = breaks; await pilot.press('d')"
IN_A_WORKER = "app.run_worker(__import__('asyncio').to_thread(breaks))"
IN_A_CALLBACK = "__import__('asyncio').get_running_loop().call_soon(breaks)"


@pytest.mark.parametrize("how", [IN_A_HANDLER, IN_A_WORKER, IN_A_CALLBACK])
@pytest.mark.parametrize("error", ["KeyError", "RuntimeError"])
def test_s12_an_uncaught_error_prints_a_code_and_no_content(how: str, error: str) -> None:
    paths = [str(ROOT), str(ROOT / "tui"), str(ROOT / "protocol"), str(ROOT / "tests")]
    script = SCRIPT.format(paths=paths, how=how, error=error)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert error in said
    assert "CANARY" not in said
    assert "Traceback" not in said
    assert "Cocinar" not in said
