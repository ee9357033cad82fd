"""Vectors of the messages of a door, cards, knocks and welcomes, good and refused (SPEC §9)."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from aluna_protocol import (
    crypto,
    door,
    transport,
    wire,
)
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.door import Card, Link
from aluna_protocol.ids import DeviceId, PersonId
from aluna_protocol.noise import HandshakeState
from vectors import make_handshake_vectors as valid
from vectors.make_refusal_vectors import Forger, flipped
from vectors.make_welcome_vectors import welcome_vectors
from vectors.making import (
    BO,
    EVE,
    HANDSHAKE_HASH,
    Json,
    broken,
    shown,
    spoilt,
)

KEEPER, KNOCKER = valid.RESPONDER, valid.INITIATOR
GREETING = valid.DOOR_NONCE + door.commitment(valid.DOOR_REVEAL)
DOOR_FILE = Path(__file__).parent / "door.json"
P = bytes.fromhex(json.loads(DOOR_FILE.read_text(encoding="utf-8"))["secret"])
CARD = Card(KNOCKER.device, KNOCKER.static, PersonId(bytes([0x71]) * 16), "Inês", "laptop")
LINK = Link(PersonId(bytes([0x73]) * 16), "Olga")
OTHER_LINK = Link(PersonId(bytes([0x74]) * 16), "Íñigo")
OPENS, LENGTH = "message does not open", "bytes of the wrong length"

# -- messages ------------------------------------------------------------------------------------


def message_vectors() -> Json:
    """Return the messages of the door in the clear, good and bad."""
    signature = door.sign_card(KNOCKER, CARD, HANDSHAKE_HASH)
    made = {
        "INVITER": door.pack_inviter("Olga", valid.DOOR_REVEAL),
        "INVITER again": door.pack_inviter("Íñigo", bytes(32)),
        "CARD": door.pack_card(CARD, signature),
        "CARD again": door.pack_card(OTHER_CARD, door.sign_card(BO, OTHER_CARD, HANDSHAKE_HASH)),
        "WELCOME": door.pack_welcome(b"welcome"),
        "WELCOME again": door.pack_welcome(b""),
        "REFUSED": door.pack_refused(),
        "LINK": door.pack_link(LINK),
        "LINK again": door.pack_link(OTHER_LINK),
    }
    inviter, welcome, packed, link = (
        wire.unpack(made[name], 1000) for name in ("INVITER", "WELCOME", "CARD", "LINK")
    )
    starts, due = "a message of the door starts with its kind", "another message was due"
    neither, wrong = "neither a welcome nor a refusal", "array of the wrong length"
    long_inviter, long_link = (
        [[made[name].hex(), 1], ["00", door.MAX_CARD_MESSAGE]] for name in ("INVITER", "LINK")
    )
    return {
        "valid": [
            {"type": name.split()[0], "name": name, "fields": shown(wire.unpack(data, 1000)),
             "bytes": data.hex()}
            for name, data in made.items()
        ],
        "refused": [
            {"due": due_, **case}
            for due_, case in (
                ("INVITER", broken("another message", "INVITER", inviter, [0], 3, due)),
                ("INVITER", broken("a boolean for a kind", "INVITER", inviter, [0], False, starts)),
                ("INVITER", broken("a name of two lines", "INVITER", inviter, [1], "a\nb",
                                   "name with invisible characters")),
                ("INVITER", spoilt("nothing", "INVITER", b"\x90", starts)),
                ("INVITER", spoilt("no array", "INVITER", b"\x00", "expected an array")),
                ("INVITER", spoilt("four items", "INVITER", wire.pack([*inviter, 0]), wrong)),
                ("INVITER", spoilt("nothing revealed", "INVITER", wire.pack(inviter[:2]), wrong)),
                ("INVITER", broken("a short reveal", "INVITER", inviter, [2], bytes(31), LENGTH)),
                ("INVITER", spoilt("not canonical", "INVITER",
                                   b"\xdc\0\3" + made["INVITER"][1:], "not a canonical message")),
                ("INVITER", {"name": "T8 long", "of": "INVITER", "at": None,
                             "pieces": long_inviter, "error": "message too long"}),
                ("CARD", broken("a card as text", "CARD", packed, [1], "card", "expected bytes")),
                ("CARD", broken("a short signature", "CARD", packed, [2], bytes(63), LENGTH)),
                ("CARD", spoilt("no signature", "CARD", wire.pack(packed[:2]), wrong)),
                ("ANSWER", broken("not an answer", "WELCOME", welcome, [0], 1, neither)),
                ("ANSWER", broken("text for a payload", "WELCOME", welcome, [1], "a", neither)),
                ("ANSWER", spoilt("a refusal with more", "REFUSED", b"\x92\3\0", neither)),
                ("ANSWER", broken("half a person", "LINK", link, [1], bytes(8), LENGTH)),
                ("ANSWER", broken("a person called nothing", "LINK", link, [2], " ",
                                  "expected a name")),
                ("ANSWER", spoilt("a person without a name", "LINK", wire.pack(link[:2]), neither)),
                ("ANSWER", {"name": "T8 a long LINK", "of": "LINK", "at": None,
                            "pieces": long_link, "error": "message too long"}),
            )
        ],
    }  # fmt: skip


OTHER_CARD = Card(BO.device, BO.static, PersonId(bytes([0x72]) * 16), "Bo", "móvil")


def card_vectors() -> Json:
    """Return cards by themselves, and signed ones that do not fit their knock."""
    packed: list[Any] = wire.unpack(CARD.to_bytes(), 1000)
    small = Card(DeviceId(bytes(32)), CARD.static, CARD.person, "Inês", "laptop")
    elsewhere = Card(CARD.device, BO.static, CARD.person, "Inês", "laptop")
    other_hash = bytes(64)
    mismatch = "signature does not match"
    signed = [
        (
            "K2 a device that cannot sign",
            small,
            HANDSHAKE_HASH,
            KNOCKER,
            "the device key cannot sign",
        ),
        (
            "I5 another static",
            elsewhere,
            HANDSHAKE_HASH,
            KNOCKER,
            "the card names another static key",
        ),
        ("I5 signed for another knock", CARD, other_hash, KNOCKER, mismatch),
        ("I5 signed by another", CARD, HANDSHAKE_HASH, EVE, mismatch),
    ]
    return {
        "handshake_hash": HANDSHAKE_HASH.hex(),
        "static": KNOCKER.static.hex(),
        "valid": [
            {"name": name, "fields": shown(wire.unpack(card.to_bytes(), 1000)),
             "bytes": card.to_bytes().hex(), "hash": crypto.blake2b(card.to_bytes()).hex()}
            for name, card in (("card", CARD), ("other", OTHER_CARD))
        ],
        "refused": [
            broken("a short device", "card", packed, [0], bytes(31), LENGTH),
            broken("a short static", "card", packed, [1], bytes(31), LENGTH),
            broken("a long person", "card", packed, [2], bytes(17), LENGTH),
            broken("no name", "card", packed, [3], "", "expected a name"),
            broken("a device called nothing", "card", packed, [4], " ", "expected a name"),
            spoilt("four items", "card", wire.pack(packed[:4]), "array of the wrong length"),
            spoilt("not canonical", "card", b"\xdc\0\5" + CARD.to_bytes()[1:],
                   "not a canonical message"),
        ],
        "signed_refused": [
            {"name": name,
             "bytes": door.pack_card(card, door.sign_card(keys, card, signed_hash)).hex(),
             "error": error}
            for name, card, signed_hash, keys, error in signed
        ],
    }  # fmt: skip


NOT_ASKED = "a person was given to who did not ask for one"

# -- knocks --------------------------------------------------------------------------------------

Came = list[tuple[int, bytes]]
Case = tuple[str, Came, str, str | int | None]


def keeper_noise() -> HandshakeState:
    """Return the keeper's side of the handshake."""
    return door.door_handshake(KEEPER, P, GREETING, valid.EPHEMERAL_R, initiator=False)


def knock(
    card: Card = CARD,
    signer: DeviceKeys = KNOCKER,
    version: int = 1,
    times: int = 1,
    then: tuple[Card, DeviceKeys] | None = None,
) -> tuple[bytes, bytes, bytes, bytes]:
    """Return noise1, noise3, the card's record and one message more, as a knocker says them.

    The message more is the card of *then*, signed by its keys, or the same card again.
    """
    static = crypto.public_of(signer.static_secret) if card is CARD else card.static
    one = Forger(door.PROLOGUE + GREETING, P)
    first = one.first()
    state = keeper_noise()
    state.read_message(first)
    noise2 = state.write_message(b"\1")
    third = one.third(noise2, signer.static_secret, static, version)
    send, _ = one.noise.split()
    cards = [(card, signer)] * times + [then or (card, signer)]
    records = [
        send.encrypt_with_ad(
            b"", transport.frame_bytes(door.pack_card(of, _signed(of, by, one)), rekey=False)
        )
        for of, by in cards
    ]
    framed = [len(record).to_bytes(2, "big") + record for record in records]
    return first, third, b"".join(framed[:times]), framed[-1]


def _signed(card: Card, by: DeviceKeys, knocking: Forger) -> bytes:
    return door.sign_card(by, card, knocking.noise.h)


def keeper_cases() -> list[Case]:
    """Return what a keeper hears and what comes of it."""
    first, third, card, more = knock()
    own = DeviceKeys(KEEPER.sign_seed, KNOCKER.static_secret)
    own_card = Card(KEEPER.device, KNOCKER.static, CARD.person, "Inês", "laptop")
    ourselves = DeviceKeys(KNOCKER.sign_seed, KEEPER.static_secret)
    wrong_words = Forger(door.PROLOGUE + GREETING, bytes(32)).first()
    new_version = Forger(door.PROLOGUE + GREETING, P).first(2)
    key_card = knock(own_card, own)[2]
    back = "our own static key came back"
    closed = int(door.KNOCK_SECONDS) + 600
    return [
        ("as it should be", [(0, first), (1, third + card)], "knocked", None),
        ("I1 other words", [(0, wrong_words)], "silent", None),
        ("I3 words for a closed door", [(600, first)], "silent", None),
        ("T6 version 2", [(0, new_version)], "incompatible", 2),
        ("T1 one bit of noise3", [(0, first), (0, flipped(third))], "error", OPENS),
        ("T6 another version in noise3", [(0, first), (0, knock(version=2)[1])], "error",
         "version changed within a handshake"),
        ("T5 our own static", [(0, first), (0, knock(signer=ourselves)[1])], "error", back),
        ("our own device", [(0, first), (0, third + key_card)], "error",
         "our own device key came back"),
        ("I3 the door closed meanwhile", [(0, first), (closed, third)], "error", "the door closed"),
        ("no card yet", [(0, first), (0, third)], "silent", None),
        ("two cards", [(0, first), (0, third + knock(times=2)[2])], "error",
         "a knocker says one thing"),
        ("a word more", [(0, first), (0, third + card), (0, more)], "error",
         "a knocker waits for the answer"),
        ("T4 one bit of the card", [(0, first), (0, third + flipped(card))], "error", OPENS),
    ]  # fmt: skip


def linked_cases() -> list[Case]:
    """Return what a keeper hears that says LINK once it has read the first card (SPEC §9.8)."""
    taken = replace(CARD, person=LINK.person, person_name=LINK.person_name)
    named = replace(taken, person_name="Inês")
    moved = replace(taken, static=BO.static)
    other = replace(taken, device=EVE.device)
    renamed = replace(taken, device_name="móvil")
    refused = "the card does not take the person it was given"
    cases: list[tuple[str, Card, DeviceKeys, str, str | None]] = [
        ("another device of one's own", taken, KNOCKER, "linked", None),
        ("another name of the device", renamed, KNOCKER, "linked", None),
        ("its own person again", replace(CARD, person_name="Olga"), KNOCKER, "error", refused),
        ("its own name again", named, KNOCKER, "error", refused),
        ("I5 another device takes the person", other, EVE, "error", refused),
        ("I5 another static takes the person", moved, KNOCKER, "error",
         "the card names another static key"),
        ("I5 the person taken by another's signature", taken, EVE, "error",
         "signature does not match"),
    ]  # fmt: skip
    found: list[Case] = []
    for name, card, signer, outcome, error in cases:
        first, third, before, after = knock(then=(card, signer))
        found.append((name, [(0, first), (0, third + before), (1, after)], outcome, error))
    return found


def answered(keys: DeviceKeys, messages: list[bytes], version: int = 1) -> tuple[bytes, bytes]:
    """Return noise2 of a keeper, and *messages* in its stream."""
    state = door.door_handshake(keys, P, GREETING, valid.EPHEMERAL_R, initiator=False)
    state.read_message(knock()[0])
    noise2 = state.write_message(bytes([version]))
    if version != 1 or keys is KNOCKER:
        return noise2, b""
    ours = door.door_handshake(KNOCKER, P, GREETING, valid.EPHEMERAL_I, initiator=True)
    ours.write_message(b"\1")
    ours.read_message(noise2)
    state.read_message(ours.write_message(b"\1"))
    send, _ = state.split()
    records = [
        send.encrypt_with_ad(b"", transport.frame_bytes(message, rekey=False))
        for message in messages
    ]
    return noise2, b"".join(len(one).to_bytes(2, "big") + one for one in records)


def linking_cases() -> list[Case]:
    """Return what a knocker hears that asked to be another device of the keeper's (SPEC §9.8)."""
    name, link = door.pack_inviter("Olga", valid.DOOR_REVEAL), door.pack_link(LINK)
    welcome, again = door.pack_welcome(b"welcome"), door.pack_link(OTHER_LINK)
    noise2, _ = answered(KEEPER, [])
    before: Came = [(0, GREETING), (0, noise2)]
    return [
        (title, before + [(0, one) for one in spoken_apart([name, *said])], outcome, error)
        for title, said, outcome, error in (
            ("asked for a person", [link], "linked", None),
            ("a person and the welcome", [link, welcome], "welcomed", None),
            ("asked for a person and given none", [welcome], "welcomed", None),
            ("a second person", [link, again], "error", NOT_ASKED),
            ("the same person twice", [link, link], "error", NOT_ASKED),
        )
    ]


def spoken_apart(messages: list[bytes]) -> list[bytes]:
    """Return the bytes of each of *messages* in a keeper's stream, by itself."""
    whole = [answered(KEEPER, messages[:count])[1] for count in range(len(messages) + 1)]
    return [after[len(before) :] for before, after in itertools.pairwise(whole)]


def knocker_cases() -> list[Case]:
    """Return what a knocker hears; after the greeting it says noise1."""
    name, no = door.pack_inviter("Olga", valid.DOOR_REVEAL), door.pack_refused()
    another = door.pack_inviter("Olga", flipped(valid.DOOR_REVEAL))
    committed = "the keeper had committed to something else"
    cases: list[tuple[str, list[bytes], str, str | None]] = [
        ("as it should be", [name], "found", None),
        ("refused", [name, no], "refused", None),
        ("another first", [no], "error", "another message was due"),
        ("an inviter again", [name, name], "error", "neither a welcome nor a refusal"),
        ("two answers", [name, no, no], "error", "a keeper answers once"),
        ("I4 another r than the greeting's", [another], "error", committed),
        ("a person it did not ask for", [name, door.pack_link(LINK)], "error", NOT_ASKED),
    ]
    noise2, _ = answered(KEEPER, [])
    found: list[Case] = [
        (title, [(0, GREETING), (0, noise2), (0, answered(KEEPER, said)[1])], outcome, error)
        for title, said, outcome, error in cases
    ]
    greeting = (0, GREETING)
    back = "our own static key came back"
    return [
        *found,
        ("I4 one bit of noise2", [greeting, (0, flipped(noise2))], "error", OPENS),
        ("T5 our own static", [greeting, (0, answered(KNOCKER, [])[0])], "error", back),
        ("T6 version 2", [greeting, (0, answered(KEEPER, [], 2)[0])], "incompatible", 2),
        ("too early", [(0, GREETING + b"\0")], "error", "a keeper says nothing before the knock"),
    ]


def all_vectors() -> dict[str, Json]:
    """Return what belongs into each file."""
    sides = {
        "keeper": keeper_cases(),
        "linked": linked_cases(),
        "knocker": knocker_cases(),
        "linking": linking_cases(),
    }
    knocks = {
        side: [
            {"name": name, "receive": [[seconds, data.hex()] for seconds, data in came],
             "outcome": outcome, "error" if outcome == "error" else "version": detail}
            for name, came, outcome, detail in cases
        ]
        for side, cases in sides.items()
    }  # fmt: skip
    return {
        "door_messages": {
            "messages": message_vectors(),
            "cards": card_vectors(),
            "link": [LINK.person.hex(), LINK.person_name],
            "knocks": knocks,
            "welcomes": welcome_vectors(),
        },
    }
