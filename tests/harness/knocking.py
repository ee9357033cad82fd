"""A knock joined by a wire that a test may cut, swap or repeat."""

from __future__ import annotations

from typing import Any

from aluna_protocol import crypto
from aluna_protocol.door import Card
from aluna_protocol.ids import Instant, PersonId
from aluna_protocol.knocking import DeriveSecret, DoorKnocker
from aluna_protocol.pairing import Door, DoorKeeper
from harness.handshaking import NOW, Tamper, converse, device, secret

KEEPER, NEWCOMER, OTHER = device("keeper"), device("newcomer"), device("other newcomer")
NONCE = bytes(range(16))
RIGHT, WRONG = secret("the words"), secret("other words")
PERSON = PersonId(bytes(16))


def card_of(keys: crypto.DeviceKeys, name: str = "Inês") -> Card:
    return Card(keys.device, keys.static, PERSON, name, "laptop")


def open_door() -> Door:
    return Door(KEEPER, nonce=NONCE, secret=RIGHT, inviter="Olga", now=NOW)


def at_the_door(door: Door, *, number: int = 0, now: Instant = NOW) -> DoorKeeper:
    return door.knock(
        reveal=secret(f"reveal {number}"),
        ephemeral_secret=secret(f"e keeper {number}"),
        silence=9.0,
        now=now,
    )


class Knocker(DoorKnocker):
    """A knocker whose words are hashed at once: what `door_secret` returns is given."""

    def __init__(
        self,
        keys: crypto.DeviceKeys,
        words_secret: bytes,
        card: Card | None = None,
        *,
        links: bool = False,
    ):
        said = card or card_of(keys)
        super().__init__(keys, said, ephemeral_secret=secret("e knocker"), now=NOW, links=links)
        self.words_secret = words_secret

    def receive(self, data: bytes, now: Instant) -> list[Any]:
        effects = super().receive(data, now)
        if effects and isinstance(effects[-1], DeriveSecret):
            return [*effects, *self.secret_derived(self.words_secret, now)]
        return effects


def knock(
    door: Door,
    words_secret: bytes = RIGHT,
    *,
    keys: crypto.DeviceKeys = NEWCOMER,
    number: int = 0,
    now: Instant = NOW,
    tamper: Tamper = lambda turn, data: data,
    links: bool = False,
) -> tuple[Knocker, DoorKeeper, list[Any], list[Any]]:
    knocker = Knocker(keys, words_secret, links=links)
    keeper = at_the_door(door, number=number, now=now)
    ours, theirs = converse(knocker, keeper, keeper.start(), now=now, tamper=tamper)
    return knocker, keeper, ours, theirs
