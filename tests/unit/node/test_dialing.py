from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DeviceId, Instant
from aluna_sync.node.dialing import Dialer, Target, patience, pause

HERE = [("192.168.1.9", 4000)]
LOW, HIGH = DeviceId(bytes(32)), DeviceId(b"\xff" * 32)


def at(seconds: float) -> Instant:
    return Instant(1000.0 + seconds)


def test_an_announced_target_is_dialled_at_once() -> None:
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=True)
    assert dialer.due(at(0)) == [Target("a", "192.168.1.9", 4000)]
    assert dialer.next_due() == at(0)


def test_the_lower_device_dials_first_and_the_other_after_two_seconds() -> None:
    assert patience(LOW, HIGH) == 0.0
    assert patience(HIGH, LOW) == 2.0
    assert patience(HIGH, None) == 0.0
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=True, wait=patience(HIGH, LOW))
    assert dialer.due(at(1.9)) == []
    assert [target.key for target in dialer.due(at(2))] == ["a"]


def test_nothing_is_dialled_twice_at_a_time_or_while_connected() -> None:
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=False)
    dialer.dialled("a", at(0))
    assert dialer.due(at(1000)) == []
    dialer.succeeded("a")
    assert dialer.due(at(1000)) == []
    assert dialer.next_due() is None


def test_l2_an_announced_instance_is_dialled_once_in_thirty_seconds() -> None:
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=True)
    dialer.dialled("a", at(0))
    dialer.failed("a", at(1), 0.5)
    assert dialer.due(at(29.9)) == []
    dialer.learn("a", [("192.168.1.10", 1)], at(10), announced=True)
    dialer.retry_now(at(20))
    assert dialer.due(at(29.9)) == []
    assert len(dialer.due(at(30))) == 1


def test_a_typed_address_follows_the_back_off_alone() -> None:
    dialer = Dialer()
    dialer.learn("typed", HERE, at(0), announced=False)
    dialer.dialled("typed", at(0))
    dialer.failed("typed", at(0), 0.5)
    assert dialer.next_due() == at(1)
    dialer.dialled("typed", at(1))
    dialer.failed("typed", at(1), 0.5)
    assert dialer.next_due() == at(3)


def test_who_proved_to_be_somebody_is_dialled_again_soon_when_lost() -> None:
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=True)
    dialer.dialled("a", at(0))
    dialer.succeeded("a")
    dialer.lost("a", at(5), 0.5)
    assert dialer.next_due() == at(6)


def test_l2_at_most_eight_dials_are_half_open() -> None:
    dialer = Dialer()
    for number in range(20):
        dialer.learn(f"{number:02}", HERE, at(number), announced=True)
    first = dialer.due(at(100))
    assert [target.key for target in first] == [f"{number:02}" for number in range(8)]
    for target in first:
        dialer.dialled(target.key, at(100))
    assert dialer.due(at(200)) == []
    assert dialer.next_due() is None
    dialer.failed("03", at(101), 0.0)
    assert [target.key for target in dialer.due(at(101))] == ["08"]


def test_the_addresses_of_a_target_take_turns() -> None:
    dialer = Dialer()
    dialer.learn("a", [("10.0.0.1", 1), ("10.0.0.2", 1)], at(0), announced=False)
    dialled = []
    for second in (0, 10, 20):
        (target,) = dialer.due(at(second))
        dialled.append(target.host)
        dialer.dialled("a", at(second))
        dialer.failed("a", at(second), 0.5)
    assert dialled == ["10.0.0.1", "10.0.0.2", "10.0.0.1"]


def test_what_happens_to_a_forgotten_target_is_ignored() -> None:
    dialer = Dialer()
    dialer.learn("a", HERE, at(0), announced=True)
    dialer.dialled("a", at(0))
    dialer.forget("a")
    dialer.failed("a", at(1), 0.5)
    dialer.succeeded("a")
    dialer.lost("a", at(1), 0.5)
    assert dialer.due(at(1000)) == []


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 1.0), (2, 2.0), (5, 16.0), (9, 256.0), (10, 300.0), (5000, 300.0)]
)
def test_pauses_double_up_to_five_minutes(failures: int, seconds: float) -> None:
    assert pause(failures, 0.5) == seconds


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_jitter_stays_within_a_quarter(failures: int, jitter: float) -> None:
    assert pause(failures, 0.5) * 0.75 <= pause(failures, jitter) <= pause(failures, 0.5) * 1.25


def test_what_somebody_asks_for_again_is_dialled_at_once() -> None:
    dialer = Dialer()
    dialer.learn("typed", [("10.0.0.7", 4000)], Instant(0.0), announced=False)
    for at in (0.0, 10.0, 30.0):
        dialer.dialled("typed", Instant(at))
        dialer.failed("typed", Instant(at), 0.5)
    assert dialer.due(Instant(31.0)) == []
    dialer.retry("typed", Instant(31.0))
    assert [target.key for target in dialer.due(Instant(31.0))] == ["typed"]
    dialer.retry("unknown", Instant(31.0))
