"""Every screen test speaks Spanish unless it says otherwise, and leaves the language as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aluna_tui.texts import language, use_language

from .fakes import FakeDevice, some_records


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    before = language()
    use_language("es")
    yield
    use_language(before)


@pytest.fixture
def device() -> FakeDevice:
    made = FakeDevice()
    some_records(made)
    return made
