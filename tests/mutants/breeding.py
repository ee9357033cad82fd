"""How mutants are made: by byte, by column and by operation, the checksum always repaired."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from aluna_protocol.lint import runs
from mutants.scenes import Scene, all_scenes
from vectors import forging
from vectors.forging import Forged, Id, Row, leb, sleb

ODD_NUMBERS = (0, 1, 2, 3, 15, 16, 63, 64, 127, 128, 255, 2**14, 20_000, 2**31, 2**32, 2**40)
HUGE_NUMBERS = (2**40 - 1, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
ODD_BYTES = (b"", b"\0", b"\xff", b"\x80\0", b"\x7f", b"\xc3", b"\xed\xa0\x80", b"e\xcc\x81", b"ab")
ODD_KEYS = (b"", b"l/a", b"l/z", b"type", b"k" * 256, b"k" * 257, b"\xff", "t/é/0".encode(), b"\0")
COLUMNS = (0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73)
OTHER_COLUMNS = (0x00, 0x03, 0x21, 0x23, 0x35, 0x43, 0x80, 0x81, 0x94, 0xA5, 2**31)
_HEADER = 9


def mutant(rng: random.Random) -> tuple[Scene, bytes]:
    """Return a scene and what was made of its target; now and then nothing has changed."""
    scene = rng.choice(all_scenes())
    raw = scene.target.raw
    breed = rng.choices((_by_bytes, _by_columns, _by_operations), (2, 2, 6))[0]
    return scene, breed(rng, scene, raw)


# -- bytes ---------------------------------------------------------------------------------------


def _by_bytes(rng: random.Random, scene: Scene, raw: bytes) -> bytes:
    """Edit the body; where its length is spelled does not matter, it is spelled anew."""
    start = runs.unsigned(raw, _HEADER)[1]
    return forging.sealed(_edited(rng, raw[start:]))


def _edited(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randint(0, len(out))
        size = rng.choice((1, 1, 2, 4, 8))
        match rng.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.choice((0, 1, 2, 0x3F, 0x40, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            case 2:
                out[at:at] = rng.randbytes(size)
            case 3:
                del out[at : at + size]
            case 4:
                out[at:at] = out[at : at + size]
            case 5:
                other = rng.choice(all_scenes()).target.raw
                place = rng.randrange(len(other))
                out[at : at + size] = other[place : place + size]
            case _:
                number = rng.choice((*ODD_NUMBERS, *HUGE_NUMBERS))
                out[at : at + 1] = rng.choice((leb(number), sleb(number), sleb(-number)))
    return bytes(out)


# -- columns -------------------------------------------------------------------------------------


def _by_columns(rng: random.Random, scene: Scene, raw: bytes) -> bytes:
    forged = _taken_apart(raw)
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice(list(forged.columns))
        match rng.randrange(6):
            case 0 | 1 | 2:
                forged = forged.column(name, _edited(rng, forged.columns[name]))
            case 3:
                other = rng.choice(COLUMNS)
                swapped = forged.columns.get(other)
                forged = forged.column(other, forged.columns[name]).column(name, swapped)
            case 4:
                donor = _taken_apart(rng.choice(all_scenes()).target.raw)
                forged = forged.column(name, donor.columns.get(name))
            case _:
                forged = _header_edited(rng, scene, forged, name)
    return forged.raw


def _header_edited(rng: random.Random, scene: Scene, forged: Forged, name: int) -> Forged:
    known = [bytes(facts.hash) for facts in scene.facts]
    number = rng.choice((*ODD_NUMBERS, rng.randrange(64)))
    match rng.randrange(8):
        case 0:
            return forged.but(deps=tuple(sorted(rng.sample(known, rng.randint(0, len(known))))))
        case 1:
            return forged.but(start_op=leb(number))
        case 2:
            return forged.but(seq=leb(number))
        case 3:
            return forged.but(time=sleb(number), message=rng.choice((b"", b"\0", b"hola")))
        case 4:
            actors = list(forged.others) + [actor for actor, _ in scene.ids]
            return forged.but(others=tuple(sorted(rng.sample(actors, rng.randint(0, 2)))))
        case 5:
            return forged.but(extra=rng.randbytes(rng.randint(1, 3)))
        case 6:
            return forged.column(rng.choice(OTHER_COLUMNS), rng.choice((b"\1", b"\x7f\0", b"\1\1")))
        case _:
            return forged.column(name, None)


@cache
def _taken_apart(raw: bytes) -> Forged:
    return forging.taken_apart(raw)


# -- operations ----------------------------------------------------------------------------------


def _by_operations(rng: random.Random, scene: Scene, raw: bytes) -> bytes:
    """Change operations and spell the columns as Automerge would: past the outer rules."""
    forged, before = _rows(raw)
    rows = list(before)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(_ROW_EDITS)(rng, scene, rows)
    if not rows:
        return raw
    others = sorted(forging.actors_of(rows) - {forged.actor})
    columns = forging.columns_of(rows, (forged.actor, *others))
    return forged.but(others=tuple(others), columns=columns).raw


@cache
def _rows(raw: bytes) -> tuple[Forged, tuple[Row, ...]]:
    forged = forging.taken_apart(raw)
    return forged, tuple(forging.rows_of(forged))


def _any_id(rng: random.Random, scene: Scene) -> Id:
    actor, counter = rng.choice(scene.ids)
    return actor, max(0, counter + rng.choice((0, 0, 0, 0, 1, -1, 2, rng.choice(ODD_NUMBERS))))


def _one_field(rng: random.Random, scene: Scene, rows: list[Row]) -> None:
    if not rows:
        return
    at = rng.randrange(len(rows))
    row = rows[at]
    actor, counter = _any_id(rng, scene)
    match rng.randrange(10):
        case 0:
            row = row.but(action=rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, None)))
        case 1:
            row = row.but(insert=not row.insert)
        case 2:
            row = row.but(object_actor=actor, object_counter=counter)
        case 3:
            row = row.but(key_actor=actor, key_counter=counter)
        case 4:
            row = row.but(key_text=rng.choice((*ODD_KEYS, None)))
        case 5:
            row = row.but(tag=rng.choice((*range(16),)), value=rng.choice((row.value, *ODD_BYTES)))
        case 6:
            row = row.but(preds=(*row.preds, (actor, counter)))
        case 7:
            row = row.but(preds=row.preds[1:])
        case 8:
            row = row.but(key_actor=None, key_counter=rng.choice((0, 0, None, 1)))
        case _:
            name = rng.choice(("object_actor", "object_counter", "key_actor", "key_counter"))
            row = row.but(**{name: None})
    rows[at] = row


def _other_letter(rng: random.Random, scene: Scene, rows: list[Row]) -> None:
    """Let an operation in a text name another letter, its predecessor too."""
    inside = [at for at, row in enumerate(rows) if row.key_actor is not None]
    if inside:
        at = rng.choice(inside)
        actor, counter = _any_id(rng, scene)
        preds = ((actor, counter),) if rows[at].preds else ()
        rows[at] = rows[at].but(key_actor=actor, key_counter=counter, preds=preds)


def _another_value(rng: random.Random, _: Scene, rows: list[Row]) -> None:
    if not rows:
        return
    at = rng.randrange(len(rows))
    tag = rng.choice((0, 1, 2, 3, 4, 5, 6, 7))
    value = {
        3: leb(rng.choice(ODD_NUMBERS)),
        4: sleb(-rng.choice(ODD_NUMBERS)),
        5: rng.choice((bytes(8), b"\0" * 6 + b"\xf0\x7f", b"\xff" * 8, rng.randbytes(8))),
        6: rng.choice(("é", "漢", "😀", "e\u0301", "", "\0", "x")).encode(),
        7: rng.choice(ODD_BYTES),
    }.get(tag, b"")
    rows[at] = rows[at].but(tag=tag, value=value)


def _moved(rng: random.Random, _: Scene, rows: list[Row]) -> None:
    if rows:
        row = rows.pop(rng.randrange(len(rows)))
        rows.insert(rng.randint(0, len(rows)), row)


def _repeated(rng: random.Random, _: Scene, rows: list[Row]) -> None:
    if rows:
        at = rng.randrange(len(rows))
        times = rng.choice((1, 1, 2, 7, 8, 9, 30))
        rows[at:at] = [rows[at]] * times


def _dropped(rng: random.Random, _: Scene, rows: list[Row]) -> None:
    if len(rows) > 1:
        at = rng.randrange(len(rows))
        del rows[at : at + rng.choice((1, 1, 2, 5))]


def _borrowed(rng: random.Random, __: Scene, rows: list[Row]) -> None:
    """Take operations from another change."""
    _, others = _rows(rng.choice(all_scenes()).target.raw)
    start = rng.randrange(len(others))
    at = rng.randint(0, len(rows))
    rows[at:at] = others[start : start + rng.choice((1, 2, 4))]


def _key_written(rng: random.Random, scene: Scene, rows: list[Row]) -> None:
    """Write a key, naming all, some or none of what may stand there."""
    key = rng.choice(("l/a", "l/b", "l/z", "t/body/0011223344556677", "s/x/1", "type"))
    own = len(rows) + 1
    preds = sorted({_any_id(rng, scene) for _ in range(rng.choice((0, 0, 1, 2)))})
    made = rng.choice((forging.make_text, forging.delete))(key, *preds)
    value = forging.put(key, forging.NULL, b"", *preds)
    rows.insert(rng.randrange(own), rng.choice((made, value, value)))


def _letters_written(rng: random.Random, scene: Scene, rows: list[Row]) -> None:
    """Insert letters after any, or take out a run of them, with any step."""
    texts = [row for row in rows if row.object_actor is not None]
    if not texts:
        return
    sample = rng.choice(texts)
    assert sample.object_actor is not None
    text = (sample.object_actor, sample.object_counter or 0)
    actor, counter = _any_id(rng, scene)
    step = rng.choice((-2, -1, 0, 1, 1, 2))
    at = rng.randint(0, len(rows))
    count = rng.choice((1, 2, 3, 6))
    named = [(actor, max(0, counter + step * place)) for place in range(count)]
    if rng.random() < 0.5:
        rows[at:at] = [forging.take_out(text, which) for which in named]
    else:
        rows[at:at] = [forging.letter(text, which, rng.choice("aé漢😀")) for which in named]


_ROW_EDITS: tuple[Callable[[random.Random, Scene, list[Row]], None], ...] = (
    _one_field,
    _one_field,
    _other_letter,
    _other_letter,
    _another_value,
    _moved,
    _repeated,
    _dropped,
    _borrowed,
    _key_written,
    _letters_written,
)
