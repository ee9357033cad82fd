"""What peers lack, what we lack, where and when they were met."""

from __future__ import annotations

from aluna_sync.store.peers import ADDRESSES_PER_DEVICE
from aluna_sync.store.rows import Address, SpaceRow
from aluna_sync.store.store import Store
from unit.store.factories import Writer, document, receive, space

MINE, ITZEL, JULIA = Writer("mine").device, Writer("itzel").device, Writer("julia").device


def test_acknowledgements_only_grow(store: Store) -> None:
    log = Writer("itzel").log()
    for height in (3, 7, 5):
        store.peers.acknowledge(JULIA, log, height)
    assert store.peers.acknowledged(space()) == {JULIA: {log: 7}}


def test_a_peer_lacks_the_records_it_has_not_acknowledged(store: Store) -> None:
    mine, itzel = Writer("mine"), Writer("itzel")
    receive(store, mine.write_many(3, "mine"), [document(f"mine {n}") for n in range(3)])
    receive(store, itzel.write_many(2, "hers"), [document(f"hers {n}") for n in range(2)])
    assert store.peers.lacks(space(), JULIA, MINE) == (5, 3)
    assert store.peers.lacks(space(), ITZEL, MINE) == (3, 3)
    store.peers.acknowledge(JULIA, mine.log(), 2)
    assert store.peers.lacks(space(), JULIA, MINE) == (3, 1)
    store.peers.acknowledge(JULIA, mine.log(), 3)
    store.peers.acknowledge(JULIA, itzel.log(), 2)
    assert store.peers.lacks(space(), JULIA, MINE) == (0, 0)


def test_a_record_counts_once_however_many_wrote_in_it(store: Store) -> None:
    mine, itzel = Writer("mine"), Writer("itzel")
    shared = document("shared")
    receive(store, [mine.write((shared, [b"1"])), mine.write((shared, [b"2"]))], [shared] * 2)
    receive(store, [itzel.write((shared, [b"3"]))], [shared])
    store.log.add_pending(space(), shared, b"4")
    assert store.peers.lacks(space(), JULIA, MINE) == (1, 1)
    store.peers.acknowledge(JULIA, mine.log(), 2)
    store.peers.acknowledge(JULIA, itzel.log(), 1)
    assert store.peers.lacks(space(), JULIA, MINE) == (1, 1)


def test_an_edit_not_yet_sealed_is_lacking_everywhere(store: Store) -> None:
    store.log.add_pending(space(), document("a"), b"1")
    store.log.add_pending(space(), document("b"), b"2")
    assert store.peers.lacks(space(), JULIA, MINE) == (2, 2)


def test_membership_entries_are_no_records(store: Store) -> None:
    itzel = Writer("itzel")
    store.log.append([itzel.control(b"founded")])
    assert store.peers.lacks(space(), JULIA, MINE) == (0, 0)


def test_each_space_is_counted_for_itself(store: Store) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    receive(store, [Writer("mine", circle).write((document("a"), [b"1"]))], [document("a")])
    assert store.peers.lacks(space(), JULIA, MINE) == (0, 0)
    assert store.peers.lacks(circle, JULIA, MINE) == (1, 1)
    assert store.peers.acknowledged(circle) == {}


def test_what_we_lack_is_known_once_a_peer_told(store: Store) -> None:
    itzel, julia = Writer("itzel"), Writer("julia")
    store.log.append(itzel.write_many(2))
    assert store.peers.we_lack(space(), JULIA) is None
    store.peers.acknowledge(JULIA, itzel.log(), 2)
    assert store.peers.we_lack(space(), JULIA) is None
    store.peers.told(JULIA, itzel.log(), 5)
    store.peers.told(JULIA, julia.log(), 4)
    assert store.peers.we_lack(space(), JULIA) == 7
    store.log.append(julia.write_many(4))
    assert store.peers.we_lack(space(), JULIA) == 3
    assert julia.log() in store.log.heads(space())


def test_a_peer_that_has_less_than_we_have_gives_no_negative_lack(store: Store) -> None:
    itzel = Writer("itzel")
    store.log.append(itzel.write_many(5))
    store.peers.told(JULIA, itzel.log(), 0)
    assert store.peers.we_lack(space(), JULIA) == 0


def test_the_last_meeting_is_remembered(store: Store) -> None:
    assert store.peers.last_met(JULIA) is None
    store.peers.met(JULIA, "2026-11-20T10:00:00-05:00")
    store.peers.met(JULIA, "2026-11-22T10:00:00-05:00")
    assert store.peers.last_met(JULIA) == "2026-11-22T10:00:00-05:00"


def test_the_newest_addresses_come_first_and_old_ones_are_forgotten(store: Store) -> None:
    known = [Address(JULIA, f"192.0.2.{n}", 4000) for n in range(6)]
    for address in (*known, known[2], Address(ITZEL, "192.0.2.9", 1)):
        store.peers.remember_address(address)
    expected = [known[2], known[5], known[4], known[3]]
    assert store.peers.addresses(JULIA) == expected
    assert len(expected) == ADDRESSES_PER_DEVICE
    assert store.peers.addresses() == [Address(ITZEL, "192.0.2.9", 1), *expected]


def test_what_not_everybody_acknowledged_is_counted_once_whoever_lacks_it(store: Store) -> None:
    """In two incarnations each of two devices lacks something else."""
    first, second = Writer("mine"), Writer("mine", incarnation=8)
    receive(store, first.write_many(3, "a"), [document(f"a {n}") for n in range(3)])
    receive(store, second.write_many(2, "b"), [document(f"b {n}") for n in range(2)])
    others = [ITZEL, JULIA]
    assert store.peers.unacknowledged(space(), MINE, others) == 5
    assert store.peers.unacknowledged(space(), MINE, []) == 0, "there is nobody to wait for"
    store.peers.acknowledge(ITZEL, first.log(), 3)
    store.peers.acknowledge(JULIA, second.log(), 2)
    assert store.peers.unacknowledged(space(), MINE, others) == 5
    store.peers.acknowledge(JULIA, first.log(), 2)
    assert store.peers.unacknowledged(space(), MINE, others) == 3
    store.peers.acknowledge(ITZEL, second.log(), 2)
    store.peers.acknowledge(JULIA, first.log(), 3)
    assert store.peers.unacknowledged(space(), MINE, others) == 0
    store.log.add_pending(space(), document("a 1"), b"again")
    assert store.peers.unacknowledged(space(), MINE, others) == 1
    receive(store, Writer("itzel").write_many(2, "hers"), [document("x"), document("y")])
    assert store.peers.unacknowledged(space(), MINE, others) == 1, "hers are not mine"


def test_l8_how_to_behave_on_a_network_is_kept(store: Store) -> None:
    assert not store.settings.quiet
    assert not store.settings.findable
    store.settings.quiet = store.settings.findable = True
    assert store.settings.quiet
    assert store.settings.findable
    store.settings.quiet = False
    assert not store.settings.quiet
    assert store.settings.seen_by_node is None
    store.settings.seen_by_node = b"noted"
    assert store.settings.seen_by_node == b"noted"
    store.settings.seen_by_node = None
    assert store.settings.seen_by_node is None
