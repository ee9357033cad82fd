"""What each misdeed comes to in a calm network: who is named for it, and what stays whole."""

from __future__ import annotations

import itertools

import pytest

from aluna_protocol.faults import Fault
from simulator.actions import Action, Deliver, Dial, Join, Plan, Rogue, Run, Start, Stop, Write
from simulator.book import MISDEEDS
from simulator.runs import Outcome, run

ROGUE = "p1d1"
NAMED = {
    "forks_at_the_end": Fault.FORKED,
    "forks_deep_down": Fault.FORKED,
    "forks_from_the_beginning": Fault.FORKED,
    "forks_a_branch": Fault.FORKED,
    "forks_without_end": Fault.TOO_MANY,
    "forks_who_belongs": Fault.FORKED,
    "tells_each_another_story": Fault.FORKED,
    "tells_many_tips": Fault.WITHHELD,
    "tells_logs_without_end": Fault.WITHHELD,
    "sends_a_forged_signature": Fault.FORGED,
    "sends_a_flipped_bit": Fault.FORGED,
    "says_noise": Fault.BROKEN_MESSAGE,
    "says_what_nobody_knows": Fault.BROKEN_MESSAGE,
    "says_a_nest": Fault.BROKEN_MESSAGE,
    "says_too_much_at_once": Fault.BROKEN_MESSAGE,
    "greets_twice": Fault.BROKEN_MESSAGE,
    "names_a_space_not_shared": Fault.BROKEN_MESSAGE,
}
"""What those who see it can prove."""


def calm(what: str, *after: Action, devices: int = 3) -> Outcome:
    """Everybody is in touch and has written; then the second device does *what*, twice."""
    salts = itertools.count(1)
    pairs = itertools.combinations(range(devices), 2)
    actions: list[Action] = [
        *(Dial(next(salts), one, other) for one, other in pairs),
        *(Write(next(salts), device, 0, 20) for device in range(devices)),
        Run(next(salts), 3.0, 0.5),
        *(Write(next(salts), device, 0, 20) for device in range(devices)),
        Run(next(salts), 3.0, 0.5),
        Rogue(next(salts), what),
        Run(next(salts), 3.0, 0.5),
        Rogue(next(salts), what),
        Run(next(salts), 45.0, 1.0),
        *after,
    ]
    return run(plan(*actions, devices=devices))


def plan(*actions: Action, devices: int = 4) -> Plan:
    """Return a plan whose second device is dishonest."""
    return Plan(7, devices, devices, False, 1, (0.0,), actions)


@pytest.mark.parametrize("what", MISDEEDS)
def test_a_misdeed_hurts_nobody_and_names_who_did_it(what: str) -> None:
    outcome = calm(what)
    assert outcome.failure is None, outcome.trace
    assert outcome.seen[f"rogue {what}"] == 2
    assert {name for name, _ in outcome.accused} <= {ROGUE}
    if what in NAMED:
        assert (ROGUE, NAMED[what]) in outcome.accused


def test_every_misdeed_that_can_be_proved_is_in_the_book() -> None:
    assert NAMED.keys() <= set(MISDEEDS)


BURNT = (
    "boxes_a_wrong_key",
    "gives_a_key_away",
    "mints_an_epoch_for_itself",
    "seats_somebody_else_s_device",
)


@pytest.mark.parametrize("what", BURNT)
def test_k6_a_member_alone_cannot_keep_everybody_from_writing(what: str) -> None:
    outcome = calm(what, Write(900, 0, 0, 20), Deliver(901, 50))
    assert outcome.failure is None, outcome.trace
    assert outcome.seen["minted by honest devices"]


def test_k6_words_under_a_key_that_was_boxed_wrongly_for_some_reach_them_all_the_same() -> None:
    """Who got the right one writes under it before those who got a wrong one mint another."""
    actions: tuple[Action, ...] = (
        Dial(130883475171028, 22, 0),
        Run(48495623677184, 1.0, 0.5),
        Rogue(261918415557955, "is_in_two_places"),
        Write(240832812793533, 717, 0, 40000),
        Rogue(80738894647599, "boxes_a_wrong_key"),
    )
    outcome = run(Plan(98, 3, 3, False, 0, (0.0,), actions))
    assert outcome.failure is None, outcome.trace


def test_k6_whom_a_member_let_in_after_giving_the_key_away_can_meet_the_others() -> None:
    """The dishonest device is gone, and nobody else knows whom it let in."""
    actions: tuple[Action, ...] = (
        Rogue(218461121289917, "gives_a_key_away"),
        Join(81750777068246, 113, 1, True),
    )
    outcome = run(Plan(7, 2, 2, False, 1, (0.0,), actions))
    assert outcome.failure is None, outcome.trace


def test_a_member_cannot_keep_the_words_of_others_from_somebody() -> None:
    outcome = run(
        plan(
            Stop(1, 2),
            Write(2, 0, 0, 30),
            Dial(3, 0, 1),
            Run(4, 2.0, 0.5),
            Stop(5, 0),
            Start(6, 1),
            Rogue(7, "sends_nothing_any_more"),
            Dial(8, 0, 1),
            Run(9, 2.0, 0.5),
            Rogue(10, "keeps_the_words_for_itself"),
            Run(11, 2.0, 0.5),
            devices=3,
        )
    )
    assert outcome.failure is None, outcome.trace
