"""Vectors of what the removed wrote: entries beyond cuts, and changes that fall (SPEC §6.4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aluna_protocol import barring, crypto
from aluna_protocol.barring import Carried, Cuts, Fall
from aluna_protocol.branches import Branches, Fork
from aluna_protocol.ids import ChangeHash, DeviceId, EntryHash, Head, Lane, LogId
from aluna_protocol.operations import CutMark
from aluna_protocol.outcome import Barring
from vectors.making import ANA, BO, CLEO, INCARNATION, SPACE, Json

Tree = Sequence[tuple[str, str]]
"""Entries by name, each with the one before it, "" for none; causes first."""

CHAIN: Final = (("e1", ""), ("e2", "e1"), ("e3", "e2"), ("e4", "e3"))
FORKED: Final = (*CHAIN, ("f3", "e2"), ("f4", "f3"), ("f5", "f4"), ("g5", "f4"))
LOGS: Final[tuple[tuple[str, Tree, tuple[tuple[str, int], ...]], ...]] = (
    ("what the cut names and all before it stands", CHAIN, (("e2", 2),)),
    ("without a cut nothing stands", CHAIN, ()),
    ("of several named entries the furthest counts", CHAIN, (("e1", 1), ("e3", 3))),
    ("a forked log is a tree", FORKED, (("f4", 4),)),
    ("where it forks both ways stand up to there", FORKED, (("e2", 2),)),
    ("two named entries keep both ways", FORKED, (("e3", 3), ("g5", 5))),
    ("while the named entry is missing all below its height stands", FORKED, (("lost", 4),)),
    ("one that is missing beside one that is here", FORKED, (("lost", 2), ("e4", 4))),
)
DEVICES: Final = {"ana": ANA.device, "bo": BO.device, "cleo": CLEO.device}
Told = tuple[str, str, tuple[str, ...], bool, tuple[str, ...]]
"""A change: its name, who signed it, on what it builds, whether barred, of whom unaware."""

CHANGES: Final[tuple[tuple[str, tuple[Told, ...]], ...]] = (
    (
        "a barred change falls with what builds on it",
        (
            ("a", "ana", (), False, ()),
            ("b", "bo", ("a",), True, ("bo",)),
            ("c", "ana", ("b",), False, ()),
            ("d", "cleo", ("c",), False, ()),
        ),
    ),
    (
        "what somebody unaware built upon stands with all before it",
        (
            ("a", "bo", (), True, ("bo",)),
            ("b", "bo", ("a",), True, ("bo",)),
            ("c", "ana", ("b",), False, ("bo",)),
            ("d", "bo", ("c",), True, ("bo",)),
        ),
    ),
    (
        "the device itself acknowledges nothing of its own",
        (("a", "bo", (), True, ("bo",)), ("b", "bo", ("a",), False, ("bo",))),
    ),
    (
        "what is barred acknowledges nothing",
        (("a", "bo", (), True, ("bo",)), ("b", "cleo", ("a",), True, ("bo", "cleo"))),
    ),
    (
        "unaware of one removal and aware of another",
        (
            ("a", "bo", (), True, ("bo",)),
            ("b", "cleo", ("a",), True, ("cleo",)),
            ("c", "ana", ("b",), False, ("bo",)),
        ),
    ),
    (
        "a change that an entry before the cut brings as well",
        (("a", "bo", (), True, ("bo",)), ("a", "bo", (), False, ("bo",))),
    ),
    (
        "what is missing between acknowledges nothing yet",
        (("a", "bo", (), True, ("bo",)), ("c", "ana", ("b",), False, ("bo",))),
    ),
)
WORDS: Final = {Fall.BARRED: "barred", Fall.BUILT_ON_BARRED: "built on barred"}


def entry_of(name: str) -> EntryHash:
    """Return the hash an entry of this name goes by."""
    return EntryHash(crypto.blake2b(b"entry " + name.encode()))


def change_of(name: str) -> ChangeHash:
    """Return the hash a change of this name goes by."""
    return ChangeHash(crypto.blake2b(b"change " + name.encode()))


class Held:
    """A log of Bo's device as somebody holds it, entry after entry."""

    def __init__(self, tree: Sequence[tuple[EntryHash, EntryHash | None]]) -> None:
        self.at: dict[EntryHash, tuple[LogId, int]] = {}
        self._own: dict[tuple[LogId, int], EntryHash] = {}
        tips: dict[LogId, Head] = {}
        forks: dict[LogId, Fork] = {}
        for name, before in tree:
            log, height = self.at[before] if before is not None else (self._branch(0), 0)
            if log in tips and tips[log].height != height:
                parent, log = log, self._branch(len(tips))
                forks[log] = Fork(parent, height + 1)
            self.at[name] = log, height + 1
            self._own[log, height + 1] = name
            tips[log] = Head(height + 1, name)
        self.branches = Branches(self)
        self.branches.restore(tips, forks)

    def _branch(self, number: int) -> LogId:
        return LogId(SPACE, BO.device, INCARNATION, Lane.CONTENT, number)

    def hash_at(self, log: LogId, height: int) -> EntryHash | None:
        """Return what lies on a branch itself."""
        return self._own.get((log, height))

    def barred(self, cut: Sequence[Head]) -> list[EntryHash]:
        """Return the entries beyond *cut*."""
        marks = frozenset(CutMark(BO.device, INCARNATION, head) for head in cut)
        found = Cuts(
            SPACE,
            self.branches,
            {BO.device: Barring(frozenset(), marks)},
            lambda _heads, _acts: False,
        )
        return [name for name, place in self.at.items() if found.bars(*place)]


def _log_case(name: str, tree: Tree, cut: Sequence[tuple[str, int]]) -> Json:
    entries = [(entry_of(one), entry_of(before) if before else None) for one, before in tree]
    heads = [Head(height, entry_of(tip)) for tip, height in cut]
    return {
        "name": name,
        "entries": [[one.hex(), "" if before is None else before.hex()] for one, before in entries],
        "cut": [[head.height, head.hash.hex()] for head in heads],
        "barred": [one.hex() for one in Held(entries).barred(heads)],
    }


def carried(told: Sequence[Told]) -> list[Carried]:
    """Return the changes of a case."""
    return [
        Carried(
            change_of(name),
            tuple(change_of(dep) for dep in deps),
            DEVICES[who],
            barred,
            frozenset(DEVICES[one] for one in unaware),
        )
        for name, who, deps, barred, unaware in told
    ]


def _change_case(name: str, told: Sequence[Told]) -> Json:
    changes = carried(told)
    found = barring.fallen(changes)
    return {
        "name": name,
        "changes": [
            {
                "hash": one.hash.hex(),
                "deps": [dep.hex() for dep in one.deps],
                "device": one.device.hex(),
                "barred": one.barred,
                "unaware of": sorted(device.hex() for device in one.unaware_of),
            }
            for one in changes
        ],
        "fallen": {hash_.hex(): WORDS[why] for hash_, why in sorted(found.items())},
    }


def barring_vectors() -> Json:
    """Return which entries are barred, and which changes of one document fall."""
    return {
        "logs": [_log_case(*case) for case in LOGS],
        "changes": [_change_case(*case) for case in CHANGES],
    }


def device_of(text: str) -> DeviceId:
    """Return the device a case names."""
    return DeviceId(bytes.fromhex(text))
