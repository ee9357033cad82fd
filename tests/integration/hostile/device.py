"""A member's device of ours, changed to do harm: `device.py HOME BEHAVIOUR RECORD PEER…`.

It has a real vault, a real seat and real keys, and speaks the protocol well until its behaviour
says otherwise. Every behaviour is one function. RECORD is one of somebody else's, in hex.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

from aluna_protocol import messages
from aluna_protocol.hub_events import SendBytes
from aluna_protocol.ids import ActorId, DocumentId, EntryHash, Head, Instant
from aluna_protocol.session import Session
from aluna_sync.device import Device
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import Put
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import Node, NodeOptions
from aluna_sync.node.connections import now
from aluna_sync.node.transport import Connection, ConnectionLostError

Said = Callable[[Session, messages.Message, Instant], SendBytes]
Behaviour = Callable[[Device, Node], Coroutine[None, None, None]]
AT_A_TIME = 200
"""Messages of a flood between two looks at what comes in."""
FAR = 1_000_000


def through(change: Callable[[Session, messages.Message], Iterator[messages.Message]]) -> None:
    """Let everything this device says pass *change*, which yields what is said instead."""
    honest: Said = Session.say

    def say(self: Session, message: messages.Message, now: Instant) -> SendBytes:
        sealed = [honest(self, one, now).data for one in change(self, message)]
        return SendBytes(self.connection, b"".join(sealed))

    Session.say = say  # type: ignore[method-assign]


async def idle(_device: Device, _node: Node) -> None:
    """Do what the changed sentences do, and nothing more."""
    await asyncio.Event().wait()


async def lie_high(device: Device, node: Node) -> None:
    """Claim to hold a million entries more of every log than it does."""

    def change(_session: Session, message: messages.Message) -> Iterator[messages.Message]:
        if isinstance(message, messages.Have):
            rows = tuple(
                (who, incarnation, lane, Head(head.height + FAR, EntryHash(os.urandom(32))))
                for who, incarnation, lane, head in message.logs
            )
            message = replace(message, logs=rows)
        yield message

    through(change)
    await idle(device, node)


async def withhold(device: Device, node: Node) -> None:
    """Tell truly what it holds and never send any of it."""

    def change(_session: Session, message: messages.Message) -> Iterator[messages.Message]:
        yield messages.Ping() if isinstance(message, messages.Batch) else message

    through(change)
    await idle(device, node)


async def replay(device: Device, node: Node) -> None:
    """Say every batch two thousand times."""

    def change(_session: Session, message: messages.Message) -> Iterator[messages.Message]:
        times = 2_000 if isinstance(message, messages.Batch) else 1
        for _ in range(times):
            yield message

    through(change)
    await idle(device, node)


async def forge(device: Device, node: Node) -> None:
    """Spoil the signature of what others wrote and this device passes on."""

    def change(_session: Session, message: messages.Message) -> Iterator[messages.Message]:
        if isinstance(message, messages.Batch) and message.device != device.device:
            *links, last = message.links
            spoilt = last.signature[:-1] + bytes([last.signature[-1] ^ 1])
            message = replace(message, links=(*links, replace(last, signature=spoilt)))
        yield message

    through(change)
    await idle(device, node)


async def flood(_device: Device, node: Node) -> None:
    """Say things as fast as the connection takes them, and again to who hung up and comes back."""
    while True:
        for session in node.hub.sessions:
            with contextlib.suppress(ConnectionLostError):
                await _flood_once(node, session)
        await asyncio.sleep(0)


async def _flood_once(node: Node, session: Session) -> None:
    connection = _connection(node, session)
    if connection is None:
        return
    said: list[messages.Message] = [messages.Ping()]
    shared = session.shared.values()  # of another space a single word would be a broken message
    said += [messages.Presence(tag, None) for tag in map(session.our_tag, shared)]
    for message in said * AT_A_TIME:
        connection.write(session.say(message, now()).data)
    await connection.drain()


def _connection(node: Node, session: Session) -> Connection | None:
    connections = node._connections
    link = None if connections is None else connections.links.get(session.connection)
    return None if link is None else link.connection


async def garbage(_device: Device, node: Node) -> None:
    """Say noise, well sealed, again on every new session."""
    done: set[int] = set()
    while True:
        for session in node.hub.sessions:
            connection = _connection(node, session)
            if connection is not None and session.connection not in done:
                done.add(session.connection)
                with contextlib.suppress(ConnectionLostError):
                    connection.write(session.transport.encrypt(b"\x93" + os.urandom(200), now()))
        await asyncio.sleep(0.01)


async def spoil(device: Device, node: Node) -> None:
    """Write changes the lint refuses: noise, another's actor, another document's change."""
    space = device.collective()
    victim = DocumentId(bytes.fromhex(sys.argv[3]))
    raw = await squatted(device, victim)
    with device.store.transaction():
        for change in (b"\x85\x6f\x4a\x83" + bytes(60), raw):
            device.store.log.add_pending(space, victim, change)
    node.seal()
    await idle(device, node)


async def squatted(device: Device, document: DocumentId) -> bytes:
    """Return a change that claims to be the next one of whoever began *document*."""
    view = await device.opener.reopen(document)
    assert view is not None
    engine = InProcessEngine()
    changes = [one.change for one in device.opener.placed(document)]
    await engine.open(document, changes)
    edited = await engine.edit(document, ActorId(view.actors[0]), [Put("l/state", '"stolen"')])
    return edited.change


async def kill_engine(device: Device, node: Node) -> None:
    """Write a change that breaks the engine of whoever merges it (theirs is made to)."""
    victim = DocumentId(bytes.fromhex(sys.argv[3]))
    await device.edit(victim, [SetText("title", "PANIC en persona")])
    await idle(device, node)


BEHAVIOURS: dict[str, Behaviour] = {
    one.__name__: one
    for one in (idle, lie_high, withhold, replay, forge, flood, garbage, spoil, kill_engine)
}


async def run(home: Path, behaviour: str, peers: list[str]) -> None:
    """Be a member until killed."""
    os.nice(10)  # the harm has to come by the network, not by taking this machine's time
    secret = Path(os.environ["ALUNA_PASSPHRASE_FILE"]).read_text().strip()
    device = unlock(home, secret, engine=InProcessEngine(), turn=asyncio.Lock())
    places = tuple((host, int(port)) for host, _, port in (one.rpartition(":") for one in peers))
    node = Node(device, NodeOptions(listen=None, lan=False, peers=places))
    harm = BEHAVIOURS[behaviour]
    async with node.running(), asyncio.TaskGroup() as tasks:
        tasks.create_task(harm(device, node))
        print("ready", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[4:]))
