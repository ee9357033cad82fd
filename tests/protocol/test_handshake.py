"""Two devices become sure of each other, and nobody else learns anything (SPEC §8)."""

from __future__ import annotations

import hashlib
import json
import runpy
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise.connection import Keypair, NoiseConnection

from aluna_protocol import crypto
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import (
    CHALLENGE_BYTES,
    HINT_BYTES,
    NOISE1_BYTES,
    NOISE2_BYTES,
    NOISE3_BYTES,
    Ended,
    Established,
    GroupCandidate,
    PairCandidate,
    Silent,
    group_key,
    pair_key,
)
from aluna_protocol.ids import EpochId, Instant
from harness.handshaking import (
    CHALLENGE,
    NOW,
    OTHER_SPACE,
    SPACE,
    accept,
    candidate,
    converse,
    device,
    dial,
    only,
    secret,
    sent,
    session,
)

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
ANA, RUI, EVA = device("ana"), device("rui"), device("eva")


def test_two_members_reach_the_same_session() -> None:
    ours, theirs = session()
    assert ours.device == RUI.device
    assert theirs.device == ANA.device
    assert ours.static == RUI.static
    assert ours.handshake_hash == theirs.handshake_hash
    assert not ours.introduction
    assert ours.remainder == theirs.remainder == b""
    hello = ours.transport.encrypt(b"hello", NOW)
    assert theirs.transport.decrypt(hello) == [b"hello"]
    assert ours.transport.decrypt(theirs.transport.encrypt(b"there", NOW)) == [b"there"]


def test_the_lengths_on_the_wire_are_those_of_the_specification() -> None:
    lengths: list[int] = []

    def note(number: int, data: bytes) -> bytes:
        lengths.append(len(data))
        return data

    responder = accept(RUI, [candidate(RUI, ANA)])
    converse(dial(ANA, candidate(ANA, RUI)), responder, responder.start(), tamper=note)
    assert lengths == [CHALLENGE_BYTES, HINT_BYTES + NOISE1_BYTES, NOISE2_BYTES, NOISE3_BYTES]


def test_bytes_may_arrive_one_by_one() -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])

    def drip(machine: Any, data: bytes) -> list[Any]:
        return [effect for byte in data for effect in machine.receive(bytes([byte]), NOW)]

    first = sent(drip(initiator, sent(responder.start())))
    second = sent(drip(responder, first))
    effects = drip(initiator, second)
    only(effects, Established)
    only(drip(responder, sent(effects)), Established)


def test_bytes_after_the_third_message_belong_to_the_session() -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    first = sent(initiator.receive(sent(responder.start()), NOW))
    effects = initiator.receive(sent(responder.receive(first, NOW)), NOW)
    hello = only(effects, Established).transport.encrypt(b"hello", NOW)
    theirs = only(responder.receive(sent(effects) + hello, NOW), Established)
    assert theirs.transport.decrypt(theirs.remainder) == [b"hello"]
    with pytest.raises(LocalProtocolError):
        responder.receive(b"x", NOW)


def test_the_pair_key_is_one_secret_per_pair_and_space() -> None:
    shared = crypto.agree(ANA.static_secret, RUI.static)
    expected = hashlib.blake2b(
        shared + min(ANA.static, RUI.static) + max(ANA.static, RUI.static),
        digest_size=32,
        key=SPACE,
        person=b"aluna-pair-v1",
    ).digest()
    assert pair_key(ANA, RUI.static, SPACE) == pair_key(RUI, ANA.static, SPACE) == expected
    assert pair_key(ANA, RUI.static, OTHER_SPACE) != expected


def test_the_right_peer_is_found_among_sixty_four() -> None:
    crowd = [candidate(RUI, device(f"member {number}")) for number in range(63)]
    responder = accept(RUI, [*crowd, candidate(RUI, ANA)])
    _, theirs = converse(dial(ANA, candidate(ANA, RUI)), responder, responder.start())
    assert only(theirs, Established).device == ANA.device


@pytest.mark.parametrize(
    "known", [[], [candidate(RUI, EVA)], [candidate(RUI, ANA, OTHER_SPACE)]], ids=str
)
def test_whoever_is_unknown_gets_the_challenge_and_then_silence(
    known: list[PairCandidate],
) -> None:
    responder = accept(RUI, known)
    assert responder.deadline == NOW + 5
    _, theirs = converse(dial(ANA, candidate(ANA, RUI)), responder, responder.start())
    assert sent(theirs) == CHALLENGE
    assert isinstance(responder.phase, Silent)
    assert responder.receive(b"GET / HTTP/1.1\r\n\r\n" * 100, NOW) == []
    assert responder.deadline == NOW + 7.5


def test_a_newcomer_and_a_laggard_meet_with_the_key_of_the_epoch() -> None:
    key = group_key(secret("epoch key"), SPACE, EpochId(secret("epoch")))
    group = GroupCandidate(SPACE, key)
    laggard = accept(RUI, [candidate(RUI, EVA), group])
    ours, theirs = converse(dial(ANA, group), laggard, laggard.start())
    newcomers, laggards = only(ours, Established), only(theirs, Established)
    assert newcomers.introduction
    assert laggards.introduction
    assert laggards.device is None
    assert laggards.static == ANA.static
    assert newcomers.static == RUI.static


def test_keys_are_not_in_what_is_printed() -> None:
    ours, _ = session()
    for thing in (ours, candidate(ANA, RUI), ANA):
        assert candidate(ANA, RUI).key.hex() not in repr(thing)
        assert repr(candidate(ANA, RUI).key) not in repr(thing)
    group = GroupCandidate(SPACE, secret("epoch key"))
    assert repr(group.key) not in repr(group)


def test_what_followed_the_handshake_is_not_in_what_is_printed() -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    first = sent(initiator.receive(sent(responder.start()), NOW))
    third = sent(initiator.receive(sent(responder.receive(first, NOW)), NOW))
    theirs = only(responder.receive(third + b"what came next", NOW), Established)
    assert theirs.remainder == b"what came next"
    assert "what came next" not in repr(theirs)


def test_of_what_somebody_unknown_sends_nothing_is_kept() -> None:
    responder = accept(RUI, [])
    flood = bytes(1_000_000)
    tracemalloc.start()
    try:
        for _ in range(3):
            assert responder.receive(flood, NOW) == []
            assert tracemalloc.get_traced_memory()[0] < len(flood) / 2
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=400), st.booleans())
def test_random_bytes_raise_nothing_but_a_remote_error(data: bytes, dialling: bool) -> None:
    machine: Any = (
        dial(ANA, candidate(ANA, RUI)) if dialling else accept(RUI, [candidate(RUI, ANA)])
    )
    try:
        effects = machine.receive(data, NOW)
    except RemoteProtocolError:
        return
    assert not [one for one in effects if isinstance(one, Established)]


@given(st.binary(min_size=1, max_size=200))
def test_random_bytes_in_place_of_the_last_message_raise_only_a_remote_error(data: bytes) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    first = sent(dial(ANA, candidate(ANA, RUI)).receive(sent(responder.start()), NOW))
    responder.receive(first, NOW)
    if len(data) < NOISE3_BYTES:
        assert responder.receive(data, NOW) == []
    else:
        with pytest.raises(RemoteProtocolError):
            responder.receive(data, NOW)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_challenge_has_thirty_two_bytes(size: int) -> None:
    with pytest.raises(LocalProtocolError, match="32 bytes"):
        accept(RUI, [], challenge=bytes(size))


def test_once_it_stands_nothing_more_goes_through_the_handshake() -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    initiator = dial(ANA, candidate(ANA, RUI))
    converse(initiator, responder, responder.start())
    for machine in (initiator, responder):
        assert isinstance(machine.phase, Ended)
        with pytest.raises(LocalProtocolError, match="ended"):
            machine.receive(b"", NOW)


def test_the_deadline_is_five_seconds_from_the_start() -> None:
    assert dial(ANA, candidate(ANA, RUI)).deadline == Instant(NOW + 5)


def test_the_frozen_vectors_still_come_out() -> None:
    make = runpy.run_path(str(VECTORS / "make_handshake_vectors.py"))
    frozen = json.loads((VECTORS / "handshake.json").read_text(encoding="utf-8"))
    assert make["handshake_vectors"]() == frozen


@pytest.mark.parametrize("kind", ["pair", "group"])
def test_another_implementation_reproduces_the_frozen_handshake(kind: str) -> None:
    frozen = json.loads((VECTORS / "handshake.json").read_text(encoding="utf-8"))
    given_, said = frozen["inputs"], frozen[kind]
    key, challenge = bytes.fromhex(said["key"]), bytes.fromhex(given_["challenge"])
    noise1 = bytes.fromhex(said["noise1"])
    named = hashlib.blake2b(b"hint" + challenge + noise1[:32], digest_size=16, key=key).digest()
    assert named.hex() == said["hint"]
    psk = hashlib.blake2b(b"psk" + challenge, digest_size=32, key=key).digest()
    initiator = NoiseConnection.from_name(b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b")
    initiator.set_psks(psk=psk)
    initiator.set_prologue(b"aluna-sync/1" + challenge + named)
    for keypair, name in (
        (Keypair.STATIC, given_["initiator"]["static_secret"]),
        (Keypair.EPHEMERAL, given_["initiator_ephemeral_secret"]),
    ):
        initiator.set_keypair_from_private_bytes(keypair, bytes.fromhex(name))
    initiator.set_as_initiator()
    with pytest.warns(UserWarning, match="ephemeral"):
        initiator.start_handshake()
    assert bytes(initiator.write_message(b"\1")) == noise1
    assert initiator.read_message(bytes.fromhex(said["noise2"])) == b"\1"
    assert bytes(initiator.write_message(b"\1")).hex() == said["noise3"]
    assert initiator.get_handshake_hash().hex() == said["handshake_hash"]
    frame = b"\0" + (5).to_bytes(4, "big") + b"hello" + bytes(246)
    assert initiator.encrypt(frame).hex() == said["initiator_record"][4:]
    answer = initiator.decrypt(bytes.fromhex(said["responder_record"])[2:])
    assert answer == b"\0" + (300).to_bytes(4, "big") + bytes(315)
    late = b"\1" + (4).to_bytes(4, "big") + b"late" + bytes(247)
    assert initiator.encrypt(late).hex() == said["initiator_rekeying_record"][4:]
    initiator.rekey_outbound_cipher()
    after = b"\0" + (5).to_bytes(4, "big") + b"after" + bytes(246)
    assert initiator.encrypt(after).hex() == said["initiator_record_after_rekey"][4:]
