"""Files on sticks: nothing strange is read, and nothing half is left under a name (S1, S2, S6)."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from aluna_protocol import limits
from aluna_sync.errors import AlunaError
from aluna_sync.exchange import files
from aluna_sync.exchange.files import Disk, opened, read_at, written
from harness.disks import FailingDisk

CALLS = ("create", "write", "seek", "flush", "close", "rename", "flush_names")


def write_something(path: Path, disk: Disk) -> None:
    with written(path, disk) as file:
        file.write(bytes(100))
        file.write(b"b" * 2000)
        file.write_at_beginning(b"a" * 100)


def calls_of_a_write(tmp_path: Path) -> list[str]:
    disk = FailingDisk()
    write_something(tmp_path / "whole.bin", disk)
    assert (tmp_path / "whole.bin").read_bytes() == b"a" * 100 + b"b" * 2000
    (tmp_path / "whole.bin").unlink()
    assert set(disk.calls) == set(CALLS)
    return disk.calls


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full-there"),
        (errno.EROFS, "place-not-writable"),
        (errno.EACCES, "place-not-writable"),
        (errno.EIO, "place-gone"),
        (errno.ENODEV, "place-gone"),
    ],
)
def test_s6_whatever_call_fails_nothing_is_left_under_the_name(
    tmp_path: Path, number: int, code: str
) -> None:
    calls = calls_of_a_write(tmp_path)
    for at, name in enumerate(calls):
        with pytest.raises(AlunaError) as raised:
            write_something(tmp_path / "x.bin", FailingDisk(at, number))
        assert raised.value.code == code
        # Once it has its name it is whole, even if the directory could not be flushed any more.
        left = [path.name for path in tmp_path.iterdir()]
        assert left == ([] if name != "flush_names" else ["x.bin"]), name
        (tmp_path / "x.bin").unlink(missing_ok=True)


def test_s6_a_stick_that_is_gone_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    calls = calls_of_a_write(tmp_path)
    for at in range(calls.index("rename") + 1):
        with pytest.raises(AlunaError, match="place-gone"):
            write_something(tmp_path / "x.bin", FailingDisk(at, errno.EIO, gone=True))
        assert not (tmp_path / "x.bin").exists()


@pytest.mark.parametrize("at", range(8))
def test_s6_a_process_killed_at_any_call_leaves_nothing_half_under_the_name(
    tmp_path: Path, at: int
) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from aluna_sync.exchange.files import Disk, written
        at, count = int(sys.argv[2]), 0
        class Dying(Disk):
            def __getattribute__(self, name):
                global count
                if not name.startswith("_"):
                    if count == at:
                        os.kill(os.getpid(), signal.SIGKILL)
                    count += 1
                return super().__getattribute__(name)
        with written(Path(sys.argv[1]), Dying()) as file:
            file.write(b"b" * 2000)
            file.write_at_beginning(b"a" * 100)
        """
    )
    path = tmp_path / "x.bin"
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), str(at)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        timeout=60,
    )
    # Calls: create, write, seek, write, flush, close, rename, flush the names.
    assert ran.returncode == -signal.SIGKILL
    assert path.exists() is (at == 7)
    if path.exists():
        assert path.read_bytes() == b"a" * 100 + b"b" * 1900


def test_a_file_is_only_for_its_person(tmp_path: Path) -> None:
    write_something(tmp_path / "x.bin", Disk())
    assert (tmp_path / "x.bin").stat().st_mode & 0o777 == 0o600


def test_a_bundle_never_grows_beyond_what_others_read(tmp_path: Path) -> None:
    with written(tmp_path / "x.bin", Disk()) as file:
        file.write(b"some")
        file.size = limits.MAX_BUNDLE_BYTES
        with pytest.raises(AlunaError, match="bundle-too-large"):
            file.write(b"more")


# -- names ---------------------------------------------------------------------------------------


def test_in_a_directory_the_name_is_drawn_and_tells_nothing(tmp_path: Path) -> None:
    names = {files.target(tmp_path, os.urandom).name for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == 30 and name.endswith(".bin") for name in names)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"words")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("x.bin", "link"):
        with pytest.raises(AlunaError, match="bundle-exists"):
            files.target(tmp_path / name, os.urandom)
    with pytest.raises(AlunaError, match="no-such-place"):
        files.target(tmp_path / "not" / "there", os.urandom)
    assert files.target(tmp_path / "new.bin", os.urandom) == tmp_path / "new.bin"


def test_a_folder_is_not_where_the_vault_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "inside").mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    assert files.folder_path(tmp_path / "shared", home) == (tmp_path / "shared").resolve()
    for place in (home, home / "inside"):
        with pytest.raises(AlunaError, match="folder-at-home"):
            files.folder_path(place, home)
    with pytest.raises(AlunaError, match="no-such-place"):
        files.folder_path(tmp_path / "gone", home)


# -- reading -------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(AlunaError) as raised, opened(path):
        pass
    return raised.value.code


def test_s1_links_pipes_devices_sockets_and_directories_are_no_bundles(tmp_path: Path) -> None:
    real = tmp_path / "real.bin"
    real.write_bytes(b"words")
    (tmp_path / "link").symlink_to(real)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("link", "pipe", "directory", "socket"):
            assert refused(tmp_path / name) == "not-a-plain-file", name
    assert refused(Path("/dev/zero")) == "not-a-plain-file"
    assert refused(tmp_path / "nothing") == "no-such-file"


def test_s1_a_link_put_there_in_the_last_moment_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").write_bytes(b"words")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setattr(Path, "is_symlink", lambda _path: False)
    assert refused(tmp_path / "link") == "not-a-plain-file"


def test_s1_a_sparse_terabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse.bin").open("wb") as file:
        file.truncate(2**40)
    assert refused(tmp_path / "sparse.bin") == "bundle-too-large"


def test_s1_a_file_with_a_second_name_is_refused_under_both(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"words")
    (tmp_path / "hard").hardlink_to(other)
    assert refused(tmp_path / "hard") == refused(other) == "not-a-plain-file"
    with opened(other, may_be_linked=True) as descriptor:
        assert read_at(descriptor, 0, 100) == b"words"
    (tmp_path / "hard").unlink()
    with opened(other) as descriptor:
        assert read_at(descriptor, 0, 100) == b"words"


def test_s1_a_file_swapped_while_it_is_read_is_still_the_one_that_was_opened(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"first of all")
    (tmp_path / "other").write_bytes(b"something else")
    with opened(path) as descriptor:
        assert read_at(descriptor, 0, 5) == b"first"
        (tmp_path / "other").replace(path)
        assert read_at(descriptor, 5, 100) == b" of all"


def test_reading_past_the_end_gives_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"0123456789")
    with opened(tmp_path / "x.bin") as descriptor:
        assert read_at(descriptor, 8, 100) == b"89"
        assert read_at(descriptor, 50, 100) == b""
