"""Messages of a session: whatever comes, only `RemoteProtocolError` goes out (SPEC §11)."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import entry, limits, messages, wire
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, DeviceId, DocumentId, EntryHash, Head, Lane
from aluna_protocol.messages import (
    Batch,
    Bye,
    Done,
    Goodbye,
    Have,
    Hello,
    Message,
    Ping,
    Presence,
    Want,
)
from vectors.make_entry_vectors import FIRST, SECOND
from vectors.making import ANA, INCARNATION, SPACE

tags = st.binary(min_size=16, max_size=16)
devices = st.binary(min_size=32, max_size=32).map(DeviceId)
incarnations = st.integers(0, 2**32 - 1)
lanes = st.sampled_from(Lane)
heads = st.builds(
    Head, st.integers(1, limits.MAX_HEIGHT), st.binary(min_size=32, max_size=32).map(EntryHash)
)
everything = st.one_of(
    st.builds(
        Hello,
        st.just("automerge-0.7.2"),
        st.sampled_from(messages.TAG_COUNTS).flatmap(
            lambda count: st.lists(tags, min_size=count, max_size=count).map(tuple)
        ),
    ),
    st.builds(
        Have,
        tags,
        st.lists(st.tuples(devices, incarnations, lanes, heads), max_size=5).map(tuple),
        st.booleans(),
    ),
    st.builds(
        Want,
        tags,
        st.lists(
            st.tuples(devices, incarnations, lanes, st.integers(0, limits.MAX_HEIGHT)), max_size=5
        ).map(tuple),
    ),
    st.builds(
        Batch,
        tags,
        devices,
        incarnations,
        lanes,
        st.integers(1, limits.MAX_HEIGHT),
        st.lists(st.lists(st.binary(max_size=20), max_size=7), max_size=3).map(tuple),
    ),
    st.builds(Presence, tags, st.none() | st.binary(min_size=16, max_size=16).map(DocumentId)),
    st.just(Ping()),
    st.just(Done()),
    st.builds(Goodbye, st.sampled_from(Bye)),
)
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**33)
    | st.binary(max_size=33)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=7),
    max_leaves=25,
)


@settings(max_examples=60)
@given(everything)
def test_every_message_is_read_again(message: Message) -> None:
    encoded = messages.encode(message)
    assert messages.decode(encoded) == message
    assert len(encoded) <= limits.MAX_MESSAGE


@given(st.binary(max_size=400))
def test_t8_random_bytes_only_raise_remote_errors(data: bytes) -> None:
    try:
        message = messages.decode(data)
    except RemoteProtocolError:
        return
    assert messages.decode(messages.encode(message)) == message


@given(st.integers(0, 8), st.lists(junk, max_size=7))
def test_t8_junk_in_the_shape_of_a_message_only_raises_remote_errors(
    kind: int, rest: list[object]
) -> None:
    try:
        messages.decode(wire.pack([kind, *rest]))
    except RemoteProtocolError:
        return


@settings(max_examples=60)
@given(everything, st.data())
def test_t7_a_message_cut_anywhere_is_refused(message: Message, data: st.DataObject) -> None:
    encoded = messages.encode(message)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(RemoteProtocolError):
        messages.decode(encoded[:cut])


@given(st.lists(junk, min_size=1, max_size=3), lanes)
def test_t8_junk_in_the_shape_of_a_batch_only_raises_remote_errors(
    links: list[object], lane: Lane
) -> None:
    batch = Batch(bytes(16), ANA.device, INCARNATION, lane, 1, tuple(links))
    with pytest.raises(RemoteProtocolError):
        messages.lengthen(batch, SPACE, EMPTY_LOG)


@pytest.mark.parametrize(
    "start", [b"\x93\x03", b"\xdc\x03\x00", b"\xdc\x00\x07\x03", b"\x97\x01"], ids=bytes.hex
)
def test_t8_only_a_batch_may_be_long(start: bytes) -> None:
    data = start.ljust(limits.MAX_CONTROL_MESSAGE + 1, b"\x90")
    tracemalloc.start()
    with pytest.raises(RemoteProtocolError, match="message too long"):
        messages.decode(data)
    assert tracemalloc.get_traced_memory()[1] < limits.MIB
    tracemalloc.stop()


def test_t8_bounds_of_a_message_hold() -> None:
    row = (ANA.device, INCARNATION, Lane.CONTENT, Head(limits.MAX_HEIGHT, EMPTY_LOG.hash))
    full = Have(bytes(16), (row,) * messages.MAX_LOGS_PER_MESSAGE, last=True)
    assert len(messages.encode(full)) <= limits.MAX_CONTROL_MESSAGE
    assert messages.decode(messages.encode(full)) == full
    over = Have(bytes(16), (*full.logs, row), last=True)
    with pytest.raises(RemoteProtocolError, match="array too long"):
        messages.decode(messages.encode(over))
    batch = messages.encode(Batch(bytes(16), ANA.device, 0, Lane.CONTENT, 1, (b"a" * 100_000,)))
    assert isinstance(messages.decode(batch), Batch)
    with pytest.raises(RemoteProtocolError, match="message too long"):
        messages.decode(batch.ljust(limits.MAX_MESSAGE + 1, b"\0"))


def test_the_largest_entry_fits_a_batch() -> None:
    log = FIRST.header.log
    sizes = limits.MAX_ENTRY_BYTES // limits.MAX_PARTS
    parts = [bytes([number % 256]) * sizes for number in range(limits.MAX_PARTS)]
    header = entry.Header(
        FIRST.header.kind,
        log,
        1,
        EMPTY_LOG.hash,
        tuple(EntryHash(bytes([number]) * 32) for number in range(limits.MAX_MEMBERSHIP_HEADS)),
        FIRST.header.epoch,
        FIRST.header.salt,
        FIRST.header.commitment,
        tuple((entry.hash_part(part), len(part)) for part in parts),
    )
    one = entry.sign_entry(ANA, header, parts)
    batch = Batch(bytes(16), log.device, log.incarnation, log.lane, 1, messages.shorten([one]))
    encoded = messages.encode(batch)
    assert len(encoded) < limits.MAX_MESSAGE
    decoded = messages.decode(encoded)
    assert isinstance(decoded, Batch)
    assert messages.lengthen(decoded, SPACE, EMPTY_LOG) == [one]


def test_t6_an_unknown_version_is_told_apart() -> None:
    hello = wire.pack([0, 2, "automerge", [bytes(16)] * 16])
    with pytest.raises(IncompatibleVersionError):
        messages.decode(hello)


def test_a_run_leaves_out_what_did_not_change() -> None:
    links = messages.shorten([FIRST, SECOND])
    assert links[0][1:3] == [list(FIRST.header.membership_heads), FIRST.header.epoch]
    assert links[1][1:3] == [None, None]
    batch = Batch(
        bytes(16), ANA.device, INCARNATION, Lane.CONTENT, 1, messages.shorten([FIRST, SECOND])
    )
    assert messages.lengthen(batch, SPACE, EMPTY_LOG) == [FIRST, SECOND]


def test_d4_a_batch_beyond_the_greatest_height_is_refused() -> None:
    before = Head(limits.MAX_HEIGHT - 1, EMPTY_LOG.hash)
    links = messages.shorten([FIRST, SECOND])
    batch = Batch(bytes(16), ANA.device, INCARNATION, Lane.CONTENT, limits.MAX_HEIGHT, links)
    with pytest.raises(RemoteProtocolError, match="entry in the wrong lane"):
        messages.lengthen(batch, SPACE, before)


def test_k4_a_batch_for_another_past_does_not_verify() -> None:
    batch = Batch(bytes(16), ANA.device, INCARNATION, Lane.CONTENT, 2, messages.shorten([SECOND]))
    [rebuilt] = messages.lengthen(batch, SPACE, Head(1, EntryHash(bytes(32))))
    with pytest.raises(RemoteProtocolError, match="signature does not match"):
        entry.verify_entry(rebuilt)
