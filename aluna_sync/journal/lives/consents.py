"""Uses that the persons concerned permit (domain C5.5).

What a person permits is what she herself wrote on a device of hers: a consent in another's hand is
not in the record at all (see `records`). What she said differently on two devices counts as the
narrower: only what both say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import causes_of, persons, texts
from aluna_sync.journal.types import Json, Record

INNER: Final = "use.inner"
"""What nobody has to be asked for: inside the collective."""
USES: Final = "uses"
MEMORY: Final = "use.memory"


@dataclass(frozen=True, slots=True)
class Consent:
    """How it stands with one person's consent."""

    person: PersonId
    state: str
    """"not_asked", "asked", "yes", "narrowed" (less than was asked for) or "taken_back"."""
    uses: tuple[str, ...]
    """What she permits besides the inner use."""
    asked: tuple[str, ...]
    """What she was asked for."""


def consents(record: Record) -> tuple[Consent, ...]:
    """Return how it stands with everybody who was asked or who spoke, by id."""
    asked: dict[PersonId, set[str]] = {}
    for act in causes_of(record).of("ask_uses"):
        for person in persons(act, "persons"):
            asked.setdefault(person, set()).update(texts(act, "uses"))
    spoke = {*record.maps.get(USES, {}), *record.own_readings.get(USES, {})}
    return tuple(_consent(record, person, asked.get(person)) for person in sorted({*asked, *spoke}))


def permitted(record: Record, use: str, concerned: Iterable[PersonId]) -> bool:
    """Tell whether everybody *concerned* permits *use*: whoever has not spoken does not."""
    if use == INNER:
        return True
    everybody = list(concerned)
    return bool(everybody) and not _silent(record, use, everybody)


def concerned(record: Record) -> tuple[PersonId, ...]:
    """Return whose yes a use of *record* needs, by id: who wrote in it, was asked, or spoke."""
    return tuple(sorted({*record.authors, *(one.person for one in consents(record))}))


def lacking(record: Record, use: str) -> tuple[PersonId, ...]:
    """Return, by id, who of those concerned does not permit *use*, or not any more."""
    return () if use == INNER else tuple(_silent(record, use, concerned(record)))


def _silent(record: Record, use: str, everybody: Iterable[PersonId]) -> list[PersonId]:
    known = {one.person: one for one in consents(record)}
    return [one for one in everybody if one not in known or use not in known[one].uses]


def _consent(record: Record, person: PersonId, asked: set[str] | None) -> Consent:
    said = _said(record, person)
    wanted = tuple(sorted(asked or ()))
    uses = tuple(sorted((said or set()) - {INNER}))
    if said is None:
        state = "not_asked" if asked is None else "asked"
    elif not uses:
        state = "taken_back"
    elif set(wanted) - set(uses) - {INNER}:
        state = "narrowed"
    else:
        state = "yes"
    return Consent(person, state, uses, wanted)


def _said(record: Record, person: PersonId) -> set[str] | None:
    """Return what she permits, None when she said nothing."""
    apart = record.own_readings.get(USES, {}).get(person, {}).get("", ())
    if apart:
        return set.intersection(*(_terms(reading.value) for reading in apart))
    value = record.maps.get(USES, {}).get(person)
    return None if value is None else _terms(value)


def _terms(value: Json) -> set[str]:
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()
