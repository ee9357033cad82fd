"""A peer that is sent more than it acknowledges."""

from __future__ import annotations

from aluna_protocol import entry
from aluna_protocol.entry import Entry, Part
from aluna_protocol.hub_events import EntriesWritten
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head, Lane, LogId
from aluna_protocol.messages import Want
from harness.pair import Pair

DOCUMENT = DocumentId(bytes([5]) * 16)


def quiet(pair: Pair) -> None:
    """Bo neither stores nor acknowledges any more what he is sent."""
    pair.bo.hub.exchange.taking.batch = lambda *_: []  # type: ignore[method-assign]


def long_log(pair: Pair, count: int = 40) -> LogId:
    """Ana wrote far more than fits the window."""
    quiet(pair)
    log = LogId(pair.space, pair.ana.keys.device, 7, Lane.CONTENT)
    replica = pair.ana.hub.directory.replicas[pair.space]
    key = next(iter(pair.ana.epoch_keys[pair.space].values()))
    written: list[Entry] = []
    head = replica.head(log)
    for number in range(count):
        part = Part(DOCUMENT, (pair.network.rng.randbytes(60_000),))
        salt = number.to_bytes(16, "big")
        one = entry.seal_changes(pair.ana.keys, log, head, replica.control_heads, key, [part], salt)
        written.append(one)
        head = Head(one.header.height, one.hash)
    pair.ana._keep(written)
    pair.ana.handle(EntriesWritten(tuple(written)))
    pair.network.run_until_quiet()
    return log


def want(pair: Pair, log: LogId, after: Head = EMPTY_LOG) -> None:
    tip = pair.ana.hub.directory.replicas[pair.space].head(log)
    pair.say(Want(pair.tag, ((log.device, log.incarnation, log.lane, after, tip),)))
