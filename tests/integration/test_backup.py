"""Sealed backups: what opens them, what is refused, and that coming back never forks a log."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from aluna_protocol.ids import Lane
from aluna_sync import backup, backup_file, vault_layout
from aluna_sync.backup import Asked
from aluna_sync.checkup import check_store
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.founding import unlock
from aluna_sync.vault import Removes
from harness.processes import PASSPHRASE, Person, moved, records_of, sync, write

WRITER = Path(__file__).with_name("writer.py")
PHRASE = "seis palabras de otra cosa"


def back_up(one: Person, path: Path, *, phrase: str | None = None) -> int:
    with one.opened() as device:
        backup.seal_waiting(device)
        return backup.write(device, path, phrase=phrase).size


def restored(
    folder: Path, path: Path, passphrase: str = PASSPHRASE, shares: Sequence[str] = ()
) -> Person:
    """Return whoever comes back from the backup at *path*, in an empty place."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(backup.restore(folder / "vault", path, Asked(passphrase, tuple(shares))))
    return Person(folder / "vault")


def incarnations(one: Person) -> set[int]:
    """Return the incarnations under which the device of *one* wrote in the collective."""
    with one.opened() as device:
        space = device.collective()
        heads = device.store.log.heads(space)
        return {log.incarnation for log in heads if log.device == device.device}


def forks(one: Person) -> int:
    with one.opened() as device:
        return sum(log.branch > 0 for log in device.store.log.heads(device.collective()))


def test_a_restored_device_has_every_record_and_setting_and_a_new_incarnation(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "uno", "dos")
        device.save_draft("new:1", "a medio decir")
        device.safety.choose_idle(15)
        device.safety.choose_removes(Removes.KEYS)
        before = device.spaces.incarnation
    back_up(ana, tmp_path / "copia")
    back = restored(tmp_path / "nueva", tmp_path / "copia")
    assert back.records() == ana.records()
    with back.opened() as device:
        assert device.spaces.incarnation != before
        assert device.drafts() == {"new:1": "a medio decir"}
        assert device.safety.settings.idle_minutes == 15
        assert device.safety.removes is Removes.KEYS
        assert check_store(device).bad == 0
    names = {path.name for path in back.home.iterdir()}
    assert names <= {"vault", "store.db", "vault.lock", "store.db-wal", "store.db-shm"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in back.home.iterdir())


def test_who_comes_back_writes_on_and_nothing_is_lost_or_forked(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "antes del respaldo")
    back_up(ana, tmp_path / "copia")
    with ana.opened() as device:
        write(device, "después del respaldo")
    sync(ana, bo)
    lost = ana.home.rename(tmp_path / "perdida")
    assert lost.exists()
    again = restored(tmp_path / "Ana", tmp_path / "copia")
    with again.opened() as device:
        written = set(write(device, "ya de vuelta"))
    report = sync(again, bo)
    assert report["complete"]
    assert moved(report)[0] >= 1
    assert again.state() == bo.state()
    assert again.records() == bo.records() >= written
    titles = {record["title"] for record in bo.ask("list")["records"]}
    assert titles == {"antes del respaldo", "después del respaldo", "ya de vuelta"}
    assert len(incarnations(again)) == 2
    assert forks(again) == forks(bo) == 0
    assert bo.ask("status")["spaces"][0]["set_aside"] == 0


def test_an_edit_not_yet_sent_when_the_backup_was_made_is_there_once(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        [note] = write(device, "título", body="hola")
        assert device.store.log.pending_count(device.collective()) > 0
    back_up(ana, tmp_path / "copia")
    sync(ana, bo)
    ana.home.rename(tmp_path / "perdida")
    again = restored(tmp_path / "Ana", tmp_path / "copia")
    sync(again, bo)
    for one in (again, bo):
        assert one.ask("show", note)["texts"]["body"] == "hola"
        assert len(one.records()) == 1
    assert again.state() == bo.state()


def test_two_who_come_back_from_one_backup_do_not_fork_each_other(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "uno")
    back_up(ana, tmp_path / "copia")
    twice = [restored(tmp_path / name / "Ana", tmp_path / "copia") for name in ("a", "b")]
    for number, one in enumerate(twice):
        with one.opened() as device:
            write(device, f"de la copia {number}")
        sync(one, bo)
    sync(twice[0], bo)
    assert twice[0].state() == twice[1].state() == bo.state()
    assert len(bo.records()) == 3
    assert forks(bo) == 0


def test_a_backup_made_while_another_program_writes_is_whole(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.start_script(WRITER, "100000", "x") as writer:
        assert writer.next_line() == "open"
        said = [writer.next_line() for _ in range(20)]
        back_up(ana, tmp_path / "copia")
        writer.kill()
    back = restored(tmp_path / "nueva", tmp_path / "copia")
    with back.opened() as device:
        found = check_store(device)
        assert found.bad == 0
        assert found.store_whole
        assert set(said) <= records_of(device)


# -- what opens it -------------------------------------------------------------------------------


def test_s8_a_stolen_backup_shows_no_word_and_opens_for_nobody_else(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "CANARIO-AMARILLO", body="CANARIO-VERDE")
        secrets = device.safety.copy_secrets()
    back_up(ana, tmp_path / "copia")
    data = (tmp_path / "copia").read_bytes()
    hidden = (
        b"CANARIO", b"Ana", b"SQLite", bytes(secrets.dek), bytes(secrets.sign_seed),
        bytes(secrets.vault_key), PASSPHRASE.encode(),
    )  # fmt: skip
    assert not any(piece in data for piece in hidden)
    assert (tmp_path / "copia").stat().st_mode & 0o777 == 0o600
    with pytest.raises(LockedError, match="wrong-passphrase"):
        restored(tmp_path / "ladrón", tmp_path / "copia", "otra frase cualquiera")
    assert not (tmp_path / "ladrón" / "vault").exists()


def test_the_store_of_a_backup_has_a_key_of_its_own(people: list[Person], tmp_path: Path) -> None:
    ana = people[0]
    back_up(ana, tmp_path / "copia")
    back = restored(tmp_path / "nueva", tmp_path / "copia")
    with ana.opened() as here, back.opened() as there:
        one, other = here.safety.copy_secrets(), there.safety.copy_secrets()
        assert bytes(one.dek) != bytes(other.dek)


def test_a_backup_with_a_phrase_of_its_own_opens_with_that_alone(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.opened() as device:
        shares = device.safety.split()
    back_up(ana, tmp_path / "copia", phrase=PHRASE)
    with pytest.raises(LockedError, match="wrong-passphrase"):
        restored(tmp_path / "a", tmp_path / "copia")
    with pytest.raises(LockedError, match="shares-open-nothing"):
        restored(tmp_path / "a", tmp_path / "copia", "una nueva frase", shares[:2])
    back = restored(tmp_path / "a", tmp_path / "copia", PHRASE)
    unlock(back.home, PHRASE).lock()


def test_word_shares_open_a_backup_and_the_device_that_comes_back(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "uno")
        shares = device.safety.split()
    back_up(ana, tmp_path / "copia")
    back = restored(tmp_path / "a", tmp_path / "copia", "una nueva frase", shares[1:])
    device = unlock(back.home, "una nueva frase")
    assert len(records_of(device)) == 1
    assert device.safety.settings.shares
    device.lock()
    with pytest.raises(LockedError, match="wrong-passphrase"):
        unlock(back.home, PASSPHRASE)


# -- what is refused -----------------------------------------------------------------------------


def test_a_backup_cut_or_changed_anywhere_is_refused_and_leaves_nothing(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    back_up(ana, tmp_path / "copia")
    data = (tmp_path / "copia").read_bytes()
    size = backup_file.PROLOGUE_BYTES
    chunk = backup_file.CHUNK_BYTES + 16
    assert len(data) > size + 2 * chunk, "several chunks"
    slots_end = 9 + vault_layout.HEADER.size + vault_layout.SLOT_BYTES
    spoilt = {
        "empty": b"",
        "half a prologue": data[: size // 2],
        "only a prologue": data[:size],
        "one chunk": data[: size + chunk],
        "cut inside a chunk": data[:-7],
        "the last chunk left out": data[: size + (len(data) - size) // chunk * chunk],
        "two chunks swapped": data[:size] + data[size + chunk : size + 2 * chunk]
        + data[size : size + chunk] + data[size + 2 * chunk :],
        "something after the end": data + b"x",
        "another kind of file": b"PK" + data[2:],
        "of a newer program": data[:8] + b"\x02" + data[9:],
        "asking for a terabyte": data[:14] + b"\xff" * 8 + data[22:],
        "the share slot changed": data[:slots_end] + bytes([data[slots_end] ^ 1])
        + data[slots_end + 1 :],
        "the key slot changed": data[: size - 1] + bytes([data[size - 1] ^ 1]) + data[size:],
        "a bit of the last chunk": data[:-1] + bytes([data[-1] ^ 1]),
        "a bit of the first chunk": data[:size] + bytes([data[size] ^ 1]) + data[size + 1 :],
    }  # fmt: skip
    expected = {
        "not-a-backup", "backup-damaged", "backup-too-new", "vault-parameters",
    }  # fmt: skip
    home = tmp_path / "nueva" / "vault"
    for name, changed in spoilt.items():
        (tmp_path / "mala").write_bytes(changed)
        with pytest.raises(AlunaError) as caught:
            restored(home.parent, tmp_path / "mala")
        assert caught.value.code in expected, name
        assert not home.exists(), name


def test_a_place_that_is_not_empty_is_left_alone(people: list[Person], tmp_path: Path) -> None:
    ana, bo = people[:2]
    back_up(ana, tmp_path / "copia")
    before = {path: path.read_bytes() for path in bo.home.iterdir()}
    with pytest.raises(AlunaError, match="vault-exists"):
        restored(bo.folder, tmp_path / "copia")
    assert {path: path.read_bytes() for path in bo.home.iterdir()} == before
    home = tmp_path / "mía" / "vault"
    home.mkdir(parents=True)
    (home / "foto.png").write_bytes(b"x")
    with pytest.raises(AlunaError, match="home-not-empty"):
        restored(home.parent, tmp_path / "copia")
    assert [path.name for path in home.iterdir()] == ["foto.png"]


def test_a_restore_that_was_killed_can_be_done_again(people: list[Person], tmp_path: Path) -> None:
    ana = people[0]
    back_up(ana, tmp_path / "copia")
    home = tmp_path / "nueva" / "vault"
    home.mkdir(parents=True)
    (home / "store-restoring.db").write_bytes(b"half")
    (home / "store-restoring.db-wal").write_bytes(b"half")
    (home / "vault.lock").write_bytes(b"")
    back = restored(home.parent, tmp_path / "copia")
    assert back.records() == ana.records()


def test_a_file_that_is_there_is_never_written_over(people: list[Person], tmp_path: Path) -> None:
    ana = people[0]
    (tmp_path / "tesis.odt").write_bytes(b"years")
    with pytest.raises(WrongUseError, match="file-exists"):
        back_up(ana, tmp_path / "tesis.odt")
    (tmp_path / "enlace").symlink_to(tmp_path / "nada")
    with pytest.raises(WrongUseError, match="file-exists"):
        back_up(ana, tmp_path / "enlace")
    assert (tmp_path / "tesis.odt").read_bytes() == b"years"


def test_a_full_stick_leaves_no_half_backup_and_no_copy_at_home(
    people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = people[0]
    stick = tmp_path / "stick"
    stick.mkdir()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with ana.opened() as device:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(AlunaError, match="disk-full"):
            backup.write(device, stick / "copia")
        monkeypatch.undo()
    assert list(stick.iterdir()) == []
    assert not [path for path in ana.home.iterdir() if "copy" in path.name]
    with pytest.raises(AlunaError, match="backup-not-written"):
        back_up(ana, tmp_path / "nowhere" / "copia")
    with pytest.raises(AlunaError, match="backup-not-read"):
        restored(tmp_path / "b", tmp_path / "nowhere" / "copia")


def test_a_backup_of_an_unsealed_lane_keeps_the_chain_of_its_control_log(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    back_up(ana, tmp_path / "copia")
    back = restored(tmp_path / "nueva", tmp_path / "copia")
    with ana.opened() as here, back.opened() as there:
        for space in here.spaces.rows:
            old = here.store.log.heads(space)
            new = there.store.log.heads(space)
            assert {log: head for log, head in new.items() if log in old} == old
            assert all(
                log.incarnation != there.spaces.incarnation
                for log in new
                if log.lane is Lane.CONTROL
            )
