"""Lives of the records on this device: what waits for whose voice, what asks to be looked at again.

Only questions a person asks for herself; nothing here is told to anybody else, or counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from aluna_protocol.ids import PersonId
from aluna_sync.answering import Answering
from aluna_sync.journal.lives import agreement_of, causes_of
from aluna_sync.journal.lives.agreements import Agreement
from aluna_sync.journal.lives.days import ForNow, LookAgain, for_now, look_again
from aluna_sync.journal.lives.voices import AGREED_TYPES, ROUND, Waiting, waits_for
from aluna_sync.journal.types import Record

ASK_ANYWAY = "ask_me_anyway"


def life_of(device: Answering, record: Record) -> Agreement:
    """Return how it stands with an agreement, given who belongs to its space."""
    absent = device.spaces.absent(record.space)
    return agreement_of(record, gone=absent.gone, resting=absent.resting)


def in_force_for_now(record: Record, life: Agreement) -> tuple[ForNow, ...]:
    """Return what two persons put in force for now; only protection agreements can be."""
    return for_now(causes_of(record), life) if record.type == "protection" else ()


def waits_for_me(device: Answering) -> tuple[Waiting, ...]:
    """Return what waits for the voice of this person; while she rests, nothing does."""
    return tuple(one for record in _asking(device) for one in mine_in(device, record))


def _asking(device: Answering) -> Iterator[Record]:
    """Yield each record in which something may wait for this person: agreements, rounds, others."""
    yield from _of_types(device, *AGREED_TYPES, ROUND)
    for document in device.store.index.asking(device.person):
        record = device.record(document)
        if record is None or record.put_away or record.type in (*AGREED_TYPES, ROUND):
            continue
        yield record


def mine_in(device: Answering, record: Record) -> tuple[Waiting, ...]:
    """Return what of one record waits for the voice of this person."""
    if record.type == ROUND and device.space_kind(record.space) == "private":
        return ()
    resting = device.spaces.absent(record.space).resting
    anyway = asks_anyway(device, device.person) if device.person in resting else frozenset()
    life = life_of(device, record) if record.type in AGREED_TYPES else None
    return waits_for(device.person, [(record, life)], resting=resting, ask_anyway=anyway)


def look_again_this_month(device: Answering, today: dt.date) -> tuple[LookAgain, ...]:
    """Return which agreements ask to be looked at again in the month of *today*."""
    agreed = _of_types(device, *AGREED_TYPES)
    lives = [(record, life_of(device, record)) for record in agreed]
    return look_again(
        [(record, life, in_force_for_now(record, life)) for record, life in lives], today
    )


def asks_anyway(device: Answering, person: PersonId) -> frozenset[str]:
    """Return the kinds of agreement *person* wants to be asked for while she rests."""
    return frozenset(
        member.item
        for document, _ in device.store.index.of_type("member")
        if (record := device.record(document)) is not None and record.authors[:1] == (person,)
        for member in record.sets.get(ASK_ANYWAY, ())
    )


def asked_while_resting(device: Answering, record: Record) -> frozenset[PersonId]:
    """Return who rests and wants to be asked about the agreement *record* anyway."""
    kinds = {one.item for one in record.sets.get("kind", ())}
    resting = device.spaces.absent(record.space).resting
    return frozenset(one for one in resting if kinds & asks_anyway(device, one))


def _of_types(device: Answering, *types: str) -> Iterator[Record]:
    for type_ in types:
        for document, _ in device.store.index.of_type(type_):
            record = device.record(document)
            if record is not None and not record.put_away:
                yield record
