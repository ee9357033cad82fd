"""Write handshake.json, door.json and announce.json beside this file, from fixed inputs.

Run it only when the specification changes: `python protocol/vectors/make_handshake_vectors.py`.
Every value is hexadecimal unless it is a number or text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aluna_protocol import announce, door, handshake
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.handshake import GroupCandidate, PairCandidate
from aluna_protocol.ids import EpochId, Instant, PersonId, SpaceId
from aluna_protocol.knocking import DeriveSecret, DoorFound, DoorKnocker, Welcomed
from aluna_protocol.pairing import Door, Knocked

NOW = Instant(0.0)
INITIATOR = DeviceKeys(bytes([0x11]) * 32, bytes([0x12]) * 32)
RESPONDER = DeviceKeys(bytes([0x21]) * 32, bytes([0x22]) * 32)
SPACE = SpaceId(bytes([0x31]) * 32)
EPOCH = EpochId(bytes([0x32]) * 32)
EPOCH_KEY = bytes([0x33]) * 32
CHALLENGE = bytes([0x41]) * 32
EPHEMERAL_I = bytes([0x51]) * 32
EPHEMERAL_R = bytes([0x52]) * 32
DOOR_NONCE = bytes([0x61]) * 16
DOOR_REVEAL = bytes([0x62]) * 32
WORDS = (0, 1, 1024, 2046, 2047)
WALLCLOCK = 1_800_000_000.0


def handshake_vectors() -> dict[str, Any]:
    """Return a member handshake and an introduction, with one message each way."""
    key = handshake.pair_key(INITIATOR, RESPONDER.static, SPACE)
    group = handshake.group_key(EPOCH_KEY, SPACE, EPOCH)
    return {
        "inputs": {
            "initiator": _keys(INITIATOR),
            "responder": _keys(RESPONDER),
            "space": SPACE.hex(),
            "epoch": EPOCH.hex(),
            "epoch_key": EPOCH_KEY.hex(),
            "challenge": CHALLENGE.hex(),
            "initiator_ephemeral_secret": EPHEMERAL_I.hex(),
            "responder_ephemeral_secret": EPHEMERAL_R.hex(),
        },
        "pair": _handshake(
            PairCandidate(SPACE, RESPONDER.device, RESPONDER.static, key),
            PairCandidate(SPACE, INITIATOR.device, INITIATOR.static, key),
        ),
        "group": _handshake(GroupCandidate(SPACE, group), GroupCandidate(SPACE, group)),
    }


def door_vectors() -> dict[str, Any]:
    """Return a knock from the greeting to the welcome."""
    secret = door.door_secret(WORDS, DOOR_NONCE)
    card = door.Card(
        INITIATOR.device, INITIATOR.static, PersonId(bytes([0x71]) * 16), "Inês", "laptop"
    )
    opened = Door(RESPONDER, nonce=DOOR_NONCE, secret=secret, inviter="Olga", now=NOW)
    keeper = opened.knock(reveal=DOOR_REVEAL, ephemeral_secret=EPHEMERAL_R, silence=5.0, now=NOW)
    knocker = DoorKnocker(INITIATOR, card, ephemeral_secret=EPHEMERAL_I, now=NOW)
    greeting = _sent(keeper.start())
    _one(knocker.receive(greeting, NOW), DeriveSecret)
    noise1 = _sent(knocker.secret_derived(secret, NOW))
    noise2 = _sent(keeper.receive(noise1, NOW))
    noise3_and_card = _sent(knocker.receive(noise2, NOW))
    effects = keeper.receive(noise3_and_card, NOW)
    inviter = _sent(effects)
    knocked: Knocked = _one(effects, Knocked)
    found: DoorFound = _one(knocker.receive(inviter, NOW), DoorFound)
    welcome = _sent(keeper.welcome(b"welcome", NOW))
    welcomed: Welcomed = _one(knocker.receive(welcome, NOW), Welcomed)
    return {
        "inputs": {
            "keeper": _keys(RESPONDER),
            "knocker": _keys(INITIATOR),
            "keeper_ephemeral_secret": EPHEMERAL_R.hex(),
            "knocker_ephemeral_secret": EPHEMERAL_I.hex(),
            "nonce": DOOR_NONCE.hex(),
            "reveal": DOOR_REVEAL.hex(),
            "words": list(WORDS),
            "inviter": "Olga",
            "person": card.person.hex(),
            "person_name": card.person_name,
            "device_name": card.device_name,
            "payload": welcomed.payload.hex(),
        },
        "secret": secret.hex(),
        "card": knocked.card.to_bytes().hex(),
        "greeting": greeting.hex(),
        "noise1": noise1.hex(),
        "noise2": noise2.hex(),
        "noise3": noise3_and_card[: handshake.NOISE3_BYTES].hex(),
        "card_record": noise3_and_card[handshake.NOISE3_BYTES :].hex(),
        "inviter_record": inviter.hex(),
        "safety_words": list(found.safety_words),
        "welcome_record": welcome.hex(),
    }


def announce_vectors() -> dict[str, Any]:
    """Return the TXT of a device with one peer and one group, and of a door."""
    pair = handshake.pair_key(INITIATOR, RESPONDER.static, SPACE)
    group = handshake.group_key(EPOCH_KEY, SPACE, EPOCH)
    nonce, filler = bytes([0x81]) * 16, bytes(range(256)) * 2
    candidates: list[handshake.Candidate] = [
        PairCandidate(SPACE, RESPONDER.device, RESPONDER.static, pair),
        GroupCandidate(SPACE, group),
    ]
    txt = announce.announce_member(
        INITIATOR.static, candidates, nonce=nonce, filler=filler, wallclock=WALLCLOCK
    )
    return {
        "inputs": {
            "sender_static": INITIATOR.static.hex(),
            "pair_key": pair.hex(),
            "group_key": group.hex(),
            "nonce": nonce.hex(),
            "filler": filler.hex(),
            "wallclock": int(WALLCLOCK),
            "name_random": "0123456789abcdef",
            "door_nonce": DOOR_NONCE.hex(),
        },
        "window": announce.window_of(WALLCLOCK),
        "member": _txt(txt),
        "door": _txt(announce.announce_door(DOOR_NONCE)),
        "instance": announce.instance_name(bytes.fromhex("0123456789abcdef")),
        "host": announce.host_name(bytes.fromhex("0123456789abcdef")),
    }


def _handshake(known: handshake.Candidate, expected: handshake.Candidate) -> dict[str, Any]:
    initiator = handshake.InitiatorHandshake(
        INITIATOR, known, ephemeral_secret=EPHEMERAL_I, now=NOW
    )
    responder = handshake.ResponderHandshake(
        RESPONDER,
        [expected],
        challenge=CHALLENGE,
        ephemeral_secret=EPHEMERAL_R,
        silence=5.0,
        now=NOW,
    )
    first = _sent(initiator.receive(_sent(responder.start()), NOW))
    noise2 = _sent(responder.receive(first, NOW))
    effects = initiator.receive(noise2, NOW)
    noise3 = _sent(effects)
    ours: handshake.Established = _one(effects, handshake.Established)
    theirs: handshake.Established = _one(responder.receive(noise3, NOW), handshake.Established)
    return {
        "key": known.key.hex(),
        "hint": first[: handshake.HINT_BYTES].hex(),
        "psk": handshake.session_psk(known.key, CHALLENGE).hex(),
        "noise1": first[handshake.HINT_BYTES :].hex(),
        "noise2": noise2.hex(),
        "noise3": noise3.hex(),
        "handshake_hash": ours.handshake_hash.hex(),
        "initiator_message": b"hello".hex(),
        "initiator_record": ours.transport.encrypt(b"hello", NOW).hex(),
        "responder_message": bytes(300).hex(),
        "responder_record": theirs.transport.encrypt(bytes(300), NOW).hex(),
        "initiator_rekeying_record": ours.transport.encrypt(b"late", Instant(600.0)).hex(),
        "initiator_record_after_rekey": ours.transport.encrypt(b"after", Instant(600.0)).hex(),
    }


def _keys(keys: DeviceKeys) -> dict[str, str]:
    return {
        "sign_seed": keys.sign_seed.hex(),
        "device": keys.device.hex(),
        "static_secret": keys.static_secret.hex(),
        "static": keys.static.hex(),
    }


def _txt(txt: dict[bytes, bytes]) -> dict[str, str]:
    return {key.decode("ascii"): value.hex() for key, value in txt.items()}


def _sent(effects: list[Any]) -> bytes:
    return b"".join(one.data for one in effects if isinstance(one, handshake.Send))


def _one(effects: list[Any], kind: type[Any]) -> Any:
    (one,) = [effect for effect in effects if isinstance(effect, kind)]
    return one


def main() -> None:
    """Write the three files."""
    here = Path(__file__).parent
    for name, vectors in (
        ("handshake", handshake_vectors()),
        ("door", door_vectors()),
        ("announce", announce_vectors()),
    ):
        text = json.dumps(vectors, indent=1, ensure_ascii=False)
        (here / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
