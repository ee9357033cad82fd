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


def turns_of(case: dict[str, Any]) -> int:
    return len(pattern_named(case["protocol_name"].split("_")[1]).messages)


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
    assert {case["protocol_name"].split("_", 2)[2].rpartition("_")[0] for _, case in CASES} == {
        "25519_ChaChaPoly"
    }
    kept = sum(len(case["messages"]) - turns_of(case) for _, case in CASES)
    assert kept > 196, "most vectors go on after the handshake"


@pytest.mark.parametrize(
    ("source", "case"), CASES, ids=[f"{source}-{case['protocol_name']}" for source, case in CASES]
)
def test_a_public_vector_comes_out_byte_for_byte(source: str, case: dict[str, Any]) -> None:
    parties = (party(case, "init"), party(case, "resp"))
    messages = list(case["messages"])
    turns = turns_of(case)
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


DIFFERENTIAL = [
    f"{pattern}_25519_ChaChaPoly_{hash_name}"
    for pattern in ("XXpsk0", "XX", "XXpsk3", "IK", "IKpsk2", "KK", "KKpsk0", "NNpsk0", "NK", "XK")
    for hash_name in HASH_FUNCTIONS
]


class Differential:
    """One protocol between this module and another implementation, with keys known beforehand."""

    def __init__(self, name: str, *, we_dial: bool) -> None:
        pattern_name, _, _, hash_name = name.split("_")
        pattern = pattern_named(pattern_name)
        own, other = crypto.blake2b(b"own"), crypto.blake2b(b"other")
        psks = sum(tokens.count("psk") for tokens in pattern.messages)
        known = pattern.responder_pre if we_dial else pattern.initiator_pre
        self.us = HandshakeState(
            initiator=we_dial,
            prologue=PROLOGUE,
            ephemeral_secret=crypto.blake2b(b"own e"),
            static_secret=own,
            remote_static=crypto.public_of(other) if known else b"",
            psks=(PSK,) * psks,
            pattern=pattern,
            hash_function=HASH_FUNCTIONS[hash_name],
        )
        self.them = NoiseConnection.from_name(f"Noise_{name}".encode())
        if psks:
            self.them.set_psks(psk=PSK)
        self.them.set_prologue(PROLOGUE)
        self.them.set_keypair_from_private_bytes(Keypair.STATIC, other)
        self.them.set_keypair_from_public_bytes(Keypair.REMOTE_STATIC, crypto.public_of(own))
        (self.them.set_as_responder if we_dial else self.them.set_as_initiator)()
        self.them.start_handshake()
        self.turns = len(pattern.messages)
        self.we_dial = we_dial

    def ours(self, turn: int) -> bool:
        return self.we_dial == (turn % 2 == 0)


@pytest.mark.parametrize("we_dial", [True, False], ids=["we dial", "they dial"])
@pytest.mark.parametrize("name", DIFFERENTIAL)
def test_another_implementation_speaks_every_pattern_with_this_code(
    name: str, we_dial: bool
) -> None:
    both = Differential(name, we_dial=we_dial)
    us, them = both.us, both.them
    for turn in range(both.turns):
        payload = bytes([turn]) * turn
        if both.ours(turn):
            assert them.read_message(us.write_message(payload)) == payload
        else:
            assert us.read_message(bytes(them.write_message(payload))) == payload
    assert us.handshake_hash == them.get_handshake_hash()
    send, receive = us.split()
    for number in range(5):
        said = bytes([number]) * (number * 300)
        assert them.decrypt(send.encrypt_with_ad(b"", said)) == said
        assert receive.decrypt_with_ad(b"", them.encrypt(said)) == said


def test_the_first_message_does_not_open_under_another_psk() -> None:
    message = ours(initiator=True).write_message(b"\1")
    with pytest.raises(RemoteProtocolError):
        ours(initiator=False, psk=bytes(32)).read_message(message)


def test_t12_no_nonce_is_used_twice_at_the_end_of_the_counter() -> None:
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


def test_t8_a_handshake_message_longer_than_noise_allows_is_not_read() -> None:
    with pytest.raises(RemoteProtocolError, match="too long"):
        ours(initiator=False).read_message(bytes(65_536))
    with pytest.raises(RemoteProtocolError, match="does not open"):
        ours(initiator=False).read_message(bytes([9]) * 65_535)


def test_a_pattern_with_a_psk_cannot_be_started_without_it() -> None:
    with pytest.raises(LocalProtocolError):
        HandshakeState(initiator=True, prologue=b"", ephemeral_secret=bytes(32))


def test_a_cipher_without_a_key_has_none_to_renew_and_hides_nothing() -> None:
    cipher = CipherState()
    assert cipher.encrypt_with_ad(b"", b"in the clear") == b"in the clear"
    assert cipher.decrypt_with_ad(b"", b"in the clear") == b"in the clear"
    assert not cipher.has_key()
    assert cipher.n == 0
    with pytest.raises(LocalProtocolError, match="no key"):
        cipher.rekey()


def test_what_the_other_party_said_is_known_after_it_said_it() -> None:
    initiator, responder = ours(initiator=True), ours(initiator=False)
    assert (responder.remote_ephemeral, responder.remote_static) == (b"", b"")
    responder.read_message(initiator.write_message(b"\1"))
    assert responder.remote_ephemeral == crypto.public_of(crypto.blake2b(b"\1e"))
    assert responder.remote_static == b""
    initiator.read_message(responder.write_message(b"\1"))
    assert initiator.remote_static == crypto.public_of(crypto.blake2b(b"\2s"))
    finished = [initiator.finished, responder.finished]
    responder.read_message(initiator.write_message(b"\1"))
    finished += [initiator.finished, responder.finished]
    assert finished == [False, False, True, True]
    with pytest.raises(LocalProtocolError, match="is finished"):
        initiator.write_message(b"\1")


def test_t7_a_message_cut_inside_a_key_is_refused() -> None:
    message = ours(initiator=True).write_message(b"\1")
    for length in range(len(message)):
        with pytest.raises(RemoteProtocolError):
            ours(initiator=False).read_message(message[:length])


def test_the_longest_handshake_message_passes_and_one_more_byte_does_not() -> None:
    longest = 65_535 - 32 - 16
    message = ours(initiator=True).write_message(bytes(longest))
    assert ours(initiator=False).read_message(message) == bytes(longest)
    with pytest.raises(LocalProtocolError, match="too long"):
        ours(initiator=True).write_message(bytes(longest + 1))
