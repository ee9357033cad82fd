"""The reader written from SPEC.md alone meets others as the vectors of §8-§10 say."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import independent
from independent import belonging, doors, encoding, entries, messages, sessions, spaces
from independent.encoding import Refused

Json = dict[str, Any]
FOLDER = Path(independent.__file__).parents[2] / "protocol" / "vectors"
unhex = bytes.fromhex


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


HANDSHAKE, HANDSHAKES, STREAMS = (
    load(name) for name in ("handshake", "handshake_refused", "transport")
)
DOOR, DOORS = load("door"), load("door_messages")
ANNOUNCE, ANNOUNCEMENTS = load("announce"), load("announce_refused")
MESSAGES, SESSIONS = load("messages"), load("sessions")


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def bytes_of(case: Json) -> bytes:
    if "pieces" in case:
        return b"".join(unhex(piece) * times for piece, times in case["pieces"])
    return unhex(case["bytes"])


def refuses(error: str) -> Any:
    return pytest.raises(Refused, match=f"^{error}$")


def shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [shown(one) for one in value] if isinstance(value, list | tuple) else value


# -- handshakes and streams ----------------------------------------------------------------------

INPUTS = HANDSHAKE["inputs"]
SPACE, CHALLENGE = unhex(INPUTS["space"]), unhex(INPUTS["challenge"])
EPHEMERALS = {
    side: unhex(INPUTS[f"{side}_ephemeral_secret"]) for side in ("initiator", "responder")
}


def secret_of(side: str) -> bytes:
    return unhex(INPUTS[side]["static_secret"])


def key_of(kind: str, side: str, other: str) -> tuple[bytes, bytes | None]:
    if kind == "group":
        epoch_key, epoch = unhex(INPUTS["epoch_key"]), unhex(INPUTS["epoch"])
        return sessions.group_key(epoch_key, SPACE, epoch), None
    static = unhex(INPUTS[other]["static"])
    return sessions.pair_key(secret_of(side), static, SPACE), static


def dialled(kind: str, came: list[bytes]) -> sessions.Outcome:
    key, static = key_of(kind, "initiator", "responder")
    return sessions.initiate(key, static, EPHEMERALS["initiator"], secret_of("initiator"), came)


def accepted(came: list[bytes]) -> sessions.Outcome:
    known = [key_of(kind, "responder", "initiator") for kind in ("pair", "group")]
    e = EPHEMERALS["responder"]
    return sessions.respond(known, CHALLENGE, e, secret_of("responder"), came)


@pytest.mark.parametrize("kind", ["pair", "group"])
def test_a_transcript_is_replayed_to_the_byte(kind: str) -> None:
    said = HANDSHAKE[kind]
    one = dialled(kind, [CHALLENGE, unhex(said["noise2"])])
    other = accepted([unhex(said["hint"] + said["noise1"]), unhex(said["noise3"])])
    assert shown(one.said) == [said["hint"] + said["noise1"], said["noise3"]]
    assert shown(other.said) == [said["noise2"]]
    assert one.noise is not None
    assert other.noise is not None
    assert one.noise.h == other.noise.h == unhex(said["handshake_hash"])
    send, receive = one.noise.split()
    back = other.noise.split()[0]
    hello, answer = unhex(said["initiator_message"]), unhex(said["responder_message"])
    assert sessions.write_stream(send, hello).hex() == said["initiator_record"]
    assert (
        sessions.write_stream(send, b"late", renew=True).hex()
        == (said["initiator_rekeying_record"])
    )
    assert sessions.write_stream(send, b"after").hex() == said["initiator_record_after_rekey"]
    assert sessions.write_stream(back, answer).hex() == said["responder_record"]
    assert sessions.read_stream(receive, unhex(said["responder_record"])) == [answer]


def check(case: Json, play: Callable[[list[bytes]], sessions.Outcome]) -> None:
    came = [unhex(data) for data in case["receive"]]
    if case["outcome"] == "error":
        with refuses(case["error"]):
            play(came)
    else:
        ended = play(came)
        assert (ended.how, ended.version) == (case["outcome"], case["version"])


@named(HANDSHAKES["responder"])
def test_a_responder(case: Json) -> None:
    check(case, accepted)


@named(HANDSHAKES["initiator"])
def test_an_initiator(case: Json) -> None:
    check(case, lambda came: dialled(case["candidate"], came))


def test_pairs_frames_and_streams() -> None:
    for case in HANDSHAKES["pairs_refused"]:
        with refuses(case["error"]):
            sessions.pair_key(secret_of("initiator"), unhex(case["static"]), SPACE)
    for size, framed in STREAMS["frame_sizes"]:
        assert sessions.frame_size(5 + size) == framed
    key = unhex(STREAMS["key"])
    for case in STREAMS["valid"]:
        messages = [unhex(byte) * times for byte, times in case["messages"]]
        cipher = sessions.Cipher(key)
        renewed = case["name"].startswith("renewed")
        stream = b"".join(
            sessions.write_stream(cipher, message, renew=renewed and number == 0)
            for number, message in enumerate(messages)
        )
        assert (len(stream), encoding.blake2b(stream).hex()) == (case["size"], case["blake2b"])
        assert sessions.read_stream(sessions.Cipher(key), stream) == messages
    for case in STREAMS["refused"]:
        with refuses(case["error"]):
            sessions.read_stream(
                sessions.Cipher(key), unhex(case["stream"]), STREAMS["max_message"]
            )


# -- the door and announcements ------------------------------------------------------------------


def test_messages_of_the_door() -> None:
    h, static = unhex(DOORS["cards"]["handshake_hash"]), unhex(DOORS["cards"]["static"])
    for case in DOORS["messages"]["valid"]:
        due = "ANSWER" if case["type"] in {"WELCOME", "REFUSED", "LINK"} else case["type"]
        proved = unhex(DOORS["cards"]["valid"][1]["fields"][1])
        doors.read_message(bytes_of(case), due, h, proved if "again" in case["name"] else static)
    for case in DOORS["messages"]["refused"]:
        with refuses(case["error"]):
            doors.read_message(bytes_of(case), case["due"], h, static)
    for case in DOORS["cards"]["valid"]:
        assert encoding.blake2b(doors.read_card(bytes_of(case)).data).hex() == case["hash"]
    for case in DOORS["cards"]["refused"]:
        with refuses(case["error"]):
            doors.read_card(bytes_of(case))
    for case in DOORS["cards"]["signed_refused"]:
        with refuses(case["error"]):
            doors.read_message(bytes_of(case), "CARD", h, static)


def test_knocks() -> None:
    given = DOOR["inputs"]
    secret = doors.secret_of(given["words"], unhex(given["nonce"]))
    assert secret.hex() == DOOR["secret"]
    r = unhex(given["reveal"])
    greeting = unhex(given["nonce"]) + doors.commitment(r)
    assert greeting.hex() == DOOR["greeting"]
    keeper, knocker = (
        unhex(given["keeper"]["static_secret"]),
        unhex(given["knocker"]["static_secret"]),
    )
    e_keeper, e_knocker = (
        unhex(given[f"{side}_ephemeral_secret"]) for side in ("keeper", "knocker")
    )
    device = unhex(given["keeper"]["device"])

    person, name = DOORS["link"]
    link = doors.Link(unhex(person), name)

    def kept(came: list[Any], *, given: doors.Link | None = None) -> tuple[str, int | None]:
        heard = [(seconds, unhex(data)) for seconds, data in came]
        return doors.keep(secret, greeting, e_keeper, keeper, device, heard, given)

    def knocked(came: list[Any], *, links: bool = False) -> tuple[str, int | None]:
        heard = [unhex(data) for _, data in came]
        return doors.knock(secret, e_knocker, knocker, heard, links=links)

    sides: dict[str, Callable[[list[Any]], tuple[str, int | None]]] = {
        "keeper": kept,
        "linked": partial(kept, given=link),
        "knocker": knocked,
        "linking": partial(knocked, links=True),
    }
    assert DOORS["knocks"].keys() == sides.keys()
    for side, play in sides.items():
        for case in DOORS["knocks"][side]:
            if case["outcome"] == "error":
                with refuses(case["error"]):
                    play(case["receive"])
            else:
                assert play(case["receive"]) == (case["outcome"], case["version"]), case["name"]
    noise = doors.door_noise(secret, greeting, initiator=True, e=e_knocker, s=knocker)
    assert noise.write1().hex() == DOOR["noise1"]
    noise.read2(unhex(DOOR["noise2"]))
    assert noise.write3().hex() == DOOR["noise3"]
    send, receive = noise.split()
    [shown] = sessions.read_stream(send, unhex(DOOR["card_record"]), 1024)
    signature = encoding.unpack_canonical(shown, 1024)[2]
    assert doors.safety_words(noise.h, signature, r) == DOOR["safety_words"]
    said = unhex(DOOR["inviter_record"] + DOOR["welcome_record"])
    inviter, welcome = sessions.read_stream(receive, said)
    assert doors.read_message(inviter, "INVITER") == (given["inviter"], r)
    assert doors.read_message(welcome, "ANSWER").hex() == given["payload"]


def test_welcomes() -> None:
    newcomer = unhex(DOORS["welcomes"]["newcomer"])
    for case in DOORS["welcomes"]["valid"]:
        entered = doors.enter(bytes_of(case), newcomer, unhex(DOORS["welcomes"]["inviter"]))
        assert entered.id.hex() == case["fields"][0]
    for case in DOORS["welcomes"]["refused"]:
        with refuses(case["error"]):
            doors.enter(bytes_of(case), newcomer, unhex(case["inviter"]))


def txt_of(shown_txt: dict[str, str]) -> dict[str, bytes]:
    return {key: unhex(value) for key, value in shown_txt.items()}


def test_announcements() -> None:
    for case in ANNOUNCEMENTS["valid"]:
        assert doors.read_txt(txt_of(case["txt"]))[0].hex() == case["txt"]["n"]
    for case in ANNOUNCEMENTS["refused"]:
        with refuses(case["error"]):
            doors.read_txt(txt_of(case["txt"]))
    member = txt_of(ANNOUNCEMENTS["member"])
    key, sender = unhex(ANNOUNCEMENTS["pair_key"]), unhex(ANNOUNCEMENTS["sender_static"])
    for ahead, known in ANNOUNCEMENTS["recognised_with_the_clock_ahead"]:
        clock = ANNOUNCEMENTS["wallclock"] + ahead
        assert doors.recognises(member, key, sender, clock) is known
    given = ANNOUNCE["inputs"]
    nonce, tags = doors.read_txt(txt_of(ANNOUNCE["member"]))
    pair, group = unhex(given["pair_key"]), unhex(given["group_key"])
    assert tags is not None
    assert doors.tag_of(pair, nonce, ANNOUNCE["window"], unhex(given["sender_static"])) in tags
    assert doors.tag_of(group, nonce, ANNOUNCE["window"]) in tags


# -- messages ------------------------------------------------------------------------------------


def test_spaces_are_named() -> None:
    for case in MESSAGES["tags"]:
        role = "initiator" if case["by_initiator"] else "responder"
        tag = messages.tag_of(unhex(case["space"]), unhex(case["handshake_hash"]), role)
        assert tag.hex() == case["tag"]


@named(MESSAGES["valid"])
def test_messages(case: Json) -> None:
    what, fields = messages.read_message(bytes_of(case))
    assert what == case["type"]
    assert shown(fields) == case["fields"][1:]


@named(MESSAGES["refused"])
def test_messages_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        messages.read_message(bytes_of(case))


@named(MESSAGES["batches"])
def test_a_batch_stands_for_entries(case: Json) -> None:
    _, fields = messages.read_message(bytes_of(case))
    run = messages.run_of(unhex(case["space"]), fields)
    for one, header, parts in zip(run, case["headers"], case["parts"], strict=True):
        one.verify()
        assert one.header.hash == encoding.blake2b(unhex(header), person="aluna-entry-v1")
        assert shown(one.parts) == parts


@named(MESSAGES["batches_refused"])
def test_a_batch_stands_for_no_entries(case: Json) -> None:
    _, fields = messages.read_message(bytes_of(case))
    with refuses(case["error"]):
        messages.run_of(bytes(32), fields)


@named(SESSIONS["conversations"])
def test_a_conversation(case: Json) -> None:
    space, peer = spaces.Space(unhex(SESSIONS["space"])), unhex(SESSIONS["initiator"]["device"])
    for one in SESSIONS["control"]:
        body: list[bytes | None] = [unhex(part) for part in one["parts"]]
        space.take([entries.read_entry(unhex(one["header"]), unhex(one["signature"]), body)])
    outcome, _ = belonging.Space(space.id, space.acts.values()).everything()
    listener = messages.Listener(
        {space.id: {device: seat.person for device, seat in outcome.seats.items()}},
        unhex(SESSIONS["handshake_hash"]),
        device=unhex(SESSIONS["receiver"]["device"]),
        peer=peer if case["known"] else None,
    )
    *before, last = map(unhex, case["heard"])
    for heard in before:
        listener.hear(heard)
    if case["error"] is None:
        listener.hear(last)
    else:
        with refuses(case["error"]):
            listener.hear(last)
