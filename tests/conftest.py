"""What every test shares: the order of a whole run, and keys that are derived once."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from aluna_protocol import crypto

# How long a machine that does other things too takes to draw an example says nothing of the code.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")

HEAVY_FIRST = ("integration", "simulator", "mutants", "fuzz", "protocol", "unit")
"""Folders by what a test in them takes on the average."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes long begin first, so that no worker is left alone with it at the end.

    What weighs the same stays in the order chance has put it in.
    """
    items.sort(key=_lightness)


def _lightness(item: pytest.Item) -> tuple[bool, int]:
    folders = item.path.parts
    place = next((n for n, one in enumerate(HEAVY_FIRST) if one in folders), len(HEAVY_FIRST))
    return item.get_closest_marker("slow") is None, place


@pytest.fixture(scope="session", autouse=True)
def _derived_once() -> Iterator[None]:
    """Derive the key of one passphrase and one salt once in this process.

    It costs a tenth of a second, and the tests open the same few vaults thousands of times.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "argon2id", functools.cache(crypto.argon2id))
        yield
