"""Documents no journal would write and every rule allows: every command shows them harmlessly."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import entry as entries
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId, PersonId, SpaceId
from aluna_sync.device import Device
from aluna_sync.engine.types import Cell, Operation, Put, Scalar, Splice, View
from aluna_sync.journal.keys import WriteIds
from aluna_sync.journal.records import index_row, pack_view, record_from_view, unpack_view
from harness.carrying import agree, carry, read
from harness.processes import Person, records_of

ANSI = "\x1b[31mrojo\x1b]0;título\x07\x9b2J"
BIDI = "\u202eotseupser\u202c \u2066aislado\u2069"
ZERO = "c\u200be\u200br\u2060o\ufeff\u00ad"
MARKUP = "[red]no es color[/red] [@click=app.lock]toca[/] ["
DANGEROUS = set("\x1b\x07\x9b\u202e\u2066\u200b\u2060\ufeff")
WRITE_ID = "0011223344556677"
NASTY = f"{ANSI} {BIDI} {ZERO} {MARKUP}"


def hostile_documents(me: str, other: str, own: str) -> dict[str, list[Operation]]:
    """Return by name what a member may sign: *me* and *other* are ids for links."""
    title = f"t/title/{WRITE_ID}"
    link = '{"kind":"follows","target":"%s"}'
    return {
        "wrong types": [
            Put("type", 5), Put("schema", "uno"), Put("l/when", b"\xff"), Put(title, 3.5),
            Put(f"r/when/{own}", True), Put("s/terms/x", None), Put(f"m/uses/zz/{own}", 1),
        ],
        "nothing": [Put("z", None)],
        "unknown type": [Put("type", f"t\x1b[2J{BIDI}"), Splice(title, 0, 0, "sin tipo")],
        "nasty words": [
            Put("type", "event"), Put("schema", 99), Splice(title, 0, 0, NASTY),
            Splice(f"t/body/{WRITE_ID}", 0, 0, NASTY), Put(f"s/terms/{NASTY[:60]}", NASTY),
            Put(f"s/own_terms/{MARKUP}", ""), Put(f"t/{ANSI}/{WRITE_ID}", "x"),
        ],
        "json that is none": [
            Put("type", "impact"), Splice(title, 0, 0, "json"),
            Put(f"r/about/{own}", "[" * 50_000), Put(f"f/replies/{own}", '{"a":'),
            Put(f"r/when/{own}", '{"value":{"year":1e999},"after":7}'), Put("l/state", "NaN"),
        ],
        "a ring": [
            Put("type", "event"), Splice(title, 0, 0, "anillo"),
            *(Put(f"f/links/{own[:-1]}{number:x}", link % target)
              for number, target in enumerate((me, other, me))),
            Put(f"s/links/{me}", "follows"), Put(f"s/links/follows:{other}", ""),
        ],
        "a line of a megabyte": [
            Put("type", "event"),
            *(Put(f"s/own_terms/{number}", "línea " * 9_000) for number in range(8)),
            Splice(title, 0, 0, "l" * 15_000),
        ],
        "four thousand keys": [
            Put("type", "event"), Splice(title, 0, 0, "llaves"),
            *(Put(f"s/terms/{number}", "") for number in range(4_000)),
        ],
    }  # fmt: skip


async def sign(device: Device, document: DocumentId, operations: list[Operation]) -> None:
    """Write what no edit of a record would, as a changed program of this member could."""
    edited = await device.engine.edit(document, device.spaces.actor(document), operations)
    device.store.log.add_pending(device.collective(), document, edited.change)


@pytest.fixture
def hostile(people: list[Person], devices: list[Device]) -> Person:
    """Ana's vault after it read everything Mala signed."""
    ana, mala, cleo = devices
    space = mala.collective()
    ids = [entries.document_of(space, mala.person, bytes(7) + bytes([n])) for n in range(8)]
    for number, document in enumerate(ids):
        own = WriteIds(mala.spaces.actor(document), bytes).own()
        documents = list(hostile_documents(ids[5].hex(), ids[6].hex(), own).values())
        assert len(documents) == len(ids)
        asyncio.run(sign(mala, document, documents[number]))
    carry(mala, ana, cleo)
    read(ana, cleo)
    assert len(records_of(ana)) == len(ids)
    assert ana.set_aside() == []
    agree(ana, cleo)
    return people[0]


def test_d10_every_command_shows_hostile_documents_harmlessly(hostile: Person) -> None:
    records = sorted(hostile.records())
    commands = [["list"], ["status"], ["people"], ["search", "rojo"], ["search", "anillo"]]
    commands += [["show", record] for record in records]
    for command in commands:
        done = hostile.do(*command)
        assert done.code == 0, done
        assert "Traceback" not in done.err
        assert not DANGEROUS & set(done.out + done.err), command
        assert len(done.out) < 2_000_000
        assert hostile.do(*command, "--json").code == 0
    assert "[red]no es color[/red]" in "".join(hostile.do("show", record).out for record in records)


_values = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    | st.binary(max_size=20) | st.text(max_size=30)
    | st.sampled_from(['{"value":1,"after":[]}', "[[[", '{"value":{"year":-1}}', '"\\ud800"'])
)  # fmt: skip
_fields = st.sampled_from(
    ["title", "body", "when", "terms", "links", "uses", "acts", "replies", "about", "state", "\x1b"]
)
_keys = st.one_of(
    st.sampled_from(["type", "schema", "", "/", "t/", "s//", "m/a/b/c/d"]),
    st.text(max_size=12),
    st.builds(
        "/".join,
        st.tuples(
            st.sampled_from("tsfmrlz"),
            _fields,
            st.sampled_from([WRITE_ID, "ab" * 16, "x", NASTY[:40], ""]),
        ),
    ),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    texts=st.dictionaries(_keys, st.text(max_size=40), max_size=6),
    values=st.dictionaries(_keys, _values, max_size=12),
    type_=st.sampled_from(["note", "event", "impact", "coping", "care_practice", "agreement"]),
)
def test_d10_no_document_makes_the_journal_raise(
    texts: dict[str, str], values: dict[str, Scalar], type_: str
) -> None:
    authors = itertools.cycle([ActorId(b"a" * 16), ActorId(b"b" * 16)])
    cells = {key: Cell(value, next(authors)) for key, value in {"type": type_, **values}.items()}
    view = View(
        DocumentId(bytes(16)), (ChangeHash(bytes(32)),), texts, cells, (ActorId(b"a" * 16),)
    )
    record = record_from_view(
        view, SpaceId(bytes(32)), lambda actor: PersonId(actor) if actor[0] == 97 else None
    )
    row = index_row(record, view)
    for words in (record.title, row.title, *row.terms):
        assert not DANGEROUS & set(words)
    assert unpack_view(pack_view(view)) == view
