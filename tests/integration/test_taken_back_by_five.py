"""C10 check 4 over random acts of five devices that are parted and meet again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddLink, AddMember, SetText
from aluna_sync.store.rows import Query
from harness.carrying import agree, carry, read
from harness.processes import Person, collective_of
from integration.test_taken_back import (
    CANARY,
    add,
    edit,
    meet,
    plain_pages,
    private_notes,
    sealed_parts,
    take_back,
)

NAMES = ("Ana", "Bo", "Cleo", "Dora", "Eli")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Five people of one collective; never touched, only copied."""
    return collective_of(tmp_path_factory.mktemp("five"), *NAMES)


@pytest.fixture
def five(people: list[Person], tmp_path: Path) -> Iterator[list[Device]]:
    """Their devices, unlocked in this process."""
    with ExitStack() as stack:
        copies = [one.copy(tmp_path / one.folder.name) for one in people]
        yield [stack.enter_context(one.opened()) for one in copies]


@pytest.mark.parametrize("seed", range(6))
def test_c10_4_what_is_taken_back_goes_everywhere_and_words_go_home_in_any_interleaving(
    five: list[Device], seed: int
) -> None:
    dice = random.Random(f"retirar {seed}")
    document = add(five[0], SetText("body", f"{CANARY} {CANARY} {CANARY}"))
    for other in five[1:]:
        carry(five[0], other)
        read(other)
    away: frozenset[int] = frozenset()
    added: dict[int, list[str]] = {who: [] for who in range(5)}
    links: list[tuple[int, DocumentId]] = []
    steps = [dice.choice(("edit", "edit", "link", "hear", "hear", "part")) for _ in range(18)]
    steps[dice.randrange(6, 18)] = "withdraw"
    for number, step in enumerate(steps):
        who, whom = dice.sample(range(5), 2)
        here = five[who].record(document) is not None
        match step:
            case "part":
                away = frozenset(dice.sample(range(5), dice.randint(0, 2)))
            case "hear" if (who in away) == (whom in away):
                carry(five[whom], five[who])
                read(five[who])
            case "withdraw":
                take_back(five[0], document)
            case "edit" if here:
                word = f"palabra{number}de{who}x"
                added[who].append(word)
                record = five[who].record(document)
                assert record is not None
                said = record.texts["body"]
                edit(five[who], document, SetText("body", f"{said} {word}"))
                edit(five[who], document, AddMember("own_terms", f"tema{number}de{who}x"))
                added[who].append(f"tema{number}de{who}x")
            case "link" if here:
                new = add(five[who], SetText("title", "de aquí"), AddLink("beside", document))
                links.append((who, new))
            case _:
                pass
    meet(five)
    agree(*five)
    for who, device in enumerate(five):
        assert device.record(document) is None
        assert sealed_parts(device, document) == []
        assert CANARY.encode() not in plain_pages(device)
        assert device.list(Query(words=CANARY)).total == 0
        for _author, linking in links:
            [link] = device.links(linking)
            assert (link.title, link.taken_back) == ("", True)
        home = "\n".join(private_notes(device))
        if who:
            assert all(word in home for word in added[who]), "her own words come back"
        others = [word for one, words in added.items() if one != who for word in words]
        assert not any(word in home for word in others)
