"""Old addresses: tried where they lie on a network of now, forgotten after long, told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_sync.node.interfaces import Interface
from aluna_sync.node.options import FALLBACK_PORT
from aluna_sync.node.remembering import Remembered
from aluna_sync.store.peers import VAIN_DAYS
from aluna_sync.store.store import Store
from unit.store.factories import Writer, new_store

ITZEL, JULIA = Writer("itzel").device, Writer("julia").device
HOME = Interface("wlan0", "192.168.1.20", 24)
OFFICE = Interface("eth0", "10.1.2.3", 16)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path / "store.db")
    yield opened
    opened.close()


class Days:
    """The day of today, moved by hand."""

    def __init__(self) -> None:
        self.number = 1

    def __call__(self) -> str:
        return f"2026-11-{self.number:02}"


def test_l6_only_addresses_of_a_network_we_are_on_are_tried(store: Store) -> None:
    remembered = Remembered(store.peers, Days())
    remembered.met(JULIA, "192.168.1.7", 4000, [HOME])
    remembered.met(JULIA, "10.1.9.9", 4001, [OFFICE])
    remembered.met(ITZEL, "10.1.9.8", 4002, [OFFICE])
    assert remembered.places([HOME]) == {
        JULIA: [("192.168.1.7", 4000), ("192.168.1.7", FALLBACK_PORT)]
    }
    assert set(remembered.places([OFFICE])) == {JULIA, ITZEL}
    assert remembered.places([]) == {}


def test_an_address_outside_every_local_network_is_not_kept(store: Store) -> None:
    """One that was typed: through a tunnel, or over the internet."""
    remembered = Remembered(store.peers, Days())
    remembered.met(JULIA, "203.0.113.5", 4000, [HOME])
    remembered.met(JULIA, "10.8.0.2", 4000, [HOME])
    remembered.met(JULIA, "fe80::1", 4000, [HOME])
    assert store.peers.addresses() == []


def test_who_came_to_us_is_remembered_by_its_machine_alone(store: Store) -> None:
    remembered = Remembered(store.peers, Days())
    remembered.met(JULIA, "192.168.1.7", None, [HOME])
    assert remembered.places([HOME]) == {JULIA: [("192.168.1.7", FALLBACK_PORT)]}
    remembered.met(JULIA, "192.168.1.7", 4000, [HOME])
    remembered.met(JULIA, "192.168.1.7", None, [HOME])
    assert remembered.places([HOME])[JULIA][0] == ("192.168.1.7", 4000)


def test_an_address_is_forgotten_when_nobody_was_there_on_many_days(store: Store) -> None:
    today = Days()
    remembered = Remembered(store.peers, today)
    remembered.met(JULIA, "192.168.1.7", 4000, [HOME])
    for _ in range(100):
        remembered.failed(JULIA, "192.168.1.7", 4000)
    assert remembered.places([HOME]), "a hundred times on one day is one day"
    for day in range(2, VAIN_DAYS):
        today.number = day
        remembered.failed(JULIA, "192.168.1.7", 4000)
    assert remembered.places([HOME])
    remembered.met(JULIA, "192.168.1.7", 4000, [HOME])
    for day in range(VAIN_DAYS, 2 * VAIN_DAYS - 1):
        today.number = day
        remembered.failed(JULIA, "192.168.1.7", 4000)
    assert remembered.places([HOME]), "whoever was met there begins anew"
    today.number = 2 * VAIN_DAYS - 1
    remembered.failed(JULIA, "192.168.1.7", 4000)
    assert remembered.places([HOME]) == {}


def test_a_device_that_belongs_to_nothing_any_more_is_forgotten(store: Store) -> None:
    remembered = Remembered(store.peers, Days())
    remembered.met(JULIA, "192.168.1.7", 4000, [HOME])
    remembered.met(ITZEL, "192.168.1.8", 4000, [HOME])
    remembered.forget(JULIA)
    assert set(remembered.places([HOME])) == {ITZEL}
