"""Two ways to drive a coroutine from a command: at once, or with a loop when it really waits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aluna_sync.errors import AlunaError

if TYPE_CHECKING:
    from aluna_sync.node import Node

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


def run_in_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits for other processes or the network, and return its result."""
    import asyncio

    return asyncio.run(coroutine)


@asynccontextmanager
async def running(node: Node) -> AsyncIterator[None]:
    """Keep *node* running inside the block; if it fails, its error ends the block."""
    import asyncio

    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(node.run())
            yield
            task.cancel()
    except* AlunaError as group_of_errors:
        raise first_error(group_of_errors) from None


def first_error(group: BaseExceptionGroup[AlunaError]) -> AlunaError:
    """Return one error out of a group: the first that was raised."""
    for error in group.exceptions:
        return first_error(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("a group of errors is never empty")
