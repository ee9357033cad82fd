"""In which order changes count where two claim one place in a document (SPEC §6.5.4).

When a device's log forked, both branches may hold a change with the same actor and `seq`. Which of
them is applied depends on the set of changes alone, so devices that hold the same agree, whatever
came first. What others have built upon goes before what nobody saw: their words stay as well.
"""

from __future__ import annotations

from collections.abc import Collection

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ActorId, ChangeHash, DeviceId


@dataclass(frozen=True, slots=True)
class Claim:
    """A change, by what its envelope says, and the device that signed it."""

    hash: ChangeHash
    actor: ActorId
    device: DeviceId
    seq: int
    start_op: int
    deps: tuple[ChangeHash, ...]


def in_order(claims: Collection[Claim]) -> list[ChangeHash]:
    """Return the hashes of *claims*, the one that counts before those it excludes.

    First what more devices have built upon; of those, what follows the shorter past; then the
    lower hash. Whatever a change builds upon comes before it, unless it lies about its past.
    """
    support = _support(claims)
    ordered = sorted(claims, key=lambda one: (-support[one.hash], one.start_op, one.hash))
    return [one.hash for one in ordered]


def _support(claims: Collection[Claim]) -> dict[ChangeHash, int]:
    """Count, for each change, the devices other than its author's that have it in their past."""
    by_hash = {one.hash: one for one in claims}
    bits: dict[DeviceId, int] = {}
    followers = dict.fromkeys(by_hash, 0)
    for one in by_hash.values():
        bits.setdefault(one.device, 1 << len(bits))
        for dep in one.deps:
            if dep in followers:
                followers[dep] += 1
    builders = dict.fromkeys(by_hash, 0)
    last = [change for change, count in followers.items() if not count]
    while last:
        one = by_hash[last.pop()]
        behind = builders[one.hash] | bits[one.device]
        for dep in one.deps:
            if dep in by_hash:
                builders[dep] |= behind
                followers[dep] -= 1
                if not followers[dep]:
                    last.append(dep)
    return {
        one.hash: (builders[one.hash] & ~bits[one.device]).bit_count() for one in by_hash.values()
    }
