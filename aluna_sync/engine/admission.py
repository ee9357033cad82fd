"""In which order changes are judged: the lint needs causes before effects (SPEC §6.5.4)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_sync.engine.types import Refused, SignedChange


@dataclass(slots=True)
class Admission:
    """What the lint said of a batch, by indexes; *approved* has causes first."""

    approved: list[tuple[int, lint.ChangeFacts]] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def admit(changes: Mapping[int, SignedChange], known: lint.DocumentFacts) -> Admission:
    """Judge *changes* (by their index in the batch), adding the approved ones to *known*.

    An honest change counts on from its past, so its first counter puts causes first; whoever lies
    there is refused as soon as its past is known. Of changes that claim the same place of an
    actor, the next is not looked at before the earliest is decided: all devices keep the same.
    """
    admission = Admission()
    claims: defaultdict[tuple[ActorId, int], deque[int]] = defaultdict(deque)
    pending: list[tuple[int, lint.Chunk]] = []
    for index, change in changes.items():
        try:
            chunk = lint.read_chunk(change.raw)
            if chunk.actor != change.actor:
                raise RemoteProtocolError("change by another actor")  # noqa: TRY301
        except RemoteProtocolError as error:
            admission.refused.append(Refused(index, str(error), by_lint=True))
            continue
        claims[chunk.actor, chunk.seq].append(index)
        pending.append((index, chunk))
    pending.sort(key=lambda item: item[1].start_op)
    decided = True
    while decided and pending:
        decided = False
        left = []
        for index, chunk in pending:
            claim = claims[chunk.actor, chunk.seq]
            if claim[0] == index and _decide(index, chunk, known, admission):
                claim.popleft()
                decided = True
            else:
                left.append((index, chunk))
        pending = left
    admission.waiting = sorted(index for index, _ in pending)
    return admission


def _decide(index: int, chunk: lint.Chunk, known: lint.DocumentFacts, admission: Admission) -> bool:
    """Judge one change; False if it has to wait."""
    try:
        verdict = lint.judge(chunk, chunk.actor, known)
    except RemoteProtocolError as error:
        admission.refused.append(Refused(index, str(error), by_lint=True))
        return True
    match verdict:
        case lint.Waiting():
            return False
        case lint.Repeated():
            return True
        case lint.ChangeFacts():
            known.add(verdict)
            admission.approved.append((index, verdict))
            return True
