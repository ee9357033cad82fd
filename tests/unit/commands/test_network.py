"""`quiet`, `findable`, `status --address`, and how `sync` and `node` are told to behave."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aluna_protocol.ids import SpaceId
from aluna_sync.facts import LackFacts
from aluna_sync.founding import unlock
from aluna_sync.node import SyncReport
from aluna_tui.sync_words import sync_sentence
from aluna_tui.texts import use_language
from unit.commands.conftest import PASSPHRASE, Aluna
from unit.commands.fakes import FakeDoors, met, peer

NOW = datetime(2026, 3, 14, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("verb", "twin"), [("quiet", "sigilo"), ("findable", "hallable")])
def test_l8_how_to_behave_on_a_network_is_kept_in_the_vault(
    founded: Aluna, verb: str, twin: str
) -> None:
    assert founded(verb, "--json").json == {verb: False}
    before = founded(verb).out
    assert founded(verb, "on", "--json").json == {verb: True}
    assert founded(twin, "--json", lang="es").json == {verb: True}
    assert founded(verb).out != before
    assert founded(verb, "off").out == before
    assert founded(verb, "perhaps").code == 2


def test_what_a_person_asks_of_a_sync_reaches_the_node(founded: Aluna) -> None:
    report = SyncReport((met(),), (), complete=True)
    for flags, quiet, probe in (((), False, False), (("--quiet",), True, False),
                                (("--probe",), False, True)):  # fmt: skip
        doors = FakeDoors(report)
        assert founded("sync", *flags, doors=doors).code == 0
        [options] = doors.options
        assert (options.quiet, options.probe) == (quiet, probe)
        assert options.findable == probe, "who searches can be found as well"


def test_the_help_says_what_a_search_is(founded: Aluna) -> None:
    said = " ".join(founded("sync", "--help").out.split())
    assert "port scan: a watched network notes it" in said


def test_where_a_device_listens_is_said_only_when_it_is_asked_and_only_while_it_does(
    founded: Aluna,
) -> None:
    assert "listen" not in founded("status").out
    assert "is not listening now" in founded("status", "--address").out
    status = founded("status", "--address", "--json").json
    assert list(status) == ["engine", "spaces", "peers", "lan", "listening"]
    assert status["listening"] == []


def test_what_a_node_noted_is_believed_only_while_it_runs(founded: Aluna) -> None:
    """A node that was killed leaves a note behind."""
    home = Path(founded("locate", "--json").json["home"])
    device = unlock(home, PASSPHRASE)
    device.store.settings.seen_by_node = (
        b'{"online": [], "lan": "possible", "listening": [["192.168.1.20", 4747]]}'
    )
    device.hear_of_node(runs=lambda: True)
    assert (device.lan, device.listening) == ("possible", (("192.168.1.20", 4747),))
    device.lock()
    assert founded("status", "--address", "--json").json["listening"] == []


def lacking(kind: str, name: str, lacks: int, mine: int) -> LackFacts:
    return LackFacts(SpaceId(name.encode().ljust(32)), name, kind, 4, lacks, mine, None)


def test_what_a_device_lacks_is_said_space_by_space() -> None:
    spaces = (
        lacking("collective", "Semilla", 3, 0),
        lacking("circle", "Guardia", 2, 2),
        lacking("circle", "Otra", 0, 0),
    )
    use_language("en")
    assert sync_sentence(peer(lacks=5, lacks_mine=2, spaces=spaces), NOW) == (
        "Julia's “laptop” lacks 3 records of others (of the whole collective) and "
        "2 of your notes (circle Guardia (4)); you last met yesterday"
    )
    use_language("es")
    assert sync_sentence(peer(lacks=5, lacks_mine=2, spaces=spaces), NOW) == (
        "al aparato «laptop» de Julia le falta: 3 registros de otras personas (de toda la "
        "colectiva) y 2 de tus notas (círculo Guardia (4)); se vieron ayer"
    )
    assert "todo" in sync_sentence(peer(spaces=spaces), NOW)
