"""An act as it is written: what fills the parts nobody said, and which act it answers.

Commands and screens make acts of what people say; what they leave out is the same for both.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edit_kinds import AddAct, Edit
from aluna_sync.journal.schema import ABSENT, EVERYONE, TODAY, ActKind, Field, Part, Shape
from aluna_sync.journal.types import Json, Record

if TYPE_CHECKING:
    from aluna_sync.device import Device

CLOSE: Final = "close_fold"
ASK_USES: Final = "ask_uses"
PERSONS: Final = "persons"


async def do_act(device: Device, record: Record, field: Field, value: dict[str, Json]) -> Record:
    """Do the act *value* of *field* with *record*; return it as it stands then.

    Raises WrongUseError nothing-apart, and what `edits.operations` raises.
    """
    edits: list[Edit] = [AddAct(field.name, value)]
    if value["act"] == CLOSE and "fold" not in value:
        # Whoever closes what was written apart closes what is there to be read now.
        apart = await device.rewritten(record.id)
        if not apart:
            raise WrongUseError("nothing-apart")
        edits = [AddAct(field.name, {**value, "field": one.field, "fold": one.id}) for one in apart]
    return await device.edit(record.id, edits)


def filled(device: Device, record: Record, kind: ActKind, said: dict[str, Json]) -> dict[str, Json]:
    """Return the act *said* with what fills its other parts, and which act it answers.

    Raises WrongUseError no-such-act where there is nothing it could answer.
    """
    value = {**said, "act": kind.name}
    for part in kind.parts:
        if part.name in value:
            continue
        if part.takes:
            taken = _taken(device, record, part, value)
            value |= {} if taken is None else {part.name: taken}
        elif part.shape is Shape.ENTRY and part.needed:
            value[part.name] = _newest(record, part, device.person)
    if kind.name == ASK_USES and PERSONS not in value:
        value |= _others_concerned(device, record)
    return value


def _others_concerned(device: Device, record: Record) -> dict[str, Json]:
    """Return whom a question about uses goes to when nobody was named: all it concerns but her."""
    from aluna_sync.journal.lives.consents import concerned

    others: list[Json] = [one.hex() for one in concerned(record) if one != device.person]
    return {PERSONS: others} if others else {}


def _taken(device: Device, record: Record, part: Part, value: dict[str, Json]) -> Json:
    """Return what fills *part* when nothing was said for it, None when nothing does."""
    if part.takes == EVERYONE:
        return _everyone(device, record)
    if part.takes == ABSENT:
        return _absent(device, record, value.get("version")) or None
    if part.takes == TODAY:
        from aluna_sync.journal.dates import parse_when

        today = dt.date.today()
        return parse_when(today.isoformat(), today).as_json()
    words = record.texts.get(part.takes, "")
    return words if words.strip() else None


def _everyone(device: Device, record: Record) -> Json:
    """Return who belongs to the space of *record*; who rests, only if she asked for that."""
    from aluna_sync.living import asked_while_resting

    resting = device.spaces.absent(record.space).resting
    anyway = asked_while_resting(device, record) if resting else frozenset()
    return [
        one.id.hex()
        for one in device.people(record.space)
        if one.id not in resting or one.id in anyway
    ]


def _absent(device: Device, record: Record, version: Json) -> list[Json]:
    """Return who was asked, has not answered, and rests or is no longer here."""
    from aluna_sync.journal.lives import agreement_of

    absent = device.spaces.absent(record.space)
    wording = agreement_of(record).wording(str(version))
    away = absent.resting | absent.gone
    return [one.hex() for one in wording.waiting if one in away] if wording else []


def answerable(record: Record, part: Part) -> list[str]:
    """Return the ids of the acts *part* may name, the newest last."""
    return [
        act.id
        for acts in record.acts.values()
        for act in acts
        if isinstance(act.value, dict) and act.value.get("act") in part.of
    ]


def _newest(record: Record, part: Part, person: PersonId) -> str:
    """Return the newest act *part* may name; of objections, this person's own."""
    found = answerable(record, part)
    if part.name == "objection":
        acts = {act.id: act for act in record.acts.get("positions", ())}
        objections = [one for one in found if _objects(acts[one].value)]
        found = [one for one in objections if acts[one].by == person] or objections
    if part.name == "position":
        acts = {act.id: act for act in record.acts.get("positions", ())}
        found = [one for one in found if acts[one].by == person]
    if not found:
        raise WrongUseError("no-such-act", part=part.name, acts=list(part.of))
    return found[-1]


def _objects(value: Json) -> bool:
    return isinstance(value, dict) and value.get("stance") == "pos.objection"
