"""Another package under the name of one we need: the program refuses and touches nothing (P1)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aluna_sync import selfcheck
from aluna_sync.errors import AlunaError
from harness.processes import Done, Person, environment

ROOT = Path(__file__).parents[2]
NOT_DONE = 1


def swapped(folder: Path, name: str, version: str, module: str) -> Path:
    """Return a folder that, first on the path, brings another *version* of a package."""
    place = folder / "swapped"
    info = place / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (place / module).mkdir()
    (place / module / "__init__.py").write_text("raise SystemExit('the swapped part ran')\n")
    return place


def run_with(place: Path, one: Person, *arguments: str, lang: str = "en") -> Done:
    env = environment(one.folder, lang)
    env["PYTHONPATH"] = os.pathsep.join([str(place), env["PYTHONPATH"]])
    ran = subprocess.run(
        one.command(*arguments), env=env, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=90, check=False,
    )  # fmt: skip
    return Done(ran.returncode, ran.stdout, ran.stderr)


def test_p1_another_automerge_writes_nothing(people: list[Person], tmp_path: Path) -> None:
    ana = people[0]
    before = (ana.home / "store.db").read_bytes()
    place = swapped(tmp_path, "automerge", "1.0.0rc1", "automerge")
    core = place / "automerge" / "core.py"
    (place / "automerge" / "__init__.py").write_text("")
    core.write_text("def __getattr__(name):\n    return type(name, (), {})\n")
    said = {lang: run_with(place, ana, "add", "event", "x", lang=lang) for lang in ("en", "es")}
    for done in said.values():
        assert done.code == NOT_DONE, done
        assert "Traceback" not in done.err
    assert said["en"].err != said["es"].err
    assert (ana.home / "store.db").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "version", "module"),
    [("automerge", "1.0.0rc1", "automerge"), ("apsw", "3.54.0.0", "plain_apsw")],
)
def test_p1_no_vault_is_made_with_a_part_that_does_not_fit(
    tmp_path: Path, name: str, version: str, module: str
) -> None:
    place = swapped(tmp_path, name, version, module)
    one = Person(tmp_path / "nueva" / "vault")
    one.folder.mkdir()
    done = run_with(place, one, "init", "Semilla", "--as", "Ana", "--device", "laptop")
    assert done.code == NOT_DONE, done
    assert f"{name} {version}" in done.err
    assert not (one.home / "vault").exists()
    assert not (one.home / "store.db").exists()


def test_p1_doctor_names_the_part_that_does_not_fit(people: list[Person], tmp_path: Path) -> None:
    place = swapped(tmp_path, "zeroconf", "0.131.0", "not_used")
    done = run_with(place, people[0], "doctor")
    assert done.code == NOT_DONE
    assert re.search(r"zeroconf: 0\.131\.0 .*0\.150", done.out), done.out


def test_p1_what_is_installed_here_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    # The fuzzers and tests may bring the plain apsw nowhere either.
    assert [part for part in selfcheck.check_parts() if not part.fits] == []
    monkeypatch.setitem(selfcheck.AT_LEAST, "pynacl", "99")
    with pytest.raises(AlunaError) as raised:
        selfcheck.require_parts()
    assert raised.value.code == "wrong-versions"
    assert "pynacl" in str(raised.value.fields["parts"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_p1_every_package_is_installed_by_its_hash(name: str) -> None:
    listed = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in listed.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) > 10
    for line in lines:
        assert re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_p1_the_checks_know_every_package_the_program_runs_on() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[=<>]", one)[0] for one in project["dependencies"]}
    # babel writes catalogues; the running program does not import it.
    assert named - {"babel"} == set(selfcheck.EXACTLY) | set(selfcheck.AT_LEAST)
    assert sys.version_info >= (3, 11)
