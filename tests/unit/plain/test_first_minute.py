"""The first minute: create, write the first impact, read it back; in both languages."""

from __future__ import annotations

from pathlib import Path

from harness.processes import PASSPHRASE
from unit.plain.conversing import Conversing

WORDS = ("Nos siguieron dos noches seguidas.", "Ya no dormimos bien.")


def test_the_first_minute_in_english(tmp_path: Path) -> None:
    one = Conversing(tmp_path / "vault", "en")
    said = one.talk(
        "create", "Itzel", "Semilla", PASSPHRASE, PASSPHRASE, "",
        "write", "what this did to us", *WORDS, "", "before reading", "Read it with somebody.",
        "", "", "yes",
        "read", "newest", "1", "yes", "<", "<", "<", "end",
    )  # fmt: skip
    lines = said.splitlines()
    assert lines[0] == "Welcome to Aluna."
    assert "“Semilla” begins, with Itzel." in lines
    assert "Written. It is only yours." not in lines, "one sentence a line"
    care = lines.index("Read it with somebody.")
    assert lines[care + 1] == "Open it? Yes or no:"
    assert lines[care + 2 : care + 4] == list(WORDS)
    assert not any(WORDS[0] in line for line in lines[: care + 2]), "not before she opened it"
    assert lines[-2:] == ["It is closed.", "Until soon."]
    assert one.code == 0


def test_el_primer_minuto_en_espanol(tmp_path: Path) -> None:
    one = Conversing(tmp_path / "vault", "es")
    said = one.talk(
        "crear", "Itzel", "Semilla", PASSPHRASE, PASSPHRASE, "",
        "escribir", "impacto", *WORDS, "", "", "sí",
        "leer", "1", "1", "sí", "<", "<", "<", "terminar",
    )  # fmt: skip
    lines = said.splitlines()
    assert "Nada ha salido de este aparato." in lines
    assert "¿Abrirlo? Sí o no:" in lines
    assert list(WORDS) == [line for line in lines if line in WORDS]
    assert "Everything" not in said
    assert " you " not in said


def test_who_leaves_without_beginning_leaves_no_vault(tmp_path: Path) -> None:
    one = Conversing(tmp_path / "vault", "en")
    said = one.talk("1", "Itzel", "<", "<", "yes")
    assert "Leave without beginning? Yes or no:" in said
    assert not one.home.exists()


def test_a_wrong_passphrase_is_asked_again_three_times(itzel: Conversing) -> None:
    said = itzel.talk("wrong one", "wrong two", "wrong three")
    assert said.count("Passphrase:") == 3
    assert "What do you want to do:" not in said
    said = itzel.talk("wrong one", PASSPHRASE, "end")
    assert "Semilla, " in said


def test_who_asks_from_far_away_waits_with_a_card_and_a_vault_of_nothing(tmp_path: Path) -> None:
    one = Conversing(tmp_path / "vault", "en")
    card = tmp_path / "card"
    said = one.talk(
        "from far", "Julia", str(card), PASSPHRASE, PASSPHRASE, "?", "read", str(card), "<", "end"
    )
    assert card.is_file()
    assert "The words of this card: " in said
    assert "This vault belongs to no collective yet." in said
    assert "What do you want to do:" not in said
    assert "Passphrase:" not in said, "it was just made"


def test_a_sealed_copy_is_come_back_from(itzel: Conversing, tmp_path: Path) -> None:
    itzel.inside("write note", "Se queda.", "", "", "yes", f"backup {tmp_path / 'copy'}", "end")
    other = Conversing(tmp_path / "other", "en")
    said = other.talk(
        "come back", str(tmp_path / "copy"), "", PASSPHRASE, PASSPHRASE,
        "read", "newest", "1", "", "", "", "end",
    )  # fmt: skip
    assert "Se queda." in said
    assert other.code == 0


def test_the_conversation_never_loads_the_screens() -> None:
    import subprocess
    import sys

    looks = (
        "import sys, aluna_tui.plain.conversation, aluna_tui.plain.companion;"
        "sys.exit(bool({'textual', 'rich', 'asyncio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", looks], check=False).returncode == 0
