"""Two ways to drive a coroutine from a command: at once, or with a loop when it really waits."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from aluna_sync.errors import AlunaError

if TYPE_CHECKING:
    from aluna_sync.device import Device

T = TypeVar("T")


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, without importing asyncio, and return its result.

    Raises RuntimeError if it does wait: then it needs `run_in_loop`.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("this coroutine waits for something: it needs a loop")


def run_in_loop(coroutine: Coroutine[Any, Any, T], device: Device | None = None) -> T:
    """Run a coroutine that waits for other processes or the network, and return its result.

    The engine of *device* is ended in the same loop: its process belongs to it.
    """
    import asyncio

    async def to_the_end() -> T:
        try:
            return await coroutine
        finally:
            if device is not None:
                await device.engine.close()

    return asyncio.run(to_the_end())


def first_error(group: BaseExceptionGroup[AlunaError]) -> AlunaError:
    """Return one error out of a group: the first that was raised."""
    for error in group.exceptions:
        return first_error(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("a group of errors is never empty")
