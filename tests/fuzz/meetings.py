"""Targets that need somebody at the other end: handshakes, knocks, sessions."""

from __future__ import annotations

import functools
import pickle
from dataclasses import replace

import msgpack

from aluna_protocol import door, entry, handshake, messages, transport
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.door import Card
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import InitiatorHandshake, PairCandidate, ResponderHandshake
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head, Instant, Lane, PersonId
from aluna_protocol.knocking import DoorKnocker
from aluna_protocol.noise import HandshakeState
from aluna_protocol.pairing import Door
from fuzz.pieces import pieces_of
from harness.pair import Pair
from vectors import make_handshake_vectors as fixed
from vectors.make_refusal_vectors import Forger, answer_to, forger

NOW = Instant(0.0)
KEEPER, KNOCKER = fixed.RESPONDER, fixed.INITIATOR
SECRET = bytes([0x77]) * 32
GREETING = fixed.DOOR_NONCE + door.commitment(fixed.DOOR_REVEAL)
CARD = Card(KNOCKER.device, KNOCKER.static, PersonId(bytes(16)), "Inês", "laptop")


@functools.cache
def _pair_key() -> bytes:
    return handshake.pair_key(fixed.INITIATOR, fixed.RESPONDER.static, fixed.SPACE)


def _candidate(peer: DeviceKeys) -> PairCandidate:
    return PairCandidate(fixed.SPACE, peer.device, peer.static, _pair_key())


def responders(data: bytes) -> None:
    """Dial: with any bytes, or with an ephemeral key, versions and a static key of one's own."""
    machine = ResponderHandshake(
        fixed.RESPONDER,
        [_candidate(fixed.INITIATOR)],
        challenge=fixed.CHALLENGE,
        ephemeral_secret=fixed.EPHEMERAL_R,
        silence=5.0,
        now=NOW,
    )
    if data[:1] != b"s":
        machine.receive(data, NOW)
        return
    ephemeral, version, static, last = (*pieces_of(data[1:]), b"", b"", b"", b"")[:4]
    public = ephemeral.ljust(32, b"\0")[:32] if ephemeral else None
    named, one = forger(_pair_key(), public)
    first = one.first(version[0] if version else 1)
    effects = machine.receive(named + first, NOW)
    said = b"".join(effect.data for effect in effects if isinstance(effect, handshake.Send))
    if public is None and len(said) == handshake.NOISE2_BYTES:
        proved = static.ljust(32, b"\0")[:32] if static else fixed.INITIATOR.static
        again = last[0] if last else 1
        third = one.third(said, fixed.INITIATOR.static_secret, proved, again)
        if not isinstance(machine.phase, handshake.Ended):
            machine.receive(third + last[1:], NOW)


def initiators(data: bytes) -> None:
    """Accept: with any bytes, or with a version and an ephemeral key of one's own."""
    machine = InitiatorHandshake(
        fixed.INITIATOR,
        _candidate(fixed.RESPONDER),
        ephemeral_secret=fixed.EPHEMERAL_I,
        now=NOW,
    )
    if data[:1] != b"s":
        machine.receive(data, NOW)
        return
    effects = machine.receive(fixed.CHALLENGE, NOW)
    said = b"".join(effect.data for effect in effects if isinstance(effect, handshake.Send))
    noise2 = answer_to(
        _pair_key(), said[:16], said[16:], fixed.RESPONDER.static_secret, data[1] if data[1:] else 1
    )
    changed = bytearray(noise2)
    for at, mask in zip(data[2::2], data[3::2], strict=False):
        changed[at % len(changed)] ^= mask
    machine.receive(bytes(changed), NOW)


# -- the door ------------------------------------------------------------------------------------


def keepers(data: bytes) -> None:
    """Knock, knowing the words: any bytes after the handshake, or any messages."""
    opened = Door(KEEPER, nonce=fixed.DOOR_NONCE, secret=SECRET, inviter="Olga", now=NOW)
    machine = opened.knock(
        reveal=fixed.DOOR_REVEAL, ephemeral_secret=fixed.EPHEMERAL_R, silence=5.0, now=NOW
    )
    one = Forger(door.PROLOGUE + GREETING, SECRET)
    effects = machine.receive(one.first(), NOW)
    noise2 = b"".join(effect.data for effect in effects if isinstance(effect, handshake.Send))
    third = one.third(noise2, KNOCKER.static_secret, KNOCKER.static)
    machine.receive(third, NOW)
    if data[:1] != b"s":
        machine.receive(data, NOW)
        return
    send, _ = one.noise.split()
    for piece in pieces_of(data[1:]):
        message = piece[1:] or b"\0"
        if piece[:1] == b"c":  # the bytes of a card, signed
            signature = door.sign_card(KNOCKER, CARD, one.noise.h)
            message = door.pack_card(CARD, signature)
        record = send.encrypt_with_ad(b"", transport.frame_bytes(message, rekey=False))
        machine.receive(len(record).to_bytes(2, "big") + record, NOW)


def knockers(data: bytes) -> None:
    """Keep a door whose words are right: any bytes after the handshake, or any messages."""
    machine = DoorKnocker(KNOCKER, CARD, ephemeral_secret=fixed.EPHEMERAL_I, now=NOW)
    if data[:1] == b"g":
        machine.receive(data[1:], NOW)
        return
    machine.receive(GREETING, NOW)
    [said] = machine.secret_derived(SECRET, NOW)
    state: HandshakeState = door.door_handshake(
        KEEPER, SECRET, GREETING, fixed.EPHEMERAL_R, initiator=False
    )
    state.read_message(said.data)  # type: ignore[union-attr]
    [answer] = machine.receive(state.write_message(b"\1"), NOW)
    state.read_message(answer.data[: handshake.NOISE3_BYTES])  # type: ignore[union-attr]
    if data[:1] != b"s":
        machine.receive(data, NOW)
        return
    send, _ = state.split()
    for piece in pieces_of(data[1:]):
        record = send.encrypt_with_ad(b"", transport.frame_bytes(piece or b"\0", rekey=False))
        machine.receive(len(record).to_bytes(2, "big") + record, NOW)


# -- sessions ------------------------------------------------------------------------------------


@functools.cache
def _met() -> bytes:
    return pickle.dumps(Pair())


def sessions(data: bytes) -> None:
    """Say anything in a session between members.

    The first byte of a piece tells what is repaired: `t` the tag of the space, `b` also the author
    and the signatures of a batch.
    """
    pair: Pair = pickle.loads(_met())
    for piece in pieces_of(data)[:24]:
        message = piece[1:]
        if piece[:1] in {b"t", b"b"}:
            message = _named(message, pair)
        if piece[:1] == b"b":
            message = _signed(message, pair)
        pair.say_raw(message or b"\0")
        if pair.ended:
            raise RemoteProtocolError("the session ended")


def _named(message: bytes, pair: Pair) -> bytes:
    """Return *message* with the right tag where one belongs."""
    try:
        value = msgpack.unpackb(message, raw=False, max_map_len=0, max_ext_len=0)
    except (ValueError, msgpack.UnpackException):
        return message
    if isinstance(value, list) and len(value) > 1 and isinstance(value[1], bytes):
        value[1] = pair.tag
        return bytes(msgpack.packb(value, use_bin_type=True))
    return message


def _signed(message: bytes, pair: Pair) -> bytes:
    """Return a batch as Bo would sign it; any other message as it is."""
    try:
        batch = messages.decode(message)
        if not isinstance(batch, messages.Batch):
            return message
        batch = replace(batch, device=pair.bo.keys.device)
        run = messages.lengthen(batch, pair.space)
    except RemoteProtocolError:
        return message
    signed = []
    head = Head(batch.first_height - 1, batch.previous)
    for one in run:
        header = replace(one.header, previous=head.hash)
        new = entry.sign_entry(pair.bo.keys, header, [])
        signed.append(replace(new, parts=one.parts))
        head = Head(header.height, new.hash)
    return messages.encode(replace(batch, links=messages.shorten(signed)))


@functools.cache
def real_messages() -> tuple[bytes, ...]:
    """Return what Bo might really say: each message, and batches that go on and that fork."""
    pair = Pair()
    ana, bo, space, tag = pair.ana, pair.bo, pair.space, pair.tag
    (own,) = [log for log in bo.logs if log.device == bo.keys.device and log.lane is Lane.CONTENT]
    hers = [log for log in ana.logs if log.device == ana.keys.device]
    said: list[messages.Message] = [messages.Ping(), messages.Done(), messages.Presence(tag, None)]
    said.append(messages.Presence(tag, DocumentId(bytes(16))))
    said.append(messages.Goodbye(messages.Bye.LEAVING))
    for log in [own, *hers]:
        run = (bo if log == own else ana).logs[log]
        tip, name = Head(len(run), run[-1].hash), (log.device, log.incarnation, log.lane)
        said.append(messages.Have(tag, ((*name, tip),), last=False))
        said.append(messages.Want(tag, ((*name, EMPTY_LOG, tip),)))
        said.append(messages.Anchors(tag, *name, tip, (EMPTY_LOG,)))
        said.append(messages.Batch(tag, *name, 1, EMPTY_LOG.hash, messages.shorten(run)))
    for height, before in ((1, EMPTY_LOG.hash), (2, bo.logs[own][0].hash)):
        header = replace(bo.logs[own][0].header, height=height, previous=before, salt=bytes(16))
        new = entry.sign_entry(bo.keys, header, [])
        new = replace(new, parts=bo.logs[own][0].parts)
        log_name = (own.device, own.incarnation, own.lane)
        said.append(messages.Batch(tag, *log_name, height, before, messages.shorten([new])))
    assert space in ana.hub.directory.replicas
    return tuple(messages.encode(one) for one in said)
