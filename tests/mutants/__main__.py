"""`python -m mutants [count] [--seed S] [--first N] [--json FILE]`, with tests/ on the path."""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from pathlib import Path

from mutants.running import run
from mutants.worker import BLOCK, Tally

MILLION = 1_000_000
SEED = "aluna"


def main(arguments: list[str]) -> int:
    """Run, say how it goes, and return 1 if a mutant did harm."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=MILLION)
    parser.add_argument("--seed", default=SEED)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where everything counted is written")
    asked = parser.parse_args(arguments)
    started = time.monotonic()

    def progress(total: Tally) -> None:
        if total.mutants % (10 * BLOCK) < BLOCK:
            spent = time.monotonic() - started
            _say(
                f"{total.mutants:>10,} mutants, {total.passed:,} passed the lint, "
                f"{len(total.harmful)} harmful, {spent:.0f} s"
            )

    total = run(asked.seed, asked.first, asked.count, progress)
    _say(table(total, asked.seed, asked.first))
    if asked.json:
        asked.json.write_text(total.as_json() + "\n")
    return 1 if total.harmful else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(total: Tally, seed: str, first: int) -> str:
    """Return a summary in Markdown."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        f"{day}, seed `{seed}`, numbers {first:,} to {first + total.mutants - 1:,}:",
        "",
        "| what | mutants |",
        "|---|---:|",
        f"| bred | {total.mutants:,} |",
        f"| the same bytes as before | {total.unchanged:,} |",
        f"| refused | {sum(total.refused.values()):,} |",
        f"| waiting for a past that never comes | {total.waiting:,} |",
        f"| passed, given to Automerge | {total.passed:,} |",
        f"| harmful | {len(total.harmful):,} |",
        "",
        "| refused because | mutants |",
        "|---|---:|",
        *(f"| {reason} | {count:,} |" for reason, count in total.refused.most_common()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
