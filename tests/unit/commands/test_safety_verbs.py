"""Passphrase, word lists, copies, notebook and panic, as somebody who writes scripts meets them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_tui.honest import LIMITS, limits, share_lines
from aluna_tui.texts import use_language
from unit.commands.conftest import PASSPHRASE, Aluna
from unit.commands.fakes import CheapDoors

OTHER = "otra frase larga y nueva"


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    path = tmp_path / "other"
    path.write_text(f"{OTHER}\n", encoding="utf-8")
    opened = os.open(path, os.O_RDONLY)
    yield opened
    os.close(opened)


def type_lines(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


# -- passphrase ----------------------------------------------------------------------------------


def test_a_changed_passphrase_opens_and_the_old_one_does_not(
    founded: Aluna, passphrase_file: Path, descriptor: int
) -> None:
    said = founded("passphrase", "--new-fd", str(descriptor))
    assert said.code == 0, said.err
    assert "old one opens nothing" in said.out
    assert limits("passphrase")[0] in said.err
    assert founded("list").code == 3
    passphrase_file.write_text(f"{OTHER}\n")
    assert founded("list").code == 0


def test_a_short_new_passphrase_changes_nothing(founded: Aluna, tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_text("corta\n")
    with path.open() as file:
        said = founded("passphrase", "--new-fd", str(file.fileno()))
    assert said.code == 2
    assert "too short" in said.err
    assert founded("list").code == 0


# -- word lists ----------------------------------------------------------------------------------


def test_three_lists_are_given_and_two_of_them_open_the_vault_for_a_new_passphrase(
    founded: Aluna, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = founded("recover", "split", "--json").json["shares"]
    assert len(shares) == 3
    passphrase_file.write_text(f"{OTHER}\n")
    assert founded("list").code == 3
    type_lines(monkeypatch, shares[2], "", shares[0])
    said = founded("recover", "open")
    assert said.code == 0, said.err
    assert founded("list").code == 0
    passphrase_file.write_text(f"{PASSPHRASE}\n")
    assert founded("list").code == 3


def test_the_lists_are_shown_in_lines_of_four_numbered_words_with_their_limits(
    founded: Aluna,
) -> None:
    said = founded("recover", "split")
    assert said.out.count("List ") == 3
    assert [text for text in limits("shares") if text not in said.err] == []
    lines = share_lines(" ".join(f"word{n}" for n in range(1, 21)))
    assert len(lines) == 5
    assert lines[0].split() == ["1", "word1", "2", "word2", "3", "word3", "4", "word4"]
    assert max(len(line) for line in lines) < 80


def test_no_list_is_kept_anywhere(founded: Aluna, tmp_path: Path) -> None:
    shares = founded("recover", "split", "--json").json["shares"]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "vault").iterdir())
    for share in shares:
        assert share.encode() not in kept
        assert " ".join(share.split()[4:8]).encode() not in kept
    assert founded("safety", "--json").json["shares"] is True


def test_wrong_lists_are_told_in_words_and_change_nothing(
    founded: Aluna, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = founded("recover", "split", "--json").json["shares"]
    words = shares[0].split()
    cases = {
        (shares[0],): "1 were given",
        (shares[0], shares[0]): "same list twice",
        (shares[0], " ".join(words[:-1])): "19 words",
        (shares[0], " ".join(["mañana", *words[1:]])): "Word 1 of list 2",
        (shares[0], " ".join([*words[:4], *reversed(words[4:])])): "does not fit",
    }
    for lines, told in cases.items():
        type_lines(monkeypatch, *lines)
        said = founded("recover", "open")
        assert said.code == 2, lines
        assert told in said.err
        assert not any(word in said.err.split() for word in words), "no word is quoted"
    again = founded("recover", "split", "--json").json["shares"]
    type_lines(monkeypatch, *shares[:2])
    assert founded("recover", "open").code == 3
    assert founded("recover", "off").code == 0
    type_lines(monkeypatch, *again[:2])
    assert founded("recover", "open").code == 3
    assert founded("safety", "--json").json["shares"] is False
    assert founded("list").code == 0


# -- copies --------------------------------------------------------------------------------------


def test_a_copy_comes_back_in_another_place_with_everything(founded: Aluna, tmp_path: Path) -> None:
    assert founded("add", "note", "hola").code == 0
    said = founded("backup", str(tmp_path / "copy"))
    assert said.code == 0, said.err
    assert limits("backup")[0] in said.err
    assert founded("restore", str(tmp_path / "copy")).code == 1, "there is a vault already"
    said = founded("restore", str(tmp_path / "copy"), home="back")
    assert said.code == 0, said.err
    assert limits("restore")[0] in said.err
    assert founded("list", "--json", home="back").json["total"] == 1


def test_a_copy_with_its_own_phrase_opens_with_that_alone(
    founded: Aluna, tmp_path: Path, passphrase_file: Path
) -> None:
    made = founded("backup", str(tmp_path / "copy"), "--own-phrase", "--json").json
    assert len(made["phrase"].split()) == 6
    assert made["bytes"] == (tmp_path / "copy").stat().st_size
    assert founded("restore", str(tmp_path / "copy"), home="back").code == 3
    passphrase_file.write_text(f"{made['phrase']}\n")
    assert founded("restore", str(tmp_path / "copy"), home="back", lang="es").code == 0
    assert founded("list", home="back").code == 0


def test_a_copy_comes_back_with_two_lists_of_words(
    founded: Aluna, tmp_path: Path, passphrase_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = founded("recover", "split", "--json").json["shares"]
    assert founded("backup", str(tmp_path / "copy")).code == 0
    passphrase_file.write_text(f"{OTHER}\n")
    type_lines(monkeypatch, *shares[1:])
    assert founded("restore", str(tmp_path / "copy"), "--shares", home="back").code == 0
    assert founded("list", home="back").code == 0


def test_what_is_no_copy_is_refused_in_words(founded: Aluna, tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(b"x" * 5000)
    said = founded("restore", str(tmp_path / "photo"), home="back")
    assert said.code == 1
    assert "not a copy made by this program" in said.err
    assert not (tmp_path / "back").exists()
    assert founded("backup", str(tmp_path / "photo")).code == 2


# -- a second passphrase -------------------------------------------------------------------------


def test_the_notebook_is_made_only_after_its_limits_were_read(
    founded: Aluna, passphrase_file: Path, descriptor: int
) -> None:
    said = founded("notebook", "on", "--second-fd", str(descriptor))
    assert said.code == 2
    assert [text for text in limits("notebook") if text not in said.err] == []
    said = founded("notebook", "on", "--second-fd", str(descriptor), "--yes", "--name", "Recetas")
    assert said.code == 0, said.err
    assert founded("safety", "--json").json["second_passphrase"] is True
    passphrase_file.write_text(f"{OTHER}\n")
    spaces = founded("status", "--json").json["spaces"]
    assert spaces[0]["name"] == "Recetas"
    assert founded("safety", "--json").json["second_passphrase"] is False
    assert founded("notebook", "on", "--yes").code == 2
    passphrase_file.write_text(f"{PASSPHRASE}\n")
    assert founded("notebook", "off").code == 0
    passphrase_file.write_text(f"{OTHER}\n")
    assert founded("list").code == 3


# -- choices and panic ---------------------------------------------------------------------------


def test_safety_tells_every_protection_beside_its_limit(founded: Aluna) -> None:
    for lang in ("en", "es"):
        said = founded("safety", lang=lang)
        use_language(lang)
        for topic in ("lock", "panic", "shares", "notebook"):
            assert [text for text in limits(topic) if text not in said.out] == [], topic
    use_language("en")
    assert founded("safety", "--idle", "15", "--panic-removes", "keys", "--json").json == {
        "idle_minutes": 15,
        "panic_removes": "keys",
        "shares": False,
        "second_passphrase": False,
    }
    assert "after 15 minutes" in founded("safety").out
    assert founded("safety", "--idle", "60").code == 2


def test_what_a_panic_removes_can_be_said_when_the_vault_is_made(aluna: Aluna) -> None:
    aluna("init", "Semilla", "--as", "Itzel", "--panic-removes", "shared")
    assert aluna("safety", "--json").json["panic_removes"] == "shared"
    aluna("init", "Semilla", "--as", "Itzel", home="other")
    assert aluna("safety", "--json", home="other").json["panic_removes"] == "all"


def test_a_panic_that_takes_only_the_keys_says_what_stays(founded: Aluna, tmp_path: Path) -> None:
    said = founded("panic", "--now", "--removes", "keys")
    assert said.code == 0
    assert "closed for ever" in said.out
    assert {path.name for path in (tmp_path / "vault").iterdir()} >= {"store.db"}
    assert not (tmp_path / "vault" / "vault").exists()
    assert founded("list").code == 1
    assert founded("panic", "--now", "--removes", "all").code == 0
    assert not (tmp_path / "vault").exists()


def test_a_panic_that_takes_a_part_opens_the_vault_for_it_and_says_how_weak_that_is(
    founded: Aluna,
) -> None:
    founded("add", "note", "PRIVADA")
    founded("add", "event", "COMPARTIDO")
    founded("safety", "--panic-removes", "private")
    said = founded("panic", "--now")
    assert said.code == 0, said.err
    assert "1 record in all" in said.out
    assert [text for text in limits("part") if text not in said.err] == []
    titles = [record["title"] for record in founded("list", "--json").json["records"]]
    assert titles == ["COMPARTIDO"]


def test_a_no_within_the_five_seconds_keeps_everything(founded: Aluna) -> None:
    class SomebodySaysNo(CheapDoors):
        def count_down(self, seconds: int, tell: object) -> bool:
            assert seconds == 5
            return False

    said = founded("panic", doors=SomebodySaysNo())
    assert said.code == 130
    assert "Nothing was destroyed" in said.err
    assert founded("list").code == 0


def test_lock_says_that_nothing_is_open(founded: Aluna) -> None:
    assert founded("lock", "--json").json == {"open": False, "closed": 0}
    assert "No program has this vault open" in founded("lock").out


def test_every_limit_is_a_sentence_in_both_languages() -> None:
    for topic in LIMITS:
        use_language("en")
        english = limits(topic)
        use_language("es")
        assert all(text.endswith(".") for text in [*english, *limits(topic)]), topic
