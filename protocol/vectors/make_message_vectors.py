"""Vectors of the messages of a session, and of the state of a space (SPEC §11, §14)."""

from __future__ import annotations

from typing import Any

from aluna_protocol import crypto, limits, messages, wire
from aluna_protocol.entry import Entry
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head, Lane
from aluna_protocol.messages import (
    Anchors,
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
from vectors.make_entry_vectors import FIRST, SECOND, plaintext, sealed
from vectors.make_introduction_vectors import CIRCLE, PRIVATE, founding_of
from vectors.make_introduction_vectors import told as introduced
from vectors.making import (
    ANA,
    BO,
    FOUNDING,
    INCARNATION,
    SPACE,
    Json,
    broken,
    shown,
    spoilt,
)

HANDSHAKE_HASH = bytes(range(64))
TAG = messages.space_tag(SPACE, HANDSHAKE_HASH, by_initiator=True)
ANOTHER_TAG = messages.space_tag(SPACE, HANDSHAKE_HASH, by_initiator=False)
TAGS = tuple(bytes([number]) * 16 for number in range(16))
DOCUMENT = DocumentId(bytes([0x91]) * 16)


def batch_of(run: tuple[Entry, ...], lane: Lane) -> Batch:
    """Return *run* in short form."""
    first = run[0].header
    log = (ANA.device, INCARNATION, lane)
    return Batch(TAG, *log, first.height, first.previous, messages.shorten(run))


HEAD = Head(2, FOUNDING[1].hash)
LOG = (ANA.device, INCARNATION, Lane.CONTROL)
PLACES = (Head(2, SECOND.hash), Head(1, FOUNDING[0].hash), EMPTY_LOG)
PRUNED = Entry(SECOND.header, SECOND.encoded, SECOND.hash, SECOND.signature, (None, None))
_third = sealed([plaintext([bytes(116)])], Head(2, SECOND.hash), [DOCUMENT])
LARGER = Entry(_third.header, _third.encoded, _third.hash, _third.signature, (None,))
VALID: dict[str, Message] = {
    "hello": Hello("automerge-0.7.2", TAGS),
    "another hello": Hello("otro", TAGS * 2),
    "have": Have(TAG, ((*LOG, HEAD),), last=False),
    "have of a log that forked": Have(
        TAG, ((*LOG, HEAD), (*LOG, Head(2, SECOND.hash))), last=False
    ),
    "have of another": Have(ANOTHER_TAG, ((BO.device, 7, Lane.CONTENT, PLACES[1]),), last=True),
    "have nothing": Have(TAG, (), last=True),
    "want": Want(TAG, ((*LOG, Head(1, FOUNDING[0].hash), HEAD),)),
    "want from the beginning": Want(
        ANOTHER_TAG, ((BO.device, 2**32 - 1, Lane.CONTENT, EMPTY_LOG, Head(2**32, SECOND.hash)),)
    ),
    "batch": batch_of((FIRST, SECOND), Lane.CONTENT),
    "batch of control": batch_of(tuple(FOUNDING), Lane.CONTROL),
    "batch of another": Batch(
        ANOTHER_TAG, BO.device, 7, Lane.CONTENT, 2, FIRST.hash, messages.shorten((PRUNED, LARGER))
    ),
    "presence": Presence(TAG, DOCUMENT),
    "presence in none": Presence(ANOTHER_TAG, None),
    "ping": Ping(),
    **{f"goodbye {reason.value}": Goodbye(reason) for reason in Bye},
    "done": Done(),
    "anchors": Anchors(TAG, *LOG, Head(3, SECOND.hash), PLACES),
    "anchors of another": Anchors(
        ANOTHER_TAG, BO.device, 7, Lane.CONTENT, Head(2**32, FIRST.hash), (EMPTY_LOG,)
    ),
    "introduce": introduced(founding_of(CIRCLE)),
    "introduce another": introduced(founding_of(PRIVATE)),
}


def message_vectors() -> Json:
    """Return each message as bytes, what is refused and why, and batches with their entries."""
    return {
        "tags": [
            {
                "space": SPACE.hex(),
                "handshake_hash": HANDSHAKE_HASH.hex(),
                "by_initiator": by_initiator,
                "tag": messages.space_tag(SPACE, HANDSHAKE_HASH, by_initiator=by_initiator).hex(),
            }
            for by_initiator in (True, False)
        ],
        "valid": [
            {
                "name": name,
                "type": type(one).__name__,
                "fields": shown(fields_of(one)),
                "bytes": messages.encode(one).hex(),
            }
            for name, one in VALID.items()
        ],
        "refused": refused_messages(),
        "batches": batch_vectors(),
        "batches_refused": refused_batches(),
    }


def fields_of(message: Message) -> list[Any]:
    """Return *message* as the array it is."""
    fields: list[Any] = wire.unpack(messages.encode(message), 2**20)
    return fields


Case = tuple[str, str, list[int], object, str]


def refused_messages() -> list[Json]:
    """Return messages that break one rule each."""
    cases = [*of_space_messages(), *of_batches()]
    arrays = {name: fields_of(message) for name, message in VALID.items()}
    encoded = {name: messages.encode(message) for name, message in VALID.items()}
    row = wire.pack(arrays["have"][2][0])
    start = b"\x94\x01" + wire.pack(TAG) + b"\xdc\x02\x01"
    unknown, malformed = "unknown message", "not a well-formed message"
    return [
        *(broken(name, of, arrays[of], at, value, error) for name, of, at, value, error in cases),
        *(
            spoilt(name, of, data, error)
            for name, of, data, error in (
                ("one item too many", "ping", b"\x92\5\0", unknown),
                ("one item too few", "presence", wire.pack(arrays["presence"][:2]), unknown),
                ("a number", "ping", b"\5", "expected an array"),
                ("empty", "ping", b"\x90", UNTAGGED),
                ("nothing", "ping", b"", malformed),
                ("T7 cut short", "presence", encoded["presence"][:-1], malformed),
                ("T7 a batch cut short", "batch", encoded["batch"][:-1], malformed),
                ("something after", "done", b"\x91\7\0", malformed),
                ("something after a batch", "batch", encoded["batch"] + b"\0", malformed),
                ("a map", "ping", b"\x81\5\0", malformed),
            )
        ),
        {
            "name": "T8 longer than any other message",
            "of": "ping",
            "at": None,
            "pieces": [["9105", 1], ["00", limits.MAX_CONTROL_MESSAGE]],
            "error": "message too long",
        },
        many_parts(),
        {
            "name": "513 rows",
            "of": "have",
            "at": None,
            "pieces": [[start.hex(), 1], [row.hex(), 513], ["c3", 1]],
            "error": "array too long",
        },
    ]


UNTAGGED = "expected an array that starts with its kind"
RANGE, LENGTH, ITEMS = (
    "expected an integer in range",
    "bytes of the wrong length",
    "array of the wrong length",
)


def many_parts() -> Json:
    """Return a batch of 129 links with 512 parts each, as pieces to be repeated."""
    fields = fields_of(VALID["batch"])
    start = b"\x98" + b"".join(wire.pack(field) for field in fields[:7]) + b"\xdc\x00\x81"
    link = b"\x98" + b"".join(wire.pack(field) for field in fields[7][0][:7])
    link += b"\xdc\x02\x00" + wire.pack(b"x") * 512
    return {
        "name": "T8 65,537 parts",
        "of": "batch",
        "at": None,
        "pieces": [[start.hex(), 1], [link.hex(), 129]],
        "error": "too many parts in a batch",
    }


def of_space_messages() -> list[Case]:
    """Return what may be wrong in every message but a batch."""
    anchors = "anchors do not lead back to the beginning"
    zeros = bytes(32)
    return [
        ("unknown", "ping", [0], 10, "unknown message"),
        ("a boolean for a kind", "have", [0], True, UNTAGGED),
        ("T6 another version", "hello", [1], 2, "unknown session version"),
        ("no engine", "hello", [2], "", "expected a name"),
        ("17 tags", "hello", [3], [*TAGS, TAG], "tags not padded"),
        ("a short tag", "hello", [3, 15], TAG[1:], LENGTH),
        ("a short tag of a space", "have", [1], TAG[1:], LENGTH),
        ("rows in no array", "have", [2], 0, "expected an array"),
        ("a short device", "have", [2, 0, 0], zeros[1:], LENGTH),
        ("incarnation too large", "have", [2, 0, 1], 2**32, RANGE),
        ("an unknown lane", "have", [2, 0, 2], 2, RANGE),
        ("height 0", "have", [2, 0, 3], 0, RANGE),
        ("D4 a height no log has", "have", [2, 0, 3], 2**32 + 1, RANGE),
        ("a short hash", "have", [2, 0, 4], zeros[1:], LENGTH),
        ("last is a number", "have", [3], 1, "expected a boolean"),
        ("a row of six", "want", [2, 0], [*LOG[:2], 0, 2, zeros, 2], ITEMS),
        ("after less than nothing", "want", [2, 0, 3], -1, RANGE),
        ("a short hash to begin after", "want", [2, 0, 4], zeros[1:], LENGTH),
        ("a tip at the beginning", "want", [2, 0, 5], 0, RANGE),
        ("a short tip", "want", [2, 0, 6], zeros[1:], LENGTH),
        ("half a document", "presence", [2], bytes(8), LENGTH),
        ("an unknown reason", "goodbye 0", [1], 3, RANGE),
        ("anchors of no tip", "anchors", [5], 0, RANGE),
        ("D1 anchors without a beginning", "anchors", [7], [[1, zeros]], anchors),
        ("D1 no anchors", "anchors", [7], [], anchors),
        ("D1 anchors that rise", "anchors", [7], [[1, zeros], [2, zeros], [0, zeros]], anchors),
        ("D1 a beginning with a hash", "anchors", [7, 2, 1], bytes([1]) * 32, anchors),
        ("no header", "introduce", [1], None, "expected bytes"),
        ("a short signature of a founding", "introduce", [2], zeros, LENGTH),
        ("a body as text", "introduce", [3], "genesis", "expected bytes"),
        ("33 anchors", "anchors", [7], [[n, zeros] for n in range(32, -1, -1)], "array too long"),
    ]


def of_batches() -> list[Case]:
    """Return what may be wrong in a batch."""
    link = fields_of(VALID["batch"])[7][0]
    zeros = bytes(32)
    heads = [bytes([n]) * 32 for n in range(65)]
    return [
        ("first height 0", "batch", [5], 0, RANGE),
        ("no previous", "batch", [6], b"", LENGTH),
        ("4,097 links", "batch", [7], [[]] * 4097, "array too long"),
        ("seven items in a link", "batch", [7, 0], link[:7], ITEMS),
        ("a kind that is none", "batch", [7, 0, 0], 3, RANGE),
        ("a number for heads", "batch", [7, 0, 1], 1, "expected an array"),
        ("65 heads", "batch", [7, 0, 1], heads, "array too long"),
        ("half a head", "batch", [7, 0, 1], [bytes(16)], LENGTH),
        ("a long epoch", "batch", [7, 0, 2], bytes(33), "bytes too long"),
        ("an array for a salt", "batch", [7, 0, 3], [], "expected bytes"),
        ("a long salt", "batch", [7, 0, 3], bytes(17), "bytes too long"),
        ("a long commitment", "batch", [7, 0, 4], bytes(33), "bytes too long"),
        ("a short signature", "batch", [7, 0, 5], bytes(63), LENGTH),
        ("a number for documents", "batch", [7, 0, 6], 1, "expected an array"),
        ("half a document in a link", "batch", [7, 0, 6], [bytes(8)], LENGTH),
        ("513 documents", "batch", [7, 0, 6], [bytes(16)] * 513, "array too long"),
        ("an empty part", "batch", [7, 0, 7], [b""], "part empty"),
        ("a part missing of no size", "batch", [7, 0, 7], [[zeros, 0]], RANGE),
        ("a part missing with a short hash", "batch", [7, 0, 7], [[zeros[1:], 1]], LENGTH),
        ("513 parts", "batch", [7, 0, 7], [b"x"] * 513, "array too long"),
    ]


def batch_vectors() -> list[Json]:
    """Return short forms with the headers they stand for."""
    dropped = SECOND.parts[0], None
    pruned = Entry(SECOND.header, SECOND.encoded, SECOND.hash, SECOND.signature, dropped)
    cases = [
        ("a run", EMPTY_LOG, (FIRST, SECOND), Lane.CONTENT),
        ("going on", Head(1, FIRST.hash), (SECOND,), Lane.CONTENT),
        ("a part dropped", Head(1, FIRST.hash), (pruned,), Lane.CONTENT),
        ("control", EMPTY_LOG, tuple(FOUNDING), Lane.CONTROL),
    ]
    return [
        {
            "name": f"batch: {name}",
            "space": SPACE.hex(),
            "before": [head.height, head.hash.hex()],
            "bytes": messages.encode(batch_of(run, lane)).hex(),
            "headers": [one.encoded.hex() for one in run],
            "parts": [shown(one.parts) for one in run],
        }
        for name, head, run, lane in cases
    ]


def refused_batches() -> list[Json]:
    """Return short forms that parse as a message and cannot be a run."""
    fields = fields_of(VALID["batch"])
    begins = "a batch begins with its heads and epoch"
    unmatched = "documents and parts do not match"
    wrong_lane, does_not_fit = "entry in the wrong lane", "epoch fields do not fit the kind"
    cases: list[tuple[str, list[int], object, str]] = [
        ("no links", [7], [], "an empty batch"),
        ("no heads", [7, 0, 1], None, begins),
        ("no epoch", [7, 0, 2], None, begins),
        ("the wrong lane", [4], 0, wrong_lane),
        ("the wrong kind", [7, 1, 0], 1, wrong_lane),
        ("D4 beyond the greatest height", [5], 2**32, wrong_lane),
        ("no salt", [7, 0, 3], b"", does_not_fit),
        ("no documents", [7, 0, 6], None, begins),
        ("documents of no part", [7, 0, 6], [DOCUMENT] * 2, unmatched),
        ("fewer documents than the link before", [7, 1, 6], None, unmatched),
        ("no parts", [7, 0], [*fields[7][0][:6], [], []], "too few or too many parts"),
    ]
    return [
        *(broken(name, "batch", fields, at, value, error) for name, at, value, error in cases),
        too_large(),
    ]


def too_large() -> Json:
    """Return a batch of two entries that are too large together, as pieces to be repeated."""
    fields = fields_of(VALID["batch"])
    start = b"\x98" + b"".join(wire.pack(field) for field in fields[:7]) + b"\x92"
    link = b"\x98" + b"".join(wire.pack(field) for field in fields[7][0][:7])
    part = b"\x91\xc6" + (2**19).to_bytes(4, "big")
    pieces = [(start, 1), (link + part, 1), (b"\0", 2**19), (link + part, 1), (b"\0", 2**19)]
    return {
        "name": "T8 too much for one batch",
        "of": "batch",
        "at": None,
        "pieces": [[piece.hex(), times] for piece, times in pieces],
        "error": "a batch of too many entries",
    }


def state_vectors() -> list[Json]:
    """Return states by the letter of §14."""
    one, two = bytes([1]) * 32, bytes([2]) * 32
    documents = [(bytes([n]) * 16, [two, one][: n + 1]) for n in range(2)]
    cases: list[tuple[list[bytes], list[tuple[bytes, list[bytes]]]]] = [
        ([], []),
        ([two, one], []),
        ([one], documents),
    ]
    found = []
    for heads, held in cases:
        data = b"aluna-state-v1" + len(heads).to_bytes(4, "big") + b"".join(sorted(heads))
        for document, changes in held:
            data += document + len(changes).to_bytes(4, "big") + b"".join(sorted(changes))
        found.append(
            {"heads": shown(heads), "documents": shown(held), "state": crypto.blake2b(data).hex()}
        )
    return found
