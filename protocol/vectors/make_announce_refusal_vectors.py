"""Vectors of announcements that are refused, and of clocks that differ (SPEC §10)."""

from __future__ import annotations

from aluna_protocol import announce, handshake
from vectors.make_handshake_vectors import DOOR_NONCE, INITIATOR, RESPONDER, SPACE, WALLCLOCK
from vectors.making import Json


def announce_refusals() -> Json:
    """Return TXT records that are refused, and by how much clocks may differ."""
    pair = handshake.pair_key(INITIATOR, RESPONDER.static, SPACE)
    known = handshake.PairCandidate(SPACE, RESPONDER.device, RESPONDER.static, pair)
    filler = bytes(range(256)) * 2
    member = announce.announce_member(
        INITIATOR.static, [known], nonce=bytes([0x81]) * 16, filler=filler, wallclock=WALLCLOCK
    )
    other = announce.announce_member(
        RESPONDER.static, [], nonce=bytes(16), filler=filler[::-1], wallclock=0.0
    )
    opened = announce.announce_door(DOOR_NONCE)
    part = "announcement with a part of the wrong length"
    kind, version = "announcement of an unknown kind", "announcement of another version"
    long = "announcement too long"
    cases: list[tuple[str, dict[bytes, bytes], str]] = [
        ("T6 another version", member | {b"v": b"2"}, version),
        ("no version", {key: value for key, value in member.items() if key != b"v"}, version),
        ("an unknown kind", member | {b"k": b"doo"}, kind),
        ("a short nonce", member | {b"n": bytes(15)}, part),
        ("a slot too few", member | {b"t1": member[b"t1"][:-8]}, part),
        ("half a slot too many", member | {b"t2": member[b"t2"] + bytes(4)}, part),
        ("no third string", {k: v for k, v in member.items() if k != b"t3"}, part),
        ("a door with a long nonce", opened | {b"n": bytes(17)}, part),
        ("a door without nonce", {k: v for k, v in opened.items() if k != b"n"}, part),
        ("L7 more than 16 strings", opened | {b"x%d" % n: b"" for n in range(14)}, long),
        ("L7 too many bytes", opened | {b"x%d" % n: bytes(250) for n in range(6)}, long),
    ]
    return {
        "wallclock": int(WALLCLOCK),
        "pair_key": pair.hex(),
        "sender_static": INITIATOR.static.hex(),
        "member": txt(member),
        "valid": [
            {"name": name, "txt": txt(record)}
            for name, record in (
                ("a member", member),
                ("another member", other),
                ("a door", opened),
                ("another door", announce.announce_door(bytes(16))),
                ("a string nobody knows", opened | {b"x": b"1"}),
            )
        ],
        "refused": [{"name": n, "txt": txt(record), "error": error} for n, record, error in cases],
        "recognised_with_the_clock_ahead": [
            [seconds, abs(seconds) <= 8 * 900]
            for seconds in (-8 * 900, -7 * 900, 0, 8 * 900, -9 * 900, 9 * 900)
        ],
    }


def txt(record: dict[bytes, bytes]) -> dict[str, str]:
    """Return a TXT record for JSON."""
    return {key.decode("ascii"): value.hex() for key, value in record.items()}
