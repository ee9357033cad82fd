"""Which entries of a space are missing in a folder, given what its files carry and for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from aluna_protocol.ids import DeviceId, LogId, SpaceId
from aluna_sync.device import Device
from aluna_sync.exchange.choosing import Stretch, in_order
from aluna_sync.store.folders import Carried, Seen

Span = tuple[int, int]
"""Heights, both ends included."""


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return *spans* in order, those that meet as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """Return what is left of *span* without *taken*."""
    first, end = span
    found: list[Span] = []
    for one, last in joined(taken):
        if one > first:
            found.append((first, min(one - 1, end)))
        first = max(first, last + 1)
        if first > end:
            break
    if first <= end:
        found.append((first, end))
    return [(one, last) for one, last in found if one <= last]


def common(span: Span, others: Iterable[Span]) -> list[Span]:
    """Return what *span* has in common with *others*."""
    found = [(max(span[0], first), min(span[1], last)) for first, last in joined(others)]
    return [(first, last) for first, last in found if first <= last]


class Wanting:
    """What readers of one space are not known to hold: by their acknowledgements alone."""

    def __init__(self, device: Device, space: SpaceId, readers: Collection[DeviceId]) -> None:
        log = device.store.log
        known = device.store.peers.acknowledged(space)
        forks = log.forks(space)
        self.space = space
        self._device = device.device
        self.spans: dict[LogId, dict[DeviceId, Span]] = {}
        """For each branch, who lacks which of its own entries."""
        for branch, tip in log.heads(space).items():
            begins = 1 if branch not in forks else forks[branch].first
            lacking = {
                reader: (max(begins, known.get(reader, {}).get(branch, 0) + 1), tip.height)
                for reader in readers
                if reader != branch.device
            }
            lacking = {reader: span for reader, span in lacking.items() if span[0] <= span[1]}
            if lacking:
                self.spans[branch] = lacking

    def missing(self, files: Collection[Carried]) -> tuple[Stretch, ...]:
        """Return what somebody lacks that no file carries for them.

        What this device wrote is only taken for carried where it carries it itself: nobody else's
        file keeps its words from anybody.
        """
        by_all = _carried(self.space, files)
        by_own = _carried(self.space, [one for one in files if one.state is Seen.OWN])
        found: list[Stretch] = []
        for branch, lacking in self.spans.items():
            by = (by_own if branch.device == self._device else by_all).get(branch, {})
            spans = [
                left
                for reader, span in lacking.items()
                for left in without(span, by.get(reader, ()))
            ]
            found += [Stretch(branch, first, last) for first, last in joined(spans)]
        return in_order(found)

    def wanted(self, stretches: Iterable[tuple[LogId, int, int]]) -> tuple[Stretch, ...]:
        """Return what of *stretches* somebody still lacks."""
        spans: dict[LogId, list[Span]] = {}
        for branch, first, last in stretches:
            lacking = self.spans.get(branch, {})
            spans.setdefault(branch, []).extend(common((first, last), lacking.values()))
        return in_order(
            Stretch(branch, first, last)
            for branch, some in spans.items()
            for first, last in joined(some)
        )


def _carried(
    space: SpaceId, files: Iterable[Carried]
) -> Mapping[LogId, Mapping[DeviceId, Sequence[Span]]]:
    found: dict[LogId, dict[DeviceId, list[Span]]] = {}
    for file in files:
        for branch, first, last in file.stretches:
            if branch.space == space:
                for reader in file.readers.get(space, ()):
                    found.setdefault(branch, {}).setdefault(reader, []).append((first, last))
    return found
