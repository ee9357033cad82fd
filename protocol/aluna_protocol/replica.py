"""What a device knows of one space: its logs' heads, its members, its epochs (SPEC §5-§7).

The log gate stands here: chain, signature, and whether the author belonged in what it had seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from aluna_protocol import entry as entries
from aluna_protocol import epoch, membership
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    DeviceId,
    EntryHash,
    Head,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.membership import Membership


class MissingPastError(RemoteProtocolError):
    """An entry names control entries we do not have: ask for those first. Nobody's fault."""


class SpaceReplica:
    """One space as this device holds it. Content stays in the store; control is kept whole."""

    def __init__(self, space: SpaceId) -> None:
        self.space = space
        self.heads: dict[LogId, Head] = {}
        """The verified end of every log, whether stored already or on its way to the store."""
        self._membership_acts: dict[EntryHash, membership.Act] = {}
        self._epoch_acts: dict[EntryHash, epoch.EpochAct] = {}
        self._heads: tuple[EntryHash, ...] | None = None
        self._membership: Membership | None = None
        self._epochs: list[epoch.Epoch] | None = None
        self._seated_at: dict[tuple[EntryHash, ...], frozenset[DeviceId]] = {}

    def head(self, log: LogId) -> Head:
        """Return the end of *log* as verified here."""
        return self.heads.get(log, EMPTY_LOG)

    # -- control ---------------------------------------------------------------------------------

    @property
    def membership(self) -> Membership:
        """Who belongs, from every control entry known."""
        if self._membership is None:
            self._membership = membership.resolve(self.space, self._membership_acts.values())
        return self._membership

    @property
    def members(self) -> frozenset[DeviceId]:
        """The devices that hold a seat."""
        return frozenset(self.membership.seats)

    @property
    def epochs(self) -> list[epoch.Epoch]:
        """Every epoch minted in the space."""
        if self._epochs is None:
            ordered = membership.causes_first(self._membership_acts)
            acts = [self._epoch_acts[act.id] for act in ordered]
            seated = {act.id: self.seated_at(tuple(sorted(act.parents))) for act in ordered}
            self._epochs = epoch.resolve(acts, seated)
        return self._epochs

    @property
    def active_epoch(self) -> epoch.Epoch | None:
        """The epoch to write under, None while there is none nobody outside ever held."""
        return epoch.active(self.epochs, self.members)

    @property
    def control_heads(self) -> tuple[EntryHash, ...]:
        """Control entries that no other names: what a new entry has seen. Sorted.

        Entries whose past is missing are left out: naming one would make ours wait as well.
        """
        if self._heads is None:
            complete = membership.causes_first(self._membership_acts)
            answered = frozenset().union(*(act.parents for act in complete))
            self._heads = tuple(sorted({act.id for act in complete} - answered))
        return self._heads

    def seated_at(self, heads: tuple[EntryHash, ...]) -> frozenset[DeviceId]:
        """Return who held a seat in the past of *heads*; raise `MissingPastError` when unknown."""
        known = self._seated_at.get(heads)
        if known is None:
            past = self._past(heads)
            acts = [self._membership_acts[act_id] for act_id in past]
            known = frozenset(membership.resolve(self.space, acts).seats)
            self._seated_at[heads] = known
        return known

    def _past(self, heads: Sequence[EntryHash]) -> set[EntryHash]:
        past: set[EntryHash] = set()
        pending = list(heads)
        while pending:
            act_id = pending.pop()
            if act_id in past:
                continue
            if act_id not in self._membership_acts:
                raise MissingPastError("control entries missing")
            past.add(act_id)
            pending.extend(self._membership_acts[act_id].parents)
        return past

    def _add_control(self, entry: Entry) -> None:
        header, body = entry.header, entry.parts[0]
        if body is None:
            raise LocalProtocolError("a control entry keeps its body")
        parents = set(header.membership_heads)
        if header.height > 1:
            parents.add(header.previous)
        member_operation: membership.Operation | None = None
        epoch_operation: epoch.EpochOperation | None = None
        if header.kind is Kind.MEMBERSHIP:
            member_operation = membership.decode_operation(body)
        else:
            epoch_operation = epoch.decode_operation(body)
        signer = header.log.device
        self._membership_acts[entry.hash] = membership.Act(
            entry.hash, signer, frozenset(parents), member_operation
        )
        self._epoch_acts[entry.hash] = epoch.EpochAct(
            entry.hash, signer, frozenset(parents), epoch_operation
        )
        self._heads = None
        self._membership = None
        self._epochs = None

    # -- the log gate ----------------------------------------------------------------------------

    def restore(self, heads: dict[LogId, Head], control: Sequence[Entry]) -> None:
        """Take over what the store holds: verified once already, when it arrived."""
        self.heads.update(heads)
        for entry in control:
            self._add_control(entry)

    def add_own(self, entry: Entry) -> None:
        """Take an entry this device just wrote."""
        log = entry.header.log
        if not entries.follows(entry.header, self.head(log)):
            raise LocalProtocolError("own entry does not follow its log")
        if entry.header.kind.lane is Lane.CONTROL:
            self._add_control(entry)
        self.heads[log] = Head(entry.header.height, entry.hash)

    def admit_run(self, run: Sequence[Entry]) -> list[Entry]:
        """Check a run of one log and take it; return the entries that were new, in order.

        The chain and the last signature vouch for the whole run (SPEC §5.3). Nothing is taken
        unless everything holds. Raises `RemoteProtocolError`; `MissingPastError` when control
        entries have to come first.
        """
        log = run[0].header.log
        if log.space != self.space:
            raise RemoteProtocolError("entry of another space")
        new = [entry for entry in run if entry.header.height > self.head(log).height]
        if not new:
            return []
        end = self.head(log)
        for entry in new:
            if entry.header.log != log or not entries.follows(entry.header, end):
                raise RemoteProtocolError("entry does not follow its log")
            end = Head(entry.header.height, entry.hash)
        entries.verify_entry(new[-1])
        if log.lane is Lane.CONTENT:
            for entry in new:
                self._check_author(entry)
        else:
            for entry in new:
                entries.verify_entry(entry)
                _check_control_body(entry)
            for entry in new:
                self._add_control(entry)
        self.heads[log] = end
        return new

    def _check_author(self, entry: Entry) -> None:
        if entry.header.log.device not in self.seated_at(entry.header.membership_heads):
            raise RemoteProtocolError("author did not belong in what it had seen")


def _check_control_body(entry: Entry) -> None:
    body = entry.parts[0]
    if body is None:
        raise RemoteProtocolError("a control entry cannot be pruned")
    if entry.header.kind is Kind.MEMBERSHIP:
        membership.decode_operation(body)
    else:
        epoch.decode_operation(body)
