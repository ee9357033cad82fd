"""A reader written from SPEC.md alone accepts every valid vector and refuses every other one."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import independent
from independent import belonging, encoding, entries, operations, spaces
from independent.encoding import Refused

Json = dict[str, Any]
READER = Path(independent.__file__).parent
FOLDER = READER.parents[1] / "protocol" / "vectors"
unhex = bytes.fromhex


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


ENCODING, ENTRIES, RUNS, MEMBERSHIP = (
    load(name) for name in ("encoding", "entries", "runs", "membership")
)
EPOCHS, STATE = load("epochs"), load("state")


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


def test_the_reader_imports_nothing_of_ours() -> None:
    allowed = {"nacl", "msgpack", "independent", *sys.stdlib_module_names}
    for path in READER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in allowed, path.name
            elif isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, path.name


# -- encoding and entries ------------------------------------------------------------------------


def test_encoding() -> None:
    for case in ENCODING["canonical"]:
        assert shown(encoding.unpack_canonical(unhex(case["bytes"]), 100)) == case["value"]
    for case in ENCODING["refused"]:
        with refuses(case["error"]):
            encoding.unpack_canonical(unhex(case["bytes"]), ENCODING["bound"])
    for name in ENCODING["names"]:
        assert encoding.name(name) == name
    for case in ENCODING["names_refused"]:
        with refuses(case["error"]):
            encoding.name(case["name"])


def entry_of(case: Json) -> entries.Entry:
    parts = [None if part is None else unhex(part) for part in case["parts"]]
    return entries.read_entry(unhex(case["header"]), unhex(case["signature"]), parts)


@named(ENTRIES["valid"])
def test_entries(case: Json) -> None:
    one = entry_of(case)
    one.verify()
    assert one.header.hash.hex() == case["hash"]
    if one.header.kind == 0:
        assert None not in entries.open_entry(one, unhex(ENTRIES["entry_keys"]["epoch_key"]))


@named(ENTRIES["refused"])
def test_headers_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        entries.read_header(bytes_of(case))


def test_headers_at_their_limits_parts_and_ids() -> None:
    for case in ENTRIES["valid_headers"]:
        assert entries.read_header(bytes_of(case)).height >= 1
    for size, padded in ENTRIES["parts"]["padded_length"]:
        assert entries.padme(size) == padded
    for case in ENTRIES["parts"]["valid"]:
        read = entries.read_plaintext(unhex(case["plaintext"]))
        assert shown(read) == case["changes"]
    for case in ENTRIES["parts"]["refused"]:
        with refuses(case["error"]):
            entries.read_plaintext(unhex(case["plaintext"]))
    for case in ENTRIES["actors"]:
        device, document = unhex(case["device"]), unhex(case["document"])
        assert entries.actor_of(device, document, case["incarnation"]).hex() == case["actor"]
    for case in ENTRIES["documents"]:
        made = unhex(ENTRIES["space"]), unhex(case["person"]), unhex(case["random"])
        document = entries.document_of(*made)
        assert document.hex() == case["document"]


@named(RUNS["refused"])
def test_entries_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        entry_of(case).verify()


def space_with(case: Json, *, founded: bool = True) -> spaces.Space:
    space = spaces.Space(unhex(RUNS["runs"]["space"]))
    for run in ([RUNS["runs"]["control"]] if founded else []) + [case["held"]]:
        if run:
            space.take([entry_of(one) for one in run])
    return space


@named(RUNS["runs"]["valid"])
def test_runs(case: Json) -> None:
    space = space_with(case)
    run = [entry_of(one) for one in case["run"]]
    space.take(run)
    last = run[-1].header
    assert (last.height, last.hash) in space.held[last.log]


@named(RUNS["runs"]["refused"])
def test_runs_are_refused(case: Json) -> None:
    space = space_with(case)
    with refuses(case["error"]):
        space.take([entry_of(one) for one in case["run"]])


@named(RUNS["runs"]["refused_into_an_empty_space"])
def test_control_runs_are_refused(case: Json) -> None:
    space = space_with(case, founded=False)
    with refuses(case["error"]):
        space.take([entry_of(one) for one in case["run"]])
    assert not space.acts


@named(RUNS["opened"]["cases"])
def test_parts_are_opened(case: Json) -> None:
    opened = entries.open_entry(entry_of(case), unhex(RUNS["opened"]["epoch_key"]))
    assert shown(opened) == case["opened"]


# -- membership and epochs -----------------------------------------------------------------------


def test_bodies_of_membership() -> None:
    for case in MEMBERSHIP["bodies"]["valid"]:
        operation = operations.read_membership(bytes_of(case))
        operations.check_proof(operation)
        assert operation.kind.capitalize() == case["type"]
        assert (operation.space.hex() or None) == case["space"]


@named(MEMBERSHIP["bodies"]["refused"])
def test_bodies_of_membership_are_refused(case: Json) -> None:
    with refuses(case["error"]):
        operations.read_membership(bytes_of(case))


@named(MEMBERSHIP["bodies"]["unproven"])
def test_seats_their_devices_did_not_sign_are_refused(case: Json) -> None:
    operation = operations.read_membership(unhex(case["body"]))
    with refuses(case["error"]):
        operations.check_proof(operation)


@named(MEMBERSHIP["outcomes"])
def test_who_belongs(case: Json) -> None:
    acts = [
        belonging.Act(
            unhex(one["id"]),
            unhex(one["signer"]),
            frozenset(map(unhex, one["parents"])),
            operations.read_membership(unhex(one["body"])) if one["body"] else None,
        )
        for one in case["acts"]
    ]
    space = unhex(MEMBERSHIP["bodies"]["space"])
    for order in (acts, acts[::-1]):
        said, void = belonging.Space(space, order).everything()
        barred = {device: (sorted(by), sorted(cut)) for device, (by, cut) in said.barred.items()}
        assert {
            "seats": sorted(shown(list(said.seats))),
            "void": sorted(shown(list(void))),
            "former": sorted(shown(list(said.former))),
            "suspended": shown(sorted((one, sorted(by)) for one, by in said.suspended.items())),
            "barred": shown(sorted((device, *both) for device, both in barred.items())),
            "keepers": sorted(shown(list(said.keepers))),
            "rules": [said.quorum, said.admitting, said.gives_past],
            "resting": sorted(shown(list(said.resting))),
            "taken_back": sorted(shown(list(said.taken_back))),
        } == {name: said for name, said in case.items() if name not in {"name", "acts"}}


def test_bodies_and_boxes_of_epochs() -> None:
    for case in EPOCHS["bodies"]:
        read = spaces.read_epochs(bytes_of(case))
        assert isinstance(read, spaces.Complaint) is (case["type"] == "Complaint")
        assert (read.epoch is None) is (case["type"] == "Share")
    for case in EPOCHS["bodies_refused"]:
        with refuses(case["error"]):
            spaces.read_epochs(bytes_of(case))
    assert open_box(EPOCHS["epoch"], EPOCHS["box"]).hex() == EPOCHS["epoch_key"]
    for case in EPOCHS["boxes_refused"]:
        with refuses(case["error"]):
            open_box(case["epoch"], case["box"])


def open_box(epoch: str, box: str) -> bytes:
    names = ("space", "author", "recipient")
    space, author, recipient = (unhex(EPOCHS[name]) for name in names)
    secret = unhex(EPOCHS["keys"]["static_secret"])
    return spaces.open_epoch_key(secret, space, unhex(epoch), author, recipient, unhex(box))


@named(EPOCHS["active"])
def test_the_active_epoch(case: Json) -> None:
    members = frozenset(map(unhex, case["members"]))
    keepers = frozenset(map(unhex, case["keepers"]))
    acts = []
    for one in case["acts"]:
        epoch, signer = unhex(one["epoch"]), unhex(one["signer"])
        boxes = tuple((epoch, unhex(device), b"") for device in one["devices"])
        said: Any = spaces.Keys(epoch if one["operation"] == "mint" else None, boxes)
        if one["operation"] == "complain":
            said = spaces.Complaint(epoch, bytes(32))
        parents = frozenset(map(unhex, one["parents"]))
        as_keeper = signer in keepers if signer in members else None
        acts.append(spaces.KeyAct(unhex(one["id"]), parents, signer, said, as_keeper))
    active = spaces.active_epoch(acts, members)
    assert shown(active) == case["active"]


def test_states() -> None:
    for case in STATE:
        documents = [(unhex(document), list(map(unhex, c))) for document, c in case["documents"]]
        assert spaces.state(list(map(unhex, case["heads"])), documents).hex() == case["state"]
