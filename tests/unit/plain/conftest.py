"""A vault to converse about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_sync.founding import create_vault
from aluna_tui.texts import use_language
from harness.processes import PASSPHRASE
from unit.commands.fakes import CHEAP
from unit.plain.conversing import Conversing


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No passphrase lies ready, and the language of a test ends with it."""
    for name in ("ALUNA_PASSPHRASE_FILE", "ALUNA_HOME", "ALUNA_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "")
    yield
    use_language("es")


@pytest.fixture
def itzel(tmp_path: Path) -> Conversing:
    """Itzel, who founded Semilla."""
    home = tmp_path / "vault"
    create_vault(
        home, PASSPHRASE, person="Itzel", device="laptop", collective="Semilla", cost=CHEAP
    ).lock()
    return Conversing(home)
