"""C10 checks 3 and 10 over random acts of five devices that are parted and meet again."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.edits import AddMember, Edit, RemoveMember, SetReading, SetText
from aluna_sync.journal.own_words import OwnWord, alike, id_of, own_word, with_own_words
from aluna_sync.journal.types import Json, Record
from aluna_sync.journal.vocabulary import Vocabulary, common_vocabulary
from unit.journal.fakes import ITZEL, JULIA, MARTA
from unit.journal.meeting import Replica, run

OWNERS = ((ITZEL, 0), (ITZEL, 1), (JULIA, 0), (JULIA, 1), (MARTA, 0))
"""Two of the three persons have a phone and a laptop."""
HALVES = st.frozensets(st.integers(0, 4))
STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 7), st.integers(0, 4), HALVES), max_size=24
)
"""Who, what, whom or about what, and who is cut off from the rest from now on."""
many = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Five:
    """Five devices with one record; only those on one side of a parting hear of each other."""

    devices: list[Replica]
    away: frozenset[int] = field(default_factory=frozenset)

    def hear(self, who: int, whom: int) -> None:
        if (who in self.away) == (whom in self.away):
            self.devices[who].hear(self.devices[whom])

    def meet(self) -> Record:
        self.away = frozenset()
        for one, other in itertools.permutations(self.devices, 2):
            one.hear(other)
        records = [one.record for one in self.devices]
        assert all(record == records[0] for record in records)
        return records[0]


def five(kind: str, *first: Edit) -> Five:
    devices = [Replica(person, kind, number) for person, number in OWNERS]
    devices[0].do(*first)
    for one in devices[1:]:
        one.hear(devices[0])
    return Five(devices)


PARAGRAPHS = ("Llegaron al amanecer.", "Nadie nos avisó de nada.", "Seguimos aquí.")
AGAIN = (
    "Vinieron antes de clarear, sin aviso.", "La vecina llamó a tiempo.",
    "Fueron tres noches.", "No lo sabemos todavía.", "Aquí seguimos todas juntas.",
)  # fmt: skip


def readable(device: Replica) -> str:
    """Return everything that can be read of the body: now, as each one left it, and before."""

    view = device.view
    assert view is not None

    async def texts() -> list[str]:
        steps = await device.engine.history(view.document)
        views = [await device.engine.view_at(view.document, (step.hash,)) for step in steps]
        return [text for one in views for text in one.texts.values()]

    ways = [way.words for one in device.rewritten() for way in one.ways]
    return "\n".join([*device.record.texts.values(), *ways, *run(texts())])


@many
@given(STEPS)
def test_c10_3_whatever_way_anybody_wrote_a_paragraph_stays_within_reach(
    script: list[tuple[int, int, int, frozenset[int]]],
) -> None:
    world = five("event", SetText("body", "\n".join(PARAGRAPHS)))
    written: list[str] = []
    for who, what, other, away in script:
        if what > 4:
            world.hear(who, other)
        elif what == 4:
            world.away = away
        else:
            said = world.devices[who].record.texts.get("body", "").split("\n")
            place = other % len(said)
            line = f"{AGAIN[(who + what) % len(AGAIN)]} ({len(written)}.)"
            said[place] = line
            world.devices[who].do(SetText("body", "\n".join(said)))
            written.append(line)
    world.meet()
    for device in (world.devices[0], world.devices[4]):
        within_reach = readable(device)
        assert all(line in within_reach for line in written)
    folds = [device.rewritten() for device in world.devices]
    assert all(one == folds[0] for one in folds)


def test_c10_3_a_paragraph_rewritten_by_two_halves_is_there_as_each_left_it() -> None:
    world = five("event", SetText("body", "\n".join(PARAGRAPHS)))
    world.away = frozenset({0, 2})
    for who, line in ((0, AGAIN[0]), (1, AGAIN[1])):
        said = world.devices[who].record.texts["body"].split("\n")
        world.devices[who].do(SetText("body", "\n".join([said[0], line, said[2]])))
    world.hear(2, 0)
    world.hear(2, 1)
    world.hear(3, 1)
    assert world.devices[2].rewritten() == [], "who has heard of one alone sees no second"
    world.meet()
    for device in world.devices:
        (fold,) = device.rewritten()
        assert {way.words for way in fold.ways} == {AGAIN[0], AGAIN[1]}
        assert fold.before == PARAGRAPHS[1]


WHENS: list[Json] = [
    {"value": f"2026-0{month}", "precision": "dat.month", "words": f"mes {month}"}
    for month in range(1, 6)
]


@many
@given(STEPS)
def test_c10_3_dates_said_apart_are_all_there_until_somebody_who_saw_them_says_which(
    script: list[tuple[int, int, int, frozenset[int]]],
) -> None:
    world = five("event", SetText("body", "Un retén."))
    said: dict[str, tuple[int, frozenset[str]]] = {}
    seen: list[set[str]] = [set() for _ in OWNERS]
    for who, what, other, away in script:
        if what > 4:
            if (who in world.away) == (other in world.away):
                seen[who] |= seen[other]
            world.hear(who, other)
        elif what == 4:
            world.away = away
        else:
            standing = {one.id for one in world.devices[who].record.readings.get("when", ())}
            before = world.devices[who].record.readings.get("when", ())
            world.devices[who].do(SetReading("when", WHENS[other]))
            new = {one.id for one in world.devices[who].record.readings["when"]} - standing
            if not new:
                assert [one.value for one in before] == [WHENS[other]]
                continue
            (name,) = new
            said[name] = (other, frozenset(seen[who]))
            seen[who].add(name)
    record = world.meet()
    # A plain reading of the rule: what somebody saw and said otherwise is answered.
    answered = {one for _, before in said.values() for one in before}
    left = {name: which for name, (which, _) in said.items() if name not in answered}
    assert {one.id: one.value for one in record.readings.get("when", ())} == {
        name: WHENS[which] for name, which in left.items()
    }
    if len(left) > 1:
        world.devices[4].do(SetReading("when", WHENS[0]))
        resolved = world.meet()
        assert [(one.value, one.by) for one in resolved.readings["when"]] == [(WHENS[0], MARTA)]


# -- the words of a collective's own --------------------------------------------------------------

COMMON = common_vocabulary()
NAMES = ("acuerparnos", "juntanza", "susto", "Susto", "tequio")


def vocabulary_of(worlds: Sequence[Five], who: int) -> Vocabulary:
    return with_own_words(COMMON, words_of(worlds, who))


def words_of(worlds: Sequence[Five], who: int) -> list[OwnWord]:
    """Return the own words on a device; each is a record of its own, with an id of its own."""
    found = []
    for number, world in enumerate(worlds):
        record = world.devices[who].record
        word = own_word(replace(record, id=DocumentId(bytes([number + 1]) * 16)))
        assert word is not None
        found.append(word)
    return found


@many
@given(STEPS, st.permutations(range(4)))
def test_c10_10_words_coined_renamed_and_joined_apart_are_the_same_on_all_devices_and_none_is_lost(
    script: list[tuple[int, int, int, frozenset[int]]], order: list[int]
) -> None:
    worlds = [five("own_term", SetReading("word_es", name)) for name in NAMES[:4]]
    ids = [id_of(DocumentId(bytes([number + 1]) * 16)) for number in range(4)]
    called: list[set[str]] = [{name} for name in NAMES[:4]]
    for who, what, other, away in script:
        number = (what + other) % 4
        device = worlds[number].devices[who]
        match what:
            case 0 | 1:
                device.do(SetReading("word_es", NAMES[other]))
                called[number].add(NAMES[other])
            case 2:
                device.do(AddMember("same", ids[other % 4] if other < 4 else "imp.fear"))
            case 3:
                device.do(RemoveMember("same", ids[other % 4]))
            case 4:
                for world in worlds:
                    world.away = away
            case _:
                for world in worlds:
                    world.hear(who, other)
    for number in order:
        worlds[number].meet()
    found = [vocabulary_of(worlds, who) for who in range(5)]
    asked = [alike(words_of(worlds, who), found[who]) for who in range(5)]
    assert all(one == asked[0] for one in asked)
    for number, one in enumerate(ids):
        shown = {vocabulary.shown(one) for vocabulary in found}
        assert len(shown) == 1
        term = found[0].term(one)
        assert term is not None
        assert set(term.es.split(" / ")) <= called[number]
        # Whatever it is shown as, it is found by every name it has today.
        for name in term.es.split(" / "):
            assert shown & {each.id for each in found[0].exactly(name)}
    for term in COMMON.terms():
        assert all(vocabulary.shown(term.id) == term.id for vocabulary in found)
        assert found[0].term(term.id) is not None
    assert {vocabulary.label("nov.unknown", "es") for vocabulary in found} == {"nov.unknown"}
