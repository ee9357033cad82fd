"""A second passphrase opens a small ordinary notebook, and the first vault is untouched by it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from aluna_protocol import crypto
from aluna_sync import backup, notebook, panic, safety, vault, vault_layout
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from harness.processes import PASSPHRASE, Person, records_of, sync, write

SECOND = "la lista de las compras"
GROUP = "Cuaderno"


@pytest.fixture
def ana(people: list[Person]) -> Person:
    with people[0].opened() as device:
        write(device, "CANARIO-DEL-DIARIO")
        notebook.turn_on(device, SECOND, collective=GROUP)
    return people[0]


def titles(device: Device) -> list[str]:
    from aluna_sync.store.rows import Query

    return [row.title for row in device.list(Query()).rows]


def note(device: Device, title: str) -> None:
    asyncio.run(device.add("note", [SetText("title", title)]))


def test_the_second_passphrase_opens_a_notebook_that_knows_nothing_of_the_first(
    ana: Person,
) -> None:
    device = unlock(ana.home, SECOND)
    try:
        assert titles(device) == []
        assert device.space_name(device.collective()) == GROUP
        assert device.person_name == "Ana"
        assert device.peers() == []
        note(device, "leche, pan")
        assert titles(device) == ["leche, pan"]
        assert device.safety.settings.beside == ""
        with ana.opened() as first:
            assert first.device != device.device
            assert first.person != device.person
    finally:
        device.lock()
    with ana.opened() as first:
        assert titles(first) == ["CANARIO-DEL-DIARIO"]


def test_both_passphrases_and_a_wrong_one_do_the_same_work_on_the_same_bytes(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    opened: list[int] = []
    argon, open_sealed = crypto.argon2id, crypto.open_sealed

    def counted(password: bytes, salt: bytes, **cost: int) -> bytes:
        asked.append((salt, *cost.values()))
        return argon(password, salt, **cost)

    def tried(*arguments: bytes) -> bytes:
        opened.append(len(arguments[2]))
        return open_sealed(*arguments)

    monkeypatch.setattr(crypto, "argon2id", counted)
    monkeypatch.setattr(crypto, "open_sealed", tried)
    seen = []
    for passphrase in (PASSPHRASE, SECOND):
        asked.clear()
        opened.clear()
        vault.open_vault_file(ana.home, passphrase)
        seen.append((list(asked), sorted(opened)))
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 1


def test_the_vault_file_looks_the_same_with_and_without_a_second_passphrase(
    people: list[Person],
) -> None:
    home = people[1].home
    without = (home / "vault").read_bytes()
    with people[1].opened() as device:
        notebook.turn_on(device, SECOND, collective=GROUP)
    with_it = (home / "vault").read_bytes()
    head = vault_layout.HEADER.size + 1
    assert len(with_it) == len(without)
    assert with_it[:head] == without[:head]
    # Everything after the header is sealed or noise: neither shows runs of one byte.
    for data in (without, with_it):
        assert not any(data[i : i + 4] == data[i : i + 1] * 4 for i in range(head, len(data) - 4))


def test_whoever_looks_at_the_folder_sees_a_second_database(ana: Person) -> None:
    """What cannot be hidden, so that the screens may not promise it."""
    stores = [path.name for path in ana.home.iterdir() if path.suffix == ".db"]
    assert len(stores) == 2


def test_changes_in_one_leave_the_other_as_it_is(ana: Person) -> None:
    third = "una tercera frase larga"
    second = unlock(ana.home, SECOND)
    second.safety.change_passphrase(SECOND, third)
    second.safety.choose_idle(15)
    shares = second.safety.split()
    second.lock()
    with ana.opened() as first:
        assert first.safety.settings.idle_minutes == 3
        mine = first.safety.split()
    safety.recover(ana.home, shares[:2], SECOND)
    unlock(ana.home, SECOND).lock()
    safety.recover(ana.home, mine[:2], PASSPHRASE)
    with ana.opened() as first:
        assert titles(first) == ["CANARIO-DEL-DIARIO"]
    with pytest.raises(LockedError):
        unlock(ana.home, third)


def test_one_passphrase_cannot_open_both(ana: Person) -> None:
    with ana.opened() as first:
        with pytest.raises(WrongUseError, match="passphrase-not-usable"):
            first.safety.change_passphrase(PASSPHRASE, SECOND)
        with pytest.raises(LockedError, match="wrong-passphrase"):
            first.safety.change_passphrase(SECOND, "una tercera frase larga")
        notebook.turn_off(first)
        with pytest.raises(WrongUseError, match="passphrase-not-usable"):
            notebook.turn_on(first, PASSPHRASE, collective=GROUP)
        assert first.safety.settings.beside == ""
    assert len(list(ana.home.glob("store*.db"))) == 1


def test_from_the_notebook_the_first_vault_cannot_be_destroyed_by_turning_one_on(
    ana: Person,
) -> None:
    second = unlock(ana.home, SECOND)
    try:
        with pytest.raises(WrongUseError, match="second-passphrase-not-here"):
            notebook.turn_on(second, "una tercera frase larga", collective=GROUP)
        with pytest.raises(WrongUseError, match="second-passphrase-off"):
            notebook.turn_off(second)
    finally:
        second.lock()
    with ana.opened() as first:
        assert titles(first) == ["CANARIO-DEL-DIARIO"]


def test_turned_off_the_second_passphrase_opens_nothing_and_its_file_is_gone(ana: Person) -> None:
    with ana.opened() as first:
        with pytest.raises(WrongUseError, match="second-passphrase-on"):
            notebook.turn_on(first, "una tercera frase larga", collective=GROUP)
        notebook.turn_off(first)
        assert first.safety.settings.beside == ""
    with pytest.raises(LockedError, match="wrong-passphrase"):
        unlock(ana.home, SECOND)
    assert len(list(ana.home.glob("store*.db*"))) == 1


def test_turning_on_cut_short_can_be_turned_off_and_on_again(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    with people[0].opened() as device, monkeypatch.context() as patched:
        patched.setattr(notebook, "_put", cut)
        patched.setattr(notebook, "_remove", cut)
        with pytest.raises(PowerCut):
            notebook.turn_on(device, SECOND, collective=GROUP)
    with people[0].opened() as device:
        assert device.safety.settings.beside
        notebook.turn_off(device)
        notebook.turn_on(device, SECOND, collective=GROUP)
    unlock(people[0].home, SECOND).lock()
    assert len(list(people[0].home.glob("store*.db"))) == 2


def test_a_backup_of_the_notebook_holds_the_notebook_alone(ana: Person, tmp_path: Path) -> None:
    second = unlock(ana.home, SECOND)
    note(second, "leche, pan")
    backup.write(second, tmp_path / "copia")
    second.lock()
    home = tmp_path / "nueva" / "vault"
    home.parent.mkdir()
    with pytest.raises(LockedError):
        asyncio.run(backup.restore(home, tmp_path / "copia", backup.Asked(PASSPHRASE)))
    asyncio.run(backup.restore(home, tmp_path / "copia", backup.Asked(SECOND)))
    back = unlock(home, SECOND)
    assert titles(back) == ["leche, pan"]
    assert not back.safety.settings.second
    back.lock()


def test_a_backup_of_the_first_holds_nothing_of_the_notebook(ana: Person, tmp_path: Path) -> None:
    with ana.opened() as first:
        backup.write(first, tmp_path / "copia")
    home = tmp_path / "nueva" / "vault"
    home.parent.mkdir()
    asyncio.run(backup.restore(home, tmp_path / "copia", backup.Asked(PASSPHRASE)))
    with pytest.raises(LockedError):
        unlock(home, SECOND)
    back = unlock(home, PASSPHRASE)
    assert len(records_of(back)) == 1
    assert back.safety.settings.beside == ""
    notebook.turn_on(back, SECOND, collective=GROUP)
    back.lock()


def test_a_panic_takes_both(ana: Person) -> None:
    panic.destroy(ana.home)
    assert not ana.home.exists()


def test_commands_work_in_the_notebook_and_nothing_of_the_first_shows(
    ana: Person, people: list[Person]
) -> None:
    given = ana.folder / "passphrase"
    given.write_text(f"{SECOND}\n")
    given.chmod(0o600)
    assert ana.do("add", "note", "leche").code == 0
    for arguments in (("list",), ("status",), ("people",), ("search", "CANARIO"), ("devices",)):
        done = ana.do(*arguments)
        assert done.code == 0, done
        assert "CANARIO" not in done.out + done.err
        assert "Semilla" not in done.out + done.err
        assert "Bo" not in done.out
    given.write_text(f"{PASSPHRASE}\n")
    assert sync(ana, people[1])["complete"]
    with pytest.raises(AlunaError):
        unlock(ana.home, "ninguna de las dos frases")
