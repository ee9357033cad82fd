"""The engine process: reads requests, answers, and may die without taking anything along.

Run as `python -m aluna_sync.engine.child` with pipes as standard input and output. Both are moved
away before Automerge is loaded, because it prints there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from aluna_protocol import wire
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine import channel
from aluna_sync.engine.types import DocumentNotOpenError, EngineError

if TYPE_CHECKING:
    from aluna_sync.engine.automerge_door import Contents
    from aluna_sync.engine.core import AutomergeCore

MEMORY_LIMIT = 1024 * 1024 * 1024
"""Beyond what the process takes when empty: a hundred times what honest documents need."""
CPU_SECONDS = 8
"""For one document, on whatever else the machine is busy with: the largest honest one takes two."""
_FLUSH_AT = 4 * 1024
"""Often enough that the parent reads one document while the child applies the next."""
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4


class Answers:
    """Frames on their way to the parent; several small ones leave together."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._held = bytearray()

    def put(self, request: int, kind: str, body: object) -> None:
        """Add one answer to *request*."""
        self._held += channel.frame([request, kind, body])
        if len(self._held) >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        self._pipe.write(self._held)
        self._pipe.flush()
        self._held.clear()


def serve(requests: BinaryIO, answers: Answers, core: AutomergeCore) -> None:
    """Answer every request until the parent closes the pipe."""
    answers.put(0, "ready", None)
    answers.flush()
    while head := requests.read(channel.LENGTH.size):
        (size,) = channel.LENGTH.unpack(head)
        number, verb, body = wire.array(wire.unpack(requests.read(size), channel.MAX_REQUEST), 3)
        allow_time()
        try:
            _answer(core, answers, number, verb, body)
        except DocumentNotOpenError:
            answers.put(number, "not-open", None)
        except EngineError as error:
            answers.put(number, "error", error.code)
        answers.flush()


def _answer(core: AutomergeCore, answers: Answers, number: int, verb: str, body: object) -> None:
    match verb, body:
        case "apply", [bool(tracing), list(jobs)]:
            for place, packed in enumerate(jobs):
                allow_time()
                _apply(core, answers, number, place, channel.read_job(packed), tracing=tracing)
            answers.put(number, "done", None)
        case "edit", [bytes(document), bytes(actor), list(packed), bool(create)]:
            operations = [channel.read_operation(item) for rows in packed for item in rows]
            done = core.edit(DocumentId(document), ActorId(actor), operations, create=create)
            answers.put(number, "edited", channel.edited(done))
        case "view", bytes(document):
            answers.put(number, "view", channel.view(core.view(DocumentId(document))))
        case "view-at", [bytes(document), list(heads)]:
            past = [ChangeHash(wire.octets(head, 32)) for head in heads]
            shown = core.view_at(DocumentId(document), past)
            answers.put(number, "view", channel.view(shown))
        case "history", bytes(document):
            steps = core.history(DocumentId(document))
            answers.put(number, "history", channel.history(steps))
        case _:
            raise EngineError("no-such-request")


def _apply(
    core: AutomergeCore,
    answers: Answers,
    number: int,
    place: int,
    job: channel.Job,
    *,
    tracing: bool,
) -> None:
    from aluna_sync.engine.core import Tracing

    def announce(indexes: tuple[int, ...]) -> None:
        answers.put(number, "next", [place, channel.indexes(indexes)])
        answers.flush()

    traced = Tracing(announce, job.singly) if tracing else None
    try:
        if job.fresh:
            done = core.open(job.document, job.changes, skip=job.skip, tracing=traced)
        else:
            done = core.apply(
                job.document, job.changes, create=job.create, skip=job.skip, tracing=traced
            )
    except EngineError:
        # Not open, or so broken that it must be opened again.
        answers.put(number, "not-open", [place, None])
    else:
        answers.put(number, "applied", [place, channel.applied(done)])


def confine() -> None:
    """Bound memory, leave no core dump, and end with the parent, where the system can."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = Path("/proc/self/statm")
        if pages.exists():
            base = int(pages.read_text().split()[0]) * resource.getpagesize()
            limit = base + MEMORY_LIMIT
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def allow_time() -> None:
    """Let the process compute `CPU_SECONDS` from now on; beyond, the system ends it."""
    with contextlib.suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def private_channel() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes to other descriptors and point the standard ones nowhere."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def main(contents: Callable[[], Contents] | None = None) -> NoReturn:
    """Serve until the parent is done; never returns, and never runs what Python does at exit.

    *contents* replaces Automerge, for tests.
    """
    requests, answers = private_channel()
    code = 0
    try:
        from aluna_sync.engine.automerge_door import AutomergeContents, check_version
        from aluna_sync.engine.core import AutomergeCore

        check_version()
        confine()
        serve(requests, Answers(answers), AutomergeCore(contents or AutomergeContents))
    except MemoryError:
        code = channel.OUT_OF_MEMORY
    except BaseException:
        # Whatever it was, the parent sees the process end; a panic may have broken the rest.
        code = 1
    os._exit(code)


if __name__ == "__main__":
    main()
