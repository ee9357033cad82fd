"""Own words of an earlier incarnation, as the present one may write them (SPEC §6.5.2).

An act, a reading or a value of one's own stands under an id that begins as its author's actor does.
What has to be written again by another actor of the same device takes another id with it, and
whatever names it names the new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from aluna_protocol.ids import OWN_ID_ACTOR_BYTES, OWN_ID_LETTERS, ActorId
from aluna_sync.engine.types import Operation, Put, View
from aluna_sync.journal import keys

_DIGITS: Final = "[0-9a-f]"
_OWN_ID: Final = re.compile(rf"(?<!{_DIGITS}){_DIGITS}{{{OWN_ID_LETTERS}}}(?!{_DIGITS})")


def adopted(
    operations: Sequence[Operation], now: View | None, former: Collection[ActorId], actor: ActorId
) -> list[Operation]:
    """Return *operations* of the actors *former*, as *actor* writes them where *now* stands.

    Own keys of anybody else are left out: nobody writes what another says.
    """
    standing = {_id(key) for key in (now.cells if now else ()) if keys.is_own(key)}
    before = {one[:OWN_ID_ACTOR_BYTES].hex() for one in former}
    mine = _begin(actor)
    named = {
        _id(one.key): _id(keys.adopted(one.key, actor))
        for one in operations
        if isinstance(one, Put) and keys.is_own(one.key) and _id(one.key)[: len(mine)] in before
    }

    def renamed(found: re.Match[str]) -> str:
        old = found.group()
        new = named.get(old) or mine + old[len(mine) :]
        known = old in named or (old not in standing and new in standing)
        return new if known else old

    return list(_written(operations, mine, named, renamed, actor))


def _written(
    operations: Sequence[Operation],
    mine: str,
    named: Collection[str],
    renamed: Callable[[re.Match[str]], str],
    actor: ActorId,
) -> Iterator[Operation]:
    for one in operations:
        if not keys.is_own(one.key):
            yield one
        elif isinstance(one, Put) and isinstance(one.value, str):
            own_id = _id(one.key)
            if own_id in named or own_id.startswith(mine):
                key = keys.adopted(one.key, actor)
                yield Put(key, _OWN_ID.sub(renamed, one.value))


def _id(key: str) -> str:
    return key.rpartition("/")[2]


def _begin(actor: ActorId) -> str:
    return actor[:OWN_ID_ACTOR_BYTES].hex()
