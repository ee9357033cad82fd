"""The vectors of encoding, entries, membership, epochs, messages and state hold in the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import entry, epoch, membership, messages, operations, packing, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey, Part
from aluna_protocol.epoch import Complaint, EpochAct, EpochOperation, Rekey, SealedKey, Share
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import (
    ChangeHash,
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
from aluna_protocol.membership import Act
from aluna_protocol.powers import Standing
from aluna_sync.standing import state_of
from vectors import make_outcome_vectors, make_vectors
from vectors.making import shown

FOLDER = Path(make_vectors.__file__).parent
Json = dict[str, Any]


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


ENCODING, ENTRIES, MEMBERSHIP = load("encoding"), load("entries"), load("membership")
EPOCHS, MESSAGES, STATE = load("epochs"), load("messages"), load("state")
unhex = bytes.fromhex


def bytes_of(case: Json) -> bytes:
    """Return the bytes of a case; long ones are given as pieces to be repeated."""
    if "pieces" in case:
        return b"".join(unhex(piece) * times for piece, times in case["pieces"])
    return unhex(case["bytes"])


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case.get("name", "") for case in cases])


def refuses(error: str) -> Any:
    return pytest.raises(RemoteProtocolError, match=f"^{error}$")


def test_the_files_are_what_the_generator_writes() -> None:
    for name, vectors in make_vectors.all_vectors().items():
        written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert written == make_vectors.text_of(vectors), name


# -- encoding ------------------------------------------------------------------------------------


def test_canonical_bytes_are_read_and_written() -> None:
    for case in ENCODING["canonical"]:
        value = wire.unpack_canonical(unhex(case["bytes"]), 100)
        assert shown(value) == case["value"]
        assert wire.pack(value).hex() == case["bytes"]


@pytest.mark.parametrize("case", ENCODING["refused"], ids=lambda case: case["bytes"])
def test_other_bytes_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        wire.unpack_canonical(unhex(case["bytes"]), ENCODING["bound"])


def test_names_are_taken_or_refused_as_the_vectors_say() -> None:
    assert all(wire.name(name) == name for name in ENCODING["names"])
    for case in ENCODING["names_refused"]:
        with refuses(case["error"]):
            wire.name(case["name"])


# -- entries -------------------------------------------------------------------------------------


def test_padded_lengths_and_the_dictionary_are_those_of_the_vectors() -> None:
    for size, padded in ENTRIES["parts"]["padded_length"]:
        assert packing.padded_length(size) == padded
    assert packing.PRESET.hex() == ENTRIES["parts"]["preset"]


def test_parts_in_the_clear_are_read() -> None:
    for case in ENTRIES["parts"]["valid"]:
        assert shown(packing.decode_changes(unhex(case["plaintext"]))) == case["changes"]
    compressed = ENTRIES["deflated"]
    assert shown(packing.decode_changes(unhex(compressed["plaintext"]))) == compressed["changes"]


@named(ENTRIES["parts"]["refused"])
def test_parts_in_the_clear_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        packing.decode_changes(unhex(case["plaintext"]))


def content_log() -> LogId:
    device = DeviceId(unhex(ENTRIES["keys"]["device"]))
    return LogId(SpaceId(unhex(ENTRIES["space"])), device, ENTRIES["incarnation"], Lane.CONTENT)


def test_keys_actors_and_documents_are_derived() -> None:
    case = ENTRIES["entry_keys"]
    previous = EntryHash(unhex(case["previous"]))
    keys = entry.entry_keys(
        unhex(case["epoch_key"]), content_log(), case["height"], previous, unhex(case["salt"])
    )
    assert [keys.key.hex(), keys.commitment.hex()] == [case["key"], case["commitment"]]
    assert [keys.part_key(index).hex() for index in (0, 1, 511)] == case["part_keys"]
    for one in ENTRIES["actors"]:
        device, document = DeviceId(unhex(one["device"])), DocumentId(unhex(one["document"]))
        assert entry.actor_of(device, document, one["incarnation"]).hex() == one["actor"]
    for one in ENTRIES["documents"]:
        person = PersonId(unhex(one["person"]))
        document = entry.document_of(content_log().space, person, unhex(one["random"]))
        assert document.hex() == one["document"]


@named(ENTRIES["valid"])
def test_entries_are_read_verified_signed_and_opened(case: Json) -> None:
    parts = [unhex(part) for part in case["parts"]]
    one = entry.decode_entry(unhex(case["header"]), unhex(case["signature"]), parts)
    entry.verify_entry(one)
    assert one.hash.hex() == case["hash"]
    assert one.header.encode() == one.encoded
    assert shown(wire.unpack(one.encoded, 10_000)) == case["fields"]
    keys = DeviceKeys(unhex(ENTRIES["keys"]["sign_seed"]), bytes(32))
    assert entry.sign_entry(keys, one.header, parts) == one
    if one.header.kind is entry.Kind.CHANGES:
        opened = entry.open_parts(one, unhex(ENTRIES["entry_keys"]["epoch_key"]))
        assert opened
        assert all(isinstance(part, Part) for part in opened)


@named(ENTRIES["refused"])
def test_headers_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        entry.decode_header(bytes_of(case))


@named(ENTRIES["valid_headers"])
def test_headers_at_their_limits_are_read(case: Json) -> None:
    encoded = bytes_of(case)
    assert entry.decode_header(encoded).encode() == encoded


# -- membership ----------------------------------------------------------------------------------


@named(MEMBERSHIP["bodies"]["valid"])
def test_bodies_of_membership_are_read_and_written(case: Json) -> None:
    body = bytes_of(case)
    operation = membership.decode_operation(body)
    assert membership.encode_operation(operation) == body
    assert shown(wire.unpack(body, 1000)) == case["fields"]
    assert type(operation).__name__ == case["type"]
    if isinstance(operation, membership.Genesis):
        assert membership.space_id(operation).hex() == case["space"]


@named(MEMBERSHIP["bodies"]["refused"])
def test_bodies_of_membership_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        membership.decode_operation(bytes_of(case))


@named(MEMBERSHIP["bodies"]["unproven"])
def test_a_seat_its_device_did_not_sign_like_that_is_refused(case: Json) -> None:
    operation = membership.decode_operation(unhex(case["body"]))
    with refuses(case["error"]):
        operations.check_seat(operation)


@named(MEMBERSHIP["outcomes"])
def test_outcomes_of_membership(case: Json) -> None:
    given = [
        Act(
            EntryHash(unhex(one["id"])),
            DeviceId(unhex(one["signer"])),
            frozenset(EntryHash(unhex(parent)) for parent in one["parents"]),
            None if one["body"] is None else membership.decode_operation(unhex(one["body"])),
        )
        for one in case["acts"]
    ]
    space = SpaceId(unhex(MEMBERSHIP["bodies"]["space"]))
    for order in (given, given[::-1]):
        outcome = make_outcome_vectors.said_of(membership.resolve(space, order))
        assert outcome == {name: case[name] for name in outcome}


# -- epochs --------------------------------------------------------------------------------------


def open_box(epoch_name: str, box: str) -> EpochKey:
    keys = EPOCHS["keys"]
    device = DeviceKeys(unhex(keys["sign_seed"]), unhex(keys["static_secret"]))
    recipient, author = DeviceId(unhex(EPOCHS["recipient"])), DeviceId(unhex(EPOCHS["author"]))
    sealed = SealedKey(EpochId(unhex(epoch_name)), recipient, unhex(box))
    return epoch.open_key(device, SpaceId(unhex(EPOCHS["space"])), author, sealed)


def test_a_box_is_sealed_and_opened() -> None:
    opened = open_box(EPOCHS["epoch"], EPOCHS["box"])
    assert opened == epoch.named(unhex(EPOCHS["epoch_key"]))
    static = DeviceKeys(bytes(32), unhex(EPOCHS["keys"]["static_secret"])).static
    sealed = epoch.seal_key(
        opened,
        SpaceId(unhex(EPOCHS["space"])),
        DeviceId(unhex(EPOCHS["author"])),
        DeviceId(unhex(EPOCHS["recipient"])),
        static,
        unhex(EPOCHS["ephemeral_secret"]),
    )
    assert sealed.box.hex() == EPOCHS["box"]


@named(EPOCHS["boxes_refused"])
def test_boxes_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        open_box(case["epoch"], case["box"])


def test_bodies_of_epochs_are_read_and_written() -> None:
    for case in EPOCHS["bodies"]:
        operation = epoch.decode_operation(bytes_of(case))
        assert type(operation).__name__ == case["type"]
        assert epoch.encode_operation(operation) == bytes_of(case)
        assert shown(wire.unpack(bytes_of(case), 1000)) == case["fields"]


@named(EPOCHS["bodies_refused"])
def test_bodies_of_epochs_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        epoch.decode_operation(bytes_of(case))


@named(EPOCHS["active"])
def test_the_active_epoch(case: Json) -> None:
    resolver = epoch.Resolver()
    members, keepers = (
        frozenset(DeviceId(unhex(device)) for device in case[name])
        for name in ("members", "keepers")
    )
    for one in case["acts"]:
        named_epoch = EpochId(unhex(one["epoch"]))
        boxes = tuple(SealedKey(named_epoch, DeviceId(unhex(d)), b"") for d in one["devices"])
        said: dict[str, EpochOperation] = {
            "mint": Rekey(named_epoch, boxes),
            "share": Share(boxes),
            "complain": Complaint(named_epoch, EntryHash(bytes(32))),
        }
        operation = said[one["operation"]]
        parents = frozenset(EntryHash(unhex(parent)) for parent in one["parents"])
        signer = DeviceId(unhex(one["signer"]))
        standing = Standing.MEMBER if signer in members else Standing.NOBODY
        resolver.add(
            EpochAct(EntryHash(unhex(one["id"])), signer, parents, operation),
            Standing.KEEPER if signer in keepers else standing,
        )
    active = next(resolver.eligible(members), None)
    assert (None if active is None else active.id.hex()) == case["active"]


# -- messages ------------------------------------------------------------------------------------


def test_spaces_are_named_in_a_session() -> None:
    for case in MESSAGES["tags"]:
        tag = messages.space_tag(
            SpaceId(unhex(case["space"])),
            unhex(case["handshake_hash"]),
            by_initiator=case["by_initiator"],
        )
        assert tag.hex() == case["tag"]


def test_messages_are_read_and_written() -> None:
    for case in MESSAGES["valid"]:
        message = messages.decode(unhex(case["bytes"]))
        assert type(message).__name__ == case["type"]
        assert messages.encode(message).hex() == case["bytes"]
        assert shown(wire.unpack(unhex(case["bytes"]), 10_000)) == case["fields"]


@named(MESSAGES["refused"])
def test_messages_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        messages.decode(bytes_of(case))


@named(MESSAGES["batches"])
def test_a_short_form_stands_for_whole_headers(case: Json) -> None:
    batch = messages.decode(unhex(case["bytes"]))
    assert isinstance(batch, messages.Batch)
    height, entry_hash = case["before"]
    before = Head(height, EntryHash(unhex(entry_hash)))
    assert (batch.first_height - 1, batch.previous) == (before.height, before.hash)
    run = messages.lengthen(batch, SpaceId(unhex(case["space"])))
    assert [one.encoded.hex() for one in run] == case["headers"]
    assert [shown(one.parts) for one in run] == case["parts"]
    for one in run:
        entry.verify_entry(one)
    assert messages.shorten(run) == batch.links


@named(MESSAGES["batches_refused"])
def test_a_short_form_is_refused(case: Json) -> None:
    batch = messages.decode(bytes_of(case))
    assert isinstance(batch, messages.Batch)
    with refuses(case["error"]):
        messages.lengthen(batch, SpaceId(bytes(32)))


def test_states_are_those_of_the_vectors() -> None:
    for case in STATE:
        heads = [EntryHash(unhex(head)) for head in case["heads"]]
        documents = [
            (DocumentId(unhex(document)), tuple(ChangeHash(unhex(change)) for change in changes))
            for document, changes in case["documents"]
        ]
        assert state_of(heads, documents) == case["state"]
