"""Who knows five words comes in once a person says so, and nobody else (SPEC §9)."""

from __future__ import annotations

import json
import runpy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import knocking, pairing
from aluna_protocol.door import (
    MAX_WELCOME,
    Link,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import Ended, Incompatible, Send, Silent
from aluna_protocol.ids import Instant, PersonId, StaticKey
from aluna_protocol.knocking import DoorFound, DoorKnocker, LinkedTo, NotWelcomed, Welcomed
from aluna_protocol.pairing import Door, Knocked, Linked, WrongWordsTried
from harness.handshaking import NOW, only, secret, sent
from harness.knocking import (
    KEEPER,
    NEWCOMER,
    NONCE,
    OTHER,
    RIGHT,
    WRONG,
    Knocker,
    at_the_door,
    card_of,
    knock,
    open_door,
)

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"


def test_who_knows_the_words_is_shown_and_welcomed() -> None:
    door = open_door()
    knocker, keeper, ours, theirs = knock(door)
    found, knocked = only(ours, DoorFound), only(theirs, Knocked)
    assert found.inviter == "Olga"
    assert found.static == KEEPER.static
    assert knocked.card == card_of(NEWCOMER)
    assert found.safety_words == knocked.safety_words
    assert len(found.safety_words) == 4
    assert keeper.deadline == door.closes == Instant(NOW + 600)
    assert keeper.may_welcome(NOW)
    answer = sent(keeper.welcome(b"log and keys", NOW))
    assert knocker.receive(answer, NOW) == [Welcomed(b"log and keys")]
    assert not door.is_open(NOW)
    assert knocker.closed() == []


def test_a_keeper_waits_half_a_minute_for_the_card_and_a_knocker_five_seconds() -> None:
    door = open_door()
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(door)
    assert keeper.deadline == NOW + 30
    assert knocker.deadline == NOW + 5
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    assert keeper.deadline == NOW + 30
    keeper.receive(sent(knocker.receive(sent(second), NOW)), NOW)
    assert keeper.deadline == door.closes


def test_a_welcome_may_be_as_large_as_a_message() -> None:
    knocker, keeper, _, _ = knock(open_door())
    with pytest.raises(LocalProtocolError):
        keeper.welcome(bytes(MAX_WELCOME + 1), NOW)
    answer = sent(keeper.welcome(bytes(MAX_WELCOME), NOW))
    assert only(knocker.receive(answer, NOW), Welcomed).payload == bytes(MAX_WELCOME)


def test_a_person_may_say_no_and_the_door_stays_open() -> None:
    door = open_door()
    knocker, keeper, _, _ = knock(door)
    assert knocker.receive(sent(keeper.refuse(NOW)), NOW) == [NotWelcomed.REFUSED]
    assert door.is_open(NOW)
    with pytest.raises(LocalProtocolError):
        keeper.refuse(NOW)


def test_bytes_may_arrive_one_by_one() -> None:
    door = open_door()
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(door)

    def drip(machine: Any, data: bytes) -> list[Any]:
        return [one for byte in data for one in machine.receive(bytes([byte]), NOW)]

    first = sent(drip(knocker, sent(keeper.start())))
    third = sent(drip(knocker, sent(drip(keeper, first))))
    effects = drip(keeper, third)
    only(effects, Knocked)
    only(drip(knocker, sent(effects)), DoorFound)
    assert drip(knocker, sent(keeper.welcome(b"x", NOW))) == [Welcomed(b"x")]


def test_i1_wrong_words_meet_silence_and_are_counted() -> None:
    door = open_door()
    knocker, keeper, ours, theirs = knock(door, WRONG)
    assert only(theirs, WrongWordsTried).failures == 1
    assert not [one for one in ours if isinstance(one, DoorFound)]
    assert isinstance(keeper._phase, Silent)
    assert keeper.receive(bytes(1000), NOW) == []
    assert keeper.deadline == NOW + 9
    assert knocker.closed() == [NotWelcomed.WRONG_WORDS]


def test_i1_twenty_wrong_tries_close_the_door_but_not_on_who_already_proved_the_words() -> None:
    door = open_door()
    first, inside, _, _ = knock(door)
    for number in range(19):
        knock(door, WRONG, number=number)
    assert door.is_open(NOW)
    second, second_inside, _, theirs = knock(door, keys=OTHER, number=19)
    only(theirs, Knocked)
    knock(door, WRONG, number=20)
    assert not door.is_open(NOW)
    _, late, ours, theirs = knock(door, number=21)
    assert theirs == at_the_door(door, number=21).start()
    assert not [one for one in ours if isinstance(one, DoorFound)]
    assert isinstance(late._phase, Silent)
    assert second.receive(sent(second_inside.refuse(NOW)), NOW) == [NotWelcomed.REFUSED]
    assert first.receive(sent(inside.welcome(b"x", NOW)), NOW) == [Welcomed(b"x")]


def test_i1_tries_in_parallel_share_the_twenty() -> None:
    door = open_door()
    keepers = [at_the_door(door, number=number) for number in range(30)]
    tried = []
    for keeper in keepers:
        first = sent(Knocker(NEWCOMER, WRONG).receive(sent(keeper.start()), NOW))
        tried += keeper.receive(first, NOW)
    assert tried == [WrongWordsTried(number) for number in range(1, 21)]


def test_i3_an_expired_door_is_silent_and_admits_nobody() -> None:
    door = open_door()
    _, waiting, _, _ = knock(door)
    too_late = Instant(NOW + 600)
    _, keeper, ours, theirs = knock(door, number=1, now=too_late)
    assert not [one for one in ours + theirs if isinstance(one, DoorFound | Knocked)]
    assert isinstance(keeper._phase, Silent)
    assert not waiting.may_welcome(too_late)
    with pytest.raises(LocalProtocolError):
        waiting.welcome(b"x", too_late)
    only(waiting.refuse(too_late), Send)


def test_i3_a_door_that_closes_in_the_middle_of_a_knock_lets_nobody_on() -> None:
    door = open_door()
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(door)
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    third = sent(knocker.receive(sent(second), NOW))
    door.close()
    with pytest.raises(RemoteProtocolError, match="closed"):
        keeper.receive(third, NOW)


def test_i3_one_success_closes_the_door_for_everybody_else() -> None:
    door = open_door()
    knock_one, keeper_one, _, _ = knock(door)
    knock_two, keeper_two, _, _ = knock(door, keys=OTHER, number=1)
    knock_one.receive(sent(keeper_one.welcome(b"x", NOW)), NOW)
    assert not keeper_two.may_welcome(NOW)
    with pytest.raises(LocalProtocolError):
        keeper_two.welcome(b"x", NOW)
    assert knock_two.receive(sent(keeper_two.refuse(NOW)), NOW) == [NotWelcomed.REFUSED]
    _, keeper, _, theirs = knock(door, number=2)
    assert isinstance(keeper._phase, Silent)
    assert not [one for one in theirs if isinstance(one, WrongWordsTried)]


def test_i4_a_fake_keeper_of_the_same_name_fails_at_the_second_message() -> None:
    fake = Door(OTHER, nonce=NONCE, secret=WRONG, inviter="Olga", now=NOW)
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(fake)
    first = sent(knocker.receive(sent(keeper.start()), NOW))
    assert sent(keeper.receive(first, NOW)) == b""
    with pytest.raises(RemoteProtocolError):
        knocker.receive(bytes(range(97)), NOW)
    assert knocker.closed() == []


def test_t3_a_replayed_knock_meets_silence() -> None:
    door = open_door()
    keeper = at_the_door(door)
    first = sent(Knocker(NEWCOMER, RIGHT).receive(sent(keeper.start()), NOW))
    again = at_the_door(door, number=1)
    assert again.receive(first, NOW) == [WrongWordsTried(1)]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("position", [0, 17, 31, 33, 60, 90, 300])
def test_t1_a_changed_byte_in_any_transmission_lets_nobody_in(number: int, position: int) -> None:
    def flip(turn: int, data: bytes) -> bytes:
        at = position % len(data)
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        return changed if turn == number else data

    try:
        _, _, ours, theirs = knock(open_door(), tamper=flip)
    except RemoteProtocolError:
        return
    assert not [one for one in ours if isinstance(one, DoorFound)]
    assert not [one for one in theirs if isinstance(one, Knocked)]


def test_t7_a_knock_cut_at_any_byte_gets_nobody_in() -> None:
    lengths: list[int] = []

    def note(turn: int, data: bytes) -> bytes:
        lengths.append(len(data))
        return data

    knock(open_door(), tamper=note)
    assert lengths[:3] == [48, 49, 97]
    for number in (0, 1, 2, 3):
        for length in range(lengths[number]):
            knocker, _, _, theirs = knock(
                open_door(),
                tamper=lambda turn, data, n=number, m=length: data[:m] if turn == n else data,  # type: ignore[misc]
            )
            assert not [one for one in theirs if isinstance(one, Knocked)]
            expected = [NotWelcomed.INTERRUPTED, NotWelcomed.WRONG_WORDS]
            assert knocker.closed() == [expected[number in {1, 2}]]


def test_a_knocker_speaks_only_for_its_own_keys() -> None:
    with pytest.raises(LocalProtocolError):
        Knocker(NEWCOMER, RIGHT, card_of(OTHER))
    with pytest.raises(LocalProtocolError):
        Knocker(NEWCOMER, RIGHT, replace(card_of(NEWCOMER), static=StaticKey(bytes(32))))


def test_t5_nobody_knocks_at_their_own_door() -> None:
    with pytest.raises(RemoteProtocolError, match="own static"):
        knock(open_door(), keys=KEEPER)


def test_a_knocker_that_talks_while_waiting_is_hung_up_on() -> None:
    knocker, keeper, _, _ = knock(open_door())
    phase = knocker._phase
    assert isinstance(phase, knocking.AwaitingAnswer)
    with pytest.raises(RemoteProtocolError):
        keeper.receive(phase.transport.encrypt(b"let me in", NOW), NOW)
    assert isinstance(keeper._phase, Ended)
    assert not keeper.may_welcome(NOW)
    assert keeper.receive(b"anything", NOW) == []


OLGA = Link(PersonId(bytes([7]) * 16), "Olga")


def test_a_device_takes_the_person_it_is_linked_to_and_may_then_be_welcomed() -> None:
    door = open_door()
    knocker, keeper, _, _ = knock(door, links=True)
    taken = knocker.receive(sent(keeper.link(OLGA, NOW)), NOW)
    assert only(taken, LinkedTo).link == OLGA
    assert not keeper.may_welcome(NOW)
    said = sent(taken)
    assert keeper.receive(said[:20], NOW) == []
    linked = only(keeper.receive(said[20:], NOW), Linked)
    expected = replace(card_of(NEWCOMER), person=OLGA.person, person_name=OLGA.person_name)
    assert linked.card == expected
    assert knocker.receive(sent(keeper.welcome(b"x", NOW)), NOW) == [Welcomed(b"x")]


def test_i3_nobody_is_linked_before_a_knock_or_at_a_door_that_closed() -> None:
    door = open_door()
    with pytest.raises(LocalProtocolError, match="nobody at an open door"):
        at_the_door(door).link(OLGA, NOW)
    _, keeper, _, _ = knock(door)
    with pytest.raises(LocalProtocolError, match="nobody at an open door"):
        keeper.link(OLGA, Instant(NOW + 600))
    only(keeper.link(OLGA, NOW), Send)
    with pytest.raises(LocalProtocolError, match="nobody at an open door"):
        keeper.link(OLGA, NOW)


def test_who_answers_a_link_says_one_thing() -> None:
    door = open_door()
    knocker, keeper, _, _ = knock(door, links=True)
    phase = knocker._phase
    assert isinstance(phase, knocking.AwaitingAnswer)
    answer = sent(knocker.receive(sent(keeper.link(OLGA, NOW)), NOW))
    with pytest.raises(RemoteProtocolError, match="one thing"):
        keeper.receive(answer + phase.transport.encrypt(b"and more", NOW), NOW)
    assert isinstance(keeper._phase, Ended)
    assert not keeper.may_welcome(NOW)


def test_a_keeper_that_talks_before_the_knock_is_hung_up_on() -> None:
    knocker = DoorKnocker(NEWCOMER, card_of(NEWCOMER), ephemeral_secret=secret("e"), now=NOW)
    with pytest.raises(RemoteProtocolError):
        knocker.receive(bytes(49), NOW)


@pytest.mark.parametrize("newer_knocks", [True, False])
def test_t6_another_version_is_told_to_both(
    newer_knocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knocking if newer_knocks else pairing, "VERSION", 2)
    knocker, keeper, ours, theirs = knock(open_door())
    assert only(ours, Incompatible).version == (1 if newer_knocks else 2)
    assert only(theirs, Incompatible).version == (2 if newer_knocks else 1)
    assert isinstance(knocker._phase, Ended)
    assert isinstance(keeper._phase, Ended)


@given(st.binary(max_size=500), st.integers(0, 3))
def test_t8_random_bytes_raise_nothing_but_a_remote_error(data: bytes, phase: int) -> None:
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(open_door())
    first = sent(knocker.receive(sent(keeper.start()), NOW)) if phase else b""
    second = sent(keeper.receive(first, NOW)) if phase > 1 else b""
    third = sent(knocker.receive(second, NOW)) if phase > 2 else b""
    if third:
        keeper.receive(third, NOW)
    for machine in (knocker, keeper):
        try:
            effects: Sequence[Any] = machine.receive(data, NOW)
        except RemoteProtocolError:
            continue
        assert not [one for one in effects if isinstance(one, Welcomed | Knocked | DoorFound)]


def test_the_frozen_vectors_still_come_out() -> None:
    make = runpy.run_path(str(VECTORS / "make_handshake_vectors.py"))
    frozen = json.loads((VECTORS / "door.json").read_text(encoding="utf-8"))
    assert make["door_vectors"]() == frozen
