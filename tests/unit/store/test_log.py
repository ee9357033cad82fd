"""Entries, parts, opening, pending edits: the truth of a device."""

from __future__ import annotations

import contextlib

import pytest

from aluna_protocol.entry import Part, open_parts
from aluna_protocol.ids import EMPTY_LOG, Head, Lane
from aluna_sync.errors import AlunaError
from aluna_sync.store.entries import ForkFound
from aluna_sync.store.rows import PartPlace, SetAside, SpaceRow
from aluna_sync.store.store import Store
from unit.store.factories import Writer, document, epoch_key, index_row, receive, space


def test_entries_come_back_as_they_were_signed(store: Store) -> None:
    writer = Writer("itzel")
    entries = [
        writer.write((document("a"), [b"one", b"two"]), (document("b"), [b"three"])),
        writer.write((document("a"), [b"four"])),
    ]
    assert store.log.append(entries) == 2
    assert store.log.entries(writer.log(), 0, 10**6) == entries
    assert store.log.entry(writer.log(), 2) == entries[1]
    assert store.log.entry(writer.log(), 3) is None
    assert store.log.heads(space()) == {writer.log(): Head(2, entries[1].hash)}
    assert store.log.head(writer.log(Lane.CONTROL)) == EMPTY_LOG
    assert store.log.count(space()) == 2


def test_appending_what_is_there_already_changes_nothing(store: Store) -> None:
    writer = Writer("itzel")
    entries = writer.write_many(5)
    assert store.log.append(entries[:3]) == 3
    assert store.log.append(entries[1:]) == 2
    assert store.log.append(entries) == 0
    assert store.log.count(space()) == 5
    assert len(store.log.unopened(space(), 100)) == 5


def test_an_entry_that_does_not_follow_is_refused_and_nothing_of_its_batch_stays(
    store: Store,
) -> None:
    writer, other = Writer("itzel"), Writer("julia")
    entries = writer.write_many(3)
    with pytest.raises(AlunaError, match="log-gap"):
        store.log.append([*other.write_many(1), entries[0], entries[2]])
    assert store.log.heads(space()) == {}
    assert store.log.append(entries) == 3


def test_two_entries_at_one_height_are_both_given_as_evidence(store: Store) -> None:
    writer, twin = Writer("itzel"), Writer("itzel")
    kept = writer.write((document("a"), [b"one"]))
    forked = twin.write((document("a"), [b"another"]), salt="twin")
    store.log.append([kept])
    with pytest.raises(ForkFound) as caught:
        store.log.append([forked])
    assert caught.value.both == (kept, forked)
    assert (caught.value.log, caught.value.height) == (writer.log(), 1)
    assert store.log.entries(writer.log(), 0, 10**6) == [kept]


def test_a_batch_is_as_large_as_asked_but_never_empty(store: Store) -> None:
    writer = Writer("itzel")
    entries = writer.write_many(200)
    store.log.append(entries)
    assert store.log.entries(writer.log(), 0, 1) == entries[:1]
    size = entries[0].size + entries[1].size
    assert store.log.entries(writer.log(), 0, size) == entries[:2]
    assert store.log.entries(writer.log(), 0, size - 1) == entries[:1]
    assert store.log.entries(writer.log(), 150, 10**6) == entries[150:]
    assert store.log.entries(writer.log(), 0, 10**6) == entries
    assert store.log.entries(writer.log(), 200, 10**6) == []
    assert store.log.entries(Writer("unknown").log(), 0, 10**6) == []


def test_control_entries_are_kept_apart_from_words(store: Store) -> None:
    writer = Writer("itzel")
    control = [writer.control(b"founded"), writer.control(b"admitted")]
    store.log.append([control[0], writer.write((document("a"), [b"one"])), control[1]])
    assert store.log.control_entries(space()) == control
    assert [entry.header.log.lane for entry in store.log.unopened(space(), 9)] == [Lane.CONTENT]
    assert store.log.count(space()) == 3


def test_entries_of_an_unknown_space_are_refused(store: Store) -> None:
    stranger = Writer("itzel", space("elsewhere"))
    with pytest.raises(AlunaError, match="unknown-space"):
        store.log.append(stranger.write_many(1))
    store.log.add_space(SpaceRow(space("elsewhere"), "circle", space()))
    store.log.append(stranger.write_many(0) or [stranger.write((document("z"), [b"1"]))][:0])
    assert [row.kind for row in store.log.spaces()] == ["collective", "circle"]


def test_a_space_known_only_inside_an_undone_transaction_is_forgotten(store: Store) -> None:
    row = SpaceRow(space("circle"), "circle", space())
    with contextlib.suppress(ZeroDivisionError), store.transaction():
        store.log.add_space(row)
        assert store.log.count(row.id) == 0
        raise ZeroDivisionError
    with pytest.raises(AlunaError, match="unknown-space"):
        store.log.count(row.id)


# -- opening -------------------------------------------------------------------------------------


def test_the_newest_entries_are_opened_first_and_each_only_once(store: Store) -> None:
    writer = Writer("itzel")
    entries = writer.write_many(4)
    store.log.append(entries)
    assert store.log.unopened(space(), 2) == [entries[3], entries[2]]
    assert store.log.unopened(space(), 2, newest_first=False) == entries[:2]
    store.log.mark_opened(writer.log(), 4, [document("record 3")])
    assert store.log.unopened(space(), 2) == [entries[2], entries[1]]
    assert store.log.unopened_count(space()) == 3


def test_a_document_is_rebuilt_from_its_parts_in_log_order(store: Store) -> None:
    writer = Writer("itzel")
    a, b = document("a"), document("b")
    entries = [
        writer.write((a, [b"one"]), (b, [b"two"])),
        writer.write((b, [b"three"]), (a, [b"four"])),
    ]
    store.log.append(entries)
    store.log.mark_opened(writer.log(), 2, [b, a])
    store.log.mark_opened(writer.log(), 1, [a, b])
    found = store.log.parts_of(a)
    assert [(entry.header.height, index) for entry, index in found] == [(1, 0), (2, 1)]
    opened = [open_parts(entry, epoch_key().key) for entry, _ in found]
    assert opened == [[Part(a, (b"one",)), None], [None, Part(a, (b"four",))]]
    assert sorted(store.log.documents(space())) == sorted([a, b])
    assert store.log.space_of(a) == space()
    assert store.log.space_of(document("never")) is None


def test_a_part_that_does_not_open_belongs_to_no_document(store: Store) -> None:
    writer = Writer("itzel")
    store.log.append([writer.write((document("a"), [b"1"]), (document("b"), [b"2"]))])
    assert store.log.mark_opened(writer.log(), 1, [document("a"), None]) == ()
    assert store.log.unopened(space(), 9) == []
    assert store.log.documents(space()) == [document("a")]


def test_a_part_that_names_a_document_of_another_space_is_not_taken_in(store: Store) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    inside, outside = Writer("itzel", circle), Writer("itzel")
    receive(store, [inside.write((document("a"), [b"ours"]))], [document("a")])
    store.log.append([outside.write((document("a"), [b"theirs"]), (document("b"), [b"fine"]))])
    assert store.log.mark_opened(outside.log(), 1, [document("a"), document("b")]) == (0,)
    assert [entry.header.log for entry, _ in store.log.parts_of(document("a"))] == [inside.log()]
    assert store.log.documents(space()) == [document("b")]


def test_what_was_taken_back_leaves_a_log_that_still_follows(store: Store) -> None:
    writer = Writer("itzel")
    a, b = document("a"), document("b")
    entries = [writer.write((a, [b"secret"]), (b, [b"stays"])), writer.write((a, [b"more"]))]
    store.log.append(entries)
    store.log.mark_opened(writer.log(), 1, [a, b])
    assert store.taken_back.destroy(space(), a)
    assert not store.taken_back.destroy(space(), a)
    kept = store.log.entries(writer.log(), 0, 10**6)
    assert [entry.parts for entry in kept] == [(None, entries[0].parts[1]), (None,)]
    assert [entry.encoded for entry in kept] == [entry.encoded for entry in entries]
    assert store.log.parts_of(a) == []
    assert store.log.append(entries) == 0
    assert store.log.parts_of(a) == []


def test_what_was_taken_back_is_not_let_in_again(store: Store) -> None:
    writer = Writer("itzel")
    a, b = document("a"), document("b")
    assert store.taken_back.destroy(space(), a)
    late = writer.write((b, [b"stays"]), (a, [b"late"]))
    store.log.append([late])
    [kept] = store.log.entries(writer.log(), 0, 10**6)
    assert kept.parts == (late.parts[0], None)
    assert store.index.put([index_row("a"), index_row("b")]) == 1
    assert store.index.row(a) is None
    assert store.taken_back.of(space()) == {a}
    assert store.taken_back.types([a, b]) == {a: ""}
    assert store.taken_back.find_prefix(a.hex()[:9], 2) == [a]
    assert store.taken_back.find_prefix("zz", 2) == []


def test_reopening_a_space_offers_every_entry_again(store: Store) -> None:
    writer = Writer("itzel")
    entries = writer.write_many(3)
    receive(store, entries, [document(f"record {n}") for n in range(3)])
    store.log.reopen(space())
    assert store.log.unopened(space(), 9, newest_first=False) == entries
    assert store.log.parts_of(document("record 0")) == []


def test_opening_an_entry_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(AlunaError, match="no-such-entry"):
        store.log.mark_opened(Writer("itzel").log(), 1, [])


# -- pending, keys, set aside --------------------------------------------------------------------


def test_pending_edits_wait_in_order_until_they_are_sealed(store: Store) -> None:
    for number in range(4):
        store.log.add_pending(space(), document("ab"[number % 2]), b"%d" % number * 10)
    everything = store.log.pending(space(), 10**6)
    assert [change.change[:1] for change in everything] == [b"0", b"1", b"2", b"3"]
    assert store.log.pending(space(), 1) == everything[:1]
    assert store.log.pending(space(), 25) == everything[:2]
    assert store.log.pending_of(document("b")) == [b"1" * 10, b"3" * 10]
    assert (store.log.pending_bytes(space()), store.log.pending_count(space())) == (40, 4)
    store.log.delete_pending([change.id for change in everything[:3]])
    assert store.log.pending(space(), 10**6) == everything[3:]
    store.log.delete_pending([everything[3].id])
    assert (store.log.pending_bytes(space()), store.log.pending(space(), 9)) == (0, [])


def test_a_number_of_a_pending_edit_is_never_used_twice(store: Store) -> None:
    first = store.log.add_pending(space(), document("a"), b"1")
    store.log.delete_pending([first])
    assert store.log.add_pending(space(), document("a"), b"2") > first


def test_an_edit_of_a_document_of_another_space_is_refused(store: Store) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    store.log.add_pending(circle, document("a"), b"1")
    with pytest.raises(AlunaError, match="document-of-another-space"):
        store.log.add_pending(space(), document("a"), b"2")


def test_epoch_keys_are_kept_per_space(store: Store) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    store.log.put_epoch_key(space(), epoch_key("one"))
    store.log.put_epoch_key(space(), epoch_key("one"))
    store.log.put_epoch_key(circle, epoch_key("two"))
    assert store.log.epoch_keys(space()) == {epoch_key("one").id: epoch_key("one").key}
    assert store.log.epoch_keys(circle) == {epoch_key("two").id: epoch_key("two").key}


def test_what_was_set_aside_can_be_seen_and_forgotten(store: Store) -> None:
    log = Writer("itzel").log()
    one = SetAside(PartPlace(log, 3, 0), document("a"), "wrong-actor", by_lint=True, changes=(1, 4))
    two = SetAside(PartPlace(log, 3, 1), None, "does-not-open", by_lint=False)
    for what in (two, one, one):
        store.log.set_aside(what)
    assert store.log.set_asides(space()) == [one, two]
    store.log.clear_set_asides()
    assert store.log.set_asides(space()) == []
