"""Vaults for the integration tests: made once, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_sync.device import Device
from harness.processes import Person, collective_of
from harness.relay import Relay


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Three people of one collective; never touched, only copied."""
    return collective_of(tmp_path_factory.mktemp("founded"), "Ana", "Bo", "Cleo")


@pytest.fixture
def people(founded: list[Person], tmp_path: Path) -> list[Person]:
    """Ana, Bo and Cleo, each with a fresh vault in the same collective."""
    return [one.copy(tmp_path / one.folder.name) for one in founded]


@pytest.fixture
def devices(people: list[Person]) -> Iterator[list[Device]]:
    """Ana's, Bo's and Cleo's device, unlocked in this process."""
    with ExitStack() as stack:
        yield [stack.enter_context(one.opened()) for one in people]


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay that only listens in, until a test says otherwise."""
    with Relay() as relay:
        yield relay
