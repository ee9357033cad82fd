"""The directory of the vault, its locks, and the process that opens it (S7, S13, S14)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from aluna_sync import hardening, places, vault, vault_file
from aluna_sync.errors import AlunaError
from aluna_sync.locks import NodeLock, VaultLock
from aluna_sync.vault import KdfCost

PASSPHRASE = "doce letras o más"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    assert vault.prepare_home(path) == ()
    return path


def test_s7_a_home_open_to_others_is_closed_and_said_so(home: Path) -> None:
    home.chmod(0o777)
    assert vault.check_home(home) == ("home-was-open",)
    assert home.stat().st_mode & 0o777 == 0o700
    assert vault.check_home(home) == ()


def test_s7_a_vault_open_to_others_is_closed_and_said_so(home: Path) -> None:
    (home / "vault").write_bytes(b"")
    (home / "vault").chmod(0o644)
    (home / "photo.png").write_bytes(b"")
    (home / "photo.png").chmod(0o644)
    assert vault.check_home(home) == ("vault-was-open",)
    assert (home / "vault").stat().st_mode & 0o777 == 0o600
    assert (home / "photo.png").stat().st_mode & 0o777 == 0o644


def test_s7_a_home_that_is_a_link_is_refused(home: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(home)
    for act in (vault.check_home, vault.prepare_home):
        with pytest.raises(AlunaError, match="home-is-a-link"):
            act(link)


def test_s7_a_dangling_link_or_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AlunaError, match="home-is-a-link"):
        vault.prepare_home(tmp_path / "link")
    with pytest.raises(AlunaError, match="home-not-a-directory"):
        vault.prepare_home(tmp_path / "file")


def test_s7_a_home_of_somebody_else_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 1)
    with pytest.raises(AlunaError, match="home-of-someone-else"):
        vault.check_home(home)


def test_s7_a_vault_that_is_a_link_or_a_pipe_is_not_read(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"ALUNAVLT")
    (home / "vault").symlink_to(target)
    with pytest.raises(AlunaError, match="vault-not-a-file"):
        vault.open_vault_file(home, PASSPHRASE)
    (home / "vault").unlink()
    os.mkfifo(home / "vault", 0o600)
    with pytest.raises(AlunaError, match="vault-not-a-file"):
        vault.open_vault_file(home, PASSPHRASE)


def test_an_empty_or_missing_home_holds_no_vault(home: Path, tmp_path: Path) -> None:
    for place in (home, tmp_path / "never"):
        with pytest.raises(AlunaError, match="no-vault"):
            vault.open_vault_file(place, PASSPHRASE)
    assert not (tmp_path / "never").exists()


def test_the_new_vault_is_on_the_disk_before_it_takes_the_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        order.append(
            "sync directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file"
        )
        real_sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    vault_file.write_file(home / "vault", b"data")
    assert order == ["sync file", "rename", "sync directory"]


# -- locks ---------------------------------------------------------------------------------------


def test_s14_a_second_node_on_one_vault_is_refused(home: Path) -> None:
    with NodeLock(home), pytest.raises(AlunaError, match="node-already-running"):
        NodeLock(home).acquire()
    with NodeLock(home):
        assert (home / "node.lock").stat().st_mode & 0o777 == 0o600


def test_a_dead_process_holds_no_lock(home: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from aluna_sync.locks import NodeLock\n"
        "NodeLock(pathlib.Path(sys.argv[1])).acquire()\n"
        "print('held', flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("held\n", -9)
    NodeLock(home).acquire()


def test_s14_several_share_a_vault_and_nobody_can_be_alone_then(home: Path) -> None:
    one, other = VaultLock(home), VaultLock(home)
    one.acquire()
    other.acquire()
    with pytest.raises(AlunaError, match="vault-in-use"), one.alone():
        raise AssertionError
    other.release()
    with one.alone(), pytest.raises(AlunaError, match="vault-in-use"):
        other.acquire()
    other.acquire()


def test_a_refused_attempt_to_be_alone_keeps_the_shared_lock(home: Path) -> None:
    one, other = VaultLock(home), VaultLock(home)
    one.acquire()
    other.acquire()
    with pytest.raises(AlunaError, match="vault-in-use"), one.alone():
        raise AssertionError
    with pytest.raises(AlunaError, match="vault-in-use"), other.alone():
        raise AssertionError


# -- the process ---------------------------------------------------------------------------------


def test_s13_variables_that_write_secrets_down_are_dropped() -> None:
    environ = {
        "TEXTUAL_LOG": "x", "TEXTUAL": "debug", "PYTHONFAULTHANDLER": "1", "PYTHONINSPECT": "1",
        "RUST_BACKTRACE": "full", "ALUNA_HOME": "h", "LANG": "es_CO.UTF-8",
    }  # fmt: skip
    hardening.drop_variables(environ)
    assert environ == {"ALUNA_HOME": "h", "LANG": "es_CO.UTF-8"}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and prctl")
def test_s12_s13_a_hardened_process_dumps_nothing_and_writes_private_files(tmp_path: Path) -> None:
    code = (
        "import ctypes, faulthandler, os, resource, sys\n"
        "from aluna_sync.hardening import harden\n"
        "harden()\n"
        "open(sys.argv[1], 'w').close()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),\n"
        "      faulthandler.is_enabled(), oct(os.stat(sys.argv[1]).st_mode & 0o777),\n"
        "      'TEXTUAL_LOG' in os.environ)\n"
    )
    environ = {**os.environ, "PYTHONFAULTHANDLER": "1", "TEXTUAL_LOG": str(tmp_path / "log")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        capture_output=True, text=True, check=True, env=environ,
    )  # fmt: skip
    assert done.stdout == "(0, 0) 0 False 0o600 False\n"


def test_a_chosen_home_needs_no_platformdirs() -> None:
    code = (
        "import sys, pathlib\n"
        "from aluna_sync import places\n"
        "print(places.home_directory(None, {'ALUNA_HOME': '/tmp/one'}))\n"
        "print(places.home_directory(pathlib.Path('/tmp/two'), {'ALUNA_HOME': '/tmp/one'}))\n"
        "print('platformdirs' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["/tmp/one", "/tmp/two", "False"]


def test_without_a_choice_the_home_is_where_the_system_keeps_data() -> None:
    assert places.home_directory(None, {}).name == "aluna"
    assert places.home_directory(None, {"ALUNA_HOME": ""}).is_absolute()


def test_the_least_cost_is_bounded_below() -> None:
    with pytest.raises(AlunaError, match="vault-parameters"):
        KdfCost(passes=1, memory=64 * 2**20)
