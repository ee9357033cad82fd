"""The vectors of conversations, and of how much is too much, hold in the code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import entry, messages
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.hub import Hub
from aluna_protocol.ids import (
    ConnectionId,
    DeviceId,
    EntryHash,
    Head,
    Instant,
    Lane,
    SpaceId,
    StaticKey,
)
from aluna_protocol.noise import CipherState
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.session import Session
from aluna_protocol.transport import Transport
from vectors import make_vectors
from vectors.make_run_vectors import content

Json = dict[str, Any]
FOLDER = Path(make_vectors.__file__).parent
VECTORS = json.loads((FOLDER / "sessions.json").read_text(encoding="utf-8"))
unhex = bytes.fromhex
NOW = Instant(0.0)
SPACE = SpaceId(unhex(VECTORS["space"]))
KEYS = DeviceKeys(*(unhex(VECTORS["receiver"][key]) for key in ("sign_seed", "static_secret")))


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def refuses(error: str) -> Any:
    return pytest.raises(RemoteProtocolError, match=f"^{error}$")


def replica() -> SpaceReplica:
    made = SpaceReplica(SPACE)
    made.admit_run(
        [
            entry.decode_entry(unhex(one["header"]), unhex(one["signature"]), [unhex(body)])
            for one in VECTORS["control"]
            for body in one["parts"]
        ]
    )
    return made


def hub_in_session(*, known: bool) -> tuple[Hub, Session]:
    hub = Hub(KEYS, 7, "automerge-0.7.2", bytes)
    hub.add_space(replica(), [])
    session = Session(
        connection=ConnectionId(1),
        space=SPACE,
        static=StaticKey(unhex(VECTORS["initiator"]["static"])),
        device=DeviceId(unhex(VECTORS["initiator"]["device"])) if known else None,
        initiator=False,
        handshake_hash=unhex(VECTORS["handshake_hash"]),
        transport=Transport(CipherState(bytes(32)), CipherState(bytes(32)), NOW),
        since=NOW,
        last_heard=NOW,
        last_said=NOW,
    )
    hub.exchange.sessions[session.connection] = session
    session.say(hub._hello(session), NOW)
    return hub, session


@named(VECTORS["conversations"])
def test_a_conversation_goes_on_or_ends_at_its_last_message(case: Json) -> None:
    hub, session = hub_in_session(known=case["known"])
    *before, last = [messages.decode(unhex(heard)) for heard in case["heard"]]
    for message in before:
        hub._message(session, message, NOW)
    if case["error"] is None:
        hub._message(session, last, NOW)
        assert session in hub.sessions
    else:
        with refuses(case["error"]):
            hub._message(session, last, NOW)


def test_t8_an_inventory_has_an_end() -> None:
    told = VECTORS["told"]
    hub, session = hub_in_session(known=True)
    hub._message(session, messages.decode(unhex(told["hello"])), NOW)
    tip = Head(1, EntryHash(unhex(told["hash"])))
    rows = [
        (DeviceId(number.to_bytes(32, "big")), 0, Lane.CONTENT, tip)
        for number in range(1, told["logs"] + 1)
    ]
    *whole, last = [
        messages.Have(unhex(told["tag"]), tuple(rows[at : at + 512]), last=False)
        for at in range(0, len(rows), 512)
    ]
    for message in whole:
        hub._message(session, message, NOW)
    with refuses(told["error"]):
        hub._message(session, last, NOW)


@named(VECTORS["taken"])
def test_one_device_does_not_fill_a_space(case: Json) -> None:
    space = replica()
    good = content(KEYS, space=SPACE, heads=space.control_heads)
    parts = [part for part in good.parts if part is not None]
    for number in range(case["times"]):
        if case["vary"] == "salt":
            header = replace(good.header, salt=number.to_bytes(16, "big"))
        else:
            header = replace(good.header, log=replace(good.header.log, incarnation=number))
        run = [entry.sign_entry(KEYS, header, parts)]
        if case["error"] is not None and number == case["times"] - 1:
            with refuses(case["error"]):
                space.admit_run(run, by_author=case["by_author"])
        else:
            assert space.admit_run(run, by_author=case["by_author"])
