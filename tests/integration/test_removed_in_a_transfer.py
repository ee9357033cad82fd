"""T13 by real processes: a removal becomes known while the removed one is being sent a journal."""

from __future__ import annotations

import random
import string
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from aluna_protocol.handshake import CHALLENGE_BYTES
from harness.carrying import carry, read
from harness.processes import (
    PATIENCE_SECONDS,
    Person,
    Running,
    collective_of,
    sync,
    wait_until,
    write,
)
from harness.relay import Relay
from harness.removing import space

RECORDS = 30
LETTERS = 60_000
"""Of chance, so that they do not deflate: 1.4 megabytes in all."""
HALF_WAY = 300_000
LINE_HOLDS = 16 * 1024
ON_ITS_WAY = 4 * LINE_HOLDS
"""What the line may have taken by then; everything else still waits at the sender."""


@dataclass
class Asked:
    """Ana with a long journal wants Bo to go; Cleo has not said yes yet."""

    ana: Person
    bo: Person
    cleo: Person
    request: str


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo")
    rng = random.Random(13)
    with ExitStack() as stack:
        ana, bo, cleo = (stack.enter_context(one.opened()) for one in people)
        for number in range(RECORDS):
            body = "".join(rng.choices(string.ascii_letters + string.digits, k=LETTERS))
            write(ana, f"Nota {number}", body=body)
        ana.seal(ana.collective())
        request = space(ana).remove(bo.person).id.hex()
        carry(ana, cleo)
        read(cleo)
    first, second, third = people
    return Asked(first, second, third, request)


def sync_at(one: Person, node: Running) -> None:
    done = one.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
    assert done.code == 0, (done, node.err)


def knows(one: Person, name: str) -> bool:
    with one.opened() as device:
        return any(peer.person_name == name for peer in device.peers())


@pytest.mark.timeout(180)
def test_t13_who_is_removed_in_the_middle_of_a_transfer_is_sent_nothing_more(asked: Asked) -> None:
    """Neither what waited for the line by then, nor anything when he comes back."""
    half_way, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        half_way.set()
        go_on.wait(2 * PATIENCE_SECONDS)

    relay = Relay(HALF_WAY, hold, LINE_HOLDS)
    with asked.ana.node() as anas, relay, asked.bo.node("--peer", relay.to(anas.address)) as bos:
        assert half_way.wait(PATIENCE_SECONDS)
        bos.wait_json(event="here", person="Ana")
        assert asked.cleo.ask("second", asked.request)["missing"] == 0
        sync_at(asked.cleo, anas)
        wait_until(lambda: not knows(asked.ana, "Bo"), "Ana hears of it")
        _, answered = relay.connections[0]
        before = len(answered)
        go_on.set()
        bos.wait_json(event="gone", person="Ana")
        assert len(answered) - before <= ON_ITS_WAY, "the session ended at once"

        asked.ana.ask("add", "event", "Lo que Bo ya no lee")
        wait_until(lambda: len(relay.connections) > 2, "Bo dials again and again")
        assert anas.process.poll() is None
        assert bos.stop().code == 0
        assert anas.stop().code == 0
    for _, heard in relay.connections[1:]:
        assert len(heard) <= CHALLENGE_BYTES
    assert asked.bo.collective()["records"] < RECORDS
    sync(asked.cleo, asked.ana)
    assert asked.cleo.collective()["records"] == RECORDS + 1
