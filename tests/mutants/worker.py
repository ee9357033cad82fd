"""The process that breeds and judges: it says what it does next, because Automerge may end it."""

from __future__ import annotations

import json
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TextIO

from aluna_protocol import lint
from mutants import breeding, judging
from mutants.scenes import Scene

BLOCK = 1000
MEMORY = 2 * 1024**3


@dataclass(slots=True)
class Tally:
    """What became of a number of mutants."""

    mutants: int = 0
    unchanged: int = 0
    waiting: int = 0
    passed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    harmful: list[dict[str, Any]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count *other* too."""
        self.mutants += other.mutants
        self.unchanged += other.unchanged
        self.waiting += other.waiting
        self.passed += other.passed
        self.refused += other.refused
        self.harmful += other.harmful

    def as_json(self) -> str:
        """Return everything counted."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, indent=None)


def judge(seed: str, number: int, tally: Tally) -> None:
    """Breed the mutant *number* of *seed*, judge it and count it."""
    scene, raw = breeding.mutant(random.Random(f"{seed}/{number}"))
    tally.mutants += 1
    if raw == scene.target.raw:
        tally.unchanged += 1
        return
    verdict = judging.verdict(scene, raw)
    match verdict:
        case str():
            tally.refused[verdict] += 1
        case lint.ChangeFacts():
            tally.passed += 1
            reason = _harm(scene, raw, verdict)
            if reason is not None:
                tally.harmful.append(described(seed, number, reason))
        case _:
            tally.waiting += 1


def described(seed: str, number: int, reason: str) -> dict[str, Any]:
    """Return what is needed to look at a mutant again, and to freeze it."""
    scene, raw = breeding.mutant(random.Random(f"{seed}/{number}"))
    return {
        "seed": seed,
        "number": number,
        "scene": scene.name,
        "reason": reason,
        "past": [[bytes(change.actor).hex(), change.raw.hex()] for change in scene.past],
        "actor": bytes(scene.target.actor).hex(),
        "change": raw.hex(),
    }


def _harm(scene: Scene, raw: bytes, facts: lint.ChangeFacts) -> str | None:
    try:
        judging.assert_harmless(scene, raw, facts)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Automerge is no Exception
        return f"{type(error).__name__}: {error}"[:200]
    return None


def work(seed: str, first: int, count: int, skip: Collection[int], out: TextIO) -> None:
    """Judge *count* mutants from *first* on; after each block say on *out* what became of it."""
    for start in range(first, first + count, BLOCK):
        tally = Tally()
        for number in range(start, min(start + BLOCK, first + count)):
            if number not in skip:
                out.write(f"{number}\n")
                judge(seed, number, tally)
        out.write(tally.as_json() + "\n")
        out.flush()


def main() -> None:
    """Work as the arguments say; what Automerge prints goes nowhere."""
    seed, first, count, *skip = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with os.fdopen(os.dup(1), "w", buffering=1) as out:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        work(seed, int(first), int(count), {int(one) for one in skip}, out)


if __name__ == "__main__":
    main()
