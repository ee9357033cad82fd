"""Founding, admitting, handing keys over (SPEC §6, §7)."""

from __future__ import annotations

import pytest

from aluna_protocol import acts, entry, epoch, limits
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind, Part
from aluna_protocol.epoch import Complaint, SealedKey, Share
from aluna_protocol.errors import LocalProtocolError
from aluna_protocol.ids import EMPTY_LOG, DeviceId, Head, Lane, LogId, SpaceId
from aluna_protocol.operations import Admit, CutMark, Rules, Second
from aluna_protocol.replica import SpaceReplica
from vectors.making import ANA, BO, CLEO, DOCUMENT, EVE, GENESIS, SPACE, seat_of, stream

RANDOM = stream("acts")


@pytest.fixture
def founded() -> tuple[SpaceReplica, list[Entry], EpochKey]:
    return acts.found(ANA, 7, GENESIS, RANDOM)


def let_in(
    replica: SpaceReplica, by: DeviceKeys, who: DeviceKeys, keyring: list[EpochKey]
) -> list[Entry]:
    return acts.admit(by, 7, replica, Admit(seat_of(who), b""), keyring, RANDOM)


def test_a_founding_seats_the_founder_and_mints_the_first_key(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    assert [one.header.kind for one in written] == [Kind.MEMBERSHIP, Kind.EPOCH]
    assert replica.space == SPACE
    assert replica.members == {ANA.device}
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == key.id
    assert acts.keys_for(ANA, SPACE, written) == [key]
    assert acts.keys_for(BO, SPACE, written) == []


def test_a_newcomer_gets_every_key_it_is_handed(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    second = epoch.named(RANDOM(32))
    written += acts.rekey(ANA, 7, replica, second, RANDOM)
    written += let_in(replica, ANA, BO, [key, second])
    assert acts.keys_for(BO, SPACE, written) == sorted([key, second], key=lambda one: one.id)
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == second.id
    assert replica.active_epoch.exposure == {ANA.device, BO.device}


def test_k7_an_admission_that_would_be_void_is_not_written_and_no_key_handed_out(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    heads = dict(replica.heads)
    with pytest.raises(LocalProtocolError, match="void"):
        let_in(replica, CLEO, EVE, [key])  # she has no seat herself
    assert replica.heads == heads
    assert replica.active_epoch is not None
    assert replica.active_epoch.exposure == {ANA.device}


def test_k7_keys_minted_apart_end_with_one_that_only_members_hold(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, BO, [key])
    apart = SpaceReplica(SPACE)
    apart.admit_run(written)
    (mine,) = acts.rekey(ANA, 7, replica, epoch.named(RANDOM(32)), RANDOM)
    (theirs,) = acts.rekey(BO, 7, apart, epoch.named(RANDOM(32)), RANDOM)
    replica.admit_run([theirs])
    apart.admit_run([mine])
    assert replica.active_epoch == apart.active_epoch
    assert replica.active_epoch is not None
    assert replica.active_epoch.exposure <= replica.members
    assert replica.control_heads == apart.control_heads == tuple(sorted([mine.hash, theirs.hash]))
    assert replica.is_seated_after(BO.device, [mine.hash])
    assert not replica.is_seated_after(CLEO.device, replica.control_heads)


def test_k6_a_box_that_does_not_open_is_passed_over_and_another_counts(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, EVE, [key])
    wrong = Share((SealedKey(key.id, ANA.device, bytes(epoch.BOX_BYTES)),))
    body = epoch.encode_operation(wrong)
    hostile = acts._write(EVE, 7, replica, Kind.EPOCH, body)
    assert acts.keys_for(ANA, SPACE, [hostile]) == []
    assert acts.keys_for(ANA, SPACE, [hostile, *written]) == [key]
    assert acts.keys_for(ANA, SPACE, [*written, hostile]) == [key]


def test_k8_a_key_handed_outside_is_not_used_any_more(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    acts.share(ANA, 7, replica, seat_of(CLEO), [key], RANDOM)
    assert [one.exposure for one in (replica.active_epoch,) if one is not None] == []
    acts.rekey(ANA, 7, replica, epoch.named(RANDOM(32)), RANDOM)
    assert replica.active_epoch is not None
    assert replica.active_epoch.exposure == {ANA.device}


def test_a_box_is_looked_at_once_and_opened_when_its_epoch_counts(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    early = epoch.named(RANDOM(32))
    control = [*written, *acts.share(ANA, 7, replica, seat_of(ANA), [early], RANDOM)]
    search = acts.KeySearch(ANA, SPACE)
    search.read(control)
    assert search.open(replica.minted) == [key]
    assert search.open(replica.minted) == []
    assert set(search.named) == {key.id, early.id}
    control += acts.rekey(ANA, 7, replica, early, RANDOM)
    search.read(control)
    assert search.open(replica.minted) == [early]
    assert acts.KeySearch(ANA, SPACE, [key.id, early.id]).open(replica.minted) == []
    known = acts.KeySearch(ANA, SPACE, [key.id])
    known.read(control)
    assert known.open(replica.minted) == [early]


def test_m4_boxes_that_do_not_open_are_tried_once_for_each_author(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eve hands Ana a thousand bad boxes for one epoch: one of them is tried."""
    replica, written, key = founded
    written += let_in(replica, ANA, EVE, [key])
    bad = Share((SealedKey(key.id, ANA.device, bytes(epoch.BOX_BYTES)),) * 500)
    body = epoch.encode_operation(bad)
    spam = [acts._write(EVE, 7, replica, Kind.EPOCH, body) for _ in range(2)]
    tried: list[SealedKey] = []
    read: list[bytes] = []
    open_key, decode_operation = epoch.open_key, epoch.decode_operation

    def counted_body(body: bytes) -> epoch.EpochOperation:
        read.append(body)
        return decode_operation(body)

    monkeypatch.setattr(epoch, "decode_operation", counted_body)

    def counted(keys: DeviceKeys, space: SpaceId, author: DeviceId, box: SealedKey) -> EpochKey:
        tried.append(box)
        return open_key(keys, space, author, box)

    monkeypatch.setattr(epoch, "open_key", counted)
    search = acts.KeySearch(ANA, SPACE)
    search.read(spam)
    for _ in range(3):
        search.read(spam)
        assert search.open(replica.minted) == []
    assert tried == list(bad.boxes[:1])
    assert len(read) == 2
    search.read(written)
    assert search.open(replica.minted) == [key]
    assert len(tried) == 2


def test_an_admission_that_would_be_void_is_not_written_and_hands_over_no_key(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, BO, [key])
    before = (replica.control_heads, replica.epochs)
    further_of_bo = Admit(seat_of(CLEO, "phone", BO), b"")
    for by, admission in ((ANA, further_of_bo), (EVE, Admit(seat_of(EVE), b""))):
        with pytest.raises(LocalProtocolError, match="the operation would be void"):
            acts.admit(by, 7, replica, admission, [key], RANDOM)
    assert (replica.control_heads, replica.epochs) == before
    acts.admit(BO, 7, replica, further_of_bo, [key], RANDOM)
    assert CLEO.device in replica.members


def test_a_rekey_names_every_seat_in_ascending_order(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    for keys in (BO, CLEO, EVE):
        let_in(replica, ANA, keys, [key])
    (written,) = acts.rekey(ANA, 7, replica, epoch.named(RANDOM(32)), RANDOM)
    said = epoch.decode_operation(written.parts[0] or b"")
    assert isinstance(said, epoch.Rekey)
    named = [box.device for box in said.boxes]
    assert named == sorted(replica.members)


def test_a_key_two_others_hand_over_is_learnt_once(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, BO, [key])
    written += let_in(replica, ANA, CLEO, [key])
    written += acts.share(BO, 7, replica, seat_of(CLEO), [key], RANDOM)
    assert acts.keys_for(CLEO, SPACE, written) == [key]


def test_e10_no_key_goes_to_a_newcomer_while_another_keeper_has_to_say_yes(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    let_in(replica, ANA, BO, [key])
    (rules,) = acts.declare(ANA, 7, replica, Rules((), 2, 2))
    acts.declare(BO, 7, replica, Second(rules.hash))
    (asked,) = let_in(replica, ANA, CLEO, [key])
    assert asked.header.kind is Kind.MEMBERSHIP
    assert CLEO.device not in replica.members
    assert [one.exposure for one in replica.epochs] == [{ANA.device, BO.device}]
    acts.declare(BO, 7, replica, Second(asked.hash))
    assert CLEO.device in replica.members


def test_e10_who_is_not_given_the_past_begins_a_new_epoch_but_for_ones_own_device(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    acts.declare(ANA, 7, replica, Rules((), gives_past=False))
    admission, minted = let_in(replica, ANA, BO, [key])
    assert [one.header.kind for one in (admission, minted)] == [Kind.MEMBERSHIP, Kind.EPOCH]
    (new,) = acts.keys_for(BO, SPACE, [admission, minted])
    assert new != key
    assert acts.keys_for(ANA, SPACE, [minted]) == [new]
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == new.id
    assert replica.active_epoch.exposure == {ANA.device, BO.device}
    phone = Admit(seat_of(CLEO, "phone", ANA), b"")
    written = acts.admit(ANA, 7, replica, phone, [key, new], RANDOM)
    assert set(acts.keys_for(CLEO, SPACE, written)) == {key, new}
    assert replica.active_epoch.id == new.id, "nothing was minted for it"


def content(replica: SpaceReplica, key: EpochKey, incarnation: int, count: int) -> Head:
    """Let Bo write *count* entries of content in *incarnation*; return their end."""
    log = LogId(SPACE, BO.device, incarnation, Lane.CONTENT)
    head = EMPTY_LOG
    for _ in range(count):
        parts = [Part(DOCUMENT, (b"words",))]
        heads = replica.control_heads
        one = entry.seal_changes(BO, log, head, heads, key, parts, RANDOM(16))
        replica.add_own(one)
        head = Head(one.header.height, one.hash)
    return head


def test_m4_what_a_removal_keeps_is_what_is_held_of_the_content_of_its_devices(
    founded: tuple[SpaceReplica, list[Entry], EpochKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    replica, _, key = founded
    let_in(replica, ANA, BO, [key])
    acts.share(BO, 7, replica, seat_of(ANA), [key], RANDOM)
    assert acts.cut_of(replica, [BO.device]) == (), "a control log is never cut"
    marks = {
        number: CutMark(BO.device, number, content(replica, key, number, count))
        for number, count in ((1, 1), (2, 3), (3, 2), (4, 1))
    }
    short = sorted((marks[1], marks[4]), key=lambda mark: mark.head.hash)
    longest_first = (marks[2], marks[3], *short)
    assert acts.cut_of(replica, [BO.device, ANA.device]) == longest_first
    assert acts.cut_of(replica, [ANA.device]) == ()
    monkeypatch.setattr(limits, "MAX_CUT_MARKS", 3)
    assert acts.cut_of(replica, [BO.device]) == longest_first[:3]


def badly_boxed(replica: SpaceReplica, key: EpochKey, for_: DeviceId) -> Entry:
    """Let Eve mint *key* with a box for one device that does not open."""
    boxes = (SealedKey(key.id, for_, bytes(epoch.BOX_BYTES)),)
    body = epoch.encode_operation(epoch.Rekey(key.id, boxes))
    return acts._write(EVE, 7, replica, Kind.EPOCH, body)


def test_k6_who_was_given_no_box_that_opens_complains_once_and_is_given_the_key_again(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    for keys in (BO, EVE):
        written += let_in(replica, ANA, keys, [key])
    other = epoch.named(RANDOM(32))
    hostile = badly_boxed(replica, other, ANA.device)
    search = acts.KeySearch(ANA, SPACE)
    search.read([*written, hostile])
    assert search.complaints == [], "nothing was tried yet"
    assert search.open(replica.minted) == [key]
    complaint = Complaint(other.id, hostile.hash)
    assert search.complaints == [complaint]
    (said,) = acts.complain(ANA, 7, replica, complaint)
    assert replica.to_box_again == {(ANA.device, other.id)}
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == key.id
    search.read([said])
    assert search.complaints == []
    again = acts.share(EVE, 7, replica, seat_of(ANA), [other], RANDOM)
    assert replica.to_box_again == set()
    search.read(again)
    assert search.open(replica.minted) == [], "of one author one box is tried"
    shared = acts.share(BO, 7, replica, seat_of(ANA), [other], RANDOM)
    search.read(shared)
    assert search.open(replica.minted) == [other]


def test_k6_another_s_complaint_and_a_key_that_came_otherwise_settle_nothing_and_all(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, _, key = founded
    for keys in (BO, EVE):
        let_in(replica, ANA, keys, [key])
    other = epoch.named(RANDOM(32))
    hostile = badly_boxed(replica, other, ANA.device)
    complaint = Complaint(other.id, hostile.hash)
    search = acts.KeySearch(ANA, SPACE)
    search.read([hostile, *acts.complain(BO, 7, replica, complaint)])
    assert search.open(replica.minted) == []
    assert search.complaints == [complaint], "Bo speaks for himself"
    search.read(acts.share(BO, 7, replica, seat_of(ANA), [other], RANDOM))
    assert search.open(replica.minted) == [other]
    assert search.complaints == []


def test_what_is_complained_of_and_what_is_found_come_in_the_order_of_their_names(
    founded: tuple[SpaceReplica, list[Entry], EpochKey],
) -> None:
    replica, written, key = founded
    written += let_in(replica, ANA, EVE, [key])
    others = [epoch.named(RANDOM(32)) for _ in range(8)]
    hostile = {other.id: badly_boxed(replica, other, ANA.device) for other in others}
    search = acts.KeySearch(ANA, SPACE)
    search.read(hostile.values())
    assert search.open(replica.minted) == []
    expected = [Complaint(name, hostile[name].hash) for name in sorted(hostile)]
    assert search.complaints == expected
    again = acts.share(ANA, 7, replica, seat_of(ANA), [key, *others], RANDOM)
    search.read(again)
    found = search.open(replica.minted)
    assert found == sorted([key, *others], key=lambda one: one.id)
    assert search.complaints == []
