"""`aluna panic`: keys first, at any moment, and nothing is readable after it (S11)."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aluna_sync import panic
from aluna_sync.errors import AlunaError
from aluna_sync.locks import NodeLock
from aluna_sync.vault_layout import MAGIC
from harness.processes import Person, wait_until, write

WRITER = Path(__file__).parent / "writer.py"
DEAD_SECONDS = 1.0
"""security design, S11."""


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_s11_a_panic_ends_whoever_writes_and_leaves_nothing_to_read(people: list[Person]) -> None:
    ana = people[0]
    with ana.node() as node, ana.start_script(WRITER, "100000", "x") as writer:
        assert writer.next_line() == "open"
        assert writer.next_line(), "it is writing"
        done = ana.ask("panic", "--now")
        for running in (node, writer):
            running.process.wait(DEAD_SECONDS)
    assert done == {"destroyed": True, "ended": 2, "left": [], "removed": "all"}
    assert not ana.home.exists()
    again = ana.do("list")
    assert again.code != 0
    assert "Traceback" not in again.err


@pytest.mark.parametrize("after", range(3))
def test_s11_a_panic_cut_short_has_destroyed_the_keys_first_and_can_go_on(
    people: list[Person], monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "uno")
    key_file = (ana.home / "vault").read_bytes()
    steps = iter(range(100))

    def stop_here(real: object) -> object:
        def step(*arguments: object) -> object:
            if next(steps) == after:
                raise OSError(5, "the power went")
            assert callable(real)
            return real(*arguments)

        return step

    for name in ("_overwrite", "end_processes", "sync_directory"):
        monkeypatch.setattr(panic, name, stop_here(getattr(panic, name)))
    with pytest.raises(AlunaError, match="home-not-writable"):
        panic.destroy(ana.home)
    monkeypatch.undo()
    if after > 0:
        left = bytes_of(ana.home)
        assert MAGIC not in left
        assert key_file[-32:] not in left
    panic.destroy(ana.home)
    assert not ana.home.exists()


def test_s11_the_noise_is_on_the_disc_before_the_name_goes(
    people: list[Person], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ana = people[0]
    second_name = tmp_path / "the same block of the disc"
    second_name.hardlink_to(ana.home / "vault")
    size = second_name.stat().st_size
    panic.destroy(ana.home, lambda count: b"\xaa" * count)
    assert second_name.read_bytes() == b"\xaa" * size


def test_s11_what_is_not_ours_stays_and_a_link_is_not_followed(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    elsewhere = tmp_path / "photo.png"
    elsewhere.write_bytes(b"a photo")
    (ana.home / "photo.png").write_bytes(b"another")
    (ana.home / "vault").unlink()
    (ana.home / "vault").symlink_to(elsewhere)
    assert panic.destroy(ana.home).left == ("photo.png",)
    assert elsewhere.read_bytes() == b"a photo"
    assert [path.name for path in ana.home.iterdir()] == ["photo.png"]


def test_s11_where_there_is_no_vault_nothing_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_bytes(b"years")
    for home in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(AlunaError, match="no-vault"):
            panic.destroy(home)
    assert (tmp_path / "thesis.odt").read_bytes() == b"years"


def test_s11_ctrl_c_within_the_five_seconds_keeps_everything(people: list[Person]) -> None:
    ana = people[0]
    before = shutil.copytree(ana.home, ana.folder / "before")
    with ana.start("panic") as running:
        wait_until(lambda: b"Ctrl-C" in running.err, "the warning")
        running.process.send_signal(signal.SIGINT)
        assert running.ended().code == 130
    assert bytes_of(ana.home) == bytes_of(before)


def test_s11_elsewhere_the_lock_of_a_node_names_its_process_while_it_is_held(
    people: list[Person],
) -> None:
    home = people[0].home
    script = "import sys, pathlib\nfrom aluna_sync.locks import NodeLock\n"
    script += "NodeLock(pathlib.Path(sys.argv[1])).acquire()\nprint('held', flush=True)\ninput()\n"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert panic._named_by_the_node(home) == {process.pid}
        process.kill()
    began = time.monotonic()
    assert panic._named_by_the_node(home) == set()
    with NodeLock(home):
        assert time.monotonic() - began < DEAD_SECONDS
