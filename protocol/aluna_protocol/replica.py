"""What a device knows of one space: its logs' heads, its members, its epochs (SPEC §5-§7).

The log gate stands here: chain, signature, and whether the author belonged in what it had seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from aluna_protocol import entry as entries
from aluna_protocol import epoch, membership, operations
from aluna_protocol.branches import Branches, EntryIndex, Fork, on_branch
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import (
    DeviceId,
    DocumentId,
    EntryHash,
    EpochId,
    Head,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_protocol.operations import Genesis, Operation
from aluna_protocol.outcome import Act, Listed, Membership
from aluna_protocol.powers import Verdict


class MissingPastError(RemoteProtocolError):
    """An entry names control entries we do not have: ask for those first. Nobody's fault."""


class GapError(RemoteProtocolError):
    """A run does not begin right after an entry we have: nobody can judge it yet."""


class SpaceReplica:
    """One space as this device holds it. Content stays in the store; control is kept whole.

    *index* looks up entries that are durable; without one only those taken here are known.
    """

    def __init__(self, space: SpaceId, index: EntryIndex | None = None) -> None:
        self.space = space
        self.branches = Branches(index)
        self._membership = membership.Resolver(space)
        self._epochs = epoch.Resolver()
        self._waiting: dict[EntryHash, epoch.EpochAct] = {}
        self._active: tuple[frozenset[DeviceId], epoch.Epoch | None] | None = None
        self._within: tuple[frozenset[DeviceId], frozenset[DeviceId], frozenset[DeviceId]] | None
        self._within = None
        self.founding: Entry | None = None
        """The entry that founded the space."""
        self.collective: SpaceReplica | None = None
        """Of a circle or private space: who goes from the collective is no member here either."""

    @property
    def heads(self) -> dict[LogId, Head]:
        """The verified end of every branch, whether stored already or on its way to the store."""
        return self.branches.tips

    def head(self, log: LogId) -> Head:
        """Return the end of the branch *log* as verified here."""
        return self.branches.tip(log)

    # -- control ---------------------------------------------------------------------------------

    @property
    def membership(self) -> Membership:
        """Who belongs, from every control entry known."""
        return self._membership.outcome

    @property
    def members(self) -> frozenset[DeviceId]:
        """The devices that hold a seat and are not suspended, here and in the collective."""
        own = self._membership.members
        if self.collective is None:
            return own
        others = self.collective.members
        if self._within is None or self._within[0] is not own or self._within[1] is not others:
            self._within = (own, others, own & others)
        return self._within[2]

    @property
    def withdrawn(self) -> Set[DocumentId]:
        """Every document its author took back: a part of one may be missing (SPEC §5.2)."""
        return self._membership.withdrawn

    def lacks(self, run: Iterable[Entry]) -> bool:
        """Tell whether a part is missing in *run* that nobody took back, in an entry not held."""
        return any(
            part is None and named.document not in self.withdrawn and not self._holds(one)
            for one in run
            for part, named in zip(one.parts, one.header.parts, strict=True)
        )

    def _holds(self, one: Entry) -> bool:
        place = Head(one.header.height, one.hash)
        return self.branches.find(one.header.log.base, place) is not None

    @property
    def epochs(self) -> list[epoch.Epoch]:
        """Every epoch minted in the space, the deepest first."""
        return self._epochs.epochs

    @property
    def minted(self) -> Set[EpochId]:
        """The name of every epoch minted in the space."""
        return self._epochs.minted

    @property
    def eligible_epochs(self) -> Iterator[epoch.Epoch]:
        """The epochs only members were ever given, the one to write under first."""
        return self._epochs.eligible(self.members)

    @property
    def complaints(self) -> Sequence[tuple[DeviceId, EpochId]]:
        """Who complained more than once that a key was boxed wrongly, for people to see."""
        return self._epochs.unheard

    @property
    def to_box_again(self) -> Set[tuple[DeviceId, EpochId]]:
        """Who said that a key was boxed wrongly for it, and was not given it since."""
        return self._epochs.to_box_again

    @property
    def active_epoch(self) -> epoch.Epoch | None:
        """The epoch to write under, None while there is none nobody outside ever held."""
        members = self.members
        if self._active is None or self._active[0] is not members:
            self._active = (members, next(self._epochs.eligible(members), None))
        return self._active[1]

    @property
    def control_heads(self) -> tuple[EntryHash, ...]:
        """Control entries that no other names, sorted: all this device has seen.

        Entries whose past is missing are left out: naming one would make ours wait as well.
        """
        return tuple(self._membership.heads)

    def heads_to_name(self, device: DeviceId) -> tuple[EntryHash, ...]:
        """Return the control heads an entry of *device* names: as many as it may (SPEC §5.1)."""
        return self._membership.heads_to_name(device)

    def judge(self, log: LogId, operation: Operation) -> Verdict | None:
        """Tell what *operation* would be as the next entry of the own control log; None: void."""
        parents = set(self.heads_to_name(log.device))
        head = self.head(log)
        if head.height:
            parents.add(head.hash)
        return self._membership.judge(log.device, operation, parents)

    def seated_by(self, device: DeviceId) -> EntryHash | None:
        """Return the entry by which *device* holds its seat."""
        return self._membership.seated_by(device)

    def signer_of(self, act: EntryHash) -> DeviceId:
        """Return who signed a control entry whose whole past is here."""
        return self._membership.signer_of(act)

    @property
    def listed(self) -> list[Listed]:
        """The operations without effect: what waits for a yes, and what is void (M8)."""
        return self._membership.listed

    def has_seen(self, heads: Sequence[EntryHash], acts: Iterable[EntryHash]) -> bool:
        """Tell whether who has seen *heads*, all of them complete, has seen any of *acts*."""
        return self._membership.has_seen(heads, acts)

    def came_without_past(self, heads: Iterable[EntryHash]) -> frozenset[PersonId]:
        """Return who belongs, but not for who has seen *heads*, and was to be given no past."""
        return self._membership.came_without_past(heads)

    def is_seated_after(self, device: DeviceId, heads: Sequence[EntryHash]) -> bool:
        """Tell whether *device* held a seat, not suspended, for who has seen *heads*.

        Raises `MissingPastError` when one of them, or something before it, is unknown.
        """
        if not all(map(self._membership.is_complete, heads)):
            raise MissingPastError("control entries missing")
        return self._membership.is_seated_after(device, heads)

    def _add_control(self, entry: Entry) -> None:
        header, body = entry.header, entry.parts[0]
        if body is None:
            raise LocalProtocolError("a control entry keeps its body")
        if self._membership.knows(entry.hash):
            return
        parents = set(header.membership_heads)
        if header.height > 1:
            parents.add(header.previous)
        member_operation: Operation | None = None
        epoch_operation: epoch.EpochOperation | None = None
        if header.kind is Kind.MEMBERSHIP:
            member_operation = operations.decode_operation(body)
        else:
            epoch_operation = epoch.without_boxes(epoch.decode_operation(body))
        if isinstance(member_operation, Genesis) and not parents and self.founding is None:
            self.founding = entry
        signer, seen = header.log.device, frozenset(parents)
        self._waiting[entry.hash] = epoch.EpochAct(entry.hash, signer, seen, epoch_operation)
        for act in self._membership.add(Act(entry.hash, signer, seen, member_operation)):
            self._epochs.add(self._waiting.pop(act.id), self._membership.signed_as(act.id))
        self._active = None

    # -- the log gate ----------------------------------------------------------------------------

    def restore(
        self,
        heads: Mapping[LogId, Head],
        control: Sequence[Entry],
        forks: Mapping[LogId, Fork] | None = None,
    ) -> None:
        """Take over what the store holds: verified once already, when it arrived."""
        self.branches.restore(heads, forks or {})
        for entry in control:
            self._add_control(entry)

    def add_own(self, entry: Entry) -> None:
        """Take an entry this device just wrote."""
        if not entries.follows(entry.header, self.head(entry.header.log)):
            raise LocalProtocolError("own entry does not follow its log")
        if entry.header.kind.lane is Lane.CONTROL:
            self._add_control(entry)
        self.branches.grow_by_own(entry)

    def admit_run(self, run: Sequence[Entry], *, by_author: bool = False) -> list[Entry]:
        """Check a run of one log and take it; return the entries that were new, in order.

        What is held already is passed over; the first entry that differs opens a branch, and the
        entries returned name it. The chain and the last signature vouch for the whole run (SPEC
        §5.3). Nothing is taken unless everything holds. Raises `RemoteProtocolError`: `GapError`
        when the entry before is not held, `MissingPastError` when control entries have to come
        first, `TooManyBranchesError`: one device brings more logs or branches of its own than it
        may, as *by_author* says.
        """
        first = run[0].header
        log = first.log.base
        if log.space != self.space:
            raise RemoteProtocolError("entry of another space")
        before = Head(first.height - 1, first.previous)
        end = before
        for entry in run:
            of = entry.header.log
            if (of is not log and of.base != log) or not entries.follows(entry.header, end):
                raise RemoteProtocolError("entry does not follow its log")
            end = Head(entry.header.height, entry.hash)
        branch = self.branches.find(log, before)
        if branch is None:
            raise GapError("entry does not follow its log")
        branch, held = self._passed_over(branch, run)
        new = run[held:]
        if not new:
            return []
        if held:
            before = Head(run[held - 1].header.height, run[held - 1].hash)
        return self._take(branch, before, new, by_author=by_author)

    def _passed_over(self, branch: LogId, run: Sequence[Entry]) -> tuple[LogId, int]:
        """Return how many entries of *run* are held already, and the branch of the last."""
        for position, entry in enumerate(run):
            following = self.branches.after(branch, Head(entry.header.height, entry.hash))
            if following is None:
                return branch, position
            branch = following
        return branch, len(run)

    def _take(
        self, branch: LogId, before: Head, new: Sequence[Entry], *, by_author: bool
    ) -> list[Entry]:
        entries.verify_entry(new[-1])
        if branch.lane is Lane.CONTENT:
            for entry in new:
                self._check_author(entry)
        else:
            for entry in new:
                entries.verify_entry(entry)
                _check_control_body(entry)
        branch, fork = self.branches.branch_for(branch, before, by_author=by_author)
        named = [on_branch(entry, branch) for entry in new]
        if branch.lane is Lane.CONTROL:
            for entry in named:
                self._add_control(entry)
        self.branches.grow(branch, fork, named)
        return named

    def _check_author(self, entry: Entry) -> None:
        header = entry.header
        if not self.is_seated_after(header.log.device, header.membership_heads):
            raise RemoteProtocolError("author did not belong in what it had seen")


def _check_control_body(entry: Entry) -> None:
    body = entry.parts[0]
    if body is None:
        raise RemoteProtocolError("a control entry cannot be pruned")
    if entry.header.kind is Kind.MEMBERSHIP:
        operations.check_seat(operations.decode_operation(body))
    else:
        epoch.decode_operation(body)
