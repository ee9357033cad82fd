"""SPEC §5.3, §5.7, §7 and §14: runs, and which key is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nacl import bindings

from independent.belonging import Act
from independent.belonging import Space as Belonging
from independent.encoding import (
    agree,
    array,
    blake2b,
    kind_of,
    octets,
    open_x,
    refuse,
    unpack_canonical,
)
from independent.entries import NOTHING, Entry
from independent.operations import MAX_CONTROL_BODY, check_proof, read_membership


@dataclass(frozen=True)
class Complaint:
    """§7.4."""

    epoch: bytes
    entry: bytes


@dataclass(frozen=True)
class Keys:
    """§7.2 or §7.3; *epoch* is None in a share."""

    epoch: bytes | None
    boxes: tuple[tuple[bytes, bytes, bytes], ...]
    """Epoch, device, box."""


def read_epochs(body: bytes) -> Keys | Complaint:
    """§7.2, §7.3 and §7.4."""
    kind, items = kind_of(unpack_canonical(body, MAX_CONTROL_BODY))
    if kind == 0 and len(items) == 2:
        epoch = octets(items[0], 32)
        pairs = [array(one, 2) for one in array(items[1], at_most=1024)]
        return Keys(epoch, tuple((epoch, octets(d, 32), octets(b, 112)) for d, b in pairs))
    if kind == 2 and len(items) == 2:
        return Complaint(octets(items[0], 32), octets(items[1], 32))
    if kind != 1 or len(items) != 1:
        refuse("unknown epoch operation")
    triples = [array(one, 3) for one in array(items[0], at_most=1024)]
    return Keys(None, tuple((octets(e, 32), octets(d, 32), octets(b, 112)) for e, d, b in triples))


def open_box(secret: bytes, sealed: bytes) -> bytes:
    """§3.3."""
    if len(sealed) < 48:
        refuse("box too short")
    ephemeral, static = sealed[:32], bytes(bindings.crypto_scalarmult_base(secret))
    shared = agree(secret, ephemeral)
    key = blake2b(ephemeral + static, key=shared, person="aluna-box-v1")
    return open_x(key, bytes(24), sealed[32:])


def open_epoch_key(
    secret: bytes, space: bytes, epoch: bytes, author: bytes, recipient: bytes, sealed: bytes
) -> bytes:
    """§7.1."""
    plain = open_box(secret, sealed)
    if plain[32:] != blake2b(space + epoch + author + recipient, person="aluna-keybox-v1"):
        refuse("epoch key boxed for another place")
    if blake2b(plain[:32], person="aluna-epoch-v1") != epoch:
        refuse("box holds another key than it names")
    return plain[:32]


# -- epochs --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyAct:
    """An epoch entry in its place; *as_keeper* is None where its signer was no member."""

    id: bytes
    parents: frozenset[bytes]
    signer: bytes
    keys: Keys | Complaint
    as_keeper: bool | None


def active_epoch(acts: list[KeyAct], members: frozenset[bytes]) -> bytes | None:
    """§7.5, rules 1 to 4."""
    by_id = {act.id: act for act in acts}

    def chain(act: KeyAct) -> int:
        before = [chain(by_id[parent]) for parent in act.parents]
        return max(before, default=0) + (act in minting)

    minting = [
        act
        for act in acts
        if isinstance(act.keys, Keys) and act.keys.epoch and act.as_keeper is not None
    ]
    eligible = []
    for epoch in {act.keys.epoch for act in minting if isinstance(act.keys, Keys)}:
        own = [act for act in minting if isinstance(act.keys, Keys) and act.keys.epoch == epoch]
        exposure = {act.signer for act in own}
        for act in acts:
            if isinstance(act.keys, Keys) and (act in minting or act.keys.epoch is None):
                exposure |= {device for name, device, _ in act.keys.boxes if name == epoch}
        if exposure <= members and epoch not in _bad(acts, chain):
            by_keeper = any(act.as_keeper for act in own)
            eligible.append((not by_keeper, -max(map(chain, own)), epoch))
    return min(eligible)[-1] if eligible else None


def _bad(acts: list[KeyAct], chain: Callable[[KeyAct], int]) -> set[bytes | None]:
    """§7.4: of each device the first complaint."""
    first: dict[bytes, tuple[int, bytes, bytes]] = {}
    for act in acts:
        if isinstance(act.keys, Complaint) and act.as_keeper is not None:
            said = (chain(act), act.id, act.keys.epoch)
            first[act.signer] = min(said, first.get(act.signer, said))
    return {epoch for _, _, epoch in first.values()}


# -- the log gate --------------------------------------------------------------------------------


BEGINNING = (0, NOTHING)


@dataclass
class Space:
    """§5.3 and §5.7: what a reader holds of one space; a log that forked is a tree."""

    id: bytes
    acts: dict[bytes, Act] = field(default_factory=dict)
    held: dict[Any, set[tuple[int, bytes]]] = field(default_factory=dict)

    def take(self, run: list[Entry]) -> None:
        """Take a run of one log, or nothing of it."""
        log = run[0].header.log
        if log[0] != self.id:
            refuse("entry of another space")
        held = self.held.get(log, set()) | {BEGINNING}
        first = run[0].header
        place = (first.height - 1, first.previous)
        if place not in held:
            refuse("entry does not follow its log")
        for one in run:
            header = one.header
            if (header.log, header.height - 1, header.previous) != (log, *place):
                refuse("entry does not follow its log")
            place = (header.height, header.hash)
        new = [one for one in run if (one.header.height, one.header.hash) not in held]
        if not new:
            return
        new[-1].verify()
        acts = [self._judge(one) for one in new]
        self.acts |= {act.id: act for act in acts if act is not None}
        self.held[log] = held | {(one.header.height, one.header.hash) for one in new}

    def _judge(self, one: Entry) -> Act | None:
        header = one.header
        if header.kind == 0:
            if header.device not in self.seats_at(frozenset(header.heads)):
                refuse("author did not belong in what it had seen")
            return None
        one.verify()
        body = one.parts[0] or b""
        parents = set(header.heads) | ({header.previous} if header.height > 1 else set())
        operation = None
        if header.kind == 1:
            operation = read_membership(body)
            check_proof(operation)
        else:
            read_epochs(body)
        return Act(header.hash, header.device, frozenset(parents), operation)

    def seats_at(self, heads: frozenset[bytes]) -> frozenset[bytes]:
        """§5.7: the outcome of these control entries and everything before them."""
        past: dict[bytes, Act] = {}
        pending = list(heads)
        while pending:
            act_id = pending.pop()
            if act_id not in self.acts:
                refuse("control entries missing")
            if act_id not in past:
                past[act_id] = self.acts[act_id]
                pending += self.acts[act_id].parents
        return frozenset(Belonging(self.id, past.values()).everything()[0].members)


def state(heads: list[bytes], documents: list[tuple[bytes, list[bytes]]]) -> bytes:
    """§14."""
    data = b"aluna-state-v1" + len(heads).to_bytes(4, "big") + b"".join(sorted(heads))
    for document, changes in sorted(documents):
        data += document + len(changes).to_bytes(4, "big") + b"".join(sorted(changes))
    return blake2b(data)
