"""What its author took back is unreadable on every device that connects (domain C6.2, C10-4)."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterable
from pathlib import Path

import apsw
import pytest

from aluna_protocol.ids import DocumentId
from aluna_protocol.operations import Withdraw
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.facts import News, TakenBack
from aluna_sync.founding import write_control
from aluna_sync.journal.edit_kinds import AddLink, AddMember, Edit, SetText
from aluna_sync.own_fragments import Fragments
from aluna_sync.places import store_path
from aluna_sync.store.rows import Query
from aluna_sync.vault import open_vault_file
from harness.carrying import agree, carry, read, read_all, state, texts
from harness.processes import PASSPHRASE, Person, sync

CANARY = "zopilotecanario"
EDITED = "colibrídevuelto"


def add(device: Device, *edits: Edit) -> DocumentId:
    return asyncio.run(device.add("event", list(edits), device.collective()))


def edit(device: Device, document: DocumentId, *edits: Edit) -> None:
    asyncio.run(device.edit(document, list(edits)))


def take_back(device: Device, document: DocumentId) -> None:
    asyncio.run(device.take_back(document))


def private_notes(device: Device) -> list[str]:
    """Return the bodies of the notes only this person sees."""
    spaces = (device.private_space(),)
    rows = device.list(Query(types=("note",), spaces=spaces)).rows
    return [texts(device, row.document)["body"] for row in rows]


def plain_pages(device: Device) -> bytes:
    """Return every page of the store in the clear, free ones too, and what its journal holds."""
    path = store_path(device.home)
    journal = path.with_name(path.name + "-wal")
    device.store.taken_back.leave_no_journal()
    assert journal.stat().st_size == 0
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    dek = open_vault_file(device.home, PASSPHRASE).dek
    database = apsw.Connection(str(copy))
    database.execute("PRAGMA cipher='chacha20'")
    database.execute(f'PRAGMA key="raw:{bytes(dek).hex()}"')
    pages = database.serialize("main")
    database.close()
    copy.unlink()
    assert pages.startswith(b"SQLite format 3\0")
    return pages


def sealed_parts(device: Device, document: DocumentId) -> list[bytes]:
    return [
        part
        for entry, index in device.store.log.parts_of(document)
        for part in [entry.parts[index]]
        if part is not None
    ]


def meet(devices: Iterable[Device]) -> None:
    """Carry everything between all of them, twice, so that all hear of all."""
    everybody = list(devices)
    for one, other in [*itertools.permutations(everybody, 2)] * 2:
        carry(one, other)
        read(other)


@pytest.fixture
def shared(devices: list[Device]) -> tuple[list[Device], DocumentId]:
    """A record of Ana that everybody has."""
    ana = devices[0]
    document = add(ana, SetText("title", f"{CANARY} título"), SetText("body", f"{CANARY} cuerpo"))
    meet(devices)
    assert all(CANARY in texts(one, document)["title"] for one in devices)
    return devices, document


def test_c10_4_withdrawing_editing_and_linking_end_alike_in_every_order(
    shared: tuple[list[Device], DocumentId],
) -> None:
    devices, document = shared
    ana, bo, cleo = devices
    sealed = sealed_parts(cleo, document)
    assert all(part in plain_pages(cleo) for part in sealed)
    assert CANARY.encode() in plain_pages(cleo)
    edit(bo, document, SetText("body", f"{CANARY} cuerpo, {EDITED}"))
    edit(bo, document, AddMember("own_terms", "susto compartido"))
    linked = add(cleo, SetText("title", "de aquí"), AddLink("beside", document))
    news: list[News] = []
    bo.subscribe(news.append)
    take_back(ana, document)
    meet(devices)
    for one in devices:
        assert one.record(document) is None
        assert one.list(Query(words=CANARY)).total == 0
        assert sealed_parts(one, document) == []
        pages = plain_pages(one)
        assert CANARY.encode() not in pages
        assert not any(part in pages for part in sealed)
        [link] = one.links(linked)
        assert (link.target, link.title, link.taken_back) == (document, "", True)
        assert link.type == "event"
        with pytest.raises(AlunaError, match="taken-back"):
            one.find(document.hex())
    assert len(sealed) == 1
    agree(*devices)
    [note] = private_notes(bo)
    assert EDITED in note
    assert "susto compartido" in note
    assert CANARY not in note
    assert "Ana" in note
    assert private_notes(ana) == private_notes(cleo) == []
    [told] = [one for one in news if isinstance(one, TakenBack)]
    assert (told.document, told.by) == (document, ana.person)
    assert told.note is not None
    assert EDITED in texts(bo, told.note)["body"]


@pytest.mark.parametrize("order", list(itertools.permutations("wel")))
def test_c10_4_whoever_hears_of_what_first_ends_with_the_same(
    shared: tuple[list[Device], DocumentId], order: tuple[str, ...]
) -> None:
    """Ana withdraws, Bo edits, Cleo links, each apart; they are heard of in every order."""
    devices, document = shared
    ana, bo, cleo = devices
    take_back(ana, document)
    edit(bo, document, SetText("body", f"{CANARY} cuerpo, {EDITED}"))
    add(cleo, SetText("title", "de aquí"), AddLink("beside", document))
    told = {"w": ana, "e": bo, "l": cleo}
    for step in order:
        for other in devices:
            if other is not told[step]:
                carry(told[step], other)
                read(other)
    meet(devices)
    agree(*devices)
    for one in devices:
        assert one.record(document) is None
        assert CANARY.encode() not in plain_pages(one)
    assert EDITED in private_notes(bo)[0]


def test_an_edit_that_arrives_later_is_never_let_in(
    shared: tuple[list[Device], DocumentId],
) -> None:
    devices, document = shared
    ana, bo, cleo = devices
    edit(bo, document, SetText("title", f"{EDITED} {CANARY}"))
    bo.seal(bo.collective())
    take_back(ana, document)
    carry(ana, cleo)
    read(cleo)
    before = state(cleo)
    carry(bo, cleo)
    read(cleo)
    assert cleo.record(document) is None
    assert state(cleo) == before
    for part in sealed_parts(bo, document):
        assert part not in plain_pages(cleo)


def test_only_who_made_a_record_takes_it_back_and_only_once(
    shared: tuple[list[Device], DocumentId],
) -> None:
    (ana, bo, _), document = shared
    for device, code in ((bo, "not-yours-to-take-back"), (ana, "taken-back")):
        if device is ana:
            take_back(ana, document)
        with pytest.raises(AlunaError) as told:
            take_back(device, document)
        assert told.value.code == code
    with pytest.raises(WrongUseError, match="no-such-record"):
        take_back(ana, DocumentId(bytes(16)))


def test_a_hostile_withdrawal_of_another_s_record_has_no_effect(
    shared: tuple[list[Device], DocumentId], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bo's program is changed: it signs whatever it likes. Everybody judges by themselves."""
    from aluna_protocol import acts
    from aluna_protocol.replica import SpaceReplica

    devices, document = shared
    bo = devices[1]
    with monkeypatch.context() as changed:
        changed.setattr(SpaceReplica, "judge", lambda *_: True)
        write_control(
            bo,
            bo.collective(),
            lambda replica: acts.declare(
                bo.identity.keys, bo.spaces.incarnation, replica, Withdraw(document)
            ),
        )
    meet(devices)
    for one in devices:
        assert CANARY in texts(one, document)["title"]
        assert not one.store.taken_back.of(one.collective())
        assert len(one.spaces.replicas[one.collective()].membership.void) == 1
    agree(*devices)


def test_own_words_alone_come_back_and_nothing_when_there_were_none(
    shared: tuple[list[Device], DocumentId],
) -> None:
    devices, document = shared
    ana, bo, cleo = devices
    edit(bo, document, SetText("body", f"antes {EDITED} {CANARY} cuerpo"))
    meet(devices)
    edit(ana, document, SetText("body", f"antes {EDITED} y dentro {CANARY} cuerpo de ana"))
    edit(bo, document, SetText("title", f"{CANARY} título más tarde"))
    bo.heading = lambda name: f"De {name}:"
    take_back(ana, document)
    meet(devices)
    [note] = private_notes(bo)
    assert note.startswith("De Ana:\n\n")
    assert f"antes {EDITED}" in note
    assert "más tarde" in note
    for word in (CANARY, "cuerpo", "dentro", "de ana"):
        assert word not in note
    assert private_notes(cleo) == []


def test_what_waited_to_be_sealed_or_was_only_a_draft_goes_too(
    shared: tuple[list[Device], DocumentId],
) -> None:
    (ana, bo, _), document = shared
    take_back(ana, document)
    carry(ana, bo)
    edit(bo, document, SetText("title", f"{CANARY} sin sellar {EDITED}"))
    bo.save_draft(f"text:{document.hex()}:body", f"{CANARY} a medias")
    bo.save_draft("new", "otra cosa")
    assert bo.seal(bo.collective()) == []
    read(bo)
    assert bo.drafts() == {"new": "otra cosa"}
    assert bo.store.log.pending_of(document) == []
    assert CANARY.encode() not in plain_pages(bo)
    assert EDITED in private_notes(bo)[0]


def test_a_rebuild_brings_nothing_back(shared: tuple[list[Device], DocumentId]) -> None:
    devices, document = shared
    take_back(devices[0], document)
    meet(devices)
    for one in devices:
        asyncio.run(one.rebuild(lambda _done, _total: None))
        assert one.record(document) is None
    agree(*devices)


def test_what_nobody_made_is_looked_at_again_once_somebody_is_seated(
    devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict must not depend on whether an author's seat was heard of first."""
    ana, bo, _ = devices
    document = add(ana, SetText("title", "de ana"))
    carry(ana, bo)
    space = bo.collective()
    with monkeypatch.context() as before:
        before.setattr(bo.spaces, "author_of", lambda *_: None)
        asyncio.run(bo.opener.open_some(space))
    assert [one.reason for one in bo.store.log.set_asides(space)] == ["another-space"]
    read(bo)
    assert texts(bo, document) == {"title": "de ana"}
    assert bo.store.log.set_asides(space) == []


def test_a_kill_anywhere_leaves_all_of_it_or_none(
    shared: tuple[list[Device], DocumentId], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short after each step of the transaction: the next start finds it whole and goes on."""
    (ana, bo, _), document = shared
    edit(bo, document, SetText("title", f"{CANARY} {EDITED}"))
    take_back(ana, document)
    carry(ana, bo)

    class Killed(BaseException):
        pass

    def killed(*_arguments: object, **_named: object) -> None:
        raise Killed

    steps = [
        (type(bo.store.taken_back), "_drop_parts"),
        (type(bo.store.index), "remove"),
        (type(bo.writer), "keep"),
    ]
    for owner, step in steps:
        with monkeypatch.context() as cut:
            cut.setattr(owner, step, killed)
            with pytest.raises(Killed):
                asyncio.run(bo.open_some(bo.collective()))
        assert CANARY in texts(bo, document)["title"]
        assert private_notes(bo) == []
        assert sealed_parts(bo, document)
    read(bo)
    assert bo.record(document) is None
    assert len(private_notes(bo)) == 1
    assert Path(f"{store_path(bo.home)}-wal").stat().st_size == 0


def test_the_verb_says_what_it_cannot_do_and_the_record_goes_at_the_next_meeting(
    people: list[Person],
) -> None:
    ana, bo, _ = people
    with ana.opened() as device, bo.opened() as other:
        document = add(device, SetText("title", f"{CANARY} título"))
        carry(device, other)
        read(other)
        edit(other, document, SetText("title", f"{CANARY} título, {EDITED}"))
    unasked = ana.do("take-back", document.hex())
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    done = ana.do("retirar", document.hex(), "--yes")
    assert done.code == 0, done
    assert "a device that never connects again" in done.err
    assert sync(ana, bo)["complete"]
    gone = bo.do("show", document.hex())
    assert (gone.code, "took it back" in gone.err) == (1, True)
    with ana.opened() as device, bo.opened() as other:
        agree(device, other)
        [note] = private_notes(other)
        assert CANARY.encode() not in plain_pages(other)
    assert note.startswith("You had written this in a record that Ana took back:")
    assert EDITED in note
    assert CANARY not in note


@pytest.mark.parametrize(
    ("owner", "step", "done"),
    [("writer", "keep", False), ("taken_back", "leave_no_journal", True)],
    ids=["before it is durable", "after it is durable"],
)
def test_kill_9_in_the_middle_is_gone_on_with_at_the_next_start(
    people: list[Person], owner: str, step: str, *, done: bool
) -> None:
    ana, bo, _ = people
    with ana.opened() as device, bo.opened() as other:
        document = add(device, SetText("title", f"{CANARY} título"))
        carry(device, other)
        read(other)
        edit(other, document, SetText("body", EDITED))
        take_back(device, document)
        carry(device, other)
    with bo.start_script(Path(__file__).with_name("destroyer.py"), owner, step) as killed:
        assert killed.ended().code == -9
    with bo.opened() as other:
        assert (other.record(document) is None) is done
        assert len(private_notes(other)) == done
        read(other)
        assert other.record(document) is None
        assert [EDITED in note for note in private_notes(other)] == [True]
        assert CANARY.encode() not in plain_pages(other)
        assert other.store.log.pending_of(document) == []


# -- one's own fragments in a record of somebody else ----------------------------------------------


def test_c10_4_what_one_wrote_in_another_s_record_is_taken_out_of_it_and_nothing_else(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    document = add(ana, SetText("body", "Fuimos al río. Volvimos de noche."))
    meet(devices)
    edit(bo, document, SetText("body", f"Fuimos al río {CANARY} con todas. Volvimos de noche."))
    edit(bo, document, AddMember("own_terms", "susto", f"lo noté yo, {CANARY}"))
    meet(devices)
    edit(cleo, document, SetText("body", texts(cleo, document)["body"] + " Cleo también."))
    edit(ana, document, AddMember("own_terms", "cansancio"))
    meet(devices)
    # While Bo takes out what is his, Ana goes on writing.
    edit(ana, document, SetText("body", texts(ana, document)["body"] + " Fin."))
    found = asyncio.run(bo.take_out_mine(document))
    assert found.stays == 0
    meet(devices)
    agree(*devices)
    for one in devices:
        assert texts(one, document)["body"] == (
            "Fuimos al río. Volvimos de noche. Cleo también. Fin."
        )
        record = one.record(document)
        assert record is not None
        assert [member.item for member in record.sets["own_terms"]] == ["cansancio"]
        assert not one.list(Query(words=CANARY)).rows
    with pytest.raises(AlunaError, match="nothing-of-yours"):
        asyncio.run(bo.take_out_mine(document))


def test_words_of_mine_that_somebody_wrote_anew_are_hers(devices: list[Device]) -> None:
    ana, bo, _ = devices
    document = add(ana, SetText("body", "Uno."))
    meet(devices)
    edit(bo, document, SetText("body", "Uno. Dos y tres."))
    meet(devices)
    edit(ana, document, SetText("body", "Uno. Dos y cuatro."))
    meet(devices)
    asyncio.run(bo.take_out_mine(document))
    assert "cuatro" in texts(bo, document)["body"]
    assert "Dos" not in texts(bo, document)["body"]


def test_what_arrives_while_one_s_own_is_taken_out_stays(
    devices: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bo, _ = devices
    document = add(ana, SetText("body", "De Ana."))
    meet(devices)
    edit(bo, document, SetText("body", f"De Ana. {CANARY}"))
    meet(devices)
    edit(ana, document, SetText("body", f"De Ana, y más. {CANARY}"))
    find, arrives = bo.own_fragments, [ana]

    async def find_and_let_arrive(name: DocumentId) -> Fragments:
        found = await find(name)
        while arrives:
            carry(arrives.pop(), bo)
            await read_all(bo)
        return found

    monkeypatch.setattr(bo, "own_fragments", find_and_let_arrive)
    found = asyncio.run(bo.take_out_mine(document))
    assert (found.words["body"], found.stays) == ((f" {CANARY}",), 0)
    assert texts(bo, document)["body"] == "De Ana, y más."


def test_the_verb_takes_out_what_is_mine_and_says_what_that_cannot_do(people: list[Person]) -> None:
    ana, bo, _ = people
    with ana.opened() as device, bo.opened() as other:
        document = add(device, SetText("body", "De Ana."))
        carry(device, other)
        read(other)
        edit(other, document, SetText("body", f"De Ana. {CANARY}"))
    whole = bo.do("take-back", document.hex(), "--yes")
    assert (whole.code, "--mine" in whole.err) == (1, True)
    unasked = bo.do("take-back", document.hex(), "--mine")
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    done = bo.do("retirar", document.hex(), "--mine", "--yes", lang="es")
    assert done.code == 0, done
    assert "Las versiones anteriores" in done.err
    assert CANARY not in bo.do("show", document.hex()).out
    again = bo.do("take-back", document.hex(), "--mine", "--yes")
    assert (again.code, "nothing in that record" in again.err) == (1, True)


def test_who_comes_later_sees_whose_place_is_empty_and_not_what_it_was(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    gone = add(ana, SetText("title", CANARY))
    stays = add(ana, SetText("title", "queda"), AddLink("beside", gone))
    carry(ana, bo)
    read(bo)
    take_back(ana, gone)
    for one in (bo, cleo):
        carry(ana, one)
        read(one)
    [link] = cleo.links(stays)
    assert (link.taken_back, link.taken_back_by, link.type, link.title) == (True, "Ana", "", "")
    [link] = bo.links(stays)
    assert (link.taken_back, link.taken_back_by, link.type, link.title) == (
        True,
        "Ana",
        "event",
        "",
    )
