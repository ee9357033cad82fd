"""Which epochs there are and which is used, said slowly: a second reading of SPEC §7.5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from aluna_protocol.epoch import Complaint, Epoch, EpochAct, Rekey, Share
from aluna_protocol.ids import DeviceId, EntryHash, EpochId
from aluna_protocol.powers import Standing

Signed = Mapping[EntryHash, Standing]
"""As what the signer of each act signed it, in what it had seen."""


def by_members(acts: Iterable[EpochAct], members: Set[DeviceId]) -> Signed:
    """Return that each of *members* signed as a keeper, and all others as nobody."""
    return {act.id: Standing.KEEPER if act.signer in members else Standing.NOBODY for act in acts}


def counting(acts: Sequence[EpochAct], signed: Signed) -> list[tuple[EpochAct, Rekey]]:
    """Return the rekeys that count."""
    return [
        (act, act.operation)
        for act in acts
        if isinstance(act.operation, Rekey) and signed[act.id] is not Standing.NOBODY
    ]


def lengths(acts: Sequence[EpochAct], signed: Signed) -> dict[EntryHash, int]:
    """Return how many rekeys that count the longest chain to each act holds, itself included."""
    minting = {act.id for act, _ in counting(acts, signed)}
    by_id = {act.id: act for act in acts}
    known: dict[EntryHash, int] = {}

    def length(act: EpochAct) -> int:
        if act.id not in known:
            before = [length(by_id[parent]) for parent in act.parents]
            known[act.id] = max(before, default=0) + (act.id in minting)
        return known[act.id]

    return {act.id: length(act) for act in acts}


def resolve(acts: Sequence[EpochAct], signed: Signed) -> list[Epoch]:
    """Return every epoch, the one to prefer first."""
    found: dict[EpochId, Epoch] = {}
    depths = lengths(acts, signed)
    rekeys = counting(acts, signed)
    for name in {rekey.epoch for _, rekey in rekeys}:
        own = [(act, rekey) for act, rekey in rekeys if rekey.epoch == name]
        given: list[Rekey | Share] = [rekey for _, rekey in own]
        given += [act.operation for act in acts if isinstance(act.operation, Share)]
        handed = [box for one in given for box in one.boxes]
        found[name] = Epoch(
            name,
            max(depths[act.id] for act, _ in own),
            frozenset(act.signer for act, _ in own)
            | {box.device for box in handed if box.epoch == name},
            any(signed[act.id] is Standing.KEEPER for act, _ in own),
        )
    return sorted(found.values(), key=lambda one: (not one.by_keeper, -one.depth, one.id))


def bad(acts: Sequence[EpochAct], signed: Signed) -> set[EpochId]:
    """Return the epochs that the first complaint of somebody names."""
    depths = lengths(acts, signed)
    complaints = [
        (act.signer, depths[act.id], act.id, act.operation.epoch)
        for act in acts
        if isinstance(act.operation, Complaint) and signed[act.id] is not Standing.NOBODY
    ]
    return {
        min(one[1:] for one in complaints if one[0] == device)[-1]
        for device in {signer for signer, *_ in complaints}
    }


def active(
    epochs: Iterable[Epoch], members: Set[DeviceId], marked: Set[EpochId] = frozenset()
) -> Epoch | None:
    """Return the first of *epochs* only members were given, and nobody complained of."""
    usable = [one for one in epochs if one.exposure <= members and one.id not in marked]
    return usable[0] if usable else None
