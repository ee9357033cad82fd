"""One question to one machine: the bytes of it, an answer, and silence."""

from __future__ import annotations

import asyncio
import socket

import pytest
from zeroconf import DNSIncoming  # type: ignore[attr-defined]

from aluna_sync.node import asking
from aluna_sync.node.asking import ask, question
from aluna_sync.node.interfaces import Interface
from aluna_sync.node.neighbours import SERVICE_TYPE

LO = Interface("lo", "127.0.0.1", 8)


def test_the_question_is_one_any_responder_reads() -> None:
    read = DNSIncoming(question())
    assert read.valid
    assert read.is_query()
    assert [(one.name, one.type) for one in read.questions] == [(SERVICE_TYPE, 12)]
    assert not read.questions[0].unicast


async def test_an_answer_is_heard_and_only_from_who_was_asked() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.setblocking(False)
        there.bind(("127.0.0.1", 0))
        port = there.getsockname()[1]
        asked = asyncio.ensure_future(ask(LO, "127.0.0.1", port))
        said, asker = await asyncio.get_running_loop().sock_recvfrom(there, 9000)
        assert said == question()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"from another", asker)
        there.sendto(b"the answer", asker)
        assert await asked == b"the answer"


async def test_silence_and_a_closed_port_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 0.05)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        port = there.getsockname()[1]
        assert await ask(LO, "127.0.0.1", port) is None
    assert await ask(LO, "127.0.0.1", port) is None
    assert await ask(Interface("eth9", "192.0.2.1", 24), "192.0.2.2") is None
