"""Vectors of conversations, and of how much is too much (SPEC §5.3, §11)."""

from __future__ import annotations

from aluna_protocol import limits, messages
from aluna_protocol.ids import EMPTY_LOG, EntryHash, Head, Lane
from aluna_protocol.messages import Done, Have, Hello, Message, Ping, Presence
from vectors.make_entry_vectors import FIRST
from vectors.make_introduction_vectors import introductions
from vectors.make_message_vectors import ANOTHER_TAG, DOCUMENT, TAGS, batch_of
from vectors.make_message_vectors import TAG as OURS
from vectors.make_run_vectors import whole
from vectors.make_welcome_vectors import control_of
from vectors.making import ANA, BO, GENESIS, HANDSHAKE_HASH, INCARNATION, Json

HELLO = Hello("automerge-0.7.2", tuple(sorted((*TAGS[1:], OURS))))
PLACE = Head(1, EntryHash(bytes([1]) * 32))


def conversations() -> list[tuple[str, bool, list[Message], str | None]]:
    """Return what the initiator says, whether it is known, and the error of the last message."""
    forks = tuple(
        (BO.device, INCARNATION, Lane.CONTENT, Head(1, EntryHash(bytes([number]) * 32)))
        for number in range(1, limits.MAX_BRANCHES + 2)
    )
    have = Have(OURS, ((BO.device, INCARNATION, Lane.CONTENT, PLACE),), last=True)
    return [
        ("as it should be", True, [HELLO, have, Presence(OURS, DOCUMENT), Ping(), Done()], None),
        ("more branches than one brings", True, [HELLO, Have(OURS, forks, last=True)], None),
        ("control of an introduction", False, [HELLO, Have(OURS, (), last=True)], None),
        ("before Hello", True, [Ping()], "no greeting"),
        ("Hello twice", True, [HELLO, HELLO], "greeted twice"),
        ("another tag", True, [HELLO, Presence(ANOTHER_TAG, None)], "a space we do not share"),
        (
            "T14 presence in an introduction",
            False,
            [HELLO, Presence(OURS, DOCUMENT)],
            None,
        ),
        (
            "T14 content in an introduction",
            False,
            [HELLO, batch_of((FIRST,), Lane.CONTENT)],
            None,
        ),
        *(
            (name, known, list[Message]([HELLO, told]), error)
            for name, known, told, error in introductions()
        ),
    ]


def session_vectors() -> Json:
    """Return conversations with Ana, in whose space Bo holds a seat."""
    space, control = control_of(GENESIS)
    return {
        "space": space.hex(),
        "control": [whole(one) for one in control],
        "handshake_hash": HANDSHAKE_HASH.hex(),
        "receiver": {
            "sign_seed": ANA.sign_seed.hex(),
            "static_secret": ANA.static_secret.hex(),
            "device": ANA.device.hex(),
        },
        "initiator": {"device": BO.device.hex(), "static": BO.static.hex()},
        "conversations": [
            {
                "name": name,
                "known": known,
                "heard": [messages.encode(one).hex() for one in said],
                "error": error,
            }
            for name, known, said, error in conversations()
        ],
        "told": {
            "name": "T8 an inventory without end",
            "hello": messages.encode(HELLO).hex(),
            "tag": OURS.hex(),
            "hash": PLACE.hash.hex(),
            "logs": limits.MAX_UNKNOWN_LOGS + 1,
            "error": "too many logs told",
        },
        "taken": [
            {
                "name": "D1 too many branches",
                "by_author": True,
                "vary": "salt",
                "times": limits.MAX_BRANCHES + 1,
                "error": "too many branches of one device",
            },
            {
                "name": "D1 branches others took",
                "by_author": False,
                "vary": "salt",
                "times": limits.MAX_BRANCHES + 1,
                "error": None,
            },
            {
                "name": "M4 too many logs",
                "by_author": True,
                "vary": "incarnation",
                "times": limits.MAX_LOGS_PER_DEVICE,  # its control log is one
                "error": "too many logs of one device",
            },
            {
                "name": "M4 logs others took",
                "by_author": False,
                "vary": "incarnation",
                "times": limits.MAX_LOGS_PER_DEVICE,
                "error": None,
            },
        ],
        "beginning": [EMPTY_LOG.height, EMPTY_LOG.hash.hex()],
    }
