"""What somebody on the line, or with keys of their own, can do to a handshake (SPEC §8)."""

from __future__ import annotations

from typing import Any

import pytest

from aluna_protocol import crypto, handshake
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import (
    CHALLENGE_BYTES,
    HINT_BYTES,
    NOISE1_BYTES,
    NOISE2_BYTES,
    NOISE3_BYTES,
    AwaitingNoise1,
    Established,
    PairCandidate,
    ResponderHandshake,
    Send,
    Silent,
    pair_key,
)
from aluna_protocol.ids import Instant
from aluna_protocol.limits import MAX_CANDIDATES
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

ANA, RUI, EVA = device("ana"), device("rui"), device("eva")
LENGTHS = [CHALLENGE_BYTES, HINT_BYTES + NOISE1_BYTES, NOISE2_BYTES, NOISE3_BYTES]
TURNS = pytest.mark.parametrize("number", range(4), ids=["ch", "noise1", "noise2", "noise3"])


def test_without_an_attacker_both_come_to_a_session() -> None:
    """What every refusal below is measured against."""
    ours, theirs, errors = meet()
    assert stands(ours)
    assert stands(theirs)
    assert errors == []


# -- T1: somebody on the line changes what passes ------------------------------------------------


@TURNS
def test_t1_any_changed_byte_of_any_message_ends_without_a_session(number: int) -> None:
    for position in range(LENGTHS[number]):

        def flip(turn: int, data: bytes, at: int = position) -> bytes:
            if turn != number:
                return data
            return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

        ours, theirs, errors = meet(flip)
        assert not stands(theirs), position
        # The initiator cannot know that its last message was changed; nothing opens for anybody.
        assert stands(ours) == (number == 3), position
        assert bool(errors) == (number in {2, 3}), position


@TURNS
def test_t1_a_swapped_ephemeral_or_static_key_is_noticed(number: int) -> None:
    """The swapped bytes are a valid key of the attacker's."""

    def swap(turn: int, data: bytes) -> bytes:
        at = HINT_BYTES if turn == 1 else 0
        return data[:at] + EVA.static + data[at + 32 :] if turn == number else data

    ours, theirs, errors = meet(swap)
    assert not stands(theirs)
    assert stands(ours) == (number == 3)
    assert bool(errors) == (number in {2, 3})


def test_t1_nothing_on_the_line_names_anybody() -> None:
    line: list[bytes] = []

    def listen(turn: int, data: bytes) -> bytes:
        line.append(data)
        return data

    ours, theirs, _ = meet(listen)
    said = only(ours, Established).transport.encrypt(b"el mismo texto" * 9, NOW)
    recorded = b"".join(line) + said
    names = [ANA.device, ANA.static, RUI.device, RUI.static, SPACE, b"el mismo texto"]
    names += [candidate(ANA, RUI).key, only(ours, Established).handshake_hash]
    for name in names:
        assert not any(name[at : at + 8] in recorded for at in range(len(name) - 7))
    assert only(theirs, Established).transport.decrypt(said) == [b"el mismo texto" * 9]


# -- T2: a member's device between two others ----------------------------------------------------


def test_t2_an_infiltrated_member_between_two_is_known_as_itself_by_both() -> None:
    to_eva = accept(EVA, [candidate(EVA, ANA)])
    anas, evas = converse(dial(ANA, candidate(ANA, EVA)), to_eva, to_eva.start())
    to_rui = accept(RUI, [candidate(RUI, ANA), candidate(RUI, EVA)])
    _, ruis = converse(dial(EVA, candidate(EVA, RUI)), to_rui, to_rui.start())
    assert only(anas, Established).device == EVA.device
    assert only(evas, Established).device == ANA.device
    assert only(ruis, Established).device == EVA.device
    # What Ana says to Eva means nothing when Eva passes it on as it is.
    said = only(anas, Established).transport.encrypt(b"for eva", NOW)
    with pytest.raises(RemoteProtocolError):
        only(ruis, Established).transport.decrypt(said)


def test_t2_an_infiltrated_member_that_passes_everything_on_learns_nothing() -> None:
    line: list[bytes] = []

    def listen(turn: int, data: bytes) -> bytes:
        line.append(data)
        return data

    ours, theirs, _ = meet(listen)
    anas, ruis = only(ours, Established), only(theirs, Established)
    assert (anas.device, ruis.device) == (RUI.device, ANA.device)
    said = anas.transport.encrypt(b"for rui", NOW)
    to_ana, to_rui = candidate(EVA, ANA).key, candidate(EVA, RUI).key
    assert candidate(ANA, RUI).key not in {to_ana, to_rui}
    for key in (to_ana, to_rui):
        named = handshake.hint(key, line[0], line[1][HINT_BYTES : HINT_BYTES + 32])
        assert named != line[1][:HINT_BYTES]
        listening = accept(EVA, [PairCandidate(SPACE, ANA.device, ANA.static, key)])
        assert listening.receive(line[1], NOW) == []
        assert isinstance(listening.phase, Silent)
    assert ruis.transport.decrypt(said) == [b"for rui"]


@pytest.mark.parametrize("as_initiator", [True, False])
def test_t2_a_member_cannot_lead_a_dial_for_another_to_itself(as_initiator: bool) -> None:
    """Eva gives her own pair for Ana's or Rui's: the static she proves is her own."""
    if as_initiator:
        posing = PairCandidate(SPACE, RUI.device, RUI.static, candidate(EVA, RUI).key)
        responder = accept(RUI, [candidate(RUI, ANA), candidate(RUI, EVA)])
        _, theirs = converse(dial(EVA, posing), responder, responder.start())
        assert only(theirs, Established).device == EVA.device
        return
    responder = accept(EVA, [candidate(EVA, ANA)])
    ours, theirs = converse(dial(ANA, candidate(ANA, RUI)), responder, responder.start())
    assert isinstance(responder.phase, Silent)
    assert not stands(ours)
    assert not stands(theirs)


def test_t2_a_stolen_pair_key_without_the_static_key_opens_nothing() -> None:
    stolen = candidate(ANA, RUI)
    impostor = PairCandidate(SPACE, RUI.device, RUI.static, stolen.key)
    responder = accept(RUI, [candidate(RUI, ANA)])
    with pytest.raises(RemoteProtocolError, match="another static"):
        converse(dial(EVA, impostor), responder, responder.start())
    posing = accept(EVA, [PairCandidate(SPACE, ANA.device, ANA.static, stolen.key)])
    with pytest.raises(RemoteProtocolError, match="another static"):
        converse(dial(ANA, candidate(ANA, RUI)), posing, posing.start())


# -- T3: the first message again -----------------------------------------------------------------


@pytest.mark.parametrize("later", [0.0, 3600.0, 86_400.0 * 365])
@pytest.mark.parametrize("host", [RUI, EVA], ids=["same host", "another host"])
def test_t3_a_replayed_first_message_draws_no_answer(host: crypto.DeviceKeys, later: float) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    first = sent(dial(ANA, candidate(ANA, RUI)).receive(sent(responder.start()), NOW))
    assert len(sent(responder.receive(first, NOW))) == NOISE2_BYTES
    again = ResponderHandshake(
        host,
        [candidate(host, ANA)],
        challenge=secret("another challenge"),
        ephemeral_secret=secret("another ephemeral"),
        silence=7.5,
        now=Instant(NOW + later),
    )
    assert again.receive(first, Instant(NOW + later)) == []
    assert isinstance(again.phase, Silent)


# -- T7: cut short -------------------------------------------------------------------------------


@TURNS
def test_t7_a_message_cut_at_any_byte_leaves_nothing_behind(number: int) -> None:
    for length in range(LENGTHS[number]):
        ours, theirs, errors = meet(
            lambda turn, data, n=length: data[:n] if turn == number else data  # type: ignore[misc]
        )
        assert errors == []
        assert not stands(theirs)
        assert stands(ours) == (number == 3)


def test_t7_whoever_stops_in_the_middle_is_waited_for_five_seconds() -> None:
    initiator, responder = dial(ANA, candidate(ANA, RUI)), accept(RUI, [candidate(RUI, ANA)])
    assert initiator.deadline == responder.deadline == NOW + 5
    first = sent(initiator.receive(CHALLENGE, Instant(NOW + 2)))
    responder.receive(first, Instant(NOW + 3))
    assert initiator.deadline == responder.deadline == NOW + 5, "talking wins no time"


# -- T15: what a hint that is right and one that is wrong look like ------------------------------


class Counted:
    """Counts what the answer to a first message costs, by kind of work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: dict[str, int] = {}
        for name in ("hint", "session_psk"):
            monkeypatch.setattr(handshake, name, self._counting(name, getattr(handshake, name)))
        for name in ("same", "agree", "public_of"):
            monkeypatch.setattr(crypto, name, self._counting(name, getattr(crypto, name)))

    def _counting(self, name: str, work: Any) -> Any:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            return work(*arguments, **named)

        return counted


CROWD = [candidate(RUI, device(f"member {number}")) for number in range(40)]


@pytest.mark.parametrize("place", [0, 20, 40], ids=["first", "middle", "last"])
def test_t15_a_right_hint_over_a_wrong_message_looks_like_a_wrong_hint(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [*CROWD[:place], candidate(RUI, ANA), *CROWD[place:]]
    first = sent(dial(ANA, candidate(ANA, RUI)).receive(CHALLENGE, NOW))
    seen = []
    for message in (first[:-1] + bytes([first[-1] ^ 1]), bytes(16) + first[16:]):
        responder = accept(RUI, known)
        counted = Counted(monkeypatch)
        effects = responder.receive(message, NOW)
        monkeypatch.undo()
        work = {name: counted.calls.get(name, 0) for name in ("hint", "same", "agree", "public_of")}
        seen.append((effects, type(responder.phase), responder.deadline, work))
    assert seen[0] == seen[1]
    effects, phase, deadline, work = seen[0]
    assert (effects, phase, deadline) == ([], Silent, NOW + 7.5)
    assert work == {"hint": 41, "same": 41, "agree": 0, "public_of": 0}


def test_t15_after_either_nothing_that_comes_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    assert responder.receive(bytes(65), NOW) == []
    right = sent(dial(ANA, candidate(ANA, RUI)).receive(CHALLENGE, NOW))
    counted = Counted(monkeypatch)
    assert responder.receive(right, NOW) == []
    assert counted.calls == {}


def test_t15_a_stranger_costs_a_bounded_number_of_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member may seat and mint as much as it likes: a probe stays cheap."""
    many = [PairCandidate(SPACE, ANA.device, ANA.static, secret(str(n))) for n in range(5000)]
    many[MAX_CANDIDATES - 1] = candidate(RUI, ANA)
    many[MAX_CANDIDATES] = candidate(RUI, EVA)
    for dialling, known in ((ANA, True), (EVA, False)):
        responder = accept(RUI, many)
        counted = Counted(monkeypatch)
        first = sent(dial(dialling, candidate(dialling, RUI)).receive(CHALLENGE, NOW))
        counted.calls.clear()
        answered = [one for one in responder.receive(first, NOW) if isinstance(one, Send)]
        assert bool(answered) == known
        assert counted.calls["hint"] == MAX_CANDIDATES
        monkeypatch.undo()


def test_nothing_is_compared_before_a_whole_first_message_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    responder = accept(RUI, [candidate(RUI, ANA)])
    counted = Counted(monkeypatch)
    assert responder.receive(bytes(HINT_BYTES + NOISE1_BYTES - 1), NOW) == []
    assert isinstance(responder.phase, AwaitingNoise1)
    assert counted.calls == {}


def test_a_pair_key_is_of_two_different_devices() -> None:
    with pytest.raises(RemoteProtocolError, match="own static"):
        pair_key(ANA, ANA.static, SPACE)
