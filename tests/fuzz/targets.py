"""What is fuzzed: each target takes any bytes and puts them where a peer's would be read.

Checksums, seals and signatures are repaired after mutation, so that what is behind them is reached.
A target raises `RemoteProtocolError` for what is refused and nothing else, ever; what it accepts it
must be able to write again.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from aluna_protocol import (
    announce,
    bundle,
    crypto,
    door,
    entry,
    epoch,
    lint,
    membership,
    messages,
    packing,
    wire,
)
from aluna_protocol.entry import Kind, Part
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import PairCandidate
from aluna_protocol.ids import EMPTY_LOG, Instant, Lane, LogId
from aluna_protocol.noise import CipherState
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.transport import Transport, frame_bytes
from aluna_sync import founding
from fuzz import changes, meetings
from fuzz.pieces import pieces_of
from vectors.make_bundle_vectors import HEADER
from vectors.make_handshake_vectors import INITIATOR
from vectors.make_handshake_vectors import SPACE as MEETING
from vectors.making import (
    ANA,
    CONTENT,
    DOCUMENT,
    EPOCH,
    EVE,
    FOUNDING,
    HANDSHAKE_HASH,
    INCARNATION,
    SALT,
    SPACE,
)

NOW = Instant(0.0)
STREAM_KEY = bytes([0xA1]) * 32


@dataclass(frozen=True, slots=True)
class Target:
    """One place where bytes come in; *seeds* names the files of vectors that hold examples."""

    run: Callable[[bytes], None]
    seeds: tuple[str, ...]
    max_bytes: int = 4096
    weight: int = 1
    """Its share of the time."""
    max_seeds: int = 400
    """Fewer where one takes milliseconds: the time is for mutants."""


def attempt(target: Target, data: bytes) -> bool:
    """Tell whether *data* was accepted; whatever else comes out is a fault of ours."""
    try:
        target.run(data)
    except RemoteProtocolError:
        return False
    return True


# -- streams -------------------------------------------------------------------------------------


def stream(data: bytes) -> None:
    """Read a stream as it is: lengths are looked at before anything is opened."""
    Transport(CipherState(STREAM_KEY), CipherState(STREAM_KEY), NOW).decrypt(data)


def frames(data: bytes) -> None:
    """Read frames that open, and that say of themselves what they like."""
    writer = CipherState(STREAM_KEY)
    reader = Transport(CipherState(STREAM_KEY), CipherState(STREAM_KEY), NOW, max_message=4096)
    for piece in pieces_of(data):
        whole = piece[:1] == b"m"
        plain = frame_bytes(piece[1:] or b"\0", rekey=False) if whole else piece.ljust(256, b"\0")
        record = writer.encrypt_with_ad(b"", plain)
        for message in reader.decrypt(len(record).to_bytes(2, "big") + record):
            assert 1 <= len(message) <= 4096
        if plain[0] == 1:
            writer.rekey()


# -- shapes --------------------------------------------------------------------------------------


def shapes(data: bytes) -> None:
    """Parse any value; what is canonical is written the same again."""
    value = wire.unpack_canonical(data, 4096)
    assert wire.pack(value) == data
    fields = wire.tagged(value)
    wire.array(fields, at_most=8)
    for field in fields[1:]:
        for read in (wire.octets, wire.name, wire.boolean, wire.integer):
            try:
                read(field)
            except RemoteProtocolError:
                continue


def octets_arrays(data: bytes) -> None:
    """Parse the array of changes of a part."""
    items = wire.octets_array(data, 4096, 64)
    assert 1 <= len(items) <= 64


# -- entries -------------------------------------------------------------------------------------


def headers(data: bytes) -> None:
    """Parse a header; it is written the same again."""
    assert entry.decode_header(data).encode() == data


def plaintexts(data: bytes) -> None:
    """Parse the plaintext of a part: as it is, or framed, or framed and deflated."""
    mode, body = data[:1], data[1:]
    if mode == b"f":
        body = _framed(body)
    elif mode == b"d":
        packer = zlib.compressobj(1, zlib.DEFLATED, -15, zdict=packing.PRESET)
        body = _framed(packer.compress(body) + packer.flush())
    changes = packing.decode_changes(body)
    assert packing.decode_changes(packing.encode_changes(changes)) == changes


def _framed(body: bytes) -> bytes:
    plain = len(body).to_bytes(3, "big") + body
    return plain.ljust(packing.padded_length(len(plain)), b"\0")


def opened(data: bytes) -> None:
    """Open an entry whose parts hold anything under the right keys: never an exception."""
    keys = entry.entry_keys(EPOCH.key, CONTENT, 1, EMPTY_LOG.hash, SALT)
    nonce = SALT + bytes(8)
    plains = pieces_of(data)[:8] or [data]
    parts = [
        crypto.seal(keys.part_key(number), nonce, plain) for number, plain in enumerate(plains)
    ]
    references = tuple(entry.refer(part, DOCUMENT) for part in parts)
    fields = (CONTENT, 1, EMPTY_LOG.hash, (), EPOCH.id, SALT, keys.commitment, references)
    one = entry.sign_entry(ANA, entry.Header(Kind.CHANGES, *fields), parts)
    for part in entry.open_parts(one, EPOCH.key):
        assert isinstance(part, Part | entry.BadPart)


def runs(data: bytes) -> None:
    """Give control entries with any body and content with any header, signed, to the log gate."""
    replica = SpaceReplica(SPACE)
    replica.admit_run(FOUNDING)
    for piece in pieces_of(data):
        kind = Kind(piece[0] % 3) if piece else Kind.CHANGES
        if kind is Kind.CHANGES:
            header = entry.decode_header(piece[1:])
            log = LogId(SPACE, ANA.device, header.log.incarnation, Lane.CONTENT)
            header = replace(header, kind=kind, log=log)
            replica.admit_run([entry.sign_entry(ANA, header, [None] * len(header.parts))])  # type: ignore[list-item]
        else:
            keys = EVE if piece[0] & 4 else ANA
            log = LogId(SPACE, keys.device, INCARNATION + (piece[0] >> 3), Lane.CONTROL)
            body = piece[1:] or b"\0"
            heads = replica.control_heads
            head = replica.head(log)
            replica.admit_run([entry.control_entry(keys, kind, log, head, heads, body)])
        replica.membership, replica.active_epoch  # noqa: B018 -- judged when it is asked for


# -- membership and epochs -----------------------------------------------------------------------


def membership_bodies(data: bytes) -> None:
    """Parse a membership body; it is written the same again."""
    assert membership.encode_operation(membership.decode_operation(data)) == data


def epoch_bodies(data: bytes) -> None:
    """Parse an epoch body; it is written the same again."""
    assert epoch.encode_operation(epoch.decode_operation(data)) == data


def boxes(data: bytes) -> None:
    """Open a box: as it is, or one sealed to us around any plaintext."""
    box = data
    if data[:1] == b"s":
        box = crypto.seal_to(ANA.static, data[1:], bytes([0x81]) * 32)
    sealed = epoch.SealedKey(EPOCH.id, ANA.device, box)
    epoch.open_key(ANA, SPACE, ANA.device, sealed)


# -- messages ------------------------------------------------------------------------------------


def session_messages(data: bytes) -> None:
    """Parse a message; what is read is written so that it is read the same, and so is a run."""
    message = messages.decode(data)
    assert messages.decode(messages.encode(message)) == message
    if isinstance(message, messages.Batch):
        run = messages.lengthen(message, SPACE)
        short = replace(message, links=messages.shorten(run))
        again = messages.lengthen(short, SPACE)
        assert [one.encoded for one in again] == [one.encoded for one in run]


# -- changes -------------------------------------------------------------------------------------


def lint_bodies(data: bytes) -> None:
    """Judge a change with its checksum, length and actor repaired, in one of three pasts."""
    if not data:
        return
    raw = changes.sealed(data[1:])
    facts = changes.facts(data[0] % 3)
    lint.read_header(raw)
    actor = lint.read_chunk(raw).actor
    lint.read_alone(raw, actor)
    verdict = lint.check(raw, actor, facts)
    if isinstance(verdict, lint.ChangeFacts):
        facts.add(verdict)
        assert isinstance(lint.check(raw, actor, facts), lint.Repeated)


def lint_columns(data: bytes) -> None:
    """Judge a change made of any columns behind an envelope that fits."""
    if not data:
        return
    which, *columns = pieces_of(data) or [data]
    raw = changes.sealed(changes.envelope(which, columns))
    past = which[0] % 3 if which else 0
    lint.check(raw, lint.read_chunk(raw).actor, changes.facts(past))


def envelopes(data: bytes) -> None:
    """Judge any bytes as a change."""
    lint.check(data, changes.AUTHOR, changes.facts(0))


# -- announcements and the door ------------------------------------------------------------------


def records(data: bytes) -> None:
    """Read a TXT record made of strings as they stand in DNS, and look who it is from."""
    txt: dict[bytes, bytes | None] = {}
    at = 0
    while at < len(data):
        one = data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
        key, equals, value = one.partition(b"=")
        txt.setdefault(key, value if equals else None)
    read = announce.parse(txt)
    if isinstance(read, announce.MemberAnnouncement):
        known = PairCandidate(MEETING, INITIATOR.device, INITIATOR.static, bytes(32))
        announce.recognise(read, [known], 1_800_000_000.0)


class _Proved:
    """What a handshake proved, as far as a card is compared with it."""

    handshake_hash = HANDSHAKE_HASH
    remote_static = INITIATOR.static


def door_messages(data: bytes) -> None:
    """Parse each message of the door; cards get the signature they need."""
    mode, message = data[:1], data[1:]
    match mode:
        case b"i":
            assert door.pack_inviter(*door.parse_inviter(message)) == message
        case b"a":
            door.parse_answer(message)
        case b"c":
            signature = crypto.sign(INITIATOR, b"aluna-join" + HANDSHAKE_HASH + message)
            packed = wire.pack([1, message, signature])
            card, _ = door.parse_card(packed, _Proved)  # type: ignore[arg-type]
            assert card.to_bytes() == message
        case _:
            door.parse_card(message, _Proved)  # type: ignore[arg-type]


def welcomes(data: bytes) -> None:
    """Parse what a keeper gives; bodies get the headers and signatures they need."""
    if data[:1] != b"s":
        founding._verified(data)
        return
    rows = []
    head = EMPTY_LOG
    log = LogId(SPACE, ANA.device, INCARNATION, Lane.CONTROL)
    for piece in pieces_of(data[1:])[:16]:
        kind = Kind.EPOCH if piece[:1] == b"e" else Kind.MEMBERSHIP
        one = entry.control_entry(ANA, kind, log, head, (), piece[1:] or b"\0")
        head = replace(head, height=head.height + 1, hash=one.hash)
        rows.append([one.encoded, one.signature, one.parts[0]])
    space, control = founding._verified(wire.pack([SPACE, rows]))
    SpaceReplica(space).admit_run(control)


# -- bundles -------------------------------------------------------------------------------------


def bundles(data: bytes) -> None:
    """Read a file, the messages of a section that opens, or what a well signed receipt says."""
    mode, rest = data[:1], data[1:]
    if mode == b"r":
        signature = crypto.sign(ANA, b"aluna-receipt-v1" + rest)
        packed = wire.pack([0, rest, signature])
        receipt = bundle.read_receipt(packed)
        if receipt.writer == ANA.device:
            assert bundle.write_receipt(ANA, receipt) == packed
    elif mode == b"s":
        section = bundle.SectionWriter(HEADER, STREAM_KEY)
        sealed = b"".join(section.say(piece) for piece in pieces_of(rest) or [b""])
        sealed += section.end()
        reader = bundle.SectionReader(HEADER, bundle.Place(HEADER.body, len(sealed), STREAM_KEY))
        for message in reader.feed(sealed):
            if isinstance(message, messages.Batch):
                messages.lengthen(message, SPACE)
        assert reader.ended
    else:
        header = bundle.read_header(data)
        bundle.read_table(ANA, header, data[bundle.HEADER_BYTES : header.body][:960])


TARGETS: dict[str, Target] = {
    "stream": Target(stream, ("transport",)),
    "frames": Target(frames, ("transport", "messages")),
    "shapes": Target(shapes, ("encoding", "messages", "membership")),
    "octets_arrays": Target(octets_arrays, ("encoding",)),
    "headers": Target(headers, ("entries", "runs")),
    "plaintexts": Target(plaintexts, ("entries",)),
    "opened": Target(opened, ("entries",), max_seeds=48),
    "runs": Target(runs, ("entries", "membership", "epochs"), weight=2, max_seeds=48),
    "membership_bodies": Target(membership_bodies, ("membership",)),
    "epoch_bodies": Target(epoch_bodies, ("epochs",)),
    "boxes": Target(boxes, ("epochs",)),
    "session_messages": Target(session_messages, ("messages",), 16_384),
    "lint_bodies": Target(lint_bodies, ("changes",), weight=4),
    "lint_columns": Target(lint_columns, ("columns",), weight=4),
    "envelopes": Target(envelopes, ("changes",)),
    "records": Target(records, ("announce", "announce_refused")),
    "door_messages": Target(door_messages, ("door", "door_messages")),
    "responders": Target(meetings.responders, ("handshake", "handshake_refused"), max_seeds=48),
    "initiators": Target(meetings.initiators, ("handshake", "handshake_refused"), max_seeds=48),
    "keepers": Target(meetings.keepers, ("door_messages",), max_seeds=48),
    "knockers": Target(meetings.knockers, ("door_messages",), max_seeds=48),
    "sessions": Target(meetings.sessions, ("messages",), 16_384, weight=6, max_seeds=48),
    "welcomes": Target(welcomes, ("membership", "epochs")),
    "bundles": Target(bundles, ("bundles",), 16_384, max_seeds=48),
}
