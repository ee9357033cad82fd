"""The Noise module against the public vectors and against another implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from noise.connection import Keypair, NoiseConnection

from aluna_protocol import crypto
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.noise import MAX_NONCE, XXPSK0, CipherState, HandshakeState
from harness.noise_patterns import HASH_FUNCTIONS, pattern_named

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors" / "noise"
CASES = [
    (source, case)
    for source in ("cacophony", "snow")
    for case in json.loads((VECTORS / f"{source}.json").read_text(encoding="utf-8"))
]
PROLOGUE = b"a prologue"
PSK = bytes(range(32))
NAME = b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"


def party(case: dict[str, Any], role: str) -> HandshakeState:
    _, pattern, _, _, hash_name = case["protocol_name"].split("_")
    return HandshakeState(
        initiator=role == "init",
        prologue=bytes.fromhex(case[f"{role}_prologue"]),
        ephemeral_secret=bytes.fromhex(case.get(f"{role}_ephemeral", "")),
        static_secret=bytes.fromhex(case.get(f"{role}_static", "")),
        remote_static=bytes.fromhex(case.get(f"{role}_remote_static", "")),
        psks=tuple(bytes.fromhex(psk) for psk in case.get(f"{role}_psks", [])),
        pattern=pattern_named(pattern),
        hash_function=HASH_FUNCTIONS[hash_name],
    )


def test_all_public_vectors_of_our_primitives_are_here() -> None:
    assert len(CASES) == 196


@pytest.mark.parametrize(
    ("source", "case"), CASES, ids=[f"{source}-{case['protocol_name']}" for source, case in CASES]
)
def test_a_public_vector_comes_out_byte_for_byte(source: str, case: dict[str, Any]) -> None:
    parties = (party(case, "init"), party(case, "resp"))
    messages = list(case["messages"])
    turns = len(pattern_named(case["protocol_name"].split("_")[1]).messages)
    for turn, message in enumerate(messages[:turns]):
        writer, reader = parties[turn % 2], parties[1 - turn % 2]
        sent = writer.write_message(bytes.fromhex(message["payload"]))
        assert sent.hex() == message["ciphertext"]
        assert reader.read_message(sent).hex() == message["payload"]
    if "handshake_hash" in case:
        assert parties[0].handshake_hash.hex() == case["handshake_hash"]
    assert parties[0].handshake_hash == parties[1].handshake_hash
    ciphers = [one.split() for one in parties]
    for turn, message in enumerate(messages[turns:], start=turns):
        sender = 0 if turns == 1 else turn % 2
        sealed = ciphers[sender][0].encrypt_with_ad(b"", bytes.fromhex(message["payload"]))
        assert sealed.hex() == message["ciphertext"]
        assert ciphers[1 - sender][1].decrypt_with_ad(b"", sealed).hex() == message["payload"]


def ours(*, initiator: bool, psk: bytes = PSK) -> HandshakeState:
    seed = b"\1" if initiator else b"\2"
    return HandshakeState(
        initiator=initiator,
        prologue=PROLOGUE,
        ephemeral_secret=crypto.blake2b(seed + b"e"),
        static_secret=crypto.blake2b(seed + b"s"),
        psks=(psk,),
    )


def theirs(*, initiator: bool) -> Any:
    other = NoiseConnection.from_name(NAME)
    other.set_psks(psk=PSK)
    other.set_prologue(PROLOGUE)
    other.set_keypair_from_private_bytes(Keypair.STATIC, crypto.blake2b(b"\3s"))
    other.set_keypair_from_private_bytes(Keypair.EPHEMERAL, crypto.blake2b(b"\3e"))
    if initiator:
        other.set_as_initiator()
    else:
        other.set_as_responder()
    with pytest.warns(UserWarning, match="ephemeral"):
        other.start_handshake()
    return other


@pytest.mark.parametrize("we_dial", [True, False])
def test_another_implementation_agrees_message_for_message_and_after_a_rekey(
    we_dial: bool,
) -> None:
    us, them = ours(initiator=we_dial), theirs(initiator=not we_dial)
    for turn in range(3):
        payload = bytes([turn])
        if we_dial == (turn % 2 == 0):
            assert them.read_message(us.write_message(payload)) == payload
        else:
            assert us.read_message(bytes(them.write_message(payload))) == payload
    assert us.handshake_hash == them.get_handshake_hash()
    assert us.remote_static == crypto.public_of(crypto.blake2b(b"\3s"))
    send, receive = us.split()
    for text in (b"before", b"", b"x" * 1000):
        assert them.decrypt(send.encrypt_with_ad(b"", text)) == text
        assert receive.decrypt_with_ad(b"", them.encrypt(text)) == text
    send.rekey()
    receive.rekey()
    them.rekey_inbound_cipher()
    them.rekey_outbound_cipher()
    assert them.decrypt(send.encrypt_with_ad(b"", b"after")) == b"after"
    assert receive.decrypt_with_ad(b"", them.encrypt(b"after")) == b"after"


def test_the_first_message_does_not_open_under_another_psk() -> None:
    message = ours(initiator=True).write_message(b"\1")
    with pytest.raises(RemoteProtocolError):
        ours(initiator=False, psk=bytes(32)).read_message(message)


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),
        b"\1" + bytes(31),
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        b"\xec" + b"\xff" * 30 + b"\x7f",
        b"\xed" + b"\xff" * 30 + b"\x7f",
        b"\xee" + b"\xff" * 30 + b"\x7f",
        b"\xff" * 32,
        b"\x09" + bytes(30) + b"\x80",
    ],
)
def test_points_of_low_order_and_other_spellings_are_refused(point: bytes) -> None:
    class Evil(HandshakeState):
        """An initiator that knows the psk and names a bad ephemeral key."""

        def _write(self, token: Any) -> bytes:
            if token != "e":
                return super()._write(token)
            self._mix_ephemeral(point)
            return point

    message = Evil(
        initiator=True,
        prologue=PROLOGUE,
        ephemeral_secret=crypto.blake2b(b"e"),
        static_secret=crypto.blake2b(b"s"),
        psks=(PSK,),
    ).write_message(b"\1")
    responder = ours(initiator=False)

    def answer() -> bytes:
        responder.read_message(message)
        return responder.write_message(b"\1")

    with pytest.raises(RemoteProtocolError, match=r"low order|not canonical"):
        answer()


def test_no_nonce_is_used_twice_at_the_end_of_the_counter() -> None:
    cipher = CipherState(bytes(32))
    cipher.n = MAX_NONCE - 1
    last = cipher.encrypt_with_ad(b"", b"last")
    with pytest.raises(LocalProtocolError):
        cipher.encrypt_with_ad(b"", b"one too many")
    reading = CipherState(bytes(32))
    reading.n = MAX_NONCE - 1
    assert reading.decrypt_with_ad(b"", last) == b"last"
    with pytest.raises(RemoteProtocolError):
        reading.decrypt_with_ad(b"", last)


def test_the_order_of_messages_is_asserted() -> None:
    initiator = ours(initiator=True)
    with pytest.raises(LocalProtocolError):
        initiator.read_message(bytes(49))
    initiator.write_message(b"\1")
    with pytest.raises(LocalProtocolError):
        initiator.write_message(b"\1")
    with pytest.raises(LocalProtocolError):
        initiator.split()


def test_production_ships_the_pattern_of_the_specification() -> None:
    assert pattern_named("XXpsk0") == XXPSK0


def test_a_handshake_message_may_not_be_longer_than_noise_allows() -> None:
    with pytest.raises(LocalProtocolError):
        ours(initiator=True).write_message(bytes(65_535))
    with pytest.raises(RemoteProtocolError):
        ours(initiator=False).read_message(bytes(65_536))


def test_a_pattern_with_a_psk_cannot_be_started_without_it() -> None:
    with pytest.raises(LocalProtocolError):
        HandshakeState(initiator=True, prologue=b"", ephemeral_secret=bytes(32))
