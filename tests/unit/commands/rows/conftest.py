"""A journal of two, made once and copied for each test, and short ways to act in it."""

from __future__ import annotations

import contextlib
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.running import run
from aluna_tui.texts import bind_libraries, use_language
from unit.commands.conftest import PASSPHRASE, Aluna
from unit.commands.fakes import CheapDoors


@dataclass(frozen=True)
class Person:
    """Somebody at her own device."""

    name: str
    aluna: Aluna
    folder: Path

    def says(self, *words: str, lang: str = "en") -> str:
        """Run a command line that must succeed, and return what it printed."""
        said = self.aluna(*words, home=self.name, lang=lang)
        assert said.code == 0, (words, said.err)
        out: str = said.out
        return out

    def json(self, *words: str) -> Any:
        """Run a command line with --json and return what it answered."""
        said = self.aluna(*words, "--json", home=self.name)
        assert said.code == 0, (words, said.err)
        return said.json

    def refused(self, *words: str, lang: str = "en") -> str:
        """Run a command line that must be refused in words, and return those."""
        said = self.aluna(*words, home=self.name, lang=lang)
        assert said.code in (1, 2), (words, said.out)
        assert "unexpected" not in said.err, said.err
        err: str = said.err
        return err

    def add(self, type_: str, words: str = "", /, **fields: str) -> str:
        """Write a record; *fields* as with --set, `space`, `term` and `when` as options."""
        document: str = self.json("add", type_, *([words] if words else []), *_options(fields))[
            "id"
        ]
        return document

    def edit(self, document: str, **fields: str) -> None:
        """Say more in a record."""
        self.says("edit", document, *_options(fields))

    def act(self, document: str, act: str, words: str = "", **parts: str) -> None:
        """Do something with a record."""
        said = [option for name in parts for option in ("--set", f"{name}={parts[name]}")]
        self.says("act", document, act, *([words] if words else []), *said)

    def link(self, source: str, kind: str, target: str) -> None:
        """Link two records."""
        self.says("link", source, kind, target)

    def show(self, document: str) -> Any:
        """Return a record whole."""
        return self.json("show", document)

    def told(self, document: str, lang: str = "en") -> str:
        """Return what people read of a record."""
        return self.says("show", document, lang=lang)

    def items(self, document: str, field: str) -> dict[str, str]:
        """Return what is in a set of a record, each with its note."""
        return {one["item"]: one["note"] for one in self.show(document)["sets"][field]}

    def acts(self, document: str, field: str) -> list[str]:
        """Return the kinds of act in a field of a record."""
        return [one["value"]["act"] for one in self.show(document)["acts"].get(field, [])]

    def ids(self, *words: str) -> list[str]:
        """Return the ids of the records that `list` or `search` finds."""
        return [one["id"] for one in self.json(*words)["records"]]

    def has_no_field(self, type_: str, *names: str) -> None:
        """Check that nobody can write *names* into a record of *type_*, by any name of theirs."""
        for name in names:
            assert "no field" in self.refused("add", type_, "x", "--set", f"{name}=x"), name

    def has_no_act(self, document: str, *acts: str) -> None:
        """Check that nobody can do *acts* with a record."""
        for act in acts:
            self.refused("act", document, act)

    def gives(self, other: Person) -> None:
        """Hand a bundle to *other*, who reads it."""
        stick = self.folder / f"stick-{len(list(self.folder.glob('stick-*')))}"
        self.says("bundle", "write", str(stick))
        other.says("bundle", "read", str(stick), "--yes")


def _options(fields: dict[str, str]) -> list[str]:
    options = []
    for name, value in fields.items():
        if name in ("space", "term", "when"):
            options += [f"--{name}", value]
        else:
            options += ["--set", f"{name}={value}"]
    return options


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the vaults of Itzel and Julia, who let each other in; return their folder."""
    folder = tmp_path_factory.mktemp("both")
    key = folder / "passphrase"
    key.write_text(PASSPHRASE + "\n", encoding="utf-8")
    key.chmod(0o600)
    card, stick = str(folder / "card"), str(folder / "stick")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALUNA_PASSPHRASE_FILE", str(key))
        patch.delenv("ALUNA_HOME", raising=False)
        use_language("en")
        bind_libraries()
        for home, line in (
            ("itzel", ("init", "Semilla", "--as", "Itzel", "--device", "laptop")),
            ("julia", ("card", card, "--as", "Julia", "--device", "laptop")),
            ("itzel", ("admit", card, "--yes")),
            ("itzel", ("bundle", "write", stick)),
            ("julia", ("bundle", "read", stick, "--yes")),
        ):
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()) as said,
            ):
                code = run(line, Invocation(doors=CheapDoors(), home=folder / home))
            assert code == 0, said.getvalue()
        use_language("es")
    return folder


@pytest.fixture
def itzel(aluna: Aluna, both: Path, tmp_path: Path) -> Person:
    """Itzel, at a copy of her device."""
    shutil.copytree(both / "itzel", tmp_path / "itzel")
    return Person("itzel", aluna, tmp_path)


@pytest.fixture
def julia(aluna: Aluna, both: Path, tmp_path: Path) -> Person:
    """Julia, at a copy of hers."""
    shutil.copytree(both / "julia", tmp_path / "julia")
    return Person("julia", aluna, tmp_path)
