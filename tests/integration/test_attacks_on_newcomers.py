"""What a newcomer is told at the door: verified from the founding on, and false doors passed by."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aluna_protocol import acts, announce, crypto, membership, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Kind
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import SpaceId
from aluna_protocol.membership import Admit, Genesis, SpaceKind, sign_seat
from aluna_protocol.replica import SpaceReplica
from aluna_sync import door_words
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, LockedError, NobodyError
from aluna_sync.founding import admit, create_vault, enter, own_seat, welcome
from aluna_sync.node import entering
from aluna_sync.node.discovery import DiscoveryNews
from aluna_sync.node.entering import Found, OnFound, join
from aluna_sync.node.neighbours import Found as Neighbour
from harness.processes import COST, PASSPHRASE, Person, sync
from harness.seats import signed

Rows = list[list[bytes]]
"""Header, signature and body of each entry of a welcome."""


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Device]:
    device = create_vault(
        tmp_path / "keeper", PASSPHRASE, person="Olga", device="pc", collective="Semilla", cost=COST
    )
    yield device
    device.lock()


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Device]:
    device = create_vault(
        tmp_path / "new", PASSPHRASE, person="Inês", device="pc", collective=None, cost=COST
    )
    yield device
    device.lock()


def welcomed(keeper: Device, newcomer: Device) -> tuple[SpaceId, Rows]:
    """Seat *newcomer* and return what it would be given."""
    space = keeper.collective()
    admit(keeper, space, own_seat(newcomer), bytes(16))
    found, rows = wire.unpack(welcome(keeper, space), 2**20)
    assert found == space
    return space, rows


def given(newcomer: Device, keeper: Device, space: object, rows: object) -> SpaceId:
    return enter(newcomer, wire.pack([space, rows]), keeper.identity.keys.static)


def test_what_the_keeper_really_gave_is_taken(keeper: Device, newcomer: Device) -> None:
    space, rows = welcomed(keeper, newcomer)
    assert given(newcomer, keeper, space, rows) == space
    assert newcomer.collective() == space
    assert len(newcomer.people(space)) == 2


def founded_by(keys: DeviceKeys, kind: SpaceKind, name: str = "Semilla") -> tuple[SpaceId, Rows]:
    """Found another space of the same name; return what its welcome would hold."""
    seat = sign_seat(keys, "pc", crypto.blake2b(b"p", size=16), "Olga")  # type: ignore[arg-type]
    genesis = Genesis(kind, name, b"", seat, bytes(16))
    replica, entries, _ = acts.found(keys, 7, genesis, bytes)
    return replica.space, [[e.encoded, e.signature, e.parts[0] or b""] for e in entries]


EVIL = DeviceKeys(crypto.blake2b(b"evil seed"), crypto.blake2b(b"evil static"))
Lie = Callable[[SpaceId, Rows], tuple[object, object]]
LIES: dict[str, Lie] = {
    "another space": lambda space, rows: (bytes(32), rows),
    "no founding": lambda space, rows: (space, rows[1:]),
    "a founding of somebody else's": lambda space, rows: (
        space,
        [*founded_by(EVIL, SpaceKind.COLLECTIVE)[1], *rows],
    ),
    "only a founding of somebody else's": lambda space, rows: founded_by(
        EVIL, SpaceKind.COLLECTIVE
    ),
    "a circle for a collective": lambda space, rows: founded_by(EVIL, SpaceKind.CIRCLE),
    "a log from before the admission": lambda space, rows: (space, rows[:2]),
    "a log with a gap": lambda space, rows: (space, [*rows[:1], *rows[2:]]),
    "entries in another order": lambda space, rows: (space, rows[::-1]),
    "another signature": lambda space, rows: (space, [[rows[0][0], bytes(64), rows[0][2]]]),
    "another body": lambda space, rows: (space, [*rows[:-1], [*rows[-1][:2], b"x"]]),
    "an entry of another shape": lambda space, rows: (space, [*rows, [b""]]),
    "nothing": lambda space, rows: (space, []),
    "no list": lambda space, rows: (space, 7),
}


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Device, Device]]:
    """A keeper and a newcomer at its door, for whatever changes neither."""
    folder = tmp_path_factory.mktemp("offered")
    both = (
        create_vault(
            folder / "o", PASSPHRASE, person="Olga", device="pc", collective="Semilla", cost=COST
        ),
        create_vault(
            folder / "i", PASSPHRASE, person="Inês", device="pc", collective=None, cost=COST
        ),
    )
    yield both
    for device in both:
        device.lock()


@pytest.mark.parametrize("lie", LIES)
def test_i6_a_false_or_older_membership_log_is_refused_whole(
    offered: tuple[Device, Device], lie: str
) -> None:
    keeper, newcomer = offered
    space, rows = welcomed(keeper, newcomer)
    said = LIES[lie](space, rows)
    with pytest.raises(RemoteProtocolError):
        given(newcomer, keeper, *said)
    assert newcomer.spaces.of_kind("collective") == []
    assert newcomer.spaces.of_kind("private") == []


def test_i7_an_entry_given_twice_counts_once(keeper: Device, newcomer: Device) -> None:
    space, rows = welcomed(keeper, newcomer)
    given(newcomer, keeper, space, [*rows, rows[-1]])
    assert newcomer.store.log.heads(space) == keeper.store.log.heads(space)


def test_i6_an_inviter_without_a_seat_is_refused(keeper: Device, newcomer: Device) -> None:
    """The words were right, but who answered with them does not belong to what it gives."""
    space, rows = welcomed(keeper, newcomer)
    with pytest.raises(RemoteProtocolError, match="does not belong"):
        enter(newcomer, wire.pack([space, rows]), crypto.public_of(bytes([9]) * 32))  # type: ignore[arg-type]
    assert newcomer.spaces.of_kind("collective") == []


def test_i6_a_keeper_that_kept_the_newest_members_from_us_is_corrected_by_the_next(
    people: list[Person], tmp_path: Path
) -> None:
    """Ana lets Dana in with a log that ends at Dana's admission; Cleo knows of Eva as well."""
    ana, cleo = people[0], people[2]
    dana = Person(tmp_path / "dana" / "vault")
    dana.home.parent.mkdir()
    late, eva = (
        create_vault(home, PASSPHRASE, person=name, device="pc", collective=None, cost=COST)
        for home, name in ((dana.home, "Dana"), (tmp_path / "eva" / "vault", "Eva"))
    )
    with ana.opened() as device:
        space = device.collective()
        admit(device, space, own_seat(late), bytes(16))
        older = welcome(device, space)
        admit(device, space, own_seat(eva), bytes(16))
        enter(late, older, device.identity.keys.static)
    assert "Eva" not in {person.name for person in late.people(space)}
    late.lock()
    eva.lock()
    sync(cleo, ana)
    report = sync(dana, cleo)
    assert report["complete"]
    with dana.opened() as device:
        assert "Eva" in {person.name for person in device.people(space)}
    assert dana.state() == cleo.state()


def test_i7_a_second_admission_changes_nothing(keeper: Device, newcomer: Device) -> None:
    welcomed(keeper, newcomer)
    space, rows = welcomed(keeper, newcomer)
    given(newcomer, keeper, space, rows)
    assert len(newcomer.people(space)) == 2
    assert len(newcomer.peers()) == 1
    with pytest.raises(AlunaError) as refused:
        given(newcomer, keeper, space, rows)
    assert refused.value.code == "already-in-collective"


def test_i7_a_second_admission_under_another_key_or_name_does_not_replace_the_first() -> None:
    keys, own = EVIL, DeviceKeys(crypto.blake2b(b"own seed"), crypto.blake2b(b"own static"))
    person: Any = crypto.blake2b(b"own", size=16)
    seat = sign_seat(keys, "pc", crypto.blake2b(b"p", size=16), "Olga")  # type: ignore[arg-type]
    genesis = Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat, bytes(16))
    replica, _, key = acts.found(keys, 7, genesis, bytes)
    first = sign_seat(own, "laptop", person, "Inês")
    other = signed(own, replace(first, static=keys.static, person_name="Not Inês"))
    acts.admit(keys, 7, replica, Admit(first, b""), [key], bytes)
    for one in (first, other):
        again = membership.encode_operation(Admit(one, b""))
        acts._write(keys, 7, replica, Kind.MEMBERSHIP, again)
    assert replica.membership.seats[own.device] == first
    assert len(replica.membership.seats) == 2
    assert isinstance(replica, SpaceReplica)


# -- I4: doors that are not the one ---------------------------------------------------------------


@contextmanager
def false_door(answer: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Somebody who listens where a door was announced, and does *answer* with who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    end, _ = listening.accept()
                except OSError:
                    return
                with end:
                    answer(end)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield listening.getsockname()
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(5)


def rubbish(end: socket.socket) -> None:
    """Greets as a door does and answers with bytes that do not open."""
    end.sendall(bytes(48))
    if end.recv(49):
        end.sendall(bytes(range(97)))
        end.recv(1)


def talkative(end: socket.socket) -> None:
    end.sendall(bytes(4000))


def rude(end: socket.socket) -> None:
    """Says nothing and closes."""


def announced(*addresses: tuple[str, int]) -> type:
    """Return a discovery that hears a door at each of *addresses*."""

    class Heard:
        def __init__(self, host: str, tell: Callable[[DiscoveryNews], None]) -> None:
            self._tell = tell

        async def run(self) -> None:
            for host, port in addresses:
                txt = announce.announce_door(bytes(16))
                self._tell(Neighbour(f"aaaa{port}", "lo", (host,), port, txt))
            await asyncio.Event().wait()

    return Heard


async def shown(found: Found) -> bool:
    assert found.person_name == "Ana"
    return True


async def join_by(home: Path, words: list[str], on_found: OnFound = shown) -> None:
    device = await join(
        home,
        PASSPHRASE,
        door_words.indices_of(words),
        person="Dana",
        device_name="pc",
        at=None,
        lan=True,
        on_found=on_found,
        cost=COST,
    )
    device.lock()


async def test_i4_false_doors_on_the_network_do_not_keep_a_newcomer_out(
    people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = people[0]
    with (
        false_door(rubbish) as one,
        false_door(talkative) as another,
        false_door(rude) as third,
        ana.start("invite", "--yes-to", "Dana", "--listen", "127.0.0.1:0", "--json") as door,
    ):
        said = await asyncio.to_thread(door.wait_json)
        host, _, port = said["address"].rpartition(":")
        heard = announced(("127.0.0.1", 1), one, another, third, (host, int(port)))
        monkeypatch.setattr(entering, "Discovery", heard)
        await join_by(tmp_path / "dana", said["words"])
        ended = await asyncio.to_thread(door.ended)
    assert ended.code == 0
    assert ended.json["admitted"]["person"] == "Dana"


async def test_i4_no_welcome_is_taken_before_the_newcomer_said_that_the_words_are_the_same(
    people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper says yes at once; what it gave waits for the answer of the one who enters."""
    ana = people[0]
    taken: list[bytes] = []
    monkeypatch.setattr(entering, "enter", lambda device, payload, by: taken.append(payload))

    async def differ(found: Found) -> bool:
        return False

    with ana.start("invite", "--yes-to", "Dana", "--listen", "127.0.0.1:0", "--json") as door:
        said = await asyncio.to_thread(door.wait_json)
        host, _, port = said["address"].rpartition(":")
        monkeypatch.setattr(entering, "Discovery", announced((host, int(port))))
        with pytest.raises(AlunaError) as refused:
            await join_by(tmp_path / "dana", said["words"], differ)
        door.kill()
    assert refused.value.code == "door-refused-here"
    assert taken == []


async def test_i4_where_there_are_only_false_doors_the_newcomer_is_told_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with false_door(rubbish) as one, false_door(talkative) as another:
        monkeypatch.setattr(entering, "Discovery", announced(one, another))
        monkeypatch.setattr(entering, "LOOK_SECONDS", 0.3)
        with pytest.raises(NobodyError) as nobody:
            await join_by(tmp_path / "dana", door_words.words_for((1, 2, 3, 4, 5), "en"))
    assert nobody.value.code == "no-door"
    assert not isinstance(nobody.value, LockedError)


async def test_i4_somebody_who_announces_doors_without_end_is_not_tried_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[int] = []

    def count(end: socket.socket) -> None:
        came.append(1)

    with false_door(count) as (_, port):
        hosts = [(f"127.0.0.{number}", port) for number in range(1, 255)]
        monkeypatch.setattr(entering, "Discovery", announced(*hosts))
        monkeypatch.setattr(entering, "MAX_DOORS", 5)
        with pytest.raises(NobodyError):
            await join_by(tmp_path / "dana", door_words.words_for((1, 2, 3, 4, 5), "en"))
    assert 1 <= len(came) <= 5
