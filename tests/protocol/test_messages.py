"""Messages of a session: whatever comes, only `RemoteProtocolError` goes out (SPEC §11)."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import entry, limits, messages, wire
from aluna_protocol.entry import Kind
from aluna_protocol.errors import IncompatibleVersionError, RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    NO_HASH,
    DeviceId,
    DocumentId,
    EntryHash,
    EpochId,
    Head,
    Lane,
)
from aluna_protocol.messages import (
    Anchors,
    Batch,
    Bye,
    Done,
    Goodbye,
    Have,
    Hello,
    Link,
    Message,
    Ping,
    Presence,
    Want,
)
from vectors.make_entry_vectors import FIRST, OTHER_DOCUMENT, SECOND
from vectors.making import ANA, DOCUMENT, INCARNATION, SPACE

tags = st.binary(min_size=16, max_size=16)
devices = st.binary(min_size=32, max_size=32).map(DeviceId)
incarnations = st.integers(0, 2**32 - 1)
lanes = st.sampled_from(Lane)
hashes = st.binary(min_size=32, max_size=32).map(EntryHash)
heads = st.builds(Head, st.integers(1, limits.MAX_HEIGHT), hashes)
places = st.just(EMPTY_LOG) | heads
links = st.builds(
    Link,
    st.sampled_from(Kind),
    st.none() | st.lists(hashes, max_size=3).map(tuple),
    st.none() | st.binary(max_size=32).map(EpochId),
    st.binary(max_size=16),
    st.binary(max_size=32),
    st.binary(min_size=64, max_size=64),
    st.none() | st.lists(st.just(DOCUMENT), max_size=4).map(tuple),
    st.lists(
        st.binary(min_size=1, max_size=9)
        | st.tuples(hashes, st.integers(1, limits.MAX_PART_BYTES)),
        max_size=4,
    ).map(tuple),
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
        st.lists(st.tuples(devices, incarnations, lanes, places, heads), max_size=5).map(tuple),
    ),
    st.builds(
        Batch,
        tags,
        devices,
        incarnations,
        lanes,
        st.integers(1, limits.MAX_HEIGHT),
        hashes,
        st.lists(links, max_size=3).map(tuple),
    ),
    st.builds(
        Anchors,
        tags,
        devices,
        incarnations,
        lanes,
        heads,
        st.lists(heads, max_size=31, unique_by=lambda head: head.height).map(
            lambda found: (*sorted(found, key=lambda head: -head.height), EMPTY_LOG)
        ),
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


@given(st.integers(0, 9), st.lists(junk, max_size=8))
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


@given(st.lists(junk | st.lists(junk, min_size=7, max_size=7), min_size=1, max_size=3), lanes)
def test_t8_junk_in_the_shape_of_a_batch_only_raises_remote_errors(
    junk_links: list[object], lane: Lane
) -> None:
    place = [bytes(16), ANA.device, INCARNATION, int(lane), 1, bytes(32)]
    with pytest.raises(RemoteProtocolError):
        messages.decode(wire.pack([3, *place, junk_links]))


@given(st.lists(links, max_size=3), lanes)
def test_t8_links_of_the_right_shape_that_are_no_run_only_raise_remote_errors(
    found: list[Link], lane: Lane
) -> None:
    batch = Batch(bytes(16), ANA.device, INCARNATION, lane, 1, NO_HASH, tuple(found))
    with pytest.raises(RemoteProtocolError):
        entry.verify_entry(messages.lengthen(batch, SPACE)[-1])


def hostile_batches() -> dict[str, bytes]:
    """Two MiB of what costs most to parse, and a header that lets it be long."""
    place = [bytes(16), ANA.device, INCARNATION, 1, 1, bytes(32)]
    start = b"\x98\x03" + b"".join(wire.pack(value) for value in place)
    few, many = b"\xdc\x10\x00", b"\xdd\x00\x1f\xff\xff"
    fields = (b"", b"", b"", bytes(64), None)
    link = b"\x98\x00\x90" + b"".join(wire.pack(value) for value in fields)
    parts = link + b"\xdc\x02\x00" + b"\xc4\x01x" * 512
    references = link + b"\xdc\x02\x00" + wire.pack([bytes(32), 1]) * 512
    documents = link[:-1] + b"\xdc\x02\x00" + wire.pack(bytes(16)) * 512 + b"\x90"
    return {
        "empty arrays": start + few + b"\x90" * limits.MAX_MESSAGE,
        "a long array": start + many + b"\x90" * limits.MAX_MESSAGE,
        "arrays of arrays": start + few + b"\x91" * limits.MAX_MESSAGE,
        "links of empty arrays": start + few + (b"\x98" + b"\x90" * 8) * 262_144,
        "parts of one byte": start + few + parts * (limits.MAX_MESSAGE // len(parts)),
        "documents of no parts": start + few + documents * (limits.MAX_MESSAGE // len(documents)),
        "missing parts": start + few + references * (limits.MAX_MESSAGE // len(references)),
    }


@pytest.mark.parametrize("name", sorted(hostile_batches()))
def test_t8_two_mebibytes_of_anything_cost_little_memory_to_refuse(name: str) -> None:
    data = hostile_batches()[name][: limits.MAX_MESSAGE]
    assert len(data) > limits.MAX_MESSAGE - 40_000
    tracemalloc.start()
    with pytest.raises(RemoteProtocolError):
        messages.decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * limits.MIB


def test_t8_the_most_parts_a_batch_may_have_cost_little_memory() -> None:
    """Rebuilt as well: every part is hashed and named."""
    parts = tuple([bytes([number % 256]) * 36 for number in range(limits.MAX_PARTS)])
    heads, epoch = FIRST.header.membership_heads, FIRST.header.epoch
    of = (DOCUMENT,) * limits.MAX_PARTS
    link = Link(Kind.CHANGES, heads, epoch, FIRST.header.salt, bytes(32), bytes(64), of, parts)
    size = len(messages.encode(Batch(bytes(16), ANA.device, 0, Lane.CONTENT, 1, NO_HASH, (link,))))
    batch = Batch(
        bytes(16), ANA.device, 0, Lane.CONTENT, 1, NO_HASH, (link,) * (limits.MAX_MESSAGE // size)
    )
    encoded = messages.encode(batch)
    assert len(encoded) > limits.MAX_MESSAGE - 2 * size
    tracemalloc.start()
    decoded = messages.decode(encoded)
    assert isinstance(decoded, Batch)
    with pytest.raises(RemoteProtocolError, match="a batch of too many entries"):
        messages.lengthen(decoded, SPACE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * limits.MIB


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
    [link] = messages.shorten([FIRST])
    long = replace(link, parts=(b"a" * 100_000,))
    batch = messages.encode(Batch(bytes(16), ANA.device, 0, Lane.CONTENT, 1, NO_HASH, (long,)))
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
        tuple(entry.refer(part, DOCUMENT) for part in parts),
    )
    one = entry.sign_entry(ANA, header, parts)
    place = (log.device, log.incarnation, log.lane, 1, NO_HASH)
    batch = Batch(bytes(16), *place, messages.shorten([one]))
    encoded = messages.encode(batch)
    assert len(encoded) < limits.MAX_MESSAGE
    decoded = messages.decode(encoded)
    assert isinstance(decoded, Batch)
    assert messages.lengthen(decoded, SPACE) == [one]


def test_t6_an_unknown_version_is_told_apart() -> None:
    hello = wire.pack([0, 2, "automerge", [bytes(16)] * 16])
    with pytest.raises(IncompatibleVersionError):
        messages.decode(hello)


def test_a_run_leaves_out_what_did_not_change() -> None:
    links = messages.shorten([FIRST, SECOND])
    assert (links[0].heads, links[0].epoch) == (
        FIRST.header.membership_heads,
        FIRST.header.epoch,
    )
    assert (links[1].heads, links[1].epoch) == (None, None)
    assert [link.documents for link in links] == [(DOCUMENT,), (DOCUMENT, OTHER_DOCUMENT)]
    again = messages.shorten([FIRST, FIRST])
    assert [link.documents for link in again] == [(DOCUMENT,), None]
    batch = Batch(bytes(16), ANA.device, INCARNATION, Lane.CONTENT, 1, NO_HASH, links)
    assert messages.lengthen(batch, SPACE) == [FIRST, SECOND]


def test_d4_a_batch_beyond_the_greatest_height_is_refused() -> None:
    links = messages.shorten([FIRST, SECOND])
    place = (ANA.device, INCARNATION, Lane.CONTENT, limits.MAX_HEIGHT, NO_HASH)
    with pytest.raises(RemoteProtocolError, match="entry in the wrong lane"):
        messages.lengthen(Batch(bytes(16), *place, links), SPACE)


def test_k4_a_batch_for_another_past_does_not_verify() -> None:
    place = (ANA.device, INCARNATION, Lane.CONTENT, 2, EntryHash(bytes(32)))
    [rebuilt] = messages.lengthen(Batch(bytes(16), *place, messages.shorten([SECOND])), SPACE)
    with pytest.raises(RemoteProtocolError, match="signature does not match"):
        entry.verify_entry(rebuilt)


@pytest.mark.parametrize(
    "places",
    [
        [],
        [[3, bytes(32)]],
        [[0, bytes(32)], [3, bytes(32)]],
        [[0, b"x" * 32]],
        [[5, bytes(32)]] * 2,
    ],
    ids=["none", "no beginning", "rising", "another beginning", "twice"],
)
def test_d1_anchors_that_do_not_lead_back_to_the_beginning_are_refused(
    places: list[object],
) -> None:
    log = [ANA.device, INCARNATION, 1, 7, bytes(32)]
    with pytest.raises(RemoteProtocolError, match="anchors do not lead back"):
        messages.decode(wire.pack([8, bytes(16), *log, places]))
