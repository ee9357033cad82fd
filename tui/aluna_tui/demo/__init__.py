"""`aluna demo`: three devices of an invented collective, as real processes, in under a minute."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from aluna_sync.door_words import words_for
from aluna_sync.errors import ExitCode
from aluna_tui.demo import cast
from aluna_tui.demo.ground import HOSTS, Ground, choose_ground
from aluna_tui.demo.member import Member, end_nodes
from aluna_tui.demo.program import StepFailedError
from aluna_tui.demo.story import STEPS, Step, Story
from aluna_tui.demo.teller import Teller, amount, seconds
from aluna_tui.texts import _, language

_PASSPHRASE_WORDS: Final = 4


def main(
    as_json: bool, plain: bool, *, loopback: bool = False, steps: Sequence[Step] = STEPS
) -> int:
    """Tell the story and return the exit code: 0 when every step did what it says.

    *loopback*: stay on 127.0.0.1 even where network namespaces are possible.
    """
    teller = Teller(as_json=as_json, plain=plain)
    began = time.monotonic()
    with _ended_by_signals(), tempfile.TemporaryDirectory(prefix="demo-") as folder:
        try:
            ground = choose_ground(Path(folder), loopback=loopback)
        except OSError as error:
            teller.trouble(
                [_("The place for the story could not be made: {reason}").format(reason=error)]
            )
            return ExitCode.NOT_DONE
        with ground:
            teller.heading(_("Three devices, one journal"))
            for sentence in ground.words():
                teller.line(sentence)
            story = _prepared(Path(folder), ground, teller)
            try:
                well = _tell(story, steps)
                if well and not as_json:
                    _say_end(teller, time.monotonic() - began, ground)
                    if sys.stdin.isatty() and sys.stdout.isatty():
                        _offer_screens(story)
            finally:
                end_nodes(story.members)
    return ExitCode.DONE if well else ExitCode.NOT_DONE


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn the signals that end a program into what Ctrl+C does: everything is cleared away."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _prepared(folder: Path, ground: Ground, teller: Teller) -> Story:
    indices = [secrets.randbelow(2048) for _word in range(_PASSPHRASE_WORDS)]
    words = " ".join(words_for(indices, language()))
    passphrase = folder / "passphrase"
    with os.fdopen(os.open(passphrase, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(f"{words}\n")
    first, second, third = (
        Member(person, device, host, folder / host, passphrase, ground)
        for person, device, host in zip(cast.PEOPLE, cast.device_names(), HOSTS, strict=True)
    )
    return Story(ground, (first, second, third), teller, folder, words)


def _tell(story: Story, steps: Sequence[Step]) -> bool:
    """Take the steps until one fails, and return whether none did."""
    told: list[dict[str, object]] = []
    for number, (name, title, act) in enumerate(steps, start=1):
        story.teller.heading(f"{number}. {_(title)}")
        began, before = time.monotonic(), story.ground.carried()
        failed: StepFailedError | None = None
        try:
            act(story)
        except StepFailedError as error:
            failed = error
        took = time.monotonic() - began
        told.append({"name": name, "seconds": round(took, 3), "ok": failed is None})
        if failed is not None:
            story.teller.trouble(
                [_("This step failed: {what}").format(what=failed.what), *failed.heard.splitlines()]
            )
            break
        carried = amount(story.ground.carried() - before)
        story.teller.line(
            _("Took {time}; {bytes} bytes were sent.").format(time=seconds(took), bytes=carried)
        )
    well = all(step["ok"] for step in told)
    story.teller.json({"steps": told, "ok": well})
    return well


def _say_end(teller: Teller, took: float, ground: Ground) -> None:
    teller.heading(
        _("All steps did what they promise, in {time}; {bytes} bytes were sent in all.").format(
            time=seconds(took), bytes=amount(ground.carried())
        )
    )


def _offer_screens(story: Story) -> None:
    """Ask whether to look around on one of the devices, and open its screens."""
    first = story.members[0]
    question = _("Enter opens the screens of {person}'s device; “no” ends: ")
    sys.stdout.write("\n" + question.format(person=first.person))
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if answer.strip() or not answer:
        return
    if first.node is not None:
        first.node.stop()
    first.open_screens()
