"""What companions' devices did wrong is kept, in few writes, and said in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import PeerFaulted
from aluna_protocol.ids import DeviceId
from aluna_sync.device import Device
from aluna_sync.facts import FaultFacts, News, PeersChanged
from aluna_sync.founding import create_vault
from aluna_sync.node.misconduct import QUIET_SECONDS, Misconduct
from aluna_sync.vault import KdfCost
from aluna_sync.vault_file import MIB
from aluna_tui.fault_words import WHAT_TO_DO, fault_sentences
from aluna_tui.texts import _, use_language

HERS = DeviceId(b"h" * 32)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass
class Moving:
    """A device with its store, and a monotonic clock moved by hand."""

    device: Device
    seconds: float = 0.0
    heard: list[News] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.device.clock = lambda: NOW + timedelta(seconds=self.seconds)
        self.device.subscribe(self.heard.append)


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Moving]:
    device = create_vault(
        tmp_path / "vault", "doce letras o más", person="Ana", device="laptop",
        collective="Semilla", cost=KdfCost(2, 64 * MIB),
    )  # fmt: skip
    yield Moving(device)
    device.lock()


def test_a_thousand_faults_in_a_minute_are_one_write_and_all_are_counted(moving: Moving) -> None:
    misconduct = Misconduct(moving.device, lambda: moving.seconds)
    for _number in range(1000):
        misconduct.note(PeerFaulted(HERS, Fault.FORGED, None))
    assert [row.times for row in moving.device.store.faults.of(HERS)] == [1]
    assert moving.heard == [PeersChanged()]
    moving.seconds = QUIET_SECONDS
    misconduct.note(PeerFaulted(HERS, Fault.FORGED, None))
    (row,) = moving.device.store.faults.of(HERS)
    assert row.times == 1001
    assert row.first < row.last


def test_what_was_only_counted_is_written_at_the_end(moving: Moving) -> None:
    misconduct = Misconduct(moving.device, lambda: moving.seconds)
    misconduct.note(PeerFaulted(HERS, Fault.WITHHELD, None))
    misconduct.note(PeerFaulted(HERS, Fault.WITHHELD, None))
    misconduct.note(PeerFaulted(HERS, Fault.FORKED, None))
    misconduct.end()
    misconduct.end()
    found = {row.fault: row.times for row in moving.device.store.faults.of(HERS)}
    assert found == {"withheld": 2, "forked": 1}
    assert moving.device.store.faults.devices() == [HERS]


def test_a_copy_of_this_device_is_no_news_about_somebody(moving: Moving) -> None:
    misconduct = Misconduct(moving.device, lambda: moving.seconds)
    misconduct.note(PeerFaulted(moving.device.device, Fault.FORKED, None))
    misconduct.end()
    assert moving.device.store.faults.devices() == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_fault_has_its_sentence_and_none_speaks_of_guilt(language: str) -> None:
    use_language(language)
    try:
        said = [
            fault_sentences("X", [FaultFacts(fault, NOW.isoformat(), NOW.isoformat(), 2)], NOW)[0]
            for fault in Fault
        ]
        assert len(set(said)) == len(Fault)
        for words in [*said, _(WHAT_TO_DO)]:
            for word in ("attack", "hostile", "guilty", "ataque", "hostil", "culpa", "conflict"):
                assert word not in words.lower()
        assert all(words.startswith("X ") for words in said)
    finally:
        use_language("en")
