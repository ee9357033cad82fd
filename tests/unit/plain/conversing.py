"""Conversations held line by line, and what must hold of everything ever said in one."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aluna_sync.device import Device
from aluna_sync.founding import create_vault, unlock
from aluna_tui.commands.grammar import Invocation
from aluna_tui.plain.conversation import converse, session_of
from aluna_tui.plain.ear import ScriptEar, Tick
from aluna_tui.plain.kept import KeptDoors
from aluna_tui.plain.talk import Talk
from aluna_tui.texts import bind_libraries, use_language
from harness.processes import PASSPHRASE
from unit.commands.fakes import CHEAP

DRAWN = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2500-\u25ff\u2800-\u28ff]")
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
Answer = str | Callable[[], str]


def assert_plain(said: str) -> None:
    """See that nothing in a transcript is drawn, steers a terminal, or makes columns."""
    assert not STEERING.findall(said)
    assert not DRAWN.findall(said)
    for line in said.splitlines():
        assert line == " ".join(line.split()), "blanks make columns"
        assert line, "an empty line says nothing"
        assert " · " not in line


class CheapKept(KeptDoors):
    """Kept doors with a key derivation that takes no time."""

    def create_vault(
        self, home: Path, passphrase: str, *, person: str, device: str, collective: str
    ) -> Device:
        made = create_vault(
            home, passphrase, person=person, device=device, collective=collective, cost=CHEAP
        )
        return self._keep(home, made)


class Answering(ScriptEar):
    """Says its lines one after the other; one that is a function is called when its turn comes."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = iter(answers)

    def line(self, tick: Tick) -> str | None:
        tick()
        answer = next(self._answers, None)
        return answer() if callable(answer) else answer

    def hidden(self, prompt: str) -> str | None:
        return self.line(lambda: None)


@dataclass
class Conversing:
    """Somebody at her vault, who converses as often as a test wants."""

    home: Path
    lang: str = "en"
    said: str = ""
    code: int = 0
    doors: KeptDoors = field(default_factory=CheapKept)

    def talk(self, *answers: Answer) -> str:
        """Hold one conversation in which she gives *answers*, and return what was said to her."""
        use_language(self.lang)
        bind_libraries()
        out = io.StringIO()
        self.doors = CheapKept()
        invocation = Invocation(home=self.home)
        talk = Talk(Answering(answers), out)
        self.code = converse(session_of(talk, self.home, self.doors, None, invocation))
        self.said = out.getvalue()
        assert_plain(self.said)
        assert not self.doors.is_open, "whatever happens, it ends locked"
        return self.said

    def inside(self, *answers: Answer) -> str:
        """The same, behind the passphrase."""
        return self.talk(PASSPHRASE, *answers)

    def opened(self) -> Device:
        """Open the vault beside the conversation."""
        return unlock(self.home, PASSPHRASE)
