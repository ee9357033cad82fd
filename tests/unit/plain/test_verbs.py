"""Every verb of the table is reachable, by a whole line and by questions."""

from __future__ import annotations

import pytest

from aluna_tui.commands.table import ENTRIES, Entry
from aluna_tui.plain.asking_verbs import command_of, offered, takes_anything
from aluna_tui.plain.home import menu
from aluna_tui.plain.offering import exactly
from aluna_tui.texts import use_language
from harness.processes import PASSPHRASE
from unit.plain.conversing import Conversing

NAMES = [entry.name for entry in ENTRIES]


def entry_of(name: str) -> Entry:
    return next(one for one in ENTRIES if one.name == name)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_verb_is_explained_and_asked_for_by_its_name(itzel: Conversing, lang: str) -> None:
    itzel.lang = lang
    use_language(lang)
    asked = [
        one for one in ENTRIES if takes_anything(one) and not exactly(one.name_in(lang), menu())
    ]
    answers = [f"{entry.name_in(lang)} --help" for entry in ENTRIES]
    for entry in asked:
        answers += [entry.name_in(lang), "?", "<"]
    said = itzel.inside(*answers, "", "end")
    for entry in ENTRIES:
        assert f"{entry.name_in(lang)} ({entry.other_name(lang)}): " in said
    where = "You are asking for “" if lang == "en" else "Estás pidiendo «"
    met = "Companions are met in the" if lang == "en" else "Mientras dura esta conversación"
    assert met in said, "without a terminal nobody could end a node"
    for entry in asked:
        assert entry.name == "node" or f"{where}{entry.name_in(lang)}" in said
    assert itzel.code == 0


def test_every_option_that_is_shown_can_be_asked_for() -> None:
    for entry in ENTRIES:
        _arguments, options = offered(command_of(entry))
        flags = {one.opts[0] for one in options}
        assert not {"--home", "--json", "--lang", "--plain"} & flags, entry.name
    _arguments, options = offered(command_of(entry_of("list")))
    assert "--since" in {one.opts[0] for one in options}


def test_every_verb_is_found_through_everything_else(itzel: Conversing) -> None:
    answers: list[str] = ["everything else"]
    for family in range(1, 7):
        answers += [str(family), "more", "<"]
    said = itzel.inside(*answers, "<", "end")
    for entry in ENTRIES:
        assert entry.summary in said


def test_a_verb_asks_for_its_words_checks_them_and_runs(itzel: Conversing) -> None:
    said = itzel.inside(
        "add", "note", "Una nota corta.", "yes", "", "", "yesterday", "", "perhaps", "no",
        "list", "note", "", "end",
    )  # fmt: skip
    lines = said.splitlines()
    assert lines.count("Written.") == 1
    assert "Say yes, or no." in lines
    assert lines.count("Note: Una nota corta.") == 1
    assert not any(line.startswith("--") for line in lines), "dashes are spelled"


def test_a_wrong_value_is_said_and_asked_again(itzel: Conversing) -> None:
    said = itzel.inside("safety", "1", "yes", "99", "5", "", "", "status", "end")
    assert "The screens lock" in said
    assert "5 minutes" in said


def test_whole_lines_run_as_after_aluna_and_unknown_words_are_told(itzel: Conversing) -> None:
    said = itzel.inside(
        "aluna add note 'Dos palabras'", 'anotar nota "tres palabras juntas"', "add note -",
        "Primera.", "Segunda.", ".", "search palabras", "lsit", "add nonsense x", "list --wrong",
        "don't", "end",
    )  # fmt: skip
    assert said.count("Written.") == 3
    assert "Tres «palabras»" in said or "tres «palabras» juntas" in said
    assert "I did not understand “lsit”." in said
    assert itzel.code == 0
    device = itzel.opened()
    try:
        from aluna_sync.store.rows import Query

        assert device.list(Query()).total == 3
    finally:
        device.lock()


def test_the_vault_is_not_asked_for_again_between_commands(itzel: Conversing) -> None:
    said = itzel.inside("status", "people", "devices", "safety --idle 5", "voices", "end")
    assert said.count("Passphrase") == 1


def test_a_new_passphrase_is_asked_hidden_and_opens_the_vault(itzel: Conversing) -> None:
    new = "otra frase larga de prueba"
    said = itzel.inside("passphrase", PASSPHRASE, new, new, "status", "lock", new, "end")
    assert new not in said
    assert said.count("Semilla, ") == 2


def test_the_language_changes_inside(itzel: Conversing) -> None:
    said = itzel.inside("another language", "español", "idioma", "English", "end")
    assert "¿Qué quieres hacer?" in said or "Qué quieres hacer:" in said
    assert said.rstrip().endswith("Until soon.")


def test_a_panic_is_stopped_by_a_line_and_done_without_one(itzel: Conversing) -> None:
    itzel.inside("panic", "yes", "", "", "no", "end")
    assert itzel.home.exists()
    said = itzel.inside("panic --now", "<", "yes")
    assert "The keys are destroyed" in said
    assert "There is no vault on this device yet." in said or "Welcome to Aluna." in said
    assert not itzel.home.exists()
