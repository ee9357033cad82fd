"""The file of preferences: read without trusting it, written in one step, nothing of it lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_tui import preferences, themes
from aluna_tui.__main__ import asked_language
from aluna_tui.key_map import FIXED, refusal, shown_key
from aluna_tui.keys import KEYS
from aluna_tui.preferences import Preferences


def test_what_was_chosen_comes_back(tmp_path: Path) -> None:
    chosen = Preferences("en", "aluna-dark", {"write": "f5", "journal": "q"})
    preferences.save(tmp_path / "p.toml", chosen)
    assert preferences.load(tmp_path / "p.toml") == chosen
    assert [path.name for path in tmp_path.iterdir()] == ["p.toml"]


def test_there_may_be_no_file(tmp_path: Path) -> None:
    assert preferences.load(tmp_path / "none.toml") == Preferences()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("language = 'fr'", ("language",)),
        ("theme = 'pink'", ("theme",)),
        ("colour = 1", ("colour",)),
        ("keys = 5", ("keys",)),
        ("[keys]\nwrite = 'ctrl+b'", ("keys.write",)),
        ("[keys]\nwrite = 5\nnobody = 'n'\nback = 'q'", ("keys.write", "keys.nobody", "keys.back")),
        ("[keys]\nwrite = 'd'", ("keys.write",)),
        ("[[[", ("preferences.toml",)),
        ("\x00", ("preferences.toml",)),
    ],
)
def test_what_does_not_fit_is_left_alone_and_named(
    tmp_path: Path, text: str, left: tuple[str, ...]
) -> None:
    path = preferences.path_in(tmp_path)
    path.write_text(text)
    assert preferences.load(path) == Preferences(left_alone=left)


def test_bytes_that_are_no_text_and_a_folder_in_its_place_stop_nobody(tmp_path: Path) -> None:
    path = preferences.path_in(tmp_path)
    path.write_bytes(b"\xff" * 100)
    assert preferences.load(path).left_alone == (preferences.NAME,)
    path.unlink()
    path.mkdir()
    assert preferences.load(path).left_alone == (preferences.NAME,)


def test_a_file_that_cannot_be_read_is_put_aside_before_another_is_written(tmp_path: Path) -> None:
    path = preferences.path_in(tmp_path)
    path.write_text("language = es # mine")
    found = preferences.load(path)
    preferences.save(path, found.with_key("write", "f5"))
    assert preferences.load(path).keys == {"write": "f5"}
    assert (tmp_path / "preferences.old.toml").read_text() == "language = es # mine"


def test_a_key_given_back_is_the_one_it_comes_with() -> None:
    assert Preferences().with_key("write", "f5").with_key("write", "").keys == {}


@pytest.mark.parametrize(
    ("id_", "key", "why"),
    [
        ("write", "f5", ""),
        ("write", "q", ""),
        ("write", "ctrl+g", ""),
        ("write", "comma", "preferences"),
        ("write", "d", "journal"),
        ("edit", "f9", "quiet"),
        ("edit", "d", ""),
        ("back", "q", "fixed-key"),
        ("panic", "q", "fixed-key"),
        ("write", "ctrl+s", "key-of-others"),
        ("write", "N", "no-such-key"),
        ("write", "ñ", "no-such-key"),
        ("write", "alt+n", "no-such-key"),
        ("nothing", "q", "unknown-order"),
    ],
)
def test_a_key_is_refused_only_with_a_reason(id_: str, key: str, why: str) -> None:
    assert refusal(id_, key, {}) == why


def test_a_key_that_another_order_gave_up_is_free() -> None:
    assert refusal("write", "d", {"journal": "q"}) == ""
    assert refusal("write", "q", {"journal": "q"}) == "journal"


def test_keys_the_program_comes_with_would_all_be_accepted() -> None:
    assert [id_ for id_, key in KEYS.items() if id_ not in FIXED and id_ != "leave"
            and refusal(id_, key.key, {}) not in ("", "key-of-others")] == []  # fmt: skip
    assert shown_key("ctrl+g") == "^g"
    assert shown_key("f5") == "F5"
    assert shown_key("minus") == "-"


def test_every_theme_that_can_be_chosen_exists() -> None:
    assert tuple(one.name for one in themes.THEMES) == preferences.THEMES


def test_commands_speak_the_language_chosen_in_the_screens_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ALUNA_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "es_MX.UTF-8")
    preferences.save(preferences.path_in(tmp_path), Preferences("en"))
    assert asked_language(["list", "--home", str(tmp_path)]) == "en"
    assert asked_language([f"--home={tmp_path}", "list", "--lang", "es"]) == "es"
    monkeypatch.setenv("ALUNA_HOME", str(tmp_path))
    assert asked_language(["list"]) == "en"
    monkeypatch.setenv("ALUNA_LANG", "es")
    assert asked_language(["list"]) == "es"
