"""Operations a caller wants written, checked before Automerge sees them.

A panic inside an open transaction poisons the document and can crash the process at its end, so
nothing that the lint would refuse later may get that far.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import assert_never

from aluna_protocol import lint
from aluna_sync.engine.types import Delete, EngineError, Operation, Put, Scalar, Splice

MAX_VALUES_BYTES = 512 * 1024
"""All values of one change together; the change must fit into one part of an entry."""


def check_operations(operations: Sequence[Operation]) -> None:
    """Raise `EngineError` for the first operation, or the sum of them, that may not be written."""
    count = size = 0
    writes: Counter[str] = Counter()
    spliced: set[str] = set()
    for operation in operations:
        if not isinstance(operation, Splice):
            spliced.discard(operation.key)
            writes[operation.key] += 1
        elif operation.key not in spliced:
            # The first may have to make the text.
            spliced.add(operation.key)
            writes[operation.key] += 1
        key_size = len(_utf8(operation.key))
        if not 1 <= key_size <= lint.MAX_KEY_BYTES:
            raise EngineError("value-not-allowed")
        match operation:
            case Splice(_, position, delete, text):
                _utf8(text)
                if position < 0 or delete < 0:
                    raise EngineError("position-outside")
                count += delete + len(text) + 1
            case Put(_, value):
                count += 1
                size += key_size + _size(value)
            case Delete():
                count += 1
                size += key_size
            case _:
                assert_never(operation)
    often = max(writes.values(), default=0) > lint.MAX_KEY_WRITES
    if (
        often
        or count > lint.MAX_OPS
        or size > MAX_VALUES_BYTES
        or len(operations) > lint.MAX_ROOT_OPS
    ):
        raise EngineError("too-long")


def _size(value: Scalar) -> int:
    match value:
        case str():
            size = len(_utf8(value))
        case bytes():
            size = len(value)
        case int():
            size = 8
            if not -(2**63) <= value < 2**63:
                raise EngineError("value-not-allowed")
        case float():
            size = 8
            if not math.isfinite(value):
                raise EngineError("value-not-allowed")
        case _:
            size = 0
    if size > lint.MAX_VALUE_BYTES:
        raise EngineError("too-long")
    return size


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EngineError("value-not-allowed") from None
