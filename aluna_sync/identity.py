"""Who a device is: what its vault says, and whose it became since."""

from __future__ import annotations

from dataclasses import field, replace

from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.store.store import Store


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this device is: what the vault keeps."""

    keys: DeviceKeys = field(repr=False)
    incarnation: int
    person: PersonId
    person_name: str
    device_name: str


PERSON = "standing-person"
"""Where the store keeps whose device this is, once it differs from the vault's."""


def standing_identity(store: Store, of_vault: Identity) -> Identity:
    """Return who this device is: the vault says it, unless it became another's device since."""
    kept = store.meta.get(PERSON)
    if kept is None:
        return of_vault
    return replace(of_vault, person=PersonId(kept[:16]), person_name=kept[16:].decode())
