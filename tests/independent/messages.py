"""SPEC §11.1-§11.9: what is said in a session, and the runs that batches stand for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgpack

from independent.encoding import (
    MAX_CONTROL_MESSAGE,
    MAX_MESSAGE,
    array,
    at_most,
    blake2b,
    boolean,
    integer,
    kind_of,
    name,
    octets,
    refuse,
    unpack,
)
from independent.entries import NOTHING, Entry, hash_part, read_entry, read_header
from independent.operations import Operation, check_proof, read_membership

MAX_HEIGHT = 2**32
MAX_LOGS = 512
MAX_ANCHORS, MAX_BATCH_LINKS, MAX_BATCH_PARTS, MAX_BATCH_BYTES = 32, 4096, 65_536, 1_048_576
KINDS = (
    "Hello", "Have", "Want", "Batch", "Presence", "Ping", "Goodbye", "Done", "Anchors", "Introduce",
)  # fmt: skip
LENGTHS = (3, 3, 2, 7, 2, 0, 1, 0, 7, 3)


def tag_of(space: bytes, h: bytes, role: str) -> bytes:
    """§11.1: *role* of who says it."""
    return blake2b(b"tag" + role.encode() + h, 16, key=space, person="aluna-space-v1")


def read_message(data: bytes) -> tuple[str, list[Any]]:
    """§11: the name of the message and its fields, checked."""
    long = data[:2] == b"\x98\x03"
    bound, widest = (MAX_MESSAGE, 2**16) if long else (MAX_CONTROL_MESSAGE, 4096)
    kind, items = kind_of(unpack(data, bound, widest))
    if not 0 <= kind < len(KINDS) or len(items) != LENGTHS[kind]:
        refuse("unknown message")
    what = KINDS[kind]
    if what == "Hello":
        _hello(items)
    elif what in {"Have", "Want", "Batch", "Presence", "Anchors"}:
        octets(items[0], 16)
        _about_space(what, items[1:])
    elif what == "Goodbye":
        integer(items[0], 0, 2)
    elif what == "Introduce":
        octets(items[1], 64)
        octets(items[0])
        octets(items[2])
    return what, items


def _hello(items: list[Any]) -> None:
    if integer(items[0]) != 1:
        refuse("unknown session version")
    tags = array(items[2])
    if len(tags) not in {16, 32, 64}:
        refuse("tags not padded")
    name(items[1])
    for tag in tags:
        octets(tag, 16)


def _about_space(what: str, items: list[Any]) -> None:
    if what == "Have":
        for row in array(items[0], at_most=MAX_LOGS):
            array(row, 5)
            _place(row[3], row[4], 1)
            _log(row)
        boolean(items[1])
    elif what == "Want":
        for row in array(items[0], at_most=MAX_LOGS):
            array(row, 7)
            _place(row[3], row[4], 0)
            _place(row[5], row[6], 1)
            _log(row)
    elif what == "Presence":
        octets(items[0], 0, 16)
    elif what == "Anchors":
        _log(items)
        _place(items[3], items[4], 1)
        _anchors(items[5])
    else:
        _log(items)
        _place(items[3], items[4], 1)
        _links(items[5])


def _log(row: list[Any]) -> None:
    octets(row[0], 32)
    integer(row[1], 0, 2**32 - 1)
    integer(row[2], 0, 1)


def _place(height: Any, hashed: Any, lowest: int) -> None:
    integer(height, lowest, MAX_HEIGHT)
    octets(hashed, 32)


def _anchors(value: Any) -> None:
    places = [array(one, 2) for one in array(value, at_most=MAX_ANCHORS)]
    for height, hashed in places:
        _place(height, hashed, 0)
    falling = all(one[0] > other[0] for one, other in itertools.pairwise(places))
    if not falling or not places or places[-1] != [0, NOTHING]:
        refuse("anchors do not lead back to the beginning")


def _links(value: Any) -> None:
    parts = 0
    for link in array(value, at_most=MAX_BATCH_LINKS):
        array(link, 8)
        integer(link[0], 0, 2)
        for one in [] if link[1] is None else array(link[1], at_most=64):
            octets(one, 32)
        if link[2] is not None:
            at_most(link[2], 32)
        at_most(link[3], 16)
        at_most(link[4], 32)
        octets(link[5], 64)
        documents = [] if link[6] is None else array(link[6], at_most=512)
        for one in documents:
            octets(one, 16)
        for part in array(link[7], at_most=512):
            _part(part)
        parts += max(len(link[7]), len(documents))
        if parts > MAX_BATCH_PARTS:
            refuse("too many parts in a batch")


def _part(part: Any) -> None:
    if isinstance(part, list):
        array(part, 2)
        octets(part[0], 32)
        integer(part[1], 1, 2**20)
    elif not at_most(part, 2**20):
        refuse("part empty")


# -- what is said when ---------------------------------------------------------------------------


Seats = dict[bytes, bytes]
"""Device to person."""


class Listener:
    """§11.1, §11.2, §11.14, §11.18: a responder of whose spaces the initiator may speak.

    *spaces* are hers with who holds seats there, *device* is hers, *peer* the initiator's, None in
    an introduction.
    """

    def __init__(
        self, spaces: dict[bytes, Seats], h: bytes, *, device: bytes, peer: bytes | None
    ) -> None:
        self._tags = {tag_of(space, h, "initiator"): space for space in spaces}
        self._shared: set[bytes] | None = None
        self._seats = spaces
        self._device, self._peer = device, peer

    def hear(self, data: bytes) -> None:
        """Take the next message."""
        what, items = read_message(data)
        if what == "Hello":
            if self._shared is not None:
                refuse("greeted twice")
            self._shared = self._tags.keys() & set(items[2])
            return
        if self._shared is None and what != "Goodbye":
            refuse("no greeting")
        of_a_space = what in {"Have", "Want", "Batch", "Presence", "Anchors"}
        if of_a_space and items[0] not in (self._shared or ()):
            refuse("a space we do not share")
        if what == "Introduce":
            self._introduced(read_founding(*items))

    def _introduced(self, genesis: Operation) -> None:
        shared = {self._tags[tag] for tag in self._shared or ()}
        seats = self._seats[genesis.collective] if genesis.collective in shared else {}
        own, other = seats.get(self._device), seats.get(self._peer or b"")
        founder = None if genesis.seat is None else genesis.seat.person
        ours = genesis.of_space == 1 or (genesis.of_space == 2 and own == other == founder)
        if own is None or other is None or not ours:
            refuse("a space that is not for us")


def read_founding(header: bytes, signature: bytes, body: bytes) -> Operation:
    """§11.18: what an Introduce founds."""
    one = read_entry(header, signature, [body])
    place = (one.header.kind, one.header.height, one.header.previous, one.header.heads)
    if place != (1, 1, NOTHING, ()):
        refuse("not the founding of a space")
    genesis = read_membership(body)
    if genesis.kind != "genesis" or genesis.seat is None or genesis.space != one.header.space:
        refuse("not the founding of a space")
    if genesis.seat.device != one.header.device:
        refuse("not the founding of a space")
    check_proof(genesis)
    one.verify()
    return genesis


# -- batches -------------------------------------------------------------------------------------


def run_of(space: bytes, batch: list[Any]) -> list[Entry]:
    """§11.5: the entries a Batch stands for, each with the header it has by itself."""
    if not batch[6]:
        refuse("an empty batch")
    run = list(_run_of(space, batch))
    total = sum(_size(one) for one in run)
    if len(run) > 1 and total > MAX_BATCH_BYTES:
        refuse("a batch of too many entries")
    return [one for _, one in run]


def _size(found: tuple[bytes, Entry]) -> int:
    encoded, one = found
    return len(encoded) + sum(len(part) for part in one.parts if part is not None)


def _run_of(space: bytes, batch: list[Any]) -> Iterator[tuple[bytes, Entry]]:
    _, device, incarnation, lane, height, previous, links = batch
    heads = epoch = documents = None
    for kind, own_heads, own_epoch, salt, commitment, signature, own_documents, parts in links:
        heads = heads if own_heads is None else own_heads
        epoch = epoch if own_epoch is None else own_epoch
        documents = documents if own_documents is None else own_documents
        if heads is None or epoch is None or documents is None:
            refuse("a batch begins with its heads and epoch")
        named = [one if isinstance(one, list) else [hash_part(one), len(one)] for one in parts]
        fields = [1, kind, space, device, incarnation, height, previous, heads, epoch, salt]
        if (kind == 0) != (lane == 1) or height > MAX_HEIGHT:
            refuse("entry in the wrong lane")
        of_parts = documents if kind == 0 else [*documents, *[b""] * len(parts)]
        if len(of_parts) != len(parts):
            refuse("documents and parts do not match")
        named = [[*one, document] for one, document in zip(named, of_parts, strict=True)]
        encoded = msgpack.packb([*fields, commitment, named], use_bin_type=True)
        header = read_header(encoded)
        present = tuple(None if isinstance(one, list) else one for one in parts)
        yield encoded, Entry(replace(header), signature, present)
        height, previous = height + 1, header.hash
