"""What a corpus reaches: replays it under coverage and prints lines and branches by module."""

# ruff: noqa: T201 -- a program for the terminal
from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import coverage


def measure(corpus: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return covered and all lines, covered and all branches, by module of the core."""
    measured = coverage.Coverage(
        data_file=None, branch=True, source_pkgs=["aluna_protocol"], config_file=False
    )
    measured.start()
    from fuzz.targets import TARGETS, attempt

    for name, target in TARGETS.items():
        for path in sorted((*(corpus / name).iterdir(), *(corpus / f"{name}.seeds").iterdir())):
            attempt(target, path.read_bytes()[: target.max_bytes])
    measured.stop()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        measured.json_report(outfile=str(report), ignore_errors=True)
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    found = {}
    for file, data in files.items():
        module = ".".join(Path(file).with_suffix("").parts).rpartition("aluna_protocol.")[2]
        numbers = data["summary"]
        found[module] = (
            numbers["covered_lines"],
            numbers["num_statements"],
            numbers["covered_branches"],
            numbers["num_branches"],
        )
    return found


def main() -> None:
    """Print the table for the corpus named."""
    for module, numbers in sorted(measure(Path(sys.argv[1])).items()):
        lines, all_lines, branches, all_branches = numbers
        if all_lines:
            shown = f"{lines:5}/{all_lines:<5} lines  {branches:5}/{all_branches:<5} branches"
            print(f"{module:24} {shown}")


if __name__ == "__main__":
    main()
