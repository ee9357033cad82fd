"""The formal models and their committed results belong together; most of it needs no ProVerif."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import aluna_protocol
from formal import run

ROOT = Path(aluna_protocol.__file__).parent.parent.parent
SPEC = (ROOT / "protocol" / "SPEC.md").read_text(encoding="utf-8")
README = (run.HERE / "README.md").read_text(encoding="utf-8")
MODELS = sorted(run.HERE.glob("*.pv"))
ENDINGS = {
    "reached": "is false.",
    "attack": "is false.",
    "secret": "is true.",
    "holds": "is true.",
    "never": "is true.",
    "hidden": "is true.",
    "told apart": "cannot be proved.",
}
"""What ProVerif says where a model is marked so; for an event reached: "not event(…) is false"."""
MARK = re.compile(r"\(\* = ([\w ]+) \*\)")
FAST = ("session_replay", "safety_words_without_commitment", "safety_words_secret_fitted")


def marks(model: Path) -> list[str]:
    return MARK.findall(model.read_text(encoding="utf-8"))


def results(model: Path) -> list[str]:
    return [line for line in run.committed(model).splitlines() if line.startswith("RESULT ")]


def code(path: Path) -> str:
    """Return a model without its comments, which here never nest."""
    return re.sub(r"\(\*.*?\*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def queries(model: Path) -> int:
    """Count what a model asks: each formula of each query, a weak secret, one equivalence."""
    text = code(model)
    asked = "".join(re.findall(r"^query\b.*?\. *$", text, re.DOTALL | re.MULTILINE))
    formulas = re.findall(r"^  (?:inj-)?(?:event|attacker)\b", asked, re.MULTILINE)
    return len(formulas) + text.count("weaksecret ") + ("choice[" in text)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
def test_every_query_of_a_model_has_an_expectation_and_a_result_that_is_it(model: Path) -> None:
    expected = [ENDINGS[mark] for mark in marks(model)]
    assert len(expected) == queries(model) > 0
    assert len(results(model)) == len(expected)
    for line, ending in zip(results(model), expected, strict=True):
        assert line.endswith(ending), line


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
def test_a_committed_result_is_of_this_very_model_and_its_libraries(model: Path) -> None:
    found = [line for line in run.committed(model).splitlines() if line.startswith("sha256 ")]
    assert found == run.digests(model)


def test_a_changed_model_makes_its_result_stale(tmp_path: Path) -> None:
    copy = tmp_path / "session_replay.pv"
    for path in (run.HERE / "session_replay.pv", *run.libraries(run.HERE / "session_replay.pv")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert run.digests(copy) == run.digests(run.HERE / "session_replay.pv")
    library = run.libraries(copy)[-1]
    library.write_text(library.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert run.digests(copy) != run.digests(run.HERE / "session_replay.pv")


def test_nothing_is_true_for_want_of_a_run() -> None:
    # An equivalence or a guess has no event to reach; its counterpart that fails shows it runs.
    for model in MODELS:
        found = set(marks(model))
        assert "reached" in found or found <= {"hidden", "told apart", "attack"}, model.name


def test_no_result_is_left_of_a_model_that_went() -> None:
    assert {path.stem for path in run.RESULTS.glob("*.txt")} == {one.stem for one in MODELS}


def test_the_readme_says_what_each_model_shows_and_counts_right() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", README, re.MULTILINE))
    assert rows == {one.stem: str(queries(one)) for one in MODELS}


def test_every_section_the_models_cite_exists() -> None:
    sections = set(re.findall(r"^#+ (\d+(?:\.\d+)*) ", SPEC, re.MULTILINE))
    texts = [path.read_text(encoding="utf-8") for path in run.HERE.glob("*.pv*")]
    cited = {
        number for text in texts for number in re.findall(r"SPEC §(\d+(?:\.\d+)*)(?!\d)", text)
    }
    assert cited
    assert cited <= sections


def test_every_weakened_rule_is_in_the_file_and_the_model_it_names() -> None:
    for one in run.weakened():
        assert one.rule in (run.HERE / one.file).read_text(encoding="utf-8"), one.name
        model = run.HERE / one.model
        assert one.file in {one.model, *(path.name for path in run.libraries(model))}, one.name
        # What the weakened protocol loses is something the real one has.
        assert marks(model)[one.query] in {"holds", "never", "hidden"}, one.name


def test_without_proverif_the_runner_says_so_and_does_not_fail() -> None:
    done = subprocess.run(
        [sys.executable, run.HERE / "run.py"],
        env={"PATH": "", "PROVERIF": "no-such-proverif"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "skipped: proverif not found (on PATH or in $PROVERIF)\n"


def test_a_model_that_is_not_there_is_an_error() -> None:
    done = subprocess.run(
        [sys.executable, run.HERE / "run.py", "no-such-model"],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "session_members" in done.stdout


def test_proverif_still_says_what_is_committed() -> None:
    proverif = run.find_proverif()
    if proverif is None:
        pytest.skip("proverif is not on PATH nor in $PROVERIF: make formal runs every model")
    for name in FAST:
        model = run.HERE / f"{name}.pv"
        assert list(run.run(proverif, model).lines) == results(model)
