"""The vectors of whole entries, handshakes, streams and announcements hold in the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import announce, crypto, entry, handshake
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import BadPart, Entry, Part
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import GroupCandidate, InitiatorHandshake, PairCandidate
from aluna_protocol.ids import EpochId, Instant, SpaceId, StaticKey
from aluna_protocol.limits import MAX_MESSAGE
from aluna_protocol.noise import CipherState
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.transport import Transport, frame_bytes, padded_size
from vectors import make_vectors
from vectors.making import shown

Json = dict[str, Any]
FOLDER = Path(make_vectors.__file__).parent
unhex = bytes.fromhex
START = Instant(0.0)


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


RUNS, HANDSHAKE, HANDSHAKES = load("runs"), load("handshake"), load("handshake_refused")
DOOR, DOORS, STREAMS = load("door"), load("door_messages"), load("transport")
ANNOUNCEMENTS = load("announce_refused")


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def refuses(error: str) -> Any:
    return pytest.raises(RemoteProtocolError, match=f"^{error}$")


def bytes_of(case: Json) -> bytes:
    if "pieces" in case:
        return b"".join(unhex(piece) * times for piece, times in case["pieces"])
    return unhex(case["bytes"])


# -- entries -------------------------------------------------------------------------------------


def entry_of(case: Json) -> Entry:
    parts = [None if part is None else unhex(part) for part in case["parts"]]
    return entry.decode_entry(unhex(case["header"]), unhex(case["signature"]), parts)


@named(RUNS["refused"])
def test_an_entry_is_refused(case: Json) -> None:
    entry.decode_header(unhex(case["header"]))
    with refuses(case["error"]):
        entry.verify_entry(entry_of(case))


def replica_with(control: list[Json], held: list[Json]) -> SpaceReplica:
    replica = SpaceReplica(SpaceId(unhex(RUNS["runs"]["space"])))
    for run in (control, held):
        if run:
            assert len(replica.admit_run([entry_of(one) for one in run])) == len(run)
    return replica


@named(RUNS["runs"]["valid"])
def test_a_run_is_taken(case: Json) -> None:
    replica = replica_with(RUNS["runs"]["control"], case["held"])
    run = [entry_of(one) for one in case["run"]]
    taken = replica.admit_run(run)
    branch = taken[-1].header.log if taken else run[-1].header.log
    end = replica.head(branch)
    assert (end.height, end.hash) == (run[-1].header.height, run[-1].hash)
    assert (branch.branch > 0) is case["name"].startswith("D1")


@named(RUNS["runs"]["refused"])
def test_a_run_is_refused_whole(case: Json) -> None:
    replica = replica_with(RUNS["runs"]["control"], case["held"])
    before = dict(replica.heads)
    with refuses(case["error"]):
        replica.admit_run([entry_of(one) for one in case["run"]])
    assert replica.heads == before


@named(RUNS["runs"]["refused_into_an_empty_space"])
def test_a_control_run_is_refused_whole(case: Json) -> None:
    replica = replica_with([], [])
    with refuses(case["error"]):
        replica.admit_run([entry_of(one) for one in case["run"]])
    assert not replica.heads
    assert not replica.control_heads


@named(RUNS["opened"]["cases"])
def test_parts_open_or_not_each_by_itself(case: Json) -> None:
    one = entry_of(case)
    entry.verify_entry(one)
    opened = entry.open_parts(one, unhex(RUNS["opened"]["epoch_key"]))
    for part, expected in zip(opened, case["opened"], strict=True):
        if expected is None:
            assert isinstance(part, BadPart)
        else:
            assert isinstance(part, Part)
            assert [part.document.hex(), shown(part.changes)] == expected


# -- handshakes ----------------------------------------------------------------------------------


def keys_of(shown_keys: Json) -> DeviceKeys:
    return DeviceKeys(unhex(shown_keys["sign_seed"]), unhex(shown_keys["static_secret"]))


INITIATOR = keys_of(HANDSHAKE["inputs"]["initiator"])
RESPONDER = keys_of(HANDSHAKE["inputs"]["responder"])
SPACE = SpaceId(unhex(HANDSHAKE["inputs"]["space"]))


def candidates(keys: DeviceKeys, peer: DeviceKeys) -> dict[str, PairCandidate | GroupCandidate]:
    inputs = HANDSHAKE["inputs"]
    group = handshake.group_key(unhex(inputs["epoch_key"]), SPACE, EpochId(unhex(inputs["epoch"])))
    pair = handshake.pair_key(keys, peer.static, SPACE)
    return {
        "pair": PairCandidate(SPACE, peer.device, peer.static, pair),
        "group": GroupCandidate(SPACE, group),
    }


def outcome(machine: Any, came: list[bytes]) -> tuple[str, Any]:
    """Give *came* to a machine, one after the other, and tell how it ended."""
    said: list[Any] = []
    for data in came:
        said += machine.receive(data, START)
    last = [one for one in said if not isinstance(one, handshake.Send)]
    match last:
        case [handshake.Established()]:
            return "established", None
        case [handshake.Incompatible(version)]:
            return "incompatible", version
        case _:
            return "silent", None


@named(HANDSHAKES["responder"])
def test_what_is_said_to_a_responder_has_the_outcome_of_the_vector(case: Json) -> None:
    both = candidates(RESPONDER, INITIATOR)
    responder = handshake.ResponderHandshake(
        RESPONDER,
        list(both.values()),
        challenge=unhex(HANDSHAKE["inputs"]["challenge"]),
        ephemeral_secret=unhex(HANDSHAKE["inputs"]["responder_ephemeral_secret"]),
        silence=5.0,
        now=START,
    )
    check_outcome(responder, case)
    if case["outcome"] == "silent":
        assert isinstance(responder.phase, handshake.Silent)


@named(HANDSHAKES["initiator"])
def test_what_is_said_to_an_initiator_has_the_outcome_of_the_vector(case: Json) -> None:
    secret = unhex(HANDSHAKE["inputs"]["initiator_ephemeral_secret"])
    known = candidates(INITIATOR, RESPONDER)[case["candidate"]]
    check_outcome(InitiatorHandshake(INITIATOR, known, ephemeral_secret=secret, now=START), case)


def check_outcome(machine: Any, case: Json) -> None:
    came = [unhex(data) for data in case["receive"]]
    if case["outcome"] == "error":
        with refuses(case["error"]):
            outcome(machine, came)
    else:
        assert outcome(machine, came) == (case["outcome"], case["version"])


@named(HANDSHAKES["pairs_refused"])
def test_some_static_keys_make_no_pair(case: Json) -> None:
    with refuses(case["error"]):
        handshake.pair_key(INITIATOR, StaticKey(unhex(case["static"])), SPACE)


# -- streams -------------------------------------------------------------------------------------


def stream_reader(max_message: int = MAX_MESSAGE) -> Transport:
    key = unhex(STREAMS["key"])
    return Transport(CipherState(key), CipherState(key), START, max_message=max_message)


@named(STREAMS["valid"])
def test_a_stream_is_read(case: Json) -> None:
    writer = CipherState(unhex(STREAMS["key"]))
    stream = b""
    for number, (byte, times) in enumerate(case["messages"]):
        rekey = number == 0 and case["name"].startswith("renewed")
        frame = frame_bytes(unhex(byte) * times, rekey=rekey)
        for at in range(0, len(frame), 65_519):
            record = writer.encrypt_with_ad(b"", frame[at : at + 65_519])
            stream += len(record).to_bytes(2, "big") + record
        if rekey:
            writer.rekey()
            assert writer.k == unhex(STREAMS["renewed_key"])
    assert len(stream) == case["size"]
    assert crypto.blake2b(stream).hex() == case["blake2b"]
    assert case.get("stream", stream.hex()) == stream.hex()
    read = stream_reader().decrypt(stream)
    assert read == [unhex(byte) * times for byte, times in case["messages"]]


@named(STREAMS["refused"])
def test_a_stream_is_refused(case: Json) -> None:
    reader = stream_reader(STREAMS["max_message"])
    with refuses(case["error"]):
        reader.decrypt(unhex(case["stream"]))


def test_frames_have_the_sizes_of_the_vectors() -> None:
    for size, framed in STREAMS["frame_sizes"]:
        assert padded_size(5 + size) == framed


# -- announcements -------------------------------------------------------------------------------


def txt_of(case: Json) -> dict[bytes, bytes]:
    return {key.encode(): unhex(value) for key, value in case["txt"].items()}


@named(ANNOUNCEMENTS["valid"])
def test_an_announcement_is_read(case: Json) -> None:
    read = announce.parse(txt_of(case))
    assert read.nonce.hex() == case["txt"]["n"]


@named(ANNOUNCEMENTS["refused"])
def test_an_announcement_is_refused(case: Json) -> None:
    with refuses(case["error"]):
        announce.parse(txt_of(case))


def test_clocks_may_differ_by_two_hours_and_no_more() -> None:
    read = announce.parse(txt_of({"txt": ANNOUNCEMENTS["member"]}))
    assert isinstance(read, announce.MemberAnnouncement)
    static, key = unhex(ANNOUNCEMENTS["sender_static"]), unhex(ANNOUNCEMENTS["pair_key"])
    peer = PairCandidate(SPACE, INITIATOR.device, StaticKey(static), key)
    for ahead, known in ANNOUNCEMENTS["recognised_with_the_clock_ahead"]:
        found = announce.recognise(read, [peer], ANNOUNCEMENTS["wallclock"] + ahead)
        assert (found == peer) is known, ahead
