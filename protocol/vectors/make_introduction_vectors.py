"""What Bo tells Ana of circles and private spaces, good and refused (SPEC §11.18)."""

from __future__ import annotations

from dataclasses import replace

from aluna_protocol import entry, epoch, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import EMPTY_LOG, EntryHash, Head, Lane, LogId, SpaceId
from aluna_protocol.membership import Admit, Genesis, SpaceKind
from aluna_protocol.messages import Introduce
from aluna_protocol.operations import encode_operation
from vectors.making import ANA, BO, EVE, FIRST_KEY, INCARNATION, PERSONS, SPACE, seat_of

CIRCLE = Genesis(SpaceKind.CIRCLE, "Semillero", SPACE, seat_of(BO), bytes([0x72]) * 16)
PRIVATE = replace(CIRCLE, kind=SpaceKind.PRIVATE, name="Para mí")


def founding_of(
    genesis: Genesis,
    *,
    space: SpaceId | None = None,
    after: Head = EMPTY_LOG,
    heads: tuple[EntryHash, ...] = (),
    signer: DeviceKeys = BO,
) -> Entry:
    """Return the entry by which *signer* founds the space of *genesis*, or one a little off."""
    place = LogId(space or membership.space_id(genesis), signer.device, INCARNATION, Lane.CONTROL)
    body = encode_operation(genesis)
    return entry.control_entry(signer, Kind.MEMBERSHIP, place, after, heads, body)


def told(one: Entry) -> Introduce:
    """Return the message that tells of *one*."""
    return Introduce(one.encoded, one.signature, one.parts[0] or b"")


def introductions() -> list[tuple[str, bool, Introduce, str | None]]:
    """Return what Bo says in a session over the collective, whether Ana knows who says it."""
    circle = founding_of(CIRCLE)
    place = circle.header.log
    act = encode_operation(Admit(seat_of(EVE), b""))
    admission = entry.control_entry(BO, Kind.MEMBERSHIP, place, EMPTY_LOG, [], act)
    key = epoch.encode_operation(epoch.Rekey(FIRST_KEY.id, ()))
    rekey = entry.control_entry(BO, Kind.EPOCH, place, EMPTY_LOG, [], key)
    elsewhere = replace(CIRCLE, collective=bytes([0x73]) * 32)
    collective = replace(CIRCLE, kind=SpaceKind.COLLECTIVE, collective=b"")
    forged = replace(CIRCLE, seat=replace(CIRCLE.seat, person=PERSONS[EVE.device]))
    no_founding, not_ours = "not the founding of a space", "a space that is not for us"
    cases: list[tuple[str, Entry, str | None]] = [
        ("a circle", circle, None),
        ("a circle by another name", founding_of(replace(CIRCLE, name="Huerto")), None),
        ("a circle of another collective", founding_of(elsewhere), not_ours),
        ("a collective", founding_of(collective), not_ours),
        ("a private space of another person", founding_of(PRIVATE), not_ours),
        ("no founding but an admission", admission, no_founding),
        ("no founding but a rekey", rekey, no_founding),
        ("a founding with heads", founding_of(CIRCLE, heads=(circle.hash,)), no_founding),
        ("the founding of another space", founding_of(CIRCLE, space=SPACE), no_founding),
        ("a founding at height 2", founding_of(CIRCLE, after=Head(1, circle.hash)), no_founding),
        ("a founding somebody else signed", founding_of(CIRCLE, signer=ANA), no_founding),
        ("a founding with a seat nobody signed", founding_of(forged),
         "seat not signed by its device"),
        ("K1 a founding unsigned", replace(circle, signature=bytes(64)),
         "signature does not match"),
        ("K4 a founding with another body", replace(circle, parts=(act,)),
         "part does not match its header"),
    ]  # fmt: skip
    return [
        *((name, True, told(one), error) for name, one, error in cases),
        ("T14 a circle in an introduction", False, told(circle), not_ours),
    ]
