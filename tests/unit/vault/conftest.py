"""A derivation that takes no time, and remembers what it was asked for."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from aluna_protocol import crypto
from aluna_sync.vault import KdfCost

CHEAP = KdfCost(passes=2, memory=64 * 1024 * 1024)
PASSPHRASE = "una frase con acentuación"
OTHER = "another long passphrase"


class FastArgon:
    """Stands in for Argon2id and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def __call__(self, password: bytes, salt: bytes, *, passes: int, memory: int) -> bytes:
        self.asked.append((passes, memory))
        return crypto.blake2b(password + salt + struct.pack(">IQ", passes, memory))


@pytest.fixture
def argon(monkeypatch: pytest.MonkeyPatch) -> FastArgon:
    fast = FastArgon()
    monkeypatch.setattr(crypto, "argon2id", fast)
    return fast


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
