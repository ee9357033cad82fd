"""Where things lie on this device: the one door to platformdirs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOME_VARIABLE: Final = "ALUNA_HOME"


def home_directory(given: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the directory of the vault: *given*, else `ALUNA_HOME`, else the system's place."""
    chosen = given or (Path(environ[HOME_VARIABLE]) if environ.get(HOME_VARIABLE) else None)
    if chosen is not None:
        return chosen.expanduser().absolute()
    # Importing platformdirs costs 29 ms: only those who did not choose a place pay for it.
    from platformdirs import user_data_path

    return user_data_path("aluna", appauthor=False)


def vault_path(home: Path) -> Path:
    """Return where the wrapped keys lie."""
    return home / "vault"


STORE_NAME: Final = "store.db"


def store_path(home: Path, name: str = STORE_NAME) -> Path:
    """Return where the encrypted database called *name* lies."""
    return home / name


def vault_lock_path(home: Path) -> Path:
    """Return the file whose lock every process with the vault open shares."""
    return home / "vault.lock"


def node_lock_path(home: Path) -> Path:
    """Return the file only one running node may lock."""
    return home / "node.lock"
