"""The digest of a device: what came since its person last looked, or since a day she says.

When she looked is kept on this device alone, and only when she says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from aluna_protocol import operations
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_protocol.membership import Act, resolve
from aluna_protocol.operations import Withdraw
from aluna_sync.answering import Answering
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.digest import HARM, Here, News, Said, Section, Turn, digest
from aluna_sync.journal.lives.agreements import IN_FORCE, IN_REVIEW
from aluna_sync.journal.lives.voices import AGREED_TYPES
from aluna_sync.journal.lives.wordings import ANSWERED
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import is_iso
from aluna_sync.late import late_records
from aluna_sync.living import life_of, look_again_this_month, waits_for_me
from aluna_sync.store.arrivals import Line, Since

SUSTAINED = "sustained"
_TURNS = {"mem.resting": Turn.RESTS, "mem.away": Turn.AWAY, "mem.left": Turn.WENT}


def last_looked(device: Answering, collective: SpaceId) -> Since:
    """Return when this person last said she looked; the beginning when she never did."""
    return device.store.arrivals.looked(collective) or Since()


def since_day(device: Answering, day: str) -> Since:
    """Return the beginning of *day*, an ISO date as coarse as it was said, on this device."""
    return device.store.arrivals.since_day(day)


def since_record(device: Answering, prefix: str) -> Since:
    """Return the day of the record (a meeting) whose id begins with *prefix*.

    Raises WrongUseError no-such-record, several-records, id-too-short, record-without-a-date.
    """
    record = device.record(device.find(prefix))
    if record is None or record.when is None or not is_iso(record.when):
        raise WrongUseError("record-without-a-date", id=prefix)
    return since_day(device, record.when)


def look(device: Answering, collective: SpaceId, at: Since) -> None:
    """Keep, here alone, that this person looked at what happened up to *at*."""
    device.store.arrivals.look(collective, at)


def digest_since(
    device: Answering, collective: SpaceId, since: Since, today: dt.date
) -> tuple[Section, ...]:
    """Return what happened in *collective* and its circles since then."""
    return digest(news_since(device, collective, since, today))


def news_since(device: Answering, collective: SpaceId, since: Since, today: dt.date) -> News:
    """Return everything the digest is computed from."""
    spaces = [row.id for row in device.spaces.rows.values() if row.collective == collective]
    lines = device.store.arrivals.lines(spaces, since)
    here = set(spaces)
    waiting = [(one, *_named(device, one.document)) for one in waits_for_me(device)]
    again = [(one, *_named(device, one.document)) for one in look_again_this_month(device, today)]
    touched = {line.document for line in lines if line.type in AGREED_TYPES}
    told = {line.document for line in lines}
    told |= {one.document for one, _type, _title in waiting}
    told |= {one.document for one, _type, _title in again}
    sustained = {line.document: _sustained(device, line) for line in lines if line.type == HARM}
    told.update(*sustained.values())
    return News(
        me=device.person,
        lines=lines,
        writers={line.document: _writers(device, line) for line in lines},
        begun={line.document: device.spaces.author_of(line.space, line.document) for line in lines},
        voices=dict(_voices(device, touched)),
        living=frozenset(_living(device, lines)),
        waiting=[one for one in waiting if device.store.log.space_of(one[0].document) in here],
        again=[one for one in again if device.store.log.space_of(one[0].document) in here],
        people=_people(device, collective, spaces, since),
        taken_back=_taken_back(device, spaces, since),
        too_late=[
            (one.document, _named(device, one.document)[1])
            for space in spaces
            for one in late_records(device.store, space)
            if not one.read
        ],
        sustained=sustained,
        with_hidden_word=with_hidden_word(device, told),
    )


def with_hidden_word(device: Answering, documents: Collection[DocumentId]) -> frozenset[DocumentId]:
    """Return those of *documents* that are named with a word this person keeps hidden."""
    hidden = device.vocabulary().hidden
    rows = (device.store.index.row(document) for document in documents if hidden)
    return frozenset(row.document for row in rows if row and not hidden.isdisjoint(row.terms))


def _named(device: Answering, document: DocumentId) -> tuple[str, str]:
    title, type_ = device.store.index.titles([document]).get(document, ("", ""))
    return type_, title


def _writers(device: Answering, line: Line) -> frozenset[PersonId]:
    seats = (device.spaces.seat_of(line.space, one) for one in line.devices)
    return frozenset(seat.person for seat in seats if seat is not None)


def _sustained(device: Answering, line: Line) -> tuple[DocumentId, ...]:
    links = device.store.index.links_to(line.document)
    return tuple(sorted({one.source for one in links if one.kind == SUSTAINED}))


def _living(device: Answering, lines: list[Line]) -> Iterator[DocumentId]:
    for line in lines:
        row = device.store.index.row(line.document) if line.type == "emergency" else None
        if row is not None and row.state != "looked_back":
            yield line.document


def _voices(
    device: Answering, documents: set[DocumentId]
) -> Iterator[tuple[DocumentId, tuple[Said, ...]]]:
    """Yield the agreements in which somebody else objects, or needs time or a talk."""
    for document in sorted(documents):
        record = device.record(document)
        if record is not None and (said := _said_in(device, record)):
            yield document, said


def _said_in(device: Answering, record: Record) -> tuple[Said, ...]:
    life = life_of(device, record)
    found: set[Said] = set()
    for wording in life.wordings:
        if wording.id not in life.open and wording.id not in life.followed:
            continue
        found |= {Said(act.by, "pos.objection") for act in wording.objections if act.by is not None}
        if wording.id in life.open and life.state not in (IN_FORCE, IN_REVIEW):
            found |= {
                Said(one.person, one.stance)
                for one in wording.standing
                if one.stance not in ("", *ANSWERED, "pos.objection")
            }
    return tuple(
        sorted(
            (one for one in found if one.person != device.person),
            key=lambda one: (one.stance, one.person),
        )
    )


# -- people ------------------------------------------------------------------------------------


def _people(
    device: Answering, collective: SpaceId, spaces: list[SpaceId], since: Since
) -> list[Here]:
    found: list[Here] = []
    gone: set[PersonId] = set()
    for space in sorted(spaces, key=lambda one: one != collective):
        now = device.spaces.replicas[space].membership
        control = device.store.log.control_entries(space, before=since.first)
        before = resolve(space, (_act(entry) for entry in control))
        if not before.persons:
            continue  # Entered since, or never looked: who was there already did not come.
        went = before.persons.keys() - now.persons.keys() - gone
        came = now.persons.keys() - before.persons.keys()
        back = before.resting & now.persons.keys() - now.resting
        gone |= went
        found += [Here(one, Turn.WENT, space) for one in went]
        found += [Here(one, Turn.CAME, space) for one in came]
        found += [Here(one, Turn.BACK, space) for one in back]
    found += [Here(one, turn, collective) for one, turn in _resting(device, collective).items()]
    return [one for one in found if one.person != device.person]


def _resting(device: Answering, collective: SpaceId) -> dict[PersonId, Turn]:
    """Return who is not waited for: by who belongs, and by what each says on her own card."""
    membership = device.spaces.replicas[collective].membership
    found = dict.fromkeys(membership.resting & membership.persons.keys(), Turn.RESTS)
    for document, _ in device.store.index.of_type("member"):
        row = device.store.index.row(document)
        if row is None or row.space != collective or row.state not in _TURNS:
            continue
        person = next(iter(row.authors), None)
        if person is not None and person in membership.persons:
            found[person] = _TURNS[row.state]
    return found


def _act(entry: Entry) -> Act:
    """Return the membership act in a control entry that was let in once."""
    header, body = entry.header, entry.parts[0] or b""
    parents = set(header.membership_heads)
    if header.height > 1:
        parents.add(header.previous)
    is_membership = header.kind is Kind.MEMBERSHIP
    operation = operations.decode_operation(body) if is_membership else None
    return Act(entry.hash, header.log.device, frozenset(parents), operation)


def _taken_back(
    device: Answering, spaces: list[SpaceId], since: Since
) -> list[tuple[DocumentId, str]]:
    found: set[DocumentId] = set()
    for space in spaces:
        standing = device.spaces.replicas[space].withdrawn
        control = device.store.log.control_entries(space, after=since.first - 1)
        acts = (_act(entry).operation for entry in control)
        found |= {
            one.document
            for one in acts
            if isinstance(one, Withdraw)
            and one.document in standing
            and device.spaces.author_of(space, one.document) != device.person
        }
    types = device.store.taken_back.types(sorted(found))
    return [(document, types[document]) for document in sorted(found) if document in types]
