"""People of one collective without a vault file, made for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_sync.device import Device
from aluna_sync.founding import found_collective
from harness.made import let_in, made
from harness.meeting import Make, Together, from_now_on, meet


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def made_here(name: str) -> Device:
            device = made(tmp_path, name)
            stack.callback(device.store.close)
            return device

        yield made_here


@pytest.fixture
def together(make: Make) -> Together:
    """People of one collective that gives newcomers no past, each knowing all there is."""

    def founded(*names: str, admitting: int | None = None) -> list[Device]:
        people = [make(name) for name in names]
        found_collective(people[0], "Semilla")
        for other in people[1:]:
            let_in(people[0], other)
        from_now_on(people[0], people[1:], gives_past=False, admitting=admitting)
        meet(*people)
        return people

    return founded
