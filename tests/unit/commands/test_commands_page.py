"""The pages of the commands say what the program does, in both languages, and so do its answers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from aluna_sync.journal.lives.voices import For
from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.program import build_program
from aluna_tui.commands.table import ENTRIES
from aluna_tui.commands.twins import Twins
from unit.commands.conftest import Aluna
from unit.commands.shapes import shape

DOCS = Path(__file__).parents[3] / "docs"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_commands", DOCS / "make_commands.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = _script()
SHAPES: dict[str, tuple[str, ...]] = MAKE.SHAPES


def fits(verb: str, answer: Any) -> bool:
    return any(shape(one).fits(answer) for one in SHAPES[verb])


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_pages_are_current(code: str) -> None:
    written = MAKE.PAGES[code].read_text(encoding="utf-8")
    assert written == MAKE.page(code), "run: python docs/make_commands.py"


def commands() -> list[tuple[str, click.Command]]:
    program = build_program()
    with click.Context(program, obj=Invocation()) as context:
        found: list[tuple[str, click.Command]] = []
        for entry in ENTRIES:
            command = program.get_command(context, entry.name)
            assert command is not None
            found.append((entry.name, command))
            if isinstance(command, Twins):
                found += [
                    (f"{entry.name} {name}", inner)
                    for name in command.twins
                    if (inner := command.get_command(context, name)) is not None
                ]
        return found


def test_every_verb_and_option_is_on_both_pages_under_both_names() -> None:
    for code in ("en", "es"):
        words = MAKE.page(code)
        for entry in ENTRIES:
            assert f"### `{entry.name_in(code)}` (`{entry.other_name(code)}`)" in words
        for name, command in commands():
            for one in command.params:
                if isinstance(one, click.Option) and not one.hidden:
                    assert one.opts[0] in words, (name, one.opts)


def test_shapes_are_of_verbs_there_are_and_each_verb_that_answers_has_one() -> None:
    names = {name for name, _ in commands()}
    assert set(SHAPES) <= names
    assert names - set(SHAPES) == {"completion", "bundle", "folder", "views list"}
    for several in SHAPES.values():
        for one in several:
            shape(one)


def test_keys_that_are_explained_are_keys_there_are() -> None:
    known = {key for several in SHAPES.values() for key in MAKE.keys_of(several)}
    assert set(MAKE.KEYS) <= known
    assert all(f"`{one.value}`" in MAKE.KEYS["what"][0] for one in For)


@pytest.fixture
def written(founded: Aluna) -> dict[str, str]:
    def add(*words: str) -> str:
        return str(founded("add", *words, "--json").json["id"])

    event = add("event", "Retén con pan", "--term", "imp.fear", "--when", "ayer")
    harm = add("impact", "Miedo", "--set", "about=us", "--set", "kinds=imp.fear: de noche")
    agreed = add("agreement", "Nunca sola.", "--set", "look_again_on=2020-05")
    asked = add("round", "¿Cómo llegamos?", "--set", "words=con sueño")
    founded("link", event, "did", harm)
    for act in ("propose", "consent", "in-force"):
        founded("act", agreed, act)
    founded("edit", event, "--text", "Retén con café")
    return {"event": event, "harm": harm, "agreed": agreed, "round": asked}


READS = (
    "list", "list --since 2020 --put-away", "search miedo", "voices", "digest", "digest --changes",
    "people", "devices", "keepers", "status", "vocabulary", "vocabulary own",
    "vocabulary search miedo", "vocabulary show imp.fear", "vocabulary hide imp.fear",
    "vocabulary unhide imp.fear", "vocabulary list impact", "views", "tray",
    "circle", "folder list", "quiet", "findable",
    "safety", "locate", "doctor", "picture", "add types", "list --save todo",
)  # fmt: skip


def test_what_verbs_answer_has_the_shape_the_pages_say(
    founded: Aluna, written: dict[str, str]
) -> None:
    names = sorted(SHAPES, key=len, reverse=True)
    for line in READS:
        verb = next(one for one in names if f"{line} ".startswith(f"{one} "))
        said = founded(*line.split(), "--json")
        assert said.code == 0, (line, said.err)
        assert fits(verb, said.json), (line, said.json)
    assert fits("views", founded("views", "--json").json)


def test_records_and_what_is_done_with_them_have_the_shape_the_pages_say(
    founded: Aluna, written: dict[str, str]
) -> None:
    for document in written.values():
        for more in ((), ("--history",)):
            assert fits("show", founded("show", document, *more, "--json").json), document
        assert fits("history", founded("history", document, "--json").json)
    event, agreed = written["event"], written["agreed"]
    for line in (
        ("add", "event", "x", "--when", "ayer"),
        ("edit", event, "--set", "when=antier"),
        ("act", agreed),
        ("act", agreed, "ask-review"),
        ("link", event, "beside", agreed),
        ("take-back", written["round"], "--yes"),
        ("views", "delete", "nada"),
    ):
        said = founded(*line, "--json")
        if line[0] != "views":
            assert said.code == 0, (line, said.err)
            assert fits(line[0], said.json), (line, said.json)


def test_pictures_answer_with_the_keys_the_pages_say(
    founded: Aluna, written: dict[str, str]
) -> None:
    for name, spelled in MAKE.picture_shapes().items():
        said = founded("picture", name, "--json")
        assert said.code == 0, (name, said.err)
        answer = said.json
        assert answer.pop("picture") == name
        assert shape(spelled).fits(answer), (name, answer)


def test_an_answer_that_is_not_so_does_not_fit() -> None:
    assert not fits("link", {"id": "ab", "kind": "did"})
    assert not fits("link", {"id": "ab", "kind": "did", "target": "zz"})
    assert not fits("link", {"id": "ab", "kind": "did", "target": "ab", "more": 1})
    assert not fits("voices", {"waits": [{"record": "ab"}], "requests": [], "look_again": []})
