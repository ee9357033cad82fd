"""A panic that takes only a part: what was shared, or what is private (security design §5.4).

Keys and rows of the spaces go in one transaction, and the vault stays under the same passphrase.
So this is weaker than destroying the keys: the disc itself may keep older pages, which the
passphrase of this vault still opens. Programs must say so.
"""

from __future__ import annotations

from aluna_protocol.membership import SpaceKind
from aluna_sync.device import Device
from aluna_sync.founding import found_collective, found_private
from aluna_sync.spaces import KIND_NAMES
from aluna_sync.vault_layout import Removes

_PRIVATE = KIND_NAMES[SpaceKind.PRIVATE]


def forget(device: Device, removes: Removes) -> int:
    """Forget the shared or the private spaces of *device*; return how many records went.

    The device founds anew what it cannot be used without: a private space, or a collective of one
    in which whoever opens it finds only the person's own name. *device* must be locked after.
    """
    private = removes is Removes.PRIVATE
    rows = device.spaces.rows
    going = [space for space, row in rows.items() if (row.kind == _PRIVATE) == private]
    collectives = device.spaces.of_kind(KIND_NAMES[SpaceKind.COLLECTIVE])
    count = sum(device.store.index.count(space) for space in going)
    with device.store.transaction():
        if private:
            for key in device.drafts():
                device.save_draft(key, None)
        device.store.forgetting.spaces(going, companions=not private)
        if private:
            for collective in collectives:
                found_private(device, collective)
        else:
            found_collective(device, device.person_name)
    device.store.forgetting.leave_no_journal()
    return count
