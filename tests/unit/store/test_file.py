"""The file: encrypted, whole after any death, shared by processes, damaged with a code (S8-S14)."""

from __future__ import annotations

import itertools
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest

from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.store import connection
from aluna_sync.store.rows import Query
from aluna_sync.store.store import Store
from unit.store.factories import (
    DEK,
    ME,
    Writer,
    device_keys,
    document,
    epoch_key,
    index_row,
    new_store,
    open_again,
    space,
)

TESTS = Path(__file__).parents[2]
CANARY = "zanahoriadeprueba"
NORMAL, FULL = 1, 2
"""What `PRAGMA synchronous` answers."""

WRITE_FOR_EVER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from unit.store.factories import document, index_row, open_again, space
store = open_again(Path(sys.argv[1]))
number = 0
while True:
    with store.transaction():
        store.log.add_pending(space(), document(f"{sys.argv[3]} {number}"), b"change")
        store.index.put([index_row(f"{sys.argv[3]} {number}", "palabras")])
    number += 1
    print(number, flush=True)
"""

APPEND_TO_ONE_LOG = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from aluna_protocol.ids import Lane
from unit.store.factories import Writer, document, open_again, space
store = open_again(Path(sys.argv[1]))
for number in range(25):
    with store.transaction():
        writer = Writer("mine")
        writer.heads[Lane.CONTENT] = store.log.head(writer.log())
        entry = writer.write((document(f"{sys.argv[3]} {number}"), [b"change"]))
        assert store.log.append([entry]) == 1
store.close()
"""


def child(code: str, path: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(TESTS), name],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_what_a_killed_process_had_committed_is_all_there(path: Path) -> None:
    new_store(path).close()
    for turn in range(3):
        with child(WRITE_FOR_EVER, path, f"turn{turn}") as writing:
            assert writing.stdout is not None
            committed = 0
            while committed < 5 + 7 * turn:
                committed = int(writing.stdout.readline())
            writing.send_signal(signal.SIGKILL)
            committed = int((writing.stdout.read().split() or [str(committed)])[-1])
            assert writing.stderr is not None
            assert writing.stderr.read() == ""
        store = open_again(path)
        store.check()
        kept = {change.document for change in store.log.pending(space(), 10**9)}
        assert {document(f"turn{turn} {n}") for n in range(committed)} <= kept
        assert store.index.query(Query(words="palabras", limit=1)).total == len(kept)
        store.close()


def test_s14_two_processes_never_give_the_same_height_to_two_entries(path: Path) -> None:
    new_store(path).close()
    with child(APPEND_TO_ONE_LOG, path, "one") as one, child(APPEND_TO_ONE_LOG, path, "two") as two:
        errors = [process.communicate()[1] for process in (one, two)]
    assert errors == ["", ""]
    assert (one.returncode, two.returncode) == (0, 0)
    store = open_again(path)
    entries = store.log.entries(Writer("mine").log(), 0, 10**9)
    assert [entry.header.height for entry in entries] == list(range(1, 51))
    assert all(
        later.header.previous == earlier.hash for earlier, later in itertools.pairwise(entries)
    )
    store.close()


def test_another_connection_is_noticed(path: Path, store: Store) -> None:
    before = store.data_version()
    store.meta.put("mine", b"1")
    assert store.data_version() == before
    other = open_again(path)
    other.meta.put("theirs", b"2")
    other.close()
    assert store.data_version() != before
    assert store.meta.get("theirs") == b"2"


def test_a_writer_that_waits_too_long_says_busy(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_MILLISECONDS", 1)
    other = open_again(path)
    with store.transaction():
        store.meta.put("a", b"1")
        with pytest.raises(AlunaError, match="store-busy"), other.transaction():
            raise AssertionError
        assert other.meta.get("a") is None
    assert other.meta.get("a") == b"1"
    other.close()


# -- transactions --------------------------------------------------------------------------------


def test_an_inner_transaction_that_fails_leaves_the_outer_one_whole(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.meta.put("inner", b"2")
            raise ZeroDivisionError

    with store.transaction():
        store.meta.put("outer", b"1")
        with pytest.raises(ZeroDivisionError):
            fail()
        store.meta.put("after", b"3")
    values = [store.meta.get(key) for key in ("outer", "inner", "after")]
    assert values == [b"1", None, b"3"]


def test_s14_a_full_disk_undoes_the_whole_transaction_and_says_so(store: Store) -> None:
    store.meta.put("kept", b"1")
    pages = store._db.value("PRAGMA page_count")
    store._db.run(f"PRAGMA max_page_count={pages}")
    with pytest.raises(AlunaError, match="disk-full"), store.transaction():
        store.meta.put("lost", bytes(10**6))
    store._db.run("PRAGMA max_page_count=1000000")
    assert (store.meta.get("kept"), store.meta.get("lost")) == (b"1", None)
    store.meta.put("again", b"2")
    assert store.meta.get("again") == b"2"


# -- encryption ----------------------------------------------------------------------------------


def fill(store: Store) -> None:
    row = index_row(f"title {CANARY}", f"{CANARY} común", terms=(CANARY,), type_=CANARY)
    store.index.put([row])
    store.drafts.save(CANARY, CANARY)
    store.meta.put(CANARY, CANARY.encode())
    store.log.add_pending(space(), document("a"), CANARY.encode())
    store.log.put_epoch_key(space(), epoch_key())
    store.log.append([Writer("itzel").control(CANARY.encode())])
    store.peers.met(device_keys("itzel").device, CANARY)
    assert store.index.query(Query(words=CANARY[:6])).total == 1


def test_s8_no_word_and_no_key_lies_readable_in_any_file(path: Path, store: Store) -> None:
    fill(store)
    secrets = (CANARY.encode(), CANARY.encode().hex().encode(), DEK, epoch_key().key, space(), ME)
    while_open = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert {"store.db", "store.db-wal"} <= set(while_open)
    store.close()
    closed = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert set(closed) == {"store.db"}
    for data in (*while_open.values(), *closed.values()):
        assert not any(secret in data for secret in secrets)
        assert not data.startswith(b"SQLite format 3")


def test_s8_files_of_the_store_are_for_their_owner_only(path: Path, store: Store) -> None:
    fill(store)
    modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {0o600}


def test_a_wrong_key_opens_nothing_and_harms_nothing(path: Path) -> None:
    new_store(path).close()
    before = path.read_bytes()
    with pytest.raises(LockedError, match="wrong-key"):
        Store.open(path, bytes(32))
    assert path.read_bytes() == before


def test_s9_the_vault_of_another_device_does_not_open_this_store(path: Path) -> None:
    new_store(path, own="mine").close()
    Store.open(path, DEK, device=device_keys("mine").device).close()
    with pytest.raises(LockedError, match="vault-of-another-device"):
        Store.open(path, DEK, device=device_keys("itzel").device)


def test_p1_a_build_without_ciphers_is_refused_before_a_file_is_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(apsw, "mc_version")
    with pytest.raises(AlunaError, match="store-not-encrypted"):
        new_store(path)
    assert not path.exists()


def test_p1_a_build_that_ignores_the_cipher_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(_: str) -> SimpleNamespace:
        opened = sqlite3.connect(":memory:")
        return SimpleNamespace(execute=opened.execute, close=opened.close)

    monkeypatch.setattr(apsw, "Connection", plain)
    with pytest.raises(AlunaError, match="store-not-encrypted"):
        connection.require_encryption()


# -- damage --------------------------------------------------------------------------------------


def read_everything(path: Path) -> None:
    opened = open_again(path)
    try:
        opened.index.query(Query(words="palabras"))
        opened.check()
    finally:
        opened.close()


def test_s9_a_flipped_byte_in_any_page_is_noticed_and_said_with_a_code(path: Path) -> None:
    store = new_store(path)
    store.index.put([index_row(f"{n}", "palabras " * 40) for n in range(100)])
    store.close()
    data = path.read_bytes()
    read_everything(path)
    codes = []
    for page in range(len(data) // 4096):
        flipped = bytearray(data)
        flipped[page * 4096 + 1000] ^= 1
        path.write_bytes(flipped)
        with pytest.raises(AlunaError) as caught:
            read_everything(path)
        codes.append(caught.value.code)
    # A damaged first page cannot be told from another key: the vault knows which it is.
    assert codes[0] == "wrong-key"
    assert set(codes[1:]) == {"store-damaged"}


def test_a_store_is_neither_created_over_another_nor_opened_from_nothing(path: Path) -> None:
    with pytest.raises(AlunaError, match="no-store"):
        open_again(path)
    assert not path.exists()
    new_store(path).close()
    with pytest.raises(AlunaError, match="store-exists"):
        new_store(path)


def test_a_store_of_a_newer_program_is_left_alone(path: Path, store: Store) -> None:
    store._db.run("PRAGMA user_version=99")
    with pytest.raises(AlunaError, match="store-too-new"):
        open_again(path)


def test_drafts_and_settings_survive(path: Path, store: Store) -> None:
    store.drafts.save("b", "segundo")
    store.drafts.save("a", "primero")
    store.drafts.save("b", "otra vez")
    store.meta.put("k", b"v")
    store.close()
    again = open_again(path)
    assert again.drafts.all() == {"a": "primero", "b": "otra vez"}
    again.drafts.delete("a")
    assert (again.drafts.get("a"), again.drafts.get("b")) == (None, "otra vez")
    again.meta.delete("k")
    assert again.meta.get("k") is None
    again.close()


def test_durability_does_not_end_at_the_process(store: Store) -> None:
    settings = {
        name: store._db.value(f"PRAGMA {name}")
        for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "cipher")
    }
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1,
        "cipher": "chacha20",
    }  # fmt: skip


def test_only_a_passing_transaction_does_not_wait_for_the_disk(store: Store) -> None:
    def synchronous() -> int:
        return int(store._db.value("PRAGMA synchronous"))

    assert synchronous() == FULL
    with store.passing():
        assert synchronous() == NORMAL
        store.meta.put("seen", b"yes")
    assert synchronous() == FULL
    assert store.meta.get("seen") == b"yes"


def test_a_passing_transaction_that_fails_leaves_nothing_and_lasts_again(store: Store) -> None:
    def write_and_fail() -> None:
        with store.passing():
            store.meta.put("seen", b"yes")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert store.meta.get("seen") is None
    assert store._db.value("PRAGMA synchronous") == FULL


def test_inside_a_transaction_everything_lasts(store: Store) -> None:
    with store.transaction(), store.passing():
        assert store._db.value("PRAGMA synchronous") == FULL
        store.meta.put("seen", b"yes")
    assert store.meta.get("seen") == b"yes"
