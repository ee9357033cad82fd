"""Every command of both guides is run as it is printed, one after the other, by invented people.

A block of commands names who writes them. A line of eight signs is the name a record has in the
guide; `>` begins what somebody types; any other line is something the program really says. The
door and the local network are stood in for by cards and sealed files: they have tests of their own.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from aluna_tui.commands.doors import Doors
from aluna_tui.commands.table import find_entry
from aluna_tui.keys import KEYS
from aluna_tui.texts import _, use_language
from unit.commands.conftest import Aluna, Said

DOCS = Path(__file__).parents[3] / "docs"
GUIDES = {"en": "guide.md", "es": "guia.md"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"[0-9a-f]{8}")
KEY_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \|$", re.MULTILINE)
PARTS = {
    "en": ("The first meeting", "A month", "An emergency", "A return after an outage"),
    "es": ("La primera reunión", "Un mes", "Una emergencia", "Volver después de un apagón"),
}

every_guide = pytest.mark.parametrize("lang", GUIDES)


def text_of(lang: str) -> str:
    return (DOCS / GUIDES[lang]).read_text(encoding="utf-8")


class Story:
    """The people of one guide, each at her device, and the names their records have in it."""

    def __init__(
        self, lang: str, aluna: Aluna, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.lang = lang
        self.first, self.second = dict.fromkeys(who for who, _ in BLOCK.findall(text_of(lang)))
        self._aluna = aluna
        self._folder = folder
        self._patch = monkeypatch
        self._names: dict[str, str] = {}
        self._sticks = 0

    def say(self, who: str, words: list[str], typed: str = "") -> Said:
        self._patch.setattr(
            sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
        )
        said = self._aluna(*words, home=who, lang=self.lang)
        assert said.code == 0, (who, words, said.err)
        return said

    def run(self, who: str, line: str, typed: str) -> Said:
        words = [self._names.get(word, word) for word in shlex.split(line)[1:]]
        entry = find_entry(words[0])
        verb = entry.name if entry else words[0]
        if verb in ("invite", "join", "sync", "node", "lock"):
            self.say(who, [words[0], "--help"])
        if verb == "join":
            assert len(Doors().indices_of(words[1:6], self.lang)) == 5, "words a door may have"
            self.come_in(words[words.index("--as") + 1])
        if verb == "sync":
            self.meet()
        if verb in ("invite", "join", "sync", "node", "lock"):
            return Said(0, "", "")
        return self.say(who, words, typed)

    def come_in(self, name: str) -> None:
        card = str(self._folder / "card")
        self.say(self.second, ["card", card, "--as", name, "--device", "laptop"])
        self.say(self.first, ["admit", card, "--yes"])
        self.carry(self.first, self.second)

    def meet(self) -> None:
        self.carry(self.second, self.first)
        self.carry(self.first, self.second)

    def carry(self, giver: str, reader: str) -> None:
        self._sticks += 1
        stick = str(self._folder / f"road-{self._sticks}")
        self.say(giver, ["bundle", "write", stick])
        self.say(reader, ["bundle", "read", stick, "--yes"])

    def tell(self, who: str, block: str) -> None:
        lines = [one for one in block.splitlines() if one]
        said = Said(0, "", "")
        for place, line in enumerate(lines):
            if line.startswith("aluna"):
                rest = lines[place + 1 :]
                typed = [one[2:] for one in rest[: _typed(rest)]]
                said = self.run(who, line, "".join(f"{one}\n" for one in typed))
            elif NAME.fullmatch(line):
                assert line not in self._names, line
                self._names[line] = said.out.strip()
                assert re.fullmatch(r"[0-9a-f]{32}", self._names[line]), (line, said)
            elif not line.startswith("> "):
                assert _plain(line) in _plain(said.out + said.err), (line, said)


def _typed(lines: list[str]) -> int:
    """Return how many of *lines*, from the first on, are typed."""
    return next((n for n, one in enumerate(lines) if not one.startswith("> ")), len(lines))


def _plain(words: str) -> str:
    return " ".join(words.split())


@every_guide
def test_every_command_of_a_guide_does_what_the_guide_says(
    lang: str, aluna: Aluna, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    story = Story(lang, aluna, tmp_path, monkeypatch)
    for who, block in BLOCK.findall(text_of(lang)):
        story.tell(who, block)


@every_guide
def test_the_keys_of_a_guide_are_those_of_the_program(lang: str) -> None:
    use_language(lang)
    told = KEY_ROW.findall(text_of(lang))
    assert len(told) > 10
    known = {(key.shown, _(key.words)) for key in KEYS.values()}
    assert [row for row in told if row not in known] == []
    use_language("es")


@every_guide
def test_a_command_named_in_passing_exists_in_the_language_of_the_guide(lang: str) -> None:
    text = BLOCK.sub("", text_of(lang))
    for command in re.findall(r"`aluna ([^`]+)`", text):
        verb = command.split()[0]
        entry = find_entry(verb)
        assert entry is not None, command
        assert entry.name_in(lang) == verb, command


@every_guide
def test_a_guide_has_its_four_parts_and_none_of_the_words_nobody_wants(lang: str) -> None:
    text = text_of(lang)
    places = [text.index(f"\n## {part}\n") for part in PARTS[lang]]
    assert places == sorted(places)
    assert 250 <= len([line for line in text.splitlines() if line]) <= 400
    unwanted = r"\b(conflict\w*|victim\w*|víctima\w*|overdue|vencid\w+|inactiv\w*|recaída|relapse"
    unwanted += r"|server|servidor|CRDT|encrypt\w+|cifrad\w+|score|puntaje|resilien\w+)\b"
    assert re.findall(unwanted, text, re.IGNORECASE) == []


def test_both_guides_tell_the_same_story() -> None:
    told = []
    for lang in GUIDES:
        lines = [
            [line for line in block.splitlines() if line.startswith("aluna")]
            for _who, block in BLOCK.findall(text_of(lang))
        ]
        verbs = [[find_entry(line.split()[1]) for line in block] for block in lines]
        told.append(verbs)
    assert told[0] == told[1]
