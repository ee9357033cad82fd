"""Peers recognise an announcement; everybody else sees random bytes (SPEC §10)."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import crypto
from aluna_protocol.announce import (
    FILLER_BYTES,
    MAX_TXT_KEYS,
    Announcement,
    DoorAnnouncement,
    MemberAnnouncement,
    _tags,
    announce_door,
    announce_member,
    host_name,
    instance_name,
    parse,
    recognise,
    window_of,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import Candidate, GroupCandidate
from aluna_protocol.limits import MAX_TXT_BYTES
from harness.handshaking import NOW, OTHER_SPACE, SPACE, candidate, device, dial, secret, sent

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
ANA, RUI, EVA = device("ana"), device("rui"), device("eva")
GROUP = GroupCandidate(SPACE, secret("group"))
CLOCK = 1_800_000_000.0
WINDOW = 900.0


def random_bytes(size: int, seed: str) -> bytes:
    blocks = (crypto.blake2b(f"{seed} {n}".encode(), size=64) for n in range(size // 64 + 1))
    return b"".join(blocks)[:size]


def announcement_of(
    candidates: list[Candidate], *, seed: str = "a", clock: float = CLOCK
) -> dict[bytes, bytes]:
    return announce_member(
        ANA.static,
        candidates,
        nonce=random_bytes(16, f"nonce {seed}"),
        filler=random_bytes(FILLER_BYTES, f"filler {seed}"),
        wallclock=clock,
    )


def heard(txt: Any) -> MemberAnnouncement:
    announcement = parse(txt)
    assert isinstance(announcement, MemberAnnouncement)
    return announcement


def test_a_peer_recognises_the_announcement_and_others_do_not() -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI), GROUP]))
    anas_at_rui = candidate(RUI, ANA)
    crowd = [candidate(RUI, device(f"member {number}")) for number in range(40)]
    assert recognise(announcement, [*crowd, anas_at_rui], CLOCK) == anas_at_rui
    assert recognise(announcement, [candidate(EVA, ANA)], CLOCK) is None
    assert recognise(announcement, [candidate(RUI, ANA, OTHER_SPACE)], CLOCK) is None


@pytest.mark.parametrize("windows", range(-8, 9))
def test_clocks_two_hours_apart_still_recognise(windows: int) -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI)]))
    known = candidate(RUI, ANA)
    assert recognise(announcement, [known], CLOCK + windows * WINDOW) == known


@pytest.mark.parametrize("windows", [-1000, -9, 9, 1000])
def test_clocks_further_apart_do_not(windows: int) -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI), GROUP]))
    clock = CLOCK + windows * WINDOW
    assert recognise(announcement, [candidate(RUI, ANA), GROUP], clock) is None


def test_clocks_before_1970_are_only_wrong() -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI)], clock=-5.0))
    assert recognise(announcement, [candidate(RUI, ANA)], 5.0) == candidate(RUI, ANA)


def test_l4_who_is_no_peer_any_more_is_in_no_slot() -> None:
    remembered: list[Candidate] = [candidate(EVA, ANA), GROUP]
    before = heard(announcement_of([candidate(ANA, RUI), candidate(ANA, EVA), GROUP]))
    assert recognise(before, remembered, CLOCK) == candidate(EVA, ANA)
    next_epoch = GroupCandidate(SPACE, secret("next epoch"))
    after = heard(announcement_of([candidate(ANA, RUI), next_epoch]))
    assert recognise(after, remembered, CLOCK) is None


def test_a_newcomer_is_recognised_by_the_group_but_a_peer_by_its_pair() -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI), GROUP]))
    assert recognise(announcement, [candidate(EVA, ANA), GROUP], CLOCK) == GROUP
    assert recognise(announcement, [GROUP, candidate(RUI, ANA)], CLOCK) == candidate(RUI, ANA)
    other = GroupCandidate(SPACE, secret("another epoch"))
    assert recognise(announcement, [other], CLOCK) is None


def test_l2_nobody_takes_their_own_announcement_for_a_peers() -> None:
    announcement = heard(announcement_of([candidate(ANA, RUI)]))
    assert recognise(announcement, [candidate(ANA, RUI)], CLOCK) is None


def test_l3_the_size_says_nothing_of_how_many_there_are() -> None:
    shapes = set()
    for count in [0, 1, *range(2, 51), 64, 80]:
        peers: list[Candidate] = [candidate(ANA, device(f"p{n}")) for n in range(count)]
        txt = announcement_of(peers)
        slots = txt[b"t1"] + txt[b"t2"] + txt[b"t3"]
        tags = [slots[at : at + 8] for at in range(0, 512, 8)]
        assert tags == sorted(tags)
        assert len(set(tags)) == 64
        shapes.add(tuple((key, len(value)) for key, value in txt.items()))
    assert shapes == {((b"v", 1), (b"n", 16), (b"t1", 176), (b"t2", 168), (b"t3", 168))}
    assert all(len(key) + 1 + size <= 255 for key, size in next(iter(shapes)))


def test_l3_two_announcements_have_no_bytes_in_common() -> None:
    one = heard(announcement_of([candidate(ANA, RUI), GROUP], seed="a"))
    other = heard(announcement_of([candidate(ANA, RUI), GROUP], seed="b"))
    assert one.nonce != other.nonce
    assert not one.slots & other.slots


def test_sixty_four_peers_all_recognise_it() -> None:
    peers = [device(f"p{number}") for number in range(64)]
    announcement = heard(announcement_of([candidate(ANA, peer) for peer in peers]))
    for peer in peers:
        assert recognise(announcement, [candidate(peer, ANA)], CLOCK) == candidate(peer, ANA)


def test_l5_a_seized_device_recognises_only_what_was_said_to_it() -> None:
    """Whoever has Eva's keys holds a recording of what Ana announced to fifty."""
    peers = [device(f"p{number}") for number in range(49)]
    recorded = heard(announcement_of([*(candidate(ANA, p) for p in [*peers, EVA]), GROUP]))
    of_others = heard(announcement_of([candidate(ANA, p) for p in peers], seed="b"))
    evas: list[Candidate] = [candidate(EVA, p) for p in [ANA, *peers]]
    assert recognise(recorded, evas, CLOCK) == candidate(EVA, ANA)
    assert recognise(of_others, evas, CLOCK) is None
    hers = {
        tag
        for known in (*evas, GROUP)
        for sender in (ANA, EVA, *peers)
        for tag in _tags(known, sender.static, recorded.nonce, [window_of(CLOCK)])
    }
    assert len(hers & recorded.slots) == 2, "her own slot and that of the group"


def test_l1_recognising_one_announcement_costs_what_one_knows_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand spoofed ones would cost ten thousand times this: 20 a second are let in."""
    spoofed = heard(announcement_of([]))
    known: list[Candidate] = [candidate(RUI, device(f"p{n}")) for n in range(50)]
    calls = 0
    hashed = crypto.blake2b

    def counted(*arguments: Any, **named: Any) -> bytes:
        nonlocal calls
        calls += 1
        return hashed(*arguments, **named)

    monkeypatch.setattr(crypto, "blake2b", counted)
    assert recognise(spoofed, [*known, GROUP], CLOCK) is None
    assert calls == 51 * (1 + 17)


def test_l2_a_replay_is_recognised_and_proves_nothing() -> None:
    """Whoever replays Ana's announcement is dialled, and can answer nothing."""
    known = candidate(RUI, ANA)
    replayed = parse(dict(announcement_of([candidate(ANA, RUI)])))
    assert isinstance(replayed, MemberAnnouncement)
    assert recognise(replayed, [known], CLOCK + 2 * 3600 - WINDOW) == known
    initiator = dial(RUI, known)
    said = sent(initiator.receive(bytes(32), NOW))
    assert len(said) == 65
    for name in (RUI.device, RUI.static, ANA.static, SPACE):
        assert name[:8] not in said
    with pytest.raises(RemoteProtocolError):
        initiator.receive(bytes(range(97)), NOW)


def test_a_door_announces_its_nonce_and_nothing_else() -> None:
    txt = announce_door(bytes(range(16)))
    assert txt == {b"v": b"1", b"k": b"door", b"n": bytes(range(16))}
    assert parse(txt) == DoorAnnouncement(bytes(range(16)))


def test_unknown_keys_are_ignored_for_later_versions() -> None:
    txt: dict[bytes, bytes | None] = {**announce_door(bytes(16)), b"later": b"x", b"flag": None}
    assert parse(txt) == DoorAnnouncement(bytes(16))


GOOD = announcement_of([GROUP])


@pytest.mark.parametrize(
    "change",
    [
        {b"v": b"2"},
        {b"v": None},
        {b"k": b"window"},
        {b"k": b""},
        {b"n": b"short"},
        {b"n": None},
        {b"n": "text"},
        {b"t1": GOOD[b"t1"] + b"x"},
        {b"t3": b""},
        {b"t2": 7},
        {b"t2": [1]},
        {"n": b""},
        {3: b""},
        {b"fill": bytes(65_536)},
        {str(n).encode(): b"" for n in range(20)},
    ],
    ids=str,
)
def test_l7_a_hostile_announcement_is_refused(change: dict[Any, Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        parse({**GOOD, **change})


def filled(total: int) -> dict[bytes, bytes]:
    """Return a good announcement with an unknown string, *total* bytes in all."""
    own = sum(len(key) + len(value) + 2 for key, value in GOOD.items())
    return {**GOOD, b"x": bytes(total - own - 3)}


def test_l7_the_largest_announcement_is_read_and_one_byte_more_is_not() -> None:
    assert parse(filled(MAX_TXT_BYTES)) == parse(GOOD)
    with pytest.raises(RemoteProtocolError, match="too long"):
        parse(filled(MAX_TXT_BYTES + 1))
    assert parse({**filled(MAX_TXT_BYTES - 3), b"y": None}) == parse(GOOD)
    with pytest.raises(RemoteProtocolError, match="too long"):
        parse({**filled(MAX_TXT_BYTES - 2), b"y": None})
    keys: dict[bytes, bytes | None] = dict(GOOD)
    assert MAX_TXT_KEYS == 16
    while len(keys) < MAX_TXT_KEYS:
        keys[b"%d" % len(keys)] = None
    assert parse(keys) == parse(GOOD)
    with pytest.raises(RemoteProtocolError, match="too long"):
        parse({**keys, b"more": None})


@pytest.mark.parametrize("key", [b"n", b"t1", b"t2", b"t3"])
def test_l7_every_part_has_its_one_length(key: bytes) -> None:
    for value in (GOOD[key][:-1], GOOD[key] + b"\0", b""):
        with pytest.raises(RemoteProtocolError, match="wrong length"):
            parse({**GOOD, key: value})


KEYS = st.sampled_from([b"v", b"k", b"n", b"t1", b"t2"]) | st.binary()
VALUES = st.sampled_from([None, b"1", b"door"]) | st.binary(max_size=20)


@given(st.dictionaries(KEYS, VALUES))
def test_l7_random_announcements_raise_nothing_but_a_remote_error(txt: dict[bytes, bytes]) -> None:
    try:
        found: Announcement = parse(txt)
    except RemoteProtocolError:
        return
    assert found.nonce == txt[b"n"]


def test_l3_names_are_twelve_random_letters_and_nothing_of_the_machine() -> None:
    assert instance_name(bytes(8)) == "aaaaaaaaaaaa._localsync._tcp.local."
    assert host_name(b"\xff" * 8) == "777777777777.local."
    names = {instance_name(random_bytes(8, str(n))) for n in range(500)}
    assert len(names) == 500
    with pytest.raises(LocalProtocolError):
        instance_name(bytes(7))


def test_randomness_of_another_size_is_our_own_mistake() -> None:
    with pytest.raises(LocalProtocolError):
        announce_member(ANA.static, [], nonce=bytes(15), filler=bytes(512), wallclock=CLOCK)
    with pytest.raises(LocalProtocolError):
        announce_member(ANA.static, [], nonce=bytes(16), filler=bytes(511), wallclock=CLOCK)
    with pytest.raises(LocalProtocolError):
        announce_door(bytes(15))


def test_the_frozen_vectors_still_come_out() -> None:
    make = runpy.run_path(str(VECTORS / "make_handshake_vectors.py"))
    frozen = json.loads((VECTORS / "announce.json").read_text(encoding="utf-8"))
    assert make["announce_vectors"]() == frozen
