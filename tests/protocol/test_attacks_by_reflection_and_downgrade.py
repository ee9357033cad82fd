"""Ourselves at the other end, other versions, older keys: refused or told (SPEC §8)."""

from __future__ import annotations

from typing import Any

import pytest

from aluna_protocol import handshake
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import (
    HINT_BYTES,
    Ended,
    Established,
    GroupCandidate,
    Incompatible,
    Silent,
    group_key,
)
from aluna_protocol.ids import EpochId
from harness.handshaking import (
    CHALLENGE,
    NOW,
    SPACE,
    accept,
    candidate,
    converse,
    device,
    dial,
    meet,
    only,
    secret,
    sent,
    stands,
)

ANA, RUI = device("ana"), device("rui")


# -- T5: ourselves -------------------------------------------------------------------------------


def test_t5_a_dial_that_comes_back_to_ourselves_is_refused() -> None:
    ourselves = accept(ANA, [candidate(ANA, RUI)])
    with pytest.raises(RemoteProtocolError, match="own static"):
        converse(dial(ANA, candidate(ANA, RUI)), ourselves, ourselves.start())
    assert not isinstance(ourselves.phase, Ended)


@pytest.mark.parametrize("number", [1, 3], ids=["noise1", "noise3"])
def test_t5_our_own_messages_echoed_to_us_are_refused(number: int) -> None:
    """The other end is a mirror: it sends back what we said."""
    initiator = dial(ANA, candidate(ANA, RUI))
    first = sent(initiator.receive(CHALLENGE, NOW))
    if number == 1:
        with pytest.raises(RemoteProtocolError):
            initiator.receive(first + first, NOW)
        return
    responder = accept(RUI, [candidate(RUI, ANA)])
    initiator = dial(ANA, candidate(ANA, RUI))
    first = sent(initiator.receive(sent(responder.start()), NOW))
    second = sent(responder.receive(first, NOW))
    with pytest.raises(RemoteProtocolError):
        responder.receive(second, NOW)


def test_t5_our_own_frames_echoed_back_do_not_open() -> None:
    ours, theirs, _ = meet()
    anas = only(ours, Established)
    said = anas.transport.encrypt(b"hello", NOW)
    assert only(theirs, Established).transport.decrypt(said) == [b"hello"]
    with pytest.raises(RemoteProtocolError):
        anas.transport.decrypt(said)


def test_t5_our_own_static_is_refused_in_an_introduction_too() -> None:
    group = GroupCandidate(SPACE, secret("group key"))
    ourselves = accept(ANA, [group])
    with pytest.raises(RemoteProtocolError, match="own static"):
        converse(dial(ANA, group), ourselves, ourselves.start())


def test_t5_a_responder_that_is_proved_its_own_static_hangs_up() -> None:
    """Whoever copied a device's keys dials it."""
    group = GroupCandidate(SPACE, secret("group key"))
    responder, copy = accept(ANA, [group]), dial(ANA, group)
    second = sent(responder.receive(sent(copy.receive(CHALLENGE, NOW)), NOW))
    assert isinstance(copy._phase, handshake.AwaitingNoise2)
    noise = copy._phase.noise
    noise.read_message(second)
    with pytest.raises(RemoteProtocolError, match="own static"):
        responder.receive(noise.write_message(b"\1"), NOW)


# -- T6: downgrade -------------------------------------------------------------------------------


@pytest.mark.parametrize("newer_dials", [True, False])
@pytest.mark.parametrize("other", [0, 2, 255])
def test_t6_another_version_is_told_to_both_and_never_talked_down(
    newer_dials: bool, other: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    newer: Any = initiator if newer_dials else responder

    def receive_as(machine: Any, data: bytes) -> list[Any]:
        with monkeypatch.context() as patch:
            patch.setattr(handshake, "VERSION", other if machine is newer else 1)
            effects: list[Any] = machine.receive(data, NOW)
            return effects

    first = sent(receive_as(initiator, sent(responder.start())))
    theirs = receive_as(responder, first)
    ours = receive_as(initiator, sent(theirs))
    assert only(ours, Incompatible).version == (1 if newer_dials else other)
    assert only(theirs, Incompatible).version == (other if newer_dials else 1)
    assert sent(ours) == b"", "no third message under a version that is not ours"
    for machine in (initiator, responder):
        assert isinstance(machine.phase, Ended)
        with pytest.raises(LocalProtocolError):
            machine.receive(b"x", NOW)


def test_t6_a_version_that_changes_within_a_handshake_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    second = sent(responder.receive(sent(initiator.receive(CHALLENGE, NOW)), NOW))
    assert isinstance(initiator._phase, handshake.AwaitingNoise2)
    noise = initiator._phase.noise
    assert noise.read_message(second) == b"\1"
    with pytest.raises(RemoteProtocolError, match="version changed"):
        responder.receive(noise.write_message(b"\2"), NOW)
    assert isinstance(responder.phase, Ended)


@pytest.mark.parametrize("prologue", [b"aluna-sync/2", b"aluna-sync/", b""])
def test_t6_another_prologue_meets_silence(
    prologue: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    with monkeypatch.context() as patch:
        patch.setattr(handshake, "PROLOGUE", prologue)
        first = sent(dial(ANA, candidate(ANA, RUI)).receive(sent(responder.start()), NOW))
    assert responder.receive(first, NOW) == []
    assert isinstance(responder.phase, Silent)


def epoch_group(number: int) -> GroupCandidate:
    epoch = EpochId(secret(f"epoch {number}"))
    return GroupCandidate(SPACE, group_key(secret(f"epoch key {number}"), SPACE, epoch))


def test_t6_a_dial_cannot_be_forced_onto_the_key_of_an_older_epoch() -> None:
    """Somebody on the line who was given the old key puts its hint in place of the new one's."""
    old, new = epoch_group(1), epoch_group(2)

    def older(turn: int, data: bytes) -> bytes:
        if turn != 1:
            return data
        named = handshake.hint(old.key, CHALLENGE, data[HINT_BYTES : HINT_BYTES + 32])
        return named + data[HINT_BYTES:]

    responder = accept(RUI, [new, old])
    ours, theirs = converse(dial(ANA, new), responder, responder.start(), tamper=older)
    assert isinstance(responder.phase, Silent)
    assert not stands(ours)
    assert not stands(theirs)
    untouched = accept(RUI, [new, old])
    _, theirs = converse(dial(ANA, old), untouched, untouched.start())
    assert only(theirs, Established).introduction


def test_t6_the_key_of_an_epoch_that_is_not_held_meets_silence() -> None:
    responder = accept(RUI, [epoch_group(2)])
    converse(dial(ANA, epoch_group(1)), responder, responder.start())
    assert isinstance(responder.phase, Silent)
