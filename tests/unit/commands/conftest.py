"""A real vault with a cheap passphrase, and a way to run command lines on it in this process."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aluna_tui.commands.doors import Doors
from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.running import run
from aluna_tui.texts import bind_libraries, use_language
from unit.commands.fakes import CheapDoors

PASSPHRASE = "siete gatos miran la lluvia"


@dataclasses.dataclass
class Said:
    """What a command line printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Aluna = Callable[..., Said]


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def aluna(
    tmp_path: Path,
    passphrase_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Aluna]:
    """Run one command line on the vault of this test."""
    monkeypatch.setenv("ALUNA_PASSPHRASE_FILE", str(passphrase_file))
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.delenv("ALUNA_HOME", raising=False)

    def line(
        *arguments: str, lang: str = "en", doors: Doors | None = None, home: str = "vault"
    ) -> Said:
        use_language(lang)
        bind_libraries()
        invocation = Invocation(doors=doors or CheapDoors(), home=tmp_path / home)
        code = run(arguments, invocation)
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    yield line
    use_language("es")


@pytest.fixture
def founded(aluna: Aluna) -> Aluna:
    """The same, with a collective founded by Itzel."""
    said = aluna("init", "Semilla", "--as", "Itzel", "--device", "laptop")
    assert said.code == 0, said.err
    return aluna
