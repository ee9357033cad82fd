"""Bundles of somebody who belongs, with runs and receipts that do not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_protocol import bundle
from aluna_protocol.bundle import Receipt
from aluna_protocol.entry import Entry
from aluna_protocol.ids import EntryHash, Head, Lane
from aluna_sync.checkup import check_store
from aluna_sync.device import Device
from harness.bundles import (
    carry_to,
    entries_of,
    forged,
    get,
    peer,
    receipt_of,
)
from harness.processes import collective_of, records_of, write


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty directory, as a stick is."""
    place = tmp_path / "stick"
    place.mkdir()
    return place


def test_a_run_that_does_not_hold_is_dropped_and_everything_else_is_kept(
    devices: list[Device], stick: Path
) -> None:
    ana, bo, cleo = devices
    write(ana, "uno")
    write(cleo, "dos")
    good, bad = entries_of(ana, Lane.CONTENT), entries_of(cleo, Lane.CONTENT)
    spoilt = [Entry(one.header, one.encoded, one.hash, bytes(64), one.parts) for one in bad]
    forged(
        ana,
        stick / "x.bin",
        bo,
        lambda header: [
            receipt_of(ana),
            bundle.batch_of(header, spoilt),
            bundle.batch_of(header, bad),
            bundle.batch_of(header, good),
        ],
    )
    taken = get(bo, stick / "x.bin")
    assert (taken.new, taken.refused) == (len(good), 2 * len(bad))
    assert check_store(bo).bad == 0
    # The true ones come another day: nothing is held against their author.
    carry_to(cleo, stick / "y.bin", bo)
    assert len(records_of(bo)) == 2


def test_a_run_that_goes_on_from_what_is_not_here_waits(devices: list[Device], stick: Path) -> None:
    ana, bo, _ = devices
    write(ana, "uno")
    first = entries_of(ana, Lane.CONTENT)
    write(ana, "dos")
    second = entries_of(ana, Lane.CONTENT)[len(first) :]
    forged(
        ana, stick / "x.bin", bo,
        lambda header: [receipt_of(ana), bundle.batch_of(header, second)],
    )  # fmt: skip
    assert (get(bo, stick / "x.bin").new, get(bo, stick / "x.bin").waiting) == (0, 1)
    carry_to(ana, stick / "y.bin", bo)
    assert len(records_of(bo)) == 2


def test_only_the_receipt_of_who_holds_a_seat_is_believed(
    devices: list[Device], stick: Path, tmp_path: Path
) -> None:
    ana, bo, _ = devices
    write(bo, "uno")
    own = entries_of(bo, Lane.CONTENT)
    place = (own[-1].header.log, Head(own[-1].header.height, own[-1].hash))
    (stranger,) = collective_of(tmp_path / "others", "Eva")
    with stranger.opened() as eva:
        receipt = Receipt(bo.collective(), eva.device, (place,))
        message = bundle.write_receipt(eva.identity.keys, receipt)
        forged(ana, stick / "x.bin", bo, lambda _header: [message])
        taken = get(bo, stick / "x.bin")
        assert taken.writers == set()
        acknowledged = bo.store.peers.acknowledged(bo.collective())
        assert eva.device not in acknowledged
    # Who has one acknowledges only what is ours, by its hash.
    lie = (place[0], Head(place[1].height, EntryHash(bytes(32))))
    forged(ana, stick / "y.bin", bo, lambda _header: [receipt_of(ana, lie)])
    assert get(bo, stick / "y.bin").writers == {ana.device}
    assert peer(bo, ana).lacks == 1
    forged(ana, stick / "z.bin", bo, lambda _header: [receipt_of(ana, place)])
    get(bo, stick / "z.bin")
    assert peer(bo, ana).lacks == 0
