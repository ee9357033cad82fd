"""In which order changes are judged, and what is refused with what it builds on (SPEC §6.5.4)."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from aluna_protocol import choosing, limits, lint
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, DeviceId
from aluna_sync.engine.types import (
    FORKED,
    PAST_REFUSED,
    PAST_SET_ASIDE,
    Refused,
    SignedChange,
)

_Item = tuple[int, lint.Chunk]
Place = tuple[ActorId, int]
"""An actor and a `seq`: one change of a document at most."""
Crews = dict[DeviceId, set[ActorId]]
"""As which actors each device has written in a document: one for each incarnation."""


class NotAloneError(Exception):
    """What came can only be judged together with all changes of its document."""


@dataclass(slots=True)
class Admission:
    """What the lint said of a batch, by indexes; *approved* has causes first."""

    approved: list[tuple[int, lint.ChangeFacts]] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    awaited: set[ChangeHash] = field(default_factory=set)
    """What those that wait are waiting for."""
    refused: list[Refused] = field(default_factory=list)
    kept: set[Place] = field(default_factory=set)
    """Places of changes that are set aside."""
    crews: Crews = field(default_factory=dict)
    """Of the changes that are approved or set aside."""


def admit(
    changes: Mapping[int, SignedChange],
    known: lint.DocumentFacts,
    aside: Collection[int] = (),
    awaited: Collection[ChangeHash] = (),
    kept: Collection[Place] = (),
    crews: Mapping[DeviceId, Collection[ActorId]] | None = None,
) -> Admission:
    """Judge *changes* (by their index in the batch), adding the approved ones to *known*.

    Which are approved is a function of *known* and the set of changes, not of their order. Those
    at the indexes *aside* are not applied on this device, for a limit of it: they keep their
    places, so that no other branch of a forked log is read here alone.

    Raises `NotAloneError`, leaving *known* as it was, when *known* holds something and a place is
    claimed twice, if only by one of those *kept* for what was set aside before, or a device writes
    as more actors than it may, *crews* counted in, for then all must be chosen anew; or when one of
    *awaited* is here, for then others that waited have to be judged as well.
    """
    admission = Admission()
    items: list[_Item] = []
    places: dict[Place, ChangeHash] = {}
    doubled = expected = False
    for index, change in changes.items():
        try:
            chunk = lint.read_chunk(change.raw)
            if chunk.actor != change.actor:
                raise RemoteProtocolError("change by another actor")  # noqa: TRY301
        except RemoteProtocolError as error:
            admission.refused.append(Refused(index, str(error), by_lint=True))
            continue
        items.append((index, chunk))
        other = places.setdefault((chunk.actor, chunk.seq), chunk.hash) != chunk.hash
        taken = chunk.seq <= known.last_seq(chunk.actor) and chunk.hash not in known
        doubled = doubled or other or taken or (chunk.actor, chunk.seq) in kept
        expected = expected or chunk.hash in awaited
    doubled = doubled or _crowded(items, changes, crews or {})
    if len(known) and (doubled or expected):
        raise NotAloneError
    set_aside = {chunk.hash for index, chunk in items if index in aside}
    judging = _Judging(known, admission, changes, set_aside)
    judging.run(_chosen(items, changes) if doubled else _causes_first(items))
    return admission


def _crowded(
    items: Sequence[_Item],
    changes: Mapping[int, SignedChange],
    crews: Mapping[DeviceId, Collection[ActorId]],
) -> bool:
    """Tell whether a device would write in the document as more actors than it may."""
    more: Crews = {}
    for index, chunk in items:
        device = changes[index].device
        if chunk.actor not in crews.get(device, ()):
            more.setdefault(device, set()).add(chunk.actor)
    return any(
        len(crews.get(device, ())) + len(actors) > limits.MAX_LOGS_PER_DEVICE
        for device, actors in more.items()
    )


def _causes_first(items: list[_Item]) -> list[_Item]:
    """Sort: an honest change counts on from its past, so its first counter puts causes first."""
    return sorted(items, key=lambda item: (item[1].start_op, item[1].hash, item[0]))


def _chosen(items: list[_Item], changes: Mapping[int, SignedChange]) -> list[_Item]:
    claims = [
        choosing.Claim(
            hash=chunk.hash,
            actor=chunk.actor,
            device=changes[index].device,
            seq=chunk.seq,
            start_op=chunk.start_op,
            deps=chunk.deps,
        )
        for index, chunk in items
    ]
    order = {change: place for place, change in enumerate(choosing.in_order(claims))}
    return sorted(items, key=lambda item: (order[item[1].hash], item[0]))


class _Judging:
    """One pass over changes; one that comes before its own past is put off until that is decided.

    Linear: each change is looked at once, and once more for each cause it lied about.
    """

    def __init__(
        self,
        known: lint.DocumentFacts,
        admission: Admission,
        changes: Mapping[int, SignedChange],
        aside: Collection[ChangeHash],
    ) -> None:
        self._known = known
        self._admission = admission
        self._changes = changes
        self._aside = aside
        self._undecided: set[ChangeHash] = set()
        self._put_off: dict[ChangeHash, list[_Item]] = {}
        self._fallen: dict[ChangeHash, str] = {}
        """What is not applied, with the reason for which nothing built on it is either."""
        self._verdicts: dict[ChangeHash, Refused] = {}

    def run(self, items: Sequence[_Item]) -> None:
        """Judge *items* in their order, which puts what counts first first."""
        self._undecided.update(chunk.hash for _, chunk in items if chunk.hash not in self._known)
        waiting: list[int] = []
        queue = deque(items)
        while queue:
            index, chunk = queue.popleft()
            if chunk.hash in self._verdicts:
                again = self._verdicts[chunk.hash]
                self._admission.refused.append(Refused(index, again.reason, again.by_lint))
                continue
            fallen = {self._fallen[dep] for dep in chunk.deps if dep in self._fallen}
            ahead = next((dep for dep in chunk.deps if dep in self._undecided), None)
            if fallen:
                reason = _worst(fallen)
                self._refuse(index, chunk, reason, by_lint=reason != PAST_SET_ASIDE)
            elif ahead is not None:
                self._put_off.setdefault(ahead, []).append((index, chunk))
                continue
            elif not self._judge(index, chunk):
                self._admission.awaited.update(self._known.missing(chunk.deps))
                waiting.append(index)
                continue
            self._undecided.discard(chunk.hash)
            queue.extend(self._put_off.pop(chunk.hash, ()))
        waiting += [index for items in self._put_off.values() for index, _ in items]
        self._admission.waiting = sorted(waiting)

    def _judge(self, index: int, chunk: lint.Chunk) -> bool:
        """Judge one change whose past is applied or missing; False if it has to wait."""
        try:
            verdict = lint.judge(chunk, chunk.actor, self._known)
        except lint.PlaceTakenError:
            self._refuse(index, chunk, FORKED, by_lint=True)
            return True
        except RemoteProtocolError as error:
            self._refuse(index, chunk, str(error), by_lint=True)
            return True
        match verdict:
            case lint.Waiting():
                return False
            case lint.Repeated():
                return True
            case lint.ChangeFacts():
                self._approve(index, verdict)
                return True

    def _approve(self, index: int, facts: lint.ChangeFacts) -> None:
        place = (facts.actor, facts.seq)
        crew = self._admission.crews.setdefault(self._changes[index].device, set())
        crowded = facts.actor not in crew and len(crew) >= limits.MAX_LOGS_PER_DEVICE
        if crowded or place in self._admission.kept:
            self._fallen[facts.hash] = FORKED
            self._verdicts[facts.hash] = Refused(index, FORKED, by_lint=True)
            self._admission.refused.append(self._verdicts[facts.hash])
            return
        crew.add(facts.actor)
        if facts.hash in self._aside:
            self._admission.kept.add(place)
            self._fallen[facts.hash] = PAST_SET_ASIDE
        else:
            self._known.add(facts)
            self._admission.approved.append((index, facts))

    def _refuse(self, index: int, chunk: lint.Chunk, reason: str, by_lint: bool) -> None:
        inherited = reason if reason in {FORKED, PAST_SET_ASIDE} else PAST_REFUSED
        self._fallen[chunk.hash] = inherited
        self._verdicts[chunk.hash] = Refused(index, reason, by_lint)
        self._admission.refused.append(self._verdicts[chunk.hash])


def _worst(reasons: Collection[str]) -> str:
    """Return for which of *reasons* a change is refused: one that holds everywhere, if any."""
    return next(one for one in (FORKED, PAST_REFUSED, PAST_SET_ASIDE) if one in reasons)
