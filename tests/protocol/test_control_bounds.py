"""How many of everything, and what to do when somebody makes more (SPEC §5.1, §6.4, §7, row M4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aluna_protocol import acts, crypto, entry, epoch, limits, membership
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.epoch import EpochAct, Share
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    DeviceId,
    EntryHash,
    EpochId,
    Head,
    Lane,
    LogId,
    PersonId,
    StaticKey,
)
from aluna_protocol.membership import Act, Admit, Genesis, Seat
from aluna_protocol.powers import Standing
from aluna_protocol.replica import SpaceReplica
from vectors.making import ANA, BO, DOCUMENT, EVE, GENESIS, SPACE, seat_of, stream


def name(number: int) -> EntryHash:
    return EntryHash(crypto.blake2b(number.to_bytes(4, "big")))


def stranger(number: int) -> Seat:
    device = DeviceId(crypto.blake2b(number.to_bytes(4, "big"), person=b"device"))
    person = PersonId(crypto.blake2b(number.to_bytes(4, "big"), size=16))
    return Seat(device, StaticKey(bytes(32)), "puppet", person, "Puppet", b"")


def admits(number: int) -> Admit:
    return Admit(stranger(number), b"")


FOUNDED = Act(name(0), ANA.device, frozenset(), GENESIS)
EVE_IN = Act(name(1), ANA.device, frozenset({name(0)}), Admit(seat_of(EVE), b""))


def by_eve(number: int, parents: list[int], operation: Admit | None) -> Act:
    return Act(name(number), EVE.device, frozenset(map(name, parents)), operation)


def chain(size: int) -> list[Act]:
    """A founding, Eve's admission, and one log of hers that admits puppets."""
    puppets = [by_eve(number, [number - 1], admits(number)) for number in range(2, size)]
    return [FOUNDED, EVE_IN, *puppets]


def test_m4_a_chain_of_admissions_ends_at_the_bound_of_devices() -> None:
    given = chain(limits.MAX_DEVICES + 10)
    outcome = membership.resolve(SPACE, given)
    assert len(outcome.seats) == limits.MAX_DEVICES
    assert outcome.void == {act.id for act in given[limits.MAX_DEVICES :]}


def test_m4_at_the_bound_of_devices_a_seat_may_be_given_again_but_no_new_one() -> None:
    full = chain(limits.MAX_DEVICES)
    last = len(full) - 1
    # Said again by who was first admitted: it changes nothing, and it is not void.
    again = by_eve(5000, [last], Admit(seat_of(EVE), b""))
    phone = by_eve(5000 + 1, [last], Admit(replace(stranger(0), person=seat_of(EVE).person), b""))
    new = by_eve(5000 + 2, [last], admits(5000))
    one_earlier = by_eve(5000 + 3, [last - 1], admits(5000 + 1))
    outcome = membership.resolve(SPACE, [*full, again, phone, new, one_earlier])
    assert outcome.void == {phone.id, new.id}
    # Seats given apart may be more: nobody can push out another's.
    assert len(outcome.seats) == limits.MAX_DEVICES + 1


def test_m4_one_device_let_in_a_thousand_times_takes_one_place() -> None:
    own = Admit(replace(stranger(0), person=seat_of(EVE).person), b"")
    again = [by_eve(n, [n - 1], own) for n in range(2, limits.MAX_DEVICES + 10)]
    new = by_eve(5000, [limits.MAX_DEVICES + 9], admits(5000))
    outcome = membership.resolve(SPACE, [FOUNDED, EVE_IN, *again, new])
    assert outcome.void == set()
    assert outcome.seats.keys() == {
        *(ANA.device, EVE.device),
        *(stranger(0).device, stranger(5000).device),
    }


# -- more heads than an entry may name -----------------------------------------------------------


def in_the_space() -> tuple[SpaceReplica, list[Entry]]:
    """Ana's space with Bo and Eve in it."""
    random = stream("heads")
    replica, written, key = acts.found(ANA, 7, GENESIS, random)
    for keys in (BO, EVE):
        written += acts.admit(ANA, 7, replica, Admit(seat_of(keys), b""), [key], random)
    return replica, written


def spam(replica: SpaceReplica, named: EntryHash, count: int) -> list[Entry]:
    """Control logs of Eve, one entry each, all beside each other."""
    body = epoch.encode_operation(Share(()))
    return [
        entry.control_entry(
            EVE,
            Kind.EPOCH,
            LogId(SPACE, EVE.device, incarnation, Lane.CONTROL),
            EMPTY_LOG,
            (named,),
            body,
        )
        for incarnation in range(count)
    ]


def test_m4_a_hundred_heads_keep_nobody_from_writing() -> None:
    replica, _ = in_the_space()
    seen = replica.control_heads[0]
    for one in spam(replica, seen, 100):
        replica.admit_run([one])
    assert len(replica.control_heads) == 100
    for keys in (ANA, BO):
        named = replica.heads_to_name(keys.device)
        assert len(named) == limits.MAX_MEMBERSHIP_HEADS
        assert list(named) == sorted(set(named))
        assert replica.is_seated_after(keys.device, named)
    (written,) = acts.rekey(BO, 7, replica, epoch.named(bytes(32)), stream("bo"))
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == epoch.named(bytes(32)).id
    # Each entry of somebody honest answers 64 of them.
    assert written.hash in replica.control_heads
    assert len(replica.control_heads) == 100 - limits.MAX_MEMBERSHIP_HEADS + 1


def test_m4_one_device_with_many_heads_pushes_out_nobody_elses() -> None:
    replica, _ = in_the_space()
    (seen,) = replica.control_heads
    theirs = spam(replica, seen, 100)
    body = epoch.encode_operation(Share(()))
    log = LogId(SPACE, BO.device, 7, Lane.CONTROL)
    of_bo = entry.control_entry(BO, Kind.EPOCH, log, EMPTY_LOG, (seen,), body)
    outsider = crypto.DeviceKeys(bytes([9]) * 32, bytes([8]) * 32)
    log = LogId(SPACE, outsider.device, 7, Lane.CONTROL)
    of_nobody = entry.control_entry(outsider, Kind.EPOCH, log, EMPTY_LOG, (), body)
    for one in (*theirs, of_bo, of_nobody):
        replica.admit_run([one])
    named = replica.heads_to_name(ANA.device)
    assert {of_bo.hash, of_nobody.hash} < set(named)
    assert len(named) == limits.MAX_MEMBERSHIP_HEADS


def test_m4_of_too_many_heads_the_newest_of_the_longest_seated_are_named() -> None:
    """Exactly which: one that seats the writer, then turn by turn, signers by their seats."""
    resolver = membership.Resolver(SPACE)
    puppets = [stranger(number).device for number in range(2, 63)]
    for act in chain(63):
        resolver.add(act)
    # Three more signers: two seated beside each other, one never.
    twins = [by_eve(number, [62], admits(number)) for number in (200, 201)]
    ended = Act(name(202), ANA.device, frozenset(act.id for act in twins), None)
    for act in (*twins, ended):
        resolver.add(act)
    first, last = sorted(twins, key=lambda act: act.id)
    signers = [ANA.device, EVE.device, *puppets, *(device_of(twin) for twin in (first, last))]
    signers.append(DeviceId(bytes(32)))
    older: dict[DeviceId, EntryHash] = {}
    newest: dict[DeviceId, EntryHash] = {}
    for place, device in enumerate(signers):
        older[device] = name(1000 + place)
        resolver.add(Act(older[device], device, frozenset({ended.id}), None))
        middle = Act(name(2000 + place), device, frozenset({ended.id}), None)
        newest[device] = name(3000 + place)
        if device in map(device_of, twins):
            # Of the two seated beside each other the first seat counts, not the lower head.
            both = sorted((name(6000), name(6001)))
            newest[device] = both[device == device_of(first)]
        resolver.add(middle)
        resolver.add(Act(newest[device], device, frozenset({middle.id}), None))
    assert len(signers) == limits.MAX_MEMBERSHIP_HEADS + 2
    # Ana has the two deepest of all, so that one more of hers would push out somebody.
    deepest = []
    for place in (1, 2):
        deeper = Act(name(4000 + place), ANA.device, frozenset({newest[ANA.device]}), None)
        deepest.append(Act(name(5000 + place), ANA.device, frozenset({deeper.id}), None))
        resolver.add(deeper)
        resolver.add(deepest[-1])
    expected = {newest[device] for device in signers[1:-2]} | {min(act.id for act in deepest)}
    assert set(resolver.heads_to_name(BO.device)) == expected
    for device in signers:
        named = resolver.heads_to_name(device)
        assert list(named) == sorted(named)
        assert set(named) == expected


def device_of(act: Act) -> DeviceId:
    assert isinstance(act.operation, Genesis | Admit)
    return act.operation.seat.device


def test_m4_the_head_that_seats_the_writer_is_always_named() -> None:
    """The only head that knows of Bo is the least of all others by every other measure."""
    resolver = membership.Resolver(SPACE)
    resolver.add(FOUNDED)
    resolver.add(EVE_IN)
    bo_in = Act(name(2), ANA.device, frozenset({name(0)}), Admit(seat_of(BO), b""))
    after_bo = Act(name(3), stranger(0).device, frozenset({name(2)}), None)
    resolver.add(bo_in)
    resolver.add(after_bo)
    for number in range(100):
        resolver.add(Act(name(100 + number), stranger(number).device, frozenset({name(1)}), None))
    assert after_bo.id in resolver.heads_to_name(BO.device)
    assert resolver.is_seated_after(BO.device, resolver.heads_to_name(BO.device))
    assert not resolver.is_seated_after(BO.device, [name(1), name(150)])
    # Who holds a seat in none of them names as many; others will refuse what it writes.
    assert len(resolver.heads_to_name(DeviceId(bytes(32)))) == limits.MAX_MEMBERSHIP_HEADS


# -- bounds of an entry alone --------------------------------------------------------------------


def test_m4_a_control_log_ends_at_its_bound_for_everybody_alike() -> None:
    log = LogId(SPACE, EVE.device, 7, Lane.CONTROL)
    body = epoch.encode_operation(Share(()))
    before = Head(limits.MAX_CONTROL_HEIGHT - 1, name(1))
    last = entry.control_entry(EVE, Kind.EPOCH, log, before, (), body)
    assert entry.decode_entry(last.encoded, last.signature, [body]) == last
    beyond = replace(last.header, height=limits.MAX_CONTROL_HEIGHT + 1)
    with pytest.raises(RemoteProtocolError, match="control log too long"):
        entry.decode_entry(beyond.encode(), last.signature, [body])
    content = replace(
        beyond,
        kind=Kind.CHANGES,
        epoch=EpochId(bytes(32)),
        salt=bytes(16),
        commitment=bytes(32),
        parts=(entry.refer(bytes(100), DOCUMENT),),
    )
    assert entry.decode_header(content.encode()).height == limits.MAX_CONTROL_HEIGHT + 1


def test_m4_more_seats_than_one_rekey_may_name_get_their_key_all_the_same() -> None:
    replica, _ = in_the_space()
    (seen,) = replica.control_heads
    room = limits.MAX_DEVICES - len(replica.members)
    for number in range(room + 1):
        admitted = Admit(replace(stranger(number), static=BO.static), b"")
        before = name(999 + number) if 0 < number < room else seen
        act = Act(name(1000 + number), EVE.device, frozenset({before}), admitted)
        assert replica._membership.add(act) == [act]
        replica._epochs.add(EpochAct(act.id, act.signer, act.parents, None), Standing.KEEPER)
    assert len(replica.members) == limits.MAX_DEVICES + 1
    key = epoch.named(bytes(32))
    written = acts.rekey(ANA, 8, replica, key, stream("many"))
    said = [epoch.decode_operation(one.parts[0] or b"") for one in written]
    named = [one.boxes for one in said if not isinstance(one, epoch.Complaint)]
    assert [len(boxes) for boxes in named] == [limits.MAX_DEVICES, 1]
    assert {box.device for boxes in named for box in boxes} == replica.members
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == key.id
    assert replica.active_epoch.exposure == replica.members


def test_m4_a_keyring_too_long_for_one_share_is_handed_over_in_several() -> None:
    replica, _ = in_the_space()
    random = stream("keyring")
    keyring = [epoch.named(random(32)) for _ in range(limits.MAX_DEVICES + 1)]
    written = acts.share(ANA, 7, replica, seat_of(BO), keyring, random)
    assert len(written) == 2
    opened = acts.keys_for(BO, SPACE, written)
    assert opened == sorted(keyring, key=lambda key: key.id)
    assert acts.share(ANA, 7, replica, seat_of(BO), [], random) == []
