"""The vault file: what opens it, what is refused, and that it is never half written."""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path

import pytest

from aluna_protocol import crypto
from aluna_sync import vault, vault_layout
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.vault import KdfCost, Secret, VaultSecrets
from unit.vault.conftest import CHEAP, OTHER, PASSPHRASE, FastArgon


def secrets() -> VaultSecrets:
    return vault.fresh_secrets("Itzel", "laptop")


def contents(opened: VaultSecrets) -> tuple[object, ...]:
    return (
        bytes(opened.dek),
        opened.keys,
        opened.incarnation,
        opened.person,
        opened.person_name,
        opened.device_name,
        bytes(opened.device_salt),
    )


def test_what_was_put_into_a_vault_comes_out_with_its_passphrase(home: Path) -> None:
    written = secrets()
    vault.create_vault_file(home, PASSPHRASE, written, cost=CHEAP)
    assert contents(vault.open_vault_file(home, PASSPHRASE)) == contents(written)
    with pytest.raises(LockedError, match="wrong-passphrase"):
        vault.open_vault_file(home, PASSPHRASE + "!")


def test_the_same_words_open_however_a_keyboard_spells_accents(
    home: Path, argon: FastArgon
) -> None:
    vault.create_vault_file(home, "acentuacio\u0301n larga", secrets(), cost=CHEAP)
    assert vault.open_vault_file(home, "acentuaci\u00f3n larga").person_name == "Itzel"


def test_s7_vault_and_home_are_for_their_owner_only(home: Path, argon: FastArgon) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "vault").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["vault"]


def test_s8_no_secret_and_no_name_lies_readable_in_the_file(home: Path, argon: FastArgon) -> None:
    written = secrets()
    vault.create_vault_file(home, PASSPHRASE, written, cost=CHEAP)
    data = (home / "vault").read_bytes()
    hidden = (
        bytes(written.dek), written.keys.sign_seed, written.keys.static_secret, b"Itzel",
        PASSPHRASE.encode(),
    )  # fmt: skip
    assert not any(piece in data for piece in hidden)


def test_a_short_passphrase_is_refused_and_nothing_is_written(home: Path) -> None:
    with pytest.raises(WrongUseError) as caught:
        vault.create_vault_file(home, "eleven char", secrets(), cost=CHEAP)
    assert (caught.value.code, caught.value.fields) == ("passphrase-too-short", {"least": 12})
    assert not home.exists()


def test_a_vault_is_never_written_over(home: Path, argon: FastArgon) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    before = (home / "vault").read_bytes()
    with pytest.raises(AlunaError, match="vault-exists"):
        vault.create_vault_file(home, OTHER, secrets(), cost=CHEAP)
    assert (home / "vault").read_bytes() == before


def test_a_name_that_could_not_be_read_again_is_refused(home: Path, argon: FastArgon) -> None:
    with pytest.raises(WrongUseError, match="name-not-possible"):
        vault.create_vault_file(
            home, PASSPHRASE, vault.fresh_secrets("a\x1b[31m", "laptop"), cost=CHEAP
        )
    assert not vault.vault_exists(home)


def test_changing_the_passphrase_keeps_the_secrets_and_shuts_out_the_old_one(
    home: Path, argon: FastArgon
) -> None:
    written = secrets()
    vault.create_vault_file(home, PASSPHRASE, written, cost=CHEAP)
    vault.change_passphrase(home, PASSPHRASE, OTHER)
    assert contents(vault.open_vault_file(home, OTHER)) == contents(written)
    with pytest.raises(LockedError):
        vault.open_vault_file(home, PASSPHRASE)


def test_a_wrong_old_passphrase_changes_nothing(home: Path, argon: FastArgon) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    before = (home / "vault").read_bytes()
    with pytest.raises(LockedError, match="wrong-passphrase"):
        vault.change_passphrase(home, "not this one", OTHER)
    assert (home / "vault").read_bytes() == before


def test_changed_settings_keep_secrets_passphrase_and_cost(home: Path, argon: FastArgon) -> None:
    written = secrets()
    vault.create_vault_file(home, PASSPHRASE, written, cost=CHEAP)
    saved = vault.save_settings(home, bytes(written.vault_key), idle_minutes=15)
    opened = vault.open_vault_file(home, PASSPHRASE)
    assert contents(opened) == contents(written)
    assert opened.settings == saved == vault.Settings(idle_minutes=15)
    assert set(argon.asked) == {(CHEAP.passes, CHEAP.memory)}


# -- cost ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passes", "memory"),
    [
        (0, 2**26), (1, 2**26), (11, 2**26), (3, 2**26 - 1), (3, 2**30 + 1), (3, 2**40),
        (2**32 - 1, 2**30), (3, 0),
    ],
)  # fmt: skip
def test_s10_parameters_out_of_bounds_are_refused_before_anything_is_hashed(
    home: Path, argon: FastArgon, passes: int, memory: int
) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    argon.asked.clear()
    path = home / "vault"
    data = path.read_bytes()
    path.write_bytes(data[:9] + struct.pack(">IQ", passes, memory) + data[21:])
    with pytest.raises(AlunaError, match="vault-parameters"):
        vault.open_vault_file(home, PASSPHRASE)
    with pytest.raises(AlunaError, match="vault-parameters"):
        KdfCost(passes, memory)
    assert argon.asked == []


class SlowClock:
    """Advances by *seconds* between two readings."""

    def __init__(self, seconds: float) -> None:
        self._now = 0.0
        self._seconds = seconds

    def __call__(self) -> float:
        self._now += self._seconds
        return self._now


def test_the_default_cost_is_kept_where_it_takes_less_than_a_second(
    home: Path, argon: FastArgon
) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), clock=SlowClock(0.7))
    assert argon.asked == [(3, 256 * 2**20)]
    vault.open_vault_file(home, PASSPHRASE)
    assert argon.asked[1:] == [(3, 256 * 2**20)]


def test_an_old_device_falls_back_to_the_floor_and_no_lower(home: Path, argon: FastArgon) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), clock=SlowClock(30.0))
    argon.asked.clear()
    vault.open_vault_file(home, PASSPHRASE)
    assert argon.asked == [(3, 64 * 2**20)]


def test_s13_no_environment_variable_weakens_the_cost(
    home: Path, argon: FastArgon, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALUNA_KDF", "ALUNA_ARGON", "ALUNA_TEST", "ALUNA_KDF_MEMORY"):
        monkeypatch.setenv(name, "1")
    vault.create_vault_file(home, PASSPHRASE, secrets(), clock=SlowClock(0.1))
    assert argon.asked == [(3, 256 * 2**20)]


# -- damage --------------------------------------------------------------------------------------


def test_s9_a_flipped_bit_keeps_the_vault_shut_or_lies_in_noise_it_does_not_read(
    home: Path, argon: FastArgon
) -> None:
    written = secrets()
    vault.create_vault_file(home, PASSPHRASE, written, cost=CHEAP)
    path = home / "vault"
    data = path.read_bytes()
    opened = 0
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        try:
            assert contents(vault.open_vault_file(home, PASSPHRASE)) == contents(written)
        except AlunaError:
            continue
        opened += 1
    noise = vault_layout.SLOT_BYTES * 3 + vault_layout.BODY_BYTES
    assert opened == noise + 1, "the other compartment, our shares' slot, and what panic removes"


@pytest.mark.parametrize("data", [b"", b"ALUNAVLT", b"x" * 400, b"ALUNAVLT" * 4000])
def test_what_is_not_a_vault_is_said_to_be_damaged(
    home: Path, argon: FastArgon, data: bytes
) -> None:
    vault.prepare_home(home)
    (home / "vault").write_bytes(data)
    with pytest.raises(AlunaError) as caught:
        vault.open_vault_file(home, PASSPHRASE)
    assert caught.value.code in {"vault-damaged", "vault-too-new"}
    assert argon.asked == []


def test_a_vault_of_a_newer_program_is_left_alone(home: Path, argon: FastArgon) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    path = home / "vault"
    data = path.read_bytes()
    path.write_bytes(data[:8] + b"\x03" + data[9:])
    with pytest.raises(AlunaError, match="vault-too-new"):
        vault.open_vault_file(home, PASSPHRASE)


def test_s14_a_failed_write_leaves_the_old_vault_and_no_scraps(
    home: Path, argon: FastArgon, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create_vault_file(home, PASSPHRASE, secrets(), cost=CHEAP)
    before = (home / "vault").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(AlunaError, match="disk-full"):
        vault.change_passphrase(home, PASSPHRASE, OTHER)
    assert (home / "vault").read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["vault"]


def test_no_memory_for_the_derivation_is_said_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def starved(*_: object, **__: object) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(crypto, "argon2id", starved)
    with pytest.raises(AlunaError, match="not-enough-memory"):
        vault.create_vault_file(home, PASSPHRASE, secrets())


# -- secrets -------------------------------------------------------------------------------------


def test_no_secret_shows_in_a_representation() -> None:
    opened = secrets()
    shown = repr(opened) + str(opened.dek) + repr(opened.keys) + f"{opened.dek!r}"
    for secret in (opened.dek, opened.sign_seed, opened.static_secret, opened.device_salt):
        assert repr(bytes(secret)) not in shown
        assert bytes(secret).hex() not in shown


def test_a_wiped_secret_is_zeros_and_cannot_be_used() -> None:
    secret = Secret(b"k" * 32)
    buffer = secret._bytes
    secret.wipe()
    assert buffer == bytes(32)
    with pytest.raises(AlunaError, match="vault-locked"):
        bytes(secret)


def test_s12_locking_wipes_every_key() -> None:
    opened = secrets()
    opened.wipe()
    for secret in (opened.dek, opened.sign_seed, opened.static_secret, opened.device_salt):
        with pytest.raises(AlunaError, match="vault-locked"):
            bytes(secret)
    with pytest.raises(AlunaError, match="vault-locked"):
        _ = opened.keys


def test_a_suggested_passphrase_has_six_words_each_equally_likely() -> None:
    draws = iter([(2**32 - 1), 0, 1, 2, 0, 1, 2])
    words = vault.suggest_passphrase(
        ["uno", "dos", "tres"], lambda size: next(draws).to_bytes(size, "big")
    )
    assert words == "uno dos tres uno dos tres"


def test_every_seal_of_the_file_is_bound_to_its_header() -> None:
    layout = vault_layout.new_layout(CHEAP, bytes(16), bytes)
    slot = vault_layout.seal_key(layout.header, bytes(32), b"k" * 32, bytes)
    body = vault_layout.seal_body(layout.header, bytes(32), b"payload", bytes)
    other = dataclasses.replace(layout, salt=b"s" * 16).header
    assert vault_layout.open_key(layout.header, bytes(32), slot) == b"k" * 32
    assert vault_layout.open_body(layout.header, bytes(32), body) == b"payload"
    assert vault_layout.open_key(other, bytes(32), slot) is None
    assert vault_layout.open_body(other, bytes(32), body) is None
    assert vault_layout.open_key(layout.header, bytes(32), body[: len(slot)]) is None
