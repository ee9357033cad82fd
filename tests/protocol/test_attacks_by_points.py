"""Public keys chosen to break the agreement: refused wherever one is taken (SPEC §3.1, §8.1)."""

from __future__ import annotations

from typing import Any

import pytest

from aluna_protocol import crypto, handshake
from aluna_protocol.crypto import is_valid_static_key
from aluna_protocol.door import Card, door_handshake
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import Established, PairCandidate, pair_key
from aluna_protocol.ids import DeviceId, PersonId, StaticKey
from aluna_protocol.knocking import DoorKnocker
from aluna_protocol.membership import Admit, decode_operation, encode_operation, sign_seat
from aluna_protocol.noise import HandshakeState
from aluna_protocol.pairing import Door, WrongWordsTried
from harness.handshaking import CHALLENGE, NOW, SPACE, accept, candidate, device, dial, secret, sent

ANA, RUI = device("ana"), device("rui")
P = 2**255 - 19
ORDER_8 = (
    0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
    0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
)
LOW_ORDER = (0, 1, *ORDER_8, P - 1)
"""Every point of order 1, 2, 4 or 8 on the curve or its twist, in its one spelling."""
OTHER_SPELLINGS = (*range(P, 2**255), *(point + 2**255 for point in LOW_ORDER), 2**255 + 9)
"""Numbers that are read as points with a smaller one, and the same with the unused bit set."""
BAD = [point.to_bytes(32, "little") for point in (*LOW_ORDER, *OTHER_SPELLINGS)]
BAD_POINTS = pytest.mark.parametrize("point", BAD, ids=[bad.hex() for bad in BAD])


def test_the_table_is_whole() -> None:
    assert len(BAD) == len(set(BAD)) == 5 + 19 + 6
    assert all(not is_valid_static_key(point) for point in BAD)
    for largest_good in (P - 2, 2, 9):
        assert is_valid_static_key(largest_good.to_bytes(32, "little"))
    for length in (0, 31, 33):
        assert not is_valid_static_key(bytes([9]) * length)


@pytest.mark.parametrize("number", LOW_ORDER)
def test_t11_with_a_point_of_low_order_there_is_no_agreement(number: int) -> None:
    point = number.to_bytes(32, "little")
    with pytest.raises(RemoteProtocolError, match="low order"):
        crypto.agree(ANA.static_secret, point)
    with pytest.raises(RemoteProtocolError, match="low order"):
        pair_key(ANA, StaticKey(point), SPACE)
    with pytest.raises(RemoteProtocolError, match="low order"):
        crypto.seal_to(StaticKey(point), b"epoch key", secret("e"))
    with pytest.raises(RemoteProtocolError, match="low order"):
        crypto.open_box(ANA, point + bytes(16))


def test_a_key_of_another_length_agrees_with_nothing() -> None:
    for length in (0, 31, 33):
        with pytest.raises(RemoteProtocolError, match="wrong length"):
            crypto.agree(ANA.static_secret, bytes([9]) * length)
    with pytest.raises(LocalProtocolError, match="32 bytes"):
        crypto.seal_to(RUI.static, b"x", bytes(31))
    with pytest.raises(RemoteProtocolError, match="too short"):
        crypto.open_box(ANA, bytes([9]) * 47)
    with pytest.raises(RemoteProtocolError, match="does not open"):
        crypto.open_box(ANA, bytes([9]) * 48)
    assert crypto.open_box(ANA, crypto.seal_to(ANA.static, b"", secret("e"))) == b""


def test_a_signature_or_a_device_of_another_length_is_refused() -> None:
    good = crypto.sign(ANA, b"said")
    crypto.verify(ANA.device, b"said", good)
    for device_key, signature in (
        (ANA.device, good[:-1]),
        (ANA.device, good + b"\0"),
        (ANA.device, b""),
        (DeviceId(ANA.device[:-1]), good),
        (DeviceId(ANA.device + b"\0"), good),
        (DeviceId(b""), good),
    ):
        with pytest.raises(RemoteProtocolError, match="wrong length"):
            crypto.verify(device_key, b"said", signature)


class Evil(HandshakeState):
    """A party that knows every secret it should, and says *bad* for one of its public keys."""

    bad: bytes
    token: str

    def _write(self, token: Any) -> bytes:
        if token != self.token:
            return super()._write(token)
        if token == "e":
            self._mix_ephemeral(self.bad)
            return self.bad
        return self._symmetric.encrypt_and_hash(self.bad)


def evil(like: HandshakeState, token: str, bad: bytes) -> Evil:
    """Return *like* turned evil, as it stands."""
    turned = Evil.__new__(Evil)
    for slot in HandshakeState.__slots__:
        setattr(turned, slot, getattr(like, slot))
    turned.token, turned.bad = token, bad
    return turned


def initiators_noise(key: bytes) -> HandshakeState:
    """Return what Ana starts from when she dials Rui."""
    named = handshake.hint(key, CHALLENGE, crypto.public_of(secret("e initiator")))
    return HandshakeState(
        initiator=True,
        prologue=handshake.PROLOGUE + CHALLENGE + named,
        ephemeral_secret=secret("e initiator"),
        static_secret=ANA.static_secret,
        psks=(handshake.session_psk(key, CHALLENGE),),
    )


@BAD_POINTS
def test_t11_a_bad_ephemeral_key_of_who_dials_is_met_with_silence(point: bytes) -> None:
    """Whoever says it holds the key of the pair: a hint and a first message that open."""
    key = candidate(ANA, RUI).key
    named = handshake.hint(key, CHALLENGE, point)
    noise = HandshakeState(
        initiator=True,
        prologue=handshake.PROLOGUE + CHALLENGE + named,
        ephemeral_secret=secret("e initiator"),
        static_secret=ANA.static_secret,
        psks=(handshake.session_psk(key, CHALLENGE),),
    )
    responder = accept(RUI, [candidate(RUI, ANA)])
    first = named + evil(noise, "e", point).write_message(b"\1")
    assert responder.receive(first, NOW) == []
    assert isinstance(responder.phase, handshake.Silent)


@BAD_POINTS
@pytest.mark.parametrize("token", ["e", "s"])
def test_t11_a_bad_key_of_who_answers_is_hung_up_on(point: bytes, token: str) -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    first = sent(initiator.receive(CHALLENGE, NOW))
    noise = HandshakeState(
        initiator=False,
        prologue=b"aluna-sync/1" + CHALLENGE + first[:16],
        ephemeral_secret=secret("e responder"),
        static_secret=RUI.static_secret,
        psks=(crypto.blake2b(b"psk" + CHALLENGE, key=candidate(ANA, RUI).key),),
    )
    assert noise.read_message(first[16:]) == b"\1"
    answering = evil(noise, token, point)
    # It cannot know the agreement under a point without order: whatever follows the point.
    second = point + bytes(65) if token == "e" else answering.write_message(b"\1")
    with pytest.raises(RemoteProtocolError, match=r"low order|not canonical"):
        initiator.receive(second, NOW)
    assert responder.receive(first, NOW), "the same first message is answered by Rui"


@BAD_POINTS
def test_t11_a_bad_static_key_of_who_dials_is_hung_up_on(point: bytes) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    noise = initiators_noise(candidate(ANA, RUI).key)
    named = noise_hint()
    second = sent(responder.receive(named + noise.write_message(b"\1"), NOW))
    noise.read_message(second)
    with pytest.raises(RemoteProtocolError, match=r"low order|not canonical"):
        responder.receive(evil_third(noise, point), NOW)


def noise_hint() -> bytes:
    key, ephemeral = candidate(ANA, RUI).key, crypto.public_of(secret("e initiator"))
    return crypto.blake2b(b"hint" + CHALLENGE + ephemeral, size=16, key=key)


def evil_third(noise: HandshakeState, point: bytes) -> bytes:
    """Return noise3 with *point* for the static key; after it, no agreement can be known."""
    sealed = noise._symmetric.encrypt_and_hash(point)
    return sealed + bytes(17)


def test_the_same_dial_with_a_good_key_stands() -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    noise = initiators_noise(candidate(ANA, RUI).key)
    second = sent(responder.receive(noise_hint() + noise.write_message(b"\1"), NOW))
    noise.read_message(second)
    [stood] = responder.receive(noise.write_message(b"\1"), NOW)
    assert isinstance(stood, Established)
    assert isinstance(stood.candidate, PairCandidate)


@BAD_POINTS
def test_t11_a_bad_static_key_gets_no_seat(point: bytes) -> None:
    seat = sign_seat(RUI, "laptop", PersonId(bytes(16)), "Rui")
    good = encode_operation(Admit(seat, b""))
    assert isinstance(decode_operation(good), Admit)
    assert good.count(RUI.static) == 1
    with pytest.raises(RemoteProtocolError, match="not a static key"):
        decode_operation(good.replace(RUI.static, point))


@BAD_POINTS
def test_t11_a_bad_ephemeral_key_at_the_door_is_met_with_silence(point: bytes) -> None:
    door = Door(RUI, nonce=bytes(16), secret=secret("words"), inviter="Rui", now=NOW)
    keeper = door.knock(reveal=CHALLENGE, ephemeral_secret=secret("e"), silence=7.0, now=NOW)
    greeting = sent(keeper.start())
    noise = door_handshake(ANA, secret("words"), greeting, secret("e knocker"), initiator=True)
    first = evil(noise, "e", point).write_message(b"\1")
    assert keeper.receive(first, NOW) == [WrongWordsTried(1)]


@BAD_POINTS
def test_t11_a_bad_key_of_a_keeper_is_hung_up_on(point: bytes) -> None:
    card = Card(ANA.device, ANA.static, PersonId(bytes(16)), "Ana", "laptop")
    knocker = DoorKnocker(ANA, card, ephemeral_secret=secret("e"), now=NOW)
    knocker.receive(bytes(48), NOW)
    knocker.secret_derived(secret("words"), NOW)
    with pytest.raises(RemoteProtocolError, match=r"low order|not canonical"):
        knocker.receive(point + bytes(65), NOW)
