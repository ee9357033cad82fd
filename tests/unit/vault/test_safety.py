"""Changing what opens a vault: another passphrase, word shares, settings; cut short anywhere."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import shamir_mnemonic

from aluna_sync import safety, vault, vault_file, vault_layout, word_shares
from aluna_sync.errors import AlunaError, LockedError, WrongUseError
from aluna_sync.locks import writing
from aluna_sync.safety import Safety
from aluna_sync.vault import Removes
from unit.vault.conftest import CHEAP, OTHER, PASSPHRASE, FastArgon

THIRD = "una tercera frase larga"


@pytest.fixture
def opened(home: Path, argon: FastArgon) -> Safety:
    secrets = vault.fresh_secrets("Itzel", "laptop")
    vault.create_vault_file(home, PASSPHRASE, secrets, cost=CHEAP)
    return Safety(home, vault.open_vault_file(home, PASSPHRASE))


def dek(home: Path, passphrase: str) -> bytes:
    return bytes(vault.open_vault_file(home, passphrase).dek)


# -- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "kept"), [(1, 1), (4, 3), (15, 15), (600, 15), (0, 1)])
def test_s12_the_minutes_before_locking_are_kept_and_never_above_fifteen(
    opened: Safety, home: Path, asked: int, kept: int
) -> None:
    opened.choose_idle(asked)
    assert opened.settings.idle_minutes == kept
    assert vault.open_vault_file(home, PASSPHRASE).settings.idle_minutes == kept


def test_settings_are_not_readable_without_the_passphrase_and_do_not_change_the_size(
    opened: Safety, home: Path
) -> None:
    before = (home / "vault").read_bytes()
    opened.choose_idle(15)
    after = (home / "vault").read_bytes()
    assert len(before) == len(after) == vault_layout.FILE_BYTES
    assert sum(one != other for one, other in zip(before, after, strict=True)) > 1000


def test_two_programs_that_change_different_settings_keep_both(opened: Safety, home: Path) -> None:
    other = Safety(home, vault.open_vault_file(home, PASSPHRASE))
    opened.choose_idle(15)
    other.split()
    found = vault.open_vault_file(home, PASSPHRASE).settings
    assert (found.idle_minutes, found.shares) == (15, True)


def test_what_a_panic_removes_is_known_without_a_passphrase(opened: Safety, home: Path) -> None:
    assert vault.removes_of(home) is Removes.EVERYTHING
    opened.choose_removes(Removes.KEYS)
    assert vault.removes_of(home) is opened.removes is Removes.KEYS
    assert dek(home, PASSPHRASE)
    data = bytearray((home / "vault").read_bytes())
    data[vault_layout.HEADER.size] = 77
    (home / "vault").write_bytes(data)
    assert vault.removes_of(home) is Removes.EVERYTHING


def test_nothing_is_kept_once_the_secrets_are_wiped(home: Path, argon: FastArgon) -> None:
    secrets = vault.fresh_secrets("Itzel", "laptop")
    vault.create_vault_file(home, PASSPHRASE, secrets, cost=CHEAP)
    closed = Safety(home, secrets)
    secrets.wipe()
    with pytest.raises(AlunaError, match="vault-locked"):
        closed.choose_idle(5)


# -- the passphrase ------------------------------------------------------------------------------


def test_after_a_change_the_old_passphrase_opens_nothing_and_the_store_key_is_the_same(
    opened: Safety, home: Path
) -> None:
    key = dek(home, PASSPHRASE)
    opened.change_passphrase(PASSPHRASE, OTHER)
    assert dek(home, OTHER) == key
    with pytest.raises(LockedError, match="wrong-passphrase"):
        vault.open_vault_file(home, PASSPHRASE)
    opened.choose_idle(5)
    assert vault.open_vault_file(home, OTHER).settings.idle_minutes == 5


def test_the_old_vault_file_is_covered_with_noise_when_the_passphrase_changes(
    opened: Safety, home: Path, tmp_path: Path
) -> None:
    old = tmp_path / "the same block of the disc"
    old.hardlink_to(home / "vault")
    opened.change_passphrase(PASSPHRASE, OTHER)
    assert vault_layout.MAGIC not in old.read_bytes()


def test_a_passphrase_too_short_or_a_wrong_old_one_changes_nothing(
    opened: Safety, home: Path
) -> None:
    before = (home / "vault").read_bytes()
    with pytest.raises(WrongUseError, match="passphrase-too-short"):
        opened.change_passphrase(PASSPHRASE, "corta")
    with pytest.raises(LockedError, match="wrong-passphrase"):
        opened.change_passphrase(OTHER, THIRD)
    assert (home / "vault").read_bytes() == before


class PowerCut(BaseException):
    """The process is gone: nothing of it runs any more, no clean-up either."""


def steps_of_a_write(monkeypatch: pytest.MonkeyPatch, cut: int) -> Callable[[], int]:
    """Let the power go before step *cut* of what reaches the disc; return how many there were."""
    done = iter(range(1000))
    last = [0]
    real = {"write": os.write, "fsync": os.fsync, "replace": Path.replace, "unlink": Path.unlink}

    def stepping(name: str) -> Callable[..., object]:
        def step(*arguments: object, **named: object) -> object:
            last[0] = next(done)
            if last[0] >= cut:
                raise PowerCut
            return real[name](*arguments, **named)  # type: ignore[operator]

        return step

    monkeypatch.setattr(os, "write", stepping("write"))
    monkeypatch.setattr(os, "fsync", stepping("fsync"))
    monkeypatch.setattr(Path, "replace", stepping("replace"))
    monkeypatch.setattr(Path, "unlink", stepping("unlink"))
    return lambda: last[0]


@pytest.mark.parametrize("cut", range(8))
def test_s14_a_power_cut_at_any_step_of_a_change_leaves_one_whole_vault(
    opened: Safety, home: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    key = dek(home, PASSPHRASE)
    with monkeypatch.context() as patched:
        steps_of_a_write(patched, cut)
        try:
            opened.change_passphrase(PASSPHRASE, OTHER)
            finished = True
        except PowerCut:
            finished = False
    opens = []
    for passphrase in (PASSPHRASE, OTHER):
        try:
            opens.append(dek(home, passphrase))
        except LockedError:
            continue
    assert opens == [key], "exactly one of the two opens it"
    assert finished == (cut >= 5), "fsync, rename, fsync, noise, fsync"
    Safety(home, vault.open_vault_file(home, PASSPHRASE if cut < 2 else OTHER)).choose_idle(5)
    assert [each.name for each in home.iterdir()] == ["vault"], "no scrap with a key in it stays"


def test_a_vault_being_changed_by_another_program_is_not_written(
    opened: Safety, home: Path
) -> None:
    with writing(home), pytest.raises(AlunaError, match="vault-in-use"):
        opened.choose_idle(5)


# -- word shares ---------------------------------------------------------------------------------

PAIRS: Sequence[tuple[int, int]] = [(0, 1), (0, 2), (1, 2), (2, 0)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_of_three_shares_open_the_vault_for_a_new_passphrase(
    opened: Safety, home: Path, one: int, other: int
) -> None:
    key = dek(home, PASSPHRASE)
    shares = opened.split()
    assert [len(share.split()) for share in shares] == [20, 20, 20]
    safety.recover(home, [shares[one], shares[other]], OTHER)
    assert dek(home, OTHER) == key
    with pytest.raises(LockedError):
        vault.open_vault_file(home, PASSPHRASE)


def test_the_shares_outlive_a_change_of_passphrase(opened: Safety, home: Path) -> None:
    first, second, _ = opened.split()
    opened.change_passphrase(PASSPHRASE, OTHER)
    safety.recover(home, [first, second], THIRD)
    assert dek(home, THIRD)


def test_one_share_does_not_open_whatever_stands_beside_it(opened: Safety, home: Path) -> None:
    first, *_rest = opened.split()
    before = (home / "vault").read_bytes()
    invented = word_shares.split(os.urandom(word_shares.KEY_BYTES))
    for beside, code in ((first, "share-twice"), (invented[1], "shares-of-different-keys")):
        with pytest.raises(WrongUseError, match=code):
            safety.recover(home, [first, beside], OTHER)
    with pytest.raises(LockedError, match="shares-open-nothing"):
        safety.recover(home, invented[:2], OTHER)
    with pytest.raises(WrongUseError, match="shares-of-different-keys"):
        word_shares.join([first])
    assert (home / "vault").read_bytes() == before


def test_a_second_share_made_up_to_fit_the_first_does_not_open(opened: Safety, home: Path) -> None:
    first = opened.split()[0]
    real = shamir_mnemonic.Share.from_mnemonic(first)
    for _ in range(200):
        invented = dataclasses.replace(real, index=1, value=os.urandom(len(real.value)))
        with pytest.raises(AlunaError) as caught:
            safety.check_shares(home, [first, invented.mnemonic()])
        assert caught.value.code in {"shares-of-different-keys", "shares-open-nothing"}


def test_splitting_again_makes_the_old_shares_worthless(opened: Safety, home: Path) -> None:
    old = opened.split()
    new = opened.split()
    with pytest.raises(LockedError, match="shares-open-nothing"):
        safety.check_shares(home, old[:2])
    with pytest.raises(WrongUseError, match="shares-of-different-keys"):
        safety.check_shares(home, [old[0], new[1]])
    safety.check_shares(home, new[1:])


def test_forgotten_shares_open_nothing(opened: Safety, home: Path) -> None:
    shares = opened.split()
    assert opened.settings.shares
    opened.forget_shares()
    assert not vault.open_vault_file(home, PASSPHRASE).settings.shares
    with pytest.raises(LockedError, match="shares-open-nothing"):
        safety.recover(home, shares[:2], OTHER)
    assert dek(home, PASSPHRASE)


def test_mistyped_shares_are_told_by_number_and_never_quoted(opened: Safety) -> None:
    first, second, _ = opened.split()
    words = second.split()
    swapped = [words[1], words[0], *words[2:]]
    for typed, code, fields in (
        (words[:-1], "share-length", {"number": 2, "count": 19, "needed": 20}),
        ([*words[:4], "zapato", *words[5:]], "share-word-unknown", {"number": 2, "place": 5}),
        (swapped if swapped != words else words[::-1], "share-mistyped", {"number": 2}),
    ):
        with pytest.raises(WrongUseError) as caught:
            word_shares.join([first, " ".join(typed)])
        assert (caught.value.code, caught.value.fields) == (code, fields)


def test_four_letters_of_each_word_are_enough_in_any_case(opened: Safety, home: Path) -> None:
    first, second, _ = opened.split()
    short = " ".join(word[:4].upper() for word in second.split())
    safety.check_shares(home, [f"  {first}\n", short])


def test_the_file_does_not_tell_whether_there_are_shares(opened: Safety, home: Path) -> None:
    without = vault_layout.parse((home / "vault").read_bytes())
    opened.split()
    with_them = vault_layout.parse((home / "vault").read_bytes())
    sizes = [
        [len(one.by_passphrase), len(one.by_shares), len(one.body)]
        for layout in (without, with_them)
        for one in layout.compartments
    ]
    assert (
        sizes == [[vault_layout.SLOT_BYTES, vault_layout.SLOT_BYTES, vault_layout.BODY_BYTES]] * 4
    )


# -- the first version ---------------------------------------------------------------------------

OLD = Path(__file__).parents[2] / "vaults" / "first_version"
OLD_PASSPHRASE = "una frase larga de prueba"


def test_a_vault_of_the_first_version_opens_and_becomes_one_of_now(tmp_path: Path) -> None:
    home = tmp_path / "home"
    vault.prepare_home(home)
    (home / "vault").write_bytes((OLD / "vault").read_bytes())
    first = vault.open_vault_file(home, OLD_PASSPHRASE)
    assert (first.person_name, first.device_name) == ("Itzel", "laptop")
    assert len((home / "vault").read_bytes()) == vault_layout.FILE_BYTES
    again = vault.open_vault_file(home, OLD_PASSPHRASE)
    assert bytes(again.dek) == bytes(first.dek)
    assert bytes(again.vault_key) == bytes(first.vault_key)
    assert again.settings == vault.Settings()
    Safety(home, again).choose_idle(1)


def test_a_vault_of_the_first_version_opens_on_a_full_disk_and_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    vault.prepare_home(home)
    data = (OLD / "vault").read_bytes()
    (home / "vault").write_bytes(data)

    def full(path: Path, data: bytes) -> None:
        raise AlunaError("disk-full", home=str(path.parent))

    monkeypatch.setattr(vault_file, "write_file", full)
    secrets = vault.open_vault_file(home, OLD_PASSPHRASE)
    assert secrets.person_name == "Itzel"
    assert (home / "vault").read_bytes() == data
    with pytest.raises(AlunaError, match="vault-changed"):
        Safety(home, secrets).choose_idle(5)


def test_a_wrong_passphrase_leaves_a_vault_of_the_first_version_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    vault.prepare_home(home)
    data = (OLD / "vault").read_bytes()
    (home / "vault").write_bytes(data)
    with pytest.raises(LockedError, match="wrong-passphrase"):
        vault.open_vault_file(home, OTHER)
    with pytest.raises(LockedError, match="shares-open-nothing"):
        safety.check_shares(home, word_shares.split(bytes(16))[:2])
    assert (home / "vault").read_bytes() == data
