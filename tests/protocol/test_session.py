"""What a session lets through, and what ends it (SPEC §11)."""

from __future__ import annotations

import pytest

from aluna_protocol import acts, entry, handshake, limits, messages, wire
from aluna_protocol.entry import Part
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import (
    BytesReceived,
    CloseConnection,
    Dialled,
    EntriesWritten,
    PeerFaulted,
    PresenceChanged,
    PresenceSeen,
    StoreEntries,
    UpdateNeeded,
)
from aluna_protocol.ids import (
    EMPTY_LOG,
    ConnectionId,
    DocumentId,
    EntryHash,
    Head,
    Instant,
    Lane,
    LogId,
)
from aluna_protocol.membership import Admit
from aluna_protocol.messages import Batch, Bye, Goodbye, Have, Hello, Message, Ping, Presence, Want
from harness.network import heads
from harness.pair import Pair

DOCUMENT = DocumentId(bytes([5]) * 16)


@pytest.fixture
def pair() -> Pair:
    return Pair()


@pytest.mark.parametrize(
    "message",
    [
        Hello("automerge-0.7.2", (bytes(16),) * 16),
        Have(bytes(16), (), last=True),
        Want(bytes(16), ()),
        Presence(bytes(16), None),
    ],
    ids=["greeted twice", "unknown tag", "wanted elsewhere", "present elsewhere"],
)
def test_a_message_out_of_place_ends_the_session(pair: Pair, message: Message) -> None:
    pair.say(message)
    assert pair.ended


@pytest.mark.parametrize("data", [b"\xc0", b"\x91\x09", b"\x98\x03"], ids=["nil", "9", "cut"])
def test_t8_bytes_that_are_no_message_end_the_session_and_nothing_else(
    pair: Pair, data: bytes
) -> None:
    before = heads(pair.ana, pair.space)
    pair.say_raw(data)
    assert pair.ended
    assert heads(pair.ana, pair.space) == before


def test_whoever_does_not_greet_first_is_hung_up_on(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    monkeypatch.setattr(pair.bo.hub, "_hello", lambda session: Ping())
    pair.network.dial(pair.bo, pair.ana)
    pair.network.run_until_quiet()
    assert pair.ended


def test_t6_another_version_is_told_to_people_and_ends_the_session(pair: Pair) -> None:
    pair.say_raw(wire.pack([0, 2, "automerge", [bytes(16)] * 16]))
    assert pair.told(UpdateNeeded) == [UpdateNeeded(pair.bo.keys.device)]
    assert pair.ended
    assert [e for e in pair.bo.seen if isinstance(e, UpdateNeeded)]


def test_t6_a_handshake_of_another_version_is_told_to_people_and_ends(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.network.dial(pair.bo, pair.ana)
    monkeypatch.setattr(handshake, "VERSION", 2)
    assert pair.network.step()  # Bo's first message is of version 2
    monkeypatch.setattr(handshake, "VERSION", 1)
    pair.network.run_until_quiet()
    assert pair.told(UpdateNeeded) == [UpdateNeeded(None)]
    assert pair.ended


def test_t7_an_answer_that_does_not_open_ends_the_dial_and_names_nobody(pair: Pair) -> None:
    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    candidate = pair.ana.hub.directory.pair(pair.bo.keys.device)
    assert candidate is not None
    connection = ConnectionId(9999)
    pair.ana.seen.clear()
    for effect in pair.ana.hub.handle(Dialled(connection, candidate), pair.network.now):
        pair.ana.seen.append(effect)
    for data in (bytes(32), bytes(97)):
        pair.ana.seen += pair.ana.hub.handle(BytesReceived(connection, data), pair.network.now)
    assert pair.ana.seen[-1] == CloseConnection(connection)
    assert not pair.told(PeerFaulted)
    assert pair.ended


@pytest.mark.parametrize("reason", list(Bye))
def test_a_goodbye_ends_the_session(pair: Pair, reason: Bye) -> None:
    pair.say(Goodbye(reason))
    assert pair.ended
    assert bool(pair.told(UpdateNeeded)) is (reason is Bye.UPDATE_NEEDED)


def test_leaving_is_said(pair: Pair) -> None:
    for effect in pair.ana.hub.leave(pair.network.now):
        pair.ana.perform(effect)
    pair.network.run_until_quiet()
    assert pair.ended
    assert not pair.bo.hub.sessions


def test_a_session_ends_after_twelve_hours(pair: Pair) -> None:
    pair.network.now = Instant(pair.network.now + limits.SESSION_SECONDS - 1)
    for hub in (pair.ana.hub, pair.bo.hub):
        hub.sessions[0].last_heard = pair.network.now
    pair.network.pass_time(2)
    assert pair.ended


# -- presence ------------------------------------------------------------------------------------


def test_presence_is_seen_while_connected_and_by_who_comes_later(pair: Pair) -> None:
    pair.bo.handle(PresenceChanged(pair.space, DOCUMENT))
    pair.network.run_until_quiet()
    seen = PresenceSeen(pair.bo.keys.device, pair.space, DOCUMENT)
    assert pair.told(PresenceSeen) == [seen]

    pair.network.cut(pair.session.connection)
    pair.network.run_until_quiet()
    pair.network.dial(pair.ana, pair.bo)
    pair.network.run_until_quiet()
    assert pair.told(PresenceSeen) == [seen, seen]

    pair.bo.handle(PresenceChanged(pair.space, None))
    pair.network.run_until_quiet()
    assert pair.told(PresenceSeen)[-1] == PresenceSeen(pair.bo.keys.device, pair.space, None)


# -- entries -------------------------------------------------------------------------------------


def batch_of(pair: Pair, run: list[entry.Entry]) -> Batch:
    log = run[0].header.log
    return Batch(
        pair.tag,
        log.device,
        log.incarnation,
        log.lane,
        run[0].header.height,
        run[0].header.previous,
        messages.shorten(run),
    )


def sealed_by_bo(pair: Pair, **place: object) -> entry.Entry:
    replica = pair.bo.hub.directory.replicas[pair.space]
    key = next(iter(pair.bo.epoch_keys[pair.space].values()))
    given = {"membership_heads": replica.control_heads, "head": replica.head(pair.bos_log), **place}
    return entry.seal_changes(
        pair.bo.keys,
        pair.bos_log,
        parts=[Part(DOCUMENT, (b"x",))],
        epoch=key,
        salt=bytes(16),
        **given,  # type: ignore[arg-type]
    )


def test_k1_a_forged_batch_is_not_stored_and_its_log_is_asked_of_nobody_here(pair: Pair) -> None:
    one = sealed_by_bo(pair)
    batch = batch_of(pair, [entry.Entry(one.header, one.encoded, one.hash, bytes(64), one.parts)])
    pair.say(batch)
    assert not pair.told(StoreEntries)
    bo = pair.bo.keys.device
    assert pair.told(PeerFaulted) == [PeerFaulted(bo, Fault.FORGED, pair.bos_log)]
    pair.say(batch_of(pair, [one]))
    assert not pair.told(StoreEntries)
    assert not pair.ended


def test_a_batch_that_comes_late_is_passed_over(pair: Pair) -> None:
    pair.say(batch_of(pair, pair.ana.logs[pair.bos_log]))
    assert not pair.ended
    assert not pair.told(StoreEntries)


def test_an_entry_whose_past_nobody_announced_waits_and_nobody_is_blamed(pair: Pair) -> None:
    pair.say(batch_of(pair, [sealed_by_bo(pair, membership_heads=(EntryHash(bytes(32)),))]))
    assert pair.ana.hub.sessions[0].logs.refused[pair.bos_log].waits
    assert not pair.told(PeerFaulted)
    assert not pair.told(StoreEntries)
    assert not pair.ended


def test_an_entry_that_overtook_its_past_is_taken_when_the_past_comes(pair: Pair) -> None:
    cleo = pair.network.peer("Cleo")
    replica = pair.bo.hub.directory.replicas[pair.space]
    scratch = type(replica)(pair.space)
    scratch.restore(replica.heads, pair.bo.control(pair.space))
    admission = Admit(cleo.seat, b"")
    control = acts.admit(pair.bo.keys, 7, scratch, admission, [], pair.network.rng.randbytes)
    overtaking = sealed_by_bo(pair, membership_heads=scratch.control_heads)
    pair.say(batch_of(pair, [overtaking]))
    assert not pair.told(StoreEntries)

    pair.bo._keep(control)
    pair.bo.handle(EntriesWritten(tuple(control)))
    pair.bo._keep([overtaking])
    pair.bo.handle(EntriesWritten((overtaking,)))
    pair.network.run_until_quiet()

    assert b"x" in pair.ana.words(pair.space)
    assert heads(pair.ana, pair.space) == heads(pair.bo, pair.space)


def test_what_overtook_its_past_twice_is_pulled_when_the_past_is_stored(pair: Pair) -> None:
    """While the past is on its way to the store more comes, and nobody tells of it again."""
    control = (pair.bo.keys.device, 7, Lane.CONTROL, Head(1, EntryHash(bytes(32))))
    pair.say(Have(pair.tag, (control,), last=True))
    first = sealed_by_bo(pair, membership_heads=(EntryHash(bytes(32)),))
    second = sealed_by_bo(pair, head=Head(2, first.hash))
    pair.say(batch_of(pair, [first]))
    pair.say(batch_of(pair, [second]))
    assert not pair.ended
    assert not pair.told(StoreEntries)
    told = pair.ana.hub.sessions[0].logs.unknown_tips(pair.bos_log)
    assert [tip.height for tip in told] == [2, 3]


def test_an_entry_whose_past_is_on_its_way_waits(pair: Pair) -> None:
    control = (pair.bo.keys.device, 7, Lane.CONTROL, Head(1, EntryHash(bytes(32))))
    pair.say(Have(pair.tag, (control,), last=True))
    pair.say(batch_of(pair, [sealed_by_bo(pair, membership_heads=(EntryHash(bytes(32)),))]))
    assert not pair.ended
    assert not pair.told(StoreEntries)


def test_d4_a_height_that_is_a_lie_costs_nothing_and_stops_nobody_else(pair: Pair) -> None:
    lie = (pair.bo.keys.device, 9, Lane.CONTENT, Head(limits.MAX_HEIGHT, EntryHash(bytes(32))))
    pair.say(Have(pair.tag, (lie,), last=True))
    assert not pair.ended
    pair.bo.write(pair.space, b"goes on")
    pair.network.run_until_quiet()
    assert b"goes on" in pair.ana.words(pair.space)
    assert not pair.ana.hub.exchange.complete(pair.ana.hub.sessions[0])


def test_what_is_wanted_and_not_there_is_passed_over(pair: Pair) -> None:
    nowhere = Head(1, EntryHash(bytes(32)))
    log = (pair.ana.keys.device, 7, Lane.CONTENT, EMPTY_LOG, nowhere)
    pair.say(Want(pair.tag, (log, (bytes(32), 0, Lane.CONTENT, EMPTY_LOG, nowhere))))  # type: ignore[arg-type]
    assert not pair.ended


def test_many_own_entries_at_once_are_offered_and_pulled_batch_by_batch(pair: Pair) -> None:
    """What was written offline may be far more than one message holds."""
    replica = pair.ana.hub.directory.replicas[pair.space]
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    key = next(iter(pair.ana.epoch_keys[pair.space].values()))
    head, written = replica.head(log), list[entry.Entry]()
    for number in range(40):
        words = pair.network.rng.randbytes(60_000)
        part = Part(DOCUMENT, (words,))
        salt = number.to_bytes(16, "big")
        one = entry.seal_changes(pair.ana.keys, log, head, replica.control_heads, key, [part], salt)
        written.append(one)
        head = Head(one.header.height, one.hash)
    assert sum(one.size for one in written) > limits.MAX_MESSAGE
    pair.ana._keep(written)
    pair.ana.handle(EntriesWritten(tuple(written)))
    pair.network.run_until_quiet()
    assert not pair.ended
    assert heads(pair.bo, pair.space) == heads(pair.ana, pair.space)
