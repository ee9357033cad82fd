"""From a seed to a plan: who is there, and what happens to them. Nothing is executed here."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from simulator import actions
from simulator.actions import Action, Plan

TEN_YEARS = 10 * 365.25 * 86_400
DELAYS = (0.0, 0.01, 0.3, 3.0)
ROGUE_SHARE = 0.5
LARGE_EVERY = 50
"""Every so many seeds have a world of twenty to fifty devices."""


def draw(seed: int, rogue_does: tuple[str, ...]) -> Plan:
    """Return the plan of *seed*; a rogue chooses from *rogue_does*."""
    rng = Random(f"plan {seed}")
    large = seed % LARGE_EVERY == LARGE_EVERY - 1
    devices = rng.randint(20, 50) if large else rng.choice((2, 2, 3, 3, 4, 4, 5, 6, 7, 8))
    length = rng.randint(20, 40) if large else rng.choice((6, 12, 20, 30, 45, 60))
    rogue = None
    if rogue_does and devices > 2 and rng.random() < ROGUE_SHARE:
        rogue = rng.randrange(devices)
    # A few things at a time, so that a run is about something.
    menu = _menu(rng, devices, rogue_does if rogue is not None else ())
    return Plan(
        seed=seed,
        devices=devices,
        persons=devices if rng.random() < 0.6 else max(2, devices // 2),
        circle=devices > 2 and rng.random() < 0.4,
        rogue=rogue,
        clocks=tuple(
            rng.choice((0.0, 0.0, rng.uniform(-7200, 7200), rng.uniform(-TEN_YEARS, TEN_YEARS)))
            for _ in range(min(devices, 8))
        ),
        actions=tuple(_begin(rng, devices)) + tuple(rng.choice(menu)() for _ in range(length)),
    )


def _begin(rng: Random, devices: int) -> list[Action]:
    """Return the first actions: somebody writes, some are in touch."""
    some = rng.randint(1, devices)
    return [
        actions.Write(_salt(rng), rng.randrange(64), 0, rng.randrange(60)),
        *(actions.Dial(_salt(rng), rng.randrange(64), rng.randrange(64)) for _ in range(some)),
        actions.Run(_salt(rng), 1.0, 0.5),
    ]


def _salt(rng: Random) -> int:
    return rng.getrandbits(48)


def _menu(rng: Random, devices: int, rogue_does: tuple[str, ...]) -> list[Callable[[], Action]]:
    """Return what may happen in this run, often what is there often."""

    def number() -> int:
        return rng.randrange(840)

    def agree(where: int) -> Action:
        return actions.Agree(_salt(rng), number(), number(), number(), where)

    always: list[Callable[[], Action]] = [
        lambda: actions.Write(_salt(rng), number(), rng.choice((0, 0, 0, 1, 2)), _letters(rng)),
        lambda: actions.Write(_salt(rng), number(), 0, _letters(rng)),
        lambda: actions.Edit(_salt(rng), number(), number(), number()),
        lambda: actions.Edit(_salt(rng), number(), number(), number()),
        lambda: actions.Dial(_salt(rng), number(), number()),
        lambda: actions.Dial(_salt(rng), number(), number()),
        lambda: actions.Run(_salt(rng), rng.choice((0.3, 1.0, 3.0)), 0.25),
        lambda: actions.Run(_salt(rng), rng.choice((1.0, 3.0, 10.0)), 0.5),
        lambda: actions.Deliver(_salt(rng), rng.randrange(1, 40)),
    ]
    themes: list[list[Callable[[], Action]]] = [
        [
            lambda: actions.Break(_salt(rng), number(), rng.random()),
            lambda: actions.Tamper(_salt(rng), number(), rng.randrange(3)),
            lambda: actions.Weather(_salt(rng), rng.choice(DELAYS), rng.randrange(4)),
            lambda: actions.Stranger(_salt(rng), number(), rng.randrange(3)),
        ],
        [
            lambda: actions.Partition(_salt(rng), rng.randint(2, 3), rng.random() < 0.5),
            lambda: actions.Heal(_salt(rng)),
            lambda: actions.Run(_salt(rng), rng.choice((30.0, 120.0)), 2.0),
        ],
        [
            lambda: actions.Crash(
                _salt(rng), number(), rng.choice((0, 0, 1, 2, 3, 5, 9)), rng.random(),
                rng.random() < 0.3,
            ),
            lambda: actions.Start(_salt(rng), number()),
            lambda: actions.Stop(_salt(rng), number()),
            lambda: actions.Start(_salt(rng), number()),
        ],
        [
            lambda: actions.BackUp(_salt(rng), number()),
            lambda: actions.Restore(_salt(rng), number(), number()),
            lambda: actions.Write(_salt(rng), number(), 0, 40_000),
        ],
        [
            lambda: actions.Advertise(_salt(rng), number(), rng.choice((1, 1, 2))),
            lambda: actions.Replayed(_salt(rng), number()),
            lambda: actions.Introduce(_salt(rng), number(), number()),
        ],
        [
            lambda: actions.Join(_salt(rng), number(), rng.choice((0, 0, 1)), rng.random() < 0.3),
            lambda: actions.Introduce(_salt(rng), number(), number()),
            lambda: actions.Carry(_salt(rng), number(), number(), rng.randrange(2), 64),
        ],
        [
            lambda: actions.Carry(
                _salt(rng), number(), number(), rng.randrange(2), rng.choice((1, 3, 64))
            ),
            lambda: actions.Present(_salt(rng), number(), number()),
            lambda: actions.Run(_salt(rng), rng.choice((700.0, 50_000.0)), 60.0),
        ],
        [
            *[lambda: agree(rng.randrange(2) * rng.randrange(2))] * 4,
            lambda: actions.Again(_salt(rng), number(), number()),
        ],
        [
            lambda: actions.Circle(_salt(rng), number(), number(), rng.random() < 0.5),
            lambda: agree(1),
            lambda: actions.Write(_salt(rng), number(), 1 + 3 * rng.randrange(3), _letters(rng)),
            lambda: actions.Share(_salt(rng), number(), number(), number()),
        ],
        [
            lambda: actions.TakeBack(_salt(rng), number(), number()),
            lambda: actions.Share(_salt(rng), number(), number(), number()),
            lambda: actions.Edit(_salt(rng), number(), number(), number()),
        ],
        [
            lambda: actions.Bundle(
                _salt(rng), number(), number(), rng.choice((1.0, 1.0, 1.0, rng.random()))
            ),
            lambda: actions.Folder(_salt(rng), number(), number()),
        ],
    ]  # fmt: skip
    if devices > 10:
        del themes[5]
    chosen = rng.sample(themes, rng.randint(1, 4))
    menu = always + [one for theme in chosen for one in theme]
    if rogue_does:
        does = rng.sample(rogue_does, min(len(rogue_does), rng.randint(1, 4)))
        menu += [lambda: actions.Rogue(_salt(rng), rng.choice(does))] * rng.randint(2, 6)
    return menu


def _letters(rng: Random) -> int:
    return rng.choice((0, 20, 60, 60, 200, 3_000))
