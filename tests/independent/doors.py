"""SPEC §9 and §10: cards, what is said at a door, the welcome, announcements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nacl import bindings

from independent.belonging import Space as Belonging
from independent.encoding import (
    MAX_MESSAGE,
    Refused,
    array,
    blake2b,
    integer,
    name,
    octets,
    refuse,
    unpack_canonical,
    verify,
)
from independent.entries import read_entry
from independent.operations import read_membership
from independent.sessions import Noise, public_of, read_stream
from independent.spaces import Space

WINDOW = 900


def secret_of(words: list[int], nonce: bytes) -> bytes:
    """§9.2."""
    password = b"".join(word.to_bytes(2, "big") for word in words)
    salt = blake2b(nonce + b"aluna-door-v1", 16)
    return bytes(
        bindings.crypto_pwhash_alg(
            32, password, salt, 3, 64 * 2**20, bindings.crypto_pwhash_ALG_ARGON2ID13
        )
    )


def commitment(r: bytes) -> bytes:
    """§9.3."""
    return blake2b(r, person="aluna-reveal-v1")


def safety_words(h: bytes, signature: bytes, r: bytes) -> list[int]:
    """§9.5."""
    bits = int.from_bytes(blake2b(h + signature + r, 8, person="aluna-safety-v2"), "big")
    return [bits >> (64 - 11 * number) & 2047 for number in range(1, 5)]


@dataclass(frozen=True)
class Card:
    """§9.4."""

    device: bytes
    static: bytes
    person: bytes
    person_name: str
    data: bytes


@dataclass(frozen=True)
class Link:
    """§9.4: the keeper's person, for who asked to be another device of hers."""

    person: bytes
    name: str


def read_card(data: bytes) -> Card:
    """§9.4."""
    items = array(unpack_canonical(data, 1024), 5)
    keys = octets(items[0], 32), octets(items[1], 32)
    person = octets(items[2], 16), name(items[3])
    name(items[4])
    return Card(*keys, *person, data)


def read_message(message: bytes, due: str, h: bytes = b"", static: bytes = b"") -> Any:
    """§9.4: *due* is INVITER, CARD or ANSWER."""
    welcome = due == "ANSWER" and message[:2] == b"\x92\x02"
    items = array(unpack_canonical(message, MAX_MESSAGE if welcome else 1024))
    if not items or not isinstance(items[0], int) or isinstance(items[0], bool):
        refuse("a message of the door starts with its kind")
    if due == "ANSWER":
        return _answer(items)
    if items[0] != ("INVITER", "CARD").index(due):
        refuse("another message was due")
    if due == "INVITER":
        array(items, 3)
        return name(items[1]), octets(items[2], 32)
    array(items, 3)
    card = read_card(octets(items[1]))
    if not bindings.crypto_core_ed25519_is_valid_point(card.device):
        refuse("the device key cannot sign")
    if card.static != static:
        refuse("the card names another static key")
    verify(card.device, b"aluna-join" + h + card.data, octets(items[2], 64))
    return card


def _answer(items: list[Any]) -> bytes | Link | None:
    if items == [3]:
        return None
    if len(items) == 3 and items[0] == 4:
        return Link(octets(items[1], 16), name(items[2]))
    if len(items) != 2 or items[0] != 2 or not isinstance(items[1], bytes):
        refuse("neither a welcome nor a refusal")
    return bytes(items[1])


# -- knocks --------------------------------------------------------------------------------------


def door_noise(secret: bytes, greeting: bytes, *, initiator: bool, e: bytes, s: bytes) -> Noise:
    """§9.3: the newcomer is Noise's initiator."""
    return Noise(initiator=initiator, prologue=b"aluna-door/1" + greeting, psk=secret, e=e, s=s)


def keep(
    secret: bytes,
    greeting: bytes,
    e: bytes,
    s: bytes,
    device: bytes,
    came: list[tuple[int, bytes]],
    link: Link | None = None,
) -> tuple[str, int | None]:
    """§9.3, I: what comes, with the seconds since the door opened; how it ends.

    With *link*, I says LINK when it has read CARD (§9.8).
    """
    if came[0][0] >= 600:
        return "silent", None
    noise = door_noise(secret, greeting, initiator=False, e=e, s=s)
    try:
        version = noise.read1(came[0][1])
        noise.write2()
    except Refused:
        return "silent", None
    if version != 1:
        return "incompatible", version
    seconds, data = came[1]
    if seconds >= 600:
        refuse("the door closed")
    if noise.read3(data[:65]) != 1:
        refuse("version changed within a handshake")
    if noise.remote_s == public_of(s):
        refuse("our own static key came back")
    receive = noise.split()[1]
    messages = read_stream(receive, data[65:], 1024)
    if not messages:
        return "silent", None
    if len(messages) != 1:
        refuse("a knocker says one thing")
    card = read_message(messages[0], "CARD", noise.h, noise.remote_s)
    if card.device == device:
        refuse("our own device key came back")
    if link is not None:
        [message] = read_stream(receive, came[2][1], 1024)
        again = read_message(message, "CARD", noise.h, noise.remote_s)
        if (again.device, again.person, again.person_name) != (card.device, link.person, link.name):
            refuse("the card does not take the person it was given")
        return "linked", None
    for _, more in came[2:]:
        if read_stream(receive, more, 1024):
            refuse("a knocker waits for the answer")
    return "knocked", None


def knock(
    secret: bytes, e: bytes, s: bytes, came: list[bytes], *, links: bool = False
) -> tuple[str, int | None]:
    """§9.3, J; with *links* it asked for a person (§9.8)."""
    if len(came[0]) > 48:
        refuse("a keeper says nothing before the knock")
    noise = door_noise(secret, came[0], initiator=True, e=e, s=s)
    noise.write1()
    version = noise.read2(came[1])
    if noise.remote_s == public_of(s):
        refuse("our own static key came back")
    if version != 1:
        return "incompatible", version
    noise.write3()
    receive = noise.split()[1]
    messages = read_stream(receive, came[2])
    _, r = read_message(messages[0], "INVITER")
    if commitment(r) != came[0][16:]:
        refuse("the keeper had committed to something else")
    if len(messages) > 2:
        refuse("a keeper answers once")
    ended = "found"
    later = [one for more in came[3:] for one in read_stream(receive, more)]
    for message in [*messages[1:], *later]:
        answer = read_message(message, "ANSWER")
        if isinstance(answer, Link):
            if not links or ended == "linked":
                refuse("a person was given to who did not ask for one")
            ended = "linked"
        else:
            ended = "refused" if answer is None else "welcomed"
    return ended, None


def enter(payload: bytes, newcomer: bytes, inviter: bytes) -> Space:
    """§9.6."""
    items = array(unpack_canonical(payload, MAX_MESSAGE), 2)
    space = Space(octets(items[0], 32))
    entries = []
    for row in array(items[1]):
        header, signature, body = array(row, 3)
        one = read_entry(octets(header), octets(signature, 64), [octets(body)])
        if one.header.space != space.id or one.header.kind == 0:
            refuse("an entry of another space or kind")
        entries.append(one)
    operations = [read_membership(e.parts[0] or b"") for e in entries if e.header.kind == 1]
    if not any(one.space == space.id for one in operations):
        refuse("the founding is missing")
    for log in sorted({one.header.log for one in entries}):
        space.take([one for one in entries if one.header.log == log])
    outcome, void = Belonging(space.id, space.acts.values()).everything()
    founded = [
        act.operation
        for act in space.acts.values()
        if act.operation is not None and act.operation.space and act.id not in void
    ]
    if not founded or founded[0].of_space != 0:
        refuse("not the founding of a collective")
    if newcomer not in outcome.members:
        refuse("the admission is not ours")
    if inviter not in {seat.static for seat in outcome.seats.values()}:
        refuse("the inviter does not belong")
    return space


# -- announcements -------------------------------------------------------------------------------


def read_txt(txt: dict[str, bytes]) -> tuple[bytes, set[bytes] | None]:
    """§10.2-10.4: the nonce, and the tags of a member."""
    if len(txt) > 16 or sum(len(key) + len(value) + 2 for key, value in txt.items()) > 1300:
        refuse("announcement too long")
    if txt.get("v") != b"1":
        refuse("announcement of another version")
    lengths = {"n": 16}
    if "k" not in txt:
        lengths |= {"t1": 22 * 8, "t2": 21 * 8, "t3": 21 * 8}
    elif txt["k"] != b"door":
        refuse("announcement of an unknown kind")
    if any(len(txt.get(key, b"")) != length for key, length in lengths.items()):
        refuse("announcement with a part of the wrong length")
    if "k" in txt:
        return txt["n"], None
    slots = txt["t1"] + txt["t2"] + txt["t3"]
    return txt["n"], {slots[at : at + 8] for at in range(0, 512, 8)}


def tag_of(key: bytes, nonce: bytes, window: int, sender: bytes = b"") -> bytes:
    """§10.2: of a pair with *sender*, of a group without."""
    discovery = blake2b(b"", key=key, person="aluna-disc-v1")
    return blake2b(sender + nonce + window.to_bytes(8, "big", signed=True), 8, key=discovery)


def recognises(txt: dict[str, bytes], key: bytes, sender: bytes, seconds: int) -> bool:
    """§10.2: with the windows from 8 before to 8 after."""
    nonce, tags = read_txt(txt)
    now = integer(seconds) // WINDOW
    return any(tag_of(key, nonce, now + n, sender) in (tags or ()) for n in range(-8, 9))
