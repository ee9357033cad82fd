"""How a circle becomes known to those it was founded for, and to nobody else (SPEC §11.18)."""

from __future__ import annotations

from collections.abc import Iterator

from aluna_protocol import entry as entries
from aluna_protocol import messages, operations
from aluna_protocol.directory import Directory
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, DeviceId, SpaceId
from aluna_protocol.operations import Genesis, SpaceKind
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.session import Session


def due(directory: Directory, session: Session) -> Iterator[SpaceId]:
    """Yield each circle or private space the peer has a seat in that both do not share yet.

    Nobody else is told that the space exists. What the peer introduced is said back as soon as it
    is kept here.
    """
    if session.device is None or not session.greeted:
        return
    shared = set(session.shared.values())
    for space, replica in directory.replicas.items():
        genesis = replica.membership.genesis
        if space in shared or space in session.introduced or genesis is None:
            continue
        if genesis.kind is SpaceKind.COLLECTIVE or genesis.collective not in shared:
            continue
        if space in session.offered or {session.device, directory.device} <= replica.members:
            yield space


def introduce(directory: Directory, session: Session, space: SpaceId) -> messages.Introduce | None:
    """Return the message that introduces *space*, once in a session."""
    founding = directory.replicas[space].founding
    if founding is None or space in session.introduced:
        return None
    session.introduced.add(space)
    return messages.Introduce(founding.encoded, founding.signature, founding.parts[0] or b"")


def founding_of(
    directory: Directory, session: Session, message: messages.Introduce
) -> Entry | None:
    """Return the founding entry of a space the peer says we have a seat in.

    None when this device is out of the collective, of which the peer may not have heard. Raises
    `RemoteProtocolError` for what is no founding of a circle of a collective both are in, or of a
    private space of our own person.
    """
    found = entries.decode_entry(message.header, message.signature, [message.body])
    genesis = check_founding(found)
    if found.header.log.space in directory.replicas:
        # It is known already: who said so may not have heard that we left meanwhile.
        return found
    collective = directory.replicas.get(SpaceId(genesis.collective))
    shared = collective is not None and collective.space in session.shared.values()
    known = collective if shared else None
    if known is not None and directory.outside(known.space, directory.device):
        return None
    if not may_be_told(known, directory.device, session.device, genesis):
        raise RemoteProtocolError("a space that is not for us")
    return found


def check_founding(found: Entry) -> Genesis:
    """Return what *found* founds; raise `RemoteProtocolError` unless it is a whole founding."""
    header, body = found.header, found.parts[0]
    if header.kind is not Kind.MEMBERSHIP or header.membership_heads or body is None:
        raise RemoteProtocolError("not the founding of a space")
    genesis = operations.decode_operation(body)
    if not isinstance(genesis, Genesis) or operations.space_id(genesis) != header.log.space:
        raise RemoteProtocolError("not the founding of a space")
    if not entries.follows(header, EMPTY_LOG) or header.log.device != genesis.seat.device:
        raise RemoteProtocolError("not the founding of a space")
    operations.check_seat(genesis)
    entries.verify_entry(found)
    return genesis


def may_be_told(
    collective: SpaceReplica | None, device: DeviceId, peer: DeviceId | None, genesis: Genesis
) -> bool:
    """Tell whether *peer* may bring *device* into a circle, or a private space of one person.

    *collective* is where *genesis* says that it lives, None when they do not share it.
    """
    if collective is None or peer is None:
        return False
    seats = collective.membership.seats
    own, other = seats.get(device), seats.get(peer)
    if own is None or other is None:
        return False
    if genesis.kind is SpaceKind.PRIVATE:
        return own.person == other.person == genesis.seat.person
    return genesis.kind is SpaceKind.CIRCLE
