"""A vault of the first version of the file opens, and goes on as a vault of now."""

from __future__ import annotations

import os
from pathlib import Path

from aluna_protocol import crypto, wire
from aluna_sync import vault_layout
from aluna_sync.founding import unlock
from aluna_sync.vault_file import derive
from aluna_sync.vault_secrets import VaultSecrets, packed
from harness.processes import COST, PASSPHRASE, Person, records_of, write


def first_version(secrets: VaultSecrets) -> bytes:
    """Return the bytes a program of before wrote for *secrets*: one passphrase, no settings."""
    payload = wire.pack(wire.array(wire.unpack(packed(secrets), 4096))[:8])
    salt, nonce = os.urandom(16), os.urandom(24)
    header = vault_layout.FIRST_VERSION.pack(
        vault_layout.MAGIC, 1, COST.passes, COST.memory, salt, nonce
    )
    return header + crypto.seal(derive(PASSPHRASE.encode(), salt, COST), nonce, payload, header)


def test_a_vault_of_the_first_version_opens_with_its_journal_and_can_do_all_of_now(
    people: list[Person], tmp_path: Path
) -> None:
    ana = people[0]
    with ana.opened() as device:
        write(device, "antes del cambio")
        secrets = device.safety.copy_secrets()
    (ana.home / "vault").write_bytes(first_version(secrets))
    device = unlock(ana.home, PASSPHRASE)
    assert len(records_of(device)) == 1
    device.safety.choose_idle(15)
    assert len(device.safety.split()) == 3
    device.lock()
    assert len((ana.home / "vault").read_bytes()) == vault_layout.FILE_BYTES
    assert ana.ask("list")["total"] == 1
    assert ana.ask("safety")["idle_minutes"] == 15
    assert ana.do("backup", str(tmp_path / "copia")).code == 0
    back = Person(tmp_path / "vuelta" / "vault")
    back.folder.mkdir()
    assert back.do("restore", str(tmp_path / "copia")).code == 0
    assert back.ask("list")["total"] == 1
