"""Flat keys: built, read back, and never trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import ActorId
from aluna_sync.journal import keys
from aluna_sync.journal.schema import MergeKind
from unit.journal.fakes import ITZEL

WRITE = "00ff00ff00ff00ff"
OWN = WRITE + "00000001"
ACTOR = ActorId(bytes.fromhex(WRITE) * 2)


def test_keys_come_back_as_they_were_built() -> None:
    person = ITZEL.hex()
    assert keys.parse_key(keys.text_key("body", WRITE)) == (MergeKind.TEXT, "body", WRITE, "")
    assert keys.parse_key(keys.set_key("own_terms", "a/b")) == (
        MergeKind.SET, "own_terms", "a/b", "",
    )  # fmt: skip
    assert keys.parse_key(keys.act_key("acts", OWN)) == (MergeKind.ACTS, "acts", OWN, "")
    for sub in ("", "v1", "a/b", WRITE, OWN):
        parsed = keys.parse_key(keys.map_key("uses", ITZEL, sub, OWN))
        assert parsed is not None
        assert parsed[:3] == (MergeKind.MAP, "uses", person)
        assert keys.split_sub(parsed.sub) == (sub, OWN)
    for item in ("imp.fear", "a/b", WRITE):
        assert keys.parse_note_key(keys.note_key("terms", item, WRITE)) == (
            MergeKind.SET, "terms", item, WRITE,
        )  # fmt: skip
    assert keys.parse_key(keys.reading_key("when", OWN)) == (
        MergeKind.READINGS, "when", OWN, "",
    )  # fmt: skip
    assert keys.parse_key(keys.last_key("order")) == (MergeKind.LAST, "order", "", "")


def test_what_is_ones_own_stands_under_an_id_that_begins_as_ones_actor_does() -> None:
    ids = keys.WriteIds(ACTOR, lambda size: bytes(size - 1) + b"\x01")
    assert ids.own() == OWN
    assert ids.piece() == "0000000000000001"
    other = ActorId(b"\xaa" * 16)
    assert keys.adopted(f"f/acts/{OWN}", other) == f"f/acts/{'aa' * 8}00000001"
    assert keys.adopted(f"f/acts/{OWN}", ACTOR) == f"f/acts/{OWN}"
    own = ("f/acts/x", "m/uses/x", "r/when/x")
    assert [
        key for key in (*own, "t/body/x", "s/f/x", "l/r", "fr/x", "é/x") if keys.is_own(key)
    ] == list(own)


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "type", "schema", "t", "t/", "t/body", "t/body/", "t/body/xyz",
        f"t/Body/{WRITE}", f"t/body/{WRITE.upper()}", f"t/body/{WRITE}/more", f"t//{WRITE}",
        f"x/body/{WRITE}", "s/terms/", "s/terms", f"s/terms/{'a' * 257}", "m/uses/abc",
        f"m/uses/{'a' * 32}/", f"m/uses/{'a' * 32}/{'b' * 282}", "l/order/more", "l/",
        f"r/{'a' * 65}/{WRITE}", f"t/body/{WRITE}\n", f"t/bo\ndy/{WRITE}",
    ],
)  # fmt: skip
def test_malformed_keys_are_none_of_ours(key: str) -> None:
    assert keys.parse_key(key) is None


@given(st.text(alphabet="tsfmrl/ab0\n:é", max_size=60))
def test_any_key_is_read_without_raising(key: str) -> None:
    parsed = keys.parse_key(key)
    if parsed is not None:
        assert key.startswith(f"{key[0]}/{parsed.field}")
