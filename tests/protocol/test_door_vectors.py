"""The vectors of the door, its messages, cards, knocks and welcomes, hold in the code."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from aluna_protocol import crypto, door, handshake, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import Instant, PersonId, StaticKey
from aluna_protocol.knocking import DoorFound, DoorKnocker, LinkedTo, NotWelcomed, Welcomed
from aluna_protocol.pairing import Door, DoorKeeper, Knocked, Linked
from aluna_protocol.replica import SpaceReplica
from aluna_sync import founding
from aluna_sync.device import Device
from vectors import make_vectors
from vectors.making import shown

Json = dict[str, Any]
FOLDER = Path(make_vectors.__file__).parent
unhex = bytes.fromhex
START = Instant(0.0)


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


DOOR, DOORS = load("door"), load("door_messages")


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def refuses(error: str) -> Any:
    return pytest.raises(RemoteProtocolError, match=f"^{error}$")


def keys_of(given: Json) -> DeviceKeys:
    return DeviceKeys(unhex(given["sign_seed"]), unhex(given["static_secret"]))


def bytes_of(case: Json) -> bytes:
    if "pieces" in case:
        return b"".join(unhex(piece) * times for piece, times in case["pieces"])
    return unhex(case["bytes"])


NOISE_SEEN = SimpleNamespace(
    handshake_hash=unhex(DOORS["cards"]["handshake_hash"]),
    remote_static=unhex(DOORS["cards"]["static"]),
)
READERS = {
    "INVITER": door.parse_inviter,
    "CARD": lambda message: door.parse_card(message, cast("Any", NOISE_SEEN)),
    "ANSWER": door.parse_answer,
    "WELCOME": door.parse_answer,
    "REFUSED": door.parse_answer,
    "LINK": door.parse_answer,
}


@named(DOORS["messages"]["valid"])
def test_messages_of_the_door_are_read(case: Json) -> None:
    message = bytes_of(case)
    assert shown(wire.unpack_canonical(message, 1000)) == case["fields"]
    if case["name"] != "CARD again":
        READERS[case["type"]](message)


@named(DOORS["messages"]["refused"])
def test_messages_of_the_door_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        READERS[case["due"]](bytes_of(case))


@named(DOORS["cards"]["valid"])
def test_cards_are_read(case: Json) -> None:
    card = door.Card.from_bytes(bytes_of(case))
    assert card.to_bytes() == bytes_of(case)
    assert crypto.blake2b(card.to_bytes()).hex() == case["hash"]


@named(DOORS["cards"]["refused"])
def test_cards_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        door.Card.from_bytes(bytes_of(case))


@named(DOORS["cards"]["signed_refused"])
def test_cards_that_do_not_fit_their_knock_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        READERS["CARD"](bytes_of(case))


def knock_outcome(
    machine: Any, came: list[tuple[int, bytes]], link: door.Link | None
) -> tuple[str, Any]:
    said: list[Any] = []
    for seconds, data in came:
        said += machine.receive(data, Instant(float(seconds)))
        if any(type(one).__name__ == "DeriveSecret" for one in said[-1:]):
            said += machine.secret_derived(unhex(DOOR["secret"]), Instant(float(seconds)))
        if link is not None and any(isinstance(one, Knocked) for one in said[-1:]):
            said += machine.link(link, Instant(float(seconds)))
    for one in reversed(said):
        match one:
            case Linked() | LinkedTo():
                return "linked", None
            case Welcomed():
                return "welcomed", None
            case Knocked():
                return "knocked", None
            case NotWelcomed.REFUSED:
                return "refused", None
            case DoorFound():
                return "found", None
            case handshake.Incompatible(version):
                return "incompatible", version
            case _:
                continue
    return "silent", None


def check_knock(machine: Any, case: Json, link: door.Link | None = None) -> None:
    came = [(seconds, unhex(data)) for seconds, data in case["receive"]]
    if case["outcome"] == "error":
        with refuses(case["error"]):
            knock_outcome(machine, came, link)
    else:
        assert knock_outcome(machine, came, link) == (case["outcome"], case["version"])


def keeper() -> DoorKeeper:
    inputs = DOOR["inputs"]
    opened = Door(
        keys_of(inputs["keeper"]),
        nonce=unhex(inputs["nonce"]),
        secret=unhex(DOOR["secret"]),
        inviter="Olga",
        now=START,
    )
    return opened.knock(
        reveal=unhex(inputs["reveal"]),
        ephemeral_secret=unhex(inputs["keeper_ephemeral_secret"]),
        silence=5.0,
        now=START,
    )


@named(DOORS["knocks"]["keeper"])
def test_what_a_keeper_hears_has_the_outcome_of_the_vector(case: Json) -> None:
    check_knock(keeper(), case)


@named(DOORS["knocks"]["linked"])
def test_what_a_keeper_hears_who_gave_her_person_has_the_outcome_of_the_vector(case: Json) -> None:
    person, name = DOORS["link"]
    check_knock(keeper(), case, door.Link(PersonId(unhex(person)), name))


def knocker(*, links: bool) -> DoorKnocker:
    inputs = DOOR["inputs"]
    keys = keys_of(inputs["knocker"])
    card = door.Card(keys.device, keys.static, PersonId(bytes([0x71]) * 16), "Inês", "laptop")
    secret = unhex(inputs["knocker_ephemeral_secret"])
    return DoorKnocker(keys, card, ephemeral_secret=secret, now=START, links=links)


@named(DOORS["knocks"]["knocker"])
def test_what_a_knocker_hears_has_the_outcome_of_the_vector(case: Json) -> None:
    check_knock(knocker(links=False), case)


@named(DOORS["knocks"]["linking"])
def test_what_a_knocker_hears_who_asked_for_a_person_has_the_outcome(case: Json) -> None:
    check_knock(knocker(links=True), case)


@named(DOORS["welcomes"]["valid"])
def test_a_welcome_is_read(case: Json) -> None:
    space, control = founding._verified(bytes_of(case))
    assert shown(wire.unpack(bytes_of(case), 10_000)) == case["fields"]
    replica = SpaceReplica(space)
    replica.admit_run(control)
    assert unhex(DOORS["welcomes"]["newcomer"]) in replica.members


@named(DOORS["welcomes"]["refused"])
def test_a_welcome_is_refused(case: Json) -> None:
    newcomer = cast("Device", SimpleNamespace(device=unhex(DOORS["welcomes"]["newcomer"])))
    with refuses(case["error"]):
        founding.enter(newcomer, bytes_of(case), StaticKey(unhex(case["inviter"])))
