"""A document whose only change this is, read from the change itself.

That is how a record looks that nobody has changed since it was written: values, and texts whose
letters follow one another as they lie in the columns. To read it takes no Automerge.
"""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ActorId, ChangeHash
from aluna_protocol.lint.operations import Walk
from aluna_protocol.lint.values import Scalar, Values


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document of one change holds, texts and values by key in the order of the keys."""

    hash: ChangeHash
    actor: ActorId
    texts: dict[str, str]
    values: dict[str, Scalar]


def read(change: ChangeHash, actor: ActorId, walk: Walk, values: Values) -> Reading | None:
    """Read a first change that was judged; None unless its operations lie as they read."""
    keys = walk.written
    if not walk.straight or len(set(keys.values())) != len(keys):
        return None
    scalars = iter(values.scalars)
    pieces: dict[int, list[str]] = {counter: [] for counter in walk.made}
    at = 0
    for (_, text), first, last in walk.inserted:
        until = at + last - first + 1
        pieces[text].append(values.letters[at:until])
        at = until
    held: dict[int, Scalar] = {counter: next(scalars) for counter in keys if counter not in pieces}
    in_order = [(key.decode(), counter) for counter, key in sorted(keys.items(), key=_key)]
    return Reading(
        change,
        actor,
        {key: "".join(pieces[counter]) for key, counter in in_order if counter in pieces},
        {key: held[counter] for key, counter in in_order if counter in held},
    )


def _key(item: tuple[int, bytes]) -> bytes:
    return item[1]
