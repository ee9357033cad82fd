"""`python -m simulator --seeds A..B` runs many worlds; `python -m simulator replay FILE` one."""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

from simulator.actions import from_literal
from simulator.many import Summary, run_many, say
from simulator.runs import run


def replay(path: Path) -> int:
    """Run the plan in a file and say what came of it."""
    plan = from_literal(ast.literal_eval(path.read_text()))
    for number, action in enumerate(plan.actions):
        say(f"{number:4} {action}")
    outcome = run(plan)
    say(outcome.trace or "all held")
    return 1 if outcome.failure else 0


def tell(total: Summary) -> None:
    """Print what was done and seen."""
    say(
        f"{total.seeds} seeds, {total.devices} devices, {total.actions} actions,"
        f" {total.events} events, {total.bytes} bytes on the wire,"
        f" {total.seconds:.0f} s of work, {len(total.failed)} failed"
    )
    for name, count in sorted(total.seen.items()):
        say(f"  {name}: {count}")


def main() -> int:
    """Run what the command line asks for."""
    if sys.argv[1:2] == ["replay"]:
        return replay(Path(sys.argv[2]))
    parser = argparse.ArgumentParser(prog="python -m simulator")
    parser.add_argument("--seeds", default="0..299", help="first and last seed, as A..B")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--state", type=Path, help="goes on from here, and keeps it")
    parser.add_argument("--out", type=Path, default=Path("simulator-failures"))
    asked = parser.parse_args()
    first, last = (int(number) for number in asked.seeds.split(".."))
    total = run_many(first, last, asked.workers, asked.state, asked.out)
    tell(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
