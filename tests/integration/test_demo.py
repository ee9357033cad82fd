"""`aluna demo` tells its story with real processes, and says so when a step does not hold."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aluna_tui.demo import cast, main, search
from aluna_tui.demo.capture import streams
from aluna_tui.demo.relay import Record, Relay
from aluna_tui.demo.story import STEPS, Step, Story
from aluna_tui.texts import use_language
from integration.namespaces import available

REASON = available()
NAMES = [name for name, _title, _act in STEPS]
NOTHING_READABLE: Step = STEPS[-1]
LOOPBACK = "import sys; from aluna_tui.demo import main; sys.exit(main(True, True, loopback=True))"


@pytest.fixture(autouse=True)
def speaks_english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("es")


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder), "ALUNA_LANG": "en"}


def tell(program: list[str], folder: Path) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, *program],
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert list(folder.iterdir()) == []
    value: dict[str, Any] = json.loads(told.stdout)
    return value


@pytest.mark.namespaces
@pytest.mark.skipif(REASON is not None, reason=f"NOT TESTED, three machines: {REASON}")
def test_the_story_holds_on_three_machines_and_leaves_nothing(tmp_path: Path) -> None:
    told = tell(["-m", "aluna_tui", "--json", "demo"], tmp_path)
    assert told["ok"] is True
    assert [(step["name"], step["ok"]) for step in told["steps"]] == [(n, True) for n in NAMES]
    assert all(step["seconds"] >= 0 for step in told["steps"])


@pytest.mark.slow
def test_the_story_holds_on_loopback_and_leaves_nothing(tmp_path: Path) -> None:
    told = tell(["-c", LOOPBACK], tmp_path)
    assert told["ok"] is True
    assert [(step["name"], step["ok"]) for step in told["steps"]] == [(n, True) for n in NAMES]


def test_ctrl_c_ends_everything_and_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "aluna_tui", "demo"],
        env=environment(tmp_path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as telling:
        assert telling.stdout is not None
        assert telling.stderr is not None
        for line in telling.stdout:
            if line.startswith("2."):
                telling.send_signal(signal.SIGINT)
        assert telling.wait(30) == 130
        assert "Traceback" not in telling.stderr.read()
    assert list(tmp_path.iterdir()) == []


# -- one step at a time ----------------------------------------------------------------------------


def tell_steps(*steps: Step) -> int:
    return main(True, True, loopback=True, steps=steps)


def step(act: Callable[[Story], None]) -> Step:
    return ("made-up", "Made up", act)


def test_where_nothing_was_written_the_last_step_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell_steps(NOTHING_READABLE) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_a_title_readable_on_a_disk_makes_the_story_fail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def leak(story: Story) -> None:
        text = cast.van().title.upper().encode("utf-16-le")
        (story.members[1].folder / "tmp" / "left-behind").write_bytes(bytes(100) + text)

    assert tell_steps(step(leak), NOTHING_READABLE) == 1
    said = capsys.readouterr()
    assert [one["ok"] for one in json.loads(said.out)["steps"]] == [True, False]
    assert "workshop (tmp/left-behind)" in said.err


def test_a_name_readable_in_the_traffic_makes_the_story_fail(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tell_steps(step(lambda story: story.ground.send("Amaranta")), NOTHING_READABLE) == 1
    assert "Amaranta (the traffic)" in capsys.readouterr().err


def test_a_search_that_finds_nothing_makes_the_story_fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "readable", lambda _data, _words: [])
    assert tell_steps(NOTHING_READABLE) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_a_command_that_fails_ends_the_story_with_what_it_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask_too_early(story: Story) -> None:
        story.members[0].run("list")

    assert tell_steps(step(ask_too_early), NOTHING_READABLE) == 1
    said = capsys.readouterr()
    steps = json.loads(said.out)["steps"]
    assert [(one["name"], one["ok"]) for one in steps] == [("made-up", False)]
    assert "aluna list → 1" in said.err
    assert "vault" in said.err
    assert "Traceback" not in said.err


# -- the parts -------------------------------------------------------------------------------------


def test_words_are_found_however_they_are_written(tmp_path: Path) -> None:
    words = search.canaries(["Ñandú y mazorca", "Sí"])
    assert words == ["Ñandú y mazorca", "mazorca", "Sí"]
    for text in ("MAZORCA", "Mazorca", "ñandu y mazorca"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert "mazorca" in search.readable(b"\x00\xff" + text.encode(encoding), words)
    (tmp_path / "mazorca.wal").write_bytes(b"nothing")
    searched = search.search_folder(tmp_path, words)
    assert searched == search.Searched(1, 7, {"mazorca": "mazorca.wal"})
    assert search.readable("pájaro y maíz".encode(), words) == []


def frame(payload: bytes, port: int = 4000) -> bytes:
    segment = struct.pack("!HHIIBBHHH", port, 5000, 0, 0, 5 << 4, 0, 0, 0, 0) + payload
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0, b"abcd", b"e")
    return bytes(12) + b"\x08\x00" + packet + segment


def test_a_word_that_two_frames_share_is_put_together() -> None:
    padding = bytes(6)
    frames = [frame(b"cana"), frame(b"other", 4001), frame(b"ry") + padding, b"\0" * 60, b""]
    assert sorted(streams(frames)) == [b"canary", b"other"]


def test_a_cut_cable_keeps_what_was_sent_until_it_is_whole_again() -> None:
    record = Record()
    with socket.create_server(("127.0.0.1", 0)) as listening, Relay(record) as relay:
        relay.lead_to(listening.getsockname())
        with socket.create_connection(relay.address, 5) as near:
            far, _address = listening.accept()
            with far:
                far.settimeout(5)
                near.sendall(b"one")
                assert far.recv(9) == b"one"
                relay.cut()
                near.sendall(b"two")
                far.settimeout(0.1)
                with pytest.raises(TimeoutError):
                    far.recv(9)
                far.settimeout(5)
                relay.join()
                assert far.recv(9) == b"two"
                far.sendall(b"three")
                near.settimeout(5)
                assert near.recv(9) == b"three"
    assert sorted(record.streams()) == [b"onetwo", b"three"]
