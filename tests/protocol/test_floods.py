"""No member can make us do unbounded work: rows, wants, presences, branches (SPEC §11, §12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import entry, limits, messages
from aluna_protocol.entry import Entry, Part
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import (
    LoadEntries,
    PeerFaulted,
    PeerHas,
    PresenceSeen,
    StoreEntries,
)
from aluna_protocol.ids import EMPTY_LOG, DocumentId, EntryHash, Head, Instant, Lane, LogId
from aluna_protocol.messages import Batch, Have, Presence
from aluna_protocol.session import inventory
from harness.network import Network, Peer
from harness.pacing import DOCUMENT, long_log, quiet, want
from harness.pair import Pair

NOWHERE = EntryHash(bytes([7]) * 32)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def loads(peer: Peer) -> int:
    return sum(isinstance(effect, LoadEntries) for effect in peer.seen)


def faults(peer: Peer) -> list[tuple[bytes, Fault]]:
    return [(e.device, e.fault) for e in peer.seen if isinstance(e, PeerFaulted)]


def test_who_wants_the_same_again_and_again_is_sent_no_more_than_the_window(pair: Pair) -> None:
    log = long_log(pair)
    [session] = pair.ana.hub.sessions
    assert len(session.in_flight) == limits.BATCH_WINDOW
    pair.ana.seen.clear()
    for _ in range(50):
        want(pair, log)
    assert len(session.in_flight) == limits.BATCH_WINDOW
    assert loads(pair.ana) <= limits.MAX_RESENDS * limits.BATCH_WINDOW


def test_what_was_lost_is_sent_again_when_it_is_wanted_again(pair: Pair) -> None:
    """Sixteen batches overtook their past and were dropped: the window must not stay shut."""
    log = long_log(pair)
    [session] = pair.ana.hub.sessions
    del pair.bo.hub.exchange.taking.batch
    [theirs] = pair.bo.hub.sessions
    pair.bo.hub.exchange.pulling.release(theirs, log)
    for effect in pair.bo.hub.exchange.pulling.pull(theirs, pair.space, pair.network.now):
        pair.bo.perform(effect)
    pair.network.run_until_quiet()
    assert len(pair.bo.logs[log]) == 41
    assert not session.in_flight
    assert session.resends == 0


def test_what_a_peer_acknowledged_is_not_sent_again(pair: Pair) -> None:
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    for number in range(5):
        pair.ana.write(pair.space, b"%d" % number)
    pair.network.run_until_quiet()
    pair.ana.seen.clear()
    for _ in range(20):
        want(pair, log)
    assert loads(pair.ana) == 0


def test_wanting_while_something_is_being_read_begins_where_it_was_wanted(pair: Pair) -> None:
    log = long_log(pair)
    [session] = pair.ana.hub.sessions
    session.in_flight.clear()
    session.serving[log] = 20
    for effect in pair.ana.hub.exchange.serving.pump(session, pair.network.now):
        pair.ana.perform(effect)
    session.note_want(log, 3)
    pair.network.step()
    assert session.loading is not None
    assert session.loading.after == 3


def test_each_of_many_logs_moves_in_turn_control_first() -> None:
    session = Pair().ana.hub.sessions[0]
    a, b = (LogId(session.space, bytes([n]) * 32, 7, Lane.CONTENT) for n in (1, 2))  # type: ignore[arg-type]
    control = LogId(session.space, bytes(32), 7, Lane.CONTROL)  # type: ignore[arg-type]
    for log in (a, b, control):
        session.note_want(log, 0)
    assert session.next_to_load() == (control, 0)
    del session.serving[control]
    assert session.next_to_load() == (a, 0)
    session.serving[a] = session.serving.pop(a) + 5
    assert session.next_to_load() == (b, 0)


# -- rows ----------------------------------------------------------------------------------------


def rows(count: int, first: int = 0) -> tuple[tuple[bytes, int, Lane, Head], ...]:
    head = Head(1000, NOWHERE)
    return tuple((bytes(32), number, Lane.CONTENT, head) for number in range(first, first + count))


def test_d4_a_peer_may_tell_only_so_many_logs_that_we_lack(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNKNOWN_LOGS", 100)
    pair.say(Have(pair.tag, rows(100), last=True))  # type: ignore[arg-type]
    pair.say(Have(pair.tag, rows(100), last=True))  # type: ignore[arg-type]
    assert pair.ana.hub.sessions
    pair.say(Have(pair.tag, rows(1, first=100), last=True))  # type: ignore[arg-type]
    assert pair.ended
    assert faults(pair.ana) == [(pair.bo.keys.device, Fault.TOO_MANY)]


def many_branches(pair: Pair, first: int, count: int) -> Have:
    """Tips of one log that nobody ever saw."""
    heads = [Head(height, NOWHERE) for height in range(first, first + count)]
    log = (pair.bo.keys.device, 9, Lane.CONTENT)
    return Have(pair.tag, tuple((*log, head) for head in heads), last=True)


def test_d4_tips_a_peer_tells_in_several_messages_add_up_and_only_so_many_are_remembered(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever relays a log its author forked without end did nothing wrong."""
    monkeypatch.setattr(limits, "MAX_UNKNOWN_TIPS", 100)
    [session] = pair.ana.hub.sessions
    log = replace(pair.bos_log, incarnation=9)
    pair.say(many_branches(pair, 1000, 60))
    pair.say(many_branches(pair, 1030, 60))
    assert len(session.logs.unknown_tips(log)) == 90
    pair.say(many_branches(pair, 1090, 60))
    pair.say(Have(pair.tag, rows(1), last=True))  # type: ignore[arg-type]
    assert len(session.logs.unknown_tips(log)) == 100
    assert list(session.logs.ahead(pair.space, Lane.CONTENT)) == [log]
    assert not pair.ended
    assert not faults(pair.ana)


def test_d4_a_peer_that_told_more_than_is_remembered_has_more(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing says that all is here until another session has told the rest."""
    [one, other] = (sealed(pair, salt) for salt in (b"1" * 16, b"2" * 16))
    monkeypatch.setattr(limits, "MAX_UNKNOWN_TIPS", 1)
    log = (pair.bo.keys.device, 7, Lane.CONTENT)
    tips = tuple((*log, Head(each.header.height, each.hash)) for each in (one, other))
    pair.say(Have(pair.tag, tips, last=True))
    give(pair, one)
    [session] = pair.ana.hub.sessions
    assert not session.logs.unknown_tips(pair.bos_log)
    assert session.logs.has_more(pair.space, Lane.CONTENT)
    assert not session.logs.has_more(pair.space, Lane.CONTROL)


def test_what_a_peer_told_stays_told_until_it_is_here(pair: Pair) -> None:
    [session] = pair.ana.hub.sessions
    own = pair.ana.logs[pair.bos_log][0]
    held = (pair.bo.keys.device, 7, Lane.CONTENT, Head(1, own.hash))
    unheard = (pair.bo.keys.device, 7, Lane.CONTENT, Head(9, NOWHERE))
    pair.say(Have(pair.tag, (unheard,), last=True))
    pair.say(Have(pair.tag, (held,), last=True))
    assert list(session.logs.unknown_tips(pair.bos_log)) == [Head(9, NOWHERE)]
    assert session.logs.has_more(pair.space, Lane.CONTENT)


def test_batches_that_join_nothing_are_remembered_only_so_far(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNKNOWN_TIPS", 50)
    [link] = messages.shorten(pair.bo.logs[pair.bos_log])
    [session] = pair.ana.hub.sessions
    for height in range(5, 105):
        pair.say(Batch(pair.tag, pair.bo.keys.device, 7, Lane.CONTENT, height, NOWHERE, (link,)))
    assert not pair.ended
    assert len(session.logs.unknown_tips(pair.bos_log)) == 50


def test_saying_again_what_is_known_causes_nothing(pair: Pair) -> None:
    [session] = pair.bo.hub.sessions
    have = Have(pair.tag, tuple(rows(3)), last=True)  # type: ignore[arg-type]
    pair.say(have)
    pair.ana.seen.clear()
    before = pair.ana.looked_up
    for _ in range(100):
        pair.say(have)
        for effect in pair.bo.hub.exchange.tell_everything(session, pair.space, pair.network.now):
            pair.bo.perform(effect)
        pair.network.run_until_quiet()
    assert not pair.ana.seen
    assert pair.ana.looked_up == before


def test_only_so_many_logs_are_asked_of_one_peer_at_once(pair: Pair) -> None:
    pair.say(Have(pair.tag, rows(300), last=True))  # type: ignore[arg-type]
    [session] = pair.ana.hub.sessions
    assert len(session.asked) == limits.WANT_WINDOW


def test_a_presence_said_again_is_told_once(pair: Pair) -> None:
    for document in (DOCUMENT, DOCUMENT, None, None, DOCUMENT):
        pair.say(Presence(pair.tag, document))
    assert [e.document for e in pair.told(PresenceSeen)] == [DOCUMENT, None, DOCUMENT]  # type: ignore[attr-defined]


# -- branches ------------------------------------------------------------------------------------


def histories(network: Network, count: int) -> tuple[Pair, list[Entry]]:
    """First entries of *count* branches of one log of Bo, signed by him."""
    pair = Pair()
    replica = pair.bo.hub.directory.replicas[pair.space]
    key = next(iter(pair.bo.epoch_keys[pair.space].values()))
    log = LogId(pair.space, pair.bo.keys.device, 9, Lane.CONTENT)
    return pair, [
        entry.seal_changes(
            pair.bo.keys,
            log,
            EMPTY_LOG,
            replica.control_heads,
            key,
            [Part(DOCUMENT, (b"x",))],
            number.to_bytes(16, "big"),
        )
        for number in range(count)
    ]


def give(pair: Pair, one: Entry) -> None:
    log = one.header.log
    place = (log.device, log.incarnation, log.lane, one.header.height, one.header.previous)
    pair.say(Batch(pair.tag, *place, messages.shorten([one])))


def test_d1_only_so_many_branches_of_one_log_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BRANCHES", 3)
    pair, firsts = histories(Network(), 5)
    for one in firsts:
        give(pair, one)
    assert len(pair.told(StoreEntries)) == 3
    bo = pair.bo.keys.device
    assert faults(pair.ana) == [(bo, Fault.FORKED), (bo, Fault.TOO_MANY)]
    assert not pair.ended
    pair.bo.write(pair.space, b"another log goes on")
    pair.network.run_until_quiet()
    assert b"another log goes on" in pair.ana.words(pair.space)


def test_d1_only_so_many_logs_of_one_device_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pair, [first, *_] = histories(Network(), 1)
    monkeypatch.setattr(limits, "MAX_LOGS_PER_DEVICE", 1)
    give(pair, first)
    assert not pair.told(StoreEntries)
    assert faults(pair.ana) == [(pair.bo.keys.device, Fault.TOO_MANY)]
    pair.bo.write(pair.space, b"goes on")
    pair.network.run_until_quiet()
    assert b"goes on" in pair.ana.words(pair.space)


def test_d1_acknowledgements_name_only_what_lies_on_a_branch(pair: Pair) -> None:
    """A height alone acknowledges nothing, nor does a hash at another height."""
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    for number in range(3):
        pair.ana.write(pair.space, b"%d" % number)
    quiet(pair)
    pair.ana.seen.clear()
    pair.ana.write(pair.space, b"the fifth")
    pair.network.run_until_quiet()
    run = pair.ana.logs[log]
    for head in (Head(5, NOWHERE), Head(6, run[4].hash), Head(4, run[4].hash)):
        pair.say(Have(pair.tag, ((log.device, 7, Lane.CONTENT, head),), last=True))
    told = [e for e in pair.ana.seen if isinstance(e, PeerHas)]
    assert [e.logs for e in told] == [(), (), ()]
    pair.say(Have(pair.tag, ((log.device, 7, Lane.CONTENT, Head(5, run[4].hash)),), last=True))
    [*_, last] = [e for e in pair.ana.seen if isinstance(e, PeerHas)]
    assert last.logs == ((log, Head(5, run[4].hash)),)


def test_d1_a_true_hash_told_at_a_false_height_acknowledges_nothing_when_it_comes(
    pair: Pair,
) -> None:
    [session] = pair.ana.hub.sessions
    one = sealed(pair)
    pair.say(
        Have(pair.tag, ((pair.bo.keys.device, 7, Lane.CONTENT, Head(9, one.hash)),), last=True)
    )
    give(pair, one)
    assert pair.ana.logs[pair.bos_log][-1].hash == one.hash
    assert session.logs.reach[pair.bos_log] == 2
    assert list(session.logs.unknown_tips(pair.bos_log)) == [Head(9, one.hash)]


def sealed(pair: Pair, salt: bytes = bytes(16)) -> Entry:
    """Bo's next entry."""
    replica = pair.bo.hub.directory.replicas[pair.space]
    key = next(iter(pair.bo.epoch_keys[pair.space].values()))
    head, part = replica.head(pair.bos_log), Part(DOCUMENT, (b"x",))
    seen = replica.control_heads
    return entry.seal_changes(pair.bo.keys, pair.bos_log, head, seen, key, [part], salt)


def test_a_long_batch_of_several_entries_is_refused(pair: Pair) -> None:
    log = long_log(pair)
    links = messages.shorten(pair.ana.logs[log][1:20])
    run = pair.ana.logs[log]
    place = (log.device, 8, log.lane, 2, run[0].hash)
    pair.say(Batch(pair.tag, *place, links))
    assert faults(pair.ana) == [(pair.bo.keys.device, Fault.FORGED)]


def test_d1_where_to_begin_is_told_once_for_a_tip(pair: Pair) -> None:
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    unknown = (log.device, 7, Lane.CONTENT, Head(9, NOWHERE))
    pair.say(Have(pair.tag, (unknown,), last=True))
    [session] = pair.ana.hub.sessions
    before = session.sent_bytes
    want(pair, log, Head(9, NOWHERE))
    told = session.sent_bytes
    assert told > before
    for _ in range(20):
        want(pair, log, Head(9, NOWHERE))
    assert session.sent_bytes == told


def test_d4_batches_of_logs_nobody_told_count_as_well(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_UNKNOWN_LOGS", 3)
    [link] = messages.shorten(pair.bo.logs[pair.bos_log])
    for number in range(3):
        place = (pair.bo.keys.device, number, Lane.CONTENT, 5, NOWHERE)
        pair.say(Batch(pair.tag, *place, (link,)))
    assert pair.ana.hub.sessions
    pair.say(Batch(pair.tag, pair.bo.keys.device, 9, Lane.CONTENT, 5, NOWHERE, (link,)))
    assert pair.ended
    assert faults(pair.ana) == [(pair.bo.keys.device, Fault.TOO_MANY)]


def test_a_large_inventory_is_told_in_several_messages(pair: Pair) -> None:
    head = Head(1, NOWHERE)
    one = [LogId(pair.space, bytes(32), number, Lane.CONTENT) for number in range(511)]  # type: ignore[arg-type]
    forked = [replace(one[0], incarnation=511, branch=number) for number in range(3)]
    tag = bytes(16)
    haves = list(inventory(tag, dict.fromkeys([*one, *forked], head), (Lane.CONTENT,)))
    assert [(len(have.logs), have.last) for have in haves] == [(512, False), (2, True)]
    assert list(inventory(tag, dict.fromkeys(one, head), (Lane.CONTROL,))) == [
        Have(tag, (), last=True)
    ]


# -- many words without content ------------------------------------------------------------------


def test_t8_who_says_too_much_that_brings_nothing_is_hung_up_on_and_named(pair: Pair) -> None:
    pair.network.now = Instant(pair.network.now + limits.IDLE_WINDOW_SECONDS)
    for _ in range(limits.MAX_IDLE_MESSAGES):
        pair.bo.perform(pair.session.say(messages.Ping(), pair.network.now))
    pair.network.run_until_quiet()
    assert pair.ana.hub.sessions
    pair.say(messages.Ping())
    assert pair.ended
    assert faults(pair.ana) == [(pair.bo.keys.device, Fault.FLOODED)]


def test_who_says_little_each_minute_may_go_on_for_hours(pair: Pair) -> None:
    for _ in range(3 * limits.MAX_IDLE_MESSAGES // 500):
        for _ in range(500):
            pair.bo.perform(pair.session.say(messages.Ping(), pair.network.now))
        pair.network.run_until_quiet()
        pair.network.now = Instant(pair.network.now + limits.IDLE_WINDOW_SECONDS)
    assert not pair.ended
    assert not faults(pair.ana)


def test_words_that_bring_something_never_count_as_a_flood(pair: Pair) -> None:
    for number in range(limits.MAX_IDLE_MESSAGES + 10):
        document = DocumentId(number.to_bytes(16, "big"))
        pair.bo.perform(pair.session.say(Presence(pair.tag, document), pair.network.now))
    pair.network.run_until_quiet()
    assert not pair.ended
